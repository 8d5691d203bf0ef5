"""An orthonormal basis of 1000 vectors of length 1000, and of 50 of length 100,000.

The entries are random with a normal distribution. All return orthonormal columns that span
what A spans. LAPACK reflects (Householder) and then forms Q; mml projects panels of columns,
twice. "one column at a time" is mml's method without panels. The error is ‖QᵀQ − I‖ in the
2-norm. The floor is the table of dot products AᵀA and one product of A with a square matrix,
which any method for long columns must do in some form.
"""

import numpy as np
import scipy.linalg

from benchmarks.frame import Case
from mml.linear_algebra import gram_schmidt, mappings

PACKAGES = ("mml", "numpy", "scipy")


def cases():
    """Yield the square and the tall matrix."""
    for rows, columns, repeats in ((1000, 1000, 11), (100_000, 50, 15)):
        A = np.random.default_rng(1).standard_normal((rows, columns))
        square = np.random.default_rng(2).standard_normal((columns, columns))
        yield Case(
            name=f"{rows:,} × {columns:,}",
            runs={
                "mml": lambda A=A: gram_schmidt(A),
                "mml, one column at a time": lambda A=A: one_at_a_time(A),
                "NumPy (LAPACK geqrf, orgqr)": lambda A=A: np.linalg.qr(A)[0],
                "SciPy (LAPACK geqrf, orgqr)": lambda A=A: scipy.linalg.qr(A, mode="economic")[0],
            },
            distance=lambda Q: np.linalg.norm(Q.T @ Q - np.eye(Q.shape[1]), 2),
            within=1e-13,
            limit=lambda A=A, square=square: (A.T @ A, A @ square),
            limit_name="floor: AᵀA and A times a square",
            repeats=repeats,
        )


def one_at_a_time(A):
    """The same method without panels."""
    Q = np.zeros_like(A)
    mappings._column_by_column(A, Q, slice(0, A.shape[1]), mappings.DEPENDENT)
    return Q

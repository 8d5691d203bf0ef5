"""A system of 1000 equations solved, and a 1000 by 1000 matrix inverted.

The matrix is random with normally distributed entries. "mml, column by column" is the
elimination of the textbook, one update of the whole rest for each pivot; mml's own way does the
same operations by halves, so that matrix products do the work, as LAPACK does in compiled
code. The error is the largest entry of the residual, divided by the largest entry of |A| |x|
(for the inverse, of |A| |X|). The floor is a matrix product with as many multiplications.
"""

import numpy as np
import scipy.linalg

from benchmarks.frame import Case
from mml.linear_algebra import inverse, solve, systems

PACKAGES = ("mml", "numpy", "scipy")
SIZE = 1000


def cases():
    """Yield the system and the inverse."""
    rng = np.random.default_rng(0)
    A, b = rng.standard_normal((SIZE, SIZE)), rng.standard_normal(SIZE)

    def error(X, B):
        return np.abs(A @ X - B).max() / (np.abs(A) @ np.abs(X)).max()

    third = np.array(A[:, : SIZE // 3])
    yield Case(
        name=f"solve, n = {SIZE}",
        runs={
            "mml": lambda: solve(A, b),
            "mml, column by column": lambda: column_by_column(A, b),
            "NumPy (LAPACK gesv)": lambda: np.linalg.solve(A, b),
            "SciPy (LAPACK getrf, getrs)": lambda: scipy.linalg.solve(A, b),
        },
        distance=lambda x: error(x, b),
        within=1e-14,
        limit=lambda: third @ third.T,
        limit_name="floor: a product of n³/3 terms",
        repeats=15,
    )
    yield Case(
        name=f"inverse, n = {SIZE}",
        runs={
            "mml": lambda: inverse(A),
            "NumPy (LAPACK gesv)": lambda: np.linalg.inv(A),
            "SciPy (LAPACK getrf, getri)": lambda: scipy.linalg.inv(A),
        },
        distance=lambda X: error(X, np.eye(SIZE)),
        within=1e-14,
        limit=lambda: A @ A,
        limit_name="floor: a product of n³ terms",
        repeats=15,
    )


def column_by_column(A, b):
    """Solve A x = b by the elimination of the textbook."""
    F, order = systems._factors(A, "partial", "rank-1")
    x = b[order]
    systems._forward(F, x)
    systems._backward(F, x)
    return x

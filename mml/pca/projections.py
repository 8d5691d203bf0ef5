r"""Chapter 14: orthogonal projections on subspaces and on lines, planes … beside the origin.

Nothing here forms :math:`(B^\mathsf{T}B)^{-1}`. The basis is made orthonormal first, and then
a projection is two products, whatever the angle between the columns of B.
"""

import numpy as np
import scipy.linalg

from mml._validation import as_array, as_matrix, as_vector
from mml.linear_algebra.spaces import _threshold, _triangle

# --- helpers --------------------------------------------------------------------------


def _unit(B):
    """Return B with columns of length 1 (or 0), and their lengths as lengths · 2**powers."""
    _, powers = np.frexp(np.abs(B).max(axis=0))
    U = np.ldexp(B.astype(float), -powers)  # no square leaves the range of floats
    lengths = np.linalg.norm(U, axis=0)
    return U / np.where(lengths > 0, lengths, 1), lengths, powers


def _axes(B):
    """Return orthonormal columns with the span of B's, as many as its rank."""
    Q, R, _ = _triangle(_unit(B)[0])
    return Q[:, : int((np.abs(np.diag(R)) > _threshold(B)).sum())]


def _as_points(x, B):
    """Return the points as rows (N, D) of floats, and whether x was a single one."""
    x = as_array(x, "x")
    if x.ndim not in (1, 2):
        raise ValueError(f"x must be one point (D,) or rows (N, D), got shape {x.shape}")
    if x.shape[-1] != len(B):
        raise ValueError(
            f"x must have {len(B)} coordinates, one for each row of B, got {x.shape[-1]}"
        )
    return np.atleast_2d(x).astype(float), x.ndim == 1


def _scaled(X):
    """Return rows X · 2**(−e), their largest entry in [½, 1), and e as a column."""
    _, e = np.frexp(np.abs(X).max(axis=1, keepdims=True))
    return np.ldexp(X, -e), e


def _along(X, Q):
    """Return the projections of the rows of X on the span of Q's columns."""
    return (X @ Q) @ Q.T


def _rest(X, Q):
    """Return what the rows of X have at right angles to the span of Q's columns."""
    rest = X - _along(X, Q)
    return rest - _along(rest, Q)  # the second pass removes the first one's rounding


# --- projections ----------------------------------------------------------------------


def projection_matrix(B):
    r"""Return the matrix of the orthogonal projection on the span of B's columns.

    .. math:: P = Q Q^\mathsf{T}, \qquad \text{which is } B (B^\mathsf{T}B)^{-1} B^\mathsf{T}
              \text{ for independent columns}

    with orthonormal columns Q of the same span.

    Parameters
    ----------
    B : array_like, shape (D, k)
        Vectors that span the subspace, as columns. Dependent ones and zeros may be among
        them: what counts is their span, found with the threshold of `mml.linear_algebra.rank`.

    Returns
    -------
    ndarray, shape (D, D)
        Symmetric, and P @ P is P to rounding.

    Raises
    ------
    ValueError
        If B is not a finite real matrix, or is empty.

    Notes
    -----
    P has D² entries. To project points, `project` needs D·k numbers only.

    The length of the columns does not matter, nor their order. If the columns are nearly
    dependent, with the condition number κ (of the columns brought to length 1), an error of
    one part in 10ᵖ in the entries of B can move the subspace by κ parts in 10ᵖ: no method can
    do better. The textbook's formula with the inverse of BᵀB loses κ² instead.

    References
    ----------
    G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed. (2013), section 2.5.1.

    Examples
    --------
    >>> projection_matrix([[1], [2], [2]]).round(3)
    array([[0.111, 0.222, 0.222],
           [0.222, 0.444, 0.444],
           [0.222, 0.444, 0.444]])
    >>> projection_matrix([[1, 2], [1, 2]])  # two columns, one line
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    Q = _axes(as_matrix(B, "B"))
    return Q @ Q.T


def project(x, B, *, origin=None):
    r"""Return the nearest point of a subspace, or of one that is moved away from the origin.

    Parameters
    ----------
    x : array_like, shape (D,) or (N, D)
        A point, or one a row.
    B : array_like, shape (D, k)
        Vectors that span the subspace, as columns; dependent ones are allowed.
    origin : array_like, shape (D,), optional
        A point of the affine subspace :math:`\{o + B\lambda\}` to project on. The default is
        the subspace itself, with the origin 0. Any point of it gives the same result.

    Returns
    -------
    ndarray, shape of x
        The projections, in the coordinates of x.

    Raises
    ------
    ValueError
        If an argument is not real and finite, or the sizes do not fit.

    Examples
    --------
    >>> project([1, 0, 0], [[1], [2], [2]]).round(3)
    array([0.111, 0.222, 0.222])
    >>> project([4, 3], [[1], [1]], origin=[0, 1])  # the line y = x + 1
    array([3., 4.])
    """
    B = as_matrix(B, "B")
    points, single = _as_points(x, B)
    Q = _axes(B)
    points, e = _scaled(points)
    found = np.ldexp(_along(points, Q), e)
    if origin is not None:
        origin = as_vector(origin, "origin")
        if len(origin) != len(B):
            raise ValueError(f"origin must have {len(B)} coordinates, got {len(origin)}")
        # what is at right angles to the subspace comes from the origin, all else from x
        start, e = _scaled(origin[None, :].astype(float))
        found = found + np.ldexp(_rest(start, Q), e)
    return found[0] if single else found


def projection_coordinates(x, B):
    r"""Return the coordinates λ of a projection in the basis B: the projection is B λ.

    Parameters
    ----------
    x : array_like, shape (D,) or (N, D)
        A point, or one a row.
    B : array_like, shape (D, k)
        A basis of the subspace: independent columns.

    Returns
    -------
    ndarray, shape (k,) or (N, k)
        The solution of the least-squares problem: no other λ brings B λ nearer to x.

    Raises
    ------
    ValueError
        If the columns of B are dependent (the coordinates would not be unique), an argument
        is not real and finite, or the sizes do not fit.

    Notes
    -----
    With B = QR the coordinates solve R λ = Qᵀx, one triangular system. On paper this is
    (BᵀB)⁻¹Bᵀx; in floating point forming BᵀB would square the condition number.

    Examples
    --------
    >>> projection_coordinates([6, 0, 0], [[1, 0], [1, 1], [1, 2]]).round(6)
    array([ 5., -3.])
    """
    B = as_matrix(B, "B")
    points, single = _as_points(x, B)
    U, lengths, powers = _unit(B)
    Q, R, order = _triangle(U)
    count = int((np.abs(np.diag(R)) > _threshold(B)).sum())
    if count < B.shape[1]:
        raise ValueError(
            f"B must have independent columns, got {B.shape[1]} columns of rank {count}: "
            "the coordinates are not unique"
        )
    points, e = _scaled(points)
    found = np.empty((len(points), B.shape[1]))
    found[:, order] = scipy.linalg.solve_triangular(R, (points @ Q).T).T
    found = np.ldexp(found / lengths, e - powers)
    return found[0] if single else found


def reconstruction_error(x, B):
    r"""Return how far points are from the span of B's columns.

    Parameters
    ----------
    x : array_like, shape (D,) or (N, D)
        A point, or one a row.
    B : array_like, shape (D, k)
        Vectors that span the subspace, as columns; dependent ones are allowed.

    Returns
    -------
    float or ndarray, shape (N,)
        The distance from a point to its projection, in the unit of x; not its square.

    Raises
    ------
    ValueError
        If an argument is not real and finite, or the sizes do not fit.

    Examples
    --------
    >>> round(reconstruction_error([1, 1, 0], [[1, 0], [0, 1], [0, 1]]), 6)
    0.707107
    >>> reconstruction_error([[2, 1], [4, 2]], [[2], [1]]).round(12)
    array([0., 0.])
    """
    B = as_matrix(B, "B")
    points, single = _as_points(x, B)
    points, e = _scaled(points)
    found = np.ldexp(np.linalg.norm(_rest(points, _axes(B)), axis=1), e[:, 0])
    return float(found[0]) if single else found

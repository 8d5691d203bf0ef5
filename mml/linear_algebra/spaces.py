"""Chapter 2: linear independence and rank, coordinates in a basis, averages and differences.

Whether vectors are independent depends on their directions alone, so every column is brought
to length 1 before anything is compared, by way of powers of two: entries near 1e±200 cost
nothing.
"""

import numpy as np
import scipy.linalg

from mml._validation import as_count, as_matrix, as_number, as_vector

# The rounding of stored numbers, about 1e-16 of them, is allowed to have grown by this factor:
# the default threshold is 1e-12 in double precision and 5e-4 in single precision.
_GROWTH = 4500

# --- helpers --------------------------------------------------------------------------


def _threshold(*arrays):
    """Return the default rtol for data of the coarsest precision among the arrays."""
    return _GROWTH * float(max(np.finfo(array.dtype).eps for array in arrays))


def _powers(A):
    """Return e such that the largest entry of each column of A · 2**(−e) is in [½, 1)."""
    return np.frexp(np.abs(A).max(axis=0))[1]


def _unit_columns(A):
    """Return the columns of A that are not zero, each brought to length 1."""
    A = A[:, A.any(axis=0)].astype(float)
    A = np.ldexp(A, -_powers(A)) if A.size else A
    return A / np.linalg.norm(A, axis=0)


def _triangle(U):
    """Return Q, R, order with U[:, order] = Q R, by pivoted QR.

    Column k of U[:, order] is the one that sticks out farthest from the span of the k
    before it, by the length \\|R[k, k]\\|.
    """
    return scipy.linalg.qr(U, mode="economic", pivoting=True)


# --- rank -----------------------------------------------------------------------------


def rank(A, *, rtol=None):
    r"""Return how many independent columns a matrix has: the dimension of their span.

    The columns are brought to length 1. Then, again and again, the column that sticks out
    farthest from the span of those already chosen is chosen too, until none sticks out by
    more than `rtol`. The rank is the number of columns chosen.

    Parameters
    ----------
    A : array_like, shape (n, k)
        The vectors are the columns.
    rtol : float, optional
        What a column must have left, relative to its own length, after its part in the span
        of those chosen before is taken away. The default is 4500 ε, where ε is the spacing of
        floats at 1: 1e-12 in double precision (5e-4 if A is of type float32).

    Returns
    -------
    int
        From 0 (all columns are zero) to the smaller of n and k.

    Raises
    ------
    ValueError
        If A is not a finite real matrix, is empty, or `rtol` is not between 0 and 1.

    Notes
    -----
    *The default.* A column that ought to lie in the span of others was rounded when it was
    computed, and so sticks out by some ε of its length; if the columns chosen enclose a
    small angle θ, by some ε / sin θ. To choose the farthest first keeps θ large wherever
    that is possible. Of n random columns with n entries, on the other side, the last one
    chosen sticks out by less than s with a chance below n s (less with fewer columns). A
    threshold of 1e-12 stands some thousand times above the rounding, and misjudges fewer
    than n such sets in 1e12.

    *The scale.* No column's length matters, nor its unit: the rank of A, of 1e-16 A, and of
    A with one column in millimetres instead of metres is the same. The price is that a
    column that holds nothing but the rounding errors of larger numbers counts as a vector
    like any other; set it to zero first.

    *The work.* The choice is that of the QR factorisation with column pivoting, by
    reflections (LAPACK's geqp3): \|R[k, k]\| is the length that is compared.

    References
    ----------
    G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed. (2013), section 5.4.

    Examples
    --------
    >>> rank([[1, 2], [2, 4]])
    1
    >>> rank([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    2
    >>> rank([[1, 1], [0, 1e-9]])  # two directions, a little apart
    2
    """
    A = as_matrix(A, "A")
    if rtol is None:
        rtol = _threshold(A)
    rtol = as_number(rtol, "rtol", low=0, high=1)
    U = _unit_columns(A)
    if U.size == 0:
        return 0
    _, R, _ = _triangle(U)
    return int((np.abs(np.diag(R)) > rtol).sum())


def is_linearly_independent(A, *, rtol=None):
    r"""Tell whether no column of a matrix is a combination of the others.

    Parameters
    ----------
    A : array_like, shape (n, k)
        The vectors are the columns.
    rtol : float, optional
        As for `rank`.

    Returns
    -------
    bool
        True if the columns are linearly independent: `rank` is k.

    Raises
    ------
    ValueError
        As for `rank`.

    Examples
    --------
    >>> is_linearly_independent([[1, 0], [1, 1]])
    True
    >>> is_linearly_independent([[1, 0, 5], [1, 1, 7]])  # three vectors in a plane
    False
    """
    A = as_matrix(A, "A")
    return rank(A, rtol=rtol) == A.shape[1]


# --- coordinates ----------------------------------------------------------------------


def coordinates(x, basis):
    r"""Return the coordinates of a vector in a basis.

    .. math:: x = c_1 b_1 + c_2 b_2 + \dots + c_k b_k

    Parameters
    ----------
    x : array_like, shape (n,)
        The vector, in the unit of the basis or another.
    basis : array_like, shape (n, k)
        The basis vectors are the columns; they need not be at right angles.

    Returns
    -------
    ndarray, shape (k,)
        The numbers c, with ``basis @ c`` equal to x up to rounding.

    Raises
    ------
    ValueError
        If the columns of `basis` are dependent, if x is not in their span, if the shapes do
        not fit, or if an entry is not finite.

    Notes
    -----
    x counts as a vector of the span if it is within 1e-12 of ``basis @ c``, relative to the
    longest of x and the terms c₁b₁, …, cₖbₖ (for float32, 5e-4): the threshold of `rank`, and
    for the same reason.

    Examples
    --------
    >>> coordinates([3, 4], basis=[[2, -2], [1, 4]])
    array([2. , 0.5])
    >>> coordinates([1, 1, 2], basis=[[1, 0], [0, 1], [1, 1]])  # a plane in space
    array([1., 1.])
    """
    x, B = as_vector(x, "x"), as_matrix(basis, "basis")
    n, k = B.shape
    if len(x) != n:
        raise ValueError(f"x must have as many entries as basis has rows, got {len(x)} and {n}")
    rtol = _threshold(x, B)
    if k > n or not B.any(axis=0).all():
        raise ValueError(_dependent(B))
    x, B = x.astype(float), B.astype(float)
    i, j = _powers(x[:, None])[0], _powers(B)
    x, B = np.ldexp(x, -i), np.ldexp(B, -j)  # entries between −1 and 1; nothing is rounded
    lengths = np.linalg.norm(B, axis=0)
    Q, R, order = _triangle(B / lengths)
    if np.abs(np.diag(R)).min() <= rtol:
        raise ValueError(_dependent(B))

    def solve(y):
        c = np.empty(k)
        c[order] = scipy.linalg.solve_triangular(R, Q.T @ y)
        return c / lengths

    c = solve(x)
    c += solve(x - B @ c)  # what rounding has left over
    off = np.linalg.norm(x - B @ c)
    size = max(np.linalg.norm(x), np.abs(c * lengths).max())
    if off > rtol * size:
        raise ValueError(
            f"x must lie in the span of basis, but is off it by {off / size:.2g} of its size"
        )
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(c, i - j) + 0.0  # adding zero turns −0 into 0


def _dependent(B):
    n, k = B.shape
    return f"basis must have independent columns, got {k} columns of rank {rank(B)} in {n} rows"


def haar_basis(n):
    r"""Return the basis of averages and differences, the Haar basis, of the n-space.

    The first vector is level. The second is positive on the first half of the entries and
    negative on the second; the next two do the same on either half; and so on, down to
    neighbouring entries. All have length 1 and are at right angles to each other, so the
    coordinates of x are ``haar_basis(n).T @ x``.

    Parameters
    ----------
    n : int
        A power of two.

    Returns
    -------
    ndarray, shape (n, n)
        The basis vectors are the columns, from the coarsest to the finest.

    Raises
    ------
    ValueError
        If n is not a power of two.

    References
    ----------
    A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", *Mathematische Annalen* 69
    (1910), 331-371.

    Examples
    --------
    >>> haar_basis(4) * [2, 2, 2**0.5, 2**0.5]  # without the factors that make the length 1
    array([[ 1.,  1.,  1.,  0.],
           [ 1.,  1., -1.,  0.],
           [ 1., -1.,  0.,  1.],
           [ 1., -1.,  0., -1.]])
    """
    n = as_count(n, "n", low=1)
    if n & (n - 1):
        raise ValueError(f"n must be a power of two, got {n}")
    basis = np.ones((1, 1))
    while len(basis) < n:
        coarse = np.repeat(basis, 2, axis=0)  # every entry twice
        fine = np.kron(np.eye(len(basis)), [[1], [-1]])  # one for each pair
        basis = np.hstack([coarse, fine])
    return basis / np.linalg.norm(basis, axis=0) + 0.0  # no −0

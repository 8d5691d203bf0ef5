"""Chapter 4: the same map in another basis, orthonormal bases, QR, reflections."""

import numpy as np
import scipy.linalg

from mml._validation import as_matrix, as_number, as_square

# A column whose part outside the earlier ones is below this share of it counts as dependent:
# rounding of the entries alone leaves shares of about n ε, 1e-13 for a thousand rows.
DEPENDENT = 1e-12
PANEL = 128  # columns handled at a time, so that matrix products do the work
SAFE = 1e5  # condition of a panel below which Cholesky of its Gram matrix is trusted


def change_of_basis(T, basis):
    r"""Return the matrix of the map T in the basis whose vectors are the columns of `basis`.

    .. math:: B^{-1}\, T\, B

    Parameters
    ----------
    T : array_like, shape (n, n)
        The map, in the standard basis.
    basis : array_like, shape (n, n)
        One basis vector a column.

    Returns
    -------
    ndarray, shape (n, n)
        What the map does to coordinates in the new basis.

    Raises
    ------
    ValueError
        If the shapes differ or an entry is not finite.
    numpy.linalg.LinAlgError
        If the columns of `basis` are dependent.

    Examples
    --------
    >>> change_of_basis([[2, 0], [0, 3]], [[1, 1], [0, 1]])
    array([[ 2., -1.],
           [ 0.,  3.]])
    """
    T, B = as_square(T, "T"), as_square(basis, "basis")
    if T.shape != B.shape:
        raise ValueError(f"T and basis must have one shape, got {T.shape} and {B.shape}")
    if not gram_schmidt(B).any(axis=0).all():
        raise np.linalg.LinAlgError("basis must have independent columns")
    return np.linalg.solve(B, T @ B)


def is_orthogonal(Q):
    r"""Tell whether Q is square with orthonormal columns.

    .. math:: Q^\mathsf{T} Q = I

    Parameters
    ----------
    Q : array_like, shape (m, n)
        A matrix. One that is not square is not orthogonal.

    Returns
    -------
    bool
        True where no entry of QᵀQ − I is larger than 1e-10: rounding leaves about n ε, and
        numbers typed with ten digits pass.

    Examples
    --------
    >>> is_orthogonal([[0, 1], [1, 0]]), is_orthogonal([[2, 0], [0, 0.5]])
    (True, False)
    """
    Q = as_matrix(Q, "Q").astype(float)
    if Q.shape[0] != Q.shape[1] or np.abs(Q).max() > 2:  # larger entries cannot be, and overflow
        return False
    return bool(np.abs(Q.T @ Q - np.eye(len(Q))).max() <= 1e-10)


def gram_schmidt(A, *, method="reorthogonalised", rtol=None):
    r"""Return an orthonormal basis of the span of A's columns, in their order.

    .. math:: v_j = a_j - \sum_{i<j} (q_i^\mathsf{T} a_j)\, q_i, \qquad q_j = v_j / \|v_j\|

    Parameters
    ----------
    A : array_like, shape (n, k)
        The vectors, as columns.
    method : {"reorthogonalised", "classical", "modified"}
        The formula as it stands ("classical") loses orthogonality like the square of the
        condition number of A; subtracting one projection at a time ("modified") like the
        condition number; subtracting all of them twice does not lose any. The first two are
        here to be looked at.
    rtol : float, optional
        A column of which less than this share is left becomes a zero column: it depends on
        those before it. 1e-12 by default; 0 keeps all but exact zeros.

    Returns
    -------
    ndarray, shape (n, k)
        Orthonormal columns with positive overlap with the columns they come from, and zero
        columns for dependent ones.

    Raises
    ------
    ValueError
        If A is not a finite real matrix, or the method has another name.

    Notes
    -----
    The sound method works on panels of columns. A panel is projected off the columns before
    it by two matrix products, made orthonormal through the Cholesky factor of its Gram
    matrix, and both once more. A panel that is too ill-conditioned for this goes column by
    column. The shares are relative to each column, so the scale of A does not matter.

    References
    ----------
    Å. Björck, "Numerics of Gram-Schmidt orthogonalization", Linear Algebra Appl. (1994).
    L. Giraud, J. Langou, M. Rozložník and J. van den Eshof, "Rounding error analysis of the
    classical Gram-Schmidt orthogonalization process", Numer. Math. (2005).

    Examples
    --------
    >>> gram_schmidt([[3, 1], [4, 7]])
    array([[ 0.6, -0.8],
           [ 0.8,  0.6]])
    >>> gram_schmidt([[3, 6], [4, 8]])
    array([[0.6, 0. ],
           [0.8, 0. ]])
    """
    A = as_matrix(A, "A")
    A = A if A.dtype == float else A.astype(float)
    rtol = DEPENDENT if rtol is None else as_number(rtol, "rtol", low=0, high=1)
    if method == "reorthogonalised":
        Q = _through_cholesky(A) if A.shape[1] <= PANEL else None
        return _orthonormal_columns(_scaled(A), rtol) if Q is None else Q
    A = _scaled(A)
    if method == "classical":
        return _classical(A, rtol)
    if method == "modified":
        return _modified(A, rtol)
    raise ValueError(
        f'method must be "reorthogonalised", "classical" or "modified", got {method!r}'
    )


def _scaled(A):
    """Return A with each column divided by a power of two: that is exact, and safe to square."""
    largest = np.abs(A).max(axis=0)
    return np.ldexp(A, -np.frexp(np.where(largest > 0, largest, 1.0))[1])


def _classical(A, rtol):
    """The formula: all projections of the column as it came."""
    Q = np.zeros_like(A)
    for j, a in enumerate(A.T):
        v = a - Q[:, :j] @ (Q[:, :j].T @ a)
        length = np.linalg.norm(v)
        if length > rtol * np.linalg.norm(a):
            Q[:, j] = v / length
    return Q


def _modified(A, rtol):
    """One projection at a time: each new vector is at once taken out of all that follow."""
    Q, rest = np.zeros_like(A), A.copy()
    for j, a in enumerate(A.T):
        length = np.linalg.norm(rest[:, j])
        if length > rtol * np.linalg.norm(a):
            Q[:, j] = rest[:, j] / length
            rest[:, j + 1 :] -= np.outer(Q[:, j], Q[:, j] @ rest[:, j + 1 :])
    return Q


def _orthonormal_columns(A, rtol):
    """All projections, twice; panels of columns where that is safe."""
    Q = np.zeros_like(A)
    for start in range(0, A.shape[1], PANEL):
        panel = slice(start, min(start + PANEL, A.shape[1]))
        V = _through_cholesky(A[:, panel], Q[:, :start])
        if V is None:
            _column_by_column(A, Q, panel, rtol)
        else:
            Q[:, panel] = V
    return Q


def _through_cholesky(V, before=None):
    """Return the panel made orthonormal, or None where it is nearly dependent.

    VᵀV = RᵀR makes the columns of V R⁻¹ orthonormal. Rounding spoils that by κ² ε, and a
    second round, on columns that are nearly orthonormal already, mends it.
    """
    if V.shape[1] > V.shape[0]:
        return None
    whole = None  # the lengths of the columns as they came
    for limit in (SAFE, 2.0):
        if whole is None and before is not None:
            whole = np.linalg.norm(V, axis=0)
        if before is not None:
            V = V - before @ (before.T @ V)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            gram = V.T @ V
        if whole is None:
            whole = np.sqrt(gram.diagonal())
        if not 1e-100 < whole.min() <= whole.max() < 1e100:  # no room to square
            return None
        try:
            R = np.linalg.cholesky(gram / np.outer(whole, whole)).T
        except np.linalg.LinAlgError:
            return None
        if np.linalg.cond(R) > limit:
            return None
        V = V @ (scipy.linalg.solve_triangular(R, np.eye(len(R))) / whole[:, None])
        whole = np.ones(len(R))
    return V


def _column_by_column(A, Q, panel, rtol):
    """Fill the columns of Q in `panel`, one after the other."""
    for j in range(panel.start, panel.stop):
        v = A[:, j]
        whole = length = np.linalg.norm(v)
        for _ in range(4):  # twice is enough; the others are for columns of noise
            previous = length
            v = v - Q[:, :j] @ (Q[:, :j].T @ v)
            length = np.linalg.norm(v)
            if length <= rtol * whole or length > 0.5 * previous:
                break
        if length > rtol * whole:
            v = v / length
            v = v - Q[:, :j] @ (Q[:, :j].T @ v)
            Q[:, j] = v / np.linalg.norm(v)


def qr(A):
    r"""Return Q with orthonormal columns and R upper triangular with A = QR.

    .. math:: A = Q R, \qquad r_{ij} = q_i^\mathsf{T} a_j \quad (i \le j)

    Parameters
    ----------
    A : array_like, shape (n, k)
        A matrix.

    Returns
    -------
    Q : ndarray, shape (n, k)
        `gram_schmidt(A)`: a zero column stands for a column that depends on those before it.
    R : ndarray, shape (k, k)
        Upper triangular with non-negative diagonal.

    Raises
    ------
    ValueError
        If A is not a finite real matrix.

    Examples
    --------
    >>> Q, R = qr([[3, 1], [4, 7]])
    >>> R
    array([[5. , 6.2],
           [0. , 3.4]])
    """
    A = as_matrix(A, "A").astype(float)
    Q = gram_schmidt(A)
    return Q, np.triu(Q.T @ A)


def reflection(basis):
    r"""Return the matrix of the reflection in the span of `basis`'s columns.

    .. math:: 2\,Q Q^\mathsf{T} - I

    with the orthonormal columns Q that Gram–Schmidt makes of the basis: what lies in the
    mirror stays, what is at right angles to it is turned round.

    Parameters
    ----------
    basis : array_like, shape (n, k)
        Independent vectors that span the mirror, as columns: a line through the origin of
        the plane is (2, 1), a plane through the origin of space is (3, 2).

    Returns
    -------
    ndarray, shape (n, n)
        Symmetric and orthogonal.

    Raises
    ------
    ValueError
        If the columns are dependent, or an entry is not finite.

    Examples
    --------
    >>> reflection([[1], [1]]).round(12)
    array([[0., 1.],
           [1., 0.]])
    """
    B = as_matrix(basis, "basis")
    Q = gram_schmidt(B)
    if not Q.any(axis=0).all():
        raise ValueError("basis must have independent columns")
    return 2 * Q @ Q.T - np.eye(len(Q))

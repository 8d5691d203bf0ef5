r"""Inner products: lengths, distances and angles measured with a matrix of your choice.

Every inner product of Rⁿ is ⟨x, y⟩ = xᵀ A y with A symmetric and positive definite
(:prf:ref:`thm-inner-matrix`), and every such A is L Lᵀ with a triangular L, its Cholesky
factor. So ⟨x, y⟩ is the plain dot product of Lᵀx and Lᵀy, and all that chapter 1 made safe
for the dot product (lengths of tiny and huge vectors, angles of nearly parallel ones) is safe
here too.
"""

from dataclasses import dataclass

import numpy as np

from mml._validation import as_count, as_matrix, as_square, as_vectors
from mml.linear_algebra import vectors

# What rounding may leave of symmetry, relative to the entries that are compared.
SYMMETRY = 1e-12
# Squared distances below this share of the squared lengths are computed from differences.
CANCELLED = 1e-3
# Memory for one block of work, in bytes.
BLOCK = 32 * 2**20


# --- which matrices are inner products --------------------------------------------------


@dataclass(frozen=True)
class AxiomCheck:
    """Whether something is an inner product, with a witness if it is not.

    Attributes
    ----------
    axiom : str or None
        The first axiom that fails: "linear", "symmetric" or "positive definite"; None where
        all hold.
    witness : dict of str to ndarray or float
        The vectors, and the number where there is one, on which it fails; empty where all hold.
    left, right : float
        The two sides that should be equal; or, for "positive definite", ⟨x, x⟩ and the 0
        that it should exceed. Both 0 where all hold.
    """

    axiom: str | None = None
    witness: dict | None = None
    left: float = 0.0
    right: float = 0.0

    @property
    def holds(self):
        """True where no axiom fails."""
        return self.axiom is None

    def __bool__(self):
        return self.holds

    def __repr__(self):
        if self.holds:
            return "an inner product"
        given = ", ".join(f"{name} = {np.asarray(v).tolist()}" for name, v in self.witness.items())
        sides = {
            "linear": "⟨a x + y, z⟩ = {:.6g}, but a⟨x, z⟩ + ⟨y, z⟩ = {:.6g}",
            "symmetric": "⟨x, y⟩ = {:.6g}, but ⟨y, x⟩ = {:.6g}",
            "positive definite": "⟨x, x⟩ = {:.6g}, not above {:.6g}",
        }[self.axiom]
        return f"not {self.axiom}: {sides.format(self.left, self.right)}, for {given}"


def check_axioms(product, n=None, *, trials=200, seed=0):
    r"""Look for vectors on which an axiom of inner products fails.

    Parameters
    ----------
    product : array_like, shape (n, n), or callable
        The matrix A of xᵀ A y, or a function of two vectors, ``product(x, y)``.
    n : int, optional
        The length of the vectors; needed for a function.
    trials : int, optional
        A function is tried for linearity on so many small random vectors.
    seed : int, optional
        From which they are drawn.

    Returns
    -------
    AxiomCheck
        True-like where all axioms hold; else it names one that fails, and the witness. Vectors
        of small whole numbers are preferred.

    Raises
    ------
    ValueError
        If the matrix is not finite, real and square; if `n` is missing for a function; or if
        the function returns anything but one finite number.

    Notes
    -----
    For a function, "linear" rests on the vectors tried. The other two axioms do not: a product
    that is linear in both arguments is known by its values on pairs of unit vectors
    (:prf:ref:`thm-inner-matrix`).

    Rounding is forgiven: entries of A count as equal where they differ by less than 1e-12 of
    √(aᵢᵢ aⱼⱼ) or of their own size; and positive definiteness is judged after each coordinate
    has been measured in the unit that makes its aᵢᵢ equal to 1, where the smallest eigenvalue
    has to exceed n ε, so that the verdict does not depend on units.

    Examples
    --------
    >>> check_axioms([[2, 1], [1, 2]])
    an inner product
    >>> check_axioms([[1, 2], [2, 1]])
    not positive definite: ⟨x, x⟩ = -2, not above 0, for x = [1.0, -1.0]
    >>> check_axioms(lambda x, y: abs(x[0] * y[0]), n=1).axiom
    'linear'
    """
    if not callable(product):
        return _check_matrix(as_square(product, "product").astype(float))
    if n is None:
        raise ValueError("n must be given for a function: the length of the vectors")
    n, trials = as_count(n, "n", low=1), as_count(trials, "trials")

    def value(x, y):
        number = np.asarray(product(x.copy(), y.copy()))
        if number.size != 1 or number.dtype.kind not in "biuf" or not np.isfinite(number).all():
            raise ValueError(f"product must return one finite number, got {number!r:.80}")
        return float(number.reshape(()))

    rng = np.random.default_rng(seed)
    for trial in range(trials):
        reach = 1 + trial // 20  # small numbers first
        x, y, z = rng.integers(-reach, reach + 1, (3, n)).astype(float)
        a = float(rng.integers(-reach - 1, reach + 2))
        for turned in (False, True):
            f = (lambda u, v: value(v, u)) if turned else value
            left, parts = f(a * x + y, z), (a * f(x, z), f(y, z))
            size = max(abs(left), *map(abs, parts), np.finfo(float).tiny)
            if abs(left - sum(parts)) > 1e-9 * size:
                witness = {"a": a, "x": x, "y": y, "z": z}
                return AxiomCheck("linear", witness, left, sum(parts))
    unit = np.eye(n)
    return _check_matrix(np.array([[value(u, v) for v in unit] for u in unit]))


def _check_matrix(A):
    """Return the check of xᵀ A y, which is linear as it stands."""
    n, unit = len(A), np.eye(len(A))
    scale = np.sqrt(np.abs(np.diag(A)))
    size = np.maximum(np.maximum(np.abs(A), np.abs(A.T)), np.outer(scale, scale))
    uneven = np.abs(A - A.T) > SYMMETRY * size
    if uneven.any():
        i, j = (int(k) for k in np.argwhere(uneven)[0])
        witness = {"x": unit[i], "y": unit[j]}
        return AxiomCheck("symmetric", witness, float(A[i, j]), float(A[j, i]))
    low = np.diag(A) <= 0
    if low.any():
        i = int(low.argmax())
        return AxiomCheck("positive definite", {"x": unit[i]}, float(A[i, i]), 0.0)
    S = _unit_diagonal(A, scale)
    values, directions = np.linalg.eigh(S)
    if values[0] > n * np.finfo(float).eps:
        return AxiomCheck()
    x = _small_witness(A, directions[:, 0] / scale)
    return AxiomCheck("positive definite", {"x": x}, min(float(x @ A @ x), 0.0), 0.0)


def _unit_diagonal(A, scale):
    """Return A in the units in which its diagonal is 1: one factor at a time, none overflows."""
    S = A / scale[:, None] / scale
    return (S + S.T) / 2


def _small_witness(A, x):
    """Return whole numbers in about the direction of x with xᵀ A x ≤ 0, else x itself."""
    x = x / x[np.abs(x).argmax()]
    for size in range(1, 13):
        whole = np.rint(size * x)
        if whole @ A @ whole <= 0:
            return whole + 0.0
    return x


def is_inner_product(A):
    r"""Tell whether ⟨x, y⟩ = xᵀ A y is an inner product.

    It is where A is symmetric and xᵀ A x > 0 for every x ≠ 0.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    bool
        The verdict of `check_axioms`, which also gives the reason.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.

    Examples
    --------
    >>> is_inner_product([[2, 1], [1, 2]])
    True
    >>> is_inner_product([[1, 1], [1, 1]])  # the vector (1, −1) would have length 0
    False
    """
    return _check_matrix(as_square(A, "A").astype(float)).holds


def _factor(A, n):
    """Return U with A = Uᵀ U, so that ⟨x, y⟩ is the dot product of U x and U y."""
    A = as_square(A, "A").astype(float)
    if len(A) != n:
        raise ValueError(f"A must have shape ({n}, {n}) to go with the vectors, got {A.shape}")
    found = _check_matrix(A)
    if not found:
        raise ValueError(f"A must be symmetric positive definite, got one that is {found}")
    scale = np.sqrt(np.diag(A))
    try:
        return np.linalg.cholesky(_unit_diagonal(A, scale)).T * scale
    except np.linalg.LinAlgError:  # pragma: no cover (positive, but to the last digit only)
        raise ValueError("A must be positive definite, got one that is so by rounding") from None


# --- products, lengths, distances, angles -----------------------------------------------


def inner(x, y, A=None):
    r"""Return the inner product of two vectors.

    .. math:: \langle x, y \rangle = x^\mathsf{T} A\, y

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two vectors.
    A : array_like, shape (n, n), optional
        A symmetric positive definite matrix; without it, the dot product.

    Returns
    -------
    float
        In the product of the units of x, A and y.

    Raises
    ------
    ValueError
        If x or y is not a finite real vector, the lengths differ, or A is not symmetric
        positive definite; the message then names vectors that show it.

    Examples
    --------
    >>> inner([1, 2], [3, 1])
    5.0
    >>> inner([1, 2], [3, 1], [[2, 1], [1, 2]])
    17.0
    """
    x, y = (v.astype(float) for v in as_vectors(x=x, y=y))
    if A is None:
        return vectors.dot(x, y)
    _factor(A, len(x))
    (x, i), (y, j), (A, k) = (_near_one(v) for v in (x, y, np.asarray(A, float)))
    return float(vectors._together(vectors.dot(x, A @ y), i + j + k))


def _near_one(x):
    """Return x = z · 2**e as z, e: the largest entry of z is near 1."""
    e = int(np.frexp(np.abs(x).max())[1])
    return np.ldexp(x, -e), e


def _times(A, y):
    """Return A y; powers of two are kept apart, as in chapter 1, so that no term overflows."""
    (a, i), (b, j) = np.frexp(A), np.frexp(y)
    products, powers = a * b, i + j
    top = powers.max(axis=1, where=products != 0, initial=-3000)
    with np.errstate(under="ignore"):
        sums = np.ldexp(products, powers - top[:, None]).sum(axis=1)
    return vectors._together(sums, top)


def length(x, A=None):
    r"""Return the length of a vector under an inner product.

    .. math:: \lVert x \rVert_A = \sqrt{\langle x, x \rangle} = \sqrt{x^\mathsf{T} A\, x}

    Parameters
    ----------
    x : array_like, shape (n,)
        A vector.
    A : array_like, shape (n, n), optional
        A symmetric positive definite matrix; without it, the length of chapter 1.

    Returns
    -------
    float
        Never negative, and 0 for the zero vector only.

    Raises
    ------
    ValueError
        As `inner`.

    Examples
    --------
    >>> length([1, -1])
    1.4142135623730951
    >>> round(length([1, -1], [[2, -1], [-1, 2]]), 12)  # √6
    2.449489742783
    """
    (x,) = as_vectors(x=x)
    return vectors.norm(x if A is None else _times(_factor(A, len(x)), x.astype(float)))


def distance(x, y, A=None):
    r"""Return the distance of two vectors under an inner product.

    .. math:: d_A(x, y) = \lVert x - y \rVert_A

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two vectors.
    A : array_like, shape (n, n), optional
        A symmetric positive definite matrix; without it, the distance of chapter 1.

    Returns
    -------
    float
        Never negative.

    Raises
    ------
    ValueError
        As `inner`.

    Examples
    --------
    >>> distance([1, 1], [4, 5])
    5.0
    >>> distance([1, 1], [4, 5], [[4, 0], [0, 1]])  # √(4·9 + 16)
    7.211102550927978
    """
    x, y = (v.astype(float) for v in as_vectors(x=x, y=y))
    if A is None:
        return vectors.distance(x, y)
    # the difference of two huge vectors must not overflow
    e = 2 if max(np.abs(x).max(), np.abs(y).max()) > 1e307 else 0
    return float(vectors._together(length(np.ldexp(x, -e) - np.ldexp(y, -e), A), e))


def angle(x, y, A=None):
    r"""Return the angle between two vectors under an inner product, in radians.

    .. math:: \cos\theta = \frac{\langle x, y \rangle}{\lVert x \rVert_A\, \lVert y \rVert_A}

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Two non-zero vectors.
    A : array_like, shape (n, n), optional
        A symmetric positive definite matrix; without it, the angle of chapter 1.

    Returns
    -------
    float
        From 0 (same direction) to π (opposite). Not through the arccosine: nearly parallel
        vectors keep their small angle, and nothing is ever NaN.

    Raises
    ------
    ValueError
        As `inner`, or if x or y is zero.

    Examples
    --------
    >>> round(angle([1, 1], [-1, 1], [[2, 0], [0, 1]]), 4)  # arccos(−1/3)
    1.9106
    >>> angle([1, 0], [0, 1]) == np.pi / 2
    True
    """
    x, y = (v.astype(float) for v in as_vectors(x=x, y=y))
    if A is None:
        return vectors.angle(x, y)
    U = _factor(A, len(x))
    return vectors.angle(
        _times(U, vectors._direction(x, "x")), _times(U, vectors._direction(y, "y"))
    )


# --- many distances at once -------------------------------------------------------------


def pairwise_distances(X, Y=None, *, A=None, method="refined"):
    r"""Return the distance of every row of X from every row of Y.

    .. math:: d(x, y)^2 = \lVert x \rVert^2 + \lVert y \rVert^2 - 2 \langle x, y \rangle

    Parameters
    ----------
    X : array_like, shape (N, D)
        N points, one a row.
    Y : array_like, shape (M, D), optional
        M points; without it, the points of X.
    A : array_like, shape (D, D), optional
        A symmetric positive definite matrix; without it, the dot product.
    method : {"refined", "product", "difference"}, optional
        "product" is the formula as it stands: all products in one matrix product, fast, and
        wrong for points that are close together and far from 0. "difference" sums squared
        differences, slowly. "refined" moves 0 to the middle of the points, uses the formula,
        and redoes from differences the few pairs for which it has lost digits. (The last two
        take distances below 1e-154 of the largest entry, in float32 1e-19, for 0.)

    Returns
    -------
    ndarray, shape (N, M)
        float32 where X and Y are, else float64.

    Raises
    ------
    ValueError
        If X or Y is not a finite real matrix, they have different numbers of columns, A is
        not symmetric positive definite, or the method is unknown.

    Examples
    --------
    >>> pairwise_distances([[0, 0], [3, 4]])
    array([[0., 5.],
           [5., 0.]])
    >>> pairwise_distances([[0, 0]], [[1, 0], [0, 1]], A=[[4, 0], [0, 9]])
    array([[2., 3.]])
    """
    X = as_matrix(X, "X")
    Z = X if Y is None else as_matrix(Y, "Y")
    if X.shape[1] != Z.shape[1]:
        raise ValueError(f"X and Y must have as many columns, got {X.shape} and {Z.shape}")
    if method not in ("refined", "product", "difference"):
        raise ValueError(f'method must be "refined", "product" or "difference", got {method!r:.40}')
    kind = np.result_type(X, Z)
    U, shift = None, 0
    if A is not None:
        U, shift = _near_one(_factor(A, X.shape[1]))
        U = U.astype(kind)
    if method == "product":
        found, _ = _by_product(*(_moved(V.astype(kind), U) for V in (X, Z)))
        return np.ldexp(np.sqrt(np.maximum(found, 0)), shift)
    # no square may overflow, nor vanish beside the largest: that entry is brought near 1
    power = int(np.frexp(max(np.abs(X).max(), np.abs(Z).max()))[1])
    X, Z = (np.ldexp(V.astype(kind), -power) for V in (X, Z))
    if method == "difference":
        squares = _by_difference(X, Z, U)
    else:
        middle = Z.mean(axis=0)
        squares, sizes = _by_product(_moved(X - middle, U), _moved(Z - middle, U))
        _redo(squares, CANCELLED * sizes, X, Z, U)
    if Y is None:
        np.fill_diagonal(squares, 0)
    with np.errstate(over="ignore"):
        return np.ldexp(np.sqrt(squares), power + shift)


def _moved(X, U):
    """Return the rows of X as U sees them: their dot products are the inner products."""
    return X if U is None else X @ U.T


def _by_product(X, Z):
    """Return the squared distances by one matrix product, and the sums of squares in them."""
    sizes = np.einsum("ij,ij->i", X, X)[:, None] + np.einsum("ij,ij->i", Z, Z)
    squares = X @ Z.T
    squares *= -2
    squares += sizes
    return squares, sizes


def _by_difference(X, Z, U):
    """Return the squared distances, summed from differences block by block."""
    squares = np.empty((len(X), len(Z)), X.dtype)
    for i, x in enumerate(X):
        squares[i] = _squares(Z, x, U)
    return squares


def _squares(Z, x, U):
    """Return the squared distances of x, one vector or as many as Z has rows."""
    found = np.empty(len(Z), Z.dtype)
    step = max(1, BLOCK // (Z.shape[1] * Z.itemsize))
    for start in range(0, len(Z), step):
        block = slice(start, start + step)
        apart = _moved(Z[block] - (x if x.ndim == 1 else x[block]), U)
        found[block] = np.einsum("ij,ij->i", apart, apart)
    return found


def _redo(squares, limit, X, Z, U):
    """Replace the squares below their limit by sums of squared differences, in place."""
    rows, columns = np.nonzero(squares <= limit)
    step = max(1, BLOCK // (X.shape[1] * X.itemsize))
    for start in range(0, len(rows), step):
        i, j = rows[start : start + step], columns[start : start + step]
        squares[i, j] = _squares(X[i], Z[j], U)


def unit_circle(A, count=361):
    r"""Return the vectors of length 1 under an inner product of the plane.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        A symmetric positive definite matrix.
    count : int, optional
        How many vectors, all the way round; the last is the first again.

    Returns
    -------
    ndarray, shape (2, count)
        One vector a column: U⁻¹ times the ordinary unit circle, where A = Uᵀ U.

    Raises
    ------
    ValueError
        If A is not 2×2, symmetric and positive definite, or count is below 2.

    Examples
    --------
    >>> unit_circle([[4, 0], [0, 1]], 5).round(3) + 0.0
    array([[ 0.5,  0. , -0.5,  0. ,  0.5],
           [ 0. ,  1. ,  0. , -1. ,  0. ]])
    """
    t = np.linspace(0, 2 * np.pi, as_count(count, "count", low=2))
    return np.linalg.solve(_factor(A, 2), np.array([np.cos(t), np.sin(t)]))

"""Chapter 5: eigenvalues and eigenvectors.

Most functions divide their matrix by a power of two first, so that entries near 1e±150
are squared without harm, and multiply the result back. That rounds nothing but entries some
2**1000 times smaller than the largest.
"""

import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import scipy.linalg
from numpy.linalg import LinAlgError

from mml._validation import as_count, as_number, as_square, as_vector
from mml.errors import ConvergenceError

EPS = np.finfo(float).eps


@dataclass(frozen=True)
class PowerIterationResult:
    r"""What `power_iteration` found.

    Attributes
    ----------
    value : float
        The dominant eigenvalue, with its sign.
    vector : ndarray, shape (n,)
        Its unit eigenvector; the entry of largest magnitude is positive.
    iterations : int
        How many products A x were made.
    residual : float
        The 2-norm of A v − λ v, divided by \|λ\| (as it stands where λ is 0).
    """

    value: float
    vector: np.ndarray
    iterations: int
    residual: float


@dataclass(frozen=True)
class QRAlgorithmResult:
    """What `qr_algorithm` found.

    Attributes
    ----------
    values : ndarray, shape (n,)
        The eigenvalues, complex, ascending by real part, then by imaginary part.
    iterations : int
        How many QR factorisations were made.
    """

    values: np.ndarray
    iterations: int


# --- helpers ------------------------------------------------------------------------


def _scaled(A, name):
    r"""Return B, e with A = B · 2**e exactly and the largest \|entry\| of B in [1, 2)."""
    A = as_square(A, name).astype(float)
    exponent = int(np.frexp(np.abs(A).max())[1]) - 1 if A.any() else 0
    return np.ldexp(A, -exponent), exponent


def _unscaled(values, exponent):
    """Return values · 2**exponent, complex ones too."""
    if np.iscomplexobj(values):
        return np.ldexp(values.real, exponent) + 1j * np.ldexp(values.imag, exponent)
    return np.ldexp(values, exponent)


def _oriented(vectors):
    """Return the columns as unit vectors whose entry of largest magnitude is positive.

    Among entries that tie to ten digits the first decides, so that rounding does not.
    """
    vectors = vectors / np.linalg.norm(vectors, axis=0)
    size = np.abs(vectors)
    first = np.argmax(size >= (1 - 1e-10) * size.max(axis=0), axis=0)
    # Adding zero turns −0 into 0.
    return vectors * np.where(vectors[first, np.arange(vectors.shape[1])] < 0, -1.0, 1.0) + 0.0


def _eigenvalues_2x2(A):
    """Return the two roots of λ² − (a + d) λ + (ad − bc), the scale of A being 1."""
    (a, b), (c, d) = A.tolist()
    A, B, C, D = map(Fraction, (a, b, c, d))  # floats are fractions: nothing cancels
    middle, half = float((A + D) / 2), float((A - D) / 2)
    discriminant = float(((A - D) / 2) ** 2 + B * C)
    # What rounding of the size of the largest entry can do to the discriminant.
    noise = 4 * EPS * max(map(abs, (a, b, c, d))) * (2 * abs(half) + abs(b) + abs(c))
    if discriminant < -noise:
        return middle + math.sqrt(-discriminant) * np.array([-1j, 1j])
    root = math.copysign(math.sqrt(max(discriminant, 0.0)), middle)
    larger = middle + root  # both of one sign: no cancellation
    if discriminant <= 0 or larger == 0:
        return np.array([middle, middle])
    return np.sort([larger, float(A * D - B * C) / larger])


def _eig(A):
    """Return eigenvalues in order and eigenvectors (columns) of A, from LAPACK.

    The imaginary part of a pair that rounding alone can explain is set to zero; the two
    columns are then the real and the imaginary part of the complex eigenvector.
    """
    if (A == A.T).all():
        return scipy.linalg.eigh(A)
    values, left, right = scipy.linalg.eig(A, left=True, right=True)
    # A change of A by E moves a simple eigenvalue by |yᴴ E x| / |yᴴ x|.
    overlap = np.maximum(np.abs((left.conj() * right).sum(axis=0)), np.finfo(float).tiny)
    noise = 4 * len(A) * EPS * np.linalg.norm(A) / overlap
    order = np.lexsort((values.imag, values.real))
    values, right, noise = values[order], right[:, order], noise[order]
    real = np.abs(values.imag) <= noise
    columns = np.where(real & (values.imag > 0), right.imag, right.real)
    if real.all():
        return values.real, columns
    return np.where(real, values.real, values), right


def _is_singular(A):
    """Tell whether the smallest singular value of A is at most n ε of the largest."""
    sizes = np.linalg.svd(A, compute_uv=False)
    return sizes[-1] <= len(A) * EPS * sizes[0]


# --- the characteristic polynomial --------------------------------------------------


def characteristic_polynomial(A, *, method="auto"):
    r"""Return the coefficients of the characteristic polynomial, highest power first.

    .. math:: p(\lambda) = \det(\lambda I - A) = \lambda^n - \operatorname{tr}(A)\,\lambda^{n-1}
              + \dots + (-1)^n \det A

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.
    method : {"auto", "exact", "hessenberg", "faddeev-leverrier"}
        "exact" runs the recursion of Faddeev and LeVerrier in whole numbers (every float is
        a fraction with a power of two below it), so that each coefficient is rounded once, at
        the end. "hessenberg" reduces A to Hessenberg form by reflections and expands the
        determinant there (La Budde): n³ operations, errors of the size of rounding in A.
        "auto" takes the first up to n = 12 and the second above. "faddeev-leverrier" is the
        same recursion in floats: short, but its last coefficients, the determinant among
        them, lose all their digits by cancellation for n between about 20 and 60.

    Returns
    -------
    ndarray, shape (n + 1,)
        The coefficients; the first is 1. One beyond the range of floats is ±inf.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix, or the method has another name.

    Notes
    -----
    Do not look for eigenvalues in these coefficients when n is large: the roots of a
    polynomial may move by far more than its coefficients do. `eigenvalues` does not.

    References
    ----------
    R. Rehman and I. C. F. Ipsen, "La Budde's method for computing characteristic
    polynomials", arXiv:1104.3769 (2011).

    Examples
    --------
    >>> characteristic_polynomial([[4, 1], [2, 3]])
    array([ 1., -7., 10.])
    >>> characteristic_polynomial([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    array([  1., -15., -18.,   0.])
    """
    A = as_square(A, "A").astype(float)
    if method == "auto":
        method = "exact" if len(A) <= 12 else "hessenberg"
    if method == "exact":
        return _exact_polynomial(A)
    if method == "hessenberg":
        return _hessenberg_polynomial(A)
    if method == "faddeev-leverrier":
        return np.array(_faddeev_leverrier(A, lambda x, k: x / k))
    raise ValueError(
        f'method must be "auto", "exact", "hessenberg" or "faddeev-leverrier", got {method!r}'
    )


def _faddeev_leverrier(A, divide):
    """Return the coefficients by c_k = −tr(A M_k) / k, M_{k+1} = A M_k + c_k I."""
    identity = np.eye(len(A), dtype=A.dtype)
    coefficients, M = [identity[0, 0]], identity
    for k in range(1, len(A) + 1):
        AM = A @ M
        coefficients.append(divide(-np.trace(AM), k))
        M = AM + coefficients[-1] * identity
    return coefficients


def _exact_polynomial(A):
    """Return the coefficients of the whole-number matrix u·A, divided by powers of u."""
    ratios = [x.as_integer_ratio() for x in A.ravel().tolist()]
    unit = max(below for _, below in ratios)  # powers of two: the largest is common to all
    whole = np.array([above * (unit // below) for above, below in ratios], dtype=object)
    exact = _faddeev_leverrier(whole.reshape(A.shape), lambda x, k: x // k)  # k divides x
    coefficients = []
    for k, c in enumerate(exact):
        try:
            coefficients.append(float(Fraction(c, unit**k)))
        except OverflowError:
            coefficients.append(math.inf if c > 0 else -math.inf)
    return np.array(coefficients) + 0.0  # no −0


def _hessenberg_polynomial(A):
    """Return the coefficients by expanding det(λI − H) along the last column, block by block."""
    n = len(A)
    B, exponent = _scaled(A, "A")
    H = scipy.linalg.hessenberg(B)
    p = [np.ones(1)]  # p[k]: of the leading k×k block
    for k in range(n):
        new = np.append(p[k], 0.0)
        new[1:] -= H[k, k] * p[k]
        below = 1.0  # the product of subdiagonal entries passed
        for i in range(k - 1, -1, -1):
            below *= H[i + 1, i]
            new[k + 1 - i :] -= H[i, k] * below * p[i]
        p.append(new)
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(p[n], exponent * np.arange(n + 1))


# --- eigenvalues ----------------------------------------------------------------------


def eigenvalues(A):
    r"""Return the eigenvalues, ascending by real part (then by imaginary part).

    .. math:: A x = \lambda x, \qquad x \neq 0

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    ndarray, shape (n,)
        In the units of A; floats where all are real to rounding, else complex numbers.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.

    Notes
    -----
    *Two by two*: the roots of the characteristic polynomial,

    .. math:: \lambda = \tfrac{a + d}{2} \pm \sqrt{\Delta}, \qquad
              \Delta = \left(\tfrac{a - d}{2}\right)^2 + bc,

    with Δ and the determinant computed without rounding error, and the smaller root as the
    determinant divided by the larger. *Larger*: LAPACK, which reduces A to Hessenberg form
    and runs the shifted QR algorithm; `qr_algorithm` is the same idea on a page.

    *Near-double pairs.* Rounding of relative size ε in a matrix with a defective double
    eigenvalue makes of it a pair that is √ε apart, along the real line or across it. So an
    imaginary part counts as zero where a change of A by a few ε of its size could have made it: for
    2×2 where Δ ≥ −4ε·m·(\|a − d\| + \|b\| + \|c\|) with m the largest entry; for larger n where
    it is at most 4nε‖A‖/\|yᴴx\|, with x and y the unit right and left eigenvectors (their
    overlap is 1 in a symmetric matrix, 0 in a defective one). A small but well determined
    imaginary part, as in [[1, 1e-9], [-1e-9, 1]], stays.

    Examples
    --------
    >>> eigenvalues([[4, 1], [2, 3]])
    array([2., 5.])
    >>> eigenvalues([[0, -1], [1, 0]])
    array([0.-1.j, 0.+1.j])
    """
    A, exponent = _scaled(A, "A")
    values = _eigenvalues_2x2(A) if len(A) == 2 else _eig(A)[0]
    return _unscaled(values, exponent)


def qr_algorithm(A, *, max_iter=None):
    r"""Return the eigenvalues by the QR algorithm with shifts: how LAPACK does it, in short.

    .. math:: H_k - \mu_k I = Q_k R_k, \qquad H_{k+1} = R_k Q_k + \mu_k I = Q_k^* H_k Q_k

    Every step is a change of basis, so the eigenvalues stay; the last row's entry beside
    the diagonal dies out, and the corner is then an eigenvalue. This teaching variant
    works in complex numbers and factorises whole blocks (n³ operations a step where LAPACK
    needs n²); for use, call `eigenvalues`.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.
    max_iter : int, optional
        How many factorisations are allowed; 30 n where not given (two or three for each
        eigenvalue is usual).

    Returns
    -------
    QRAlgorithmResult
        With `values` (complex, ascending by real part) and `iterations`.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.
    ConvergenceError
        If `max_iter` factorisations were not enough.

    References
    ----------
    L. N. Trefethen and D. Bau, *Numerical Linear Algebra* (1997), lectures 28 and 29.

    Examples
    --------
    >>> qr_algorithm([[2, 1], [1, 2]]).values.real.round(12)
    array([1., 3.])
    """
    A, exponent = _scaled(A, "A")
    n = len(A)
    max_iter = 30 * n if max_iter is None else as_count(max_iter, "max_iter", low=1)
    H = scipy.linalg.hessenberg(A).astype(complex)
    last, iterations, stuck = n - 1, 0, 0
    while last > 0:
        corner = H[last - 1 : last + 1, last - 1 : last + 1]
        if abs(corner[1, 0]) <= EPS * (abs(corner[0, 0]) + abs(corner[1, 1])):
            last, stuck = last - 1, 0  # the corner is an eigenvalue: go on without it
            continue
        if iterations == max_iter:
            raise ConvergenceError(
                f"the QR algorithm had {last + 1} of {n} eigenvalues left after "
                f"{max_iter} steps; allow more with max_iter",
                iterates=[H],
            )
        iterations, stuck = iterations + 1, stuck + 1
        if stuck % 10 == 0:  # a rare cycle: break it with another shift
            shift = corner[1, 1] + abs(corner[1, 0])
        else:  # Wilkinson: the corner's nearer eigenvalue
            pair = np.linalg.eigvals(corner)
            shift = pair[np.argmin(np.abs(pair - corner[1, 1]))]
        block, moved = H[: last + 1, : last + 1], shift * np.eye(last + 1)
        Q, R = np.linalg.qr(block - moved)
        H[: last + 1, : last + 1] = R @ Q + moved
    values = np.diag(H)
    # Real parts that agree to ten digits count as equal, so that pairs stand together.
    digits = np.round(values.real / np.abs(values).max(), 10) if values.any() else values.real
    return QRAlgorithmResult(
        _unscaled(values[np.lexsort((values.imag, digits))], exponent), iterations
    )


def power_iteration(A, *, x0=None, tol=1e-12, max_iter=10_000):
    r"""Return the eigenvalue of largest modulus and its eigenvector.

    .. math:: x_{k+1} = \frac{A x_k}{\lVert A x_k \rVert}, \qquad
              \lambda \approx x_k^\mathsf{T} A\, x_k

    The error shrinks by \|λ₂/λ₁\| a step. The iteration stops when the residual
    ‖A x − λ x‖ is at most `tol` \|λ\| (or at most n ε‖A‖, below which rounding hides it).

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix with one real eigenvalue larger in modulus than the others.
    x0 : array_like, shape (n,), optional
        Where to start. The default is a vector of normally distributed numbers from a
        generator with a fixed seed: the same in every run, and at right angles to the
        wanted eigenvector with probability zero (a vector of ones is not so safe: it meets
        (1, −1) exactly). A start of your own that has no share of the dominant eigenvector
        leads to the dominant one of those it has a share of, or, when rounding brings the
        missing share in, there after a delay.
    tol : float
        The relative residual to reach; positive.
    max_iter : int
        How many products A x are allowed.

    Returns
    -------
    PowerIterationResult
        With `value`, `vector`, `iterations` and `residual`.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix, or `x0` is zero or of another length.
    ConvergenceError
        If the tolerance was not met, as where two eigenvalues share the largest modulus
        (λ and −λ, or a complex pair); its `.iterates` holds the last ten unit vectors.

    Notes
    -----
    The eigenvalue is good to about residual × its condition; the vector only to the
    residual divided by the gap to the next eigenvalue.

    Examples
    --------
    >>> found = power_iteration([[-3, 1], [1, -3]])
    >>> round(found.value, 9), (found.vector * 2**0.5).round(9).tolist()
    (-4.0, [1.0, -1.0])
    """
    A, exponent = _scaled(A, "A")
    tol = as_number(tol, "tol", low=0)
    max_iter = as_count(max_iter, "max_iter", low=1)
    n = len(A)
    x = np.random.default_rng(0).standard_normal(n) if x0 is None else as_vector(x0, "x0")
    if x.shape != (n,):
        raise ValueError(f"x0 must have shape ({n},) to match A, got {x.shape}")
    if not x.any():
        raise ValueError("x0 must be a non-zero vector, got all zeros")
    x = x / np.abs(x).max()
    x = x / np.linalg.norm(x)
    floor = n * EPS * np.linalg.norm(A)
    kept = deque(maxlen=10)
    for k in range(1, max_iter + 1):
        kept.append(x)
        y = A @ x
        value = float(x @ y)
        residual = float(np.linalg.norm(y - value * x))
        if residual <= max(tol * abs(value), floor):
            return PowerIterationResult(
                float(np.ldexp(value, exponent)),
                _oriented(x[:, None])[:, 0],
                k,
                residual / abs(value) if value else float(np.ldexp(residual, exponent)),
            )
        x = y / np.linalg.norm(y)
    relative = residual / abs(value) if value else math.inf
    raise ConvergenceError(
        f"the relative residual is {relative:.1e} after {max_iter} products, not {tol:g}: "
        + _why_power_iteration_fails(A, x, exponent),
        iterates=kept,
        residual=relative,
    )


def _why_power_iteration_fails(A, x, exponent):
    """Describe the two eigenvalues that the iterate x still mixes."""
    y = A @ x
    z = A @ y
    # If x mixes two eigenvectors, then z = (λ + μ) y − λμ x.
    (product, total), *_ = np.linalg.lstsq(np.column_stack([-x, y]), z)
    pair = _unscaled(_eigenvalues_2x2(np.array([[0.0, -product], [1.0, total]])), exponent)
    ratio = np.abs(pair).min() / np.abs(pair).max() if pair.any() else 1.0
    size = np.abs(pair).max() or 1.0
    clean = size * np.round(pair / size, 8) + 0.0  # no -5.6e-17 where 0 is meant
    shown = " and ".join(f"{v:.6g}" for v in clean)
    if np.isrealobj(pair) and abs(pair[1] - pair[0]) <= 1e-2 * np.abs(pair).max():
        return (
            f"the eigenvalues {shown} are close in modulus, or are one with too few "
            "eigenvectors, so the vectors settle slowly; raise max_iter"
        )
    if ratio > 1 - 1e-6:
        return f"two eigenvalues, {shown}, share the largest modulus, so the vectors keep turning"
    return f"the eigenvalues {shown} are close in modulus (ratio {ratio:.6f}); raise max_iter"


# --- eigenvectors -----------------------------------------------------------------------


def eigh(S):
    r"""Return eigenvalues (descending) and orthonormal eigenvectors of a symmetric matrix.

    .. math:: S = Q \Lambda Q^\mathsf{T}, \qquad Q^\mathsf{T} Q = I

    Parameters
    ----------
    S : array_like, shape (n, n)
        A symmetric matrix: entries that mirror each other may differ by 1e-10 of the
        largest entry (1e-5 for float32 input), as rounding makes them; the mean is used.

    Returns
    -------
    values : ndarray, shape (n,)
        The eigenvalues, descending, in the units of S.
    vectors : ndarray, shape (n, n)
        The eigenvectors as columns in the same order: unit vectors at right angles to each
        other, the entry of largest magnitude positive (the first of them in a tie).

    Raises
    ------
    ValueError
        If S is not a finite real square matrix, or not symmetric.

    Examples
    --------
    >>> values, vectors = eigh([[2, 0], [0, 3]])
    >>> values
    array([3., 2.])
    >>> vectors
    array([[0., 1.],
           [1., 0.]])
    """
    rtol = 1e-5 if getattr(S, "dtype", None) == np.float32 else 1e-10
    S, exponent = _scaled(S, "S")
    gap = np.abs(S - S.T)
    if gap.max() > rtol * np.abs(S).max():
        i, j = map(int, np.unravel_index(gap.argmax(), gap.shape))
        raise ValueError(
            f"S must be symmetric, got S[{i}, {j}] = {np.ldexp(S[i, j], exponent):g} and "
            f"S[{j}, {i}] = {np.ldexp(S[j, i], exponent):g}"
        )
    values, vectors = np.linalg.eigh((S + S.T) / 2)
    return np.ldexp(values[::-1], exponent), _oriented(vectors[:, ::-1])


def diagonalise(T):
    r"""Return C, D with T C = C D: the eigenvectors as columns, the eigenvalues on a diagonal.

    .. math:: T = C D C^{-1}

    Parameters
    ----------
    T : array_like, shape (n, n)
        A square matrix with n independent real eigenvectors.

    Returns
    -------
    C : ndarray, shape (n, n)
        Unit eigenvectors; the entry of largest magnitude in each column is positive.
    D : ndarray, shape (n, n)
        Diagonal: the eigenvalues, **ascending**, in the units of T.

    Raises
    ------
    ValueError
        If T is not a finite real square matrix.
    numpy.linalg.LinAlgError
        If an eigenvalue is not real, or T is defective: it has too few eigenvectors.

    Notes
    -----
    In floats, *defective* needs a rule. For two eigenvectors that close like scissors, T
    lies within about ‖T‖/κ² of a defective matrix, κ being the condition number of the
    eigenvectors (three or more that close together may leave it farther away). So T is
    refused where κ² reaches 1/(100 n ε), κ of about 4e6, where C⁻¹ has hardly a digit to
    trust. Below that, T is diagonalised, with about log₁₀ κ digits lost in C⁻¹.
    A repeated eigenvalue with a full set of eigenvectors
    (an identity, a projection) is no obstacle: eigenvalues that agree to 1e4 n ε‖T‖ count
    as one where T − λI vanishes, to 100 n ε‖T‖, on as many dimensions.

    Examples
    --------
    >>> C, D = diagonalise([[1, 0], [1, 2]])
    >>> D
    array([[1., 0.],
           [0., 2.]])
    >>> (C[:, 0] / C[0, 0]).round(12), C[:, 1]
    (array([ 1., -1.]), array([0., 1.]))
    """
    T, exponent = _scaled(T, "T")
    values, vectors = _eig(T)
    if len(T) == 2:  # the same rule and digits as `eigenvalues`
        values = _eigenvalues_2x2(T)
    if np.iscomplexobj(values):
        value = _unscaled(values[[np.abs(values.imag).argmax()]], exponent)[0]
        raise LinAlgError(
            f"T has no real eigenbasis: the eigenvalues {value:.6g} and "
            f"{value.conjugate():.6g} are a complex pair"
        )
    values, vectors = _with_full_eigenspaces(T, values, vectors)
    n, size = len(T), np.linalg.norm(T)
    if vectors.any(axis=0).all():
        C = _oriented(vectors)
        # The two parts of a pair that rounding made complex may be no eigenvectors at all.
        wrong = np.linalg.norm(T @ C - C * values, axis=0).max()
        if np.linalg.cond(C) < 1 / math.sqrt(100 * n * EPS) and wrong <= 1e-9 * size:
            return C, np.diag(np.ldexp(values, exponent))
    raise LinAlgError(
        "T is defective to rounding: its eigenvectors do not form a basis (eigenvalues "
        f"{np.array2string(np.ldexp(values, exponent), precision=6, threshold=8)})"
    )


def _with_full_eigenspaces(T, values, vectors):
    """Return values and vectors with an orthonormal basis for each repeated eigenvalue.

    Rounding may turn the eigenvectors of a repeated eigenvalue almost parallel. So where
    T − μI is zero, to rounding, on as many dimensions as there are eigenvalues near μ, the
    singular vectors of T − μI are taken instead.
    """
    n, size = len(T), np.linalg.norm(T)
    values, vectors = values.copy(), vectors.copy()
    groups = np.split(np.arange(n), np.flatnonzero(np.diff(values) > 1e4 * n * EPS * size) + 1)
    for group in groups:
        if len(group) > 1:
            middle = values[group].mean()
            _, s, Vt = np.linalg.svd(T - middle * np.eye(n))
            if s[n - len(group)] <= 100 * n * EPS * size:
                values[group], vectors[:, group] = middle, Vt[n - len(group) :].T
    return values, vectors


def matrix_power(T, n):
    r"""Return the n-th power of a square matrix.

    .. math:: T^n = C D^n C^{-1}

    Parameters
    ----------
    T : array_like, shape (k, k)
        A square matrix.
    n : int
        The exponent. Zero gives the identity; a negative one the power of the inverse.

    Returns
    -------
    ndarray, shape (k, k)

    Raises
    ------
    ValueError
        If T is not a finite real square matrix, or n is not a whole number.
    numpy.linalg.LinAlgError
        If n is negative and T is singular to rounding.
    OverflowError
        If an entry of the result is beyond the range of floats.

    Notes
    -----
    Through the eigenbasis an error in C or C⁻¹ grows by the condition number κ of C, so that
    way is taken where the eigenvectors are real and κ is at most 10 (one digit of
    sixteen). Otherwise — rotations, shears, defective matrices — by repeated squaring:
    T¹³ = T⁸ T⁴ T, about 2 log₂ n products.

    Examples
    --------
    >>> matrix_power([[2, 0], [0, 3]], 4)
    array([[16.,  0.],
           [ 0., 81.]])
    >>> matrix_power([[1, 1], [0, 1]], 100)
    array([[  1., 100.],
           [  0.,   1.]])
    """
    T = as_square(T, "T").astype(float)
    n = as_count(n, "n", low=-math.inf)
    if n == 0:
        return np.eye(len(T))
    if n < 0:
        if _is_singular(T):
            raise LinAlgError(f"T is singular, so it has no power {n}")
        T, n = np.linalg.inv(T), -n
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        power = _power(T, n)
    if not np.isfinite(power).all():
        raise OverflowError(f"T to the power {n} has entries beyond the range of floats")
    return power


def _power(T, n):
    """Return T to the positive power n, through the eigenbasis where that is sound."""
    try:
        C, D = diagonalise(T)
    except LinAlgError:
        return np.linalg.matrix_power(T, n)
    if np.linalg.cond(C) > 10:
        return np.linalg.matrix_power(T, n)
    return np.linalg.solve(C.T, (C * np.diag(D) ** n).T).T

"""Chapter 3: elimination, systems of equations, inverses, determinants, special matrices.

Two questions about zero are kept apart. *Is this matrix singular?* (`is_singular`, `classify`)
is asked of data that were rounded, perhaps many times, and answered by the rule of `rank`.
*May this pivot be divided by?* (`solve`, `inverse`) is asked of one number and the rounding
errors in it alone.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.linalg import LinAlgError

from mml._validation import as_array, as_matrix, as_number, as_square
from mml.linear_algebra.spaces import _threshold, rank

EPS = np.finfo(float).eps

# Up to this many columns (or unknowns), one after another; above it by halves, so that matrix
# products do most of the work.
_FEW = 64


@dataclass(frozen=True)
class RowOperation:
    """One step of an elimination; prints as it would be written by hand.

    Attributes
    ----------
    kind : str
        "swap" exchanges two rows, "scale" multiplies the target by the factor, "add" adds
        the factor times the source to the target.
    target, source : int
        Indices of rows, from 0; the source of a "scale" is the target itself. In print
        rows are counted from 1.
    factor : float
        1 for a swap.

    Examples
    --------
    >>> print(RowOperation("add", target=1, source=0, factor=-2.0))
    R2 ← R2 − 2 R1
    """

    kind: str
    target: int
    source: int
    factor: float = 1.0

    def apply(self, A):
        """Return what the step makes of a matrix with enough rows, in a new array."""
        A = as_matrix(A, "A").astype(float)
        if self.kind == "swap":
            A[[self.target, self.source]] = A[[self.source, self.target]]
        elif self.kind == "scale":
            A[self.target] *= self.factor
        else:
            A[self.target] += self.factor * A[self.source]
        return A

    def __str__(self):
        target, source = f"R{self.target + 1}", f"R{self.source + 1}"
        if self.kind == "swap":
            return f"{target} ↔ {source}"
        if self.kind == "scale":
            return f"{target} ← {_in_words(self.factor)}{target}"
        sign = "−" if self.factor < 0 else "+"
        return f"{target} ← {target} {sign} {_in_words(abs(self.factor))}{source}"


@dataclass(frozen=True)
class EchelonResult:
    """What `row_echelon` and `reduced_row_echelon` found.

    Attributes
    ----------
    matrix : ndarray, shape (m, n)
        The echelon form.
    pivots : tuple of int
        The columns that have a pivot, from 0; pivot number i stands in row i.
    steps : tuple of RowOperation
        What was done, in order.
    """

    matrix: np.ndarray
    pivots: tuple
    steps: tuple


def _in_words(factor):
    """Return a factor as a whole number or a short fraction, with a space; nothing for 1."""
    if factor == 1:
        return ""
    short = Fraction(factor).limit_denominator(99)
    near = abs(float(short) - factor) <= 1e-12 * abs(factor)
    if not near or (short.denominator > 1 and abs(short) > 99):
        return f"{factor:.4g} "
    text = str(short) if short.denominator == 1 else f"({short})"
    return text.replace("-", "−") + " "


# --- row echelon forms ------------------------------------------------------------------


def row_echelon(A, *, pivoting="partial", rtol=None):
    r"""Return a row echelon form of a matrix, with its pivots and the steps that led there.

    Parameters
    ----------
    A : array_like, shape (m, n)
        Any matrix; for a system of equations, the matrix with the right-hand side as its
        last column.
    pivoting : {"partial", "first"}
        Which row gives the next pivot: the one with the largest entry in the column, which
        keeps rounding errors small, or the first with an entry that is not zero, as one
        does by hand.
    rtol : float, optional
        An entry counts as zero where it is at most `rtol` of the largest number that was
        added or subtracted to make it: the rest is taken for rounding. The default is that
        of `rank`, 1e-12.

    Returns
    -------
    EchelonResult
        With `matrix` (below each pivot stand zeros, rows of zeros are last), `pivots` and
        `steps`.

    Raises
    ------
    ValueError
        If A is not a finite real matrix, is empty, or an option is not one of these.

    Notes
    -----
    Since sizes are compared with what they were made from, neither the unit of a row nor
    that of a column matters to what counts as zero. (The unit of a row does matter to which
    row partial pivoting takes.) A form is unique only when reduced.

    References
    ----------
    G. Strang, *Introduction to Linear Algebra*, 5th ed. (2016), sections 2.2 and 3.2.

    Examples
    --------
    >>> found = row_echelon([[2, 1, 7], [4, 3, 17]], pivoting="first")
    >>> found.matrix
    array([[2., 1., 7.],
           [0., 1., 3.]])
    >>> print(*found.steps)
    R2 ← R2 − 2 R1
    >>> row_echelon([[1, 2], [2, 4], [3, 6]]).pivots
    (0,)
    """
    A, rtol = _as_elimination(A, rtol)
    if pivoting not in ("partial", "first"):
        raise ValueError(f'pivoting must be "partial" or "first", got {pivoting!r}')
    size = np.abs(A)  # the largest number that went into each entry
    pivots, steps = [], []
    for column in range(A.shape[1]):
        row = len(pivots)
        rest, large = A[row:, column], size[row:, column]
        rest[np.abs(rest) <= rtol * large] = 0
        if not rest.any():
            continue
        chosen = row + (np.argmax(np.abs(rest)) if pivoting == "partial" else np.argmax(rest != 0))
        if chosen != row:
            A[[row, chosen]], size[[row, chosen]] = A[[chosen, row]], size[[chosen, row]]
            steps.append(RowOperation("swap", row, int(chosen)))
        steps += _clear(A, size, row, column, np.arange(row + 1, len(A)))
        pivots.append(column)
    return EchelonResult(A + 0.0, tuple(pivots), tuple(steps))


def reduced_row_echelon(A, *, rtol=None):
    r"""Return the reduced row echelon form of a matrix: pivots 1, and zeros above them too.

    Parameters
    ----------
    A : array_like, shape (m, n)
        Any matrix.
    rtol : float, optional
        As for `row_echelon`.

    Returns
    -------
    EchelonResult
        With `matrix`, `pivots` and `steps`.

    Raises
    ------
    ValueError
        As for `row_echelon`.

    Examples
    --------
    >>> found = reduced_row_echelon([[2, 1, 7], [4, 3, 17]])
    >>> found.matrix
    array([[1., 0., 2.],
           [0., 1., 3.]])
    >>> print(*found.steps, sep="; ")
    R1 ↔ R2; R2 ← R2 − (1/2) R1; R2 ← −2 R2; R1 ← R1 − 3 R2; R1 ← (1/4) R1
    """
    A, rtol = _as_elimination(A, rtol)
    found = row_echelon(A, rtol=rtol)
    R, steps = found.matrix.copy(), list(found.steps)
    size = np.abs(R)
    for row, column in reversed(list(enumerate(found.pivots))):
        if R[row, column] != 1:
            factor = 1 / R[row, column]
            R[row], size[row] = R[row] / R[row, column], size[row] / abs(R[row, column])
            steps.append(RowOperation("scale", row, row, float(factor)))
        steps += _clear(R, size, row, column, np.arange(row))
    R[np.abs(R) <= rtol * size] = 0
    return EchelonResult(R + 0.0, found.pivots, tuple(steps))


def _as_elimination(A, rtol):
    """Return A as an array of floats of its own, and the threshold for it."""
    A = as_matrix(A, "A")
    rtol = _threshold(A) if rtol is None else as_number(rtol, "rtol", low=0, high=1)
    return A.astype(float), rtol


def _clear(A, size, row, column, others):
    """Subtract multiples of `row` from the others, so that `column` is 0 there.

    All at once: the multiples times the row is a matrix of rank one.
    Return the steps.
    """
    factors = A[others, column] / A[row, column]
    others, factors = others[factors != 0], factors[factors != 0]
    A[others] -= np.outer(factors, A[row])
    A[others, column] = 0
    added = np.outer(np.abs(factors), size[row])
    size[others] = np.maximum(size[others], added)
    pairs = zip(others.tolist(), factors.tolist(), strict=True)
    return [RowOperation("add", i, row, -factor) for i, factor in pairs]


# --- LU factorisation -------------------------------------------------------------------


def lu(A, *, method="recursive", pivoting="partial"):
    r"""Return P, L and U with P A = L U (:eq:`eq-lu`).

    Parameters
    ----------
    A : array_like, shape (m, n)
        Any matrix.
    method : {"recursive", "rank-1"}
        Two orders of the same operations. "rank-1" is elimination as it is taught, one
        column after another, each from the whole rest of the matrix. "recursive" eliminates
        half of the columns, subtracts their share from the other half in one matrix
        product, and goes on with that; it is many times as fast where A is large.
    pivoting : {"partial", "none"}
        "partial" takes the largest entry of each column as its pivot, so that no entry of
        L is larger than 1. "none" takes what stands on the diagonal and is there to be
        seen failing.

    Returns
    -------
    P : ndarray, shape (m, m)
        A permutation matrix; the identity without pivoting.
    L : ndarray, shape (m, k)
        Lower triangular with ones on its diagonal; k is the smaller of m and n.
    U : ndarray, shape (k, n)
        Upper triangular.

    Raises
    ------
    ValueError
        If A is not a finite real matrix, is empty, or an option is not one of these.
    numpy.linalg.LinAlgError
        Without pivoting, where a pivot is 0 and the column below it is not.

    Notes
    -----
    A singular matrix has these factors too; then U has zeros on its diagonal, or rounding
    errors in their place.

    References
    ----------
    S. Toledo, "Locality of reference in LU decomposition with partial pivoting", SIAM J.
    Matrix Anal. Appl. 18 (1997) 1065–1081.

    Examples
    --------
    >>> P, L, U = lu([[2, 1], [4, 3]])
    >>> print(P, L, U, sep="\n")
    [[0. 1.]
     [1. 0.]]
    [[1.  0. ]
     [0.5 1. ]]
    [[ 4.   3. ]
     [ 0.  -0.5]]
    """
    A = as_matrix(A, "A")
    if method not in ("recursive", "rank-1"):
        raise ValueError(f'method must be "recursive" or "rank-1", got {method!r}')
    m, n = A.shape
    k = min(m, n)
    F, order = _factors(A, pivoting, method)
    P = np.eye(m)[order]
    return P, np.tril(F[:, :k], -1) + np.eye(m, k), np.triu(F[:k])


def _factors(A, pivoting, method="recursive"):
    """Return F, order with A[order] = L U: L (its ones left out) and U share the array F."""
    if pivoting not in ("partial", "none"):
        raise ValueError(f'pivoting must be "partial" or "none", got {pivoting!r}')
    if method == "rank-1":
        F = np.array(A, dtype=float)
        return F, _eliminate(F, pivoting)
    F = np.array(A, dtype=float, order="F")  # each column in one piece
    m, n = F.shape
    left, right = F[:, : min(m, n)], F[:, min(m, n) :]
    order = _eliminate_by_halves(left, pivoting)
    if right.size:  # A is wide: its last columns have no pivots
        _reorder(right, order)
        _forward(left, right)
    return F, order


def _eliminate(A, pivoting):
    """Turn A into its factors, column by column; return the rows' order."""
    order = np.arange(len(A))
    for k in range(min(A.shape)):
        _bring_up_pivot(A, order, k, pivoting)
        A[k + 1 :, k] = _divided(A[k + 1 :, k], A[k, k])
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return order


def _eliminate_by_halves(A, pivoting):
    """Do what `_eliminate` does to a tall A, mostly in matrix products."""
    n = A.shape[1]
    if n <= _FEW:
        return _eliminate_late(A, pivoting)
    half = n // 2
    left, right = A[:, :half], A[:, half:]
    order = _eliminate_by_halves(left, pivoting)
    _reorder(right, order)
    _forward(left[:half], right[:half])
    right[half:] -= left[half:] @ right[:half]  # here the time goes
    below = _eliminate_by_halves(right[half:], pivoting)
    _reorder(left[half:], below)
    order[half:] = order[half:][below]
    return order


def _eliminate_late(A, pivoting):
    """Do what `_eliminate` does to a tall A, each entry once, when it is needed (Crout)."""
    order = np.arange(len(A))
    for k in range(A.shape[1]):
        A[k:, k] -= A[k:, :k] @ A[:k, k]
        _bring_up_pivot(A, order, k, pivoting)
        A[k, k + 1 :] -= A[k, :k] @ A[:k, k + 1 :]
        A[k + 1 :, k] = _divided(A[k + 1 :, k], A[k, k])
    return order


def _bring_up_pivot(A, order, k, pivoting):
    """Exchange row k for the one, from there down, with the largest entry in column k."""
    p = k + int(np.argmax(np.abs(A[k:, k]))) if pivoting == "partial" else k
    if p != k:
        order[k], order[p] = order[p], order[k]
        row = A[k].copy()
        A[k], A[p] = A[p], row


def _divided(column, pivot):
    """Return what is below the pivot in units of the pivot; zeros stay, whatever it is."""
    if pivot != 0:
        return column / pivot
    if column.any():
        raise LinAlgError("a pivot is 0, what is below it is not, and rows are not to be swapped")
    return column


def _reorder(B, order):
    """Replace B by B[order], moving only the rows that move."""
    moved = np.flatnonzero(order != np.arange(len(order)))
    B.T[..., moved] = B.T[..., order[moved]]


def _forward(L, B):
    """Replace B by L⁻¹ B, from the first row down; of L only what is below the diagonal counts."""
    n = len(L)
    if n <= _FEW:
        for i in range(1, n):
            B[i] -= L[i, :i] @ B[:i]
        return
    half = n // 2
    _forward(L[:half, :half], B[:half])
    B[half:] -= L[half:, :half] @ B[:half]
    _forward(L[half:, half:], B[half:])


def _backward(U, B):
    """Replace B by U⁻¹ B, from the last row up; what is below U's diagonal is not read."""
    n = len(U)
    if n <= _FEW:
        for i in reversed(range(n)):
            B[i] = (B[i] - U[i, i + 1 :] @ B[i + 1 :]) / U[i, i]
        return
    half = n // 2
    _backward(U[half:, half:], B[half:])
    B[:half] -= U[:half, half:] @ B[half:]
    _backward(U[:half, :half], B[:half])


# --- systems of equations ---------------------------------------------------------------


def solve(A, b, *, pivoting="partial"):
    r"""Return the x with A x = b.

    .. math:: P A = L U, \qquad L\,y = P\,b, \qquad U x = y

    Parameters
    ----------
    A : array_like, shape (n, n)
        One row an equation.
    b : array_like, shape (n,) or (n, k)
        The right-hand side, or k of them as columns.
    pivoting : {"partial", "none"}
        As for `lu`; "none" is there to be seen failing.

    Returns
    -------
    ndarray, of the shape of b
        The solution or solutions: the exact ones of a system whose entries differ from
        those of A by rounding (a few ε of their size, times the growth of the entries in
        the elimination). How far they are from the exact ones of A itself is a matter of
        the condition of A.

    Raises
    ------
    ValueError
        If the shapes do not fit, an entry is not a finite real number, or `pivoting` has
        another name.
    numpy.linalg.LinAlgError
        If A is singular to working precision: where a pivot is zero, or no larger than one
        rounding of the numbers that were subtracted to make it,
        \|u\ :sub:`kk`\ \| ≤ ε (\|L\| \|U\|)\ :sub:`kk`. Neither the unit of an equation nor
        that of an unknown matters to this test.

    Notes
    -----
    The test refuses what has no answer, not every answer that is poor: a singular matrix
    whose entries were rounded mostly has pivots of some ε. `is_singular` recognises it.

    References
    ----------
    N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed. (2002), chapter 9.

    Examples
    --------
    >>> solve([[2, 1], [4, 3]], [7, 17])
    array([2., 3.])
    >>> solve([[1, 2], [2, 4]], [3, 6])
    Traceback (most recent call last):
        ...
    numpy.linalg.LinAlgError: A is singular to working precision: nothing but rounding ...
    """
    A = as_square(A, "A")
    b = as_array(b, "b")
    if b.ndim not in (1, 2) or len(b) != len(A):
        raise ValueError(
            f"b must have shape ({len(A)},) or ({len(A)}, k) to go with A, got {b.shape}"
        )
    F, order = _factors(A, pivoting)
    _refuse_singular(F, pivoting)
    x = np.array(b[order], dtype=float, order="F")
    _forward(F, x)
    _backward(F, x)
    return x


def _refuse_singular(F, pivoting="partial"):
    """Raise if a pivot has no digit that is not rounding, given L and U in one array."""
    pivots = np.abs(np.diag(F))
    if pivoting == "partial" and pivots.min() > len(F) * EPS * np.abs(F).max():
        return  # far above all rounding, since no entry of L is larger than 1
    L = np.abs(np.tril(F, -1)) + np.eye(len(F))
    terms = np.einsum("ki,ik->k", L, np.abs(np.triu(F)))  # the diagonal of |L| |U|
    lost = np.flatnonzero(pivots <= EPS * terms)
    if lost.size:
        raise LinAlgError(
            "A is singular to working precision: nothing but rounding is left of column "
            f"{lost[0]} when its part in the columns before it is taken away"
        )


def inverse(A):
    r"""Return the inverse of a square matrix: the X with A X = I.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    ndarray, shape (n, n)
        In the unit of one divided by that of A.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.
    numpy.linalg.LinAlgError
        If A is singular to working precision (the test of `solve`).

    Notes
    -----
    To solve a system, call `solve`: it takes a third of the work, and what it returns fits
    the equations better.

    Examples
    --------
    >>> inverse([[2, 1], [4, 3]])
    array([[ 1.5, -0.5],
           [-2. ,  1. ]])
    """
    F, order = _factors(as_square(A, "A"), "partial")
    _refuse_singular(F)
    X = np.asfortranarray(np.eye(len(F)))
    _invert_lower(F, X)
    _backward(F, X)
    Z = np.empty(F.shape)
    Z[:, order] = X + 0.0  # A⁻¹ = U⁻¹ L⁻¹ P; adding 0 turns −0 into 0
    return Z


def _invert_lower(L, X):
    """Replace the identity X by L⁻¹, as `_forward` would, without work on its zeros."""
    n = len(L)
    if n <= _FEW:
        _forward(L, X)
        return
    half = n // 2
    _invert_lower(L[:half, :half], X[:half, :half])
    X[half:, :half] = -L[half:, :half] @ X[:half, :half]
    _forward(L[half:, half:], X[half:, :half])
    _invert_lower(L[half:, half:], X[half:, half:])


def determinant(A):
    r"""Return the determinant: the signed factor by which A multiplies areas or volumes.

    .. math:: \det A = \det P \; u_{11} u_{22} \cdots u_{nn}, \qquad P A = L U

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    float
        In the n-th power of the unit of A. A product beyond the range of floats is ±inf, one
        below it 0; factors in between do no harm.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.

    Notes
    -----
    The size of a determinant does not tell how near to singular a matrix is: that of
    0.1 I is 10⁻ⁿ. Ask `is_singular`.

    Examples
    --------
    >>> determinant([[3, 1], [2, 4]])
    10.0
    >>> determinant([[0, 1], [1, 0]])  # a flip turns areas over
    -1.0
    """
    F, order = _factors(as_square(A, "A"), "partial")
    mantissas, exponents = np.frexp(np.diag(F))
    product, exponent = _parity(order), 0
    for m in mantissas.tolist():  # a product of halves and more: bring it back each time
        product, shift = np.frexp(product * m)
        exponent += int(shift)
    with np.errstate(over="ignore", under="ignore"):
        return float(np.ldexp(product, exponent + int(exponents.sum()))) + 0.0


def _parity(order):
    """Return 1 for a permutation made of an even number of swaps, −1 for an odd one."""
    order, sign = order.tolist(), 1.0
    for i in range(len(order)):
        while order[i] != i:  # each swap puts one number in its place
            j = order[i]
            order[i], order[j] = order[j], j
            sign = -sign
    return sign


# --- special matrices -------------------------------------------------------------------


def is_singular(A, *, rtol=None):
    r"""Tell whether a square matrix flattens: whether its columns are dependent.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.
    rtol : float, optional
        As for `rank`, whose rule this is: A is singular where its rank is less than n, so
        where some column sticks out of the span of others by at most `rtol` of its length.
        The default, 1e-12, lies between what rounding leaves of a dependent column (some
        1e-16) and what an independent one has.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If A is not a finite real square matrix, or `rtol` is not between 0 and 1.

    Examples
    --------
    >>> is_singular([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    True
    >>> is_singular([[1e-20, 0], [0, 1]])  # small is not singular
    False
    """
    A = as_square(A, "A")
    return rank(A, rtol=rtol) < len(A)


def classify(A):
    r"""Return the names of the special kinds of matrix that A belongs to.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    set of str
        Every name that applies:

        - "zero", "identity", "diagonal", "upper triangular", "lower triangular";
        - "symmetric" (Aᵀ = A), "skew-symmetric" (Aᵀ = −A);
        - "orthogonal" (AᵀA = I), "permutation" (one 1 in each row and column, else 0);
        - "projection" (A² = A), "singular" (`is_singular`), "rank one" (`rank`);
        - "positive definite", "positive semidefinite": symmetric, with xᵀA x > 0 (≥ 0)
          for all x ≠ 0;
        - "stochastic": no entry negative, each column sums to 1.

    Raises
    ------
    ValueError
        If A is not a finite real square matrix.

    Notes
    -----
    Two matrices count as equal where no entry differs by more than 4500 ε (1e-12 in double
    precision) of the largest entry of the two. A singular matrix is never called positive
    definite; any other that is symmetric is, where it has a Cholesky factor.

    Examples
    --------
    >>> sorted(classify([[0, 1], [1, 0]]))
    ['orthogonal', 'permutation', 'stochastic', 'symmetric']
    >>> sorted(classify([[2, -2], [1, -1]]))
    ['projection', 'rank one', 'singular']
    """
    A = as_square(A, "A")
    rtol = _threshold(A)
    A = A.astype(float)
    n, largest = len(A), np.abs(A).max()
    B = A / largest if largest else A  # for the kinds that do not depend on the scale
    one = np.eye(n)

    def equal(X, Y):
        return bool((np.abs(X - Y) <= rtol).all())

    holds = {
        "zero": largest == 0,
        "diagonal": equal(B, np.diag(np.diag(B))),
        "upper triangular": equal(B, np.triu(B)),
        "lower triangular": equal(B, np.tril(B)),
        "symmetric": equal(B, B.T),
        "skew-symmetric": equal(B, -B.T),
        "singular": is_singular(A, rtol=rtol),
        "rank one": rank(A, rtol=rtol) == 1,
    }
    if largest < 2:  # each of these has entries from −1 to 1
        bits = np.rint(A)
        holds["identity"] = equal(A, one)
        holds["orthogonal"] = equal(A.T @ A, one)
        holds["permutation"] = equal(A, bits) and A.min() > -0.5 and equal(bits.T @ bits, one)
        holds["stochastic"] = A.min() >= -rtol and equal(A.sum(axis=0), one.sum(axis=0))
    if holds["singular"] or holds.get("identity"):  # no other matrix equals its square
        holds["projection"] = _is_projection(B, largest, rtol)
    if holds["symmetric"]:
        holds["positive definite"] = not holds["singular"] and _has_cholesky(B)
        holds["positive semidefinite"] = holds["positive definite"] or bool(
            np.linalg.eigvalsh(B)[0] >= -n * rtol
        )
    return {name for name, true in holds.items() if true}


def _is_projection(B, largest, rtol):
    """Tell whether (largest·B)² = largest·B, as far as rounding lets us see."""
    if largest < 0.5 / len(B):  # the trace of a projection is its rank
        return largest == 0
    size = max((np.abs(B) @ np.abs(B)).max(), 1 / largest)
    return bool((np.abs(B @ B - B / largest) <= rtol * size).all())


def _has_cholesky(B):
    """Tell whether a symmetric matrix has positive pivots only: B = L Lᵀ."""
    try:
        np.linalg.cholesky(B)
    except LinAlgError:
        return False
    return True

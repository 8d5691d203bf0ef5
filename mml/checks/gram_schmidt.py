"""The check of the Gram–Schmidt lab: a function ``gram_schmidt(A)`` that makes A's columns
orthonormal, in their order, with a zero column for each that depends on those before it.
"""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.linear_algebra.mappings import gram_schmidt

__all__ = ["check_gram_schmidt"]

TOLERANCE = 1e-8  # where A is well conditioned: every way of computing gives ten digits
STRICT = 1e-12  # for right angles where A is not: what the lab asks


# What the properties measure.


def basis_of(function, A):
    """Return the reader's answer as an array of A's shape."""
    try:
        value = function(A)
    except Mismatch as mismatch:
        if "UFuncTypeError" in mismatch.got and A.dtype.kind == "i":
            mismatch.misconception = WHOLE
        if "ZeroDivisionError" in mismatch.got and _rank(A) < A.shape[1]:
            mismatch.misconception = NAN
        raise
    n, k = A.shape
    rows, columns = f"{n} row{'s'[: n > 1]}", f"{k} column{'s'[: k > 1]}"
    try:
        return as_array(value, A.shape, f"a matrix of {rows} and {columns}")
    except Mismatch as mismatch:
        mismatch.misconception = _misshapen(value, A)
        raise


def _misshapen(value, A):
    """Return what lies behind an answer that is no finite matrix of A's shape."""
    if isinstance(value, tuple) and len(value) == 2:
        return TWO
    try:
        found = np.asarray(value)
        if found.ndim == 2 and len(found) == len(A) and found.shape[1] == _rank(A) < A.shape[1]:
            return DROPPED
        if found.shape == A.shape and np.isnan(found).any() and _rank(A) < A.shape[1]:
            return NAN
        if found.shape == A.T.shape != A.shape and np.allclose(found.T, gram_schmidt(A), atol=1e-6):
            return ROWS_OUT
    except (TypeError, ValueError):
        return None
    return None


def _rank(A):
    """Return the number of independent columns."""
    return int(np.any(gram_schmidt(A), axis=0).sum())


def directions(Q):
    """Return Q with its columns divided by their lengths, which have a property of their own."""
    lengths = np.linalg.norm(Q, axis=0)
    return Q / np.where(lengths > 0, lengths, 1)


def largest_cosine(Q):
    """Return the largest dot product of two different columns, in size, and which they are."""
    V = directions(Q)
    gram = np.abs(V.T @ V - np.diag(np.diag(V.T @ V)))
    i, j = np.unravel_index(gram.argmax(), gram.shape)
    return gram[i, j], sorted((int(i), int(j)))


def loss(Q):
    """Return how far the non-zero columns of Q are from orthonormal."""
    Q = Q[:, Q.any(axis=0)]
    return np.abs(Q.T @ Q - np.eye(Q.shape[1])).max(initial=0)


# The properties.


def has_the_shape(function, A):
    basis_of(function, A)


def has_unit_columns(function, A):
    lengths = np.linalg.norm(basis_of(function, A), axis=0)
    compare(lengths, np.ones(len(lengths)), TOLERANCE, words=("columns of lengths ", "lengths "))


def has_right_angles(function, A, tolerance=TOLERANCE):
    Q = basis_of(function, A)
    cosine, (i, j) = largest_cosine(Q)
    if cosine > tolerance:
        digits = int(np.clip(2 - np.floor(np.log10(cosine)), 4, 12))
        raise Mismatch(
            f"dot products of different columns, as unit vectors, of at most {tolerance:.0e}",
            f"{cosine:.1e} for columns {i} and {j} of\n{show(Q, precision=digits)}",
        )


def spans_in_order(function, A):
    Q = directions(basis_of(function, A))
    for j in range(A.shape[1]):
        first = Q[:, : j + 1]
        nearest = first @ np.linalg.lstsq(first, A[:, j])[0]
        if np.abs(nearest - A[:, j]).max() > TOLERANCE * np.abs(A[:, j]).max():
            of = "column 0" if j == 0 else f"columns 0 to {j}"
            raise Mismatch(
                f"column {j} of A, {show(A[:, j])}, to be\na combination of {of} of the answer",
                f"{show(nearest)} as the nearest such combination; the answer is\n{show(Q)}",
            )


def points_the_same_way(function, A):
    Q = directions(basis_of(function, A))
    overlaps = np.sum(Q * A, axis=0)
    if overlaps.min() <= 0:
        j = int(overlaps.argmin())
        raise Mismatch(
            f"column {j} to point to the side of A's column {j}, {show(A[:, j])}",
            f"{show(Q[:, j])}, whose dot product with it is {show(overlaps[j])}",
        )


def has_zeros_where_dependent(function, A):
    Q = basis_of(function, A)
    kept = gram_schmidt(A).any(axis=0)
    for j in np.flatnonzero(~kept):
        if Q[:, j].any():
            why = "is zero" if not A[:, j].any() else "depends on those before it"
            misconception = REMNANT if np.abs(Q[:, j]).max() < 1e-6 else None
            raise Mismatch(
                f"a zero column {j}, since column {j} of A {why}",
                show(Q[:, j]),
                misconception=misconception,
            )
    for j in np.flatnonzero(kept):
        if not Q[:, j].any():
            raise Mismatch(
                f"a column {j} that is not zero, since column {j} of A\nis independent of those "
                "before it",
                show(Q[:, j]),
            )


def is_a_basis_with_zeros(function, A):
    has_zeros_where_dependent(function, A)
    compare(
        basis_of(function, A),
        gram_schmidt(A),
        TOLERANCE,
        words=("the columns after a dependent one to go on as if it were not there\n", ""),
    )


def ignores_the_scale(function, A, scale):
    if scale != 1:
        compare(
            basis_of(function, A * scale),
            basis_of(function, A),
            1e-6,
            words=(f"for {scale:g} A the same as for A:\n", ""),
        )


def ignores_the_units(function, A, column, scale):
    units = np.ones(A.shape[1])
    units[column] = scale
    compare(
        basis_of(function, A * units),
        basis_of(function, A),
        1e-6,
        words=(f"with column {column} times {scale:g} the same as without:\n", ""),
    )


def stays_orthogonal(function, A):
    Q = basis_of(function, A)
    if not Q.any(axis=0).all():
        j = int(np.flatnonzero(~Q.any(axis=0))[0])
        share = gram_schmidt(A)[:, j] @ A[:, j] / np.linalg.norm(A[:, j])
        raise Mismatch(
            f"a column {j} that is not zero: {share:.0e} of column {j} of A is left,\nmore than "
            "the 1e-12 at which a column counts as dependent",
            show(Q[:, j]),
            misconception=WIDE,
        )
    has_right_angles(function, A, tolerance=STRICT)
    spans_in_order(function, A)


def finds_the_dimension(function, A):
    Q = basis_of(function, A)
    dimension = int(Q.any(axis=0).sum())
    if dimension != _rank(A):
        raise Mismatch(
            f"{_rank(A)} columns that are not zero: so many dimensions do the columns of A span",
            f"{dimension}:\n{show(Q)}",
        )


def takes_whole_numbers(function, A):
    try:
        compare(
            basis_of(function, A),
            basis_of(function, A.astype(float)),
            TOLERANCE,
            words=("for whole numbers the same as for floats:\n", ""),
        )
    except Mismatch as mismatch:
        mismatch.misconception = mismatch.misconception or WHOLE
        raise


def leaves_its_argument_alone(function, A):
    function(A)
    if function.changed:
        raise Mismatch(
            "A as it was before the call",
            "another A: the function wrote into it",
            misconception=WRITES,
        )


# The cases.


def _matrix(entries, n, k):
    return np.array(entries, float).reshape(n, k)


@st.composite
def independent(draw, wide=False):
    """Draw a matrix of one to four independent columns, or any with more columns than rows."""
    n = draw(st.integers(1, 3 if wide else 4))
    k = draw(st.integers(n + 1, n + 3)) if wide else draw(st.integers(1, min(n, 4)))
    entries = st.lists(st.integers(-3, 3), min_size=n * k, max_size=n * k)
    drawn = entries.map(lambda list_: _matrix(list_, n, k))
    return draw(drawn if wide else drawn.filter(lambda A: np.linalg.matrix_rank(A) == k))


@st.composite
def with_a_zero_column(draw):
    """Draw independent columns with a zero column among them."""
    A = draw(independent())
    return np.insert(A, draw(st.integers(0, A.shape[1])), 0, axis=1)


@st.composite
def dependent(draw):
    """Draw independent columns and, after some of them, a combination of these."""
    A = draw(independent())
    place = draw(st.integers(1, A.shape[1]))
    weights = draw(
        st.lists(st.integers(-3, 3), min_size=place, max_size=place).filter(lambda w: any(w))
    )
    return np.insert(A, place, A[:, :place] @ weights, axis=1)


@st.composite
def with_units(draw):
    """Draw a matrix, one of its columns, and the factor of another unit for it."""
    A = draw(independent())
    column = draw(st.integers(0, A.shape[1] - 1))
    return A, column, draw(st.sampled_from([1e-16, 1e16, 1e-8]))


def whole(A):
    """Return A as an array of integers."""
    return A.astype(int)


def one(matrices):
    """Return the strategy of cases that are one matrix."""
    return st.tuples(matrices)


def of_condition(kappa, seed, shape=(12, 8)):
    """Return a random matrix with singular values from 1 down to 1/kappa."""
    rng = np.random.default_rng(seed)
    n, k = shape
    U = np.linalg.qr(rng.standard_normal((n, k)))[0]
    V = np.linalg.qr(rng.standard_normal((k, k)))[0]
    return U @ np.diag(np.geomspace(1, 1 / kappa, k)) @ V.T


def of_rank(seed, scale=1.0):
    """Return a random matrix of random shape and rank, its entries not whole numbers."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(2, 7)), int(rng.integers(2, 8))
    rank = int(rng.integers(1, min(n, k) + 1))
    return rng.standard_normal((n, rank)) @ rng.standard_normal((rank, k)) * scale


LAEUCHLI = np.vstack([np.full((1, 3), 1e8), np.eye(3)])
HILBERT = 1 / (np.arange(6)[:, None] + np.arange(6) + 1.0)
NEAR = [
    np.array([[10000.0, 10001], [9999, 10000]]),  # its determinant is 1
    LAEUCHLI,
    HILBERT,
    *(of_condition(1e8, seed, shape=(6, 4)) for seed in range(4)),
    np.array([[1, 1], [0, 2e-10]]),
]
RANDOM = sorted((of_rank(seed) for seed in range(300)), key=lambda A: (A.shape[1], A.size))


# The misconceptions, each with a model of the wrong solution where it has one.

KNOWN = [
    (np.array([[1.0, 2, 1], [2, 1, 3], [0, 1, 2], [1, 0, 1]]),),
    (np.array([[2.0, 1, 0], [1, 3, 1], [1, 1, 4]]),),
]
KNOWN_DEPENDENT = [  # nothing in them is exact in binary
    (np.array([[0.1, 0.3, 0.2], [0.2, 0.6, 0.1], [0.7, 2.1, 0.4]]),),
    (np.array([[0.1, 0.7, 0.8], [0.3, 0.1, 0.4], [0.2, 0.9, 1.1], [0.6, 0.1, 0.7]]),),
]


def _like(model, turned=False):
    """Return a recogniser of `model`; up to the lengths of the columns if `turned`."""
    finish = directions if turned else np.asarray

    def recognises(function):
        like = behaves_like(lambda A: finish(model(A)), KNOWN, tolerance=1e-6)
        return like(lambda A: finish(basis_of(function, A)))

    return recognises


def _either(one_model, other):
    """Return a recogniser of what either of two recognises."""
    return lambda function: one_model(function) or other(function)


def _step_by_step(share):
    """Return a model: ``share(q, a, earlier)`` is what it subtracts from the column a."""

    def model(A):
        V = np.zeros(A.shape)
        for j, a in enumerate(A.T):
            V[:, j] = a - share(V[:, :j], a, A[:, :j])
        return directions(V)

    return model


def _undivided(A):
    """Return what comes of projecting on vectors that are not of length 1, undivided."""
    V = np.zeros(A.shape)
    for j, a in enumerate(A.T):
        V[:, j] = a - V[:, :j] @ (V[:, :j].T @ a)
    return V


def _undivided_in_turn(A):
    """Return the same where each projection is subtracted before the next is made."""
    V = np.array(A)
    for j in range(A.shape[1]):
        for i in range(j):
            V[:, j] -= (V[:, i] @ V[:, j]) * V[:, i]
    return V


def _unnormalised(A):
    Q = gram_schmidt(A)
    return Q * np.sum(Q * A, axis=0)


def _backwards(A):
    return gram_schmidt(A[:, ::-1])[:, ::-1]


def _only_sign_is_wrong(function):
    for (A,) in KNOWN:
        Q, right = basis_of(function, A), gram_schmidt(A)
        if not np.allclose(np.abs(np.sum(Q * right, axis=0)), 1, atol=1e-6):
            return False
    return True


def _another_basis(function):
    for (A,) in KNOWN:
        Q = basis_of(function, A)
        if loss(Q) > 1e-6 or np.abs(Q @ (Q.T @ A) - A).max() > 1e-6:
            return False
    return True


def _keeps_noise(function):
    """Tell whether a column is left of matrices with a dependent column, though all else is right.

    What rounding leaves points nowhere in particular, so all that can be said is that it is there.
    """
    cases = [A for (A,) in KNOWN_DEPENDENT] + [A for A in RANDOM if _rank(A) < A.shape[1]]
    found = 0
    for A in cases:
        Q = basis_of(function, A)
        kept = gram_schmidt(A).any(axis=0)
        found += bool(np.any(np.linalg.norm(Q[:, ~kept], axis=0) > 0.5))
    return found > 0


def _cuts_by_size(function):
    """Tell whether columns vanish at a small scale, or noise appears at a large one."""
    cases = KNOWN + KNOWN_DEPENDENT
    if not all(np.allclose(basis_of(function, A), gram_schmidt(A), atol=1e-6) for (A,) in cases):
        return False
    small = all(not basis_of(function, A * 1e-18).any() for (A,) in KNOWN)
    large = any(
        basis_of(function, A * 1e18).any(axis=0).sum() > _rank(A) for (A,) in KNOWN_DEPENDENT
    )
    return small or large


def _cuts_by_the_whole(function):
    """Tell whether a column vanishes because another is large."""
    return not basis_of(function, np.diag([1.0, 1e-18]))[:, 1].any()


def _is_rounded(function):
    """Tell whether it is right to some digits where every way of computing gives more."""
    gaps = [np.abs(basis_of(function, A) - gram_schmidt(A)).max() for (A,) in KNOWN]
    return STRICT < max(gaps) < 1e-3


def _stops_early(function):
    Q = basis_of(function, np.array([[1.0, 2, 0], [0, 0, 1]]))
    return Q[:, 0].any() and not Q[:, 1:].any()


def _losses(function):
    """Return the loss of orthogonality at the condition numbers 1e3 and 1e6."""
    return [
        np.median([loss(directions(basis_of(function, of_condition(k, s)))) for s in range(5)])
        for k in (1e3, 1e6)
    ]


def _loses_by_the_square(function):
    mild, severe = _losses(function)
    return severe > 1e-8 and severe > 1e4 * mild


def _loses_by_the_condition(function):
    mild, severe = _losses(function)
    return 1e-13 < severe < 1e-8 and 10 * mild < severe < 1e5 * mild


TWO = Misconception(
    "Q and R are both returned",
    "The lab asks for one matrix, the one with the orthonormal columns. Return Q alone.",
)
DROPPED = Misconception(
    "dependent columns are left out",
    "The answer has as many columns as A, so that column j of the answer belongs to column j of "
    "A. Put a zero column where a column depends on those before it.",
)
NAN = Misconception(
    "zero is divided by zero",
    "Where nothing is left of a column there is no direction to take, and 0/0 is NaN. Look at "
    "the length before you divide by it.",
)
ROWS_OUT = Misconception(
    "the basis vectors are the rows of the answer",
    "They are the columns: Q[:, j] = ..., or return the transpose of what you have.",
)
ROWS = Misconception(
    "rows instead of columns",
    "for a in A, and A[j], run over the rows of A. The vectors are its columns: A[:, j], or "
    "for a in A.T.",
    _like(lambda A: gram_schmidt(A.T).T),
)
NOT_NORMALISED = Misconception(
    "the columns are not divided by their lengths",
    "They are at right angles, but not of length 1. Divide what is left of each column by its "
    "length, before the next column needs it.",
    _like(_unnormalised),
)
UNDIVIDED = Misconception(
    "projected on vectors that are not of length 1",
    "(q . a) q is the projection of a on q only where q has length 1; for another vector v it is "
    "(v . a) / (v . v) v. Divide each column by its length at once, not at the end.",
    _either(_like(_undivided, turned=True), _like(_undivided_in_turn, turned=True)),
)
NOTHING = Misconception(
    "nothing is subtracted",
    "Each column is divided by its length, and that is all. Subtract its projections on the "
    "columns before it first.",
    _like(_step_by_step(lambda V, a, earlier: 0 * a), turned=True),
)
ADDED = Misconception(
    "projections are added instead of subtracted",
    "To leave what is at right angles to q, take (q . a) q away from a.",
    _like(_step_by_step(lambda V, a, earlier: -directions(V) @ (directions(V).T @ a)), turned=True),
)
PREVIOUS = Misconception(
    "only the column just before is subtracted",
    "Column 2 has a part along column 0 too. Subtract the projections on all columns before it.",
    _like(
        _step_by_step(lambda V, a, earlier: directions(V)[:, -1:] @ (directions(V)[:, -1:].T @ a)),
        turned=True,
    ),
)
ORIGINALS = Misconception(
    "projected on the columns of A",
    "The columns of A are not at right angles to each other, so their projections overlap and "
    "something is subtracted twice. Project on the columns that you have made already.",
    _like(
        _step_by_step(
            lambda V, a, earlier: directions(earlier) @ (directions(earlier).T @ a),
        ),
        turned=True,
    ),
)
BACKWARDS = Misconception(
    "from the last column to the first",
    "Column 0 keeps its direction; column 1 loses its part along column 0; and so on.",
    _like(_backwards, turned=True),
)
OTHER_BASIS = Misconception(
    "another orthonormal basis of the same space",
    "The columns span what the columns of A span, but not one after the other: the first j of "
    "yours have to span what the first j of A span. (The singular vectors, or columns that were "
    "sorted first, do not.)",
    _another_basis,
)
SIGN = Misconception(
    "a column points the wrong way",
    "The lines are right. Subtract the projections from the column, not the column from them; "
    "and if you took np.linalg.qr: it chooses the signs for its own convenience, so that you "
    "have to turn the columns with a negative diagonal entry of R.",
    _only_sign_is_wrong,
)
REMNANT = Misconception(
    "a remainder of rounding is left",
    "What is left of a dependent column is rounding, small but not zero. Then the number of "
    "columns that are not zero is not the dimension. Write exact zeros.",
)
NOISE = Misconception(
    "what rounding leaves is taken for a direction",
    "Of a dependent column rounding leaves something like 1e-16 of its length, hardly ever exactly "
    "0 and often ten times more; divided by its length it looks like any unit vector. Compare what "
    "is left with the length that the column had: less than 1e-12 of it is rounding.",
    _keeps_noise,
)
ABSOLUTE = Misconception(
    "an absolute threshold",
    "A length is compared with a fixed number such as 1e-14. In other units the same vectors are "
    "all above or all below it. Compare what is left of a column with the length it had.",
    _cuts_by_size,
)
WHOLE_MATRIX = Misconception(
    "a threshold relative to the whole matrix",
    "A column in a smaller unit is not dependent because another column is large. Compare what is "
    "left of a column with the length of that column.",
    _cuts_by_the_whole,
)
WIDE = Misconception(
    "a threshold that is too large",
    "A column counts as dependent where less than 1e-12 of it is left. This one only comes close.",
)
TWICE_THE_SAME = Misconception(
    "the same projections are subtracted twice",
    "The second round needs dot products of its own, those of what is left. With the old ones the "
    "parts that were taken away come back with the other sign.",
    _like(
        _step_by_step(lambda V, a, earlier: 2 * directions(V) @ (directions(V).T @ a)),
        turned=True,
    ),
)
ONE_SHORT = Misconception(
    "the column just before is left out",
    "range(j) runs from 0 to j - 1, up to the column just before; range(j - 1) stops one too "
    "early.",
    _like(
        _step_by_step(lambda V, a, earlier: directions(V)[:, :-1] @ (directions(V)[:, :-1].T @ a)),
        turned=True,
    ),
)
STOPS = Misconception(
    "it stops at the first dependent column",
    "A column after a dependent one may be independent of all before it. Leave a zero column and "
    "go on with the next; break and return end the loop.",
    _stops_early,
)
ROUNDED = Misconception(
    "digits are thrown away",
    "The answer is right to some digits only. Numbers of type float32 hold seven, and np.round "
    "drops what comes after. Compute in floats, and round only what you print.",
    _is_rounded,
)
SQUARE = Misconception(
    "orthogonality lost like the square of the condition number",
    "All projections of the column as it came are subtracted at once: right on paper, and the "
    "first to suffer from rounding. (So does the way through A.T @ A.) Subtract the projections "
    "of what is left a second time, before you divide by the length: twice is enough.",
    _loses_by_the_square,
)
CONDITION = Misconception(
    "orthogonality lost like the condition number",
    "The projections are subtracted once. What is left is short, and the rounding in it is large "
    "in comparison. Subtract the projections of what is left a second time, before you divide by "
    "the length: twice is enough.",
    _loses_by_the_condition,
)
WHOLE = Misconception(
    "whole numbers stay whole",
    "An array of integers cuts off what stands after the point, or refuses it. Begin with "
    "A = np.array(A, dtype=float), which also makes a copy that you may write into.",
)
WRITES = Misconception(
    "the argument is changed",
    "An array is passed as it is, not as a copy: A[:, j] = ... changes the caller's A. Write into "
    "an array of your own.",
)

SHAPE = "the answer is a matrix of the shape of A"
UNIT = "each column has length 1"
ANGLES = "any two columns are at right angles"
ORDER = "the first columns span what the first columns of A span"
SIDE = "each column points to the side of A's column"
ZERO = "a zero column of A stays a zero column"
DEPENDENT = "a column that depends on those before it becomes a zero column"
SCALE = "the scale of A does not matter"

PROPERTIES = (
    Property(SHAPE, has_the_shape, one(independent()), basic=True),
    Property(
        UNIT,
        has_unit_columns,
        one(independent()),
        misconceptions=(ROUNDED, NOT_NORMALISED, ROWS),
    ),
    Property(
        ANGLES,
        has_right_angles,
        one(independent()),
        misconceptions=(
            *(ROUNDED, ROWS, NOTHING, UNDIVIDED, ADDED, PREVIOUS, ORIGINALS),
            *(TWICE_THE_SAME, ONE_SHORT),
        ),
    ),
    Property(
        ORDER,
        spans_in_order,
        one(independent()),
        misconceptions=(ROWS, BACKWARDS, UNDIVIDED, ORIGINALS, OTHER_BASIS),
        needs=(ANGLES,),
    ),
    Property(
        SIDE,
        points_the_same_way,
        one(independent()),
        misconceptions=(SIGN,),
        needs=(ANGLES, ORDER),
    ),
    Property(
        ZERO,
        is_a_basis_with_zeros,
        one(with_a_zero_column()),
        misconceptions=(STOPS, NOISE),
        needs=(UNIT, SIDE),
    ),
    Property(
        DEPENDENT,
        is_a_basis_with_zeros,
        one(dependent()),
        misconceptions=(STOPS, ABSOLUTE, NOISE),
        needs=(ZERO,),
    ),
    Property(
        "more columns than rows",
        is_a_basis_with_zeros,
        one(independent(wide=True)),
        misconceptions=(ABSOLUTE, NOISE),
        needs=(DEPENDENT,),
    ),
    Property(
        "the number of columns that are not zero is the dimension",
        finds_the_dimension,
        [(A,) for A in RANDOM],
        misconceptions=(ABSOLUTE, NOISE),
        needs=(DEPENDENT,),
    ),
    Property(
        SCALE,
        ignores_the_scale,
        st.tuples(st.one_of(independent(), dependent()), st.sampled_from([1e-16, 1e16, 1e-8, 1e8])),
        misconceptions=(ABSOLUTE,),
        arguments=("A", "scale"),
        needs=(UNIT, DEPENDENT),
    ),
    Property(
        "the unit of one column does not matter",
        ignores_the_units,
        with_units(),
        misconceptions=(WHOLE_MATRIX,),
        arguments=("A", "column", "scale"),
        needs=(SCALE,),
        examples=20,
    ),
    Property(
        "right angles to 1e-12, however nearly the columns coincide",
        stays_orthogonal,
        [(A,) for A in NEAR],
        misconceptions=(ROUNDED, SQUARE, CONDITION),
        needs=(UNIT, SIDE),
    ),
    Property(
        "whole numbers will do",
        takes_whole_numbers,
        one(independent().map(whole)),
        needs=(SIDE,),
        examples=20,
    ),
    Property("A is left as it was", leaves_its_argument_alone, one(independent()), examples=20),
)


def check_gram_schmidt(function):
    """Check a function ``gram_schmidt(A)`` that makes the columns of A orthonormal.

    Parameters
    ----------
    function : callable
        Takes `A` of shape (n, k), any n and k, with vectors as columns. Returns a matrix
        of the same shape: orthonormal columns, the first j of which span what the first j
        of A span, each on the side of A's column; and a zero column where less than 1e-12
        of a column is left, since it depends on those before it.

    Returns
    -------
    Report
        Each property tried; for a failure, the smallest matrix found on which it fails.

    Examples
    --------
    >>> import numpy as np
    >>> def gram_schmidt(A):
    ...     Q = np.array(A, dtype=float)
    ...     for j in range(Q.shape[1]):
    ...         for i in range(j):
    ...             Q[:, j] -= (Q[:, i] @ Q[:, j]) * Q[:, i]
    ...     return Q / np.linalg.norm(Q, axis=0)
    >>> report = check_gram_schmidt(gram_schmidt)
    >>> report.passed
    False
    >>> report.failures[0].misconception
    'projected on vectors that are not of length 1'
    """
    return run("gram_schmidt(A)", function, PROPERTIES, arguments=("A",))

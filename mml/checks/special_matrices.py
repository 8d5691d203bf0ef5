"""The check of the special-matrices lab: ``is_singular(A)`` and, if given, ``classify(A)``."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, show
from mml.checks._report import Misconception, Property, run

__all__ = ["check_special_matrices"]

NAMES = (
    "zero",
    "identity",
    "diagonal",
    "upper triangular",
    "lower triangular",
    "symmetric",
    "skew-symmetric",
    "orthogonal",
    "permutation",
    "projection",
    "singular",
)

# What the properties measure.


def verdict(functions, A):
    """Return what the reader's is_singular says of A, as a bool."""
    value = functions.is_singular(A)
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value[()]
    if not isinstance(value, bool | np.bool_):
        raise Mismatch("True or False", show(value))
    return bool(value)


def _expect(functions, A, singular):
    found = verdict(functions, A)
    if found != singular:
        raise Mismatch(f"{singular}: {_why(singular)}", str(found))


def _why(singular):
    return (
        "a row is a combination of the others"
        if singular
        else "no row is a combination of the others"
    )


def names_of(functions, A):
    """Return the names that the reader's classify gives to A."""
    value = functions.classify(A)
    if isinstance(value, str) or not isinstance(value, set | frozenset | list | tuple):
        raise Mismatch("a set of names", show(value))
    strange = [name for name in value if not isinstance(name, str)]
    if strange:
        raise Mismatch("a set of names, each a text", show(strange[0]))
    return set(value)


# The properties.


def answers_yes_or_no(functions, A):
    verdict(functions, A)


def is_right(functions, A, singular):
    _expect(functions, A, singular)


def is_right_for_whole_numbers(functions, A, singular):
    _expect(functions, A.astype(int), singular)


def leaves_argument_alone(functions, A):
    functions.is_singular(A)
    if functions.is_singular.changed:
        raise Mismatch("A as it was before the call", "another A", misconception=WRITES)


def is_right_at_any_scale(functions, A, singular, scale):
    found = verdict(functions, scale * A)
    if found != singular:
        raise Mismatch(f"{singular}, as for A itself", f"{found} for {scale:g} times A")


def names_are_texts(functions, A):
    names_of(functions, A)


def names_are_right(functions, A, names):
    got = names_of(functions, A)
    if got & set(NAMES) != names:
        strange = ", ".join(map(repr, sorted(map(str, got - set(NAMES)))))
        more = f"\nand what is not in the table: {strange}" if strange else ""
        raise Mismatch(_listed(names), _listed(got) + more)


def names_leave_argument_alone(functions, A):
    functions.classify(A)
    if functions.classify.changed:
        raise Mismatch("A as it was before the call", "another A", misconception=WRITES)


def _listed(names):
    return ", ".join(name for name in NAMES if name in names) or "none of the names"


# The cases. Matrices of whole numbers are L U with whole factors, so that elimination
# without exchanges is exact, and the truth is known: singular where U has a zero on its diagonal.


@st.composite
def systems(draw, low=4, high=4, shuffled=False):
    n = draw(st.integers(low, high))
    entries = st.integers(-2, 2)
    L, U = np.eye(n), np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            L[i, j], U[j, i] = draw(entries), draw(entries)
        U[i, i] = draw(st.sampled_from([1, -1]))
    singular = draw(st.booleans())
    if singular:
        U[-1, -1] = 0
    A = L @ U
    if shuffled:
        A = A[list(draw(st.permutations(range(n))))]
    return A, singular


@st.composite
def uneven_systems(draw):
    """Draw whole numbers that do not divide one another, so that rows need fractions."""
    A, singular = draw(systems(2, 4))
    factors = draw(st.lists(st.sampled_from([2, 3, 5, 7]), min_size=len(A), max_size=len(A)))
    return np.array(factors)[:, None] * A, singular


ZERO_PIVOT = [
    (np.array([[0.0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]), False),
    (np.array([[0.0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]), False),
    (np.array([[1.0, 2, 0, 1], [2, 4, 1, 0], [0, 1, 0, 0], [1, 0, 0, 3]]), False),
    (np.array([[0.0, 1, 2, 3], [0, 2, 4, 7], [1, 0, 0, 0], [1, 1, 2, 3]]), True),
]
EDGES = [
    (np.array([[0.0]]), True),
    (np.array([[3.0]]), False),
    (np.zeros((2, 2)), True),
    (np.array([[0.0, 1], [0, 2]]), True),
    (np.array([[1.0, 0], [2, 0]]), True),
    (np.zeros((3, 3)), True),
    (np.ones((5, 5)), True),
    (np.eye(6), False),
]


def products(count, n, k, seed):
    """Return `count` matrices of size n and rank k, their entries rounded."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, k)) @ rng.standard_normal((k, n)) for _ in range(count)]


def regular(count, n, seed):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, n)) for _ in range(count)]


TENTHS = [
    0.1 * np.arange(1.0, 10).reshape(3, 3),
    0.1 * np.array([[3.0, 1, 2], [1, 7, 4], [5, 15, 10]]),
    0.1 * np.arange(1.0, 17).reshape(4, 4),
    0.1 * np.array([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]),
    0.1 * np.array([[0.0, 3, 1], [7, 1, 3], [7, 4, 4]]),
    0.1 * np.array([[0.0, 1, 3], [3, 7, 11], [3, 9, 17]]),
]
ROUNDED = [
    *((A, True) for A in TENTHS),
    *(
        (A, True)
        for n, k in ((2, 1), (3, 2), (4, 2), (4, 3), (7, 5))
        for A in products(40, n, k, n)
    ),
    *((A, True) for A in products(300, 4, 2, 40)),
    *((A, False) for n in (2, 3, 4, 7) for A in regular(25, n, n)),
]
NEAR = [
    (np.array([[1, 1], [1, 1 + 1e-6]]), False),
    (np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9 + 1e-6]]), False),
    (np.array([[1, 1e-7], [0, 1e-7]]), False),
    # no pivot is below 1e-5; their product, the determinant, is
    (np.ones((4, 4)) + 1e-5 * np.eye(4), False),
    (np.ones((6, 6)) + 1e-3 * np.eye(6), False),
]
SCALES = [
    (A, singular, scale)
    for scale in (1e-16, 1e16, 1e-3, 1e3)
    for A, singular in [
        (np.eye(2), False),
        (np.eye(4), False),
        (np.array([[1.0, 2], [3, 4]]), False),
        (TENTHS[0], True),
        *((A, True) for A in products(30, 4, 3, 8)),
        *((A, False) for A in regular(10, 4, 8)),
    ]
]


def names_by_definition(A):
    """Return the names of a small matrix of whole numbers, in whole numbers: no rounding."""
    A = np.rint(A).astype(int)
    one = np.eye(len(A), dtype=int)
    same = np.array_equal
    holds = {
        "zero": not A.any(),
        "identity": same(A, one),
        "diagonal": same(A, np.diag(np.diag(A))),
        "upper triangular": same(A, np.triu(A)),
        "lower triangular": same(A, np.tril(A)),
        "symmetric": same(A, A.T),
        "skew-symmetric": same(A, -A.T),
        "orthogonal": same(A.T @ A, one),
        "permutation": A.min() >= 0 and same(A.T @ A, one),
        "projection": same(A @ A, A),
        "singular": round(np.linalg.det(A)) == 0,  # a whole number: three rows at most
    }
    return {name for name, true in holds.items() if true}


_SPECIAL = [
    [[0]], [[1]], [[2]],
    [[1, 2], [3, 4]],
    [[1, 0], [0, 1]], [[0, 0], [0, 0]], [[2, 0], [0, 3]],
    [[1, 2], [0, 3]], [[1, 0], [2, 3]],
    [[1, 2], [2, 0]], [[0, 2], [-2, 0]], [[0, 1], [-1, 0]],
    [[0, 1], [1, 0]], [[-1, 0], [0, 1]],
    [[1, 1], [-1, 1]], [[3, 0], [0, -3]],
    [[1, 1], [0, 1]], [[2, -1], [-1, 2]],
    [[1, 0], [0, 0]], [[1, 1], [0, 0]], [[2, -2], [1, -1]],
    [[1, 2], [2, 4]], [[1, 0], [1, 0]],
    [[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 1, 0], [1, 0, 0]],
    [[1, 2, 3], [0, 4, 5], [0, 0, 6]], [[1, 0, 0], [2, 4, 0], [3, 5, 6]],
    [[1, 2, 3], [2, 4, 5], [3, 5, 6]], [[0, 1, 2], [-1, 0, 3], [-2, -3, 0]],
    [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    [[1, 0, 0], [0, 0, 0], [0, 0, 1]],
    [[0, -1, 0], [1, 0, 0], [0, 0, -1]],
]  # fmt: skip
SPECIAL = [(np.array(A, float), names_by_definition(A)) for A in _SPECIAL]


def _computed():
    """Return matrices that have a name but for rounding, smallest first."""
    cases = []
    for angle in (0.1, 1.0, 2.0, 2.5):
        c, s = np.cos(angle), np.sin(angle)
        cases.append((np.array([[c, -s], [s, c]]), {"orthogonal"}))
        cases.append((np.array([[c, s], [s, -c]]), {"orthogonal", "symmetric"}))
    for b in ([1.0, 3], [0.1, 0.7], [1.0, 2, 3], [0.3, -0.1, 0.2]):
        line = np.array(b)
        shadow = np.outer(line, line) / (line @ line)
        cases.append((shadow, {"projection", "symmetric", "singular"}))
    rng = np.random.default_rng(3)
    for n in (3, 4):
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        cases.append((Q, {"orthogonal"}))
        cases.append((Q @ np.diag(np.arange(1.0, n + 1)) @ Q.T, {"symmetric"}))
        cases.append((Q.T @ Q, names_by_definition(np.eye(n))))
        cases.append((np.linalg.inv(np.triu(rng.uniform(1, 2, (n, n)))), {"upper triangular"}))
    return cases


COMPUTED = _computed()
NEAR_NAMES = [  # a millionth is no rounding
    (np.array([[1, 1e-6], [0, 1]]), {"upper triangular"}),
    (np.array([[1, 2], [2 + 2e-6, 1]]), set()),
    (np.array([[1, 1e-6], [0, 2]]), {"upper triangular"}),
]
SCALED_NAMES = [
    (scale * np.array(A), names)
    for scale in (1e-9, 1e-16, 1e9, 1e16)
    for A, names in [
        ([[1.0, 2], [3, 4]], set()),
        ([[2.0, 1], [1, 3]], {"symmetric"}),
        ([[1.0, 2], [0, 3]], {"upper triangular"}),
        ([[0.0, 1], [-1, 0]], {"skew-symmetric"}),
        (COMPUTED[13][0], {"symmetric"}),
    ]
]

# The misconceptions, each recognised by what it does on cases that tell it from the others.

_EXACT = [  # singular, and no way to eliminate rounds anything
    np.diag([1.0, 1, 1, 0]),
    [[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]],
    [[1.0, 0, 1, 0], [0, 1, 1, 0], [1, 1, 2, 0], [0, 0, 0, 1]],
]
_WHOLE = [
    [[1.0, 0, 0, 0], [2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    [[1.0, 2, 3], [4, 5, 6], [7, 8, 10]],
    [[3.0, 1], [1, 2]],
    [[1.0, 2], [3, 4]],
]
_FLAT = [A for k in (2, 3) for A in products(100, 4, k, 60 + k)]
_FULL = regular(20, 4, 60)


def _says(functions, A):
    """Return the verdict, or None where the function fails on A."""
    try:
        return verdict(functions, A)
    except Mismatch:
        return None


def _sound(functions):
    """Tell whether ordinary matrices of ordinary size are not called singular."""
    return all(_says(functions, A) is False for A in _FULL)


def _exact_where_exact(functions):
    """Tell whether the verdict is right where nothing is rounded."""
    return all(_says(functions, A) is singular for A, singular in EDGES)


def _missed(functions, scale=1):
    """Return the share of rounded singular matrices that are not found out."""
    return np.mean([_says(functions, scale * A) is False for A in _FLAT])


def _is_turned_round(functions):
    return all(_says(functions, A) is True for A in _FULL) and not _says(functions, np.ones((4, 4)))


def _never_swaps(functions):
    wrong = [_says(functions, A) is not singular for A, singular in ZERO_PIVOT[:3]]
    return all(wrong) and _sound(functions)


def _has_a_fixed_size(functions):
    others = [np.diag(np.arange(1.0, n + 1)) for n in (2, 3, 5, 6)]
    flat = [np.ones((n, n)) for n in (2, 3, 5, 6)]
    wrong = [_says(functions, A) is not False for A in others]
    wrong += [_says(functions, A) is not True for A in flat]
    return _sound(functions) and _says(functions, np.ones((4, 4))) is True and any(wrong)


def _truncates(functions):
    A = np.array([[2, 1, 0, 0], [3, 2, 0, 0], [0, 0, 3, 1], [0, 0, 5, 2]])
    return _says(functions, A.astype(float)) is False and _says(functions, A) is not False


def _uses_the_determinant(functions):
    """A determinant of c I is cⁿ: it changes with n, where a pivot does not."""
    sizes = (1e-20, 1e-7, 1e-3, 0.1)
    return any(
        _says(functions, c * np.eye(2)) is False and _says(functions, c * np.eye(24)) is True
        for c in sizes
    ) or (  # the same, relative to the entries: 1e-6 is enough alone, six times 1e-3 is not
        _says(functions, np.ones((2, 2)) + 1e-6 * np.eye(2)) is False
        and _says(functions, np.ones((6, 6)) + 1e-3 * np.eye(6)) is True
    )


def _never_changes_its_mind(functions):
    found = {_says(functions, A) for A in (*_FULL, np.ones((4, 4)), np.eye(4), np.zeros((4, 4)))}
    return found in ({True}, {False})


def _compares_with_zero(functions):
    exact = all(_says(functions, np.array(A)) is True for A in _EXACT)
    exact = exact and _says(functions, np.eye(4)) is False
    at_any_scale = not any(_says(functions, 1e-16 * A) for A in _FULL)
    return _sound(functions) and exact and at_any_scale and _missed(functions) > 0.3


def _forgets_the_sign(functions):
    wrong = [_says(functions, np.diag(d)) for d in ([1.0, 1, -1, 1], [1.0, 1, 1, -1])]
    return _says(functions, np.eye(4)) is False and True in wrong


def _stops_before_the_last(functions):
    last, first = np.diag([1.0, 1, 1, 0]), np.diag([0.0, 1, 1, 1])
    found = _says(functions, last), _says(functions, first)
    return _sound(functions) and found == (False, True)


def _is_strict(functions):
    """Tell whether only a column of zeros is not found out."""
    zeros = _says(functions, np.zeros((4, 4))), _says(functions, np.diag([0.0, 1, 1, 1]))
    return _sound(functions) and zeros == (False, False) and _missed(functions) < 0.3


def _decides_like(pivot_row, exchange):
    """Return a recogniser of eliminations with a slip in the choice of a row or its exchange."""

    def model(A):
        A = np.array(A)
        size = np.abs(A).max(axis=0)
        for k in range(len(A)):
            p = pivot_row(A, k)
            if abs(A[p, k]) <= 1e-12 * size[k]:
                return True
            exchange(A, k, p)
            with np.errstate(all="ignore"):
                A[k + 1 :] -= np.outer(A[k + 1 :, k] / A[k, k], A[k])
        return False

    def recognises(functions):
        cases = [A for A, _ in (*ZERO_PIVOT, *EDGES)] + [np.array(A) for A in _WHOLE]
        verdicts = [(_says(functions, A), model(A)) for A in cases]
        return all(found is None or found == expected for found, expected in verdicts)

    return recognises


def _largest_row(A, k):
    return k + np.argmax(np.abs(A[k:, k]))


def _largest_row_from_k(A, k):
    return np.argmax(np.abs(A[k:, k]))


def _exchange(A, k, p):
    A[[k, p]] = A[[p, k]]


def _overwrite(A, k, p):
    A[k] = A[p]


def _is_too_tight(functions):
    return _sound(functions) and _exact_where_exact(functions) and 0 < _missed(functions) <= 0.3


def _is_too_loose(functions):
    return _sound(functions) and any(_says(functions, A) is True for A, _ in NEAR)


def _is_absolute(functions):
    small = all(_says(functions, 1e-16 * A) is True for A in _FULL)
    large = _missed(functions, 1e16) > _missed(functions) + 0.5
    return _sound(functions) and _exact_where_exact(functions) and (small or large)


def _names(functions, A):
    try:
        return names_of(functions, np.array(A, float)) & set(NAMES)
    except Mismatch:
        return None


def _forgets_length(functions):
    return "orthogonal" in (_names(functions, [[2, 0], [0, 3]]) or ())


def _exchanges_triangles(functions):
    upper, lower = (_names(functions, A) or () for A in ([[1, 2], [0, 3]], [[1, 0], [2, 3]]))
    return "lower triangular" in upper and "upper triangular" in lower


def _gives_one_name(functions):
    found = [_names(functions, A) for A, names in SPECIAL if len(names) > 1]
    return all(f is not None and len(f) <= 1 for f in found) and any(found)


def _adds_up_entries(functions):
    return "permutation" in (_names(functions, [[2, -1], [-1, 2]]) or ())


def _asks_the_determinant(functions):
    return "orthogonal" in (_names(functions, [[1, 1], [0, 1]]) or ())


def _squares_entries(functions):
    ones = _names(functions, [[1, 1], [1, 1]]) or ()
    return "projection" in ones and "projection" in (_names(functions, [[0, 1], [1, 0]]) or ())


def _has_a_wide_tolerance(functions):
    return any((_names(functions, A) or names) != names for A, names in NEAR_NAMES)


def _takes_any_row_of_ones(functions):
    return "permutation" in (_names(functions, [[1, 0], [1, 0]]) or ())


def _confuses_mirrors(functions):
    return "projection" in (_names(functions, [[0, 1], [1, 0]]) or ())


def _compares_exactly(functions):
    right = [_names(functions, A) == names for A, names in SPECIAL]
    return all(right) and any(_names(functions, A) != names for A, names in COMPUTED)


def _has_absolute_tolerance(functions):
    return bool(_names(functions, [[1e-16, 2e-16], [3e-16, 4e-16]]))


INVERTED = Misconception(
    "True and False exchanged",
    "is_singular is True where A has no inverse.",
    _is_turned_round,
)
CONSTANT = Misconception(
    "the same answer for every matrix",
    "Does the function return before its loop has ended? A missing pivot may be answered at "
    "once; that no pivot is missing is known only after the last.",
    _never_changes_its_mind,
)
NO_SWAP = Misconception(
    "rows are never exchanged",
    "A zero on the diagonal does not make a matrix singular: a row below may have the pivot. "
    "Bring up the row with the largest entry in the column; only if all of them are zero, to "
    "rounding, has the column no pivot.",
    _never_swaps,
)
FIXED_SIZE = Misconception(
    "a fixed size",
    "The function is right for 4 by 4 matrices and not for others. Use len(A), and a loop over "
    "the columns.",
    _has_a_fixed_size,
)
WHOLE = Misconception(
    "arithmetic in whole numbers",
    "An array of whole numbers stays one: A[1] = A[1] - 1.5 * A[0] cuts off what is after the "
    "point. Begin with a copy in floats: A = np.array(A, dtype=float).",
    _truncates,
)
WRITES = Misconception(
    "the argument is changed",
    "An array is passed as it is, not as a copy: A[1] -= A[0] changes the caller's A. Begin with "
    "A = np.array(A, dtype=float).",
)
DETERMINANT = Misconception(
    "the determinant as a test",
    "The determinant of 0.1 times the identity is 0.1 to the power n: as small as you like, and "
    "the matrix is as good as the identity. Look at the pivots, or at rank, relative to the "
    "entries.",
    _uses_the_determinant,
)
EXACT = Misconception(
    "pivots compared with == 0",
    "Rounding leaves some 1e-16 where a zero should be. Compare the pivot with the size of the "
    "numbers that it was made from: zero is what is below 1e-12 of that.",
    _compares_with_zero,
)
TIGHT = Misconception(
    "a threshold as small as one rounding",
    "Most singular matrices are found out, but not all: rounding errors add up over several "
    "steps, to more than a few eps. Leave a factor of some thousand, as 1e-12 does.",
    _is_too_tight,
)
LOOSE = Misconception(
    "a threshold that is too large",
    "What differs from a combination by a millionth is no combination: floats hold sixteen "
    "digits. Take a relative threshold of about 1e-12.",
    _is_too_loose,
)
ABSOLUTE = Misconception(
    "an absolute threshold",
    "In other units A is larger or smaller, and as singular as before. Multiply your threshold by "
    "the size of the entries: of the column, or of the whole matrix.",
    _is_absolute,
)
SIGN = Misconception(
    "a negative pivot taken for none",
    "How large an entry is has nothing to do with its sign. Take np.abs of the column before you "
    "look for the largest entry, and of the pivot before you compare.",
    _forgets_the_sign,
)
LAST = Misconception(
    "the last pivot is not looked at",
    "There are n pivots, the last of them at A[n - 1, n - 1]. Nothing is to be cleared below it, "
    "but it may be missing: for k in range(n).",
    _stops_before_the_last,
)
STRICT = Misconception(
    "a column of zeros is not small enough",
    "For a column of zeros the threshold, a share of its size, is 0 too, and 0 < 0 is False. "
    "Compare with <=.",
    _is_strict,
)
COUNTED = Misconception(
    "the row of the pivot is counted from k",
    "np.argmax(np.abs(A[k:, k])) counts from row k, where its array begins. The row of A is "
    "k + np.argmax(...).",
    _decides_like(_largest_row_from_k, _exchange),
)
LOST_ROW = Misconception(
    "an exchange that loses a row",
    "A[k], A[p] = A[p], A[k] writes row p over row k before row k has been saved: rows of an array "
    "are windows on it, not copies. A[[k, p]] = A[[p, k]] copies first.",
    _decides_like(_largest_row, _overwrite),
)
ONE_NAME = Misconception(
    "one name only",
    "A matrix may have many names: the identity has eight of these. Collect all that apply; do "
    "not return at the first.",
    _gives_one_name,
)
TRIANGLES = Misconception(
    "upper and lower exchanged",
    "Upper triangular means that what is below the diagonal is zero: A equals np.triu(A).",
    _exchanges_triangles,
)
LENGTH = Misconception(
    "orthogonal without the length 1",
    "The columns of an orthogonal matrix are at right angles and have length 1: A.T @ A is the "
    "identity, not just diagonal.",
    _forgets_length,
)
ROW_SUMS = Misconception(
    "permutation by rows alone",
    "A 1 in each row is not enough: each column needs exactly one too.",
    _takes_any_row_of_ones,
)
SUMS = Misconception(
    "permutation by sums alone",
    "That rows and columns add up to 1 is not enough: each entry has to be 0 or 1.",
    _adds_up_entries,
)
AREA = Misconception(
    "orthogonal by the determinant",
    "A shear keeps areas too, its determinant is 1, and it keeps neither lengths nor angles. "
    "Orthogonal means that A.T @ A is the identity.",
    _asks_the_determinant,
)
ENTRIES = Misconception(
    "entries squared instead of the matrix",
    "A * A and A**2 multiply entry by entry. Done twice is A @ A.",
    _squares_entries,
)
WIDE = Misconception(
    "a tolerance that is too large",
    "A difference of a millionth is no rounding. np.allclose allows a share of 1e-5 unless told "
    "otherwise: give it rtol=0, and atol=1e-12 * np.abs(A).max().",
    _has_a_wide_tolerance,
)
MIRROR = Misconception(
    "a mirror taken for a projection",
    "A projection done twice is the projection: A @ A equals A. A @ A equal to the identity is "
    "the mark of a mirror.",
    _confuses_mirrors,
)
EQUALITY = Misconception(
    "floats compared with ==",
    "Computed entries are rounded. Call two matrices equal where they differ by less than 1e-12 "
    "of the largest entry.",
    _compares_exactly,
)
TOLERANCE = Misconception(
    "an absolute tolerance",
    "np.allclose lets entries differ by 1e-8 unless told otherwise, so all small matrices look "
    "alike. Give it atol=1e-12 * np.abs(A).max() and rtol=0.",
    _has_absolute_tolerance,
)

ANSWER = "the answer is True or False"
RIGHT = "4 by 4, whole numbers: singular or not"
FLOATS = "rounded entries hide no dependence"
SET = "classify gives a set of names"
NAMED = "every name that applies, and no other"

PROPERTIES = (
    Property(ANSWER, answers_yes_or_no, [(A,) for A, _ in ZERO_PIVOT[2:]], basic=True),
    Property(
        RIGHT,
        is_right,
        systems(),
        basic=True,
        arguments=("A", "singular"),
        misconceptions=(
            *(INVERTED, CONSTANT, SIGN, LAST, STRICT, COUNTED, LOST_ROW),
            *(DETERMINANT, EXACT, LOOSE),
        ),
    ),
    Property(
        "a zero pivot is not the end: another row may have one",
        is_right,
        st.one_of(st.sampled_from(ZERO_PIVOT), systems(shuffled=True)),
        arguments=("A", "singular"),
        misconceptions=(NO_SWAP, SIGN, COUNTED, LOST_ROW, STRICT, DETERMINANT, EXACT),
    ),
    Property(
        "any size, zero matrices included",
        is_right,
        st.one_of(st.sampled_from(EDGES), systems(1, 6)),
        arguments=("A", "singular"),
        misconceptions=(STRICT, FIXED_SIZE, NO_SWAP, DETERMINANT, EXACT),
    ),
    Property(
        "arrays of whole numbers",
        is_right_for_whole_numbers,
        uneven_systems(),
        arguments=("A", "singular"),
        misconceptions=(WHOLE, STRICT, FIXED_SIZE, NO_SWAP, DETERMINANT, EXACT, TIGHT),
    ),
    Property("A is left as it was", leaves_argument_alone, [(A,) for A, _ in ZERO_PIVOT]),
    Property(
        "almost singular is not singular",
        is_right,
        NEAR,
        arguments=("A", "singular"),
        needs=(RIGHT,),
        misconceptions=(FIXED_SIZE, DETERMINANT, LOOSE),
    ),
    Property(
        FLOATS,
        is_right,
        ROUNDED,
        arguments=("A", "singular"),
        needs=(RIGHT,),
        misconceptions=(FIXED_SIZE, NO_SWAP, DETERMINANT, EXACT, ABSOLUTE, TIGHT, LOOSE),
    ),
    Property(
        "in other units, the same answer",
        is_right_at_any_scale,
        SCALES,
        arguments=("A", "singular", "scale"),
        needs=(FLOATS,),
        misconceptions=(DETERMINANT, ABSOLUTE),
    ),
)
NAME_PROPERTIES = (
    Property(SET, names_are_texts, [(A,) for A, _ in SPECIAL[3:6]], arguments=("A",)),
    Property(
        NAMED,
        names_are_right,
        SPECIAL,
        arguments=("A", "names"),
        needs=(SET,),
        misconceptions=(
            *(ONE_NAME, TRIANGLES, LENGTH, AREA),
            *(ROW_SUMS, SUMS, ENTRIES, MIRROR),
        ),
    ),
    Property("classify leaves A as it was", names_leave_argument_alone, [(SPECIAL[3][0],)]),
    Property(
        "names of computed matrices",
        names_are_right,
        COMPUTED,
        arguments=("A", "names"),
        needs=(NAMED,),
        misconceptions=(EQUALITY,),
    ),
    Property(
        "a millionth is no rounding",
        names_are_right,
        NEAR_NAMES,
        arguments=("A", "names"),
        needs=(NAMED,),
        misconceptions=(WIDE,),
    ),
    Property(
        "names do not depend on the unit",
        names_are_right,
        SCALED_NAMES,
        arguments=("A", "names"),
        needs=(NAMED,),
        misconceptions=(TOLERANCE, EQUALITY),
    ),
)


def check_special_matrices(is_singular, *, classify=None):
    """Check a function ``is_singular(A)`` and, where given, ``classify(A)``.

    Parameters
    ----------
    is_singular : callable
        Takes a square array and returns True where a row is a combination of the others,
        to rounding, and False where none is.
    classify : callable, optional
        Takes a square array and returns the set of its names, among "zero", "identity",
        "diagonal", "upper triangular", "lower triangular", "symmetric", "skew-symmetric",
        "orthogonal", "permutation", "projection" and "singular". Other names are not looked at.

    Returns
    -------
    Report
        Each property tried; for a failure, the smallest matrix found on which it fails.

    Examples
    --------
    >>> import numpy as np
    >>> report = check_special_matrices(lambda A: np.linalg.det(A) == 0)
    >>> report.passed
    False
    >>> report.failures[0].misconception
    'the determinant as a test'
    """
    functions, title = {"is_singular": is_singular}, "is_singular(A)"
    properties = PROPERTIES
    if classify is not None:
        functions["classify"] = classify
        title, properties = "is_singular(A), classify(A)", PROPERTIES + NAME_PROPERTIES
    return run(title, functions, properties, arguments=("A",))

"""The check of the reflecting-bear lab: a function ``build_reflection_matrix(basis)``."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.linear_algebra.mappings import gram_schmidt, reflection

__all__ = ["check_reflecting_bear"]

TOLERANCE = 1e-10  # for a map whose entries are at most 1
T_E = np.diag([1.0, -1.0])


# What the properties measure.


def matrix_of(function, basis):
    """Return the reader's matrix."""
    try:
        value = function(basis)
    except Mismatch as mismatch:
        if "UFuncTypeError" in mismatch.got and basis.dtype.kind == "i":
            mismatch.misconception = WHOLE
        raise
    return as_array(value, (2, 2), "a matrix of 2 rows and 2 columns")


def across(basis):
    """Return the first vector, and one of the same length at right angles to it."""
    along = basis[:, 0]
    return along, np.array([-along[1], along[0]])


# The properties.


def is_two_by_two(function, basis):
    matrix_of(function, basis)


def undoes_itself(function, basis):
    M = matrix_of(function, basis)
    compare(M @ M, np.eye(2), TOLERANCE, words=("M M = I, two reflections to cancel\n", "M M =\n"))


def keeps_lengths(function, basis):
    M = matrix_of(function, basis)
    v = np.linalg.svd(M)[2]
    v = max(v, key=lambda v: abs(np.linalg.norm(M @ v) - 1))  # the arrow that is worst off
    gap = abs(np.linalg.norm(M @ v) - 1)
    if gap > TOLERANCE:
        digits = int(np.clip(2 - np.floor(np.log10(gap)), 4, 12))
        raise Mismatch(
            f"every arrow of length 1 to keep its length, {show(v)} too",
            f"{show(M @ v)}, of length {np.linalg.norm(M @ v):.{digits}f}",
        )


def turns_the_plane_over(function, basis):
    M = matrix_of(function, basis)
    found = np.linalg.det(M)
    if abs(found + 1) > TOLERANCE:
        raise Mismatch("the determinant -1", f"{show(found)}, the determinant of\n{show(M)}")


def fixes_the_mirror(function, basis):
    M, (along, _) = matrix_of(function, basis), across(basis)
    compare(
        M @ along,
        along,
        TOLERANCE * np.abs(along).max(),
        words=("the first vector, which lies in the mirror, to stay\n", "M times it =\n"),
    )


def turns_what_is_across(function, basis):
    M, (along, normal) = matrix_of(function, basis), across(basis)
    compare(
        M @ normal,
        0 - normal,
        TOLERANCE * np.abs(along).max(),
        words=(f"{show(normal)}, at right angles to the mirror, to go to\n", ""),
    )


def ignores_lengths(function, basis, first, second):
    compare(
        matrix_of(function, basis * [first, second]),
        matrix_of(function, basis),
        TOLERANCE,
        words=(
            f"with the first vector times {first:g} and the second times\n{second:g} the same "
            "matrix as without,\n",
            "",
        ),
    )


def stands_near_parallel_vectors(function, basis):
    keeps_lengths(function, basis)
    fixes_the_mirror(function, basis)


def takes_whole_numbers(function, basis):
    try:
        compare(
            matrix_of(function, basis),
            matrix_of(function, basis.astype(float)),
            TOLERANCE,
            words=("for whole numbers the same as for floats,\n", ""),
        )
    except Mismatch as mismatch:
        mismatch.misconception = mismatch.misconception or WHOLE
        raise


def leaves_its_argument_alone(function, basis):
    function(basis)
    if function.changed:
        raise Mismatch(
            "basis as it was before the call",
            "another basis: the function wrote into it",
            misconception=WRITES,
        )


# The cases: two independent vectors, as columns.


def _basis(entries):
    return np.array(entries, float).reshape(2, 2)


def _spans(B):
    return B[0, 0] * B[1, 1] != B[0, 1] * B[1, 0]


bases = st.lists(st.integers(-4, 4), min_size=4, max_size=4).map(_basis).filter(_spans)
one_basis = st.tuples(bases)
whole_bases = st.tuples(bases.map(lambda B: B.astype(int)))
factors = st.sampled_from([1.0, -1.0, 2.0, 1e-16, 1e16, -1e8])
NEAR = [
    np.array([[10000.0, 10001], [9999, 10000]]),
    np.array([[10000.0, 10000], [9999, 10000]]),
    np.array([[1e6, 1e6], [1e6, 1e6 + 1]]),
]


# The misconceptions, each with a model of the wrong solution.

KNOWN = [  # of both orientations, and neither near to orthonormal nor symmetric
    (np.array([[2.0, 1], [1, 3]]),),
    (np.array([[1.0, 2], [3, 1]]),),
    (np.array([[-3.0, 1], [2, 4]]),),
]


def _like(*models):
    """Return a recogniser of any of the models."""
    recognisers = [behaves_like(model, KNOWN, tolerance=1e-6) for model in models]
    return lambda function: any(
        recognises(lambda basis: matrix_of(function, basis)) for recognises in recognisers
    )


def _unit(B):
    return B / np.linalg.norm(B, axis=0)


def _sandwich(left, T, right):
    """Return a model that makes two matrices of the basis, with T between them."""
    return lambda basis: left(basis) @ T @ right(basis)


def _e(B):
    return gram_schmidt(B)


def _et(B):
    return gram_schmidt(B).T


def _e_of_rows(B):
    return gram_schmidt(B.T).T


def _none(B):
    return np.eye(2)


def _transposed(B):
    return B.T


def _unit_transposed(B):
    return _unit(B).T


def _inverse_of_unit(B):
    return np.linalg.inv(_unit(B))


def _turned(basis, factor=1.0):
    """Return the matrix with columns (cos, sin) and (sin, -cos) of `factor` times the angle."""
    angle = factor * np.arctan2(basis[1, 0], basis[0, 0])
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s], [s, -c]])


def _undivided(basis):
    return 2 * np.outer(basis[:, 0], basis[:, 0]) - np.eye(2)


def _without_the_two(basis):
    q = _unit(basis)[:, 0]
    return np.outer(q, q) - np.eye(2)


def _is_a_rotation(function):
    for (basis,) in KNOWN:
        M = matrix_of(function, basis)
        if np.abs(M.T @ M - np.eye(2)).max() > 1e-6 or np.linalg.det(M) < 0:
            return False
    return True


def _is_right(function, factor=1.0):
    try:
        return all(
            np.allclose(matrix_of(function, B * factor), reflection(B[:, :1]), atol=1e-6)
            for (B,) in KNOWN
        )
    except Mismatch:  # it refuses the basis
        return False


def _cuts_by_size(function):
    """Tell whether it is right but for vectors in a small unit."""
    right = _is_right(function) and _is_right(function, -2.0)
    return right and not (_is_right(function, 1e-18) and _is_right(function, [1.0, 1e-18]))


def _loses_digits(function):
    """Tell whether it is right to some digits where the vectors nearly coincide."""
    gaps = [np.abs(matrix_of(function, B) - reflection(B[:, :1])).max() for B in NEAR]
    return _is_right(function) and TOLERANCE < max(gaps) < 1e-3


def _is_rounded(function):
    """Tell whether it is right to some digits where every way of computing gives more."""
    gaps = [np.abs(matrix_of(function, B) - reflection(B[:, :1])).max() for (B,) in KNOWN]
    return TOLERANCE < max(gaps) < 1e-3


SECOND = Misconception(
    "reflected in the second vector",
    "The mirror lies along the first column of basis. The second only has to be independent of it.",
    _like(lambda B: reflection(B[:, 1:])),
)
ACROSS = Misconception(
    "the mirror is turned round",
    "What lies in the mirror stays, what is across it changes its sign: T_E is diag(1, -1), in "
    "this order, with the mirror first.",
    _like(lambda B: -reflection(B[:, :1])),
)
STANDARD = Misconception(
    "T_E is taken as it is",
    "diag(1, -1) is the reflection in the mirror's own basis E. Applied to ordinary coordinates it "
    "reflects in the horizontal axis, wherever the mirror is. Bring it back: E T_E E.T.",
    _like(lambda B: T_E),
)
SWAPPED = Misconception(
    "E and its transpose are swapped",
    "Read from the right, as a vector meets them: E.T takes ordinary coordinates to the mirror's, "
    "T_E reflects, E leads back. So E T_E E.T.",
    _like(
        _sandwich(_et, T_E, _e),
        _sandwich(np.linalg.inv, T_E, lambda B: B),
        _sandwich(_transposed, T_E, lambda B: B),
    ),
)
HALFWAY = Misconception(
    "only one change of basis",
    "A vector has to be taken to the mirror's coordinates, and after the reflection back to the "
    "ordinary ones: it needs both E.T at the right and E at the left of T_E.",
    _like(_sandwich(_e, T_E, _none), _sandwich(_none, T_E, _et), _sandwich(_none, T_E, _e)),
)
SKEW = Misconception(
    "the basis is not orthonormal",
    "The transpose is the inverse only for a basis of unit vectors at right angles. Let "
    "Gram–Schmidt make one of the two vectors first.",
    _like(_sandwich(lambda B: B, T_E, _transposed), _sandwich(_unit, T_E, _unit_transposed)),
)
OBLIQUE = Misconception(
    "reflected along the second vector",
    "With the inverse of the basis as it is, points cross the mirror along the second vector, "
    "like light through a bent window. A mirror sends them straight across: make the basis "
    "orthonormal first.",
    _like(
        _sandwich(lambda B: B, T_E, np.linalg.inv),
        _sandwich(_unit, T_E, _inverse_of_unit),
    ),
)
HALF_TURN = Misconception(
    "a half turn",
    "Everything is turned round, the mirror too. Only what is across the mirror changes its sign: "
    "T_E is diag(1, -1), not diag(-1, -1).",
    _like(lambda B: -np.eye(2)),
)
PROJECTION = Misconception(
    "a projection",
    "What is across the mirror is flattened instead of turned round: that gives the shadow on the "
    "mirror. T_E is diag(1, -1), not diag(1, 0).",
    _like(
        _sandwich(_e, np.diag([1.0, 0]), _et),
        _sandwich(_e, np.diag([0.0, 1]), _et),
    ),
)
FACTOR = Misconception(
    "a factor 2 is missing",
    "To stop at the mirror is a projection; the image lies as far behind it. In 2 q q.T - I, with "
    "q along the mirror, the 2 takes you twice as far.",
    _like(_without_the_two),
)
LENGTH = Misconception(
    "not divided by the length",
    "2 q q.T - I needs a vector q of length 1. Divide the first column by its length.",
    _like(_undivided),
)
IDENTITY = Misconception(
    "nothing is turned round",
    "E E.T is the identity. Between them stands T_E = diag(1, -1).",
    _like(lambda B: np.eye(2)),
)
ANGLE = Misconception(
    "the angle is not doubled",
    "With the mirror at the angle t, the arrow (1, 0) is reflected to the angle 2 t: first t up to "
    "the mirror, then t beyond it.",
    _like(_turned),
)
OTHER_WAY = Misconception(
    "the mirror leans the other way",
    "This reflects in the line at the angle -t instead of t. In E T_E E.T, E.T comes last: the "
    "vector meets it first. By angle, the columns are (cos 2t, sin 2t) and (sin 2t, -cos 2t).",
    _like(lambda B: reflection(B[:, :1] * [[1], [-1]])),
)
STAR = Misconception(
    "multiplied entry by entry",
    "* multiplies arrays entry by entry. The product of matrices is @.",
    _like(lambda B: _e(B) * T_E * _et(B)),
)
ROUNDED = Misconception(
    "digits are thrown away",
    "The answer is right to some digits only. Numbers of type float32 hold seven, and np.round "
    "drops what comes after. Compute in floats, and round only what you print.",
    _is_rounded,
)
ROWS = Misconception(
    "rows instead of columns",
    "The vectors are the columns of basis: the first is basis[:, 0], not basis[0].",
    _like(
        lambda B: reflection(B[:1].T),
        _sandwich(_e_of_rows, T_E, lambda B: _e_of_rows(B).T),
        _sandwich(lambda B: _e_of_rows(B).T, T_E, _e_of_rows),
    ),
)
ROTATION = Misconception(
    "a rotation",
    "Lengths stay and the determinant is +1: the plane is turned, not turned over. No rotation "
    "makes a left paw of a right one.",
    _is_a_rotation,
)
LAST_DIGITS = Misconception(
    "E is not orthonormal to the last digits",
    "Where the two vectors nearly coincide, subtracting the projection once leaves a rounding that "
    "is large beside what is left. Subtract twice, as in the Gram–Schmidt lab; or build the second "
    "vector of E from the first alone.",
    _loses_digits,
)
ABSOLUTE = Misconception(
    "an absolute threshold",
    "A length is compared with a fixed number such as 1e-14, so that vectors in a small unit count "
    "as zero. Compare with the length that the vector had.",
    _cuts_by_size,
)
WHOLE = Misconception(
    "whole numbers stay whole",
    "An array of integers cuts off what stands after the point, or refuses it. Begin with "
    "np.array(basis, dtype=float), which also makes a copy that you may write into.",
)
WRITES = Misconception(
    "the argument is changed",
    "An array is passed as it is, not as a copy: basis[:, 0] /= ... changes the caller's. Write "
    "into an array of your own.",
)

TWICE = "reflected twice, everything is where it was"
LENGTHS = "no length changes"
OVER = "the determinant is -1: the plane is turned over"
MIRROR = "the mirror stays where it is"
NORMAL = "what is at right angles to the mirror is turned round"

# Each list goes from the narrow to the wide: what a rotation is, a half turn is too.
SHAPES = (ROUNDED, SKEW, PROJECTION, FACTOR, LENGTH, STAR, HALFWAY)
MAPS = (
    *(SECOND, ACROSS, STANDARD, SWAPPED, OTHER_WAY, HALF_TURN, IDENTITY),
    *(ANGLE, ROWS, OBLIQUE),
)

PROPERTIES = (
    Property(
        "the answer is a 2 by 2 matrix of finite numbers", is_two_by_two, one_basis, basic=True
    ),
    Property(TWICE, undoes_itself, one_basis, misconceptions=(*SHAPES, *MAPS, ROTATION)),
    Property(LENGTHS, keeps_lengths, one_basis, misconceptions=(*SHAPES, *MAPS)),
    Property(OVER, turns_the_plane_over, one_basis, misconceptions=(*SHAPES, *MAPS, ROTATION)),
    Property(MIRROR, fixes_the_mirror, one_basis, misconceptions=(*SHAPES, *MAPS, ROTATION)),
    Property(NORMAL, turns_what_is_across, one_basis, misconceptions=(*SHAPES, *MAPS, ROTATION)),
    Property(
        "only the direction of the first vector matters",
        ignores_lengths,
        st.tuples(bases, factors, factors),
        misconceptions=(ABSOLUTE,),
        arguments=("basis", "first factor", "second factor"),
        needs=(LENGTHS, MIRROR),
    ),
    Property(
        "two vectors that nearly coincide will do",
        stands_near_parallel_vectors,
        [(basis,) for basis in NEAR],
        misconceptions=(LAST_DIGITS,),
        needs=(LENGTHS, MIRROR),
    ),
    Property(
        "whole numbers will do",
        takes_whole_numbers,
        whole_bases,
        needs=(LENGTHS, MIRROR),
        examples=20,
    ),
    Property("basis is left as it was", leaves_its_argument_alone, one_basis, examples=20),
)


def check_reflecting_bear(function):
    """Check a function ``build_reflection_matrix(basis)`` for a mirror in the plane.

    Parameters
    ----------
    function : callable
        Takes `basis` of shape (2, 2) with two independent vectors as columns. Returns
        the matrix, (2, 2), of the reflection in the line along the first of them.

    Returns
    -------
    Report
        Each property tried; for a failure, the simplest basis found on which it fails.

    Examples
    --------
    >>> import numpy as np
    >>> def build_reflection_matrix(basis):
    ...     return basis @ np.diag([1, -1]) @ np.linalg.inv(basis)
    >>> report = check_reflecting_bear(build_reflection_matrix)
    >>> report.passed
    False
    >>> [failure.property for failure in report.failures]
    ['no length changes', 'what is at right angles to the mirror is turned round']
    >>> report.failures[0].misconception
    'reflected along the second vector'
    """
    return run("build_reflection_matrix(basis)", function, PROPERTIES, arguments=("basis",))

"""The check of the projections lab: the matrix of a projection, and the nearest point."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.pca.projections import project, projection_matrix

__all__ = ["check_projections"]

TOLERANCE = 1e-9  # relative to the largest entry involved
CLOSE = 1e-8  # for columns that nearly coincide: the textbook's formula is off by 1e-4 or more


# What the properties measure.


def matrix_of(functions, B):
    """Return the reader's projection matrix."""
    D, k = B.shape
    try:
        value = functions.projection_matrix(B)
    except Mismatch as mismatch:
        words = ("matmul", "shapes", "Singular")
        if any(word in mismatch.got for word in words) and np.linalg.cond(B) < 1e4:
            mismatch.misconception = ORDER
        elif "UFuncTypeError" in mismatch.got:
            mismatch.misconception = WHOLE
        raise
    wanted = f"a matrix of {D} rows and {D} columns"
    if np.shape(value) == (k, k) and k != D:
        raise Mismatch(wanted, f"one of {k} and {k}", misconception=SMALL)
    if np.shape(value) == (k, D) and k != D:
        got = f"one of {k} and {D}"
        raise Mismatch(wanted, got, misconception=COORDINATES)
    return as_array(value, (D, D), wanted)


def point_of(functions, x, B, origin):
    """Return the reader's nearest point."""
    value = functions.project(x, B, origin)
    wanted = f"a point: a vector of {len(x)} numbers"
    if np.shape(value) == (B.shape[1],) and B.shape[1] != len(x):
        raise Mismatch(wanted, f"{show(np.asarray(value))}", misconception=COORDINATES)
    return as_array(value, (len(x),), wanted)


# The properties of the matrix.


def has_the_shape(functions, B):
    matrix_of(functions, B)


def keeps_the_columns(functions, B):
    P = matrix_of(functions, B)
    compare(
        P @ B,
        B,
        TOLERANCE * np.abs(B).max(),
        words=("the columns of B to stay where they are, P B =\n", "P B =\n"),
    )


def leaves_right_angles(functions, B):
    P = matrix_of(functions, B)
    compare(
        B.T @ (np.eye(len(B)) - P),
        np.zeros(B.T.shape),
        TOLERANCE * np.abs(B).max(),
        words=("rests x - P x at right angles to the columns, so B.T (I - P) =\n", ""),
    )


def twice_is_once(functions, B):
    P = matrix_of(functions, B)
    compare(P @ P, P, TOLERANCE, words=("P P to be P,\n", "P P =\n"))


def is_symmetric(functions, B):
    P = matrix_of(functions, B)
    compare(P.T, P, TOLERANCE, words=("P to be symmetric: it is\n", "and its transpose is\n"))


def keeps_nothing_else(functions, B):
    size, k = np.trace(matrix_of(functions, B)), B.shape[1]
    if not abs(size - k) <= TOLERANCE * max(1, abs(size)):
        raise Mismatch(
            f"the trace {k}: only the span of the columns stays, of dimension {k}",
            f"the trace {size:.6g}",
        )


def ignores_lengths(functions, B, factor):
    C = B.copy()
    C[:, 0] *= factor
    compare(
        matrix_of(functions, C),
        matrix_of(functions, B),
        TOLERANCE,
        words=(f"the same matrix with the first column times {factor:g},\n", ""),
    )


def stands_flat_bases(functions, B):
    got, true = matrix_of(functions, B), projection_matrix(B)
    gap = np.abs(got - true).max()
    if gap > CLOSE:
        raise Mismatch(
            f"a matrix that is right to {CLOSE:g}, with B's columns at a small angle",
            f"one that is off by {gap:.1e}",
        )


def takes_whole_numbers(functions, B):
    try:
        compare(
            matrix_of(functions, B),
            matrix_of(functions, B.astype(float)),
            TOLERANCE,
            words=("for whole numbers the same as for floats,\n", ""),
        )
    except Mismatch as mismatch:
        mismatch.misconception = mismatch.misconception or WHOLE
        raise


# The properties of the nearest point.


def is_a_point(functions, x, B, origin):
    point_of(functions, x, B, origin)


def is_the_nearest(functions, x, B, origin):
    compare(
        point_of(functions, x, B, origin),
        project(x, B, origin=origin),
        TOLERANCE * max(np.abs(v).max() for v in (x, origin, np.ones(1))),
        words=("the nearest point of origin + span of B, ", ""),
    )


def depends_on_no_origin(functions, x, B, origin, steps):
    moved = origin + B @ np.full(B.shape[1], float(steps))
    compare(
        point_of(functions, x, B, moved),
        point_of(functions, x, B, origin),
        TOLERANCE * max(np.abs(v).max() for v in (x, moved, np.ones(1))),
        words=("the same point when the origin is moved along the subspace, ", ""),
    )


def leaves_its_arguments_alone(functions, x, B, origin):
    functions.projection_matrix(B)
    if functions.projection_matrix.changed:
        raise Mismatch(
            "B as it was before the call",
            "another B: projection_matrix wrote into it",
            misconception=WRITES,
        )
    functions.project(x, B, origin)
    if functions.project.changed:
        raise Mismatch(
            "x, B and origin as they were",
            "others: project wrote into one of them",
            misconception=WRITES,
        )


# The cases: small bases of whole numbers, as columns.


def _independent(B):
    return np.linalg.matrix_rank(B) == B.shape[1]


def _bases(low, high):
    return (
        st.tuples(st.integers(low, high), st.integers(1, 2))
        .flatmap(
            lambda shape: st.lists(
                st.integers(-3, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
            ).map(lambda entries: np.array(entries, float).reshape(shape))
        )
        .filter(_independent)
    )


bases = _bases(2, 4)


def _vector(D):
    return st.lists(st.integers(-4, 4), min_size=D, max_size=D).map(lambda v: np.array(v, float))


def _points(origin):
    return bases.flatmap(
        lambda B: st.tuples(_vector(len(B)), st.just(B), _vector(len(B)) if origin else zeros(B))
    )


def zeros(B):
    """Return a strategy for the origin of the space."""
    return st.just(np.zeros(len(B)))


through_zero, moved = _points(False), _points(True)


def _flat(angle):
    return np.array([[1.0, 1], [1, 1 + angle], [1, 1 + 2 * angle]])


FLAT = [(_flat(1e-5),), (_flat(1e-6),), (np.vander(np.linspace(0, 1, 12), 9),)]


# The misconceptions, each with a model of the wrong solution.

KNOWN = [  # neither orthogonal nor square, no column of length 1
    (np.array([[2.0], [1], [3]]),),
    (np.array([[1.0, 2], [0, 1], [3, 1]]),),
    (np.array([[1.0, 0], [2, 1], [1, 3], [0, 1]]),),
]
MORE = [
    (np.array([4.0, 1, -2]), np.array([[2.0], [1], [3]]), np.array([1.0, 1, 5])),
    (np.array([3.0, -2, 1]), np.array([[1.0, 2], [0, 1], [3, 1]]), np.array([0.0, 4, 1])),
]


def _matrix_like(*models):
    """Return a recogniser of projection matrices made as by one of the models."""
    known = [behaves_like(model, KNOWN, tolerance=1e-6) for model in models]
    return lambda functions: any(
        recognises(lambda B: matrix_of(functions, B)) for recognises in known
    )


def _point_like(*models):
    known = [behaves_like(model, MORE, tolerance=1e-6) for model in models]
    return lambda functions: any(
        recognises(lambda *case: point_of(functions, *case)) for recognises in known
    )


def _gram(B):
    return B.T @ B


def _one_by_one(B):
    return sum(np.outer(b, b) / (b @ b) for b in B.T)


def _unscaled(B):
    """Return Q Q.T with columns at right angles, but not of length 1."""
    R = np.linalg.qr(B)[1]
    V = np.linalg.qr(B)[0] * np.diag(R)
    return V @ V.T


def _reshaped(B):
    wrong = B.reshape(B.shape[::-1]).T  # the entries of a row fall into one column
    return projection_matrix(wrong)


def _right_but_flat(functions):
    """Tell whether it is right for good bases and loses digits for flat ones."""
    right = all(
        np.allclose(matrix_of(functions, B), projection_matrix(B), atol=1e-9) for (B,) in KNOWN
    )
    worst = max(np.abs(matrix_of(functions, B) - projection_matrix(B)).max() for (B,) in FLAT)
    return right and worst > CLOSE


def _cuts_by_size(functions):
    """Tell whether a basis in a small unit counts as zero."""
    (B,) = KNOWN[1]
    right = np.allclose(matrix_of(functions, B), projection_matrix(B), atol=1e-9)
    small = matrix_of(functions, B * 1e-14)
    return right and not np.allclose(small, projection_matrix(B), atol=1e-6)


def _matrix_is_wrong(functions):
    """Tell whether the point is wrong because the matrix is."""
    for x, B, origin in MORE:
        P = matrix_of(functions, B)
        if np.allclose(P, projection_matrix(B), atol=1e-9):
            return False
        if not np.allclose(point_of(functions, x, B, origin), origin + P @ (x - origin)):
            return False
    return True


UNDIVIDED = Misconception(
    "not divided by the squared length",
    "B B.T stretches the subspace. For one column, divide by b.T b; for several, put the inverse "
    "of B.T B between B and B.T. Orthonormal columns need neither: make them so first, at right "
    "angles and of length 1.",
    _matrix_like(lambda B: B @ B.T, _unscaled),
)
LENGTH = Misconception(
    "divided by the length, not by its square",
    "Both factors b carry the length, so b b.T is divided by it twice: by b.T b.",
    _matrix_like(
        lambda B: B @ B.T / np.linalg.norm(B),
        lambda B: sum(np.outer(b, b) / np.linalg.norm(b) for b in B.T),
    ),
)
ONE_BY_ONE = Misconception(
    "the columns are taken one by one",
    "The sum of the projections on the columns is right for orthogonal columns only. For others it "
    "is no projection at all: make them orthonormal first, or solve with B.T B.",
    _matrix_like(_one_by_one),
)
NUMBER = Misconception(
    "one number for several columns",
    "To divide by a number is the formula of the line. It is right for one column; with more, "
    "the dot products between them count as well, and they make up the matrix B.T B.",
    _matrix_like(lambda B: B @ B.T / (B * B).sum()),
)
MULTIPLIED = Misconception(
    "B.T B is multiplied and not divided by",
    "Between B and B.T stands the inverse of B.T B. Better: factor B = Q R and use Q Q.T.",
    _matrix_like(lambda B: B @ _gram(B) @ B.T),
)
REST = Misconception(
    "the rest instead of the projection",
    "I - P projects on what is at right angles to the columns. The columns themselves must stay.",
    _matrix_like(lambda B: np.eye(len(B)) - projection_matrix(B)),
)
IDENTITY = Misconception(
    "cancelled to the identity",
    "(B.T B)^-1 is not B^-1 (B.T)^-1: a tall matrix has no inverse, and nothing cancels. If P were "
    "I, every point would lie in the subspace. (Or Q has as many columns as rows: then only "
    "the first k span what B spans.)",
    _matrix_like(lambda B: np.eye(len(B))),
)
RESHAPED = Misconception(
    "the basis is reshaped, not transposed",
    "reshape deals the numbers out again, row by row, and breaks every vector up. To turn rows "
    "into columns, use .T.",
    _matrix_like(_reshaped),
)
STAR = Misconception(
    "multiplied entry by entry",
    "* multiplies arrays entry by entry. The product of matrices is @.",
    _matrix_like(lambda B: (B * np.linalg.inv(_gram(B)).sum()) @ B.T),
)
SQUARED = Misconception(
    "the condition number is squared",
    "On paper (B.T B)^-1 is right. In floating point B.T B has the square of B's condition number, "
    "and twice as many digits go. Make the columns orthonormal, by QR or by your Gram–Schmidt, "
    "and use Q Q.T. (A Gram–Schmidt that takes all dot products with the column as given "
    "can lose as much: subtract twice.)",
    _right_but_flat,
)
ABSOLUTE = Misconception(
    "an absolute threshold",
    "Something is compared with a fixed number such as 1e-10, so that a basis in a small unit "
    "counts as nothing. Compare with the length that the column had.",
    _cuts_by_size,
)
SMALL = Misconception(
    "B.T in place of B",
    "This is a map of the coordinates to themselves. The projection takes points of the large "
    "space: B stands at the left and B.T at the right, and so do Q and Q.T.",
)
ORDER = Misconception(
    "the factors do not fit",
    "B has D rows and k columns. Only B.T B, k by k, can be inverted, and it stands between B and "
    "B.T. The vectors of the basis are the columns of B.",
)
WHOLE = Misconception(
    "whole numbers stay whole",
    "An array of integers cuts off what stands after the point, or refuses it. Begin with "
    "np.array(B, dtype=float).",
)
WRITES = Misconception(
    "an argument is changed",
    "An array is passed as it is, not as a copy: x -= origin changes the caller's. Write "
    "x - origin, or into an array of your own.",
)
COORDINATES = Misconception(
    "the coordinates instead of the point",
    "What comes out are numbers that say how much of each column to take. The point itself "
    "is the columns times these numbers.",
)
NOT_BACK = Misconception(
    "not moved back",
    "x - origin is projected on the subspace through zero. Add the origin to the result.",
    _point_like(lambda x, B, o: project(x - o, B)),
)
NOT_THERE = Misconception(
    "not moved there",
    "The origin is added at the end, and was not subtracted at the beginning: project x - origin.",
    _point_like(lambda x, B, o: project(x, B) + o),
)
NO_ORIGIN = Misconception(
    "the origin is ignored",
    "The subspace has been moved: its points are origin + B times coordinates. Project x - origin, "
    "and add the origin again.",
    _point_like(lambda x, B, o: project(x, B)),
)
COLUMNS_TOO = Misconception(
    "the columns are moved too",
    "The columns of B are directions and not points: wherever the subspace lies, they stay as "
    "they are. Move x only.",
    _point_like(
        lambda x, B, o: project(x, B - o[:, None]),
        lambda x, B, o: project(x - o, B - o[:, None]),
        lambda x, B, o: o + project(x - o, B - o[:, None]),
    ),
)
SIGN = Misconception(
    "moved in the wrong direction",
    "One of the two moves undoes the other, so one is a subtraction and one an addition. Which "
    "of them brings the origin of the subspace to zero?",
    _point_like(
        lambda x, B, o: project(x + o, B) + o,
        lambda x, B, o: project(x + o, B) - o,
        lambda x, B, o: project(x - o, B) - o,
    ),
)
REST_POINT = Misconception(
    "the rest instead of the point",
    "That is the arrow from the nearest point to x, or back. Take it away from x.",
    _point_like(
        lambda x, B, o: x - project(x, B, origin=o),
        lambda x, B, o: project(x, B, origin=o) - x,
        lambda x, B, o: x - project(x - o, B),
    ),
)
PASSED_ON = Misconception(
    "the matrix is wrong, and so is the point",
    "project uses projection_matrix rightly. Mend the matrix first.",
    _matrix_is_wrong,
)

SHAPE = "the matrix is square, with a row for each row of B"
STAYS = "the columns of B stay where they are"
ANGLE = "what is left stands at right angles to the columns"
ALONE = "nothing but their span stays"
POINT = "the answer is a point of the space"
NEAREST = "it is the nearest point of the subspace"

MAPS = (REST, IDENTITY, UNDIVIDED, LENGTH, NUMBER, ONE_BY_ONE, MULTIPLIED, RESHAPED, STAR)
POINTS = (NOT_BACK, NOT_THERE, NO_ORIGIN, COLUMNS_TOO, SIGN, REST_POINT, PASSED_ON)
ARGUMENTS = ("x", "B", "origin")

PROPERTIES = (
    Property(SHAPE, has_the_shape, st.tuples(bases), arguments=("B",)),
    Property(
        STAYS,
        keeps_the_columns,
        st.tuples(bases),
        needs=(SHAPE,),
        misconceptions=MAPS,
        arguments=("B",),
    ),
    Property(
        ANGLE,
        leaves_right_angles,
        st.tuples(bases),
        needs=(SHAPE,),
        misconceptions=MAPS,
        arguments=("B",),
    ),
    Property(
        "projected twice is projected once",
        twice_is_once,
        st.tuples(bases),
        needs=(SHAPE,),
        misconceptions=MAPS,
        arguments=("B",),
    ),
    Property(
        "the matrix is symmetric",
        is_symmetric,
        st.tuples(bases),
        needs=(SHAPE,),
        misconceptions=MAPS,
        arguments=("B",),
    ),
    Property(
        ALONE,
        keeps_nothing_else,
        st.tuples(bases),
        needs=(STAYS, ANGLE),
        misconceptions=MAPS,
        arguments=("B",),
    ),
    Property(
        "the length of a column does not matter",
        ignores_lengths,
        st.tuples(bases, st.sampled_from([2.0, -1.0, 1e-14, 1e14])),
        needs=(STAYS, ANGLE),
        misconceptions=(ABSOLUTE, *MAPS),
        arguments=("B", "factor"),
    ),
    Property(
        "columns at a small angle cost no more digits than they must",
        stands_flat_bases,
        FLAT,
        needs=(STAYS, ANGLE, ALONE),
        misconceptions=(SQUARED, *MAPS),
        arguments=("B",),
    ),
    Property(
        "whole numbers will do",
        takes_whole_numbers,
        st.tuples(bases.map(lambda B: B.astype(int))),
        needs=(SHAPE,),
        arguments=("B",),
        examples=20,
    ),
    Property(POINT, is_a_point, moved),
    Property(
        NEAREST, is_the_nearest, through_zero, needs=(POINT,), misconceptions=(PASSED_ON, *POINTS)
    ),
    Property(
        "also where the subspace misses the origin",
        is_the_nearest,
        moved,
        needs=(POINT, NEAREST),
        misconceptions=POINTS,
    ),
    Property(
        "any point of the subspace may be its origin",
        depends_on_no_origin,
        moved.flatmap(lambda case: st.tuples(*map(st.just, case), st.integers(-2, 2))),
        needs=(POINT, NEAREST),
        misconceptions=POINTS,
        arguments=(*ARGUMENTS, "steps"),
    ),
    Property(
        "the arguments are left as they were",
        leaves_its_arguments_alone,
        moved,
        needs=(SHAPE, POINT),
        examples=20,
    ),
)


def check_projections(*, projection_matrix=None, project=None):
    """Check the matrix of a projection, and the nearest point of a subspace.

    Parameters
    ----------
    projection_matrix : callable
        ``projection_matrix(B)`` takes independent columns, shape (D, k), and returns the
        matrix (D, D) of the orthogonal projection on their span.
    project : callable
        ``project(x, B, origin)`` returns the point of origin + span of B's columns that is
        nearest to x; x, origin and the result have shape (D,).

    Returns
    -------
    Report
        Each property tried; for a failure, the simplest case found on which it fails.

    Examples
    --------
    >>> import numpy as np
    >>> def undivided(B):
    ...     return B @ B.T
    >>> report = check_projections(projection_matrix=undivided, project=None)
    >>> report.failures[0].property
    'the columns of B stay where they are'
    >>> report.failures[0].misconception
    'not divided by the squared length'
    """
    functions = {"projection_matrix": projection_matrix, "project": project}
    return run("projection_matrix(B), project(x, B, origin)", functions, PROPERTIES, ARGUMENTS)

"""The check of the lab on distances and angles between images: a ruler, all distances, a reader."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.pca import inner_products
from mml.pca.neighbours import majority

__all__ = ["check_distances_angles"]

TOLERANCE = 1e-9  # relative, where nothing cancels
STRICT = 1e-6  # relative, where the plain formula has lost all
MEMORY = 30 * 2**20  # bytes for the distances of 200 points from 200 in 200 dimensions


def right_predict(X, labels, Q, k):
    """Return the majority among the k nearest; ties of votes go to the smallest label."""
    order = np.argsort(inner_products.pairwise_distances(Q, X), axis=1, kind="stable")
    classes, votes = np.unique(labels, return_inverse=True)
    return classes[majority(votes[order[:, :k]], len(classes))]


# What the properties measure.


def number_of(value, what):
    """Return the reader's one number."""
    return float(as_array(value, (), what))


def distance_is_right(functions, x, y, A):
    got = number_of(functions.distance(x, y, A), "a number")
    good = inner_products.distance(x, y, A)
    if not abs(got - good) <= TOLERANCE * good:
        raise Mismatch(show(good), show(got))


def angle_is_right(functions, x, y, A):
    got = number_of(functions.angle(x, y, A), "an angle in radians")
    good = inner_products.angle(x, y, A)
    if not abs(got - good) <= 3e-8:  # what the arccosine leaves
        raise Mismatch(show(good), show(got))


def angle_is_a_number(functions, x, y, A):
    try:
        value = functions.angle(x, y, A)
    except Mismatch as mismatch:
        if "domain error" in mismatch.got:  # math.acos
            mismatch.misconception = UNCLIPPED
        raise
    if isinstance(value, float | np.floating | np.ndarray) and np.isnan(value).any():
        raise Mismatch(
            f"an angle of {show(inner_products.angle(x, y, A))}: y is a multiple of x",
            "nan, which is not a number",
            misconception=UNCLIPPED,
        )
    angle_is_right(functions, x, y, A)


def small_angle_is_right(functions, x, y, A):
    got = number_of(functions.angle(x, y, A), "an angle in radians")
    good = inner_products.angle(x, y, A)
    if not abs(got - good) <= STRICT * good:
        raise Mismatch(
            f"{good:.6e}", f"{got:.6e}", misconception=CLIPPED if abs(got - good) < 1e-7 else None
        )


def pairs_of(functions, X, Y):
    """Return the reader's distances, a matrix of the right shape."""
    value = functions.pairwise(X, Y)
    wanted = f"a matrix of {len(X)} rows and {len(Y)} columns, row i for row i of X"
    try:
        return as_array(value, (len(X), len(Y)), wanted)
    except Mismatch as mismatch:
        shape = np.shape(value) if isinstance(value, np.ndarray) else None
        if shape == (len(Y), len(X)):
            mismatch.misconception = TURNED
        elif shape == (len(X), len(Y)) and np.isnan(value).any():
            mismatch.misconception = CANCELLED
        raise


def pairs_are_right(functions, X, Y, tolerance=TOLERANCE):
    got = pairs_of(functions, X, Y)
    good = inner_products.pairwise_distances(X, Y, method="difference")
    if not (np.abs(got - good) <= tolerance * good + 3e-8).all():
        raise Mismatch(show(good, precision=6), show(got, precision=6))


def close_pairs_are_right(functions, X, Y):
    got = pairs_of(functions, X, Y)
    good = inner_products.pairwise_distances(X, Y, method="difference")
    if not (np.abs(got - good) <= STRICT * good).all():
        raise Mismatch(show(good, precision=6), show(got, precision=6), misconception=CANCELLED)


def fits_into_memory(functions, N, M, D):
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((N, D)), rng.standard_normal((M, D))
    value, peak = functions.pairwise.peak(X, Y)
    if peak > MEMORY:
        raise Mismatch(
            f"at most {MEMORY >> 20} MB of memory, for an answer of {N * M * 8 / 1e6:.1f} MB",
            f"{peak / 1e6:.0f} MB",
            misconception=BROADCAST,
        )
    as_array(value, (N, M), f"a matrix of {N} rows and {M} columns")


def predictions_are_right(functions, X, labels, Q, k):
    value = functions.predict(X, labels, Q, k)
    got = as_array(value, (len(Q),), f"one label for each of the {len(Q)} rows of Q")
    good = right_predict(X, labels, Q, k)
    if not np.array_equal(got, good):
        raise Mismatch(show(good), show(got if (got % 1).any() else got.astype(int)))


def leaves_its_arguments_alone(functions, X, labels, Q, k):
    A = np.eye(X.shape[1])
    for name, case in (
        ("distance", (X[0], Q[0], A)),
        ("angle", (X[0], Q[0], A)),
        ("pairwise", (X, Q)),
        ("predict", (X, labels, Q, k)),
    ):
        function = getattr(functions, name)
        function(*case)
        if function.changed:
            raise Mismatch(
                "the arguments as they were before the call",
                f"others: {name} wrote into them",
                misconception=WRITES,
            )


# The cases.

RULERS = {
    2: [[[2, 1], [1, 2]], [[1, 0], [0, 4]], [[5, -2], [-2, 1]]],
    3: [[[2, 1, 0], [1, 2, 1], [0, 1, 3]], [[1, 0, 0], [0, 4, 0], [0, 0, 9]]],
}


def two_vectors(low, *, same=False):
    """Return a strategy of two small vectors of whole numbers and a ruler."""

    def pair(n):
        entries = st.lists(st.integers(low, 9), min_size=n, max_size=n)
        vectors = entries.filter(any).map(lambda v: np.array(v, float))
        rulers = [np.eye(n)] if same else [np.array(A, float) for A in RULERS[n]]
        both = st.tuples(vectors, vectors).filter(lambda p: (p[0] != p[1]).any())
        return st.tuples(both, st.sampled_from(rulers)).map(lambda c: (*c[0], c[1]))

    return st.integers(2, 3).flatmap(pair)


def _parallel(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(5)
    return x, x * rng.choice([3.0, 0.1, -7.0]), np.eye(5)


PARALLEL = [
    (np.array([1.0, 2, 3]), np.array([3.0, 6, 9]), np.eye(3)),
    *(_parallel(seed) for seed in range(60)),
]
NEARLY = [
    (np.array([1.0, 0]), np.array([1.0, small]), np.array(A, float))
    for small in (1e-4, 1e-6, 1e-9)
    for A in ([[1, 0], [0, 1]], [[2, 1], [1, 2]])
]
BYTES = [
    (np.array([250], np.uint8), np.array([255], np.uint8), np.eye(1)),
    (np.array([250, 0], np.uint8), np.array([255, 20], np.uint8), np.eye(2)),
    (np.array([200, 100, 3], np.uint8), np.array([10, 180, 90], np.uint8), np.eye(3)),
]


def _set(seed, N=6, M=4, D=3, unit=1.0):
    """Return points that have no two distances alike."""
    rng = np.random.default_rng(seed)
    return rng.integers(-50, 51, (N, D)) * unit, rng.integers(-50, 51, (M, D)) * unit + 0.01


SETS = [
    (np.array([[0.0, 0]]), np.array([[3.0, 4], [6, 8]])),
    *(_set(seed, N, M, D) for seed, (N, M, D) in enumerate([(2, 3, 1), (3, 2, 2), (6, 4, 3)])),
]
BYTE_SETS = [
    (np.array([[250, 0]], np.uint8), np.array([[255, 0], [0, 255]], np.uint8)),
    *(
        tuple(np.random.default_rng(s).integers(0, 256, (n, 4)).astype(np.uint8) for n in (3, 2))
        for s in range(3)
    ),
]
FAR = [
    (np.array([[1e8, 1e8]]), np.array([[1e8 + 3, 1e8 + 4]])),
    (np.array([[1e8 + 1, 0]]), np.array([[1e8 + 1, 0.5]])),
    tuple(1e7 + part for part in _set(5)),
]


def _labelled(seed, k, *, tie=False, N=12, M=5):
    """Return labelled points and queries; the votes tie for some of them, or for none."""
    rng = np.random.default_rng(seed)
    while True:
        X, Q = rng.standard_normal((2, N, 2)).round(3) * 10
        labels = rng.choice([1, 4, 7], N)
        order = np.argsort(inner_products.pairwise_distances(Q, X), axis=1)[:, :k]
        votes = np.array([np.bincount(labels[i], minlength=8) for i in order])
        tied = (votes == votes.max(axis=1, keepdims=True)).sum(axis=1) > 1
        chosen = tied if tie else ~tied
        if chosen.sum() >= M:
            return X, labels, Q[chosen][:M], k


ONE = [
    (np.array([[0.0, 0], [5, 5]]), np.array([1, 7]), np.array([[1.0, 2], [4, 3]]), 1),
    *(_labelled(seed, 1) for seed in range(4)),
]
VOTES = [_labelled(seed, k) for k in (3, 5) for seed in range(4)]
TIES = [_labelled(seed, 2, tie=True) for seed in range(6)]
BYTE_VOTES = [
    (
        np.array([[250, 0], [200, 100]], np.uint8),
        np.array([1, 7]),
        np.array([[255, 0], [200, 120]], np.uint8),
        1,
    )
]


# The misconceptions, each with a model of the wrong solution.

KNOWN = [
    (np.array([1.0, 2, 0]), np.array([3.0, -1, 2]), np.array(RULERS[3][0], float)),
    (np.array([4.0, 1]), np.array([1.0, 3]), np.array(RULERS[2][2], float)),
]
PLAIN = [(x, y, np.eye(len(x))) for x, y, _ in KNOWN]


def _like(name, *models, on):
    """Return a recogniser of functions that give what one of the models gives."""
    tells = [behaves_like(model, on, tolerance=1e-6) for model in models]

    def recognise(functions):
        try:
            return any(tell(getattr(functions, name)) for tell in tells)
        except Mismatch:  # not written yet: another function may tell
            return False

    return recognise


def _either(*recognisers):
    return lambda functions: any(tell(functions) for tell in recognisers)


def _square(x, y, A):
    return (x - y) @ A @ (x - y)


def _cosine(x, y, A):
    return x @ A @ y / np.sqrt((x @ A @ x) * (y @ A @ y))


def _triangle(u, v, A):
    return 2 * np.arctan2(np.sqrt(_square(u, v, A)), np.sqrt(_square(u, -v, A)))


def _turned(A):
    """Return Lᵀ L in place of L Lᵀ."""
    L = np.linalg.cholesky(A)
    return L.T @ L


UNROOTED = Misconception(
    "the root is missing",
    "The inner product of x - y with itself is the squared distance. Take its root.",
    _either(
        _like("distance", _square, on=KNOWN),
        _like("distance", _square, on=PLAIN),
    ),
)
SIZES = Misconception(
    "sizes of differences are added",
    "That is the distance in Manhattan, and no inner product stands behind it. Square the "
    "differences, add, take the root.",
    _like("distance", lambda x, y, A: np.abs(x - y).sum(), on=PLAIN),
)
LENGTHS = Misconception(
    "the difference of two lengths",
    "Two arrows of the same length may be far apart. Subtract the vectors first, then measure.",
    _like(
        "distance",
        lambda x, y, A: abs(np.sqrt(x @ A @ x) - np.sqrt(y @ A @ y)),
        on=PLAIN,
    ),
)
NO_RULER = Misconception(
    "the matrix A is not used",
    "The ruler is A: put it between the two vectors of every product, in the lengths too.",
    _either(
        _like("distance", lambda x, y, A: np.sqrt(_square(x, y, np.eye(len(x)))), on=KNOWN),
        _like("angle", lambda x, y, A: np.arccos(_cosine(x, y, np.eye(len(x)))), on=KNOWN),
    ),
)
TWICE = Misconception(
    "A is applied to both vectors",
    "The ordinary length of A z is the root of zᵀAᵀA z, with A in it twice. Wanted is zᵀA z.",
    _either(
        _like("distance", lambda x, y, A: np.linalg.norm(A @ (x - y)), on=KNOWN),
        _like("angle", lambda x, y, A: np.arccos(_cosine(x, y, A @ A)), on=KNOWN),
    ),
)
INVERSE = Misconception(
    "the inverse of A is used",
    "xᵀA y has A itself in the middle. (The inverse of a covariance matrix is a ruler of its "
    "own, which already is an inverse.)",
    _either(
        _like(
            "distance",
            lambda x, y, A: np.sqrt(_square(x, y, np.linalg.inv(A))),
            on=KNOWN,
        ),
        _like("angle", lambda x, y, A: np.arccos(_cosine(x, y, np.linalg.inv(A))), on=KNOWN),
    ),
)
FACTOR = Misconception(
    "the factor is not transposed",
    "np.linalg.cholesky gives the lower triangle L, with A = L Lᵀ. The map that turns A into the "
    "ordinary ruler is Lᵀ.",
    _either(
        _like("distance", lambda x, y, A: np.sqrt(_square(x, y, _turned(A))), on=KNOWN),
        _like("angle", lambda x, y, A: np.arccos(_cosine(x, y, _turned(A))), on=KNOWN),
    ),
)
HALVED = Misconception(
    "half of the angle",
    "The arctangent of the two lengths is only half of the angle.",
    _like("angle", lambda x, y, A: np.arccos(_cosine(x, y, A)) / 2, on=KNOWN),
)
UNEQUAL = Misconception(
    "the two vectors are not one long",
    "The triangle gives the angle only if both of its equal sides are 1 long under A. Divide "
    "each vector by its length first.",
    _like("angle", lambda x, y, A: _triangle(x, y, A), on=KNOWN),
)
SQUARED = Misconception(
    "squared lengths below the line",
    "The product of a vector with itself is its squared length. Take the roots before you divide.",
    _like(
        "angle",
        lambda x, y, A: np.arccos(np.clip(x @ A @ y / ((x @ A @ x) * (y @ A @ y)), -1, 1)),
        on=KNOWN,
    ),
)
DEGREES = Misconception(
    "degrees instead of radians",
    "np.arccos and np.arctan2 give radians, and so should the function.",
    _like("angle", lambda x, y, A: np.degrees(np.arccos(_cosine(x, y, A))), on=KNOWN),
)
COSINE = Misconception(
    "the cosine instead of the angle",
    "The quotient is the cosine of the angle; the angle itself is wanted.",
    _either(
        _like("angle", _cosine, on=KNOWN),
        _like("angle", lambda x, y, A: 1 - _cosine(x, y, A), on=KNOWN),
    ),
)
MIXED = Misconception(
    "two rulers in one angle",
    "The lengths are measured with the ordinary ruler, the rest with A. Use A throughout.",
    _like(
        "angle",
        lambda x, y, A: np.arccos(
            np.clip(x @ A @ y / (np.linalg.norm(x) * np.linalg.norm(y)), -1, 1)
        ),
        lambda x, y, A: _triangle(x / np.linalg.norm(x), y / np.linalg.norm(y), A),
        on=[
            (np.array([1.0, 0, 0]), np.array([1.0, -1, 1]), np.array(RULERS[3][0], float)),
            (np.array([1.0, 0]), np.array([1.0, 3]), np.array(RULERS[2][2], float)),
        ],
    ),
)
UNSIGNED = Misconception(
    "obtuse angles are folded over",
    "Without the sign of the product every angle comes out below a right angle. Do not take its "
    "size.",
    _like(
        "angle",
        lambda x, y, A: np.arccos(abs(_cosine(x, y, A))),
        on=[*PLAIN, (np.array([1.0, 1]), np.array([-2.0, 1]), np.eye(2))],
    ),
)
UNCLIPPED = Misconception(
    "the arccosine of a number beyond 1",
    "Rounding carries the cosine of parallel vectors past 1, where there is no arccosine. Clip "
    "it to [-1, 1]; better still, do without the arccosine.",
)
CLIPPED = Misconception(
    "small angles are lost in the cosine",
    "The cosine of a small angle cannot be told from 1. Make both vectors one long and use the "
    "triangle: 2 arctan2(|u - v|, |u + v|).",
)
WRAPS = Misconception(
    "whole numbers of eight bits wrap round",
    "Pixels come as uint8, and there 250 - 255 is 251, and 200 * 2 is 144. Turn them into floats "
    "before you compute.",
    _either(
        _like("distance", lambda x, y, A: np.sqrt((x - y) @ A @ (x - y)), on=BYTES),
        _like("distance", lambda x, y, A: np.linalg.norm(x - y), on=BYTES),
        _like("distance", lambda x, y, A: np.sqrt(np.sum((x - y) ** 2)), on=BYTES),
        lambda functions: _wraps(functions),
    ),
)
TURNED = Misconception(
    "rows and columns exchanged",
    "Row i of the answer belongs to row i of X, column j to row j of Y.",
)
UNROOTED_PAIRS = Misconception(
    "the roots are missing",
    "|x|² + |y|² - 2 x·y is the squared distance. Take the root of every entry.",
    _like("pairwise", lambda X, Y: _squares(X, Y), on=SETS),
)
ONE_PRODUCT = Misconception(
    "the product is subtracted once",
    "Multiply out (x - y)·(x - y): the mixed term occurs twice.",
    _like(
        "pairwise",
        lambda X, Y: np.sqrt(np.maximum(_squares(X, Y) + X @ Y.T, 0)),
        on=SETS,
    ),
)
OWN_MEANS = Misconception(
    "X and Y are moved by different vectors",
    "Distances stay as they are only if all points, of X and of Y, are moved by the same vector.",
    _like(
        "pairwise",
        lambda X, Y: inner_products.pairwise_distances(X - X.mean(axis=0), Y - Y.mean(axis=0)),
        on=SETS,
    ),
)
CANCELLED = Misconception(
    "close points far from zero have lost their digits",
    "|x|² + |y|² - 2 x·y is a small difference of large numbers, and may even come out negative. "
    "Subtract the mean of the points first, or measure close pairs by their difference.",
)
BROADCAST = Misconception(
    "a cube of differences",
    "X[:, None] - Y holds N times M times D numbers. For all digits of MNIST that would be "
    "terabytes. Use one matrix product.",
)
FARTHEST = Misconception(
    "the farthest points vote",
    "np.argsort sorts from small to large: the nearest come first. (Of cosines the largest are "
    "the nearest, of distances the smallest.)",
    _like(
        "predict", lambda X, y, Q, k: _vote(X, y, Q, k, lambda o: o[::-1][:k]), on=[*ONE, *VOTES]
    ),
)
PLACES = Misconception(
    "places vote instead of labels",
    "np.argsort gives places in X. Look up the label at each place before you count.",
    _like(
        "predict", lambda X, y, Q, k: _vote(X, np.arange(len(X)), Q, k, lambda o: o[:k]), on=VOTES
    ),
)
COUNTED = Misconception(
    "the number of votes instead of the label",
    "The largest entry of np.bincount says how many votes the winner has. Its place is the label.",
    _like(
        "predict",
        lambda X, y, Q, k: [np.bincount(y[order[:k]]).max() for order in _nearest(X, Q)],
        on=VOTES,
    ),
)
SKIPS = Misconception(
    "the nearest point is left out",
    "The first of the sorted points is skipped, as one does when a point must not be its own "
    "neighbour. Here the queries are not among the points.",
    _like(
        "predict", lambda X, y, Q, k: _vote(X, y, Q, k, lambda o: o[1 : k + 1]), on=[*ONE, *VOTES]
    ),
)
AVERAGED = Misconception(
    "labels are averaged",
    "Labels are names. The mean of a 1 and a 7 is not a 4. Count votes.",
    _either(
        *(
            _like("predict", lambda X, y, Q, k, f=f: _averaged(X, y, Q, k, f), on=cases)
            for f in (np.mean, np.median, lambda v: np.rint(np.mean(v)), lambda v: int(np.mean(v)))
            for cases in (VOTES, TIES)
            # a label that more than half of the voters have is their median, too
            if not (f is np.median and cases is VOTES)
        )
    ),
)
ALONE = Misconception(
    "only the nearest votes",
    "k points vote, not one.",
    _like("predict", lambda X, y, Q, k: _vote(X, y, Q, k, lambda o: o[:1]), on=VOTES),
)
MISCOUNTED = Misconception(
    "one voter too many or too few",
    "A slice [:k] has k entries.",
    _either(
        _like("predict", lambda X, y, Q, k: _vote(X, y, Q, k, lambda o: o[: k + 1]), on=VOTES),
        _like("predict", lambda X, y, Q, k: _vote(X, y, Q, k, lambda o: o[: k - 1]), on=VOTES),
    ),
)
TIED = Misconception(
    "ties are settled otherwise",
    "Where labels get equally many votes, the smallest of them is wanted: np.bincount(...) and "
    "argmax do that. Counting with most_common gives the one that was met first.",
    _either(
        _like("predict", lambda X, y, Q, k: _tied(X, y, Q, k, "nearest"), on=TIES),
        _like("predict", lambda X, y, Q, k: _tied(X, y, Q, k, "largest"), on=TIES),
    ),
)
WRITES = Misconception(
    "the arguments are changed",
    "Whoever calls the function wants to use the points again. Work on new arrays.",
)


def _squares(X, Y):
    return np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1) - 2 * X @ Y.T


def _wraps(functions):
    """Tell whether a function is right on floats and wrong on the same numbers as bytes."""
    trials = [
        ("distance", distance_is_right, BYTES),
        ("angle", angle_is_right, BYTES[1:]),
        ("pairwise", pairs_are_right, BYTE_SETS),
        ("predict", predictions_are_right, BYTE_VOTES),
    ]
    for _, test, cases in trials:
        try:
            for case in cases:
                test(functions, *(_as_floats(part) for part in case))
        except Mismatch:
            continue
        try:
            for case in cases:
                test(functions, *case)
        except Mismatch:
            return True
    return False


def _as_floats(part):
    return part.astype(float) if getattr(part, "dtype", None) == np.uint8 else part


def _nearest(X, Q):
    return np.argsort(inner_products.pairwise_distances(Q, X), axis=1, kind="stable")


def _vote(X, labels, Q, k, choose):
    return np.array([np.bincount(labels[choose(order)]).argmax() for order in _nearest(X, Q)])


def _averaged(X, labels, Q, k, mean):
    return np.array([mean(labels[order[:k]]) for order in _nearest(X, Q)])


def _tied(X, labels, Q, k, winner):
    found = []
    for order in _nearest(X, Q):
        near = labels[order[:k]]
        counts = np.bincount(near)
        best = np.flatnonzero(counts == counts.max())
        found.append(next(v for v in near if v in best) if winner == "nearest" else best[-1])
    return np.array(found)


RULED = "distance is right for every ruler"
DISTANCE = "distance is right for the ordinary ruler"
ANGLE = "angle is right for the ordinary ruler"
PAIRS = "pairwise gives all distances"
NEAREST = "predict reads by the nearest point"
DISTANCES = (UNROOTED, SIZES, LENGTHS)
ANGLES = (DEGREES, COSINE, UNSIGNED, HALVED, UNEQUAL, SQUARED)
VOTERS = (FARTHEST, PLACES, COUNTED, SKIPS, AVERAGED, ALONE, MISCOUNTED)
VECTORS, MATRICES = ("x", "y", "A"), ("X", "Y")
READING = ("X", "labels", "Q", "k")

PROPERTIES = [
    Property(
        DISTANCE,
        distance_is_right,
        two_vectors(-9, same=True),
        misconceptions=DISTANCES,
        arguments=VECTORS,
        examples=20,
    ),
    Property(
        RULED,
        distance_is_right,
        two_vectors(-9),
        needs=(DISTANCE,),
        misconceptions=(NO_RULER, TWICE, INVERSE, FACTOR, *DISTANCES),
        arguments=VECTORS,
        examples=20,
    ),
    Property(
        "distance takes pixels as they come, in eight bits",
        distance_is_right,
        BYTES,
        needs=(DISTANCE,),
        misconceptions=(WRAPS,),
        arguments=VECTORS,
    ),
    Property(
        ANGLE,
        angle_is_right,
        two_vectors(-9, same=True).filter(lambda c: 0.01 < inner_products.angle(*c) < 3.13),
        misconceptions=ANGLES,
        arguments=VECTORS,
        examples=20,
    ),
    Property(
        "angle is right for every ruler",
        angle_is_right,
        two_vectors(-9).filter(lambda c: 0.01 < inner_products.angle(*c) < 3.13),
        needs=(ANGLE,),
        misconceptions=(NO_RULER, MIXED, TWICE, INVERSE, FACTOR, *ANGLES),
        arguments=VECTORS,
        examples=20,
    ),
    Property(
        "angle of parallel vectors is a number",
        angle_is_a_number,
        PARALLEL,
        needs=(ANGLE,),
        arguments=VECTORS,
    ),
    Property(
        "angle keeps the digits of small angles",
        small_angle_is_right,
        NEARLY,
        needs=("angle of parallel vectors is a number", "angle is right for every ruler"),
        arguments=VECTORS,
    ),
    Property(
        "angle takes pixels as they come, in eight bits",
        angle_is_right,
        BYTES[1:],
        needs=(ANGLE,),
        misconceptions=(WRAPS,),
        arguments=VECTORS,
    ),
    Property(
        PAIRS,
        pairs_are_right,
        SETS,
        misconceptions=(UNROOTED_PAIRS, ONE_PRODUCT, OWN_MEANS, TURNED),
        arguments=MATRICES,
    ),
    Property(
        "pairwise takes pixels as they come, in eight bits",
        pairs_are_right,
        BYTE_SETS,
        needs=(PAIRS,),
        misconceptions=(WRAPS,),
        arguments=MATRICES,
    ),
    Property(
        "pairwise keeps the digits of close points far from zero",
        close_pairs_are_right,
        FAR,
        needs=(PAIRS,),
        arguments=MATRICES,
    ),
    Property(
        "pairwise needs no more memory than the answer, about",
        fits_into_memory,
        [(200, 200, 200)],
        needs=(PAIRS,),
        arguments=("N", "M", "D"),
    ),
    Property(NEAREST, predictions_are_right, ONE, misconceptions=VOTERS, arguments=READING),
    Property(
        "predict lets the k nearest vote",
        predictions_are_right,
        VOTES,
        needs=(NEAREST,),
        misconceptions=VOTERS,
        arguments=READING,
    ),
    Property(
        "predict settles ties for the smallest label",
        predictions_are_right,
        TIES,
        needs=("predict lets the k nearest vote",),
        misconceptions=(TIED, AVERAGED),
        arguments=READING,
    ),
    Property(
        "predict takes pixels as they come, in eight bits",
        predictions_are_right,
        BYTE_VOTES,
        needs=(NEAREST,),
        misconceptions=(WRAPS,),
        arguments=READING,
    ),
    Property(
        "the arguments are left alone",
        leaves_its_arguments_alone,
        VOTES[:1],
        needs=(DISTANCE, ANGLE, PAIRS, NEAREST),
        arguments=READING,
    ),
]


def check_distances_angles(*, distance=None, angle=None, pairwise=None, predict=None):
    """Check distances and angles with a ruler, all distances at once, and a reader of digits.

    Parameters
    ----------
    distance : callable
        ``distance(x, y, A)`` returns the distance of two vectors under ⟨x, y⟩ = xᵀ A y.
    angle : callable
        ``angle(x, y, A)`` returns the angle between them, in radians.
    pairwise : callable
        ``pairwise(X, Y)`` returns the ordinary distances of all rows of X, shape (N, D), from
        all rows of Y, shape (M, D), as a matrix of shape (N, M).
    predict : callable
        ``predict(X, labels, Q, k)`` returns for each row of Q the label that most of the k
        nearest rows of X have; of several, the smallest.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> report = check_distances_angles(distance=lambda x, y, A: (x - y) @ A @ (x - y))
    >>> report.failures[0].misconception
    'the root is missing'
    """
    functions = {"distance": distance, "angle": angle, "pairwise": pairwise, "predict": predict}
    return run("distance, angle, pairwise, predict", functions, PROPERTIES, ())

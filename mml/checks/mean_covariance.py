"""The check of the lab on mean and covariance: five functions, from the mean to the update."""

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, show
from mml.checks._report import Misconception, Property, behaves_like, run

__all__ = ["check_mean_covariance"]

TOLERANCE = 1e-9  # of the largest number that occurs
OFFSET = 1e9
FAR = 1e4  # times the tolerance, where the mean of numbers near 1e9 is rounded to 1e-7


# Right solutions, in a line each; the misconceptions below are measured against them.


def mean_of(X):
    """Return the mean of each feature, of floats."""
    return np.asarray(X, float).mean(axis=0)


def covariance_of(X):
    """Return the covariance matrix (divisor N)."""
    C = X - mean_of(X)
    return C.T @ C / len(C)


def update_of(count, mean, covariance, batch):
    """Return count, mean and covariance after one more batch."""
    total = count + len(batch)
    delta = mean_of(batch) - mean
    within = count * covariance + len(batch) * covariance_of(batch)
    between = count * len(batch) / total * np.outer(delta, delta)
    return total, mean + len(batch) / total * delta, (within + between) / total


# What the properties measure.


def vector(value, size):
    return as_array(value, (size,), f"a vector of {size} number{'s' * (size > 1)}, one a feature")


def matrix(value, size):
    return as_array(value, (size, size), f"a {size} by {size} matrix, features by features")


def near(got, wanted, size, expected, words):
    """Raise `Mismatch` where two numbers or arrays differ by more than rounding."""
    if np.abs(np.asarray(got) - wanted).max() > TOLERANCE * max(size, 1e-300):
        raise Mismatch(expected, words)


def size_of(X):
    return max(np.abs(X).max(), 1.0)


def gives_a_vector(functions, X):
    vector(functions.mean(X), X.shape[1])


def balances(functions, X):
    m = vector(functions.mean(X), X.shape[1])
    rest = (np.asarray(X, float) - m).sum(axis=0)
    near(
        rest,
        0,
        size_of(np.asarray(X, float)) * len(X),
        "deviations from the mean that add up to 0",
        f"the mean {show(m)}, and\ndeviations that add up to {show(rest)}",
    )


def mean_keeps_data(functions, X):
    functions.mean(X)
    if functions.mean.changed:
        raise Mismatch("X as it was", "another X: the function wrote into it", misconception=WRITES)


def gives_a_matrix(functions, X):
    matrix(functions.covariance(X), X.shape[1])


def knows_every_direction(functions, X):
    _widths_agree(X, matrix(functions.covariance(X), X.shape[1]), size_of(X) ** 2)


def _widths_agree(X, S, size, name="S"):
    """Compare aᵀSa with the variance of X a, for axes, and for sums of two axes."""
    D = X.shape[1]
    axes = list(np.eye(D, dtype=int))
    for a in axes + [p + q for p, q in combinations(axes, 2)]:
        shadows = X @ a
        wanted = ((shadows - shadows.mean()) ** 2).mean()
        near(
            a @ S @ a,
            wanted,
            size,
            f"along a = {show(a)}, where the samples' shadows X a are\n"
            f"{show(shadows)}, their variance {show(wanted)}",
            f"a {name} a = {show(a @ S @ a)}, with {name} =\n{show(S)}",
        )
    near(S - S.T, 0, size, "a symmetric matrix", show(S))


def holds_far_away(functions, X):
    far = X + OFFSET
    S = matrix(functions.covariance(far), X.shape[1])
    wanted = covariance_of(far - OFFSET)
    near(
        S,
        wanted,
        FAR * size_of(X) ** 2,
        f"for X + 1e9 the covariance matrix of X, which is\n{show(wanted)}",
        show(S),
    )


def covariance_keeps_data(functions, X):
    functions.covariance(X)
    if functions.covariance.changed:
        raise Mismatch("X as it was", "another X: the function wrote into it", misconception=WRITES)


def foretells_the_mean(functions, X, A, b):
    m = vector(functions.affine_mean(mean_of(X), A, b), len(A))
    wanted = mean_of(X @ A.T + b)
    near(
        m,
        wanted,
        10 * size_of(X) * size_of(A) + size_of(b),
        f"the mean of the mapped samples, {show(wanted)}",
        show(m),
    )


def foretells_the_covariance(functions, X, A):
    S = matrix(functions.affine_covariance(covariance_of(X), A), len(A))
    wanted = covariance_of(X @ A.T)
    near(
        S,
        wanted,
        (10 * size_of(X) * size_of(A)) ** 2,
        f"the covariance matrix of the mapped samples,\n{show(wanted)}",
        show(S),
    )


def updated(functions, batches):
    """Return what the reader's update makes of the batches, one after the other."""
    D = batches[0].shape[1]
    state = 0, np.zeros(D), np.zeros((D, D))
    for batch in batches:
        value = functions.update(*state, batch)
        try:
            count, m, S = value
        except (TypeError, ValueError):
            raise Mismatch("three things: count, mean, covariance", show(value)) from None
        count = as_array(count, (), "a count, one number")
        state = int(count), vector(m, D), matrix(S, D)
    return state


def is_the_first_batch(functions, batch):
    compare_states(updated(functions, [batch]), [batch])


def adds_up(functions, first, second):
    compare_states(updated(functions, [first, second]), [first, second])


def update_keeps_arguments(functions, first, second):
    updated(functions, [first, second])
    if functions.update.changed:
        raise Mismatch(
            "mean, covariance and batch as they were",
            "others: the function wrote into them",
            misconception=WRITES,
        )


def adds_up_far_away(functions, first, second):
    far = [first + OFFSET, second + OFFSET]
    S = updated(functions, far)[2]
    X = np.vstack([first, second])
    wanted = covariance_of(X)
    near(
        S,
        wanted,
        FAR * size_of(X) ** 2,
        f"after the two batches, each plus 1e9, the covariance matrix\n{show(wanted)}",
        show(S),
    )


def compare_states(state, batches):
    count, m, S = state
    X = np.vstack(batches)
    after = "after " + ("one batch" if len(batches) == 1 else f"{len(batches)} batches")
    if count != len(X):
        raise Mismatch(f"{after} the count {len(X)}", f"{count}")
    near(m, mean_of(X), size_of(X), f"{after} the mean {show(mean_of(X))}", show(m))
    wanted = covariance_of(X)
    near(
        S,
        wanted,
        size_of(X) ** 2,
        f"{after} the covariance matrix of all {len(X)} samples,\n{show(wanted)}",
        show(S),
    )


def is_quick(functions, samples, features):
    X = np.random.default_rng(0).standard_normal((samples, features))
    try:
        functions.covariance(X)
    except Mismatch as mismatch:
        if mismatch.final:
            mismatch.misconception = LOOPS
        raise


# The cases: a few samples of a few features, in whole numbers.

entries = st.integers(-9, 9)


def _arrays(rows, columns, elements=entries):
    row = st.lists(elements, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows).map(lambda x: np.array(x, float))


@st.composite
def data(draw, least=1):
    return draw(_arrays(draw(st.integers(least, 5)), draw(st.integers(1, 3))))


@st.composite
def pictures(draw):
    """Grey levels of eight bits, as pictures have them."""
    X = draw(_arrays(draw(st.integers(1, 5)), draw(st.integers(1, 3)), st.integers(0, 255)))
    return X.astype(np.uint8)


@st.composite
def mapped(draw, shifted):
    X = draw(data(least=2))
    A = draw(_arrays(draw(st.integers(1, 3)), X.shape[1]))
    return (X, A, draw(_arrays(1, len(A)))[0]) if shifted else (X, A)


@st.composite
def two_batches(draw):
    D = draw(st.integers(1, 2))
    return tuple(draw(_arrays(draw(st.integers(1, 4)), D)) for _ in range(2))


# The misconceptions, each with the wrong solutions that it names.

KNOWN = [
    (np.array([[1.0, 7.0, 2.0], [4.0, -3.0, 5.0], [6.0, 8.0, -1.0], [2.0, 1.0, 9.0]]),),
    (np.array([[3.0, -2.0], [8.0, 5.0], [-4.0, 6.0], [1.0, 1.0], [7.0, -9.0]]),),
]
_A = np.array([[1.0, 2.0], [-3.0, 4.0]])
_S = np.array([[5.0, 2.0], [2.0, 3.0]])
KNOWN_MEAN = [(np.array([2.0, -1.0]), _A, np.array([7.0, 5.0]))]
KNOWN_COVARIANCE = [(_S, _A), (np.array([[4.0, -1.0], [-1.0, 6.0]]), np.array([[0.0, 3], [1, 2]]))]
KNOWN_UPDATE = [(KNOWN[0][0], 2 * KNOWN[0][0][:2] + 5), (KNOWN[1][0][:2], 1 - KNOWN[1][0][1:])]


def _like(name, cases, *models):
    """Return a recogniser of functions that do what one of the wrong models does."""
    return lambda functions: any(
        behaves_like(model, cases, 1e-6)(getattr(functions, name)) for model in models
    )


def _update_like(*parts):
    """Return a recogniser of updates whose covariance after a second batch is a model's."""

    def recognises(functions):
        def matches(model):
            for first, second in KNOWN_UPDATE:
                state = len(first), mean_of(first), covariance_of(first)
                got = functions.update(*state, second)
                wanted = model(*state, second)
                if not all(
                    np.allclose(np.asarray(g, float), w, rtol=1e-6)
                    for g, w in zip(got, wanted, strict=True)
                ):
                    return False
            return True

        return any(matches(model) for model in parts)

    return recognises


def _mean_only(*means):
    def recognises(functions):
        for mean in means:
            if all(
                np.allclose(
                    functions.update(len(a), mean_of(a), covariance_of(a), b)[1],
                    mean(len(a), mean_of(a), b),
                )
                for a, b in KNOWN_UPDATE
            ):
                return True
        return False

    return recognises


def _pooled(count, m, S, batch):
    total, middle, _ = update_of(count, m, S, batch)
    return total, middle, (count * S + len(batch) * covariance_of(batch)) / total


def _averaged(count, m, S, batch):
    total, middle, _ = update_of(count, m, S, batch)
    return total, middle, (S + covariance_of(batch)) / 2


def _estimated(count, m, S, batch):
    total, middle, right = update_of(count, m, S, batch)
    return total, middle, right * total / (total - 1)


def _estimated_inside(count, m, S, batch):
    total, middle, right = update_of(count, m, S, batch)
    C = batch - mean_of(batch)
    extra = C.T @ C / max(len(C) - 1, 1) - C.T @ C / len(C)
    return total, middle, right + len(batch) * extra / total


def _between(count, m, batch):
    delta = mean_of(batch) - m
    return count * len(batch) / (count + len(batch)) * delta, delta


def _undivided(count, m, S, batch):
    total, middle, right = update_of(count, m, S, batch)
    return total, middle, right * total


def _unmultiplied(count, m, S, batch):
    total, middle, right = update_of(count, m, S, batch)
    return total, middle, right - (count - 1) * S / total


def _added(count, m, S, batch):
    total, middle, _ = update_of(count, m, S, batch)
    return total, middle, S + covariance_of(batch)


def _added_with_between(count, m, S, batch):
    total, middle, both = _added(count, m, S, batch)
    return total, middle, both + np.outer(*_between(count, m, batch))


def _entrywise_between(count, m, S, batch):
    total, middle, within = _pooled(count, m, S, batch)
    share, delta = _between(count, m, batch)
    return total, middle, within + share * delta / total


def _number_between(count, m, S, batch):
    total, middle, within = _pooled(count, m, S, batch)
    share, delta = _between(count, m, batch)
    return total, middle, within + share @ delta / total


def _entrywise_samples(count, m, S, batch):
    total, middle, right = update_of(count, m, S, batch)
    return total, middle, (count * S + np.diag(total * right - count * S)) / total


def _weight_undivided(count, m, S, batch):
    total, middle, within = _pooled(count, m, S, batch)
    return total, middle, within + np.outer(*_between(count, m, batch))


def _same_deviation_twice(after):
    def model(count, m, S, batch):
        M = count * S
        for x in batch:
            count += 1
            new = m + (x - m) / count
            deviation = x - (new if after else m)
            M, m = M + np.outer(deviation, deviation), new
        return count, m, M / count

    return model


def _only_the_batch(count, m, S, batch):
    return len(batch), mean_of(batch), covariance_of(batch)


def _wrapped(functions):
    """Tell whether floats are averaged rightly and the same eight-bit numbers are not."""
    X = np.array([[200, 3], [250, 9], [240, 12]], dtype=np.uint8)
    right = np.allclose(functions.mean(X.astype(float)), mean_of(X))
    return right and not np.allclose(functions.mean(X), mean_of(X))


PER_SAMPLE = Misconception(
    "a mean for every sample, not for every feature",
    "Samples are rows, and the mean runs along the samples: in NumPy that is axis=0, the axis "
    "that disappears.",
    _like("mean", KNOWN, lambda X: X.mean(axis=1), lambda X: X.mean(axis=1, keepdims=True)),
)
GRAND = Misconception(
    "one mean for everything",
    "X.mean() averages all numbers of all features. Ask for axis=0.",
    _like("mean", KNOWN, lambda X: X.mean(), lambda X: np.full(X.shape[1], X.mean())),
)
TOTAL = Misconception(
    "the sum is not divided",
    "That is the sum of the samples. Divide by how many there are.",
    _like("mean", KNOWN, lambda X: X.sum(axis=0)),
)


def _divided_by_features(name, model):
    return Misconception(
        "divided by the number of features",
        "The sum runs over the N samples, so it is divided by N = X.shape[0]. X.shape[1] counts "
        "the features.",
        _like(name, KNOWN, model),
    )


FEATURES = _divided_by_features("mean", lambda X: X.sum(axis=0) / X.shape[1])
FEATURES_TOO = _divided_by_features(
    "covariance", lambda X: covariance_of(X) * X.shape[0] / X.shape[1]
)
MEAN_LESS_ONE = Misconception(
    "the mean divided by N - 1",
    "N - 1 belongs to estimates of a variance. A mean is divided by N, always.",
    _like("mean", KNOWN, lambda X: X.sum(axis=0) / (len(X) - 1)),
)
WRAPS = Misconception(
    "eight-bit numbers overflow",
    "Pictures are stored as whole numbers from 0 to 255, and 200 + 100 is 44 among those. Turn "
    "them into floats before you add: X.astype(float).",
    _wrapped,
)
WRITES = Misconception(
    "the data are changed",
    "+= and -= write into the caller's array, who may need it again, even by way of one of its "
    "rows (total = X[0] is no copy). Make a new one: C = X - mean.",
)
LESS_ONE = Misconception(
    "divided by N - 1",
    "That estimates the covariance of what the data were drawn from. This lab describes the data "
    "as they are: divide by N (numpy.cov divides by N - 1 unless told ddof=0).",
    _like("covariance", KNOWN, lambda X: covariance_of(X) * len(X) / (len(X) - 1)),
)
UNCENTRED = Misconception(
    "the mean is not subtracted",
    "X.T @ X / N averages the products of the entries. The covariance averages the products of "
    "the deviations from the mean: subtract it from every row first.",
    _like("covariance", KNOWN, lambda X: X.T @ X / len(X), lambda X: X.T @ X / (len(X) - 1)),
)
WRONG_CENTRE = Misconception(
    "the wrong mean is subtracted",
    "Each feature has a mean of its own. X - X.mean() subtracts one number from all, and "
    "X - X.mean(axis=1)[:, None] the mean of each sample: take X - X.mean(axis=0).",
    _like(
        "covariance",
        KNOWN,
        lambda X: (X - X.mean()).T @ (X - X.mean()) / len(X),
        lambda X: (
            (X - X.mean(axis=1, keepdims=True)).T @ (X - X.mean(axis=1, keepdims=True)) / len(X)
        ),
    ),
)
SWAPPED = Misconception(
    "rows for columns",
    "C @ C.T compares samples with samples and is N by N. Features are compared by C.T @ C. "
    "(numpy.cov takes features as rows: tell it rowvar=False.)",
    _like(
        "covariance",
        KNOWN,
        lambda X: (X - mean_of(X)) @ (X - mean_of(X)).T / len(X),
        lambda X: np.cov(X),
        lambda X: np.cov(X, ddof=0),
    ),
)
SCATTER = Misconception(
    "the sum is not divided by N",
    "C.T @ C adds up the products of all samples. Their mean is wanted.",
    _like("covariance", KNOWN, lambda X: covariance_of(X) * len(X)),
)
DIAGONAL = Misconception(
    "the variances alone",
    "A covariance matrix has the products of different features beside its diagonal.",
    _like(
        "covariance",
        KNOWN,
        lambda X: np.diag(X.var(axis=0)),
        lambda X: X.var(axis=0),
        lambda X: X.var(axis=0, ddof=1),
    ),
)
CORRELATION = Misconception(
    "the correlations",
    "These are divided by both standard deviations. The covariance keeps the units.",
    _like("covariance", KNOWN, lambda X: np.corrcoef(X, rowvar=False)),
)

_NO_MATRIX = (
    "d * d multiplies entry by entry, and d @ d.T is one number, since .T does nothing to a vector "
    "of one axis. A column times a row is np.outer(d, d)."
)
NO_MATRIX = Misconception(
    "no column times a row",
    _NO_MATRIX,
    _like(
        "covariance",
        KNOWN,
        lambda X: np.tile(X.var(axis=0), (X.shape[1], 1)),
        lambda X: np.full((X.shape[1],) * 2, X.var(axis=0).sum()),
        lambda X: X.var(axis=0).sum(),
    ),
)


def _covariance_cancels(functions):
    def agrees(X, offset, atol):
        return np.allclose(functions.covariance(X + offset), covariance_of(X), atol=atol)

    close = all(agrees(X, 0, 1e-8) for (X,) in KNOWN)
    return close and not all(agrees(X, OFFSET, 0.1) for (X,) in KNOWN)


def _update_cancels(functions):
    first, second = KNOWN_UPDATE[0]
    S = updated(functions, [first, second])[2]
    far = updated(functions, [first + OFFSET, second + OFFSET])[2]
    return np.allclose(S, covariance_of(np.vstack([first, second]))) and not np.allclose(
        S, far, atol=0.1
    )


_CANCEL_ADVICE = (
    "Products of numbers near 1e9 are near 1e18, and what is left when such numbers are "
    "subtracted is their rounding. Subtract the mean first, from both factors, then multiply."
)
CANCELS = Misconception("catastrophic cancellation", _CANCEL_ADVICE, _covariance_cancels)
UPDATE_CANCELS = Misconception("catastrophic cancellation", _CANCEL_ADVICE, _update_cancels)
LOOPS = Misconception(
    "a Python loop over every entry",
    "Three nested loops take minutes for what one matrix product, C.T @ C, does in a moment.",
)
NO_SHIFT = Misconception(
    "the shift is forgotten",
    "The spread does not notice b, but the mean does: A m + b.",
    _like("affine_mean", KNOWN_MEAN, lambda m, A, b: A @ m),
)
SHIFTED_FIRST = Misconception(
    "shifted before the map",
    "First the map, then the shift: A m + b, not A (m + b).",
    _like("affine_mean", KNOWN_MEAN, lambda m, A, b: A @ (m + b)),
)
MEAN_TRANSPOSED = Misconception(
    "A is transposed",
    "m @ A is the product of A's transpose with m. One vector is mapped by A @ m; it is data with "
    "samples as rows that are mapped by X @ A.T.",
    _like("affine_mean", KNOWN_MEAN, lambda m, A, b: m @ A + b),
)
WRONG_SIDE = Misconception(
    "the transpose on the wrong side",
    "It is A S A.T. With A.T on the left only a square A fits, and the matrix, which looks as "
    "good, belongs to another map.",
    _like("affine_covariance", KNOWN_COVARIANCE, lambda S, A: A.T @ S @ A),
)
NO_TRANSPOSE = Misconception(
    "no transpose",
    "Both deviations are mapped, one of them as a row: A S A.T, not A S A.",
    _like("affine_covariance", KNOWN_COVARIANCE, lambda S, A: A @ S @ A),
)
ONCE = Misconception(
    "A is applied once",
    "A covariance is made of products of two deviations, and both are mapped: A S A.T.",
    _like(
        "affine_covariance",
        KNOWN_COVARIANCE,
        lambda S, A: A @ S,
        lambda S, A: S @ A.T,
        lambda S, A: S @ A,
    ),
)
ENTRYWISE = Misconception(
    "multiplied entry by entry",
    "* multiplies entries, @ multiplies matrices.",
    _like(
        "affine_covariance",
        KNOWN_COVARIANCE,
        lambda S, A: A * S * A.T,
        lambda S, A: A**2 * S,
        lambda S, A: A**2 @ S,
    ),
)
EQUAL_WEIGHTS = Misconception(
    "both means weigh the same",
    "The mean of two means is right only for batches of one size. Each counts by its number "
    "of samples.",
    _mean_only(
        lambda count, m, batch: (m + mean_of(batch)) / 2,
        lambda count, m, batch: m + (mean_of(batch) - m) / (count + 1),
    ),
)
NO_BETWEEN = Misconception(
    "the distance between the batches is forgotten",
    "Two narrow batches far apart are wide together. Add count·n/total times the product of the "
    "difference of the means with itself, before you divide.",
    _update_like(_pooled, _averaged),
)
FORGETS = Misconception(
    "the batches before are forgotten",
    "The result has to be that of all samples so far, and those before are in count, mean and "
    "covariance.",
    _update_like(_only_the_batch),
)
UPDATE_LESS_ONE = Misconception(
    "divided by N - 1",
    "In this lab all covariances have the divisor N, the one that comes in and the one that goes "
    "out. Two divisors in one formula fit nothing.",
    _update_like(_estimated, _estimated_inside),
)
MIXED = Misconception(
    "scatter and covariance mixed",
    "Scatters add up, covariances do not. The scatter is count * covariance: multiply before you "
    "add, and divide by the total at the end.",
    _update_like(_undivided, _unmultiplied, _added, _added_with_between),
)
UPDATE_NO_MATRIX = Misconception(
    "no column times a row",
    _NO_MATRIX,
    _update_like(_entrywise_between, _number_between, _entrywise_samples),
)
WEIGHT = Misconception(
    "the weight of the distance is not divided",
    "The product of the two counts is far too heavy: it is still to be divided by the count of all "
    "samples, and then the whole scatter is, once more.",
    _update_like(_weight_undivided),
)
SAME_TWICE = Misconception(
    "the same deviation twice",
    "One deviation is from the mean before the sample, the other from the mean after it. (After "
    "old = m, the line m += ... moves old as well. Write m = m + ...)",
    _update_like(_same_deviation_twice(True), _same_deviation_twice(False)),
)

HAS_MEAN = "mean returns a number for each feature"
KEEPS = "mean leaves the data alone"
HAS_COVARIANCE = "covariance returns a matrix of features by features"
IS_COVARIANCE = "covariance knows the variance in every direction"
HAS_UPDATE = "update takes a first batch"
ADDS_UP = "update makes two batches one"
_DATA = data().map(lambda X: (X,))
_SHAPES = (PER_SAMPLE, GRAND, TOTAL, FEATURES, MEAN_LESS_ONE)
_COVARIANCES = (
    SWAPPED,
    LESS_ONE,
    UNCENTRED,
    WRONG_CENTRE,
    SCATTER,
    FEATURES_TOO,
    DIAGONAL,
    CORRELATION,
    NO_MATRIX,
)
_UPDATES = (
    EQUAL_WEIGHTS,
    NO_BETWEEN,
    UPDATE_LESS_ONE,
    MIXED,
    UPDATE_NO_MATRIX,
    WEIGHT,
    SAME_TWICE,
)

PROPERTIES = [
    Property(HAS_MEAN, gives_a_vector, _DATA, misconceptions=_SHAPES, arguments=("X",)),
    Property(
        "deviations from the mean add up to 0",
        balances,
        _DATA,
        needs=(HAS_MEAN,),
        misconceptions=_SHAPES,
        arguments=("X",),
    ),
    Property(KEEPS, mean_keeps_data, _DATA, needs=(HAS_MEAN,), arguments=("X",)),
    Property(
        "mean takes pictures of eight-bit numbers",
        balances,
        pictures().map(lambda X: (X,)),
        needs=("deviations from the mean add up to 0", KEEPS),
        misconceptions=(WRAPS,),
        arguments=("X",),
    ),
    Property(HAS_COVARIANCE, gives_a_matrix, _DATA, misconceptions=_COVARIANCES, arguments=("X",)),
    Property(
        IS_COVARIANCE,
        knows_every_direction,
        _DATA,
        needs=(HAS_COVARIANCE,),
        misconceptions=_COVARIANCES,
        arguments=("X",),
    ),
    Property(
        "covariance is right far from zero",
        holds_far_away,
        data(least=2).map(lambda X: (X,)),
        needs=(IS_COVARIANCE,),
        misconceptions=(CANCELS,),
        arguments=("X",),
    ),
    Property(
        "covariance leaves the data alone",
        covariance_keeps_data,
        _DATA,
        needs=(HAS_COVARIANCE,),
        arguments=("X",),
    ),
    Property(
        "affine_mean foretells the mean of mapped data",
        foretells_the_mean,
        mapped(True),
        misconceptions=(NO_SHIFT, SHIFTED_FIRST, MEAN_TRANSPOSED),
        arguments=("X", "A", "b"),
    ),
    Property(
        "affine_covariance foretells the covariance of mapped data",
        foretells_the_covariance,
        mapped(False),
        misconceptions=(WRONG_SIDE, NO_TRANSPOSE, ONCE, ENTRYWISE),
        arguments=("X", "A"),
    ),
    Property(
        HAS_UPDATE,
        is_the_first_batch,
        _DATA,
        misconceptions=_UPDATES,
        arguments=("batch",),
    ),
    Property(
        ADDS_UP,
        adds_up,
        two_batches(),
        needs=(HAS_UPDATE,),
        misconceptions=(FORGETS, *_UPDATES),
        arguments=("first", "second"),
    ),
    Property(
        "update is right far from zero",
        adds_up_far_away,
        two_batches(),
        needs=(ADDS_UP,),
        misconceptions=(UPDATE_CANCELS,),
        arguments=("first", "second"),
    ),
    Property(
        "update leaves what it is given alone",
        update_keeps_arguments,
        two_batches(),
        needs=(ADDS_UP,),
        arguments=("first", "second"),
    ),
    Property(
        "covariance of 3,000 samples of 400 features comes within seconds",
        is_quick,
        [(3000, 400)],
        needs=(IS_COVARIANCE,),
        arguments=("samples", "features"),
    ),
]


def check_mean_covariance(
    *, mean=None, covariance=None, affine_mean=None, affine_covariance=None, update=None
):
    """Check mean, covariance, what an affine map does to them, and their update by a batch.

    Parameters
    ----------
    mean : callable
        ``mean(X)`` with X of shape (N, D), one sample a row, returns the mean, shape (D,).
    covariance : callable
        ``covariance(X)`` returns the covariance matrix, shape (D, D), with the divisor N.
    affine_mean : callable
        ``affine_mean(mean, A, b)`` returns the mean after y = A x + b, shape (M,).
    affine_covariance : callable
        ``affine_covariance(S, A)`` returns the covariance matrix after it, shape (M, M).
    update : callable
        ``update(count, mean, covariance, batch)`` returns the three for all samples so far and
        the batch, shape (n, D), together. The first call has the count 0, and zeros.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> check_mean_covariance(mean=lambda X: X.mean()).passed
    False
    """
    functions = {
        "mean": mean,
        "covariance": covariance,
        "affine_mean": affine_mean,
        "affine_covariance": affine_covariance,
        "update": update,
    }
    return run("mean, covariance, affine maps, update", functions, PROPERTIES, ())

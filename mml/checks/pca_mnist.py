"""The check of the PCA lab: normalise, find components, guess back, and do it for wide data."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, memory_ceiling, show
from mml.checks._report import Misconception, Property, run

__all__ = ["check_pca_mnist"]

TOLERANCE = 1e-8  # relative to the size of what is compared


# What is right.


def standardised(X):
    """Return deviations in standard deviations (divisor N); constant features become 0."""
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    constant = np.ptp(X, axis=0) == 0  # rounding may leave a constant a deviation above 0
    return np.where(constant, 0.0, (X - mean) / np.where(constant, 1.0, deviation))


def covariance_of(X):
    """Return the covariance matrix, divisor N."""
    deviations = X - X.mean(axis=0)
    return deviations.T @ deviations / len(X)


def components_of(X, k, matrix=None):
    """Return mean, components as columns, variances: of the covariance or another matrix."""
    values, vectors = np.linalg.eigh(covariance_of(X) if matrix is None else matrix)
    return X.mean(axis=0), vectors[:, ::-1][:, :k], values[::-1][:k]


def components_of_wide(X, k):
    """Return the same through the inner products of the samples."""
    mean = X.mean(axis=0)
    deviations = X - mean
    values, u = np.linalg.eigh(deviations @ deviations.T)
    B = deviations.T @ u[:, ::-1][:, :k]
    return mean, B / np.linalg.norm(B, axis=0), values[::-1][:k] / len(X)


def back(X, mean, B):
    """Return the guesses from the scores."""
    return mean + (X - mean) @ B @ B.T


# What the properties measure.


def is_standard(functions, X):
    try:
        got = as_array(functions.normalise(X), X.shape, f"an array of shape {X.shape}")
    except Mismatch as mismatch:
        if "nan" in mismatch.got or "inf" in mismatch.got:
            mismatch.misconception = CONSTANT
        raise
    compare(got, standardised(X), TOLERANCE)


def _has_unit_columns(B):
    try:
        return np.allclose(np.linalg.norm(B, axis=0), 1)
    except (TypeError, ValueError):  # not numbers
        return False


def parts_of(functions, name, X, k, **limits):
    """Return mean, components and variances, each of the right shape."""
    value = getattr(functions, name)(X, k, **limits)
    (n, d), wanted = X.shape, "three arrays: the mean, the components, the variances"
    if value is None or value is ...:
        raise Mismatch(wanted, "nothing yet: does the function end in a return?")
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise Mismatch(wanted, show(value))
    mean, B, variances = value
    shape = np.shape(B)
    known = None
    if shape == (k, d) != (d, k):
        known = AS_ROWS
    elif n != d and shape == (n, k) and not _has_unit_columns(B):
        known = SCORES_FOR_B
    elif n != d and (shape == (n, k) or np.shape(mean) == (n,)):
        known = U_FOR_V if name == "pca_wide" and np.shape(mean) == (d,) else WRONG_AXIS
    elif np.iscomplexobj(B) or np.iscomplexobj(variances):
        known = COMPLEX
    try:
        return (
            as_array(mean, (d,), f"the mean: a vector of {d} numbers"),
            as_array(B, (d, k), f"the components: an array of shape {(d, k)}, columns"),
            as_array(variances, (k,), f"the variances: a vector of {k} numbers"),
        )
    except Mismatch as mismatch:
        mismatch.misconception = known
        raise


def has_three_parts(name):
    return lambda functions, X, k: parts_of(functions, name, X, k) and None


def has_the_mean(name):
    def test(functions, X, k):
        compare(parts_of(functions, name, X, k)[0], X.mean(axis=0), TOLERANCE)

    return test


def is_orthonormal(name):
    def test(functions, X, k):
        B = parts_of(functions, name, X, k)[1]
        compare(B.T @ B, np.eye(k), TOLERANCE, words=("BᵀB =\n", "BᵀB =\n"))

    return test


def keeps_most(name):
    def test(functions, X, k):
        _, B, _ = parts_of(functions, name, X, k)
        most = components_of(X, k)[2].sum()
        deviations = X - X.mean(axis=0)
        kept = ((deviations @ B) ** 2).sum() / len(X)
        if kept < most - TOLERANCE * (1 + most):
            raise Mismatch(
                f"a kept variance of {show(most)}, the most that can be kept with k = {k}",
                f"{show(kept)}, with the components\n{show(B)}",
            )

    return test


def has_the_variances(name):
    def test(functions, X, k):
        got = parts_of(functions, name, X, k)[2]
        wanted = components_of(X, k)[2]
        compare(got, wanted, TOLERANCE * (1 + wanted.max()))

    return test


def has_eigenvectors(name):
    def test(functions, X, k):
        _, B, variances = parts_of(functions, name, X, k)
        S = covariance_of(X)
        compare(B * variances, S @ B, TOLERANCE * (1 + np.abs(S).max()), ("S B =\n", "B Λ =\n"))

    return test


def is_guessed_back(functions, X, mean, B):
    got = as_array(functions.reconstruct(X, mean, B), X.shape, f"guesses of shape {X.shape}")
    compare(got, back(X, mean, B), TOLERANCE * (1 + np.abs(X).max()))


def fits_into_memory(functions, X, k):
    try:
        with memory_ceiling(600_000_000):
            parts = parts_of(functions, "pca_wide", X, k, seconds=10)
    except Mismatch as mismatch:
        if "memory" in mismatch.got.lower() or "allocate" in mismatch.got.lower():
            mismatch.misconception = LARGE
        mismatch.final = False
        raise
    compare(np.sort(parts[2])[::-1], components_of_wide(X, k)[2], 1e-6)


def leaves_alone(*names):
    def test(functions, *case):
        for name in names:
            guarded = getattr(functions, name)
            guarded(*case)
            if guarded.changed:
                raise Mismatch("what it was given, as it was", f"{name} wrote into it")

    return test


# The cases.


@st.composite
def tables(draw):
    """Draw a small table of whole numbers, sometimes with a constant feature."""
    d = draw(st.integers(2, 4))
    n = draw(st.integers(d + 1, d + 3))
    row = st.lists(st.integers(-3, 3), min_size=d, max_size=d)
    X = np.array(draw(st.lists(row, min_size=n, max_size=n)), dtype=float)
    return X + draw(st.sampled_from([0.0, 1.0, 5.0]))


def cloud(seed, n=9, d=4):
    """Return samples far from the origin with well separated variances."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    X = (2 * rng.standard_normal((n, d)) * 2.0 ** -np.arange(d)) @ Q + rng.uniform(4, 8, d)
    return X.round(1)  # as the reader is shown it


FEW = [(cloud(seed, n, d), k) for seed, n, d, k in ((0, 6, 3, 1), (1, 9, 4, 2), (2, 7, 5, 3))]
WIDE = [(cloud(seed, n, d), k) for seed, n, d, k in ((3, 3, 5, 1), (4, 5, 9, 2), (5, 6, 20, 3))]
HUGE = [(np.random.default_rng(6).standard_normal((40, 20_000)), 3)]

CONSTANTS = [np.array([[1.0, 5.0], [3.0, 5.0]]), np.insert(cloud(11, 6, 3), 1, 0.1, axis=1)]

with_k = tables().flatmap(lambda X: st.tuples(st.just(X), st.integers(1, X.shape[1])))


def _planes():
    cases = []
    for seed, k in ((7, 1), (8, 2)):
        X = cloud(seed, 5, 3)
        cases.append((X[:3] + 1, *components_of(X, k)[:2]))  # new data, old mean
    return cases


PLANES = _planes()


# The misconceptions.


def _like(name, model, cases):
    """Return a recogniser of functions that give, up to signs, what a wrong model gives."""

    def recognises(functions):
        for X, k in cases:
            _, B, variances = parts_of(functions, name, X, k)
            _, wrong_B, wrong_variances = model(X, k)
            if not np.allclose(variances, wrong_variances, rtol=1e-4, atol=1e-9):
                return False
            if not np.allclose(np.abs(B), np.abs(wrong_B), rtol=1e-4, atol=1e-6):
                return False
        return True

    return recognises


def _either(model):
    """Return a recogniser of the model behind `pca` or behind `pca_wide`."""
    tall, wide = _like("pca", model, FEW), _like("pca_wide", model, WIDE)

    def recognises(functions):
        for own in (tall, wide):
            try:
                if own(functions):
                    return True
            except Mismatch:
                continue
        return False

    return recognises


def _scaled(factor):
    """Return the model whose variances are off by a factor."""

    def model(X, k):
        mean, B, variances = components_of(X, k)
        return mean, B, factor(variances, *X.shape)

    return model


def _guess_like(*models):
    def recognises(functions):
        def same(model):
            return all(
                np.shape(got := functions.reconstruct(*case)) == np.shape(want := model(*case))
                and np.allclose(got, want, atol=1e-6)
                for case in PLANES
            )

        return any(same(model) for model in models)

    return recognises


def _normalised_like(*models):
    X = cloud(9, 6, 3)

    def recognises(functions):
        return any(np.allclose(functions.normalise(X), model(X), atol=1e-6) for model in models)

    return recognises


def _smallest(X, k):
    mean, B, variances = components_of(X, X.shape[1])
    order = np.argsort(variances)[:k]
    return mean, B[:, order], variances[order]


def _backwards(X, k):
    mean, B, variances = components_of(X, k)
    return mean, B[:, ::-1], variances[::-1]


def _rows_of_v(X, k):
    mean, B, variances = components_of(X, X.shape[1])
    return mean, B[:k].T, variances[:k]


def _rows_of_rising_v(X, k):
    mean, B, variances = components_of(X, X.shape[1])
    return mean, B[:, ::-1].T[:, ::-1][:, :k], variances[:k]


def _turned_rows(X, k):
    mean, B, variances = components_of(X, X.shape[1])
    return mean, B[::-1, ::-1][:, :k], variances[:k]


def _only_vectors_turned(X, k):
    return *components_of(X, k)[:2], _smallest(X, k)[2]


def _only_values_turned(X, k):
    return *_smallest(X, k)[:2], components_of(X, k)[2]


def _last_of_rising(X, k):
    return *_backwards(X, k)[:2], components_of(X, k)[2]


def _about(centre):
    """Return the model that subtracts something else than the features' means."""

    def model(X, k):
        away = X - centre(X)
        return components_of(X, k, away.T @ away / len(X))

    return model


def _from_the_bottom(functions):
    """Tell whether `pca_wide` took the smallest eigenvalues, the first of which is 0."""
    for X, k in WIDE:
        deviations = X - X.mean(axis=0)
        rising = np.linalg.eigvalsh(deviations @ deviations.T / len(X))
        if not np.allclose(parts_of(functions, "pca_wide", X, k)[2], rising[:k], atol=1e-9):
            return False
    return True


def _unsorted(functions):
    """Tell whether the eigenpairs are right, and come in another order."""
    rising = (np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), 1)  # eig leaves it so
    for name, cases in (("pca", [*FEW, rising]), ("pca_wide", WIDE)):
        try:
            triples = [(X, *parts_of(functions, name, X, k)[1:]) for X, k in cases]
        except Mismatch:
            continue
        pairs = all(np.allclose(covariance_of(X) @ B, B * v, atol=1e-6) for X, B, v in triples)
        if pairs and any(not np.allclose(v, components_of(X, len(v))[2]) for X, _, v in triples):
            return True
    return False


CONSTANT = Misconception(
    "division by a standard deviation of zero",
    "A feature that never changes, such as a pixel at the rim, has the standard deviation 0. "
    "Divide it by 1 instead: its deviations are 0 anyway.",
)
ROUNDED = Misconception(
    "a constant feature whose standard deviation is rounding error",
    "Equal numbers may have a standard deviation of 1e-17 instead of 0, which no comparison with 0 "
    "finds. Compare the largest and the smallest value of the feature.",
    lambda functions: _only_constants_are_wrong(functions),
)
CUSHION = Misconception(
    "a small number added to the standard deviation",
    "Every result then comes out a little too small. Treat constant features apart, and divide "
    "the others by their standard deviation itself.",
    lambda functions: _cushioned(functions),
)
BY_SAMPLE = Misconception(
    "the mean of each sample instead of each feature",
    "Samples are rows. The mean of a feature runs down a column: axis=0.",
    _normalised_like(
        lambda X: (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True),
        lambda X: (X - X.mean(axis=1, keepdims=True)) / X.std(axis=0),
    ),
)
ONE_NUMBER = Misconception(
    "one mean for the whole table",
    "X.mean() without an axis is a single number. Each feature has a mean of its own.",
    _normalised_like(lambda X: (X - X.mean()) / X.std(), lambda X: (X - X.mean()) / X.std(axis=0)),
)
SAMPLE_DEVIATION = Misconception(
    "divided by N - 1",
    "The lab's divisor is N. With N - 1 the standard deviations are a little larger.",
    _normalised_like(lambda X: (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)),
)
SQUARED = Misconception(
    "divided by the variance",
    "Divide by the standard deviation, the root of the variance: then the result has no unit.",
    _normalised_like(lambda X: (X - X.mean(axis=0)) / X.var(axis=0)),
)
AS_ROWS = Misconception(
    "components as rows",
    "Here the components are the columns of B, an array of shape (D, k). Return B.T.",
)
WRONG_AXIS = Misconception(
    "the covariance of the wrong axis",
    "Samples are rows, so the features' covariance matrix is XᵀX/N, of shape (D, D), and the "
    "mean runs over axis 0. np.cov needs rowvar=False.",
)
COMPLEX = Misconception(
    "complex numbers from eig",
    "np.linalg.eig does not know that the matrix is symmetric, and rounding may make its answer "
    "complex. Use np.linalg.eigh.",
)
UNCENTRED = Misconception(
    "the data are not centred",
    "Subtract the mean of each feature before you multiply. Otherwise the first direction points "
    "from the origin to the mean.",
    _either(lambda X, k: components_of(X, k, X.T @ X / len(X))),
)
ROW_MEANS = Misconception(
    BY_SAMPLE.name,
    BY_SAMPLE.advice,
    _either(_about(lambda X: X.mean(axis=1, keepdims=True))),
)
TABLE_MEAN = Misconception(ONE_NUMBER.name, ONE_NUMBER.advice, _either(_about(np.mean)))
ASCENDING = Misconception(
    "the smallest eigenvalues instead of the largest",
    "eigh returns the eigenvalues in ascending order: the components wanted stand last.",
    _either(_smallest),
)
BOTTOM = Misconception(
    ASCENDING.name,
    "eigh returns the eigenvalues in ascending order. The smallest one of XXᵀ is 0, and there is "
    "no component behind it.",
    _from_the_bottom,
)
ONE_TURNED = Misconception(
    "values and vectors in different orders",
    "An eigenvalue belongs to one eigenvector. Whatever you do to the order of the values, do to "
    "the columns of vectors as well.",
    lambda functions: any(
        _either(model)(functions)
        for model in (_only_vectors_turned, _only_values_turned, _last_of_rising)
    ),
)
TURNED_ROWS = Misconception(
    "the rows turned round instead of the columns",
    "The eigenvectors are columns. To turn round the rows, as vectors[::-1] does, puts the "
    "features into another order.",
    _either(_turned_rows),
)
BACKWARDS = Misconception(
    "ascending instead of descending order",
    "The right components in the wrong order: the one with the largest variance comes first.",
    _either(_backwards),
)
UNSORTED = Misconception(
    "unsorted eigenvalues",
    "eig returns eigenvalues in no particular order. Sort them, and the eigenvectors with them.",
    _unsorted,
)
ROWS_OF_V = Misconception(
    "eigenvectors read off the rows",
    "The eigenvectors are the columns of the matrix that eigh returns: V[:, i], not V[i]. (svd "
    "returns Vᵀ, where they are rows.)",
    lambda functions: _either(_rows_of_v)(functions) or _either(_rows_of_rising_v)(functions),
)
SAMPLE_VARIANCE = Misconception(
    "divided by N - 1",
    "The lab's divisor is N. The directions are the same, the variances a little larger.",
    _either(_scaled(lambda v, n, d: v * n / (n - 1))),
)
SCATTER = Misconception(
    "not divided by N",
    "XᵀX adds up the squares of all samples. The variance is their mean: divide by N.",
    _either(_scaled(lambda v, n, d: v * n)),
)
DIVIDED_BY_D = Misconception(
    "divided by the number of features",
    "A variance is a mean over the N samples, from whichever product it comes: divide by N.",
    _either(_scaled(lambda v, n, d: v * n / d)),
)
ROOTS = Misconception(
    "standard deviations instead of variances",
    "A variance is an eigenvalue of the covariance matrix, or the square of a singular value "
    "divided by N.",
    lambda functions: (
        _either(_scaled(lambda v, n, d: np.sqrt(np.maximum(v, 0))))(functions)
        or _either(_scaled(lambda v, n, d: np.sqrt(np.maximum(v * n, 0))))(functions)
    ),
)
SCALED_DATA = Misconception(
    "the features are standardised",
    "This function centres only. Whether to divide by the standard deviations is decided before.",
    _either(lambda X, k: components_of(X, k, covariance_of(standardised(X)))),
)
LONG = Misconception(
    "components that are not of length 1",
    "Xᵀu is an eigenvector, but its length is the root of N times the variance. Divide each "
    "column by its own length.",
    lambda functions: _long(functions),
)
U_FOR_V = Misconception(
    "the small eigenvectors instead of the components",
    "u has one entry for each sample: it is the recipe. The component is Xᵀu, divided by its "
    "length.",
)
SCORES_FOR_B = Misconception(
    "the scores instead of the components",
    "One number for each sample is a score. A component has one entry for each feature.",
)
LARGE = Misconception(
    "a D by D matrix for wide data",
    "With D = 20,000 it has 400 million entries. Only the N by N matrix XXᵀ is needed.",
)
OWN_MEAN = Misconception(
    "the mean of the new data",
    "Scores count from the mean that belongs to the components. Use the mean that is given.",
    _guess_like(
        lambda X, mean, B: X.mean(axis=0) + (X - X.mean(axis=0)) @ B @ B.T,
        lambda X, mean, B: mean + (X - X.mean(axis=0)) @ B @ B.T,
        lambda X, mean, B: X.mean(axis=0) + (X - mean) @ B @ B.T,
    ),
)
NO_MEAN_BACK = Misconception(
    "the mean is not added back",
    "The guess of a deviation is a deviation. Add the mean to get back to the data.",
    _guess_like(lambda X, mean, B: (X - mean) @ B @ B.T),
)
NOT_CENTRED = Misconception(
    "the mean is not subtracted",
    "Project deviations, X - mean, not X itself.",
    _guess_like(lambda X, mean, B: X @ B @ B.T, lambda X, mean, B: mean + X @ B @ B.T),
)
SCORES = Misconception(
    "the scores instead of the guesses",
    "(X - mean) @ B has k numbers a sample. Multiply by B.T to come back to D, and add the mean.",
    _guess_like(lambda X, mean, B: (X - mean) @ B),
)


FOR_ONE_COLUMN = Misconception(
    "the product for one sample as a column",
    "BBᵀ(x − μ) takes a sample as a column. Here the samples are rows: transpose the product, and "
    "its factors change their order.",
    _guess_like(lambda X, mean, B: mean + B @ B.T @ (X - mean)),
)


def _cushioned(functions):
    X = cloud(9, 6, 3)
    extra = X.std(axis=0) * (standardised(X) / functions.normalise(X) - 1)
    return extra.min() > 0 and np.allclose(extra, extra.mean(), rtol=1e-2, atol=0)


def _only_constants_are_wrong(functions):
    for X in CONSTANTS:
        got, varies = functions.normalise(X), np.ptp(X, axis=0) > 0
        if not np.isfinite(got).all():
            return False
        if not np.allclose(got[:, varies], standardised(X)[:, varies]):
            return False
    return True


def _long(functions):
    squares = []
    for X, k in WIDE:
        _, B, _ = parts_of(functions, "pca_wide", X, k)
        if np.allclose(np.linalg.norm(B, axis=1), 1):  # the length along the wrong axis
            return True
        gram = B.T @ B
        if not np.allclose(gram, np.diag(np.diag(gram)), atol=1e-8 * gram.max()):
            return False
        squares.extend(np.diag(gram))
    return not np.allclose(squares, 1)


DIRECTIONS = (
    *(UNCENTRED, ROW_MEANS, TABLE_MEAN, ASCENDING, ONE_TURNED),
    *(TURNED_ROWS, ROWS_OF_V, SCALED_DATA, UNSORTED),
)
VARIANCES = (SAMPLE_VARIANCE, SCATTER, DIVIDED_BY_D, ROOTS, BACKWARDS, *DIRECTIONS)


def _for(name, few, many):
    """Return the properties that `pca` and `pca_wide` share."""
    three = f"{name} returns the mean, the components and the variances"
    unit = f"{name}'s components are orthonormal columns"
    most = f"{name}'s components keep the most variance"
    right = f"{name}'s variances are right, the largest first"
    return [
        Property(three, has_three_parts(name), few),
        Property(f"{name}'s mean is right", has_the_mean(name), few, needs=(three,)),
        Property(
            unit,
            is_orthonormal(name),
            many,
            needs=(three,),
            misconceptions=(BOTTOM, LONG),
            examples=20,
        ),
        Property(
            most, keeps_most(name), many, needs=(unit,), misconceptions=DIRECTIONS, examples=30
        ),
        Property(
            right,
            has_the_variances(name),
            many,
            needs=(three, most),
            misconceptions=VARIANCES,
            examples=30,
        ),
        Property(
            f"{name}'s components are eigenvectors, each with its variance",
            has_eigenvectors(name),
            many,
            needs=(right,),
            misconceptions=(BACKWARDS, ONE_TURNED),
            examples=20,
        ),
        Property(f"{name} leaves its argument alone", leaves_alone(name), few[:1], needs=(three,)),
    ]


PROPERTIES = [
    Property(
        "normalise gives every feature mean 0 and standard deviation 1",
        is_standard,
        [(cloud(9, 6, 3),), (cloud(10, 5, 2),)],
        misconceptions=(CUSHION, BY_SAMPLE, ONE_NUMBER, SAMPLE_DEVIATION, SQUARED),
        arguments=("X",),
    ),
    Property(
        "and a constant feature becomes 0",
        is_standard,
        [(X,) for X in CONSTANTS],
        needs=("normalise gives every feature mean 0 and standard deviation 1",),
        misconceptions=(CONSTANT, ROUNDED),
        arguments=("X",),
    ),
    Property(
        "normalise leaves its argument alone",
        leaves_alone("normalise"),
        [(cloud(9, 6, 3),)],
        needs=("normalise gives every feature mean 0 and standard deviation 1",),
        arguments=("X",),
    ),
    *_for("pca", FEW, with_k),
    Property(
        "reconstruct guesses back, for new data too",
        is_guessed_back,
        PLANES,
        misconceptions=(OWN_MEAN, NO_MEAN_BACK, NOT_CENTRED, SCORES, FOR_ONE_COLUMN),
        arguments=("X", "mean", "B"),
    ),
    Property(
        "reconstruct leaves its arguments alone",
        leaves_alone("reconstruct"),
        PLANES[:1],
        needs=("reconstruct guesses back, for new data too",),
        arguments=("X", "mean", "B"),
    ),
    *_for("pca_wide", WIDE, WIDE),
    Property(
        "pca_wide takes 40 samples of 20,000 features",
        fits_into_memory,
        HUGE,
        needs=("pca_wide's variances are right, the largest first",),
        misconceptions=(LARGE,),
    ),
]


def check_pca_mnist(*, normalise=None, pca=None, reconstruct=None, pca_wide=None):
    """Check the four functions of the PCA lab; those not given fail.

    Parameters
    ----------
    normalise : callable
        ``normalise(X)`` returns deviations from the features' means in units of their
        standard deviations (divisor N), shape of X; constant features become 0.
    pca : callable
        ``pca(X, k)`` returns ``(mean, B, variances)``: shapes (D,), (D, k) and (k,), the
        components as columns, the variances (divisor N) descending.
    reconstruct : callable
        ``reconstruct(X, mean, B)`` returns the guesses from k scores, shape of X.
    pca_wide : callable
        As `pca`, for X with far more features than samples.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> check_pca_mnist(
    ...     normalise=standardised, pca=components_of, reconstruct=back,
    ...     pca_wide=components_of_wide,
    ... ).passed
    True
    """
    functions = {
        "normalise": normalise,
        "pca": pca,
        "reconstruct": reconstruct,
        "pca_wide": pca_wide,
    }
    return run("normalise, pca, reconstruct, pca_wide", functions, PROPERTIES, ("X", "k"))

"""Mean and covariance of ten million rows that lie far from zero, in batches.

The data are normal numbers, mixed by a matrix, plus 1e9, and are handed out in batches of
10,000 rows; the two-pass formula sees all of them at once, and makes a copy of the size of the
data. The distance is the largest error of an entry of the covariance matrix, relative to the
largest entry; the reference subtracts 1e9 first, which rounds nothing. The floor adds up the
data once.
"""

import numpy as np

from benchmarks.frame import Case
from mml.pca import RunningStatistics

PACKAGES = ("mml", "numpy")
ROWS, FEATURES, BATCH, OFFSET = 10_000_000, 10, 10_000, 1e9


def batches(X):
    """Yield the rows of X in batches."""
    for start in range(0, len(X), BATCH):
        yield X[start : start + BATCH]


def running(X):
    """Merge the batches' statistics."""
    statistics = RunningStatistics()
    for batch in batches(X):
        statistics.update(batch)
    return statistics.covariance


def two_pass(X):
    """First the mean, then the deviations from it."""
    deviations = X - X.mean(axis=0)
    return deviations.T @ deviations / len(X)


def textbook(X):
    """Return the mean of the squares less the square of the mean: one pass, and wrong here."""
    total, squares = 0.0, 0.0
    for batch in batches(X):
        total = total + batch.sum(axis=0)
        squares = squares + batch.T @ batch
    mean = total / len(X)
    return squares / len(X) - np.outer(mean, mean)


def cases():
    """Yield the one case."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((ROWS, FEATURES))
    X = X @ (np.eye(FEATURES) + 0.3 * rng.standard_normal((FEATURES, FEATURES)))
    X += OFFSET
    reference = two_pass(X - OFFSET)
    size = np.abs(reference).max()
    yield Case(
        name=f"mean and covariance of {ROWS:,} rows, {FEATURES} features, offset 1e9",
        runs={
            "mml, in batches": lambda: running(X),
            "numpy, two passes over all": lambda: two_pass(X),
            "textbook formula, in batches": lambda: textbook(X),
        },
        distance=lambda S: np.abs(S - reference).max() / size,
        within=1e-6,
        limit=lambda: X.sum(),
        limit_name="floor: all entries added up once",
        repeats=7,
    )

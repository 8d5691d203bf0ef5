"""Chapter 12: mean, variance and covariance of a data set, in one piece or in batches.

Samples are rows. All sums are taken of *deviations*: first from a sample, then from the
mean of a block. So a large offset in the data costs no digits.
"""

import operator

import numpy as np

from mml._validation import as_array, as_count, as_matrix, as_square, as_vector

# --- helpers ------------------------------------------------------------------------


def _as_samples(X, name):
    """Return X as a matrix with one sample a row; a 1-D array is one feature."""
    X = as_array(X, name)
    if X.ndim == 1:
        return X[:, None]
    if X.ndim != 2:
        raise ValueError(
            f"{name} must have one sample a row (2-D), or be 1-D, got shape {X.shape}: "
            f"flatten what belongs to one sample, as in {name}.reshape(len({name}), -1)"
        )
    return X


def _divisor(count, ddof):
    """Return count − ddof, which must be positive."""
    ddof = as_count(ddof, "ddof")
    if count <= ddof:
        raise ValueError(f"X must have more than ddof = {ddof} samples, got {count}")
    return count - ddof


def _tamed(X):
    """Return Y, e with X = Y · 2**e column by column, exactly, so that squares stay in range.

    Nothing is changed where all entries are harmless.
    """
    largest = np.maximum(X.max(axis=0), -X.min(axis=0)).astype(float)
    exponents = np.frexp(largest)[1]
    wild = (np.abs(exponents) > 400) & (largest > 0)  # beyond 1e±120
    if not wild.any():
        return X, np.zeros(X.shape[1], dtype=int)
    exponents = np.where(wild, exponents, 0)
    return np.ldexp(X.astype(float), -exponents), exponents


def _blocks(X):
    """Yield X in blocks of rows that fit into the processor's cache, if the columns do."""
    features = X.shape[1]
    rows = max(2**14 // features, min(4 * features, 2**22 // features), 64)
    for start in range(0, len(X), rows):
        yield X[start : start + rows]


def _centred(block, origin):
    """Return the deviations from the mean, and the mean, from `origin`."""
    deviations = np.subtract(block, origin, dtype=float)
    shift = np.ones(len(block)) @ deviations / len(block)
    deviations -= shift
    return deviations, shift


# --- a data set in one piece --------------------------------------------------------


def mean(X):
    r"""Return the mean of a data set, feature by feature (:eq:`eq-def-mean`).

    .. math:: \bar{x} = \frac1N \sum_{n=1}^{N} x_n

    Parameters
    ----------
    X : array_like, shape (N, D) or (N,)
        One sample a row. A 1-D array holds N samples of one feature.

    Returns
    -------
    ndarray, shape (D,)
        In the units of X.

    Raises
    ------
    ValueError
        If X is empty, not finite, not real, or has more than two dimensions.

    Notes
    -----
    The mean of the deviations from the first sample is added to that sample: what the
    samples share is not summed N times.

    Examples
    --------
    >>> mean([[1, 10], [2, 20], [6, 60]])
    array([ 3., 30.])
    >>> mean([1, 2, 6])
    array([3.])
    """
    X, exponents = _tamed(_as_samples(X, "X"))
    origin = X[0].astype(float)
    total = sum(
        np.ones(len(block)) @ np.subtract(block, origin, dtype=float) for block in _blocks(X)
    )
    return np.ldexp(origin + total / len(X), exponents)


def variance(X, *, ddof=0):
    r"""Return the variance of each feature (:eq:`eq-def-variance`).

    .. math:: \operatorname{Var} = \frac{1}{N - \text{ddof}} \sum_{n=1}^{N} (x_n - \bar{x})^2

    Parameters
    ----------
    X : array_like, shape (N, D) or (N,)
        One sample a row. A 1-D array holds N samples of one feature.
    ddof : int
        0 describes these N samples; 1 estimates the variance of what they were drawn from.

    Returns
    -------
    ndarray, shape (D,)
        In the units of X, squared. A constant feature has the variance 0, exactly; one
        beyond the range of floats is inf.

    Raises
    ------
    ValueError
        If X is empty, not finite, not real, has more than two dimensions, or has no more
        than `ddof` samples.

    Examples
    --------
    >>> variance([1, 2, 6]), variance([1, 2, 6], ddof=1)
    (array([4.66666667]), array([7.]))
    """
    X = _as_samples(X, "X")
    divisor = _divisor(len(X), ddof)
    X, exponents = _tamed(X)
    middle = mean(X)
    squares, rest = 0.0, 0.0
    for block in _blocks(X):
        deviations = np.subtract(block, middle, dtype=float)
        squares += np.einsum("nd,nd->d", deviations, deviations)
        rest += np.ones(len(block)) @ deviations  # zero but for the rounding of the mean
    squares -= rest**2 / len(X)
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(squares / divisor, 2 * exponents)


def covariance(X, *, ddof=0):
    r"""Return the covariance matrix of a data set (:eq:`eq-def-covariance-matrix`).

    .. math:: S = \frac{1}{N - \text{ddof}} \sum_{n=1}^{N}
              (x_n - \bar{x})(x_n - \bar{x})^\mathsf{T}

    Parameters
    ----------
    X : array_like, shape (N, D) or (N,)
        One sample a row. A 1-D array holds N samples of one feature.
    ddof : int
        0 describes these N samples; 1 estimates the covariance of what they were drawn
        from. (`numpy.cov` takes 1 unless told, and samples as columns.)

    Returns
    -------
    ndarray, shape (D, D)
        Symmetric to the last bit; entry (i, j) in the units of feature i times those of j,
        and ±inf beyond the range of floats.

    Raises
    ------
    ValueError
        If X is empty, not finite, not real, has more than two dimensions, or has no more
        than `ddof` samples.

    Notes
    -----
    Floats are read in blocks, so that no second copy of them is made. Whole numbers are
    turned into floats first, and entries beyond 1e±120 rescaled, each in a copy.

    References
    ----------
    T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample
    variance", *The American Statistician* 37 (1983), 242-247.

    Examples
    --------
    >>> covariance([[1, 2], [5, 4]])
    array([[4., 2.],
           [2., 1.]])
    """
    X = _as_samples(X, "X")
    divisor = _divisor(len(X), ddof)
    X, exponents = _tamed(X)
    scatter = RunningStatistics().update(X)._scatter
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(scatter / divisor, exponents[:, None] + exponents)


# --- what a linear map and a shift do to them ---------------------------------------


def affine_mean(mean, A, b):
    r"""Return the mean of the data after y = A x + b (:eq:`eq-affine-mean`).

    .. math:: \bar{y} = A \bar{x} + b

    Parameters
    ----------
    mean : array_like, shape (D,)
        The mean of the data before.
    A : array_like, shape (M, D)
        The linear map; it need not be square.
    b : array_like, shape (M,)
        The shift.

    Returns
    -------
    ndarray, shape (M,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or an entry is not finite.

    Examples
    --------
    >>> affine_mean([1, 2], [[1, 1], [0, 3]], [10, 0])
    array([13.,  6.])
    """
    mean, A = as_vector(mean, "mean"), as_matrix(A, "A")
    b = as_vector(b, "b")
    if A.shape != (len(b), len(mean)):
        raise ValueError(
            f"A must have shape ({len(b)}, {len(mean)}) to map mean {mean.shape} and add "
            f"b {b.shape}, got {A.shape}"
        )
    mean, A, b = mean.astype(float), A.astype(float), b.astype(float)
    return A @ mean + b


def affine_covariance(S, A):
    r"""Return the covariance matrix of the data after y = A x + b (:eq:`eq-affine-covariance`).

    .. math:: S_y = A S A^\mathsf{T}

    The shift b moves the mean and leaves the spread alone, so it is not asked for.

    Parameters
    ----------
    S : array_like, shape (D, D)
        The covariance matrix of the data before, symmetric up to 1e-10 of its largest entry
        (1e-5 for float32).
    A : array_like, shape (M, D)
        The linear map; it need not be square.

    Returns
    -------
    ndarray, shape (M, M)
        Symmetric to the last bit.

    Raises
    ------
    ValueError
        If S is not square or not symmetric, the shapes do not fit, or an entry is not
        finite.

    Examples
    --------
    >>> affine_covariance([[2, 0], [0, 3]], [[1, 1], [0, 2]])
    array([[ 5.,  6.],
           [ 6., 12.]])
    """
    S, A = as_square(S, "S"), as_matrix(A, "A")
    if A.shape[1] != len(S):
        raise ValueError(f"A must have {len(S)} columns to fit S {S.shape}, got shape {A.shape}")
    rtol = 1e-5 if S.dtype == np.float32 else 1e-10
    gap = np.abs(S - S.T)
    if gap.max() > rtol * np.abs(S).max():
        i, j = map(int, np.unravel_index(gap.argmax(), gap.shape))
        raise ValueError(
            f"S must be symmetric, got S[{i}, {j}] = {S[i, j]:g} and S[{j}, {i}] = {S[j, i]:g}"
        )
    S, A = S.astype(float), A.astype(float)
    mapped = A @ S @ A.T
    return (mapped + mapped.T) / 2


# --- a data set in batches ----------------------------------------------------------


class RunningStatistics:
    r"""Mean and covariance of data that come in batches, each seen once.

    Kept are the number of samples, their mean and the *scatter*, the sum of
    (x − x̄)(x − x̄)ᵀ. Two such summaries are merged by :eq:`eq-merge-mean` and
    :eq:`eq-merge-scatter`:

    .. math:: \delta = \bar{x}_b - \bar{x}_a, \qquad
              \bar{x} = \bar{x}_a + \frac{N_b}{N}\,\delta, \qquad
              M = M_a + M_b + \frac{N_a N_b}{N}\, \delta \delta^\mathsf{T}

    No large squares are subtracted from each other, so that data far from zero lose no
    digits. Deviations below 1e-154 lose some, as their squares are too small for floats.
    Memory: D² numbers, and one block of rows.

    References
    ----------
    T. F. Chan, G. H. Golub and R. J. LeVeque, "Algorithms for computing the sample
    variance", *The American Statistician* 37 (1983), 242-247.

    Examples
    --------
    >>> statistics = RunningStatistics().update([[1, 2], [5, 4]])
    >>> statistics.update([[3, 6]]).count
    3
    >>> statistics.mean
    array([3., 4.])
    >>> statistics.covariance * 3
    array([[8., 4.],
           [4., 8.]])
    """

    def __init__(self):
        self._count = 0
        self._origin = None  # the first sample; the mean is counted from here
        self._offset = None
        self._scatter = None

    def update(self, batch):
        """Take in a batch of samples.

        Parameters
        ----------
        batch : array_like, shape (N, D) or (N,)
            One sample a row; D is that of the first batch. A 1-D array holds N samples of one
            feature.

        Returns
        -------
        RunningStatistics
            This one.

        Raises
        ------
        ValueError
            If the batch is empty, not finite, not real, has more than two dimensions, or
            has another number of features.
        OverflowError
            If a sum of squares is beyond the range of floats. Nothing is taken in then.
        """
        batch = _as_samples(batch, "batch")
        self._expect(batch.shape[1], "batch")
        origin = batch[0].astype(float) if self._count == 0 else self._origin
        state = self._count, self._offset, self._scatter
        with np.errstate(over="ignore", invalid="ignore"):
            for block in _blocks(batch):
                deviations, shift = _centred(block, origin)
                rest = np.ones(len(block)) @ deviations  # zero but for rounding
                scatter = deviations.T @ deviations - np.outer(rest, rest) / len(block)
                state = _merged(*state, len(block), shift + rest / len(block), scatter)
        self._adopt(origin, *state)
        return self

    def merge(self, other):
        """Take in what another one has seen, as if its batches had come here.

        Parameters
        ----------
        other : RunningStatistics
            With the same number of features. It stays as it is.

        Returns
        -------
        RunningStatistics
            This one.

        Raises
        ------
        ValueError
            If `other` is something else, or has another number of features.
        OverflowError
            If a sum of squares is beyond the range of floats. Nothing is taken in then.
        """
        if not isinstance(other, RunningStatistics):
            raise ValueError(f"other must be a RunningStatistics, got {type(other).__name__}")
        if other._count == 0:
            return self
        self._expect(len(other._origin), "other")
        origin = other._origin if self._count == 0 else self._origin
        with np.errstate(over="ignore", invalid="ignore"):
            offset = (other._origin - origin) + other._offset
            state = _merged(
                self._count, self._offset, self._scatter, other._count, offset, other._scatter
            )
        self._adopt(origin, *state)
        return self

    @property
    def count(self):
        """The number of samples seen."""
        return self._count

    @property
    def mean(self):
        """The mean of all samples seen, shape (D,)."""
        self._need_samples()
        return self._origin + self._offset

    @property
    def variance(self):
        """The variance of each feature (divisor N), shape (D,)."""
        self._need_samples()
        return np.diag(self._scatter) / self._count

    @property
    def covariance(self):
        """The covariance matrix of all samples seen (divisor N), shape (D, D)."""
        self._need_samples()
        return self._scatter / self._count

    def __repr__(self):
        if self._count == 0:
            return "RunningStatistics(no samples yet)"
        return f"RunningStatistics({self._count:,} samples of {len(self._origin)} features)"

    def _need_samples(self):
        if self._count == 0:
            raise ValueError("no samples yet: call update first")

    def _expect(self, features, name):
        if self._count and features != len(self._origin):
            raise ValueError(f"{name} must have {len(self._origin)} features, got {features}")

    def _adopt(self, origin, count, offset, scatter):
        if not (np.isfinite(offset).all() and np.isfinite(scatter).all()):
            raise OverflowError("a sum of squares is beyond the range of floats: rescale the data")
        self._count, self._origin = operator.index(count), origin
        self._offset, self._scatter = offset, scatter


def _merged(count_a, mean_a, scatter_a, count_b, mean_b, scatter_b):
    """Return count, mean and scatter of two sets of samples taken together."""
    if count_a == 0:
        return count_b, mean_b, scatter_b.copy()
    count = count_a + count_b
    delta = mean_b - mean_a
    mean = mean_a + delta * (count_b / count)
    between = np.outer(delta, delta) * (count_a * (count_b / count))
    scatter = scatter_a + scatter_b + between
    return count, mean, scatter

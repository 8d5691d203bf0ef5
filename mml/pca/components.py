"""Chapter 15: principal component analysis, in five forms, and its probabilistic model.

Samples are rows, components are rows of `components_`, as in scikit-learn, whose estimator
interface both classes have. All forms solve one problem; they differ in what they
multiply and in how much they keep in memory.
"""

import numpy as np
import scipy.linalg
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import assert_all_finite
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from mml._validation import as_count

METHODS = ("auto", "covariance", "svd", "dual", "randomised", "streaming")
BATCH = 1000  # rows that are worked on at a time
FLOATS = (np.float64, np.float32)  # input of these types is not converted
EPS = np.finfo(float).eps
RANGE = {np.float64: (1e-250, 1e250), np.float32: (1e-25, 1e30)}  # of sums of squares


# --- sums of squares and products ---------------------------------------------------


def _column_means(X):
    """Return the mean of each column, as one product with a vector of ones."""
    return np.ones(len(X), X.dtype) @ X / X.dtype.type(len(X))


def _scatter(X):
    """Return the mean (D,) and the scatter XᵀX − N μμᵀ, in double precision.

    Nothing is centred where that costs no digits; a thousand rows say whether to try it, the
    sums themselves whether it was right.
    """
    few = X[:: -(-len(X) // BATCH)].astype(float)
    if _mostly_spread(np.vdot(few, few), len(few), few.mean(axis=0)):
        mean, products = _products(X)
        if _mostly_spread(np.trace(products), len(X), mean):
            products -= np.outer(len(X) * mean, mean)
            return mean, products
    shift = _column_means(X)  # near the mean is enough: what is left over is corrected
    rest, products = _products(X, shift)
    products -= np.outer(len(X) * rest, rest)
    return shift + rest, products


def _mostly_spread(total, n, mean):
    """Return whether taking n‖mean‖² from a sum of squares at most doubles its rounding error."""
    return total - n * (mean @ mean) > 0.5 * total


def _products(X, shift=None):
    """Return the mean and the scatter about 0 of X, or of X − shift.

    One call where nothing is shifted in double precision: NumPy computes half and mirrors it.
    Else blocks of rows, each in the precision of X, are summed up in double.
    """
    if shift is None and X.dtype == np.float64:
        return _column_means(X), X.T @ X
    total, products = np.zeros(X.shape[1]), np.zeros((X.shape[1],) * 2)
    space = None if shift is None else np.empty((2 * BATCH, X.shape[1]), X.dtype)
    product = np.empty_like(products, dtype=X.dtype)  # both are written again and again
    for start in range(0, len(X), 2 * BATCH):
        block = X[start : start + 2 * BATCH]
        if shift is not None:
            block = np.subtract(block, shift, out=space[: len(block)])
        total += np.ones(len(block), block.dtype) @ block
        products += np.matmul(block.T, block, out=product)
    return total / len(X), products


class _Stream:
    r"""Count, mean and scatter of batches: `RunningStatistics` for many features, in place.

    The scatter is kept as the triangle that LAPACK reads, and BLAS adds to it where it
    stands: the batch's own, XᵀX of the centred batch, and what :eq:`eq-merge-scatter` adds for the
    distance δ of the two means, N_a N_b / N times δδᵀ.
    """

    def __init__(self, features):
        self.count, self.mean = 0, np.zeros(features)
        self.scatter = np.zeros((features, features), order="F")

    def update(self, batch):
        n, total = len(batch), self.count + len(batch)
        delta = batch.mean(axis=0, dtype=float) - self.mean
        block = batch - (self.mean + delta)
        rest = np.ones(n) @ block  # zero but for the rounding of the mean
        syrk, syr = scipy.linalg.blas.dsyrk, scipy.linalg.blas.dsyr
        self.scatter = syrk(1.0, block.T, beta=1.0, c=self.scatter, lower=1, overwrite_c=1)
        weight = self.count * n / total
        self.scatter = syr(-1.0 / n, rest, lower=1, a=self.scatter, overwrite_a=1)
        delta += rest / n
        self.scatter = syr(weight, delta, lower=1, a=self.scatter, overwrite_a=1)
        self.mean = self.mean + delta * (n / total)
        self.count = total


def _dual_scatter(X):
    r"""Return the mean (D,), or None, and the inner products of the centred samples (N, N).

    .. math:: H X X^\mathsf{T} H, \qquad H = I - \tfrac1N \mathbf{1}\mathbf{1}^\mathsf{T}

    The small matrix is centred, not the data, unless that would cost digits: then no mean
    was needed, and None stands for it.
    """
    if X.dtype == np.float64:
        gram = X @ X.T
        rows = gram.mean(axis=0)
        total = np.trace(gram)
        if total - rows.sum() > 0.1 * total:
            return None, _centred_twice(gram, rows)
    mean = X.mean(axis=0, dtype=float)
    gram = np.zeros((len(X), len(X)))
    for _, block in _centred_columns(X, mean):
        gram += block @ block.T
    return mean, _centred_twice(gram, gram.mean(axis=0))


def _centred_twice(gram, rows):
    """Return H G H in the place of G; `rows` are the means of its rows."""
    gram -= rows
    gram -= rows[:, None]
    gram += rows.mean()
    return gram


def _centred_columns(X, mean):
    """Yield slices of the features, and their centred columns."""
    for start in range(0, X.shape[1], 2 * BATCH):
        columns = slice(start, start + 2 * BATCH)
        yield columns, X[:, columns] - mean[columns].astype(X.dtype)


# --- eigenvectors -------------------------------------------------------------------


class _OutOfRangeError(Exception):
    """Squares of the data are too large or too small for floats."""


def _in_range(total, dtype):
    """Return a sum of squares, which must be far from the ends of the range of floats."""
    total = float(total)
    if not RANGE[dtype.type][0] < total < RANGE[dtype.type][1]:
        raise _OutOfRangeError
    return total


def _leading(S, k):
    """Return the k largest eigenvalues, descending, and their eigenvectors as columns.

    Only the lower triangle of S is read, and S is written over.
    """
    n = len(S)
    zeros = np.flatnonzero(np.diag(S) == 0)  # features that do not vary, or samples at the mean
    zeros = zeros[~(S[zeros].any(axis=1) | S[:, zeros].any(axis=0))]
    if 0 < len(zeros) <= n - k:  # zero rows of S are zeros in the other eigenvectors
        rest = np.setdiff1d(np.arange(n), zeros)
        values, vectors = _leading(S.take(rest, 0).take(rest, 1), k)
        padded = np.zeros((n, k))
        padded[rest] = vectors
        return values, padded
    if k >= n // 2:
        values, vectors = np.linalg.eigh(S)
    else:  # LAPACK's matrices lie column by column: rows of S are columns of its transpose
        values, vectors = scipy.linalg.eigh(
            S.T, lower=False, subset_by_index=[n - k, n - 1], overwrite_a=True, check_finite=False
        )
    return values[::-1][:k], vectors[:, ::-1][:, :k]


def _oriented(components):
    """Give the rows, in place, signs such that the entry of largest magnitude is positive.

    Among entries that tie to ten digits the first decides, so that rounding does not.
    """
    for row in components:
        size = np.abs(row)
        if row[np.argmax(size >= (1 - 1e-10) * size.max())] < 0:
            row *= -1
    return components


# --- the forms ------------------------------------------------------------------------
#
# Each takes (X, k, seed), with k at most min(N, D), and returns the mean, the k largest
# eigenvalues of the scatter, the components as rows, and the trace of the scatter.


def _by_covariance(X, k, seed):
    """Solve the eigenproblem of the D × D scatter."""
    mean, scatter = _scatter(X)
    total = _in_range(np.trace(scatter), X.dtype)
    values, vectors = _leading(scatter, k)
    return mean, values, vectors.T, total


def _by_dual(X, k, seed):
    """Solve the eigenproblem of the N × N inner products; v = Xᵀu / ‖Xᵀu‖."""
    mean, gram = _dual_scatter(X)
    total = _in_range(np.trace(gram), X.dtype)
    values, u = _leading(gram, k)
    u = u.astype(X.dtype)
    if mean is None:  # with the components' product, so that X is read once less
        u -= u.mean(axis=0)  # zero but for rounding: in place of centring X
        rows = np.vstack([u.T, np.full(len(X), 1 / len(X))]) @ X
        rows, mean = rows[:-1], rows[-1].copy()
    else:
        rows = np.empty((k, X.shape[1]), X.dtype)
        for columns, block in _centred_columns(X, mean):
            rows[:, columns] = u.T @ block
    if values[-1] > 1e-4 * values[0]:
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return mean, values, rows, total
    # Rounding tilts the vectors of small eigenvalues, and says nothing of those of zero ones.
    Q, R = np.linalg.qr(rows.T)
    return mean, values, (Q * np.where(np.diag(R) < 0, -1, 1)).T, total


def _by_svd(X, k, seed):
    """Take the singular values of the centred data: no product squares their ratio."""
    mean = X.mean(axis=0, dtype=float)
    centred = (X - mean).astype(X.dtype, copy=False)
    _in_range(np.vdot(centred, centred), X.dtype)
    _, sizes, rows = scipy.linalg.svd(
        centred, full_matrices=False, overwrite_a=True, check_finite=False
    )
    values = sizes.astype(float) ** 2
    return mean, values[:k], rows[:k], values.sum()


def _by_random_projection(X, k, seed, *, oversampling=20, passes=7):
    """Iterate on the span of a few random combinations of the samples (Halko and others)."""
    mean = X.mean(axis=0, dtype=float)
    centred = (X - mean).astype(X.dtype, copy=False)
    total = _in_range(np.vdot(centred, centred), X.dtype)
    width = min(k + oversampling, *X.shape)
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((X.shape[1], width)).astype(X.dtype)
    for _ in range(passes):
        basis = np.linalg.qr(centred.T @ (centred @ np.linalg.qr(basis)[0]))[0]
    left = np.linalg.qr(centred @ basis)[0]
    _, sizes, rows = scipy.linalg.svd(left.T @ centred, full_matrices=False, check_finite=False)
    return mean, sizes[:k].astype(float) ** 2, rows[:k], total


_FORMS = {
    "covariance": _by_covariance,
    "dual": _by_dual,
    "svd": _by_svd,
    "randomised": _by_random_projection,
}


def _exponent(X):
    """Return the power of two just above the largest magnitude; 0 for zeros."""
    largest = max(float(X.max()), -float(X.min()))
    return int(np.frexp(largest)[1]) if largest > 0 else 0


def _solve(form, X, k, seed):
    """Return what the form returns, and e: the data were X · 2**-e, exactly, where need be."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        try:
            return *form(X, k, seed), 0
        except _OutOfRangeError:
            assert_all_finite(X, estimator_name="PCA", input_name="X")
            exponent = _exponent(X)
            Y = np.ldexp(X, -exponent)
            try:
                return *form(Y, k, seed), exponent
            except _OutOfRangeError:  # no variance at all
                mean = Y.mean(axis=0, dtype=float)
                return mean, np.zeros(k), np.eye(k, X.shape[1]), 0.0, exponent


# --- the estimators -----------------------------------------------------------------


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""Principal component analysis: the directions in which data vary most.

    The components are the unit eigenvectors of the covariance matrix in the order of their
    eigenvalues (:eq:`eq-pca-eigen`). Projecting on the first k of them keeps the most variance
    that a subspace of dimension k can keep, and loses the least squared distance.

    .. math:: S b_i = \lambda_i b_i, \qquad z = B^\mathsf{T} (x - \mu), \qquad
              \tilde{x} = \mu + B z

    Parameters
    ----------
    n_components : int, float or None
        How many components to keep: a whole number k from 1 to min(N, D); or a share between
        0 and 1 of the variance, for as few as keep it; None for min(N, D).
    method : {"auto", "covariance", "svd", "dual", "randomised", "streaming"}
        "covariance" solves the D × D eigenproblem, with N D² operations before it;
        "dual" the N × N one, for D > N;
        "svd" decomposes the centred data: slower, but variances far below 1e-16 of the largest
        are still right;
        "randomised" iterates on k + 20 random directions: for a few components of data with
        both N and D large. Its values are approximate, least so where they fall steeply;
        "streaming" is "covariance" with the data in batches, by `partial_fit`, in memory
        for D² numbers and a batch.
        "auto" is "dual" where N < D and else "covariance".
    whiten : bool
        Whether to divide each coordinate of `transform` by its standard deviation.
    seed : int, optional
        For "randomised": the same seed gives the same answer.

    Attributes
    ----------
    components_ : ndarray, shape (k, D)
        One component a row: unit vectors at right angles to each other, the entry of largest
        magnitude positive.
    explained_variance_ : ndarray, shape (k,)
        The variances along them (divisor N − 1), descending.
    explained_variance_ratio_ : ndarray, shape (k,)
        Their shares of the total variance.
    singular_values_ : ndarray, shape (k,)
        Of the centred data: the square roots of (N − 1) times the variances.
    mean_ : ndarray, shape (D,)
        The mean of the data.
    noise_variance_ : float
        The mean of the variances left out; 0 where none are.
    n_components_, n_samples_, n_features_in_ : int
        k, N and D.

    Raises
    ------
    ValueError
        By `fit`: if X is not a finite real matrix with at least two samples, if
        `n_components` is none of the above, or the method has another name.
    OverflowError
        When an attribute is asked for, with method="streaming", if later batches are so much
        larger than the first that their squares are beyond the range of floats.

    Notes
    -----
    *Beyond the rank.* Where the data span fewer than k dimensions, a variance that is
    rounding error (relative to the largest, at most ε times the order of the eigenproblem; 16 ε
    for float32 if that is more; for "svd" the square of order times ε) is set to 0.
    The components that belong to it are unit
    vectors at right angles to the others and to each other, but no more than that is known
    of them; whitened coordinates along them are 0.

    *Precision.* float32 data are neither converted nor copied as a whole; their products are
    summed up in double precision, block by block, and the attributes are float32.

    References
    ----------
    I. T. Jolliffe, *Principal Component Analysis*, 2nd edition (2002), chapters 1 to 3.
    N. Halko, P. G. Martinsson and J. A. Tropp, "Finding structure with randomness",
    *SIAM Review* 53 (2011), 217-288: "randomised".

    Examples
    --------
    >>> pca = PCA(1).fit([[0, 0], [1, 1], [2, 2], [3, 3]])
    >>> pca.components_.round(6), pca.mean_
    (array([[0.707107, 0.707107]]), array([1.5, 1.5]))
    >>> pca.inverse_transform(pca.transform([[4, 2]])).round(6)
    array([[3., 3.]])
    """

    def __init__(self, n_components=None, *, method="auto", whiten=False, seed=None):
        self.n_components = n_components
        self.method = method
        self.whiten = whiten
        self.seed = seed

    def fit(self, X, y=None):
        """Find the mean and the components.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One sample a row, N at least 2.
        y : None
            Not used: other estimators have one.

        Returns
        -------
        PCA
            This one.
        """
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {METHODS}, got {self.method!r}")
        # a sum of squares tells whether all entries are finite, without another pass over them
        streams = self.method == "streaming"
        X = validate_data(self, X, dtype=FLOATS, ensure_min_samples=2, ensure_all_finite=streams)
        if streams:
            self._forget()
            for start in range(0, len(X), BATCH):
                self._take_in(X[start : start + BATCH])
            self._solve()
            return self
        k, share = self._wanted(*X.shape)
        method = self.method
        if method == "auto":
            method = "dual" if X.shape[0] < X.shape[1] else "covariance"
        if method == "randomised" and share is not None:
            raise ValueError(
                'n_components must be a whole number for method="randomised", '
                f"got {self.n_components!r}"
            )
        mean, values, components, total, exponent = _solve(_FORMS[method], X, k, self.seed)
        order = X.shape[1] if method == "covariance" else min(X.shape)
        if method == "svd":
            noise = (order * np.finfo(X.dtype).eps) ** 2
        else:
            noise = order * EPS
            if X.dtype == np.float32:
                noise = max(noise, 16 * np.finfo(np.float32).eps)
        self._set(
            X.dtype, len(X), np.ldexp(mean, exponent), values, components, total,
            share=share, noise=noise, exponent=exponent,
        )  # fmt: skip
        return self

    @available_if(lambda self: self.method == "streaming")
    def partial_fit(self, X, y=None):
        """Take in a batch of samples; for method="streaming" only.

        Components are worked out when they are asked for, not after every batch.

        Parameters
        ----------
        X : array_like, shape (n, D)
            One sample a row. Batches may differ in size, and one sample is a batch.
        y : None
            Not used.

        Returns
        -------
        PCA
            This one.
        """
        fresh = "_statistics" not in self.__dict__
        X = validate_data(self, X, dtype=FLOATS, reset=fresh)
        self._take_in(X)
        return self

    def transform(self, X):
        """Return the coordinates of samples along the components, shape (N, k)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        axes = self.components_.T
        if self.whiten:
            axes = axes * self._scales(invert=True)
        return _coordinates(X, self.mean_, axes)

    def inverse_transform(self, X):
        """Return the points of the principal subspace with the coordinates X, shape (N, D)."""
        check_is_fitted(self)
        Z = check_array(X, dtype=FLOATS)
        if Z.shape[1] != len(self.components_):
            raise ValueError(
                f"X must have {len(self.components_)} coordinates a row, got shape {Z.shape}"
            )
        if self.whiten:
            Z = Z * self._scales()
        return Z @ self.components_ + self.mean_

    @property
    def _n_features_out(self):
        return len(self.components_)

    def __sklearn_is_fitted__(self):
        return "components_" in self.__dict__ or "_statistics" in self.__dict__

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    # After a batch only the statistics are kept up to date. What follows from them is
    # computed when somebody asks for an attribute that is not there.

    def __getattr__(self, name):
        stored = self.__dict__
        if name in _LEARNED and "_statistics" in stored:
            self._solve()
            return stored[name]
        if name == "partial_fit":
            raise AttributeError('partial_fit is there for method="streaming" only')
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; call fit first?")

    def _forget(self):
        for name in ("_statistics", "_dtype", "_exponent", *_LEARNED):
            self.__dict__.pop(name, None)

    def _take_in(self, batch):
        if "_statistics" not in self.__dict__:
            self._forget()
            self._statistics, self._dtype = _Stream(batch.shape[1]), batch.dtype
            self._exponent = None
        if self._exponent is None and batch.any():  # the first numbers decide for all batches
            exponent = _exponent(batch)
            self._exponent = exponent if abs(exponent) > 400 else 0
        if self._exponent:
            batch = np.ldexp(batch, -self._exponent)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            self._statistics.update(batch)
        for name in _LEARNED:
            self.__dict__.pop(name, None)
        self.n_samples_seen_ = self._statistics.count

    def _solve(self):
        statistics = self._statistics
        if statistics.count < 2:
            raise ValueError("streaming needs at least 2 samples, got 1 sample so far")
        scatter = statistics.scatter.copy()
        k, share = self._wanted(statistics.count, len(scatter))
        total = np.trace(scatter)
        if not np.isfinite(total):
            raise OverflowError("a sum of squares is beyond the range of floats: rescale the data")
        noise = len(scatter) * EPS
        if self._dtype == np.float32:
            noise = max(noise, 16 * np.finfo(np.float32).eps)
        values, vectors = _leading(scatter, k)
        exponent = self._exponent or 0  # none where all numbers are zeros
        self._set(
            self._dtype, statistics.count, np.ldexp(statistics.mean, exponent), values,
            vectors.T, total, share=share, noise=noise, exponent=exponent,
        )  # fmt: skip

    def _wanted(self, n, d):
        """Return how many eigenvalues to compute, and the share of variance to keep or None."""
        most, wanted = min(n, d), self.n_components
        if wanted is None:
            return most, None
        if isinstance(wanted, (float, np.floating)) and 0 < wanted < 1:
            return most, float(wanted)
        whole = isinstance(wanted, (int, np.integer)) and not isinstance(wanted, bool)
        if whole and 1 <= wanted <= most:
            return int(wanted), None
        raise ValueError(
            f"n_components must be a whole number from 1 to min(n_samples, n_features) = {most}, "
            f"a share between 0 and 1, or None, got {wanted!r}"
        )

    def _set(self, dtype, n, mean, values, components, total, *, share, noise, exponent=0):
        """Set the attributes from the eigenvalues of the scatter, which is scaled by 4**-e."""
        values = np.where(values > noise * max(values[0], 0.0), values, 0.0)
        values[n - 1 :] = 0.0  # n centred samples span at most n - 1 dimensions
        total = max(float(total), float(values.sum()))
        ratios = values / total if total > 0 else np.zeros_like(values)
        if share is not None:  # as few as keep it; all, where rounding lets none keep it
            k = min(int(np.searchsorted(np.cumsum(ratios), share)) + 1, len(values))
            values, ratios, components = values[:k], ratios[:k], components[:k]
        k, d = components.shape
        left = min(n, d) - k
        noise_variance = max(total - values.sum(), 0.0) / left / (n - 1) if left else 0.0

        def to_units(numbers, power):
            with np.errstate(over="ignore", under="ignore"):
                return np.ldexp(numbers, power * exponent).astype(dtype)

        self.n_samples_, self.n_components_ = n, k
        self.mean_ = mean.astype(dtype)
        self.components_ = np.array(_oriented(components), dtype, order="C")
        self.explained_variance_ = to_units(values / (n - 1), 2)
        self.explained_variance_ratio_ = ratios.astype(dtype)
        self.singular_values_ = to_units(np.sqrt(values), 1)
        self.noise_variance_ = float(to_units(np.float64(noise_variance), 2))

    def _scales(self, *, invert=False):
        """Return the standard deviations along the components, or their inverses; 0 stays 0."""
        # variances may be beyond the range of floats where their roots are not
        scales = self.singular_values_ / float(self.n_samples_ - 1) ** 0.5
        if not invert:
            return scales
        normal = scales >= np.finfo(scales.dtype).tiny  # others have no finite inverse
        return np.divide(1, scales, out=np.zeros_like(scales), where=normal)


_LEARNED = (
    "n_samples_", "n_components_", "mean_", "components_", "explained_variance_",
    "explained_variance_ratio_", "singular_values_", "noise_variance_",
)  # fmt: skip


def _coordinates(X, mean, axes):
    """Return (X − mean) @ axes, centring a block of rows at a time."""
    dtype = np.result_type(X, axes)
    out = np.empty((len(X), axes.shape[1]), dtype)
    for start in range(0, len(X), BATCH):
        rows = slice(start, start + BATCH)
        np.matmul(X[rows] - mean, axes, out=out[rows])
    return out


class ProbabilisticPCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""PCA as a model of how data come about: k hidden numbers and noise.

    .. math:: x = W z + \mu + \varepsilon, \qquad z \sim \mathcal{N}(0, I_k), \qquad
              \varepsilon \sim \mathcal{N}(0, \sigma^2 I_D)

    fitted by maximum likelihood (:eq:`eq-ppca-noise`): σ² is the mean of the D − k smallest
    eigenvalues of the covariance matrix (divisor N), and column i of W is the i-th
    component times the square root of λᵢ − σ².

    Parameters
    ----------
    n_components : int
        k, from 1 to min(N, D) − 1.

    Attributes
    ----------
    noise_variance_ : float
        σ², in the units of the data, squared.
    loadings_ : ndarray, shape (D, k)
        W.
    components_ : ndarray, shape (k, D)
        The principal components, as in `PCA`.
    explained_variance_ : ndarray, shape (k,)
        The variances along them, λ₁ … λ_k, with divisor N.
    mean_ : ndarray, shape (D,)
        μ.

    Raises
    ------
    ValueError
        By `fit`: if X is not a finite real matrix with at least two samples, if
        `n_components` is no such number, if a variance is beyond the range of floats, or if
        the data lie in k dimensions, so that the noise variance would be 0 and the
        likelihood has no maximum.

    References
    ----------
    M. E. Tipping and C. M. Bishop, "Probabilistic principal component analysis", *Journal
    of the Royal Statistical Society* B 61 (1999), 611-622.

    Examples
    --------
    >>> model = ProbabilisticPCA(1).fit([[2, 1], [-2, 1], [2, -1], [-2, -1]])
    >>> round(model.noise_variance_, 9), np.abs(model.loadings_.round(6)).tolist()
    (1.0, [[1.732051], [0.0]])
    """

    def __init__(self, n_components):
        self.n_components = n_components

    def fit(self, X, y=None):
        """Find the mean, the loadings and the noise variance of largest likelihood.

        Parameters
        ----------
        X : array_like, shape (N, D)
            One sample a row, N at least 2.
        y : None
            Not used.

        Returns
        -------
        ProbabilisticPCA
            This one.
        """
        X = validate_data(self, X, dtype=float, ensure_min_samples=2, ensure_min_features=2)
        n, d = X.shape
        k = as_count(self.n_components, "n_components", low=1)
        if k >= min(n, d):
            raise ValueError(
                "n_components must be below min(n_samples, n_features) = "
                f"{min(n, d)}, so that some variance is left for the noise, got {k}"
            )
        pca = PCA(k).fit(X)
        values = pca.explained_variance_ * ((n - 1) / n)
        if pca.singular_values_[0] > 0 and not np.finfo(float).tiny <= values[0] < np.inf:
            raise ValueError("the variances of X are beyond the range of floats: rescale it")
        # PCA's is the mean over min(N, D) - k; the other eigenvalues are 0.
        noise = pca.noise_variance_ * (n - 1) / n * (min(n, d) - k) / (d - k)
        if not noise > 10 * d * EPS * values[0]:
            raise ValueError(
                f"X lies in {k} dimensions to rounding, so no variance is left for the noise; "
                "choose a smaller n_components"
            )
        self.mean_, self.components_ = pca.mean_, pca.components_
        self.explained_variance_ = values
        self.noise_variance_ = float(noise)
        self.loadings_ = self.components_.T * np.sqrt(np.maximum(values - noise, 0.0))
        return self

    def transform(self, X):
        """Return the expected hidden numbers of each sample, shape (N, k)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        shrunk = np.sqrt(np.maximum(self.explained_variance_ - self.noise_variance_, 0.0))
        return _coordinates(X, self.mean_, self.components_.T) * (shrunk / self.explained_variance_)

    def score_samples(self, X):
        """Return the logarithm of the model's density at each sample, shape (N,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        (k, d), noise = self.components_.shape, self.noise_variance_
        constant = (
            d * np.log(2 * np.pi) + np.log(self.explained_variance_).sum() + (d - k) * np.log(noise)
        )
        scores = np.empty(len(X))
        for start in range(0, len(X), BATCH):
            rows = X[start : start + BATCH] - self.mean_
            along = rows @ self.components_.T
            across = rows - along @ self.components_
            far = (along**2 / self.explained_variance_).sum(axis=1)
            scores[start : start + BATCH] = far + (across**2).sum(axis=1) / noise
        return -0.5 * (constant + scores)

    def score(self, X, y=None):
        """Return the mean of `score_samples`."""
        return float(self.score_samples(X).mean())

    def sample(self, n_samples=1, *, seed=None):
        """Draw samples from the model, shape (n_samples, D).

        Parameters
        ----------
        n_samples : int
            How many.
        seed : int or numpy.random.Generator, optional
            The same seed draws the same samples.
        """
        check_is_fitted(self)
        n = as_count(n_samples, "n_samples", low=1)
        rng = np.random.default_rng(seed)
        d, k = self.loadings_.shape
        hidden = rng.standard_normal((n, k)) @ self.loadings_.T
        noise = np.sqrt(self.noise_variance_) * rng.standard_normal((n, d))
        return self.mean_ + hidden + noise

    @property
    def _n_features_out(self):
        return len(self.components_)

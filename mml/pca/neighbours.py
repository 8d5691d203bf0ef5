r"""The nearest neighbours of a point among many, exactly, without most of the distances.

A distance in D coordinates is never shorter than one between shadows of the points: for
orthonormal columns V, and r the length of what Vᵀ leaves of a point,

.. math:: \lVert V^\mathsf{T}x - V^\mathsf{T}y \rVert^2 + (r_x - r_y)^2
          \le \lVert x - y \rVert^2

(:prf:ref:`prop-shadow`). The left side costs one matrix product with few columns. Whoever is
too far away in the shadow is too far away; of 60,000 digits some hundred are left, and for
these the distances are computed in full.
"""

import numpy as np
from tqdm import tqdm

from mml._validation import as_count, as_matrix

SHARE = 0.9  # of the variance, that the shadow keeps; found best on MNIST, and not delicate
SAMPLE = 5000  # points from which its directions are taken
GROUPS = 30  # points of a group share a smallest bound
# Data between 2**-n and 2**n is used as it is, its squares are in range.
PLAIN = {np.dtype(np.float32): 30, np.dtype(np.float64): 400}
WIDE = 2000  # columns beyond which looking for directions would take longer than it saves
BLOCK = 32 * 2**20  # bytes for the bounds that are held at a time
COLUMNS = 4096  # summed at a time: over 8,192, einsum sums equal rows in unequal order


class KNearestNeighbours:
    """Classify by the labels of the k nearest points.

    Parameters
    ----------
    k : int, optional
        How many neighbours vote.
    block_bytes : int, optional
        How much memory the bounds of one block of queries may take, about. The working memory
        is a small multiple of it, however many queries there are.
    progress : bool, optional
        Whether to show a progress bar.

    Attributes
    ----------
    classes_ : ndarray
        The labels that occur, sorted.

    Notes
    -----
    Neighbours are exact, up to the rounding of the sum of squares that decides. (In float64,
    differences below 1e-154 count as 0, and so do those below 1e-270 of the largest entry.)
    Of points at the same distance, the one that comes first in the data
    is the nearer. Where classes tie in the vote, the smallest label wins (as in scikit-learn);
    with k = 1 or two classes and an odd k there are no ties.

    For data without directions that matter more than others the shadow keeps all coordinates,
    and the bound is the formula of `pairwise_distances`, as exact as rounding allows; the
    distances that decide are always summed from differences.

    Examples
    --------
    >>> model = KNearestNeighbours(1).fit([[0, 0], [5, 5]], ["low", "high"])
    >>> model.predict([[1, 2], [4, 3]])
    array(['low', 'high'], dtype='<U4')
    """

    def __init__(self, k=1, *, block_bytes=BLOCK, progress=False):
        self.k = as_count(k, "k", low=1)
        self.block_bytes = as_count(block_bytes, "block_bytes", low=1)
        self.progress = bool(progress)

    def fit(self, X, y):
        """Store the points and prepare their shadows.

        Parameters
        ----------
        X : array_like, shape (N, D)
            The points, one a row; float32 stays float32 (and is held as float64 where the largest
            entry is not between 2**-30 and 2**30). Not copied if it is such an array: leave it
            alone while the model is used.
        y : array_like, shape (N,)
            Their labels: numbers, or words.

        Returns
        -------
        KNearestNeighbours
            The model itself.

        Raises
        ------
        ValueError
            If X is not a finite real matrix with at least k rows, or y has another length.
        """
        X = as_matrix(X, "X")
        y = np.asarray(y)
        if y.shape != (len(X),):
            raise ValueError(f"y must have one label for each row of X, ({len(X)},), got {y.shape}")
        if len(X) < self.k:
            raise ValueError(f"X must have at least k = {self.k} rows, got {len(X)}")
        self.classes_, self._votes = np.unique(y, return_inverse=True)
        power, self._kind = int(np.frexp(np.abs(X).max())[1]), X.dtype
        if abs(power) > PLAIN[X.dtype]:
            X = X.astype(float, copy=False)  # where all squares of float32 are in range
        plain = PLAIN[X.dtype]
        self._power = power - plain if power > plain else power if power < -plain else 0
        self._X = np.ldexp(X, -self._power) if self._power else X
        self._origin, self._V = _directions(self._X)
        self._shadows = self._shadow(self._X)
        self._largest = float(np.linalg.norm(self._shadows[:, :-1], axis=1).max())
        self._turned = np.ascontiguousarray(self._shadows.T)
        return self

    def neighbours(self, X):
        """Return the k nearest points of each row of X.

        Parameters
        ----------
        X : array_like, shape (M, D)
            The points to look up; they are taken in the precision of the data.

        Returns
        -------
        distances : ndarray, shape (M, k)
            From the nearest on.
        indices : ndarray, shape (M, k)
            Rows of the data given to `fit`.

        Raises
        ------
        ValueError
            If X is not a finite real matrix with as many columns as the data, or `fit` has
            not been called.
        """
        X = self._queries(X)
        N = len(self._X)
        distances = np.empty((len(X), self.k))
        indices = np.empty((len(X), self.k), int)
        step = int(np.clip(self.block_bytes // (N * X.itemsize), 1, len(X)))
        bar = tqdm(total=len(X), unit="point", disable=not self.progress)
        with bar:
            for start in range(0, len(X), step):
                block = slice(start, min(start + step, len(X)))
                self._search(X[block], distances[block], indices[block])
                bar.update(block.stop - start)
        with np.errstate(over="ignore"):
            return np.ldexp(np.sqrt(distances), self._power).astype(self._kind), indices

    def predict(self, X):
        """Return the label that most of the k nearest points have.

        Parameters
        ----------
        X : array_like, shape (M, D)
            The points to classify.

        Returns
        -------
        ndarray, shape (M,)
            A label for each.

        Raises
        ------
        ValueError
            As `neighbours`.
        """
        _, indices = self.neighbours(X)
        return self.classes_[majority(self._votes[indices], len(self.classes_))]

    def score(self, X, y):
        """Return the share of the rows of X whose label is predicted rightly.

        Parameters
        ----------
        X : array_like, shape (M, D)
            The points to classify.
        y : array_like, shape (M,)
            Their true labels.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        ValueError
            As `neighbours`, or if y has another length.
        """
        y = np.asarray(y)
        found = self.predict(X)
        if y.shape != found.shape:
            raise ValueError(
                f"y must have one label for each row of X, {found.shape}, got {y.shape}"
            )
        return float(np.mean(found == y))

    # -- the search --------------------------------------------------------------------

    def _queries(self, X):
        """Return X, checked and in the units of the data."""
        if not hasattr(self, "_X"):
            raise ValueError("fit must be called before points are looked up")
        X = as_matrix(X, "X")
        if X.shape[1] != self._X.shape[1]:
            raise ValueError(
                f"X must have {self._X.shape[1]} columns, as the data, got shape {X.shape}"
            )
        kind = self._X.dtype
        with np.errstate(over="ignore"):
            X = X.astype(self._kind, copy=False).astype(kind, copy=False)
            X = np.ldexp(X, -self._power) if self._power else X
        if not np.abs(X).max() < np.sqrt(np.finfo(kind).max / X.shape[1]) / 4:
            raise ValueError("X must not be so far from the data that squared distances overflow")
        return X

    def _shadow(self, X):
        """Return Vᵀx, the length of what is left, and the square of both, for each row."""
        V = self._V
        out = np.empty((len(X), V.shape[1] + 2), X.dtype)
        for start in range(0, len(X), 4096):
            block = slice(start, start + 4096)
            centred = X[block] - self._origin
            out[block, :-2] = centred @ V
            if V.shape[1] < len(V):
                centred -= out[block, :-2] @ V.T
                out[block, -2] = np.sqrt(np.einsum("ij,ij->i", centred, centred))
            else:
                out[block, -2] = 0
        out[:, -1] = np.einsum("ij,ij->i", out[:, :-1], out[:, :-1])
        return out

    def _search(self, X, distances, indices):
        """Write the squared distances and the indices of the k nearest points of each row."""
        N, D = self._X.shape
        bounds, sizes = self._bounds(X)
        # for rounding, so that nobody is ruled out by a bound that is too large
        eps = float(np.finfo(bounds.dtype).eps)
        slack = _allowance(D) * eps * (np.sqrt(sizes) + self._largest) ** 2
        # Groups of points, every count-th: the k smallest of their smallest bounds
        # belong to k different points, whose distances limit the k-th smallest.
        count = max(N // GROUPS, min(self.k, N))
        grouped = bounds[:, : N // count * count].reshape(len(X), -1, count)
        smallest = grouped.min(axis=1)
        limit = self._limit(X, grouped, smallest) - sizes + slack
        rows, groups = np.nonzero(smallest <= limit[:, None])
        inside, places = np.nonzero(grouped[rows, :, groups] <= limit[rows, None])
        rows, found = rows[inside], places * count + groups[inside]
        tail_rows, tail = np.nonzero(bounds[:, N // count * count :] <= limit[:, None])
        rows = np.concatenate([rows, tail_rows])
        found = np.concatenate([found, tail + N // count * count])
        order = np.lexsort((found, rows))
        found, cuts = found[order], np.searchsorted(rows[order], np.arange(len(X) + 1))
        for i, x in enumerate(X):
            chosen = found[cuts[i] : cuts[i + 1]]
            squares = self._squares(chosen, x)
            nearest = np.argsort(squares, kind="stable")[: self.k]
            distances[i], indices[i] = squares[nearest], chosen[nearest]

    def _bounds(self, X):
        """Return the squared distances of the shadows, less the squared size of the query's."""
        shadows = self._shadow(X)
        sizes = shadows[:, -1].copy()
        shadows *= -2
        shadows[:, -1] = 1
        return shadows @ self._turned, sizes.astype(float)

    def _limit(self, X, grouped, smallest):
        """Return for each row a squared distance that k points do not exceed."""
        rows = np.arange(len(X))[:, None]
        near = np.argpartition(smallest, self.k - 1, axis=1)[:, : self.k]
        place = grouped[rows, :, near].argmin(axis=2)
        found = place * smallest.shape[1] + near
        return np.array([self._squares(i, x).max() for i, x in zip(found, X, strict=True)])

    def _squares(self, chosen, x):
        """Return the squared distances of the chosen points from x, summed from differences."""
        out = np.empty(len(chosen))
        low = np.finfo(x.dtype).tiny / np.finfo(x.dtype).eps  # below it, squares lose digits
        step = max(1, self.block_bytes // (len(x) * x.itemsize))
        for start in range(0, len(chosen), step):
            apart = self._X[chosen[start : start + step]] - x
            found = _sums_of_squares(apart)
            if found.dtype != out.dtype and found.min() < low:
                found = np.where(found < low, _sums_of_squares(apart.astype(float)), found)
            out[start : start + step] = found
        return out


def _allowance(D):
    """Return by how many eps · S² a bound may exceed the sum of squares that decides.

    To first order in eps, with S = |s_x| + |s_y|, u = eps / 2, and k <= D / 2 columns in V. In
    u S²: 2, subtracting the origin; 2√2 (D + √k + 1), Vᵀx and what is left, where each addition
    errs by u times a partial sum, and a vector of partial sums is no longer than |x|; 2k + 3,
    the product with the shadows; D + 2, the sum that decides; 2√k, V rounded: at most
    2.5 D + 2 √D + 5 eps in all. What is over, 17 eps and more, is for the orthonormality that
    eigh leaves wanting: that it is enough is experience. With V = I it is less, and V is exact.
    """
    return 3 * (D + 8)


def _sums_of_squares(Z):
    """Return the sum of squares of each row; equal rows have equal sums, wherever they are."""
    blocks = [Z[:, i : i + COLUMNS] for i in range(0, Z.shape[1], COLUMNS)]
    return sum(np.einsum("ij,ij->i", block, block) for block in blocks)


def majority(votes, classes):
    """Return for each row the number that occurs most often; of several, the smallest.

    Parameters
    ----------
    votes : array_like of int, shape (M, k)
        Numbers from 0 to ``classes - 1``.
    classes : int
        How many there are.

    Returns
    -------
    ndarray of int, shape (M,)

    Examples
    --------
    >>> majority([[2, 0, 2], [1, 2, 0]], 3)
    array([2, 0])
    """
    votes = np.asarray(votes)
    rows = np.arange(len(votes))[:, None] * classes
    counts = np.bincount((rows + votes).ravel(), minlength=len(votes) * classes)
    return counts.reshape(-1, classes).argmax(axis=1)


def _directions(X):
    """Return the origin and the orthonormal columns on which points cast their shadows.

    They are eigenvectors of the covariance matrix of a sample, those with the largest
    eigenvalues; any others would be right too, and leave more work.
    """
    D = X.shape[1]
    sample = X[:: -(-len(X) // SAMPLE)]
    origin = sample.mean(axis=0)
    if D > WIDE:
        return origin, np.eye(D, dtype=X.dtype)
    centred = sample - origin
    values, vectors = np.linalg.eigh((centred.T @ centred).astype(float))
    values = np.maximum(values[::-1], 0)
    kept = int(np.searchsorted(np.cumsum(values), SHARE * values.sum())) + 1
    if 2 * kept > D:
        return origin, np.eye(D, dtype=X.dtype)
    return origin, np.ascontiguousarray(vectors[:, ::-1][:, :kept], X.dtype)

"""Chapter 5: PageRank, the eigenvector that ranks the web."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from mml._validation import as_array, as_count, as_number, as_vector
from mml.errors import ConvergenceError

DENSE_PAGES = 500  # up to here a link matrix is dense (2 MB), above it sparse
TWIN_LINKS = 100_000  # from here on a look for twin pages pays for itself
CYCLE, KEPT = 16, 10  # extrapolate every 16 steps from the last 10 differences


@dataclass(frozen=True)
class PageRankResult:
    r"""What `pagerank` found.

    Attributes
    ----------
    ranks : ndarray, shape (n,)
        The share of the time that the surfer spends on each page; they sum to 1.
    iterations : int
        How many products with the link matrix were made.
    residual : float
        The sum of \|M r − r\| over the pages, measured at the ranks r returned.
    """

    ranks: np.ndarray
    iterations: int
    residual: float


# --- the link matrix --------------------------------------------------------------------


def link_matrix(links, n=None):
    r"""Return the matrix L whose column j spreads page j's rank over the pages it links to.

    .. math:: L_{ij} = \begin{cases} 1/c_j & \text{page } j \text{ links to page } i \\
              0 & \text{otherwise} \end{cases}

    with c_j the number of different pages that page j links to.

    Parameters
    ----------
    links : dict, array_like of shape (m, 2), or SciPy sparse array of shape (n, n)
        ``{page: [targets]}``; or pairs (from, to); or a sparse array with a non-zero entry
        (to, from) for every link. Pages are numbered from 0. A dict or pairs may also name
        them by strings: they are then numbered as they appear, a dict's keys first.
        A link given twice counts once; a page's link to itself counts like any other.
    n : int, optional
        How many pages there are: 1 + the largest number where not given. Pages that appear
        in no link are dangling.

    Returns
    -------
    ndarray or scipy.sparse.csr_array, shape (n, n)
        Dense for n up to 500, sparse above. Columns sum to 1; the column of a dangling page,
        which links to nothing, is zero.

    Raises
    ------
    ValueError
        If a page is not a whole number in 0 … n − 1 (or names and numbers are mixed), or
        there are no pages.

    Examples
    --------
    >>> link_matrix({0: [1, 2], 1: [0], 2: []})
    array([[0. , 1. , 0. ],
           [0.5, 0. , 0. ],
           [0.5, 0. , 0. ]])
    """
    if sparse.issparse(links):
        if links.shape[0] != links.shape[1]:
            raise ValueError(f"links must be square, got shape {links.shape}")
        target, source = links.nonzero()
        count = links.shape[0]
    else:
        source, target, count = _edges(links)
    n = count if n is None else as_count(n, "n", low=1)
    if n == 0:
        raise ValueError("links must name at least one page, or n must say how many there are")
    if count > n:
        raise ValueError(f"links must be between pages 0 and {n - 1}, got page {count - 1}")
    L = sparse.coo_array((np.ones(len(source)), (target, source)), shape=(n, n)).tocsr()
    L.sum_duplicates()
    L.data = 1 / np.bincount(L.indices, minlength=n)[L.indices]
    return L.toarray() if n <= DENSE_PAGES else L


def _edges(links):
    """Return the sources, the targets and the number of pages named."""
    pages = []
    if isinstance(links, dict):
        pages = list(links)
        links = [(page, target) for page, targets in links.items() for target in targets]
    pairs = np.asarray(links) if len(links) else np.empty((0, 2), int)
    pages = np.asarray(pages) if len(pages) else pairs.ravel()[:0]
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"links must be pairs (from, to), got shape {pairs.shape}")
    kinds = {array.dtype.kind for array in (pages, pairs) if array.size}
    if kinds == {"U"}:
        names = np.append(pages, pairs).tolist()
        number = {name: i for i, name in enumerate(dict.fromkeys(names))}
        numbers = np.array([number[name] for name in names[len(pages) :]], int)
        return numbers[::2], numbers[1::2], len(number)
    if not kinds <= {"i", "u"} or any((array < 0).any() for array in (pages, pairs)):
        raise ValueError("links must name the pages by whole numbers from 0, or all by strings")
    count = max((int(array.max()) + 1 for array in (pages, pairs) if array.size), default=0)
    return pairs[:, 0], pairs[:, 1], count


# --- the ranks --------------------------------------------------------------------------


def pagerank(
    L,
    damping=0.85,
    *,
    personalisation=None,
    tol=1e-10,
    max_iter=10_000,
    method="extrapolated",
):
    r"""Return the share of time that a random surfer spends on each page.

    .. math:: r = M r, \qquad M = d\,(L + v\,a^\mathsf{T}) + (1 - d)\, v\, e^\mathsf{T}

    A step of the surfer: with probability d follow a link of the page, each with the same
    chance; otherwise, and always from a dangling page (a marks them), jump to a page drawn
    from v. The vector e holds ones. M is never formed: M r is d L r plus what is missing
    from a sum of 1, dealt out by v.

    Parameters
    ----------
    L : array_like or SciPy sparse array, shape (n, n)
        Non-negative; column j holds the chances to go from page j to each page and sums to 1,
        or is zero for a dangling page. `link_matrix` makes one.
    damping : float
        d, between 0 and 1, both allowed.
    personalisation : array_like, shape (n,), optional
        v, where jumps land: non-negative weights, scaled here to sum to 1. Uniform by
        default. It is also where the iteration starts.
    tol : float
        For d < 1 a bound on the error: the sum of \|rᵢ − exact rᵢ\| is at most `tol`, because
        it is at most the residual divided by 1 − d. For d = 1 there is no such bound, and
        `tol` is the largest residual allowed.
    max_iter : int
        How many products with L are allowed.
    method : {"extrapolated", "power"}
        "power" is the plain iteration r ← M r. "extrapolated" looks every sixteen steps for
        the mean of the last iterates (weights of either sign) that has the least residual,
        goes on from there, and gives *twins*, pages with the same in-links, one row. The
        answer is the same. For d = 1 no iterate is skipped: whether the surfer settles is
        then part of the question.

    Returns
    -------
    PageRankResult
        With `ranks`, `iterations` and `residual`; the residual is that of the ranks
        returned, by a product with all of L.

    Raises
    ------
    ValueError
        If L is empty, not square, has a negative, infinite or complex entry or a column that
        sums to neither 1 nor 0 (to 1e-8; 1e-5 in float32); if `damping` is outside [0, 1];
        if `personalisation` has another length, a negative entry or only zeros.
    ConvergenceError
        If `max_iter` products were not enough. With d = 1 this is where the surfer goes
        round for ever: the iterates from v have no limit. Its `.iterates` holds the last three.

    Notes
    -----
    Each step shrinks the error to d times its size or less (the second eigenvalue of M has
    modulus at most d), so log(tol (1 − d) / 2) / log d steps suffice: 158 for d = 0.85
    and tol = 1e-10. With d = 1 and several closed parts of the web the limit depends on
    the start v.

    References
    ----------
    A. N. Langville and C. D. Meyer, *Google's PageRank and Beyond* (2006), chapters 4 and 9.
    S. D. Kamvar, T. H. Haveliwala, C. D. Manning and G. H. Golub, "Extrapolation methods for
    accelerating PageRank computations", WWW (2003).

    Examples
    --------
    The four-page web of the course: A to B, C, D; B to A, D; C to D; D to B, C.

    >>> L = link_matrix({"A": "BCD", "B": "AD", "C": "D", "D": "BC"})
    >>> pagerank(L, damping=1).ranks.round(9)
    array([0.12, 0.24, 0.24, 0.4 ])
    """
    L = _checked(L)
    n = L.shape[0]
    d = as_number(damping, "damping", low=0, high=1)
    tol = as_number(tol, "tol", low=0)
    max_iter = as_count(max_iter, "max_iter", low=1)
    if method not in ("extrapolated", "power"):
        raise ValueError(f'method must be "extrapolated" or "power", got {method!r}')
    v = _jump(personalisation, n)
    target = tol * (1 - d) if d < 1 else tol
    extrapolate = method == "extrapolated" and d < 1
    start, done = v, 0
    if method == "extrapolated" and L.nnz >= TWIN_LINKS:
        start, done = _rank_twins_once(L, d, v, target, max_iter, extrapolate)
    # From there the first product finds the residual below the target, and no second is made.
    step, total = _surfer(L, d, v)
    ranks, steps, residual = _iterate(step, total, start, target, max_iter, extrapolate)
    return PageRankResult(ranks, done + steps, residual)


def _surfer(L, d, v, sizes=None):
    """Return the maps r ↦ M r and x ↦ the sum of x over all pages.

    Where pages are merged, row i stands for sizes[i] of them.
    """
    total = np.sum if sizes is None else lambda x: sizes @ x
    if (v == v[0]).all():
        v = v[0]  # one number: a vector less to read each step

    def step(r):
        new = L @ r
        new *= d
        new += (1 - total(new)) * v  # what the links do not carry, jumps do
        return new

    return step, total


def _iterate(step, total, r, target, max_iter, extrapolate):
    """Repeat r ← M r until its residual is at most `target`; return r, steps and residual."""
    changes, last = deque(maxlen=KEPT), deque(maxlen=3)
    for k in range(1, max_iter + 1):
        new = step(r)
        changes.append(new - r)
        residual = float(total(np.abs(changes[-1])))
        if residual <= target:
            return r, k, residual
        r = new
        last.append(r)
        if extrapolate and k % CYCLE == 0:
            r = np.maximum(_least_residual_mean(r, changes), 0)
            r /= total(r)
            changes.clear()
    raise ConvergenceError(
        f"the residual is {residual:.1e} after {max_iter} products, not {target:.1e}: "
        "raise max_iter or tol; with damping=1 the surfer may never settle",
        iterates=last,
        residual=residual,
    )


def _least_residual_mean(r, changes):
    """Return the mean Σ gᵢ rᵢ of the last iterates (Σ gᵢ = 1) with the shortest Σ gᵢ Δᵢ.

    Here Δᵢ = rᵢ − rᵢ₋₁ are the `changes` and the last rᵢ is `r`. The error is a sum of modes
    λᵏ c; weights of either sign cancel the few that die slowly.
    """
    size = len(changes)
    gram = np.zeros((size, size))
    for i in range(size):
        for j in range(i + 1):
            gram[i, j] = gram[j, i] = changes[i] @ changes[j]
    gram += 1e-14 * np.trace(gram) * np.eye(size)  # nearly singular near the end
    weights = np.linalg.solve(gram, np.ones(size))
    # Going back from r: every iterate before the change Δᵢ lacks it, so their weights do.
    before = np.cumsum(weights / weights.sum())[:-1]
    return r - sum(g * change for g, change in zip(before, list(changes)[1:], strict=True))


def _rank_twins_once(L, d, v, target, max_iter, extrapolate):
    """Return the ranks found with one row for pages of equal in-links, and the steps.

    Twins are found by the product with a random vector: rows that are equal give equal
    numbers. Should different rows meet in one number (once in 10⁵ webs of this size), the
    product with all of L, which follows, finds the residual too large and goes on.
    """
    n = L.shape[0]
    rng = np.random.default_rng(0)
    mark = L @ rng.random(n) + n * rng.random() * v
    order = np.argsort(mark)
    new = np.append(True, np.diff(mark[order]) != 0)  # the first of each set of twins
    if new.mean() > 0.75:  # too few twins to pay for the merging
        return v, 1
    first = np.minimum.reduceat(order, np.flatnonzero(new))
    twin = np.empty(n, L.indices.dtype)
    twin[order] = np.cumsum(new) - 1
    # Rows of one length side by side: the processor foresees their ends (1.5 times faster).
    order = np.argsort(np.diff(L.indptr)[first] * n + first)
    place = np.empty(len(first), L.indices.dtype)
    place[order] = np.arange(len(first))
    first, twin = first[order], place[twin]
    rows = L[first]
    merged = sparse.csr_array((rows.data, twin[rows.indices], rows.indptr), 2 * (len(first),))
    step, total = _surfer(merged, d, v[first], np.bincount(twin).astype(float))
    try:
        ranks, steps, _ = _iterate(step, total, v[first], 0.9 * target, max_iter, extrapolate)
    except ConvergenceError as error:
        error.iterates = [ranks[twin] for ranks in error.iterates]
        raise
    return ranks[twin], 1 + steps


def _checked(L):
    """Return L as a CSR array of floats whose columns sum to 1 or 0 (L itself if it is one)."""
    if not sparse.issparse(L):
        L = as_array(L, "L", ndim=2)
    rtol = 1e-5 if L.dtype == np.float32 else 1e-8
    if L.ndim != 2 or L.shape[0] != L.shape[1] or L.shape[0] == 0:
        raise ValueError(f"L must be a square matrix of at least one page, got shape {L.shape}")
    if L.dtype.kind not in "biuf":
        raise ValueError(f"L must hold real numbers, got {L.dtype}")
    L = sparse.csr_array(L, dtype=float)
    sums = L.T @ np.ones(L.shape[0])
    if not np.isfinite(sums).all():
        raise ValueError(
            f"L must be finite, got column {np.isfinite(sums).argmin()} with a sum of "
            f"{sums[np.isfinite(sums).argmin()]}"
        )
    if L.data.min(initial=0) < 0:
        raise ValueError(f"L must not have negative entries, got {L.data.min():g}")
    wrong = (np.abs(sums - 1) > rtol) & (sums != 0)
    if wrong.any():
        j = wrong.argmax()
        raise ValueError(
            f"the columns of L must sum to 1, or to 0 for a dangling page; "
            f"column {j} sums to {sums[j]:.10g}"
        )
    return L


def _jump(personalisation, n):
    """Return the probabilities v of where a jump lands."""
    if personalisation is None:
        return np.full(n, 1 / n)
    v = as_vector(personalisation, "personalisation").astype(float)
    if v.shape != (n,):
        raise ValueError(f"personalisation must have shape ({n},), got {v.shape}")
    if v.min() < 0 or v.max() == 0:
        raise ValueError("personalisation must be non-negative and not all zero")
    v = v / v.max()
    return v / v.sum()


# --- for small webs -----------------------------------------------------------------------


def google_matrix(L, damping=0.85, *, personalisation=None):
    r"""Return the Google matrix of a small web, dense.

    .. math:: M = d\,(L + v\,a^\mathsf{T}) + (1 - d)\, v\, e^\mathsf{T}

    Parameters
    ----------
    L : array_like or SciPy sparse array, shape (n, n)
        The link matrix, as for `pagerank`.
    damping : float
        d, between 0 and 1.
    personalisation : array_like, shape (n,), optional
        v, where jumps land; uniform by default.

    Returns
    -------
    ndarray, shape (n, n)
        Columns sum to 1. It takes 8 n² bytes: `pagerank` does without it.

    Raises
    ------
    ValueError
        As `pagerank`.

    Examples
    --------
    >>> google_matrix([[0, 1], [0, 0]], damping=0.5)
    array([[0.5 , 0.75],
           [0.5 , 0.25]])
    """
    L = _checked(L).toarray()
    d = as_number(damping, "damping", low=0, high=1)
    v = _jump(personalisation, len(L))
    L *= d
    return L + np.outer(v, 1 - L.sum(axis=0))


def random_surfer(L, damping=0.85, *, steps=10_000, seed=None, personalisation=None):
    r"""Return the share of time that one simulated surfer spends on each page.

    .. math:: r_i \approx \frac{\text{visits to page } i}{\text{steps}}

    The share differs from the rank by about 1/√steps: a way to see what `pagerank`
    computes, not to compute it.

    Parameters
    ----------
    L : array_like or SciPy sparse array, shape (n, n)
        The link matrix, as for `pagerank`.
    damping : float
        The chance to follow a link, between 0 and 1.
    steps : int
        How many pages to visit.
    seed : int or numpy.random.Generator, optional
        For the same walk again.
    personalisation : array_like, shape (n,), optional
        Where jumps land; uniform by default.

    Returns
    -------
    ndarray, shape (n,)
        Shares that sum to 1.

    Raises
    ------
    ValueError
        As `pagerank`, or if `steps` is less than 1.

    Examples
    --------
    >>> random_surfer([[0, 1], [1, 0]], damping=1, steps=10, seed=0)
    array([0.5, 0.5])
    """
    columns = _checked(L).tocsc()
    n = columns.shape[0]
    d = as_number(damping, "damping", low=0, high=1)
    steps = as_count(steps, "steps", low=1)
    v = _jump(personalisation, n)
    rng = np.random.default_rng(seed)
    jumps = rng.choice(n, size=steps, p=v)  # drawn beforehand, used where a jump is made
    follows, chances = rng.random(steps) < d, rng.random(steps)
    visits, page = np.zeros(n), jumps[0]
    for jump, follow, chance in zip(jumps, follows, chances, strict=True):
        visits[page] += 1
        start, end = columns.indptr[page : page + 2]
        if follow and start < end:
            reached = np.cumsum(columns.data[start:end])
            page = columns.indices[start + np.searchsorted(reached, chance * reached[-1], "right")]
        else:
            page = jump
    return visits / steps

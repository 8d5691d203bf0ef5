"""The check of the PageRank lab: a function ``pagerank(L, d)`` that returns the ranks."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from mml.checks._guard import Mismatch, as_array, compare, memory_ceiling, show
from mml.checks._report import Misconception, Property, behaves_like, run

__all__ = ["check_pagerank"]

TOLERANCE = 1e-8  # for the rank of a page, as the lab asks


# What the properties measure.


def ranks_of(function, L, d, **limits):
    """Return the reader's ranks of `L` as a vector; a result with `.ranks` will do."""
    try:
        value = function(L, d, **limits)
    except Mismatch as mismatch:
        if _has_grown(mismatch.variables.values(), L.shape[0]):
            mismatch.misconception = GROWS
        raise
    return _as_ranks(value, L.shape[0])


def _has_grown(variables, n):
    """Tell whether one is a vector of n numbers whose sum is far above 1, 100 or n."""
    vectors = [v for v in variables if isinstance(v, np.ndarray) and v.shape == (n,)]
    with np.errstate(all="ignore"):
        return any(v.dtype.kind == "f" and not abs(v.sum()) < 200 + 2 * n for v in vectors)


def _as_ranks(value, n):
    what = "a vector of 1 rank" if n == 1 else f"a vector of {n:,} ranks"
    value = getattr(value, "ranks", value)
    try:
        return as_array(value, (n,), what)
    except Mismatch as mismatch:
        if mismatch.got.startswith("complex"):
            mismatch.misconception = COMPLEX
        raise


def proportions(function, L, d, **limits):
    """Return the reader's ranks divided by their sum, which has a property of its own."""
    ranks = ranks_of(function, L, d, **limits)
    if abs(ranks.sum()) <= 1e-12 * np.abs(ranks).max():
        raise Mismatch("ranks with a sum that is not 0", show(ranks))
    return ranks / ranks.sum()


def next_ranks(L, d, r):
    """Return where one step of the surfer leads: the right side of the book's equation."""
    n = L.shape[0]
    dangling = np.asarray(L.sum(axis=0)).ravel() == 0
    return d * (L @ r) + (d * r[dangling].sum() + (1 - d) * r.sum()) / n


# The properties.


def is_a_vector(function, L, d):
    ranks_of(function, L, d)


def is_not_negative(function, L, d):
    ranks = ranks_of(function, L, d)
    if ranks.min() < -TOLERANCE:
        flipped = SIGN if ranks.max() < TOLERANCE else None
        raise Mismatch("no rank below 0", show(ranks), misconception=flipped)


def sums_to_one(function, L, d):
    ranks = ranks_of(function, L, d)
    if abs(ranks.sum() - 1) > TOLERANCE:
        raise Mismatch(
            "ranks that sum to 1",
            f"{show(ranks)}, which sum to {show(ranks.sum(), precision=8)}",
            misconception=SIGN if abs(ranks.sum() + 1) < TOLERANCE else None,
        )


def is_stationary(function, L, d):
    r = proportions(function, L, d)
    compare(
        r,
        next_ranks(L, d, r),
        TOLERANCE,
        words=(
            "r equal to d L r + (1 - d)/n, which is\n",
            "r =\n",
        ),
    )


def shares_dangling_rank(function, L, d):
    r = proportions(function, L, d)
    compare(
        r,
        next_ranks(L, d, r),
        TOLERANCE,
        words=(
            "r equal to d L r + (1 - d)/n, where a page\nwithout links gives d/n of its rank to "
            "every page, which is\n",
            "r =\n",
        ),
    )


def is_right_where_slow(function, L, d):
    r = proportions(function, L, d)
    compare(r, solve(L, d), TOLERANCE, words=("the ranks\n", ""))


def follows_a_renumbering(function, L, d, order):
    order = list(order)
    r = proportions(function, L, d)
    moved = proportions(function, L[np.ix_(order, order)], d)
    compare(
        moved,
        r[order],
        TOLERANCE,
        words=(
            "the pages taken in the given order to have the ranks\n",
            "",
        ),
    )


def holds_at_the_ends(function, L, d):
    n = L.shape[0]
    r = proportions(function, L, d)
    if d == 0:
        compare(r, np.full(n, 1 / n), TOLERANCE, words=("the same rank for every page: ", ""))
    compare(r, next_ranks(L, d, r), TOLERANCE, words=("r equal to ", "r = "))


def leaves_arguments_alone(function, L, d):
    function(L, d)
    if function.changed:
        raise Mismatch(
            "L as it was before the call",
            "another L: the function wrote into it",
            misconception=WRITES,
        )


def takes_sparse(function, L, d):
    try:
        leaves_arguments_alone(function, sparse.csr_array(L), d)
    except Mismatch as mismatch:
        if "NotImplementedError" in mismatch.got and "nonzero scalar" in mismatch.got:
            mismatch.misconception = FILLS
        raise
    r = proportions(function, sparse.csr_array(L), d)
    compare(
        r,
        next_ranks(L, d, r),
        TOLERANCE,
        words=(
            "r equal to d L r + (1 - d)/n, which is\n",
            "r =\n",
        ),
    )


def stays_sparse(function, L, d):
    n = L.shape[0]
    if n <= 1000:  # small enough to measure what a dense matrix would cost
        value, peak = function.peak(L, d, seconds=20)
        if peak > n * n:  # bytes: an eighth of a dense matrix of floats
            raise Mismatch(
                f"memory for the {L.nnz:,} links, about 0.2 MB",
                f"{peak / 1e6:.1f} MB at its peak: a dense {n:,} by {n:,} matrix takes "
                f"{8 * n * n / 1e6:.0f} MB",
                misconception=DENSE,
            )
        _as_ranks(value, n)
        return
    try:
        with memory_ceiling(3_000_000_000):
            r = proportions(function, L, d, seconds=20)
    except Mismatch as mismatch:
        if "MemoryError" in mismatch.got:
            mismatch.misconception = DENSE
        raise
    gap = np.abs(r - next_ranks(L, d, r)).sum()
    if gap > 1e-5:
        raise Mismatch(
            "ranks r equal to d L r + (1 - d)/n",
            f"ranks that differ from it by {gap:.1e} in all, where they sum to 1",
            misconception=LOOSE if gap < 0.05 else None,
        )


# The cases: small webs, drawn link by link; large ones, made by rule.


def _columns(ends, n):
    """Return the link matrix of a web in which page j links to the pages `ends[j]`."""
    L = np.zeros((n, n))
    for start, targets in enumerate(ends):
        L[list(targets), start] = 1 / max(len(targets), 1)
    return L


dampings = st.sampled_from([0.5, 0.85, 0.8, 0.2, 0.95, 0.7, 0.3])


@st.composite
def webs(draw, dangling=False, to_itself=False):
    """Draw a web of two to five pages.

    With `dangling`, one page at least has no links; with `to_itself`, one links to itself,
    which else none does.
    """
    n = draw(st.integers(2, 5))
    others = st.lists(
        st.integers(1, n - 1), unique=True, min_size=0 if dangling else 1, max_size=n - 1
    )
    ends = [[(page + on) % n for on in draw(others)] for page in range(n)]
    chosen = draw(st.integers(0, n - 1))
    if dangling:
        ends[chosen] = []
    if to_itself:
        ends[chosen].append(chosen)
    return _columns(ends, n)


@st.composite
def mixing_webs(draw):
    """Draw a web that the surfer can walk round without damping: a ring with one short cut."""
    n = draw(st.integers(2, 5))
    ends = [{(page + 1) % n} for page in range(n)]
    ends[0].add(0)
    for page in range(n):
        ends[page] |= draw(st.sets(st.integers(0, n - 1), max_size=2))
    return _columns(ends, n)


@st.composite
def renumbered(draw):
    L, d = draw(linked)
    return L, d, tuple(draw(st.permutations(range(L.shape[0]))))


linked = st.tuples(webs(), dampings)
with_dangling = st.tuples(webs(dangling=True), dampings)
any_web = st.one_of(linked, with_dangling)
at_the_ends = st.one_of(
    st.tuples(st.sampled_from([np.zeros((1, 1)), np.ones((1, 1))]), dampings),
    st.tuples(st.one_of(webs(), webs(dangling=True)), st.just(0.0)),
    st.tuples(mixing_webs(), st.just(1.0)),
    st.tuples(webs(to_itself=True), dampings),
)
STAR = _columns([[1, 2, 3], [0], [0], [0]], 4)
SLOW = [  # what is left after k steps, about d^k, swings; goes round a ring; seeps from a group
    STAR,
    _columns([[1], [2], [0], [0]], 4),
    _columns([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2, 4], [5, 6], [4, 6], [4, 5]], 7),
]
slow = [(L, d) for d in (0.85, 0.95, 0.99) for L in SLOW]


def large_web(n):
    """Return a sparse web of `n` pages: short links on, some home, a tenth of the pages dangle."""
    page = np.arange(n)
    page = page[page % 10 != 9]
    back, home = page[page % 3 == 0], page[page % 7 == 3]
    start = np.concatenate([page, back, home])
    end = np.concatenate([(page + 1) % n, (back - 7) % n, 0 * home])
    links = sparse.coo_array((np.ones(start.size), (end, start)), shape=(n, n)).tocsr()
    links.data[:] = 1
    count = links.sum(axis=0)
    return sparse.csr_array(links @ sparse.diags_array(1 / np.maximum(count, 1)))


# The misconceptions, each with a model of the wrong solution where it has one.

WEBS = [
    _columns([[1, 2], [2], [0], [0, 1, 2]], 4),
    _columns([[1], [2, 3, 4], [0, 1], [1], [0, 2]], 5),
]
DANGLING = [
    _columns([[1, 2], [], [0, 1]], 3),
    _columns([[1, 3], [0], [], [1]], 4),
]
REORDERED = [(_columns([[1, 2], [2], [1]], 3), d) for d in (0.85, 0.3)]  # eig puts 0 before 1
UNEVEN = [(np.array([[0.0, 0.5, 0.25], [0.25, 0.0, 0.0], [0.5, 0.25, 0.0]]), 0.85)]
KNOWN = [(L, d) for L in WEBS for d in (0.85, 0.3)]
KNOWN_DANGLING = [(L, d) for L in DANGLING for d in (0.85, 0.6)]


def solve(L, d):
    """Return the right ranks by solving (I - d S) r = (1 - d)/n, for the models' use."""
    n = L.shape[0]
    S = L + (L.sum(axis=0) == 0) / n
    return np.linalg.solve(np.eye(n) - d * S, np.full(n, (1 - d) / n))


def _like(model, cases=KNOWN, tolerance=0.01):
    """Return a recogniser of `model` up to a common factor of the ranks."""
    recognises = behaves_like(lambda L, d: model(L, d) / model(L, d).sum(), cases, tolerance)
    return lambda function: recognises(lambda L, d: proportions(function, L, d))


def _sum_is(total):
    """Return a recogniser of ranks with ``total(ranks)`` equal to 1 on webs without dangling."""

    def recognises(function):
        return all(abs(total(ranks_of(function, L, d)) - 1) < 1e-4 for L, d in KNOWN)

    return recognises


def _reversed_web(L, d):
    back = (L > 0).T.astype(float)
    return solve(back / np.maximum(back.sum(axis=0), 1), d)


def _is_swapped(function):
    if _like(_reversed_web)(function):
        return True
    # With L transposed, equal ranks satisfy all equations: its rows sum to 1. A matrix
    # whose columns do not sum to 1 tells that from a function that ignores L.
    return _is_flat(function, KNOWN) and not _is_flat(function, UNEVEN)


def _is_flat(function, cases):
    return _like(lambda L, d: np.ones(L.shape[0]), cases)(function)


def _is_another_eigenvector(function):
    values = []
    for L, d in REORDERED:
        r = ranks_of(function, L, d)
        step = d * (L @ r) + (1 - d) * r.sum() / r.size
        values.append(step @ r / (r @ r))
        if np.abs(step - values[-1] * r).max() > 1e-6 * np.abs(r).max():
            return False
    return min(np.abs(np.array(values) - 1)) > 1e-3


def _ignores_damping(function):
    gaps = [
        np.abs(proportions(function, L, 0.3) - proportions(function, L, 0.9)).max() for L in WEBS
    ]
    return max(gaps) < 1e-4


def _near(cases):
    """Return a recogniser of ranks that are close to the right ones, but not right."""
    close, right = _like(solve, cases, tolerance=0.05), _like(solve, cases, tolerance=1e-9)
    return lambda function: close(function) and not right(function)


def _stops_early(function):
    if _near(KNOWN)(function):
        return True
    # from any start: on the star a step leaves d of the error
    quick, late = (_like(solve, [(STAR, d)], tolerance=1e-8) for d in (0.4, 0.95))
    return _like(solve)(function) and quick(function) and not late(function)


def _fixed_steps(*dampings):
    """Return a recogniser of the same number of steps for each of the `dampings`.

    On the star a step takes the error e to -d e, so that the ranks tell how many were
    made from a start of equal ranks, or of all the rank on a page.
    """

    def recognises(function):
        ranks = [(d, solve(STAR, d), proportions(function, STAR, d)) for d in dampings]
        for hub in (1 / 4, 1, 0):
            start = np.array([hub, *[(1 - hub) / 3] * 3])
            counts = set()
            for d, exact, r in ranks:
                steps = np.log(abs((r - exact)[0] / (start - exact)[0])) / np.log(d)
                left = (-d) ** np.round(steps) * (start - exact)
                if np.abs(r - exact - left).max() > 1e-4 * np.abs(left).max():
                    break
                counts.add(round(steps))
            else:
                if len(counts) == 1 and min(counts) > 0:
                    return True
        return False

    return recognises


def _leaks(function):
    sums = [ranks_of(function, L, d).sum() for L, d in KNOWN_DANGLING]
    return max(sums) < 0.999


def _gains(function):
    sums = [ranks_of(function, L, d).sum() for L, d in KNOWN_DANGLING]
    return min(sums) > 1.001


def _rescaled_leak(L, d):
    """Return the leading eigenvector of d L + (1 - d)/n: rescaled after each leaking step."""
    n = L.shape[0]
    values, vectors = np.linalg.eig(d * L + (1 - d) / n)
    return np.real(vectors[:, np.argmax(np.abs(values))])


def _self_links(L, d):
    return solve(L + np.diag(L.sum(axis=0) == 0), d)


COMPLEX = Misconception(
    "complex numbers from eig",
    "np.linalg.eig returns complex arrays as soon as one eigenvalue is complex. The ranks belong "
    "to the eigenvalue 1 and are real: take np.real of that one eigenvector.",
)
SIGN = Misconception(
    "the eigenvector's sign",
    "An eigenvector is known only up to a factor, which may be negative. Divide it by its sum: "
    "that sets the sign and the scale at once.",
)
OTHER = Misconception(
    "the eigenvector of another eigenvalue",
    "np.linalg.eig gives the eigenvalues in no order. The ranks belong to the largest, 1: find "
    "its column with np.argmax.",
    _is_another_eigenvector,
)
PERCENT = Misconception(
    "ranks in per cent",
    "They sum to 100. Ranks are probabilities here: start from 1/n for each page.",
    _sum_is(lambda r: r.sum() / 100),
)
COUNT = Misconception(
    "ranks that sum to the number of pages",
    "Either (1 - d) is not divided by n, or the start is 1 instead of 1/n for each page.",
    _sum_is(lambda r: r.sum() / r.size),
)
LENGTH = Misconception(
    "an eigenvector of length 1",
    "np.linalg.eig scales eigenvectors so that their squares sum to 1. Divide by the sum.",
    _sum_is(lambda r: np.linalg.norm(r)),
)
LARGEST = Misconception(
    "ranks scaled to a largest of 1",
    "Divide by the sum of the ranks, not by the largest.",
    _sum_is(lambda r: np.abs(r).max()),
)
LOOSE = Misconception(
    "the loop stops too early",
    "The ranks are nearly right: the tolerance is too loose, or the number of steps limited. The "
    "error may be 1/(1 - d) times what a step changes: go on until a step changes the ranks by "
    "less than 1e-9 (1 - d) in all (or 1e-13 for d = 1), however many steps that takes.",
    _stops_early,
)
LOOSE_DANGLING = replace(LOOSE, recognises=_near(KNOWN_DANGLING))
LOOSE_SLOW = replace(LOOSE, recognises=_near(slow))
FIXED = Misconception(
    "a fixed number of steps",
    "The loop makes as many steps for one d as for another. A step may shrink the error by no "
    "more than the factor d, so what is enough for one d is too few for a larger one. Let the "
    "loop end when a step changes the ranks by less than 1e-9 (1 - d) in all (or 1e-13 for "
    "d = 1).",
    _fixed_steps(0.9, 0.95),
)
FIXED_SLOW = replace(FIXED, recognises=_fixed_steps(0.99, 0.995))
SWAPPED = Misconception(
    "rows and columns swapped",
    "L[to, from] has a column for each page that a link leaves. Multiply by L, not by its "
    "transpose, and take columns for the pages' links.",
    _is_swapped,
)
NO_LINKS = Misconception(
    "the links are not used",
    "Every page has the same rank in every web.",
    lambda function: _is_flat(function, KNOWN + UNEVEN),
)
NO_DAMPING = Misconception(
    "no damping",
    "The ranks are the same for every d: each step must mix d times the links with (1 - d)/n.",
    _ignores_damping,
)
WRONG_TERM = Misconception(
    "damping on the wrong term",
    "d is the probability of following a link: it belongs to L, and 1 - d to the jump.",
    _like(lambda L, d: solve(L, 1 - d)),
)
NOT_SHARED = Misconception(
    "(1 - d) is not divided by n",
    "The jump gives each page (1 - d)/n; to give it 1 - d and rescale afterwards is to jump "
    "more often than asked.",
    _like(lambda L, d: solve(L, d / (d + (1 - d) * L.shape[0]))),
)
LEAK = Misconception(
    "dangling pages leak rank",
    "The column of a page without links is zero, so each step loses that page's rank. Give d/n "
    "of it to every page.",
    _leaks,
)
GROWS = Misconception(
    "the rank grows from step to step",
    "Print r.sum() in your loop: it should stay 1. A page hands d of its rank to the pages it "
    "links to or, where it has no links, to all pages alike; the jump gives every page (1 - d)/n. "
    "Is a d missing in one of these?",
    _gains,
)
RESCALED = Misconception(
    "dangling pages leak rank, and each step is rescaled",
    "To divide by the sum after each step hides the leak but is not the same: the lost rank is "
    "shared like the ranks themselves, not equally. Give d/n of it to every page.",
    _like(_rescaled_leak, KNOWN_DANGLING),
)
SELF_LINKS = Misconception(
    "dangling pages keep their rank",
    "A page without links is treated as if it linked to itself. Its surfer jumps to any page, "
    "each with probability 1/n.",
    _like(_self_links, KNOWN_DANGLING),
)
DENSE = Misconception(
    "dense memory on a sparse web",
    "Somewhere a full n by n array is made: by toarray, by np.ones((n, n)), or by adding a number "
    "to a sparse matrix. With 50,000 pages it would take 20 GB. Keep L sparse, and add (1 - d)/n "
    "to the vector instead of to the matrix.",
)
FILLS = Misconception(
    "the full matrix on a sparse web",
    "Adding a number to a sparse array would fill all its n^2 places, so SciPy refuses. You never "
    "need the matrix M, only M times r: that is d * (L @ r), a vector, and to a vector you can "
    "add (d delta + 1 - d)/n, with delta the rank of the pages without links.",
)
WRITES = Misconception(
    "the argument is changed",
    "An array is passed as it is, not as a copy: L *= d changes the caller's L. Write L = d * L.",
)

VECTOR = "the answer is one real, finite number a page"
SUM = "the ranks sum to 1"
STATIONARY = "a step of the surfer changes no rank"
SHARES = "a page without links shares its rank among all pages"
SPARSE = "a sparse L gives the ranks too"

PROPERTIES = (
    Property(VECTOR, is_a_vector, any_web, basic=True, misconceptions=(COMPLEX,)),
    Property("no rank is negative", is_not_negative, linked, misconceptions=(OTHER,)),
    Property(
        SUM,
        sums_to_one,
        linked,
        misconceptions=(PERCENT, COUNT, OTHER, LENGTH, LARGEST),
    ),
    Property(
        STATIONARY,
        is_stationary,
        linked,
        misconceptions=(
            OTHER,
            FIXED,
            LOOSE,
            SWAPPED,
            NO_LINKS,
            NO_DAMPING,
            WRONG_TERM,
            NOT_SHARED,
        ),
    ),
    Property(
        "a page without links loses no rank",
        sums_to_one,
        with_dangling,
        needs=(SUM,),
        misconceptions=(LEAK, GROWS),
    ),
    Property(
        SHARES,
        shares_dangling_rank,
        with_dangling,
        needs=(STATIONARY,),
        misconceptions=(RESCALED, SELF_LINKS, FIXED, LOOSE_DANGLING),
    ),
    Property(
        "the ranks are right however slowly the surfer settles",
        is_right_where_slow,
        slow,
        needs=(STATIONARY,),
        misconceptions=(FIXED, FIXED_SLOW, LOOSE_SLOW, LOOSE),
    ),
    Property(
        "renumbering the pages renumbers the ranks",
        follows_a_renumbering,
        renumbered(),
        arguments=("L", "d", "order"),
        needs=(STATIONARY,),
    ),
    Property(
        "d = 0, d = 1, a single page, a link to itself: no exceptions",
        holds_at_the_ends,
        at_the_ends,
        needs=(STATIONARY,),
        misconceptions=(FIXED, FIXED_SLOW, LOOSE, LOOSE_SLOW),
    ),
    Property("L is left as it was", leaves_arguments_alone, any_web),
    Property(SPARSE, takes_sparse, linked, needs=(STATIONARY,)),
    Property(
        "a web of 50,000 pages fits in memory",
        stays_sparse,
        [(large_web(1000), 0.85), (large_web(50_000), 0.85)],
        needs=(SPARSE, SHARES),
    ),
)


def check_pagerank(function):
    """Check a function ``pagerank(L, d)`` that returns the ranks of the pages of a web.

    Parameters
    ----------
    function : callable
        Takes `L`, the link matrix of shape (n, n), dense or SciPy sparse, with entry
        (to, from), whose columns sum to 1 or, for a page without links, to 0; and `d`,
        the probability from 0 to 1 of following a link. Returns the vector of the n
        ranks (or a result that has it as ``.ranks``), each right to 8 decimal places.

    Returns
    -------
    Report
        Each property tried; for a failure, the smallest web found on which it fails.

    Examples
    --------
    >>> import numpy as np
    >>> def pagerank(L, d):
    ...     n = L.shape[0]
    ...     r = np.ones(n)
    ...     for step in range(500):
    ...         r = d * (L @ r) + (1 - d)
    ...     return r
    >>> report = check_pagerank(pagerank)
    >>> report.passed
    False
    >>> report.failures[0].property, report.failures[0].misconception
    ('the ranks sum to 1', 'ranks that sum to the number of pages')
    """
    return run("pagerank(L, d)", function, PROPERTIES, arguments=("L", "d"))

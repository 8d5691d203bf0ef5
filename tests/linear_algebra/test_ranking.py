"""PageRank: theorems, the course's web, an independent reference, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

import mml.linear_algebra.ranking as ranking
from mml.errors import ConvergenceError
from mml.linear_algebra import eigenvalues, google_matrix, link_matrix, pagerank, random_surfer

fixed = settings(derandomize=True, deadline=None, max_examples=100)
COURSE = {"A": "BCD", "B": "AD", "C": "D", "D": "BC"}
METHODS = ["extrapolated", "power"]


def exact_ranks(L, d, v=None):
    """The ranks by a direct solve, in which nothing is iterated."""
    L = L.toarray() if sparse.issparse(L) else np.asarray(L, float)
    n = len(L)
    v = np.full(n, 1 / n) if v is None else np.asarray(v) / np.sum(v)
    r = np.linalg.solve(np.eye(n) - d * L, v)  # proportional to the ranks
    return r / r.sum()


def random_web(n, links, seed, copies=1):
    """A web in which page i + n/copies is linked to by the same pages as page i."""
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, n // copies, (links, 2))
    pairs[:, 0] = rng.integers(0, n - n // 5, links)  # a fifth is dangling
    shifted = [pairs + np.array([0, k * (n // copies)]) for k in range(copies)]
    return link_matrix(np.concatenate(shifted), n)


@st.composite
def webs(draw):
    n = draw(st.integers(1, 8))
    page = st.integers(0, n - 1)
    return link_matrix({j: draw(st.lists(page, max_size=n)) for j in range(n)})


dampings = st.sampled_from([0.0, 0.3, 0.5, 0.85, 0.95])


# --- the link matrix --------------------------------------------------------------------


def test_course_web_from_every_form():
    wanted = [[0, 1 / 2, 0, 0], [1 / 3, 0, 0, 1 / 2], [1 / 3, 0, 0, 1 / 2], [1 / 3, 1 / 2, 1, 0]]
    number = {page: i for i, page in enumerate("ABCD")}
    pairs = [(a, b) for a, targets in COURSE.items() for b in targets]
    numbered = [(number[a], number[b]) for a, b in pairs]
    L = link_matrix(COURSE)
    assert isinstance(L, np.ndarray)
    assert_array_equal(L, wanted)
    for form in (
        pairs,
        numbered,
        np.array(numbered, np.uint8),
        {number[a]: [number[b] for b in t] for a, t in COURSE.items()},
        sparse.csc_array(np.array(wanted) != 0),
        sparse.coo_matrix(L),
    ):
        assert_array_equal(link_matrix(form), wanted)


def test_duplicates_count_once_and_self_links_count():
    assert_array_equal(link_matrix({0: [1, 1, 0], 1: [0]}), [[0.5, 1], [0.5, 0]])
    assert_array_equal(link_matrix([(0, 1), (0, 1), (0, 0), (1, 0)]), [[0.5, 1], [0.5, 0]])


def test_pages_without_links_are_dangling():
    assert_array_equal(link_matrix({0: [1]}), [[0, 0], [1, 0]])
    assert_array_equal(link_matrix([(0, 1)], n=3), [[0, 0, 0], [1, 0, 0], [0, 0, 0]])
    assert_array_equal(link_matrix({0: [], 2: []}), np.zeros((3, 3)))
    assert_array_equal(link_matrix({"a": []}), [[0]])
    assert_array_equal(link_matrix([], n=2), np.zeros((2, 2)))


def test_large_webs_are_sparse():
    assert isinstance(link_matrix([(0, 499)]), np.ndarray)
    L = link_matrix([(0, 500), (0, 1)])
    assert sparse.issparse(L)
    assert L.format == "csr"
    assert L.shape == (501, 501)
    assert_array_equal(L.data, [0.5, 0.5])
    big = link_matrix([(0, 10**6)])  # dense this would be 8 TB
    assert big.nnz == 1


@given(webs())
@fixed
def test_columns_sum_to_one_or_zero(L):
    sums = L.sum(axis=0)
    assert ((np.abs(sums - 1) < 1e-15 * len(L)) | (sums == 0)).all()
    assert (L >= 0).all()


@pytest.mark.parametrize(
    ("links", "n", "words"),
    [
        ([], None, "at least one page"),
        ({}, None, "at least one page"),
        ([(0, 5)], 3, "got page 5"),
        ({4: []}, 3, "got page 4"),
        ([(0, -1)], None, "whole numbers from 0"),
        ([(0, 1.5)], None, "whole numbers from 0"),
        ({0: ["a"]}, None, "whole numbers from 0"),
        ({0.5: [1]}, None, "whole numbers from 0"),
        ([0, 1], None, "pairs"),
        ([(0, 1, 2)], None, "pairs"),
        ([(0, 1)], 0, "at least 1"),
        ([(0, 1)], 2.5, "whole number"),
        (sparse.coo_array((2, 3)), None, "square"),
    ],
)
def test_bad_links(links, n, words):
    with pytest.raises(ValueError, match=words):
        link_matrix(links, n)


# --- the ranks --------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_course_web(method):
    assert_allclose(
        pagerank(link_matrix(COURSE), 1, method=method).ranks, [0.12, 0.24, 0.24, 0.4], atol=1e-9
    )


@given(webs(), dampings, st.sampled_from(METHODS))
@fixed
def test_ranks_are_the_solution_of_the_linear_system(L, d, method):
    found = pagerank(L, d, method=method)
    assert np.abs(found.ranks - exact_ranks(L, d)).sum() <= 1e-10 + 1e-14
    assert found.residual <= 1e-10 * (1 - d)
    M = google_matrix(L, d)
    assert_allclose(np.abs(M @ found.ranks - found.ranks).sum(), found.residual, atol=1e-14)
    assert abs(found.ranks.sum() - 1) < 1e-13
    assert (found.ranks >= 0).all()
    for same in (sparse.csr_array(L), sparse.csc_matrix(L), sparse.coo_array(L), L.tolist()):
        again = pagerank(same, d, method=method)
        assert_allclose(again.ranks, found.ranks, rtol=1e-13)
        assert again.iterations == found.iterations


@given(webs(), dampings)
@fixed
def test_google_matrix_has_its_second_eigenvalue_within_the_damping(L, d):
    M = google_matrix(L, d)
    assert_allclose(M.sum(axis=0), 1, rtol=1e-14)
    assert (M >= 0).all()
    sizes = np.sort(np.abs(eigenvalues(M)))
    assert_allclose(sizes[-1], 1, atol=1e-7)
    # A defective eigenvalue of M (Jordan block k) is known to the k-th root of rounding only.
    if len(sizes) > 1 and d > 0:
        power = np.linalg.matrix_power(M, 60)
        spread = np.abs(power - power[:, :1]).sum(axis=0).max()
        assert spread <= 2 * d**60 * (1 + 1e-9) + 1e-13


@given(webs(), dampings, st.integers(0, 2**32 - 1))
@fixed
def test_every_step_shrinks_the_error_by_the_damping(L, d, seed):
    M, r = google_matrix(L, d), exact_ranks(L, d)
    x = np.random.default_rng(seed).dirichlet(np.ones(len(L)))
    for _ in range(5):
        y = M @ x
        assert np.abs(y - r).sum() <= d * np.abs(x - r).sum() + 1e-14
        x = y


@given(webs(), dampings, st.integers(0, 2**32 - 1))
@fixed
def test_renumbering_the_pages_renumbers_the_ranks(L, d, seed):
    order = np.random.default_rng(seed).permutation(len(L))
    assert_allclose(
        pagerank(L[np.ix_(order, order)], d).ranks, pagerank(L, d).ranks[order], atol=2e-10
    )


@given(webs(), dampings, st.data())
@fixed
def test_personalisation(L, d, data):
    n = len(L)
    weights = data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n).filter(any))
    found = pagerank(L, d, personalisation=weights)
    assert np.abs(found.ranks - exact_ranks(L, d, weights)).sum() <= 1e-10 + 1e-14
    scaled = pagerank(L, d, personalisation=np.array(weights) * 1e-200)
    assert_allclose(scaled.ranks, found.ranks, atol=1e-15)
    M = google_matrix(L, d, personalisation=weights)
    assert_allclose(M @ found.ranks, found.ranks, atol=1e-10)


def test_dangling_page_hands_its_rank_to_everybody():
    found = pagerank([[0, 0], [1, 0]], 0.85)  # page 0 → page 1 → nowhere
    assert_allclose(found.ranks, [1 / 2.85, 1.85 / 2.85], atol=1e-10)
    assert_array_equal(pagerank(np.zeros((3, 3))).ranks, [1 / 3] * 3)
    assert_array_equal(pagerank([[0]]).ranks, [1])
    assert_array_equal(pagerank([[1]]).ranks, [1])


def test_no_damping_lets_the_trap_take_all():
    trap = link_matrix({0: [1, 2], 1: [0, 2], 2: [2]})
    assert_allclose(pagerank(trap, 1).ranks, [0, 0, 1], atol=1e-9)
    assert (pagerank(trap, 0.85).ranks[:2] > 0.05).all()


def test_no_damping_and_no_limit():
    star = link_matrix({0: [1, 2], 1: [0], 2: [0]})
    ring = link_matrix({0: [1], 1: [2], 2: [3], 3: [0]})
    for method in METHODS:
        with pytest.raises(ConvergenceError, match="never settle") as caught:
            pagerank(star, 1, max_iter=200, method=method)
        assert len(caught.value.iterates) > 1
        assert caught.value.residual > 0.1
        # The ring's ranks stand still from the uniform start, and from no other.
        assert_array_equal(pagerank(ring, 1, method=method).ranks, [0.25] * 4)
        with pytest.raises(ConvergenceError):
            pagerank(ring, 1, personalisation=[1, 0, 0, 0], max_iter=200, method=method)
        assert_allclose(pagerank(ring, 0.85, method=method).ranks, 0.25, atol=1e-10)


def test_iterations_stay_below_the_bound():
    for seed in range(5):
        L = random_web(300, 1500, seed)
        for d in (0.5, 0.85, 0.99):
            bound = np.log(1e-10 * (1 - d) / 2) / np.log(d) + 2
            plain = pagerank(L, d, method="power")
            quick = pagerank(L, d)
            assert plain.iterations <= bound
            assert quick.iterations <= plain.iterations
            assert np.abs(plain.ranks - quick.ranks).sum() < 2e-10


def test_extrapolation_saves_steps_where_a_web_mixes_slowly():
    closed = {0: [1, 2], 1: [0], 2: [0, 1], 3: [4, 5], 4: [3], 5: [4], 6: [0, 3], 7: [0]}
    L = link_matrix(closed)  # two parts that nothing leaves: λ₂ = d
    quick, plain = pagerank(L, 0.99), pagerank(L, 0.99, method="power")
    assert quick.iterations < 0.3 * plain.iterations
    assert np.abs(quick.ranks - exact_ranks(L, 0.99)).sum() < 1e-10


@pytest.mark.parametrize("v", [None, "random"])
@pytest.mark.parametrize("d", [0.85, 0.99, 1])
def test_twins_are_merged_without_a_trace(monkeypatch, v, d):
    L = random_web(900, 2500, seed=1, copies=3)
    v = None if v is None else np.random.default_rng(2).integers(1, 3, 900)
    alone = pagerank(L, d, personalisation=v)
    rows = []
    surfer = ranking._surfer
    monkeypatch.setattr(ranking, "TWIN_LINKS", 0)
    monkeypatch.setattr(ranking, "_surfer", lambda L, *a: rows.append(L.shape[0]) or surfer(L, *a))
    merged = pagerank(L, d, personalisation=v)
    assert rows[0] < 0.75 * 900  # the iteration was smaller
    assert rows[-1] == 900  # and the residual is that of the whole web
    assert np.abs(merged.ranks - alone.ranks).sum() < 2e-10 if d < 1 else 1e-7
    assert merged.residual <= 1e-10 * (1 - d if d < 1 else 1)
    with pytest.raises(ConvergenceError) as caught:
        pagerank(L, d, personalisation=v, max_iter=2)
    assert {x.shape for x in caught.value.iterates} == {(900,)}


def test_false_twins_are_found_out(monkeypatch):
    L = random_web(900, 5000, seed=3)
    wanted = pagerank(L).ranks

    class Loaded:  # "random" numbers that make many rows look equal
        def random(self, n=None):
            return 1.0 if n is None else np.ones(n)

    monkeypatch.setattr(ranking, "TWIN_LINKS", 0)
    monkeypatch.setattr(np.random, "default_rng", lambda seed: Loaded())
    half = L.copy()
    half.data[:] = half.data.round(1)  # coarse marks; not stochastic, so rescale
    half = link_matrix(half)
    found = pagerank(half)
    assert np.abs(found.ranks - exact_ranks(half, 0.85)).sum() <= 1e-10
    assert np.abs(pagerank(L).ranks - wanted).sum() <= 2e-10


def test_large_web_in_little_memory_and_untouched():
    L = random_web(200_000, 600_000, seed=4)
    before = L.copy()
    for array in (L.data, L.indices, L.indptr):
        array.flags.writeable = False
    found = pagerank(L)
    assert_array_equal(L.data, before.data)
    assert_array_equal(L.indices, before.indices)
    assert abs(found.ranks.sum() - 1) < 1e-12
    step = 0.85 * (L @ found.ranks)
    step += (1 - step.sum()) / len(step)
    assert np.abs(step - found.ranks).sum() <= 1e-10 * 0.15


def test_tight_tolerance_and_few_steps():
    L = random_web(2000, 9000, seed=5)
    assert np.abs(pagerank(L, tol=1e-14).ranks - exact_ranks(L, 0.85)).sum() < 3e-14
    with pytest.raises(ConvergenceError, match="after 3 products") as caught:
        pagerank(L, max_iter=3)
    assert caught.value.residual > 0
    with pytest.raises(ConvergenceError):
        pagerank(L, tol=0, max_iter=300, method="power", damping=0.999)


def test_single_precision_columns():
    L = random_web(600, 4000, seed=6).astype(np.float32)
    assert_allclose(pagerank(L).ranks, exact_ranks(L.astype(float), 0.85), rtol=1e-5)


@pytest.mark.parametrize(
    ("L", "options", "words"),
    [
        (np.empty((0, 0)), {}, "must not be empty"),
        (sparse.csr_array((0, 0)), {}, "at least one page"),
        ([[0, 1]], {}, "square"),
        ([0, 1], {}, "matrix"),
        ([[0, -1], [1, 2]], {}, "negative"),
        ([[0, 0.5], [1, 0]], {}, "column 1 sums to 0.5"),
        ([[0, 1], [2, 0]], {}, "column 0 sums to 2"),
        ([[np.nan, 1], [1, 0]], {}, "finite"),
        (sparse.csr_array([[np.nan, 1], [1, 0]]), {}, "finite, got column 0"),
        (sparse.csr_array([[np.inf, 1], [1, 0]]), {}, "finite, got column 0"),
        (sparse.csr_array([[1j, 1], [1, 0]]), {}, "real"),
        ([[0, 1], [1, 0]], {"damping": 1.1}, "damping must be between 0 and 1"),
        ([[0, 1], [1, 0]], {"damping": -0.1}, "damping"),
        ([[0, 1], [1, 0]], {"damping": np.nan}, "damping must be finite"),
        ([[0, 1], [1, 0]], {"damping": "high"}, "damping must be a real number"),
        ([[0, 1], [1, 0]], {"personalisation": [1, 0, 0]}, "personalisation must have shape"),
        ([[0, 1], [1, 0]], {"personalisation": [1, -1]}, "non-negative"),
        ([[0, 1], [1, 0]], {"personalisation": [0, 0]}, "not all zero"),
        ([[0, 1], [1, 0]], {"personalisation": [1, np.nan]}, "finite"),
        ([[0, 1], [1, 0]], {"tol": -1}, "tol"),
        ([[0, 1], [1, 0]], {"max_iter": 0}, "max_iter"),
        ([[0, 1], [1, 0]], {"method": "magic"}, "method"),
    ],
)
def test_bad_input(L, options, words):
    with pytest.raises(ValueError, match=words):
        pagerank(L, **options)


# --- the surfer ---------------------------------------------------------------------------


@pytest.mark.parametrize("d", [0.85, 1])
def test_surfer_visits_pages_as_often_as_they_rank(d):
    L = link_matrix(COURSE)
    visits = random_surfer(L, d, steps=20_000, seed=1)
    assert abs(visits.sum() - 1) < 1e-12
    assert np.abs(visits - pagerank(L, d).ranks).max() < 0.02
    assert_array_equal(visits, random_surfer(sparse.csr_array(L), d, steps=20_000, seed=1))


def test_surfer_leaves_dangling_pages_and_jumps_where_told():
    L = link_matrix({0: [1], 1: [], 2: [0]})
    visits = random_surfer(L, 0.85, steps=20_000, seed=2, personalisation=[1, 0, 0])
    assert visits[2] == 0
    wanted = pagerank(L, 0.85, personalisation=[1, 0, 0]).ranks
    assert np.abs(visits - wanted).max() < 0.02
    with pytest.raises(ValueError, match="steps"):
        random_surfer(L, steps=0)

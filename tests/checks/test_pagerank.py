"""The PageRank check: right solutions pass, each misconception is called by its name."""

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import linalg

import mml.linear_algebra
from mml.checks import check_pagerank
from mml.checks import pagerank as lab
from mml.checks._guard import Guarded


def power(L, d):
    """The lab's solution, as short as it can be."""
    n = L.shape[0]
    dangling = np.asarray(L.sum(axis=0)).ravel() == 0
    r = np.full(n, 1 / n)
    for _ in range(10_000):
        new = d * (L @ r) + (d * r[dangling].sum() + 1 - d) / n
        if np.abs(new - r).sum() < 1e-12:
            return new
        r = new
    raise ArithmeticError("no convergence")


# Right solutions of other styles.


def by_eigenvectors(L, d):
    n = L.shape[0]
    if not sparse.issparse(L):
        M = d * (L + (L.sum(axis=0) == 0) / n) + (1 - d) / n
        values, vectors = np.linalg.eig(M)
        r = np.real(vectors[:, np.argmax(np.real(values))])
        return r / r.sum()
    lost = L.sum(axis=0) == 0
    if n < 20:
        return by_eigenvectors(L.toarray(), d)
    M = linalg.LinearOperator(
        (n, n),
        matvec=lambda r: d * (L @ r) + (d * r[lost].sum() + (1 - d) * r.sum()) / n,
        dtype=float,
    )
    values, vectors = linalg.eigs(M, k=1, v0=np.ones(n), tol=1e-13)
    r = np.real(vectors[:, 0])
    return r / r.sum()


def by_solving(L, d):
    """Let the dangling pages leak, rescale at the very end: for d < 1 that is exact."""
    n = L.shape[0]
    if d == 1:
        return power(L, d)
    A = sparse.eye_array(n, format="csc") - d * sparse.csc_array(L)
    r = linalg.spsolve(A, np.full(n, (1 - d) / n))
    return (r / r.sum()).tolist()


def by_links(L, d):
    links = sparse.coo_array(L)
    end, start = links.coords
    n = L.shape[0]
    r = np.ones(n) / n
    change = 1
    while change > 1e-13:
        print("a reader's print")
        flow = np.bincount(end, weights=links.data * r[start], minlength=n)
        new = d * flow
        new += (1 - new.sum()) / n  # all that is missing jumps
        change, r = abs(new - r).max(), new
    return r


def worked(L, d):
    """The lab's worked solution."""
    n = L.shape[0]
    r = np.full(n, 1 / n)
    while True:
        y = d * (L @ r)
        new = y + (1 - y.sum()) / n
        if np.abs(new - r).sum() <= max(1e-9 * (1 - d), 1e-13):
            return new
        r = new


def from_a_random_start(L, d):
    n = L.shape[0]
    r = np.random.default_rng().random(n)
    r /= r.sum()
    return iterate(
        lambda r: d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / n, n, tol=1e-11, start=r
    )


@pytest.mark.parametrize(
    "function",
    [
        power,
        worked,
        by_eigenvectors,
        by_solving,
        by_links,
        from_a_random_start,
        mml.linear_algebra.pagerank,
        lambda L, d: mml.linear_algebra.pagerank(L, d).ranks,
        lambda L, d: mml.linear_algebra.pagerank(L, d, method="power"),
    ],
)
def test_right_solutions_pass(function, capfd):
    report = check_pagerank(function)
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


# Wrong solutions, each with one defect, as a learner would write them.


def iterate(step, n, tol=1e-12, start=None):
    r = np.full(n, 1 / n) if start is None else start
    for _ in range(3000):
        new = step(r)
        if np.linalg.norm(new - r) < tol:
            return new
        r = new
    return r


def lost(L):
    return np.asarray(L.sum(axis=0)).ravel() == 0


def stub(L, d):
    raise NotImplementedError


def in_per_cent(L, d):
    return 100 * power(L, d)


def started_from_ones(L, d):
    return L.shape[0] * power(L, d)


def eigenvector_of_length_one(L, d):
    r = power(L, d)
    return r / np.linalg.norm(r)


def largest_one(L, d):
    r = power(L, d)
    return r / r.max()


def negative(L, d):
    return -power(L, d)


def negative_length_one(L, d):
    return -eigenvector_of_length_one(L, d)


def first_eigenvector(L, d):
    n = L.shape[0]
    _values, vectors = np.linalg.eig(d * (L + lost(L) / n) + (1 - d) / n)
    r = np.real(vectors[:, 0])
    return r / np.abs(r).sum() * np.sign(r[0])


def complex_from_eig(L, d):
    n = L.shape[0]
    values, vectors = np.linalg.eig((d * (L + lost(L) / n) + (1 - d) / n).astype(complex))
    r = vectors[:, np.argmax(values.real)]
    return r / r.sum()


def transposed(L, d):
    n = L.shape[0]
    return iterate(lambda r: d * (L.T @ r) + (d * r[lost(L)].sum() + 1 - d) / n, n)


def transposed_google(L, d):
    n = L.shape[0]
    S = L + lost(L) / n
    return iterate(lambda r: d * (S.T @ r) + (1 - d) / n, n)


def counts_the_rows(L, d):
    links = (L > 0).T.astype(float)
    sums = np.asarray(links.sum(axis=0)).ravel()
    return power(links / np.where(sums == 0, 1, sums), d)


def other_way_round(L, d):
    return power(L, 1 - d)


def undamped(L, d):
    n = L.shape[0]
    return iterate(lambda r: L @ r + r[lost(L)].sum() / n, n)


def fixed_damping(L, d):
    return power(L, 0.85)


def jump_not_divided(L, d):
    n = L.shape[0]

    def step(r):
        new = d * (L @ r) + d * r[lost(L)].sum() / n + (1 - d)
        return new / new.sum()

    return iterate(step, n)


def leaking(L, d):
    n = L.shape[0]
    return iterate(lambda r: d * (L @ r) + (1 - d) / n, n)


def leaking_matrix(L, d):
    n = L.shape[0]
    M = d * L + (1 - d) / n * np.ones((n, n))
    return iterate(lambda r: M @ r, n)


def rescaled_each_step(L, d):
    n = L.shape[0]

    def step(r):
        new = d * (L @ r) + (1 - d) / n
        return new / new.sum()

    return iterate(step, n)


def leading_eigenvector_of_leak(L, d):
    n = L.shape[0]
    values, vectors = np.linalg.eig(d * L + (1 - d) / n * np.ones((n, n)))
    r = np.real(vectors[:, np.argmax(values.real)])
    return r / r.sum()


def dangling_stays(L, d):
    return power(
        L + sparse.diags_array(lost(L).astype(float))
        if sparse.issparse(L)
        else L + np.diag(lost(L)),
        d,
    )


def course_tolerance(L, d):
    n = L.shape[0]
    return (
        iterate(
            lambda r: d * (L @ r) + (d * r[lost(L)].sum() + (1 - d) * 100) / n,
            n,
            tol=0.01,
            start=np.full(n, 100 / n),
        )
        / 100
    )


def tolerance_of_a_millionth(L, d):
    n = L.shape[0]
    return iterate(lambda r: d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / n, n, tol=1e-6)


def tolerance_of_an_eighth_digit(L, d):
    n = L.shape[0]
    return iterate(lambda r: d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / n, n, tol=1e-8)


def steps(count, start=lambda n: np.full(n, 1 / n)):
    def fixed(L, d):
        n = L.shape[0]
        r = start(n)
        for _ in range(count):
            r = d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / n
        return r

    return fixed


def from_the_first_page(n):
    r = np.zeros(n)
    r[0] = 1
    return r


def from_a_seed(n):
    r = np.random.default_rng(0).random(n)
    return r / r.sum()


def a_thousand_steps_at_most(L, d):
    n = L.shape[0]
    r = np.full(n, 1 / n)
    for _ in range(1000):
        new = d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / n
        if np.abs(new - r).max() < 1e-12:
            break
        r = new
    return new


def jumps_in_the_matrix(L, d):
    n = L.shape[0]
    M = d * L + (1 - d) / n
    return iterate(lambda r: M @ r + d * r[lost(L)].sum() / n, n)


def forgets_d_when_dangling(L, d):
    n = L.shape[0]
    return iterate(lambda r: d * (L @ r) + (r[lost(L)].sum() + 1 - d) / n, n)


def to_dense(L, d):
    return power(L.toarray() if sparse.issparse(L) else L, d)


def matrix_of_jumps(L, d):
    n = L.shape[0]
    M = d * (L + np.outer(np.ones(n), lost(L)) / n) + (1 - d) / n * np.ones((n, n))
    return iterate(lambda r: M @ r, n)


def dense_when_large(L, d):
    n = L.shape[0]
    return np.ones((n, n)) @ power(L, d) if n > 1000 else power(L, d)


def writes_into_L(L, d):
    n, gone = L.shape[0], lost(L)
    L *= d
    return iterate(lambda r: L @ r + (d * r[gone].sum() + 1 - d) / n, n)


def flat(L, d):
    return np.full(L.shape[0], 1 / L.shape[0])


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (in_per_cent, "ranks in per cent"),
        (started_from_ones, "ranks that sum to the number of pages"),
        (eigenvector_of_length_one, "an eigenvector of length 1"),
        (largest_one, "ranks scaled to a largest of 1"),
        (negative, "the eigenvector's sign"),
        (first_eigenvector, "the eigenvector of another eigenvalue"),
        (complex_from_eig, "complex numbers from eig"),
        (transposed, "rows and columns swapped"),
        (transposed_google, "rows and columns swapped"),
        (counts_the_rows, "rows and columns swapped"),
        (other_way_round, "damping on the wrong term"),
        (undamped, "no damping"),
        (fixed_damping, "no damping"),
        (jump_not_divided, "(1 - d) is not divided by n"),
        (leaking, "dangling pages leak rank"),
        (rescaled_each_step, "dangling pages leak rank, and each step is rescaled"),
        (leading_eigenvector_of_leak, "dangling pages leak rank, and each step is rescaled"),
        (dangling_stays, "dangling pages keep their rank"),
        (forgets_d_when_dangling, "the rank grows from step to step"),
        (course_tolerance, "the loop stops too early"),
        (tolerance_of_a_millionth, "the loop stops too early"),
        (tolerance_of_an_eighth_digit, "the loop stops too early"),
        (steps(50, from_a_seed), "the loop stops too early"),
        (steps(300, from_a_seed), "the loop stops too early"),
        (steps(1), "a fixed number of steps"),
        (steps(30), "a fixed number of steps"),
        (steps(50), "a fixed number of steps"),
        (steps(100), "a fixed number of steps"),
        (steps(200), "a fixed number of steps"),
        (steps(1000), "a fixed number of steps"),
        (steps(50, from_the_first_page), "a fixed number of steps"),
        (a_thousand_steps_at_most, "a fixed number of steps"),
        (jumps_in_the_matrix, "the full matrix on a sparse web"),
        (to_dense, "dense memory on a sparse web"),
        (matrix_of_jumps, "dense memory on a sparse web"),
        (dense_when_large, "dense memory on a sparse web"),
        (writes_into_L, "the argument is changed"),
        (flat, "the links are not used"),
    ],
)
def test_a_misconception_is_called_by_its_name(function, name):
    report = check_pagerank(function)
    assert not report.passed
    assert {failure.misconception for failure in report.failures} - {None} == {name}, str(report)


def test_nobody_is_accused_of_what_is_not_so():
    """Right on every web but those of three pages or fewer: no known misconception."""

    def fails_on_small_webs(L, d):
        r = power(L, d)
        return r[::-1] if r.size < 4 else r

    report = check_pagerank(fails_on_small_webs)
    assert report.failures
    assert {failure.misconception for failure in report.failures} <= {None}, str(report)


def test_a_hundred_steps_fail_on_the_star():
    (failure,) = check_pagerank(steps(100)).failures
    L, d = failure.counterexample
    assert L.shape == (4, 4)
    assert 1e-8 < np.abs(steps(100)(L, d) - power(L, d)).max() < 1e-7
    assert np.abs(steps(100)(L, 0.99) - power(L, 0.99)).max() > 0.05


def test_scipy_s_refusal_is_shown_with_the_reader_s_line():
    (failure,) = check_pagerank(jumps_in_the_matrix).failures
    assert "NotImplementedError: adding a nonzero scalar to a sparse array" in failure.message
    assert "in the line  M = d * L + (1 - d) / n" in failure.message


@pytest.mark.parametrize(
    ("step", "enough", "name"),
    [
        (
            lambda L, d, r: d * (L @ r) + (r[lost(L)].sum() + 1 - d) / r.size,
            1e-12,
            "the rank grows from step to step",
        ),
        (lambda L, d, r: 2 * r, 1e-12, "the rank grows from step to step"),
        (lambda L, d, r: d * (L @ r) + (d * r[lost(L)].sum() + 1 - d) / r.size, -1, None),
        (lambda L, d, r: 100 * power(L, d), -1, None),
    ],
)
def test_a_rank_that_grows_for_ever_is_seen_when_the_time_is_over(step, enough, name, monkeypatch):
    def endless(L, d):
        r = np.full(L.shape[0], 1 / L.shape[0])
        while True:
            new = step(L, d, r)
            if np.abs(new - r).max() <= enough:
                return new
            r = new

    monkeypatch.setattr(Guarded.__call__, "__kwdefaults__", {"seconds": 1})
    report = check_pagerank(endless)
    assert [result.outcome for result in report.results] == ["fail"] + ["not tried"] * 11
    assert "an answer within 1 seconds" in report.failures[0].message
    assert report.failures[0].misconception == name


def test_links_to_itself_have_a_property_of_their_own():
    """So that no other counterexample has such a link, which the lab hardly mentions."""

    def drops_them(L, d):
        L = sparse.csr_array(L)
        L = sparse.csc_array(L - sparse.diags_array(L.diagonal()))
        sums = L.sum(axis=0)
        return power(L @ sparse.diags_array(1 / np.where(sums == 0, 1, sums)), d)

    (failure,) = check_pagerank(drops_them).failures
    assert "a link to itself" in failure.property
    assert failure.counterexample[0].trace() > 0
    for function in (in_per_cent, transposed, flat, undamped, leaking, dangling_stays):
        for failure in check_pagerank(function).failures:
            assert failure.counterexample[0].trace() == 0


def test_several_defects_are_told_apart():
    def found(function):
        return [failure.misconception for failure in check_pagerank(function).failures]

    assert found(negative_length_one)[:2] == [
        "the eigenvector's sign",
        "an eigenvector of length 1",
    ]
    assert found(leaking_matrix)[:2] == [
        "dangling pages leak rank",
        "dangling pages leak rank, and each step is rescaled",
    ]
    assert found(lambda L, d: 100 * other_way_round(L, d))[:2] == [
        "ranks in per cent",
        "damping on the wrong term",
    ]


@pytest.mark.parametrize(
    "function",
    [
        stub,
        None,
        ...,
        3,
        lambda L, d: None,
        lambda L, d: ...,
        lambda L, d: "ranks",
        lambda L, d: power(L, d)[:, None],
        lambda L, d: power(L, d)[:-1],
        lambda L, d: np.nan * power(L, d),
        lambda L: L,
        lambda L, d: 1 / 0,
        lambda L, d: sparse.csr_array(L),
        lambda L, d: {"a": 1},
        lambda L, d: [[1], [1, 2]],
        lambda L, d: [None] * L.shape[0],
    ],
)
def test_what_is_no_answer_fails_at_once_without_a_traceback(function):
    report = check_pagerank(function)
    assert [result.outcome for result in report.results] == ["fail"] + ["not tried"] * 11
    assert report.failures[0].misconception is None
    assert "expected: " in report.failures[0].message


def test_the_counterexample_is_small_and_can_be_run():
    for function, n in ((transposed, 3), (other_way_round, 3), (leaking, 2)):
        failure = check_pagerank(function).failures[0]
        L, d = failure.counterexample
        assert L.shape == (n, n)
        assert not np.allclose(function(L, d), power(L, d))


def test_reports_do_not_change_from_run_to_run():
    assert str(check_pagerank(counts_the_rows)) == str(check_pagerank(counts_the_rows))


def test_no_wrong_model_resembles_another():
    """Else a misconception would be called by another's name."""

    def shares(model, cases):
        return [model(L, d) / model(L, d).sum() for L, d in cases]

    def gap(a, b):
        return max(np.abs(x - y).max() / y.max() for x, y in zip(a, b, strict=True))

    on_linked = [power, counts_the_rows, flat, other_way_round, undamped, jump_not_divided]
    on_dangling = [power, rescaled_each_step, dangling_stays]
    for models, cases in [(on_linked, lab.KNOWN), (on_dangling, lab.KNOWN_DANGLING)]:
        for one in models:
            for other in models:
                if one is not other:
                    assert gap(shares(one, cases), shares(other, cases)) > 0.08


def test_rescaling_once_at_the_end_is_right_and_each_step_is_not():
    for L, d in lab.KNOWN_DANGLING:
        once = leaking(L, d)
        np.testing.assert_allclose(once / once.sum(), power(L, d), atol=1e-10)
        assert np.abs(rescaled_each_step(L, d) - power(L, d)).max() > 1e-3


def test_the_large_web_is_sparse_and_uneven():
    L = lab.large_web(1000)
    sums = L.sum(axis=0)
    np.testing.assert_allclose(sums[sums > 0], 1)
    assert (sums == 0).sum() == 100
    assert L.nnz < 3000
    assert power(L, 0.85).max() > 10 * power(L, 0.85).min()

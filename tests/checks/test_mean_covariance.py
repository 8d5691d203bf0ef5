"""The check of the lab on mean and covariance: what passes, what fails, what it is called."""

import numpy as np
import pytest

import mml.pca
from mml.checks import check_mean_covariance
from mml.checks import mean_covariance as lab
from mml.checks._guard import Guarded
from mml.pca import RunningStatistics

RIGHT = {
    "mean": lab.mean_of,
    "covariance": lab.covariance_of,
    "affine_mean": lambda m, A, b: A @ m + b,
    "affine_covariance": lambda S, A: A @ S @ A.T,
    "update": lab.update_of,
}


def check(**functions):
    return check_mean_covariance(**(RIGHT | functions))


# --- right solutions, in several styles -----------------------------------------------


def loop_mean(X):
    total = np.zeros(X.shape[1])
    for x in X:
        total += x
    return total / len(X)


def loop_covariance(X):
    m = loop_mean(X)
    S = np.zeros((len(m), len(m)))
    for x in X:
        S += np.outer(x - m, x - m)
    return S / len(X)


def by_library(X):
    return np.atleast_2d(np.cov(X, rowvar=False, ddof=0))


def welford(count, m, S, batch):
    M = count * S
    for x in batch:
        count += 1
        new = m + (x - m) / count
        M = M + np.outer(x - m, x - new)
        m = new
    return count, m, M / count


def steiner(count, m, S, batch):
    total = count + len(batch)
    new = m + (batch - m).sum(axis=0) / total
    M = count * (S + np.outer(m - new, m - new)) + (batch - new).T @ (batch - new)
    return [total, new.tolist(), (M / total).tolist()]


def with_the_package(count, m, S, batch):
    if count == 0:
        return len(batch), mml.pca.mean(batch), mml.pca.covariance(batch)
    return lab.update_of(count, m, S, batch)


RIGHTS = [
    {},
    {"mean": loop_mean, "covariance": loop_covariance, "update": welford},
    {"mean": lambda X: X.sum(axis=0) / X.shape[0], "covariance": by_library, "update": steiner},
    {"mean": lambda X: lab.mean_of(X).tolist(), "update": with_the_package},
    {
        name: getattr(mml.pca, name)
        for name in ("mean", "covariance", "affine_mean", "affine_covariance")
    },
    {"affine_mean": lambda m, A, b: m @ A.T + b},
]


@pytest.mark.parametrize("functions", RIGHTS)
def test_right_solutions_pass(functions, capfd):
    report = check(**functions)
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


def test_the_references_agree_with_the_package():
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((7, 3)), rng.standard_normal((4, 3))
    count, m, S = lab.update_of(7, lab.mean_of(X), lab.covariance_of(X), Y)
    both = RunningStatistics().update(X).update(Y)
    assert count == both.count
    np.testing.assert_allclose(m, both.mean)
    np.testing.assert_allclose(S, both.covariance)


# --- stubs ----------------------------------------------------------------------------


def stub(*_):
    raise NotImplementedError


@pytest.mark.parametrize("nothing", [None, ..., stub, lambda *_: None, lambda *_: ...])
def test_stubs_fail(nothing):
    report = check_mean_covariance(**dict.fromkeys(RIGHT, nothing))
    assert not report.passed
    assert not any(result.outcome == "pass" for result in report.results[:2])
    assert {failure.misconception for failure in report.failures} == {None}
    assert not check_mean_covariance().passed


def test_functions_are_checked_one_by_one():
    report = check_mean_covariance(mean=lab.mean_of)
    outcomes = [result.outcome for result in report.results]
    assert outcomes[:4] == ["pass"] * 4
    assert "pass" not in outcomes[4:]


# --- wrong solutions, each with one defect --------------------------------------------


def changing_mean(X):
    m = X.mean(axis=0)
    X -= m
    return m


def eight_bits(X):
    total = X[0].copy()
    for x in X[1:]:
        total = total + x
    return total / len(X)


def changing_covariance(X):
    X -= X.mean(axis=0)
    return X.T @ X / len(X)


def short(X):
    m = X.mean(axis=0)
    return X.T @ X / len(X) - np.outer(m, m)


def three_loops(X):
    N, D = X.shape
    m = X.mean(axis=0)
    S = np.zeros((D, D))
    for i in range(D):
        for j in range(D):
            for n in range(N):
                S[i, j] += (X[n, i] - m[i]) * (X[n, j] - m[j])
    return S / N


def uncentred(X):
    return X.T @ X / len(X)


def pooled(count, m, S, batch):
    total, middle, _ = lab.update_of(count, m, S, batch)
    return total, middle, (count * S + len(batch) * lab.covariance_of(batch)) / total


def half_and_half(count, m, S, batch):
    if count == 0:
        return lab.update_of(count, m, S, batch)
    total, _, right = lab.update_of(count, m, S, batch)
    return total, (m + batch.mean(axis=0)) / 2, right


def one_sample_at_most(count, m, S, batch):
    total, _, right = lab.update_of(count, m, S, batch)
    return total, m + (batch.mean(axis=0) - m) / (count + 1), right


def only_the_last(count, m, S, batch):
    return len(batch), batch.mean(axis=0), lab.covariance_of(batch)


def estimating(count, m, S, batch):
    total, middle, right = lab.update_of(count, m, S, batch)
    return total, middle, right * total / max(total - 1, 1)


def short_update(count, m, S, batch):
    total = count + len(batch)
    squares = count * (S + np.outer(m, m)) + batch.T @ batch
    middle = (count * m + batch.sum(axis=0)) / total
    return total, middle, squares / total - np.outer(middle, middle)


def changing_update(count, m, S, batch):
    result = lab.update_of(count, m, S, batch)
    m += result[1] - m
    return result


def merging(scatter):
    """Return an update with a scatter of one's own, from count, S, n, T, delta and total."""

    def update(count, m, S, batch):
        n, delta = len(batch), batch.mean(axis=0) - m
        total = count + n
        S = scatter(count, S, n, lab.covariance_of(batch), delta, total)
        return total, m + n / total * delta, S

    return update


def one_by_one(product, start=lambda count, S: count * S):
    def update(count, m, S, batch):
        M = start(count, S)
        for x in batch:
            count += 1
            new = m + (x - m) / count
            M = M + product(x - m, x - new)
            m = new
        return count, m, M / count

    return update


def moved_along(count, m, S, batch):
    M = count * S
    for x in batch:
        count += 1
        old = m  # no copy
        m += (x - m) / count
        M = M + np.outer(x - old, x - m)
    return count, m, M / count


WRONG = [
    ("update", changing_update, "the data are changed"),
    ("mean", lambda X: X.mean(axis=1), "a mean for every sample, not for every feature"),
    ("mean", lambda X: X.mean(), "one mean for everything"),
    ("mean", lambda X: np.full(X.shape[1], X.mean()), "one mean for everything"),
    ("mean", lambda X: X.sum(axis=0), "the sum is not divided"),
    ("mean", lambda X: X.sum(axis=0) / X.shape[1], "divided by the number of features"),
    ("mean", lambda X: X.sum(axis=0) / (len(X) - 1), "the mean divided by N - 1"),
    ("mean", eight_bits, "eight-bit numbers overflow"),
    ("mean", changing_mean, "the data are changed"),
    ("covariance", lambda X: np.atleast_2d(np.cov(X, rowvar=False)), "divided by N - 1"),
    ("covariance", lambda X: np.cov(X), "rows for columns"),
    (
        "covariance",
        lambda X: (X - X.mean(axis=0)) @ (X - X.mean(axis=0)).T / len(X),
        "rows for columns",
    ),
    ("covariance", uncentred, "the mean is not subtracted"),
    ("covariance", lambda X: uncentred(X - X.mean()), "the wrong mean is subtracted"),
    (
        "covariance",
        lambda X: uncentred(X - X.mean(axis=1, keepdims=True)),
        "the wrong mean is subtracted",
    ),
    ("covariance", lambda X: len(X) * lab.covariance_of(X), "the sum is not divided by N"),
    (
        "covariance",
        lambda X: len(X) * lab.covariance_of(X) / X.shape[1],
        "divided by the number of features",
    ),
    ("covariance", lambda X: X.var(axis=0), "the variances alone"),
    ("covariance", lambda X: np.diag(X.var(axis=0)), "the variances alone"),
    ("covariance", lambda X: np.atleast_2d(np.corrcoef(X, rowvar=False)), "the correlations"),
    ("covariance", short, "catastrophic cancellation"),
    ("covariance", changing_covariance, "the data are changed"),
    ("affine_mean", lambda m, A, b: A @ m, "the shift is forgotten"),
    ("affine_mean", lambda m, A, b: A @ (m + b), "shifted before the map"),
    ("affine_mean", lambda m, A, b: m @ A + b, "A is transposed"),
    ("affine_covariance", lambda S, A: A.T @ S @ A, "the transpose on the wrong side"),
    ("affine_covariance", lambda S, A: A @ S @ A, "no transpose"),
    ("affine_covariance", lambda S, A: A @ S, "A is applied once"),
    ("affine_covariance", lambda S, A: A * S * A.T, "multiplied entry by entry"),
    ("affine_covariance", lambda S, A: A**2 @ S, "multiplied entry by entry"),
    ("update", half_and_half, "both means weigh the same"),
    ("update", one_sample_at_most, "both means weigh the same"),
    ("update", pooled, "the distance between the batches is forgotten"),
    ("update", only_the_last, "the batches before are forgotten"),
    ("update", estimating, "divided by N - 1"),
    ("update", short_update, "catastrophic cancellation"),
    (
        "covariance",
        lambda X: (X - X.mean(axis=0)).T @ X / len(X),
        "catastrophic cancellation",
    ),
    (
        "covariance",
        lambda X: np.zeros((X.shape[1],) * 2) + sum(d * d for d in X - X.mean(axis=0)) / len(X),
        "no column times a row",
    ),
    (
        "covariance",
        lambda X: sum(d @ d.T for d in X - X.mean(axis=0)) / len(X),
        "no column times a row",
    ),
    (
        "update",
        merging(lambda c, S, n, T, d, t: c * S + n * T + c * n / t * np.outer(d, d)),
        "scatter and covariance mixed",
    ),
    (
        "update",
        merging(lambda c, S, n, T, d, t: S + T + c * n / t * np.outer(d, d)),
        "scatter and covariance mixed",
    ),
    ("update", one_by_one(np.outer, lambda count, S: S), "scatter and covariance mixed"),
    (
        "update",
        merging(lambda c, S, n, T, d, t: (c * S + n * T + c * n / t * d * d) / t),
        "no column times a row",
    ),
    (
        "update",
        merging(lambda c, S, n, T, d, t: (c * S + n * T + c * n / t * d @ d.T) / t),
        "no column times a row",
    ),
    ("update", one_by_one(lambda d, e: d * e), "no column times a row"),
    (
        "update",
        merging(lambda c, S, n, T, d, t: (c * S + n * T + c * n * np.outer(d, d)) / t),
        "the weight of the distance is not divided",
    ),
    ("update", one_by_one(lambda d, e: np.outer(e, e)), "the same deviation twice"),
    ("update", one_by_one(lambda d, e: np.outer(d, d)), "the same deviation twice"),
    ("update", moved_along, "the same deviation twice"),
]


@pytest.mark.parametrize(("name", "function", "misconception"), WRONG)
def test_a_misconception_is_called_by_its_name(name, function, misconception):
    report = check_mean_covariance(**{name: function})  # the others are not written yet
    found = {f.misconception for f in report.failures if "nothing yet" not in f.message}
    assert found == {misconception}, str(report)


def test_three_python_loops_are_too_slow(monkeypatch):
    monkeypatch.setattr(Guarded.__call__, "__kwdefaults__", {"seconds": 1})
    report = check(covariance=three_loops)
    (failure,) = report.failures
    assert failure.misconception == "a Python loop over every entry"


def test_nobody_is_accused_of_what_is_not_so():
    def fails_for_one_feature(X):
        return lab.mean_of(X) + (X.shape[1] == 1)

    report = check(mean=fails_for_one_feature)
    assert not report.passed
    assert {failure.misconception for failure in report.failures} == {None}


def test_counterexamples_are_small_and_fail():
    (failure,) = check(covariance=uncentred).failures
    (X,) = failure.counterexample
    assert X.size <= 2
    assert not np.allclose(uncentred(X), lab.covariance_of(X))
    assert "along a = " in failure.message


@pytest.mark.parametrize(
    "value", ["S", {"a": 1}, [[1], [1, 2]], np.nan, [], 3 + 1j, lambda: 0, [None], ("a", "b", "c")]
)
def test_what_is_no_answer_fails_without_a_traceback(value):
    report = check_mean_covariance(**dict.fromkeys(RIGHT, lambda *_: value))
    assert not report.passed
    assert all("expected: " in failure.message for failure in report.failures)


def test_reports_do_not_change_from_run_to_run():
    assert str(check(update=pooled)) == str(check(update=pooled))

"""Mean, covariance and their running forms: against fractions, NumPy, and their own laws."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mml.pca import (
    RunningStatistics,
    affine_covariance,
    affine_mean,
    covariance,
    mean,
    variance,
)

EPS = np.finfo(float).eps

small = st.floats(-100, 100, allow_subnormal=False)
data = arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=small)


def exact(X):
    """Return mean and covariance in fractions, rounded once."""
    rows = [[Fraction(x) for x in row] for row in np.asarray(X, float).tolist()]
    N, D = len(rows), len(rows[0])
    m = [sum(row[d] for row in rows) / N for d in range(D)]
    S = [
        [float(sum((r[i] - m[i]) * (r[j] - m[j]) for r in rows) / N) for j in range(D)]
        for i in range(D)
    ]
    return np.array([float(x) for x in m]), np.array(S)


def close(got, wanted, scale, ulps=200):
    tiny = np.finfo(float).tiny  # squares below it have lost digits
    return np.abs(got - wanted).max() <= ulps * EPS * scale + tiny


# --- by hand ------------------------------------------------------------------------


def test_the_two_data_sets_of_the_lecture():
    np.testing.assert_allclose(mean([1, 2, 4, 5]), [3])
    np.testing.assert_allclose(mean([-1, 3, 7]), [3])
    np.testing.assert_allclose(variance([1, 2, 4, 5]), [10 / 4])
    np.testing.assert_allclose(variance([-1, 3, 7]), [32 / 3])


def test_divisors():
    X = [[1, 2], [5, 4], [3, 9]]
    np.testing.assert_allclose(covariance(X), np.cov(X, rowvar=False, ddof=0))
    np.testing.assert_allclose(covariance(X, ddof=1), np.cov(X, rowvar=False))
    np.testing.assert_allclose(variance(X, ddof=1), np.var(X, axis=0, ddof=1))
    np.testing.assert_allclose(covariance(X, ddof=2), 3 * covariance(X))


def test_one_feature_in_one_dimension():
    x = [1, 2, 6]
    assert mean(x).shape == variance(x).shape == (1,)
    assert covariance(x).shape == (1, 1)
    assert covariance(x)[0, 0] == variance(x)[0]
    assert RunningStatistics().update(x).covariance.shape == (1, 1)


def test_one_sample_has_no_spread():
    assert not covariance([[3, 4]]).any()
    assert not variance([[3, 4]]).any()


def test_a_constant_feature_has_variance_zero_exactly():
    X = np.full((12345, 2), 0.1)
    X[:, 1] = np.arange(12345)
    assert variance(X)[0] == 0
    assert covariance(X)[0].tolist() == [0, 0]
    assert mean(X)[0] == 0.1


def test_integers_do_not_wrap_round():
    X = np.array([[0, 255], [255, 0], [255, 255]], dtype=np.uint8)
    np.testing.assert_allclose(mean(X), [170, 170])
    np.testing.assert_allclose(covariance(X), np.cov(X.astype(float), rowvar=False, ddof=0))
    np.testing.assert_allclose(RunningStatistics().update(X).covariance, covariance(X))
    assert mean([[2**62], [2**62]])[0] == 2.0**62


def test_float32_is_summed_in_float64():
    rng = np.random.default_rng(1)
    X = (1000 + rng.standard_normal((20000, 3))).astype(np.float32)
    wide = X.astype(float)
    for function in (mean, variance, covariance):
        assert function(X).dtype == float
        np.testing.assert_allclose(function(X), function(wide), rtol=1e-14)


def test_float32_is_mapped_in_float64():
    one = np.ones((1, 1), np.float32)
    assert affine_mean(one[0] * 100_000_000, one, one[0]) == 100_000_001
    assert affine_covariance(one, one * 16_777_213) == 16_777_213.0**2


def test_the_callers_data_stay_as_they_are():
    X = np.arange(12.0).reshape(4, 3)
    before = X.copy()
    for function in (mean, variance, covariance, lambda X: RunningStatistics().update(X)):
        function(X)
        np.testing.assert_array_equal(X, before)
    X.setflags(write=False)
    covariance(X)


def test_views_in_any_order_of_memory():
    X = np.random.default_rng(0).standard_normal((50, 6))
    for view in (X.T, X[::-2], X[:, ::2], np.asfortranarray(X)):
        np.testing.assert_allclose(covariance(view), np.cov(view, rowvar=False, ddof=0))


def test_more_features_than_samples():
    X = np.random.default_rng(0).standard_normal((3, 3000))
    np.testing.assert_allclose(covariance(X), np.cov(X, rowvar=False, ddof=0), atol=1e-14)


# --- accuracy and scale -------------------------------------------------------------


@given(data)
def test_against_fractions(X):
    m, S = exact(X)
    spread = np.abs(X - X[0]).max()
    assert close(mean(X), m, np.abs(X).max(), 8)
    assert close(covariance(X), S, spread**2)
    assert close(variance(X), np.diag(S), spread**2)


@pytest.mark.parametrize("offset", [0, 1e3, 1e6, 1e9, -1e9, 1e12])
def test_an_offset_costs_no_digits(offset):
    rng = np.random.default_rng(3)
    X = offset + rng.standard_normal((400, 3)) @ rng.standard_normal((3, 3))
    m, S = exact(X)
    running = RunningStatistics()
    for batch in np.array_split(X, 7):
        running.update(batch)
    for got in (covariance(X), running.covariance):
        assert close(got, S, np.abs(S).max())
    assert close(variance(X), np.diag(S), np.abs(S).max())
    for got in (mean(X), running.mean):
        assert np.abs(got - m).max() <= 4 * np.spacing(abs(offset) + 1)


@pytest.mark.parametrize("scale", [1e-150, 1e-120, 1e120, 1e150])
def test_scales(scale):
    X = np.random.default_rng(4).standard_normal((50, 3))
    np.testing.assert_allclose(mean(scale * X), scale * mean(X), rtol=1e-10)
    np.testing.assert_allclose(variance(scale * X), scale * (scale * variance(X)), rtol=1e-12)
    np.testing.assert_allclose(covariance(scale * X), scale * (scale * covariance(X)), rtol=1e-9)


def test_scales_of_features_do_not_meet():
    X = np.random.default_rng(4).standard_normal((50, 2))
    S = covariance(X)
    got = covariance(X * [1e150, 1e-150])
    np.testing.assert_allclose(got * [[1e-300, 1], [1, 1e300]], S, rtol=1e-10)


def test_sums_beyond_the_range_of_floats():
    assert mean([1.5e308, 1.7e308]) == pytest.approx(1.6e308)
    assert mean([1.5e308, -1.5e308]) == 0
    assert np.isinf(variance([1e200, -1e200]))
    assert np.isinf(covariance([1e200, -1e200]))


# --- the theorems -------------------------------------------------------------------


@given(data, st.data())
def test_affine_maps(X, source):
    D = X.shape[1]
    A = source.draw(
        arrays(float, st.tuples(st.integers(1, 3), st.just(D)), elements=st.integers(-5, 5))
    )
    b = source.draw(arrays(float, len(A), elements=st.integers(-50, 50)))
    Y = X @ A.T + b
    size = max(1, np.abs(X).max()) * max(1, np.abs(A).max())
    assert close(affine_mean(mean(X), A, b), mean(Y), size + 50)
    assert close(affine_covariance(covariance(X), A), covariance(Y), (size + 50) ** 2)


@given(data)
def test_symmetric_and_positive_semidefinite(X):
    S = covariance(X)
    assert (S == S.T).all()
    assert np.linalg.eigvalsh(S).min() >= -50 * EPS * np.abs(S).max()


@given(data, st.integers(-50, 50))
def test_no_other_point_is_nearer_than_the_mean(X, other):
    m = mean(X)
    assert ((X - m) ** 2).sum() <= ((X - other) ** 2).sum() * (1 + 1e-12)


@given(data)
def test_huygens_and_steiner(X):
    square = (X**2).mean(axis=0)
    np.testing.assert_allclose(square, variance(X) + mean(X) ** 2, rtol=1e-9, atol=1e-9)


# --- running statistics -------------------------------------------------------------


@given(data, st.data())
def test_batches_give_what_the_whole_gives(X, source):
    cuts = sorted(source.draw(st.lists(st.integers(1, len(X)), max_size=4)))
    batches = [part for part in np.split(X, cuts) if len(part)]
    running = RunningStatistics()
    for batch in batches:
        running.update(batch)
    size = np.abs(X - X[0]).max() ** 2
    assert running.count == len(X)
    assert close(running.covariance, covariance(X), size)
    assert close(running.variance, variance(X), size)
    assert close(running.mean, mean(X), np.abs(X).max(), 10)


def of(X):
    return RunningStatistics().update(X)


@settings(max_examples=60)
@given(data, st.sampled_from([0.0, 1e9]))
def test_merge_is_associative_and_commutative_to_rounding(X, offset):
    assume(len(X) >= 3)
    X = X + offset
    a, b, c = np.array_split(X, 3)
    ways = [
        of(a).merge(of(b)).merge(of(c)),
        of(a).merge(of(b).merge(of(c))),
        of(c).merge(of(a)).merge(of(b)),
    ]
    size = np.abs(X - X[0]).max() ** 2
    for way in ways[1:]:
        assert way.count == ways[0].count
        assert close(way.covariance, ways[0].covariance, size)
        assert np.abs(way.mean - ways[0].mean).max() <= 2 * np.spacing(np.abs(X).max())


def test_merge_leaves_the_other_one_alone():
    a, b = of([[1.0, 2.0], [3.0, 5.0]]), of([[7.0, 1.0]])
    kept = b.mean.copy(), b.covariance.copy()
    a.merge(b)
    a.update([[100.0, 100.0]])
    np.testing.assert_array_equal(b.mean, kept[0])
    np.testing.assert_array_equal(b.covariance, kept[1])
    empty = RunningStatistics().merge(b)
    empty.update([[1.0, 1.0]])
    assert b.count == 1
    np.testing.assert_array_equal(b.mean, [7, 1])


def test_merge_with_nothing_and_with_itself():
    a = of([[1.0], [3.0]])
    assert a.merge(RunningStatistics()).count == 2
    a.merge(a)
    assert a.count == 4
    assert a.covariance == 1


def test_data_that_drift_far_from_the_first_sample():
    rng = np.random.default_rng(5)
    X = np.vstack([np.zeros((1, 2)), 1e9 + rng.standard_normal((1000, 2))])
    np.testing.assert_allclose(of(X).covariance, exact(X)[1], rtol=1e-12)
    running = of(X[:1])
    for batch in np.array_split(X[1:], 50):
        running.update(batch)
    np.testing.assert_allclose(running.covariance, exact(X)[1], rtol=1e-12)


def test_one_sample_at_a_time():
    X = 1e9 + np.random.default_rng(6).standard_normal((500, 2))
    running = RunningStatistics()
    for x in X:
        running.update([x])
    np.testing.assert_allclose(running.covariance, exact(X)[1], rtol=1e-12, atol=1e-14)


def test_what_is_given_out_cannot_change_what_is_kept():
    running = of([[1.0, 2.0], [3.0, 5.0]])
    running.covariance[:] = 0
    running.mean[:] = 0
    running.variance[:] = 0
    assert running.covariance.any()
    assert running.mean.any()


def test_a_refused_batch_changes_nothing():
    running = of([[1.0, 2.0], [3.0, 5.0]])
    before = running.count, running.mean, running.covariance
    for bad in ([[np.nan, 1]], [[1, 2, 3]], []):
        with pytest.raises(ValueError, match="batch must"):
            running.update(bad)
    with pytest.raises(OverflowError, match="rescale"):
        running.update([[1e200, 0], [-1e200, 0]])
    with pytest.raises(OverflowError, match="rescale"):
        running.merge(of([[1e200, 0]]))
    assert running.count == before[0]
    np.testing.assert_array_equal(running.mean, before[1])
    np.testing.assert_array_equal(running.covariance, before[2])


def test_before_the_first_batch():
    running = RunningStatistics()
    assert running.count == 0
    assert "no samples" in repr(running)
    for name in ("mean", "variance", "covariance"):
        with pytest.raises(ValueError, match="update"):
            getattr(running, name)
    assert "1 samples of 2 features" in repr(running.update([[1, 2]]))


# --- bad input ----------------------------------------------------------------------


@pytest.mark.parametrize("function", [mean, variance, covariance])
@pytest.mark.parametrize(
    ("X", "words"),
    [
        ([], "X must not be empty"),
        ([[1, np.nan]], "X must be finite"),
        ([[1, 2j]], "X must be real"),
        (np.zeros((2, 3, 4)), r"reshape\(len\(X\), -1\)"),
        (3.0, "one sample a row"),
        ([[1], [1, 2]], "rectangular"),
        ("abc", "real numbers"),
    ],
)
def test_bad_data(function, X, words):
    with pytest.raises(ValueError, match=words):
        function(X)


@pytest.mark.parametrize("function", [variance, covariance])
@pytest.mark.parametrize("ddof", [2, 5, -1, 0.5, "N"])
def test_bad_divisor(function, ddof):
    with pytest.raises(ValueError, match="ddof"):
        function([[1, 2], [3, 4]], ddof=ddof)


def test_one_sample_estimates_no_variance():
    with pytest.raises(ValueError, match="more than ddof = 1 samples, got 1"):
        variance([5], ddof=1)


def test_bad_maps():
    with pytest.raises(ValueError, match=r"A must have shape \(2, 3\)"):
        affine_mean([1, 2, 3], np.eye(2), [0, 0])
    with pytest.raises(ValueError, match="A must have 2 columns"):
        affine_covariance(np.eye(2), np.eye(3))
    with pytest.raises(ValueError, match="S must be symmetric"):
        affine_covariance([[1, 2], [0, 1]], np.eye(2))
    with pytest.raises(ValueError, match="S must be square"):
        affine_covariance([[1, 2, 3]], np.eye(3))
    with pytest.raises(ValueError, match="other must be a RunningStatistics"):
        RunningStatistics().merge([1, 2])
    with pytest.raises(ValueError, match="other must have 2 features, got 3"):
        of([[1, 2]]).merge(of([[1, 2, 3]]))

"""PCA in its forms, and its probabilistic model: against scikit-learn and their own laws."""

import pickle

import numpy as np
import pytest
import sklearn.decomposition
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from mml.datasets import load_mnist
from mml.pca import PCA, ProbabilisticPCA, components, covariance

ALL = ("covariance", "svd", "dual", "randomised", "streaming")
EXACT = ("covariance", "svd", "dual", "streaming")


def data(seed=0, n=60, d=7, offset=3.0):
    """Return correlated samples with well separated variances."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.standard_normal((d, d)))[0]
    return (rng.standard_normal((n, d)) * 3.0 ** -np.arange(d)) @ Q.T + offset


def by_definition(X):
    """Return variances (descending, divisor N − 1) and components as rows."""
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    return values[::-1], vectors[:, ::-1].T


# --- scikit-learn ---------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize(
    "estimator",
    [
        PCA(),
        *(PCA(1, method=method, seed=0) for method in ALL),
        PCA(0.9, whiten=True),
        ProbabilisticPCA(1),
    ],
    ids=str,
)
def test_estimator_interface(estimator):
    check_estimator(estimator)


@pytest.fixture(scope="module")
def mnist():
    digits = load_mnist()
    if digits.source != "mnist":
        pytest.skip("needs MNIST: set MML_DATA")
    return digits.train_images.reshape(-1, 784) / 255


def test_mnist_agrees_with_scikit_learn(mnist):
    ours = PCA(50).fit(mnist)
    theirs = sklearn.decomposition.PCA(50, svd_solver="covariance_eigh").fit(mnist)
    np.testing.assert_allclose(ours.explained_variance_, theirs.explained_variance_, rtol=1e-8)
    flip = np.sign((ours.components_ * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(ours.components_, flip[:, None] * theirs.components_, atol=1e-8)
    np.testing.assert_allclose(ours.noise_variance_, theirs.noise_variance_, rtol=1e-8)
    np.testing.assert_allclose(
        ours.transform(mnist[:100]), theirs.transform(mnist[:100]) * flip, atol=1e-8
    )


def test_mnist_in_single_precision(mnist):
    exact = PCA(50).fit(mnist).explained_variance_
    single = mnist.astype(np.float32)
    ours = PCA(50).fit(single)
    for value in (ours.components_, ours.mean_, ours.explained_variance_):
        assert value.dtype == np.float32
    assert ours.transform(single[:5]).dtype == np.float32
    assert np.abs(ours.explained_variance_ / exact - 1).max() < 1e-6


def test_mnist_shares(mnist):
    pca = PCA().fit(mnist)
    assert (pca.explained_variance_ > 0).sum() == 712
    needed = np.searchsorted(np.cumsum(pca.explained_variance_ratio_), [0.9, 0.95, 0.99]) + 1
    assert needed.tolist() == [87, 154, 331]
    assert pca.explained_variance_.sum().round(4) == 52.7259
    assert PCA(0.95).fit(mnist.astype(np.float32)).n_components_ == 154


# --- the forms agree ------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auto", *EXACT])
@pytest.mark.parametrize("shape", [(60, 7), (7, 7), (9, 40), (40, 2), (2, 3)])
@pytest.mark.parametrize("k", [1, 2])
def test_every_form_is_the_definition(method, shape, k):
    X = data(1, *shape)
    pca = PCA(k, method=method).fit(X)
    values, vectors = by_definition(X)
    if shape[0] == 2:
        values[1:] = 0
    np.testing.assert_allclose(pca.explained_variance_, values[:k], rtol=1e-9, atol=1e-12)
    for row, wanted, value in zip(pca.components_, vectors, values, strict=False):
        assert row[np.abs(row).argmax()] > 0
        if value > 0:
            assert abs(row @ wanted) > 1 - 1e-10
    np.testing.assert_allclose(pca.mean_, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(pca.explained_variance_ratio_, values[:k] / values.sum(), rtol=1e-9)
    np.testing.assert_allclose(
        pca.singular_values_, np.sqrt((shape[0] - 1) * values[:k]), rtol=1e-9, atol=1e-12
    )


def test_randomised_is_near_and_repeats():
    X = data(2, 300, 40)
    pca = PCA(5, method="randomised", seed=3).fit(X)
    np.testing.assert_allclose(pca.explained_variance_, by_definition(X)[0][:5], rtol=1e-9)
    again = PCA(5, method="randomised", seed=3).fit(X)
    assert (pca.components_ == again.components_).all()
    flat = np.random.default_rng(0).standard_normal((400, 300))
    approximate = PCA(10, method="randomised", seed=0).fit(flat).explained_variance_
    exact = PCA(10).fit(flat).explained_variance_
    assert (approximate <= exact * (1 + 1e-12)).all()
    assert (approximate > 0.95 * exact).all()


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("n_components", [None, 4, 3])
def test_against_scikit_learn(method, n_components):
    if method == "randomised" and n_components is None:
        n_components = 7
    X = data(4)
    ours = PCA(n_components, method=method, seed=0, whiten=True).fit(X)
    theirs = sklearn.decomposition.PCA(n_components, svd_solver="full", whiten=True).fit(X)
    for name in ("explained_variance_", "explained_variance_ratio_", "singular_values_", "mean_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-8)
    np.testing.assert_allclose(ours.noise_variance_, theirs.noise_variance_, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(np.abs(ours.transform(X)), np.abs(theirs.transform(X)), atol=1e-7)
    np.testing.assert_allclose(
        ours.inverse_transform(ours.transform(X)),
        theirs.inverse_transform(theirs.transform(X)),
        atol=1e-9,
    )
    assert ours.get_feature_names_out()[0] == "pca0"


@pytest.mark.parametrize("whiten", [False, True])
def test_fit_transform_and_back(whiten):
    X = data(5)
    pca = PCA(whiten=whiten)
    Z = pca.fit_transform(X)
    np.testing.assert_allclose(pca.inverse_transform(Z), X, atol=1e-12)
    S = covariance(Z, ddof=1)
    wanted = np.eye(7) if whiten else np.diag(pca.explained_variance_)
    np.testing.assert_allclose(S, wanted, atol=1e-9)


# --- how many -------------------------------------------------------------------------


def test_a_share_of_the_variance():
    X = np.diag([3.0, 2.0, 1.0])
    X = np.vstack([X, -X])  # variances in the ratio 9 : 4 : 1
    for share, k in ((0.5, 1), (0.64, 1), (0.65, 2), (0.92, 2), (0.93, 3), (0.999, 3)):
        assert PCA(share).fit(X).n_components_ == k
        assert PCA(share, method="streaming").fit(X).n_components_ == k


@pytest.mark.parametrize("method", EXACT)
def test_beyond_the_rank(method):
    rng = np.random.default_rng(6)
    for shape in ((30, 12), (12, 30)):
        X = rng.standard_normal((shape[0], 3)) @ rng.standard_normal((3, shape[1])) + 5
        pca = PCA(method=method).fit(X)
        assert (pca.explained_variance_ > 0).tolist() == [True] * 3 + [False] * 9
        B = pca.components_
        np.testing.assert_allclose(B @ B.T, np.eye(12), atol=1e-12)
        white = PCA(5, method=method, whiten=True).fit(X)
        Z = white.transform(X)
        assert not Z[:, 3:].any()
        np.testing.assert_allclose(white.inverse_transform(Z), X, atol=1e-11)


@pytest.mark.parametrize("method", ["auto", *ALL])
@pytest.mark.parametrize("X", [np.full((5, 3), 2.5), np.zeros((4, 9)), np.full((5, 3), 1e300)])
def test_no_variance_at_all(method, X):
    pca = PCA(2, method=method, seed=0).fit(X)
    assert not pca.explained_variance_.any()
    assert not pca.explained_variance_ratio_.any()
    assert not pca.transform(X).any()
    np.testing.assert_allclose(pca.components_ @ pca.components_.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("method", ["auto", *EXACT])
def test_constant_features_have_no_weight(method):
    X = np.insert(data(7), [0, 3], [4.0, -1e3], axis=1)
    pca = PCA(7, method=method).fit(X)
    np.testing.assert_allclose(pca.components_[:, [0, 4]], 0, atol=1e-9)
    wanted = by_definition(data(7))[0]
    np.testing.assert_allclose(pca.explained_variance_, wanted, rtol=1e-7)


@pytest.mark.parametrize("method", ["auto", *EXACT])
@pytest.mark.parametrize("k", [1, 3, 7, 9])
def test_features_that_are_zero(method, k):
    X = np.insert(data(7, offset=0.0), [0, 3], 0.0, axis=1)
    B = PCA(k, method=method).fit(X).components_
    np.testing.assert_allclose(B @ B.T, np.eye(k), atol=1e-12)
    wanted = by_definition(data(7))[1][:k]
    overlap = np.abs((np.delete(B, [0, 4], axis=1)[:7] * wanted).sum(axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rows_that_mislead_about_the_mean(dtype):
    """Each third row is near 0, the rest are far: the sample says so, the sums do not."""
    X = data(21, 3000, 4, offset=0.0)
    X[np.arange(3000) % 3 > 0] += 300.0
    few = X[:: -(-len(X) // components.BATCH)]
    assert components._mostly_spread(np.vdot(few, few), len(few), few.mean(axis=0))
    assert not components._mostly_spread(np.vdot(X, X), len(X), X.mean(axis=0))
    pca = PCA(4).fit(X.astype(dtype))
    values = by_definition(X.astype(dtype).astype(float))[0]
    tolerance = {np.float64: 1e-10, np.float32: 2e-6}[dtype]  # float32: 16 eps count as zero
    np.testing.assert_allclose(pca.explained_variance_, values, atol=tolerance * values[0])


# --- numbers that are hard on floats --------------------------------------------------


@pytest.mark.parametrize("method", ["auto", *ALL])
@pytest.mark.parametrize("scale", [1e-150, 1e-100, 1e150])
@pytest.mark.parametrize("shape", [(60, 7), (7, 20)])
def test_scales(method, scale, shape):
    X = data(8, *shape)
    small, large = PCA(3, method=method, seed=0).fit(X), PCA(3, method=method, seed=0)
    large.fit(X * scale)
    np.testing.assert_allclose(large.components_, small.components_, atol=1e-9)
    np.testing.assert_allclose(large.singular_values_, small.singular_values_ * scale, rtol=1e-9)
    np.testing.assert_allclose(large.mean_, small.mean_ * scale, rtol=1e-12)
    np.testing.assert_allclose(
        large.transform(X * scale), small.transform(X) * scale, atol=1e-9 * scale
    )


@pytest.mark.parametrize("method", ["auto", *ALL])
@pytest.mark.parametrize(("dtype", "scale"), [(float, 1e200), (float, 1e-200), ("f4", 1e22)])
def test_whitening_where_squares_leave_the_range(method, dtype, scale):
    X = (data(18) * scale).astype(dtype)
    pca = PCA(2, method=method, whiten=True, seed=0).fit(X)
    Z = pca.transform(X)
    np.testing.assert_allclose(Z.std(axis=0, ddof=1), 1, rtol=1e-4)
    plane = PCA(2, method=method, seed=0).fit(X)
    wanted = plane.inverse_transform(plane.transform(X)) / scale
    np.testing.assert_allclose(pca.inverse_transform(Z) / scale, wanted, atol=1e-4)


@pytest.mark.parametrize("method", ["auto", *ALL])
@pytest.mark.parametrize("shape", [(60, 7), (9, 40)])
def test_a_large_offset_costs_no_digits(method, shape):
    X = np.round(data(9, *shape, offset=0), 6)
    far = X + 2.0**30  # about 1e9
    X = far - 2.0**30  # what is left of X there
    near = PCA(2, method=method, seed=0).fit(X)
    pca = PCA(2, method=method, seed=0).fit(far)
    np.testing.assert_allclose(pca.explained_variance_, near.explained_variance_, rtol=1e-9)
    np.testing.assert_allclose(pca.components_, near.components_, atol=1e-9)
    np.testing.assert_allclose(pca.transform(far), near.transform(X), atol=1e-6)


@pytest.mark.parametrize("method", ["auto", *ALL])
def test_single_precision(method):
    X = data(10, 600, 5)
    exact = PCA(3, method=method, seed=0).fit(X)
    single = PCA(3, method=method, seed=0).fit(X.astype(np.float32))
    assert single.components_.dtype == single.transform(X.astype(np.float32)).dtype == np.float32
    np.testing.assert_allclose(single.explained_variance_, exact.explained_variance_, rtol=1e-5)
    np.testing.assert_allclose(single.components_, exact.components_, atol=1e-5)


def test_single_precision_is_never_doubled():
    """No array of double precision as large as the data is made."""
    import tracemalloc

    X = np.random.default_rng(0).standard_normal((40_000, 20)).astype(np.float32)
    PCA(3).fit(X[:100])
    tracemalloc.start()
    PCA(3).fit(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * X.nbytes


def test_integers_and_lists():
    X = [[0, 0], [1, 1], [2, 2], [3, 4]]
    assert (PCA(1).fit(X).components_ == PCA(1).fit(np.array(X, float)).components_).all()
    assert PCA(1).fit(np.array(X, np.uint8)).explained_variance_[0] > 4


def test_the_data_are_not_changed():
    for shape in ((60, 7), (7, 60)):
        X = data(0, *shape)
        before = X.copy()
        for method in ("auto", *ALL):
            PCA(2, method=method, seed=0, whiten=True).fit_transform(X)
        assert (before == X).all()


def test_small_variances_beside_large_ones():
    """Squares leave eight digits between the largest and the smallest standard deviation."""
    rng = np.random.default_rng(11)
    X = rng.standard_normal((200, 2)) * [1, 1e-10]
    wanted = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[1] ** 2 / 199
    assert PCA(method="svd").fit(X).explained_variance_[1] == pytest.approx(wanted, rel=1e-5)
    assert PCA(method="covariance").fit(X).explained_variance_[1] == 0


# --- batches --------------------------------------------------------------------------


def batches(X, *sizes):
    start = 0
    for size in (*sizes, len(X)):
        yield X[start : start + size]
        start += size


def test_batches_of_any_size():
    X = data(12, 500, 6, offset=1e6)
    whole = PCA(4).fit(X)
    pca = PCA(4, method="streaming")
    for batch in batches(X, 1, 1, 7, 100, 3):
        pca.partial_fit(batch)
    assert pca.n_samples_seen_ == pca.n_samples_ == 500
    np.testing.assert_allclose(pca.explained_variance_, whole.explained_variance_, rtol=1e-9)
    np.testing.assert_allclose(pca.components_, whole.components_, atol=1e-9)
    np.testing.assert_allclose(pca.mean_, whole.mean_, rtol=1e-14)
    np.testing.assert_allclose(pca.noise_variance_, whole.noise_variance_, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_zeros_before_the_first_numbers(scale):
    X = np.vstack([np.zeros((30, 4)), data(22, 60, 4)])
    pca = PCA(2, method="streaming")
    for batch in np.split(X * scale, 3):
        pca.partial_fit(batch)
    whole = PCA(2).fit(X)
    np.testing.assert_allclose(pca.singular_values_ / scale, whole.singular_values_, rtol=1e-9)
    np.testing.assert_allclose(pca.components_, whole.components_, atol=1e-9)
    np.testing.assert_allclose(pca.mean_ / scale, whole.mean_, rtol=1e-9)


def test_batches_of_another_order_of_magnitude():
    pca = PCA(2, method="streaming").partial_fit(data() * 1e-300).partial_fit(data())
    with pytest.raises(OverflowError, match="rescale"):
        pca.components_  # noqa: B018 - asking for it computes it


def test_batches_are_solved_when_somebody_asks(monkeypatch):
    calls = []
    solve = PCA._solve
    monkeypatch.setattr(PCA, "_solve", lambda self: calls.append(1) or solve(self))
    X = data(13, 100, 6)
    pca = PCA(2, method="streaming")
    for start in range(0, 100, 10):
        pca.partial_fit(X[start : start + 10])
    assert not calls
    pca.transform(X)
    assert len(calls) == 1
    old = pca.components_
    pca.partial_fit(X[:5])
    assert not (pca.components_ == old).all()
    assert len(calls) == 2
    copied = pickle.loads(pickle.dumps(clone(pca).fit(X)))
    np.testing.assert_allclose(copied.components_, PCA(2).fit(X).components_, atol=1e-12)


def test_batches_need_little_memory():
    import tracemalloc

    rng = np.random.default_rng(0)
    pca = PCA(3, method="streaming").partial_fit(rng.standard_normal((200, 100)))
    tracemalloc.start()
    for _ in range(50):
        pca.partial_fit(rng.standard_normal((200, 100)))
    assert pca.components_.shape == (3, 100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * (4 * 200 * 100 + 4 * 100 * 100)  # a few batches, a few D × D


def test_streaming_refuses():
    pca = PCA(1, method="streaming").partial_fit([[1.0, 2.0]])
    with pytest.raises(ValueError, match="at least 2 samples, got 1 sample"):
        pca.transform([[1.0, 2.0]])
    pca.partial_fit([[3.0, 5.0]])
    assert pca.transform([[2.0, 3.5]]) == pytest.approx(0)
    with pytest.raises(ValueError, match="2 features"):
        pca.partial_fit([[1.0, 2.0, 3.0]])
    with pytest.raises(AttributeError, match="streaming"):
        PCA(1).partial_fit([[1.0, 2.0]])
    pca.partial_fit([[1e200, 0.0]])
    with pytest.raises(OverflowError, match="rescale"):
        pca.transform([[1.0, 2.0]])


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auto", *ALL])
def test_one_sample_is_no_data_set(method):
    with pytest.raises(ValueError, match="minimum of 2"):
        PCA(1, method=method).fit([[1.0, 2.0]])


@pytest.mark.parametrize("wanted", [0, -1, 4, 0.0, 1.0, 1.5, True, "mle", [1]])
def test_how_many_is_checked(wanted):
    with pytest.raises(ValueError, match="n_components must be a whole number"):
        PCA(wanted).fit(np.eye(3))


def test_other_bad_input():
    with pytest.raises(ValueError, match="method must be one of"):
        PCA(method="eig").fit(np.eye(3))
    with pytest.raises(ValueError, match="for method="):
        PCA(0.5, method="randomised").fit(np.eye(3))
    with pytest.raises(ValueError, match="NaN"):
        PCA().fit([[1, np.nan], [2, 3]])
    pca = PCA(2).fit(data())
    with pytest.raises(ValueError, match="2 coordinates a row"):
        pca.inverse_transform(np.ones((4, 3)))
    with pytest.raises(ValueError, match="7 features"):
        pca.transform(np.ones((4, 3)))


# --- the theorems -----------------------------------------------------------------------

shapes = st.tuples(st.integers(2, 25), st.integers(1, 8), st.integers(0, 10**6))


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_kept_plus_lost_is_the_total(shape):
    n, d, seed = shape
    X = data(seed, n, d, offset=1)
    total = ((X - X.mean(axis=0)) ** 2).sum() / (n - 1)
    for k in range(1, min(n, d) + 1):
        pca = PCA(k).fit(X)
        lost = ((X - pca.inverse_transform(pca.transform(X))) ** 2).sum() / (n - 1)
        assert pca.explained_variance_.sum() + lost == pytest.approx(total, rel=1e-9)
        left = min(n, d) - k
        assert pca.noise_variance_ * left == pytest.approx(lost, rel=1e-6, abs=1e-9 * total)


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_no_other_subspace_keeps_more(shape):
    n, d, seed = shape
    X = data(seed, n, d, offset=1)
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, min(n, d) + 1))
    pca = PCA(k).fit(X)
    Q = np.linalg.qr(pca.components_.T + 0.1 * rng.standard_normal((d, k)))[0]
    kept = np.trace(Q.T @ np.atleast_2d(np.cov(X, rowvar=False)) @ Q)
    assert kept <= pca.explained_variance_.sum() * (1 + 1e-9)


@given(shapes)
@settings(max_examples=60, deadline=None)
def test_a_turn_of_the_data_turns_the_components(shape):
    n, d, seed = shape
    X = data(seed, n, d)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    a, b = PCA().fit(X), PCA().fit(X @ Q.T)
    np.testing.assert_allclose(a.explained_variance_, b.explained_variance_, rtol=1e-7, atol=1e-10)
    overlap = np.abs(((a.components_[:1] @ Q.T) * b.components_[:1]).sum())
    values = a.explained_variance_
    if len(values) == 1 or values[1] < 0.9 * values[0]:
        assert overlap > 1 - 1e-8


# --- the probabilistic model ----------------------------------------------------------


def test_likelihood_is_that_of_the_gaussian():
    X = data(14, 80, 5)
    model = ProbabilisticPCA(2).fit(X)
    C = model.loadings_ @ model.loadings_.T + model.noise_variance_ * np.eye(5)
    wanted = multivariate_normal(model.mean_, C).logpdf(X)
    np.testing.assert_allclose(model.score_samples(X), wanted, rtol=1e-9)
    assert model.score(X) == pytest.approx(wanted.mean())


def test_noise_against_scikit_learn():
    X = data(15, 80, 5)
    ours = ProbabilisticPCA(2).fit(X)
    theirs = sklearn.decomposition.PCA(2).fit(X)
    assert ours.noise_variance_ == pytest.approx(theirs.noise_variance_ * 79 / 80)
    wide = ProbabilisticPCA(2).fit(data(15, 8, 20))
    values = np.linalg.eigvalsh(covariance(data(15, 8, 20)))[::-1]
    assert wide.noise_variance_ == pytest.approx(values[2:].mean())


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_no_other_model_is_likelier(seed):
    X = data(seed, 40, 5)
    model = ProbabilisticPCA(2).fit(X)
    rng = np.random.default_rng(seed)
    W = model.loadings_ * (1 + 0.05 * rng.standard_normal(2)) + 0.02 * rng.standard_normal((5, 2))
    noise = model.noise_variance_ * np.exp(0.2 * rng.standard_normal())
    other = multivariate_normal(model.mean_, W @ W.T + noise * np.eye(5)).logpdf(X).mean()
    assert model.score(X) >= other


def test_samples_have_the_model_s_covariance():
    model = ProbabilisticPCA(2).fit(data(16, 200, 4))
    drawn = model.sample(200_000, seed=1)
    C = model.loadings_ @ model.loadings_.T + model.noise_variance_ * np.eye(4)
    np.testing.assert_allclose(covariance(drawn), C, atol=0.02 * C.max())
    np.testing.assert_allclose(drawn.mean(axis=0), model.mean_, atol=0.02)
    assert (model.sample(3, seed=1) == model.sample(3, seed=1)).all()


def test_hidden_numbers_are_the_posterior_mean():
    X = data(17, 50, 4)
    model = ProbabilisticPCA(2).fit(X)
    W = model.loadings_
    wanted = np.linalg.solve(
        W.T @ W + model.noise_variance_ * np.eye(2), W.T @ (X - model.mean_).T
    ).T
    np.testing.assert_allclose(model.transform(X), wanted, atol=1e-10)


def test_ppca_refuses():
    with pytest.raises(ValueError, match="below min"):
        ProbabilisticPCA(3).fit(np.random.default_rng(0).standard_normal((9, 3)))
    with pytest.raises(ValueError, match="lies in 2 dimensions"):
        ProbabilisticPCA(2).fit(data(0, 30, 2) @ np.ones((2, 4)) + np.eye(30, 4) * 0)
    with pytest.raises(ValueError, match="whole number"):
        ProbabilisticPCA(0.5).fit(data())
    for scale in (1e200, 1e-200):
        with pytest.raises(ValueError, match="rescale"):
            ProbabilisticPCA(2).fit(data() * scale)


def test_every_method_is_documented():
    for method in components.METHODS:
        assert f'"{method}"' in PCA.__doc__

"""Nearest neighbours: always those of brute force, whatever the data; ties; memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.neighbors import KNeighborsClassifier

from mml.datasets import load_digits
from mml.pca import KNearestNeighbours, neighbours
from mml.pca.neighbours import majority

fixed = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 10**6)


def brute(X, Q, k):
    """The k nearest by all distances; the first of equals is the nearer."""
    d = cdist(Q, X)
    order = np.argsort(d, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(d, order, axis=1), order


def drawn(rng, N, D):
    """Points of some shape: a cloud, a flat one, whole numbers with ties, clusters far out."""
    kind = rng.integers(5)
    if kind == 0:
        return rng.standard_normal((N, D))
    if kind == 1:  # a few directions matter
        return rng.standard_normal((N, D)) * 0.5 ** np.arange(D)
    if kind == 2:
        return rng.integers(0, 3, (N, D)).astype(float)
    if kind == 3:
        return rng.standard_normal((N, 1)) @ rng.standard_normal((1, D))  # on a line
    return 1e5 * rng.integers(0, 2, (N, 1)) + rng.standard_normal((N, D))


@fixed
@given(seeds, st.integers(1, 150), st.integers(1, 30), st.integers(1, 7))
def test_the_neighbours_are_those_of_brute_force(seed, N, D, k):
    rng = np.random.default_rng(seed)
    X, k = drawn(rng, N, D), min(k, N)
    Q = np.vstack([X[: N // 2 + 1], drawn(rng, 5, D)])
    distances, indices = KNearestNeighbours(k).fit(X, np.zeros(N)).neighbours(Q)
    want, _ = brute(X, Q, k)
    # cdist's own rounding is that of differences, as ours
    assert_allclose(distances, want, rtol=1e-12, atol=0)
    assert_allclose(distances, np.linalg.norm(Q[:, None] - X[indices], axis=2), rtol=1e-12, atol=0)
    assert all(len(set(row)) == k for row in indices.tolist())


@fixed
@given(seeds, st.integers(1, 100), st.integers(1, 4), st.integers(1, 5))
def test_of_equals_the_first_is_the_nearer(seed, N, D, k):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (N, D)).astype(float)  # squares of whole numbers: exact ties
    Q, k = rng.integers(0, 3, (6, D)).astype(float), min(k, N)
    _, indices = KNearestNeighbours(k).fit(X, np.zeros(N)).neighbours(Q)
    assert_array_equal(indices, brute(X, Q, k)[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_flat_data_uses_a_shadow_and_stays_exact(dtype):
    """Points in a plane, and queries off it: the leftover lengths 0 and not 0 meet."""
    rng = np.random.default_rng(1)
    plane = rng.standard_normal((2, 40))
    X = (rng.standard_normal((3000, 2)) @ plane).astype(dtype)
    Q = (rng.standard_normal((50, 2)) @ plane + rng.standard_normal((50, 40))).astype(dtype)
    model = KNearestNeighbours(4).fit(X, np.zeros(3000))
    assert model._V.shape[1] <= 2
    distances, _ = model.neighbours(Q)
    assert distances.dtype == dtype
    assert_allclose(distances, brute(X.astype(float), Q.astype(float), 4)[0], rtol=1e-5)


def test_most_distances_are_never_computed(monkeypatch):
    digits = load_digits()
    X = digits.images.reshape(len(digits.images), -1)
    count = 0
    squares = KNearestNeighbours._squares

    def counted(self, chosen, x):
        nonlocal count
        count += len(chosen)
        return squares(self, chosen, x)

    monkeypatch.setattr(KNearestNeighbours, "_squares", counted)
    model = KNearestNeighbours(5).fit(X[300:], digits.labels[300:])
    found, _ = model.neighbours(X[:300])
    assert_allclose(found, brute(X[300:], X[:300], 5)[0], rtol=1e-12)
    assert count < 0.1 * 300 * (len(X) - 300)


@pytest.mark.parametrize("scale", [1e-150, 1e-30, 1e30, 1e150])
def test_scales(scale):
    rng = np.random.default_rng(2)
    X, Q = rng.standard_normal((200, 6)), rng.standard_normal((20, 6))
    distances, indices = KNearestNeighbours(3).fit(scale * X, np.zeros(200)).neighbours(scale * Q)
    want, order = brute(X, Q, 3)
    assert_array_equal(indices, order)
    assert_allclose(distances, scale * want, rtol=1e-12)


def test_far_offsets_and_far_queries():
    rng = np.random.default_rng(3)
    X = rng.standard_normal((300, 5))
    for offset in (1e3, 1e6):
        distances, _ = (
            KNearestNeighbours(2).fit(X + offset, np.zeros(300)).neighbours(X[:9] + offset)
        )
        assert_allclose(distances, brute(X + offset, X[:9] + offset, 2)[0], rtol=1e-9, atol=1e-9)
    Q = rng.standard_normal((4, 5)) * [[1.0], [1e5], [1e10], [1e20]]
    distances, indices = KNearestNeighbours(2).fit(X, np.zeros(300)).neighbours(Q)
    assert_allclose(distances, brute(X, Q, 2)[0], rtol=1e-12)
    with pytest.raises(ValueError, match="so far from the data that squared distances overflow"):
        KNearestNeighbours(1).fit(X, np.zeros(300)).neighbours(np.full((1, 5), 1e200))
    assert indices.max() < 300


@pytest.mark.parametrize(
    ("X", "q", "want"),
    [
        (np.float32([[9.96921e36, 0], [2, 1], [1, 1], [3, 1]]), [0.9, 1], [2, 1]),
        (np.float32([[1], [2e-23], [1e-23]]), [0], [2, 1]),
        (np.float32([[1], [2e-23], [1e-23]]) * np.float32(1e-20), [0], [2, 1]),
        (np.array([[1e200], [2], [1.0]]), [0.9], [2, 1]),
    ],
)
def test_small_differences_beside_huge_entries(X, q, want):
    # squares of 1 beside 1e37 used to vanish in float32, so that all points but one tied
    distances, indices = KNearestNeighbours(2).fit(X, np.zeros(len(X))).neighbours([q])
    assert indices.tolist() == [want]
    assert distances.dtype == X.dtype
    q = np.array(q, X.dtype).astype(float)
    right = np.abs(X.astype(float)[want] - q).max(axis=1)
    assert_allclose(distances[0], right, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_tie_however_long_they_are(dtype):
    # a sum by einsum over more than 8,192 columns depends on how many rows go with it
    rng = np.random.default_rng(36)
    for _ in range(20):
        X = np.tile(rng.standard_normal(9000).astype(dtype), (6, 1))
        model = KNearestNeighbours(2, block_bytes=5 * X[0].nbytes).fit(X, np.zeros(6))
        assert model.neighbours(rng.standard_normal((1, 9000)))[1].tolist() == [[0, 1]]


def test_the_allowance_is_not_below_what_is_proved():
    # the shadow's errors, term by term, as the comment in the search adds them up
    D = np.arange(1.0, 2001)
    k = D / 2
    terms = [2, 2 * 2**0.5 * (D + k**0.5 + 1), 2 * k + 3, D + 2, 2 * k**0.5]
    assert np.all(sum(terms) / 2 + 17 <= neighbours._allowance(D))
    assert np.all(neighbours._allowance(D) >= (2 + 2 * D + 3 + D + 2) / 2)  # V = I


def test_far_queries_in_one_column():
    # rounding adds more to a bound, for its size, where columns are few
    rng = np.random.default_rng(35)
    X = (rng.standard_normal((41, 1)) * 0.2 - 93).astype(np.float32)
    Q = rng.uniform(-40, -10, (20, 1)).astype(np.float32)
    distances, _ = KNearestNeighbours(3).fit(X, np.zeros(41)).neighbours(Q)
    assert_allclose(distances, brute(X, Q, 3)[0], rtol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_predictions_are_those_of_scikit_learn(k):
    digits = load_digits()
    X = digits.images.reshape(len(digits.images), -1)
    ours = KNearestNeighbours(k).fit(X[:1200], digits.labels[:1200])
    theirs = KNeighborsClassifier(k, algorithm="brute").fit(X[:1200], digits.labels[:1200])
    agree = ours.predict(X[1200:]) == theirs.predict(X[1200:])
    assert agree.mean() > 0.998  # equal distances may be ordered otherwise
    assert ours.score(X[1200:], digits.labels[1200:]) > 0.95


def test_the_vote():
    X = [[0.0], [1], [2], [10]]
    y = ["b", "b", "a", "c"]
    assert KNearestNeighbours(3).fit(X, y).predict([[1.9]]).tolist() == ["b"]
    assert KNearestNeighbours(1).fit(X, y).predict([[1.9]]).tolist() == ["a"]
    # one vote each: the smallest label, not the nearest point
    assert KNearestNeighbours(2).fit(X, y).predict([[9.0]]).tolist() == ["a"]
    assert KNearestNeighbours(4).fit(X, y).predict([[9.0]]).tolist() == ["b"]
    assert KNearestNeighbours(1).fit(X, y).score([[0], [9]], ["b", "a"]) == 0.5
    assert_array_equal(KNearestNeighbours(1).fit(X, y).classes_, ["a", "b", "c"])
    assert_array_equal(majority([[0, 1, 1, 0], [2, 1, 1, 0]], 3), [0, 1])


def test_a_point_is_its_own_neighbour():
    X = np.random.default_rng(4).standard_normal((50, 8))
    distances, indices = KNearestNeighbours(1).fit(X, np.zeros(50)).neighbours(X)
    assert_array_equal(indices[:, 0], np.arange(50))
    assert_array_equal(distances, np.zeros((50, 1)))


def test_blocks_give_the_same():
    rng = np.random.default_rng(5)
    X, Q = rng.standard_normal((400, 7)), rng.standard_normal((60, 7))
    whole = KNearestNeighbours(3).fit(X, np.zeros(400)).neighbours(Q)
    for size in (1, 5000, 10**9):
        some = KNearestNeighbours(3, block_bytes=size).fit(X, np.zeros(400)).neighbours(Q)
        assert_allclose(some[0], whole[0], rtol=1e-13)
        assert_array_equal(some[1], whole[1])


def test_memory_is_bounded():
    """All distances at once would take 160 MB."""
    rng = np.random.default_rng(6)
    X, Q = rng.standard_normal((10_000, 10)), rng.standard_normal((2000, 10))
    model = KNearestNeighbours(3, block_bytes=2**20).fit(X, np.zeros(10_000))
    tracemalloc.start()
    try:
        model.neighbours(Q)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 2**20


def test_many_columns_need_no_directions():
    X = np.random.default_rng(7).standard_normal((20, neighbours.WIDE + 1))
    _, indices = KNearestNeighbours(1).fit(X, np.zeros(20)).neighbours(X + 0.01)
    assert_array_equal(indices[:, 0], np.arange(20))


def test_whole_numbers_lists_and_constant_data():
    images = np.array([[250, 0], [255, 0], [0, 9]], np.uint8)
    distances, indices = KNearestNeighbours(2).fit(images, [0, 1, 2]).neighbours([[255, 0]])
    assert_array_equal(indices, [[1, 0]])
    assert_array_equal(distances, [[0, 5]])
    distances, indices = (
        KNearestNeighbours(2).fit(np.zeros((5, 3)), np.zeros(5)).neighbours([[0, 0, 2]])
    )
    assert_array_equal(indices, [[0, 1]])
    assert_array_equal(distances, [[2, 2]])


def test_the_data_is_left_alone():
    X = np.random.default_rng(8).standard_normal((30, 4))
    kept = X.copy()
    KNearestNeighbours(1).fit(X, np.zeros(30)).neighbours(X)
    assert_array_equal(X, kept)


def test_progress_is_shown_on_demand(capsys):
    X = np.zeros((3, 2))
    KNearestNeighbours(1, progress=True).fit(X, [1, 2, 3]).predict(X)
    assert "3/3" in capsys.readouterr().err
    KNearestNeighbours(1).fit(X, [1, 2, 3]).predict(X)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("k", [0, -1, 1.5, "1"])
def test_bad_k(k):
    with pytest.raises(ValueError, match="k must be"):
        KNearestNeighbours(k)


def test_bad_calls():
    X, y = np.eye(3), [1, 2, 3]
    with pytest.raises(ValueError, match="fit must be called"):
        KNearestNeighbours(1).predict(X)
    with pytest.raises(ValueError, match="at least k = 4 rows, got 3"):
        KNearestNeighbours(4).fit(X, y)
    with pytest.raises(ValueError, match=r"one label for each row of X, \(3,\), got \(2,\)"):
        KNearestNeighbours(1).fit(X, [1, 2])
    with pytest.raises(ValueError, match="X must be finite"):
        KNearestNeighbours(1).fit([[np.nan]], [1])
    model = KNearestNeighbours(1).fit(X, y)
    with pytest.raises(ValueError, match="X must have 3 columns"):
        model.predict(np.eye(2))
    with pytest.raises(ValueError, match="X must be a matrix"):
        model.predict([1, 2, 3])
    with pytest.raises(ValueError, match="y must have one label"):
        model.score(X, [1])

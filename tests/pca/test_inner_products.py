"""Inner products: the axioms and their witnesses, the geometry, many distances at once."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist

from mml.linear_algebra import vectors
from mml.pca import (
    angle,
    check_axioms,
    distance,
    inner,
    is_inner_product,
    length,
    pairwise_distances,
    unit_circle,
)

fixed = settings(derandomize=True, deadline=None, max_examples=80)
seeds = st.integers(0, 10**6)
PAIRS = [inner, distance, angle]
SCALES = [1e-150, 1.0, 1e150]


def definite(rng, n):
    """A symmetric positive definite matrix that is not nearly singular."""
    B = rng.standard_normal((n, n))
    A = B @ B.T + 0.1 * np.eye(n)
    return (A + A.T) / 2


# --- the axioms -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("A", "axiom"),
    [
        ([[1, 0], [0, 1]], None),
        ([[2, 1], [1, 2]], None),
        ([[10, 1], [1, 2]], None),
        ([[1e-300, 0], [0, 1e300]], None),
        ([[1, 0], [0, 1e-20]], None),  # a coordinate in another unit
        (5, None),
        ([[1, 1], [0, 1]], "symmetric"),
        ([[0, 1], [-1, 0]], "symmetric"),
        ([[1, 1], [1, 1]], "positive definite"),
        ([[1, 2], [2, 1]], "positive definite"),
        ([[1, 0], [0, 0]], "positive definite"),
        ([[1, 0], [0, -1]], "positive definite"),
        ([[0, 0], [0, 0]], "positive definite"),
        ([[4, 2, 1], [2, 1, 3], [1, 3, 9]], "positive definite"),
    ],
)
def test_a_failing_axiom_is_named_with_a_witness(A, axiom):
    A = np.atleast_2d(A)
    found = check_axioms(A)
    assert found.axiom == axiom
    assert is_inner_product(A) == found.holds == bool(found) == (axiom is None)
    assert_a_witness(found, lambda x, y: x @ A @ y)


def assert_a_witness(found, f):
    if found.holds:
        assert repr(found) == "an inner product"
        return
    w = found.witness
    if found.axiom == "linear":
        combined = w["a"] * w["x"] + w["y"]
        sides = f(combined, w["z"]), w["a"] * f(w["x"], w["z"]) + f(w["y"], w["z"])
        turned = f(w["z"], combined), w["a"] * f(w["z"], w["x"]) + f(w["z"], w["y"])
        assert any(not math.isclose(a, b, rel_tol=1e-12) for a, b in (sides, turned))
    elif found.axiom == "symmetric":
        assert f(w["x"], w["y"]) == found.left != found.right == f(w["y"], w["x"])
    else:
        assert w["x"].any()
        assert f(w["x"], w["x"]) <= 1e-12
        assert found.left <= 0
    assert repr(found).startswith(f"not {found.axiom}: ⟨")
    assert "for " in repr(found)


def test_the_witness_of_whole_numbers_is_found():
    assert_array_equal(check_axioms([[1, 1], [1, 1]]).witness["x"], [1, -1])
    assert_array_equal(np.abs(check_axioms([[4, 6], [6, 9]]).witness["x"]), [3, 2])


@pytest.mark.parametrize(
    ("f", "n", "axiom"),
    [
        (lambda x, y: x @ y, 3, None),
        (lambda x, y: 3 * x[0] * y[0] - x[0] * y[1] - x[1] * y[0] + 2 * x[1] * y[1], 2, None),
        (lambda x, y: np.array([x @ y]), 2, None),
        (lambda x, y: np.abs(x) @ np.abs(y), 2, "linear"),
        (lambda x, y: x @ y + 1, 2, "linear"),
        (lambda x, y: (x @ y) ** 2, 2, "linear"),
        (lambda x, y: (x @ y) ** 3, 1, "linear"),
        (lambda x, y: x[0] * y[0] ** 2, 1, "linear"),  # in the second argument
        (lambda x, y: x[0] * y[1], 2, "symmetric"),
        (lambda x, y: x[0] * y[0], 2, "positive definite"),
        (lambda x, y: -(x @ y), 2, "positive definite"),
        (lambda x, y: 0.0, 2, "positive definite"),
    ],
)
def test_functions_are_checked_too(f, n, axiom):
    found = check_axioms(f, n)
    assert found.axiom == axiom
    assert_a_witness(found, lambda x, y: float(np.squeeze(f(x, y))))


def test_a_function_that_writes_into_its_arguments_does_no_harm():
    def greedy(x, y):
        value = float(x @ y)
        x[:] = y[:] = 0
        return value

    assert check_axioms(greedy, 2)


@pytest.mark.parametrize("value", [None, "1", [1.0, 2.0], math.nan, 1j])
def test_a_product_is_one_finite_number(value):
    with pytest.raises(ValueError, match="product must return one finite number"):
        check_axioms(lambda x, y: value, 2)


def test_a_function_needs_the_length():
    with pytest.raises(ValueError, match="n must be given"):
        check_axioms(lambda x, y: x @ y)
    with pytest.raises(ValueError, match="n must be at least 1"):
        check_axioms(lambda x, y: x @ y, 0)


@pytest.mark.parametrize("function", [check_axioms, is_inner_product])
@pytest.mark.parametrize("A", [[[1, 2, 3], [4, 5, 6]], [1, 2], [[1j]], [[np.nan]], []])
def test_no_matrix_at_all(function, A):
    with pytest.raises(ValueError, match="must"):
        function(A)


@fixed
@given(seeds, st.integers(1, 6))
def test_the_verdict_is_that_of_the_eigenvalues(seed, n):
    rng = np.random.default_rng(seed)
    S = rng.standard_normal((n, n))
    S = S + S.T
    lowest = np.linalg.eigvalsh(S)[0]
    if abs(lowest) > 1e-6:
        found = check_axioms(S)
        assert found.holds == (lowest > 0)
        assert_a_witness(found, lambda x, y: x @ S @ y)


@fixed
@given(seeds, st.integers(1, 5), st.lists(st.integers(-150, 150), min_size=5, max_size=5))
def test_units_do_not_change_the_verdict(seed, n, powers):
    rng = np.random.default_rng(seed)
    A = definite(rng, n)
    D = 2.0 ** np.array(powers[:n])
    assert is_inner_product(D[:, None] * A * D)
    values, vectors_ = np.linalg.eigh(A)
    values[0] = -0.1 * values[-1]
    B = vectors_ @ np.diag(values) @ vectors_.T
    B = (B + B.T) / 2
    assert not is_inner_product(D[:, None] * B * D)


def test_symmetry_is_forgiven_rounding_only():
    rng = np.random.default_rng(3)
    B = rng.standard_normal((40, 40))
    A = B @ B.T + np.eye(40)
    A[3, 5] *= 1 + 1e-15
    assert is_inner_product(A)
    A[3, 5] *= 1 + 1e-9
    assert check_axioms(A).axiom == "symmetric"


# --- products, lengths, distances, angles ---------------------------------------------


@fixed
@given(seeds, st.integers(1, 6))
def test_the_definitions(seed, n):
    rng = np.random.default_rng(seed)
    A, x, y = definite(rng, n), rng.standard_normal(n), rng.standard_normal(n)
    size = math.sqrt((x @ A @ x) * (y @ A @ y))
    assert_allclose(inner(x, y, A), x @ A @ y, rtol=0, atol=1e-12 * size)
    assert_allclose(length(x, A), math.sqrt(x @ A @ x), rtol=1e-11)
    assert_allclose(distance(x, y, A), math.sqrt((x - y) @ A @ (x - y)), rtol=1e-10)
    assert_allclose(math.cos(angle(x, y, A)), x @ A @ y / size, rtol=0, atol=1e-11)


@fixed
@given(seeds, st.integers(1, 6))
def test_the_theorems(seed, n):
    rng = np.random.default_rng(seed)
    A, x, y, z = definite(rng, n), *rng.standard_normal((3, n))
    assert abs(inner(x, y, A)) <= length(x, A) * length(y, A) * (1 + 1e-12)
    assert length(x + y, A) <= (length(x, A) + length(y, A)) * (1 + 1e-12)
    assert distance(x, z, A) <= (distance(x, y, A) + distance(y, z, A)) * (1 + 1e-12)
    assert inner(x, y, A) == pytest.approx(inner(y, x, A), abs=1e-11)
    assert_allclose(length(-2 * x, A), 2 * length(x, A), rtol=1e-13)
    parallelogram = length(x + y, A) ** 2 + length(x - y, A) ** 2
    assert_allclose(parallelogram, 2 * length(x, A) ** 2 + 2 * length(y, A) ** 2, rtol=1e-11)


@pytest.mark.parametrize("function", PAIRS)
def test_without_a_matrix_it_is_chapter_one(function):
    name = {"inner": "dot"}.get(function.__name__, function.__name__)
    rng = np.random.default_rng(1)
    for _ in range(20):
        x, y = rng.standard_normal((2, 5))
        assert function(x, y) == getattr(vectors, name)(x, y)
        assert_allclose(function(x, y), function(x, y, np.eye(5)), rtol=1e-12, atol=1e-14)
    assert length([3, 4]) == length([3, 4], np.eye(2)) == 5


def test_by_hand():
    A = [[2, -1], [-1, 2]]
    assert inner([1, 0], [0, 1], A) == -1
    assert length([1, 1], A) == pytest.approx(math.sqrt(2))
    assert distance([1, 1], [0, 1], A) == pytest.approx(math.sqrt(2))
    assert angle([1, 0], [0, 1], A) == pytest.approx(2 * math.pi / 3)
    assert angle([1, 1], [1, -1], A) == pytest.approx(math.pi / 2, abs=1e-15)
    assert angle([1, 2], [2, 4], A) == pytest.approx(0, abs=1e-15)
    assert angle([1, 2], [-1, -2], A) == pytest.approx(math.pi)


@pytest.mark.parametrize("a", SCALES)
@pytest.mark.parametrize("b", SCALES)
@pytest.mark.parametrize("c", SCALES)
def test_scales(a, b, c):
    A = np.array([[2.0, 1], [1, 3]])
    x, y = np.array([1.0, 2]), np.array([-3.0, 1])
    want = inner(x, y, A)
    exponent = sum(round(math.log10(s)) for s in (a, b, c))
    got = inner(a * x, b * y, c * A)
    assert got == pytest.approx(want * 10.0**exponent if abs(exponent) < 300 else got, rel=1e-12)
    if exponent > 300:
        assert got == -math.inf
    assert length(a * x, c * A) == pytest.approx(a * math.sqrt(c) * length(x, A), rel=1e-12)
    assert distance(a * x, a * y, c * A) == pytest.approx(a * math.sqrt(c) * distance(x, y, A))
    assert angle(a * x, b * y, c * A) == pytest.approx(angle(x, y, A), rel=1e-12)


def test_products_in_between_do_not_overflow():
    assert inner([1e-200, 0], [1e200, 0], 1e150 * np.eye(2)) == pytest.approx(1e150)
    assert distance([1.7e308, 0], [-1.7e308, 0], 1e-4 * np.eye(2)) == pytest.approx(3.4e306)


def test_nearly_parallel_vectors():
    A = np.array([[2.0, 1], [1, 2]])
    for small in (1e-3, 1e-7, 1e-12):  # the angle is small · √det A / ⟨x, x⟩
        got = angle([1, 0], [1, small], A)
        assert got == pytest.approx(small * math.sqrt(3) / 2, rel=max(1e-3, small))
    rng = np.random.default_rng(0)
    for _ in range(200):
        x = rng.standard_normal(5)
        assert angle(x, 3 * x, definite(rng, 5)) < 1e-14


@pytest.mark.parametrize("function", PAIRS)
def test_bad_input(function):
    with pytest.raises(ValueError, match="one length, got x"):
        function([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="y must be a vector"):
        function([1, 2], [[1, 2]])
    with pytest.raises(ValueError, match="x must be finite"):
        function([np.nan, 2], [1, 2])
    with pytest.raises(ValueError, match=r"A must have shape \(2, 2\) to go with"):
        function([1, 2], [1, 2], np.eye(3))
    with pytest.raises(ValueError, match=r"positive definite, got .* for x = \[1\.0, -1\.0\]"):
        function([1, 2], [1, 2], [[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="got one that is not symmetric: ⟨x, y⟩ = 1"):
        function([1, 2], [1, 2], [[1, 1], [0, 1]])


def test_the_zero_vector_has_length_but_no_angle():
    assert length([0, 0], [[2, 1], [1, 2]]) == 0
    for A in (None, np.eye(2)):
        with pytest.raises(ValueError, match="y must be a non-zero vector"):
            angle([1, 0], [0, 0], A)


def test_whole_numbers_and_lists_and_nothing_is_changed():
    x, y, A = np.array([1, 2]), np.array([3, 1]), np.array([[2, 1], [1, 2]])
    kept = x.copy(), y.copy(), A.copy()
    for function in PAIRS:
        assert function(x, y, A) == function([1, 2], [3.0, 1], A.tolist())
    pairwise_distances([x], [y], A=A)
    for now, before in zip((x, y, A), kept, strict=True):
        assert_array_equal(now, before)
    small = np.array([250], np.uint8), np.array([255], np.uint8)
    assert distance(*small) == 5  # no wrapping round
    assert pairwise_distances(small[0][None], small[1][None])[0, 0] == 5


# --- many distances -------------------------------------------------------------------


@fixed
@given(seeds, st.integers(1, 8), st.integers(1, 8), st.integers(1, 6), st.booleans())
def test_pairs_agree_with_one_at_a_time(seed, N, M, D, with_matrix):
    rng = np.random.default_rng(seed)
    X, Y = rng.standard_normal((N, D)), rng.standard_normal((M, D))
    A = definite(rng, D) if with_matrix else None
    want = np.array([[distance(x, y, A) for y in Y] for x in X])
    for method in ("refined", "difference", "product"):
        got = pairwise_distances(X, Y, A=A, method=method)
        assert got.shape == (N, M)
        assert_allclose(got, want, rtol=1e-9 if method != "product" else 1e-5)


@fixed
@given(seeds, st.integers(1, 9), st.integers(1, 6))
def test_a_set_with_itself_is_symmetric_with_zeros(seed, N, D):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, D)) + rng.choice([0, 1e6])
    d = pairwise_distances(X)
    assert_array_equal(np.diag(d), np.zeros(N))
    assert_allclose(d, d.T, rtol=1e-9)
    assert_allclose(d, cdist(X, X), rtol=1e-9)
    assert (d[:, :, None] <= d[:, None, :] + d.T[None, :, :] + 1e-9 * d.max()).all()


@pytest.mark.parametrize("offset", [0, 1e4, 1e8])
def test_close_points_far_from_zero(offset):
    rng = np.random.default_rng(5)
    X = offset + rng.standard_normal((30, 4))
    Y = X + 1e-3 * rng.standard_normal((30, 4))
    want = cdist(X, Y)
    assert_allclose(pairwise_distances(X, Y), want, rtol=1e-11)
    assert_allclose(pairwise_distances(X, Y, method="difference"), want, rtol=1e-12)
    if offset == 1e8:
        plain = pairwise_distances(X, Y, method="product")
        assert np.isfinite(plain).all()
        assert (np.abs(plain / want - 1) > 0.5).any()  # what the plain formula loses


def test_two_clusters_far_apart():
    """0 in the middle does not help: the pairs within a cluster are redone."""
    rng = np.random.default_rng(6)
    X = np.vstack([rng.standard_normal((20, 3)), 1e7 + rng.standard_normal((20, 3))])
    assert_allclose(pairwise_distances(X), cdist(X, X), rtol=1e-10)


@pytest.mark.parametrize("scale", SCALES)
def test_distances_of_any_size(scale):
    X = np.random.default_rng(7).standard_normal((5, 3))
    for method in ("refined", "difference"):
        assert_allclose(
            pairwise_distances(scale * X, method=method), scale * cdist(X, X), rtol=1e-12
        )


def test_single_precision_stays_single():
    X = np.random.default_rng(8).standard_normal((6, 5)).astype(np.float32) + 100
    d = pairwise_distances(X)
    assert d.dtype == np.float32
    assert_allclose(d, cdist(X.astype(float), X.astype(float)), rtol=1e-4, atol=1e-6)
    assert pairwise_distances(X, X.astype(float)).dtype == np.float64


def test_blocks_give_the_same(monkeypatch):
    rng = np.random.default_rng(9)
    X = 1e6 + rng.standard_normal((12, 3))
    want = pairwise_distances(X)
    monkeypatch.setattr("mml.pca.inner_products.BLOCK", 50)
    assert_array_equal(pairwise_distances(X), want)
    assert_allclose(pairwise_distances(X, method="difference"), want, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2],), "X must be a matrix"),
        (([[1, 2]], [[1, 2, 3]]), "X and Y must have as many columns"),
        (([[np.inf, 2]],), "X must be finite"),
        (([[1, 2]], [[]]), "Y must not be empty"),
    ],
)
def test_bad_points(arguments, words):
    with pytest.raises(ValueError, match=words):
        pairwise_distances(*arguments)


def test_bad_options():
    with pytest.raises(ValueError, match='method must be "refined", "product" or "difference"'):
        pairwise_distances([[1, 2]], method="fast")
    with pytest.raises(ValueError, match="A must have shape"):
        pairwise_distances([[1, 2]], A=np.eye(3))
    with pytest.raises(ValueError, match="positive definite"):
        pairwise_distances([[1, 2]], A=-np.eye(2))


# --- the unit circle ------------------------------------------------------------------


@fixed
@given(seeds)
def test_all_are_of_length_one(seed):
    A = definite(np.random.default_rng(seed), 2)
    circle = unit_circle(A, 13)
    assert_allclose([length(x, A) for x in circle.T], 1, rtol=1e-12)
    assert_allclose(circle[:, 0], circle[:, -1], atol=1e-12)
    turn = np.unwrap(np.arctan2(circle[1], circle[0]))
    assert abs(turn[-1] - turn[0]) == pytest.approx(2 * math.pi)


def test_small_differences_beside_huge_entries():
    assert distance([1e300, 1e-30], [1e300, 3e-30], np.eye(2)) == pytest.approx(2e-30, 1e-12, 0)
    assert distance([1.7e308], [-1e307], [[1e-4]]) == pytest.approx(1.8e306, rel=1e-12)


@pytest.mark.parametrize("size", [1e-50, 1e50])
@pytest.mark.parametrize("method", ["refined", "product", "difference"])
def test_a_ruler_of_any_size_in_single_precision(size, method):
    X = np.eye(2, dtype=np.float32)
    found = pairwise_distances(X, A=size * np.eye(2), method=method)
    want = np.sqrt(2 * size) * (1 - np.eye(2))
    assert found.dtype == np.float32
    assert_allclose(found, want, rtol=1e-6)


def test_only_in_the_plane():
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        unit_circle(np.eye(3))
    with pytest.raises(ValueError, match="count must be at least 2"):
        unit_circle(np.eye(2), 1)

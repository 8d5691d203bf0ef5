"""Independence, rank and coordinates: theorems, thresholds, scales and what is refused."""

import inspect
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import hilbert

from mml.linear_algebra import coordinates, haar_basis, is_linearly_independent, rank

fixed = settings(derandomize=True, deadline=None, max_examples=100)
SCALES = [1e-300, 1e-150, 1e-16, 1.0, 1e16, 1e150, 1e300]


def exact_rank(A):
    """Return the rank of a matrix of floats, by elimination in fractions."""
    rows = [[Fraction(x) for x in row] for row in np.asarray(A, float).tolist()]
    found = 0
    for column in range(len(rows[0])):
        pivot = next((r for r in range(found, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(found + 1, len(rows)):
            factor = rows[r][column] / rows[found][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


@st.composite
def whole(draw, low=1, high=6, largest=5):
    n, k = draw(st.integers(low, high)), draw(st.integers(low, high))
    return draw(arrays(float, (n, k), elements=st.integers(-largest, largest).map(float)))


@st.composite
def bases(draw):
    """A matrix of whole numbers with independent columns."""
    A = draw(whole())
    assume(exact_rank(A) == A.shape[1])
    return A


def rank_deficient(rng):
    """Return a float matrix of known rank, below the smaller of its sides."""
    n, k = rng.integers(2, 9, 2)
    r = int(rng.integers(1, min(n, k)))
    return rng.standard_normal((n, r)) @ rng.standard_normal((r, k)), r


# --- all functions ------------------------------------------------------------------


@pytest.mark.parametrize(
    "function", [rank, is_linearly_independent, lambda A: coordinates([1, 2], A)]
)
@pytest.mark.parametrize(
    ("A", "words"),
    [
        ([1, 2], "matrix"),
        (np.empty((2, 0)), "must not be empty"),
        ([[np.nan, 1], [1, 1]], "must be finite"),
        ([[np.inf, 1], [1, 1]], "must be finite"),
        ([[1j, 1], [1, 1]], "must be real"),
        ([["a", "b"], ["c", "d"]], "real numbers"),
        ([[1, 2], [3]], "rectangular"),
    ],
)
def test_bad_matrices_are_refused_by_name(function, A, words):
    with pytest.raises(ValueError, match=r"^(A|basis) .*" + words):
        function(A)


@pytest.mark.parametrize("rtol", [-1, 1.5, np.nan, "a lot"])
def test_bad_thresholds_are_refused(rtol):
    for function in (rank, is_linearly_independent):
        with pytest.raises(ValueError, match="rtol must be"):
            function([[1, 2], [3, 4]], rtol=rtol)


@pytest.mark.parametrize("dtype", [int, np.int8, np.float32, float, bool])
def test_input_is_left_alone_and_every_type_works(dtype):
    A = np.asfortranarray(np.array([[1, 1], [0, 1], [0, 0]], dtype))
    A.flags.writeable = False
    x = np.array([1, 1, 0], dtype)
    x.flags.writeable = False
    assert rank(A) == 2
    assert rank(A.T) == 2
    assert is_linearly_independent(A)
    assert_array_equal(coordinates(x, A), [0, 1])
    assert_array_equal(coordinates(x.tolist(), A.tolist()), [0, 1])
    assert coordinates(x, A).dtype == float


def test_results_are_plain():
    assert type(rank([[1.0]])) is int
    assert is_linearly_independent([[1.0]]) is True


# --- rank -----------------------------------------------------------------------------


@given(whole())
@fixed
def test_rank_is_that_of_exact_arithmetic(A):
    assert rank(A) == exact_rank(A)


@given(whole())
@fixed
def test_rank_of_columns_is_rank_of_rows(A):
    assert rank(A) == rank(A.T)


@given(whole(), st.data())
@fixed
def test_length_and_order_of_the_columns_do_not_matter(A, data):
    k = A.shape[1]
    factors = data.draw(arrays(float, k, elements=st.sampled_from([-3.0, 1e-20, 0.1, 7, 1e20])))
    order = data.draw(st.permutations(range(k)))
    assert rank(A * factors) == rank(A)
    assert rank(A[:, order]) == rank(A)


@given(whole(), whole())
@fixed
def test_a_column_more_adds_one_or_nothing(A, B):
    longer = np.column_stack([A, np.resize(B, len(A))])
    assert rank(longer) - rank(A) in (0, 1)
    combined = np.column_stack([A, A @ np.resize(B, A.shape[1])])
    assert rank(combined) == rank(A)


@pytest.mark.parametrize("scale", SCALES)
def test_1000_rank_deficient_matrices_at_every_scale(scale):
    rng = np.random.default_rng(2)
    for _ in range(1000):
        A, r = rank_deficient(rng)
        assert rank(A * scale) == r
        assert not is_linearly_independent(A * scale) or r == A.shape[1]


@pytest.mark.parametrize("scale", [1e-16, 1.0, 1e16])
def test_1000_random_4x4_matrices_of_rank_2_and_of_rank_4(scale):
    rng = np.random.default_rng(4)
    for _ in range(1000):
        A = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 4))
        assert rank(scale * A) == 2
        assert rank(scale * rng.standard_normal((4, 4))) == 4


def test_1000_matrices_of_rank_2_in_single_precision():
    rng = np.random.default_rng(5)
    for _ in range(1000):
        A = rng.standard_normal((4, 2), np.float32) @ rng.standard_normal((2, 4), np.float32)
        assert A.dtype == np.float32
        assert rank(A) == 2


@pytest.mark.parametrize(("n", "r"), [(50, 49), (200, 100), (400, 10)])
def test_large_matrices(n, r):
    rng = np.random.default_rng(6)
    A = rng.standard_normal((n, r)) @ rng.standard_normal((r, n))
    assert rank(A) == r


def test_zeros_and_shapes():
    assert rank(np.zeros((3, 2))) == 0
    assert rank([[0, 2], [0, 0]]) == 1
    assert rank([[5]]) == 1
    assert rank([[1, 2, 3]]) == 1
    assert rank([[1], [2], [3]]) == 1
    assert not is_linearly_independent([[0]])
    assert not is_linearly_independent([[1, 0], [1, 0]])
    assert not is_linearly_independent([[1, 2, 3], [4, 5, 7]])
    assert rank([[5e-324, 0], [0, 1e308]]) == 2


def test_the_threshold_is_relative_to_the_column():
    def two(gap):
        return [[1, 1], [0, gap]]

    assert rank(two(1e-11)) == 2
    assert rank(two(1e-13)) == 1
    assert rank(two(1e-13), rtol=1e-14) == 2
    assert rank(two(1e-3), rtol=0.01) == 1
    assert rank(np.float32(two(1e-3))) == 2
    assert rank(np.float32(two(1e-4))) == 1
    assert rank([[1, 0], [0, 1e-200]]) == 2  # short, but in a direction of its own


def test_hilbert_matrices_are_too_close_to_dependent():
    assert rank(hilbert(8)) == 8
    assert rank(hilbert(12)) < 12
    assert rank(hilbert(12), rtol=0) == 12


def test_vectors_in_a_nearly_closed_fan():
    """Of columns along almost one line the farthest is chosen first."""
    base = np.array([1.0, 2, 3, 4])
    fan = np.column_stack([base, base + 1e-7 * np.eye(4)[0], base + np.eye(4)[1]])
    mixed = fan @ np.random.default_rng(7).standard_normal((3, 5))
    assert rank(fan) == 3
    assert rank(mixed) == 3


# --- coordinates ----------------------------------------------------------------------


def test_the_courses_example():
    assert_array_equal(coordinates([3, 4], [[2, -2], [1, 4]]), [2, 0.5])


@given(bases(), st.data())
@fixed
def test_coordinates_give_the_vector_back(B, data):
    c = data.draw(arrays(float, B.shape[1], elements=st.integers(-9, 9).map(float)))
    found = coordinates(B @ c, B)
    assert_allclose(found, c, rtol=0, atol=1e-11 * max(1, np.abs(c).max()))
    assert_allclose(B @ found, B @ c, rtol=0, atol=1e-14 * (np.abs(B) @ np.abs(c)).max())


@given(bases(), st.data())
@fixed
def test_coordinates_are_linear(B, data):
    x, y = (
        B @ data.draw(arrays(float, B.shape[1], elements=st.integers(-9, 9).map(float)))
        for _ in "xy"
    )
    together = coordinates(2 * x - 3 * y, B)
    assert_allclose(together, 2 * coordinates(x, B) - 3 * coordinates(y, B), atol=1e-10)


@given(bases())
@fixed
def test_dot_products_give_the_coordinates_in_an_orthogonal_basis(B):
    Q = np.linalg.qr(B)[0] * np.arange(1, B.shape[1] + 1)
    x = Q @ np.linspace(-1, 2, Q.shape[1])
    assert_allclose(coordinates(x, Q), Q.T @ x / (Q**2).sum(axis=0), atol=1e-13)


@given(bases())
@fixed
def test_a_vector_off_the_span_is_refused(B):
    n, k = B.shape
    assume(k < n)
    normal = np.linalg.qr(B, mode="complete")[0][:, -1]
    with pytest.raises(ValueError, match="span of basis"):
        coordinates(normal, B)
    with pytest.raises(ValueError, match="span of basis"):
        coordinates(B.sum(axis=1) + 1e-9 * np.abs(B).max() * normal, B)


@pytest.mark.parametrize("scale", SCALES)
def test_coordinates_at_every_scale(scale):
    B = np.array([[2.0, -2], [1, 4], [0, 0]])
    x = np.array([3.0, 4, 0])
    assert_allclose(coordinates(x * scale, B), [2 * scale, 0.5 * scale], rtol=1e-14)
    assert_allclose(coordinates(x * scale, B * scale), [2, 0.5], rtol=1e-14)
    assert_allclose(coordinates(x, B * [1e-9, 1e9]), [2e9, 0.5e-9], rtol=1e-14)
    with pytest.raises(ValueError, match="span"):
        coordinates(np.array([3, 4, 1e-9]) * scale, B * scale)


def test_coordinates_beyond_the_range_of_floats():
    assert_array_equal(coordinates([1e300], [[1e-300]]), [np.inf])
    assert_array_equal(coordinates([1e-300], [[1e300]]), [0])


def test_zero_has_zero_coordinates():
    found = coordinates([0, 0, 0], [[1, 1], [1, 2], [1, 3]])
    assert_array_equal(found, [0, 0])
    assert not np.signbit(found).any()


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ([[1, 2], [2, 4]], "2 columns of rank 1 in 2 rows"),
        ([[1, 0], [2, 0]], "2 columns of rank 1 in 2 rows"),
        ([[1, 0, 3], [2, 1, 4]], "3 columns of rank 2 in 2 rows"),
        ([[0.1, 0.3], [0.2, 0.6]], "2 columns of rank 1"),
        ([[1, 1], [0, 1e-13]], "2 columns of rank 1"),
    ],
)
def test_a_dependent_basis_is_refused(basis, words):
    with pytest.raises(ValueError, match="basis must have independent columns, got " + words):
        coordinates([1, 2], basis)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match=r"x must have as many entries .* got 3 and 2"):
        coordinates([1, 2, 3], np.eye(2))
    with pytest.raises(ValueError, match="x must be a vector"):
        coordinates([[1], [2]], np.eye(2))


def test_an_ill_conditioned_basis_still_gives_the_vector_back():
    rng = np.random.default_rng(8)
    B = hilbert(8)
    x = B @ rng.standard_normal(8)
    c = coordinates(x, B)
    assert np.abs(B @ c - x).max() < 1e-15 * (np.abs(B) @ np.abs(c)).max()


def test_a_skew_basis_needs_more_than_dot_products():
    B = np.array([[1.0, 1], [0, 1]])
    x = np.array([3.0, 4])
    assert_allclose(coordinates(x, B), [-1, 4])
    by_dot_products = B.T @ x / (B**2).sum(axis=0)
    assert_array_equal(by_dot_products, [3, 3.5])


# --- the basis of averages and differences --------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 4, 8, 64, 256])
def test_haar_basis_is_orthonormal(n):
    H = haar_basis(n)
    assert H.shape == (n, n)
    assert_allclose(H.T @ H, np.eye(n), atol=1e-14)
    assert rank(H) == n


def test_haar_basis_begins_with_the_average_and_ends_with_neighbours():
    H = haar_basis(8)
    assert_allclose(H[:, 0], np.full(8, 8**-0.5))
    assert_allclose(H[:, 1], np.repeat([1, -1], 4) * 8**-0.5)
    assert_allclose(H[:, 7], [0, 0, 0, 0, 0, 0, 2**-0.5, -(2**-0.5)])
    assert_array_equal((H != 0).sum(axis=0), [8, 8, 4, 4, 2, 2, 2, 2])


@pytest.mark.parametrize("n", [0, -2, 3, 12, 2.0, "4"])
def test_haar_basis_needs_a_power_of_two(n):
    with pytest.raises(ValueError, match="n must be"):
        haar_basis(n)


@pytest.mark.parametrize("function", [rank, is_linearly_independent, coordinates, haar_basis])
def test_the_docstrings_say_everything(function):
    text = inspect.getdoc(function)
    for part in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{part}\n{'-' * len(part)}" in text

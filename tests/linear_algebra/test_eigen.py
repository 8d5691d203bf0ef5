"""Eigenvalues and eigenvectors: theorems, references, scales and what must be refused."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.linalg import LinAlgError
from numpy.testing import assert_allclose, assert_array_equal

from mml.errors import ConvergenceError
from mml.linear_algebra import (
    characteristic_polynomial,
    diagonalise,
    eigenvalues,
    eigh,
    matrix_power,
    power_iteration,
    qr_algorithm,
)

fixed = settings(derandomize=True, deadline=None, max_examples=100)
EVERY = [
    characteristic_polynomial,
    eigenvalues,
    qr_algorithm,
    power_iteration,
    eigh,
    diagonalise,
    lambda T: matrix_power(T, 3),
]


@st.composite
def square(draw, low=1, high=6, largest=9):
    n = draw(st.integers(low, high))
    return draw(arrays(float, (n, n), elements=st.integers(-largest, largest).map(float)))


@st.composite
def symmetric(draw):
    A = draw(square())
    return A + A.T


@st.composite
def diagonalisable(draw):
    """A matrix C D C⁻¹ with eigenvalues a whole number apart, and C of moderate condition."""
    n = draw(st.integers(1, 5))
    values = draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n, unique=True))
    C = draw(arrays(float, (n, n), elements=st.integers(-5, 5).map(float)))
    assume(np.linalg.cond(C) < 50)
    return C * values @ np.linalg.inv(C), np.sort(np.array(values, float))


def assert_oriented(vectors):
    assert_allclose(np.linalg.norm(vectors, axis=0), 1, rtol=1e-13)
    assert_allclose(vectors.max(axis=0), np.abs(vectors).max(axis=0), rtol=1e-9)


# --- all functions ------------------------------------------------------------------


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize(
    ("A", "words"),
    [
        ([[1, 2, 3], [4, 5, 6]], "must be square"),
        ([1, 2], "matrix"),
        ([], "matrix"),
        (np.empty((0, 0)), "must not be empty"),
        ([[np.nan, 1], [1, 1]], "must be finite"),
        ([[np.inf, 1], [1, 1]], "must be finite"),
        ([[1j, 1], [1, 1]], "must be real"),
        ([["a", "b"], ["c", "d"]], "real numbers"),
        ([[1, 2], [3]], "rectangular"),
    ],
)
def test_bad_matrices_are_refused_by_name(function, A, words):
    with pytest.raises(ValueError, match=words):
        function(A)


@pytest.mark.parametrize("function", EVERY)
@pytest.mark.parametrize("dtype", [int, np.float32, float, bool])
def test_input_is_left_alone_and_every_type_works(function, dtype):
    A = np.asfortranarray(np.array([[1, 0], [0, 0]], dtype))
    A.flags.writeable = False
    function(A)
    function(A.tolist())
    function([[3]])


@pytest.mark.parametrize("scale", [2.0**-498, 2.0**498])  # about 1e±150
def test_scale_changes_nothing_else(scale):
    A = np.array([[4.0, 1, 0], [1, 3, 0], [0, 1, 1]])
    assert_array_equal(eigenvalues(A * scale) / scale, eigenvalues(A))
    assert_array_equal(eigenvalues(A[:2, :2] * scale) / scale, eigenvalues(A[:2, :2]))
    assert_array_equal(qr_algorithm(A * scale).values / scale, qr_algorithm(A).values)
    found, wanted = power_iteration(A * scale), power_iteration(A)
    assert found.value / scale == wanted.value
    assert_array_equal(found.vector, wanted.vector)
    assert found.residual == wanted.residual
    C, D = diagonalise(A * scale)
    assert_array_equal(C, diagonalise(A)[0])
    assert_array_equal(D / scale, diagonalise(A)[1])
    assert_array_equal(eigh(A[:2, :2] * scale)[0] / scale, eigh(A[:2, :2])[0])
    assert_array_equal(matrix_power(A * scale, 2) / scale / scale, matrix_power(A, 2))
    assert_array_equal(matrix_power(A * scale, -1) * scale, matrix_power(A, -1))
    p = characteristic_polynomial(A * scale)
    assert_array_equal(p[:3] / [1, scale, scale] / [1, 1, scale], characteristic_polynomial(A)[:3])
    assert p[3] == (0.0 if scale < 1 else -np.inf)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_zero_matrix(n):
    Z = np.zeros((n, n))
    assert_array_equal(eigenvalues(Z), np.zeros(n))
    assert_array_equal(qr_algorithm(Z).values, np.zeros(n))
    assert_array_equal(characteristic_polynomial(Z), [1] + [0] * n)
    assert power_iteration(Z).value == 0
    C, D = diagonalise(Z)
    assert np.linalg.cond(C) < 1.1
    assert_array_equal(D, Z)
    assert_array_equal(eigh(Z)[0], np.zeros(n))
    assert_array_equal(matrix_power(Z, 0), np.eye(n))
    assert_array_equal(matrix_power(Z, 3), Z)


# --- the characteristic polynomial ----------------------------------------------------


@given(square())
@fixed
def test_polynomial_begins_with_the_trace_and_ends_with_the_determinant(A):
    p = characteristic_polynomial(A)
    assert p[0] == 1
    assert p[1] == -np.trace(A)
    assert_allclose((-1) ** len(A) * p[-1], np.linalg.det(A), rtol=1e-9, atol=1e-6)


@given(square(high=5))
@fixed
def test_cayley_and_hamilton(A):
    total = np.zeros_like(A)
    for coefficient in characteristic_polynomial(A):  # Horner, in whole numbers: exact
        total = total @ A + coefficient * np.eye(len(A))
    assert_array_equal(total, 0)


@given(square(low=2))
@fixed
def test_polynomial_methods_agree(A):
    exact = characteristic_polynomial(A, method="exact")
    size = np.linalg.norm(A) ** np.arange(len(A) + 1) + 1
    for method in ("hessenberg", "faddeev-leverrier"):
        found = characteristic_polynomial(A, method=method)
        assert_allclose(found / size, exact / size, atol=1e-13)


def test_polynomial_is_exact_for_whole_numbers():
    A = np.arange(1, 17).reshape(4, 4)
    assert_array_equal(characteristic_polynomial(A), [1, -34, -80, 0, 0])
    assert_array_equal(characteristic_polynomial([[1.5, -1], [-0.5, 0.5]]), [1, -2, 0.25])
    companion = np.diag(np.ones(11), -1)
    companion[:, -1] = np.arange(12)[::-1]
    assert_array_equal(characteristic_polynomial(companion), [1, *-np.arange(12)])


def test_large_polynomial_by_reflections_where_the_recursion_breaks():
    rng = np.random.default_rng(5)
    values = np.linspace(-2, 2, 40)
    Q, _ = np.linalg.qr(rng.standard_normal((40, 40)))
    A = Q * values @ Q.T
    wanted = np.poly(values)
    good = characteristic_polynomial(A)
    bad = characteristic_polynomial(A, method="faddeev-leverrier")
    assert np.abs(good - wanted).max() < 1e-10 * np.abs(wanted).max()
    assert_allclose(good[-1], wanted[-1], rtol=1e-10)  # the determinant
    assert abs(bad[-1] - wanted[-1]) > 0.1 * abs(wanted[-1])


def test_polynomial_method_by_another_name():
    with pytest.raises(ValueError, match="method"):
        characteristic_polynomial([[1]], method="leverrier")


# --- eigenvalues --------------------------------------------------------------------


@given(square())
@fixed
def test_sum_is_the_trace_and_product_the_determinant(A):
    values = eigenvalues(A)
    size = max(np.linalg.norm(A), 1)
    assert_allclose(values.sum(), np.trace(A), atol=1e-12 * size)
    assert_allclose(values.prod() / size ** len(A), np.linalg.det(A / size), atol=1e-12)


@given(square())
@fixed
def test_eigenvalues_are_those_of_the_transpose_and_ascend(A):
    values = eigenvalues(A)
    assert (np.diff(values.real) >= 0).all()
    # A root of multiplicity m moves by the m-th root of rounding: compare where all differ.
    gaps = np.abs(values[:, None] - values) + 9 * np.eye(len(A))
    if gaps.min() > 0.1:
        assert_allclose(np.poly(values), np.poly(eigenvalues(A.T)), rtol=1e-7, atol=1e-6)
        assert_allclose(np.poly(qr_algorithm(A).values), np.poly(values), rtol=1e-7, atol=1e-6)


@given(diagonalisable())
@fixed
def test_known_eigenvalues(case):
    A, values = case
    found = eigenvalues(A)
    assert found.dtype == float
    assert_allclose(found, values, atol=1e-10)
    assert_allclose(qr_algorithm(A).values, values, atol=1e-10)


def test_the_course_matrix():
    assert_allclose(
        eigenvalues([[3 / 2, -1], [-1 / 2, 1 / 2]]),
        [1 - np.sqrt(3) / 2, 1 + np.sqrt(3) / 2],
        rtol=1e-15,
    )


def test_small_root_of_two_by_two_does_not_cancel():
    A = [[1e8, 1], [1, 1e-8 + 1e-16]]
    small, large = eigenvalues(A)
    (a, b), (c, d) = [[Fraction(x) for x in row] for row in A]
    assert_allclose(small, float((a * d - b * c) / Fraction(large)), rtol=1e-12)
    assert_allclose(eigenvalues([[1e-20, 0], [0, 1]]), [1e-20, 1], rtol=1e-15)


def test_complex_values_stay_complex_and_ordered():
    assert_array_equal(eigenvalues([[0, -1], [1, 0]]), [-1j, 1j])
    assert_allclose(eigenvalues([[1, 1e-9], [-1e-9, 1]]), [1 - 1e-9j, 1 + 1e-9j], rtol=1e-15)
    three = eigenvalues([[1, 1e-9, 0], [-1e-9, 1, 0], [0, 0, 2]])
    assert_allclose(three, [1 - 1e-9j, 1 + 1e-9j, 2], rtol=1e-15)


@pytest.mark.parametrize("block", [2, 3])
def test_double_values_that_rounding_splits_are_real(block):
    rng = np.random.default_rng(block)
    J = np.diag([2.0] * block + [-1.0, 3.0])[: block + 2, : block + 2]
    J[:block, :block] += np.eye(block, k=1)
    if block == 2:
        J = J[:2, :2]
    tried = split = 0
    while tried < 100:
        S = rng.standard_normal(J.shape)
        if np.linalg.cond(S) < 20:
            tried += 1
            A = S @ J @ np.linalg.inv(S)
            split += np.iscomplexobj(np.linalg.eigvals(A))
            assert eigenvalues(A).dtype == float
    assert split > 10  # NumPy alone sees complex pairs here


def test_qr_algorithm_needs_few_steps_and_says_when_it_stops():
    A = np.random.default_rng(0).standard_normal((30, 30))
    found = qr_algorithm(A)
    assert found.iterations < 5 * 30
    assert_allclose(found.values, eigenvalues(A), atol=1e-12 * np.linalg.norm(A))
    cycle = np.roll(np.eye(4), 1, axis=0)  # where the unshifted algorithm never moves
    assert_allclose(np.poly(qr_algorithm(cycle).values), [1, 0, 0, 0, -1], atol=1e-13)
    with pytest.raises(ConvergenceError, match="left after 2 steps") as caught:
        qr_algorithm(A, max_iter=2)
    assert caught.value.iterates[0].shape == (30, 30)


@given(arrays(float, (4, 4), elements=st.floats(0.1, 1)))
@fixed
def test_stochastic_matrix_has_eigenvalue_one_and_none_above(A):
    values = eigenvalues(A / A.sum(axis=0))
    sizes = np.sort(np.abs(values))
    assert_allclose(sizes[-1], 1, rtol=1e-13)
    assert sizes[-2] < 1 - 1e-3  # all entries positive: the others are smaller


# --- power iteration ------------------------------------------------------------------


@given(diagonalisable())
@fixed
def test_power_iteration_finds_the_dominant_pair(case):
    A, values = case
    order = np.argsort(-np.abs(values))
    assume(len(values) == 1 or abs(values[order[0]]) > abs(values[order[1]]) + 0.5)
    found = power_iteration(A)
    assert_allclose(found.value, values[order[0]], rtol=1e-9)
    assert_oriented(found.vector[:, None])
    assert_allclose(A @ found.vector, found.value * found.vector, atol=1e-10 * np.linalg.norm(A))
    assert isinstance(found.value, float)


def test_power_iteration_errors_shrink_by_the_ratio():
    steps = [power_iteration(np.diag([1.0, ratio])).iterations for ratio in (0.25, 0.5, 0.75)]
    wanted = np.log(1e-12) / np.log([0.25, 0.5, 0.75])
    assert_allclose(steps, wanted, rtol=0.15)


@pytest.mark.parametrize(
    ("A", "words"),
    [
        ([[2, 0], [0, -2]], "-2 and 2, share the largest modulus"),
        ([[0, -3], [3, 0]], "share the largest modulus"),
        ([[1, 0], [0, 1 - 1e-5]], "close in modulus"),
        ([[1, 1], [0, 1]], "one with too few eigenvectors"),
    ],
)
def test_no_dominant_value(A, words):
    with pytest.raises(ConvergenceError, match=words) as caught:
        power_iteration(A, max_iter=500)
    assert len(caught.value.iterates) == 10
    assert caught.value.residual > 1e-12


def test_starts():
    A = np.diag([3.0, 2.0, 1.0])
    assert_allclose(power_iteration(A, x0=[1, 1, 1]).value, 3, rtol=1e-12)
    assert power_iteration(A, x0=[0, 0, 5]).value == 1  # no share of the others
    assert_allclose(power_iteration([[2, 1], [1, 2]], x0=[1, -1]).value, 1, rtol=1e-12)
    assert_allclose(power_iteration([[2, -1], [-1, 2]]).value, 3, rtol=1e-12)
    assert power_iteration([[0, 1], [0, 0]]).value == 0
    assert power_iteration([[1e-8, 1], [0, 2e-8]]).value > 0
    assert_allclose(power_iteration(A, x0=[1e-200, 1e-200, 0]).value, 3, rtol=1e-12)
    with pytest.raises(ValueError, match="x0 must have shape"):
        power_iteration(A, x0=[1, 2])
    with pytest.raises(ValueError, match="non-zero"):
        power_iteration(A, x0=[0, 0, 0])
    with pytest.raises(ValueError, match="max_iter"):
        power_iteration(A, max_iter=0)
    with pytest.raises(ValueError, match="tol"):
        power_iteration(A, tol=-1)


# --- symmetric matrices -----------------------------------------------------------------


@given(symmetric())
@fixed
def test_spectral_theorem(S):
    values, vectors = eigh(S)
    size = max(np.linalg.norm(S), 1)
    assert (np.diff(values) <= 0).all()
    assert_allclose(vectors.T @ vectors, np.eye(len(S)), atol=1e-13)
    assert_allclose(vectors * values @ vectors.T, S, atol=1e-13 * size)
    assert_oriented(vectors)
    assert_allclose(eigenvalues(S), values[::-1], atol=1e-13 * size)


def test_symmetry_is_judged_relative_to_the_entries():
    S = np.array([[2.0, 1], [1, 2]])
    eigh(1e-9 * S + [[0, 1e-21], [0, 0]])
    with pytest.raises(ValueError, match=r"symmetric, got S\[0, 1\] = 1.1e-09"):
        eigh(1e-9 * S + [[0, 1e-10], [0, 0]])
    rough = np.array([[2, 1 + 1e-6], [1, 2]], np.float32)
    assert_allclose(eigh(rough)[0], [3, 1], rtol=1e-6)
    with pytest.raises(ValueError, match="symmetric"):
        eigh(rough.astype(float))


# --- diagonalisation --------------------------------------------------------------------


@given(diagonalisable())
@fixed
def test_diagonalise(case):
    T, values = case
    C, D = diagonalise(T)
    assert_allclose(np.diag(D), values, atol=1e-10)
    assert_array_equal(D, np.diag(np.diag(D)))
    assert_allclose(T @ C, C @ D, atol=1e-10 * max(np.linalg.norm(T), 1))
    assert_allclose(C @ D @ np.linalg.inv(C), T, atol=1e-9 * max(np.linalg.norm(T), 1))
    assert_oriented(C)
    assert np.linalg.matrix_rank(C) == len(T)  # distinct values: independent vectors


def test_repeated_values_with_full_eigenspaces():
    rng = np.random.default_rng(1)
    assert_allclose(diagonalise(np.eye(4))[0], np.eye(4), atol=1e-15)
    for _ in range(200):  # oblique projections: B (WᵀB)⁻¹ Wᵀ
        n = int(rng.integers(2, 7))
        k = int(rng.integers(1, n))
        B, W = rng.standard_normal((2, n, k))
        if np.linalg.cond(W.T @ B) > 100:
            continue
        P = B @ np.linalg.solve(W.T @ B, W.T)
        C, D = diagonalise(P)
        assert_allclose(np.diag(D), [0] * (n - k) + [1] * k, atol=1e-11)
        assert_allclose(P @ C, C @ D, atol=1e-12 * np.linalg.norm(P))
        assert np.linalg.cond(C) < 1e4


@pytest.mark.parametrize(
    ("T", "words"),
    [
        ([[1, 1], [0, 1]], "defective"),
        ([[0, 1], [0, 0]], "defective"),
        ([[2, 1, 0], [0, 2, 1], [0, 0, 2]], "defective"),
        ([[2, 0, 0], [0, 2, 1], [0, 0, 2]], "defective"),
        ([[1, 1], [0, 1 + 1e-10]], "defective"),
        ([[0, -1], [1, 0]], "complex pair"),
        ([[0, 0, 1], [1, 0, 0], [0, 1, 0]], "complex pair"),
    ],
)
@pytest.mark.parametrize("scale", [1, 1e-150, 1e150])
def test_no_eigenbasis(T, words, scale):
    with pytest.raises(LinAlgError, match=words):
        diagonalise(np.array(T) * scale)


def test_nearly_defective_is_not_defective():
    C, D = diagonalise([[1, 1], [0, 1 + 1e-5]])
    assert_allclose(np.diag(D), [1, 1 + 1e-5], rtol=1e-14)
    assert 1e5 < np.linalg.cond(C) < 1e6


def test_rotated_jordan_blocks_are_defective():
    rng = np.random.default_rng(2)
    J = np.array([[2.0, 1, 0], [0, 2, 0], [0, 0, -1]])
    for _ in range(100):
        S = rng.standard_normal((3, 3))
        if np.linalg.cond(S) < 50:
            with pytest.raises(LinAlgError, match="defective"):
                diagonalise(S @ J @ np.linalg.inv(S))


# --- powers -------------------------------------------------------------------------------


@given(square(high=4, largest=3), st.integers(0, 12))
@fixed
def test_matrix_power_is_repeated_multiplication(T, n):
    wanted = np.eye(len(T))
    for _ in range(n):
        wanted = wanted @ T  # whole numbers below 2⁵³: exact
    size = max(np.linalg.norm(T, 2) ** n, 1)
    assert_allclose(matrix_power(T, n), wanted, atol=1e-11 * size)


@given(diagonalisable(), st.integers(1, 6))
@fixed
def test_negative_powers_invert(case, n):
    T, values = case
    assume(np.abs(values).min() > 0)
    product = matrix_power(T, n) @ matrix_power(T, -n)
    assert_allclose(product, np.eye(len(T)), atol=1e-13 * np.linalg.cond(T) ** (n + 1))


def test_powers_without_an_eigenbasis():
    assert_array_equal(matrix_power([[1, 1], [0, 1]], 10**6), [[1, 10**6], [0, 1]])
    assert_array_equal(matrix_power([[0, -1], [1, 0]], 4), np.eye(2))
    assert_array_equal(matrix_power([[1, 1], [0, 1]], -3), [[1, -3], [0, 1]])
    stochastic = matrix_power([[0.5, 0.25], [0.5, 0.75]], 10**9)
    assert_allclose(stochastic, [[1 / 3, 1 / 3], [2 / 3, 2 / 3]], rtol=1e-6)


def test_powers_that_cannot_be():
    with pytest.raises(LinAlgError, match="singular"):
        matrix_power([[1, 2], [2, 4]], -1)
    with pytest.raises(LinAlgError, match="singular"):
        matrix_power([[0]], -1)
    with pytest.raises(ValueError, match="n must be a whole number"):
        matrix_power([[1]], 0.5)
    with pytest.raises(ValueError, match="n must be a whole number"):
        matrix_power([[1]], 2.0)
    with pytest.raises(OverflowError, match="range"):
        matrix_power([[10]], 400)
    assert matrix_power([[10]], -400) == 0

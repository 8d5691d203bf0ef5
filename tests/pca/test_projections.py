"""Projections: the nearest point, whatever the basis, the unit and the shape."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy.linalg import hilbert

from mml.pca import (
    project,
    projection_coordinates,
    projection_matrix,
    reconstruction_error,
)

B = np.array([[1.0, 0], [1, 1], [1, 2]])
X = np.array([6.0, 0, 0])
entries = st.integers(-6, 6).map(float)


@st.composite
def problems(draw, independent=False):
    """A point and a basis, the columns independent if asked for."""
    D = draw(st.integers(1, 5))
    k = draw(st.integers(1, D))
    A = draw(arrays(float, (D, k), elements=entries))
    if independent:
        A = np.eye(D, k) * 20 + A  # diagonally dominant
    return draw(arrays(float, D, elements=entries)), A


# By hand: the plane of (1, 1, 1) and (0, 1, 2), and the point (6, 0, 0).


def test_the_example_that_is_done_by_hand():
    assert_allclose(projection_coordinates(X, B), [5, -3], atol=1e-13)
    assert_allclose(project(X, B), [5, 2, -1], atol=1e-13)
    assert_allclose(reconstruction_error(X, B), np.sqrt(6), rtol=1e-14)
    sixth = np.array([[5, 2, -1], [2, 2, 2], [-1, 2, 5]]) / 6
    assert_allclose(projection_matrix(B), sixth, atol=1e-15)


def test_a_line_through_the_origin():
    b = [[3], [4]]
    assert_allclose(projection_matrix(b), np.array([[9, 12], [12, 16]]) / 25, atol=1e-15)
    assert_allclose(project([1, 1], b), [21 / 25, 28 / 25], rtol=1e-14)
    assert_allclose(reconstruction_error([1, 1], b), 0.2, rtol=1e-14)


def test_rows_are_points():
    points = [[6, 0, 0], [1, 1, 1], [1, -2, 1]]
    assert_allclose(project(points, B), [[5, 2, -1], [1, 1, 1], [0, 0, 0]], atol=1e-14)
    assert_allclose(projection_coordinates(points, B), [[5, -3], [1, 0], [0, 0]], atol=1e-13)
    error = reconstruction_error(points, B)
    assert error.shape == (3,)
    assert_allclose(error, [np.sqrt(6), 0, np.sqrt(6)], atol=1e-14)
    assert isinstance(reconstruction_error(points[0], B), float)


@given(problems())
def test_a_projection_is_symmetric_and_repeats_nothing(problem):
    x, A = problem
    P = projection_matrix(A)
    assert_allclose(P, P.T, atol=1e-15)
    assert_allclose(P @ P, P, atol=1e-14)
    assert_allclose(P @ A, A, atol=1e-12)
    assert_allclose(np.trace(P), np.linalg.matrix_rank(A), atol=1e-13)
    assert_allclose(P @ x, project(x, A), atol=1e-13)


@given(problems(), st.randoms(use_true_random=False))
def test_no_point_of_the_subspace_is_nearer(problem, random):
    x, A = problem
    nearest, gap = project(x, A), reconstruction_error(x, A)
    assert_allclose(np.linalg.norm(x - nearest), gap, atol=1e-13)
    assert_allclose(A.T @ (x - nearest), 0, atol=1e-11)
    for _ in range(5):
        other = A @ [random.uniform(-3, 3) for _ in range(A.shape[1])]
        assert np.linalg.norm(x - other) >= gap - 1e-12


@given(problems(independent=True))
def test_the_formula_with_the_inverse_gives_the_same(problem):
    x, A = problem
    by_formula = np.linalg.solve(A.T @ A, A.T @ x)
    assert_allclose(projection_coordinates(x, A), by_formula, atol=1e-12)
    assert_allclose(A @ projection_coordinates(x, A), project(x, A), atol=1e-11)


@given(problems(), st.integers(-3, 3), st.integers(-3, 3))
def test_any_point_of_the_affine_subspace_may_be_its_origin(problem, s, t):
    x, A = problem
    origin = np.arange(1.0, len(A) + 1)
    moved = origin + A @ np.full(A.shape[1], s)
    found = project(x, A, origin=origin)
    assert_allclose(project(x, A, origin=moved), found, atol=1e-11)
    assert_allclose(found, origin + project(x - origin, A), atol=1e-12)
    assert_allclose(project(found + 0 * t, A, origin=origin), found, atol=1e-12)


def test_a_line_beside_the_origin():
    assert_allclose(project([4, 3], [[1], [1]], origin=[0, 1]), [3, 4], atol=1e-14)
    far = project([[0, 0], [1, 1]], [[1], [0]], origin=[5, 2])
    assert_allclose(far, [[0, 2], [1, 2]], atol=1e-15)


# Columns that are not a basis.


@pytest.mark.parametrize("scale", [1e-16, 1.0, 1e16, 1e-150, 1e150])
def test_dependent_columns_span_the_same_at_every_scale(scale):
    rng = np.random.default_rng(1)
    for _ in range(50):
        A = rng.standard_normal((5, 2))
        wide = A @ rng.standard_normal((2, 4)) * scale
        assert_allclose(projection_matrix(wide), projection_matrix(A), atol=1e-12)
        with pytest.raises(ValueError, match="4 columns of rank 2"):
            projection_coordinates(A[:, 0], wide)


def test_zero_columns_add_nothing():
    with_zero = np.column_stack([B, np.zeros(3)])
    assert_allclose(projection_matrix(with_zero), projection_matrix(B), atol=1e-15)
    assert_allclose(project(X, np.zeros((3, 2))), 0)
    assert_allclose(reconstruction_error(X, np.zeros((3, 1))), 6)
    with pytest.raises(ValueError, match="3 columns of rank 2"):
        projection_coordinates(X, with_zero)


def test_more_columns_than_rows():
    wide = [[1, 2, 3], [4, 5, 6]]
    assert_allclose(projection_matrix(wide), np.eye(2), atol=1e-15)
    with pytest.raises(ValueError, match="3 columns of rank 2"):
        projection_coordinates([1, 2], wide)


# Numbers.


@pytest.mark.parametrize("scale", [1e-200, 1e-16, 1e16, 1e200])
def test_units_do_not_matter(scale):
    assert_allclose(project(X * scale, B), np.array([5, 2, -1]) * scale, rtol=1e-13)
    assert_allclose(project(X, B * scale), [5, 2, -1], rtol=1e-13)
    assert_allclose(reconstruction_error(X * scale, B), np.sqrt(6) * scale, rtol=1e-13)
    assert_allclose(projection_coordinates(X, B * scale) * scale, [5, -3], rtol=1e-12)
    assert_allclose(projection_coordinates(X * scale, B) / scale, [5, -3], rtol=1e-12)


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1e200, 1.7e308])
def test_units_do_not_matter_with_an_origin(scale):
    zero, corner, line = np.zeros(4), np.full(4, scale), np.ones((4, 1))
    assert_allclose(project(corner, line, origin=zero), corner, rtol=1e-13)
    assert_allclose(project(zero, line, origin=corner), zero, atol=1e-13 * scale)
    assert_allclose(project(zero, np.eye(4, 1), origin=corner)[1:], corner[1:], rtol=1e-13)


def test_columns_in_different_units():
    mixed = B * [1e-12, 1e12]
    assert_allclose(projection_matrix(mixed), projection_matrix(B), atol=1e-14)
    assert_allclose(projection_coordinates(X, mixed), [5e12, -3e-12], rtol=1e-12)


def test_ill_conditioned_bases_keep_their_digits():
    """Against 60 digits: an error of κ ε, where the formula with the inverse has κ² ε."""
    A = hilbert(8)[:, :6]
    with mpmath.workdps(60):
        exact = mpmath.matrix(A.tolist())
        normal = exact * mpmath.inverse(exact.T * exact) * exact.T
        true = np.array(normal.tolist(), dtype=float)
    kappa = np.linalg.cond(A)
    assert 1e6 < kappa < 1e8
    ours = np.abs(projection_matrix(A) - true).max()
    formula = np.abs(A @ np.linalg.inv(A.T @ A) @ A.T - true).max()
    assert ours < 10 * kappa * np.finfo(float).eps
    assert formula > 100 * ours


def test_far_points_leave_an_accurate_rest():
    x = 1e8 * B[:, 0] + [1, -2, 1]  # 1e8 along a column, √6 across
    assert_allclose(reconstruction_error(x, B), np.sqrt(6), rtol=1e-7)


def test_lists_whole_numbers_and_float32_will_do():
    assert_allclose(project([6, 0, 0], B.astype(int).tolist()), [5, 2, -1], atol=1e-13)
    assert_allclose(project(X.astype("f4"), B.astype("f4")), [5, 2, -1], rtol=1e-6)
    assert_allclose(project(X, np.asfortranarray(B)), [5, 2, -1], atol=1e-13)


def test_arguments_are_left_as_they_were():
    x, A, o = X.copy(), B.copy(), np.ones(3)
    project(x, A, origin=o)
    projection_coordinates(x, A)
    reconstruction_error(x, A)
    assert (x == X).all()
    assert (A == B).all()
    assert (o == 1).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: project([1, 2], B), "x must have 3 coordinates, one for each row of B, got 2"),
        (lambda: project(np.ones((2, 2, 3)), B), r"x must be one point \(D,\) or rows \(N, D\)"),
        (lambda: project(1.0, B), r"x must be one point \(D,\) or rows \(N, D\)"),
        (lambda: project(X, B[:, 0]), "B must be a matrix"),
        (lambda: project(X, np.ones((3, 0))), "B must not be empty"),
        (lambda: project(X, B, origin=[1, 2]), "origin must have 3 coordinates, got 2"),
        (lambda: project([1, np.nan, 2], B), "x must be finite"),
        (lambda: projection_matrix(B * 1j), "B must be real"),
        (lambda: projection_matrix([[np.inf]]), "B must be finite"),
        (lambda: reconstruction_error("abc", B), "x must"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

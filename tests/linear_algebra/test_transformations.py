"""Rotations, scalings and shears: their theorems, their edges, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mml.linear_algebra import determinant, rotation, scaling, shear

fixed = settings(derandomize=True, deadline=None, max_examples=100)
angles = st.floats(-20, 20)
numbers = st.floats(-1e3, 1e3)


@given(angles, angles)
@fixed
def test_turns_add_up(a, b):
    assert_allclose(rotation(a) @ rotation(b), rotation(a + b), atol=1e-14)


@given(angles)
@fixed
def test_a_turn_keeps_lengths_angles_and_area(theta):
    R = rotation(theta)
    assert_allclose(R.T @ R, np.eye(2), atol=1e-15)
    assert_allclose(determinant(R), 1, rtol=1e-15)
    assert_allclose(rotation(-theta), R.T, atol=0)


def test_a_quarter_turn_is_anticlockwise():
    assert_allclose(rotation(np.pi / 2), [[0, -1], [1, 0]], atol=1e-16)
    assert_allclose(rotation(np.pi / 6) @ [1, 0], [np.sqrt(3) / 2, 0.5], rtol=1e-15)
    assert_array_equal(rotation(0), np.eye(2))


@given(st.lists(numbers, min_size=1, max_size=5))
@fixed
def test_scaling_is_diagonal(factors):
    S = scaling(*factors)
    assert_array_equal(S, np.diag(factors))
    assert_array_equal(S @ np.ones(len(factors)), factors)
    assert S.dtype == float


@given(numbers, numbers)
@fixed
def test_shears_along_one_axis_add_up_and_keep_area(a, b):
    for axis in (0, 1):
        assert_allclose(shear(a, axis) @ shear(b, axis), shear(a + b, axis), rtol=1e-15)
        assert determinant(shear(a, axis)) == pytest.approx(1, rel=1e-9)


def test_shear_as_the_contract_says():
    assert_array_equal(shear(3, 0), [[1, 3], [0, 1]])
    assert_array_equal(shear(3), shear(3, axis=0))
    assert_array_equal(shear(3, 1), [[1, 0], [3, 1]])
    assert_array_equal(shear(np.int64(2)), [[1, 2], [0, 1]])


def test_large_and_small_factors_stay():
    assert_array_equal(scaling(1e200, -1e-200), [[1e200, 0], [0, -1e-200]])
    assert shear(1e300)[0, 1] == 1e300
    assert_allclose(np.linalg.norm(rotation(1e15)[:, 0]), 1, rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rotation("north"), "theta must be a real number"),
        (lambda: rotation(np.inf), "theta must be finite"),
        (lambda: rotation([1, 2]), "theta must be a real number"),
        (lambda: scaling(), "factors must not be empty"),
        (lambda: scaling(1, np.nan), "factors must be finite"),
        (lambda: scaling([1, 2]), "factors must be a vector"),
        (lambda: scaling(1j), "factors must be real"),
        (lambda: shear(np.nan), "k must be finite"),
        (lambda: shear(1, axis=2), "axis must be 0 or 1, got 2"),
        (lambda: shear(1, axis="x"), "axis must be 0 or 1"),
    ],
)
def test_bad_arguments_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

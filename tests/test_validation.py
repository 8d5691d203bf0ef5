"""What the functions at the door let in, and what they say of the rest."""

from fractions import Fraction

import numpy as np
import pytest

from mml._validation import as_array, as_count, as_number, as_vectors


@pytest.mark.parametrize(
    "value",
    [[1, 2], [1.5, True], np.array([1, 2], np.uint8), [Fraction(1, 2), 2**70], np.float16([1, 2])],
)
def test_numbers_become_floats(value):
    array = as_array(value, "x")
    assert array.dtype == float
    assert array.tolist() == [float(entry) for entry in value]


@pytest.mark.parametrize(
    "value",
    [
        ["1", "2"],
        [b"1"],
        np.array([1, "2"], object),
        np.array([1, b"2"], object),
        np.array(["2026-01-01"], "M8[D]"),
        np.array([3], "m8[s]"),
        [None, 1],
        [{}],
        [1j],
        [[1, 2], [3]],
        [np.nan],
        [10**400],
        [],
    ],
)
def test_everything_else_is_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^the data must"):
        as_array(value, "the data")


def test_single_precision_stays():
    assert as_array(np.float32([1, 2]), "x").dtype == np.float32


@pytest.mark.parametrize("value", [True, 1.0, "1", None, np.float64(2), -1])
def test_counts_are_whole_numbers(value):
    with pytest.raises(ValueError, match=r"^k must"):
        as_count(value, "k")


def test_counts_of_any_integer_type():
    assert as_count(np.uint8(3), "k") == 3


@pytest.mark.parametrize("value", ["1", b"1", None, [1, 2], 1j, np.inf, 10**400, -0.5])
def test_numbers_are_finite_reals(value):
    with pytest.raises(ValueError, match=r"^the rate must"):
        as_number(value, "the rate", low=0)


def test_vectors_of_one_length():
    with pytest.raises(ValueError, match=r"x \(2,\), y \(3,\)"):
        as_vectors(x=[1, 2], y=[1, 2, 3])

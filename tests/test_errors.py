"""The error that every wing shares."""

import pickle

import pytest

from mml.errors import ConvergenceError


def test_it_carries_what_was_reached():
    error = ConvergenceError("no convergence", iterates=(1.0, 2.0), residual=0.5)
    assert str(error) == "no convergence"
    assert error.iterates == [1.0, 2.0]
    assert error.residual == 0.5


def test_it_needs_no_more_than_a_message():
    error = ConvergenceError("no convergence")
    assert error.iterates == []
    assert error.residual is None


def test_it_is_an_arithmetic_error():
    with pytest.raises(ArithmeticError):
        raise ConvergenceError("no convergence")


def test_it_comes_through_another_process_whole():
    error = pickle.loads(pickle.dumps(ConvergenceError("m", iterates=[1], residual=2.0)))
    assert (str(error), error.iterates, error.residual) == ("m", [1], 2.0)

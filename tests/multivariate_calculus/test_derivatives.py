"""Derivatives: the rules as properties, the V of differences, kinks, scales, bad input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mml.errors import ConvergenceError
from mml.multivariate_calculus import (
    central_difference,
    complex_step,
    derivative,
    extrapolated_derivative,
    forward_difference,
)

fixed = settings(derandomize=True, deadline=None, max_examples=100)
numbers = st.floats(-3, 3)
METHODS = ["auto", "automatic", "extrapolated", "complex-step"]
SIMPLE = ["forward-difference", "central-difference"]

# f, its derivative; each smooth on the whole line.
SMOOTH = [
    (np.sin, np.cos),
    (np.exp, np.exp),
    (lambda x: x**5 - 2 * x, lambda x: 5 * x**4 - 2),
    (lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    (lambda x: np.sin(2 * x**5 + 3 * x) / np.exp(7 * x),
     lambda x: np.exp(-7 * x) * ((10 * x**4 + 3) * np.cos(2 * x**5 + 3 * x)
                                 - 7 * np.sin(2 * x**5 + 3 * x))),
]  # fmt: skip


# --- the rules ----------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("pair", SMOOTH)
@fixed
@given(x=st.floats(-1, 1))
def test_derivatives_of_known_functions(method, pair, x):
    f, slope = pair
    assert_allclose(derivative(f, x, method=method), slope(x), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("method", ["automatic", "extrapolated", "complex-step"])
@fixed
@given(a=numbers, b=numbers, x=st.floats(-1, 1))
def test_sum_product_quotient_and_chain_rule(method, a, b, x):
    def f(t):
        return np.sin(a * t) + b * t**2

    def g(t):
        return np.exp(b * t / 3) + 1

    df, dg = (derivative(u, x, method=method) for u in (f, g))
    for combined, wanted in [
        (lambda t: a * f(t) + b * g(t), a * df + b * dg),
        (lambda t: f(t) * g(t), df * g(x) + f(x) * dg),
        (lambda t: f(t) / g(t), (df * g(x) - f(x) * dg) / g(x) ** 2),
        (lambda t: g(f(t)), derivative(g, float(f(x)), method=method) * df),
    ]:
        assert_allclose(derivative(combined, x, method=method), wanted, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("method", ["automatic", "extrapolated"])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_sine_comes_back_after_four(method, order):
    cycle = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin]
    for x in (-2.0, 0.0, 0.7):
        found = derivative(np.sin, x, order=order, method=method)
        assert_allclose(found, cycle[order - 1](x), atol=1e-6 if method == "extrapolated" else 0)


def test_derivatives_of_a_polynomial_end_at_zero():
    assert [derivative(lambda x: x**3 - x, 2, order=n) for n in (1, 2, 3, 4)] == [11, 12, 6, 0]


# --- differences --------------------------------------------------------------------


def errors(method, steps):
    return np.array([abs(method(math.exp, 1.0, h=h) - math.e) for h in steps])


def test_differences_err_by_h_and_by_h_squared():
    steps = 2.0 ** -np.arange(3, 9)
    assert_allclose(errors(forward_difference, steps) / steps, math.e / 2, rtol=0.05)
    assert_allclose(errors(central_difference, steps) / steps**2, math.e / 6, rtol=0.01)


@pytest.mark.parametrize(("method", "power"), [(forward_difference, 2), (central_difference, 3)])
def test_the_default_step_lies_near_the_bottom_of_the_v(method, power):
    eps = np.finfo(float).eps
    best = eps ** (1 - 1 / power)  # eps over the best step
    rng = np.random.default_rng(3)
    found = [abs(method(math.exp, x) / math.exp(x) - 1) for x in rng.uniform(-1, 1, 200)]
    assert best / 100 < np.median(found) < 10 * best
    assert np.median(errors(method, 1e-13 * (1 + rng.random(50)))) > 100 * best  # rounding
    assert errors(method, [0.1])[0] > 100 * best  # the step too large


@pytest.mark.parametrize("x", [0.0, 1.0, 0.1, -7.3, 1e8, 1e-8])
def test_the_run_is_the_one_that_was_made(x):
    assert forward_difference(lambda t: 3 * t, x) == pytest.approx(3, rel=1e-7)
    assert central_difference(lambda t: t, x) == 1
    assert forward_difference(lambda t: t, x) == 1
    assert forward_difference(lambda t: t, x, h=-1.0) == 1


def test_a_complex_step_subtracts_nothing():
    for h in (1e-8, 1e-20, 1e-200):
        assert_allclose(complex_step(np.exp, 1.0, h=h), math.e, rtol=4e-16)
    with pytest.raises(TypeError, match="complex number through"):
        complex_step(abs, 1.0)


# --- extrapolation ------------------------------------------------------------------


@fixed
@given(width=st.floats(-3, 3), place=st.floats(-3, 3), seed=st.integers(0, 10**6))
def test_the_error_estimate_is_honest_at_every_scale(width, place, seed):
    c = np.random.default_rng(seed).normal(size=4)
    w, x = 10**width, c[3] * 10**place

    def f(t):
        bump = np.exp(-(((t - x) * w - 1) ** 2))
        return c[0] * np.sin(w * t) + c[1] * bump + c[2] / (1 + (w * (t - x) - 1) ** 2)

    found = extrapolated_derivative(f, x)
    true = derivative(f, x, method="automatic")
    assert abs(found.value - true) <= 20 * found.error
    assert abs(found.value - true) <= 1e-6 * w


@pytest.mark.parametrize("scale", [2.0**-498, 1.0, 2.0**498])  # about 1e±150
def test_large_and_small(scale):
    assert_allclose(derivative(lambda x: x**2, 3 * scale), 6 * scale)
    assert_allclose(extrapolated_derivative(lambda x: x**2, 3 * scale).value, 6 * scale)
    assert_allclose(extrapolated_derivative(lambda x: scale * math.sin(x), 1).value / scale,
                    math.cos(1), rtol=1e-12)  # fmt: skip


def test_a_periodic_function_is_not_met_at_one_phase():
    for x in range(-9, 10):
        found = extrapolated_derivative(lambda t: math.sin(2 * math.pi * t), x)
        assert_allclose(found.value, 2 * math.pi, rtol=1e-11)
        assert found.error < 1e-9


def test_several_components_and_several_orders():
    found = extrapolated_derivative(lambda t: [math.exp(t), abs(t), 7.0], 1)
    assert_allclose(found.value, [math.e, 1, 0], atol=1e-11)
    assert found.error.shape == (3,)
    found = extrapolated_derivative(lambda t: [math.exp(t), t**3], 1, order=2)
    assert_allclose(found.value, [math.e, 6], atol=1e-9)


def test_the_domain_may_end_near_by():
    assert_allclose(extrapolated_derivative(math.log, 1e-3).value, 1e3, rtol=1e-11)
    assert_allclose(extrapolated_derivative(math.sqrt, 1e-8).value, 5e3, rtol=1e-11)
    assert_allclose(extrapolated_derivative(np.sqrt, 1e-8).value, 5e3, rtol=1e-11)
    assert_allclose(extrapolated_derivative(lambda x: abs(x - 3), 3.1).value, 1, rtol=1e-12)


KINKS = [
    (abs, 1, "kink"),
    (lambda x: max(x, 0.0), 1, "kink"),
    (lambda x: max(x, 3 * x), 1, "kink"),
    (lambda x: x * abs(x), 2, "kink"),
    (lambda x: max(x, 0.0) ** 2, 2, "kink"),
    (math.floor, 1, "settle"),
    (lambda x: 1e8 + math.copysign(1, x), 1, "settle"),
    (lambda x: math.copysign(abs(x) ** (1 / 3), x), 1, "settle"),
    (lambda x: math.sqrt(abs(x)), 1, "kink"),
]


@pytest.mark.parametrize(("f", "order", "words"), KINKS)
def test_no_derivative_is_no_number(f, order, words):
    with pytest.raises(ConvergenceError, match=words) as raised:
        extrapolated_derivative(f, 0, order=order)
    assert len(raised.value.iterates) > 5
    with pytest.raises(ConvergenceError, match=words):
        extrapolated_derivative(lambda t: [t, f(t - 2)], 2, order=order)


def test_noise_is_seen_in_the_estimate():
    rng = np.random.default_rng(5)
    found = extrapolated_derivative(lambda x: math.sin(x) + 1e-9 * rng.random(), 1)
    assert 1e-10 < found.error < 1e-5
    with pytest.raises(ConvergenceError, match="noise"):
        extrapolated_derivative(lambda x: math.sin(x) + 1e-2 * rng.random(), 1)


def test_once_differentiable_is_enough():
    for f in (lambda x: x * abs(x), lambda x: abs(x) ** 1.5, lambda x: max(x, 0.0) ** 2):
        assert abs(extrapolated_derivative(f, 0).value) < 1e-8


# --- what derivative takes ----------------------------------------------------------


def table(x):
    return np.interp(float(x), [0, 1, 2], [0, 1, 4])


@pytest.mark.parametrize(
    ("f", "x", "wanted"),
    [
        (math.exp, 1, math.e),
        (lambda x: math.sin(x) * x, 0.5, math.sin(0.5) + 0.5 * math.cos(0.5)),
        (table, 0.25, 1),
        (lambda x: float(x) ** 2, 3, 6),
        (np.sinc, 0, 0),
        (lambda x: x if x != 0 else 0.0, 0, 1),  # the branch at 0 has forgotten x
        (lambda x: np.sqrt(x**4), 0, 0),  # 0/0 on the way
        (lambda x: 5.0, 2, 0),
        (lambda x: 5, 2, 0),
        (lambda x: x.real**2, 3, 6),
    ],
)
def test_auto_passes_where_automatic_cannot(f, x, wanted):
    assert_allclose(derivative(f, x), wanted, rtol=1e-10, atol=1e-10)


def test_behaviour_at_kinks():
    assert derivative(np.abs, 0) == 0  # the branch's, as documented
    assert derivative(lambda x: np.maximum(x, 3 * x), 0) == 1
    assert derivative(np.floor, 2) == 0
    for f in (np.abs, lambda x: np.maximum(x, 3 * x), np.floor):
        with pytest.raises(ConvergenceError):
            derivative(f, 0, method="extrapolated")
    with pytest.raises(ConvergenceError, match="kink"):
        derivative(lambda x: np.sqrt(x**2), 0)
    with pytest.raises(ConvergenceError, match="both sides"):
        derivative(np.sqrt, 0)


@pytest.mark.parametrize("method", METHODS + SIMPLE)
@pytest.mark.parametrize("x", [2, 2.0, np.float32(2), np.array(2), True + 1])
def test_every_kind_of_number(method, x):
    found = derivative(lambda t: t * t, x, method=method)
    assert isinstance(found, float)
    assert_allclose(found, 4, rtol=1e-7)


@pytest.mark.parametrize("method", METHODS + SIMPLE)
@pytest.mark.parametrize(
    ("x", "words"), [(np.nan, "finite"), (np.inf, "finite"), ("a", "real number"), ([1, 2], "real")]
)
def test_bad_points_are_refused(method, x, words):
    with pytest.raises(ValueError, match=f"x must be .*{words}"):
        derivative(np.sin, x, method=method)


def test_bad_options_and_functions_are_refused():
    with pytest.raises(ValueError, match="order must be at least 1"):
        derivative(np.sin, 1, order=0)
    with pytest.raises(ValueError, match="order must be a whole number"):
        derivative(np.sin, 1, order=1.5)
    with pytest.raises(ValueError, match="method must be one of auto"):
        derivative(np.sin, 1, method="guess")
    with pytest.raises(ValueError, match="order must be 1"):
        derivative(np.sin, 1, order=2, method="complex-step")
    with pytest.raises(ValueError, match="one number, got"):
        derivative(lambda x: np.array([x, x]), 1)
    with pytest.raises(ValueError, match="one number, got"):
        derivative(lambda x: np.array([x, x]), 1, method="automatic")
    with pytest.raises(TypeError):
        derivative(math.exp, 1, method="automatic")
    with pytest.raises(ValueError, match="finite number or vector"):
        extrapolated_derivative(lambda x: "a", 1)
    with pytest.raises(ValueError, match="finite number or vector"):
        extrapolated_derivative(lambda x: np.eye(2), 1)
    with pytest.raises(ValueError, match="finite number or vector"):
        extrapolated_derivative(lambda x: math.nan, 1)
    for method in (forward_difference, central_difference):
        with pytest.raises(ValueError, match="large enough to move"):
            method(np.sin, 1, h=1e-17)
        with pytest.raises(ValueError, match="large enough to move"):
            method(np.sin, 1, h=0)
        with pytest.raises(ValueError, match="h must be finite"):
            method(np.sin, 1, h=np.nan)
    with pytest.raises(ValueError, match="h must not be zero"):
        complex_step(np.sin, 1, h=0)


def test_an_error_inside_f_is_not_hidden():
    def broken(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        derivative(broken, 1)
    with pytest.raises(ValueError, match="math domain error"):
        derivative(math.log, -1)

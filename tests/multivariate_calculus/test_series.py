"""Taylor coefficients, radii, remainders and linearisations: theorems, references, refusals."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from mml.multivariate_calculus import (
    lagrange_bound,
    linearise,
    radius_of_convergence,
    taylor_coefficients,
    taylor_polynomial,
)

x = sp.Symbol("x")
real = sp.Symbol("x", real=True)
R = sp.Rational
fixed = settings(derandomize=True, deadline=None, max_examples=25)
small = st.integers(-4, 4)


# --- coefficients -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "about", "wanted"),
    [
        (sp.exp(x), 0, [1, 1, R(1, 2), R(1, 6)]),
        (1 / (1 + x**2), 2, [R(1, 5), R(-4, 25), R(11, 125)]),
        (1 / x, 2, [R(1, 2), R(-1, 4), R(1, 8)]),
        (1 / x, 1, [1, -1, 1, -1, 1]),
        (sp.cos(x), 0, [1, 0, R(-1, 2), 0, R(1, 24)]),
        (sp.exp(x**2), 0, [1, 0, 1, 0, R(1, 2), 0, R(1, 6)]),
        (1 / x, 4, [R(1, 4), R(-1, 16), R(1, 64)]),
        (sp.log(x), 10, [sp.log(10), R(1, 10), R(-1, 200)]),
        (1 / (1 - x) ** 2, 0, [1, 2, 3, 4]),
        (sp.sqrt(4 - x), 0, [2, R(-1, 4), R(-1, 64)]),
        (sp.sin(x), sp.pi / 6, [R(1, 2), sp.sqrt(3) / 2, R(-1, 4)]),
        (sp.tan(x), 0, [0, 1, 0, R(1, 3), 0, R(2, 15)]),
        (sp.atan(x), 0, [0, 1, 0, R(-1, 3), 0, R(1, 5)]),
        (sp.asin(x), 0, [0, 1, 0, R(1, 6)]),
        (sp.tanh(x), 0, [0, 1, 0, R(-1, 3)]),
        (2**x, 0, [1, sp.log(2), sp.log(2) ** 2 / 2]),
        (x**x, 1, [1, 1, 1, R(1, 2)]),
        (x**5, 1, [1, 5, 10, 10, 5, 1, 0]),
        (x**5, 0, [0, 0, 0]),
        (sp.Integer(7), 3, [7, 0, 0]),
        # gaps that can be filled
        (sp.sin(x) / x, 0, [1, 0, R(-1, 6), 0, R(1, 120)]),
        ((1 - sp.cos(x)) / x**2, 0, [R(1, 2), 0, R(-1, 24)]),
        (x / (sp.exp(x) - 1), 0, [1, R(-1, 2), R(1, 12), 0, R(-1, 720)]),
        (1 / x - 1 / sp.sin(x), 0, [0, R(-1, 6), 0, R(-7, 360)]),
        ((x**2 - 1) / (x - 1), 1, [2, 1, 0]),
        # a function that hides from its series
        (sp.exp(-1 / x**2), 0, [0, 0, 0, 0]),
        (sp.Piecewise((sp.exp(-1 / x**2), sp.Ne(x, 0)), (0, True)), 0, [0, 0, 0]),
        # decimals are fractions
        (0.5 * x, 0.1, [R(1, 20), R(1, 2)]),
        (x**2, Fraction(1, 3), [R(1, 9), R(2, 3), 1]),
        (sp.Abs(real), -3, [3, -1, 0]),
    ],
)
def test_known_coefficients(f, about, wanted):
    letter = real if f.has(real) else x
    found = taylor_coefficients(f, letter, about, len(wanted) - 1)
    assert len(found) == len(wanted)
    assert all(sp.simplify(a - b) == 0 for a, b in zip(found, wanted, strict=True)), found


FORMULAS = st.sampled_from(
    [
        lambda u: sp.exp(u),
        lambda u: sp.sin(u),
        lambda u: sp.cos(u),
        lambda u: 1 / (3 + u**2),
        lambda u: sp.sqrt(2 + u**2),
        lambda u: sp.log(5 + u**2),
        lambda u: sp.atan(u),
        lambda u: sp.sinh(u) * u,
        lambda u: (2 + sp.cos(u)) ** R(-3, 2),
    ]
)


@fixed
@given(FORMULAS, FORMULAS, st.integers(-1, 2), st.sampled_from([0, 1]))
def test_coefficients_are_derivatives_over_factorials(outer, inner, a, about):
    f = outer(inner(x) / 3 + a * x)
    found = taylor_coefficients(f, x, about, 3)
    for k, c in enumerate(found):
        wanted = sp.N(sp.diff(f, x, k).subs(x, about) / sp.factorial(k), 25)
        assert abs(sp.N(c, 25) - wanted) < 1e-15 * (1 + abs(wanted))


@fixed
@given(st.lists(small, min_size=1, max_size=6), small)
def test_a_polynomial_is_its_own_taylor_polynomial(c, about):
    f = sum(v * x**k for k, v in enumerate(c)) + 0 * x
    assert sp.expand(taylor_polynomial(f, x, about, len(c)) - f) == 0


def test_high_degrees_are_cheap_and_exact():
    c = taylor_coefficients(sp.exp(sp.sin(x)) / (1 + x**2), x, 0, 30)
    assert all(v.is_Rational for v in c)
    at = R(1, 4)
    total = sum(v * at**k for k, v in enumerate(c))
    true = sp.exp(sp.sin(at)) / (1 + at**2)
    assert abs(sp.N(total - true, 30)) < 1e-17


def test_other_symbols_stay():
    a = sp.Symbol("a")
    assert taylor_coefficients(a * sp.exp(x), x, 0, 2) == [a, a, a / 2]


@pytest.mark.parametrize(
    ("f", "about"),
    [
        (1 / x, 0),
        (sp.sqrt(x), 0),
        (sp.log(x), 0),
        (sp.Abs(real), 0),
        (sp.sqrt(x**2), 0),
        (sp.tan(x), sp.pi / 2),
        (sp.exp(1 / x), 0),
    ],
)
def test_no_series_there(f, about):
    with pytest.raises(ValueError, match="about"):
        taylor_coefficients(f, real if f.has(real) else x, about, 2)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((np.exp, x, 0, 2), "f must"),
        (("x**2", x, 0, 2), "f must"),
        ((sp.Eq(x, 1), x, 0, 2), "f must"),
        ((x + sp.oo, x, 0, 2), "f must"),
        ((x, "x", 0, 2), "x must"),
        ((x, 2 * x, 0, 2), "x must"),
        ((x, x, "zero", 2), "about must"),
        ((x, x, sp.oo, 2), "about must"),
        ((x, x, float("nan"), 2), "about must"),
        ((x, x, sp.Symbol("a"), 2), "about must"),
        ((x, x, 0, -1), "degree must"),
        ((x, x, 0, 1.5), "degree must"),
    ],
)
def test_bad_arguments_are_named(arguments, name):
    with pytest.raises(ValueError, match=name):
        taylor_coefficients(*arguments)


# --- radius -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "about", "wanted"),
    [
        (1 / (1 + x**2), 0, 1),
        (1 / (1 + x**2), 2, sp.sqrt(5)),
        (1 / x, 2, 2),
        (1 / (9 + x**2), 4, 5),
        (1 / (x**2 - 2 * x + 2), 0, sp.sqrt(2)),
        (1 / (x**2 - 2 * x + 2), 1, 1),
        (1 / (1 - x - x**2), 0, (sp.sqrt(5) - 1) / 2),
        (sp.sqrt(4 - x), 0, 4),
        (sp.sqrt(x) ** 3, 4, 4),
        (x ** R(1, 3), -8, 8),
        ((1 + x) ** sp.pi, 0, 1),
        (sp.log(x), 10, 10),
        (sp.log(1 + x**2), 3, sp.sqrt(10)),
        (sp.log((1 + x) / (1 - x)), 0, 1),
        (1 / sp.log(x), 3, 2),
        (sp.log(sp.log(x)), 3, 2),
        (sp.tan(x), 0, sp.pi / 2),
        (sp.tan(x), 1, sp.pi / 2 - 1),
        (sp.tanh(x), 0, sp.pi / 2),
        (sp.atan(x), 1, sp.sqrt(2)),
        (1 / (1 + sp.exp(-x)), 0, sp.pi),
        (x / (sp.exp(x) - 1), 0, 2 * sp.pi),
        (1 / (sp.exp(x) + sp.exp(-x)), 0, sp.pi / 2),
        (1 / (sp.sin(x) + sp.cos(x)), 0, sp.pi / 4),
        (1 / sp.cos(x**2), 0, sp.sqrt(sp.pi / 2)),
        (sp.log(1 + sp.sin(x)), 0, sp.pi / 2),
        (sp.exp(1 / x), 3, 3),
        (sp.exp(-1 / x**2), 1, 1),
        (sp.exp(sp.sqrt(1 + x)), 0, 1),
        (x**x, 2, 2),
        (0.5 / (x - 0.5), 0.1, R(2, 5)),
        # entire
        (sp.exp(x), 0, sp.oo),
        (sp.Integer(5), 0, sp.oo),
        (x**3 - x, 1, sp.oo),
        (sp.exp(sp.sin(x)), 0, sp.oo),
        # gaps that can be filled, and roots that are none
        (sp.sin(x) / x, 0, sp.oo),
        ((x**2 - 1) / (x - 1), 0, sp.oo),
        (x / sp.sin(x), 0, sp.pi),
        (sp.cos(sp.sqrt(x)), 1, sp.oo),
        (sp.sin(sp.sqrt(x)) / sp.sqrt(x), 1, sp.oo),
        ((sp.sqrt(x) - 2) / (x - 4), 9, 9),
    ],
)
def test_known_radii(f, about, wanted):
    found = radius_of_convergence(f, x, about)
    assert found == wanted or sp.simplify(found - wanted) == 0
    assert radius_of_convergence(f.subs(x, real), real, about) == found  # assumptions or none


@fixed
@given(
    st.lists(st.tuples(small, st.integers(0, 3)), min_size=1, max_size=3, unique=True),
    st.fractions(-3, 3, max_denominator=4),
)
def test_radius_is_the_distance_to_the_nearest_pole(poles, about):
    f = sp.prod([1 / ((x - p) ** 2 + q**2) for p, q in poles])
    wanted = min(abs(complex(p, q) - float(about)) for p, q in poles)
    if wanted == 0:
        with pytest.raises(ValueError, match="about"):
            radius_of_convergence(f, x, about)
    else:
        assert math.isclose(radius_of_convergence(f, x, about), wanted, rel_tol=1e-12)


@pytest.mark.parametrize("about", [0, 1, R(-1, 2)])
@pytest.mark.parametrize("f", [sp.tan(x), 1 / (2 + x**3), sp.log(2 + x), sp.sqrt(3 + x**2)])
def test_coefficients_grow_as_the_radius_says(f, about):
    c = taylor_coefficients(f, x, about, 30)
    R = float(radius_of_convergence(f, x, about))
    grown = max(float(abs(sp.N(v))) ** (1 / k) for k, v in enumerate(c) if k >= 24 and v != 0)
    assert_allclose(1 / grown, R, rtol=0.25)


@pytest.mark.parametrize(
    "f",
    [
        sp.Abs(x),
        sp.gamma(x),
        sp.Piecewise((x, x > 1), (0, True)),
        1 / (1 - x * sp.exp(x)),
        1 / (2 + sp.sqrt(x)),
        sp.atan(sp.tan(x)),
        sp.sin(2 * x) / sp.sin(x),
        sp.Symbol("a") / x,
        1 / sp.sin(1 / x),
    ],
)
def test_where_it_cannot_tell_it_says_so(f):
    with pytest.raises(NotImplementedError, match=r"\w+ \w+ \w+"):
        radius_of_convergence(f, x, 9)


@pytest.mark.parametrize("f", [1 / x, sp.log(x), sp.sqrt(x), sp.exp(1 / x), 1 / sp.sin(x)])
def test_no_radius_at_a_singular_point(f):
    with pytest.raises(ValueError, match="about"):
        radius_of_convergence(f, x, 0)


# --- remainder ----------------------------------------------------------------------


@fixed
@given(st.floats(0.2, 3), st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 8))
def test_the_remainder_is_bounded(w, at, step, n):
    c = [w**k * math.sin(w * at + k * math.pi / 2) / math.factorial(k) for k in range(n + 1)]
    miss = abs(math.sin(w * (at + step)) - sum(v * step**k for k, v in enumerate(c)))
    assert miss <= lagrange_bound(w ** (n + 1), step, n) + 1e-12


def test_the_bound_is_attained_and_overflows_nowhere():
    assert lagrange_bound(6, 2, 2) == 8  # x³ about 0
    assert lagrange_bound(1, -0.5, 1) == lagrange_bound(1, 0.5, 1) == 0.125
    assert lagrange_bound(0, 3, 5) == lagrange_bound(4, 0, 5) == 0
    assert 0 < lagrange_bound(1, 300, 1000) < 1e-90
    assert lagrange_bound(1e150, 1e-3, 0) == pytest.approx(1e147)
    for arguments, name in [((-1, 1, 1), "largest"), ((1, "a", 1), "step"), ((1, 1, -1), "degree")]:
        with pytest.raises(ValueError, match=name):
            lagrange_bound(*arguments)


# --- linearisation ------------------------------------------------------------------


def test_a_line():
    line = linearise(np.sqrt, 4)
    assert (line.at, line.value, line.gradient) == (4, 2, 0.25)
    assert line(4.4) == pytest.approx(2.1)
    assert isinstance(line(5), float)
    assert_allclose(line([4, 8]), [2, 3])
    assert linearise(math.gamma, 2).gradient == pytest.approx(0.4227843350984671)
    assert linearise(lambda t: 3, 1).gradient == 0


@fixed
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.sampled_from([1e-150, 1, 1e150]))
def test_a_linear_function_is_its_own_linearisation(at, scale):
    slopes = scale * np.arange(1.0, len(at) + 1)
    plane = linearise(lambda v: slopes @ v + scale, at)
    assert_allclose(plane.gradient, slopes)
    there = np.arange(len(at)) - 0.5
    assert_allclose(plane(there), slopes @ there + scale, atol=1e-13 * scale)


def test_a_plane():
    at = [2, 3]
    plane = linearise(lambda v: v[0] ** 2 * v[1], at)
    assert plane.value == 12
    assert plane.gradient.tolist() == [12, 4]
    assert at == [2, 3]
    assert plane([2, 4]) == 16
    assert plane([[2, 3], [3, 3]]).tolist() == [12, 24]
    errors = [abs(plane([2 + s, 3 - s]) - (2 + s) ** 2 * (3 - s)) for s in (1e-2, 1e-3)]
    assert 90 < errors[0] / errors[1] < 110


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: linearise(3, 1), "f must"),
        (lambda: linearise(np.sqrt, "a"), "at must"),
        (lambda: linearise(np.sqrt, float("nan")), "at must"),
        (lambda: linearise(np.sum, [[1, 2]]), "at must"),
        (lambda: linearise(lambda v: v, [1, 2]), "f must"),
        (lambda: linearise(np.sum, [1, 2])([1, 2, 3]), "x must"),
        (lambda: linearise(np.sum, [1, 2])(1.0), "x must"),
        (lambda: linearise(np.sqrt, 1)(float("inf")), "x must"),
    ],
)
def test_bad_points_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()

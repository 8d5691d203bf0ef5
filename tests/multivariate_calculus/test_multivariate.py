"""Gradients, Jacobians, Hessians: theorems, references, fallbacks and what is refused."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import rosen, rosen_der, rosen_hess

from mml import ConvergenceError
from mml.multivariate_calculus import (
    classify_critical_point,
    gradient,
    hessian,
    jacobian,
    symbolic_hessian,
    total_derivative,
)

fixed = settings(derandomize=True, deadline=None, max_examples=60)
places = arrays(float, st.integers(1, 6), elements=st.integers(-20, 20).map(lambda k: k / 8))


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def in_scalars(x):  # the same, as nobody should write it
    return sum(
        100 * math.pow(float(x[i + 1]) - float(x[i]) ** 2, 2) + (1 - float(x[i])) ** 2
        for i in range(len(x) - 1)
    )


def quadratic(n, seed):
    rng = np.random.default_rng(seed)
    A, b = rng.integers(-4, 5, (n, n)).astype(float), rng.integers(-4, 5, n).astype(float)
    return A, b, lambda x: x @ A @ x + b @ x


# --- first derivatives --------------------------------------------------------------


@fixed
@given(places, st.integers(0, 99))
def test_gradient_of_a_quadratic(x, seed):
    A, b, f = quadratic(len(x), seed)
    assert_allclose(gradient(f, x), (A + A.T) @ x + b, rtol=1e-13, atol=1e-12)
    assert_allclose(hessian(f, x), A + A.T, rtol=1e-13, atol=1e-12)


@fixed
@given(places)
def test_gradient_is_linear_and_obeys_the_product_rule(x):
    f, g = lambda x: np.sum(np.sin(x)), lambda x: np.exp(x[0] / 4) + np.sum(x**2)
    df, dg = gradient(f, x), gradient(g, x)
    assert_allclose(gradient(lambda x: 3 * f(x) - g(x), x), 3 * df - dg, rtol=1e-12, atol=1e-12)
    product = gradient(lambda x: f(x) * g(x), x)
    assert_allclose(product, df * g(x) + f(x) * dg, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("n", [2, 5, 100, 300])
def test_rosenbrock_in_closed_form(n):
    x = np.random.default_rng(n).standard_normal(n)
    assert_allclose(gradient(rosenbrock, x), rosen_der(x), rtol=1e-12, atol=1e-11)
    assert_allclose(hessian(rosenbrock, x), rosen_hess(x), rtol=1e-12, atol=1e-11)
    assert_allclose(rosenbrock(x), rosen(x), rtol=1e-13)


@pytest.mark.parametrize(("m", "n"), [(1, 3), (4, 4), (7, 2), (1, 400), (3, 400), (300, 300)])
def test_jacobian_of_a_map_of_any_shape(m, n):
    """The widest go row by row in reverse, the others forward."""
    rng = np.random.default_rng(m * n)
    A, x = rng.standard_normal((m, n)) / n, rng.standard_normal(n)
    found = jacobian(lambda x: np.tanh(A @ x) + A @ x, x)
    assert found.shape == (m, n)
    assert_allclose(found, (2 - np.tanh(A @ x) ** 2)[:, None] * A, rtol=1e-11, atol=1e-14)


def test_jacobian_of_lists_and_numbers():
    assert_array_equal(
        jacobian(lambda x: [x[0] * x[1], 7.0, x[1]], [2, 3]), [[3, 2], [0, 0], [0, 1]]
    )
    assert_array_equal(jacobian(lambda x: x[0] * x[1], [2, 3]), [[3, 2]])
    assert_array_equal(jacobian(lambda x: [1.0, 2.0], [2, 3]), np.zeros((2, 2)))
    wide = np.arange(500.0)
    assert_array_equal(jacobian(lambda x: x @ x, wide), 2 * wide[None])
    assert_array_equal(jacobian(lambda x: [x[0], 3.0], wide)[:, :2], [[1, 0], [0, 0]])


@fixed
@given(st.integers(0, 10**6))
def test_jacobians_of_a_composition_multiply(seed):
    rng = np.random.default_rng(seed)
    n, k, m = rng.integers(1, 5, 3)
    A, B, x = rng.normal(size=(k, n)), rng.normal(size=(m, k)), rng.normal(size=n)
    inner, outer = lambda x: np.sin(A @ x), lambda u: np.exp(B @ u / 4)
    whole = jacobian(lambda x: outer(inner(x)), x)
    assert_allclose(whole, jacobian(outer, inner(x)) @ jacobian(inner, x), rtol=1e-10, atol=1e-12)


@fixed
@given(places)
def test_hessian_is_the_jacobian_of_the_gradient(x):
    def f(x):
        return np.prod(np.cos(x)) + np.sum(x) ** 3

    H = hessian(f, x)
    assert_array_equal(H, H.T)
    assert_allclose(jacobian(lambda v: gradient(f, v), x), H, rtol=1e-12, atol=1e-12)


def test_total_derivative_of_the_course():
    """sin(x) e^(y z²) on x = t − 1, y = t², z = 1/t is e sin(t − 1)."""
    for t in (-2.0, 0.5, 3.0):
        found = total_derivative(
            lambda x: np.sin(x[0]) * np.exp(x[1] * x[2] ** 2), lambda t: [t - 1, t**2, 1 / t], t
        )
        assert_allclose(found, math.e * math.cos(t - 1), rtol=1e-13)


@fixed
@given(st.integers(0, 10**6))
def test_total_derivative_is_that_of_the_composition(seed):
    rng = np.random.default_rng(seed)
    a, t = rng.normal(size=3), rng.normal()
    f, way = lambda x: np.exp(x[0] / 3) * x[1] + x[2] ** 2, lambda t: np.sin(a * t) + t
    whole = gradient(lambda s: f(way(s[0])), [t])[0]
    assert_allclose(total_derivative(f, way, t), whole, rtol=1e-11, atol=1e-12)


# --- differences stand in -----------------------------------------------------------


@pytest.mark.parametrize("x", [[0.3, -1.2, 2.0], [100, 20, -3]])
def test_a_function_in_scalars_is_differentiated_by_differences(x):
    f = in_scalars
    assert_allclose(gradient(f, x), rosen_der(np.array(x, float)), rtol=1e-9, atol=1e-8)
    exact = rosen_hess(np.array(x, float))
    assert_allclose(hessian(f, x), exact, rtol=1e-7, atol=1e-8 * np.abs(exact).max())
    J = jacobian(lambda x: [math.sin(x[0] * x[1]), math.exp(x[2] / 50)], x)
    assert_allclose(J, jacobian(lambda x: [np.sin(x[0] * x[1]), np.exp(x[2] / 50)], x),
                    rtol=1e-7, atol=1e-7)  # fmt: skip


def test_in_place_writing_is_no_obstacle():
    def f(x):
        y = np.zeros(2)
        y[0], y[1] = x[0] ** 2, x[0] * x[1]
        return y

    assert_allclose(jacobian(f, [3.0, 5.0]), [[6, 0], [5, 3]], rtol=1e-9, atol=1e-9)


def test_total_derivative_of_a_way_in_scalars():
    found = total_derivative(lambda x: x[0] * x[1], lambda t: [math.sin(t), t], 1.5)
    assert_allclose(found, math.cos(1.5) * 1.5 + math.sin(1.5), rtol=1e-10)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.norm(x),  # a kink at 0
        lambda x: np.sqrt(x[0]) + x[1],  # vertical there
        lambda x: math.floor(x[0] + 1e-13) + float(x[1]),  # a jump
    ],
)
def test_no_number_where_there_is_no_derivative(f):
    with pytest.raises(ConvergenceError):
        gradient(f, [0.0, 0.0])


# --- critical points ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("H", "kind"),
    [
        ([[2]], "minimum"),
        ([[2, 0], [0, 3]], "minimum"),
        ([[-2, 1], [1, -2]], "maximum"),
        ([[1, 3], [3, 1]], "saddle"),
        ([[1, 1], [1, 1]], "undecided"),
        ([[-1, 0], [0, 0]], "undecided"),
        ([[0, 0], [0, 0]], "undecided"),
        ([[1, 0, 0], [0, 0, 0], [0, 0, -1]], "saddle"),
        ([[1, 0], [0, 1e-17]], "undecided"),
        ([[1, 0], [0, -1e-17]], "undecided"),
        ([[1, 0], [0, 1e-6]], "minimum"),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 1e-150, 1e150, 1e-300])
def test_critical_points(H, kind, scale):
    assert classify_critical_point(np.array(H) * scale) == kind


def test_the_threshold_is_an_argument():
    assert classify_critical_point([[1, 0], [0, 1e-6]], rtol=1e-5) == "undecided"
    assert classify_critical_point([[1, 0], [0, 1e-17]], rtol=0) == "minimum"


@fixed
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=6), st.integers(0, 999))
def test_the_kind_survives_a_turn(values, seed):
    """Zero eigenvalues are found though rounding moves them."""
    n = len(values)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0]
    H = Q @ np.diag(values) @ Q.T
    H = (H + H.T) / 2
    signs = {np.sign(v) for v in values}
    kind = (
        "saddle" if {-1, 1} <= signs
        else "undecided" if 0 in signs
        else "minimum" if 1 in signs
        else "maximum"
    )  # fmt: skip
    assert classify_critical_point(H) == kind
    assert classify_critical_point(-H) == {"minimum": "maximum", "maximum": "minimum"}.get(
        kind, kind
    )


# --- with symbols -------------------------------------------------------------------


def test_symbolic_hessian_agrees_with_sympy():
    x, y, z, a = sp.symbols("x y z a")
    p = sp.Symbol("p", positive=True)
    for f in (
        x**3 * y + sp.exp(x * z) + 5 + a * x**2,
        sp.sin(x + y) * sp.cos(z) + sp.sqrt(p) * x,
        sp.Integer(7),
        sp.log(p) + sp.Abs(x) ** 2 * 0 + x,
        (x + y + z) ** 4 - a,
    ):
        found = symbolic_hessian(f, [x, y, z, p])
        assert (found - sp.hessian(f, [x, y, z, p])).applyfunc(sp.simplify) == sp.zeros(4, 4)


def test_symbolic_hessian_of_a_long_sum():
    s = sp.symbols("x:40")
    f = sum(100 * (s[i + 1] - s[i] ** 2) ** 2 + (1 - s[i]) ** 2 for i in range(39))
    x = np.random.default_rng(4).standard_normal(40)
    values = np.array(sp.lambdify([s], symbolic_hessian(f, s))(x), dtype=float)
    assert_allclose(values, rosen_hess(x), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize(
    ("f", "symbols", "error"),
    [
        (sp.Symbol("x"), [], ValueError),
        (sp.Symbol("x"), [sp.Symbol("x")] * 2, ValueError),
        (3.0, [sp.Symbol("x")], TypeError),
    ],
)
def test_symbolic_hessian_refuses(f, symbols, error):
    with pytest.raises(error):
        symbolic_hessian(f, symbols)


# --- at the door --------------------------------------------------------------------


@pytest.mark.parametrize("function", [gradient, jacobian, hessian])
@pytest.mark.parametrize(
    ("x", "words"),
    [
        ([], "x must not be empty"),
        (3.0, "x must be a vector"),
        ([[1.0]], "x must be a vector"),
        ([1, np.nan], "x must be finite"),
        ([1, 2j], "x must be real"),
        (["a"], "x must hold real numbers"),
    ],
)
def test_bad_points_are_refused_by_name(function, x, words):
    with pytest.raises(ValueError, match=words):
        function(lambda v: v @ v, x)


@pytest.mark.parametrize("function", [gradient, hessian])
@pytest.mark.parametrize(
    "f", [lambda x: x, lambda x: [x[0], x[1]], lambda x: "two", lambda x: np.nan * x[0]]
)
def test_results_that_are_no_number_are_refused(function, f):
    with pytest.raises(ValueError, match="f must"):
        function(f, [1.0, 2.0])


@pytest.mark.parametrize("n", [2, 400])
@pytest.mark.parametrize("f", [lambda x: np.outer(x, x), lambda x: [], lambda x: x / 0 * 0])
def test_results_that_are_no_vector_are_refused(f, n):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="f must"):
        jacobian(f, np.zeros(n))


def test_errors_of_a_function_itself_come_through():
    def broken(x):
        raise ZeroDivisionError("mine")

    def lost(x):
        return x[5]

    for function in (gradient, jacobian, hessian):
        with pytest.raises(ZeroDivisionError, match="mine"):
            function(broken, [1.0, 2.0])
        with pytest.raises(IndexError):
            function(lost, [1.0, 2.0])


@pytest.mark.parametrize(
    ("xs", "t", "words"),
    [
        (lambda t: t, 1.0, "xs must return a vector"),
        (lambda t: [[t]], 1.0, "xs must return a vector"),
        (lambda t: [t, "a"], 1.0, "xs must return a vector"),
        (lambda t: [t, t], np.inf, "t must be finite"),
    ],
)
def test_bad_ways_are_refused(xs, t, words):
    with pytest.raises(ValueError, match=words):
        total_derivative(lambda x: x[0] * x[1], xs, t)


@pytest.mark.parametrize(
    ("H", "words"),
    [
        ([[1, 2], [3, 4]], "H must be symmetric"),
        ([[1, 2, 3], [2, 1, 1]], "H must be square"),
        ([[np.nan]], "H must be finite"),
        ([1, 2], "H must be a matrix"),
    ],
)
def test_bad_hessians_are_refused(H, words):
    with pytest.raises(ValueError, match=words):
        classify_critical_point(H)


def test_bad_threshold():
    with pytest.raises(ValueError, match="rtol"):
        classify_critical_point([[1]], rtol=-1)


@pytest.mark.parametrize("function", [gradient, jacobian, hessian])
@pytest.mark.parametrize("dtype", [int, np.float32, float])
def test_the_point_is_left_alone_and_every_type_works(function, dtype):
    x = np.array([1, 2], dtype)
    x.flags.writeable = False

    def f(v):
        return v[0] ** 2 * v[1]

    assert function(f, x).dtype == float
    assert_array_equal(function(f, x.tolist()), function(f, x))
    assert function(lambda v: math.pow(v[0], 2) * v[1], x).dtype == float


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_scales(scale):
    """Exact rules know no step that could be too long or too short."""
    x = np.array([3.0, 4.0]) * scale
    assert_allclose(gradient(lambda x: x[0] / x[1], x) * scale, [0.25, -3 / 16], rtol=1e-14)
    assert_allclose(jacobian(lambda x: [np.hypot(x[0], x[1])], x), [[0.6, 0.8]], rtol=1e-14)

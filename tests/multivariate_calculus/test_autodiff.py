"""Automatic differentiation: every rule against 40 digits or differences, and all refusals."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mml.multivariate_calculus.autodiff import (
    ARRAY_FUNCTIONS,
    PARTIALS,
    forward,
    gather,
    reverse,
    second,
)

fixed = settings(derandomize=True, deadline=None, max_examples=60)

# --- the table of derivatives, against mpmath ----------------------------------------

ONE_ARGUMENT = {  # ufunc: the function in mpmath, points inside its domain and off its kinks
    np.negative: (lambda x: -x, [-1.3, 0, 2]),
    np.positive: (lambda x: +x, [-1.3, 0, 2]),
    np.absolute: (abs, [-1.3, 2]),
    np.sign: (mpmath.sign, [-1.3, 2]),
    np.floor: (mpmath.floor, [-1.3, 2.5]),
    np.ceil: (mpmath.ceil, [-1.3, 2.5]),
    np.square: (lambda x: x * x, [-1.3, 0, 2]),
    np.sqrt: (mpmath.sqrt, [1e-3, 1, 700]),
    np.cbrt: (mpmath.cbrt, [1e-3, 1, 700]),
    np.reciprocal: (lambda x: 1 / x, [-1.3, 0.01, 2]),
    np.exp: (mpmath.exp, [-3, 0, 2]),
    np.exp2: (lambda x: mpmath.power(2, x), [-3, 0, 2]),
    np.expm1: (mpmath.expm1, [-3, 1e-9, 2]),
    np.log: (mpmath.log, [0.01, 1, 40]),
    np.log2: (lambda x: mpmath.log(x, 2), [0.01, 1, 40]),
    np.log10: (mpmath.log10, [0.01, 1, 40]),
    np.log1p: (lambda x: mpmath.log(1 + x), [-0.9, 0, 40]),
    np.sin: (mpmath.sin, [-3, 0, 2]),
    np.cos: (mpmath.cos, [-3, 0, 2]),
    np.tan: (mpmath.tan, [-1.4, 0, 1]),
    np.arcsin: (mpmath.asin, [-0.9, 0, 0.5]),
    np.arccos: (mpmath.acos, [-0.9, 0, 0.5]),
    np.arctan: (mpmath.atan, [-9, 0, 0.5]),
    np.sinh: (mpmath.sinh, [-3, 0, 2]),
    np.cosh: (mpmath.cosh, [-3, 0, 2]),
    np.tanh: (mpmath.tanh, [-3, 0, 2]),
    np.arcsinh: (mpmath.asinh, [-3, 0, 2]),
    np.arccosh: (mpmath.acosh, [1.1, 5]),
    np.arctanh: (mpmath.atanh, [-0.9, 0, 0.5]),
    scipy.special.expit: (lambda x: 1 / (1 + mpmath.exp(-x)), [-3, 0, 2]),
    scipy.special.erf: (mpmath.erf, [-2, 0, 1]),
}
TWO_ARGUMENTS = {
    np.add: (lambda a, b: a + b, [(1.5, -2)]),
    np.subtract: (lambda a, b: a - b, [(1.5, -2)]),
    np.multiply: (lambda a, b: a * b, [(1.5, -2), (0, 3)]),
    np.divide: (lambda a, b: a / b, [(1.5, -2), (0, 3)]),
    np.power: (mpmath.power, [(1.5, -2), (2, 3), (3, 0), (0.2, 0.5)]),
    np.float_power: (mpmath.power, [(1.5, -2), (2, 3), (3, 0), (0.2, 0.5)]),
    np.arctan2: (mpmath.atan2, [(1.5, -2), (-1, -1), (0, 2), (3, 0.5)]),
    np.hypot: (mpmath.hypot, [(1.5, -2), (3, 4)]),
    np.maximum: (max, [(1.5, -2), (3, 4)]),
    np.minimum: (min, [(1.5, -2), (3, 4)]),
}


def exact(f, point, orders):
    with mpmath.workdps(40):
        return float(mpmath.diff(f, tuple(map(mpmath.mpf, point)), orders))


def test_every_rule_is_tested():
    assert set(ONE_ARGUMENT) | set(TWO_ARGUMENTS) == set(PARTIALS)
    assert {np.zeros_like, np.ones_like, np.shape, np.ndim, np.size} | set(EXAMPLES) == set(
        ARRAY_FUNCTIONS
    )


@pytest.mark.parametrize("ufunc", ONE_ARGUMENT, ids=lambda u: u.__name__)
def test_rules_of_one_argument(ufunc):
    f, points = ONE_ARGUMENT[ufunc]
    for x in points:
        first, twice = exact(f, [x], (1,)), exact(f, [x], (2,))
        close = {"rtol": 1e-12, "atol": 1e-15}
        value, slope = forward(ufunc, x)
        assert_array_equal(value, ufunc(float(x)))
        assert_allclose(slope, first, **close)
        value, slope = reverse(ufunc, x)
        assert_array_equal(value, ufunc(float(x)))
        assert_allclose(slope, first, **close)
        gradient, hessian = second(lambda v: ufunc(v[0]), [x])
        assert_allclose(gradient, [first], **close)
        assert_allclose(hessian, [[twice]], rtol=1e-11, atol=1e-14)
        assert_allclose(
            forward(lambda v: forward(ufunc, v)[1], x)[1], twice, rtol=1e-11, atol=1e-14
        )
        assert_allclose(
            reverse(lambda v: reverse(ufunc, v)[1], x)[1], twice, rtol=1e-11, atol=1e-14
        )
    inside = np.array(points, dtype=float)  # and for whole arrays
    assert_allclose(
        forward(ufunc, inside)[1], np.diag([forward(ufunc, x)[1] for x in points]), atol=1e-15
    )


@pytest.mark.parametrize("ufunc", TWO_ARGUMENTS, ids=lambda u: u.__name__)
def test_rules_of_two_arguments(ufunc):
    f, points = TWO_ARGUMENTS[ufunc]
    for point in points:
        first = [exact(f, point, orders) for orders in ((1, 0), (0, 1))]
        mixed = exact(f, point, (1, 1))
        twice = [[exact(f, point, (2, 0)), mixed], [mixed, exact(f, point, (0, 2))]]

        def g(v):
            return ufunc(v[0], v[1])

        close = {"rtol": 1e-12, "atol": 1e-14}
        assert_allclose(forward(g, point)[1], first, **close)
        assert_allclose(reverse(g, point)[1], first, **close)
        gradient, hessian = second(g, point)
        assert_allclose(gradient, first, **close)
        assert_allclose(hessian, twice, rtol=1e-11, atol=1e-13)
        for k in (0, 1):  # the other argument a plain number, and an array of them
            alone = (lambda t, b=point[1]: ufunc(t, b), lambda t, a=point[0]: ufunc(a, t))[k]
            assert_allclose(forward(alone, point[k])[1], first[k], **close)
            assert_allclose(reverse(alone, point[k])[1], first[k], **close)
            many = np.full(3, float(point[1 - k]))
            spread = (lambda t, m=many: ufunc(t, m), lambda t, m=many: ufunc(m, t))[k]
            assert_allclose(forward(spread, point[k])[1], [first[k]] * 3, **close)
            total = reverse(lambda t, s=spread: s(t).sum(), point[k])[1]
            assert_allclose(total, 3 * first[k], **close)


def test_powers_at_zero():
    with np.errstate(all="raise"):
        for power, slope, bend in [(0, 0, 0), (1, 1, 0), (2, 0, 2), (3, 0, 0), (2.5, 0, 0)]:
            assert reverse(lambda t, p=power: t**p, 0.0)[1] == slope
            assert forward(lambda t, p=power: t**p, 0.0)[1] == slope
            if power != 2.5:
                assert second(lambda v, p=power: v[0] ** p, [0.0])[1] == [[bend]]
        several = np.array([0, 1, 2, 3])
        assert_array_equal(forward(lambda t: t**several, 0.0)[1], [0, 1, 0, 0])


def test_kinks_as_documented():
    for differentiate in (forward, reverse):
        assert differentiate(np.abs, 0.0)[1] == 0
        assert_array_equal(differentiate(lambda v: np.maximum(v[0], v[1]), [1, 1])[1], [1, 0])
        assert_array_equal(differentiate(lambda v: np.minimum(v[0], v[1]), [1, 1])[1], [1, 0])
        assert_array_equal(differentiate(lambda v: np.max(v), [1, 3, 3])[1], [0, 1, 0])
        assert_array_equal(differentiate(lambda v: v.min(), [1, 1, 3])[1], [1, 0, 0])
        assert differentiate(lambda t: np.clip(t, 0, 1), 0.0)[1] == 1
        assert differentiate(lambda t: t if t > 0 else 3 * t, 0.0)[1] == 3  # the branch taken


# --- array functions, against differences --------------------------------------------

M = np.array([[1.0, -2, 0.5], [0.3, 1, 2]])  # x has shape (3,), X = x xᵀ + M-like (2, 3)
v3 = np.array([0.7, -1.1, 0.4])


def X(x):
    """A 2×3 matrix that depends on x."""
    return np.outer(np.sin(x[:2]), x) + M * x


EXAMPLES = {  # function: ways to call it
    np.sum: [
        np.sum,
        lambda x: np.sum(X(x), axis=0),
        lambda x: np.sum(X(x), axis=-1, keepdims=True),
        lambda x: X(x).sum(axis=(0, 1)),
    ],
    np.mean: [np.mean, lambda x: np.mean(X(x), axis=1), lambda x: X(x).mean(axis=0, keepdims=True)],
    np.prod: [np.prod, lambda x: X(x).prod()],
    np.max: [np.max, lambda x: X(x).max()],
    np.min: [np.min, lambda x: X(x).min()],
    np.cumsum: [np.cumsum, lambda x: x.cumsum() * x],
    np.diff: [np.diff],
    np.dot: [
        lambda x: np.dot(x, x),
        lambda x: np.dot(M, x),
        lambda x: np.dot(x, M.T),
        lambda x: np.dot(X(x), X(x).T),
        lambda x: np.dot(x[0], x),
        lambda x: x.dot(v3),
        lambda x: np.dot(v3, x),
        lambda x: np.dot(X(x), M.T),
        lambda x: np.dot(M, X(x).T),
    ],
    np.inner: [lambda x: np.inner(x, v3), lambda x: np.inner(X(x), x)],
    np.vdot: [lambda x: np.vdot(X(x), M), lambda x: np.vdot(x, x)],
    np.outer: [lambda x: np.outer(x, x), lambda x: np.outer(v3, x), lambda x: np.outer(x, [1, 2])],
    np.trace: [lambda x: np.trace(X(x)), lambda x: np.trace(X(x).T @ X(x))],
    np.linalg.norm: [np.linalg.norm, lambda x: np.linalg.norm(X(x))],
    np.clip: [lambda x: np.clip(x * x, 0.2, 1.0)],
    np.reshape: [lambda x: np.reshape(X(x), (3, 2)), lambda x: X(x).reshape(-1)],
    np.ravel: [lambda x: np.ravel(X(x))],
    np.transpose: [lambda x: np.transpose(X(x)), lambda x: X(x).T],
    np.where: [
        lambda x: np.where(x > 0, x * x, 2 * x),
        lambda x: np.where(M > 0, x, 1.0),
        lambda x: np.where(X(x) > 0, 0.0, X(x)),
        lambda x: np.where(x * x, x, 2),
    ],
    np.copy: [lambda x: np.copy(x), lambda x: x.copy()],
    np.flip: [np.flip, lambda x: np.flip(X(x), axis=0)],
    np.roll: [lambda x: np.roll(x, 1), lambda x: np.roll(X(x), 2, axis=1)],
    np.tile: [lambda x: np.tile(x, 2), lambda x: np.tile(X(x), (2, 1))],
    np.repeat: [lambda x: np.repeat(x, 2), lambda x: np.repeat(X(x), [1, 2], axis=0)],
    np.swapaxes: [lambda x: np.swapaxes(X(x), 0, 1)],
    np.moveaxis: [lambda x: np.moveaxis(X(x), 0, 1)],
    np.squeeze: [lambda x: np.squeeze(x[None, :])],
    np.expand_dims: [lambda x: np.expand_dims(x, 1)],
    np.broadcast_to: [lambda x: np.broadcast_to(x, (4, 3))],
    np.atleast_1d: [lambda x: np.atleast_1d(x[0])],
    np.take: [lambda x: np.take(x, [2, 0, 2]), lambda x: np.take(X(x), [1, 1], axis=0)],
    np.concatenate: [
        lambda x: np.concatenate([x, v3, x * x]),
        lambda x: np.concatenate([X(x), M, X(x)], axis=1),
    ],
    np.stack: [lambda x: np.stack([x, v3]), lambda x: np.stack([x, x * x], axis=1)],
    np.hstack: [lambda x: np.hstack([X(x), M])],
    np.vstack: [lambda x: np.vstack([x, M])],
    np.column_stack: [lambda x: np.column_stack([x, v3, x * x])],
}
OTHERS = {  # what needs no rule of its own
    "arithmetic": [
        lambda x: 2 + x * 3 - x / 7,
        lambda x: 1 / x - (4 - x) + (-x) + (+x),
        lambda x: 2**x + x**3 + np.float64(2) * x,
        lambda x: abs(x) * np.arange(3),
        lambda x: np.arange(3) * x + np.ones((2, 3)) * x,
    ],
    "products": [
        lambda x: x @ v3,
        lambda x: v3 @ x,
        lambda x: M @ x,
        lambda x: x @ M.T,
        lambda x: X(x) @ x,
        lambda x: x @ X(x).T,
        lambda x: X(x).T @ X(x),
        lambda x: X(x) @ M.T,
        lambda x: M.T @ X(x),
    ],
    "indexing": [
        lambda x: x[1],
        lambda x: x[-1] * x[0],
        lambda x: x[::-1],
        lambda x: x[[0, 0, 2]],
        lambda x: x[x > 0],
        lambda x: x[:, None] * x,
        lambda x: X(x)[1],
        lambda x: X(x)[:, 1],
        lambda x: X(x)[..., 1],
        lambda x: X(x)[0, ...],
        lambda x: X(x)[..., None] * x,
        lambda x: X(x)[[0, 1], [2, 0]],
        lambda x: X(x)[M > 0],
        lambda x: X(x)[np.array([[0, 1], [1, 1]])],
    ],
    "lists of numbers": [
        lambda x: np.array([x[0] * x[1], 3.0, np.exp(x[2])]),
        lambda x: [x[0], x[1] ** 2],
        lambda x: np.array([[x[0], 1], [x[1], x[2]]]) @ np.array([x[0], 2.0]),
        lambda x: np.exp(np.array([x[0], x[1]])) + np.array([1, x[2]]),
        lambda x: np.array([x, 2 * x * x]),
        lambda x: np.array([x[0], x[2]]) * x[1],
        lambda x: sum(t * t for t in x),
        lambda x: max(x) * min(x),
        lambda x: np.sum([x[0], x[1] * x[2]]),
        lambda x: np.linalg.norm([x[0], x[1]]),
    ],
    "constants": [lambda x: 3.0, lambda x: np.ones(2), lambda x: np.zeros_like(x) + np.shape(x)[0]],
    "in place": [lambda x: _added(x)],
}


def _added(x):
    total = x[0] * x[1]
    total += x[2] ** 2
    total *= 2
    return total


def differences(f, x, h=1e-6):
    """Return the Jacobian by central differences."""
    x = np.asarray(x, dtype=float)
    columns = []
    for i in range(x.size):
        e = h * np.eye(x.size)[i]
        columns.append((np.asarray(f(x + e), float) - np.asarray(f(x - e), float)) / (2 * h))
    return np.stack(columns, axis=-1)


CALLS = [
    (getattr(name, "__name__", name), k, call)
    for name, calls in [*EXAMPLES.items(), *OTHERS.items()]
    for k, call in enumerate(calls)
]


@pytest.mark.parametrize(("name", "k", "f"), CALLS, ids=[f"{n}-{k}" for n, k, _ in CALLS])
def test_array_functions_forward_reverse_and_twice(name, k, f):
    x = np.array([0.8, -0.6, 1.3])
    value, tangent = forward(f, x)
    plain = np.asarray(f(x), dtype=float)
    assert_allclose(value, plain, rtol=1e-14)
    assert np.shape(value) == plain.shape
    assert_allclose(tangent, differences(f, x), rtol=1e-7, atol=1e-8)
    weights = np.cos(np.arange(plain.size)).reshape(plain.shape)

    def g(t):
        y = f(t)
        y = gather(y)  # a list of numbers is a vector
        return (weights * np.sin(y) * y).sum()

    value, gradient = reverse(g, x)
    assert_allclose(value, float(np.sum(weights * np.sin(plain) * plain)), rtol=1e-12)
    assert_allclose(gradient, forward(g, x)[1], rtol=1e-12, atol=1e-13)
    assert_allclose(gradient, differences(g, x), rtol=1e-7, atol=1e-7)
    first, hessian = second(g, x)
    assert_allclose(first, gradient, rtol=1e-12, atol=1e-13)
    assert_array_equal(hessian, hessian.T)
    by_differences = differences(lambda t: reverse(g, t)[1], x)
    assert_allclose(hessian, by_differences, rtol=1e-6, atol=1e-6)
    twice_forward = forward(lambda t: forward(g, t)[1], x)[1]
    assert_allclose(hessian, twice_forward, rtol=1e-11, atol=1e-11)
    twice_reverse = [reverse(lambda t, i=i: reverse(g, t)[1][i], x)[1] for i in range(3)]
    assert_allclose(hessian, twice_reverse, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (1, 1), (2, 1, 3)])
def test_arguments_of_any_shape(shape):
    x = np.arange(1.0, 1 + np.prod(shape, dtype=int)).reshape(shape)
    _, slope = reverse(lambda t: (t * t * t).sum(), x)
    assert_allclose(slope, 3 * x**2)
    _, tangent = forward(lambda t: t * t, x)
    assert tangent.shape == shape + shape
    assert_allclose(tangent.reshape(x.size, x.size), np.diag(2 * x.ravel()))


def test_whole_numbers_and_lists_are_welcome_and_stay():
    x = [2, 3]
    assert reverse(lambda v: v[0] * v[1] ** 2, x)[0] == 18
    assert x == [2, 3]
    whole = np.array([2, 3])
    forward(lambda v: v / 2, whole)
    assert whole.dtype.kind == "i"


# --- theorems ------------------------------------------------------------------------

PIECES = [np.sin, np.tanh, lambda x: x * x, lambda x: M[:, : len(x)] @ x, lambda x: x[::-1] * x[0]]


@given(
    chosen=st.lists(st.integers(0, len(PIECES) - 1), min_size=1, max_size=5),
    point=st.lists(st.floats(-1, 1), min_size=2, max_size=2),
)
@fixed
def test_the_jacobian_of_a_composition_is_the_product(chosen, point):
    x, product = np.array(point), np.eye(2)
    for k in chosen:
        x, J = forward(PIECES[k], x)
        product = J @ product

    def composed(v):
        for k in chosen:
            v = PIECES[k](v)
        return v

    value, jacobian = forward(composed, point)
    assert_allclose(value, x, rtol=1e-13, atol=1e-300)
    assert_allclose(jacobian, product, rtol=1e-11, atol=1e-13)
    rows = [reverse(lambda v, i=i: composed(v)[i], point)[1] for i in range(2)]
    assert_allclose(rows, product, rtol=1e-11, atol=1e-13)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=8))
@fixed
def test_hessians_are_those_of_closed_forms(point):
    x = np.array(point)
    gradient, hessian = second(lambda v: np.exp(v @ v / 8), x)
    f = np.exp(x @ x / 8)
    assert_allclose(gradient, f * x / 4, rtol=1e-12, atol=1e-14)
    closed = f * (np.outer(x, x) / 16 + np.eye(len(x)) / 4)
    assert_allclose(hessian, closed, rtol=1e-12, atol=1e-14)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def test_a_hundred_variables():
    x = np.linspace(-1, 1, 100)
    gradient, hessian = second(rosenbrock, x)
    closed = np.zeros(100)
    closed[:-1] += -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    closed[1:] += 200 * (x[1:] - x[:-1] ** 2)
    assert_allclose(gradient, closed, rtol=1e-12, atol=1e-12)
    assert_allclose(hessian, differences(lambda t: reverse(rosenbrock, t)[1], x), atol=1e-5)


@pytest.mark.parametrize("outer", [forward, reverse])
@pytest.mark.parametrize("inner", [forward, reverse])
def test_no_confusion_of_perturbations(outer, inner):
    # d/dx of x · d/dy (x + y) is 1; a careless implementation says 2
    assert outer(lambda x: x * inner(lambda y: x + y, 1.0)[1], 1.0)[1] == 1
    # d/dx of x · d/dy (x · y²) at x = 3, y = 2, is d/dx 4x² = 24
    assert outer(lambda x: x * inner(lambda y: x * y * y, 2.0)[1], 3.0)[1] == 24
    # the inner function does not see its own argument, or not the outer one
    assert outer(lambda x: x * inner(lambda y: x * x, 2.0)[1], 3.0)[1] == 0
    assert outer(lambda x: x * inner(lambda y: y * y, 2.0)[1], 3.0)[1] == 4
    # three deep: d³/dx³ of x⁴
    third = outer(lambda a: inner(lambda b: outer(lambda c: c**4, b)[1], a)[1], 2.0)[1]
    assert third == 48
    # the inner point depends on the outer one
    assert_allclose(outer(lambda x: inner(np.sin, x * x)[1], 0.5)[1], -2 * 0.5 * np.sin(0.25))


@pytest.mark.parametrize("outer", [forward, reverse])
def test_a_hessian_inside_a_derivative(outer):
    def bend(t):
        return second(lambda v: (v[0] ** 3) * v[1] * t, [2.0, 5.0])[1][0, 0]

    assert_allclose(outer(bend, 7.0)[1], 6 * 2 * 5)


def test_a_jacobian_in_a_vector_inside_a_vector():
    def newton_step(x):  # uses a Jacobian of its own
        value, J = forward(lambda v: np.array([v[0] ** 2 + v[1], v[0] * v[1]]), x)
        return J @ value

    x = np.array([0.7, -0.4])
    assert_allclose(forward(newton_step, x)[1], differences(newton_step, x), rtol=1e-8)


# --- what must be refused -------------------------------------------------------------

UNKNOWN = {
    "math.exp": lambda x: math.exp(x[0]),
    "float": lambda x: float(x[0]),
    "int": lambda x: int(x[0]) * x[1],
    "assignment": lambda x: _assigned(x),
    "filling an array": lambda x: _filled(x),
    "a ufunc without a rule": lambda x: np.rint(x).sum(),
    "remainder": lambda x: (x % 2).sum(),
    "floor division": lambda x: (x // 2).sum(),
    "array remainder": lambda x: np.fmod(x, 2).sum(),
    "a ufunc's method": lambda x: np.add.reduce(x),
    "where=": lambda x: np.exp(x, where=np.array([True, False, True])).sum(),
    "out=": lambda x: np.exp(x, out=np.empty(3)).sum(),
    "an array function without a rule": lambda x: np.median(x),
    "sort": lambda x: np.sort(x)[0],
    "interp": lambda x: np.interp(x[0], [0, 1], [0, 1]),
    "einsum": lambda x: np.einsum("i,i", x, x),
    "solve": lambda x: np.linalg.solve(np.eye(3), x)[0],
    "det": lambda x: np.linalg.det(np.outer(x, x)),
    "an option without a rule": lambda x: np.max(np.outer(x, x), axis=0).sum(),
    "another norm": lambda x: np.linalg.norm(x, 1),
    "another diagonal": lambda x: np.trace(np.outer(x, x), 1),
    "trace of three axes": lambda x: np.trace(np.ones((3, 3, 3)) * x).sum(),
    "cumsum of a matrix": lambda x: np.cumsum(np.outer(x, x)).sum(),
    "diff of a matrix": lambda x: np.diff(np.outer(x, x)).sum(),
    "second differences": lambda x: np.diff(x, 2).sum(),
    "inner of a matrix": lambda x: np.inner(x, np.outer(x, x)).sum(),
    "left product of three axes": lambda x: (np.ones((2, 3, 3)) * x @ np.ones(3)).sum(),
    "right product of three axes": lambda x: (np.ones((2, 3)) @ (np.ones((3, 3, 4)) * x[0])).sum(),
    "method": lambda x: x.std(),
    "astype": lambda x: x.astype(float).sum(),
    "order": lambda x: np.reshape(np.outer(x, x), (9,), order="F")[1],
    "nothing": lambda x: None,
    "words": lambda x: "no number",
}


def _assigned(x):
    x[0] = 1
    return x.sum()


def _filled(x):
    y = np.zeros(3)
    y[0] = x[0]
    return y.sum()


@pytest.mark.parametrize("differentiate", [forward, reverse, second])
@pytest.mark.parametrize("what", UNKNOWN)
def test_the_unknown_is_an_error_and_no_wrong_derivative(differentiate, what):
    if what == "words":
        with pytest.raises((TypeError, ValueError)):
            differentiate(UNKNOWN[what], [0.5, 1.5, 2.5])
    else:
        with pytest.raises(TypeError):
            differentiate(UNKNOWN[what], [0.5, 1.5, 2.5])


def test_the_error_says_what_to_do():
    with pytest.raises(TypeError, match=r"np\.exp, not math\.exp"):
        reverse(lambda x: math.exp(x), 1.0)
    with pytest.raises(TypeError, match=r"y\[0\] = ….*np\.array"):
        forward(_filled, [1.0, 2.0])
    with pytest.raises(TypeError, match="is its return missing"):
        forward(lambda x: None, 1.0)
    with pytest.raises(TypeError, match=r"does not know \.std"):
        reverse(lambda x: x.std(), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"one number, got an array of shape \(2,\)"):
        reverse(lambda x: x, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"one number, got an array of shape \(2,\)"):
        reverse(lambda x: [1.0, 2.0], [1.0, 2.0])
    with pytest.raises(TypeError, match="no length"):
        forward(lambda x: len(x), 1.0)


def test_plain_questions_are_answered():
    def f(x):
        assert x.shape == (2,)
        assert x.ndim == 1
        assert x.size == 2
        assert len(x) == 2
        assert x.dtype == float
        assert np.isfinite(x).all()
        assert not np.isnan(x).any()
        assert (x == x).all()
        assert not (x != x).any()
        assert (x >= 0).all()
        assert (x <= 2).all()
        assert not (x < 0).any()
        assert bool(x[0])
        assert np.shape(x) == (2,)
        assert np.ndim(x) == 1
        assert np.size(x) == 2
        assert np.ones_like(x).sum() == 2
        assert (np.where(x, 1.0, 2.0) == 1).all()
        assert not hasattr(x, "median")
        return x.sum()

    for differentiate in (forward, reverse):
        assert_array_equal(differentiate(f, [1.0, 2.0])[1], [1, 1])

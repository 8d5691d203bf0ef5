"""Newton, gradient descent and Lagrange: theorems, known problems, and what is refused."""

import warnings

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import rosen, rosen_der

from mml import ConvergenceError
from mml.multivariate_calculus import (
    Sandpit,
    gradient_descent,
    lagrange_multipliers,
    newton_raphson,
    newton_step,
)

fixed = settings(derandomize=True, deadline=None, max_examples=40)
x, y, z = sp.symbols("x y z", real=True)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# --- Newton in one dimension ----------------------------------------------------------


def sextic(x):
    return x**6 / 6 - 3 * x**4 - 2 * x**3 / 3 + 27 * x**2 / 2 + 18 * x - 30


@fixed
@given(st.floats(1e-6, 1e6), st.integers(-140, 140))
def test_newton_takes_square_roots_at_any_scale(a, power):
    a = a * 10.0**power
    result = newton_raphson(lambda x: x * x - a, a**0.5 * 3, lambda x: 2 * x)
    assert_allclose(result.root, np.sqrt(a), rtol=1e-14)
    assert result.iterates[0] == a**0.5 * 3
    assert len(result.iterates) == result.iterations + 1


def test_newton_doubles_the_digits():
    misses = np.abs(newton_raphson(lambda x: x**2 - 2, 1.5).iterates[:4] - np.sqrt(2))
    assert_allclose(misses[1:] / misses[:-1] ** 2, 1 / (2 * np.sqrt(2)), rtol=0.06)


def test_newton_on_the_sextic_started_at_3_1_arrives_late():
    result = newton_raphson(sextic, 3.1)
    assert 26 <= result.iterations <= 30
    assert abs(sextic(result.root)) < 1e-11


def test_a_long_jump_is_no_failure_and_spoils_no_digit():
    result = newton_raphson(lambda x: x**2 - 2, 1e-13, lambda x: 2 * x)
    assert_allclose(result.root, np.sqrt(2), rtol=1e-15)


@pytest.mark.parametrize(
    ("f", "start", "words"),
    [
        (lambda x: x**3 - 2 * x + 2, 0, "repeat themselves every 2 steps"),
        (lambda x: x**2 + 1, 0, "meets no zero"),
        (lambda x: x**2 + 1, 0.7, "did not come to rest"),
        (np.arctan, 3, "Newton's method"),
        (np.cbrt, 1, "Newton's method"),
    ],
)
def test_newton_says_why_it_fails(f, start, words):
    with pytest.raises(ConvergenceError, match=words) as error:
        newton_raphson(f, start, lambda x: (f(x + 1e-6) - f(x - 1e-6)) / 2e-6)
    assert error.value.iterates[0] == start


def test_newton_where_powers_overflow():
    with pytest.raises(ConvergenceError):
        newton_raphson(lambda x: 1 / x**3 + 1e-300 if x < 1e90 else x**9, 1.0)


def test_newton_at_a_multiple_root():
    assert abs(newton_raphson(lambda x: x**2, 1, lambda x: 2 * x).root) < 1e-11
    assert newton_raphson(lambda x: x, 0).iterations == 0


@pytest.mark.parametrize("bad", [{"x0": np.nan}, {"x0": 1, "tol": -1}, {"x0": 1, "max_iter": 0}])
def test_newton_refuses(bad):
    with pytest.raises(ValueError, match=r"x0|tol|max_iter"):
        newton_raphson(lambda x: x, **bad)


def test_newton_wants_a_finite_start():
    with pytest.raises(ValueError, match="x0 must be a point where f is finite"):
        newton_raphson(lambda x: np.log(x), 0.0)


# --- Newton in n dimensions ----------------------------------------------------------


@fixed
@given(st.integers(1, 6), st.integers(0, 99), st.sampled_from([-150, 0, 150]))
def test_one_newton_step_solves_a_quadratic(n, seed, power):
    rng = np.random.default_rng(seed)
    H = rng.standard_normal((n, n))
    H, target, start = H + H.T + 5 * n * np.eye(n), rng.standard_normal(n), rng.standard_normal(n)
    scale = 10.0**power
    step = newton_step(scale * (H @ (start - target)), scale * H)
    assert_allclose(start + step, target, rtol=1e-9, atol=1e-9)


def test_a_newton_step_goes_to_the_saddle():
    assert_allclose(newton_step([2, -2], [[2, 0], [0, -2]]), [-1, -1])


def test_newton_step_minds_units_not():
    assert_allclose(newton_step([2e9, 2e-9], [[2e18, 0], [0, 2e-18]]), [-1e-9, -1e9])


def test_newton_step_refuses():
    with pytest.raises(np.linalg.LinAlgError, match="H must be invertible"):
        newton_step([1, 1], [[1, 1], [1, 1]])
    with pytest.raises(ValueError, match="H must have shape"):
        newton_step([1, 1], [[1]])


# --- gradient descent -----------------------------------------------------------------


def bowl(curvatures):
    h = np.asarray(curvatures, dtype=float)
    return (lambda x: (h * x * x).sum() / 2), (lambda x: h * x)


@fixed
@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=5))
def test_the_fixed_step_contracts_as_the_theorem_says(h):
    f, g = bowl(h)
    low, high = min(h), max(h)
    result = gradient_descent(f, np.ones(len(h)), gradient=g, step=2 / (low + high))
    rate = (high - low) / (high + low)
    for before, after in zip(result.path[:-1], result.path[1:], strict=True):
        assert np.linalg.norm(after) <= (rate + 1e-12) * np.linalg.norm(before) + 1e-300


@pytest.mark.parametrize("share", [0.9, 0.99, 1.01, 1.1])
def test_two_over_L_is_the_limit(share):
    f, g = bowl([1, 5])
    descent = {"gradient": g, "step": share * 2 / 5, "tol": 1e-6}
    if share < 1:
        assert np.abs(gradient_descent(f, [1, 1], **descent).x).max() < 1e-5
    else:
        with pytest.raises(ConvergenceError):
            gradient_descent(f, [1, 1], **descent)


def test_momentum_is_faster_on_a_narrow_bowl():
    f, g = bowl([1, 100])
    plain = gradient_descent(f, [1, 1], gradient=g, step=2 / 101)
    heavy = gradient_descent(f, [1, 1], gradient=g, step=4 / 121, momentum=(9 / 11) ** 2)
    assert heavy.iterations < plain.iterations / 4


def test_line_search_walks_the_curved_valley():
    result = gradient_descent(rosen, [-1.2, 1], gradient=rosen_der, tol=1e-10)
    assert_allclose(result.x, [1, 1], atol=1e-6)
    assert result.path.shape == (result.iterations + 1, 2)
    assert_allclose(result.values, [rosen(p) for p in result.path])


def test_gradient_is_taken_where_none_is_given_and_integers_work():
    start = [3, -2]
    result = gradient_descent(lambda x: (x[0] - 1) ** 2 + 2 * x[1] ** 2, start)
    assert_allclose(result.x, [1, 0], atol=1e-6)
    assert start == [3, -2]


@pytest.mark.parametrize(
    "f", [lambda x: x[0] ** 4, lambda x: np.exp(x[0] ** 2), lambda x: -(x[0] ** 2)]
)
def test_divergence_is_an_error_without_warnings(f):
    with pytest.raises(ConvergenceError, match="left all bounds") as error:
        gradient_descent(f, [2.0], step=1.0)
    assert len(error.value.iterates) >= 1


@pytest.mark.parametrize("f", [lambda x: -(x[0] ** 2), lambda x: -(x[0] ** 4), lambda x: x[0]])
def test_a_ground_without_a_bottom_is_said_to_be_one(f):
    with pytest.raises(ConvergenceError, match=r"below all bounds|did not suffice|leads down"):
        gradient_descent(f, [2.0], max_iter=3000)


def test_line_search_stays_in_the_sandpit():
    pit = Sandpit()
    for start in ([3.6, 1.6], [2, 2], [1, 5.5]):
        result = gradient_descent(pit.depth, start, gradient=pit.gradient)
        assert_allclose(result.x, pit.minimum, atol=1e-6)


@pytest.mark.parametrize(
    "bad",
    [
        {"step": 0},
        {"step": -1},
        {"step": "fast"},
        {"step": 0.1, "momentum": 1},
        {"momentum": 0.5},
        {"tol": -1},
        {"max_iter": 0},
        {"gradient": lambda x: [1.0]},
        {"gradient": lambda x: [np.nan, 1.0]},
    ],
)
def test_descent_refuses(bad):
    with pytest.raises(ValueError, match=r"step|momentum|tol|max_iter|gradient"):
        gradient_descent(lambda x: x @ x, [1, 1], **bad)


# --- Lagrange -------------------------------------------------------------------------


def test_the_greatest_product_on_a_circle():
    found = lagrange_multipliers(x**2 * y, x**2 + y**2 - 1, [x, y])
    assert found.complete
    assert len(found) == 6
    assert found[-1].value == 2 / (3 * sp.sqrt(3))
    assert {s.point[x] ** 2 for s in found[-2:]} == {sp.Rational(2, 3)}
    assert {s.point[x] for s in found[2:4]} == {0}


def test_four_points_on_an_ellipse():
    found = lagrange_multipliers(
        sp.exp(-(2 * x**2 + y**2 - x * y) / 2), x**2 + 3 * (y + 1) ** 2 - 1, [x, y]
    )
    assert found.complete
    assert len(found) == 4
    assert_allclose(float(found[0].point[x]), 0.930942, atol=1e-6)
    assert_allclose(
        [float(s.point[x]) for s in found], [0.930942, -0.958963, -0.626142, -0.095838], atol=1e-6
    )


def test_hyperbolic_constraint_by_search():
    f, g = -sp.exp(x - y**2 + x * y), sp.cosh(y) + x - 2
    found = lagrange_multipliers(f, g, [x, y])
    assert not found.complete
    assert len(found) == 2
    for s in found:
        for v in (x, y):
            slope = f.diff(v) - s.multipliers[0] * g.diff(v)
            assert abs(slope.subs(s.point).evalf()) < 1e-9
    assert_allclose(float(found[0].point[x]), 0.957782, atol=1e-6)


def test_where_an_exponential_fades_nothing_is_found():
    found = lagrange_multipliers(x * sp.exp(-(x**2) - y**2), x + y - 1, [x, y])
    assert not found.complete
    assert_allclose([float(s.point[x]) for s in found], [(1 - 5**0.5) / 4, (1 + 5**0.5) / 4])


def test_the_unit_of_a_constraint_makes_no_point_singular():
    (only,) = lagrange_multipliers(x * y, (x + y - 10) / sp.Integer(10) ** 31, [x, y])
    assert not only.singular
    assert only.multipliers == (5 * 10**31,)


def test_singular_points_are_candidates():
    (cusp,) = lagrange_multipliers(x, y**2 - x**3, [x, y])
    assert cusp.singular
    assert cusp.multipliers == ()
    assert cusp.point == {x: 0, y: 0}
    found = lagrange_multipliers(x + y**2, (x**2 + y**2) ** 2 - x**2 + y**2, [x, y])
    assert [s.singular for s in found if s.point == {x: 0, y: 0}] == [True]


def test_two_constraints():
    found = lagrange_multipliers(x + y + z, [x**2 + y**2 - 1, sp.Eq(x + z, 1)], [x, y, z])
    assert [s.value for s in found] == [0, 2]
    assert found[1].multipliers == (sp.Rational(1, 2), 1)


def test_no_point_at_all_and_no_constraint():
    assert lagrange_multipliers(x**2 + y, x**2 + y**2 + 1, [x, y]) == []
    (only,) = lagrange_multipliers((x - 1) ** 2 + y**2, [], [x, y])
    assert only.point == {x: 1, y: 0}
    assert only.multipliers == ()


@pytest.mark.parametrize(
    ("f", "g"), [(x**2 + y**2, x**2 + y**2 - 1), (sp.Integer(3), y - x), (x, (x - y) ** 2)]
)
def test_infinitely_many_are_said_to_be(f, g):
    with pytest.raises(ValueError, match="infinitely many"):
        lagrange_multipliers(f, g, [x, y])


def test_what_is_refused():
    a = sp.Symbol("a")
    with pytest.raises(ValueError, match="put in numbers"):
        lagrange_multipliers(x, a * x - 1, [x])
    with pytest.raises(ValueError, match="constraints must be"):
        lagrange_multipliers(x, [x < 1], [x])
    with pytest.raises(ValueError, match="variables must be"):
        lagrange_multipliers(x, x - 1, ["x"])
    with pytest.raises(ValueError, match="different"):
        lagrange_multipliers(x, x - 1, [x, x])


def around(f, F):
    """Return the values at the stationary points of f on the unit circle, by brute force."""
    t = np.linspace(0, 2 * np.pi, 40_001)
    slope = np.gradient(F(np.cos(t), np.sin(t)), t)[1:-1]
    k = np.flatnonzero(slope[:-1] * slope[1:] < 0) + 1
    return np.sort(F(np.cos(t[k]), np.sin(t[k])))


@pytest.mark.parametrize("seed", range(12))
def test_against_brute_force_on_the_circle(seed):
    rng = np.random.default_rng(seed)
    degree = 2 + seed % 3
    c = rng.integers(-5, 6, (degree + 1, degree + 1))
    f = sum(int(c[i, j]) * x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i))
    found = lagrange_multipliers(f, x**2 + y**2 - 1, [x, y])
    F = sp.lambdify((x, y), f, "numpy")
    assert found.complete
    # where f turns round on the circle; level points without a turn are missed by the brute
    brute = around(f, F)
    values = np.array([float(s.value) for s in found])
    assert len(found) >= len(brute)
    for v in brute:
        assert np.abs(values - v).min() < 1e-5
    for s in found:
        at = s.point
        assert abs((at[x] ** 2 + at[y] ** 2 - 1).evalf()) < 1e-14
        turn = (y * f.diff(x) - x * f.diff(y)).subs(at).evalf()
        assert abs(turn) < 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_quadratics_on_the_sphere_are_eigenproblems(seed):
    """The multipliers of uᵀSu on the unit sphere are the eigenvalues of S."""
    S = np.random.default_rng(seed).integers(-4, 5, (3, 3))
    S = S + S.T + np.diag([0, 1, 3])
    values = np.linalg.eigvalsh(S)
    assert np.diff(values).min() > 1  # else there are infinitely many points
    u = sp.Matrix([x, y, z])
    f = sp.expand((u.T * sp.Matrix(S) * u)[0])
    found = lagrange_multipliers(f, x**2 + y**2 + z**2 - 1, [x, y, z])
    assert len(found) == 6
    assert_allclose([float(s.value) for s in found], np.repeat(values, 2), atol=1e-9)
    assert_allclose([float(s.multipliers[0]) for s in found], np.repeat(values, 2), atol=1e-9)

"""Lines in closed form, curves by iteration, and NIST's certified answers."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import curve_fit
from scipy.stats import linregress, norm

from mml import ConvergenceError
from mml.multivariate_calculus import (
    RegressionResult,
    gaussian,
    linear_regression,
    nonlinear_least_squares,
)
from mml.strd import certified_digits, load_all_strd

fixed = settings(derandomize=True, deadline=None, max_examples=40)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def decay(x, p):
    return p[0] * np.exp(-p[1] * x)


# --- the bell ---------------------------------------------------------------------------


def test_bell_is_the_normal_density():
    x = np.linspace(150, 200, 11)
    assert_allclose(gaussian(x, 170, 7), norm.pdf(x, 170, 7), rtol=1e-13)
    assert gaussian(0, 0, 1) == 1 / np.sqrt(2 * np.pi)
    assert gaussian([[0, 1]], 0, 1).shape == (1, 2)


def test_bell_far_out_is_zero_without_a_warning():
    assert gaussian([1e200, -1e200], 0, 1e-150).tolist() == [0, 0]
    assert_allclose(gaussian(1e-150, 0, 1e-150) * 1e-150, norm.pdf(1), rtol=1e-13)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0, 0), "sigma must be positive, got 0"),
        ((0, 0, -1), "sigma must be positive, got -1"),
        ((0, np.nan, 1), "mu must be finite"),
        ((0, 0, "wide"), "sigma must be a real number"),
        (([np.inf], 0, 1), "x must be finite"),
    ],
)
def test_bell_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        gaussian(*arguments)


# --- the line ---------------------------------------------------------------------------


@fixed
@given(seeds, st.integers(-150, 150), st.integers(-140, 140))
def test_line_agrees_with_scipy_at_any_scale(rng, px, py):
    x, y = rng.standard_normal((2, 12))
    theirs = linregress(x, y)
    fit = linear_regression(x * 10.0**px, y * 10.0**py)
    slope, intercept = fit.parameters
    assert_allclose(slope * 10.0**px, theirs.slope * 10.0**py, rtol=1e-11)
    assert_allclose(intercept, theirs.intercept * 10.0**py, rtol=1e-11)
    if abs(py) < 100 and abs(py - px) < 140:  # squares of anything larger have no number
        errors = [theirs.stderr * 10.0 ** (py - px), theirs.intercept_stderr * 10.0**py]
        assert_allclose(fit.standard_errors, errors, rtol=1e-11)


@fixed
@given(seeds)
def test_line_is_where_the_gradient_of_chi_squared_vanishes(rng):
    x, y = rng.uniform(-5, 5, (2, 9))
    sigma = rng.uniform(0.1, 3, 9)
    fit = linear_regression(x, y, sigma)
    r = (y - fit.parameters[0] * x - fit.parameters[1]) / sigma**2
    assert_allclose([r @ x, r.sum()], 0, atol=1e-9)
    J = np.column_stack([x, np.ones(9)]) / sigma[:, None]
    assert_allclose(fit.covariance, np.linalg.inv(J.T @ J), rtol=1e-10)
    assert_allclose(fit.chi2, (r * r * sigma**2).sum(), rtol=1e-10)


def test_sigma_decides_about_chi2_and_covariance():
    x, y = np.arange(5), np.array([1, 3, 2, 5, 4])
    plain, one = linear_regression(x, y), linear_regression(x, y, 1)
    half = linear_regression(x, y, np.full(5, 0.5))
    assert_allclose(plain.chi2, one.chi2)  # the plain sum of squares
    assert_allclose(plain.covariance, one.covariance * plain.chi2 / 3)
    assert_allclose([half.chi2, half.covariance[0, 0]], [4 * one.chi2, one.covariance[0, 0] / 4])
    curved = nonlinear_least_squares(lambda x, p: p[0] * x + p[1], x, y, [0, 0])
    assert_allclose(curved.covariance, plain.covariance, rtol=1e-8)
    curved = nonlinear_least_squares(lambda x, p: p[0] * x + p[1], x, y, [0, 0], sigma=0.5)
    assert_allclose(curved.covariance, half.covariance, rtol=1e-8)
    assert_allclose(curved.chi2, half.chi2)


def test_the_result_and_its_fields():
    fit = linear_regression([0, 1, 2], [1, 3, 6])
    assert isinstance(fit, RegressionResult)
    assert fit.iterations == 0
    assert fit.path.shape == (1, 2)
    assert_allclose(fit.parameters, [5 / 2, 5 / 6])
    assert_allclose(fit.chi2, 1 / 6)
    assert_allclose(fit.standard_errors**2, np.diag(fit.covariance))
    with pytest.raises(AttributeError):
        fit.chi2 = 0


def test_a_line_far_from_the_origin_and_two_points_with_sigma():
    x = 1e8 + np.arange(5)
    fit = linear_regression(x, 3 * (x - 1e8) + 1)
    assert_allclose(fit.parameters[0], 3, rtol=1e-12)
    assert_allclose(linear_regression([0, 2], [1, 5], 1).parameters, [2, 1])


def test_arguments_are_left_alone():
    x, y, sigma = np.arange(4.0), np.arange(4.0) ** 2, np.ones(4)
    linear_regression(x, y, sigma)
    nonlinear_least_squares(decay, x, y, [1, 1], sigma=sigma)
    assert (x == np.arange(4)).all()
    assert (y == x**2).all()
    assert (sigma == 1).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3], [1, 2]), "x and y must have one length"),
        (([1, 2], [1, 2]), "at least 3 points"),
        (([1], [2], 1), "at least 3 points"),
        (([7, 7, 7], [1, 2, 3]), "x must hold at least two different"),
        (([0, 0, 0], [1, 2, 3]), "x must hold at least two different"),
        (([1, 2, 3], [1, 2, 3], [1, 1]), "sigma must have the shape"),
        (([1, 2, 3], [1, 2, 3], [1, 0, 1]), "sigma must be positive"),
        (([1, 2, 3], [1, np.nan, 3]), "y must be finite"),
        (([1, 2, 3j], [1, 2, 3]), "x must be real"),
        (([], []), "x must not be empty"),
    ],
)
def test_line_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        linear_regression(*arguments)


# --- curves -----------------------------------------------------------------------------


@fixed
@given(seeds, st.sampled_from(["levenberg-marquardt", "gauss-newton"]))
def test_a_linear_model_gives_the_line(rng, method):
    x, y = rng.uniform(-3, 3, (2, 8))
    sigma = rng.uniform(0.5, 2, 8)
    fit = nonlinear_least_squares(
        lambda x, p: p[0] * x + p[1], x, y, [5, -5], sigma=sigma, method=method
    )
    line = linear_regression(x, y, sigma)
    assert_allclose(fit.parameters, line.parameters, rtol=1e-8, atol=1e-9)
    assert_allclose(fit.covariance, line.covariance, rtol=1e-8)
    assert_allclose(fit.chi2, line.chi2, rtol=1e-8)


@fixed
@given(seeds)
def test_curves_agree_with_scipy(rng):
    x = np.linspace(0, 4, 30)
    y = decay(x, [3, 0.7]) + 0.05 * rng.standard_normal(30)
    sigma = rng.uniform(0.03, 0.1, 30)
    fit = nonlinear_least_squares(decay, x, y, [1, 1], sigma=sigma)
    theirs, covariance = curve_fit(
        lambda x, a, b: decay(x, (a, b)), x, y, [1, 1], sigma, absolute_sigma=True, ftol=1e-14
    )
    assert_allclose(fit.parameters, theirs, rtol=1e-6)
    assert_allclose(fit.covariance, covariance, rtol=1e-4)
    assert (fit.path[0] == [1, 1]).all()
    assert (fit.path[-1] == fit.parameters).all()
    assert len(fit.path) == fit.iterations + 1


@pytest.mark.parametrize("power", [-150, -100, 0, 100, 150])
def test_curves_at_any_scale_of_y(power):
    x = np.linspace(0, 4, 20)
    y = decay(x, [2, 0.5]) + 0.1 * np.cos(7 * x)
    unit = 10.0**power
    plain = nonlinear_least_squares(decay, x, y, [1, 1])
    fit = nonlinear_least_squares(decay, x, y * unit, [unit, 1])
    assert_allclose(fit.parameters, plain.parameters * [unit, 1], rtol=1e-7)


@pytest.mark.parametrize("power", [-150, 150])
def test_curves_at_any_scale_of_x(power):
    x = np.linspace(0, 4, 20)
    y = decay(x, [2, 0.5]) + 0.1 * np.cos(7 * x)
    unit = 10.0**power
    fit = nonlinear_least_squares(decay, x * unit, y, [1, 1 / unit])
    plain = nonlinear_least_squares(decay, x, y, [1, 1])
    assert_allclose(fit.parameters * [1, unit], plain.parameters, rtol=1e-7)


def test_an_exact_fit_and_one_from_its_answer():
    x = np.arange(6)
    y = decay(x, [2, 0.5])
    for start in ([1, 1], [2, 0.5]):
        fit = nonlinear_least_squares(decay, x, y, start)
        assert_allclose(fit.parameters, [2, 0.5], rtol=1e-12)
        assert fit.chi2 < 1e-28


def test_as_many_points_as_parameters_have_no_error_to_judge_by():
    fit = nonlinear_least_squares(decay, [0, 1], [2, 1], [1, 1])
    assert_allclose(fit.parameters, [2, np.log(2)])
    assert np.isinf(fit.covariance).all()
    sure = nonlinear_least_squares(decay, [0, 1], [2, 1], [1, 1], sigma=0.1)
    assert_allclose(sure.standard_errors, [0.1, 0.1 * np.sqrt(5) / 2])


def test_derivatives_by_hand_by_rule_and_by_differences_agree():
    x = np.linspace(0, 4, 20)
    y = decay(x, [2, 0.5]) + 0.1 * np.cos(7 * x)

    def by_hand(x, p):
        return np.column_stack([np.exp(-p[1] * x), -p[0] * x * np.exp(-p[1] * x)])

    def opaque(x, p):
        return np.array([float(p[0]) * np.exp(-float(p[1]) * t) for t in x])

    rule = nonlinear_least_squares(decay, x, y, [1, 1])
    for model, jacobian in ((decay, by_hand), (opaque, None)):
        fit = nonlinear_least_squares(model, x, y, [1, 1], jacobian=jacobian)
        assert_allclose(fit.parameters, rule.parameters, rtol=1e-8)
        assert_allclose(fit.standard_errors, rule.standard_errors, rtol=1e-6)


def test_many_points_in_blocks_give_what_they_give_at_once():
    rng = np.random.default_rng(0)
    x = np.linspace(0, 4, 100_000)
    y = decay(x, [3, 0.7]) + 0.1 * rng.standard_normal(len(x))
    fit = nonlinear_least_squares(decay, x, y, [1, 1])
    whole = nonlinear_least_squares(  # a model that looks at all points is not cut
        lambda x, p: decay(x, p) + 0 * x.mean(), x, y, [1, 1]
    )
    assert_allclose(fit.parameters, whole.parameters, rtol=1e-9)
    assert np.abs((fit.parameters - [3, 0.7]) / fit.standard_errors).max() < 4
    theirs, _ = curve_fit(lambda x, a, b: decay(x, (a, b)), x, y, [1, 1])
    assert_allclose(fit.parameters, theirs, rtol=1e-6)


def test_steepest_descent_arrives_late_and_gauss_newton_may_be_lost():
    x = np.linspace(0, 4, 20)
    y = decay(x, [2, 0.5]) + 0.1 * np.cos(7 * x)
    best = nonlinear_least_squares(decay, x, y, [1, 1])
    slow = nonlinear_least_squares(decay, x, y, [1, 1], method="steepest-descent", tol=1e-9)
    assert_allclose(slow.parameters, best.parameters, rtol=1e-5)
    assert slow.iterations > best.iterations
    lost = nonlinear_least_squares(decay, x, y, [1, 4], method="gauss-newton")
    assert lost.chi2 > 5 * best.chi2  # flat, but for the last point
    held = nonlinear_least_squares(decay, x, y, [1, 4])
    assert_allclose(held.parameters, best.parameters, rtol=1e-8)


def test_a_start_where_nothing_changes_is_no_answer():
    x = np.arange(151.5, 200, 3)
    y = gaussian(x, 176, 6.6)

    def bell(x, p):
        return np.exp(-(((x - p[0]) / p[1]) ** 2) / 2) / (p[1] * np.sqrt(2 * np.pi))

    with pytest.raises(ConvergenceError, match="start nearer"):
        nonlinear_least_squares(bell, x, y, [100, 3], sigma=0.01 * np.sqrt(y) + 1e-9)
    y[:3] = 0
    with pytest.raises(ConvergenceError, match="start nearer"):
        nonlinear_least_squares(bell, x, y, [100, 3])
    zero = nonlinear_least_squares(lambda x, p: p[0] * x, [-1, 0, 1], [1, -2, 1], [0])
    assert abs(zero.parameters[0]) < 1e-15


def test_too_few_steps_keep_the_path():
    with pytest.raises(ConvergenceError, match="did not come to rest") as caught:
        nonlinear_least_squares(decay, np.arange(5), [9, 5, 2, 1, 1], [1, 3], max_iter=2)
    assert np.shape(caught.value.iterates)[1] == 2


@pytest.mark.parametrize("method", ["levenberg-marquardt", "gauss-newton", "steepest-descent"])
def test_no_slope_at_the_start(method):
    with pytest.raises(ValueError, match="model must have finite derivatives at p0"):
        nonlinear_least_squares(lambda x, p: np.sqrt(p[0]) * x, [1, 2], [1, 2], [0], method=method)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": 3}, "model must be a function"),
        ({"jacobian": 3}, "jacobian must be a function"),
        ({"jacobian": lambda x, p: np.ones(4)}, "jacobian must return shape"),
        ({"model": lambda x, p: p[0]}, "model must return a prediction for each of 4"),
        ({"model": lambda x, p: np.log(-p[0]) * x}, "model must be finite at p0"),
        ({"y": [1, 2]}, "x and y must have one length"),
        ({"p0": [[1, 2]]}, "p0 must be a vector"),
        ({"p0": [1, 2, 3, 4, 5]}, "p0 must have at most 4 entries"),
        ({"sigma": [1, 2]}, "sigma must have the shape"),
        ({"sigma": -1}, "sigma must be positive"),
        ({"method": "newton"}, "method must be one of"),
        ({"tol": -1}, "tol must be at least 0"),
        ({"max_iter": 0}, "max_iter must be at least 1"),
        ({"x": [1, 2, np.nan, 4]}, "x must be finite"),
    ],
)
def test_curves_refuse(changed, message):
    arguments = {"model": decay, "x": [0, 1, 2, 3], "y": [4, 2, 1, 1], "p0": [1, 1]} | changed
    with pytest.raises(ValueError, match=message):
        nonlinear_least_squares(**arguments)


def test_parameters_that_the_data_do_not_determine():
    with pytest.raises(np.linalg.LinAlgError, match="do not determine all parameters"):
        nonlinear_least_squares(lambda x, p: (p[0] + p[1]) * x, [1, 2, 3], [2, 4, 7], [0, 1])
    with pytest.raises(np.linalg.LinAlgError, match="do not determine all parameters"):
        nonlinear_least_squares(lambda x, p: p[0] * x + 0 * p[1], [1, 2, 3], [2, 4, 7], [0, 1])


# --- NIST -------------------------------------------------------------------------------

PROBLEMS = load_all_strd()


@pytest.mark.parametrize("which", [0, 1], ids=["start 1", "start 2"])
@pytest.mark.parametrize("problem", PROBLEMS, ids=[problem.name for problem in PROBLEMS])
@pytest.mark.parametrize("slopes", ["rules", "differences"])
def test_nist(problem, which, slopes):
    def opaque(x, p):
        return problem.model(x, np.array([float(q) for q in p]))

    model = problem.model if slopes == "rules" else opaque
    fit = nonlinear_least_squares(model, problem.x, problem.y, problem.starts[which])
    assert certified_digits(fit.parameters, problem.parameters) >= 6
    # Lanczos1 fits to 1e-13: its errors are those of the rounding of the data.
    least = 3 if problem.name == "Lanczos1" else 4
    assert certified_digits(fit.standard_errors, problem.standard_errors) >= least
    if problem.name != "Lanczos1":
        assert_allclose(fit.chi2, problem.residual_sum_of_squares, rtol=1e-5)

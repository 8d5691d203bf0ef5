"""The check of the heights lab: what passes, what fails, and what it is called."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from mml.checks import check_heights
from mml.checks import heights as lab


def g(x, mu, sigma):
    return np.exp(-(((x - mu) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))


def d_mu(x, mu, sigma):
    return g(x, mu, sigma) * (x - mu) / sigma**2


def d_sigma(x, mu, sigma):
    return g(x, mu, sigma) * ((x - mu) ** 2 - sigma**2) / sigma**3


def damped(x, y, errors, start, *, steps=200, weights=None):
    """Fit by Gauss–Newton with damping."""
    e = errors if weights is None else weights
    p, damping = np.array(start, dtype=float), 1e-3

    def residuals(p):
        return (y - g(x, *p)) / e

    r = residuals(p)
    for _ in range(steps):
        J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1) / e[:, None]
        A = J.T @ J
        step = np.linalg.solve(A + damping * np.diag(np.diag(A)), J.T @ r)
        there = residuals(p + step)
        if p[1] + step[1] > 0 and there @ there <= r @ r:
            p, r, damping = p + step, there, damping / 5
        else:
            damping *= 5
    J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1) / e[:, None]
    return p, np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


def by_scipy(x, y, errors, start):
    p, cov = curve_fit(g, x, y, start, sigma=errors, absolute_sigma=True, xtol=1e-12, ftol=1e-12)
    return [p[0], abs(p[1])], np.sqrt(np.diag(cov)).tolist()


def descent(x, y, errors, start, steps=50):
    """Walk down the gradient with a fixed step, as the course does."""
    p = np.array(start, dtype=float)
    for _ in range(steps):
        J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1)
        p = p + 1e-1 * J.T @ ((y - g(x, *p)) / errors**2)
    J = J / errors[:, None]
    return p, np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


def undamped(x, y, errors, start):
    p = np.array(start, dtype=float)
    for _ in range(30):
        J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1) / errors[:, None]
        p = p + np.linalg.lstsq(J, (y - g(x, *p)) / errors, rcond=None)[0]
    return p, np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


@pytest.mark.parametrize("fit", [damped, lab.right])
def test_right_solutions_pass(fit):
    report = check_heights(d_mu=d_mu, d_sigma=d_sigma, fit=fit)
    assert report.passed, report


def test_other_right_slopes_pass():
    def by_complex_step(x, mu, sigma):
        return np.imag(g(x, mu + 1e-30j, sigma)) / 1e-30

    def by_difference(x, mu, sigma, h=1e-6):
        return (g(x, mu, sigma + h) - g(x, mu, sigma - h)) / (2 * h)

    report = check_heights(d_mu=by_complex_step, d_sigma=by_difference, fit=damped)
    assert report.passed, report


@pytest.mark.parametrize("wrong", [np.zeros(4), np.zeros(2), np.zeros((3, 2)), (1, 2)])
def test_a_fit_of_another_shape_fails_and_does_no_harm(wrong):
    report = check_heights(d_mu=d_mu, d_sigma=d_sigma, fit=lambda *case: wrong)
    (failure,) = report.failures
    assert failure.property == "a fit returns parameters and standard errors"


def test_the_stub_fails():
    report = check_heights(d_mu=lambda *a: ..., d_sigma=lambda *a: ..., fit=lambda *a: ...)
    assert len(report.failures) == 3
    assert not check_heights().passed


WRONG_SLOPES = [
    ("the sign of the slope", {"d_mu": lambda *c: -d_mu(*c)}),
    ("σ for σ²", {"d_mu": lambda x, m, s: g(x, m, s) * (x - m) / s}),
    ("a factor 2", {"d_mu": lambda x, m, s: 2 * d_mu(x, m, s)}),
    ("the bell itself is missing", {"d_mu": lambda x, m, s: (x - m) / s**2}),
    (
        "the factor in front is forgotten",
        {"d_sigma": lambda x, m, s: g(x, m, s) * (x - m) ** 2 / s**3},
    ),
    ("a sign in the slope by σ", {"d_sigma": lambda x, m, s: -d_sigma(x, m, s)}),
    ("σ for σ²", {"d_sigma": lambda x, m, s: g(x, m, s) * ((x - m) ** 2 / s**2 - 1 / s)}),
]


@pytest.mark.parametrize(("name", "wrong"), WRONG_SLOPES)
def test_wrong_slopes_are_named(name, wrong):
    report = check_heights(**{"d_mu": d_mu, "d_sigma": d_sigma, "fit": damped, **wrong})
    (failure,) = report.failures
    assert failure.misconception == name, report


def variances(*case):
    p, s = damped(*case)
    return p, s**2


def halved(*case):
    p, s = damped(*case)
    return p, s / np.sqrt(2)


def scaled(x, y, errors, start):
    p, s = damped(x, y, errors, start)
    chi2 = (((y - g(x, *p)) / errors) ** 2).sum()
    return p, s * np.sqrt(chi2 / (len(x) - 2))


def bare(x, y, errors, start):
    p, _ = damped(x, y, errors, start)
    J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1)
    return p, np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


def alone(x, y, errors, start):
    p, _ = damped(x, y, errors, start)
    J = np.stack([d_mu(x, *p), d_sigma(x, *p)], axis=1) / errors[:, None]
    return p, 1 / np.sqrt(np.diag(J.T @ J))


def swapped(*case):
    return tuple(part[::-1] for part in damped(*case))


WRONG_FITS = {
    "each parameter inverted by itself": alone,
    "σ and μ in the wrong order": swapped,
    "the errors are ignored": lambda x, y, e, p: damped(x, y, e, p, weights=np.ones_like(e)),
    "divided by the error instead of its square": lambda x, y, e, p: damped(
        x, y, e, p, weights=np.sqrt(e)
    ),
    "stops too early": lambda *case: damped(*case, steps=2),
    "steps that overshoot": undamped,
    "variances instead of standard errors": variances,
    "the inverse of the Hessian without its 2": halved,
    "scaled by chi-squared although the errors are known": scaled,
    "the errors are left out of the covariance": bare,
}


@pytest.mark.parametrize("name", WRONG_FITS)
def test_wrong_fits_are_named(name):
    report = check_heights(d_mu=d_mu, d_sigma=d_sigma, fit=WRONG_FITS[name])
    assert not report.passed
    assert name in {failure.misconception for failure in report.failures}, report


def test_the_fixed_step_of_a_recipe_fails():
    assert not check_heights(d_mu=d_mu, d_sigma=d_sigma, fit=descent).passed


def test_scipy_finds_the_same_from_near():
    for case in lab.CASES:
        p, s = by_scipy(*case)
        best, errors = lab.right(*case)
        np.testing.assert_allclose(p, best, rtol=1e-6)
        np.testing.assert_allclose(s, errors, rtol=1e-3)


def test_writing_into_the_start_is_noticed():
    def writes(x, y, errors, start):
        found = damped(x, y, errors, start)
        start[:] = found[0]
        return found

    (failure,) = check_heights(d_mu=d_mu, d_sigma=d_sigma, fit=writes).failures
    assert failure.property == "the arguments are left alone"

"""Fitting four parameters to a million points: a bell on a ground, and two decays.

Every peer gets the same model, written with NumPy, the same start and its own way to find
derivatives: ours differentiates the model, the others take differences. Tolerances are those
each routine comes with. The distance is that of the parameters from those of ours, in
standard errors; the floor evaluates the model once and adds up the squared residuals.
"""

import numpy as np
from scipy.optimize import curve_fit, least_squares

from benchmarks.frame import Case, peer
from mml.multivariate_calculus import nonlinear_least_squares

PACKAGES = ("mml", "numpy", "scipy", "lmfit")
POINTS = 1_000_000


def bell(x, p):
    """Return a bell on a ground."""
    return p[0] + p[1] * np.exp(-0.5 * ((x - p[2]) / p[3]) ** 2)


def decays(x, p):
    """Return a sum of two decays."""
    return p[0] * np.exp(-p[1] * x) + p[2] * np.exp(-p[3] * x)


TASKS = {
    "a bell on a ground": (bell, (1, 2, 5, 1.2), (0.5, 1.5, 4.5, 1.0), 0.1),
    "two decays": (decays, (3, 2, 1, 0.2), (2, 1.5, 0.5, 0.1), 0.05),
}


def cases():
    """Yield the two fits."""
    for name, (model, truth, start, noise) in TASKS.items():
        rng = np.random.default_rng(0)
        x = np.linspace(0, 10, POINTS)
        y = model(x, truth) + noise * rng.standard_normal(POINTS)
        start = np.array(start, dtype=float)
        ours = nonlinear_least_squares(model, x, y, start)
        runs, skipped = peers(model, x, y, start)
        yield Case(
            name=f"{name}, {POINTS:,} points",
            runs=runs,
            distance=lambda p, fit=ours: np.abs(
                (np.asarray(p) - fit.parameters) / fit.standard_errors
            ).max(),
            within=0.01,
            limit=lambda model=model, x=x, y=y, p=ours.parameters: ((y - model(x, p)) ** 2).sum(),
            limit_name="floor: chi-squared, once",
            skipped=skipped,
            repeats=7,
        )


def peers(model, x, y, start):
    """Return {name: run} for mml and every peer that is installed, and who is not."""

    def four(x, a, b, c, d):
        return model(x, (a, b, c, d))

    runs = {
        "mml": lambda: nonlinear_least_squares(model, x, y, start).parameters,
        "scipy curve_fit": lambda: curve_fit(four, x, y, start)[0],
        "scipy least_squares": lambda: least_squares(lambda p: model(x, p) - y, start).x,
    }
    lmfit, missing = peer("lmfit")
    if missing:
        return runs, {"lmfit": missing}

    def with_lmfit():
        values = dict(zip("abcd", start, strict=True))
        fit = lmfit.Model(four).fit(y, x=x, **values)
        return [fit.params[name].value for name in "abcd"]

    return runs | {"lmfit": with_lmfit}, {}

"""The check of the heights lab: two partial derivatives, and a fit with its errors."""

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, show
from mml.checks._report import Misconception, Property, behaves_like, run
from mml.multivariate_calculus.regression import gaussian, nonlinear_least_squares

__all__ = ["check_heights"]

TOLERANCE = 1e-6  # of a derivative, relative to the largest: small differences pass
NEAR = 1e-3  # of a parameter, in units of its standard error


def bell(x, p):
    """Return the bell curve as a function of its parameters (mu, sigma)."""
    u = (x - p[0]) / p[1]
    return np.exp(-0.5 * u * u) / (p[1] * np.sqrt(2 * np.pi))


def slope_by_mu(x, mu, sigma):
    """Return the derivative of the bell curve by mu."""
    return gaussian(x, mu, sigma) * (x - mu) / sigma**2


def slope_by_sigma(x, mu, sigma):
    """Return the derivative of the bell curve by sigma."""
    return gaussian(x, mu, sigma) * ((x - mu) ** 2 / sigma**3 - 1 / sigma)


def right(x, y, errors, start):
    """Return what the package finds: parameters and standard errors."""
    fit = nonlinear_least_squares(bell, x, y, start, sigma=errors)
    return np.array([fit.parameters[0], abs(fit.parameters[1])]), fit.standard_errors


# What the properties measure.


def derivative_is(name, wanted):
    def test(functions, x, mu, sigma):
        got = as_array(
            getattr(functions, name)(x, mu, sigma), x.shape, "one number for each entry of x"
        )
        good = wanted(x, mu, sigma)
        size = np.abs(good).max() + gaussian(x, mu, sigma).max() / sigma  # good may be all 0
        if not np.abs(got - good).max() <= TOLERANCE * size:
            raise Mismatch(show(good), show(got))

    return test


def fit_of(functions, *case):
    """Return the reader's parameters and standard errors."""
    value = functions.fit(*case)
    wanted = "two vectors of two numbers, (mu, sigma) and their standard errors"
    try:
        p, s = (np.asarray(part, dtype=float) for part in value)
    except (TypeError, ValueError):
        nothing = value is None or value is ...
        raise Mismatch(wanted, "nothing yet" if nothing else show(value)) from None
    if p.shape != (2,) or s.shape != (2,):
        raise Mismatch(wanted, f"vectors of shapes {p.shape} and {s.shape}")
    if not (np.isfinite(p).all() and np.isfinite(s).all()):
        raise Mismatch("finite numbers", f"{show(p)} and {show(s)}", misconception=LOST)
    return p, s


def gives_two_vectors(functions, *case):
    fit_of(functions, *case)


def finds_the_best(functions, *case):
    p, _ = fit_of(functions, *case)
    best, errors = right(*case)
    off = np.abs(p - best) / errors
    if off.max() > NEAR:
        raise Mismatch(
            f"(mu, sigma) = {show(best.round(4))}, with chi-squared {_chi2(best, *case):.3f}",
            f"{show(p.round(4))}, with chi-squared {_chi2(p, *case):.3f}",
        )


def knows_its_errors(functions, *case):
    _, s = fit_of(functions, *case)
    _, errors = right(*case)
    if np.abs(s / errors - 1).max() > 0.01:
        raise Mismatch(f"the standard errors {show(errors.round(4))}", show(s.round(4)))


def _chi2(p, x, y, errors, start):
    if p[1] == 0:
        return np.inf
    return float((((y - bell(x, p)) / errors) ** 2).sum())


def leaves_its_arguments_alone(functions, *case):
    functions.fit(*case)
    if functions.fit.changed:
        raise Mismatch("x, y, errors and start as they were", "others: the function wrote into one")


# The cases.

points = st.tuples(
    st.lists(st.integers(150, 200), min_size=1, max_size=3, unique=True).map(
        lambda x: np.array(x, dtype=float)
    ),
    st.integers(160, 190).map(float),
    st.integers(3, 12).map(float),
)


def histogram(seed, *, start=None, unit=1.0, even=False, cut=False):
    """Return bins of a crowd, or of its taller half: middles, shares, errors, and a start."""
    rng = np.random.default_rng(seed)
    mu, sigma, crowd = rng.uniform(165, 180), rng.uniform(5, 9), 2000
    x = np.arange(151.25, 200, 2.5)
    counts = np.maximum(rng.poisson(crowd * 2.5 * bell(x, (mu, sigma))), 1)
    y, errors = counts / (crowd * 2.5), np.sqrt(counts) / (crowd * 2.5)
    if even:
        errors = np.full_like(errors, errors.mean())
    start = (mu + rng.uniform(-4, 4), sigma * rng.uniform(0.8, 1.3)) if start is None else start
    kept = x > mu if cut else slice(None)
    return x[kept] * unit, y[kept] / unit, errors[kept] / unit, np.array(start) * unit


CASES = [histogram(seed) for seed in range(6)]
EVEN = [histogram(seed, even=True) for seed in range(3)]
FAR = [
    histogram(seed, start=start) for seed, start in ((0, (190, 10)), (1, (160, 10)), (3, (155, 6)))
]
METRES = [histogram(seed, unit=0.01) for seed in (3, 4)]
HALVES = [histogram(seed, cut=True) for seed in range(3)]  # here the two parameters err together


# The misconceptions.

PLACES = [
    (np.array([165.0, 172.0, 181.0]), 175.0, 7.0),
    (np.array([170.0, 171.0, 190.0]), 168.0, 9.0),
]


def _slope_like(name, *models):
    """Return a recogniser of derivatives that give what one of the models gives."""

    def recognises(functions):
        return any(behaves_like(m, PLACES, 1e-6)(getattr(functions, name)) for m in models)

    return recognises


def _g(x, mu, sigma):
    return gaussian(x, mu, sigma)


def _fit_with(weight):
    """Return the minimum of the squares weighted by `weight(errors)` instead."""

    def model(x, y, errors, start):
        fit = nonlinear_least_squares(bell, x, y, start, sigma=1 / np.sqrt(weight(errors)))
        return np.array([fit.parameters[0], abs(fit.parameters[1])])

    return model


def _finds(*weights):
    """Tell whether the reader's fit finds such a minimum instead of the right one."""

    def recognises(functions):
        found = [fit_of(functions, *case)[0] for case in CASES[:2]]
        for weight in weights:
            wrong = [_fit_with(weight)(*case) for case in CASES[:2]]
            if np.allclose(found, wrong, rtol=1e-5):
                return True
        return False

    return recognises


def _stops_early(cases):
    """Return a recogniser of fits that go the right way on all of these and do not arrive."""

    def recognises(functions):
        late = False
        for case in cases:
            p, (best, errors) = fit_of(functions, *case)[0], right(*case)
            off, before = (np.abs((q - best) / errors).max() for q in (p, case[3]))
            if off >= before:
                return False
            if off > NEAR:  # at rest elsewhere, or would it go on?
                late = True
                if np.abs((fit_of(functions, *case[:3], p)[0] - p) / errors).max() < NEAR:
                    return False
        return late

    return recognises


def _wanders(functions):
    """Tell whether the fit is right from near and lost from far."""
    near = [np.abs(fit_of(functions, *case)[0] - right(*case)[0]).max() < 0.01 for case in CASES]
    return all(near)


def _errors_like(*models, cases=CASES):
    """Return a recogniser of standard errors that follow a wrong rule."""

    def recognises(functions):
        for model in models:
            good = []
            for case in cases:
                best, errors = right(*case)
                J = np.stack([f(case[0], *best) for f in (slope_by_mu, slope_by_sigma)], axis=1)
                wrong = model(J, case[2], errors, _chi2(best, *case), len(case[0]))
                good.append(np.allclose(fit_of(functions, *case)[1], wrong, rtol=0.01))
            if all(good):
                return True
        return False

    return recognises


def _root(J):
    return np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


SIGN = Misconception(
    "the sign of the slope",
    "Move the bell to the right, mu up: at its right flank the curve rises. There x - mu is "
    "positive, and so is the derivative.",
    _slope_like("d_mu", lambda *c: -slope_by_mu(*c)),
)
SIGN_OF_WIDTH = Misconception(
    "a sign in the slope by σ",
    "Make the bell wider: its middle sinks, so at x = mu the derivative is negative, and its "
    "flanks rise, so far out it is positive.",
    _slope_like(
        "d_sigma",
        lambda *c: -slope_by_sigma(*c),
        lambda x, m, s: _g(x, m, s) * ((x - m) ** 2 / s**3 + 1 / s),
        lambda x, m, s: _g(x, m, s) * (-((x - m) ** 2) / s**3 - 1 / s),
    ),
)
SQUARE = Misconception(
    "σ for σ²",
    "The exponent is -(x - mu)²/(2σ²): its derivative by mu is (x - mu)/σ², by σ it is "
    "(x - mu)²/σ³.",
    lambda functions: (
        _slope_like("d_mu", lambda x, m, s: _g(x, m, s) * (x - m) / s)(functions)
        or _slope_like(
            "d_sigma",
            lambda x, m, s: _g(x, m, s) * ((x - m) ** 2 / s**2 - 1 / s),
        )(functions)
    ),
)
FRONT = Misconception(
    "the factor in front is forgotten",
    "σ stands twice in the bell: in the exponent, and in 1/(σ√(2π)). The product rule gives two "
    "terms, and the second is -1/σ times the bell.",
    _slope_like("d_sigma", lambda x, m, s: _g(x, m, s) * (x - m) ** 2 / s**3),
)
TWO = Misconception(
    "a factor 2",
    "(x - mu)² has the derivative -2(x - mu) by mu, and the 2 cancels with that of 2σ².",
    lambda functions: (
        _slope_like("d_mu", lambda *c: 2 * slope_by_mu(*c), lambda *c: slope_by_mu(*c) / 2)(
            functions
        )
        or _slope_like(
            "d_sigma",
            lambda x, m, s: _g(x, m, s) * ((x - m) ** 2 / (2 * s**3) - 1 / s),
            lambda x, m, s: _g(x, m, s) * (2 * (x - m) ** 2 / s**3 - 1 / s),
        )(functions)
    ),
)
BARE = Misconception(
    "the bell itself is missing",
    "An exponential is its own slope: the inner derivative is multiplied by the whole bell.",
    lambda functions: (
        _slope_like("d_mu", lambda x, m, s: (x - m) / s**2)(functions)
        or _slope_like("d_sigma", lambda x, m, s: (x - m) ** 2 / s**3 - 1 / s)(functions)
    ),
)
UNWEIGHTED = Misconception(
    "the errors are ignored",
    "A bin with a large error may be missed by more. Divide each residual by its error before you "
    "square it.",
    _finds(np.ones_like),
)
ONCE = Misconception(
    "divided by the error instead of its square",
    "Chi-squared divides the residual by the error and then squares: the squared residual has the "
    "weight 1/error².",
    _finds(lambda e: 1 / e, lambda e: 1 / e**4, lambda e: e**2),
)
EARLY = Misconception(
    "stops too early",
    "The steps lead the right way and end before they arrive. Go on until a step is far smaller "
    "than the errors of the parameters, not for a fixed number of steps.",
    _stops_early(CASES),
)
EARLY_IN_METRES = Misconception(EARLY.name, EARLY.advice, _stops_early(METRES))
SWAPPED = Misconception(
    "σ and μ in the wrong order",
    "Return (mu, sigma), in this order, and their errors likewise.",
    lambda functions: all(
        np.allclose(fit_of(functions, *case)[0][::-1], right(*case)[0], rtol=1e-3)
        for case in CASES[:2]
    ),
)
LOST = Misconception(
    "steps that overshoot",
    "Far from the minimum the tangent is a poor guide, and a step that it advises may lead "
    "nowhere. Accept a step only if chi-squared falls; else make it shorter, or damp it. And allow "
    "enough steps: from far away it takes more of them.",
    _wanders,
)
UNROOTED = Misconception(
    "variances instead of standard errors",
    "The diagonal of the covariance matrix holds the variances. Take the roots.",
    _errors_like(lambda J, e, s, c, n: s**2),
)
HESSIAN = Misconception(
    "the inverse of the Hessian without its 2",
    "The Hessian of chi-squared is about 2 JᵀWJ; the covariance is the inverse of JᵀWJ, without "
    "the 2.",
    _errors_like(lambda J, e, s, c, n: s / np.sqrt(2), lambda J, e, s, c, n: s * np.sqrt(2)),
)
SCALED = Misconception(
    "scaled by chi-squared although the errors are known",
    "That scaling estimates unknown errors from the residuals. Here each bin brings its own.",
    _errors_like(
        lambda J, e, s, c, n: s * np.sqrt(c / (n - 2)), lambda J, e, s, c, n: s * np.sqrt(c / n)
    ),
)
PLAIN = Misconception(
    "the errors are left out of the covariance",
    "Each row of J belongs to one bin and is divided by that bin's error: (JᵀWJ)⁻¹ with "
    "W = diag(1/error²).",
    _errors_like(lambda J, e, s, c, n: _root(J)),
)

ALONE = Misconception(
    "each parameter inverted by itself",
    "1/(JᵀJ)ⱼⱼ is the variance of a parameter whose partner is known. Invert the whole matrix "
    "first, and take its diagonal then.",
    _errors_like(
        lambda J, e, s, c, n: 1 / np.sqrt(np.diag(J.T @ (J / e[:, None] ** 2))), cases=HALVES
    ),
)

FITS = (SWAPPED, UNWEIGHTED, ONCE, EARLY)
ARGUMENTS = ("x", "y", "errors", "start")

PROPERTIES = [
    Property(
        "the derivative by mu is right",
        derivative_is("d_mu", slope_by_mu),
        points,
        misconceptions=(SIGN, SQUARE, TWO, BARE),
        arguments=("x", "mu", "sigma"),
    ),
    Property(
        "the derivative by sigma is right",
        derivative_is("d_sigma", slope_by_sigma),
        points,
        misconceptions=(FRONT, SIGN_OF_WIDTH, SQUARE, TWO, BARE),
        arguments=("x", "mu", "sigma"),
    ),
    Property("a fit returns parameters and standard errors", gives_two_vectors, CASES[:1]),
    Property(
        "a fit finds the smallest chi-squared, with equal errors",
        finds_the_best,
        EVEN,
        needs=("a fit returns parameters and standard errors",),
        misconceptions=(SWAPPED, EARLY),
    ),
    Property(
        "and with errors of the bins' own",
        finds_the_best,
        CASES,
        needs=("a fit returns parameters and standard errors",),
        misconceptions=FITS,
    ),
    Property(
        "and from far away",
        finds_the_best,
        FAR,
        needs=("and with errors of the bins' own",),
        misconceptions=(LOST,),
    ),
    Property(
        "and in metres",
        finds_the_best,
        METRES,
        needs=("and with errors of the bins' own",),
        misconceptions=(EARLY_IN_METRES,),
    ),
    Property(
        "the standard errors are right",
        knows_its_errors,
        CASES + HALVES,
        needs=("and with errors of the bins' own",),
        misconceptions=(UNROOTED, HESSIAN, SCALED, PLAIN, ALONE),
    ),
    Property(
        "the arguments are left alone",
        leaves_its_arguments_alone,
        CASES[:1],
        needs=("a fit returns parameters and standard errors",),
    ),
]


def check_heights(*, d_mu=None, d_sigma=None, fit=None):
    """Check the slopes of the bell curve by its parameters, and a fit of it to a histogram.

    Parameters
    ----------
    d_mu, d_sigma : callable
        ``d_mu(x, mu, sigma)`` returns the derivative of the normal density by mu at each
        entry of x, shape of x; ``d_sigma`` that by sigma.
    fit : callable
        ``fit(x, y, errors, start)`` returns ``(p, s)``: the parameters (mu, sigma) with the
        smallest chi-squared, and their standard errors, both of shape (2,).

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> check_heights(d_mu=slope_by_mu, d_sigma=slope_by_sigma, fit=right).passed
    True
    """
    functions = {"d_mu": d_mu, "d_sigma": d_sigma, "fit": fit}
    return run("d_mu, d_sigma, fit", functions, PROPERTIES, ARGUMENTS)

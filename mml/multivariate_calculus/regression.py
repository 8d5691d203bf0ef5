r"""Fitting: straight lines in closed form, any model by iteration.

Data (x, y) and a model f(x, p) leave residuals y - f(x, p). The best parameters make

.. math:: \chi^2(p) = \sum_i \Bigl(\frac{y_i - f(x_i, p)}{\sigma_i}\Bigr)^2

smallest. For a line the answer is a formula (:eq:`eq-line-slope`). For any other model each
step solves a linear problem: the model is replaced by its tangent (:eq:`eq-gauss-newton`),
and the step is held back while the tangent is not to be trusted
(:eq:`eq-levenberg-marquardt`).
"""

import contextlib
from dataclasses import dataclass, field

import numpy as np

from mml._validation import as_array, as_count, as_number, as_vector
from mml.errors import ConvergenceError
from mml.multivariate_calculus.autodiff import forward

METHODS = ("levenberg-marquardt", "gauss-newton", "steepest-descent")

# Points that are worked on together: their derivatives fit the processor's cache.
BLOCK = 32_768
# Of many more points than these, for each parameter, the first approach looks at a sample.
SAMPLES = (1000, 16_000)


@dataclass(frozen=True)
class RegressionResult:
    """A fit.

    Attributes
    ----------
    parameters : ndarray, shape (n,)
        The parameters with the smallest chi-squared.
    covariance : ndarray, shape (n, n)
        Their covariance matrix; with no `sigma` given, scaled by chi2/(N - n), and infinite
        where N = n leaves no scatter to judge by.
    chi2 : float
        The sum of the squared residuals, each divided by its sigma where sigma is given.
    iterations : int
        How many steps were taken; 0 for a formula.
    path : ndarray, shape (k, n)
        The parameters after each step, from the start on.
    """

    parameters: np.ndarray
    covariance: np.ndarray
    chi2: float
    iterations: int
    path: np.ndarray = field(repr=False)

    @property
    def standard_errors(self):
        """The square roots of the variances, one for each parameter."""
        return np.sqrt(np.diag(self.covariance))


def gaussian(x, mu, sigma):
    r"""Return the density of the normal distribution (:eq:`eq-def-bell`).

    .. math:: g(x) = \frac{1}{\sigma\sqrt{2\pi}}
              \exp\Bigl(-\frac{(x - \mu)^2}{2\sigma^2}\Bigr)

    Parameters
    ----------
    x : array_like
        Where, in any unit.
    mu : float
        The mean, in the unit of `x`.
    sigma : float
        The standard deviation, positive, in the unit of `x`.

    Returns
    -------
    ndarray or float
        The density, in the shape of `x`, in one over its unit.

    Raises
    ------
    ValueError
        If `sigma` is not positive or an argument is not finite.

    Examples
    --------
    >>> round(float(gaussian(0, 0, 1)), 4)
    0.3989
    """
    x = as_array(x, "x")
    mu, sigma = as_number(mu, "mu"), as_number(sigma, "sigma")
    if sigma <= 0:
        raise ValueError(f"sigma must be positive, got {sigma:g}")
    with np.errstate(over="ignore", under="ignore"):  # far out the density is 0
        u = (x - mu) / sigma
        return np.exp(-0.5 * u * u) / (sigma * np.sqrt(2 * np.pi))


def linear_regression(x, y, sigma=None):
    r"""Fit the line y = m x + c (:eq:`eq-line-slope`, :eq:`eq-line-intercept`).

    .. math:: m = \frac{\sum_i w_i (x_i - \bar x)\, y_i}{\sum_i w_i (x_i - \bar x)^2},
              \qquad c = \bar y - m\bar x, \qquad w_i = 1/\sigma_i^2

    Parameters
    ----------
    x, y : array_like, shape (N,)
        The points, N ≥ 2, not all at one `x`; N ≥ 3 where sigma is None.
    sigma : array_like, shape (N,), or float, optional
        The standard deviations of the measurements `y`.

    Returns
    -------
    RegressionResult
        `parameters` is (slope, intercept).

    Raises
    ------
    ValueError
        If the shapes differ, there are too few points, all `x` agree to rounding, or a sigma
        is not positive.

    Examples
    --------
    >>> fit = linear_regression([0, 1, 2], [1, 3, 6])
    >>> fit.parameters.round(4)
    array([2.5   , 0.8333])
    """
    x, y, weight = _data(as_vector(x, "x").astype(float), y, sigma)
    weight = np.ones(y.shape) if weight is None else weight
    if len(x) < (3 if sigma is None else 2):
        needed = "3 points (2 where sigma is given)"
        raise ValueError(f"x and y must have at least {needed}, got {len(x)}")
    with np.errstate(over="ignore", under="ignore"):  # a square too large is infinite
        return _line(x, y, weight, scaled=sigma is None)


def _line(x, y, weight, scaled):
    """Fit a line to points with weights 1/sigma."""
    unit = np.abs(x).max() or 1.0  # lengths near 1e±200 neither overflow nor vanish
    w = (weight / weight.max()) ** 2
    w = w / w.sum()
    x_mean, y_mean = w @ x, w @ y
    dx, dy = (x - x_mean) / unit, y - y_mean
    spread = w @ (dx * dx)
    if spread <= (4 * np.finfo(float).eps) ** 2:
        raise ValueError("x must hold at least two different values: no line is steep enough")
    slope = (w @ (dx * dy)) / spread  # in units of y per `unit`
    intercept = y_mean - slope * (x_mean / unit)
    residual = weight * (dy - slope * dx)
    chi2 = float(residual @ residual)
    scale = chi2 / (len(x) - 2) if scaled else 1.0
    total = ((weight / weight.max()) ** 2).sum()
    at = x_mean / unit
    scatter = np.sqrt(scale / (total * spread)) / weight.max()  # squares come last
    ends = scatter * np.array([1 / unit, -at])
    covariance = np.outer(ends, ends)
    covariance[1, 1] += scatter**2 * spread
    parameters = np.array([slope / unit, intercept])
    return RegressionResult(parameters, covariance, chi2, 0, parameters[None, :])


def nonlinear_least_squares(
    model,
    x,
    y,
    p0,
    *,
    sigma=None,
    jacobian=None,
    method="levenberg-marquardt",
    tol=1e-12,
    max_iter=2000,
):
    r"""Fit the parameters of any model: the smallest chi-squared near the start.

    Each step solves :math:`(J^\mathsf{T}J + \lambda D^2)\,h = J^\mathsf{T}r`
    (:eq:`eq-levenberg-marquardt`), r the residuals, J the model's derivatives by its
    parameters, D the lengths of J's columns, so that units do not matter. λ shrinks while
    steps do what the tangent promised, and grows where they do not. The step is bent by half
    the model's second derivative along it, and refused where that bend is no longer small.

    Parameters
    ----------
    model : callable
        ``model(x, p)`` returns the N predictions; written with NumPy, so that it can be
        differentiated; else differences are used.
    x : array_like, shape (N,) or (d, N)
        Where was measured: handed to the model as it is, or in blocks along its last axis
        where the model treats each point alone.
    y : array_like, shape (N,)
        What was measured.
    p0 : array_like, shape (n,)
        Where to start.
    sigma : array_like, shape (N,), or float, optional
        The standard deviations of the measurements `y`.
    jacobian : callable, optional
        ``jacobian(x, p)`` returns the model's derivatives by p, shape (N, n).
    method : {"levenberg-marquardt", "gauss-newton", "steepest-descent"}
        The last two are there to be compared with the first.
    tol : float
        Stop when a step is shorter than `tol` times the parameters, both measured by what
        they do to the model.
    max_iter : int
        The most steps.

    Returns
    -------
    RegressionResult
        With the path of the steps.

    Raises
    ------
    ValueError
        If shapes do not fit, N < n, or the model is not finite at the start.
    numpy.linalg.LinAlgError
        If at the end the data do not determine all parameters.
    ConvergenceError
        If `max_iter` steps do not suffice; its `iterates` are the path.

    References
    ----------
    Levenberg (1944); Marquardt (1963); Moré (1978); Transtrum and Sethna (2012).

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([2.0, 1.0, 0.5, 0.25])
    >>> fit = nonlinear_least_squares(lambda x, p: p[0] * np.exp(-p[1] * x), x, y, [1, 1])
    >>> fit.parameters.round(6)
    array([2.      , 0.693147])
    """
    for name, function in (("model", model), ("jacobian", jacobian)):
        if not callable(function) and (name == "model" or function is not None):
            raise ValueError(f"{name} must be a function of x and p, got {function!r:.60}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    x, y, weight = _data(as_array(x, "x"), y, sigma)
    p = as_vector(p0, "p0").astype(float)
    as_number(tol, "tol", low=0)
    as_count(max_iter, "max_iter", low=1)
    if len(y) < len(p):
        raise ValueError(
            f"p0 must have at most {len(y)} entries, as there are points, got {len(p)}"
        )
    with np.errstate(all="ignore"):  # what is not finite is refused as a step
        return _fit(_Task(model, jacobian, x, y, weight, p), p, method, tol, max_iter)


def _fit(task, p, method, tol, max_iter):
    """Walk from p to the minimum: first on samples, where there are very many points."""
    path, step = [p], _STEPPERS[method]
    x, y, weight = task.x, task.y, task.weight
    for size in (len(p) * k for k in SAMPLES):
        if task.pointwise and len(y) >= 4 * size:
            few = np.sort(np.random.default_rng(0).integers(len(y), size=size))
            w = None if weight is None else weight[few]
            sample = _Task(task.model, task.jacobian, x[..., few], y[few], w, p, near=task.near)
            with contextlib.suppress(ConvergenceError):  # then all the points decide
                path += step(sample, path[-1], 1e-6, max_iter)[1:]
                task.near = True
    path += step(task, path[-1], tol, max_iter)[1:]
    return task.result(path)


def _data(x, y, sigma):
    """Return x, y and the weights 1/sigma, checked."""
    y = as_vector(y, "y").astype(float)
    if x.shape[-1:] != y.shape:
        raise ValueError(f"x and y must have one length, got {x.shape} and {y.shape}")
    if sigma is None:
        return x, y, None
    sigma = as_array(sigma, "sigma")
    if sigma.shape not in ((), y.shape):
        raise ValueError(f"sigma must have the shape {y.shape} of y, got {sigma.shape}")
    if sigma.min() <= 0:
        raise ValueError(f"sigma must be positive, got {sigma.min():g}")
    if sigma.min() < 1e-300:
        raise ValueError(f"sigma must be at least 1e-300, got {sigma.min():g}: change the unit")
    return x, y, np.broadcast_to(1 / sigma, y.shape)


class _Task:
    """The residuals of a model and their derivatives, block by block."""

    def __init__(self, model, jacobian, x, y, weight, p, near=False):
        self.model, self.jacobian, self.near = model, jacobian, near
        self.x, self.y, self.weight = x, y, weight
        self.last = None
        first = slice(0, BLOCK // 4 if len(y) > BLOCK else len(y))
        start = self._value(x[..., first], p)
        if start.shape != y[first].shape:
            raise ValueError(
                f"model must return a prediction for each of {len(y[first])} points, "
                f"got shape {start.shape}"
            )
        if not np.isfinite(start).all():
            raise ValueError("model must be finite at p0, got NaN or infinity: start elsewhere")
        self.traceable = jacobian is None and self._can_trace(p)
        self.pointwise = len(y) > BLOCK and self._is_pointwise(start, p)

    def _value(self, x, p):
        return np.asarray(self.model(x, p), dtype=float)

    def _can_trace(self, p):
        few = self.x[..., : len(p) + 1]
        try:
            forward(lambda q: self.model(few, q), p)
        except (TypeError, ValueError, AttributeError):
            return False
        return True

    def _is_pointwise(self, start, p):
        """Ask whether the model, given few points, predicts what it did among more."""
        few = np.linspace(0, len(start) - 1, 64).astype(int)
        alone = self._value(self.x[..., few], p)
        return alone.shape == few.shape and np.allclose(alone, start[few], rtol=1e-12, atol=0)

    def _blocks(self):
        size = BLOCK if self.pointwise else len(self.y)
        return [slice(i, i + size) for i in range(0, len(self.y), size)]

    def _differentiate(self, x, p):
        """Return the predictions and their derivatives by the parameters."""
        if self.traceable:
            return forward(lambda q: self.model(x, q), p)
        value = self._value(x, p)
        if self.jacobian is not None:
            J = np.asarray(self.jacobian(x, p), dtype=float)
            if J.shape != (*value.shape, len(p)):
                wants = (*value.shape, len(p))
                raise ValueError(f"jacobian must return shape {wants}, got {J.shape}")
            return value, J
        # A parameter of 0 has no size yet: any short step will do.
        h = np.finfo(float).eps ** (1 / 3) * np.where(p == 0, 1e-8, np.abs(p))
        shifts = np.diag(h)
        J = [(self._value(x, p + e) - self._value(x, p - e)) / (2 * e.sum()) for e in shifts]
        return value, np.stack(J, axis=-1)

    def size2(self):
        """Return the sum of the squared weighted measurements."""
        y = self.y if self.weight is None else self.weight * self.y
        return y @ y

    def residuals(self, p):
        """Return the weighted residuals at `p`."""
        r = self.y - self._value(self.x, p)
        return r if self.weight is None else self.weight * r

    def linearise(self, p):
        """Return r and the triangle R and vector c with |r - J h|² = |c - R h|² + rest.

        None where something is not finite: no place to step to.
        """
        n = len(p)
        r, parts = np.empty(len(self.y)), []
        for block in self._blocks():
            value, J = self._differentiate(self.x[..., block], p)
            table = np.empty((len(value), n + 1), order="F")
            table[:, :n] = J
            np.subtract(self.y[block], value, out=table[:, n])
            if self.weight is not None:
                table *= self.weight[block, None]
            r[block] = table[:, n]
            parts.append(_triangle(table))
            if parts[-1] is None:
                return None
        R = parts[0] if len(parts) == 1 else np.linalg.qr(np.vstack(parts), mode="r")
        R = np.vstack([R, np.zeros((max(0, n + 1 - len(R)), n + 1))])
        return r, R[:n, :n], R[:n, n]

    def bend(self, p, v):
        """Return Jᵀk, with k the second derivative of the model along the direction v."""
        total = np.zeros(len(p))
        for block in self._blocks():
            x = self.x[..., block]
            if self.traceable:
                k = _second_along(lambda t, x=x: self.model(x, p + t * v))
            else:  # a tenth of the step is coarse, but a correction is all it is for
                ends = [self._value(x, p + t * v) for t in (-0.1, 0, 0.1)]
                k = (ends[0] - 2 * ends[1] + ends[2]) / 0.01
            if self.weight is not None:
                k = k * self.weight[block] ** 2
            total += self._differentiate(x, p)[1].T @ k
        return total

    def result(self, path):
        """Return the fit at the end of the path, from the last place that was looked at."""
        p = path[-1]
        r, R, _ = self.last
        scale = np.sqrt((R * R).sum(axis=0))
        start = np.abs(path[0])
        idle = (scale * start).max() <= 1e-14 * np.sqrt(self.size2())
        if idle and start.any() and (np.abs(p - path[0]) <= 1e-3 * start).all():
            raise ConvergenceError(
                f"the parameters have no effect on the model near {path[0]}: start nearer",
                iterates=path,
            )
        if not scale.all() or np.linalg.cond(R / scale) > 1 / np.finfo(float).eps:
            raise np.linalg.LinAlgError(
                f"the data do not determine all parameters at {p}: fewer, or more data"
            )
        inverse = np.linalg.inv(R / scale) / scale[:, None]
        chi2 = float(r @ r)
        spare = len(self.y) - len(p)
        covariance = inverse @ inverse.T
        if self.weight is None:  # the scatter itself tells how far to trust a point
            covariance = covariance * chi2 / spare if spare else np.full(R.shape, np.inf)
        return RegressionResult(p, covariance, chi2, len(path) - 1, np.array(path))


def _second_along(f):
    """Return the second derivative of t ↦ f(t) at 0."""
    return forward(lambda t: forward(f, t)[1], 0.0)[1]


def _triangle(table):
    """Return the triangle R of table = Q R, or None where the table is not finite."""
    products = table.T @ table
    scale = np.sqrt(products.diagonal())
    if not np.isfinite(products).all() and not np.isfinite(table).all():
        return None
    if len(table) >= 1024 and scale.all():
        # Products of columns do, where these are far from parallel.
        with contextlib.suppress(np.linalg.LinAlgError):
            R = np.linalg.cholesky(products / np.outer(scale, scale)).T
            if R.diagonal().min() > 1e-3:
                return R * scale
    return np.linalg.qr(table, mode="r")


def _no_slope():
    return ValueError("model must have finite derivatives at p0, got NaN or infinity")


def _give_up(method, path, chi2):
    return ConvergenceError(
        f"{method} did not come to rest; after {len(path) - 1} steps chi-squared was {chi2:g} "
        f"at {path[-1]}: start nearer, or allow more steps by max_iter",
        iterates=path,
    )


def _levenberg_marquardt(task, p, tol, max_iter):
    """Return the path of damped steps from p to the minimum."""
    path, lam, grow = [p], 1e-12 if task.near else 1e-1, 2.0
    D, before = np.zeros(len(p)), 0.0
    noise = 1e-24 * task.size2()
    here = task.linearise(p)
    if here is None:
        raise _no_slope()
    for _ in range(max_iter):
        task.last, (r, R, c) = here, here
        chi2 = r @ r
        lengths = np.sqrt((R * R).sum(axis=0))
        D = np.maximum(lengths, 0.7 * D)  # forgets, slowly, how steep it once was
        D[D == 0] = 1.0  # a parameter without effect, so far
        U, s, Vt = np.linalg.svd(R / D)
        along = (U.T @ c) * (s > 1e-15 * s[0])  # directions without effect promise nothing
        step, promised = _damped(s, Vt, along, lam, D)
        # The last step is taken unseen and undamped, where its gain is below rounding.
        settled = promised * min(1.0, promised / before) if before else promised
        before = promised
        if settled <= 1e-16 * chi2 and lam < 1e-4 * (s * s).min():
            return [*path, p + Vt.T @ (along / s) / D]
        bent, trust = _bent(task, p, step, promised / chi2, s, Vt, lam, D)
        rest = np.linalg.norm(D * bent) <= tol * np.linalg.norm(D * p)
        there = task.linearise(p + bent) if trust or rest else None
        gain = -1.0 if there is None else (r - there[0]) @ (r + there[0]) / promised
        if gain > 1e-4:
            p, here = p + bent, there
            path.append(p)
            lam, grow = lam * max(1 / 3, 1 - (2 * gain - 1) ** 3), 2.0
            if rest:
                task.last = here
                return path
        elif rest and along @ along <= max(1e-6 * chi2, noise):
            return path  # no better place within reach of rounding
        elif rest:
            break  # held fast far from rest: the tangent promises what no step keeps
        elif along @ along <= 1e-14 * chi2 and s[-1] > 1e-6 * s[0]:
            return [*path, p + Vt.T @ (along / s) / D]
        else:
            lam, grow = lam * grow, 2 * grow
            if not np.isfinite(lam):
                break
    raise _give_up("levenberg-marquardt", path, chi2)


def _damped(s, Vt, along, lam, D):
    """Return the damped step, and by how much the tangent promises to lower chi-squared."""
    shrunk = s * s + lam
    promised = ((s * along / shrunk) ** 2 * (s * s + 2 * lam)).sum()
    return Vt.T @ (s * along / shrunk) / D, promised


def _bent(task, p, step, share, s, Vt, lam, D):
    """Return the step bent by half the second derivative along it, and whether to trust it."""
    if share < (1e-2 if task.near else 1e-6):
        return step, True  # so near that the tangent does
    bend = Vt.T @ (Vt @ (task.bend(p, step) / D) / (s * s + lam)) / D
    trust = np.isfinite(bend).all() and 2 * np.linalg.norm(D * bend) <= 0.75 * np.linalg.norm(
        D * step
    )
    return (step - bend / 2 if trust else step), trust


def _gauss_newton(task, p, tol, max_iter):
    """Return the path of undamped steps: quick near the minimum, lost far from it."""
    path = [p]
    for _ in range(max_iter):
        here = task.linearise(p)
        if here is None and len(path) == 1:
            raise _no_slope()
        if here is None:
            break
        task.last, (r, R, c) = here, here
        step = np.linalg.lstsq(R, c, rcond=None)[0]
        p = p + step
        path.append(p)
        D = np.sqrt((R * R).sum(axis=0))
        if np.linalg.norm(D * step) <= max(tol, 1e-12) * np.linalg.norm(D * p):
            return path
    raise _give_up("gauss-newton", path, r @ r)


def _steepest_descent(task, p, tol, max_iter):
    """Return the path of steps down the gradient, each as long as the tangent advises."""
    path = [p]
    for _ in range(max_iter):
        here = task.linearise(p)
        if here is None:
            raise _no_slope()
        task.last = r, R, c = here
        downhill = R.T @ c
        slope = R @ downhill
        length = (downhill @ downhill) / (slope @ slope) if slope.any() else 0.0
        while length and not _lower(task, p + length * downhill, r):
            length = length / 2 if length > 1e-300 else 0.0
        step = length * downhill
        D = np.sqrt((R * R).sum(axis=0))
        if np.linalg.norm(D * step) <= tol * np.linalg.norm(D * p):
            return path
        p = p + step
        path.append(p)
    raise _give_up("steepest-descent", path, r @ r)


def _lower(task, p, r):
    there = task.residuals(p)
    return np.isfinite(there).all() and (r - there) @ (r + there) > 0


_STEPPERS = {
    "levenberg-marquardt": _levenberg_marquardt,
    "gauss-newton": _gauss_newton,
    "steepest-descent": _steepest_descent,
}

r"""Chapter 6: the derivative of a function of one variable.

Three ways to a slope, from the picture to the exact:

* **differences** over a small step (`forward_difference`, `central_difference`), whose error is
  the shape of a V: the step too large on one side, rounding on the other;
* **extrapolation** (`extrapolated_derivative`): many central differences, freed from the first
  powers of the step one after the other, with an estimate of the error;
* **no step at all**: an imaginary one (`complex_step`) or the rules of the chapter applied to
  every operation of a program (`derivative`, by `mml.multivariate_calculus.autodiff`).
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from mml._validation import as_count, as_number
from mml.errors import ConvergenceError
from mml.multivariate_calculus.autodiff import Traced, forward, gather

EPS = np.finfo(float).eps

# An extrapolation has settled where its error estimate is this small against the slope, or
# against the steepest slope from x to the points around it where the slope itself is near zero.
SETTLED = 1e-5


@dataclass(frozen=True)
class DerivativeEstimate:
    """What `extrapolated_derivative` found.

    Attributes
    ----------
    value : float or ndarray, shape (m,)
        The derivative, of the shape of f(x).
    error : float or ndarray, shape (m,)
        An estimate of the absolute error of each value, from how well the table of
        extrapolations agrees with itself and from the rounding of f.
    """

    value: float | np.ndarray
    error: float | np.ndarray


# --- one difference -----------------------------------------------------------------


def forward_difference(f, x, *, h=None):
    r"""Rise over run from `x` to the point `h` ahead of it (:eq:`eq-def-forward-difference`).

    .. math:: \frac{f(x + h) - f(x)}{h}

    Parameters
    ----------
    f : callable
        Takes a float and returns a float.
    x : float
        Where to take the slope.
    h : float, optional
        The step; negative, it looks back. The default is the square root of the machine's
        rounding unit times ``max(1, abs(x))``: near the bottom of the V for a function
        whose value and curvature are of size 1.

    Returns
    -------
    float
        The slope of the chord. Its error is proportional to h, plus rounding over h.

    Raises
    ------
    ValueError
        If `x` or `h` is no finite number, or h is too small to move x.

    Examples
    --------
    >>> forward_difference(lambda x: x**2, 3, h=0.5)
    6.5
    """
    x = as_number(x, "x")
    ahead = _step(x, h, EPS ** (1 / 2)) + x
    return float((f(ahead) - f(x)) / (ahead - x))  # the run that was really made


def central_difference(f, x, *, h=None):
    r"""Rise over run from `h` behind `x` to `h` ahead of it (:eq:`eq-def-central-difference`).

    .. math:: \frac{f(x + h) - f(x - h)}{2h}

    Parameters
    ----------
    f : callable
        Takes a float and returns a float.
    x : float
        Where to take the slope.
    h : float, optional
        The step to each side. The default is the cube root of the machine's rounding unit
        times ``max(1, abs(x))``: near the bottom of the V for a function whose value and
        third derivative are of size 1.

    Returns
    -------
    float
        The slope of the chord. Its error is proportional to h², plus rounding over h.

    Raises
    ------
    ValueError
        If `x` or `h` is no finite number, or h is too small to move x.

    Examples
    --------
    >>> central_difference(lambda x: x**2, 3, h=0.5)
    6.0
    """
    x = as_number(x, "x")
    h = _step(x, h, EPS ** (1 / 3))
    ahead, behind = x + h, x - h
    return float((f(ahead) - f(behind)) / (ahead - behind))


def _step(x, h, relative):
    """Return the step to make from x: `h`, or the relative default."""
    if h is None:
        return relative * max(1.0, abs(x))
    h = as_number(h, "h")
    if x + h == x or x - h == x:
        raise ValueError(f"h must be large enough to move x = {x:g}, got {h:g}")
    return h


def complex_step(f, x, *, h=1e-20):
    r"""Take the slope with an imaginary step (:eq:`eq-complex-step`): nothing is subtracted.

    .. math:: \frac{\operatorname{Im} f(x + ih)}{h}

    Parameters
    ----------
    f : callable
        Takes a complex number and returns one; built from arithmetic and functions such as
        ``np.exp`` and ``np.sin``, without absolute values, comparisons or real parts.
    x : float
        Where to take the slope.
    h : float, optional
        The length of the imaginary step; so small that its square vanishes beside 1.

    Returns
    -------
    float
        The derivative, to about the rounding of f itself.

    Raises
    ------
    TypeError
        If `f` returns a real number: the step was lost on the way, as ``abs`` loses it.
    ValueError
        If `x` or `h` is no finite number, or h is zero.

    References
    ----------
    W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real
    functions", SIAM Review 40 (1998) 110-112.

    Examples
    --------
    >>> complex_step(lambda x: x**2, 3)
    6.0
    """
    x, h = as_number(x, "x"), as_number(h, "h")
    if h == 0:
        raise ValueError("h must not be zero")
    y = f(complex(x, h))
    if not np.iscomplexobj(y):
        raise TypeError(
            f"f must carry a complex number through, got the real {y!r:.40}: a function with "
            "abs, comparisons or real parts cannot be differentiated by a complex step"
        )
    return float(np.imag(y) / h)


# --- many differences ---------------------------------------------------------------


def extrapolated_derivative(f, x, *, order=1):
    r"""Differentiate by central differences, extrapolated to the step zero.

    A central difference errs by :math:`c_2h^2 + c_4h^4 + \dots`. Of two with steps h and
    h/2, a third of their difference added to the better one removes the square
    (:eq:`eq-richardson`); the results combine again and remove the fourth power, and so on.
    Steps from a fifth of ``max(1, abs(x))`` are halved until rounding takes over, and of the
    whole table the entry is returned that agrees best with its neighbours.

    Parameters
    ----------
    f : callable
        Takes a float and returns a float or an array of shape (m,), defined near `x`
        on both sides. It need not be written with NumPy.
    x : float
        Where to differentiate.
    order : int, optional
        How often to differentiate; each order costs about a third to a half of the digits.

    Returns
    -------
    DerivativeEstimate
        The value, and an estimate of its error, for each component of f.

    Raises
    ------
    ConvergenceError
        If the differences do not settle to one number: at a jump, where the slope is
        vertical, in noise; or where the slopes of the two sides differ: at a kink.
    ValueError
        If x is not a finite number, `order` is below 1 or f(x) is not finite.

    References
    ----------
    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in
    Engineering Software 4 (1982) 75-76.

    Examples
    --------
    >>> import math
    >>> slope = extrapolated_derivative(math.exp, 0)
    >>> abs(slope.value - 1) < 1e-12, slope.error < 1e-12
    (True, True)
    >>> extrapolated_derivative(lambda t: [2 * t, -3 * t], 5).value.round(9)
    array([ 2., -3.])
    """
    x, order = as_number(x, "x"), as_count(order, "order", low=1)
    here = _finite(f(x), x)
    slopes, jumps = _Table(2, here), _Table(1, here)
    wide = None  # how steeply f leaves f(x), seen from afar
    for h in _steps(x):
        slope, jump, noise, reach = _differences(f, x, h, order, here)
        slopes.add(slope, noise)
        jumps.add(jump, 2**order * noise)
        if not np.isfinite(reach).all():
            continue
        wide = reach / h**order if wide is None else wide
        floor = EPS * np.abs(here) / h**order  # the rounding that smaller steps cannot avoid
        sharp = slopes.error <= np.maximum(4 * EPS * np.abs(slopes.value), floor / 10)
        if (sharp & (slopes.age >= 2)).all():
            break
    if wide is None:
        raise ConvergenceError(f"f gives no finite numbers on both sides of x = {x:g}")
    allowed = np.maximum(SETTLED * np.maximum(np.abs(slopes.value), wide), 16 * slopes.noise)
    if not (slopes.error <= allowed).all():
        raise ConvergenceError(
            f"the difference quotients of order {order} at x = {x:g} do not settle: their best "
            f"error estimate is {np.max(slopes.error):.1e} (a jump, a vertical slope or noise?)",
            iterates=slopes.first,
        )
    allowed = np.maximum(SETTLED * np.maximum(np.abs(slopes.value), wide), 16 * jumps.noise)
    if not (np.abs(jumps.value) <= allowed).all():
        raise ConvergenceError(
            f"f has a kink at x = {x:g}: the derivatives of order {order} from the right and "
            f"from the left differ by about {np.max(np.abs(jumps.value)):.2g}",
            iterates=slopes.first,
        )
    if here.ndim == 0:
        return DerivativeEstimate(float(slopes.value), float(slopes.error))
    return DerivativeEstimate(slopes.value, slopes.error)


def _finite(y, x):
    """Return f(x) as an array, refusing what is no finite number or vector."""
    try:
        here = np.asarray(y, dtype=float)
    except (TypeError, ValueError):
        here = np.array(np.nan)
    if here.ndim > 1 or not here.size or not np.isfinite(here).all():
        raise ValueError(f"f must return a finite number or vector at x = {x:g}, got {y!r:.60}")
    return here


def _steps(x):
    """Yield steps from a fifth of max(1, |x|) down, each half of the last.

    They are no simple fractions, so that a function of period 1 or 2 is not met at the same
    phase every time, but have few binary digits, so that x + h is made without rounding.
    """
    top = 0.18310546875 * 2.0 ** np.ceil(np.log2(max(1.0, abs(x))))  # 750/4096
    bottom = max(abs(x), 1.0) * 2.0**-40
    if 0 < abs(x) < 1:
        bottom = min(bottom, abs(x) * 2.0**-12)
    h = top
    while h >= bottom:
        yield h
        h /= 2


def _differences(f, x, h, order, here):
    """Return, for one step: slope, jump of the one-sided slopes, rounding, and reach.

    Points beyond the domain of f (an error, NaN, infinity) make all of them NaN.
    """
    points = range(-order, order + 1)
    try:
        with np.errstate(all="ignore"):
            y = {i: here if i == 0 else np.asarray(f(x + i * h), dtype=float) for i in points}
    except (ArithmeticError, ValueError):  # math.log(-1), math.exp(1000)
        y = dict.fromkeys(points, np.full(here.shape, np.nan))
    signs = [(-1) ** i * comb(order, i) for i in range(order + 1)]
    with np.errstate(all="ignore"):
        right = sum(s * y[order - i] for i, s in enumerate(signs)) / h**order
        left = sum(s * y[-i] for i, s in enumerate(signs)) / h**order
        if order % 2:  # whole points only: each way 2h
            odd = [y[order - 2 * i] for i in range(order + 1)]
            slope = sum(s * v for s, v in zip(signs, odd, strict=True)) / (2 * h) ** order
        else:
            slope = sum(s * y[order // 2 - i] for i, s in enumerate(signs)) / h**order
        largest = np.max([np.abs(v) for v in y.values()], axis=0)
        reach = np.max([np.abs(v - here) for v in y.values()], axis=0)
        # What rounding f, and rounding x on its way into f, can do to the quotient.
        noise = EPS * (largest + reach * (abs(x) / h)) / h**order
        noise = noise * (1 if order % 2 else 2**order)
    return slope, right - left, noise, reach


class _Table:
    """Neville's table: row k extrapolates the first k + 1 quotients to the step zero.

    `power` is the first power of the step in the error; the next ones are 2 higher each.
    `value`, `error` and `noise` belong to the entry with the smallest error so far.
    """

    DEPTH = 8

    def __init__(self, power, like):
        self.power, self.row, self.rows, self.first = power, [], 0, []
        self.value, self.noise = np.zeros(like.shape), np.zeros(like.shape)
        self.error, self.age = np.full(like.shape, np.inf), np.zeros(like.shape, dtype=int)

    def add(self, quotient, noise):
        """Add the quotient of the next, halved step."""
        if not np.isfinite(quotient).all():
            self.row = []  # nothing to extrapolate from on the far side of a gap
            return
        if self.row:
            # The next two quotients must come nearer to the value, or its error was more.
            slower = np.abs(quotient - self.value) - 0.75 * np.abs(self.row[0] - self.value)
            doubt = np.where(self.age < 2, slower, 0.0)
            self.error, self.age = np.maximum(self.error, doubt), self.age + 1
        self.rows += 1
        self.first.append(quotient)
        row = [quotient]
        for j, before in enumerate(self.row[: self.DEPTH]):
            better = row[j] + (row[j] - before) / (2.0 ** (self.power + 2 * j) - 1)
            row.append(better)
            if j + 1 < len(self.row):  # three neighbours: chance seldom fools them all
                near = [row[j], before, self.row[j + 1]]
                self._offer(better, np.max([np.abs(better - v) for v in near], axis=0), noise)
        self.row = row

    def _offer(self, value, spread, noise):
        error = spread + 4 * noise
        apart = np.abs(value - self.value)
        # A finer step refutes what a coarser one, blind to detail, agreed on by chance.
        refuted = (apart / 10 > self.error) & (apart / 1000 > error)
        better = (error < self.error) | refuted
        self.value = np.where(better, value, self.value)
        self.noise = np.where(better, noise, self.noise)
        self.error = np.where(better, error, self.error)
        self.age = np.where(better, 0, self.age)


# --- no difference ------------------------------------------------------------------

SIMPLE = {
    "forward-difference": forward_difference,
    "central-difference": central_difference,
    "complex-step": complex_step,
}


def derivative(f, x, *, order=1, method="auto"):
    r"""Return the derivative of `f` at `x`, of any order (:eq:`eq-def-derivative`).

    Parameters
    ----------
    f : callable
        Takes a number and returns one; best written with NumPy (``np.exp``).
    x : float
        Where to differentiate.
    order : int, optional
        1 for the derivative, 2 for the derivative of the derivative, and so on.
    method : str, optional
        "automatic" applies the rules of the chapter to every operation that f performs,
        exactly up to rounding. "extrapolated" is `extrapolated_derivative`, for any f.
        "auto" takes the first, and the second where the first cannot pass through f
        (``math.exp``, a table), returns something that is not finite, or where f returns a
        number that carries no trace of x. "forward-difference", "central-difference" and
        "complex-step" are the functions of that name, of order 1.

    Returns
    -------
    float
        The derivative.

    Raises
    ------
    ConvergenceError
        If differences were needed and do not settle.
    TypeError
        If `method` is "automatic" or "complex-step" and cannot pass through f.
    ValueError
        If x is not a finite number, f does not return one number, or an option is unknown.

    Notes
    -----
    At a kink there is no derivative. Automatic differentiation follows the branch that f
    takes at x: 0 for ``np.abs`` at 0, the slope of the first argument for ``np.maximum`` at
    a tie, 0 for ``np.sign`` and ``np.floor`` at their jumps. Extrapolation compares the
    two sides and raises `ConvergenceError`.

    Examples
    --------
    >>> derivative(lambda x: x**3, 2)
    12.0
    >>> derivative(lambda x: x**3, 2, order=2)
    12.0
    """
    x, order = as_number(x, "x"), as_count(order, "order", low=1)
    if method in SIMPLE:
        if order > 1:
            raise ValueError(f"order must be 1 for the method {method!r}, got {order}")
        return SIMPLE[method](f, x)
    if method == "automatic":
        return _automatic(f, x, order)
    if method == "auto":
        traced = []

        def watched(t):
            y = gather(f(t))
            traced.append(isinstance(y, Traced))
            return y

        try:
            slope = _automatic(watched, x, order)
        except (TypeError, ValueError, AttributeError):
            pass  # f is not written with NumPy
        else:
            if np.isfinite(slope) and all(traced):
                return slope
    elif method != "extrapolated":
        wanted = ", ".join(["auto", "automatic", "extrapolated", *SIMPLE])
        raise ValueError(f"method must be one of {wanted}, got {method!r}")
    slope = extrapolated_derivative(f, x, order=order).value
    if np.ndim(slope):
        raise ValueError(f"f must return one number, got a vector of shape {slope.shape}")
    return slope


def _automatic(f, x, order):
    """Differentiate `order` times, each differentiation running inside the one before."""
    for _ in range(order):
        f = _tangent(f)
    with np.errstate(all="ignore"):  # 0.5/√0 is infinite, and meant
        return float(f(x))


def _tangent(f):
    def slope(t):
        value, tangent = forward(f, t)
        if np.shape(value):
            raise ValueError(f"f must return one number, got an array of shape {value.shape}")
        return tangent

    return slope

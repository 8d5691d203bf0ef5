r"""Chapter 9: power series, how far they reach, and the straight part of a function.

The coefficients are exact. A function written as a formula is taken apart: the series of its
pieces are added, multiplied and composed, each by a recurrence (`_COMPOSE`), so that no
derivative is ever written out. The radius of convergence is found where it is decided: at the
nearest point of the complex plane at which the function is no power series.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import sympy as sp
from sympy.core.function import ArgumentIndexError

from mml._validation import as_array, as_count, as_number, as_vector
from mml.multivariate_calculus.multivariate import gradient

LARGE = 24  # operations beyond which a coefficient is left as it comes

# --- the coefficients ---------------------------------------------------------------


def taylor_coefficients(f, x, about, degree):
    r"""Return the Taylor coefficients of `f` about a point (:eq:`eq-taylor-coefficients`).

    .. math:: c_k = \frac{f^{(k)}(a)}{k!}, \qquad k = 0, 1, \dots, n

    Parameters
    ----------
    f : sympy.Expr
        A formula in `x`; it may hold other symbols too. A gap that can be filled, as of
        sin(x)/x at 0, is filled.
    x : sympy.Symbol
        The variable.
    about : number
        The point a, exact: ``2``, ``sp.Rational(1, 3)``, ``sp.pi / 6``. A decimal counts as
        the fraction that it is written as.
    degree : int
        The last k.

    Returns
    -------
    list of sympy.Expr
        The numbers c₀ … c_n, exact.

    Raises
    ------
    ValueError
        If f has not so many derivatives at the point (a pole, a root at 0, a kink), or an
        argument is no formula, no finite number or no degree.
    NotImplementedError
        If f is built from something whose series is not known here.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> taylor_coefficients(sp.exp(x), x, about=0, degree=3)
    [1, 1, 1/2, 1/6]
    >>> taylor_coefficients(1 / x, x, about=2, degree=2)
    [1/2, -1/4, 1/8]
    """
    f, x, about = _at_the_door(f, x, about)
    degree = as_count(degree, "degree")
    try:
        found = _series(f, x, about, degree)
    except (_NoSeries, NotImplementedError):
        try:
            found = _series(sp.together(f), x, about, degree)
        except (_NoSeries, NotImplementedError) as problem:
            found = _by_limits(f, x, about, degree, problem)
    return [_tidy(c) for c in found]


def taylor_polynomial(f, x, about, degree):
    r"""Return the Taylor polynomial of `f` about a point, in powers of (x - about).

    .. math:: T_n(x) = \sum_{k=0}^{n} c_k (x - a)^k

    Parameters
    ----------
    f, x, about, degree
        As in `taylor_coefficients`.

    Returns
    -------
    sympy.Expr
        The polynomial (:eq:`eq-taylor-coefficients`), not multiplied out.

    Raises
    ------
    ValueError, NotImplementedError
        As `taylor_coefficients`.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> taylor_polynomial(sp.cos(x), x, about=0, degree=4)
    x**4/24 - x**2/2 + 1
    """
    coefficients = taylor_coefficients(f, x, about, degree)
    step = x - _exact(about)
    return sp.Add(*[c * step**k for k, c in enumerate(coefficients)])


def lagrange_bound(largest, step, degree):
    r"""Return the most that a Taylor polynomial can miss (:eq:`eq-lagrange-bound`).

    .. math:: |f(a + h) - T_n(a + h)| \le \frac{M\,|h|^{n+1}}{(n+1)!}

    Parameters
    ----------
    largest : float
        M, at least the size of derivative n + 1 between a and a + h.
    step : float
        h, the distance from a, of either sign.
    degree : int
        n, the degree of the polynomial.

    Returns
    -------
    float
        The bound, in the units of f.

    Raises
    ------
    ValueError
        If `largest` is negative, a number is not finite, or `degree` is no degree.

    Examples
    --------
    >>> lagrange_bound(1, 0.5, 1)
    0.125
    """
    bound = as_number(largest, "largest", low=0)
    step, degree = abs(as_number(step, "step")), as_count(degree, "degree")
    for k in range(1, degree + 2):  # factor by factor: no power and no factorial overflows
        bound *= step / k
    return bound


class _NoSeries(ValueError):
    """At this point the function is no power series."""


def _series(e, x, a, n, *, turns=False):
    """Return the coefficients 0 … n of the expression e in powers of x - a.

    With `turns`, a root may pass through a double zero (√(t²) = t): right for one turn of the
    complex plane around the point, wrong for the real line.
    """
    if not e.has(x):
        if not _is_finite(e):
            raise _NoSeries(f"{e} is no finite number")
        return [e] + [sp.S.Zero] * n
    if e == x:
        return ([a, sp.S.One] + [sp.S.Zero] * n)[: n + 1]
    if e.is_Add:
        parts = [_series(part, x, a, n, turns=turns) for part in e.args]
        return [sp.Add(*column) for column in zip(*parts, strict=True)]
    if e.is_Mul:
        return _quotient(e, x, a, n, turns)
    if e.is_Pow and e.exp.has(x):
        e = sp.exp(e.exp * sp.log(e.base), evaluate=False)
    if e.is_Pow:
        u = _series(e.base, x, a, n, turns=turns)
        return _power(u, e.exp, turns)
    if e.func in _AS_QUOTIENT:
        return _series(_AS_QUOTIENT[e.func](e.args[0]), x, a, n, turns=turns)
    if e.is_Piecewise or len(e.args) != 1:
        raise NotImplementedError(f"the series of {e.func.__name__} is not known here")
    u = _series(e.args[0], x, a, n, turns=turns)
    if e.func in _COMPOSE:
        return _COMPOSE[e.func](u)
    if e.func is sp.Abs:
        return [_sign(u[0], e) * c for c in u]
    return _by_slope(e, u, turns)


def _quotient(e, x, a, n, turns):
    """Multiply the factors; zeros of the divisor must be met by zeros above."""
    above, below = [], []
    for factor in e.args:
        down = factor.is_Pow and factor.exp.is_number and factor.exp.could_extract_minus_sign()
        (below if down else above).append(1 / factor if down else factor)
    extra = 0
    for divisor in below:
        for more in (0, 4, 12):
            zeros = _leading_zeros(_series(divisor, x, a, n + more, turns=turns))
            if zeros <= n + more:
                break
        else:
            raise _NoSeries(f"a divisor, {divisor}, vanishes at {x} = {a}")
        extra += zeros
    result = [sp.S.One] + [sp.S.Zero] * (n + extra)
    for factor in above:
        result = _times(result, _series(factor, x, a, n + extra, turns=turns))
    for divisor in below:
        u = _series(divisor, x, a, n + extra, turns=turns)
        zeros = _leading_zeros(u)
        if not all(_is_zero(c) for c in result[:zeros]):
            raise _NoSeries(f"a divisor, {divisor}, vanishes at {x} = {a}")
        result = _times(result[zeros:], _power(u[zeros:], sp.S.NegativeOne, turns))
    return result[: n + 1]


def _times(u, v):
    """Multiply two series (:eq:`eq-cauchy-product`)."""
    n = min(len(u), len(v))
    return [sp.expand_mul(sp.Add(*[u[j] * v[k - j] for j in range(k + 1)])) for k in range(n)]


def _power(u, p, turns=False):
    """Return the series of u^p, from u · (u^p)' = p · u' · u^p."""
    n, zeros = len(u) - 1, _leading_zeros(u)
    if p.is_Integer and p >= 0 and (zeros or p <= 2):
        result = [sp.S.One] + [sp.S.Zero] * n
        for _ in range(min(int(p), n + 1 if zeros else int(p))):
            result = _times(result, u)
        return result
    if zeros:
        shift = zeros * p
        if not (turns and zeros <= n and shift.is_Integer and shift >= 0):
            raise _NoSeries(f"the power {p} is taken of something that vanishes")
        rest = _power(u[zeros:], p)
        padded = [sp.S.Zero] * int(shift) + rest
        return (padded + [sp.S.Zero] * n)[: n + 1]  # the last entries are not to be used
    g = [u[0] ** p]
    for k in range(1, n + 1):
        terms = [(p * j - (k - j)) * u[j] * g[k - j] for j in range(1, k + 1)]
        g.append(sp.expand_mul(sp.Add(*terms) / (k * u[0])))
    return g


def _exp(u):
    """Return the series of exp(u), from (exp u)' = u' exp u."""
    g = [sp.exp(u[0])]
    for k in range(1, len(u)):
        g.append(sp.expand_mul(sp.Add(*[j * u[j] * g[k - j] for j in range(1, k + 1)]) / k))
    return g


def _log(u):
    """Return the series of log(u), from u · (log u)' = u'."""
    if _is_zero(u[0]):
        raise _NoSeries("the logarithm is taken of something that vanishes")
    g = [sp.log(u[0])]
    for k in range(1, len(u)):
        terms = [j * g[j] * u[k - j] for j in range(1, k)]
        g.append(sp.expand_mul((u[k] - sp.Add(*terms) / k) / u[0]))
    return g


def _waves(u, sine, cosine, sign):
    """Return the series of sine and cosine of u, each of which is the other's slope."""
    s, c = [sine(u[0])], [cosine(u[0])]
    for k in range(1, len(u)):
        s.append(sp.expand_mul(sp.Add(*[j * u[j] * c[k - j] for j in range(1, k + 1)]) / k))
        c.append(sp.expand_mul(sign * sp.Add(*[j * u[j] * s[k - j] for j in range(1, k + 1)]) / k))
    return s, c


_COMPOSE = {
    sp.exp: _exp,
    sp.log: _log,
    sp.sin: lambda u: _waves(u, sp.sin, sp.cos, -1)[0],
    sp.cos: lambda u: _waves(u, sp.sin, sp.cos, -1)[1],
    sp.sinh: lambda u: _waves(u, sp.sinh, sp.cosh, 1)[0],
    sp.cosh: lambda u: _waves(u, sp.sinh, sp.cosh, 1)[1],
}
_AS_QUOTIENT = {
    sp.tan: lambda u: sp.sin(u) / sp.cos(u),
    sp.cot: lambda u: sp.cos(u) / sp.sin(u),
    sp.sec: lambda u: 1 / sp.cos(u),
    sp.csc: lambda u: 1 / sp.sin(u),
    sp.tanh: lambda u: sp.sinh(u) / sp.cosh(u),
    sp.coth: lambda u: sp.cosh(u) / sp.sinh(u),
    sp.sech: lambda u: 1 / sp.cosh(u),
    sp.csch: lambda u: 1 / sp.sinh(u),
}


def _by_slope(e, u, turns):
    """Return the series of F(u) from that of F'(u) u', where F' is a formula without F."""
    y = sp.Dummy("y")
    try:
        slope = e.func(y).fdiff(1)
    except ArgumentIndexError:
        slope = None
    if not isinstance(slope, sp.Expr) or slope.has(e.func, sp.Derivative, sp.Subs):
        raise NotImplementedError(f"the series of {e.func.__name__} is not known here")
    start = e.func(u[0])
    if not _is_finite(start):
        raise _NoSeries(f"{e} is not finite there")
    n = len(u) - 1
    if n == 0:
        return [start]
    t = sp.Dummy("t")
    inner = sp.Add(*[c * t**k for k, c in enumerate(u)])
    outer = _series(slope.subs(y, inner), t, sp.S.Zero, n - 1, turns=turns)
    rate = _times(outer, [k * u[k] for k in range(1, n + 1)])
    return [start] + [sp.expand_mul(rate[k - 1] / k) for k in range(1, n + 1)]


def _by_limits(f, x, about, degree, problem):
    """Return the coefficients from the limits of the derivatives, which must agree."""
    found, slope = [], f
    for k in range(degree + 1):
        try:
            sides = {_tidy(sp.limit(slope, x, about, side)) for side in "+-"}
        except (NotImplementedError, ValueError, TypeError):
            raise _sorry(f, problem, about) from None
        if len(sides) != 1 or not all(_is_finite(s) and s.is_number for s in sides):
            raise ValueError(
                f"about must be a point where f has {degree} derivatives: at {x} = {about} "
                f"derivative {k} of {str(f)[:60]} has no value ({problem})"
            ) from None
        found.append(sides.pop() / sp.factorial(k))
        slope = sp.diff(slope, x)
    return found


def _sorry(f, problem, about):
    if isinstance(problem, NotImplementedError):
        return NotImplementedError(f"the series of f = {str(f)[:60]} is not known here: {problem}")
    return ValueError(f"about must be a point where f has a series, got {about}: {problem}")


def _leading_zeros(u):
    return next((k for k, c in enumerate(u) if not _is_zero(c)), len(u))


def _is_zero(c):
    c = sp.sympify(c)
    if c.is_zero is not None:
        return bool(c.is_zero)
    if c.is_number and abs(sp.N(c, 30)) > 1e-20:
        return False
    return sp.simplify(c) == 0


def _is_finite(e):
    return not sp.sympify(e).has(sp.oo, -sp.oo, sp.zoo, sp.nan, sp.AccumBounds)


def _sign(c, e):
    if c.is_positive or c.is_negative:
        return sp.S.One if c.is_positive else sp.S.NegativeOne
    raise _NoSeries(f"{e} has a kink there, or complex values")


def _tidy(c):
    if c.is_Rational or sp.count_ops(c) > LARGE:
        return c
    return sp.simplify(c)


# --- how far it reaches -------------------------------------------------------------


def radius_of_convergence(f, x, about):
    """Return how far from `about` the Taylor series of `f` converges.

    It is the distance to the nearest point of the complex plane at which f, continued from
    `about`, is no power series: a pole, a branch point of a root or a logarithm, an essential
    singularity. A gap that can be filled, as of sin(x)/x at 0, is none.

    Parameters
    ----------
    f : sympy.Expr
        Built from `x` and numbers by arithmetic, powers, roots, exp, log, (hyperbolic) sines,
        cosines, tangents and the inverses of these.
    x : sympy.Symbol
        The variable.
    about : number
        The centre of the series, exact; a decimal counts as the fraction that it is written as.

    Returns
    -------
    sympy.Expr
        A number greater than 0, or ``oo``.

    Raises
    ------
    ValueError
        If `about` is itself such a point, or an argument is no formula or no finite number.
    NotImplementedError
        If the singular points cannot be found, or f is not analytic (``Abs``, ``Piecewise``).

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> radius_of_convergence(1 / (1 + x**2), x, about=2)
    sqrt(5)
    >>> radius_of_convergence(sp.sin(x) / x, x, about=0)
    oo
    """
    f, x, about = _at_the_door(f, x, about)
    if f.free_symbols - {x}:
        others = ", ".join(sorted(map(str, f.free_symbols - {x})))
        raise NotImplementedError(f"f must hold no symbol but {x}, got also {others}")
    z = sp.Dummy("z")  # complex, whatever was assumed of x
    whole = f.subs(x, z)
    candidates = _suspects(whole, z, about)
    measured = {}
    for point, _ in candidates:
        far = sp.N(sp.Abs(point - about), 30)
        key = str(sp.N(point, 15, chop=True))
        measured.setdefault(key, (far, point))
    for far, point in sorted(measured.values(), key=lambda pair: pair[0]):
        if _is_regular(whole, z, point):
            continue
        if far < sp.Float("1e-20"):
            raise ValueError(f"about must be a point where f has a series, got {about}")
        distance = sp.Abs(sp.expand(point - about))
        return distance if distance.has(sp.CRootOf) else sp.sqrtdenest(sp.simplify(distance))
    if any(endless for _, endless in candidates):
        raise NotImplementedError(
            f"the singular points of {f} near {about} can be filled, and endlessly many follow: "
            "simplify f first"
        )
    return sp.oo


_ENTIRE = (sp.exp, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.erf)
_INVERSES = {  # the values of the argument at which they branch
    sp.atan: (sp.I, -sp.I),
    sp.acot: (sp.I, -sp.I),
    sp.asin: (1, -1),
    sp.acos: (1, -1),
    sp.asinh: (sp.I, -sp.I),
    sp.acosh: (1, -1),
    sp.atanh: (1, -1),
    sp.acoth: (1, -1),
}
FAR = 12  # members of an endless family that are looked at on each side


def _suspects(e, z, about):
    """Return the points where e may be singular, as pairs (point, one of endlessly many?)."""
    if not e.has(z) or e == z:
        return []
    found = [pair for part in e.args for pair in _suspects(part, z, about)]
    if e.is_Add or e.is_Mul or isinstance(e, _ENTIRE):
        return found
    if e.is_Pow:
        if e.exp.has(z):
            return found + (_zeros(e.base, z, about) if e.base.has(z) else [])
        if e.exp.is_Integer and e.exp > 0:
            return found
        return found + _zeros(e.base, z, about)
    if isinstance(e, sp.log):
        return found + _zeros(e.args[0], z, about)
    if e.func in _AS_QUOTIENT:
        divisor = sp.fraction(_AS_QUOTIENT[e.func](e.args[0]))[1]
        return found + _zeros(divisor, z, about)
    if e.func in _INVERSES:
        inner = e.args[0]
        if not inner.is_rational_function(z):
            raise NotImplementedError(f"cannot tell where {e.func.__name__}({inner}) branches")
        return found + [p for v in _INVERSES[e.func] for p in _zeros(inner - v, z, about)]
    raise NotImplementedError(
        f"{e.func.__name__} is not among the functions whose singular points "
        "are known here, or is not analytic"
    )


def _zeros(u, z, about):
    """Return the zeros of u in the complex plane, as pairs (point, one of endlessly many?)."""
    above = sp.fraction(sp.together(u))[0]
    found = []
    for factor in sp.Mul.make_args(sp.factor(above)):
        if factor.is_Pow and not factor.exp.has(z):
            factor = factor.base
        if factor.has(z) and not isinstance(factor, sp.exp):
            found += _zeros_of_factor(factor, z, about)
    return found


def _zeros_of_factor(u, z, about):
    if u.is_polynomial(z):
        return [(root, False) for root in _roots(u, z)]
    rest, term = u.as_independent(z, as_Add=True)
    factor, core = term.as_independent(z, as_Add=False)
    value = -rest / factor
    if core.is_Pow and core.base.is_number:  # 2**z
        core = sp.exp(core.exp * sp.log(core.base), evaluate=False)
    if isinstance(core, sp.log):
        return _zeros(core.args[0] - sp.exp(value), z, about)
    if core.is_Pow and core.exp.is_Rational and not core.exp.is_Integer and rest == 0:
        return _zeros(core.base, z, about)
    first, period = _values(core, value)
    if first is None:
        return _solved(u, z)
    found = []
    for start in first:
        inner = core.args[0]
        if not inner.is_polynomial(z):
            return _solved(u, z)
        near = sp.N((inner.subs(z, about) - start) / period)
        middle = round(float(sp.re(near)))
        if sp.degree(inner, z) > 1:
            span = range(min(0, middle) - FAR, max(0, middle) + FAR + 1)
        else:
            span = range(middle - 4, middle + 5)
        for k in span:
            found += [(root, True) for root in _roots(inner - start - k * period, z)]
    return found


def _values(core, value):
    """Return where the function `core` of its argument takes the value, and its period."""
    pi, i = sp.pi, sp.I
    if isinstance(core, sp.exp):
        return ([], 2 * pi * i) if value == 0 else ([sp.log(value)], 2 * pi * i)
    if isinstance(core, sp.sin):
        return [sp.asin(value), pi - sp.asin(value)], 2 * pi
    if isinstance(core, sp.cos):
        return [sp.acos(value), -sp.acos(value)], 2 * pi
    if isinstance(core, sp.sinh):
        return [i * sp.asin(-i * value), i * (pi - sp.asin(-i * value))], 2 * pi * i
    if isinstance(core, sp.cosh):
        return [i * sp.acos(value), -i * sp.acos(value)], 2 * pi * i
    return None, None


def _roots(u, z):
    """Return the different roots of a polynomial, exact."""
    u = sp.Poly(sp.expand(u), z)
    if u.is_zero:
        raise NotImplementedError("a divisor is zero everywhere")
    found = list(sp.roots(u)) if u.degree() else []
    if sum(sp.roots(u).values()) < u.degree():
        try:
            found = list(dict.fromkeys(sp.Poly(u, z).all_roots()))
        except (NotImplementedError, sp.PolynomialError):
            raise NotImplementedError(f"cannot find the roots of {u.as_expr()}") from None
    return found


def _solved(u, z):
    """Ask SymPy for the zeros of what is no single function of a polynomial."""
    if any(p.exp.is_Rational and not p.exp.is_Integer for p in u.atoms(sp.Pow)) or u.has(sp.log):
        raise NotImplementedError(f"cannot tell on which branch {u} vanishes")
    letter = sp.Dummy("E")
    exponents = {e.args[0] for e in u.rewrite(sp.exp).atoms(sp.exp)}
    steps = sorted({sp.expand(e / z) for e in exponents}, key=sp.default_sort_key)
    ratios = {s: sp.simplify(s / steps[0]) for s in steps if s.is_number}
    if steps and len(ratios) == len(steps) and all(r.is_Rational for r in ratios.values()):
        whole = sp.ilcm(1, *[r.q for r in ratios.values()])
        base = steps[0] / whole
        powers = {sp.exp(s * z): letter ** int(r * whole) for s, r in ratios.items()}
        form = sp.fraction(sp.together(sp.expand(u.rewrite(sp.exp)).subs(powers)))[0]
        if not form.has(z) and form.is_polynomial(letter):
            values = [v for v in _roots(form, letter) if v != 0]
            return [
                (sp.expand((sp.log(v) + 2 * sp.pi * sp.I * k) / base), True)
                for v, k in product(values, range(-FAR, FAR + 1))
            ]
    raise NotImplementedError(f"cannot find where {u} vanishes")


def _is_regular(f, z, point):
    """Tell whether f is a power series at the point, after filling a gap."""
    powers = [p.exp for p in f.atoms(sp.Pow) if p.exp.is_Rational and p.base.has(z)]
    turn = sp.ilcm(1, *[p.q for p in powers]) if powers else 1
    if point.has(sp.CRootOf):
        return False
    t, n = sp.Dummy("t", positive=True), 4 * turn
    try:
        local = f.subs(z, point + t**turn)
        try:
            found = _series(local, t, sp.S.Zero, n, turns=True)
        except _NoSeries:
            found = _series(sp.together(local), t, sp.S.Zero, n, turns=True)
    except _NoSeries:
        return False
    return all(_is_zero(c) for k, c in enumerate(found[: 2 * turn + 2]) if k % turn)


# --- the straight part --------------------------------------------------------------


@dataclass(frozen=True)
class Linearisation:
    """What `linearise` returns: the tangent line, or the tangent plane.

    Attributes
    ----------
    at : float or ndarray, shape (n,)
        Where it touches f.
    value : float
        f there.
    gradient : float or ndarray, shape (n,)
        The slope there, or the slopes.
    """

    at: float | np.ndarray
    value: float
    gradient: float | np.ndarray

    def __call__(self, x):
        """Return value + gradient · (x - at), for one point or for many, one a row."""
        x = as_array(x, "x")
        if np.ndim(self.at) == 0:
            result = self.value + self.gradient * (x - self.at)
        elif x.shape[-1:] == self.at.shape:
            result = self.value + (x - self.at) @ self.gradient
        else:
            raise ValueError(f"x must have {len(self.at)} entries a point, got shape {x.shape}")
        return float(result) if np.ndim(result) == 0 else result


def linearise(f: Callable, at) -> Linearisation:
    r"""Return the straight part of `f` at a point (:eq:`eq-def-linearisation`).

    .. math:: L(x) = f(a) + \nabla f(a) \cdot (x - a)

    Parameters
    ----------
    f : callable
        Takes a number, or a vector of shape (n,), and returns a number; best written with
        NumPy, then its slopes are exact up to rounding.
    at : float or array_like, shape (n,)
        The point a.

    Returns
    -------
    Linearisation
        A function of x with `value` and `gradient`. For a point with n entries it takes
        shape (n,), or (m, n) for m points.

    Raises
    ------
    ValueError
        If `at` is no finite number or vector, or f returns anything but one finite number.
    ConvergenceError
        If f has no slope there that differences settle on.

    Examples
    --------
    >>> line = linearise(np.sqrt, 4)
    >>> line.value, line.gradient, line(4.4)
    (2.0, 0.25, 2.1)
    >>> linearise(lambda v: v[0] * v[1], [2, 3])([2.5, 3])
    7.5
    """
    if not callable(f):
        raise ValueError(f"f must be a function, got {f!r:.60}")
    if np.ndim(at) == 0:
        at = as_number(at, "at")
        slope = gradient(lambda v: f(v[0]), [at])[0]
        return Linearisation(at, float(np.asarray(f(at)).reshape(())), float(slope))
    at = np.array(as_vector(at, "at"), dtype=float)
    slopes = gradient(f, at)
    return Linearisation(at, float(np.asarray(f(at.copy())).reshape(())), slopes)


# --- at the door --------------------------------------------------------------------


def _exact(number):
    number = sp.sympify(number)
    return sp.nsimplify(number, rational=True) if number.has(sp.Float) else number


def _at_the_door(f, x, about):
    """Return the three as exact SymPy objects, or say what is wrong with which."""
    if not isinstance(x, sp.Symbol):
        raise ValueError(f"x must be a SymPy symbol, got {x!r:.60}")
    try:
        f = sp.sympify(f, strict=True)
    except (sp.SympifyError, TypeError):
        f = None
    if not isinstance(f, sp.Expr):
        raise ValueError("f must be a SymPy expression such as sp.exp(x)")
    if not _is_finite(f):
        raise ValueError(f"f must be finite, got {f}")
    try:
        place = sp.sympify(about, strict=True)
    except (sp.SympifyError, TypeError, ValueError):
        raise ValueError(f"about must be a number, got {about!r:.60}") from None
    if not isinstance(place, sp.Expr) or place.free_symbols or not _is_finite(place):
        raise ValueError(f"about must be a finite number, got {about!r:.60}")
    if f.has(sp.Float):
        f = f.xreplace({c: sp.nsimplify(c, rational=True) for c in f.atoms(sp.Float)})
    return f, x, _exact(place)

r"""Finding where a slope is zero: Newton's method, gradient descent, Lagrange multipliers.

Newton's method replaces a function by its tangent and goes to the tangent's zero
(:eq:`eq-newton`); in several variables it replaces the gradient
(:eq:`eq-newton-step`). Gradient descent needs no second derivative and goes downhill
(:eq:`eq-def-descent`). Where the variables are tied by equations, the gradient of what is
optimised is a combination of the gradients of the ties (:eq:`eq-multipliers`).
"""

from dataclasses import dataclass
from itertools import combinations

import mpmath as mp
import numpy as np
import sympy as sp
from scipy.optimize import least_squares

from mml._validation import as_count, as_number, as_square, as_vector
from mml.errors import ConvergenceError
from mml.multivariate_calculus.derivatives import derivative
from mml.multivariate_calculus.multivariate import gradient as gradient_of

EPS = np.finfo(float).eps


# ------------------------------------------------------------------------------------- Newton


@dataclass(frozen=True)
class NewtonResult:
    """A root, and the way to it.

    Attributes
    ----------
    root : float
        Where the function is zero.
    iterates : ndarray, shape (iterations + 1,)
        The start, and the point after each step.
    iterations : int
        The number of steps.
    """

    root: float
    iterates: np.ndarray
    iterations: int


def newton_raphson(f, x0, df=None, *, tol=1e-12, max_iter=100):
    r"""Find a zero of a function of one variable (:eq:`eq-newton`).

    .. math:: x_{k+1} = x_k - \frac{f(x_k)}{f'(x_k)}

    Parameters
    ----------
    f : callable
        The function, float to float.
    x0 : float
        The start.
    df : callable, optional
        Its derivative; without it, `derivative` is taken of `f`.
    tol : float
        Stop when a step is at most `tol` times the size of the point; a point that has
        shrunk to `tol` times the start counts as 0.
    max_iter : int
        The most steps.

    Returns
    -------
    NewtonResult
        The root, the iterates from `x0` on, and the number of steps.

    Raises
    ------
    ValueError
        If `x0`, `tol` or `max_iter` is out of range, or f(x0) is not a finite number.
    ConvergenceError
        If the iterates run into a cycle, a level tangent stops them, a value is not finite,
        or `max_iter` steps do not suffice. Its `iterates` holds them. A long jump is no
        failure.

    Examples
    --------
    >>> newton_raphson(lambda x: x**2 - 2, 1.0).iterates.round(4)
    array([1.    , 1.5   , 1.4167, 1.4142, 1.4142, 1.4142, 1.4142])
    """
    x = as_number(x0, "x0")
    tol = as_number(tol, "tol", low=0)
    max_iter = as_count(max_iter, "max_iter", low=1)
    slope = df or (lambda x: derivative(f, x))
    iterates = [x]

    def fail(why):
        raise ConvergenceError(f"Newton's method from {x0:g}: {why}", iterates)

    start, value = abs(x), _value(f, x)
    if not np.isfinite(value):
        raise ValueError(f"x0 must be a point where f is finite, got f({x:g}) = {value}")
    for _ in range(max_iter):
        if value == 0:
            return _root(iterates)
        m = _value(slope, x)
        if m == 0 or not np.isfinite(m):
            fail(f"the tangent at {x:g} has the slope {m:g} and meets no zero")
        step = value / m
        new = x - step
        if not np.isfinite(new):
            fail(f"the step from {x:g} leads out of the range of floats")
        iterates.append(new)
        if abs(step) <= tol * abs(new) or max(abs(step), abs(new)) <= tol * start:
            return _root(iterates)
        length = _cycle(iterates)
        if length:
            fail(f"the iterates repeat themselves every {length} steps")
        x, value = new, _value(f, new)
        if not np.isfinite(value):
            fail(f"f({x:g}) = {value}")
    fail(f"{max_iter} steps did not come to rest; the last was at {x:g}")


def _value(f, x):
    """Return f(x) as a float; what overflows is infinite, without a warning."""
    try:
        with np.errstate(all="ignore"):
            return float(f(x))
    except OverflowError:
        return float("inf")


def _root(iterates):
    return NewtonResult(iterates[-1], np.array(iterates), len(iterates) - 1)


def _cycle(iterates):
    """Return the length of the cycle that the iterates are in, or 0.

    Twice in a row a point has to come back to where it was `length` steps before.
    """
    for length in range(2, (len(iterates) - 1) // 2 + 1):
        gaps = [abs(iterates[-1 - k] - iterates[-1 - k - length]) for k in range(length + 1)]
        if max(gaps) <= 4 * EPS * max(map(abs, iterates[-length:])):
            return length
    return 0


def newton_step(J, H):
    r"""Return the step to the critical point of the quadratic model (:eq:`eq-newton-step`).

    .. math:: \delta x = -H^{-1} J^\mathsf{T}

    Parameters
    ----------
    J : array_like, shape (n,)
        The gradient.
    H : array_like, shape (n, n)
        The Hessian.

    Returns
    -------
    ndarray, shape (n,)
        The step. It leads to a minimum, a maximum or a saddle: whichever the model has.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    numpy.linalg.LinAlgError
        If H is singular.

    Examples
    --------
    >>> newton_step([2, -4], [[2, 0], [0, 4]])
    array([-1.,  1.])
    """
    J, H = as_vector(J, "J"), as_square(H, "H")
    if H.shape[0] != len(J):
        raise ValueError(f"H must have shape ({len(J)}, {len(J)}) for this J, got {H.shape}")
    d = np.sqrt(np.abs(H).max(axis=1))  # variables in their own units: scales do not matter
    if not d.all() or np.linalg.cond(scaled := H / d[:, None] / d) > 1 / EPS:
        raise np.linalg.LinAlgError("H must be invertible: the quadratic model has no one point")
    return 0.0 - np.linalg.solve(scaled, J / d) / d


# ---------------------------------------------------------------------------- gradient descent


@dataclass(frozen=True)
class DescentResult:
    """A minimum, and the way down to it.

    Attributes
    ----------
    x : ndarray, shape (n,)
        Where the gradient is zero to the tolerance.
    path : ndarray, shape (iterations + 1, n)
        The points from the start on.
    values : ndarray, shape (iterations + 1,)
        f at these points.
    iterations : int
        The number of steps.
    """

    x: np.ndarray
    path: np.ndarray
    values: np.ndarray
    iterations: int


def gradient_descent(
    f, x0, *, gradient=None, step="line search", momentum=0.0, tol=1e-8, max_iter=10_000
):
    r"""Walk downhill to a minimum (:eq:`eq-def-descent`).

    .. math:: v_{k+1} = \beta v_k - \gamma \nabla f(x_k), \qquad x_{k+1} = x_k + v_{k+1}

    Parameters
    ----------
    f : callable
        The function, of a vector of shape (n,).
    x0 : array_like, shape (n,)
        The start.
    gradient : callable, optional
        Its gradient; without it, `gradient` is taken of `f`.
    step : float or "line search"
        γ: a number is a fixed step. The line search begins with the step that would have
        been right for the last change of the slope (Barzilai and Borwein, 1988), or, where
        the ground is arched, with one half as long again as the last; it halves it until f
        falls by a ten-thousandth of what the slope promises.
    momentum : float
        β, at least 0 and below 1: how much of the last step is kept. With a fixed step only.
    tol : float
        Stop when the gradient is at most `tol` times as long as at the start.
    max_iter : int
        The most steps.

    Returns
    -------
    DescentResult
        The minimum, the path and the values on it.

    Raises
    ------
    ValueError
        If an argument is out of range or f is not finite at the start.
    ConvergenceError
        If the values leave all bounds, or `max_iter` steps do not suffice. Its `iterates`
        holds the path.

    Examples
    --------
    >>> result = gradient_descent(lambda x: x[0] ** 2 + 4 * x[1] ** 2, [2, 1], step=0.1)
    >>> bool(abs(result.x).max() < 1e-7)
    True
    """
    x = as_vector(x0, "x0").astype(float)
    tol = as_number(tol, "tol", low=0)
    max_iter = as_count(max_iter, "max_iter", low=1)
    momentum = as_number(momentum, "momentum", low=0)
    if momentum >= 1:
        raise ValueError(f"momentum must be below 1, got {momentum:g}")
    searching = isinstance(step, str)
    if searching and step != "line search":
        raise ValueError(f'step must be a positive number or "line search", got {step!r}')
    if searching and momentum:
        raise ValueError(f"momentum must be 0 with a line search, got {momentum:g}")
    if not searching and (step := as_number(step, "step")) <= 0:
        raise ValueError(f"step must be positive, got {step:g}")

    def fail(why):
        raise ConvergenceError(f"gradient descent: {why}", path)

    def slope_at(x):
        with np.errstate(all="ignore"):
            g = gradient_of(f, x) if gradient is None else np.asarray(gradient(x))
        if len(path) > 1 and g.dtype.kind == "f" and not np.isfinite(g).all():
            fail(f"the slopes left all bounds after {len(path) - 1} steps: take a smaller step")
        g = as_vector(g, "gradient(x)")
        if g.shape != x.shape:
            raise ValueError(f"gradient(x) must have shape {x.shape}, got {g.shape}")
        return g

    value = float(f(x))
    if not np.isfinite(value):
        raise ValueError(f"x0 must be a point where f is finite, got f(x0) = {value}")
    path, values = [x], [value]
    g = slope_at(x)
    enough = tol * _length(g)
    stride = 0.1 * (1 + _length(x)) / (_length(g) or 1) if searching else step
    v = np.zeros_like(x)
    for _ in range(max_iter):
        if _length(g) <= enough:
            return _descent(path, values)
        if searching:
            found = _line_search(f, slope_at, x, value, g, stride)
            if found is None:
                fail(f"no step from {x} leads down, though the slope is not zero: is it right?")
            if found[2] is None:
                fail(f"the values fall below all bounds after {len(path)} steps")
            s, y = found[0] - x, found[2] - g
            x, value, g, stride = found
            with np.errstate(all="ignore"):
                stride = s @ y / (y @ y) if s @ y > 0 else 1.5 * _length(s) / _length(g)
            if not np.isfinite(stride):
                fail(f"the values fall below all bounds after {len(path)} steps")
        else:
            with np.errstate(all="ignore"):
                v = momentum * v - step * g
                x = x + v
                value = _value(f, x) if np.isfinite(x).all() else np.inf
            if not np.isfinite(value):
                fail(f"the values left all bounds after {len(path)} steps: take a smaller step")
            g = slope_at(x)
        path.append(x)
        values.append(value)
    if _length(g) <= enough:
        return _descent(path, values)
    fail(
        f"{max_iter} steps did not suffice; the gradient is {_length(g):.2g} long, "
        f"{enough:.2g} was wanted: another step, or more steps by max_iter"
    )


def _length(x):
    """Return the norm of x, at any scale."""
    largest = np.abs(x).max()
    with np.errstate(over="ignore"):
        return largest * np.linalg.norm(x / largest) if largest > 0 else 0.0


def _descent(path, values):
    return DescentResult(path[-1], np.array(path), np.array(values), len(path) - 1)


@np.errstate(all="ignore")
def _line_search(f, slope_at, x, value, g, stride):
    """Return the new point, its value and gradient and the step, or None.

    Where the value is without bound, there is no gradient.
    """
    fall = g @ g
    noise = 8 * EPS * abs(value)
    while stride * np.sqrt(fall) > EPS * (_length(x) + EPS):
        new = x - stride * g
        lower = _value(f, new) if np.isfinite(new).all() else -np.inf
        if lower == -np.inf:
            return new, lower, None, stride
        if lower <= value - 1e-4 * stride * fall:
            return new, lower, slope_at(new), stride
        if abs(lower - value) <= noise:  # f cannot tell any more, but the slope can
            steep = slope_at(new)
            if abs(steep @ g) <= 0.9 * fall:
                return new, lower, steep, stride
        stride = stride / 2
    return None


# ------------------------------------------------------------------------ Lagrange multipliers

DIGITS = 60  # of the arithmetic in which exact points are put to the test


@dataclass(frozen=True)
class StationaryPoint:
    """A point at which f is stationary under constraints.

    Attributes
    ----------
    point : dict of Symbol to sympy.Expr
        The coordinates: exact where they are rational or square roots, else numbers.
    multipliers : tuple of sympy.Expr
        The λ of each constraint; empty at a singular point, where none may exist.
    value : sympy.Expr
        f there.
    singular : bool
        Whether the gradients of the constraints are dependent there.
    """

    point: dict
    multipliers: tuple
    value: sp.Expr
    singular: bool


class StationaryPoints(list):
    """A list of `StationaryPoint`, ascending by value.

    Attributes
    ----------
    complete : bool
        Whether these are all there are; False where they were searched for numerically.
    """

    def __init__(self, points=(), complete=True):
        super().__init__(points)
        self.complete = complete


def lagrange_multipliers(f, constraints, variables):
    r"""Find the real points where f is stationary under constraints (:eq:`eq-multipliers`).

    .. math:: \nabla f = \sum_i \lambda_i \nabla g_i, \qquad g_1 = \dots = g_m = 0

    Parameters
    ----------
    f : sympy.Expr
        What is to be made large or small.
    constraints : sympy.Expr, sympy.Eq or list of them
        Expressions that are to be zero.
    variables : list of sympy.Symbol
        What may vary.

    Returns
    -------
    StationaryPoints
        All of them where f and the constraints are polynomials with rational coefficients
        (decimals are read as fractions), or f is a number times the exponential of such a
        polynomial, plus a number. Otherwise those that a search from 400 starts found, and
        `complete` is False.

    Raises
    ------
    ValueError
        If an argument is not of this kind, holds another symbol, or the points are not
        isolated: infinitely many are stationary.

    Notes
    -----
    The gradients of f and of the constraints are dependent at the points wanted, so all
    largest minors of the matrix of these m + 1 rows are zero. These polynomials and the
    constraints have a Gröbner basis, in which each coordinate is a polynomial in one linear
    combination of the coordinates, and this one solves a polynomial of one variable, whose
    real roots can be isolated. Every point is put into all equations, to 60 digits.

    References
    ----------
    Cox, Little, O'Shea: Ideals, Varieties, and Algorithms, chapters 2 and 5.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> for s in lagrange_multipliers(x * y, x + y - 10, [x, y]):
    ...     print(s.point, s.multipliers, s.value)
    {x: 5, y: 5} (5,) 25
    """
    f, constraints, variables = _as_problem(f, constraints, variables)
    inner, factor = _strip_exponential(f, variables)
    problem = [inner, *constraints]
    if all(_is_polynomial(e, variables) for e in problem):
        found = _solve_exactly(f, problem, factor, variables)
        return StationaryPoints(sorted(found, key=_order(variables)))
    found = _search(f, problem, factor, variables)
    return StationaryPoints(sorted(found, key=_order(variables)), complete=False)


def _as_problem(f, constraints, variables):
    variables = list(variables) if isinstance(variables, list | tuple) else [variables]
    if not variables or not all(isinstance(v, sp.Symbol) for v in variables):
        raise ValueError(f"variables must be a list of symbols, got {variables}")
    if len(set(variables)) < len(variables):
        raise ValueError(f"variables must be different symbols, got {variables}")
    constraints = list(constraints) if isinstance(constraints, list | tuple) else [constraints]
    lines = []
    for name, e in [("f", f), *(("constraints", c) for c in constraints)]:
        try:
            e = sp.sympify(e)
        except (sp.SympifyError, TypeError):
            e = None
        if isinstance(e, sp.Eq) and name == "constraints":
            e = e.lhs - e.rhs
        if not isinstance(e, sp.Expr):
            raise ValueError(f"{name} must be SymPy expressions (or Eq), got {e!r:.60}")
        if others := e.free_symbols - set(variables):
            other = ", ".join(sorted(map(str, others)))
            raise ValueError(f"{name} must hold the variables only, got {other}: put in numbers")
        lines.append(sp.nsimplify(e, rational=True) if e.has(sp.Float) else e)
    return lines[0], lines[1:], variables


def _is_polynomial(e, variables):
    return e.is_polynomial(*variables) and sp.Poly(e, *variables).domain in (sp.ZZ, sp.QQ)


def _strip_exponential(f, variables):
    """Return h and c with ∇f = c · (a polynomial gradient field made from h), c ≠ 0.

    For f = a exp(p) + b with numbers a and b that is h = p and c = a exp(p). Else c = 1.
    """
    _, rest = f.as_independent(*variables, as_Add=True)
    number, rest = rest.as_independent(*variables, as_Add=False)
    if isinstance(rest, sp.exp) and number.is_real and number.is_nonzero:
        return rest.exp, number * rest
    return f, sp.Integer(1)


def _order(variables):
    def key(s):
        return (float(s.value), *(float(s.point[v]) for v in variables))

    return key


def _minors(rows, size):
    """Return the determinants of `size` columns of a matrix with `size` rows."""
    return [rows[:, list(c)].det() for c in combinations(range(rows.cols), size)]


def _solve_exactly(f, problem, factor, variables):
    rows = sp.Matrix([[e.diff(v) for v in variables] for e in problem])
    m = len(problem) - 1
    equations = [sp.expand(e) for e in [*problem[1:], *_minors(rows, m + 1)]]
    equations = [e for e in equations if e != 0]
    if not equations:
        raise ValueError("infinitely many points are stationary: f must not be constant")
    found = []
    for point in _real_solutions(equations, variables):
        numbers = {v: x.evalf(DIGITS) for v, x in point.items()}
        found.append(_result(f, rows, factor, point, numbers, m))
    return found


def _result(f, rows, factor, point, numbers, m):
    """Return the stationary point with its multipliers, or marked as singular."""
    J = rows[1:, :]
    exact = not any(x.has(sp.Float) or x.has(sp.CRootOf) for x in point.values())
    with mp.workdps(DIGITS):
        sizes = (
            [abs(d.evalf(DIGITS, subs=numbers, maxn=DIGITS)) for d in _minors(J, m)] if m else []
        )
    coordinates = point if exact else {v: sp.N(x, 17) for v, x in numbers.items()}
    value = f.subs(point) if exact else f.evalf(17, subs=numbers)
    scale = sp.prod(
        max(abs(c) for e in J.row(i) for c in sp.Poly(e, *point).coeffs()) for i in range(m)
    )
    if m and max(sizes, default=0) <= scale * sp.Float(10) ** (-DIGITS // 2):
        return StationaryPoint(coordinates, (), _tidy(value), True)
    multipliers = ()
    if m:
        best = list(combinations(range(rows.cols), m))[sizes.index(max(sizes))]
        at = point if exact else numbers
        square, right = J[:, list(best)].T.subs(at), rows[0, list(best)].T.subs(at)
        multipliers = tuple(_tidy(e * factor.subs(at)) for e in square.LUsolve(right))
    return StationaryPoint(coordinates, multipliers, _tidy(value), False)


def _tidy(e):
    if e.has(sp.Float):
        return sp.N(e, 17)
    return sp.sqrtdenest(sp.radsimp(sp.simplify(e)))


def _real_solutions(equations, variables):
    """Return the real solutions of polynomial equations that have finitely many."""
    basis = sp.groebner(equations, *variables, order="grevlex", domain="QQ")
    if basis.exprs == [1]:
        return []
    if not basis.is_zero_dimensional:
        raise ValueError(
            "infinitely many points are stationary (complex ones counted): they are not isolated"
        )
    alone = [sp.Poly(_eliminant(basis, v, variables)[0], v).sqf_part() for v in variables]
    basis = sp.groebner(
        [*basis.exprs, *(p.as_expr() for p in alone)], *variables, order="grevlex", domain="QQ"
    )
    roots = [_real_roots(p) for p in alone]
    if not all(roots):
        return []
    q, powers = _separate(basis, variables)
    t = sp.Symbol("t")
    solutions = []
    for u in sp.real_roots(sp.Poly(q, t)):
        with mp.workdps(2 * DIGITS):
            near = [mp.polyval(list(map(_mpq, p)), _mpf(u, 2 * DIGITS)) for p in powers]
            point = {}
            for v, x, known in zip(variables, near, roots, strict=True):
                gaps = [abs(_mpf(r, 2 * DIGITS) - x) for r in known]
                point[v] = known[gaps.index(min(gaps))]
        if _solves(equations, point):
            solutions.append(point)
        else:
            raise ArithmeticError(f"a root could not be verified by substitution: {point}")
    return solutions


def _mpf(x, digits):
    return mp.mpf(str(x.evalf(digits)))


def _mpq(x):
    return mp.mpf(int(x.p)) / int(x.q)


def _solves(equations, point):
    with mp.workdps(2 * DIGITS):
        numbers = {v: _mpf(x, 2 * DIGITS) for v, x in point.items()}
        for e in equations:
            terms = [
                _mpq(c) * mp.fprod(numbers[v] ** k for v, k in zip(point, powers, strict=True))
                for powers, c in sp.Poly(e, *point).terms()
            ]
            if abs(mp.fsum(terms)) > mp.mpf(10) ** -DIGITS * max(map(abs, terms)):
                return False
    return True


def _real_roots(p):
    """Return the real roots of a square-free polynomial, as radicals where they are short."""
    x, roots = p.gen, []
    for q, _ in p.factor_list()[1]:
        if q.degree() == 4 and q.as_expr().subs(x, -x).expand() == q.as_expr():
            a, _, b, _, c = q.all_coeffs()
            half = sp.Poly([a, b, c], x)
            squares = [r for r in sp.real_roots(half) if r.is_positive]
            roots += [s * sp.sqrt(r) for r in squares for s in (-1, 1)]
        else:
            roots += sp.real_roots(q)
    return roots


def _eliminant(basis, u, variables, others=()):
    """Return the polynomial of least degree that u solves modulo the ideal.

    And for each of `others`, the coefficients that write it as a polynomial in u, highest
    power first, or None where it is none.
    """
    monomials, rows, power = {}, [], sp.Integer(1)

    def row(e):
        form = sp.Poly(e, *variables).as_dict()
        for key in form:
            monomials.setdefault(key, len(monomials))
        return form

    def as_matrix(forms):
        M = sp.zeros(len(monomials), len(forms))
        for j, form in enumerate(forms):
            for key, c in form.items():
                M[monomials[key], j] = c
        return sp.polys.matrices.DomainMatrix.from_Matrix(M).to_field().convert_to(sp.QQ)

    while True:
        rows.append(row(basis.reduce(power)[1]))
        kernel = as_matrix(rows).nullspace().to_Matrix()
        if kernel.rows:
            break
        power = sp.expand(u * basis.reduce(power)[1])
    t = u if isinstance(u, sp.Symbol) else sp.Symbol("t")
    eliminant = sum(c * t**k for k, c in enumerate(kernel.row(0)))
    written = []
    for e in others:
        target = row(basis.reduce(e)[1])
        kernel = as_matrix([*rows[:-1], target]).nullspace().to_Matrix()
        if not kernel.rows:
            written.append(None)
        else:
            c = kernel.row(0)
            written.append([-a / c[-1] for a in c[:-1]][::-1])
    return eliminant, written


def _separate(basis, variables):
    """Return q(t) and polynomials p_i with x_i = p_i(t) on all solutions, q(t) = 0."""
    t = sp.Symbol("t")
    forms = [*variables] + [sum((k**i) * v for i, v in enumerate(variables)) for k in range(1, 60)]
    for u in forms:
        q, written = _eliminant(basis, u, variables, variables)
        if all(w is not None for w in written):
            return q.subs(u, t) if isinstance(u, sp.Symbol) else q, written
    raise ArithmeticError("no linear form separates the solutions")


# ---------------------------------------------------------- where there is no exact way: search


def _search(f, problem, factor, variables):
    """Return the stationary points that Gauss and Newton find from 400 starts."""
    n, m = len(variables), len(problem) - 1
    rows = sp.Matrix([[e.diff(v) for v in variables] for e in problem])
    mu = sp.symbols(f"mu:{m}", cls=sp.Dummy)
    level = list(rows[0, :] - sp.Matrix([mu]) * rows[1:, :] if m else rows[0, :])
    regular = _compiled([*problem[1:], *level], [*variables, *mu])
    singular = _compiled([*problem[1:], *(_minors(rows[1:, :], m) if m else [1])], variables)
    dependent = _compiled(_minors(rows[1:, :], m) if m else [1], variables)
    rng = np.random.default_rng(0)
    found, seen = [], []
    for k in range(400):
        start = rng.standard_normal(n + m) * (1, 3, 10)[k % 3]
        for system, z0 in ((regular, start), (singular, start[:n])):
            if system is singular and (not m or k % 4):
                continue
            z = _polish(system, z0)
            if z is None or any(
                np.abs(z[:n] - s).max() < 1e-6 * (1 + np.abs(s).max()) for s in seen
            ):
                continue
            point = dict(zip(variables, map(sp.Float, z[:n]), strict=True))
            value = f.subs(point).evalf()
            if not value.is_real:
                continue
            seen.append(z[:n])
            if m and np.abs(dependent(z[:n])).max() < 1e-6:
                found.append(StationaryPoint(point, (), value, True))
            else:
                scale = factor.subs(point).evalf()
                found.append(
                    StationaryPoint(point, tuple(sp.Float(v) * scale for v in z[n:]), value, False)
                )
    return found


def _compiled(expressions, symbols):
    inner = sp.lambdify([list(symbols)], expressions, "numpy")

    def system(z):
        with np.errstate(all="ignore"):
            try:
                out = np.array(inner(z), dtype=float)
            except (OverflowError, ZeroDivisionError, TypeError, ValueError):
                out = np.full(len(expressions), np.nan)
        return np.where(np.isfinite(out), out, 1e10)

    return system


def _polish(system, z0):
    with np.errstate(all="ignore"):
        try:
            fit = least_squares(system, z0, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=200)
        except (ValueError, np.linalg.LinAlgError):
            return None
    if np.abs(fit.fun).max() >= 1e-10:
        return None
    if len(fit.fun) == len(fit.x):  # small, but is it near a zero? ask Newton's step
        try:
            step = np.linalg.solve(fit.jac, fit.fun)
        except np.linalg.LinAlgError:
            return None
        if not np.abs(step).max() <= 1e-4 * (1 + np.abs(fit.x).max()):
            return None
        return fit.x - step
    return fit.x

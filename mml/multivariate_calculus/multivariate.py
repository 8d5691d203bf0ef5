r"""Chapter 7: derivatives of functions of several variables.

The functions here put automatic differentiation to work: the gradient in reverse mode, one
pass whatever the number of variables; the Jacobian in forward mode, or row by row in reverse
where there are far more variables than results; the Hessian as the tangent of the gradient.
Where a function is not written with NumPy, extrapolated differences stand in.
"""

from math import isfinite

import numpy as np
import sympy as sp

from mml._validation import as_number, as_square, as_vector
from mml.multivariate_calculus.autodiff import Traced, forward, gather, reverse, second
from mml.multivariate_calculus.derivatives import extrapolated_derivative

# What automatic differentiation raises where it cannot pass through a function.
CANNOT_PASS = (TypeError, ValueError, AttributeError, ArithmeticError)
# A forward pass carries n tangents through every operation; a reverse pass costs a few times
# what f costs, and gives one row. Measured, rows pay from so many variables on, in all and for
# each row.
WIDE, WIDE_FOR_A_ROW = 256, 32


# --- first derivatives --------------------------------------------------------------


def gradient(f, x):
    r"""Return the gradient of `f` at `x`: its partial derivatives (:eq:`eq-def-gradient`).

    .. math:: \nabla f = \Bigl(\frac{\partial f}{\partial x_1}, \dots,
              \frac{\partial f}{\partial x_n}\Bigr)

    Parameters
    ----------
    f : callable
        Takes a vector of shape (n,) and returns one number; best written with NumPy
        (``np.exp(x[0])``), then its derivatives are exact up to rounding.
    x : array_like, shape (n,)
        Where to differentiate.

    Returns
    -------
    ndarray, shape (n,)
        Partial derivative i, in units of f for each unit of x[i].

    Raises
    ------
    ValueError
        If `x` is no finite vector, or f returns anything but one finite number.
    ConvergenceError
        If differences were needed and do not settle: at a kink, a jump, in noise.

    Notes
    -----
    Differences stand in where f is not written with NumPy (``math.exp(x[0])``), and where
    automatic differentiation meets something infinite. At a kink that f passes by choosing
    a branch, the gradient of the branch taken is returned (0 for ``np.abs`` at 0).

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 * x[1] + 3 * x[2], [1.0, 2.0, 5.0])
    array([4., 1., 3.])
    """
    x = _as_point(x)
    try:
        with np.errstate(all="ignore"):
            value, slopes = reverse(f, x)
    except CANNOT_PASS:
        if isinstance(x, Traced):
            raise
    else:
        if isinstance(x, Traced) or isinstance(value, Traced):
            return slopes
        if isfinite(value) and np.isfinite(slopes).all():
            return slopes
    _value_of(f, x, ndim=0)
    return _partials(f, x)


def jacobian(f, x):
    r"""Return the Jacobian of `f` at `x`: a row for each result (:eq:`eq-def-jacobian`).

    .. math:: J_{ij} = \frac{\partial f_i}{\partial x_j}

    Parameters
    ----------
    f : callable
        Takes a vector of shape (n,) and returns a vector of shape (m,), as an array
        (``np.array([x[0] * x[1], np.sin(x[0])])``) or as a list. A single number counts as
        a vector of length 1.
    x : array_like, shape (n,)
        Where to differentiate.

    Returns
    -------
    ndarray, shape (m, n)
        Entry (i, j): the derivative of result i by variable j.

    Raises
    ------
    ValueError
        If `x` is no finite vector, or f returns anything but a finite vector.
    ConvergenceError
        If differences were needed and do not settle.

    Examples
    --------
    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0] + 5 * x[1]]), [2.0, 3.0])
    array([[3., 2.],
           [1., 5.]])
    """
    x = _as_point(x)
    try:
        with np.errstate(all="ignore"):
            value, J = _rows_or_columns(f, x)
    except CANNOT_PASS:
        if isinstance(x, Traced):
            raise
    else:
        if isinstance(J, Traced) or isinstance(value, Traced):
            return J if J.ndim == 2 else J.reshape(1, -1)
        if J.ndim <= 2 and J.size and np.isfinite(value).all() and np.isfinite(J).all():
            return J.reshape(-1, x.size)
    _value_of(f, x, ndim=1)
    return np.atleast_2d(_partials(f, x))


def _rows_or_columns(f, x):
    """Return f(x) and the Jacobian, in the mode that costs less."""
    if not isinstance(x, Traced) and x.size >= WIDE:
        y = gather(f(x.copy()))
        m = np.size(y)
        if m and np.ndim(y) < 2 and x.size >= WIDE_FOR_A_ROW * m:
            if not np.ndim(y):
                return y, reverse(f, x)[1]
            return y, np.array([reverse(lambda v, i=i: gather(f(v))[i], x)[1] for i in range(m)])
    return forward(f, x)


def total_derivative(f, xs, t):
    r"""Return the derivative by t of f(xs(t)), the total derivative (:eq:`eq-total`).

    .. math:: \frac{\mathrm df}{\mathrm dt} = \sum_i \frac{\partial f}{\partial x_i}\,
              \frac{\mathrm dx_i}{\mathrm dt} = \nabla f \cdot \boldsymbol x'(t)

    Parameters
    ----------
    f : callable
        Takes a vector of shape (n,) and returns one number.
    xs : callable
        Takes a number t and returns the vector of shape (n,), as an array or a list. Where
        f depends on t directly too, make t one of the variables.
    t : float
        Where to differentiate.

    Returns
    -------
    float
        How fast f changes on the way xs, per unit of t.

    Raises
    ------
    ValueError
        If `t` is no finite number, xs(t) no finite vector or f(xs(t)) not one finite number.
    ConvergenceError
        If differences were needed and do not settle.

    Examples
    --------
    >>> total_derivative(lambda x: x[0] * x[1], lambda t: [t**2, t + 1], 2.0)  # t³ + t²
    16.0
    """
    t = t if isinstance(t, Traced) else as_number(t, "t")
    place, velocity = _along(xs, t)
    slope = gradient(f, place) @ velocity
    return slope if isinstance(slope, Traced) else float(slope)


def _along(xs, t):
    """Return place and velocity of a path, both of shape (n,)."""
    try:
        with np.errstate(all="ignore"):
            place, velocity = forward(xs, t)
    except CANNOT_PASS:
        if isinstance(t, Traced):
            raise
    else:
        if isinstance(place, Traced) or isinstance(velocity, Traced):
            return place, velocity
        if np.ndim(place) == 1 and np.isfinite(place).all() and np.isfinite(velocity).all():
            return place, velocity
    place = _value_of(xs, t, ndim=1, name="xs")
    if place.ndim != 1:
        raise ValueError("xs must return a vector, got a single number")
    return place, np.asarray(extrapolated_derivative(xs, t).value)


# --- second derivatives -------------------------------------------------------------


def hessian(f, x):
    r"""Return the Hessian of `f` at `x`: all second derivatives (:eq:`eq-def-hessian`).

    .. math:: H_{ij} = \frac{\partial^2 f}{\partial x_i\, \partial x_j}

    Parameters
    ----------
    f : callable
        Takes a vector of shape (n,) and returns one number; best written with NumPy.
    x : array_like, shape (n,)
        Where to differentiate.

    Returns
    -------
    ndarray, shape (n, n)
        The symmetric matrix of second derivatives.

    Raises
    ------
    ValueError
        If `x` is no finite vector, or f returns anything but one finite number.
    ConvergenceError
        If differences were needed and do not settle.

    Notes
    -----
    Automatic differentiation passes forward through the reverse pass, so its cost grows as n
    times that of f. Where differences stand in, some 30 n² values of f are needed, and
    about ten digits are right.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1], [1.0, 2.0])
    array([[4., 2.],
           [2., 0.]])
    """
    x = _as_point(x)
    try:
        with np.errstate(all="ignore"):
            slopes, H = second(f, x)
    except CANNOT_PASS:
        if isinstance(x, Traced):
            raise
    else:
        if isinstance(H, Traced) or (np.isfinite(slopes).all() and np.isfinite(H).all()):
            return H
    _value_of(f, x, ndim=0)
    return _second_partials(f, x)


def classify_critical_point(H, *, rtol=None):
    r"""Tell from the Hessian what kind of critical point it belongs to (:prf:ref:`thm-second`).

    Parameters
    ----------
    H : array_like, shape (n, n)
        The Hessian at a point where the gradient vanishes; symmetric.
    rtol : float, optional
        Eigenvalues up to `rtol` times the largest in size count as zero. The default is
        1e-12, or 4 n times the rounding unit where that is more: n rounding units is what
        the computation of eigenvalues may err by, and the entries of a Hessian that was
        itself computed are seldom right to more than about 13 digits. Use about 1e-8 for a
        Hessian from differences, and 0 for entries that are known exactly.

    Returns
    -------
    str
        "minimum" (all eigenvalues positive), "maximum" (all negative), "saddle" (both signs
        occur), or "undecided" (one sign only, and zeros): then the second derivatives do
        not tell.

    Raises
    ------
    ValueError
        If H is not square, not finite or not symmetric, or `rtol` is negative.

    Notes
    -----
    The threshold knows no units. Where variables of very different scales meet (kilometres
    and millimetres), choose units in which the diagonal entries are of similar size.

    Examples
    --------
    >>> classify_critical_point([[2, 0], [0, 2]])
    'minimum'
    >>> classify_critical_point([[2, 0], [0, -2]])
    'saddle'
    >>> classify_critical_point([[2, 0], [0, 0]])
    'undecided'
    """
    H = as_square(H, "H").astype(float)
    rtol = max(1e-12, 4 * len(H) * np.finfo(float).eps) if rtol is None else rtol
    rtol = as_number(rtol, "rtol", low=0)
    scale = np.abs(H).max()
    if scale == 0:
        return "undecided"
    H = H / scale  # entries near 1e±200 neither overflow nor vanish
    if np.abs(H - H.T).max() > 1e-6:
        raise ValueError(f"H must be symmetric, got {(H * scale).tolist()!s:.80}")
    values = np.linalg.eigvalsh((H + H.T) / 2)
    zero = rtol * np.abs(values).max()
    up, down = (values > zero).any(), (values < -zero).any()
    if up and down:
        return "saddle"
    if (np.abs(values) <= zero).any():
        return "undecided"
    return "minimum" if up else "maximum"


# --- differences, where nothing else passes -----------------------------------------


def _partials(f, x):
    """Return the partial derivatives, on the last axis, by extrapolated differences."""

    def along(i):
        def one(t):
            v = x.copy()
            v[i] = t
            return f(v)

        return one

    columns = [extrapolated_derivative(along(i), x[i]).value for i in range(x.size)]
    return np.stack(np.broadcast_arrays(*columns), axis=-1).astype(float)


def _second_partials(f, x):
    """Return the Hessian by extrapolated second differences.

    The curvature along u + v is uᵀHu + 2 uᵀHv + vᵀHv: three curvatures give a mixed entry.
    """
    n = x.size
    step = np.maximum(1.0, np.abs(x))  # a step along each axis, of the size of what is there

    def curvature(way):
        return extrapolated_derivative(lambda t: f(x + t * way), 0.0, order=2).value

    ways = np.diag(step)
    H = np.diag([float(curvature(way)) for way in ways])
    for i in range(n):
        for j in range(i):
            mixed = (curvature(ways[i] + ways[j]) - H[i, i] - H[j, j]) / 2
            H[i, j] = H[j, i] = mixed
    return H / np.outer(step, step)


# --- at the door --------------------------------------------------------------------


def _as_point(x):
    """Return a finite vector, or a traced one where this runs inside another differentiation."""
    point = gather(x)
    if not isinstance(point, Traced):
        return np.asarray(as_vector(point, "x"), dtype=float)
    if point.ndim != 1:
        raise ValueError(f"x must be a vector (1-D), got shape {point.shape}")
    return point


def _value_of(f, x, *, ndim, name="f"):
    """Return f(x) as finite numbers of at most `ndim` dimensions, or say what is wrong with it."""
    value = f(x.copy() if isinstance(x, np.ndarray) else x)
    wants = "one number" if ndim == 0 else "a vector"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must return {wants}, got {value!r:.60}") from None
    if ndim == 0 and array.size == 1:
        array = array.reshape(())
    if array.ndim > ndim or not array.size:
        raise ValueError(f"{name} must return {wants}, got an array of shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite where it is differentiated, got {value!r:.60}")
    return array


# --- with symbols -------------------------------------------------------------------


def symbolic_hessian(f, symbols):
    r"""Return the Hessian of a SymPy expression, term by term.

    A sum is differentiated by differentiating its terms, and most terms hold few of the
    symbols: each is differentiated by its own only, n k² derivatives for about n terms of k
    symbols, where ``sympy.hessian`` takes n² of the whole sum. Terms that differ only in the
    names of their symbols are differentiated once.

    Parameters
    ----------
    f : sympy.Expr
        The function.
    symbols : sequence of sympy.Symbol
        The variables, all different, in the order of rows and columns.

    Returns
    -------
    sympy.Matrix, shape (n, n)
        The second derivatives; term by term as they arise, not simplified.

    Raises
    ------
    TypeError
        If f is no SymPy expression.
    ValueError
        If there are no symbols, or one occurs twice.

    Examples
    --------
    >>> x, y = sp.symbols("x y")
    >>> symbolic_hessian(x**2 * y + sp.sin(y), [x, y])
    Matrix([
    [2*y,     2*x],
    [2*x, -sin(y)]])
    """
    symbols = list(symbols)
    if not symbols or len(set(symbols)) < len(symbols):
        raise ValueError(f"symbols must be different symbols, at least one, got {symbols!s:.80}")
    if not isinstance(f, sp.Expr):
        raise TypeError(f"f must be a SymPy expression, got {type(f).__name__}")
    place = {symbol: i for i, symbol in enumerate(symbols)}
    entries, known = {}, {}
    for term in sp.Add.make_args(f):
        own = sorted(place[s] for s in term.free_symbols if s in place)
        names = {symbols[i]: _nameless(k, symbols[i]) for k, i in enumerate(own)}
        form = term.xreplace(names)
        if form not in known:
            known[form] = _second_derivatives(form, list(names.values()))
        back = {nameless: symbol for symbol, nameless in names.items()}
        for (k, m), part in known[form].items():
            entries.setdefault((own[k], own[m]), []).append(part.xreplace(back))
    H = sp.zeros(len(symbols), len(symbols))
    for (i, j), parts in entries.items():
        H[i, j] = H[j, i] = sp.Add(*parts)
    return H


_NAMELESS = {}


def _nameless(k, symbol):
    """Return the k-th stand-in for symbols with the assumptions of this one."""
    key = k, frozenset(symbol.assumptions0.items())
    if key not in _NAMELESS:
        _NAMELESS[key] = sp.Dummy(f"x{k}", **symbol.assumptions0)
    return _NAMELESS[key]


def _second_derivatives(term, symbols):
    """Return {(k, m): second derivative} for k ≤ m, without the zeros."""
    found = {}
    for k, symbol in enumerate(symbols):
        slope = term.diff(symbol)
        for m in range(k, len(symbols)):
            part = slope.diff(symbols[m])
            if part != 0:
                found[k, m] = part
    return found

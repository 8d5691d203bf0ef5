"""Points at which a line of algebra is tried, in 80-digit arithmetic.

`evaluate` works out any SymPy expression, matrices of symbols included, at a point.
`Sampler` draws points that respect what is assumed: the symbols' own assumptions, the
conditions of a derivation, and equations that the point must satisfy.  A point is a
dictionary from symbols (and matrix symbols) to mpmath numbers (and mpmath matrices).

Everything is drawn from one seed, so the same line always gets the same verdict.
"""

import math
import random
from itertools import product

import mpmath as mp
import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanAtom, Not, Or
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

DIGITS = 80
# Three scales, far apart: a solver stops at SOLVED, a double root then still agrees to NEAR,
# and a divisor below ZERO is taken to be nought.
NEAR, ZERO, SOLVED = mp.mpf("1e-25"), mp.mpf("1e-28"), mp.mpf("1e-65")
NOUGHT = mp.mpf("1e-30")  # two values this small count as equal: what is left of a cancellation
LOOSE = mp.mpf("1e-8")  # where quadrature or differences stand in for a symbolic value


def is_symbolic(e):
    """Tell whether an expression is a matrix that is not written out entry by entry."""
    return isinstance(e, sp.MatrixExpr) and not isinstance(e, sp.MatrixBase)


class Undefined(ArithmeticError):
    """The expression has no finite value at the point."""


class Unknown(Undefined):
    """The expression may have a value there, but it could not be worked out."""


def near(a, b, tolerance=NEAR):
    """Tell whether two values agree, relative to the larger of them."""
    if isinstance(a, mp.matrix) or isinstance(b, mp.matrix):
        same = isinstance(a, mp.matrix) and isinstance(b, mp.matrix)
        if not same or (a.rows, a.cols) != (b.rows, b.cols):
            return False
        size = max([abs(x) for x in a] + [abs(x) for x in b])
        return all(abs(x - y) <= tolerance * size + NOUGHT for x, y in zip(a, b, strict=True))
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) + NOUGHT


def finite(value):
    """Return the value, or raise `Undefined` if any part of it is not finite."""
    parts = value if isinstance(value, mp.matrix) else [value]
    if not all(mp.isfinite(x) for x in parts):
        raise Undefined
    return value


def evaluate(expression, point):
    """Return the value of an expression at a point: a number, a matrix or a truth value."""
    with mp.workdps(DIGITS):
        try:
            return finite(_value(sp.sympify(expression), point))
        except ZeroDivisionError as error:
            raise Undefined(str(error)) from None
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            if type(error) is Undefined:
                raise
            raise Unknown(str(error)) from None
        except (NotImplementedError, RecursionError) as error:
            raise Unknown(str(error)) from None


def _value(e, p):
    if e in p:
        return p[e]
    for kind, rule in _RULES:
        if isinstance(e, kind):
            return rule(e, p)
    return _fallback(e, p)


def _number(e, p):
    if e in (sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise Undefined
    return e._to_mpmath(mp.mp.prec)


def _add(e, p):
    values = [_value(a, p) for a in e.args]
    total = values[0]
    for v in values[1:]:
        total = total + v
    return total


def _mul(e, p):
    total = mp.mpf(1)
    for a in e.args:
        total = total * _value(a, p)
    return total


def _pow(e, p):
    base, exponent = _value(e.base, p), _value(e.exp, p)
    if isinstance(base, mp.matrix):
        return _matrix_power(base, exponent)
    if mp.re(exponent) < 0 and abs(base) < ZERO:
        raise Undefined
    if mp.isint(exponent):
        return base ** int(exponent)
    if abs(base) < ZERO:
        return mp.mpf(0)
    return mp.power(base, exponent)


def _log(e, p):
    x = _value(e.args[0], p)
    if abs(x) < ZERO:
        raise Undefined
    return mp.log(x)


def _tan(e, p):
    x = _value(e.args[0], p)
    if abs(mp.cos(x)) < ZERO:
        raise Undefined
    return mp.tan(x)


def _apply(function):
    return lambda e, p: function(*[_value(a, p) for a in e.args])


def _abs(e, p):
    x = _value(e.args[0], p)
    return abs(x)


def _sign(e, p):
    x = _value(e.args[0], p)
    return mp.mpf(0) if abs(x) < ZERO else x / abs(x)


def _piecewise(e, p):
    for value, condition in e.args:
        if _value(condition, p):
            return _value(value, p)
    raise Undefined


def _derivative(e, p):
    """Differentiate numerically: an opinion that owes nothing to SymPy's rules."""
    expression = e.expr
    variables = [v for v, n in e.variable_count for _ in range(int(n))]
    order = len(variables)
    if order == 1 and isinstance(variables[0], sp.MatrixSymbol):
        return _matrix_gradient(expression, variables[0], p)
    if not all(isinstance(v, sp.Symbol) for v in variables):
        raise Unknown

    def at(values):
        return _value(expression, {**p, **values})

    def nested(variables, values):
        if not variables:
            return at(values)
        v, rest = variables[0], variables[1:]
        h = mp.mpf(10) ** -{1: 25, 2: 20}.get(order, 30 // order)
        x = values.get(v, p[v])
        up, down = nested(rest, {**values, v: x + h}), nested(rest, {**values, v: x - h})
        return (up - down) / (2 * h)

    return nested(variables, {})


def _matrix_gradient(expression, m, p):
    """Differentiate a scalar by every entry of a matrix."""
    h = mp.mpf("1e-25")
    out = p[m].copy()
    for i, j in product(range(out.rows), range(out.cols)):
        ends = []
        for sign in (1, -1):
            moved = p[m].copy()
            moved[i, j] += sign * h
            value = _value(expression, {**p, m: moved})
            if isinstance(value, mp.matrix) and (value.rows, value.cols) != (1, 1):
                raise Unknown
            ends.append(value[0, 0] if isinstance(value, mp.matrix) else value)
        out[i, j] = (ends[0] - ends[1]) / (2 * h)
    return out


def _integral(e, p):
    expression = e.function
    for limit in e.limits:
        if len(limit) != 3:
            raise Unknown
    x, low, high = e.limits[0]
    if len(e.limits) > 1:
        raise Unknown
    ends = [mp.inf if b == sp.oo else -mp.inf if b == -sp.oo else _value(b, p) for b in (low, high)]
    if all(mp.isfinite(b) for b in ends):  # a pole between the ends: there is no integral
        for base in {q.base for q in expression.atoms(sp.Pow) if q.exp.is_negative}:
            inner = [ends[0] + (ends[1] - ends[0]) * mp.mpf(k) / 16 for k in range(17)]
            signs = {mp.sign(mp.re(_value(base, {**p, x: t}))) for t in inner}
            if len(signs) > 1:
                raise Undefined
    with mp.workdps(20):
        value, error = mp.quad(
            lambda t: _value(expression, {**p, x: t}), ends, error=True, maxdegree=6
        )
    if error > 1e-10 * (1 + abs(value)):
        raise Unknown
    return value


def _sum(e, p):
    return _accumulate(e, p, mp.mpf(0), lambda a, b: a + b)


def _product(e, p):
    return _accumulate(e, p, mp.mpf(1), lambda a, b: a * b)


def _accumulate(e, p, start, combine):
    """Add (or multiply) term by term; an infinite sum until its terms no longer count."""
    *inner, (k, low, high) = e.limits
    term = e.func(e.function, *inner) if inner else e.function
    first = int(_value(low, p))
    total, last = start, 400 if high == sp.oo else int(_value(high, p))
    if last - first > 1000:
        raise Unknown
    for i in range(first, last + 1):
        part = _value(term, {**p, k: mp.mpf(i)})
        total = combine(total, part)
        if high == sp.oo and i > first + 5 and abs(part) < mp.mpf("1e-30") * (1 + abs(total)):
            return total
    if high == sp.oo:
        raise Unknown
    return total


def _indexed(e, p):
    """Give x[i] a value of its own for each i, the same whenever it is asked for."""
    key = (str(e.base), *[int(_value(i, p)) for i in e.indices])
    return mp.mpf(random.Random(f"{key}{p.get('seed')}").randint(-3000, 3000)) / 997


def _relation(e, p):
    a, b = (_value(x, p) for x in (e.lhs, e.rhs))
    finite(a), finite(b)
    if isinstance(e, sp.Eq):
        return near(a, b)
    if isinstance(e, sp.Ne):
        return not near(a, b)
    if mp.im(a) or mp.im(b):
        if abs(mp.im(a)) + abs(mp.im(b)) > NEAR:
            raise Undefined
        a, b = mp.re(a), mp.re(b)
    strict = isinstance(e, sp.StrictLessThan | sp.StrictGreaterThan)
    if near(a, b):
        return not strict
    return bool(a > b) == isinstance(e, sp.GreaterThan | sp.StrictGreaterThan)


# --- matrices ---------------------------------------------------------------------------


def _explicit(e, p):
    rows, cols = e.shape
    return mp.matrix([[_value(e[i, j], p) for j in range(cols)] for i in range(rows)])


def _dimensions(e, p):
    return [int(_value(n, p)) for n in e.shape]


def _matmul(e, p):
    values = [_value(a, p) for a in e.args]
    total = values[0]
    for v in values[1:]:
        total = total * v
    return total


def _inverse(m):
    if m.rows != m.cols or abs(mp.det(m)) < ZERO:
        raise Undefined
    return mp.inverse(m)


def _matrix_power(m, n):
    if not mp.isint(n):
        raise Undefined
    n = int(n)
    if n < 0:
        m, n = _inverse(m), -n
    total = mp.eye(m.rows)
    for _ in range(n):
        total = total * m
    return total


def _trace(m):
    return mp.fsum(m[i, i] for i in range(m.rows))


def _element(e, p):
    m = _value(e.parent, p)
    i, j = (int(_value(k, p)) for k in (e.i, e.j))
    if not (0 <= i < m.rows and 0 <= j < m.cols):
        raise Undefined
    return m[i, j]


def _hadamard(e, p):
    first, *rest = [_value(a, p) for a in e.args]
    total = first.copy()
    for m in rest:
        for i in range(m.rows):
            for j in range(m.cols):
                total[i, j] *= m[i, j]
    return total


def _diagonal(e, p):
    v = list(_value(e.args[0], p))
    return mp.diag(v)


def _elementwise(e, p):
    m, t = _value(e.expr, p), sp.Dummy("t")
    out = m.copy()
    for i in range(m.rows):
        for j in range(m.cols):
            out[i, j] = _value(e.function(t), {**p, t: m[i, j]})
    return out


def _block(e, p):
    rows = []
    for i in range(e.blockshape[0]):
        blocks = [_value(e.blocks[i, j], p) for j in range(e.blockshape[1])]
        for r in range(blocks[0].rows):
            rows.append([x for b in blocks for x in b[r, :]])
    return mp.matrix(rows)


def _fallback(e, p):
    """Ask SymPy itself, with the values put in."""
    if isinstance(e, sp.MatrixExpr):
        raise Unknown
    values = {s: _as_sympy(_value(s, p)) for s in e.free_symbols if s in p}
    value = sp.N(e.xreplace(values), DIGITS // 2)
    if not value.is_number or not (value.is_Number or value.is_Add or value.is_Mul):
        raise Unknown
    return value._to_mpmath(mp.mp.prec) if value.is_Number else mp.mpmathify(value)


def _as_sympy(value):
    if isinstance(value, mp.matrix):
        raise Undefined
    if mp.isint(value):
        return sp.Integer(int(mp.re(value)))
    if isinstance(value, mp.mpc):
        return sp.Float(value.real, DIGITS) + sp.I * sp.Float(value.imag, DIGITS)
    return sp.Float(value, DIGITS)


_FUNCTIONS = {
    sp.exp: mp.exp, sp.sin: mp.sin, sp.cos: mp.cos, sp.sinh: mp.sinh, sp.cosh: mp.cosh,
    sp.tanh: mp.tanh, sp.asin: mp.asin, sp.acos: mp.acos, sp.atan: mp.atan, sp.erf: mp.erf,
    sp.atan2: mp.atan2, sp.re: mp.re, sp.im: mp.im, sp.conjugate: mp.conj,
    sp.factorial: mp.factorial, sp.gamma: mp.gamma, sp.binomial: mp.binomial,
    sp.Max: max, sp.Min: min,
}  # fmt: skip

_RULES = [
    (BooleanAtom, lambda e, p: bool(e)),
    ((sp.Number, sp.NumberSymbol), _number),
    (sp.core.numbers.ImaginaryUnit, lambda e, p: mp.mpc(0, 1)),
    (sp.core.numbers.ComplexInfinity, _number),
    (sp.MatAdd, _add),
    (sp.MatMul, _matmul),
    (sp.Inverse, lambda e, p: _inverse(_value(e.arg, p))),
    (sp.MatPow, lambda e, p: _matrix_power(_value(e.base, p), _value(e.exp, p))),
    (sp.Transpose, lambda e, p: _value(e.arg, p).T),
    (sp.Adjoint, lambda e, p: _value(e.arg, p).H),
    (sp.Identity, lambda e, p: mp.eye(_dimensions(e, p)[0])),
    (sp.ZeroMatrix, lambda e, p: mp.zeros(*_dimensions(e, p))),
    (sp.OneMatrix, lambda e, p: mp.ones(*_dimensions(e, p))),
    (sp.HadamardProduct, _hadamard),
    (sp.DiagMatrix, _diagonal),
    (sp.BlockMatrix, _block),
    (ElementwiseApplyFunction, _elementwise),
    (sp.Trace, lambda e, p: _trace(_value(e.arg, p))),
    (sp.Determinant, lambda e, p: mp.det(_value(e.arg, p))),
    (sp.MatrixBase, _explicit),
    (MatrixElement, _element),
    (sp.Add, _add),
    (sp.Mul, _mul),
    (sp.Pow, _pow),
    (sp.log, _log),
    (sp.tan, _tan),
    (sp.Abs, _abs),
    (sp.sign, _sign),
    *[(kind, _apply(function)) for kind, function in _FUNCTIONS.items()],
    (sp.Piecewise, _piecewise),
    (sp.Derivative, _derivative),
    (sp.Integral, _integral),
    (sp.Sum, _sum),
    (sp.Product, _product),
    (sp.Indexed, _indexed),
    (Relational, _relation),
    (And, lambda e, p: all(_value(a, p) for a in e.args)),
    (Or, lambda e, p: any(_holds(a, p) for a in e.args)),
    (Not, lambda e, p: not _value(e.args[0], p)),
]


def _holds(e, p):
    try:
        return bool(_value(e, p))
    except (Undefined, ZeroDivisionError):
        return False


def holds(relation, point):
    """Tell whether a relation is true at a point; one that is undefined there is not."""
    try:
        return bool(evaluate(relation, point))
    except Undefined:
        return False


# --- drawing points ---------------------------------------------------------------------

_SCALAR_FACTS = {
    sp.Q.positive: lambda x: x > 0,
    sp.Q.negative: lambda x: x < 0,
    sp.Q.nonnegative: lambda x: x >= 0,
    sp.Q.nonpositive: lambda x: x <= 0,
    sp.Q.nonzero: lambda x: sp.Ne(x, 0),
    sp.Q.zero: lambda x: sp.Eq(x, 0),
}
MATRIX_FACTS = (
    sp.Q.orthogonal, sp.Q.unitary, sp.Q.symmetric, sp.Q.invertible, sp.Q.positive_definite,
    sp.Q.diagonal, sp.Q.upper_triangular, sp.Q.lower_triangular, sp.Q.fullrank, sp.Q.singular,
    sp.Q.square,
)  # fmt: skip


def as_facts(conditions):
    """Split conditions into relations and assumptions on matrices, each checked for its kind."""
    relations, assumed = [], []
    for fact in conditions:
        if isinstance(fact, sp.AppliedPredicate):
            predicate, (argument,) = fact.function, fact.arguments
            is_matrix = getattr(argument, "is_Matrix", False)
            if is_matrix and predicate in MATRIX_FACTS:
                assumed.append((predicate, argument))
            elif predicate in _SCALAR_FACTS and not is_matrix:
                relations.append(_SCALAR_FACTS[predicate](argument))
            else:
                raise ValueError(f"where: the condition {fact} is not one that can be used here")
        elif isinstance(fact, And):
            more, assumptions = as_facts(fact.args)
            relations += more
            assumed += assumptions
        elif isinstance(fact, Relational | Or | Not):
            relations.append(fact)
        else:
            raise ValueError(
                f"where: expected an equation, an inequality or an assumption Q.…, got {fact!r:.80}"
            )
    return relations, assumed


SPECIAL = ("zero", "singular", "nilpotent", "idempotent", "identity")


def _special(a, kind):
    """Make a matrix for which rules that hold for most matrices may fail."""
    if kind == "zero":
        return a * 0
    if kind == "singular":
        if min(a.rows, a.cols) > 1:
            for j in range(a.cols):
                a[a.rows - 1, j] = a[0, j]
        if a.rows > a.cols > 1:
            for i in range(a.rows):
                a[i, a.cols - 1] = a[i, 0]
        return a
    if a.rows != a.cols:
        return a
    if kind == "identity" or a.rows == 1 or abs(mp.det(a)) < ZERO:
        return mp.eye(a.rows)
    middle = mp.zeros(a.rows)
    middle[0, 0 if kind == "idempotent" else 1] = 1
    return a * middle * mp.inverse(a)


class Sampler:
    """Draw points for some expressions under some conditions.

    Parameters
    ----------
    expressions : list
        The expressions whose symbols need values.
    conditions : list
        Equations, inequalities and `Q` assumptions that every point must satisfy.
    seed : int
        The same seed draws the same points.
    """

    def __init__(self, expressions, conditions=(), seed=0):
        self.rng = random.Random(seed)
        self.relations, self.assumed = as_facts(conditions)
        everything = [*expressions, *self.relations, *[a for _, a in self.assumed]]
        free = set().union(*[e.free_symbols for e in everything]) if everything else set()
        self.matrices = sorted(
            set().union(*[e.atoms(sp.MatrixSymbol) for e in everything]), key=str
        )
        names = {name for m in self.matrices for name in m.args[0].free_symbols}
        shaped = [a for e in everything for a in e.atoms(sp.MatrixExpr)]
        self.sizes = sorted(
            set().union(*[sp.sympify(n).free_symbols for m in shaped for n in m.shape]), key=str
        )
        self.symbols = sorted(
            (
                s for s in free
                if isinstance(s, sp.Symbol) and s not in names and s not in self.sizes
            ),
            key=lambda s: s.sort_key(),
        )  # fmt: skip
        ordered = [e for x in everything for e in x.atoms(Relational) if _is_order(e)]
        self.real = set().union(*[e.free_symbols for e in ordered]) if ordered else set()
        self.counts = set()
        for e in everything:  # a bound of a sum or a place in a matrix is a whole number
            self._note_indices(e)
        self._split_relations()

    def _note_indices(self, e):
        for total in e.atoms(sp.Sum, sp.Product):
            for _, low, high in total.limits:
                self.counts |= low.free_symbols | high.free_symbols
        for x in e.atoms(sp.Indexed):
            for i in x.indices:
                self.counts |= i.free_symbols
        for x in e.atoms(MatrixElement):
            self.counts |= x.i.free_symbols | x.j.free_symbols
        for x in e.atoms(sp.MatPow):
            self.counts |= x.exp.free_symbols

    def _split_relations(self):
        """Sort the conditions: values to assign, equations to solve, the rest to filter by."""
        self.given, self.equations, self.bounds, self.bound = {}, [], {}, set()
        for r in self.relations:
            if isinstance(r, sp.Eq):
                for name, value in ((r.lhs, r.rhs), (r.rhs, r.lhs)):
                    known = set().union(*[v.free_symbols for v in self.given.values()], set())
                    if (
                        isinstance(name, sp.Symbol | sp.MatrixSymbol)
                        and name not in self.given
                        and name not in known
                        and name not in self.sizes
                        and not (value.free_symbols & {name, *self.given})
                    ):
                        self.given[name] = value
                        break
                else:
                    self.equations.append(r)
                    self.bound |= r.free_symbols | r.atoms(sp.MatrixSymbol)
            elif _is_order(r):
                low, high = (r.lhs, r.rhs) if r.rel_op in ("<", "<=") else (r.rhs, r.lhs)
                a, b = self.bounds.get(high, (None, None)) if high.is_Symbol else (None, None)
                if high.is_Symbol and low.is_number:
                    self.bounds[high] = (low if a is None else max(a, low), b)
                a, b = self.bounds.get(low, (None, None)) if low.is_Symbol else (None, None)
                if low.is_Symbol and high.is_number:
                    self.bounds[low] = (a, high if b is None else min(b, high))

    # -- one value ------------------------------------------------------------

    def _number(self, s, trial):
        rng = self.rng
        low, high = (
            None if b is None else mp.mpf(sp.N(b, 30)) for b in self.bounds.get(s, (None,) * 2)
        )
        if s.is_integer or s in self.counts:
            low = -4 if low is None else int(mp.ceil(low))
            high = max(low, 0) + 5 if high is None else int(mp.floor(high))
            if s in self.counts or s.is_nonnegative:
                low = max(low, 0)
            if s in self.counts and s.is_integer is None:
                high = min(high, 4)
            if s.is_positive:
                low = max(low, 1)
            if s.is_negative:
                high = min(high, -1)
            return mp.mpf(rng.randint(low, max(low, high)))
        scale = (1, 1, 3, mp.mpf(1) / 4)[trial % 4]
        # The first points are whole numbers: a counterexample is best read at 2 and 3.
        x = mp.mpf(rng.randint(1, 2991)) / 997 * scale if trial > 1 else mp.mpf(rng.randint(2, 5))
        if low is not None and high is not None:
            return low + (high - low) * mp.mpf(rng.randint(1, 996)) / 997
        if low is not None and (low >= 0 or trial % 2):
            return low + x
        if high is not None and (high <= 0 or trial % 2):
            return high - x
        if s.is_nonnegative or s.is_negative or s.is_nonpositive:
            return x if s.is_nonnegative else -x
        x *= rng.choice((1, -1))
        # A symbol of which nothing is known is a complex number to SymPy, so half the time here.
        if s.is_extended_real is None and s not in self.real and trial % 2:
            x = mp.mpc(x, mp.mpf(rng.randint(-1994, 1994)) / 997)
        return mp.mpc(0, x) if s.is_imaginary else x

    def _matrix(self, m, sizes, trial, force=None):
        rng = self.rng
        rows, cols = (int(_value(n, sizes)) for n in m.shape)
        a = mp.matrix(rows, cols)
        for i in range(rows):
            for j in range(cols):
                a[i, j] = (
                    mp.mpf(rng.randint(-2991, 2991)) / 997 if trial else mp.mpf(rng.randint(-3, 3))
                )
        kinds = {q for q, name in self.assumed if name == m}
        if force in SPECIAL:
            return _special(a, force)
        if sp.Q.orthogonal in kinds or sp.Q.unitary in kinds:
            q, _ = mp.qr(a)
            for j in range(cols):  # rotations as well as reflections
                sign = rng.choice((1, -1))
                for i in range(rows):
                    q[i, j] *= sign
            a = q
        if sp.Q.positive_definite in kinds:
            a = a.T * a + mp.eye(rows) / 5
        if sp.Q.symmetric in kinds:
            a = a + a.T
        for kind, keep in (
            (sp.Q.diagonal, lambda i, j: i == j),
            (sp.Q.upper_triangular, lambda i, j: i <= j),
            (sp.Q.lower_triangular, lambda i, j: i >= j),
        ):
            if kind in kinds:
                for i, j in product(range(rows), range(cols)):
                    a[i, j] *= keep(i, j)
        if sp.Q.singular in kinds:
            for j in range(cols):
                a[rows - 1, j] = a[0, j]
        return a

    # -- a point --------------------------------------------------------------

    def draw(self, trial=0, force=None):
        """Draw a point; `force` gives some symbols (or matrices) a value of their own.

        The point meets the assignments among the conditions but not yet the rest of them.
        """
        force = force or {}
        with mp.workdps(DIGITS):
            point = {"seed": self.rng.random(), "force": force}
            for n in self.sizes:
                low = self.bounds.get(n, (None, None))[0]
                low = 1 if low is None else max(1, math.ceil(low))
                point[n] = mp.mpf(low + (self.rng.choice((0, 1, 1, 1, 2)) if trial else 1))
            for s in self.symbols:
                point[s] = mp.mpf(force[s]) if s in force else self._number(s, trial)
            for m in self.matrices:
                point[m] = self._matrix(m, point, trial, force.get(m))
            self.assign(point)
            return point

    def assign(self, point):
        """Give the symbols that a condition defines their values."""
        for name, value in self.given.items():
            try:
                point[name] = evaluate(value, point)
            except Undefined:
                point[name] = mp.mpf("nan")

    def admits(self, point):
        """Tell whether a point meets every assumption and every condition."""
        for s in self.symbols:
            if not conforms(s, point[s], real=s in self.real):
                return False
        if not all(holds(r, point) for r in self.relations):
            return False
        try:
            return all(_matrix_is(q, evaluate(a, point)) for q, a in self.assumed)
        except Undefined:
            return False

    def structure(self):
        """Return the equations that hold for every point: conditions and structured matrices."""
        extra = []
        for q, a in self.assumed:
            if q in (sp.Q.orthogonal, sp.Q.unitary):
                extra.append(sp.Eq(a.T * a, sp.Identity(a.shape[0]), evaluate=False))
            elif q in (sp.Q.symmetric, sp.Q.positive_definite):
                extra.append(sp.Eq(a.T, a, evaluate=False))
        return extra

    def points(self, count, equations=(), tries=12, force=None, first=0):
        """Yield up to `count` points that meet the conditions and some more equations."""
        found = 0
        for trial in range(first, first + count * tries):
            if found == count:
                return
            point = self.point(trial, equations, force)
            if point is not None:
                found += 1
                yield point

    def point(self, trial, equations=(), force=None, only=None):
        """Draw one point on the solutions of some equations, or return None."""
        start = self.draw(trial, force)
        system = [*self.equations, *equations]
        if system:
            fixed = set(force or ())
            if only is not None:
                only = {*only, *self.bound}
            if self.matrices:
                system += [e for e in self.structure() if only is None or e.lhs.free_symbols & only]
            start = self.solve(start, system, fixed, only)
        if start is None or not self.admits(start):
            return None
        return start

    # -- solving --------------------------------------------------------------

    def solve(self, point, equations, fixed=(), only=None):
        """Move a point onto the solutions of the equations by damped Gauss–Newton steps."""
        used = set().union(*[e.free_symbols | e.atoms(sp.MatrixSymbol) for e in equations])
        for name, value in self.given.items():
            if name in used:
                used |= value.free_symbols | value.atoms(sp.MatrixSymbol)
        places = [
            (s, None)
            for s in self.symbols
            if s in used and s not in self.given and s not in fixed
            and not s.is_integer and s not in self.counts and (only is None or s in only)
        ]  # fmt: skip
        for m in self.matrices:
            if m in used and m not in self.given and m not in fixed and (only is None or m in only):
                places += [(m, ij) for ij in product(range(point[m].rows), range(point[m].cols))]

        def moved(values):
            p = dict(point)
            for m in self.matrices:
                p[m] = point[m].copy()
            for (name, ij), v in zip(places, values, strict=True):
                if ij is None:
                    p[name] = v
                else:
                    p[name][ij] = v
            self.assign(p)
            return p

        def residual(values):
            p = moved(values)
            out = []
            for e in equations:
                gap = evaluate(e.lhs, p) - evaluate(e.rhs, p)
                out += list(gap) if isinstance(gap, mp.matrix) else [gap]
            return out

        with mp.workdps(DIGITS):
            x = [point[n] if ij is None else point[n][ij] for n, ij in places]
            try:
                f = residual(x)
                jacobian, size, slow = None, max(abs(v) for v in f), False
                sizes = []
                for _ in range(60):
                    if size < SOLVED:
                        return moved(x)
                    sizes.append(size)
                    if not places or (len(sizes) > 7 and size > sizes[-7] / 8):
                        return None  # no solution is near
                    if jacobian is None:
                        jacobian = self._slopes(residual, x, f)
                    # Ordinary precision finds the direction; the steps add up in full precision.
                    scaled = [_plain(v / size) for v in f]
                    step = np.linalg.lstsq(jacobian, np.array(scaled), rcond=1e-10)[0]
                    step = [size * mp.mpmathify(complex(v) if v.imag else v.real) for v in step]
                    if slow:  # at a double root the full step falls short by half
                        step = [2 * v for v in step]
                    for _ in range(8):  # halve a step that leads further away or out of the domain
                        try:
                            tried = [a - b for a, b in zip(x, step, strict=True)]
                            g = residual(tried)
                            if max(abs(v) for v in g) < 2 * size:
                                break
                        except Undefined:
                            pass
                        step = [b / 2 for b in step]
                    else:
                        return None
                    before, size = size, max(abs(v) for v in g)
                    slow = not slow and before > 3 * size > before / 2
                    x, f = tried, g
                    if size > before * mp.mpf("1e-8"):
                        jacobian = None
            except (Undefined, ZeroDivisionError, ValueError, OverflowError, np.linalg.LinAlgError):
                return None
        return None

    @staticmethod
    def _slopes(residual, x, f):
        """Difference the residual; 80 digits leave room for a tiny step."""
        h = mp.mpf("1e-35")
        columns = []
        for j in range(len(x)):
            g = residual([v + h if i == j else v for i, v in enumerate(x)])
            columns.append([_plain((b - a) / h) for a, b in zip(f, g, strict=True)])
        return np.array(columns).T


def _plain(v):
    return complex(v) if isinstance(v, mp.mpc) and v.imag else float(mp.re(v))


def _is_order(r):
    return isinstance(r, Relational) and not isinstance(r, sp.Eq | sp.Ne)


def conforms(s, value, real=False):
    """Tell whether a value respects the assumptions of a symbol."""
    if isinstance(value, mp.matrix):
        return True
    if not mp.isfinite(value):
        return False
    is_real = abs(mp.im(value)) <= NEAR * (1 + abs(value))
    if (real or s.is_extended_real) and not is_real:
        return False
    if s.is_imaginary:
        return abs(mp.re(value)) <= NEAR
    x = mp.re(value)
    zero = abs(value) <= NEAR
    return not (
        (s.is_integer and (not is_real or abs(x - mp.nint(x)) > NEAR))
        or (s.is_zero is False and zero)
        or (s.is_positive and not x > 0)
        or (s.is_negative and not x < 0)
        or (s.is_nonnegative and x < -NEAR)
        or (s.is_nonpositive and x > NEAR)
        or (s.is_even and mp.nint(x) % 2)
        or (s.is_odd and not mp.nint(x) % 2)
    )


def _matrix_is(predicate, a):
    """Test an assumption on a matrix of numbers."""
    q = sp.Q
    with mp.workdps(DIGITS):
        off = [(i, j) for i, j in product(range(a.rows), range(a.cols)) if i != j]
        small = NEAR * (1 + max(abs(x) for x in a))
        if predicate == q.fullrank:
            gram = a.T * a if a.rows >= a.cols else a * a.T
            return abs(mp.det(gram)) > ZERO
        if a.rows != a.cols:
            return False
        if predicate in (q.orthogonal, q.unitary):
            return near(a.T * a, mp.eye(a.rows))
        if predicate == q.symmetric:
            return near(a, a.T)
        if predicate == q.invertible:
            return abs(mp.det(a)) > ZERO
        if predicate == q.singular:
            return abs(mp.det(a)) < NEAR
        if predicate == q.positive_definite:
            minors = [mp.det(a[:k, :k]) for k in range(1, a.rows + 1)]
            return near(a, a.T) and all(d > ZERO for d in minors)
        if predicate == q.diagonal:
            return all(abs(a[i, j]) <= small for i, j in off)
        if predicate == q.upper_triangular:
            return all(abs(a[i, j]) <= small for i, j in off if i > j)
        if predicate == q.lower_triangular:
            return all(abs(a[i, j]) <= small for i, j in off if i < j)
    return True


# --- functions of which only the name is known --------------------------------------------


def concrete_functions(expressions, seed):
    """Choose a definite, unremarkable function for every undefined one: pairs to replace."""
    rng = random.Random(seed)
    names = sorted({a.func for e in expressions for a in e.atoms(AppliedUndef)}, key=str)

    def by_place(slope):  # df/dg(x) is the derivative of f, taken at g(x)
        out = slope.expr
        for v, n in slope.variable_count:
            t = sp.Dummy()
            out = sp.Subs(sp.Derivative(out.subs(v, t), (t, n)), t, v)
        return out

    pairs = [
        (
            lambda e: (
                isinstance(e, sp.Derivative)
                and any(isinstance(v, AppliedUndef) for v in e.variables)
            ),
            by_place,
        )
    ]
    for f in names:
        c = [sp.Rational(rng.randint(3, 40), 13) * rng.choice((1, -1)) for _ in range(6)]

        def body(*args, c=c, positive=f.is_positive):
            mix = sum(sp.Rational(k + 2, 2) * a for k, a in enumerate(args))
            squares = sum(a**2 for a in args)
            value = c[0] + c[1] * mix + c[2] * squares + c[3] * sp.exp(mix * c[4] / 12)
            return sp.exp(value / 3) if positive else value

        pairs.append((f, body))
    return pairs


def free_values(expressions):
    """Name every value f(x) and derivative f'(x) of an unknown function f by a symbol.

    The values and derivatives of an arbitrary function at a point may be chosen freely, so
    what holds for the symbols holds for the function.
    """
    found = set().union(
        *[e.atoms(AppliedUndef) | e.atoms(sp.Derivative, sp.Subs) for e in expressions]
    )
    found = sorted((a for a in found if a.has(AppliedUndef)), key=lambda a: a.sort_key())
    return {a: sp.Dummy(str(a), real=True, positive=a.is_positive or None) for a in found}

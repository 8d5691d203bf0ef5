"""Does one line of a derivation follow from the line before it?

The question is put in three ways, the cheap one first.

1. Both lines are worked out at points drawn under the conditions.  A point at which they
   disagree is a counterexample, and settles it: no symbolic "yes" can override it.
2. SymPy is asked for a proof: the difference simplifies to zero, the two equations have
   the same solutions, the two products of matrices have the same normal form.
3. If it finds none, more points are tried, and the line is marked as checked numerically.

`follows` answers "symbolic" or "numeric", or raises `Refused`.
"""

from itertools import product
from math import prod

import mpmath as mp
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or
from sympy.polys.polyerrors import BasePolynomialError

from mml._sampling import (
    DIGITS,
    LOOSE,
    NEAR,
    SPECIAL,
    Sampler,
    Undefined,
    Unknown,
    as_facts,
    concrete_functions,
    evaluate,
    free_values,
    holds,
    is_symbolic,
    near,
)
from mml._words import Algebra

SEED = 20_240_229
FEW, MANY = 10, 40  # points of the first look, and of the last one
ENOUGH = 3  # fewer points than this decide nothing
LARGE = 250  # operations beyond which simplify() is not asked
FAILURES = (BasePolynomialError, NotImplementedError, TypeError, ValueError, AttributeError)
_UNEVALUATED = (sp.Derivative, sp.Integral, sp.Sum, sp.Product, sp.Limit)


class Refused(Exception):
    """The line does not follow, or nothing shows that it does."""

    def __init__(self, message, counterexample=None):
        super().__init__(message)
        self.counterexample = counterexample or {}


def follows(old, new, conditions=(), implies=False):
    """Return how the step from `old` to `new` was verified: "symbolic" or "numeric".

    Parameters
    ----------
    old, new : expression, matrix or relation
        Two lines of the same kind.
    conditions : sequence
        What may be used: equations, inequalities, assumptions `Q.…`.
    implies : bool
        For relations: ask only whether `new` follows from `old`, not the converse.

    Raises
    ------
    Refused
        With the point at which the lines differ, if one was found.
    """
    lines = [_exact(x) for x in (old, new, *conditions)]
    old, new, conditions = lines[0], lines[1], lines[2:]
    if is_relation(old):
        return _same_truth(old, new, conditions, implies)
    return _same_value(old, new, conditions)


def is_relation(line):
    """Tell whether a line is an equation, an inequality or several of them."""
    return isinstance(line, Relational | And | Or)


def on_sides(change, line):
    """Apply `change` to the two sides of a relation without letting SymPy decide it."""
    if isinstance(line, And | Or):
        return line.func(*[on_sides(change, a) for a in line.args], evaluate=False)
    if isinstance(line, Relational):
        return line.func(change(line.lhs), change(line.rhs), evaluate=False)
    return change(line)


def _exact(line):
    """Read decimal numbers as the fractions that they are written as."""
    return on_sides(
        lambda e: e.xreplace({f: sp.nsimplify(f, rational=True) for f in e.atoms(sp.Float)}), line
    )


def _done(line):
    """Carry out derivatives, integrals, sums and limits."""
    return on_sides(carry_out, line)


def carry_out(e):
    """Carry out an expression's derivatives, integrals, sums and limits."""
    if isinstance(e, sp.Derivative) and any(isinstance(v, sp.MatrixSymbol) for v in e.variables):
        done = e.expr.doit()
        for v in e.variables:  # SymPy's doit() stumbles over derivatives by a matrix
            done = done.diff(v)
        return done.doit()
    return e.doit()


# --- expressions ------------------------------------------------------------------------


def _same_value(old, new, conditions):
    raw = [old, new]
    lines = [_done(x) for x in (old, new, *conditions)]
    numeric_raw, numeric = _without_functions(raw, lines)
    a, b, facts = numeric[0], numeric[1], numeric[2:]
    sampler = Sampler([a, b], facts, SEED)
    tried = _compare(a, b, sampler, FEW)
    if any(e.has(*_UNEVALUATED) for e in raw):
        ends = [b for e in raw for i in e.atoms(sp.Integral) for lim in i.limits for b in lim[1:]]
        count = 6 if any(b.free_symbols for b in ends) else 2
        _compare(*numeric_raw, Sampler(numeric_raw, facts, SEED + 1), count, LOOSE)
    else:
        _same_domain(a, b, facts)
    if tried and _vanishes(lines[0], lines[1], lines[2:]):
        return "symbolic"
    tried += _compare(a, b, sampler, MANY)
    if tried < ENOUGH:
        raise Refused(
            "cannot decide: the two lines could not be evaluated at any point that meets the "
            "conditions"
        )
    return "numeric"


def _without_functions(raw, lines):
    """Replace unknown functions: by definite ones, or by free values where facts bind them."""
    if not any(e.has(AppliedUndef) for e in lines):
        return raw, lines
    if any(e.has(AppliedUndef) for e in lines[2:]):
        names = free_values(lines)
        return [on_sides(lambda e: e.xreplace(names), x) for x in raw], [
            on_sides(lambda e: e.xreplace(names), x) for x in lines
        ]
    pairs = concrete_functions(lines, SEED)

    def change(e):
        for f, body in pairs:
            e = e.replace(f, body)
        return e

    return [change(x) for x in raw], [on_sides(lambda e: change(e).doit(), x) for x in lines]


def _compare(a, b, sampler, count, tolerance=None):
    """Evaluate both at points; return at how many both have a value."""
    defined, lopsided = 0, 0
    symbols = sampler.symbols
    special = [{s: v} for s in symbols for v in (0, 1, -1)][:12] if tolerance is None else []

    def points():
        for trial, force in enumerate([None] * count + special):
            tries = 12 if force is None else 1
            yield from sampler.points(1, force=force, tries=tries, first=trial)
        if tolerance is None and count == FEW:
            yield from _around_edges(a, b, sampler)

    for point in points():
        left, right = (_value_or_none(e, point) for e in (a, b))
        if left is Unknown or right is Unknown:
            continue
        if left is None or right is None:
            if left is not right and not point["force"]:
                lopsided += 1
            if lopsided > (
                0 if tolerance else 2
            ):  # one line has a value where the other has none, and not by chance
                raise Refused(
                    f"at {say(point, [a, b])} the {'old' if left is None else 'new'} line has no "
                    "value",
                    named(point, [a, b]),
                )
            continue
        defined += 1
        if not near(left, right, tolerance or NEAR):
            place = say(point, [a, b])
            values = [show(left), show(right)]
            if values[0] == values[1] and not isinstance(left, mp.matrix):
                values[1] = f"{values[0]} plus {float(abs(right - left)):.2g}"
            raise Refused(
                f"{place and f'at {place} '}the old line is {values[0]} and the new one is "
                f"{values[1]}",
                named(point, [a, b]),
            )
    return defined


def _value_or_none(e, point):
    """Return the value, None where there is none, or `Unknown` where it cannot be found."""
    try:
        return evaluate(e, point)
    except Unknown:
        return Unknown
    except Undefined:
        return None


def _around_edges(a, b, sampler):
    """Yield points at and beside the places where an expression changes its branch."""
    edges = set()
    for e in (a, b):
        for part in sp.sympify(e).atoms(sp.Function, sp.Pow, sp.Max, sp.Min):
            if part.is_Pow and part.exp.is_Rational and not part.exp.is_Integer:
                edges.add(part.base)
            elif isinstance(part, sp.Abs | sp.sign | sp.Heaviside | sp.log):
                edges.add(part.args[0])
            elif isinstance(part, sp.Max | sp.Min):
                edges |= {x - part.args[0] for x in part.args[1:]}
            elif isinstance(part, sp.Piecewise):
                edges |= {r.lhs - r.rhs for _, c in part.args for r in c.atoms(Relational)}
    edges = sorted((e for e in edges if e.free_symbols), key=lambda e: e.sort_key())
    for edge in edges[:6]:
        edge = sp.Eq(edge, 0, evaluate=False)
        for point in _on(edge, sampler, limit=4):
            yield point
            yield from _beside(point, edge, sampler)


def _same_domain(a, b, facts):
    """Refuse a step that divides by, or cancels, what may be zero."""
    a, b = (_merged(x) for x in (a, b))
    bases = [d for d in _divisors(a) ^ _divisors(b) if d.free_symbols]
    for base in sorted(bases, key=lambda d: d.sort_key())[:6]:
        sampler = Sampler([a, b], facts, SEED)
        for point in _on(sp.Eq(base, 0, evaluate=False), sampler, limit=4):
            values = []
            for line in (a, b):
                try:
                    values.append(evaluate(line, point))
                except Undefined:
                    values.append(None)
            if (values[0] is None) != (values[1] is None):
                lost, kept = ("old", "new") if values[0] is None else ("new", "old")
                raise Refused(
                    f"at {say(point, [a, b])} the {kept} line has a value and the {lost} line has "
                    f"none: state where=Ne({base}, 0) or what rules this out",
                    named(point, [a, b]),
                )


def _merged(e):
    return e if getattr(e, "is_Matrix", False) else sp.powsimp(e)


def _divisors(e):
    """Return what the expression divides by, or takes the logarithm of."""
    found = set()
    for p in sp.sympify(e).atoms(sp.Pow, sp.log):
        if isinstance(p, sp.log):
            found.add(p.args[0])
        elif p.exp.could_extract_minus_sign() and not isinstance(p.base, sp.MatrixExpr):
            found.add(p.base)
    return found


# --- relations --------------------------------------------------------------------------


def _same_truth(old, new, conditions, implies):
    lines = [_done(x) for x in (old, new, *conditions)]
    if any(e.has(AppliedUndef) for e in lines):
        lines = _with_derivatives(lines)
    old, new, conditions = lines[0], lines[1], lines[2:]
    sampler = Sampler([old, new], conditions, SEED)
    counts, always = [0, 0], [True, True]
    for point in _candidates(old, new, sampler):
        was, now = holds(old, point), holds(new, point)
        always = [always[0] and was, always[1] and now]
        if not any(isinstance(v, str) for v in point["force"].values()):
            counts = [counts[0] + was, counts[1] + now]  # a forced zero matrix shows little
        if was and not now:
            raise Refused(
                f"at {say(point, [old, new])} the old line is true but the new one is "
                f"{_why_not(new, point)}",
                named(point, [old, new]),
            )
        if now and not was and not implies:
            raise Refused(
                f"at {say(point, [old, new])} the new line is true but the old one is "
                f"{_why_not(old, point)} (implies=True would ask for one direction only)",
                named(point, [old, new]),
            )
    if counts[0] < ENOUGH or (counts[1] < ENOUGH and not implies):
        which = "old" if counts[0] < ENOUGH else "new"
        raise Refused(
            f"cannot decide: found no points at which the {which} line holds, so there is "
            "nothing to test it on"
        )
    if _proved(old, new, conditions, always[1]) and (
        implies or _proved(new, old, conditions, always[0])
    ):
        return "symbolic"
    if _same_relation(old, new, conditions) or (not implies and _same_set(old, new, conditions)):
        return "symbolic"
    return "numeric"


def _why_not(line, point):
    try:
        evaluate(line, point)
    except Undefined:
        return "not defined"
    return "false"


def _with_derivatives(lines):
    """Name unknown functions by symbols; an equation between functions holds differentiated."""
    old, new, *conditions = lines
    orders = [
        v for d in new.atoms(sp.Derivative) if d.has(AppliedUndef) for v in d.variables
        if v.is_Symbol and not old.has(d)
    ]  # fmt: skip
    if isinstance(old, sp.Eq) and orders and not new.has(sp.Integral):
        for v in dict.fromkeys(orders):
            if any(v in f.free_symbols for f in old.atoms(AppliedUndef)):
                change = on_sides(lambda e, v=v: e.diff(v).doit(), old)
                old = And(old, change, evaluate=False)
    lines = [old, new, *conditions]
    names = free_values(lines)
    return [on_sides(lambda e: e.xreplace(names), x) for x in lines]


def _alternatives(line):
    """Write a line as alternatives, each a list of relations that hold together."""
    if isinstance(line, Or):
        return [choice for a in line.args for choice in _alternatives(a)]
    if isinstance(line, And):
        choices = product(*[_alternatives(a) for a in line.args])
        return [[r for part in choice for r in part] for choice in choices]
    return [[line]]


def _candidates(old, new, sampler):
    """Yield points that could tell the two lines apart."""
    for line in (old, new):
        for together in _alternatives(line)[:6]:
            equations = [r for r in together if isinstance(r, sp.Eq)]
            others = [r for r in together if not isinstance(r, sp.Eq)]
            if equations:
                yield from _on_all(equations, sampler)
            for r in others:  # the edge of an inequality, and a step to either side of it
                edge = sp.Eq(r.lhs, r.rhs, evaluate=False)
                for point in _on_all([*equations, edge], sampler, limit=12):
                    yield point
                    if not equations:
                        yield from _beside(point, r, sampler)
    for base in sorted(_divisors(old) ^ _divisors(new), key=lambda d: d.sort_key())[:6]:
        if base.free_symbols:  # where one line may have lost its meaning
            edge = sp.Eq(base, 0, evaluate=False)
            yield from _on_all([edge], sampler, limit=4)
            for line in (old, new):
                for together in _alternatives(line)[:6]:
                    equations = [r for r in together if isinstance(r, sp.Eq)]
                    if equations:
                        yield from _on_all([*equations, edge], sampler, limit=3)
    yield from sampler.points(30)
    for s in sampler.symbols[:6]:
        for v in (0, 1, -1):
            yield from sampler.points(1, force={s: v}, tries=2)


def _beside(point, relation, sampler):
    for s in sorted(relation.free_symbols & set(sampler.symbols), key=lambda s: s.sort_key()):
        if s in sampler.given or s.is_integer:
            continue
        for step in ("1e-6", "-1e-6", "0.3", "-0.3"):
            moved = {**point, s: point[s] + mp.mpf(step)}
            sampler.assign(moved)
            if sampler.admits(moved):
                yield moved


def _on_all(equations, sampler, limit=40, system=False):
    """Yield points at which several equations hold together."""
    if len(equations) == 1 and not system:
        yield from _on(equations[0], sampler, limit)
        return
    count, failed = 0, 0
    # Each matrix is solved for in turn, the others being drawn, singular and zero ones too.
    moving = [{m} for m in sampler.matrices] + [None]
    forces = [None] * (2 * len(moving) + 4)
    forces += [{m: how} for m in sampler.matrices for how in SPECIAL] * len(moving)
    forces += [{s: v} for s in sampler.symbols for v in (0, 1, -1)]
    for trial, force in enumerate(forces):
        only = moving[(trial + trial // len(moving)) % len(moving)]
        if only and force and only & set(force):
            continue
        point = sampler.point(trial, equations, force, only)
        if point is not None:
            count += 1
            yield point
        failed = 0 if point is not None else failed + 1
        if count >= limit or failed > (12 if limit > 10 else 3):
            return


def _on(equation, sampler, limit=40):
    """Yield points on every branch of one equation, those with zeros and ones included."""
    if equation.lhs.is_Matrix or sampler.matrices:
        yield from _on_all([equation], sampler, limit, system=True)
        return
    count = 0
    for part in _factors(equation):
        names = sorted(part.free_symbols & set(sampler.symbols), key=lambda s: s.sort_key())
        if not names:
            if part == 0:
                yield from sampler.points(8)
            continue
        for name in names:
            others = [s for s in names if s != name]
            special = [{s: v} for s in others for v in (0, 1, -1)][:9]
            for trial, force in enumerate([None] * (3 if others else 6) + special):
                for point in _solve_for(name, part, sampler, trial, force):
                    count += 1
                    yield point
            if count >= limit:
                break


def _factors(equation):
    """Return the factors of which one must vanish for the equation to hold."""
    gap = equation.lhs - equation.rhs
    numerator = sp.together(gap).as_numer_denom()[0]
    try:
        constant, factors = sp.factor_list(numerator)
    except (BasePolynomialError, NotImplementedError):
        return [numerator]
    if constant == 0:
        return [sp.S.Zero]
    return [f for f, _ in factors]


def _solve_for(name, part, sampler, trial, force):
    """Yield points at which `part` vanishes, everything but `name` being drawn at random."""
    bound = name in sampler.given or any(name in v.free_symbols for v in sampler.given.values())
    if sampler.equations or bound:
        point = sampler.point(trial, [sp.Eq(part, 0, evaluate=False)], force)
        if point is not None:
            yield point
        return
    start = sampler.draw(trial, force)
    if not part.is_polynomial(name):
        point = sampler.solve(start, [sp.Eq(part, 0, evaluate=False)], force or (), only={name})
        if point is not None and sampler.admits(point):
            yield point
        return
    with mp.workdps(DIGITS):
        try:
            coefficients = [evaluate(c, start) for c in sp.Poly(part, name).all_coeffs()]
        except (Undefined, BasePolynomialError):
            return
        while coefficients and abs(coefficients[0]) < mp.mpf("1e-40"):
            coefficients.pop(0)
        if len(coefficients) == 0:
            roots = [start[name]]
        else:
            try:
                roots = mp.polyroots(coefficients, maxsteps=200, extraprec=300)
            except mp.mp.NoConvergence:
                return
    for root in roots:
        if abs(mp.im(root)) < mp.mpf("1e-40"):
            root = mp.re(root)
        if abs(root - mp.nint(mp.re(root))) < mp.mpf("1e-40"):
            root = mp.nint(mp.re(root))
        point = {**start, name: root}
        sampler.assign(point)
        if sampler.admits(point):
            yield point


# --- proofs by SymPy: expressions ---------------------------------------------------------


class _Facts:
    """The conditions as SymPy can use them: better symbols, substitutions, what is not zero."""

    def __init__(self, conditions):
        relations, self.assumed = as_facts(conditions)
        stronger = {}
        for r in relations:
            for s, fact in _signs(r):
                stronger.setdefault(s, {}).update(fact)
        self.names = {}
        for s, facts in stronger.items():
            known = {k: v for k, v in s.assumptions0.items() if v is not None}
            try:
                self.names[s] = sp.Dummy(s.name, **{**known, **facts})
            except sp.core.assumptions.InconsistentAssumptions:
                continue
        self.equations = [self.use(r) for r in relations if isinstance(r, sp.Eq)]
        self.unequal = [
            self.use(r.lhs - r.rhs)
            for r in relations
            if isinstance(r, sp.Ne | sp.StrictLessThan | sp.StrictGreaterThan)
            and not getattr(r.lhs, "is_Matrix", False)
        ]

    def use(self, line):
        return on_sides(lambda e: e.subs(self.names) if self.names else e, line)

    def nonzero(self, e):
        """Tell whether an expression is known not to vanish."""
        if e.is_zero is False:
            return True
        for part in sp.Mul.make_args(sp.factor(e) if not e.is_Atom else e):
            base = part.base if part.is_Pow and part.exp.is_number else part
            if base.is_zero is False:
                continue
            if not any(_ratio_is_number(base, u) for u in self.unequal):
                return False
        return True


def _ratio_is_number(a, b):
    ratio = sp.cancel(a / b)
    return ratio.is_number and ratio.is_zero is False


def _signs(r):
    """Yield what a relation says about the sign of one symbol."""
    if isinstance(r, sp.Ne):
        for s, other in ((r.lhs, r.rhs), (r.rhs, r.lhs)):
            if s.is_Symbol and other == 0:
                yield s, {"zero": False}
        return
    if isinstance(r, sp.Eq) or not isinstance(r, Relational):
        return
    low, high = (r.lhs, r.rhs) if r.rel_op in ("<", "<=") else (r.rhs, r.lhs)
    strict = r.rel_op in ("<", ">")
    if high.is_Symbol and low.is_nonnegative:
        yield high, {"positive": True} if strict or low.is_positive else {"nonnegative": True}
    if low.is_Symbol and high.is_nonpositive:
        yield low, {"negative": True} if strict or high.is_negative else {"nonpositive": True}
    if high.is_Symbol and low.is_number:
        yield high, {"extended_real": True}
    if low.is_Symbol and high.is_number:
        yield low, {"extended_real": True}


def _vanishes(old, new, conditions):
    """Try to prove that two expressions are equal."""
    facts = _Facts(conditions)
    if getattr(old, "is_Matrix", False):
        if old.has(sp.MatrixSymbol) or is_symbolic(old) or is_symbolic(new):
            return _same_words(old, new, facts)
        return all(
            _is_zero(facts.use(a - b), facts)
            for a, b in zip(old.as_explicit(), new.as_explicit(), strict=True)
        )
    if old.has(sp.MatrixSymbol) or new.has(sp.MatrixSymbol):
        return _same_words(old, new, facts)
    return _is_zero(facts.use(old - new), facts)


def _is_zero(gap, facts):
    """Simplify by cheap means, then by dear ones; use the facts at every price."""
    gaps = [gap]
    used = gap
    for e in facts.equations:
        if not e.lhs.is_Matrix:
            used = used.subs(e.lhs, e.rhs)
    if used != gap:
        gaps.insert(0, used)
    cheap = [
        lambda e: e,
        sp.expand,
        lambda e: sp.expand(sp.together(e).as_numer_denom()[0]),
        lambda e: sp.expand(e, func=True, trig=True, log=True),
        lambda e: sp.expand(sp.powsimp(sp.expand(e.rewrite(sp.exp)))),
    ]
    dear = [
        sp.cancel,
        sp.trigsimp,
        sp.simplify,
        lambda e: sp.simplify(e.rewrite(sp.exp)),
        sp.radsimp,
        lambda e: sp.simplify(sp.expand_log(e)),
    ]
    for tool in cheap + dear:
        for e in gaps:
            if tool in dear and sp.count_ops(e) > LARGE:
                continue
            try:
                done = tool(e)
            except (
                BasePolynomialError,
                NotImplementedError,
                TypeError,
                ValueError,
                AttributeError,
            ):
                continue
            if done == 0:
                return True
            if tool in cheap[1:3] and facts.equations:
                for f in facts.equations:
                    if not f.lhs.is_Matrix:
                        done = sp.expand(done.subs(f.lhs, f.rhs))
                if done == 0:
                    return True
        if tool is cheap[3] and _member(gap, [_gaps(f) for f in facts.equations], facts):
            return True
    return False


def _member(gap, equations, facts):
    flat = [g for e in equations for g in (e or [])]
    return bool(flat) and _forced([gap], flat, facts)


def _forced(targets, equations, facts):
    """Prove that the targets vanish wherever the equations hold (Hilbert's Nullstellensatz).

    A target t vanishes on all common zeros of the equations exactly when the equations and
    1 - s t = 0, with a new symbol s, have none; Gröbner bases decide that.  Functions such as
    sin(x) count as further unknowns, which can only make the proof harder.
    """
    try:
        unequal = [sp.together(u).as_numer_denom()[0] for u in facts.unequal]
        parts = [sp.together(e).as_numer_denom() for e in [*equations, *targets]]
        given = [n for n, _ in parts[: len(equations)]]
        wanted = [n for n, _ in parts[len(equations) :] if sp.expand(n) != 0]
        unequal += [d for _, d in parts[: len(equations)]]  # the old line is true, so defined
        divisors = [d for _, d in parts[len(equations) :]]  # the new line must be shown to be
        everything = [e for e in [*given, *wanted, *unequal, *divisors] if e.free_symbols]
        if not everything:
            return not wanted
        gens, known = (), []
        for _ in range(3):
            gens = sp.parallel_poly_from_expr([*everything, *known])[1].gens
            known = _known_relations(gens)
        names = {g: sp.Dummy() for g in gens}
        unequal += [g for g in gens if g.is_zero is False]
        t, s = sp.Dummy(), sp.Dummy()

        def lift(e):
            return sp.expand(sp.sympify(e).subs(names))

        base = [lift(e) for e in [*given, *known]]
        base.append(1 - t * prod(lift(u) for u in dict.fromkeys(unequal)))
        claims = [1 - s * lift(w) for w in wanted] + [lift(d) for d in divisors if d != 1]
        letters = {s, t, *names.values()}
        if len(gens) + len(base) > 16 or any(sp.count_ops(e) > LARGE for e in base):
            return False
        if any(e.free_symbols - letters for e in [*base, *claims]):
            return False
        return all(
            sp.groebner([*base, claim], s, t, *names.values(), order="grevlex").exprs == [1]
            for claim in claims
        )
    except FAILURES:
        return False


def _known_relations(gens):
    """Return the polynomial relations among sines, cosines and roots."""
    known = []
    for g in gens:
        if g.is_Pow and g.exp.is_Rational and g.exp.q > 1:
            known.append(g**g.exp.q - g.base**g.exp.p if g.exp.p > 0 else 0)
        if isinstance(g, sp.sin) and sp.cos(g.args[0]) in gens:
            known.append(g**2 + sp.cos(g.args[0]) ** 2 - 1)
    return [k for k in known if k != 0]


# --- proofs by SymPy: relations ------------------------------------------------------------


def _gaps(line):
    """Write equations as expressions that must all vanish, or return None."""
    if isinstance(line, sp.Eq):
        a, b = line.lhs, line.rhs
        if getattr(a, "is_Matrix", False):
            if is_symbolic(a) or is_symbolic(b) or a.has(sp.MatrixSymbol):
                return None
            return [x - y for x, y in zip(a.as_explicit(), b.as_explicit(), strict=True)]
        return None if a.has(sp.MatrixSymbol) or b.has(sp.MatrixSymbol) else [a - b]
    if isinstance(line, And):
        parts = [_gaps(a) for a in line.args]
        return None if None in parts else [g for p in parts for g in p]
    if isinstance(line, Or):
        parts = [_gaps(a) for a in line.args]
        if None in parts or any(len(p) != 1 for p in parts):
            return None
        return [prod(p[0] for p in parts)]
    return None


def _proved(old, new, conditions, always=False):
    """Try to prove that every solution of `old` solves `new` (which may `always` be true)."""
    facts = _Facts(conditions)
    old, new = facts.use(old), facts.use(new)
    given, wanted = _gaps(old), _gaps(new)
    if isinstance(old, sp.Ne) and isinstance(new, sp.Ne):  # by contraposition
        given, wanted = [new.lhs - new.rhs], [old.lhs - old.rhs]
    if given is None or wanted is None:
        return _words_proved(old, new, facts)
    known = [g for f in facts.equations for g in (_gaps(f) or [])]
    if always and all(_is_zero(w, facts) for w in wanted):
        return True
    if len(given) == len(wanted) and all(
        _multiple(w, g, facts) for g, w in zip(given, wanted, strict=True)
    ):
        return True
    return _forced(wanted, given + known, facts)


def _multiple(target, source, facts):
    """Tell whether `target` is `source` times something finite."""
    if source == 0:
        return _is_zero(target, facts)
    for ratio in (
        lambda: sp.cancel(sp.together(target / source)),
        lambda: sp.simplify(target / source),
    ):
        try:
            denominator = ratio().as_numer_denom()[1]
        except (BasePolynomialError, NotImplementedError):
            continue
        if facts.nonzero(denominator):
            return True
    return False


def _same_relation(old, new, conditions):
    """Compare two inequalities: one is the other times something of known sign."""
    facts = _Facts(conditions)
    old, new = facts.use(old), facts.use(new)
    if not (isinstance(old, Relational) and isinstance(new, Relational)):
        return False
    if isinstance(old, sp.Eq | sp.Ne) or isinstance(new, sp.Eq | sp.Ne):
        return False
    strict = [r.rel_op in ("<", ">") for r in (old, new)]
    if strict[0] != strict[1]:
        return False
    gaps = [r.gts - r.lts for r in (old, new)]
    ratio = sp.factor(sp.cancel(gaps[0] / gaps[1])) if gaps[1] != 0 else sp.S.Zero
    return bool(ratio.is_positive)


def _same_set(old, new, conditions):
    """Compare the solution sets of two relations in one real unknown."""
    names = old.free_symbols | new.free_symbols
    if conditions or len(names) != 1 or old.has(sp.MatrixSymbol):
        return False
    (x,) = names
    if not x.is_extended_real:
        return False
    plain = sp.Dummy("x", real=True)
    domain = sp.Interval.open(0, sp.oo) if x.is_positive else sp.S.Reals
    if x.is_integer or (x.is_positive is None and x.is_nonnegative):
        return False
    try:
        sets = [
            on_sides(lambda e: e.xreplace({x: plain}), r).as_set().intersect(domain)
            for r in (old, new)
        ]
    except (NotImplementedError, ValueError, TypeError, AttributeError, BasePolynomialError):
        return False
    known = (sp.FiniteSet, sp.Interval, sp.Union, sp.EmptySet)
    return sets[0] == sets[1] and all(isinstance(s, known) for s in sets)


# --- proofs by normal form: matrices --------------------------------------------------------


def _same_words(old, new, facts):
    """Compare two expressions in matrix symbols: as sums of words, then entry by entry."""
    if Algebra(facts).equal(facts.use(old), facts.use(new)):
        return True
    matrices = {a for m in (old, new) for a in m.atoms(sp.MatrixExpr)}
    shapes = [sp.sympify(n) for a in matrices for n in a.shape]
    if facts.assumed or facts.equations or not all(n.is_Integer for n in shapes):
        return False
    try:
        gaps = [old - new] if not old.is_Matrix else list((old - new).as_explicit())
        gaps = [g.doit() for g in gaps]
    except (ValueError, TypeError, AttributeError, NotImplementedError):
        return False
    return all(_is_zero(g, facts) for g in gaps)


def _words_proved(old, new, facts):
    """Prove an equation of matrices: the old one turned round, scaled or multiplied through."""
    return isinstance(old, sp.Eq) and isinstance(new, sp.Eq) and Algebra(facts).implies(old, new)


def say(point, lines):
    """Write a point as text."""
    return ", ".join(f"{k} = {show(v)}" for k, v in named(point, lines).items())


def named(point, lines):
    """Return the values of the symbols that occur in the lines, by name."""
    free = set().union(*[line.free_symbols | line.atoms(sp.MatrixSymbol) for line in lines])
    keys = [k for k in point if k in free and not isinstance(k, str)]
    return {str(k).lstrip("_"): plain(point[k]) for k in sorted(keys, key=str)}


def plain(value):
    """Return an mpmath value as an int, float, complex or nested list."""
    if isinstance(value, mp.matrix):
        return [[plain(value[i, j]) for j in range(value.cols)] for i in range(value.rows)]
    if isinstance(value, bool):
        return value
    if abs(mp.im(value)) > mp.mpf("1e-30"):
        return complex(value)
    x = mp.re(value)
    return int(mp.nint(x)) if abs(x - mp.nint(x)) < mp.mpf("1e-30") and abs(x) < 1e15 else float(x)


def show(value):
    """Write a value with six digits."""
    value = plain(value) if isinstance(value, mp.mpf | mp.mpc | mp.matrix) else value
    if isinstance(value, list):
        return "[" + ", ".join(show(v) for v in value) + "]"
    if isinstance(value, complex):
        return f"({value:.4g})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)

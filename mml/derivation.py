r"""Derivations whose every line is checked.

A `Derivation` starts from an expression, an equation or a matrix and grows line by line,
each line with its reason.  A line that does not follow from the one before it is refused,
with a counterexample where one was found; so a derivation that exists is right.
"""

from dataclasses import dataclass

import numpy as np
import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanAtom, Or

from mml._compile import compile_numpy
from mml._equivalence import Refused, carry_out, follows, is_relation
from mml._rendering import aligned, as_lines, as_text, line_text
from mml._sampling import as_facts

__all__ = ["Derivation", "DerivationError", "Step"]

EVIDENCE = "application/vnd.mml.evidence+json"
LINES = "application/vnd.mml.derivation+json"


class DerivationError(ValueError):
    """A line of a derivation does not follow from the one before it.

    Attributes
    ----------
    line : int or None
        The number of the refused line; the start is line 1.
    counterexample : dict
        The values, by name, at which the two lines differ; empty if none was found.
    """

    def __init__(self, message, line=None, counterexample=None):
        super().__init__(message)
        self.line = line
        self.counterexample = dict(counterexample or {})


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Attributes
    ----------
    expression : sympy.Basic
        The line itself.
    reason : str
        Why it follows.
    verified : str or None
        "symbolic", "numeric", or None for the start.
    relation : str
        How it follows from the line before: "=", "⇔", "⇒", or "" for the start.
    conditions : tuple
        The conditions that came in with this line.
    """

    expression: sp.Basic
    reason: str
    verified: str | None
    relation: str
    conditions: tuple = ()


class Derivation:
    r"""A chain of expressions or equations, each following from the one before.

    A line must be equal to the line before it (expressions and matrices), or have the same
    solutions (equations and inequalities); with `implies=True` every solution of the line
    before must solve it.  SymPy is asked for a proof; where it has none, the two lines are
    compared at many points in 80-digit arithmetic, and it says that it was checked numerically.

    Parameters
    ----------
    start : sympy expression, matrix, equation or inequality
        The first line.
    reason : str, optional
        What the first line is.  In a reason, ``$...$`` sets mathematics.
    where : condition or list of conditions, optional
        What may be used from the first line on: ``Eq(c, a + b)``, ``Ne(b, 0)``, ``b > 0``,
        ``Q.orthogonal(A)``.

    Raises
    ------
    TypeError
        If `start` is not a SymPy object.
    DerivationError
        If SymPy has already decided it to be true or false.

    Notes
    -----
    A symbol without assumptions is a complex number to SymPy, and here; say
    ``symbols("x", real=True)`` for a real one.  Matrix symbols stand for real matrices.

    Two expressions are equal where both are defined, and a step that changes where they are
    defined (cancelling x, say) must state ``where=Ne(x, 0)``.

    Examples
    --------
    >>> from sympy import symbols, Eq, Ne
    >>> a, b = symbols("a b", real=True)
    >>> d = Derivation((a + b) ** 2, "the square of a sum")
    >>> d.then(a**2 + 2 * a * b + b**2, because="multiply out")
      (a + b)**2            the square of a sum
    = a**2 + 2*a*b + b**2   multiply out
    >>> d.then(a**2 + b**2, because="a common mistake")
    Traceback (most recent call last):
        ...
    mml.derivation.DerivationError: line 3 ("a common mistake") does not follow: ...

    What is divided by must be known not to be zero:

    >>> x, y = symbols("x y", real=True)
    >>> d = Derivation(Eq(a * x, a * y)).then(Eq(x, y), because="divide by a", where=Ne(a, 0))
    >>> d.steps[-1].verified
    'symbolic'
    """

    def __init__(self, start, reason="", where=None):
        start = _as_line(start, "start")
        conditions = _as_conditions(where)
        if not isinstance(reason, str):
            raise TypeError(f"reason must be text, got {type(reason).__name__}")
        self._steps = [Step(start, reason, None, "", conditions)]

    def then(self, next, *, because, where=None, implies=False):
        """Add a line, or raise if it does not follow from the last one.

        Parameters
        ----------
        next : sympy expression, matrix, equation or inequality
            The new line, of the same kind as the last one.
        because : str
            The reason.
        where : condition or list of conditions, optional
            Conditions used from here on.
        implies : bool, optional
            For equations and inequalities: claim ⇒ only, not ⇔.

        Returns
        -------
        Derivation
            This derivation, so that calls can be chained.

        Raises
        ------
        DerivationError
            If the line does not follow, or nothing shows that it does.
        """
        number = len(self._steps) + 1
        if not isinstance(because, str):
            raise TypeError(f"because must be text, got {type(because).__name__}")
        if not because.strip():
            raise ValueError(f"line {number} needs a reason: because is empty")
        line = _as_line(next, "next")
        added = _as_conditions(where)
        old = self.result
        _check_kinds(old, line, number, implies)
        facts = [c for step in self._steps for c in step.conditions] + list(added)
        try:
            verified = follows(old, line, facts, implies)
        except Refused as refusal:
            raise DerivationError(
                f'line {number} ("{because}") does not follow: {refusal}\n'
                f"  line {number - 1}: {line_text(old)}\n"
                f"  line {number}: {line_text(line)}" + _hint(refusal, old, line),
                number,
                refusal.counterexample,
            ) from None
        relation = ("⇒" if implies else "⇔") if is_relation(line) else "="
        self._steps.append(Step(line, because, verified, relation, added))
        return self

    @property
    def steps(self):
        """The lines so far, a tuple of `Step`."""
        return tuple(self._steps)

    @property
    def result(self):
        """The last line."""
        return self._steps[-1].expression

    def numpy(self, *symbols):
        """Compile the result to a NumPy function.

        Of an equation the right-hand side is compiled.  Scalars may be arrays, which
        broadcast; a matrix with arrays for its symbols becomes a stack of matrices.

        Parameters
        ----------
        *symbols : sympy.Symbol or sympy.MatrixSymbol
            The arguments of the function, in order; by default all symbols, sorted by name.

        Returns
        -------
        callable
            A function of as many arrays.

        Raises
        ------
        ValueError
            If a symbol is missing, or the result is neither an expression nor an equation.

        Examples
        --------
        >>> x = sp.Symbol("x", real=True)
        >>> f = Derivation((x + 1) ** 2).then(x**2 + 2 * x + 1, because="expand").numpy()
        >>> f(np.array([0.0, 1.0, 2.0]))
        array([1., 4., 9.])
        """
        return compile_numpy(self.result, symbols)

    # -- how it is shown ---------------------------------------------------------------

    def __repr__(self):
        return as_text(self._steps)

    def _repr_latex_(self):
        return f"$$\n{aligned(self._steps)}\n$$"

    def _repr_mimebundle_(self, include=None, exclude=None):
        kinds = [s.verified for s in self._steps]
        first, last = self._steps[0].expression, self._steps[-1].expression
        signs = {s.relation for s in self._steps[1:]}
        sign = "⇒" if "⇒" in signs else next(iter(signs), "")
        statement = line_text(first) + (f" {sign} {line_text(last)}" if sign else "")
        return {
            LINES: as_lines(self._steps),
            "text/latex": self._repr_latex_(),
            "text/plain": repr(self),
            EVIDENCE: {
                "kind": "derivation",
                "statement": statement,
                "steps": len(kinds) - 1,
                "symbolic": kinds.count("symbolic"),
                "numeric": kinds.count("numeric"),
            },
        }


# --- what comes in ----------------------------------------------------------------------


def _as_line(value, name):
    if isinstance(value, bool | np.bool_ | BooleanAtom):
        raise DerivationError(
            f"{name}: SymPy has already evaluated this to {bool(value)}; build it with "
            "evaluate=False"
        )
    if isinstance(value, Derivation):
        raise TypeError(f"{name} must be a SymPy expression, got a Derivation: use its .result")
    if isinstance(value, sp.MatrixBase):
        return value.as_immutable()
    if isinstance(value, int | float):
        return sp.sympify(value)
    if isinstance(value, Relational):
        shapes = [getattr(e, "shape", ()) for e in (value.lhs, value.rhs)]
        if shapes[0] != shapes[1]:
            raise DerivationError(
                f"{name}: the sides of {line_text(value)} have shapes {shapes[0]} and {shapes[1]}"
            )
    if isinstance(value, sp.Expr | sp.MatrixExpr | Relational | And | Or):
        return value
    raise TypeError(
        f"{name} must be a SymPy expression, matrix, equation or inequality, "
        f"got {type(value).__name__}"
    )


def _as_conditions(where):
    if where is None:
        return ()
    facts = list(where) if isinstance(where, list | tuple | set) else [where]
    kept = []
    for fact in facts:
        if isinstance(fact, bool | np.bool_ | BooleanAtom):
            if not fact:
                raise DerivationError("where: SymPy has evaluated a condition to False")
            continue  # a condition that is always true, such as x**2 >= 0, adds nothing
        as_facts([fact])
        kept.append(fact)
    return tuple(kept)


def _kind(line):
    if is_relation(line):
        return "a relation"
    return "a matrix" if getattr(line, "is_Matrix", False) else "an expression"


def _check_kinds(old, line, number, implies):
    old, line = (carry_out(x) if isinstance(x, sp.Derivative) else x for x in (old, line))
    kinds = [_kind(x) for x in (old, line)]
    if kinds[0] != kinds[1]:
        raise DerivationError(
            f"line {number} is {kinds[1]}, but line {number - 1} is {kinds[0]}", number
        )
    if kinds[0] == "a matrix" and old.shape != line.shape:
        raise DerivationError(
            f"line {number} has shape {line.shape}, but line {number - 1} has {old.shape}", number
        )
    if implies and kinds[0] != "a relation":
        raise ValueError("implies=True is for equations and inequalities; expressions are equal")


def _hint(refusal, old, line):
    if any(isinstance(v, complex) for v in refusal.counterexample.values()):
        loose = sorted(
            s.name for s in old.free_symbols | line.free_symbols
            if isinstance(s, sp.Symbol) and s.is_extended_real is None
        )  # fmt: skip
        if loose:
            return (
                f"\n  ({', '.join(loose)} may be complex: for real numbers say "
                f'symbols("{" ".join(loose)}", real=True))'
            )
    return ""

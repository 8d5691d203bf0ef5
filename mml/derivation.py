r"""Derivations whose every line is checked.

A `Derivation` starts from an expression, an equation or a matrix and grows line by line,
each line with its reason.  A line that does not follow from the one before it is refused,
with a counterexample where one was found; so a derivation that exists is right.
"""

import re
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanAtom, Not, Or

from mml._equivalence import Refused, carry_out, follows, is_relation
from mml._sampling import as_facts

__all__ = ["Derivation", "DerivationError", "Step"]

EVIDENCE = "application/vnd.mml.evidence+json"
WIDE = 46  # characters: a formula wider than this is broken at its plus and minus signs
TOTAL = 78  # characters: a formula and its reason that are wider than this stand on two rows
REASON = 30  # characters in a row of a reason that stands at the right


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
    compared at many points to 50 digits, and the line says that it was checked numerically.

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
                f"  line {number - 1}: {_text(old)}\n"
                f"  line {number}: {_text(line)}" + _hint(refusal, old, line),
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
        from mml._compile import compile_numpy

        return compile_numpy(self.result, symbols)

    # -- how it is shown ---------------------------------------------------------------

    def __repr__(self):
        rows = [(s.relation, _text(s.expression), _reason_text(s)) for s in self._steps]
        sign = max(len(r[0]) for r in rows) or 1
        width = max(len(r[1]) for r in rows)
        lines = [f"{a:{sign}} {b:{width}}   {c}".rstrip() for a, b, c in rows]
        if width > TOTAL:
            lines = [f"{a:{sign}} {b}\n{'':{sign}}     {c}".rstrip() for a, b, c in rows]
        return "\n".join(lines)

    def _repr_latex_(self):
        return "$$\n" + _aligned(self._steps) + "\n$$"

    def _repr_mimebundle_(self, include=None, exclude=None):
        kinds = [s.verified for s in self._steps]
        first, last = self._steps[0].expression, self._steps[-1].expression
        signs = {s.relation for s in self._steps[1:]}
        sign = "⇒" if "⇒" in signs else next(iter(signs), "")
        statement = _text(first) + (f" {sign} {_text(last)}" if sign else "")
        return {
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


# --- text -------------------------------------------------------------------------------


def _text(line):
    if isinstance(line, Relational):
        signs = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
        return f"{_text(line.lhs)} {signs.get(line.rel_op, line.rel_op)} {_text(line.rhs)}"
    if isinstance(line, And | Or):
        word = " and " if isinstance(line, And) else " or "
        return word.join(_text(a) for a in sorted(line.args, key=sp.default_sort_key))
    if isinstance(line, sp.MatrixBase):
        return str(line.tolist())
    return sp.sstr(line)


def _condition_text(fact):
    if isinstance(fact, sp.AppliedPredicate):
        kind = str(fact.function.name).replace("_", " ")
        return f"{_text(fact.arguments[0])} {kind}"
    if isinstance(fact, Not):
        return f"not {_condition_text(fact.args[0])}"
    return _text(fact)


def _notes(step, write):
    notes = [write(c) for c in step.conditions]
    if step.verified == "numeric":
        notes.append("checked numerically")
    return notes


def _reason_text(step):
    notes = _notes(step, _condition_text)
    reason = step.reason.replace(r"\$", "$") if "$" in step.reason else step.reason
    return f"{reason} ({', '.join(notes)})".strip() if notes else reason


# --- LaTeX ------------------------------------------------------------------------------

_SIGNS = {"": "", "=": "=", "⇔": r"\Leftrightarrow\ ", "⇒": r"\Rightarrow\ "}
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "%": r"\%", "&": r"\&",
    "_": r"\_", "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip

# KaTeX sets no Greek, arrows or raised figures inside \\text: they become mathematics.
_MATHS = {
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", (
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
        "tau upsilon varphi chi psi omega").split(), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega".split(),
               strict=True)),
    **dict(zip("≠≤≥→⇒⇔·×±∞≈∑∫∂∇∈⟨⟩′", (
        "neq leq geq to Rightarrow Leftrightarrow cdot times pm infty approx sum int partial nabla "
        "in langle rangle prime").split(), strict=True)),
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿᵏ", "0123456789-+Tnk", strict=True))


def _aligned(steps):
    """Write the lines as one `aligned` display.

    The sign stands left of every line and the lines start at one edge: the narrowest
    layout there is.  Reasons stand at the right, in rows of about 30 characters, unless the
    display would be too wide for the page; then each stands below its line.
    """
    bodies = [_broken(s.expression) for s in steps]
    width = max(w for rows in bodies for _, w in rows)
    reasons = [_pieces(s) for s in steps]
    beside = width + REASON <= TOTAL and width <= WIDE
    lines = []
    for step, rows, pieces in zip(steps, bodies, reasons, strict=True):
        rows = [latex for latex, _ in rows]
        texts = [_typeset(r) for r in _rows(pieces, REASON if beside else 42)]
        sign = _SIGNS[step.relation]
        out = []
        for k, latex in enumerate(rows):
            out.append(f"{sign if k == 0 else ''} & {latex}")
        if beside and texts:
            stack = texts[0] if len(texts) == 1 else (
                r"\begin{array}{l}" + r" \\ ".join(texts) + r"\end{array}"
            )  # fmt: skip
            out[-1] += rf" && \quad {stack}"
        elif texts:
            out += [rf" & \quad {t}" for t in texts]
        lines.append(" \\\\\n".join(out))
    return "\\begin{aligned}\n" + " \\\\[4pt]\n".join(lines) + "\n\\end{aligned}"


def _latex(line):
    if isinstance(line, Relational):
        signs = {"==": "=", "!=": r"\neq", "<=": r"\leq", ">=": r"\geq"}
        return f"{sp.latex(line.lhs)} {signs.get(line.rel_op, line.rel_op)} {sp.latex(line.rhs)}"
    if isinstance(line, And | Or):
        word = r"\ \text{and}\ " if isinstance(line, And) else r"\ \text{or}\ "
        return word.join(_latex(a) for a in sorted(line.args, key=sp.default_sort_key))
    return sp.latex(line)


def _width(line):
    if isinstance(line, Relational):
        return _width(line.lhs) + 3 + _width(line.rhs)
    if isinstance(line, And | Or):
        return sum(_width(a) + 4 for a in line.args)
    return max(len(row) for row in sp.pretty(line, wrap_line=False).splitlines())


def _broken(line):
    """Return the rows of a formula as pairs (LaTeX, width), broken where it is too wide."""
    if _width(line) <= WIDE:
        return [(_latex(line), _width(line))]
    if isinstance(line, And | Or):
        word = "and" if isinstance(line, And) else "or"
        args = sorted(line.args, key=sp.default_sort_key)
        rows = [(_latex(a), _width(a)) for a in args]
        return [rows[0]] + [(rf"\text{{{word} }}{latex}", w + 4) for latex, w in rows[1:]]
    if isinstance(line, Relational):
        sign = {"==": "=", "!=": r"\neq", "<=": r"\leq", ">=": r"\geq"}.get(
            line.rel_op, line.rel_op
        )
        left, right = _broken(line.lhs), _broken(line.rhs)
        return left + [(rf"\quad {sign} {right[0][0]}", right[0][1] + 4)] + [
            (rf"\quad {latex}", w + 2) for latex, w in right[1:]
        ]
    if isinstance(line, sp.Add | sp.MatAdd):
        return _broken_sum(line)
    return [(_latex(line), _width(line))]


def _broken_sum(line):
    terms = line.as_ordered_terms() if isinstance(line, sp.Add) else line.args
    rows, row, width = [], "", 0
    for term in terms:
        latex, w = sp.latex(term), _width(term)
        if isinstance(term, sp.Add):  # an unevaluated sum within a sum
            latex = rf"\left({latex}\right)"
        signed = latex if latex.startswith("-") else f"+ {latex}"
        if row and width + w + 3 > WIDE:
            rows.append((row, width))
            row, width = rf"\quad {signed}", w + 5
        else:
            row, width = (f"{row} {signed}", width + w + 3) if row else (latex, w)
    return [*rows, (row, width)]


def _pieces(step):
    """Return the words of a reason, the conditions among them as mathematics."""
    words = _words_of(step.reason)
    notes = []
    for fact in step.conditions:
        if isinstance(fact, sp.AppliedPredicate):
            kind = str(fact.function.name).replace("_", " ").split()
            notes.append([f"${sp.latex(fact.arguments[0])}$", *kind])
        elif isinstance(fact, Not):
            notes.append(["not", f"${_latex(fact.args[0])}$"])
        else:
            notes.append([f"${_latex(fact)}$"])
    if step.verified == "numeric":
        notes.append(["checked", "numerically"])
    if notes:
        for k, note in enumerate(notes):
            note[-1] += ")" if k == len(notes) - 1 else ","
        notes[0][0] = "(" + notes[0][0]
        words += [w for note in notes for w in note]
    return words


def _words_of(reason):
    """Split a reason at its spaces, but not within $…$."""
    if len(re.findall(r"(?<!\\)\$", reason)) % 2:
        raise ValueError(f"a $ is missing in the reason {reason!r}; write \\$ for a dollar sign")
    return re.findall(r"(?:(?<!\\)\$(?:\\.|[^$\\])*\$|\\\$|[^\s$])+", reason)


def _rows(words, width):
    """Fill rows of about `width` characters."""
    plain = ["~" * max(1, len(re.sub(r"\\[a-zA-Z]+|[{}$^_]", "x", w)) * 3 // 4)
             if "$" in w else "~" * len(w) for w in words]  # fmt: skip
    rows, k = [], 0
    for row in wrap(" ".join(plain), width, break_long_words=False, break_on_hyphens=False):
        n = len(row.split())
        rows.append(words[k : k + n])
        k += n
    return rows


def _typeset(words):
    """Set one row of a reason: text in \\text, mathematics outside it."""
    row = " ".join(words)
    parts = re.split(r"(?<!\\)\$((?:\\.|[^$\\])*)\$", row)
    out = []
    for k, part in enumerate(parts):
        if k % 2:
            out.append(part)
        elif part:
            out.append(_typeset_text(part.replace(r"\$", "$")))
    return r"{\small " + " ".join(out) + "}"


def _typeset_text(text):
    special = "".join(_MATHS) + "−√"
    out = []
    for part in re.findall(rf"[{''.join(_RAISED)}]+|[{special}]|[^{special}{''.join(_RAISED)}]+", text):
        if part[0] in _RAISED:
            out.append("{}^{" + "".join(_RAISED[c] for c in part) + "}")
        elif part in special:
            out.append({"−": "-", "√": r"\surd"}.get(part) or "\\" + _MATHS[part])
        else:
            out.append(r"\text{" + "".join(_SPECIAL.get(c, c) for c in part) + "}")
    return " ".join(out)

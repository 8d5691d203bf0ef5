"""Write a derivation as text and as LaTeX.

The LaTeX is one `aligned` display that KaTeX and MathJax both set, narrow enough for a
phone where the formulas allow it.
"""

import re
from textwrap import wrap

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Not, Or
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

WIDE = 46  # characters: a formula wider than this is broken at its plus and minus signs
ROOM = 33  # characters that a phone of 360 px shows: formula and reason side by side
NARROW, BROAD = 16, 30  # the width of a reason beside its formula
BELOW = 38  # the width of a reason below its formula
SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}
LATEX_SIGNS = {"==": "=", "!=": r"\neq", "<=": r"\leq", ">=": r"\geq"}


LAMBDA = "lambda"


def _degree_in_lambda(term):
    """Return the power of λ in a term, 0 where there is none."""
    factors = (factor.as_base_exp() for factor in sp.Mul.make_args(term) if factor.is_scalar)
    return sum((e for b, e in factors if getattr(b, "name", "") == LAMBDA), sp.Integer(0))


class _PositiveFirst:
    """Write x - a, not -a + x: a sum starts with a term that has no minus sign.

    Characteristic polynomials go by falling powers of λ, as everybody writes them.
    """

    def _as_ordered_terms(self, expr, order=None):
        terms = list(super()._as_ordered_terms(expr, order=order))
        degrees = [_degree_in_lambda(t) for t in terms]
        if any(degrees) and all(d.is_Integer for d in degrees):
            terms = [t for _, t in sorted(zip(degrees, terms, strict=True), key=lambda p: -p[0])]
        first = next((t for t in terms if not t.could_extract_minus_sign()), None)
        if first is not None and terms[0] is not first:
            terms.remove(first)
            terms.insert(0, first)
        return terms


class _Text(_PositiveFirst, StrPrinter):
    pass


class _Latex(_PositiveFirst, LatexPrinter):
    pass


def _tex(expression):
    return _Latex().doprint(expression)


# --- text -------------------------------------------------------------------------------


def as_text(steps):
    """Write a derivation as text: the lines under each other, the reasons at the right."""
    rows = [(s.relation, line_text(s.expression), _reason_text(s)) for s in steps]
    sign = max(len(r[0]) for r in rows) or 1
    width = max(len(r[1]) for r in rows)
    if width > 78:
        return "\n".join(f"{a:{sign}} {b}\n{'':{sign}}     {c}".rstrip() for a, b, c in rows)
    return "\n".join(f"{a:{sign}} {b:{width}}   {c}".rstrip() for a, b, c in rows)


def line_text(line):
    """Write one line as text."""
    if isinstance(line, Relational):
        return f"{line_text(line.lhs)} {SIGNS.get(line.rel_op, line.rel_op)} {line_text(line.rhs)}"
    if isinstance(line, And | Or):
        word = " and " if isinstance(line, And) else " or "
        return word.join(line_text(a) for a in sorted(line.args, key=sp.default_sort_key))
    if isinstance(line, sp.MatrixBase):
        return str(line.tolist())
    return _Text().doprint(line)


def _condition_text(fact):
    if isinstance(fact, sp.AppliedPredicate):
        kind = str(fact.function.name).replace("_", " ")
        return f"{line_text(fact.arguments[0])} {kind}"
    if isinstance(fact, Not):
        return f"not {_condition_text(fact.args[0])}"
    return line_text(fact)


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

_RELATIONS = {"": "", "=": "={}", "⇔": r"\Leftrightarrow{}", "⇒": r"\Rightarrow{}"}
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "%": r"\%", "&": r"\&",
    "_": r"\_", "$": r"\$", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip

# KaTeX sets no Greek, arrows or raised figures inside \text: they become mathematics.
_TABLE = """
α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu
ν nu ξ xi π pi ρ rho σ sigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta
Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega ≠ neq ≤ leq ≥ geq → to ⇒ Rightarrow
⇔ Leftrightarrow · cdot × times ± pm ∞ infty ≈ approx ∑ sum ∫ int ∂ partial ∇ nabla ∈ in
⟨ langle ⟩ rangle ′ prime √ surd
"""
_NAMES = _TABLE.split()
_MATHS = {sign: "\\" + name for sign, name in zip(_NAMES[::2], _NAMES[1::2], strict=True)}
_MATHS["−"] = "-"
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀⁿᵏ", "0123456789-+Tnk", strict=True))


def aligned(steps):
    """Write the lines as one `aligned` display.

    The sign stands left of every line and the lines start at one edge: the narrowest
    layout there is.  Reasons stand at the right where a phone has room for them, in rows of
    16 to 30 characters; where it has not, each stands below its line.
    """
    bodies = [_broken(s.expression) for s in steps]
    beside = ROOM - max(width for rows in bodies for _, width in rows)
    lines = []
    for step, rows in zip(steps, bodies, strict=True):
        width = min(beside, BROAD) if beside >= NARROW else BELOW
        texts = [_typeset(row) for row in _rows(_pieces(step), width)]
        out = [f" & {latex}" for latex, _ in rows]
        out[0] = _RELATIONS[step.relation] + out[0]
        if texts and beside >= NARROW:
            stack = r" \\ ".join(texts)
            out[-1] += rf" && \begin{{array}}{{l}}{stack}\end{{array}}"
        else:
            out += [rf" & \quad {t}" for t in texts]
        lines.append(" \\\\\n".join(out))
    return "\\begin{aligned}\n" + " \\\\[4pt]\n".join(lines) + "\n\\end{aligned}"


def as_lines(steps):
    """Return the lines as data, for a page that sets formula and reason side by side.

    Each is a dictionary: `sign` and `rows` in LaTeX, `reason` as pairs ("text" | "math", words).
    """
    lines = []
    for step in steps:
        words = re.split(r"(?<!\\)\$((?:\\.|[^$\\])*)\$", " ".join(_pieces(step)))
        reason = [
            ["math", part] if k % 2 else ["text", part.replace(r"\$", "$")]
            for k, part in enumerate(words)
            if part
        ]
        rows = [latex for latex, _ in _broken(step.expression)]
        sign = _RELATIONS[step.relation].removesuffix("{}")
        lines.append({"sign": sign, "rows": rows, "reason": reason})
    return lines


def _latex(line):
    if isinstance(line, Relational):
        sign = LATEX_SIGNS.get(line.rel_op, line.rel_op)
        return f"{_tex(line.lhs)} {sign} {_tex(line.rhs)}"
    if isinstance(line, And | Or):
        word = r"\ \text{and}\ " if isinstance(line, And) else r"\ \text{or}\ "
        return word.join(_latex(a) for a in sorted(line.args, key=sp.default_sort_key))
    return _tex(line)


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
        sign = LATEX_SIGNS.get(line.rel_op, line.rel_op)
        left, right = _broken(line.lhs), _broken(line.rhs)
        return (
            left
            + [(rf"\quad {sign} {right[0][0]}", right[0][1] + 4)]
            + [(rf"\quad {latex}", w + 2) for latex, w in right[1:]]
        )
    if isinstance(line, sp.Add | sp.MatAdd):
        return _broken_sum(line)
    return [(_latex(line), _width(line))]


def _broken_sum(line):
    terms = line.as_ordered_terms() if isinstance(line, sp.Add) else line.args
    rows, row, width = [], "", 0
    for term in terms:
        latex, w = _tex(term), _width(term)
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
            notes.append([f"${_tex(fact.arguments[0])}$", *kind])
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
    raised, special = "".join(_RAISED), "".join(_MATHS)
    out = []
    for part in re.findall(f"[{raised}]+|[{special}]|[^{special}{raised}]+", text):
        if part[0] in _RAISED:
            out.append("{}^{" + "".join(_RAISED[c] for c in part) + "}")
        elif part in _MATHS:
            out.append(_MATHS[part])
        else:
            out.append(r"\text{" + "".join(_SPECIAL.get(c, c) for c in part) + "}")
    return " ".join(out)

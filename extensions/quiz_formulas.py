"""Formulas in quizzes: what the author writes is checked by SymPy when the book is built.

The page gets the values of the right formula and of known mistakes at fixed points, so that
``quiz.js`` only has to evaluate what the reader types and compare.
"""

import random
import re

FUNCTIONS = ("sqrt", "sin", "cos", "tan", "exp", "log", "ln", "abs")  # as in quiz.js
GREEK = {
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η"},
    **{"theta": "θ", "lambda": "λ", "mu": "μ", "nu": "ν", "rho": "ρ", "sigma": "σ", "tau": "τ"},
    **{"phi": "φ", "omega": "ω"},
}
POINTS = 12
CLOSE = 1e-6


def parse_formula(text, variables=()):
    """Return a SymPy expression for a formula such as ``2x^2 - sqrt(3)``, or raise ValueError."""
    import sympy  # slow to load, and only pages with such questions need it
    from sympy.parsing import sympy_parser as parser

    known = {name: getattr(sympy, name, None) for name in FUNCTIONS}
    known |= {"ln": sympy.log, "abs": sympy.Abs, "pi": sympy.pi, "e": sympy.E}
    symbols = [sympy.Symbol(name, real=True) for name in variables]
    known |= {name: symbols[index] for name, index in spellings(variables).items()}
    stand_ins = {name: f"v{i}_" for i, name in enumerate(known)}  # lambda is a word of Python's

    def stand_in(match):
        if match[0] not in known:
            raise ValueError(f"unknown name {match[0]!r}")
        return stand_ins[match[0]]

    if not re.fullmatch(r"[\w\s.+\-*/^()]+", text) or re.search(r"\d\s+[\d.]", text):
        raise ValueError(f"cannot read {text!r}")
    plain = re.sub(r"(?<![\w.])(\d+\.?\d*|\.\d+)e([+-]?\d+)", r"(\1*10**(\2))", text)
    plain = re.sub(r"[^\W\d]\w*", stand_in, plain)
    rules = (*parser.standard_transformations, parser.implicit_multiplication, parser.convert_xor)
    scope = {stand_ins[name]: value for name, value in known.items()}
    try:
        expression = parser.parse_expr(plain, local_dict=scope, transformations=rules)
    except Exception as error:  # the parser raises whatever its steps raise
        raise ValueError(f"cannot read {text!r}") from error
    if not isinstance(expression, sympy.Expr):
        raise ValueError(f"{text!r} is not a formula")
    return expression


def evaluate(expression, point=()):
    """Return a formula's real value where its variables are given, or None where it has none."""
    try:
        value = complex(expression.evalf(20, subs=dict(point)))
    except (TypeError, ValueError):
        return None
    if abs(value.imag) > 1e-12 or not abs(value) < 1e12:
        return None
    return float(f"{value.real:.12g}")  # no last digits that differ between machines


def sample(expressions, variables):
    """Return points where all the formulas have values, and each formula's values there."""
    import sympy

    symbols = [sympy.Symbol(name, real=True) for name in variables]
    dice = random.Random(1)
    points, values = [], []
    for attempt in range(40 * POINTS):
        low, high = [(0.1, 0.9), (1.1, 3), (-3, 3)][attempt % 3]
        point = [round(dice.uniform(low, high), 3) for _ in symbols]
        row = [evaluate(one, zip(symbols, point, strict=True)) for one in expressions]
        if None not in row:
            points.append(point)
            values.append(row)
        if len(points) == POINTS:
            return points, [list(column) for column in zip(*values, strict=True)]
    raise ValueError("it has too few real values between -3 and 3 to compare")


def same(ours, theirs):
    """Say whether two formulas agree at all points; quiz.js draws the line at the same place."""
    scale = max(map(abs, ours))
    return all(
        abs(a - b) <= CLOSE * abs(a) + 1e-9 * scale for a, b in zip(ours, theirs, strict=True)
    )


def spellings(variables):
    """Return what a reader may type for each variable, the shortest on a keyboard last.

    For lambda these are λ, lambda and, where nothing else is called so, l.
    """
    names = {}
    for index, name in enumerate(variables):
        if name in GREEK:
            names[GREEK[name]] = index
        names[name] = index
        names[name.replace("_", "")] = index
    initials = [name[0] for name in variables if name in GREEK]
    for index, name in enumerate(variables):
        if name in GREEK and initials.count(name[0]) == 1 and name[0] not in (*names, "e"):
            names[name[0]] = index
    return names

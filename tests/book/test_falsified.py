"""Evidence that would pass if the statement were false is no evidence.

The cells of a chapter are run in order. Before a cell that verifies something is run as
it stands, it is run with its statement made false, by a sign, a factor, an index or a
dropped condition, and has to fail.
"""

from pathlib import Path

import jupytext
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from mml import DerivationError
from mml.ledger import CounterexampleError

PAGES = Path(__file__).parents[2] / "book"

# label, what its cell says, what it says when the statement is false
FALSE = {}
FALSE["linear_algebra/05_eigen"] = [
    ("thm-axis", "def has_an_axis(rng, n=3)", "def has_an_axis(rng, n=4)"),
    ("thm-char-poly", "(lam * sp.eye(n) - B).det()", "(lam * sp.eye(n) + B).det()"),
    ("thm-char-poly", "p.LC() == 1", "p.LC() == -1"),
    ("eq-example-kernel", "sp.Eq(v1, v2)", "sp.Eq(v1, -v2)"),
    ("eq-char-poly-2x2", "(a * d - b * c)", "(a * d + b * c)"),
    ("eq-eigenvalues-2x2", "** 2, m**2 - p)", "** 2, m**2 + p)"),
    ("eq-discriminant", "((a - d) / 2) ** 2", "((a - d) / 4) ** 2"),
    ("thm-trace-det", "np.trace(B)", "-np.trace(B)"),
    ("eq-trace-det", "np.prod(values)", "-np.prod(values)"),
    ("eq-spiral", "sp.MatMul(sp.sqrt(3), turn", "sp.MatMul(sp.sqrt(2), turn"),
    ("eq-bicycles", "-sp.Rational(3, 4)", "sp.Rational(3, 4)"),
    ("eq-tc-cd", "C @ np.diag(values))", "np.diag(values) @ C)"),
    ("eq-diagonalisation", "C * D * C.I", "C.I * D * C"),
    ("eq-diagonalisation", "sp.Eq(C.I * T * C, D)", "sp.Eq(C * T * C.I, D)"),
    ("eq-matrix-power", "C * D**3 * C.I", "C * D**2 * C.I"),
    ("eq-matrix-power", "C * D ** (k + 1) * C.I", "C * D**k * C.I"),
    ("eq-square-example", "[14, 11]", "[11, 14]"),
    ("thm-independent", "rng.permutation(np.arange(-4, 5))[:n]", "rng.integers(0, 2, n)"),
    ("thm-spectral", "Q @ np.diag(values) @ Q.T", "Q.T @ np.diag(values) @ Q"),
    ("eq-orthogonal", "sp.Q.symmetric(S), ", ""),
    ("eq-orthogonal", "lam * v.T * w - mu * v.T * w", "lam * v.T * w + mu * v.T * w"),
    ("eq-power-iteration", "(l2 / l1) ** k", "(l1 / l2) ** k"),
    ("eq-power-iteration", "sp.MatMul(l1**k, faded", "sp.MatMul(l1 ** (k + 1), faded"),
    ("thm-power", "* q**k", "* q ** (2 * k)"),
    ("prop-stochastic", "np.abs(values - 1)", "np.abs(values + 1)"),
    ("eq-sparse-step", "(a.T * x)", "(e.T * x)"),
    ("eq-sparse-step", "M @ x - surf(L, x, d)", "M @ x - surf(L, x, d / 2)"),
    ("thm-contraction", "d * before +", "0.99 * d * before +"),
    ("cor-pagerank", "2 * d**k", "1 * d**k"),
    ("prop-second", "sizes[-2] <= d +", "sizes[-2] <= d / 2 +"),
    ("eq-error-bound", "eta <= rho / (1 - d)", "eta <= rho / (1 + d)"),
    ("eq-error-bound", ".sum() / (1 - d)", ".sum() / (1 - d**2)"),
]


def error_of(source, namespace):
    """Return the error that the source raises, or None."""
    try:
        exec(compile(source, "a falsified cell", "exec"), namespace)
    except (CounterexampleError, DerivationError) as error:
        return error
    return None


def outcomes(page, triples):
    """Return {(label, false text): the error that the falsified cell raised, or None}."""
    namespace, found = {"display": lambda *things: None}, {}  # as in a notebook
    for cell in jupytext.read(PAGES / f"{page}.md").cells:
        if cell.cell_type != "code":
            continue
        verifies = cell.metadata.get("verifies", [])
        for label, true, false in triples:
            if label in verifies and true in cell.source:
                altered = cell.source.replace(true, false)
                found[label, false] = error_of(altered, dict(namespace))
        exec(compile(cell.source, "a cell", "exec"), namespace)
        plt.close("all")
    return found


@pytest.mark.parametrize("chapter", FALSE)
def test_evidence_fails_when_the_statement_is_false(chapter):
    mpl.use("agg")
    found = outcomes(chapter, FALSE[chapter])
    wrong = [
        f"{label}: no cell that verifies it contains {true!r}"
        if (label, false) not in found
        else f"{label}: still passes with {false!r}"
        for label, true, false in FALSE[chapter]
        if found.get((label, false)) is None
    ]
    assert not wrong, f"{chapter}:\n" + "\n".join(wrong)

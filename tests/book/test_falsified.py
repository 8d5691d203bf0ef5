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
FALSE["linear_algebra/01_vectors_and_data"] = [
    ("eq-prices", "[190, 540]", "[190, 530]"),
    ("eq-prices", "[40, 35]", "[35, 40]"),
    ("prop-two-lines", "p * t - s * q", "p * t + s * q"),
    ("prop-two-lines", "a1 * b2 - a2 * b1", "a1 * b2 + a2 * b1"),
    ("eq-cramer", "a1 * c2 - a2 * c1", "a2 * c1 - a1 * c2"),
    ("eq-cramer", "top / D, right / D", "top, right"),
    ("eq-three-prices", "[95, 75, 125]", "[95, 75, 135]"),
    ("eq-three-prices", "[40, 35, 20]", "[20, 35, 40]"),
    ("eq-price-shift", "-b1 * e / D", "b1 * e / D"),
    ("eq-price-shift", "a1 * e / D]", "a2 * e / D]"),
    ("eq-histogram-area", "n1 / N + n2 / N", "n1 / w + n2 / N"),
    ("eq-histogram-area", "(people.sum() * bin_width)", "people.sum()"),
    ("eq-bell-scaling", "standard / sigma", "standard"),
    ("eq-bell-area", "sp.Integer(1)", "1 / sigma"),
    ("eq-bell-area", "sp.Integral(standard, (u, -sp.oo", "sp.Integral(standard, (u, 0"),
    ("eq-one-sigma", "(u, -1, 1)", "(u, 0, 1)"),
    ("eq-one-sigma", "sp.erf(1 / sp.sqrt(2))", "sp.erf(1)"),
    ("eq-vector-associative", "plus(x3, plus(y3, z3))", "plus(x3, plus(y3, y3))"),
    ("thm-vector-rules", "times(lam * kappa, x3)", "times(lam + kappa, x3)"),
    ("thm-vector-rules", "s * x + s * y", "s * x + y"),
    ("eq-mean-least", "3 * (m - xbar)", "2 * (m - xbar)"),
    ("eq-mean-least", "where=sp.Eq(xbar, mean)", "where=sp.Eq(xbar, x1)"),
    ("eq-norm-scaling", "sp.Abs(lam)", "lam"),
    ("eq-norm-scaling", "abs(factor)", "factor"),
    ("eq-steepest", "sp.cos(theta - theta0)", "sp.sin(theta - theta0)"),
    ("prop-steepest", "[90, 270]", "[0, 180]"),
    ("prop-steepest", "rise.argmin() == 180", "rise.argmin() == 90"),
    ("prop-steepest", "rise.max(), t * norm", "rise.max(), norm"),
]
FALSE["linear_algebra/02_vector_spaces"] = [
    ("prop-dot-rules", "a * (r1 * t1 + r2 * t2)", "a * (r1 * t1 - r2 * t2)"),
    ("prop-dot-rules", "a * (r @ s)", "a**2 * (r @ s)"),
    ("eq-square-difference", "- 2 * r.T * s", "- r.T * s"),
    ("eq-cosine-rule", "- 2 * a * b * cos, because=r", "+ 2 * a * b * cos, because=r"),
    ("eq-dot-angle", "sp.Eq(rs, a * b * cos)", "sp.Eq(rs, 2 * a * b * cos)"),
    ("thm-dot-angle", "p * q * np.cos(turn)", "p * q * np.sin(turn)"),
    ("eq-parabola", "rr - rs**2 / ss", "rr + rs**2 / ss"),
    ("thm-cauchy-schwarz", "sp.Le(rs**2, rr * ss)", "sp.Ge(rs**2, rr * ss)"),
    ("thm-cauchy-schwarz", "gap >= 0 and (gap == 0)", "gap > 0 and (gap == 0)"),
    ("eq-cauchy-schwarz", "r[i] * s[first] == s[i] * r[first]", "r[i] == s[i]"),
    ("cor-triangle", "2 * (a * b - rs)", "2 * (a * b + rs)"),
    ("cor-triangle", "norm(r) + norm(s)", "norm(r)"),
    ("eq-half-angle", "sp.tan(theta / 2) ** 2", "sp.tan(theta) ** 2"),
    ("eq-projection", "sp.Eq(t, rs / ss)", "sp.Eq(t, rs / sp.sqrt(ss))"),
    ("thm-nearest", "norm(p) ** 2 + norm(r - p) ** 2", "norm(p) ** 2 - norm(r - p) ** 2"),
    ("thm-nearest", "p = vector_projection(r, onto=s)", "p = vector_projection(s, onto=r)"),
    ("eq-mean-projection", "total / 3", "total / 2"),
    ("eq-mean-projection", "p - x.mean()", "p - x.sum()"),
    ("eq-dot-with-basis", "c2 * b1.T * b2", "c2 * b2.T * b2"),
    ("eq-dot-coordinates", "where=[sp.Eq(b1b2, 0), ", "where=["),
    ("thm-dot-coordinates", "np.linalg.qr(rng.standard_normal((n, k)))[0]", "rng.random((n, k))"),
    ("thm-dot-coordinates", "(B**2).sum(axis=0)", "np.sqrt((B**2).sum(axis=0))"),
    ("eq-example-basis", "sp.Rational(1, 2)", "sp.Rational(1, 3)"),
    ("eq-skew-error", "c1 + c2 * b1b2 / b1b1", "c1 - c2 * b1b2 / b1b1"),
    ("thm-unique", "return unique == independent", "return unique or independent"),
    ("thm-unique", "rng.integers(1, 9, 4)", "rng.integers(0, 2, 4)"),
    ("thm-dimension", "def too_many(rng, more=1)", "def too_many(rng, more=0)"),
    ("eq-noise", "eta**2 / (sin**2 + eta**2)", "eta / (sin**2 + eta**2)"),
    ("eq-noise", "hair / np.sin(tilt)", "hair / np.tan(tilt)"),
    ("eq-parseval", ", sp.Eq(b1b2, 0)]", "]"),
    ("thm-parseval", "np.linalg.qr(rng.standard_normal((n, k)))[0]", "rng.random((n, k))"),
    ("thm-parseval", "(c[kept == 0] ** 2).sum()", "(c[kept != 0] ** 2).sum()"),
    ("eq-picture-dot", "* (v[0] * z[0] + v[1] * z[1])", "* (v[0] * z[1] + v[1] * z[0])"),
    ("eq-picture-dot", "(u @ w) * (v @ z)", "(u @ w) + (v @ z)"),
]
FALSE["linear_algebra/03_matrices"] = [
    ("thm-columns", "np.eye(n, dtype=int)", "np.eye(n, dtype=int)[::-1]"),
    ("eq-rotation", "r * sp.cos(phi + theta)", "r * sp.cos(phi - theta)"),
    ("thm-composition", "v[1] * (A2 * B2[:, 1])", "v[1] * (B2 * A2[:, 1])"),
    ("thm-composition", "[P @ (Q @ t) for t in T.T]", "[P @ (Q @ abs(t)) for t in T.T]"),
    ("eq-associative", "sp.MatMul(A2 * B2, v", "sp.MatMul(B2 * A2, v"),
    ("eq-addition", "turn(alpha + beta)", "turn(alpha - beta)"),
    ("eq-three-movements", "lift, sp.diag(1, quarter), slide", "slide, sp.diag(1, quarter), lift"),
    ("thm-row-operations", "rng.integers(1, 4))", "rng.integers(0, 2))"),
    ("eq-lu-example", "[[1, 0, 0], [2, 1, 0], [3, 1, 1]]", "[[1, 0, 0], [2, 1, 0], [3, -1, 1]]"),
    ("eq-lu-example", "[0, 1, 2], [0, 0, 2]", "[0, 1, 2], [0, 0, 3]"),
    ("eq-lu", "P @ B - L @ U", "B - L @ U"),
    ("eq-cost", "(n**3 - n) / 3", "(n**3 - n) / 2"),
    ("eq-residual", "bound = 3 * n * EPS", "bound = 0.01 * n * EPS"),
    ("eq-residual", "np.abs(L) @ np.abs(U)", "np.abs(L @ U)  @ np.eye(n) * 1e-3"),
    ("prop-growth", "== 2.0 ** (n - 1)", "== 2.0**n"),
    ("prop-growth", "growth(entries) <= 2.0 ** (n - 1)", "growth(entries) <= 2"),
    ("eq-inverse-product", "sp.MatMul(B1.I, A1.I, A1, B1", "sp.MatMul(A1.I, B1.I, A1, B1"),
    ("eq-inverse-2x2", "[[d, -b], [-c, a]]", "[[d, b], [c, a]]"),
    ("eq-area", "area.then(a * d - b * c", "area.then(a * d + b * c"),
    ("thm-det-product", "(e * h - f * g)", "(e * h + f * g)"),
    ("thm-det-product", "P.det() * Q.det()", "P.det() + Q.det()"),
    ("eq-det-pivots", "(-1) ** swaps", "(-1) ** (swaps + 1)"),
    ("thm-singular", "len(row_echelon(B).pivots) < n", "len(row_echelon(B).pivots) <= n"),
    ("prop-rank-nullity", "pivots + len(lost) == n", "pivots + len(lost) == m"),
    ("thm-condition", "error <= kappa * length(r)", "error <= 0.1 * kappa * length(r)"),
    ("eq-condition", "x, r = Wt[0], V[:, -1]", "x, r = Wt[0], V[:, 0]"),
]
FALSE["linear_algebra/04_mappings"] = [
    ("eq-transpose", "sp.MatMul(second.T, first.T, ev", "sp.MatMul(first, second, ev"),
    ("eq-transpose", "B.T @ A.T", "(A @ B) @ np.eye(k)"),
    ("eq-shadow", "[[1, 0, -s1 / s3]", "[[1, 0, s1 / s3]"),
    ("eq-shadow", "[0, 1, -s2 / s3]", "[0, 1, -s1 / s3]"),
    ("eq-shadow", "sp.Eq(t, -r3 / s3)", "sp.Eq(t, r3 / s3)"),
    ("eq-shadow-twice", "where=sp.Eq(S * L", "where=sp.Eq(2 * S * L"),
    ("eq-shadow-twice", ", where=sp.Eq(S * L, sp.Identity(m))", ""),
    ("eq-bears-turn", "sp.MatMul(b.inv(), turn, b,", "sp.MatMul(b, turn, b.inv(),"),
    ("eq-bears-turn", "[10, 6]", "[6, 10]"),
    ("thm-similar", "S_new @ T_new", "T_new @ S_new"),
    ("thm-similar", "T_new @ T_new @ T_new", "T_new @ T_new"),
    ("thm-similar", "- np.linalg.det(T)", "+ np.linalg.det(T)"),
    ("thm-similar", "- np.trace(T)", "- np.trace(T @ T)"),
    ("eq-skew-dot", "(sticks.T * sticks)", "(sticks * sticks.T)"),
    ("thm-isometry", "- x @ y", "- 2 * x @ y"),
    ("thm-isometry", "np.linalg.qr(rng.standard_normal((n, n)))[0]", "rng.standard_normal((n, n))"),
    ("thm-isometry", "Q @ Q.T", "Q @ Q"),
    ("thm-isometry", "+ 2 * (A.T @ A)", "+ (A.T @ A)"),
    ("thm-isometry", "2 * (A.T @ A)", "2 * (A @ A.T)"),
    ("eq-two-kinds", "[s, -c]", "[s, c]"),
    ("eq-two-kinds", '1 if name == "rotation" else -1', "1"),
    (
        "eq-same-error",
        "np.linalg.qr(rng.standard_normal((n, n)))[0]",
        "rng.standard_normal((n, n))",
    ),
    ("eq-one-step", ", where=unit", ""),
    ("eq-one-step", "(a - q * (q.T * a))", "(a + q * (q.T * a))"),
    ("thm-gram-schmidt", "ranks != {kept}", "ranks != {j}"),
    ("thm-gram-schmidt", "A[:, :j]", "A[:, -j:]"),
    ("eq-qr", "Q @ R - A", "R @ Q.T - A.T"),
    ("eq-qr", "np.tril(R, -1)", "np.triu(R, 1)"),
    ("eq-qr-example", "[0, r2, r2]", "[0, r2, r3]"),
    ("eq-cholesky-qr", "sp.Eq(V.T * V, R.T * R)", "sp.Eq(V.T * V, R * R.T)"),
    ("eq-involution", "sp.Eq(E.T * E, sp.Identity(k))", "sp.Eq(E.T * E, 2 * sp.Identity(k))"),
    ("eq-involution", "M = 2 * E", "M = E"),
    ("thm-reflection", "M @ inside - inside", "M @ inside + inside"),
    ("thm-reflection", "M @ across + across", "M @ across - across"),
    ("thm-reflection", "(-1) ** (n - k)", "(-1) ** k"),
    ("eq-householder", "flip.then(vb,", "flip.then(-vb,"),
    ("eq-householder", "lengths = [sp.Eq(vb.dot(vb), va.dot(va)), ", "lengths = ["),
    ("eq-householder", "b *= np.linalg.norm(a) / np.linalg.norm(b)", "b *= 1"),
    ("eq-householder", "(u @ u) - b", "(u @ u) + b"),
]
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
FALSE["multivariate_calculus/06_calculus"] = [
    ("eq-square-slope", "2 * x + h, because", "2 * x - h, because"),
    (
        "eq-best-line",
        "abs(p(at + h) - p(at) - slope * h) / h",
        "abs(p(at + h) - p(at) - slope * h)",
    ),
    ("prop-best-line", "m = p.deriv()(at)", "m = p(at)"),
    ("eq-sum-rule", "a * f(x).diff(x) + b * g(x).diff(x)", "a * f(x).diff(x) - b * g(x).diff(x)"),
    ("thm-sum", "a * f(x).diff(x) + b * g(x).diff(x)", "f(x).diff(x) + g(x).diff(x)"),
    ("eq-power-rule", "n * x ** (n - 1), because", "n * x**n, because"),
    ("thm-power-rule", "n * x ** (n - 1), because", "(n - 1) * x ** (n - 1), because"),
    ("cor-constant", "/ (p * (n + 1))", "/ (n + 1)"),
    ("eq-reciprocal", "over.then(-1 / x**2", "over.then(1 / x**2"),
    ("eq-exp-squeeze", "quotient <= 1 / (1 - step)", "quotient <= 1 + step / 2"),
    ("thm-exponential", "abs(slope - np.exp(at))", "abs(slope - 1.001 * np.exp(at))"),
    ("eq-sine-squeeze", "np.cos(step) <= quotient", "1 <= quotient"),
    (
        "thm-sine",
        "abs((np.cos(step) - 1) / step) <= abs(step)",
        "abs((np.cos(step) - 1) / step) <= step**2 / 3",
    ),
    ("eq-sine", "wave.then(sp.cos(x)", "wave.then(-sp.cos(x)"),
    ("eq-sine", "rest.then(-sp.sin(x)", "rest.then(sp.sin(x)"),
    ("eq-product-rule", "+ f(x) * g(x).diff(x)", "- f(x) * g(x).diff(x)"),
    ("thm-product", "f(x).diff(x) * g(x) + f(x) * g(x).diff(x)", "f(x).diff(x) * g(x).diff(x)"),
    ("eq-chain-rule", "outer.diff().compose(inner) * inner.diff()", "outer.diff().compose(inner)"),
    ("thm-chain-rule", "outer.diff().compose(inner) * inner.diff()", "outer.diff() * inner.diff()"),
    ("thm-chain-rule", "sp.Eq(k, gamma * h)", "sp.Eq(k, gamma)"),
    ("eq-quotient", "(p * G - F * q) / (G * (G + q * h))", "(p * G + F * q) / (G * (G + q * h))"),
    ("eq-quotient", "/ g(x) ** 2", "/ g(x)"),
    ("eq-log", "sp.Eq(L, 1 / y)", "sp.Eq(L, y)"),
    ("eq-log", "a * y ** (a - 1)", "a * y**a"),
    ("eq-beast", "- 7 * sp.sin(inner)", "+ 7 * sp.sin(inner)"),
    ("eq-forward-error", "bounds = M * step / 2", "bounds = M * step / 3"),
    ("eq-central-error", "M3 * step**2 / 6", "M3 * step**2 / 12"),
    ("thm-truncation", "M, M3 = w**2, w**3", "M, M3 = w, w**2"),
    (
        "eq-best-forward",
        "where=sp.Eq(hp, 2 * sp.sqrt(delta / M))",
        "where=sp.Eq(hp, sp.sqrt(delta / M))",
    ),
    ("eq-best-forward", "least = 2 * sp.sqrt(M * delta)", "least = sp.sqrt(M * delta)"),
    ("eq-best-central", "hp**3 - 3 * delta / M3", "hp**3 - delta / M3"),
    ("eq-richardson", "better.then(s - c4 * h**4 / 4", "better.then(s + c4 * h**4 / 4"),
    ("eq-richardson", "4 * D0(h / 2) - D0(h)", "2 * D0(h / 2) - D0(h)"),
    ("eq-complex-step", "- h**2 * cubic(x).diff(x, 3) / 6", "+ h**2 * cubic(x).diff(x, 3) / 6"),
    ("eq-second-error", "fourth * step**2 / 12", "fourth * step**2 / 24"),
    ("prop-second-difference", "fourth = w**4", "fourth = w**3"),
    ("eq-pairs", "f1 * g0 + f0 * g1", "f1 * g1"),
]
FALSE["multivariate_calculus/07_multivariate"] = [
    ("eq-can-partials", "4 * sp.pi * r * t * rho", "2 * sp.pi * r * t * rho"),
    ("eq-can-partials", "2 * sp.pi * r**2 * rho + 2", "2 * sp.pi * r * rho + 2"),
    ("thm-total", "partials @ velocity", "partials @ velocity[::-1]"),
    ("eq-total", "partials @ velocity", "np.abs(partials @ velocity)"),
    ("thm-total", "b - c * np.sin(c * t)", "b"),
    ("eq-hiker", "- 2 * sp.sin(t) ** 2", "+ 2 * sp.sin(t) ** 2"),
    ("eq-hiker", "((X, x), (Y, y))", "((X, x),)"),
    ("thm-steepest", "best = g / np.linalg.norm(g)", "best = -g / np.linalg.norm(g)"),
    ("thm-steepest", "- np.linalg.norm(g))", "- np.abs(g).sum())"),
    ("thm-steepest", "- (others[0] @ best) * best", "+ (others[0] @ best) * best"),
    ("prop-tangent", "K * s**2", "K * s**3"),
    ("eq-tangent-error", "+ s * gradient(f_, x) @ d", "- s * gradient(f_, x) @ d"),
    ("prop-tangent", "K = (np.linalg.norm(A, axis=1) ** 2).sum() / 2", "K = 0.1"),
    ("eq-linear-jacobian", "[[a, b], [c, d]]", "[[a, c], [b, d]]"),
    ("thm-local-area", "np.linalg.det(jacobian(f_, x))", "np.linalg.det(jacobian(f_, x)) ** 2"),
    ("thm-local-area", "np.linalg.det(jacobian(f_, x))", "np.trace(jacobian(f_, x))"),
    ("thm-local-area", "- np.linalg.det(", "- np.linalg.norm("),
    ("eq-polar", "magnified.then(r, ", "magnified.then(r**2, "),
    ("eq-polar", "[[sp.cos(phi), -r * sp.sin(phi)]", "[[sp.cos(phi), r * sp.sin(phi)]"),
    (
        "eq-gauss",
        "sp.Integral(sp.exp(-(r**2)) * r, (r, 0, sp.oo), (phi",
        "sp.Integral(sp.exp(-(r**2)), (r, 0, sp.oo), (phi",
    ),
    ("eq-gauss", "volume.then(sp.pi, ", "volume.then(sp.sqrt(sp.pi), "),
    ("eq-spherical", "box.then(r**2 * sp.sin(theta), ", "box.then(r**2 * sp.cos(theta), "),
    ("eq-spherical", "box.then(r**2 * sp.sin(theta), ", "box.then(r * sp.sin(theta), "),
    ("eq-hessian-example", "[[6 * X, 2 * Y], [2 * Y, 2 * X]]", "[[6 * X, 2 * Y], [2 * X, 2 * Y]]"),
    ("thm-schwarz", "lambda u: f_(u, v), x0", "lambda u: f_(v, u), x0"),
    ("eq-curvature", "u @ hessian(f_, x) @ u)", "u @ hessian(f_, x) @ u / 2)"),
    ("eq-curvature", "0.0, order=2", "0.0, order=1"),
    ("prop-curvatures", "values[[0, -1]]", "values[[-1, 0]]"),
    ("eq-eigen-curvature", "c**2 @ values", "np.abs(c) @ values"),
    ("prop-curvatures", "bend.max() <= top", "bend.max() <= bottom"),
    ("thm-second", '(True, True): "saddle"', '(True, True): "minimum"'),
    ("thm-second", "f_ = lambda x: x @ H @ x / 2", "f_ = lambda x: -x @ H @ x / 2"),
    ("thm-second", 'kind == "undecided"', 'kind == "never"'),
    ("eq-squares", "(d - b**2 / a) * v**2", "(d + b**2 / a) * v**2"),
    ("eq-squares", "(a * d - b**2) / a", "(a * d - b**2)"),
    ("eq-noise-step", "(h**3 - 3 * delta / M)", "(h**3 - 6 * delta / M)"),
    ("eq-noise-step", "(9 * M * delta**2)", "(9 * M * delta)"),
    ("prop-random-direction", "share.mean() - 1 / n", "share.mean() - 1 / n**2"),
    ("prop-random-direction", "(u @ g) ** 2", "np.abs(u @ g)"),
]
FALSE["multivariate_calculus/08_chain_rule"] = [
    ("eq-two-roads", "sp.diff(x**2 * y, y) * (s + 2 * t)", "sp.diff(x**2 * y, y) * (s + t)"),
    ("eq-two-roads", "* q + sp.diff", "* q - sp.diff"),
    ("thm-chain", "differences(f, g(x))", "differences(f, 1.1 * g(x))"),
    ("eq-chain-jacobians", "@ differences(g, x)", "@ differences(g, 0.9 * x)"),
    ("eq-chain-jacobians", "product = differences", "product = -differences"),
    ("eq-chain-example", "[t**2, 2 * t]", "[2 * t, t**2]"),
    ("eq-chain-example", "6 * t**2", "5 * t**2"),
    ("eq-mode-count", "(2 * n * (n - 1), 2 * (n - 1))", "(2 * n * (n - 1), 2 * n)"),
    ("eq-mode-count", "(2 * n * (n - 1), 2 * (n - 1))", "(2 * n**2, 2 * (n - 1))"),
    ("prop-mode-cost", "n[L] * sum(terms[1:L])", "n[0] * sum(terms[1:L])"),
    ("prop-mode-cost", "n[0] * sum(terms[2 : L + 1])", "n[0] * sum(terms[1:L])"),
    ("eq-parameter-count", "n[k] * (n[k - 1] + 1)", "n[k] * n[k - 1] + 1"),
    ("eq-linear-layers", "(W2 * b1 + b2)", "(b1 + W2 * b2)"),
    ("eq-linear-layers", "(W2 * b1 + b2)", "b2"),
    ("eq-logistic-slope", "a * (1 - a), because", "a * (1 + a), because"),
    ("eq-logistic-slope", "(1 + sp.exp(-z)) ** 2", "(1 + sp.exp(-z))"),
    ("eq-one-neuron", "(1 - a**2)", "(1 - a)"),
    ("eq-one-neuron", "sp.Matrix([x, 1])", "sp.Matrix([w, 1])"),
    ("eq-one-neuron", "    2 * (a - y)", "    (a - y)"),
    ("eq-two-two-one", "v2 * (1 - h2**2)", "(1 - h2**2)"),
    ("eq-two-two-one", "v2 * (1 - h2**2)", "v2 * (1 - a**2)"),
    ("eq-two-two-one", "sp.Matrix([h2, v2", "sp.Matrix([s2, v2"),
    ("thm-backpropagation", "(1 - a[k] ** 2)", "(1 - a[k])"),
    ("thm-backpropagation", "delta = 2 * (a[-1] - y)", "delta = (a[-1] - y)"),
    ("eq-backpropagation", "np.outer(delta, a[k])", "np.outer(delta, np.tanh(a[k]))"),
    ("eq-backpropagation", "net.weights[k].T @ delta)", "net.weights[k].T @ delta / 2)"),
    ("eq-backprop-cost", "2 * F - n[1] * n[0]", "2 * F"),
    ("eq-batch-mean", "sum(parts) / m", "sum(parts)"),
    ("eq-batch-mean", "np.split(order, m)", "np.split(order[:-1].repeat(12)[: 12 * m], m)"),
    ("eq-softmax-blame", "blame.then(p1 - y1", "blame.then(p1 - 2 * y1"),
    ("eq-softmax-blame", "sp.Eq(y1 + y2 + y3, 1)", "sp.Eq(y1 + y2 + y3, 2)"),
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

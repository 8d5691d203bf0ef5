"""Derivations: what follows is accepted, what people write by mistake is refused."""

import json
import math
import re
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp
from sympy import (
    Abs,
    And,
    Derivative,
    Eq,
    Function,
    Identity,
    Integral,
    Limit,
    Matrix,
    MatrixSymbol,
    Ne,
    Or,
    Q,
    Rational,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    binomial,
    cos,
    det,
    diff,
    exp,
    eye,
    log,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
    tan,
    tanh,
)

from mml import Derivation, DerivationError

a, b, c, d, x, y, z, t, lam, theta, h, mu = symbols("a b c d x y z t lambda theta h mu", real=True)
p, q, s, r = symbols("p q sigma r", positive=True)
w = Symbol("w")  # nothing known: complex
k, m = symbols("k m", integer=True, positive=True)
n, D = symbols("n D", integer=True, positive=True)
f, g = Function("f", real=True), Function("g", real=True)
A, B, C = (MatrixSymbol(name, n, n) for name in "ABC")
X = MatrixSymbol("X", n, D)
V = MatrixSymbol("V", D, k)  # a tall matrix of basis vectors
u, v = MatrixSymbol("u", n, 1), MatrixSymbol("v", n, 1)
P22, Q22 = MatrixSymbol("P", 2, 2), MatrixSymbol("R", 2, 2)
I = Identity(n)
wk, yD = MatrixSymbol("w", k, 1), MatrixSymbol("y", D, 1)
xi, i = sp.IndexedBase("x", real=True), Symbol("i", integer=True)
T = Matrix([[a, b], [c, d]])
S = Matrix([[a, b], [b, c]])
vec, wec = Matrix([x, y]), Matrix([a, b])
logistic = 1 / (1 + exp(-x))
gauss = exp(-((x - mu) ** 2) / (2 * s**2)) / sqrt(2 * pi * s**2)
rot = lambda phi: Matrix([[cos(phi), -sin(phi)], [sin(phi), cos(phi)]])  # noqa: E731


def eq(left, right):
    return Eq(left, right, evaluate=False)


# id, old, new, where, implies, expected kind (None: either)
TRUE = [
    ("square_of_sum", (a + b) ** 2, a**2 + 2 * a * b + b**2, None, False, "symbolic"),
    ("third_binomial", (a + b) * (a - b), a**2 - b**2, None, False, "symbolic"),
    ("completing_square", x**2 + 6 * x + 5, (x + 3) ** 2 - 4, None, False, "symbolic"),
    ("completing_square_symbols", a * x**2 + b * x + c,
     a * (x + b / (2 * a)) ** 2 + c - b**2 / (4 * a), Ne(a, 0), False, "symbolic"),
    ("sqrt_of_square", sqrt(x**2), Abs(x), None, False, "symbolic"),
    ("sqrt_of_square_positive", sqrt(p**2 * x**2), p * Abs(x), None, False, "symbolic"),
    ("sqrt_where_positive", sqrt(w**2), w, w > 0, False, "symbolic"),
    ("log_of_product", log(p * q), log(p) + log(q), None, False, "symbolic"),
    ("exp_of_sum", exp(a + b), exp(a) * exp(b), None, False, "symbolic"),
    ("euler", exp(sp.I * x), cos(x) + sp.I * sin(x), None, False, "symbolic"),
    ("pythagoras", sin(x) ** 2 + cos(x) ** 2, sp.S.One, None, False, "symbolic"),
    ("double_angle", sin(2 * x), 2 * sin(x) * cos(x), None, False, "symbolic"),
    ("angle_sum", cos(a + b), cos(a) * cos(b) - sin(a) * sin(b), None, False, "symbolic"),
    ("tanh_logistic", tanh(x / 2), 2 * logistic - 1, None, False, None),
    ("logistic_derivative", Derivative(logistic, x), logistic * (1 - logistic), None, False,
     "symbolic"),
    ("logistic_symmetry", 1 - logistic, logistic.subs(x, -x), None, False, "symbolic"),
    ("tanh_derivative", Derivative(tanh(x), x), 1 - tanh(x) ** 2, None, False, "symbolic"),
    ("product_rule", Derivative(f(x) * g(x), x), f(x).diff(x) * g(x) + f(x) * g(x).diff(x), None,
     False, "symbolic"),
    ("quotient_rule", Derivative(f(x) / g(x), x),
     (f(x).diff(x) * g(x) - f(x) * g(x).diff(x)) / g(x) ** 2, None, False, "symbolic"),
    ("chain_rule", Derivative(sin(f(x)), x), cos(f(x)) * f(x).diff(x), None, False, "symbolic"),
    ("chain_rule_abstract", Derivative(f(g(x)), x),
     f(t).diff(t).subs(t, g(x)) * g(x).diff(x), None, False, "symbolic"),
    ("chain_rule_polynomial", Derivative((x**2 + 1) ** 5, x), 10 * x * (x**2 + 1) ** 4, None,
     False, "symbolic"),
    ("difference_quotient", ((x + h) ** 2 - x**2) / h, 2 * x + h, Ne(h, 0), False, "symbolic"),
    ("limit_of_quotient", Limit((sin(x + h) - sin(x)) / h, h, 0), cos(x), None, False, "symbolic"),
    ("gaussian_first", Derivative(gauss, x), -(x - mu) / s**2 * gauss, None, False, "symbolic"),
    ("gaussian_second", Derivative(gauss, x, x), ((x - mu) ** 2 / s**4 - 1 / s**2) * gauss, None,
     False, "symbolic"),
    ("gaussian_area", Integral(exp(-(x**2) / 2), (x, -oo, oo)), sqrt(2 * pi), None, False,
     "symbolic"),
    ("integral_power", Integral(x**2, (x, 0, a)), a**3 / 3, None, False, "symbolic"),
    ("logarithm_as_integral", Integral(1 / x, (x, 1, p)), log(p), None, False, "symbolic"),
    ("mixed_partials", Derivative(sin(x * y), x, y), Derivative(sin(x * y), y, x), None, False,
     "symbolic"),
    ("newton_step", x - (x**2 - 2) / (2 * x), (x + 2 / x) / 2, None, False, "symbolic"),
    ("rationalised", (sqrt(x + h) - sqrt(x)) / h, 1 / (sqrt(x + h) + sqrt(x)),
     [Ne(h, 0), x > 0, x + h > 0], False, None),
    ("geometric_sum", Sum(r**k, (k, 0, n)), (1 - r ** (n + 1)) / (1 - r), Ne(r, 1), False, None),
    ("gauss_sum", Sum(k, (k, 1, n)), n * (n + 1) / 2, None, False, "symbolic"),
    ("taylor_exp", sp.series(exp(x), x, 0, 4).removeO(), 1 + x + x**2 / 2 + x**3 / 6, None, False,
     "symbolic"),
    ("binomial", binomial(n, 2), n * (n - 1) / 2, n >= 2, False, None),
    ("cosine_rule", (vec - wec).dot(vec - wec), vec.dot(vec) - 2 * vec.dot(wec) + wec.dot(wec),
     None, False, "symbolic"),
    ("unit_normal", (x * a + y * b) / (a**2 + b**2), x * a + y * b, Eq(a**2 + b**2, 1), False,
     "symbolic"),
    ("substitution", x**2 + y**2, r**2, [Eq(x, r * cos(t)), Eq(y, r * sin(t))], False, "symbolic"),
    ("projection_length", (vec.dot(wec) / wec.dot(wec)) ** 2 * wec.dot(wec),
     vec.dot(wec) ** 2 / wec.dot(wec), None, False, "symbolic"),
    ("decimal", 0.85 * x + 0.15 * x, x, None, False, "symbolic"),
    # explicit matrices
    ("rotations_add", rot(a) * rot(b), rot(a + b), None, False, "symbolic"),
    ("rotation_inverse", rot(a).T * rot(a), eye(2), None, False, "symbolic"),
    ("inverse_2x2", T.inv(), Matrix([[d, -b], [-c, a]]) / (a * d - b * c), None, False, "symbolic"),
    ("cayley_hamilton", T**2, (a + d) * T - (a * d - b * c) * eye(2), None, False, "symbolic"),
    ("characteristic", det(lam * eye(2) - T), lam**2 - (a + d) * lam + a * d - b * c, None, False,
     "symbolic"),
    ("quadratic_form", (vec.T * S * vec)[0], a * x**2 + 2 * b * x * y + c * y**2, None, False,
     "symbolic"),
    ("gradient_quadratic", Matrix([diff((vec.T * S * vec)[0], i) for i in vec]), 2 * S * vec, None,
     False, "symbolic"),
    ("projection_line", (wec * wec.T / wec.dot(wec)) ** 2, wec * wec.T / wec.dot(wec), None, False,
     "symbolic"),
    ("reflection_squared", (eye(2) - 2 * wec * wec.T) ** 2, eye(2), Eq(wec.dot(wec), 1), False,
     "symbolic"),
    ("det_product", (T * S).det(), T.det() * S.det(), None, False, "symbolic"),
    ("trace_explicit", (T * S).trace(), (S * T).trace(), None, False, "symbolic"),
    # matrix symbols
    ("transpose_product", (A * B).T, B.T * A.T, None, False, "symbolic"),
    ("transpose_three", (A * B * C).T, C.T * B.T * A.T, None, False, "symbolic"),
    ("inverse_product", (A * B).I, B.I * A.I, None, False, "symbolic"),
    ("inverse_transpose", A.I.T, A.T.I, None, False, "symbolic"),
    ("square_of_matrix_sum", (A + B) ** 2, A**2 + A * B + B * A + B**2, None, False, "symbolic"),
    ("trace_cyclic", Trace(A * B * C), Trace(C * A * B), None, False, "symbolic"),
    ("trace_transpose", Trace(A.T * B), Trace(B.T * A), None, False, "symbolic"),
    ("trace_sum", Trace(A + 2 * B), Trace(A) + 2 * Trace(B), None, False, "symbolic"),
    ("trace_outer", Trace(u * v.T), (v.T * u)[0, 0], None, False, "symbolic"),
    ("det_product_symbol", det(A * B), det(A) * det(B), None, False, "symbolic"),
    ("det_inverse", det(A.I), 1 / det(A), None, False, "symbolic"),
    ("det_similar", det(B.I * A * B), det(A), None, False, "symbolic"),
    ("orthogonal", A.T * A * v, v, Q.orthogonal(A), False, "symbolic"),
    ("orthogonal_length", (A * v).T * (A * v), v.T * v, Q.orthogonal(A), False, "symbolic"),
    ("symmetric", (A * v).T * u, v.T * A * u, Q.symmetric(A), False, "symbolic"),
    ("scalar_transpose", v.T * A * u, u.T * A.T * v, None, False, "symbolic"),
    ("diagonalised_square", (C * A * C.I) ** 2, C * A**2 * C.I, None, False, "symbolic"),
    ("power_by_eigenbasis", (C * A * C.I) ** k, C * A**k * C.I, None, False, None),
    ("covariance_map", (A * B) * (A * B).T, A * B * B.T * A.T, None, False, "symbolic"),
    ("projection_idempotent", V * (V.T * V).I * V.T * V * (V.T * V).I * V.T,
     V * (V.T * V).I * V.T, None, False, "symbolic"),
    ("projection_symmetric", (V * (V.T * V).I * V.T).T, V * (V.T * V).I * V.T, None, False,
     "symbolic"),
    ("eigenvector_fact", A * A * v, lam**2 * v, Eq(A * v, lam * v), False, "symbolic"),
    ("idempotent_fact", (I - A) * (I - A), I - A, Eq(A * A, A), False, "symbolic"),
    ("pagerank_matrix", a * A * v + (1 - a) / n * sp.OneMatrix(n, n) * v,
     (a * A + (1 - a) / n * sp.OneMatrix(n, n)) * v, None, False, "symbolic"),
    ("matrix_gradient", Derivative(v.T * A * v, v), A * v + A.T * v, None, False, None),
    ("pca_loss", Trace(X.T * X) - Trace(V.T * X.T * X * V),
     Trace(Identity(D) * X.T * X) - Trace(X.T * X * V * V.T), None, False, "symbolic"),
    ("explicit_symbols", P22 * Q22, (P22 * Q22).as_explicit(), None, False, "symbolic"),
    ("scaled_determinant", det(3 * A), 3**n * det(A), None, False, "symbolic"),
    ("orthogonal_determinant", det(A) ** 2, sp.S.One, Q.orthogonal(A), False, None),
    ("similar_characteristic", det(lam * I - C.I * A * C), det(lam * I - A), None, False, None),
    ("sherman_morrison", (I + u * v.T).I, I - u * (Identity(1) + v.T * u).I * v.T, None, False,
     None),
    ("ridge", (X.T * X + p * Identity(D)).I * (X.T * X + p * Identity(D)), Identity(D), None, False,
     None),
    ("householder", (I - 2 * v * v.T) * (I - 2 * v * v.T), I, Eq(v.T * v, Identity(1)), False,
     None),
    ("rayleigh", (v.T * A * v) * (v.T * v).I, lam * Identity(1), Eq(A * v, lam * v), False,
     "symbolic"),
    ("residual_orthogonal", V.T * (yD - V * (V.T * V).I * V.T * yD), ZeroMatrix(k, 1), None, False,
     "symbolic"),
    ("pythagoras_matrices", (u + v).T * (u + v), u.T * u + v.T * v,
     Eq(u.T * v, ZeroMatrix(1, 1)), False, None),
    ("least_squares_gradient", Derivative((yD - V * wk).T * (yD - V * wk), wk),
     2 * V.T * V * wk - 2 * V.T * yD, None, False, "symbolic"),
    ("covariance_of_sum", (A + B) * C * (A + B).T,
     A * C * A.T + A * C * B.T + B * C * A.T + B * C * B.T, None, False, "symbolic"),
    # sums over data, series, sharp corners
    ("variance", Sum((xi[i] - mu) ** 2, (i, 1, n)) / n, Sum(xi[i] ** 2, (i, 1, n)) / n - mu**2,
     Eq(mu, Sum(xi[i], (i, 1, n)) / n), False, None),
    ("sum_of_affine", Sum(a * xi[i] + b, (i, 1, n)), a * Sum(xi[i], (i, 1, n)) + n * b, None,
     False, None),
    ("exp_series", Sum(x**k / sp.factorial(k), (k, 0, oo)), exp(x), None, False, "symbolic"),
    ("geometric_series", Sum(x**k, (k, 0, oo)), 1 / (1 - x), [x > -1, x < 1], False, None),
    ("relu", sp.Max(x, 0), (x + Abs(x)) / 2, None, False, None),
    ("softplus", Derivative(log(1 + exp(x)), x), logistic, None, False, "symbolic"),
    ("power_rule", Derivative(x**n, x), n * x ** (n - 1), None, False, "symbolic"),
    ("gaussian_mean", Integral(x * gauss, (x, -oo, oo)), mu, None, False, "symbolic"),
    ("polar_jacobian", Matrix([p * cos(t), p * sin(t)]).jacobian([p, t]).det(), p, None, False,
     "symbolic"),
    # equations
    ("linear_equation", eq(2 * x + 4, 10), eq(x, 3), None, False, "symbolic"),
    ("linear_symbols", eq(a * x + b, c), eq(x, (c - b) / a), Ne(a, 0), False, "symbolic"),
    ("divide_positive", eq(p * x, p * y), eq(x, y), None, False, "symbolic"),
    ("roots", eq(x**2, 1), Or(eq(x, 1), eq(x, -1)), None, False, "symbolic"),
    ("factored", eq(x**2 - 5 * x + 6, 0), eq((x - 2) * (x - 3), 0), None, False, "symbolic"),
    ("square_implies", eq(x, 3), eq(x**2, 9), None, True, "symbolic"),
    ("square_positive", eq(p, q), eq(p**2, q**2), None, False, "symbolic"),
    ("quadratic_formula", eq(a * x**2 + b * x + c, 0),
     Or(eq(x, (-b + sqrt(b**2 - 4 * a * c)) / (2 * a)),
        eq(x, (-b - sqrt(b**2 - 4 * a * c)) / (2 * a))), [Ne(a, 0), b**2 >= 4 * a * c], False,
     None),
    ("take_log", eq(exp(x), p), eq(x, log(p)), None, False, None),
    ("cube_root_real", eq(x**3, 8), eq(x, 2), None, False, "symbolic"),
    ("system", And(eq(x + y, 3), eq(x - y, 1)), And(eq(x, 2), eq(y, 1)), None, False, "symbolic"),
    ("elimination", eq(T * vec, Matrix([1, 2])),
     eq(Matrix([[a, b], [0, d - b * c / a]]) * vec, Matrix([1, 2 - c / a])), Ne(a, 0), False,
     "symbolic"),
    ("lagrange_x2y", And(eq(2 * x * y, 2 * lam * x), eq(x**2, 2 * lam * y)),
     And(eq(y, lam), eq(x**2, 2 * y**2)), Ne(x, 0), False, "symbolic"),
    ("rearranged_side", eq(c**2, (a - b) ** 2), eq(c**2, a**2 - 2 * a * b + b**2), None, False,
     "symbolic"),
    ("cross_multiply", eq(x / y, a / b), eq(x * b, a * y), [Ne(y, 0), Ne(b, 0)], False,
     "symbolic"),
    ("matrix_equation", eq(A * u, v), eq(u, A.I * v), Q.invertible(A), False, "symbolic"),
    ("matrix_transposed", eq(A * u, v), eq(u.T * A.T, v.T), None, False, "symbolic"),
    ("eigen_equation", eq(A * v, lam * v), eq((A - lam * I) * v, ZeroMatrix(n, 1)), None, False,
     "symbolic"),
    ("eigen_squared", eq(A * v, lam * v), eq(A * A * v, lam**2 * v), None, True, None),
    ("diagonalise", eq(A * C, C * B), eq(A, C * B * C.I), Q.invertible(C), False, "symbolic"),
    ("normal_equations", eq(V.T * V * wk, V.T * yD),
     eq(wk, (V.T * V).I * V.T * yD),
     Q.invertible(V.T * V), False, "symbolic"),
    ("implicit", eq(x**2 + f(x) ** 2, 1), eq(2 * x + 2 * f(x) * f(x).diff(x), 0), None, True,
     None),
    ("system_from_gradient", eq(Matrix([2 * x - 2, 2 * y]), Matrix([0, 0])),
     eq(Matrix([x, y]), Matrix([1, 0])), None, False, "symbolic"),
    ("eigenvalues_2x2", eq(det(lam * eye(2) - S), 0),
     Or(eq(lam, (a + c + sqrt((a - c) ** 2 + 4 * b**2)) / 2),
        eq(lam, (a + c - sqrt((a - c) ** 2 + 4 * b**2)) / 2)), None, False, None),
    ("eigenvectors_orthogonal", eq((lam - mu) * (u.T * v), ZeroMatrix(1, 1)),
     eq(u.T * v, ZeroMatrix(1, 1)), Ne(lam, mu), False, "symbolic"),
    ("eigen_of_inverse", eq(A * u, lam * u), eq(A.I * u, u / lam), [Q.invertible(A), Ne(lam, 0)],
     False, "symbolic"),
    ("cosine_of_angle", eq(vec.dot(wec), p * q * cos(t)), eq(cos(t), vec.dot(wec) / (p * q)), None,
     False, "symbolic"),
    ("newton_solved", eq(f(x) + h * f(x).diff(x), 0), eq(h, -f(x) / f(x).diff(x)),
     Ne(f(x).diff(x), 0), False, "symbolic"),
    ("quartic_real", eq(x**4, 1), Or(eq(x, 1), eq(x, -1)), None, False, None),
    ("norm_zero", eq(x**2 + y**2, 0), And(eq(x, 0), eq(y, 0)), None, False, None),
    ("positive_definite_form", eq(v.T * A * v, ZeroMatrix(1, 1)), eq(v, ZeroMatrix(n, 1)),
     Q.positive_definite(A), False, None),
    # inequalities and others
    ("negative_flips", -2 * x < 6, x > -3, None, False, "symbolic"),
    ("square_below", x**2 < 4, And(x > -2, x < 2), None, False, None),
    ("multiply_positive", p * x < p * y, x < y, None, False, "symbolic"),
    ("absolute", Abs(x) <= 1, x**2 <= 1, None, False, None),
    ("weaken", x > 2, x**2 > 4, None, True, None),
    ("discriminant", (2 * vec.dot(wec)) ** 2 - 4 * vec.dot(vec) * wec.dot(wec) <= 0,
     vec.dot(wec) ** 2 <= vec.dot(vec) * wec.dot(wec), None, False, "symbolic"),
    ("unequal", Ne(2 * x, 2), Ne(x, 1), None, False, "symbolic"),
]  # fmt: skip

# id, old, new, where, implies
WRONG = [
    ("sign", (a - b) ** 2, a**2 + 2 * a * b + b**2),
    ("middle_term", (a + b) ** 2, a**2 + b**2),
    ("factor_two", (a + b) ** 2, a**2 + a * b + b**2),
    ("completing_square_constant", x**2 + 6 * x + 5, (x + 3) ** 2 + 4),
    ("cancel_across_sum", (a + b) / (a + c), b / c),
    ("split_denominator", 1 / (p + q), 1 / p + 1 / q),
    ("sqrt_of_square", sqrt(x**2), x),
    ("sqrt_of_sum", sqrt(p + q), sqrt(p) + sqrt(q)),
    ("log_of_sum", log(p + q), log(p) + log(q)),
    ("log_product_of_sums", log(p + q), log(p) * log(q)),
    ("log_of_square_real", log(x**2), 2 * log(x)),
    ("exp_of_sum", exp(a + b), exp(a) + exp(b)),
    ("exp_of_product", exp(a * b), exp(a) * exp(b)),
    ("power_of_power", (p**2) ** a, p ** (a**2)),
    ("pythagoras_sign", cos(2 * x), cos(x) ** 2 + sin(x) ** 2),
    ("double_angle_factor", sin(2 * x), sin(x) * cos(x)),
    ("angle_sum_sign", cos(a + b), cos(a) * cos(b) + sin(a) * sin(b)),
    ("tan_sum", tan(a + b), tan(a) + tan(b)),
    ("cosine_rule_sign", (vec - wec).dot(vec - wec),
     vec.dot(vec) + 2 * vec.dot(wec) + wec.dot(wec)),
    ("chain_rule_dropped", Derivative(sin(3 * x), x), cos(3 * x)),
    ("chain_rule_abstract", Derivative(sin(f(x)), x), cos(f(x))),
    ("chain_rule_power", Derivative((x**2 + 1) ** 5, x), 5 * (x**2 + 1) ** 4),
    ("product_rule_naive", Derivative(f(x) * g(x), x), f(x).diff(x) * g(x).diff(x)),
    ("product_rule_forgotten", Derivative(x * sin(x), x), x * cos(x)),
    ("quotient_rule_order", Derivative(f(x) / g(x), x),
     (f(x) * g(x).diff(x) - f(x).diff(x) * g(x)) / g(x) ** 2),
    ("quotient_rule_square", Derivative(f(x) / g(x), x),
     (f(x).diff(x) * g(x) - f(x) * g(x).diff(x)) / g(x)),
    ("power_rule", Derivative(x**3, x), 2 * x**2),
    ("cos_derivative_sign", Derivative(cos(x), x), sin(x)),
    ("logistic_derivative", Derivative(logistic, x), logistic * (1 + logistic)),
    ("gaussian_derivative_sign", Derivative(gauss, x), (x - mu) / s**2 * gauss),
    ("gaussian_derivative_scale", Derivative(gauss, x), -(x - mu) / s * gauss),
    ("integral_constant", Integral(2 * x, x), x**2 + 1),
    ("integral_factor", Integral(x**2, (x, 0, a)), a**3 / 2),
    ("integral_ends", Integral(x, (x, a, b)), (a**2 - b**2) / 2),
    ("gaussian_area", Integral(exp(-(x**2) / 2), (x, -oo, oo)), sqrt(pi)),
    ("integral_across_a_pole", Integral(1 / x, (x, 1, a)), log(a)),
    ("limit_at_zero", Limit(sin(2 * x) / x, x, 0), sp.S.One),
    ("difference_quotient_lost_h", ((x + h) ** 2 - x**2) / h, 2 * x, Ne(h, 0)),
    ("removable_hole", (x**2 - 1) / (x - 1), x + 1),
    ("taylor_coefficient", sp.series(exp(x), x, 0, 4).removeO(), 1 + x + x**2 / 2 + x**3 / 3),
    ("taylor_sign", sp.series(cos(x), x, 0, 5).removeO(), 1 - x**2 / 2 - x**4 / 24),
    ("gauss_sum", Sum(k, (k, 1, n)), n * (n - 1) / 2),
    ("geometric_sum", Sum(r**k, (k, 0, n)), (1 - r**n) / (1 - r), Ne(r, 1)),
    ("newton_sign", x - (x**2 - 2) / (2 * x), (x - 2 / x) / 2),
    ("mean_shift", ((a + t) + (b + t)) / 2, (a + b) / 2 + 2 * t),
    ("projection_denominator", vec.dot(wec) / wec.dot(wec) * wec,
     vec.dot(wec) / vec.dot(vec) * wec),
    ("projection_no_square", (vec.dot(wec) / wec.dot(wec)) * wec,
     (vec.dot(wec) / sqrt(wec.dot(wec))) * wec),
    ("gram_schmidt_sign", (vec - vec.dot(wec) / wec.dot(wec) * wec).dot(wec),
     (vec + vec.dot(wec) / wec.dot(wec) * wec).dot(wec)),
    ("unit_fact_not_given", (x * a + y * b) / (a**2 + b**2), x * a + y * b),
    ("almost_equal", sin(x), x - x**3 / 6 + x**5 / 120),
    ("tiny_coefficient", x, x + Rational(1, 10**18) * x),
    # explicit matrices
    ("rotation_sign", rot(a).T, rot(a)),
    ("rotations_subtract", rot(a) * rot(b), rot(a - b)),
    ("inverse_2x2_not_swapped", T.inv(), Matrix([[a, -b], [-c, d]]) / (a * d - b * c)),
    ("inverse_2x2_det_sign", T.inv(), Matrix([[d, -b], [-c, a]]) / (a * d + b * c)),
    ("index_slip", T * vec, Matrix([a * x + c * y, b * x + d * y])),
    ("entrywise_product", T * S, Matrix(2, 2, lambda i, j: T[i, j] * S[i, j])),
    ("characteristic_sign", det(lam * eye(2) - T), lam**2 + (a + d) * lam + a * d - b * c),
    ("characteristic_det", det(lam * eye(2) - T), lam**2 - (a + d) * lam + a * d + b * c),
    ("cayley_hamilton", T**2, (a - d) * T - (a * d - b * c) * eye(2)),
    ("quadratic_form_cross", (vec.T * S * vec)[0], a * x**2 + b * x * y + c * y**2),
    ("gradient_quadratic", Matrix([diff((vec.T * S * vec)[0], i) for i in vec]), S * vec),
    ("gradient_unsymmetric", Matrix([diff((vec.T * T * vec)[0], i) for i in vec]), 2 * T * vec),
    ("determinant_scaled", (2 * T).det(), 2 * T.det()),
    ("reflection_not_unit", (eye(2) - 2 * wec * wec.T) ** 2, eye(2)),
    # matrix symbols
    ("transpose_order", (A * B).T, A.T * B.T),
    ("inverse_order", (A * B).I, A.I * B.I),
    ("inverse_sum", (A + B).I, A.I + B.I),
    ("det_sum", det(A + B), det(A) + det(B)),
    ("det_scaled", det(3 * A), 3 * det(A)),
    ("trace_product", Trace(A * B), Trace(A) * Trace(B)),
    ("trace_swap", Trace(A * B * C), Trace(A * C * B)),
    ("commute", A * B, B * A),
    ("commute_symmetric", A * B, B * A, [Q.symmetric(A), Q.symmetric(B)]),
    ("square_of_sum_matrix", (A + B) ** 2, A**2 + 2 * A * B + B**2),
    ("third_binomial_matrix", (A + B) * (A - B), A**2 - B**2),
    ("orthogonal_not_assumed", A.T * A * v, v),
    ("orthogonal_is_not_symmetric", A.T, A, Q.orthogonal(A)),
    ("symmetric_not_assumed", (A * v).T * u, v.T * A * u),
    ("gram_inverse_split", V * (V.T * V).I * V.T, Identity(D)),
    ("matrix_gradient", Derivative(v.T * A * v, v), 2 * A * v),
    ("matrix_power", (C * A * C.I) ** k, C**k * A**k * C.I**k),
    ("covariance_map", (A * B) * (A * B).T, A * B * A.T * B.T),
    ("similar_cancelled", C * A * C.I, A),
    ("ridge_split", (X.T * X + p * Identity(D)).I, (X.T * X).I + Identity(D) / p),
    ("pythagoras_not_given", (u + v).T * (u + v), u.T * u + v.T * v),
    ("tall_is_not_square", V * V.T, Identity(D), Eq(V.T * V, Identity(k))),
    ("outer_swapped", u * v.T, v * u.T),
    ("hadamard", sp.HadamardProduct(A, B), A * B),
    # sums over data, series, sharp corners
    ("variance_sign", Sum((xi[i] - mu) ** 2, (i, 1, n)) / n,
     Sum(xi[i] ** 2, (i, 1, n)) / n + mu**2, Eq(mu, Sum(xi[i], (i, 1, n)) / n)),
    ("variance_mean_not_given", Sum((xi[i] - mu) ** 2, (i, 1, n)) / n,
     Sum(xi[i] ** 2, (i, 1, n)) / n - mu**2),
    ("index_out_of_range", Trace(u * v.T), Sum(u[2 * i, 0] * v[i, 0], (i, 0, n - 1))),
    ("far_corner", sp.Max(x, -100), x),
    ("far_step", sp.Heaviside(x - 50, 1), sp.S.Zero),
    ("far_root", sqrt((x - 70) ** 2), x - 70),
    ("parity", (-1) ** n, sp.S.One),
    ("hole_at_seven", (x**2 - 49) / (x - 7), x + 7),
    ("new_hole", x / (x + 1), 1 / (1 + 1 / x)),
    ("partial_drops_y", Derivative(x**2 * y, x), 2 * x),
    ("softmax_sign", exp(a) / (exp(a) + exp(b)), 1 / (1 + exp(a - b))),
    # equations
    ("hidden_factor", eq((a - b - 3) * (x - y), 0), eq(x, y)),
    ("hidden_circle", eq((a**2 + b**2 - 5) * (x - y), 0), eq(x, y)),
    ("hidden_exponential", eq((exp(a) - 7) * (x - y), 0), eq(x, y)),
    ("roots_close_together", eq((x - 1) * (x - Rational(1001, 1000)), 0), eq(x, 1)),
    ("cancelled_pole", eq(y + 1 / (x - 7), 2 * x + 1 / (x - 7)), eq(y, 2 * x)),
    ("quartic_complex", eq(w**4, 1), Or(eq(w, 1), eq(w, -1))),
    ("divided_by_sine", eq(sin(x) ** 2, sin(x)), eq(sin(x), 1)),
    ("negative_log", eq(log(x**2), 2), eq(x, sp.E)),
    ("or_is_not_and", Or(eq(x, 1), eq(x, 2)), And(eq(x, 1), eq(x, 2))),
    ("integrated_without_constant", eq(f(x).diff(x), 2 * x), eq(f(x), x**2), None, True),
    ("nilpotent", eq(A * A, ZeroMatrix(n, n)), eq(A, ZeroMatrix(n, n))),
    ("idempotent_is_identity", eq(A * A, A), eq(A, I)),
    ("involution", eq(A * A, I), Or(eq(A, I), eq(A, -I))),
    ("eigenvector_zero", eq(A * v, lam * v), eq(det(A - lam * I), 0), None, True),
    ("form_zero", eq(v.T * A * v, ZeroMatrix(1, 1)), eq(A * v, ZeroMatrix(n, 1)), None, True),
    ("commuting_is_equal", eq(A * B, B * A), eq(A, B), None, True),
    ("inverse_is_transpose", eq(A * B, I), eq(B, A.T), None, True),
    ("divide_by_zero", eq(a * x, a * y), eq(x, y)),
    ("divide_by_zero_wrong_condition", eq(a * x, a * y), eq(x, y), Ne(b, 0)),
    ("lost_root", eq(x**2, x), eq(x, 1)),
    ("lost_root_sum", eq(x**2, x * y), eq(x, y)),
    ("squaring", eq(x, 3), eq(x**2, 9)),
    ("squaring_symbols", eq(x, y), eq(x**2, y**2)),
    ("root", eq(x**2, 4), eq(x, 2)),
    ("root_of_square", eq(x**2, a), eq(x, sqrt(a)), a >= 0),
    ("root_implies", eq(x**2, 4), eq(x, 2), None, True),
    ("lost_root_implies", eq(x**2, x), eq(x, 1), None, True),
    ("cube_root_complex", eq(w**3, 8), eq(w, 2)),
    ("one_of_two", eq(x**2, 1), Or(eq(x, 1), eq(x, 2))),
    ("zero_product", eq(x * y, 1), Or(eq(x, 1), eq(y, 1))),
    ("side_swapped_sign", eq(x + a, b), eq(x, a + b)),
    ("fraction_upside_down", eq(a * x, b), eq(x, a / b), [Ne(a, 0), Ne(b, 0)]),
    ("new_divisor", eq(y, 2 * x), eq(y / x, 2)),
    ("gained_root", eq((x**2 - 1) / (x - 1), 2), eq(x**2 - 1, 2 * (x - 1))),
    ("cross_multiply_hole", eq(x / y, 1), eq(x, y)),
    ("sin_inverse", eq(sin(x), 0), eq(x, 0)),
    ("cosine_angle", eq(cos(x), cos(y)), eq(x, y)),
    ("system_slip", And(eq(x + y, 3), eq(x - y, 1)), And(eq(x, 1), eq(y, 2))),
    ("system_dropped", And(eq(x + y, 3), eq(x - y, 1)), eq(x + y, 3)),
    ("lagrange_lost", And(eq(2 * x * y, 2 * lam * x), eq(x**2, 2 * lam * y)),
     And(eq(y, lam), eq(x**2, 2 * y**2))),
    ("elimination_slip", eq(T * vec, Matrix([1, 2])),
     eq(Matrix([[a, b], [0, d + b * c / a]]) * vec, Matrix([1, 2 - c / a])), Ne(a, 0)),
    ("elimination_pivot_zero", eq(T * vec, Matrix([1, 2])),
     eq(Matrix([[a, b], [0, a * d - b * c]]) * vec, Matrix([1, 2 * a - c]))),
    ("matrix_singular", eq(A * u, v), eq(u, A.I * v)),
    ("matrix_cancelled", eq(A * u, A * v), eq(u, v)),
    ("matrix_wrong_side", eq(A * C, C * B), eq(A, C.I * B * C), Q.invertible(C)),
    ("eigen_inverse", eq(A * v, lam * v), eq(A.I * v, lam * v), Q.invertible(A), True),
    ("eigen_shift", eq(A * v, lam * v), eq((A + lam * I) * v, ZeroMatrix(n, 1))),
    ("zero_product_matrices", eq(A * B, ZeroMatrix(n, n)), eq(A, ZeroMatrix(n, n)), None, True),
    ("implicit_dropped", eq(x**2 + f(x) ** 2, 1), eq(2 * x + 2 * f(x), 0), None, True),
    # inequalities
    ("negative_not_flipped", -2 * x < 6, x < -3),
    ("unknown_sign", a * x < a * y, x < y),
    ("square_inequality", x < y, x**2 < y**2),
    ("square_below", x**2 < 4, x < 2),
    ("reciprocal", x < y, 1 / x > 1 / y),
    ("strictness", x <= 1, x < 1),
    ("weaken_backwards", x**2 > 4, x > 2, None, True),
    ("unequal", Ne(x**2, 1), Ne(x, 1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "where", "implies", "kind"), [row[1:] for row in TRUE], ids=[r[0] for r in TRUE]
)
def test_a_true_line_is_accepted(old, new, where, implies, kind):
    derivation = Derivation(old, where=where).then(new, because="it is so", implies=implies)
    assert derivation.steps[-1].verified in ({kind} if kind else {"symbolic", "numeric"})


def _wrong(old, new, where=None, implies=False):
    return old, new, where, implies


@pytest.mark.parametrize(
    ("old", "new", "where", "implies"),
    [_wrong(*row[1:]) for row in WRONG],
    ids=[row[0] for row in WRONG],
)
def test_a_wrong_line_is_refused(old, new, where, implies):
    derivation = Derivation(old)
    with pytest.raises(DerivationError, match="line 2") as error:
        derivation.then(new, because="it is so", where=where, implies=implies)
    assert error.value.line == 2
    assert error.value.counterexample or not old.free_symbols, str(error.value)
    assert len(derivation.steps) == 1  # a refused line leaves no trace


def test_there_are_enough_lines_of_both_kinds():
    assert len(TRUE) >= 60
    assert len(WRONG) >= 60


# --- what is recorded, and what an error says ---------------------------------------------


def test_steps_record_what_was_done():
    derivation = Derivation(eq(a * x, b), "given").then(
        eq(x, b / a), because="divide by $a$", where=Ne(a, 0)
    )
    start, step = derivation.steps
    assert (start.verified, start.relation, start.conditions) == (None, "", ())
    assert (step.verified, step.relation, step.conditions) == ("symbolic", "⇔", (Ne(a, 0),))
    assert step.expression == derivation.result == eq(x, b / a)
    assert step.reason == "divide by $a$"
    with pytest.raises(AttributeError):
        step.verified = "symbolic"


def test_then_returns_the_derivation_itself():
    derivation = Derivation((a + b) ** 2)
    assert derivation.then(a**2 + 2 * a * b + b**2, because="expand") is derivation


def test_conditions_hold_for_the_lines_that_follow():
    derivation = Derivation(eq(a * x, a * y), where=Ne(a, 0)).then(eq(x, y), because="divide")
    derivation.then(eq(a**2 * x, a**2 * y), because="multiply")
    assert [s.conditions for s in derivation.steps] == [(Ne(a, 0),), (), ()]


def test_an_established_equation_is_a_fact():
    pythagoras = Derivation(eq(c**2, a**2 + b**2 - 2 * a * b * cos(theta)), where=Eq(theta, pi / 2))
    pythagoras.then(eq(c**2, a**2 + b**2), because="cos is zero")
    derivation = Derivation(a**2 + b**2 + 1)
    derivation.then(c**2 + 1, because="Pythagoras", where=pythagoras.result)
    assert derivation.steps[-1].verified == "symbolic"


def test_a_step_that_sympy_cannot_prove_is_marked_numeric():
    derivation = Derivation((C * A * C.I) ** k).then(C * A**k * C.I, because="they telescope")
    assert derivation.steps[-1].verified == "numeric"
    assert "checked numerically" in repr(derivation)
    assert re.search(r"checked\s+(array\s+)?numerically", _plain(derivation))
    bundle = derivation._repr_mimebundle_()["application/vnd.mml.evidence+json"]
    assert (bundle["steps"], bundle["symbolic"], bundle["numeric"]) == (1, 0, 1)


def test_the_error_names_line_reason_both_lines_and_a_counterexample():
    derivation = Derivation((a + b) ** 2).then(a**2 + 2 * a * b + b**2, because="expand")
    with pytest.raises(DerivationError) as error:
        derivation.then(a**2 + b**2, because="wishful thinking")
    text = str(error.value)
    assert 'line 3 ("wishful thinking") does not follow' in text
    assert "line 2: a**2 + 2*a*b + b**2" in text
    assert "line 3: a**2 + b**2" in text
    point = error.value.counterexample
    assert set(point) == {"a", "b"}
    assert (point["a"] + point["b"]) ** 2 != point["a"] ** 2 + point["b"] ** 2


def test_the_counterexample_can_be_put_in():
    with pytest.raises(DerivationError) as error:
        Derivation((A * B).T).then(A.T * B.T, because="transposing")
    first, second = (np.array(error.value.counterexample[name]) for name in "AB")
    assert not np.allclose((first @ second).T, first.T @ second.T)


def test_the_error_suggests_a_condition_or_an_assumption():
    with pytest.raises(DerivationError, match=r"at x = 1 .*Ne\(x - 1, 0\)"):
        Derivation((x**2 - 1) / (x - 1)).then(x + 1, because="cancel")
    with pytest.raises(DerivationError, match=r'symbols\("w", real=True\)'):
        Derivation(eq(w**3, 8)).then(eq(w, 2), because="cube root")


def test_what_cannot_be_decided_is_refused():
    with pytest.raises(DerivationError, match="cannot decide"):
        Derivation(x, where=[x > 1, x < 0]).then(y, because="anything follows")
    with pytest.raises(DerivationError, match="cannot decide"):
        Derivation(eq(x**2, -1)).then(eq(x**2, -2), because="no solutions either", implies=True)


def test_true_and_false_are_explained():
    with pytest.raises(DerivationError, match=r"evaluated this to True.*evaluate=False"):
        Derivation(Eq(x + 1, x + 1))
    with pytest.raises(DerivationError, match=r"evaluated this to False.*evaluate=False"):
        Derivation(eq(x, 1)).then(Eq(sp.S(1), 2), because="no")
    with pytest.raises(DerivationError, match="condition to False"):
        Derivation(x, where=sp.S(1) > 2)


@pytest.mark.parametrize("bad", ["x + 1", None, [1, 2], np.eye(2), {1: 2}])
def test_a_line_must_be_sympy(bad):
    with pytest.raises(TypeError, match="start must be a SymPy expression"):
        Derivation(bad)
    with pytest.raises(TypeError, match="next must be a SymPy expression"):
        Derivation(x).then(bad, because="no")


def test_a_derivation_is_no_line():
    with pytest.raises(TypeError, match=r"use its \.result"):
        Derivation(Derivation(x))


def test_lines_are_of_one_kind_and_shape():
    with pytest.raises(DerivationError, match="line 2 is a relation, but line 1 is an expression"):
        Derivation(x).then(eq(x, 1), because="no")
    with pytest.raises(DerivationError, match="line 2 is an expression, but line 1 is a matrix"):
        Derivation(T).then(x, because="no")
    with pytest.raises(DerivationError, match="shape"):
        Derivation(T).then(vec, because="no")
    with pytest.raises(DerivationError, match="shape"):
        Derivation(A * v).then(A, because="no")
    with pytest.raises(DerivationError, match=r"the sides of .* have shapes"):
        Derivation(eq(v.T * v, a))
    with pytest.raises(ValueError, match="implies=True is for equations"):
        Derivation(x).then(x, because="no", implies=True)


def test_a_reason_is_required():
    with pytest.raises(TypeError):
        Derivation(x).then(x)
    with pytest.raises(ValueError, match="because is empty"):
        Derivation(x).then(x, because="  ")
    with pytest.raises(TypeError, match="because must be text"):
        Derivation(x).then(x, because=None)
    with pytest.raises(TypeError, match="reason must be text"):
        Derivation(x, 3)


@pytest.mark.parametrize("bad", ["x > 0", 3, x, Q.prime(n), Q.positive(A)])
def test_a_condition_is_a_relation_or_an_assumption(bad):
    with pytest.raises((ValueError, TypeError), match="where"):
        Derivation(x, where=bad)


def test_the_same_line_gets_the_same_verdict():
    code = (
        "import sympy as sp; from mml import Derivation, DerivationError\n"
        "x, y, a = sp.symbols('x y a', real=True)\n"
        "try: Derivation(sp.Eq(a*x**2, a*y)).then(sp.Eq(x**2, y), because='divide')\n"
        "except DerivationError as error: print(error)\n"
        "A, B = (sp.MatrixSymbol(name, 3, 3) for name in 'AB')\n"
        "try: Derivation(A*B).then(B*A, because='swap')\n"
        "except DerivationError as error: print(error)\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert "does not follow" in runs[0]


def test_the_callers_matrix_is_not_kept():
    mutable = Matrix([[x, 1], [0, x]])
    derivation = Derivation(mutable)
    mutable[0, 0] = 7
    assert derivation.result[0, 0] == x


# --- how it is shown -----------------------------------------------------------------------

UNSUPPORTED = (
    r"\label", r"\eqref", r"\ref", r"\mbox", r"\intertext", r"\multicolumn", r"\qed", r"\textsc",
    r"\begin{align}", r"\begin{align*}", r"\begin{multline}", r"\begin{eqnarray}",
)  # fmt: skip


def _plain(derivation):
    """The words of a display, without the commands between them."""
    return re.sub(r"\\[a-z]+|[{}\\]", " ", derivation._repr_latex_())


def _balanced(latex):
    depth = 0
    latex = latex.replace("\\\\", " ")  # ends of rows
    for i, sign in enumerate(latex):
        if sign in "{}" and (i == 0 or latex[i - 1] != "\\"):
            depth += 1 if sign == "{" else -1
        assert depth >= 0
    return depth == 0 and latex.count(r"\begin{") == latex.count(r"\end{")


@pytest.mark.parametrize("row", TRUE[::6], ids=lambda row: row[0])
def test_latex_is_one_aligned_display(row):
    _, old, new, where, implies, _ = row
    derivation = Derivation(old, "the start", where=where).then(
        new, because="so $x^2$ & 5% of a_b", implies=implies
    )
    latex = derivation._repr_latex_()
    assert latex.startswith("$$\n\\begin{aligned}")
    assert latex.endswith("\\end{aligned}\n$$")
    assert latex.count(r"\begin{aligned}") == 1
    assert not any(command in latex for command in UNSUPPORTED)
    assert _balanced(latex)


def test_reasons_may_hold_maths_and_special_signs():
    derivation = Derivation(x + x, r"5% & #1 of {a_b} ~ ^ \$2").then(
        2 * x, because="as $x + x = 2x$ and λ ≠ A⁻¹"
    )
    latex = derivation._repr_latex_()
    assert r"5\% \& \#1 of \{a\_b\}" in latex
    assert r"\textasciitilde{} \textasciicircum{} \$2" in latex
    assert r"\text{as } x + x = 2x \text{ and }" in latex
    assert r"\lambda" in latex
    assert r"{}^{-1}" in latex
    assert _balanced(latex)
    assert "$2" in repr(derivation)


def test_an_unpaired_dollar_is_refused():
    with pytest.raises(ValueError, match="a \\$ is missing"):
        Derivation(x).then(x, because="costs $5")._repr_latex_()


def test_conditions_are_shown():
    derivation = Derivation(eq(a * x, b), "given", where=Ne(a, 0)).then(
        eq(x, b / a), because="divide"
    )
    assert "(a ≠ 0)" in repr(derivation)
    assert r"a \neq 0" in derivation._repr_latex_()
    derivation = Derivation(A.T * A, where=Q.orthogonal(A))
    assert "(A orthogonal)" in repr(derivation)
    assert "orthogonal)" in derivation._repr_latex_()


def test_signs_between_lines():
    derivation = Derivation(eq(x, 2), "start").then(eq(2 * x, 4), because="double")
    derivation.then(eq(x**2, 4), because="square", implies=True)
    assert [s.relation for s in derivation.steps] == ["", "⇔", "⇒"]
    latex = derivation._repr_latex_()
    assert latex.index(r"\Leftrightarrow") < latex.index(r"\Rightarrow")
    bundle = derivation._repr_mimebundle_()["application/vnd.mml.evidence+json"]
    assert bundle["statement"] == "x = 2 ⇒ x**2 = 4"


def test_a_long_line_is_broken():
    long = sp.expand((a + b + c) ** 5)
    latex = Derivation((a + b + c) ** 5).then(long, because="expand")._repr_latex_()
    assert latex.count(r"\quad +") >= 3
    assert _balanced(latex)
    latex = Derivation(eq(long, 0))._repr_latex_()
    assert r"\quad = 0" in latex


def test_text_is_aligned():
    derivation = Derivation((a + b) ** 2, "square").then(a**2 + 2 * a * b + b**2, because="expand")
    assert repr(derivation).splitlines() == [
        "  (a + b)**2            square",
        "= a**2 + 2*a*b + b**2   expand",
    ]


def test_the_bundle_is_plain_json():
    derivation = Derivation((a + b) ** 2, "square").then(a**2 + 2 * a * b + b**2, because="expand")
    bundle = derivation._repr_mimebundle_()
    assert json.loads(json.dumps(bundle)) == bundle
    evidence, lines = (f"application/vnd.mml.{name}+json" for name in ("evidence", "derivation"))
    assert set(bundle) == {"text/latex", "text/plain", evidence, lines}
    assert [line["sign"] for line in bundle[lines]] == ["", "="]
    assert bundle["application/vnd.mml.evidence+json"] == {
        "kind": "derivation",
        "statement": "(a + b)**2 = a**2 + 2*a*b + b**2",
        "steps": 1,
        "symbolic": 1,
        "numeric": 0,
    }


# --- compiled -------------------------------------------------------------------------------


def test_numpy_is_vectorised_with_sorted_symbols():
    function = Derivation((x + 1) * (y - 1)).then(x * y - x + y - 1, because="expand").numpy()
    xs, ys = np.linspace(-1, 1, 5)[:, None], np.linspace(0, 3, 4)
    np.testing.assert_allclose(function(xs, ys), (xs + 1) * (ys - 1))
    assert function(2, 3) == 6
    swapped = Derivation(x - 2 * y).numpy(y, x)
    assert swapped(1, 10) == 8


def test_numpy_of_an_equation_is_its_right_side():
    assert Derivation(eq(y, x**2)).numpy()(3) == 9


def test_numpy_constants_broadcast():
    function = Derivation(sp.S(5)).numpy(x)
    np.testing.assert_array_equal(function(np.zeros((2, 3))), np.full((2, 3), 5.0))
    assert function(1.0) == 5
    assert Derivation(x**0 + 1).numpy()() == 2


def test_numpy_explicit_matrices_stack():
    function = Derivation(Matrix([[cos(t), -sin(t)], [0, 1]])).numpy()
    assert function(0.0).shape == (2, 2)
    angles = np.linspace(0, 1, 4)
    stack = function(angles)
    assert stack.shape == (4, 2, 2)
    np.testing.assert_allclose(stack[:, 0, 1], -np.sin(angles))
    np.testing.assert_array_equal(stack[:, 1, 1], 1)


def test_numpy_matrix_symbols():
    rng = np.random.default_rng(1)
    first, second, vector = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)
    function = Derivation((A * B).T).then(B.T * A.T, because="transpose").numpy()
    np.testing.assert_allclose(function(first, second), (first @ second).T)
    function = Derivation(a * A.I * u + (1 - a) * u).numpy(a, A, u)
    want = 0.3 * np.linalg.solve(first, vector) + 0.7 * vector
    np.testing.assert_allclose(function(0.3, first, vector)[:, 0], want)
    function = Derivation(Trace(A * B)).numpy()
    assert function(first, second) == pytest.approx(np.trace(first @ second))
    function = Derivation(det(A)).numpy()
    assert function(first) == pytest.approx(np.linalg.det(first))
    function = Derivation(V * (V.T * V).I * V.T).numpy()
    np.testing.assert_allclose(function([[1, 0], [0, 1], [0, 0]]), np.diag([1, 1, 0]))
    function = Derivation(I - A).numpy()
    np.testing.assert_allclose(function(first), np.eye(3) - first)
    function = Derivation((v.T * u)[0, 0]).numpy()
    assert function(vector, vector) == pytest.approx(vector @ vector)


def test_numpy_refuses_what_it_cannot_compile():
    with pytest.raises(ValueError, match="also depends on y"):
        Derivation(x * y).numpy(x)
    with pytest.raises(ValueError, match="only an expression or an equation"):
        Derivation(x > 1).numpy()
    with pytest.raises(ValueError, match="not known"):
        Derivation(f(x)).numpy()
    with pytest.raises(TypeError, match=r"expected 2 arguments \(x, y\), got 1"):
        Derivation(x * y).numpy()(1)
    with pytest.raises(ValueError, match="must have shape"):
        Derivation(A * B).numpy()(np.eye(2), np.eye(3))


def test_numpy_of_special_functions():
    function = Derivation(sp.erf(x)).numpy()
    assert function(1.0) == pytest.approx(math.erf(1))

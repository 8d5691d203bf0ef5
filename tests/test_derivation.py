"""Derivations: what follows is accepted, what people write by mistake is refused."""

import json
import math
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
    factorial,
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
    ("normal_equations", eq(V.T * V * MatrixSymbol("w", k, 1), V.T * MatrixSymbol("y", D, 1)),
     eq(MatrixSymbol("w", k, 1), (V.T * V).I * V.T * MatrixSymbol("y", D, 1)),
     Q.invertible(V.T * V), False, "symbolic"),
    ("implicit", eq(x**2 + f(x) ** 2, 1), eq(2 * x + 2 * f(x) * f(x).diff(x), 0), None, True,
     None),
    ("system_from_gradient", eq(Matrix([2 * x - 2, 2 * y]), Matrix([0, 0])),
     eq(Matrix([x, y]), Matrix([1, 0])), None, False, "symbolic"),
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
    ("limit_at_zero", Limit(sin(2 * x) / x, x, 0), sp.S.One),
    ("difference_quotient_lost_h", ((x + h) ** 2 - x**2) / h, 2 * x, Ne(h, 0)),
    ("removable_hole", (x**2 - 1) / (x - 1), x + 1),
    ("taylor_coefficient", sp.series(exp(x), x, 0, 4).removeO(), 1 + x + x**2 / 2 + x**3 / 3),
    ("taylor_sign", sp.series(cos(x), x, 0, 5).removeO(), 1 - x**2 / 2 - x**4 / 24),
    ("gauss_sum", Sum(k, (k, 1, n)), n * (n - 1) / 2),
    ("geometric_sum", Sum(r**k, (k, 0, n)), (1 - r**n) / (1 - r), Ne(r, 1)),
    ("newton_sign", x - (x**2 - 2) / (2 * x), (x - 2 / x) / 2),
    ("mean_shift", ((a + t) + (b + t)) / 2, (a + b) / 2 + 2 * t),
    ("projection_denominator", vec.dot(wec) / wec.dot(wec) * wec, vec.dot(wec) / vec.dot(vec) * wec),
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
    # equations
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

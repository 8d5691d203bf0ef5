"""Elimination, factors, systems, determinants and special matrices: theorems and references."""

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.linalg import LinAlgError
from numpy.testing import assert_allclose, assert_array_equal

from mml.linear_algebra import (
    classify,
    determinant,
    inverse,
    is_singular,
    lu,
    rank,
    reduced_row_echelon,
    rotation,
    row_echelon,
    shear,
    solve,
)

EPS = np.finfo(float).eps
fixed = settings(derandomize=True, deadline=None, max_examples=100)
FOR_ANY = [row_echelon, reduced_row_echelon, lu]
FOR_SQUARE = [lambda A: solve(A, [1, 1]), inverse, determinant, is_singular, classify]


def whole(shape, largest=5):
    return arrays(float, shape, elements=st.integers(-largest, largest).map(float))


@st.composite
def square(draw, low=1, high=6):
    n = draw(st.integers(low, high))
    return draw(whole((n, n)))


@st.composite
def rectangular(draw):
    return draw(whole((draw(st.integers(1, 6)), draw(st.integers(1, 7)))))


def exact_echelon(A):
    """Return the reduced echelon form in fractions, and its pivots: the reference."""
    A = [[Fraction(x) for x in row] for row in A.tolist()]
    pivots, row = [], 0
    for column in range(len(A[0])):
        found = next((i for i in range(row, len(A)) if A[i][column]), None)
        if found is None:
            continue
        A[row], A[found] = A[found], A[row]
        A[row] = [x / A[row][column] for x in A[row]]
        for i in range(len(A)):
            if i != row and A[i][column]:
                A[i] = [x - A[i][column] * y for x, y in zip(A[i], A[row], strict=True)]
        pivots.append(column)
        row += 1
    return np.array(A, dtype=float), tuple(pivots)


# --- all functions --------------------------------------------------------------------


@pytest.mark.parametrize("function", FOR_ANY + FOR_SQUARE)
@pytest.mark.parametrize(
    ("A", "words"),
    [
        ([1, 2], "matrix"),
        (np.empty((0, 0)), "must not be empty"),
        ([[np.nan, 1], [1, 1]], "must be finite"),
        ([[np.inf, 1], [1, 1]], "must be finite"),
        ([[1j, 1], [1, 1]], "must be real"),
        ([["a", "b"], ["c", "d"]], "real numbers"),
        ([[1, 2], [3]], "rectangular"),
    ],
)
def test_bad_matrices_are_refused_by_name(function, A, words):
    with pytest.raises(ValueError, match=f"^A .*{words}"):
        function(A)


@pytest.mark.parametrize("function", FOR_SQUARE)
def test_what_needs_a_square_matrix_says_so(function):
    with pytest.raises(ValueError, match="A must be square"):
        function([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("function", FOR_ANY + FOR_SQUARE)
@pytest.mark.parametrize("dtype", [int, np.float32, float, bool])
def test_input_is_left_alone_and_every_type_works(function, dtype):
    for order in "CF":
        A = np.array([[1, 1], [1, 0]], dtype, order=order)
        before = A.copy()
        A.flags.writeable = False
        function(A)
        function(A.tolist())
        assert_array_equal(A, before)


def test_results_are_arrays_of_double_precision():
    A = np.array([[3, 1], [1, 2]], np.float32)
    assert solve(A, np.array([1, 0], np.float32)).dtype == float
    assert inverse(A).dtype == float
    assert {factor.dtype for factor in lu(A)} == {np.dtype(float)}
    assert row_echelon(A).matrix.dtype == float
    assert type(determinant(A)) is float
    assert type(is_singular(A)) is bool


@pytest.mark.parametrize("scale", [2.0**-498, 2.0**498])  # about 1e±150
def test_scale_changes_nothing_else(scale):
    A = np.array([[1.0, 1, 3], [1, 2, 4], [1, 1, 2]])
    S = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    b = np.array([15.0, 21, 13])
    assert_array_equal(row_echelon(A * scale).matrix / scale, row_echelon(A).matrix)
    assert_array_equal(reduced_row_echelon(A * scale).matrix, np.eye(3))
    assert row_echelon(S * scale).pivots == (0, 1)
    assert_array_equal(lu(A * scale)[1], lu(A)[1])
    assert_array_equal(lu(A * scale)[2] / scale, lu(A)[2])
    assert_array_equal(solve(A * scale, b) * scale, solve(A, b))
    assert_array_equal(inverse(A * scale) * scale, inverse(A))
    assert_array_equal(determinant(A[:2, :2] * scale) / scale / scale, determinant(A[:2, :2]))
    assert not is_singular(A * scale)
    assert is_singular(S * scale)
    assert classify((S + S.T) * scale) == classify(S + S.T)
    with pytest.raises(LinAlgError):
        solve(S * scale, b)


# --- row echelon forms ------------------------------------------------------------------


@given(rectangular())
@fixed
def test_reduced_form_is_the_exact_one(A):
    """It is unique, whatever the order of the steps."""
    R, pivots = exact_echelon(A)
    found = reduced_row_echelon(A)
    assert found.pivots == pivots
    assert_allclose(found.matrix, R, atol=1e-9 * max(1, np.abs(R).max()))
    assert_array_equal(found.matrix[:, list(pivots)], np.eye(len(A))[:, : len(pivots)])


@given(rectangular(), st.sampled_from(["partial", "first"]))
@fixed
def test_echelon_form(A, pivoting):
    found = row_echelon(A, pivoting=pivoting)
    E, pivots = found.matrix, found.pivots
    assert pivots == exact_echelon(A)[1]
    for row, values in enumerate(E):
        if row < len(pivots):
            assert values[pivots[row]] != 0
            assert_array_equal(values[: pivots[row]], 0)
        else:
            assert_array_equal(values, 0)
    both = np.vstack([A, E])  # the rows span the same space
    assert np.linalg.matrix_rank(both, tol=1e-9) == len(pivots)


@given(rectangular(), st.sampled_from([row_echelon, reduced_row_echelon]))
@fixed
def test_the_steps_lead_there(A, function):
    found = function(A)
    B = A
    for step in found.steps:
        B = step.apply(B)
    assert_allclose(B, found.matrix, atol=1e-10 * max(1, np.abs(B).max()))


def test_steps_in_print():
    A = [[1, 1, 3, 15], [1, 2, 4, 21], [1, 1, 2, 13]]
    found = row_echelon(A)
    assert_array_equal(found.matrix, [[1, 1, 3, 15], [0, 1, 1, 6], [0, 0, -1, -2]])
    assert [str(step) for step in found.steps] == ["R2 ← R2 − R1", "R3 ← R3 − R1"]
    steps = reduced_row_echelon([[0, 2, 1], [-3, 1, 1]]).steps
    assert [str(step) for step in steps] == [
        "R1 ↔ R2",
        "R2 ← (1/2) R2",
        "R1 ← R1 − R2",
        "R1 ← (−1/3) R1",
    ]
    odd = row_echelon([[np.pi, 1], [1, 1]]).steps
    assert str(odd[0]) == "R2 ← R2 − 0.3183 R1"


def test_pivoting_takes_the_largest_or_the_first():
    A = [[0, 1], [1, 2], [-5, 3]]
    largest, first = row_echelon(A), row_echelon(A, pivoting="first")
    assert largest.matrix[0, 0] == -5
    assert first.matrix[0, 0] == 1
    with pytest.raises(ValueError, match="pivoting"):
        row_echelon(A, pivoting="complete")
    with pytest.raises(ValueError, match="rtol"):
        row_echelon(A, rtol=-1)


@pytest.mark.parametrize("scale", [1e-16, 1, 1e16])
def test_echelon_rank_of_rounded_matrices(scale):
    rng = np.random.default_rng(3)
    for _ in range(200):
        n, k = sorted(rng.integers(1, 9, 2))
        A = scale * rng.standard_normal((n, k)) @ rng.standard_normal((k, n)) if k < n else None
        if A is not None:
            assert len(row_echelon(A).pivots) == k
            assert len(reduced_row_echelon(A).pivots) == k
    rows = np.array([[1e-20], [1], [1e20]])
    assert row_echelon(rows * [[1, 2, 3], [4, 5, 6], [7, 8, 9]]).pivots == (0, 1)
    assert row_echelon(rows * [[1, 2, 3], [4, 5, 6], [7, 8, 10]]).pivots == (0, 1, 2)
    assert row_echelon(rows.T * [[1, 2, 3], [4, 5, 6], [7, 8, 10]]).pivots == (0, 1, 2)


def test_systems_without_or_with_many_solutions_show_it():
    none = reduced_row_echelon([[1, 1, 2], [1, 1, 3]])
    many = reduced_row_echelon([[1, 1, 2], [2, 2, 4]])
    assert none.pivots == (0, 2)  # a pivot in the right-hand side: 0 = 1
    assert many.pivots == (0,)
    assert row_echelon(np.zeros((2, 3))).pivots == ()


# --- LU -----------------------------------------------------------------------------------


@given(rectangular(), st.sampled_from(["recursive", "rank-1"]))
@fixed
def test_factors(A, method):
    P, L, U = lu(A, method=method)
    assert_allclose(P @ A, L @ U, atol=1e-13 * max(1, np.abs(A).max()))
    assert_array_equal(np.sort(P, axis=1)[:, :-1], 0)
    assert_array_equal(P.sum(axis=0), 1)
    assert_array_equal(L, np.tril(L))
    assert_array_equal(np.diag(L), 1)
    assert_array_equal(U, np.triu(U))
    assert np.abs(L).max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (64, 64), (65, 65), (130, 130), (200, 90), (90, 200)])
def test_both_methods_find_what_lapack_finds(shape):
    A = np.random.default_rng(7).standard_normal(shape)
    reference = scipy.linalg.lu(A)
    for method in ("recursive", "rank-1"):
        P, L, U = lu(A, method=method)
        assert_array_equal(P.T, reference[0])
        assert_allclose(L, reference[1], atol=1e-11)
        assert_allclose(U, reference[2], atol=1e-11)
        assert np.abs(P @ A - L @ U).max() < 1e-14 * np.sqrt(A.size)


def test_growth_is_that_of_the_theory():
    n = 20
    W = np.tril(-np.ones((n, n)), -1) + np.eye(n)
    W[:, -1] = 1
    assert np.abs(lu(W)[2]).max() == 2.0 ** (n - 1)


def test_without_pivoting():
    A = np.array([[1e-20, 1], [1, 1]])
    P, L, U = lu(A, pivoting="none")
    assert_array_equal(P, np.eye(2))
    assert_array_equal(L @ U, [[1e-20, 1], [1, 0]])  # the lower right 1 is gone
    assert_array_equal(solve(A, [1, 2], pivoting="none"), [0, 1])
    assert_allclose(solve(A, [1, 2]), [1, 1], rtol=1e-15)
    for method in ("recursive", "rank-1"):
        with pytest.raises(LinAlgError, match="pivot is 0"):
            lu([[0, 1], [1, 0]], pivoting="none", method=method)
    assert_array_equal(lu(np.zeros((3, 3)), pivoting="none")[2], 0)
    rng = np.random.default_rng(0)
    D = rng.standard_normal((150, 150)) + 300 * np.eye(150)  # dominant: no pivoting needed
    P, L, U = lu(D, pivoting="none")
    assert_allclose(L @ U, D, atol=1e-11)
    with pytest.raises(ValueError, match="pivoting"):
        lu(A, pivoting="complete")
    with pytest.raises(ValueError, match="method"):
        lu(A, method="crout")


# --- systems ------------------------------------------------------------------------------


@given(square(), st.data())
@fixed
def test_solutions_are_the_exact_ones(A, data):
    n = len(A)
    x = data.draw(whole((n,)))
    if len(exact_echelon(A)[1]) < n:
        with pytest.raises(LinAlgError, match="singular"):
            solve(A, A @ x)
        with pytest.raises(LinAlgError, match="singular"):
            inverse(A)
        assert is_singular(A)
        return
    assert not is_singular(A)
    bound = 1e-13 * np.linalg.cond(A) * max(1, np.abs(x).max())
    assert_allclose(solve(A, A @ x), x, atol=bound)
    both = solve(A, np.column_stack([A @ x, A @ (2 * x)]))
    assert_allclose(both, np.column_stack([x, 2 * x]), atol=2 * bound)
    assert_allclose(A @ inverse(A), np.eye(n), atol=1e-13 * np.linalg.cond(A))
    assert_allclose(inverse(inverse(A)), A, atol=1e-12 * np.linalg.cond(A) ** 2)


def hilbert(n):
    i = np.arange(n)
    return 1 / (1 + i + i[:, None])


def wilkinson(n):
    W = np.tril(-np.ones((n, n)), -1) + np.eye(n)
    W[:, -1] = 1
    return W


def hard_systems():
    rng = np.random.default_rng(11)
    for n in (2, 5, 10, 20):
        yield f"random {n}", rng.standard_normal((n, n))
    for n in (4, 8, 12):
        yield f"Hilbert {n}", hilbert(n)
    for n in (5, 10, 16):
        yield f"Vandermonde {n}", np.vander(np.linspace(0, 1, n))
        yield f"whole Vandermonde {n}", np.vander(np.arange(1.0, n + 1))
    for n in (10, 30):
        grade = 10.0 ** -np.arange(n)
        yield f"graded rows {n}", grade[:, None] * rng.standard_normal((n, n))
        yield f"graded columns {n}", grade * rng.standard_normal((n, n))
        yield f"graded {n}", grade[:, None] * rng.standard_normal((n, n)) * grade
        yield f"Wilkinson {n}", wilkinson(n)
    yield "Wilkinson 50", wilkinson(50)
    yield "random 100", rng.standard_normal((100, 100))


def backward_errors(A, x, b):
    """Return how much A and b must change for x to be exact: as matrices, and entry by entry.

    The residual is formed in 50 digits.
    """
    with mpmath.workdps(50):
        left = mpmath.matrix(b.tolist()) - mpmath.matrix(A.tolist()) * mpmath.matrix(x.tolist())
        r = np.abs([float(v) for v in left])
    by_norm = r.max() / (np.abs(A).sum(axis=1).max() * np.abs(x).max() + np.abs(b).max())
    by_row = r / (np.abs(A) @ np.abs(x) + np.abs(b))
    return by_norm, by_row.max()


@pytest.mark.parametrize(
    ("name", "A"), list(hard_systems()), ids=lambda v: v if type(v) is str else ""
)
def test_backward_error_is_that_of_lapack(name, A):
    rng = np.random.default_rng(5)
    for b in (A.sum(axis=1), rng.standard_normal(len(A)) * np.abs(A).max(axis=1)):
        ours = backward_errors(A, solve(A, b), b)
        theirs = backward_errors(A, np.linalg.solve(A, b), b)
        for mine, other in zip(ours, theirs, strict=True):
            assert mine <= 5 * max(other, 2 * EPS)


@pytest.mark.parametrize(
    ("name", "A"),
    [(name, A) for name, A in hard_systems() if len(A) <= 12],
    ids=lambda v: v if type(v) is str else "",
)
def test_error_against_fifty_digits(name, A):
    """The error is at most some ε times the condition |A⁻¹| |A|, which knows no units."""
    b = A @ np.ones(len(A))
    with mpmath.workdps(50):
        exact = mpmath.lu_solve(mpmath.matrix(A.tolist()), mpmath.matrix(b.tolist()))
        inverted = mpmath.matrix(A.tolist()) ** -1
        exact = np.array([float(v) for v in exact])
        inverted = np.array([[float(v) for v in row] for row in inverted.tolist()])
    condition = np.abs(inverted) @ np.abs(A) @ np.abs(exact)
    error = np.abs(solve(A, b) - exact)
    assert (error <= 20 * EPS * np.maximum(condition, np.abs(exact))).all()


def test_large_systems_by_blocks():
    rng = np.random.default_rng(2)
    for n in (63, 64, 65, 129, 300):
        A, X = rng.standard_normal((n, n)), rng.standard_normal((n, 3))
        error = 1e-15 * n * np.linalg.cond(A)
        assert_allclose(solve(A, A @ X), X, atol=error)
        assert_allclose(solve(A, A @ X[:, 0]), X[:, 0], atol=error)
        assert_allclose(inverse(A) @ A, np.eye(n), atol=error)
        assert_allclose(inverse(A), np.linalg.inv(A), atol=error)
        assert_allclose(determinant(A), np.linalg.det(A), rtol=1e-11)


@pytest.mark.parametrize(
    "A",
    [
        [[0]],
        [[1, 2], [2, 4]],
        np.zeros((3, 3)),
        np.ones((5, 5)),
        np.arange(1, 10).reshape(3, 3),
        0.1 * np.arange(1, 10).reshape(3, 3),
        np.arange(1, 17).reshape(4, 4),
        [[1e-200, 2e-200], [2e-200, 4e-200]],
        np.diag([1.0, 0, 1e300]),
    ],
)
def test_singular_matrices_are_refused(A):
    for call in (lambda: solve(A, np.ones(len(A))), lambda: inverse(A)):
        with pytest.raises(LinAlgError, match="singular to working precision"):
            call()
    assert is_singular(A)


def test_badly_scaled_is_not_singular():
    A = np.array([[1e-200, 2e-200], [3.0, 4.0]])
    assert_allclose(solve(A, [3e-200, 7]), [1, 1], rtol=1e-14)
    assert_allclose(inverse(np.diag([1e-150, 1, 1e150])), np.diag([1e150, 1, 1e-150]), rtol=1e-15)
    assert not is_singular(np.diag([1e-150, 1, 1e150]))
    assert_allclose(solve([[1e-20, 1], [1, 1]], [1, 2]), [1, 1], rtol=1e-15)


@pytest.mark.parametrize(
    ("b", "words"),
    [
        ([1, 2, 3], r"b must have shape \(2,\) or \(2, k\) to go with A, got \(3,\)"),
        (5, "b must have shape"),
        (np.ones((2, 2, 2)), "b must have shape"),
        ([[1, 2]], "b must have shape"),
        ([1, np.nan], "b must be finite"),
        ([1, 2j], "b must be real"),
        (np.empty((2, 0)), "b must not be empty"),
    ],
)
def test_bad_right_hand_sides(b, words):
    with pytest.raises(ValueError, match=words):
        solve([[2, 1], [1, 1]], b)
    with pytest.raises(ValueError, match="pivoting"):
        solve([[2, 1], [1, 1]], [1, 1], pivoting="rook")


# --- determinants -------------------------------------------------------------------------


@given(square(high=5))
@fixed
def test_determinant_is_leibniz_s_sum(A):
    """Over all permutations, in whole numbers."""
    n, total = len(A), 0
    for order in itertools.permutations(range(n)):
        swaps = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n))
        total += (-1) ** swaps * int(np.prod([A[i, order[i]] for i in range(n)]))
    assert determinant(A) == pytest.approx(total, abs=1e-10, rel=1e-12)


@given(square(low=3, high=3), square(low=3, high=3))
@fixed
def test_determinants_multiply(A, B):
    assert determinant(A @ B) == pytest.approx(determinant(A) * determinant(B), abs=1e-8)
    assert determinant(A.T) == pytest.approx(determinant(A), abs=1e-11)


def test_sign_and_size_of_determinants():
    for n in range(1, 7):
        for order in itertools.permutations(range(n)):
            P = np.eye(n)[list(order)]
            assert determinant(P) == round(np.linalg.det(P))
    assert determinant(1e-200 * np.eye(3)) == 0  # below the range of floats
    assert determinant(-1e200 * np.eye(3)) == -np.inf
    assert determinant(np.diag([1e200, 1e200, 1e-300, 1e-100])) == pytest.approx(1, rel=1e-14)
    assert determinant(2 * np.eye(1100)) == np.inf
    assert determinant(np.diag([2.0, 0.5] * 300)) == 1
    assert determinant(np.zeros((3, 3))) == 0
    assert determinant([[7]]) == 7


# --- singular, or not ---------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-16, 1.0, 1e16])
def test_a_thousand_rounded_singular_matrices(scale):
    rng = np.random.default_rng(2024)
    for case in range(1000):
        n = int(rng.integers(2, 13))
        k = int(rng.integers(1, n))
        A = rng.standard_normal((n, k)) @ rng.standard_normal((k, n))
        if case % 4 == 1:  # the last columns are combinations of the first
            A = rng.standard_normal((n, n))
            A[:, k:] = A[:, :k] @ rng.standard_normal((k, n - k))
        elif case % 4 == 2:  # the last rows are
            A = rng.standard_normal((n, n))
            A[k:] = rng.standard_normal((n - k, k)) @ A[:k]
        elif case % 4 == 3:  # a tenth of whole numbers
            A = 0.1 * (rng.integers(-9, 10, (n, k)) @ rng.integers(-9, 10, (k, n)))
            if not A.any():
                continue
        assert is_singular(scale * A)
        assert rank(scale * A) < n
        assert not is_singular(scale * rng.standard_normal((n, n)))


def test_the_rule_is_that_of_rank():
    for A in (hilbert(8), hilbert(12), np.diag([1e-30, 1]), rotation(1), np.ones((3, 3))):
        assert is_singular(A) == (rank(A) < len(A))
        assert is_singular(A, rtol=0.5) == (rank(A, rtol=0.5) < len(A))
    with pytest.raises(ValueError, match="rtol"):
        is_singular([[1]], rtol=-1)


def test_a_determinant_does_not_tell():
    assert determinant(0.1 * np.eye(20)) < 1e-19
    assert not is_singular(0.1 * np.eye(20))
    S = np.arange(1, 10).reshape(3, 3) * 1e12 / 3
    assert abs(determinant(S)) > 1  # rounding, multiplied by large numbers
    assert is_singular(S)


# --- special matrices ---------------------------------------------------------------------

ALL = {
    "identity",
    "diagonal",
    "upper triangular",
    "lower triangular",
    "symmetric",
    "orthogonal",
    "permutation",
    "projection",
    "singular",
    "positive definite",
    "positive semidefinite",
    "skew-symmetric",
    "stochastic",
    "rank one",
    "zero",
}
TRIANGULAR = {"upper triangular", "lower triangular"}
DIAGONAL = TRIANGULAR | {"diagonal", "symmetric"}
DEFINITE = {"symmetric", "positive definite", "positive semidefinite"}


@pytest.mark.parametrize(
    ("A", "names"),
    [
        (np.eye(3), ALL - {"singular", "skew-symmetric", "rank one", "zero"}),
        (
            np.zeros((2, 2)),
            DIAGONAL
            | {"projection", "singular", "positive semidefinite", "skew-symmetric", "zero"},
        ),
        ([[1]], ALL - {"singular", "skew-symmetric", "zero"}),
        ([[-2]], DIAGONAL | {"rank one"}),
        (np.diag([2, 3]), DIAGONAL | DEFINITE),
        (np.diag([2, -3]), DIAGONAL),
        (np.diag([1, -1]), DIAGONAL | {"orthogonal"}),
        (np.diag([1e-13, 1]), DIAGONAL | DEFINITE),
        (np.diag([2, 0]), DIAGONAL | {"singular", "rank one", "positive semidefinite"}),
        (
            np.diag([1, 0]),
            DIAGONAL | {"singular", "rank one", "positive semidefinite", "projection"},
        ),
        (np.diag([0, -2]), DIAGONAL | {"singular", "rank one"}),
        ([[1, 2], [0, 3]], {"upper triangular"}),
        ([[1, 0], [2, 3]], {"lower triangular"}),
        ([[0, 2], [0, 0]], {"upper triangular", "singular", "rank one"}),
        ([[2, 1], [1, 2]], DEFINITE),
        ([[1, 2], [2, 1]], {"symmetric"}),
        ([[1, 1], [1, 1]], {"symmetric", "positive semidefinite", "singular", "rank one"}),
        (
            [[0.5, 0.5], [0.5, 0.5]],
            {
                "symmetric",
                "positive semidefinite",
                "singular",
                "rank one",
                "projection",
                "stochastic",
            },
        ),
        ([[0, 1], [1, 0]], {"symmetric", "orthogonal", "permutation", "stochastic"}),
        ([[0, 0, 1], [1, 0, 0], [0, 1, 0]], {"orthogonal", "permutation", "stochastic"}),
        ([[0, 1], [-1, 0]], {"skew-symmetric", "orthogonal"}),
        ([[0, 3], [-3, 0]], {"skew-symmetric"}),
        ([[0.9, 0.3], [0.1, 0.7]], {"stochastic"}),
        ([[0.5, 0.5], [0.7, 0.3]], set()),  # rows sum to 1: not columns
        ([[1.5, 0.5], [-0.5, 0.5]], set()),
        ([[1, 2], [3, 4]], set()),
        ([[1, 1e6], [0, 0]], {"upper triangular", "projection", "singular", "rank one"}),
        ([[0, 1e13], [0, 0]], {"upper triangular", "singular", "rank one"}),
        ([[-1, 0], [0, -1]], DIAGONAL | {"orthogonal"}),
    ],
)
def test_names(A, names):
    assert classify(A) == names
    assert classify(np.asfortranarray(A)) == names


def test_names_of_computed_matrices():
    rng = np.random.default_rng(1)
    for n in (2, 5, 20):
        Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
        B = rng.standard_normal((n, max(1, n // 2)))
        P = B @ np.linalg.inv(B.T @ B) @ B.T
        S = rng.standard_normal((n, n))
        assert "orthogonal" in classify(Q)
        names = classify(P)
        assert {"projection", "symmetric", "singular", "positive semidefinite"} <= names
        assert "positive definite" not in names
        assert classify(S @ S.T) >= DEFINITE
        assert classify(S - S.T) >= {"skew-symmetric"}
        for scale in (1e-150, 1e-16, 1e16, 1e150):
            assert classify(scale * (S - S.T)) - {"singular"} == {"skew-symmetric"}
            assert classify(scale * (S @ S.T)) >= DEFINITE
            assert classify(scale * P) >= {"symmetric", "singular", "positive semidefinite"}
            assert "orthogonal" not in classify(scale * Q)
    assert classify(rotation(0.3)) == {"orthogonal"}
    assert classify(shear(1e-9)) == {"upper triangular"}
    assert classify(1e308 * np.eye(2)) == DIAGONAL | DEFINITE


@given(square(high=4))
@fixed
def test_names_agree_with_one_another(A):
    names = classify(A)
    assert names <= ALL
    implied = {
        "identity": ALL - {"singular", "skew-symmetric", "rank one", "zero"},
        "diagonal": DIAGONAL,
        "permutation": {"orthogonal", "stochastic"},
        "positive definite": {"positive semidefinite"},
        "positive semidefinite": {"symmetric"},
        "zero": {"diagonal", "singular", "projection", "skew-symmetric"},
    }
    for name, others in implied.items():
        assert name not in names or others <= names
    assert ({"symmetric", "skew-symmetric"} <= names) == ("zero" in names)
    assert ("diagonal" in names) == (names >= TRIANGULAR)
    assert not {"singular", "orthogonal"} <= names
    assert not {"singular", "positive definite"} <= names
    if "projection" in names:
        assert ("singular" in names) != ("identity" in names)
    if {"symmetric", "positive semidefinite"} <= names:
        assert ("positive definite" in names) != ("singular" in names)
    assert ("singular" in names) == is_singular(A)
    assert ("orthogonal" in names) == np.array_equal(A.T @ A, np.eye(len(A)))
    assert ("projection" in names) == np.array_equal(A @ A, A)
    assume("symmetric" in names)
    values = np.linalg.eigvalsh(A)
    assert ("positive semidefinite" in names) == (values[0] > -1e-9)

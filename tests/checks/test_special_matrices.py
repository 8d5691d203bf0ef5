"""The special-matrices check: right solutions pass, each misconception is called by its name."""

import numpy as np
import pytest

import mml.linear_algebra
from mml.checks import check_special_matrices
from mml.checks import special_matrices as lab

# Right solutions of several styles.


def worked(A):
    """The lab's solution."""
    A = np.array(A, dtype=float)
    size = np.abs(A).max(axis=0)
    for k in range(len(A)):
        p = k + np.argmax(np.abs(A[k:, k]))
        if np.abs(A[p, k]) <= 1e-12 * size[k]:
            return True
        A[[k, p]] = A[[p, k]]
        factors = A[k + 1 :, k] / A[k, k]
        A[k + 1 :] -= np.outer(factors, A[k])
    return False


def by_rank(A):
    return bool(np.linalg.matrix_rank(A) < len(A))


def by_singular_values(A):
    values = np.linalg.svd(A, compute_uv=False)
    return values[-1] <= 1e-12 * values[0]  # a NumPy bool will do


def by_loops(A):
    """Entry by entry, as a first programme would."""
    n = len(A)
    A = [[float(x) for x in row] for row in A]
    largest = max(abs(x) for row in A for x in row)
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(A[i][k]))
        if abs(A[best][k]) <= 1e-12 * largest:
            return True
        A[k], A[best] = A[best], A[k]
        for i in range(k + 1, n):
            factor = A[i][k] / A[k][k]
            for j in range(k, n):
                A[i][j] -= factor * A[k][j]
    return False


def close(X, Y, A):
    return np.allclose(X, Y, rtol=0, atol=1e-12 * max(np.abs(A).max(), 1e-300))


def named(A):
    """The lab's classify."""
    A = np.array(A, dtype=float)
    one, names = np.eye(len(A)), set()
    tests = {
        "zero": not A.any(),
        "identity": close(A, one, one),
        "diagonal": close(A, np.diag(np.diag(A)), A),
        "upper triangular": close(A, np.triu(A), A),
        "lower triangular": close(A, np.tril(A), A),
        "symmetric": close(A, A.T, A),
        "skew-symmetric": close(A, -A.T, A),
        "orthogonal": close(A.T @ A, one, one),
        "permutation": close(A.T @ A, one, one) and close(A, np.rint(A), one) and A.min() > -0.5,
        "projection": close(A @ A, A, A),
        "singular": worked(A),
    }
    names = {name for name, true in tests.items() if true}
    return names


@pytest.mark.parametrize(
    "function",
    [
        worked,
        by_rank,
        by_singular_values,
        by_loops,
        mml.linear_algebra.is_singular,
        lambda A: mml.linear_algebra.rank(A) < len(A),
        lambda A: len(mml.linear_algebra.row_echelon(A).pivots) < len(A),
        lambda A: "singular" in mml.linear_algebra.classify(A),
    ],
)
def test_right_solutions_pass(function, capfd):
    report = check_special_matrices(function)
    assert report.passed, str(report)
    assert len(report.results) == len(lab.PROPERTIES)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "function",
    [named, mml.linear_algebra.classify, lambda A: sorted(named(A)), lambda A: frozenset(named(A))],
)
def test_right_names_pass(function):
    report = check_special_matrices(worked, classify=function)
    assert report.passed, str(report)
    assert len(report.results) == len(lab.PROPERTIES) + len(lab.NAME_PROPERTIES)


def test_the_course_s_library_is_right():
    report = check_special_matrices(
        is_singular=mml.linear_algebra.is_singular, classify=mml.linear_algebra.classify
    )
    assert report


# Wrong solutions, each with one defect, as a learner would write them.


def eliminate(A, *, zero=lambda pivot, A, column: pivot == 0, swap="largest"):
    """Return whether a pivot is missing."""
    n = len(A)
    A = np.array(A, dtype=float)
    start = A.copy()
    for k in range(n):
        if swap == "largest":
            p = k + np.argmax(np.abs(A[k:, k]))
            A[[k, p]] = A[[p, k]]
        elif swap == "add":  # as the course does: add rows below until the pivot is not zero
            for i in range(k + 1, n):
                if zero(A[k, k], start, k):
                    A[k] = A[k] + A[i]
        if zero(A[k, k], start, k):
            return True
        for i in range(k + 1, n):
            A[i] = A[i] - A[i, k] / A[k, k] * A[k]
    return False


def stub(A):
    raise NotImplementedError


def relative(pivot, A, column):
    return abs(pivot) <= 1e-12 * np.abs(A).max()


def equal_to_zero(A):
    return eliminate(A)


def the_course_s(A):
    return eliminate(A, swap="add")


def absolute(A):
    return eliminate(A, zero=lambda pivot, A, column: abs(pivot) < 1e-10)


def absolute_small(A):
    return eliminate(A, zero=lambda pivot, A, column: abs(pivot) < 1e-14)


def isclose(A):
    return eliminate(A, zero=lambda pivot, A, column: bool(np.isclose(pivot, 0)))


def one_rounding(A):
    eps = np.finfo(float).eps
    return eliminate(A, zero=lambda pivot, A, column: abs(pivot) <= eps * np.abs(A).max())


def loose(A):
    return eliminate(A, zero=lambda pivot, A, column: abs(pivot) <= 1e-4 * np.abs(A).max())


def never_swaps(A):
    return eliminate(A, zero=relative, swap="never")


def four_rows(A):
    A = np.array(A, dtype=float)
    size = np.abs(A).max()
    for k in range(4):
        p = k + np.argmax(np.abs(A[k:4, k]))
        if abs(A[p, k]) <= 1e-12 * size:
            return True
        A[[k, p]] = A[[p, k]]
        for i in range(k + 1, 4):
            A[i] -= A[i, k] / A[k, k] * A[k]
    return False


def in_whole_numbers(A):
    A = A.copy()
    size = np.abs(A).max()
    for k in range(len(A)):
        p = k + np.argmax(np.abs(A[k:, k]))
        if abs(A[p, k]) <= 1e-12 * size:
            return True
        A[[k, p]] = A[[p, k]]
        for i in range(k + 1, len(A)):
            A[i] = A[i] - A[i, k] / A[k, k] * A[k]
    return False


def writes_into_A(A):
    found = worked(A)
    A[-1] = A[-1] - A[0] if len(A) > 1 else A[-1]
    return found


def determinant_zero(A):
    return np.linalg.det(A) == 0


def determinant_small(A):
    return abs(np.linalg.det(A)) < 1e-10


def determinant_close(A):
    return bool(np.isclose(np.linalg.det(A), 0))


def turned_round(A):
    return not worked(A)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (equal_to_zero, "pivots compared with == 0"),
        (the_course_s, "pivots compared with == 0"),
        (absolute, "an absolute threshold"),
        (isclose, "an absolute threshold"),
        (absolute_small, "an absolute threshold"),
        (one_rounding, "a threshold as small as one rounding"),
        (loose, "a threshold that is too large"),
        (never_swaps, "rows are never exchanged"),
        (four_rows, "a fixed size"),
        (in_whole_numbers, "arithmetic in whole numbers"),
        (writes_into_A, "the argument is changed"),
        (determinant_zero, "the determinant as a test"),
        (determinant_small, "the determinant as a test"),
        (determinant_close, "the determinant as a test"),
        (turned_round, "True and False exchanged"),
        (lambda A: True, "the same answer for every matrix"),
        (lambda A: False, "the same answer for every matrix"),
    ],
)
def test_a_misconception_is_called_by_its_name(function, name):
    report = check_special_matrices(function)
    assert not report.passed
    assert {failure.misconception for failure in report.failures} - {None} == {name}, str(report)
    assert all(failure.misconception for failure in report.failures), str(report)


# Wrong names.


def compared_exactly(A):
    one, same = np.eye(len(A)), np.array_equal
    tests = {
        "zero": not A.any(),
        "identity": same(A, one),
        "diagonal": same(A, np.diag(np.diag(A))),
        "upper triangular": same(A, np.triu(A)),
        "lower triangular": same(A, np.tril(A)),
        "symmetric": same(A, A.T),
        "skew-symmetric": same(A, -A.T),
        "orthogonal": same(A.T @ A, one),
        "permutation": same(A.T @ A, one) and A.min() >= 0,
        "projection": same(A @ A, A),
        "singular": worked(A),
    }
    return {name for name, true in tests.items() if true}


def by_allclose(A):
    one = np.eye(len(A))
    tests = {
        "zero": not A.any(),
        "identity": np.allclose(A, one),
        "diagonal": np.allclose(A, np.diag(np.diag(A))),
        "upper triangular": np.allclose(A, np.triu(A)),
        "lower triangular": np.allclose(A, np.tril(A)),
        "symmetric": np.allclose(A, A.T),
        "skew-symmetric": np.allclose(A, -A.T),
        "orthogonal": np.allclose(A.T @ A, one),
        "permutation": np.allclose(A.T @ A, one) and A.min() > -0.5 and np.allclose(A, np.rint(A)),
        "projection": np.allclose(A @ A, A),
        "singular": worked(A),
    }
    return {name for name, true in tests.items() if true}


def first_name(A):
    return set(sorted(named(A))[:1])


def triangles_exchanged(A):
    other = {"upper triangular": "lower triangular", "lower triangular": "upper triangular"}
    return {other.get(name, name) for name in named(A)}


def without_length(A):
    gram = A.T @ A
    at_right_angles = close(gram, np.diag(np.diag(gram)), gram)
    return named(A) | ({"orthogonal"} if at_right_angles else set())


def rows_of_ones(A):
    bits = ((A == 0) | (A == 1)).all() and (A.sum(axis=1) == 1).all()
    return named(A) | ({"permutation"} if bits else set())


def mirrors_as_projections(A):
    names = named(A) - {"projection"}
    return names | ({"projection"} if close(A @ A, np.eye(len(A)), np.eye(1)) else set())


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (compared_exactly, "floats compared with =="),
        (by_allclose, "an absolute tolerance"),
        (first_name, "one name only"),
        (triangles_exchanged, "upper and lower exchanged"),
        (without_length, "orthogonal without the length 1"),
        (rows_of_ones, "permutation by rows alone"),
        (mirrors_as_projections, "a mirror taken for a projection"),
    ],
)
def test_a_wrong_name_is_explained(function, name):
    report = check_special_matrices(worked, classify=function)
    assert not report.passed
    found = {failure.misconception for failure in report.failures}
    assert name in found <= {name, "a tolerance that is too large"}, str(report)


SLIPS = {
    "a negative pivot taken for none": "if A[p, k] <= 1e-12 * size[k]",
    "a column of zeros is not small enough": "if abs(A[p, k]) < 1e-12 * size[k]",
    "the last pivot is not looked at": "range(len(A) - 1)",
    "the row of the pivot is counted from k": "p = np.argmax(np.abs(A[k:, k]))",
    "an exchange that loses a row": "A[k], A[p] = A[p], A[k]",
}
LINES = {
    "if A[p, k]": "if abs(A[p, k]) <= 1e-12 * size[k]",
    "if abs": "if abs(A[p, k]) <= 1e-12 * size[k]",
    "range": "range(len(A))",
    "p = ": "p = k + np.argmax(np.abs(A[k:, k]))",
    "A[k], ": "A[[k, p]] = A[[p, k]]",
}
ELIMINATION = """
def slip(A):
    A = np.array(A, dtype=float)
    size = np.abs(A).max(axis=0)
    for k in range(len(A)):
        p = k + np.argmax(np.abs(A[k:, k]))
        if abs(A[p, k]) <= 1e-12 * size[k]:
            return True
        A[[k, p]] = A[[p, k]]
        A[k + 1 :] -= np.outer(A[k + 1 :, k] / A[k, k], A[k])
    return False
"""


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_one_line_is_called_by_its_name(name):
    wrong = SLIPS[name]
    right = next(line for start, line in LINES.items() if wrong.startswith(start))
    assert ELIMINATION.count(right) == 1
    scope = {"np": np}
    exec(ELIMINATION.replace(right, wrong), scope)
    report = check_special_matrices(scope["slip"])
    assert report.failures[0].misconception == name, str(report)
    assert {failure.misconception for failure in report.failures} <= {name, None}, str(report)


def relative_determinant(A):
    A = np.array(A, dtype=float)
    largest = np.abs(A).max()
    return bool(largest == 0 or abs(np.linalg.det(A / largest)) <= 1e-12)


def ratio_of_volumes(A):
    A = np.array(A, dtype=float)
    lengths = np.linalg.norm(A, axis=0)
    return bool((lengths == 0).any() or abs(np.linalg.det(A / lengths)) <= 1e-12)


@pytest.mark.parametrize("function", [relative_determinant, ratio_of_volumes])
def test_a_determinant_in_the_unit_of_the_entries_is_still_one(function):
    report = check_special_matrices(function)
    assert {failure.misconception for failure in report.failures} == {"the determinant as a test"}
    assert "1.00001" in str(report)  # not [[1., 1.], [1., 1.]]


def test_one_entry_is_no_measure_of_all():
    def measured_by_the_corner(A):
        corner = abs(A[0, 0])
        return eliminate(A, zero=lambda pivot, A, column: abs(pivot) <= 1e-12 * corner)

    assert check_special_matrices(measured_by_the_corner).failures


def test_only_parallel_rows_are_not_the_fault_of_a_comparison():
    def parallel_rows(A):
        pairs = [A[[i, j]] for i in range(len(A)) for j in range(i)]
        return any(np.linalg.matrix_rank(pair) < 2 for pair in pairs)

    assert check_special_matrices(parallel_rows).failures[0].misconception is None


def instead(name, test):
    """Return a classify that is right but for the name, which it gives by another test."""

    def classify(A):
        return named(A) - {name} | ({name} if test(np.array(A, dtype=float)) else set())

    return classify


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (
            instead(
                "permutation",
                lambda A: np.allclose(A.sum(axis=0), 1) and np.allclose(A.sum(axis=1), 1),
            ),
            "permutation by sums alone",
        ),
        (
            instead("orthogonal", lambda A: np.isclose(abs(np.linalg.det(A)), 1)),
            "orthogonal by the determinant",
        ),
        (
            instead("projection", lambda A: close(A * A, A, A)),
            "entries squared instead of the matrix",
        ),
        (
            instead("symmetric", lambda A: np.allclose(A, A.T, atol=1e-12 * np.abs(A).max())),
            "a tolerance that is too large",
        ),
    ],
)
def test_more_wrong_names_are_explained(function, name):
    report = check_special_matrices(worked, classify=function)
    assert {failure.misconception for failure in report.failures} == {name}, str(report)


def test_names_that_are_not_in_the_table_are_shown():
    report = check_special_matrices(
        worked, classify=lambda A: {name.replace("-", " ") for name in named(A)}
    )
    assert "not in the table: 'skew symmetric'" in report.failures[0].message


@pytest.mark.parametrize(
    "function",
    [
        stub,
        None,
        ...,
        3,
        lambda A: None,
        lambda A: "singular",
        lambda A: 1,
        lambda A: A == 0,
        lambda: True,
        lambda A: 1 / 0,
    ],
)
def test_what_is_no_answer_fails_at_once_without_a_traceback(function):
    report = check_special_matrices(function)
    outcomes = [result.outcome for result in report.results]
    assert outcomes == ["fail"] + ["not tried"] * (len(lab.PROPERTIES) - 1)
    assert report.failures[0].misconception is None
    assert "expected: " in report.failures[0].message


@pytest.mark.parametrize("function", [stub, lambda A: None, lambda A: "zero", lambda A: {1}, 3])
def test_what_is_no_set_of_names_fails(function):
    report = check_special_matrices(worked, classify=function)
    assert [failure.misconception for failure in report.failures][:1] == [None]
    assert "expected: " in report.failures[0].message


def test_nobody_is_accused_of_what_is_not_so():
    def wrong_for_seven(A):
        return worked(A) != (len(A) == 7)

    def wrong_for_large_corners(A):
        return worked(A) != (abs(A[0, 0]) > 2)

    for function in (wrong_for_seven, wrong_for_large_corners):
        report = check_special_matrices(function)
        assert not report.passed
        assert {failure.misconception for failure in report.failures} == {None}, str(report)


def test_the_counterexample_is_small_and_can_be_run():
    failure = check_special_matrices(never_swaps).failures[0]
    A, singular = failure.counterexample
    assert never_swaps(A) != singular
    failure = check_special_matrices(equal_to_zero).failures[0]
    A, singular = failure.counterexample
    assert singular
    assert not equal_to_zero(A)
    failure = check_special_matrices(worked, classify=without_length).failures[0]
    assert failure.counterexample[0].shape == (1, 1)


def test_the_cases_are_what_they_say():
    for A, singular in lab.ZERO_PIVOT + lab.EDGES + lab.NEAR + lab.ROUNDED:
        assert mml.linear_algebra.is_singular(A) == singular
    assert sum(singular for _, singular in lab.ROUNDED) >= 500
    for A, names in lab.SPECIAL + lab.COMPUTED + lab.NEAR_NAMES + lab.SCALED_NAMES:
        assert mml.linear_algebra.classify(A) & set(lab.NAMES) == names
    covered = set().union(*(names for _, names in lab.SPECIAL))
    assert covered == set(lab.NAMES)


def test_reports_do_not_change_from_run_to_run():
    assert str(check_special_matrices(the_course_s)) == str(check_special_matrices(the_course_s))

"""The Gram–Schmidt check: right solutions pass, each misconception is called by its name."""

import numpy as np
import pytest
import scipy.linalg

import mml.linear_algebra
from mml.checks import check_gram_schmidt
from mml.checks import gram_schmidt as lab

COUNT = len(lab.PROPERTIES)


def worked(A):
    """The lab's worked solution."""
    A = np.array(A, dtype=float)
    Q = np.zeros(A.shape)
    for j in range(A.shape[1]):
        v = A[:, j]
        whole = np.linalg.norm(v)
        for _ in range(2):
            v = v - Q[:, :j] @ (Q[:, :j].T @ v)
        left = np.linalg.norm(v)
        if left > 1e-12 * whole:
            Q[:, j] = v / left
    return Q


# Right solutions of other styles.


def by_loops(A):
    n, k = len(A), len(A[0])
    columns = []
    for j in range(k):
        v = [float(A[i][j]) for i in range(n)]
        whole = sum(x * x for x in v) ** 0.5
        for _ in "12":
            for q in columns:
                share = sum(x * y for x, y in zip(q, v, strict=True))
                v = [x - share * y for x, y in zip(v, q, strict=True)]
        left = sum(x * x for x in v) ** 0.5
        if left <= whole * 1e-12:
            columns.append([0.0] * n)
        else:
            columns.append([x / left for x in v])
    print("a reader's print")
    return [list(row) for row in zip(*columns, strict=True)]


def modified_twice(A):
    Q = np.array(A, dtype=float)
    for j in range(Q.shape[1]):
        whole = np.linalg.norm(Q[:, j])
        for i in [*range(j), *range(j)]:
            Q[:, j] -= (Q[:, i] @ Q[:, j]) * Q[:, i]
        left = np.linalg.norm(Q[:, j])
        Q[:, j] = Q[:, j] / left if left > 1e-13 * whole else 0
    return Q


def by_householder(A):
    """With LAPACK's reflections, column by column, the signs turned."""
    A = np.array(A, dtype=float)
    Q = np.zeros(A.shape)
    kept = []
    for j in range(A.shape[1]):
        length = np.linalg.norm(A[:, j])
        if length == 0:
            continue
        q, r = np.linalg.qr(np.column_stack([Q[:, kept], A[:, j] / length]))
        if len(kept) < len(A) and abs(r[-1, -1]) > 1e-12:
            Q[:, j] = q[:, -1] * np.sign(r[-1, -1])
            kept.append(j)
    return Q


@pytest.mark.parametrize(
    "function",
    [worked, by_loops, modified_twice, by_householder, mml.linear_algebra.gram_schmidt],
)
def test_right_solutions_pass(function, capfd):
    report = check_gram_schmidt(function)
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


# Wrong solutions, each with one defect, as a learner would write them.


def stub(A):
    raise NotImplementedError


def solution(A, *, keep=lambda left, whole, A: left > 1e-12 * whole, rounds=2, share=None):
    """The worked solution with one thing changed."""
    A = np.array(A, dtype=float)
    Q = np.zeros(A.shape)
    for j in range(A.shape[1]):
        v = A[:, j]
        whole = np.linalg.norm(v)
        for _ in range(rounds):
            v = v - (Q[:, :j] @ (Q[:, :j].T @ v) if share is None else share(Q[:, :j], v, A[:, :j]))
        left = np.linalg.norm(v)
        if keep(left, whole, A):
            Q[:, j] = v / left
    return Q


def rows(A):
    Q = np.array(A, dtype=float)
    for j in range(len(Q)):
        whole = np.linalg.norm(Q[j])
        for _ in range(2):
            Q[j] = Q[j] - Q[:j].T @ (Q[:j] @ Q[j])
        left = np.linalg.norm(Q[j])
        Q[j] = Q[j] / left if left > 1e-12 * whole else 0
    return Q


def basis_in_rows(A):
    return worked(A).T


def basis_as_a_list(A):
    return list(worked(A).T)


def both_factors(A):
    Q = worked(A)
    return Q, Q.T @ A


def not_normalised(A):
    Q = worked(A)
    return Q * np.sum(Q * A, axis=0)


def undivided(A):
    A = np.array(A, dtype=float)
    V = np.zeros(A.shape)
    for j in range(A.shape[1]):
        whole = np.linalg.norm(A[:, j])
        V[:, j] = A[:, j]
        for i in range(j):
            V[:, j] -= (V[:, i] @ A[:, j]) * V[:, i]
        if np.linalg.norm(V[:, j]) <= 1e-12 * whole:
            V[:, j] = 0
    lengths = np.linalg.norm(V, axis=0)
    return V / np.where(lengths > 0, lengths, 1)


def undivided_one_at_a_time(A):
    V = np.array(A, dtype=float)
    for j in range(V.shape[1]):
        for i in range(j):
            V[:, j] -= (V[:, i] @ V[:, j]) * V[:, i]
    lengths = np.linalg.norm(V, axis=0)
    return V / np.where(lengths > 0, lengths, 1)


def only_normalised(A):
    A = np.array(A, dtype=float)
    lengths = np.linalg.norm(A, axis=0)
    return A / np.where(lengths > 0, lengths, 1)


def added(A):
    return solution(A, rounds=1, share=lambda Q, v, before: -Q @ (Q.T @ v))


def only_the_previous(A):
    return solution(A, rounds=1, share=lambda Q, v, before: Q[:, -1:] @ (Q[:, -1:].T @ v))


def on_the_columns_of_a(A):
    def share(Q, v, before):
        unit = only_normalised(before)
        return unit @ (unit.T @ v)

    return solution(A, rounds=1, share=share)


def backwards(A):
    return worked(np.asarray(A)[:, ::-1])[:, ::-1]


def singular_vectors(A):
    U, s, _ = np.linalg.svd(np.asarray(A, float), full_matrices=False)
    U[:, s < 1e-12 * max(s.max(), 1e-300)] = 0
    return np.pad(U, ((0, 0), (0, np.shape(A)[1] - U.shape[1])))


def largest_first(A):
    A = np.array(A, dtype=float)
    order = np.argsort(-np.linalg.norm(A, axis=0), kind="stable")
    Q = np.zeros(A.shape)
    Q[:, order] = worked(A[:, order])
    return Q


def lapack_s_signs(A):
    A = np.array(A, dtype=float)
    Q = np.pad(np.linalg.qr(A)[0], ((0, 0), (0, max(0, A.shape[1] - len(A)))))
    return Q * worked(A).any(axis=0)


def column_from_projections(A):
    Q = worked(A)
    Q[:, 1:] *= -1
    return Q


def zero_by_zero(A):
    A = np.array(A, dtype=float)
    Q = np.zeros(A.shape)
    for j in range(A.shape[1]):
        v = A[:, j] - Q[:, :j] @ (Q[:, :j].T @ A[:, j])
        v = v - Q[:, :j] @ (Q[:, :j].T @ v)
        Q[:, j] = v / np.linalg.norm(v)
    return Q


def without_the_dependent(A):
    Q = worked(A)
    return Q[:, Q.any(axis=0)]


def exactly_zero(A):
    return solution(A, keep=lambda left, whole, A: left != 0)


def judged_by(share):
    """The worked solution that compares what one round leaves with a smaller share."""

    def below_rounding(A):
        A = np.array(A, dtype=float)
        Q = np.zeros(A.shape)
        for j in range(A.shape[1]):
            v = A[:, j] - Q[:, :j] @ (Q[:, :j].T @ A[:, j])
            if np.linalg.norm(v) > share * np.linalg.norm(A[:, j]):
                v = v / np.linalg.norm(v)
                v = v - Q[:, :j] @ (Q[:, :j].T @ v)
                Q[:, j] = v / (np.linalg.norm(v) or 1)
        return Q

    return below_rounding


def remnant(A):
    A = np.array(A, dtype=float)
    Q = np.zeros(A.shape)
    for j in range(A.shape[1]):
        v = A[:, j]
        for _ in range(2):
            v = v - Q[:, :j] @ (Q[:, :j].T @ v)
        Q[:, j] = v / max(np.linalg.norm(v), 1e-12 * np.linalg.norm(A[:, j]), 1e-300)
    return Q


def absolute(A):
    return solution(A, keep=lambda left, whole, A: left > 1e-12)


def absolute_and_small(A):
    return solution(A, keep=lambda left, whole, A: left > 1e-30)


def relative_to_all(A):
    return solution(A, keep=lambda left, whole, A: left > 1e-12 * np.abs(A).max())


def relative_to_the_norm(A):
    return solution(A, keep=lambda left, whole, A: left > 1e-12 * np.linalg.norm(A))


def wide(A):
    return solution(A, keep=lambda left, whole, A: left > 1e-6 * whole)


def classical(A):
    return mml.linear_algebra.gram_schmidt(A, method="classical")


def modified(A):
    return mml.linear_algebra.gram_schmidt(A, method="modified")


def by_cholesky(A):
    """Through the Gram matrix; the dependent columns are put in from elsewhere."""
    kept = worked(A).any(axis=0)
    Q = np.zeros(np.shape(A))
    V = np.asarray(A, float)[:, kept]
    V = V / np.linalg.norm(V, axis=0)
    if kept.any():
        gram = V.T @ V + 1e-15 * np.eye(V.shape[1])
        Q[:, kept] = scipy.linalg.solve_triangular(np.linalg.cholesky(gram), V.T, lower=True).T
    return Q


def whole_numbers(A):
    Q = np.array(A)
    for j in range(Q.shape[1]):
        v = worked(Q[:, : j + 1].astype(float) if Q.dtype.kind == "i" else A[:, : j + 1])[:, j]
        Q[:, j] = v
    return worked(A) if Q.dtype.kind == "f" else Q


def refuses_whole_numbers(A):
    Q = np.array(A)
    for j in range(Q.shape[1]):
        whole = np.linalg.norm(Q[:, j])
        for i in [*range(j), *range(j)]:
            Q[:, j] -= (Q[:, i] @ Q[:, j]) * Q[:, i]
        left = np.linalg.norm(Q[:, j])
        Q[:, j] *= 0 if left <= 1e-12 * whole else 1
        Q[:, j] /= left or 1
    return Q


def writes_into_a(A):
    if A.dtype.kind == "f":
        A[:] = worked(A)
    return worked(A)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (rows, "rows instead of columns"),
        (basis_in_rows, "the basis vectors are the rows of the answer"),
        (basis_as_a_list, "the basis vectors are the rows of the answer"),
        (both_factors, "Q and R are both returned"),
        (mml.linear_algebra.qr, "Q and R are both returned"),
        (not_normalised, "the columns are not divided by their lengths"),
        (undivided, "projected on vectors that are not of length 1"),
        (undivided_one_at_a_time, "projected on vectors that are not of length 1"),
        (only_normalised, "nothing is subtracted"),
        (added, "projections are added instead of subtracted"),
        (only_the_previous, "only the column just before is subtracted"),
        (on_the_columns_of_a, "projected on the columns of A"),
        (backwards, "from the last column to the first"),
        (singular_vectors, "another orthonormal basis of the same space"),
        (largest_first, "another orthonormal basis of the same space"),
        (lapack_s_signs, "a column points the wrong way"),
        (column_from_projections, "a column points the wrong way"),
        (zero_by_zero, "zero is divided by zero"),
        (without_the_dependent, "dependent columns are left out"),
        (exactly_zero, "what rounding leaves is taken for a direction"),
        (judged_by(0), "what rounding leaves is taken for a direction"),
        (judged_by(1e-16), "what rounding leaves is taken for a direction"),
        (judged_by(1e-15), "what rounding leaves is taken for a direction"),
        (absolute_and_small, "what rounding leaves is taken for a direction"),
        (remnant, "a remainder of rounding is left"),
        (absolute, "an absolute threshold"),
        (relative_to_all, "a threshold relative to the whole matrix"),
        (relative_to_the_norm, "a threshold relative to the whole matrix"),
        (wide, "a threshold that is too large"),
        (classical, "orthogonality lost like the square of the condition number"),
        (by_cholesky, "orthogonality lost like the square of the condition number"),
        (modified, "orthogonality lost like the condition number"),
        (whole_numbers, "whole numbers stay whole"),
        (refuses_whole_numbers, "whole numbers stay whole"),
        (writes_into_a, "the argument is changed"),
    ],
)
def test_a_misconception_is_called_by_its_name(function, name):
    report = check_gram_schmidt(function)
    assert not report.passed
    assert {failure.misconception for failure in report.failures} - {None} == {name}, str(report)


def course(A):
    """The classical formula with an absolute threshold: what the lab calls plausible."""
    Q = np.zeros(A.shape)
    for j in range(A.shape[1]):
        v = A[:, j] - Q[:, :j] @ (Q[:, :j].T @ A[:, j])
        if np.linalg.norm(v) > 1e-14:
            Q[:, j] = v / np.linalg.norm(v)
    return Q


def test_several_defects_are_told_apart():
    def found(function):
        return [failure.misconception for failure in check_gram_schmidt(function).failures]

    assert found(course) == [
        "an absolute threshold",
        "an absolute threshold",
        "orthogonality lost like the square of the condition number",
    ]


def test_what_comes_first_is_told_first():
    def writes_what_is_modified(A):
        Q = modified(A)
        A[:] = 0
        return Q

    assert [f.misconception for f in check_gram_schmidt(writes_what_is_modified).failures] == [
        "orthogonality lost like the condition number",
        "the argument is changed",
    ]


def test_nobody_is_accused_of_what_is_not_so():
    """Right on every matrix but those with one row: no known misconception."""

    def fails_on_one_row(A):
        return worked(A) if len(A) > 1 else 0.5 * worked(A)

    report = check_gram_schmidt(fails_on_one_row)
    assert report.failures
    assert {failure.misconception for failure in report.failures} <= {None}, str(report)


@pytest.mark.parametrize(
    "function",
    [
        stub,
        None,
        ...,
        3,
        lambda A: None,
        lambda A: ...,
        lambda A: "Q",
        lambda A: worked(A)[:, 0],
        lambda A: worked(A)[:, :-1],
        lambda A: np.nan * worked(A),
        lambda A, d: A,
        lambda A: 1 / 0,
        lambda A: {"a": 1},
        lambda A: [[1], [1, 2]],
        lambda A: worked(A) + 0j,
    ],
)
def test_what_is_no_answer_fails_at_once_without_a_traceback(function):
    report = check_gram_schmidt(function)
    assert [result.outcome for result in report.results] == ["fail"] + ["not tried"] * (COUNT - 1)
    assert report.failures[0].misconception is None
    assert "expected: " in report.failures[0].message


def test_the_counterexample_is_small_and_can_be_run():
    for function, shape in ((only_normalised, (2, 2)), (only_the_previous, (3, 3)), (rows, (2, 1))):
        (A,) = check_gram_schmidt(function).failures[0].counterexample
        assert A.shape == shape
        assert not np.allclose(function(A), worked(A))


def test_the_counterexample_for_lost_angles_shows_what_it_is():
    (failure,) = check_gram_schmidt(modified).failures
    (A,) = failure.counterexample
    assert A.tolist() == [[10000, 10001], [9999, 10000]]
    assert "[[10000., 10001.]," in failure.message
    assert 1e8 < np.linalg.cond(A) < 1e9


def same_projections_twice(A):
    return solution(A, share=lambda Q, v, a: 2 * Q @ (Q.T @ v), rounds=1)


def one_column_short(A):
    return solution(A, share=lambda Q, v, a: Q[:, :-1] @ (Q[:, :-1].T @ v))


def stops(A):
    Q = worked(A)
    empty = np.flatnonzero(~Q.any(axis=0))
    Q[:, empty[0] if empty.size else Q.shape[1] :] = 0
    return Q


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (same_projections_twice, "the same projections are subtracted twice"),
        (one_column_short, "the column just before is left out"),
        (stops, "it stops at the first dependent column"),
        (lambda A: worked(A).astype(np.float32), "digits are thrown away"),
        (lambda A: worked(A).round(10), "digits are thrown away"),
        (judged_by(1e-9), "a threshold that is too large"),
    ],
)
def test_slips_are_called_by_their_names(function, name):
    report = check_gram_schmidt(function)
    assert {failure.misconception for failure in report.failures} == {name}, str(report)


def test_reports_do_not_change_from_run_to_run():
    assert str(check_gram_schmidt(added)) == str(check_gram_schmidt(added))


def test_what_the_cases_leave_open_is_open():
    """Between a share of 1e-10 and one of 1e-14 no case asks whether a column depends."""
    matrices = [A for (A,) in lab.KNOWN_DEPENDENT] + lab.NEAR + lab.RANDOM
    for A in matrices:
        Q = worked(A)
        shares = np.sum(Q * A, axis=0) / np.linalg.norm(A, axis=0)
        assert np.all((shares > 1e-10) | (shares == 0))
        for share in (1e-13, 1e-10):
            kept = judged_by(share)(A).any(axis=0)
            assert kept.tolist() == Q.any(axis=0).tolist()


def test_the_worked_solution_finds_the_dimension_where_the_course_s_does_not():
    wrong = {scale: 0 for scale in (1e-16, 1, 1e16)}
    for seed in range(200):
        for scale in wrong:
            A = lab.of_rank(seed, scale)
            rank = lab._rank(lab.of_rank(seed))
            assert worked(A).any(axis=0).sum() == rank
            wrong[scale] += course(A).any(axis=0).sum() != rank
    assert wrong[1e-16] == 200
    assert wrong[1e16] > 50

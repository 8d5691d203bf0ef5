"""The projections check: right solutions pass, each misconception is called by its name."""

import numpy as np
import pytest

from mml.checks import check_projections
from mml.checks import projections as lab
from mml.linear_algebra import gram_schmidt
from mml.pca import projection_matrix as book_matrix

COUNT = len(lab.PROPERTIES)


def by_qr(B):
    """The lab's worked solution."""
    Q, _ = np.linalg.qr(np.array(B, dtype=float))
    return Q @ Q.T


def nearest(x, B, origin):
    """The lab's worked solution."""
    return origin + by_qr(B) @ (x - origin)


def verdict(matrix=by_qr, point=nearest):
    return check_projections(projection_matrix=matrix, project=point)


def names(report):
    return {failure.misconception for failure in report.failures}


# Right solutions of other styles.


def by_gram_schmidt(B):
    print("a reader's print")
    Q = gram_schmidt(B)
    return (Q @ Q.T).tolist()


def by_svd(B):
    U = np.linalg.svd(B, full_matrices=False)[0]
    return U @ U.T


def by_rank_one_updates(B):
    Q, _ = np.linalg.qr(B)
    P = np.zeros((len(B), len(B)))
    for q in Q.T:
        P += np.outer(q, q)
    return P


def by_complement(B):
    Q = np.linalg.qr(B, mode="complete")[0][:, np.shape(B)[1] :]
    return np.eye(len(B)) - Q @ Q.T


def by_pinv(B):
    return np.asarray(B) @ np.linalg.pinv(B)


@pytest.mark.parametrize(
    "matrix", [by_qr, by_gram_schmidt, by_svd, by_rank_one_updates, by_complement, book_matrix]
)
def test_right_matrices_pass(matrix, capfd):
    report = verdict(matrix)
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


def by_least_squares(x, B, origin):
    lam = np.linalg.lstsq(np.asarray(B, float), x - origin, rcond=None)[0]
    return [float(v) for v in origin + B @ lam]


def by_taking_away_the_rest(x, B, origin):
    Q, _ = np.linalg.qr(B)
    d = x - origin
    return x - (d - Q @ (Q.T @ d))


@pytest.mark.parametrize("point", [nearest, by_least_squares, by_taking_away_the_rest])
def test_right_points_pass(point):
    report = verdict(point=point)
    assert report.passed, str(report)


# Wrong solutions, each with one defect, as a learner would write them.


def gram_inverse(B):
    return B @ np.linalg.inv(B.T @ B) @ B.T


def absolute(B):
    Q = np.zeros(np.shape(B))
    for j in range(np.shape(B)[1]):
        v = np.array(B[:, j], dtype=float)
        for _ in range(2):
            v = v - Q @ (Q.T @ v)
        if np.linalg.norm(v) > 1e-10:
            Q[:, j] = v / np.linalg.norm(v)
    return Q @ Q.T


def unscaled(B):
    V = np.zeros((len(B), 0))
    for b in np.array(B, dtype=float).T:
        b = b - sum((v @ b) / (v @ v) * v for v in V.T)
        V = np.column_stack([V, b])
    return V @ V.T


def whole(B):
    P = np.zeros((len(B), len(B)), dtype=np.asarray(B).dtype)
    P[:] = by_qr(B)
    return P


def writes(B):
    P = by_qr(B)
    B[:, 0] = 0
    return P


@pytest.mark.parametrize(
    ("matrix", "name"),
    [
        (lambda B: B @ B.T, "not divided by the squared length"),
        (lambda B: B @ B.T / np.linalg.norm(B), "divided by the length, not by its square"),
        (
            lambda B: sum(np.outer(b, b) / (b @ b) for b in B.T),
            "the columns are taken one by one",
        ),
        (lambda B: B @ (B.T @ B) @ B.T, "B.T B is multiplied and not divided by"),
        (lambda B: np.eye(len(B)) - by_qr(B), "the rest instead of the projection"),
        (lambda B: np.eye(len(B)), "cancelled to the identity"),
        (lambda B: by_qr(B.reshape(B.shape[::-1]).T), "the basis is reshaped, not transposed"),
        (lambda B: B.T @ np.linalg.inv(B @ B.T) @ B, "the factors do not fit"),
        (np.linalg.pinv, "the coordinates instead of the point"),
        (lambda B: B @ B.T / np.linalg.norm(B) ** 2, "one number for several columns"),
        (unscaled, "not divided by the squared length"),
        (lambda B: np.linalg.inv(B.T @ B) @ (B.T @ B), "B.T in place of B"),
        (lambda B: B.T @ np.linalg.pinv(B.T), "B.T in place of B"),
        (lambda B: np.linalg.inv(B.T @ B) @ B.T @ B.T, "the factors do not fit"),
        (gram_inverse, "the condition number is squared"),
        (absolute, "an absolute threshold"),
        (whole, "whole numbers stay whole"),
        (writes, "an argument is changed"),
    ],
)
def test_wrong_matrices_are_called_by_their_names(matrix, name):
    report = verdict(matrix)
    assert not report.passed
    assert names(report) == {name}, str(report)


@pytest.mark.parametrize(
    ("point", "name"),
    [
        (lambda x, B, o: by_qr(B) @ (x - o), "not moved back"),
        (lambda x, B, o: by_qr(B) @ x + o, "not moved there"),
        (lambda x, B, o: by_qr(B) @ x, "the origin is ignored"),
        (lambda x, B, o: x - nearest(x, B, o), "the rest instead of the point"),
        (lambda x, B, o: x - by_qr(B) @ (x - o), "the rest instead of the point"),
        (lambda x, B, o: o + by_qr(B - o[:, None]) @ (x - o), "the columns are moved too"),
        (lambda x, B, o: o + by_qr(B) @ (x + o), "moved in the wrong direction"),
        (lambda x, B, o: by_qr(B) @ (x - o) - o, "moved in the wrong direction"),
        (
            lambda x, B, o: np.linalg.lstsq(B, x - o, rcond=None)[0],
            "the coordinates instead of the point",
        ),
    ],
)
def test_wrong_points_are_called_by_their_names(point, name):
    report = verdict(point=point)
    assert not report.passed
    assert name in names(report), str(report)
    assert names(report) <= {name, None}, str(report)


def test_a_point_of_a_wrong_matrix_is_blamed_on_the_matrix():
    def matrix(B):
        return B @ B.T

    report = verdict(matrix, lambda x, B, o: o + matrix(B) @ (x - o))
    assert names(report) == {
        "not divided by the squared length",
        "the matrix is wrong, and so is the point",
    }, str(report)


def test_what_changes_x_is_found():
    def subtracts_in_place(x, B, origin):
        x -= origin
        return origin + by_qr(B) @ x

    report = verdict(point=subtracts_in_place)
    assert names(report) == {"an argument is changed"}, str(report)


@pytest.mark.parametrize(
    "stub", [None, ..., 3, lambda B: None, lambda B: ..., lambda B: "P", lambda B: 1 / 0]
)
def test_the_stub_fails_without_a_traceback(stub):
    report = check_projections(projection_matrix=stub, project=stub)
    outcomes = [result.outcome for result in report.results]
    assert outcomes.count("fail") == 2
    assert "pass" not in outcomes
    assert len(outcomes) == COUNT
    assert names(report) == {None}


@pytest.mark.parametrize(
    "matrix", [lambda B: np.eye(len(B)), lambda B: np.linalg.qr(B, mode="complete")[0]]
)
def test_what_keeps_too_much_is_found_on_a_small_basis(matrix):
    report = verdict(lambda B: matrix(B) @ matrix(B).T)
    assert report.failures[0].property == lab.ALONE
    assert names(report) == {"cancelled to the identity"}, str(report)


def test_one_subtraction_is_not_enough():
    def once(B):
        Q = np.zeros((len(B), 0))
        for b in np.array(B, dtype=float).T:
            v = b - Q @ (Q.T @ b)
            Q = np.column_stack([Q, v / np.linalg.norm(v)])
        return Q @ Q.T

    report = verdict(once)
    assert names(report) == {"the condition number is squared"}, str(report)
    assert "subtract twice" in str(report)


def test_the_counterexample_is_small():
    for matrix in (lambda B: B @ B.T, lambda B: np.eye(len(B))):
        (B, *_) = verdict(matrix).failures[0].counterexample
        assert np.abs(B).max() <= 2
        assert B.shape[0] <= 3


def test_reports_do_not_change_from_run_to_run():
    assert str(verdict(gram_inverse)) == str(verdict(gram_inverse))

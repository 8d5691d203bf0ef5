"""The reflecting-bear check: right matrices pass, each misconception is called by its name."""

import numpy as np
import pytest

from mml.checks import check_reflecting_bear
from mml.checks import reflecting_bear as lab
from mml.linear_algebra import change_of_basis, gram_schmidt, reflection

COUNT = len(lab.PROPERTIES)
T = np.diag([1.0, -1.0])


def worked(basis):
    """The lab's worked solution."""
    E = gram_schmidt(basis)
    return E @ np.diag([1, -1]) @ E.T


# Right solutions of other styles.


def by_lapack(basis):
    E, _ = np.linalg.qr(basis)  # the signs of E's columns do not matter
    return E @ T @ np.linalg.inv(E)


def by_change_of_basis(basis):
    E = gram_schmidt(basis)
    return change_of_basis(T, E.T)


def by_angle(basis):
    angle = 2 * np.arctan2(basis[1][0], basis[0][0])
    print("a reader's print")
    return [[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]]


def by_projection(basis):
    b = np.array(basis, dtype=float)[:, 0]
    return 2 * np.outer(b, b) / (b @ b) - np.eye(2)


def by_normal(basis):
    n = np.array([-basis[1, 0], basis[0, 0]], dtype=float)
    return np.eye(2) - 2 * np.outer(n, n) / (n @ n)


def by_entries(basis):
    x, y = basis[0, 0] * 1.0, basis[1, 0] * 1.0
    return np.array([[x * x - y * y, 2 * x * y], [2 * x * y, y * y - x * x]]) / (x * x + y * y)


@pytest.mark.parametrize(
    "function",
    [
        worked,
        by_lapack,
        by_change_of_basis,
        by_angle,
        by_projection,
        by_normal,
        by_entries,
        lambda basis: reflection(np.asarray(basis)[:, :1]),
    ],
)
def test_right_solutions_pass(function, capfd):
    report = check_reflecting_bear(function)
    assert report.passed, str(report)
    assert capfd.readouterr() == ("", "")


# Wrong solutions, each with one defect, as a learner would write them.


def stub(basis):
    raise NotImplementedError


def in_the_second(basis):
    E = gram_schmidt(np.asarray(basis)[:, ::-1])
    return E @ T @ E.T


def mirror_turned(basis):
    E = gram_schmidt(basis)
    return E @ np.diag([-1, 1]) @ E.T


def only_t(basis):
    return np.diag([1, -1])


def swapped(basis):
    E = gram_schmidt(basis)
    return E.T @ T @ E


def swapped_with_inverse(basis):
    return np.linalg.inv(basis) @ T @ basis


def forgot_the_way_back(basis):
    return T @ gram_schmidt(basis).T


def forgot_the_way_there(basis):
    return gram_schmidt(basis) @ T


def not_orthonormal(basis):
    return basis @ T @ basis.T


def only_normalised(basis):
    E = basis / np.linalg.norm(basis, axis=0)
    return E @ T @ E.T


def oblique(basis):
    return basis @ T @ np.linalg.inv(basis)


def oblique_of_unit_vectors(basis):
    return change_of_basis(T, np.linalg.inv(basis / np.linalg.norm(basis, axis=0)))


def half_turn(basis):
    E = gram_schmidt(basis)
    return E @ np.diag([-1, -1]) @ E.T


def projected(basis):
    E = gram_schmidt(basis)
    return E @ np.diag([1, 0]) @ E.T


def projected_across(basis):
    E = gram_schmidt(basis)
    return E @ np.diag([0, 1]) @ E.T


def once_instead_of_twice(basis):
    q = gram_schmidt(basis)[:, 0]
    return np.outer(q, q) - np.eye(2)


def no_length(basis):
    b = basis[:, 0]
    return 2 * np.outer(b, b) - np.eye(2)


def nothing_turned(basis):
    E = gram_schmidt(basis)
    return E @ E.T


def plain_angle(basis):
    angle = np.arctan2(basis[1, 0], basis[0, 0])
    return np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])


def rotated(basis):
    angle = 2 * np.arctan2(basis[1, 0], basis[0, 0])
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def rows(basis):
    b = basis[0]
    return 2 * np.outer(b, b) / (b @ b) - np.eye(2)


def gram_schmidt_on_rows(basis):
    E = gram_schmidt(np.asarray(basis).T).T
    return E @ T @ E.T


def once_is_not_enough(basis):
    E = gram_schmidt(basis, method="classical", rtol=0)
    return E @ T @ E.T


def absolute(basis):
    B = np.array(basis, dtype=float)
    B[:, np.linalg.norm(B, axis=0) < 1e-14] = 0
    E = gram_schmidt(B)
    return E @ T @ E.T


def whole_numbers(basis):
    E = np.zeros_like(basis)
    E[:] = gram_schmidt(basis)
    return worked(basis) if E.dtype.kind == "f" else E @ np.diag([1, -1]) @ E.T


def refuses_whole_numbers(basis):
    E = np.array(basis)
    E[:, 0] /= np.linalg.norm(E[:, 0])
    return 2 * np.outer(E[:, 0], E[:, 0]) - np.eye(2)


def writes_into_basis(basis):
    M = worked(basis)
    basis[:, 1] = 0
    return M


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (in_the_second, "reflected in the second vector"),
        (mirror_turned, "the mirror is turned round"),
        (only_t, "T_E is taken as it is"),
        (swapped, "E and its transpose are swapped"),
        (swapped_with_inverse, "E and its transpose are swapped"),
        (forgot_the_way_back, "only one change of basis"),
        (forgot_the_way_there, "only one change of basis"),
        (not_orthonormal, "the basis is not orthonormal"),
        (only_normalised, "the basis is not orthonormal"),
        (oblique, "reflected along the second vector"),
        (oblique_of_unit_vectors, "reflected along the second vector"),
        (half_turn, "a half turn"),
        (projected, "a projection"),
        (projected_across, "a projection"),
        (once_instead_of_twice, "a factor 2 is missing"),
        (no_length, "not divided by the length"),
        (nothing_turned, "nothing is turned round"),
        (plain_angle, "the angle is not doubled"),
        (rotated, "a rotation"),
        (rows, "rows instead of columns"),
        (gram_schmidt_on_rows, "rows instead of columns"),
        (once_is_not_enough, "E is not orthonormal to the last digits"),
        (absolute, "an absolute threshold"),
        (whole_numbers, "whole numbers stay whole"),
        (refuses_whole_numbers, "whole numbers stay whole"),
        (writes_into_basis, "the argument is changed"),
    ],
)
def test_a_misconception_is_called_by_its_name(function, name):
    report = check_reflecting_bear(function)
    assert not report.passed
    assert {failure.misconception for failure in report.failures} == {name}, str(report)


def test_what_each_wrong_matrix_does_right():
    """A picture would show it: the report tells the maps apart by what they keep."""

    def failing(function):
        return {failure.property for failure in check_reflecting_bear(function).failures}

    assert failing(oblique) == {lab.LENGTHS, lab.NORMAL}
    assert failing(half_turn) == {lab.OVER, lab.MIRROR}
    assert failing(nothing_turned) == {lab.OVER, lab.NORMAL}
    assert failing(only_t) == failing(in_the_second) == {lab.MIRROR, lab.NORMAL}
    assert failing(projected) == {lab.TWICE, lab.LENGTHS, lab.OVER, lab.NORMAL}


def test_nobody_is_accused_of_what_is_not_so():
    """Right but where the mirror is upright: no known misconception."""

    def fails_where_upright(basis):
        return worked(basis) if basis[0, 0] else np.diag([1.0, -1.0])

    report = check_reflecting_bear(fails_where_upright)
    assert report.failures
    assert {failure.misconception for failure in report.failures} == {None}, str(report)


@pytest.mark.parametrize(
    "function",
    [
        stub,
        None,
        ...,
        3,
        lambda basis: None,
        lambda basis: ...,
        lambda basis: "M",
        lambda basis: worked(basis)[:, 0],
        lambda basis: np.nan * worked(basis),
        lambda basis, T: basis,
        lambda basis: 1 / 0,
        lambda basis: {"a": 1},
        lambda basis: [[1], [1, 2]],
        lambda basis: worked(basis) + 0j,
        lambda basis: np.eye(3),
    ],
)
def test_what_is_no_answer_fails_at_once_without_a_traceback(function):
    report = check_reflecting_bear(function)
    assert [result.outcome for result in report.results] == ["fail"] + ["not tried"] * (COUNT - 1)
    assert report.failures[0].misconception is None
    assert "expected: " in report.failures[0].message


def test_the_counterexample_is_small_and_can_be_run():
    for function in (only_t, oblique, rotated, rows):
        (basis,) = check_reflecting_bear(function).failures[0].counterexample
        assert np.abs(basis).max() <= 2
        assert not np.allclose(function(basis), worked(basis))


def refuses_small_ones(basis):
    if abs(np.linalg.det(basis)) < 1e-10:
        raise ValueError("not a basis")
    return worked(basis)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda basis: worked(basis * [[1], [-1]]), "the mirror leans the other way"),
        (
            lambda basis: gram_schmidt(basis) * np.diag([1, -1]) * gram_schmidt(basis).T,
            "multiplied entry by entry",
        ),
        (lambda basis: worked(basis).astype(np.float32), "digits are thrown away"),
        (lambda basis: worked(basis).round(8), "digits are thrown away"),
        (refuses_small_ones, "an absolute threshold"),
    ],
)
def test_slips_are_called_by_their_names(function, name):
    report = check_reflecting_bear(function)
    assert {failure.misconception for failure in report.failures} == {name}, str(report)


def test_reports_do_not_change_from_run_to_run():
    assert str(check_reflecting_bear(oblique)) == str(check_reflecting_bear(oblique))


def test_no_wrong_model_resembles_another():
    """Else a misconception would be called by another's name."""
    models = [
        worked,
        in_the_second,
        mirror_turned,
        only_t,
        swapped,
        forgot_the_way_back,
        forgot_the_way_there,
        not_orthonormal,
        oblique,
        half_turn,
        projected,
        once_instead_of_twice,
        no_length,
        nothing_turned,
        plain_angle,
        rotated,
        rows,
        gram_schmidt_on_rows,
    ]
    for i, one in enumerate(models):
        for other in models[:i]:
            gaps = [np.abs(one(B) - other(B)).max() for (B,) in lab.KNOWN]
            assert max(gaps) > 0.05, (one.__name__, other.__name__)

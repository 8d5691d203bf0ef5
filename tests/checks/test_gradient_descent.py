"""The check of the descent lab: what passes, what fails, and what it is called."""

import numpy as np
import pytest

from mml.checks import check_gradient_descent
from mml.checks import gradient_descent as lab
from mml.multivariate_calculus import Sandpit


@pytest.fixture(autouse=True, scope="module")
def fewer_walks():
    """Walk from a tenth of the starts: the share stays, and the tests are quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lab, "STARTS", 50)
        lab.starts.cache_clear()
        yield
    lab.starts.cache_clear()


def by_inverse(J, H):
    return -np.linalg.inv(H) @ J


def by_cramer(J, H):
    (a, b), (c, d) = H
    det = a * d - b * c
    return [-(d * J[0] - b * J[1]) / det, -(a * J[1] - c * J[0]) / det]


def by_eigenvalues(J, H):
    """Turn every eigenvalue positive, and cut the step."""
    values, vectors = np.linalg.eigh(H)
    step = -vectors @ (vectors.T @ J / np.maximum(np.abs(values), 1e-3))
    length = np.linalg.norm(step)
    return step / max(1.0, length)


@pytest.mark.parametrize("newton", [lab.newton_step, by_inverse, by_cramer])
@pytest.mark.parametrize("hybrid", [lab.hybrid_step, by_eigenvalues])
def test_right_solutions_pass(newton, hybrid):
    report = check_gradient_descent(newton=newton, hybrid=hybrid)
    assert report.passed, report


def test_the_stub_fails():
    report = check_gradient_descent(newton=lambda J, H: ..., hybrid=lambda J, H: ...)
    assert len(report.failures) == 2
    assert not check_gradient_descent().passed


WRONG_NEWTON = {
    "the step leads the wrong way": lambda J, H: np.linalg.solve(H, J),
    "multiplied by H instead of solved with it": lambda J, H: -H @ J,
    "divided entry by entry": lambda J, H: -J / np.where(np.diag(H) == 0, 1, np.diag(H)),
    "the gradient alone": lambda J, H: -0.2 * J,
    "the ½ of the model": lambda J, H: -np.linalg.solve(H, J) / 2,
    "* instead of @": lambda J, H: -np.linalg.inv(H) * J,
}


def test_a_zero_entry_does_not_hide_the_division_by_entries():
    report = check_gradient_descent(newton=lambda J, H: -(1 / H) @ J, hybrid=lab.hybrid_step)
    (failure,) = report.failures
    assert failure.misconception == "divided entry by entry", report


@pytest.mark.parametrize("name", WRONG_NEWTON)
def test_wrong_newtons_are_named(name):
    report = check_gradient_descent(newton=WRONG_NEWTON[name], hybrid=lab.hybrid_step)
    (failure,) = report.failures
    assert failure.misconception == name, report


def by_determinant(J, H):
    step = -J
    if np.linalg.det(H) > 0:
        step = -np.linalg.solve(H, J)
    return step / max(1.0, np.linalg.norm(step))


def near_or(J, H, far, is_minimum=lambda H: np.linalg.eigvalsh(H)[0] > 0):
    """Take Newton's short steps where a test is passed, else `far`."""
    if is_minimum(H) and abs(np.linalg.det(H)) > 1e-12:
        step = lab.newton_step(J, H)
        if np.linalg.norm(step) <= 1:
            return step
    return far(J)


def solves_first(J, H):
    step = -np.linalg.solve(H, J)
    good = np.linalg.eigvalsh(H)[0] > 0 and np.linalg.norm(step) <= 1
    return step if good else cut(-J)


def cut(step):
    return step / max(1.0, np.linalg.norm(step))


PARTS = {
    "diagonal": lambda H: (np.diag(H) > 0).all(),
    "entries": lambda H: (H > 0).all(),
    "first entry": lambda H: H[0, 0] > 0,
    "trace": lambda H: np.trace(H) > 0,
    "largest eigenvalue": lambda H: np.linalg.eigvalsh(H)[-1] > 0,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_saddle_is_not_taken_for_a_minimum(part):
    def hybrid(J, H):
        return near_or(J, H, lambda J: cut(-J), PARTS[part])

    report = check_gradient_descent(newton=lab.newton_step, hybrid=hybrid)
    names = {failure.property: failure.misconception for failure in report.failures}
    assert names["hybrid starts downhill"] == "a saddle taken for a minimum", report


WRONG_HYBRIDS = {
    "Newton's step everywhere": lambda J, H: cut(-np.linalg.pinv(H) @ J),
    "no answer where H is singular": solves_first,
    "no answer where the ground is level": lambda J, H: near_or(
        J, H, lambda J: -J / np.linalg.norm(J)
    ),
    "up the gradient": lambda J, H: near_or(J, H, cut),
    "too timid": lambda J, H: near_or(J, H, lambda J: cut(-0.1 * J)),
    "Newton's step however long": lambda J, H: (
        lab.newton_step(J, H) if np.linalg.eigvalsh(H)[0] > 0 else cut(-J)
    ),
    "the determinant alone": by_determinant,
    "never Newton's step": lambda J, H: -J / max(1.0, np.linalg.norm(J)),
    "steps as long as the gradient": lambda J, H: (
        lab.newton_step(J, H) if np.linalg.eigvalsh(H)[0] > 0 else -J
    ),
}


@pytest.mark.parametrize("name", WRONG_HYBRIDS)
def test_wrong_hybrids_are_named(name):
    report = check_gradient_descent(newton=lab.newton_step, hybrid=WRONG_HYBRIDS[name])
    assert not report.passed
    assert name in {failure.misconception for failure in report.failures}, report


def test_what_rests_and_what_does_not():
    pit = Sandpit()
    assert lab.rests(pit, pit.minimum)
    assert lab.rests(pit, np.array([6.0, 6.0]))  # a low corner
    assert not lab.rests(pit, pit.minimum + 0.01)
    assert not lab.rests(pit, np.array([6.0, 3.0]))  # the edge leads on down

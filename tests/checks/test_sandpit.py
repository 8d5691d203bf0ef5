"""The check of the sandpit lab: what passes, what fails, and what it is called."""

from types import SimpleNamespace

import numpy as np
import pytest

from mml.checks import check_sandpit
from mml.checks.sandpit import POINTS, SLOPES, F
from mml.multivariate_calculus import Sandpit, gradient, play


def printed(x):
    """Return f as the page prints it."""
    hill = -((x[0] - 4.1) ** 2) - (x[1] - 0.9) ** 2
    return hill - 30 * np.exp(-((x[0] - 1.5) ** 2 + (x[1] - 3.7) ** 2) / 2.8)


def parts(x):
    """Return the hill's slope, the bell and the way from the hollow's centre."""
    away = x - np.array([1.5, 3.7])
    return -2 * (x - np.array([4.1, 0.9])), 30 * np.exp(-(away @ away) / 2.8), away


def right(x):
    hill, bell, away = parts(x)
    return hill + 2 * bell * away / 2.8


def by_differences(x):
    h = 1e-5
    return [(printed(x + e) - printed(x - e)) / (2 * h) for e in h * np.eye(2)]


def halving(poke):
    x, step = np.array([3.0, 3.0]), 1.0
    depth, slope = poke(x)
    while True:
        new = np.clip(x - step * slope / np.linalg.norm(slope), 0, 6)
        deep, steep = poke(new)
        if deep < depth:
            x, depth, slope = new, deep, steep
        else:
            step /= 2


def grid_then_newton(poke):
    """Look round first; then follow secants of the slope."""
    seen = [((a, b), *poke((a, b))) for a in (1.0, 3.0, 5.0) for b in (1.0, 3.0, 5.0)]
    x, depth, slope = min(seen, key=lambda place: place[1])
    x, H = np.array(x), 2 * np.eye(2)
    while True:
        step = -np.linalg.solve(H, slope)
        new = np.clip(x + step / max(1.0, np.linalg.norm(step)), 0, 6)
        deep, steep = poke(new)
        s, y = new - x, steep - slope
        if s @ y > 1e-3 * (s @ s):
            H = H - np.outer(H @ s, H @ s) / (s @ H @ s) + np.outer(y, y) / (y @ s)
        if deep < depth:
            x, depth, slope = new, deep, steep


def walks(step, sign=-1.0, limit=None, clip=True):
    """Return a strategy: steps in proportion to the slope."""

    def strategy(poke):
        x, count = np.array([3.0, 3.0]), 0
        while limit is None or count < limit:
            x = x + sign * step * np.asarray(poke(x)[1])
            x, count = np.clip(x, 0, 6) if clip else x, count + 1

    return strategy


def fixed(poke):
    x = np.array([3.0, 3.0])
    while True:
        _, slope = poke(x)
        x = np.clip(x - 0.5 * slope / np.linalg.norm(slope), 0, 6)


def deaf(poke):
    for a in np.linspace(0.6, 5.4, 5):
        for b in np.linspace(0.6, 5.4, 5):
            poke((a, b))


@pytest.mark.parametrize("slope", [right, by_differences, lambda x: gradient(printed, x).tolist()])
def test_right_gradients_pass(slope):
    report = check_sandpit(gradient=slope, strategy=halving)
    assert report.passed, report


@pytest.mark.parametrize("strategy", [halving, grid_then_newton, walks(0.1)])
def test_good_strategies_pass(strategy):
    report = check_sandpit(gradient=right, strategy=strategy)
    assert report.passed, report


def test_the_stub_fails():
    report = check_sandpit(gradient=lambda x: ..., strategy=lambda poke: ...)
    assert not report.passed
    assert {f.property for f in report.failures} == {
        "the gradient is two numbers",
        "the strategy pokes, and stays in the box",
    }
    assert not check_sandpit().passed


WRONG_GRADIENTS = {
    "the sign of the slope": lambda x: -right(x),
    "the inner derivative is missing": lambda x: parts(x)[0] - parts(x)[1],
    "the bell's derivative is forgotten": lambda x: parts(x)[0] + 60 * parts(x)[2] / 2.8,
    "a factor 2 is missing": lambda x: parts(x)[0] + parts(x)[1] * parts(x)[2] / 2.8,
    "a minus of the exponent is lost": lambda x: parts(x)[0] - 2 * parts(x)[1] * parts(x)[2] / 2.8,
    "the sign of one term": lambda x: right(x) - 2 * parts(x)[0],
    "x and y are swapped": lambda x: right(x)[::-1],
    "one of the two parts is missing": lambda x: parts(x)[0],
    "the slope of the depth": lambda x: Sandpit().gradient(x),
}


@pytest.mark.parametrize("name", WRONG_GRADIENTS)
def test_wrong_gradients_are_named(name):
    report = check_sandpit(gradient=WRONG_GRADIENTS[name], strategy=halving)
    (failure,) = report.failures
    assert failure.misconception == name
    assert failure.counterexample[0].shape == (2,)


MORE_WRONG_GRADIENTS = [
    ("the inner derivative is missing", lambda hill, bell, away: hill + bell * away),
    ("the bell's derivative is forgotten", lambda hill, bell, away: hill + 2 * away / 2.8),
    ("the bell's derivative is forgotten", lambda hill, bell, away: hill + bell / 15 * away / 2.8),
    ("a factor 2 is missing", lambda hill, bell, away: hill - bell * away / 2.8),
    ("a factor 2 is missing", lambda hill, bell, away: hill / 2 + bell * away / 2.8),
    ("the sign of one term", lambda hill, bell, away: hill * [-1, 1] + 2 * bell * away / 2.8),
    ("the sign of one term", lambda hill, bell, away: hill * [1, -1] + 2 * bell * away / 2.8),
    ("the sign of one term", lambda hill, bell, away: hill + 2 * bell * away * [-1, 1] / 2.8),
    ("the sign of one term", lambda hill, bell, away: hill + 2 * bell * away * [1, -1] / 2.8),
]


@pytest.mark.parametrize(("name", "wrong"), MORE_WRONG_GRADIENTS)
def test_other_forms_of_a_slip_have_its_name(name, wrong):
    functions = SimpleNamespace(gradient=lambda x: wrong(*parts(x)))
    assert [slip.name for slip in SLOPES if slip.recognises(functions)] == [name]


WRONG_STRATEGIES = {
    "pokes outside the box": walks(1.5, clip=False),
    "never pokes": lambda poke: (3, 3),
    "walks uphill": walks(0.2, sign=1.0),
    "does not listen": deaf,
    "gives up early": walks(0.1, limit=4),
    "a step of fixed length": fixed,
    "steps that are too short": walks(0.02),
    "steps that are too long": walks(1.5),
}


@pytest.mark.parametrize("name", WRONG_STRATEGIES)
def test_wrong_strategies_are_named(name):
    report = check_sandpit(gradient=right, strategy=WRONG_STRATEGIES[name])
    assert not report.passed
    assert name in {failure.misconception for failure in report.failures}, report


def test_a_failing_strategy_is_told_its_rate():
    report = check_sandpit(gradient=right, strategy=fixed)
    won = sum(play(fixed, Sandpit(seed)).won for seed in range(1000))
    assert f"{won} of 1000 pits, {won / 1000:.1%}" in report.failures[0].message


def test_what_raises_is_reported():
    def broken(poke):
        return 1 / 0

    report = check_sandpit(gradient=lambda x: [1.0], strategy=broken)
    assert "ZeroDivisionError" in report.failures[1].message


def test_the_models_differ():
    """No wrong gradient agrees with another at the points that tell them apart."""
    found = np.array([[g(x) for x in POINTS] for g in (right, *WRONG_GRADIENTS.values())])
    for i, first in enumerate(found):
        for second in found[i + 1 :]:
            assert np.abs(first - second).max() > 0.1
    np.testing.assert_allclose(found[0], [F.gradient(x) for x in POINTS])

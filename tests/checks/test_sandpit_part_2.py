"""The check of the second sandpit lab: what passes, what fails, and what it is called."""

import numpy as np
import pytest

from mml.checks import check_sandpit_part_2
from mml.checks import sandpit_part_2 as lab
from mml.multivariate_calculus import play

MIDDLE = np.array([3.0, 3.0])


def descend(poke, x, step, least=0.0):
    """Walk down from x, halving the step; return the depth and the place at the end."""
    x = np.array(x)
    depth, slope = poke(x)
    while step > least:
        new = np.clip(x - step * slope / np.linalg.norm(slope), 0, 6)
        deep, steep = poke(new)
        if deep < depth:
            x, depth, slope = new, deep, steep
        else:
            step /= 2
    return depth, x


def look_round(n, begin, step=0.6, least=0.1):
    """Return a strategy: n by n places, a walk from the best few, and on from the best end."""
    ticks = (np.arange(n) + 0.5) * 6 / n

    def strategy(poke):
        seen = sorted((poke((a, b))[0], (a, b)) for a in ticks for b in ticks)
        ends = [descend(poke, place, step, least) for _, place in seen[:begin]]
        descend(poke, min(ends, key=lambda end: end[0])[1], least)

    return strategy


def downhill(poke):
    descend(poke, MIDDLE, 1.0)


def deaf(poke):
    for a in np.linspace(0.3, 5.7, 30):
        for b in np.linspace(0.3, 5.7, 30):
            poke((a, b))


def timid(poke):
    descend(poke, MIDDLE, 1.0, least=0.7)


def climb(poke):
    """Follow the gradient where its negative is meant."""
    x = MIDDLE
    while True:
        _, slope = poke(x)
        x = np.clip(x + 0.3 * slope / np.linalg.norm(slope), 0, 6)


def turned(poke):
    """Return poke with the slope turned round: whoever uses it steps uphill."""

    def other(x):
        depth, slope = poke(x)
        return depth, -slope

    return other


def over_the_edge(poke):
    x = MIDDLE
    while True:
        x = x - 2 * np.asarray(poke(x)[1])


GOOD = {
    "several": look_round(3, 2),
    "rough": look_round(4, 2),
    "well": look_round(20, 1, 0.2, 0.05),
}


WORDS = {"several": "four hollows", "rough": "a rough floor", "well": "a deep narrow well"}
PITS = {"several": 150, "rough": 150, "well": 40}


@pytest.fixture(scope="module", autouse=True)
def fewer_pits():
    """Deal fewer pits: the shares stay, and the tests are quick."""
    with pytest.MonkeyPatch.context() as patch:
        few = {k: lab.Bar(PITS[k], bar.pokes, bar.share) for k, bar in lab.BARS.items()}
        patch.setattr(lab, "BARS", few)
        lab.pits.cache_clear()
        yield
    lab.pits.cache_clear()


def failures(kind, strategy):
    """Return what a strategy for one kind of pit fails in."""
    report = check_sandpit_part_2(**{kind: strategy})
    return [f for f in report.failures if f.property.startswith(WORDS[kind])]


def test_the_worked_strategies_pass():
    report = check_sandpit_part_2(**GOOD)
    assert report.passed, report


def test_the_stub_fails_everywhere():
    report = check_sandpit_part_2(**dict.fromkeys(GOOD, lambda poke: ...))
    assert len(report.failures) == 3
    assert {f.misconception for f in report.failures} == {"never pokes"}
    assert len(check_sandpit_part_2().failures) == 3


@pytest.mark.parametrize(
    ("kind", "strategy", "name"),
    [
        ("several", downhill, "stuck in the first hollow"),
        ("rough", downhill, "stuck on a ripple"),
        ("well", downhill, "the net has holes"),
        ("well", look_round(9, 1), "the net has holes"),
        *((kind, climb, "walks uphill") for kind in GOOD),
        # a net of 400 pokes finds most wells even so: there the walk is short
        ("several", lambda poke: GOOD["several"](turned(poke)), "walks uphill"),
        ("rough", lambda poke: GOOD["rough"](turned(poke)), "walks uphill"),
        ("several", deaf, "does not listen"),
        ("rough", timid, "gives up early"),
        ("rough", over_the_edge, "pokes outside the box"),
    ],
)
def test_wrong_strategies_are_named(kind, strategy, name):
    (failure,) = failures(kind, strategy)
    assert failure.misconception == name, failure


def test_a_failing_strategy_is_told_its_rate():
    (failure,) = failures("several", downhill)
    won = sum(play(downhill, pit, pokes=25).won for pit in lab.pits("several"))
    assert f"{won} of 150 pits, {won / 150:.1%}" in failure.message

"""The check of the second sandpit lab: a strategy for each of three kinds of pit."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from mml.checks._guard import Mismatch, show
from mml.checks._report import Misconception, Property, run
from mml.checks.sandpit import DEAF, NO_POKE, OUTSIDE, QUITS, UPHILL
from mml.multivariate_calculus.sandpit import Sandpit, play

__all__ = ["check_sandpit_part_2"]


@dataclass(frozen=True)
class Bar:
    """What a strategy has to do in one kind of pit.

    Attributes
    ----------
    pits, pokes : int
        How many pits, and how many pokes in each.
    share : float
        In which share of the pits the lowest point has to be found.
    """

    pits: int
    pokes: int
    share: float


BARS = {
    "several": Bar(1000, 25, 0.85),
    "rough": Bar(1000, 50, 0.75),
    "well": Bar(200, 450, 0.85),
}


@cache
def pits(kind):
    """Return the seeded pits of a kind, dealt once."""
    return tuple(Sandpit(seed, kind=kind) for seed in range(BARS[kind].pits))


def game(functions, kind, pit):
    """Return what becomes of the reader's strategy in a pit."""
    try:
        return play(getattr(functions, kind), pit, pokes=BARS[kind].pokes)
    except Mismatch as mismatch:
        if "inside the box" in mismatch.got:
            mismatch.misconception = OUTSIDE
        raise


# The properties.


def runs(functions, kind, pit):
    if not game(functions, kind, pit).pokes:
        raise Mismatch(
            "at least one poke", "none: does the function call poke(x)?", misconception=NO_POKE
        )


def wins(functions, kind):
    bar = BARS[kind]
    searches = ((pit, game(functions, kind, pit)) for pit in pits(kind))
    lost = [(pit, search) for pit, search in searches if not search.won]
    won = bar.pits - len(lost)
    if won < bar.share * bar.pits:
        pit, search = lost[0]  # as it was played: a strategy may draw at random
        best = search.path[search.depths.argmin()]
        raise Mismatch(
            f"the lowest point found in at least {bar.share:.0%} of {bar.pits} pits,\n"
            f"with {bar.pokes} pokes in each",
            f"it in {won} of {bar.pits} pits, {won / bar.pits:.1%}.\nNot in {pit}: its lowest "
            f"point is {show(pit.minimum.round(2))}, the best of\n{search.pokes} pokes was "
            f"{show(best.round(2))}, {-search.depths.min():.2f} m deep",
        )


# The misconceptions: what a few lost games look like.


def _lost(functions, kind):
    games = [(pit, game(functions, kind, pit)) for pit in pits(kind)[:40]]
    return [(pit, search) for pit, search in games if not search.won]


def _deaf(kind):
    def recognises(functions):
        paths = [search.path for _, search in _lost(functions, kind)]
        return len(paths) > 1 and all(np.array_equal(path, paths[0]) for path in paths)

    return recognises


def _quits(kind):
    def recognises(functions):
        lost = _lost(functions, kind)
        return bool(lost) and all(s.pokes < BARS[kind].pokes for _, s in lost)

    return recognises


def _steps_along(pit, path, sign):
    """Count the pokes that lie exactly along the gradient of an earlier one, or against it."""
    ways = sign * pit.gradient(path)
    count = 0
    for k in range(1, len(path)):
        step = path[k] - path[:k]
        along = (step * ways[:k]).sum(axis=1)
        across = np.abs(step[:, 0] * ways[:k, 1] - step[:, 1] * ways[:k, 0])
        moved = np.hypot(*step.T) > 1e-5
        count += bool(np.any(moved & (along > 0) & (across < 1e-6 * along)))
    return count


def _climbs(kind):
    def recognises(functions):
        lost = _lost(functions, kind)[:20]
        up = [_steps_along(pit, s.path, 1.0) for pit, s in lost]
        down = [_steps_along(pit, s.path, -1.0) for pit, s in lost]
        return bool(lost) and sum(up) > 2 * sum(down) + len(lost)

    return recognises


def _rests_elsewhere(kind, near, far):
    """Tell whether lost games end at a standstill between so near and so far from the place."""

    def recognises(functions):
        lost = _lost(functions, kind)
        still = []
        for pit, search in lost:
            best = search.path[search.depths.argmin()]
            gap = np.hypot(*(best - pit.minimum))
            # ripples are as steep as hollows, and a metre shorter
            H = pit.hessian(best)
            rest = np.hypot(*np.linalg.solve(H, pit.gradient(best))) < 0.15
            still.append(near < gap < far and rest)
        return bool(lost) and np.mean(still) > 0.5

    return recognises


def _leaves_holes(functions):
    lost = _lost(functions, "well")
    holes = [np.hypot(*(s.path - pit.minimum).T).min() > 0.2 for pit, s in lost]
    return bool(lost) and np.mean(holes) > 0.5


TRAPPED = Misconception(
    "stuck in the first hollow",
    "Downhill leads into the hollow that you happen to stand over, and each of the four has a "
    "bottom. Poke all over the box first, and walk down from the deepest of these places, or from "
    "several.",
    _rests_elsewhere("several", 0.5, 9.0),
)
RIPPLE = Misconception(
    "stuck on a ripple",
    "The slope under the stick is that of the nearest ripple, and every ripple has a bottom of its "
    "own. Look at depths some way apart, or begin again from several places.",
    _rests_elsewhere("rough", 0.15, 2.0),
)
HOLES = Misconception(
    "the net has holes",
    "Nothing outside the well says where it is: a search has to come by. Lay the pokes so close "
    "that no well fits between them, and only then walk down.",
    _leaves_holes,
)


def _habits(kind, *own):
    same = [
        Misconception(m.name, m.advice.replace("its 25 pokes", "its pokes"), tell(kind))
        for m, tell in ((UPHILL, _climbs), (DEAF, _deaf), (QUITS, _quits))
    ]
    return (*same, *own)


PROPERTIES = []
for _kind, _words, _own in (
    ("several", "four hollows", TRAPPED),
    ("rough", "a rough floor", RIPPLE),
    ("well", "a deep narrow well", HOLES),
):
    _runs = f"{_words}: the strategy pokes, and stays in the box"
    PROPERTIES += [
        Property(
            _runs,
            runs,
            [(_kind, Sandpit(seed, kind=_kind)) for seed in range(5)],
            arguments=("kind", "pit"),
        ),
        Property(
            f"{_words}: found in {BARS[_kind].share:.0%} of {BARS[_kind].pits} pits, "
            f"with {BARS[_kind].pokes} pokes",
            wins,
            [(_kind,)],
            needs=(_runs,),
            misconceptions=_habits(_kind, _own),
            arguments=("kind",),
        ),
    ]


def check_sandpit_part_2(*, several=None, rough=None, well=None):
    """Check a strategy for each of three kinds of pit, over many seeded pits.

    Parameters
    ----------
    several, rough, well : callable
        ``strategy(poke)`` searches a pit: ``poke(x)`` returns the depth at the point x and the
        gradient of the depth there. They may be one and the same function.

    Returns
    -------
    Report
        What held and what did not, with the share of the pits won.

    Examples
    --------
    >>> check_sandpit_part_2(several=lambda poke: None).passed
    False
    """
    functions = {"several": several, "rough": rough, "well": well}
    return run("several, rough, well", functions, PROPERTIES, ())

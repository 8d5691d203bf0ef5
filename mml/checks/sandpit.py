"""The check of the sandpit lab: ``gradient(x)`` of the printed pit, and ``strategy(poke)``."""

from functools import cache

import numpy as np
from hypothesis import strategies as st

from mml.checks._guard import Mismatch, as_array, compare, show
from mml.checks._report import Misconception, Property, run
from mml.multivariate_calculus.sandpit import Ground, Sandpit, play

__all__ = ["check_sandpit"]

PITS = 1000
SHARE = 0.95  # of the pits
POKES = 25
F = Ground((4.1, 0.9), ((1.5, 3.7, 30.0, 2.8),))  # the formula on the page, before it is scaled
TOLERANCE = 1e-5  # in units of the largest slope: central differences pass


@cache
def pits():
    """Return the seeded pits, dealt once."""
    return tuple(Sandpit(seed) for seed in range(PITS))


# What the properties measure.


def slope_of(functions, x):
    """Return the reader's gradient."""
    return as_array(functions.gradient(np.array(x)), (2,), "two numbers, the slopes by x and by y")


def game(functions, pit):
    """Return what becomes of the reader's strategy in a pit."""
    try:
        return play(functions.strategy, pit, pokes=POKES)
    except Mismatch as mismatch:
        if "inside the box" in mismatch.got:
            mismatch.misconception = OUTSIDE
        raise


# The properties.


def gives_two_numbers(functions, x):
    slope_of(functions, x)


def is_the_slope(functions, x):
    wanted = F.gradient(np.array(x))
    compare(slope_of(functions, x), wanted, TOLERANCE * 30, words=("", ""))


def runs(functions, pit):
    search = game(functions, pit)
    if not search.pokes:
        raise Mismatch(
            "at least one poke", "none: does the function call poke(x)?", misconception=NO_POKE
        )


def wins(functions, pit):
    search = game(functions, pit)
    if not search.won:
        gap = np.hypot(*(search.path - pit.minimum).T).min()
        raise Mismatch(
            f"a poke within 0.15 m of the lowest point, {show(pit.minimum.round(2))},\n"
            f"in {POKES} pokes",
            f"{search.pokes} pokes, the nearest {gap:.2f} m away; the last five\n"
            + show(search.path[-5:].round(2)),
        )


def wins_nearly_always(functions):
    searches = ((pit, game(functions, pit)) for pit in pits())
    lost = [(pit, search) for pit, search in searches if not search.won]
    won = PITS - len(lost)
    if won < SHARE * PITS:
        pit, search = lost[0]  # as it was played: a strategy may draw at random
        gap = np.hypot(*(search.path - pit.minimum).T).min()
        raise Mismatch(
            f"the lowest point found in at least {SHARE:.0%} of {PITS} pits",
            f"it in {won} of {PITS} pits, {won / PITS:.1%}. Not in {pit}: there the\n"
            f"nearest of {search.pokes} pokes is {gap:.2f} m away; the last five are\n"
            + show(search.path[-5:].round(2)),
        )


# The misconceptions.

POINTS = [np.array(p) for p in ((1.0, 3.0), (2.5, 4.5), (0.7, 2.2), (5.0, 1.0))]


def _bell(x):
    """Return the hollow's 30 exp(...) at x, and the way from its centre."""
    away = x - np.array([1.5, 3.7])
    return 30 * np.exp(-(away @ away) / 2.8), away


def _hill(x):
    return -2 * (x - np.array([4.1, 0.9]))


def _hollow(x):
    """Return the hollow's slope at x."""
    bell, away = _bell(x)
    return 2 * bell * away / 2.8


def _like(*models):
    """Return a recogniser of gradients that give what one of the models gives."""

    def recognises(functions):
        got = [slope_of(functions, x) for x in POINTS]
        return any(np.allclose(got, [m(x) for x in POINTS], atol=1e-4) for m in models)

    return recognises


def _searches(functions):
    """Return the searches in a few pits, whatever becomes of them."""
    return [game(functions, pit) for pit in pits()[:20]]


def _climbs(functions):
    ends = [(s.depths[0], s.depths[min(4, s.pokes - 1)]) for s in _searches(functions)]
    return np.mean([last > first for first, last in ends]) > 0.7


def _gives_up(functions):
    lost = [s for s in _searches(functions) if not s.won]
    return bool(lost) and all(s.pokes < POKES for s in lost)


def _does_not_listen(functions):
    paths = [s.path for s in _searches(functions) if not s.won]
    return len(paths) > 1 and all(np.array_equal(path, paths[0]) for path in paths)


def _steps(search):
    return np.linalg.norm(np.diff(search.path, axis=0), axis=1)


def _always_the_same_step(functions):
    lost = [s for s in _searches(functions) if not s.won]
    # where the edge cuts a step short, it is the middle that counts
    return bool(lost) and all(
        np.mean(np.isclose(_steps(s), np.median(_steps(s)), rtol=1e-6)) > 0.7 for s in lost
    )


def _creeps(functions):
    lost = [s for s in _searches(functions) if not s.won]
    falling = [np.diff(s.depths).max() <= 0 for s in lost]
    return bool(lost) and np.mean(falling) > 0.7


def _jumps_about(functions):
    lost = [s for s in _searches(functions) if not s.won and s.pokes > 6]
    turns = []
    for search in lost:
        way = np.diff(search.path, axis=0)
        turns.append(np.mean((way[1:] * way[:-1]).sum(axis=1) < 0))
    return bool(lost) and np.mean(turns) > 0.5


SIGN = Misconception(
    "the sign of the slope",
    "The gradient points uphill. f falls where it is positive the other way: differentiate f "
    "itself, with its two minus signs, and turn round only when you walk.",
    _like(lambda x: -F.gradient(x)),
)
INNER = Misconception(
    "the inner derivative is missing",
    "By the chain rule exp(u) has the slope exp(u) times the slope of u, and here u is "
    "-((x - 1.5)² + (y - 3.7)²)/2.8: its slope by x is -2 (x - 1.5)/2.8.",
    _like(
        lambda x: _hill(x) - _bell(x)[0],
        lambda x: _hill(x) + _bell(x)[0],
        lambda x: _hill(x) + 2 * _bell(x)[0] * _bell(x)[1],
        lambda x: _hill(x) + _bell(x)[0] * _bell(x)[1],
    ),
)
BELL = Misconception(
    "the bell's derivative is forgotten",
    "The exponential does not go away when it is differentiated: the slope of 30 exp(u) is "
    "30 exp(u) times the slope of u. All three factors stay.",
    _like(
        lambda x: _hill(x) + 2 * 30 * _bell(x)[1] / 2.8,
        lambda x: _hill(x) + 2 * _bell(x)[1] / 2.8,
        lambda x: _hill(x) + _hollow(x) / 30,
    ),
)
TWO = Misconception(
    "a factor 2 is missing",
    "The slope of (x - c)² is 2 (x - c), in the hill and in the exponent.",
    _like(
        lambda x: _hill(x) / 2 + _hollow(x) / 2,
        lambda x: _hill(x) + _hollow(x) / 2,
        lambda x: _hill(x) / 2 + _hollow(x),
        lambda x: _hill(x) - _hollow(x) / 2,
    ),
)
MINUS = Misconception(
    "a minus of the exponent is lost",
    "The hollow is -30 exp(-(...)/2.8): its slope has two minus signs, and they cancel.",
    _like(lambda x: _hill(x) - _hollow(x)),
)
ONE_SIGN = Misconception(
    "the sign of one term",
    "The hill's terms keep their minus, -2 (x - 4.1) and -2 (y - 0.9); the hollow's have two, and "
    "they cancel. One of yours has turned round.",
    _like(
        lambda x: -_hill(x) + _hollow(x),
        *(
            lambda x, turn=turn: _hill(x) * turn + _hollow(x)
            for turn in (np.array([-1, 1]), np.array([1, -1]))
        ),
        *(
            lambda x, turn=turn: _hill(x) + _hollow(x) * turn
            for turn in (np.array([-1, 1]), np.array([1, -1]))
        ),
    ),
)
SWAPPED = Misconception(
    "x and y are swapped",
    "The first number is the slope by x, with y held fixed, the second the slope by y.",
    _like(lambda x: F.gradient(x)[::-1], lambda x: F.gradient(x[::-1])),
)
HALF = Misconception(
    "one of the two parts is missing",
    "f is a hill and a hollow added up, so its slope is the sum of two slopes.",
    _like(_hill, lambda x: F.gradient(x) - _hill(x)),
)
SCALED = Misconception(
    "the slope of the depth",
    "That is the slope of the pit's depth in metres. Here f is meant, as it is printed: the depth "
    "is f, stretched and shifted.",
    _like(lambda x: pit_of_the_page().gradient(x)),
)


@cache
def pit_of_the_page():
    """Return the pit of the page."""
    return Sandpit()


OUTSIDE = Misconception(
    "pokes outside the box",
    "A step may lead over the edge. Cut each coordinate back to the range from 0 to 6, with "
    "np.clip(x, 0, 6), before you poke.",
)
NO_POKE = Misconception(
    "never pokes",
    "The function is given poke; call it with a point, and it says how deep it is there.",
)
UPHILL = Misconception(
    "walks uphill",
    "The gradient points where it rises fastest. Subtract it.",
    _climbs,
)
DEAF = Misconception(
    "does not listen",
    "The pokes are the same in every pit. Let the next one depend on what the last one said.",
    _does_not_listen,
)
QUITS = Misconception(
    "gives up early",
    "The search ended before its 25 pokes were spent and before it had found the place. Let the "
    "loop run: the game ends it.",
    _gives_up,
)
SAME_STEP = Misconception(
    "a step of fixed length",
    "Steps of one length walk to the hollow and then over it and back, for ever. Make the step "
    "shorter when a step has led uphill.",
    _always_the_same_step,
)
TIMID = Misconception(
    "steps that are too short",
    "Every step leads down, and the pokes run out on the way. Begin with longer steps, and shorten "
    "them only when one has led uphill.",
    _creeps,
)
WILD = Misconception(
    "steps that are too long",
    "The search jumps over the hollow and back. Go back to the better of two places, and halve "
    "the step.",
    _jumps_about,
)

points = st.tuples(
    st.tuples(*[st.integers(0, 60).map(lambda k: k / 10)] * 2).map(lambda p: np.array(p))
)
SLOPES = (SIGN, INNER, BELL, TWO, MINUS, ONE_SIGN, SWAPPED, HALF, SCALED)
HABITS = (UPHILL, DEAF, QUITS, SAME_STEP, TIMID, WILD)

PROPERTIES = [
    Property("the gradient is two numbers", gives_two_numbers, points, arguments=("x",)),
    Property(
        "the gradient is right at every point",
        is_the_slope,
        points,
        needs=("the gradient is two numbers",),
        misconceptions=SLOPES,
        arguments=("x",),
    ),
    Property(
        "the strategy pokes, and stays in the box",
        runs,
        [(Sandpit(),), *((Sandpit(seed),) for seed in range(20))],
        arguments=("pit",),
    ),
    Property(
        "the strategy finds the lowest point of the pit of the page",
        wins,
        [(Sandpit(),)],
        needs=("the strategy pokes, and stays in the box",),
        misconceptions=HABITS,
        arguments=("pit",),
    ),
    Property(
        f"it finds the lowest point in {SHARE:.0%} of {PITS} other pits",
        wins_nearly_always,
        [()],
        needs=("the strategy pokes, and stays in the box",),
        misconceptions=HABITS,
    ),
]


def check_sandpit(*, gradient=None, strategy=None):
    """Check the slope of the pit of the page, and a strategy over a thousand pits.

    Parameters
    ----------
    gradient : callable
        ``gradient(x)`` with x of shape (2,) returns the slopes of f by x and by y, shape (2,).
    strategy : callable
        ``strategy(poke)`` searches a pit: ``poke(x)`` returns the depth at the point x and the
        gradient of the depth there.

    Returns
    -------
    Report
        What held and what did not, with the smallest counterexample.

    Examples
    --------
    >>> report = check_sandpit(gradient=lambda x: (x[0], x[1]), strategy=lambda poke: None)
    >>> report.passed
    False
    """
    functions = {"gradient": gradient, "strategy": strategy}
    return run("gradient(x), strategy(poke)", functions, PROPERTIES, ())

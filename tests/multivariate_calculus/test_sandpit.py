"""The sandpits: closed forms, the course's pit, and one lowest point in every pit."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from mml.multivariate_calculus import Sandpit, gradient, hessian, play
from mml.multivariate_calculus import sandpit as module

KINDS = ("single", "several", "rough", "well")
fixed = settings(derandomize=True, deadline=None, max_examples=40)
pits = st.builds(Sandpit, st.integers(0, 10**9), kind=st.sampled_from(KINDS))
coordinate = st.floats(0, 6)


def fine_grid(step=0.01):
    ticks = np.arange(0, 6 + step / 2, step)
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)


def local_minima(pit):
    """Return the local minima inside the box that a grid of 2.5 cm shows, polished."""
    d = pit.depth(module.GRID)
    inner = d[1:-1, 1:-1]
    n = len(inner)
    near = [
        d[1 + i : 1 + i + n, 1 + j : 1 + j + n] for i, j in itertools.product((-1, 0, 1), repeat=2)
    ]
    found = module.GRID[1:-1, 1:-1][np.all([inner <= other for other in near], axis=0)]
    return np.array([module._newton(pit._ground, x) for x in found])


# --- the course's pit ---------------------------------------------------------------


def course(x, y):
    return -((x - 4.1) ** 2 + (y - 0.9) ** 2) - 30 * np.exp(
        -((x - 1.5) ** 2 + (y - 3.7) ** 2) / 2.8
    )


def test_the_default_is_the_course_s_pit():
    pit = Sandpit()
    assert_allclose(pit.minimum, [1.2128, 4.0093], atol=5e-5)
    x = np.random.default_rng(0).uniform(0, 6, (50, 2))
    f, d = course(*x.T), pit.depth(x)
    slope, shift = np.polyfit(f, d, 1)
    assert slope > 0  # the deep places are the low values of f
    assert_allclose(d, slope * f + shift, atol=1e-12)


@pytest.mark.parametrize(
    ("seed", "kind"), [(None, "single"), *((s, k) for k in KINDS for s in (0, 7))]
)
def test_top_and_bottom(seed, kind):
    pit = Sandpit(seed, kind=kind)
    d = pit.depth(fine_grid())
    assert d.min() >= -9
    assert_allclose(d.min(), -9, atol=0.05)
    assert d.max() <= -1
    assert_allclose(d.max(), -1, atol=0.05)
    assert pit.depth(pit.minimum) == pytest.approx(-9, abs=1e-12)


# --- closed forms -------------------------------------------------------------------


@fixed
@given(pits, coordinate, coordinate)
def test_closed_forms_agree_with_automatic_differentiation(pit, x, y):
    g, H = pit.gradient([x, y]), pit.hessian([x, y])
    assert_allclose(gradient(pit.depth, [x, y]), g, rtol=1e-10, atol=1e-10)
    assert_allclose(hessian(pit.depth, [x, y]), H, rtol=1e-10, atol=1e-8)
    assert_array_equal(H, H.T)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3)])
def test_many_points_at_once(kind, shape):
    pit = Sandpit(3, kind=kind)
    x = np.random.default_rng(1).uniform(0, 6, (*shape, 2))
    depth, slope, curve = pit.depth(x), pit.gradient(x), pit.hessian(x)
    assert np.shape(depth) == shape
    assert slope.shape == (*shape, 2)
    assert curve.shape == (*shape, 2, 2)
    for i in np.ndindex(shape):
        assert_allclose(np.asarray(depth)[i], pit.depth(x[i]), rtol=1e-13)
        assert_allclose(slope[i], pit.gradient(x[i]), rtol=1e-12, atol=1e-12)
        assert_allclose(curve[i], pit.hessian(x[i]), rtol=1e-12, atol=1e-12)


# --- one lowest point ---------------------------------------------------------------


@fixed
@given(pits)
def test_the_minimum_is_inside_flat_and_convex(pit):
    assert pit.minimum.min() > 0.3
    assert pit.minimum.max() < 5.7
    curvature = np.linalg.eigvalsh(pit.hessian(pit.minimum)).min()
    assert curvature > 0
    assert np.linalg.norm(pit.gradient(pit.minimum)) < 1e-10 * curvature


@fixed
@given(pits)
def test_nothing_else_is_as_low(pit):
    """Outside a disc of 13 cm (half a metre where there is one hollow) all is higher."""
    radius = {"single": 0.5, "several": 0.3}.get(pit.kind, 0.13)
    grid = fine_grid(0.02)
    far = np.hypot(*(grid - pit.minimum).transpose(2, 0, 1)) > radius
    assert pit.depth(grid)[far].min() > -8.98


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [("single", 1, 1), ("several", 4, 4), ("rough", 8, 99), ("well", 2, 2)],
)
def test_how_many_minima(kind, least, most):
    for seed in range(25):
        found = local_minima(Sandpit(seed, kind=kind))
        distinct = {tuple(x) for x in found.round(6)}
        assert least <= len(distinct) <= most, (kind, seed, found)


def test_the_bound_between_grid_points_is_one():
    rng = np.random.default_rng(5)
    for kind in KINDS:
        pit = Sandpit(1, kind=kind)
        bound = module._lower_bound(pit._ground)
        x = rng.uniform(0, 6, (20_000, 2))
        i, j = np.minimum((x / module.STEP).astype(int), len(bound) - 2).T
        least = np.min([bound[i + a, j + b] for a in (0, 1) for b in (0, 1)], axis=0)
        assert (pit._ground.height(x) >= least).all()


def test_a_pit_without_a_lowest_point_of_its_own_is_not_dealt():
    twins = module.Ground((3.0, 3.0), ((1.5, 3.0, 30.0, 1.0), (4.5, 3.0, 30.0, 1.0)))
    lowest, highest = module._survey(twins)
    assert not module._has_one_lowest_point(twins, lowest, highest, 0.3, 0.01)
    slope = module.Ground((1.0, 1.0), ((3.0, 3.0, 5.0, 1.0),))  # the far corner is lower
    lowest, highest = module._newton(slope, [3.0, 3.0]), module._newton(slope, [1.0, 1.0])
    assert not module._has_one_lowest_point(slope, lowest, highest, 0.3, 0.01)


# --- seeds, and what is refused -----------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_seeds_repeat_and_differ(kind):
    a, b, c = Sandpit(4, kind=kind), Sandpit(4, kind=kind), Sandpit(5, kind=kind)
    assert_array_equal(a.minimum, b.minimum)
    assert a.depth([1, 2]) == b.depth([1, 2])
    assert a.depth([1, 2]) != c.depth([1, 2])


def test_without_a_seed_a_kind_is_its_pit_number_0():
    assert_array_equal(Sandpit(kind="well").minimum, Sandpit(0, kind="well").minimum)


def test_repr():
    assert [repr(p) for p in (Sandpit(), Sandpit(2), Sandpit(kind="rough"))] == [
        "Sandpit()",
        "Sandpit(2)",
        "Sandpit(kind='rough')",
    ]


@pytest.mark.parametrize("seed", [-1, 1.5, "a"])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="seed"):
        Sandpit(seed)


def test_bad_kind():
    with pytest.raises(ValueError, match="kind must be one of single, several"):
        Sandpit(1, kind="deep")


@pytest.mark.parametrize("x", [[1, 2, 3], 4.0, [[1], [2]], [np.nan, 1], []])
@pytest.mark.parametrize("method", ["depth", "gradient", "hessian"])
def test_bad_points(x, method):
    with pytest.raises(ValueError, match="x must"):
        getattr(Sandpit(), method)(x)


def test_the_minimum_cannot_be_moved():
    with pytest.raises(ValueError, match="read-only"):
        Sandpit().minimum[0] = 3


def test_whole_numbers_and_lists():
    pit = Sandpit()
    assert isinstance(pit.depth([3, 3]), float)
    assert pit.depth(np.array([3, 3])) == pit.depth([3.0, 3.0])
    assert_array_equal(pit.gradient((3, 3)), pit.gradient([3.0, 3.0]))


# --- the game -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["single", "several", "rough", "well"])
def test_a_poke_tells_what_the_pit_says(kind):
    pit = Sandpit(3, kind=kind)
    told = []

    def strategy(poke):
        for x in ([0, 0], [6, 6], [2.5, 4.25]):
            told.append((x, *poke(x)))

    game = play(strategy, pit)
    assert not game.won
    assert game.pokes == 3
    for (x, depth, slope), on_path, seen in zip(told, game.path, game.depths, strict=True):
        assert_array_equal(on_path, x)
        assert_allclose([depth, seen], pit.depth(x), rtol=1e-12)
        assert_allclose(slope, pit.gradient(x), rtol=1e-11, atol=1e-11)


def test_a_game_ends_when_it_is_won_or_the_pokes_are_spent():
    pit = Sandpit()
    near, far = (pit.minimum + np.array([gap, 0]) for gap in (0.149, 0.151))
    after = []

    def strategy(poke):
        poke(far)
        poke(near)
        after.append("not reached")

    game = play(strategy, pit)
    assert game.won
    assert game.pokes == 2
    assert not after

    def for_ever(poke):
        while True:
            poke([5, 5])

    game = play(for_ever, pit, pokes=7)
    assert not game.won
    assert game.pokes == 7


def test_the_slope_can_be_kept_back():
    told = []
    play(lambda poke: told.append(poke([1, 1])), Sandpit(), slope=False)
    assert told == [pytest.approx(Sandpit().depth([1, 1]))]


@pytest.mark.parametrize(
    ("x", "words"),
    [([6.5, 1], "inside the box"), ([-0.1, 1], "inside the box"), ([1, 2, 3], r"a point \(x, y\)")],
)
def test_a_poke_beside_the_pit_is_refused(x, words):
    with pytest.raises(ValueError, match=words):
        play(lambda poke: poke(x), Sandpit())


def test_a_game_needs_a_poke():
    with pytest.raises(ValueError, match="pokes must be at least 1"):
        play(lambda poke: None, Sandpit(), pokes=0)

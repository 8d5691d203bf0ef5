r"""Chapter 7: sandpits, seeded grounds of 6 m by 6 m with one lowest point.

A pit is a smooth ground with a closed form for its gradient and its Hessian,

.. math:: f(x, y) = -(x - a)^2 - (y - b)^2 - \sum_i A_i\, e^{-\lVert (x, y) - c_i\rVert^2 / w_i}
          + \sum_j r_j \cos(k_j \cdot (x, y) + \varphi_j) ,

a hill with its top near (a, b), hollows, and ripples; the depth is f, shifted and stretched
so that it is -1 m at the highest and -9 m at the lowest point of the box.
"""

import contextlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from mml._validation import as_array, as_count
from mml.multivariate_calculus.autodiff import Traced

SIZE = 6.0  # metres: the box is 0 ≤ x, y ≤ SIZE
TOP, BOTTOM = -1.0, -9.0  # metres
KINDS = ("single", "several", "rough", "well")


class Sandpit:
    r"""A sandpit: depth, gradient and Hessian at every point, and where it is lowest.

    Parameters
    ----------
    seed : int, optional
        Which pit of the kind. Without one, the kind "single" is the pit of the course,

        .. math:: f = -\bigl((x - 4.1)^2 + (y - 0.9)^2\bigr)
                  - 30\, e^{-((x - 1.5)^2 + (y - 3.7)^2)/2.8} ,

        and each other kind is its pit number 0.
    kind : {"single", "several", "rough", "well"}
        "single": one hollow and no other local minimum inside the box; a corner may be low.
        "several": four hollows at least 1.4 m apart, each a trap but the deepest.
        "rough": one hollow whose floor carries ripples 0.6 m to 0.9 m long.
        "well": a wide hollow and, elsewhere, a deeper well about half a metre wide.

    Attributes
    ----------
    minimum : ndarray, shape (2,)
        The lowest point of the box, in metres, to about 1e-12.
    seed : int or None
        As given.
    kind : str
        As given.

    Raises
    ------
    ValueError
        If `seed` is no whole number ≥ 0 or `kind` is none of the four.

    Notes
    -----
    The lowest point is unique and inside the box. In a pit of the kind "single" there is no
    other local minimum inside: where the gradient vanishes the point lies on the line through
    (a, b) and the hollow's centre, and along this line the slope changes from falling to
    rising only once. For every kind, the height outside a small disc round the minimum is
    bounded from below by the values on a grid, less what the curvature allows between two
    grid points, and a pit is dealt again where this bound is not well above the minimum.

    Examples
    --------
    >>> pit = Sandpit()
    >>> pit.minimum.round(4)
    array([1.2128, 4.0093])
    >>> bool(abs(pit.depth(pit.minimum) + 9) < 1e-12)
    True
    >>> pit.gradient([1.5, 3.7]).round(2)  # downhill is the other way: left and up
    array([ 0.9 , -0.97])
    >>> Sandpit(3, kind="well")
    Sandpit(3, kind='well')
    """

    def __init__(self, seed=None, *, kind="single"):
        if seed is not None:
            seed = as_count(seed, "seed")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
        self.seed, self.kind = seed, kind
        if seed is None and kind == "single":
            self._ground = Ground((4.1, 0.9), ((1.5, 3.7, 30.0, 2.8),))
            self.minimum, highest = _survey(self._ground)
        else:
            self._ground, self.minimum, highest = _deal(seed or 0, kind)
        self.minimum.flags.writeable = False
        self._low = float(self._ground.height(self.minimum))
        self._scale = (TOP - BOTTOM) / float(self._ground.height(highest) - self._low)

    def depth(self, x):
        """Return the depth at a point, or at many.

        Parameters
        ----------
        x : array_like, shape (..., 2)
            Points, in metres.

        Returns
        -------
        float or ndarray, shape (...)
            Depths in metres, negative below the rim: -1 at the top, -9 at the lowest point.
        """
        depth = BOTTOM + self._scale * (self._ground.height(_as_points(x)) - self._low)
        return float(depth) if isinstance(depth, np.float64) else depth

    def gradient(self, x):
        """Return the gradient of the depth: it points uphill.

        Parameters
        ----------
        x : array_like, shape (..., 2)
            Points, in metres.

        Returns
        -------
        ndarray, shape (..., 2)
            Slopes by x and by y, in metres per metre.
        """
        return self._scale * self._ground.gradient(_as_points(x))

    def hessian(self, x):
        """Return the Hessian of the depth.

        Parameters
        ----------
        x : array_like, shape (..., 2)
            Points, in metres.

        Returns
        -------
        ndarray, shape (..., 2, 2)
            Second derivatives, per metre.
        """
        return self._scale * self._ground.hessian(_as_points(x))

    def __repr__(self):
        seed = "" if self.seed is None else repr(self.seed)
        kind = "" if self.kind == "single" else f"kind={self.kind!r}"
        return f"Sandpit({', '.join(filter(None, (seed, kind)))})"


def _as_points(x):
    """Return points of shape (..., 2), or what automatic differentiation sends through."""
    points = x if isinstance(x, Traced) else as_array(x, "x")
    if not points.ndim or points.shape[-1] != 2:
        raise ValueError(f"x must hold points (x, y), shape (..., 2), got shape {points.shape}")
    return points


# --- the ground -----------------------------------------------------------------------


@dataclass(frozen=True)
class Ground:
    """A hill, hollows and ripples; heights in units of their own.

    Attributes
    ----------
    hill : tuple (a, b)
        Where the paraboloid has its top.
    hollows : tuple of (x, y, A, w)
        Centre, depth and width of each hollow.
    ripples : tuple of (p, q, r, phase)
        Wave numbers along x and y, amplitude and phase of each ripple.
    """

    hill: tuple
    hollows: tuple
    ripples: tuple = ()

    def __post_init__(self):
        for name in ("hill", "hollows", "ripples"):  # plain floats: quick one by one
            rows = np.asarray(getattr(self, name), dtype=float).tolist()
            plain = tuple(rows if name == "hill" else map(tuple, rows))
            object.__setattr__(self, name, plain)

    def height(self, points):
        """Return f at points (..., 2)."""
        x, y = points[..., 0], points[..., 1]
        f = -((x - self.hill[0]) ** 2) - (y - self.hill[1]) ** 2
        for a, b, A, w in self.hollows:
            f = f - A * np.exp(-((x - a) ** 2 + (y - b) ** 2) / w)
        for p, q, r, phase in self.ripples:
            f = f + r * np.cos(p * x + q * y + phase)
        return f

    def gradient(self, points):
        """Return the gradient of f, shape (..., 2)."""
        g = -2 * (points - self.hill)
        for a, b, A, w in self.hollows:
            away = points - (a, b)
            bell = A * np.exp(-(away**2).sum(axis=-1) / w)
            g = g + (2 / w) * bell[..., None] * away
        for p, q, r, phase in self.ripples:
            wave = np.array([p, q])
            g = g - r * np.sin(points @ wave + phase)[..., None] * wave
        return g

    def at(self, x, y):
        """Return f and its two slopes at one point: plain numbers, for a game's many pokes."""
        dx, dy = x - self.hill[0], y - self.hill[1]
        f, fx, fy = -dx * dx - dy * dy, -2 * dx, -2 * dy
        for a, b, A, w in self.hollows:
            dx, dy = x - a, y - b
            bell = A * math.exp(-(dx * dx + dy * dy) / w)
            f, fx, fy = f - bell, fx + 2 * bell * dx / w, fy + 2 * bell * dy / w
        for p, q, r, phase in self.ripples:
            wave = p * x + q * y + phase
            bend = r * math.sin(wave)
            f, fx, fy = f + r * math.cos(wave), fx - bend * p, fy - bend * q
        return f, fx, fy

    def hessian(self, points):
        """Return the Hessian of f, shape (..., 2, 2)."""
        H = -2 * np.eye(2) + np.zeros((*points.shape, 2))
        for a, b, A, w in self.hollows:
            away = points - (a, b)
            bell = A * np.exp(-(away**2).sum(axis=-1) / w)[..., None, None]
            outer = away[..., :, None] * away[..., None, :]
            H = H + (2 / w) * bell * (np.eye(2) - (2 / w) * outer)
        for p, q, r, phase in self.ripples:
            wave = np.array([p, q])
            H = H - r * np.cos(points @ wave + phase)[..., None, None] * np.outer(wave, wave)
        return H


def _on_grid(ground, ticks):
    """Return the height at all pairs of `ticks`: bells and waves are products on a grid."""
    f = np.add.outer(-((ticks - ground.hill[0]) ** 2), -((ticks - ground.hill[1]) ** 2))
    for a, b, A, w in ground.hollows:
        f -= A * np.outer(np.exp(-((ticks - a) ** 2) / w), np.exp(-((ticks - b) ** 2) / w))
    for p, q, r, phase in ground.ripples:
        u, v = p * ticks + phase, q * ticks
        f += r * (np.outer(np.cos(u), np.cos(v)) - np.outer(np.sin(u), np.sin(v)))
    return f


# --- where it is lowest ---------------------------------------------------------------

STEP = 0.025  # of the grid, in metres
TICKS = np.linspace(0, SIZE, round(SIZE / STEP) + 1)
GRID = np.stack(np.meshgrid(TICKS, TICKS, indexing="ij"), axis=-1)
SHARP = 0.5  # a hollow with a smaller w is bounded by its distance, not by its curvature


def _newton(ground, start):
    """Return the critical point of the ground near `start`."""
    x = np.array(start, dtype=float)
    for _ in range(50):
        step = np.linalg.solve(ground.hessian(x), ground.gradient(x))
        x = x - step
        if np.abs(step).max() < 1e-13:
            break
    return x


def _survey(ground):
    """Return the lowest and the highest point, by Newton from the best points of the grid."""
    f = _on_grid(ground, TICKS)
    low, high = (GRID[np.unravel_index(i, f.shape)] for i in (f.argmin(), f.argmax()))
    return _newton(ground, low), _newton(ground, high)


def _lower_bound(ground):
    """Return a bound b for the grid: nowhere in a mesh is f below the least b of its corners.

    A function whose second derivatives along x and y are at most M lies at most
    M · STEP²/8 + M · STEP²/8 below what its four corners interpolate. Sharp hollows would
    make M huge; each is bounded by its value as near as the mesh can come to its centre.
    """
    smooth = Ground(ground.hill, tuple(h for h in ground.hollows if h[3] >= SHARP), ground.ripples)
    curvature = 2 + sum(2 * A / w for _, _, A, w in smooth.hollows)
    curvature += sum(r * (p * p + q * q) for p, q, r, _ in ground.ripples)
    bound = _on_grid(smooth, TICKS) - curvature * STEP**2 / 4
    for a, b, A, w in ground.hollows:
        if w < SHARP:
            near = np.maximum(np.hypot(*(GRID - (a, b)).transpose(2, 0, 1)) - np.sqrt(2) * STEP, 0)
            bound -= A * np.exp(-(near**2) / w)
    return bound


def _has_one_lowest_point(ground, lowest, highest, radius, gap):
    """Tell whether `lowest` is convexly surrounded and below all else by `gap`.

    `gap` is a share of the whole height; both points must be well inside, and the highest
    no lower than the grid.
    """
    places = np.array([lowest, highest])
    low, high = ground.height(places)
    inside = places.min() > 0.3 and places.max() < SIZE - 0.3
    if not inside or _on_grid(ground, TICKS).max() > high:
        return False
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    disc = lowest + radius * np.linspace(0, 1, 8)[:, None, None] * ring
    if np.linalg.eigvalsh(ground.hessian(disc)).min() <= 0:
        return False
    outside = np.hypot(*(GRID - lowest).transpose(2, 0, 1)) > radius - np.sqrt(2) * STEP
    return bool(_lower_bound(ground)[outside].min() > low + gap * (high - low))


# --- the four kinds -------------------------------------------------------------------


@cache
def _deal(seed, kind):
    """Return ground, lowest and highest point of pit `seed`: the first sound one dealt."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    make, radius, gap = {
        "single": (_single, 0.5, 0.02),
        "several": (_several, 0.3, 0.02),
        "rough": (_rough, 0.13, 0.005),
        "well": (_well, 0.11, 0.01),
    }[kind]
    for _ in range(10_000):
        ground = make(rng)
        if ground is None:
            continue
        lowest, highest = _survey(ground)
        if _has_one_lowest_point(ground, lowest, highest, radius, gap):
            return ground, lowest, highest
    raise RuntimeError(f"no sound pit was dealt for seed {seed} and kind {kind!r}")


def _far(points, least):
    """Tell whether all pairs of points are at least so far apart."""
    gaps = np.linalg.norm(points[:, None] - points, axis=-1)
    return gaps[np.triu_indices(len(points), 1)].min() >= least


def _single(rng):
    """Draw a hill and one hollow."""
    places = rng.uniform(0.9, SIZE - 0.9, (2, 2))
    depth, width = rng.uniform(24, 36), rng.uniform(2.2, 3.4)
    if not _far(places, 2.8):
        return None
    return Ground(tuple(places[0]), ((*places[1], depth, width),))


def _several(rng):
    """Draw a hill and four hollows of different depths."""
    places = rng.uniform(0.8, SIZE - 0.8, (5, 2))
    if not _far(places, 1.4):
        return None
    hill, centres = places[0], places[1:]
    # Each hollow has to hold more than the slope of the hill carries away.
    depths, widths = rng.uniform(14, 26, 4), rng.uniform(0.6, 1.1, 4)
    ground = Ground(tuple(hill), tuple(zip(*centres.T, depths, widths, strict=True)))
    floors = np.array([_newton(ground, centre) for centre in centres])
    near = np.linalg.norm(floors - centres, axis=1).max() < 0.5
    return ground if near and np.linalg.eigvalsh(ground.hessian(floors)).min() > 0 else None


def _rough(rng):
    """Draw a pit of the kind "single" and four ripples, in four well-spread directions."""
    plain = _single(rng)
    if plain is None:
        return None
    turn = np.pi / 4 * (np.arange(4) + rng.uniform(-0.4, 0.4, 4))
    waves = 2 * np.pi / rng.uniform(0.6, 0.9, 4) * np.array([np.cos(turn), np.sin(turn)])
    phases = rng.uniform(0, 2 * np.pi, 4)
    ripples = tuple(zip(*waves, [0.7] * 4, phases, strict=True))
    return Ground(plain.hill, plain.hollows, ripples)


def _well(rng):
    """Draw a pit of the kind "single" and a well whose bottom is lower by a third."""
    plain = _single(rng)
    if plain is None:
        return None
    places = np.array([plain.hill, plain.hollows[0][:2], rng.uniform(0.6, SIZE - 0.6, 2)])
    if not _far(places, 1.5):
        return None
    low, high, here = plain.height(np.array([*_survey(plain), places[2]]))
    depth, width = here - low + (high - low) / 3, rng.uniform(0.05, 0.09)
    return Ground(plain.hill, (*plain.hollows, (*places[2], float(depth), width)))


# --- the game -------------------------------------------------------------------------

NEAR = 0.15  # metres: a poke as near as this to the lowest point finds it


@dataclass(frozen=True)
class Game:
    """What became of a search.

    Attributes
    ----------
    won : bool
        Whether a poke came within 0.15 m of the lowest point.
    pokes : int
        How many times was poked, the last one included.
    path : ndarray, shape (pokes, 2)
        Where, in metres.
    depths : ndarray, shape (pokes,)
        How deep it was there, in metres.
    """

    won: bool
    pokes: int
    path: np.ndarray
    depths: np.ndarray


class _Over(BaseException):
    """Ends a strategy from inside: it has found the place, or has no poke left."""


def play(strategy, pit, *, pokes=25, slope=True):
    """Let a strategy search a pit for its lowest point.

    Parameters
    ----------
    strategy : callable
        ``strategy(poke)`` calls ``poke(x)`` with a point x of the box and gets the depth and
        the gradient there, or the depth alone. It need not stop: the game ends it.
    pit : Sandpit
        The pit.
    pokes : int
        How many times it may poke.
    slope : bool
        Whether a poke tells the gradient too.

    Returns
    -------
    Game
        Won where a poke came within 0.15 m of the lowest point.

    Raises
    ------
    ValueError
        If a poke is outside the box, and whatever the strategy raises.

    Examples
    --------
    >>> game = play(lambda poke: [poke((x, 4.0)) for x in (5.0, 3.0, 1.2)], Sandpit())
    >>> game.won, game.pokes
    (True, 3)
    """
    pokes = as_count(pokes, "pokes", low=1)
    path, depths = [], []
    won = False

    def poke(x):
        nonlocal won
        x = as_array(x, "x", ndim=1)
        if x.shape != (2,):
            raise ValueError(f"x must be a point (x, y), got shape {x.shape}")
        if x.min() < 0 or x.max() > SIZE:
            raise ValueError(f"x must be inside the box, 0 to {SIZE:g}, got {x.round(3).tolist()}")
        path.append(x.astype(float))
        f, *slopes = pit._ground.at(*x.tolist())
        depths.append(BOTTOM + pit._scale * (f - pit._low))
        won = math.dist(x, pit.minimum) <= NEAR
        if won or len(path) == pokes:
            raise _Over
        return (depths[-1], pit._scale * np.array(slopes)) if slope else depths[-1]

    with contextlib.suppress(_Over):
        strategy(poke)
    return Game(won, len(path), np.array(path).reshape(-1, 2), np.array(depths))

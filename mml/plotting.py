"""The pictures of the book: one style, and the drawings that several pages share.

Chapters import this module; no algorithm does.
"""

import json
from dataclasses import dataclass
from html import escape
from itertools import cycle, pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib_inline.backend_inline import set_matplotlib_formats

from mml._validation import as_array, as_matrix, as_number, as_square, as_vector, as_vectors

BLUE, ORANGE, GREEN, RED, PURPLE = "#1f6fb2", "#c25e00", "#1d7f4e", "#c2304a", "#7a4fb5"
INK, GREY, PALE = "#222222", "#767676", "#c4c4c4"
COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE)


def use_book_style(dense=False):
    """Set the book's figure style: line art as SVG, or PNG at twice the size if `dense`.

    Figures are dark ink on a transparent ground. Their bytes repeat from build to build
    where SOURCE_DATE_EPOCH is set, as it is when the book is built.

    Parameters
    ----------
    dense : bool
        For images, surfaces and filled contours, which are heavy as SVG.
    """
    if dense:
        set_matplotlib_formats("png")
    else:
        set_matplotlib_formats("svg", "pdf")  # the printed book takes the second
    plt.rcParams.update(
        {
            "svg.hashsalt": "mml",
            "figure.dpi": 144 if dense else 72,
            "figure.figsize": (5.4, 3.4),  # the lettering is read on a phone too
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "none",
            "savefig.bbox": "tight",
            "axes.facecolor": "none",
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.prop_cycle": plt.cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 12,
            "axes.titlecolor": INK,
            "font.size": 12,
            "text.color": INK,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "grid.color": PALE,
            "grid.linewidth": 0.8,
            "lines.linewidth": 2,
            "legend.frameon": False,
        }
    )


def draw_arrow(ax, tip, *, tail=(0, 0), color=BLUE, label=None, offset=(6, 6)):
    """Draw one arrow in the plane, with its label beside the tip."""
    ax.annotate(
        "",
        xy=tip,
        xytext=tail,
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0, "shrinkB": 0},
    )
    if label:
        ax.annotate(label, tip, xytext=offset, textcoords="offset points", color=color)


def set_plane(ax, reach, *, grid=True):
    """Give `ax` equal scales, axes through the origin and a square window of half-width `reach`."""
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    for side in ("left", "bottom"):
        ax.spines[side].set(position="zero", color=GREY, linewidth=0.8)
    step = max(1, round(reach / 3))
    ticks = [t for t in range(-int(reach), int(reach) + 1) if t and t % step == 0]
    ax.set(xticks=ticks, yticks=ticks)
    ax.tick_params(labelsize=9, length=2)
    ax.grid(grid)
    ax.set_axisbelow(True)


def draw_lattice(ax, basis, *, reach):
    """Draw the grid of the plane whose meshes are spanned by the two columns of `basis`.

    The window is square, with half-width `reach`; every grid point is a whole-number
    combination of the two basis vectors.
    """
    basis = as_square(basis, "basis")
    # Whole numbers far enough that the grid fills the window.
    far = int(np.ceil(2 * reach * np.abs(np.linalg.inv(basis)).sum(axis=1).max())) + 1
    steps = np.arange(-far, far + 1)
    for along, across in (basis.T, basis.T[::-1]):
        starts, way = steps[:, None] * across, far * along
        lines = np.stack([starts - way, starts + way], axis=1)
        for line in lines:
            ax.plot(*line.T, color=PALE, lw=0.8, zorder=0)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def plot_pictures(pictures, titles=None, *, columns=None):
    """Show pictures of grey levels from 0 (black) to 1 (white), in rows.

    Parameters
    ----------
    pictures : array_like, shape (k, rows, columns)
        Values outside 0 to 1 are shown as black and white.
    titles : sequence of str, optional
        One for each picture, above it.
    columns : int, optional
        How many pictures a row; all in one row where not given.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing.
    """
    pictures = as_array(pictures, "pictures", ndim=3)
    columns = columns or len(pictures)
    rows = -(-len(pictures) // columns)
    width = min(2.3, 7.2 / columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(width * columns, (width + 0.3) * rows), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    names = titles or [""] * len(pictures)
    for ax, picture, name in zip(axes.flat, pictures, names, strict=False):
        ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
        ax.set_title(name, fontsize=15)  # for narrow screens
    return figure


def plot_map(A, arrows, labels=None, *, reach=None):
    """Draw arrows and the unit square, and beside them what the matrix makes of both.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix.
    arrows : array_like, shape (k, 2)
        One arrow a row.
    labels : sequence of str, optional
        A name for each arrow.
    reach : float, optional
        Half the width of both windows; by default all arrows and images fit.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels, before and after.
    """
    A = as_square(A, "A")
    arrows = as_matrix(arrows, "arrows")
    images = arrows @ A.T
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    if reach is None:
        reach = 1.25 * max(1.2, np.abs(arrows).max(), np.abs(images).max())
    labels = labels or [None] * len(arrows)
    figure, (before, after) = plt.subplots(1, 2, figsize=(7, 3.6))
    for ax, tips, square, title in (
        (before, arrows, corners, "before"),
        (after, images, corners @ A.T, "after"),
    ):
        set_plane(ax, reach)
        ax.fill(*square.T, color=PALE, alpha=0.5, lw=0)
        for tip, label, color in zip(tips, labels, np.resize(COLOURS, len(tips)), strict=True):
            name = label and (label if ax is before else f"A{label}")
            draw_arrow(ax, tip, color=color, label=name)
        ax.set_title(title)
    return figure


def plot_turn(matrices):
    """Draw how far each direction is turned; eigenvectors are where a curve meets zero.

    Parameters
    ----------
    matrices : dict of str to array_like, shape (2, 2)
        Name and matrix of each curve.

    Returns
    -------
    matplotlib.axes.Axes
        Direction of the arrow (degrees) against its turn (degrees, between -90 and 90:
        an arrow that is flipped has kept its line).
    """
    angles = np.linspace(-np.pi / 4, 3 * np.pi / 4, 721)  # every line once
    arrows = np.array([np.cos(angles), np.sin(angles)])
    _, ax = plt.subplots()
    for (name, A), style in zip(matrices.items(), ("-", "--", "-.", ":"), strict=False):
        u, v = as_square(A, name) @ arrows
        turn = np.arctan2(arrows[0] * v - arrows[1] * u, arrows[0] * u + arrows[1] * v)
        turn = np.degrees((turn + np.pi / 2) % np.pi - np.pi / 2)
        turn[np.abs(np.diff(turn, append=turn[-1])) > 90] = np.nan  # no line across a jump
        ax.plot(np.degrees(angles), turn, style, label=name)
    ax.axhline(0, color=INK, lw=1)
    ax.set(xlabel="direction of the arrow (degrees)", ylabel="turn (degrees)")
    ax.set(xticks=range(-45, 136, 45), yticks=range(-90, 91, 45))
    ax.grid(True)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return ax


def plot_web(links, names, ranks=None, *, ax=None):
    """Draw a small web on a circle: an arrow a link, a disc a page, its area the rank.

    Parameters
    ----------
    links : array_like, shape (n, n)
        Entry (i, j) is non-zero where page j links to page i.
    names : sequence of str
        One short name a page.
    ranks : array_like, shape (n,), optional
        Areas of the discs, and the percentages written beside the names.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    links = as_square(links, "links")
    n = len(links)
    share = np.full(n, 1 / n) if ranks is None else as_array(ranks, "ranks", ndim=1)
    turn = np.pi / 2 - 2 * np.pi * np.arange(n) / n
    places = np.column_stack([np.cos(turn), np.sin(turn)])
    radii = 0.5 * np.sqrt(share)
    if ax is None:
        _, ax = plt.subplots(figsize=(4.4, 4.2))
    for i, j in np.argwhere(links):
        if i == j:
            continue
        way = places[i] - places[j]
        unit = way / np.linalg.norm(way)
        ax.annotate(
            "",
            xy=places[i] - (radii[i] + 0.03) * unit,
            xytext=places[j] + radii[j] * unit,
            arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 1.4,
                        "connectionstyle": "arc3,rad=0.12", "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
    for place, radius, name, value in zip(places, radii, names, share, strict=True):
        ax.add_patch(plt.Circle(place, radius, color=BLUE, alpha=0.25, lw=0))
        text = name if ranks is None else f"{name}\n{100 * value:.0f} %"
        ax.annotate(text, place, ha="center", va="center")
    ax.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45), aspect="equal")
    ax.axis("off")
    return ax


def plot_lines(equations, window, *, labels=None, ax=None):
    """Draw the straight lines a x + b y = c in the plane.

    Parameters
    ----------
    equations : array_like, shape (k, 3)
        The coefficients (a, b, c) of one line a row; a and b are not both zero.
    window : tuple of float
        What is shown: (left, right, bottom, top).
    labels : sequence of str, optional
        A name for each line, for the legend.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    equations = as_matrix(equations, "equations")
    if equations.shape[1] != 3 or not equations[:, :2].any(axis=1).all():
        raise ValueError(
            f"equations must hold rows (a, b, c), a or b not zero, got {equations.tolist()}"
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 3.8))
    styles = zip(cycle(COLOURS), cycle(("-", "--", "-.")), strict=False)
    names = labels or [None] * len(equations)
    for (a, b, c), name, (color, style) in zip(equations, names, styles, strict=False):
        foot = c * np.array([a, b]) / (a * a + b * b)  # the point nearest to the origin
        ax.axline(foot, (foot[0] + b, foot[1] - a), color=color, ls=style, label=name)
    ax.set(xlim=window[:2], ylim=window[2:])
    ax.grid(True)
    if labels:
        ax.legend(fontsize=10)
    return ax


def plot_faces(x, names):
    """Draw the four faces of a vector of two numbers: arrow, list, point, function.

    Parameters
    ----------
    x : array_like, shape (2,)
        The vector, both entries positive.
    names : sequence of str
        What the two numbers count.

    Returns
    -------
    matplotlib.figure.Figure
        Four panels.
    """
    x = as_array(x, "x", ndim=1)
    if x.shape != (2,) or x.min() <= 0:
        raise ValueError(f"x must be two positive numbers, got {x.tolist()}")
    reach = 1.35 * x.max()
    figure, ((arrow, listed), (point, function)) = plt.subplots(2, 2, figsize=(6.2, 5.6))
    set_plane(arrow, reach)
    arrow.set(xlim=(-0.3 * reach, reach), ylim=(-0.3 * reach, reach), title="an arrow")
    draw_arrow(arrow, x)
    listed.set(title="a list", xlim=(0, 1), ylim=(0, 1))
    listed.axis("off")
    for place, value, name in zip((0.62, 0.3), x, names, strict=True):
        listed.text(0.32, place, f"{value:g}", fontsize=26, color=BLUE, ha="center")
        listed.text(0.48, place + 0.02, name)
    point.plot(*x, "o", color=BLUE, ms=9)
    point.set(title="a point", xlabel=names[0], ylabel=names[1])
    point.set(xlim=(0, reach), ylim=(0, reach), aspect="equal")
    point.grid(True)
    function.bar(names, x, color=BLUE, width=0.5)
    function.set(title="a function", ylim=(0, reach), ylabel="how many")
    return figure


def plot_walk(A, weights, *, names):
    """Draw the columns of a matrix, and the walk along them, each taken so many times.

    Parameters
    ----------
    A : array_like, shape (2, k)
        The arrows, as columns.
    weights : array_like, shape (k,)
        How many times each is walked. The walk ends at A times the weights.
    names : str
        Two letters, that of the columns and that of the weights.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels, the columns and the walk, tip to tail.
    """
    A, weights = as_matrix(A, "A"), as_array(weights, "weights", ndim=1)
    if A.shape != (2, len(weights)):
        raise ValueError(f"A must have shape (2, {len(weights)}), got {A.shape}")
    column, weight = names
    stops = np.column_stack([np.zeros(2), np.cumsum(A * weights, axis=1)])
    points = np.column_stack([A, stops])
    room = 0.25 * np.ptp(points, axis=1).max()
    figure, (columns, walk) = plt.subplots(1, 2, figsize=(5.4, 2.8))
    for ax in (columns, walk):
        set_plane(ax, np.abs(points).max() + room)
        ax.set(xlim=(points[0].min() - room, points[0].max() + room))
        ax.set(ylim=(points[1].min() - room, points[1].max() + room))
    for j, color in enumerate(np.resize(COLOURS, len(weights))):
        name = f"${column}_{j + 1}$"
        draw_arrow(columns, A[:, j], color=color, label=name)
        tail, tip = stops[:, j], stops[:, j + 1]
        draw_arrow(walk, tip, tail=tail, color=color)
        side = (tip - tail)[::-1] * [1, -1] / (np.linalg.norm(tip - tail) or 1)  # its right hand
        walk.annotate(
            f"${weight}_{j + 1}$ {name}",
            (tail + tip) / 2,
            xytext=side * [22, 14],
            textcoords="offset points",
            color=color,
            ha="center",
            va="center",
        )
    return figure


def plot_two_grids(basis, coordinates, window):
    """Draw one point and two grids over it: ours, and that of a basis with its two arrows.

    Parameters
    ----------
    basis : array_like, shape (2, 2)
        The two basis vectors, as columns.
    coordinates : array_like, shape (2,)
        The point in this basis. A dotted path leads to it, first along the first vector.
    window : tuple of float
        What is shown: (left, right, bottom, top).

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    basis = as_square(basis, "basis")
    c1, c2 = as_array(coordinates, "coordinates", ndim=1)
    left, right, bottom, top = window
    corners = np.array([[left, right, right, left], [bottom, bottom, top, top]])
    far = int(np.ceil(np.abs(np.linalg.solve(basis, corners)).max())) + 1
    _, ax = plt.subplots(figsize=(5.6, 4.6))
    set_plane(ax, max(map(abs, window)))
    ax.set(xlim=window[:2], ylim=window[2:])
    ax.set(xticks=range(int(np.ceil(left)), int(right) + 1))
    ax.set(yticks=range(int(np.ceil(bottom)), int(top) + 1))
    for k in range(-far, far + 1):
        for line in ([[k, k], [-far, far]], [[-far, far], [k, k]]):
            ax.plot(*basis @ line, color=BLUE, lw=0.8, alpha=0.6)
    ax.plot(*basis @ [[0, c1, c1], [0, 0, c2]], ":", color=INK)
    draw_arrow(ax, basis[:, 0], color=ORANGE, label="$b_1$", offset=(2, -16))
    draw_arrow(ax, basis[:, 1], color=GREEN, label="$b_2$", offset=(-8, 8))
    ax.plot(*basis @ [c1, c2], "o", color=INK)
    return ax


def plot_contours(f, window, *, levels, path=None, ax=None):
    """Draw the contour lines of a function of two numbers, and a path on this map.

    Parameters
    ----------
    f : callable
        Takes a vector of shape (2,) and returns a number.
    window : tuple of float
        What is shown: (left, right, bottom, top).
    levels : array_like
        The heights of the contour lines, ascending.
    path : array_like, shape (k, 2), optional
        Points to join, the last with a star.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The map; contours are dark where the function is low.
    """
    if ax is None:
        _, ax = plt.subplots()
    grid = np.meshgrid(np.linspace(*window[:2], 121), np.linspace(*window[2:], 121))
    height = np.apply_along_axis(f, 0, np.array(grid))
    shades = plt.cm.Blues(np.linspace(0.95, 0.4, len(levels)))
    ax.contour(*grid, height, levels=levels, colors=shades, linewidths=1.2)
    if path is not None:
        path = as_matrix(path, "path")
        ax.plot(*path.T, "o-", color=ORANGE, ms=4, lw=1.5)
        ax.plot(*path[-1], "*", color=ORANGE, ms=13)
    ax.set(xlim=window[:2], ylim=window[2:])
    return ax


def plot_grid_map(matrices, *, reach=2.4):
    """Draw what matrices do to the plane: a panel each, with the grid they make of the grid.

    The pale grid is the one before. The shaded square is the image of the unit square,
    with a flag in it that shows whether the plane was turned over; the two arrows are the
    images of (1, 0) and (0, 1), the columns of the matrix.

    Parameters
    ----------
    matrices : dict of str to array_like, shape (2, 2)
        Title and matrix of each panel.
    reach : float
        Half the width of each window.

    Returns
    -------
    matplotlib.figure.Figure
        At most two panels a row.
    """
    columns = min(len(matrices), 2)
    rows = -(-len(matrices) // columns)
    size = (2.8 * columns, 2.9 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    for ax in axes.flat[len(matrices) :]:
        ax.axis("off")
    square = np.array([[0, 1, 1, 0], [0, 0, 1, 1]])
    flag = np.array([[0.35, 0.35, 0.75, 0.35], [0.2, 0.85, 0.65, 0.45]])
    for ax, (title, A) in zip(axes.flat, matrices.items(), strict=False):
        A = as_square(A, title)
        set_plane(ax, reach)
        for k in range(-10, 11):
            for line in ([[k, k], [-10, 10]], [[-10, 10], [k, k]]):
                ax.plot(*A @ line, color=BLUE, lw=0.7, alpha=0.55)
        ax.fill(*A @ square, color=BLUE, alpha=0.2, lw=0)
        ax.plot(*A @ flag, color=INK, lw=1.6)
        for column, color in zip(A.T, (ORANGE, GREEN), strict=True):
            if column.any():
                draw_arrow(ax, column, color=color)
        ax.set_title(title)
    return figure


def plot_bent_grid(f, window, patches):
    """Draw a rectangular grid with a few patches in it, and beside them their images under `f`.

    Parameters
    ----------
    f : callable
        Takes an array of shape (2, k), points as columns, and returns their images.
    window : tuple of float
        The rectangle that the grid fills: (left, right, bottom, top), eight meshes each way.
    patches : array_like, shape (k, 4)
        Rectangles to be shaded, each a row (left, right, bottom, top).

    Returns
    -------
    matplotlib.figure.Figure
        Two panels, before and after.
    """
    left, right, bottom, top = window
    x, y = np.linspace(left, right, 65), np.linspace(bottom, top, 65)
    lines = [np.array([np.full(65, c), y]) for c in x[::8]]
    lines += [np.array([x, np.full(65, c)]) for c in y[::8]]
    figure, axes = plt.subplots(1, 2, figsize=(6.4, 3.2))
    for ax, map_ in zip(axes, (lambda p: p, f), strict=True):
        for line in lines:
            ax.plot(*map_(line), color=PALE, lw=0.9)
        for (a, b, c, d), colour in zip(as_matrix(patches, "patches"), cycle(COLOURS[1::-1])):
            s, o = np.linspace(0, 1, 20), np.zeros(20)
            outline = np.array([
                [*(a + (b - a) * s), *(b + o), *(b + (a - b) * s), *(a + o)],
                [*(c + o), *(c + (d - c) * s), *(d + o), *(d + (c - d) * s)],
            ])  # fmt: skip
            ax.fill(*map_(outline), color=colour, alpha=0.75, lw=0)
    axes[1].set_aspect("equal")
    return figure


def plot_picture_map(image, maps, *, marks=None):
    """Draw a picture, square by square, as matrices map it: a panel each.

    The picture is 8 units wide, with its middle at the origin. Only the corners of its
    squares are mapped, so nothing is blurred.

    Parameters
    ----------
    image : array_like, shape (rows, columns)
        The picture, the top row first; large values are drawn dark.
    maps : dict of str to array_like, shape (2, 2)
        Title and matrix of each panel.
    marks : array_like, shape (2, k), optional
        Points of the picture, at most four, one a column, to be mapped and marked too.

    Returns
    -------
    matplotlib.figure.Figure
        All panels side by side, at one scale.
    """
    image = as_matrix(image, "image")
    height, width = image.shape
    x = np.linspace(-4, 4, width + 1)
    y = np.linspace(4, -4, height + 1) * height / width
    corners = np.stack(np.meshgrid(x, y))
    mapped = {title: np.einsum("ij,jkl", as_square(A, title), corners) for title, A in maps.items()}
    widths = [1.05 * np.abs(m[0]).max() for m in mapped.values()]
    height = 1.05 * max(np.abs(m[1]).max() for m in mapped.values())
    shape = (5.6, max(2.2, 5.6 * height / sum(widths)) + 0.4)
    figure, axes = plt.subplots(
        1, len(maps), figsize=shape, squeeze=False, width_ratios=widths, sharey=True
    )
    for ax, width, (title, (u, v)) in zip(axes.flat, widths, mapped.items(), strict=True):
        set_plane(ax, width, grid=False)
        ax.set(ylim=(-height, height))
        ax.pcolormesh(u, v, image, cmap="Greys", vmin=0, vmax=1.15 * image.max(), zorder=-1)
        frame = [0, 0, -1, -1, 0], [0, -1, -1, 0, 0]
        ax.plot(u[frame], v[frame], color=GREY, lw=1)
        if marks is not None:
            tips = as_square(maps[title], title) @ as_matrix(marks, "marks")
            for tip, color, name in zip(tips.T, COLOURS[1:], "pqrs", strict=False):
                draw_arrow(ax, tip, color=color, label=name)
        ax.set_title(title)
    return figure


FUR, FAWN = "#9a6236", "#d9a679"
_BEAR = {  # from back to front: centre, half-axes and tilt (degrees) of an ellipse, its colour
    "right ear": ((1.37, 2.44), (0.17, 0.17), 0, FUR),
    "left ear": ((2.03, 2.44), (0.17, 0.17), 0, FUR),
    "inside of the right ear": ((1.38, 2.43), (0.09, 0.09), 0, FAWN),
    "inside of the left ear": ((2.02, 2.43), (0.09, 0.09), 0, FAWN),
    "waving arm": ((2.33, 1.6), (0.38, 0.13), 54, FUR),
    "waving palm": ((2.47, 1.79), (0.09, 0.07), 54, FAWN),
    "right leg": ((1.38, 0.62), (0.26, 0.17), 12, FUR),
    "left leg": ((2.02, 0.62), (0.26, 0.17), -12, FUR),
    "right sole": ((1.29, 0.59), (0.1, 0.09), 12, FAWN),
    "left sole": ((2.11, 0.59), (0.1, 0.09), -12, FAWN),
    "body": ((1.7, 1.12), (0.46, 0.56), 0, FUR),
    "belly": ((1.7, 1.02), (0.29, 0.36), 0, FAWN),
    "right arm": ((1.28, 1.18), (0.34, 0.13), 66, FUR),
    "end of the scarf": ((1.0, 1.62), (0.32, 0.08), -14, RED),
    "scarf": ((1.67, 1.64), (0.39, 0.12), 0, RED),
    "head": ((1.7, 2.1), (0.47, 0.42), 0, FUR),
    "muzzle": ((1.7, 1.95), (0.21, 0.17), 0, FAWN),
    "mouth": ((1.7, 1.89), (0.1, 0.045), 0, RED),
    "nose": ((1.7, 2.02), (0.075, 0.05), 0, INK),
    "right eye": ((1.52, 2.18), (0.04, 0.055), 0, INK),
    "left eye": ((1.88, 2.18), (0.04, 0.055), 0, INK),
}


def bear():
    """Return the outlines of a bear that waves its left paw.

    Returns
    -------
    dict of str to ndarray, shape (36, 2)
        For each part, from back to front, points of its outline, one a row.

    Examples
    --------
    >>> bear()["nose"].mean(axis=0).round(2)
    array([1.7 , 2.02])
    """
    turn = np.radians(np.arange(0, 360, 10))
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    outlines = {}
    for part, (centre, axes, tilt, _) in _BEAR.items():
        c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        outlines[part] = circle * axes @ [[c, s], [-s, c]] + centre
    return outlines


def plot_bear(matrix, *, mirror=None, ax=None):
    """Draw the bear, what a matrix makes of it, and a mirror.

    Parameters
    ----------
    matrix : array_like, shape (2, 2)
        The map; what it makes of the bear is drawn pale.
    mirror : array_like, shape (2,), optional
        A vector along the mirror, a line through the origin.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    M = as_square(matrix, "matrix")
    if M.shape != (2, 2):
        raise ValueError(f"matrix must have shape (2, 2), got {M.shape}")
    if ax is None:
        _, ax = plt.subplots(figsize=(4.6, 4.6))
    set_plane(ax, 3.5)
    outlines = bear()
    for pale, map_ in ((0.55, M), (0.0, np.eye(2))):
        for part, outline in outlines.items():
            fill, edge = (np.array(to_rgb(c)) * (1 - pale) + pale for c in (_BEAR[part][-1], INK))
            ax.fill(*map_ @ outline.T, facecolor=fill, edgecolor=edge, lw=1, zorder=3)
    if mirror is not None:
        x, y = as_array(mirror, "mirror", ndim=1)
        ax.axline((0, 0), (x, y), color=BLUE, lw=3, zorder=4)
    return ax


@dataclass(frozen=True)
class Drawing:
    """A picture as HTML, in which a page's script can move things.

    Attributes
    ----------
    html : str
        The picture, finished as it stands.
    words : str
        What is said in its place where there is no HTML.
    """

    html: str
    words: str

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        return self.words


def bear_at_the_mirror(degrees):
    """Return the bear, a mirror and the image, drawn so that the mirror can be turned.

    Parameters
    ----------
    degrees : float
        The angle of the mirror with the horizontal axis.

    Returns
    -------
    Drawing
        An SVG with the groups "mirror", turned by the angle, and "image", mapped by the
        matrix with columns (cos, sin) and (sin, -cos) of twice the angle.
    """
    angle = np.radians(as_number(degrees, "degrees"))
    c, s = np.cos(2 * angle), np.sin(2 * angle)
    parts = "".join(
        f'<path fill="{_BEAR[part][-1]}" d="M{" ".join(f"{x:.2f},{y:.2f}" for x, y in points)}z"/>'
        for part, points in bear().items()
    )
    html = (
        '<div class="bear-at-the-mirror"><svg viewBox="-3.5 -3.5 7 7" role="img" '
        'style="display: block; margin: 0 auto; width: 100%; max-width: 26rem" '
        'aria-label="A waving bear, a mirror through the origin, and the bear behind the mirror">'
        '<g transform="scale(1 -1)" stroke="currentColor" stroke-width="0.025">'
        '<path d="M-3.4,0H3.4M0,-3.4V3.4" opacity="0.4"/>'
        f'<g class="image" opacity="0.45" transform="matrix({c:.6f} {s:.6f} {s:.6f} {-c:.6f} 0 0)">'
        f"{parts}</g><g>{parts}</g>"
        f'<path class="mirror" d="M-4.9,0H4.9" stroke="{BLUE}" stroke-width="0.07" '
        f'transform="rotate({degrees:g})"/></g></svg></div>'
    )
    return Drawing(html, "A drawing that can be moved, on the page of this book on the web.")


def plot_zoom(f, at, widths, *, names=None):
    """Draw the graph of a function ever closer around one point: four windows, two by two.

    Parameters
    ----------
    f : callable
        A function of arrays.
    at : float
        The point in the middle of each window.
    widths : sequence of four floats
        The width of each window; its height is in proportion to what the graph needs there.
    names : sequence of str, optional
        What to write into each window, the width where not given.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing.
    """
    figure, axes = plt.subplots(2, 2, figsize=(5.0, 4.6), layout="constrained")
    figure.get_layout_engine().set(hspace=0.08)
    names = names or [f"width {width:g}" for width in widths]
    for ax, width, name in zip(axes.flat, widths, names, strict=True):
        x = np.linspace(at - width / 2, at + width / 2, 401)
        ax.plot(x, f(x))
        ax.plot([at], [f(at)], "o", color=ORANGE)
        ax.set_title(name)
        ax.set(xticks=[at - width / 2, at, at + width / 2], xlim=(x[0], x[-1]))
        ax.tick_params(labelsize=10)
        ax.locator_params(axis="y", nbins=3)
        ax.ticklabel_format(axis="y", useOffset=False)
    return figure


def plot_stack(x, curves, *, xlabel="", marks=()):
    """Draw curves over one horizontal axis, one below the other.

    Parameters
    ----------
    x : array_like, shape (n,)
        The common horizontal axis.
    curves : dict of str to array_like, shape (n,)
        What is written over each curve, and its values.
    xlabel : str, optional
        The name of the horizontal axis.
    marks : sequence of float, optional
        Where to draw a dotted line through all of them.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing.
    """
    figure, axes = plt.subplots(
        len(curves), 1, sharex=True, squeeze=False, figsize=(5.0, 1.0 + 1.3 * len(curves))
    )
    for ax, (name, values), colour in zip(axes.flat, curves.items(), cycle(COLOURS)):
        ax.plot(x, values, color=colour)
        ax.set_title(name, loc="left")
        ax.axhline(0, color=GREY, lw=0.8)
        ax.locator_params(axis="y", nbins=4)
        for mark in marks:
            ax.axvline(mark, color=GREY, ls=":", lw=1.2)
    axes.flat[-1].set_xlabel(xlabel)
    return figure


def plot_growing_rectangle(f, g, df, dg, *, ax=None):
    """Draw a rectangle f by g and what it gains where its sides grow by df and dg.

    Parameters
    ----------
    f, g : float
        Width and height, positive.
    df, dg : float
        What each gains, positive.
    ax : matplotlib.axes.Axes, optional
        Where to draw; new axes where not given.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(5.6, 3.8))
    parts = [
        ((0, 0), f, g, PALE, "f g"),
        ((f, 0), df, g, BLUE, "g Δf"),
        ((0, g), f, dg, ORANGE, "f Δg"),
        ((f, g), df, dg, RED, "Δf Δg"),
    ]
    for corner, width, height, colour, name in parts:
        ax.add_patch(plt.Rectangle(corner, width, height, fc=colour, ec=INK, alpha=0.55))
        middle = (corner[0] + width / 2, corner[1] + height / 2)
        ax.annotate(name, middle, ha="center", va="center")
    ax.set(xlim=(-0.02 * f, f + 1.1 * df), ylim=(-0.02 * g, g + 1.1 * dg), aspect="equal")
    ax.axis("off")
    return ax


def plot_sector(angle):
    """Draw the inner triangle, the slice and the outer triangle of the unit circle.

    Their areas are sin h cos h / 2, h / 2 and tan h / 2, for h the `angle` between 0 and π/2.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    angle = as_number(angle, "angle", low=0.0, high=1.5)
    cos, sin, tan = np.cos(angle), np.sin(angle), np.tan(angle)
    _, ax = plt.subplots(figsize=(5.0, 4.6))
    turn = np.linspace(0, angle, 100)
    ax.fill([0, 1, 1], [0, 0, tan], color=PALE, alpha=0.7)
    ax.fill([0, *np.cos(turn)], [0, *np.sin(turn)], color=BLUE, alpha=0.35)
    ax.fill([0, cos, cos], [0, 0, sin], color=ORANGE, alpha=0.55)
    quarter = np.linspace(0, np.pi / 2, 200)
    ax.plot(np.cos(quarter), np.sin(quarter), color=GREY, lw=1)
    ax.plot([0, 1, 1, 0], [0, 0, tan, 0], color=INK, lw=1.2)
    ax.annotate("h", (0.16 * np.cos(angle / 2), 0.16 * np.sin(angle / 2)), va="center")
    ax.annotate("cos h", (cos / 2, -0.02), ha="center", va="top")
    ax.annotate("sin h", (cos - 0.02, sin / 2.6), ha="right")
    ax.annotate("tan h", (1.02, tan / 2))
    ax.set(xlim=(-0.05, 1.25), ylim=(-0.1, max(1.02, tan + 0.03)), aspect="equal")
    ax.axis("off")
    return ax


def plot_layers(sizes, *, names=None, shown=7):
    """Draw a network: a column of circles for each layer, a line for each weight.

    Parameters
    ----------
    sizes : sequence of int
        The number of entries of the input, of each hidden layer, and of the output.
    names : sequence of str, optional
        What to write under each column.
    shown : int
        The most circles a column has; a longer layer has dots in its middle.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    tallest = min(max(sizes), shown)
    _, ax = plt.subplots(figsize=(1.7 * len(sizes), 0.5 * tallest + 1.2))
    ax.axis("off")
    columns = []
    for x, size in enumerate(sizes):
        count = min(size, shown)
        heights = np.linspace(count - 1, 1 - count, count) / 2
        if size > shown:
            ax.text(x, heights[count // 2], "⋮", ha="center", va="center", fontsize=20)
            heights = np.delete(heights, count // 2)
        columns.append(heights)
    for x, (left, right) in enumerate(pairwise(columns)):
        for start in left:
            for end in right:
                ax.plot([x, x + 1], [start, end], color=PALE, lw=1, zorder=1)
    for x, heights in enumerate(columns):
        ax.plot(np.full(len(heights), x), heights, "o", ms=15, color=COLOURS[min(x, 1)], zorder=2)
    low = -tallest / 2 - 0.3
    for x, name in enumerate(names or map(str, sizes)):
        ax.text(x, low, name, ha="center", va="center")
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(low - 0.3, tallest / 2))
    return ax


def plot_confusion(counts):
    """Draw how often class i (row) was read as class j (column); the diagonal is left out.

    Parameters
    ----------
    counts : array_like of int, shape (k, k)
        How often.

    Returns
    -------
    matplotlib.axes.Axes
        The table, the darker the more often.
    """
    counts = as_square(counts, "counts")
    wrong = counts * (1 - np.eye(len(counts)))
    _, ax = plt.subplots(figsize=(5.2, 5.0))
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=1.6 * max(wrong.max(), 1))
    for i, j in np.argwhere(wrong > 0):
        ax.text(j, i, f"{wrong[i, j]:.0f}", ha="center", va="center", fontsize=11)
    for i in range(len(counts)):
        ax.text(i, i, "·", ha="center", va="center", color=GREY)
    places = range(len(counts))
    ax.set(xticks=places, yticks=places, xlabel="read as", ylabel="is")
    ax.tick_params(length=0, labelsize=12)
    return ax


def plot_fit(x, y, curve=None, *, sigma=None, misses=False, ax=None):
    """Draw measured points and the curve that was fitted to them.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    curve : callable, optional
        Takes an array of x and returns the fitted values.
    sigma : array_like, shape (n,), optional
        Their standard deviations, drawn as bars.
    misses : bool
        Whether to join every point with the curve, straight up or down.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    if ax is None:
        _, ax = plt.subplots()
    x, y = as_vectors(x=x, y=y)
    if curve is not None:
        t = np.linspace(x.min(), x.max(), 200)
        ax.plot(t, curve(t), color=ORANGE)
        if misses:
            ax.vlines(x, curve(x), y, color=RED, lw=3)
    ax.errorbar(x, y, sigma, fmt="o", color=BLUE, ms=6, elinewidth=1.2, capsize=2)
    return ax


def plot_traces(target, traces):
    """Draw closed curves over the one that they should become: a panel each, three a row.

    Parameters
    ----------
    target : array_like, shape (n, 2)
        Points of the curve that is meant.
    traces : dict of str to array_like, shape (m, 2)
        Title and points of each panel's curve.

    Returns
    -------
    matplotlib.figure.Figure
        All panels at one scale.
    """
    target = as_matrix(target, "target")
    columns = min(len(traces), 3)
    rows = -(-len(traces) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.1 * columns, 2.4 * rows), squeeze=False, sharex=True, sharey=True
    )
    for ax in axes.flat:
        ax.set(aspect="equal", xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    for ax, (title, points) in zip(axes.flat, traces.items(), strict=False):
        ax.plot(*target.T, ".", color=PALE, ms=5)
        ax.plot(*as_matrix(points, title).T, color=RED)
        ax.set_title(title)
    return figure


def sandpit_game(pits, path):
    """Return a board on which sandpits can be poked, and on it a finished search of the first.

    Parameters
    ----------
    pits : dict of str to Sandpit
        The pits by the names under which they are offered.
    path : array_like, shape (k, 2)
        The search that is drawn, numbered, as long as nobody plays.

    Returns
    -------
    Drawing
        The board, with the numbers of each pit for the page's script.
    """
    path = as_array(path, "path", ndim=2)
    dots = "".join(
        f'<circle cx="{x:.3f}" cy="{6 - y:.3f}" r="0.08"/>'
        f'<text x="{x + 0.12:.3f}" y="{6 - y - 0.1:.3f}">{k}</text>'
        for k, (x, y) in enumerate(path, start=1)
    )
    words = f"{len(path)} numbered pokes that close in on one place"
    return _board("sandpit-game", pits, words, dots)


def sandpit_walk(pits, path):
    """Return a board on which walks downhill can be started, and on it a finished one.

    Parameters
    ----------
    pits : dict of str to Sandpit
        The pits by the names under which they are offered.
    path : array_like, shape (k, 2)
        The walk that is drawn as long as nobody starts another.

    Returns
    -------
    Drawing
        The board, with the numbers of each pit for the page's script.
    """
    path = as_array(path, "path", ndim=2)
    trail = "L".join(f"{x:.3f},{6 - y:.3f}" for x, y in path)
    dots = "".join(f'<circle cx="{x:.3f}" cy="{6 - y:.3f}" r="0.05"/>' for x, y in path)
    x, y = path[-1]
    words = f"a walk of {len(path) - 1} steps to ({x:.2f}, {y:.2f})"
    line = f'<path class="downhill trail" d="M{trail}"/>'
    return _board("sandpit-walk", pits, words, line + dots)


def _board(kind, pits, words, drawn):
    """Return a square of 6 m with a grid, what is drawn on it, and the pits' numbers."""
    data = [
        {
            "name": name,
            "hill": pit._ground.hill,
            "hollows": pit._ground.hollows,
            "ripples": pit._ground.ripples,
            "low": pit._low,
            "scale": pit._scale,
            "minimum": pit.minimum.tolist(),
        }
        for name, pit in pits.items()
    ]
    lines = "".join(f'<path d="M{k},0V6M0,{k}H6"/>' for k in range(7))
    numbers = "".join(
        f'<text x="{k}" y="6.45">{k}</text><text x="-0.3" y="{6.1 - k:.1f}">{k}</text>'
        for k in range(7)
    )
    html = (
        f'<div class="{kind}" data-pits="{escape(json.dumps(data))}">'
        '<svg viewBox="-0.6 -0.2 6.9 6.9" role="img" '
        f'aria-label="A square of 6 by 6 metres with a grid, and {words}"><g class="basins"></g>'
        f'<g class="lines">{lines}</g><g class="ticks">{numbers}</g>'
        f'<g class="pokes">{drawn}</g></svg></div>'
    )
    return Drawing(html, "A pit to try things in, on the page of this book on the web.")


def plot_newton(f, iterates, window, *, ax=None):
    """Draw a curve and the tangents by which Newton's method goes from point to point.

    Parameters
    ----------
    f : callable
        A function of one variable, vectorised.
    iterates : array_like, shape (k,)
        The points; each is where the tangent at the one before meets the axis.
    window : tuple of float
        What is shown: (left, right).
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        Tangents are orange, the way from the axis to the curve is dotted.
    """
    if ax is None:
        _, ax = plt.subplots()
    x, points = np.linspace(*window, 201), as_vector(iterates, "iterates")
    ax.axhline(0, color=INK, lw=1)
    ax.plot(x, f(x), color=BLUE)
    for here, there in pairwise(points):
        ax.plot([here, here], [0, f(here)], ":", color=INK, lw=1.5)
        ax.plot([here, there], [f(here), 0], "o-", color=ORANGE, ms=4, lw=1.5)
    ax.set(xlim=window, xlabel="x", ylabel="f(x)")
    return ax


def plot_basins(step, ends, window, *, steps=60, size=320, ax=None):
    """Colour each start in the plane by the end to which repeated steps lead.

    Parameters
    ----------
    step : callable
        Takes an array of complex starts and returns where one step leads.
    ends : array_like, shape (k,)
        The ends, complex, at most five.
    window : tuple of float
        What is shown: (left, right, bottom, top).
    steps : int
        How many steps are taken.
    size : int
        How many starts there are across.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    tuple of (matplotlib.axes.Axes, float)
        The picture, with white dots at the ends, and the share of the starts that came to
        none of them, which are black.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(4.6, 4.6))
    x, y = np.linspace(*window[:2], size), np.linspace(*window[2:], size)
    z, ends = x + 1j * y[:, None], np.asarray(ends, dtype=complex)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            z = step(z)
        near = np.abs(z[..., None] - ends) < 1e-3
    which = np.where(near.any(axis=-1), near.argmax(axis=-1) + 1, 0)
    colors = np.array([to_rgb(c) for c in ("#111111", *COLOURS)])
    ax.imshow(colors[which], origin="lower", extent=window, interpolation="nearest")
    ax.plot(ends.real, ends.imag, "o", color="white", mec="black", ms=8)
    ax.set(xlim=window[:2], ylim=window[2:], aspect="equal")
    return ax, float((which == 0).mean())


def plot_discs(points, discs, *, ax=None):
    """Draw points of the complex plane as crosses, and discs around centres on the real line.

    Parameters
    ----------
    points : array_like of complex, shape (k,)
        Where a function breaks down.
    discs : dict of float to float
        Radius of the disc around each centre.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        One colour a disc, with a dot in the middle.
    """
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.4))
    points = np.asarray(points, dtype=complex)
    ax.axhline(0, color=GREY, lw=0.8)
    ax.axvline(0, color=GREY, lw=0.8)
    for (centre, radius), color in zip(discs.items(), cycle(COLOURS), strict=False):
        ax.add_patch(plt.Circle((centre, 0), radius, fc=color, alpha=0.15, zorder=1))
        ax.add_patch(plt.Circle((centre, 0), radius, fill=False, ec=color, lw=2))
        ax.plot(centre, 0, "o", color=color, ms=7)
    ax.plot(points.real, points.imag, "x", color=RED, ms=12, mew=3)
    ax.autoscale_view()
    ax.set(aspect="equal", xlabel="real part", ylabel="imaginary part")
    return ax


def plot_strips(datasets):
    """Draw small sets of numbers as dots on lines, each with its mean and standard deviation.

    Parameters
    ----------
    datasets : dict of str to array_like, shape (n,)
        A name and its numbers; equal numbers are stacked.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing: a triangle below each line at the mean, a bar from one standard deviation
        (divisor n) below it to one above.
    """
    _, ax = plt.subplots(figsize=(4.8, 0.5 + 1.1 * len(datasets)))
    for level, (name, numbers) in enumerate(datasets.items()):
        x = np.sort(as_vector(numbers, name))
        height = np.array([np.sum(x[:i] == x[i]) for i in range(len(x))])
        middle, width = x.mean(), x.std()
        ax.axhline(-level, color=PALE, lw=1, zorder=0)
        ax.plot(x, -level + 0.16 * height, "o", color=BLUE, ms=9)
        ax.plot(middle, -level - 0.16, "^", color=ORANGE, ms=10)
        ax.plot([middle - width, middle + width], 2 * [-level - 0.33], color=ORANGE, lw=5)
    ax.set(yticks=-np.arange(len(datasets)), yticklabels=list(datasets))
    ax.set(ylim=(-len(datasets) + 0.45, 0.6))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def plot_products(X, *, names=("x", "y"), ax=None):
    """Draw the product of both deviations from the mean as a rectangle for every point.

    Parameters
    ----------
    X : array_like, shape (n, 2)
        The points.
    names : tuple of str
        What the axes show.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing: rectangles that count as positive are blue, the others orange and hatched.
    """
    X = as_matrix(X, "X")
    if X.shape[1] != 2:
        raise ValueError(f"X must have 2 columns, got shape {X.shape}")
    if ax is None:
        _, ax = plt.subplots(figsize=(5.2, 4.2))
    middle = X.mean(axis=0)
    for point in X:
        wide, high = point - middle
        color, hatch = (BLUE, None) if wide * high > 0 else (ORANGE, "///")
        face = 1 - 0.28 * (1 - np.array(to_rgb(color)))  # opaque: in SVG a hatch drops the alpha
        ax.add_patch(plt.Rectangle(middle, wide, high, fc=face, ec=color, hatch=hatch))
    ax.axvline(middle[0], color=GREY, lw=1)
    ax.axhline(middle[1], color=GREY, lw=1)
    ax.plot(*X.T, "o", color=INK, ms=7)
    ax.plot(*middle, "^", color=ORANGE, ms=10)
    ax.set(xlabel=names[0], ylabel=names[1])
    return ax


def plot_cloud(X, *, mean=None, S=None, axes=True, ax=None, color=BLUE):
    r"""Draw points of the plane with the ellipse of their covariance matrix.

    The ellipse is two standard deviations from the mean in every direction that its axes
    have: its half-axes are :math:`2\sqrt{\lambda_i}` long and lie along the eigenvectors.

    Parameters
    ----------
    X : array_like, shape (n, 2)
        The points.
    mean, S : array_like, shapes (2,) and (2, 2), optional
        Mean and covariance matrix; by default those of X (divisor n).
    axes : bool
        Whether to draw the half-axes as arrows.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    color : str
        The colour of the points.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing, with equal scales.
    """
    X = as_matrix(X, "X")
    if X.shape[1] != 2:
        raise ValueError(f"X must have 2 columns, got shape {X.shape}")
    middle = X.mean(axis=0) if mean is None else as_vector(mean, "mean")
    S = np.cov(X, rowvar=False, ddof=0) if S is None else as_square(S, "S")
    values, vectors = np.linalg.eigh(S)
    half_axes = 2 * vectors * np.sqrt(np.maximum(values, 0))
    vectors = np.where(vectors.sum(axis=0) < 0, -1, 1) * half_axes
    turn = np.linspace(0, 2 * np.pi, 181)
    ring = middle[:, None] + half_axes @ [np.cos(turn), np.sin(turn)]
    if ax is None:
        _, ax = plt.subplots(figsize=(4.6, 4.2))
    ax.plot(*X.T, ".", color=color, ms=5, alpha=0.5)
    ax.plot(*ring, color=ORANGE, lw=2.2)
    if axes:
        for way in vectors.T[::-1]:
            if np.linalg.norm(way) > 1e-6 * np.abs(half_axes).max():
                draw_arrow(ax, middle + way, tail=middle, color=INK)
    ax.set_aspect("equal")
    return ax


def plot_shadows(points, direction, *, ax=None):
    """Draw points, a line through their mean, and each point's way to the line.

    Parameters
    ----------
    points : array_like, shape (N, 2)
        One point a row.
    direction : array_like, shape (2,)
        Along the line; of any length but zero.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing, with equal scales.
    """
    points, way = as_matrix(points, "points"), as_vector(direction, "direction")
    way = way / np.linalg.norm(way)
    mean = points.mean(axis=0)
    along = (points - mean) @ way
    feet = mean + np.outer(along, way)
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.2))
    for point, foot in zip(points, feet, strict=True):
        ax.plot(*np.transpose([point, foot]), "--", color=GREY, lw=1.2)
    reach = 1.2 * np.abs(along).max()
    ax.plot(*np.transpose([mean - reach * way, mean + reach * way]), color=ORANGE)
    ax.plot(*feet.T, "o", color=ORANGE, ms=5)
    ax.plot(*points.T, "o", color=BLUE)
    ax.plot(*mean, "+", color=INK, ms=14, mew=2)
    ax.set_aspect("equal")
    ax.grid(True)
    return ax


def plot_weights(pictures, titles=None, *, columns=None):
    """Show pictures of positive (orange) and negative (purple) weights, each to its own scale.

    Parameters
    ----------
    pictures : array_like, shape (k, rows, columns)
        Weights; zero is white.
    titles : sequence of str, optional
        One for each picture, above it.
    columns : int, optional
        How many pictures a row; all in one row where not given.

    Returns
    -------
    matplotlib.figure.Figure
        The drawing.
    """
    pictures = as_array(pictures, "pictures", ndim=3)
    largest = np.abs(pictures).max(axis=(1, 2), keepdims=True)
    scaled = pictures / np.where(largest > 0, largest, 1)
    figure = plot_pictures(scaled, titles, columns=columns)
    for ax in figure.axes:
        for image in ax.images:
            image.set(cmap="PuOr_r", clim=(-1, 1))
    return figure


def plot_classes(points, labels, *, shown=1500, seed=0, ax=None):
    """Draw points of several classes, each as the numeral of its class.

    Parameters
    ----------
    points : array_like, shape (N, 2)
        One point a row.
    labels : array_like of int, shape (N,)
        The class of each.
    shown : int
        How many are drawn: a random choice of them where there are more.
    seed : int
        Of the choice.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        The drawing.
    """
    points, labels = as_matrix(points, "points"), np.asarray(labels)
    chosen = np.random.default_rng(seed).permutation(len(points))[:shown]
    points, labels = points[chosen], labels[chosen]
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 5.2))
    colours = plt.get_cmap("tab10").colors
    for label in np.unique(labels):
        own = points[labels == label]
        ax.plot(
            *own.T, linestyle="none", marker=f"${label}$", ms=6, mew=0.3,
            color=colours[label % 10],
        )  # fmt: skip
    ax.grid(True)
    return ax


def plot_projection(x, B, *, ax=None):
    """Draw a point, its plumb line and its projection on a line of the plane or a plane of space.

    Parameters
    ----------
    x : array_like, shape (D,)
        The point; D is 2 or 3.
    B : array_like, shape (D, D - 1)
        Independent columns that span the line or the plane.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
        x is orange and its projection p blue. A plane of space is drawn as if it were level.
    """
    x, B = as_vector(x, "x"), as_matrix(B, "B")
    D = len(x)
    if D not in (2, 3) or B.shape != (D, D - 1):
        raise ValueError(f"B must have shape (2, 1) or (3, 2), to go with x, got {B.shape}")
    if ax is None:
        _, ax = plt.subplots(figsize=(4.8, 4.4))
    Q = np.linalg.qr(B)[0]
    p = Q @ (Q.T @ x)
    if D == 2:
        reach = 1.25 * max(np.abs(x).max(), np.abs(p).max())
        ax.axline((0, 0), tuple(B[:, 0]), color=GREY, lw=1.5)
        ax.set(xlim=(-0.15 * reach, reach), ylim=(-0.15 * reach, reach), aspect="equal")
        ax.grid(True)
        tips = {"x": x, "p": p}
    else:
        along, rest = np.linalg.norm(p), np.linalg.norm(x - p)
        view = np.array([[1.0, 0.45], [0.0, 0.4]])  # how an artist draws a floor
        corners = np.array([[-0.3, -0.6], [1.4, -0.6], [1.4, 0.6], [-0.3, 0.6]]) * along
        ax.fill(*(view @ corners.T), color=PALE, alpha=0.6, lw=0)
        p = view @ [along, 0]
        tips = {"x": p + np.array([0, rest]), "p": p}
        ax.set_aspect("equal")
        ax.axis("off")
    draw_arrow(ax, tips["x"], color=ORANGE, label="x")
    draw_arrow(ax, tips["p"], color=BLUE, label="p", offset=(4, -16))
    ax.plot(*np.transpose([tips["x"], tips["p"]]), ":", color=GREY)
    return ax

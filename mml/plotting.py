"""The pictures of the book: one style, and the drawings that several pages share.

Chapters import this module; no algorithm does.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib_inline.backend_inline import set_matplotlib_formats

from mml._validation import as_array, as_matrix, as_square

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
            "figure.figsize": (6.4, 3.8),
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

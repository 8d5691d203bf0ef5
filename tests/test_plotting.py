"""The drawings show what they were given, refuse what they cannot draw, and repeat."""

import json
import re
from html import unescape

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mml.linear_algebra import reflection
from mml.multivariate_calculus import Sandpit
from mml.plotting import (
    bear,
    bear_at_the_mirror,
    draw_arrow,
    draw_lattice,
    plot_basins,
    plot_bear,
    plot_bent_grid,
    plot_classes,
    plot_cloud,
    plot_confusion,
    plot_contours,
    plot_discs,
    plot_faces,
    plot_fit,
    plot_grid_map,
    plot_growing_rectangle,
    plot_layers,
    plot_lines,
    plot_map,
    plot_newton,
    plot_picture_map,
    plot_pictures,
    plot_products,
    plot_projection,
    plot_sector,
    plot_shadows,
    plot_stack,
    plot_strips,
    plot_traces,
    plot_turn,
    plot_two_grids,
    plot_walk,
    plot_web,
    plot_weights,
    plot_zoom,
    sandpit_walk,
    set_plane,
    use_book_style,
)


@pytest.fixture(autouse=True)
def quiet_figures():
    """Draw without a screen, and leave no figure and no setting behind."""
    mpl.use("agg")
    with mpl.rc_context():
        yield
    plt.close("all")


def labels(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_a_map_is_drawn_before_and_after():
    figure = plot_map([[4, 1], [2, 3]], [(1, 0), (1, 1)], labels=["u", "v"])
    before, after = figure.axes
    assert labels(before) == ["u", "v"]
    assert labels(after) == ["Au", "Av"]
    tips = [tuple(text.xy) for text in after.texts if not text.get_text()]
    assert tips == [(4, 2), (5, 5)]
    assert after.get_xlim()[1] > 5


def test_turn_is_zero_at_eigenvectors_and_constant_for_a_rotation():
    turn = np.radians(40)
    rotation = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    ax = plot_turn({"A": [[4, 1], [2, 3]], "rotation": rotation, "flip": -np.eye(2)})
    of_a, of_rotation, of_flip = ax.get_lines()[:3]
    assert abs(np.interp(45, *of_a.get_data())) < 1e-12
    assert np.nanmax(np.abs(of_rotation.get_ydata() - 40)) < 1e-10
    assert np.nanmax(np.abs(of_flip.get_ydata())) < 1e-10


def test_a_web_shows_its_links_and_ranks():
    links = np.array([[0, 1, 0], [1, 1, 0], [1, 0, 0]])
    ax = plot_web(links, ["a", "b", "c"], [0.5, 0.3, 0.2])
    assert labels(ax) == ["a\n50 %", "b\n30 %", "c\n20 %"]
    assert (
        sum(not text.get_text() for text in ax.texts) == 3
    )  # a page's link to itself is not drawn


def test_lines_lie_where_their_equations_say():
    equations = [(3, 2, 190), (0, 1, 5), (2, 0, 8)]
    ax = plot_lines(equations, (0, 80, 0, 90), labels=["p", "q", "r"])
    for line, (a, b, c) in zip(ax.get_lines(), equations, strict=True):
        for x, y in (line.get_xy1(), line.get_xy2()):
            assert a * x + b * y == pytest.approx(c)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["p", "q", "r"]
    assert ax.get_xlim() == (0, 80)
    assert ax.get_ylim() == (0, 90)


def test_a_vector_has_four_faces():
    figure = plot_faces([3, 2], ["apples", "bananas"])
    arrow, listed, point, function = figure.axes
    assert [tuple(text.xy) for text in arrow.texts] == [(3, 2)]
    assert labels(listed) == ["3", "apples", "2", "bananas"]
    assert point.get_lines()[0].get_xydata().tolist() == [[3, 2]]
    assert [bar.get_height() for bar in function.patches] == [3, 2]


def test_a_walk_goes_tip_to_tail():
    A, weights = np.array([[1, 0, 1.25], [0, 1, 0.5]]), [1, 0.4, -0.8]
    columns, walk = plot_walk(A, weights, names="as").axes
    assert labels(columns) == ["$a_1$", "$a_2$", "$a_3$"]
    assert labels(walk) == ["$s_1$ $a_1$", "$s_2$ $a_2$", "$s_3$ $a_3$"]
    arrows = [t for t in walk.texts if not t.get_text()]
    tips, tails = np.array([t.xy for t in arrows]), np.array([t.xyann for t in arrows])
    np.testing.assert_allclose(tails, [[0, 0], *tips[:-1]])
    np.testing.assert_allclose(tips - tails, (A * weights).T, atol=1e-15)
    np.testing.assert_allclose(tips[-1], [0, 0], atol=1e-15)  # these weights lead back


def test_one_point_on_two_grids():
    basis = np.array([[3.0, 1.0], [1.0, 1.0]])
    ax = plot_two_grids(basis, [1.5, 0.5], (-2.5, 6.5, -2, 4.5))
    *grid, path, point = ax.get_lines()
    assert path.get_xydata().tolist() == [[0, 0], [4.5, 1.5], [5, 2]]
    assert point.get_xydata().tolist() == [[5, 2]]
    assert [tuple(t.xy) for t in ax.texts if not t.get_text()] == [(3, 1), (1, 1)]
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2.5, 6.5), (-2, 4.5))
    in_basis = [np.linalg.solve(basis, line.get_xydata().T).round(9) for line in grid]
    assert all((c[:, 0] == c[:, 1]).any() for c in in_basis)  # one coordinate is constant
    far = max(np.abs(c).max() for c in in_basis)
    corners = np.array([[-2.5, 6.5, 6.5, -2.5], [-2, -2, 4.5, 4.5]])
    assert far >= np.abs(np.linalg.solve(basis, corners)).max()  # no corner is left empty


def test_contours_and_the_path_on_them():
    ax = plot_contours(
        lambda x: x @ x, (-2, 2, -1, 1), levels=[0.25, 1], path=[(1, 0.5), (0.5, 0), (0, 0)]
    )
    low, high = ax.collections[0].get_paths()
    assert np.abs(np.hypot(*low.vertices.T) - 0.5).max() < 0.01
    assert np.abs(np.hypot(*high.vertices.T) - 1).max() < 0.01
    path, end = ax.get_lines()
    assert path.get_xydata().tolist() == [[1, 0.5], [0.5, 0], [0, 0]]
    assert end.get_xydata().tolist() == [[0, 0]]


def test_a_grid_and_its_image_one_panel_a_matrix():
    A = np.array([[1, 2], [0.5, 0]])
    figure = plot_grid_map({"stay": np.eye(2), "move": A, "flat": [[1, 0], [0, 0]]})
    stay, move, flat, empty = figure.axes
    assert [ax.get_title() for ax in (stay, move, flat)] == ["stay", "move", "flat"]
    assert not empty.axison
    tips = [tuple(text.xy) for text in move.texts]
    assert tips == [(1, 0.5), (2, 0)]
    before = np.array([line.get_xydata() for line in stay.get_lines()[:-1]])
    after = np.array([line.get_xydata() for line in move.get_lines()[:-1]])
    np.testing.assert_allclose(after, before @ A.T)
    assert len(flat.texts) == 1  # a column of zeros is no arrow


def test_a_picture_is_mapped_square_by_square():
    image, A = np.arange(6.0).reshape(2, 3), np.array([[1, 1], [0, 2]])
    figure = plot_picture_map(image, {"before": np.eye(2), "after": A}, marks=[[1, 0], [0, 1]])
    before, after = figure.axes
    corners, mapped = (np.asarray(ax.collections[0].get_coordinates()) for ax in figure.axes)
    assert corners.shape == (3, 4, 2)
    assert corners[0, 0].tolist() == pytest.approx([-4, 8 / 3])  # top left, square pixels
    np.testing.assert_allclose(mapped, corners @ A.T)
    assert labels(after) == ["p", "q"]
    assert [tuple(t.xy) for t in after.texts if not t.get_text()] == [(1, 0), (1, 2)]
    assert before.get_ylim() == after.get_ylim()
    assert len(plot_picture_map(image, {"": A}).axes) == 1


def test_the_bear_waves_with_one_paw_only():
    outlines = bear()
    points = np.concatenate(list(outlines.values()))
    assert np.hypot(*points.T).max() < 3.5  # so that every mirror leaves it in the picture
    assert points.min() > 0
    assert outlines["waving arm"][:, 1].max() > outlines["right arm"][:, 1].max() + 0.3
    assert all(outline.shape == (36, 2) for outline in outlines.values())


def test_the_bear_is_drawn_with_its_image_and_the_mirror():
    ax = plot_bear([[0, 1], [1, 0]], mirror=(1, 1))
    count = len(bear())
    images, bears = ax.patches[:count], ax.patches[count:]
    assert len(bears) == count
    for image, own, outline in zip(images, bears, bear().values(), strict=True):
        np.testing.assert_allclose(own.get_xy()[:-1], outline)
        np.testing.assert_allclose(image.get_xy()[:-1], outline[:, ::-1])
        assert sum(image.get_facecolor()) > sum(own.get_facecolor())
    (mirror,) = ax.get_lines()
    assert mirror.get_xy2() == (1, 1)


def test_the_mirror_that_turns_begins_as_the_reflection():
    drawing = bear_at_the_mirror(110)
    numbers = re.search(r"matrix\(([^)]*)\)", drawing.html)[1].split()
    a, b, c, d, e, f = map(float, numbers)
    along = [[np.cos(np.radians(110))], [np.sin(np.radians(110))]]
    np.testing.assert_allclose([[a, c], [b, d]], reflection(along), atol=1e-6)
    assert e == f == 0
    assert 'transform="rotate(110)"' in drawing.html
    assert drawing.html.count("<path") == 2 * len(bear()) + 2
    assert "on the web" in repr(drawing)
    assert drawing._repr_html_() == drawing.html


def test_the_board_holds_the_pits_numbers_and_the_walk():
    pit = Sandpit(3)
    drawing = sandpit_walk({"a & b": pit}, [(1, 2), (3, 4.5)])
    data = json.loads(unescape(re.search(r'data-pits="([^"]*)"', drawing.html)[1]))
    assert data[0]["name"] == "a & b"
    np.testing.assert_allclose(data[0]["minimum"], pit.minimum)
    assert "M1.000,4.000L3.000,1.500" in drawing.html
    assert "a walk of 1 steps to (3.00, 4.50)" in drawing.html
    assert drawing.html.count("<circle") == 2


def test_the_plumb_line_ends_at_the_projection():
    plumb = plot_projection([2, 6], [[3], [4]]).get_lines()[-1]
    np.testing.assert_allclose(plumb.get_xydata(), [[2, 6], [3.6, 4.8]])
    plumb = plot_projection([6, 0, 0], [[1, 0], [1, 1], [1, 2]]).get_lines()[-1]
    (x1, y1), (x2, y2) = plumb.get_xydata()
    np.testing.assert_allclose([x2 - x1, y1 - y2], [0, np.sqrt(6)], atol=1e-12)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plot_projection([1, 2, 3, 4], np.ones((4, 3))), "B must have shape"),
        (lambda: plot_grid_map({"A": [[1, 2, 3]]}), "A must be square"),
        (lambda: plot_picture_map([1, 2], {"": np.eye(2)}), "image must be a matrix"),
        (lambda: plot_lines([(1, 2)], (0, 1, 0, 1)), r"rows \(a, b, c\)"),
        (lambda: plot_lines([(0, 0, 1)], (0, 1, 0, 1)), "a or b not zero"),
        (lambda: plot_faces([1, -2], ["p", "q"]), "two positive numbers"),
        (lambda: plot_map([[1, 2, 3]], [(1, 0)]), "A must be square"),
        (lambda: plot_map(np.eye(2), [1, 0]), "arrows must be a matrix"),
        (lambda: plot_walk(np.eye(2), [1, 2, 3], names="as"), r"A must have shape \(2, 3\)"),
        (lambda: plot_two_grids([[1, 2, 3]], [1, 1], (0, 1, 0, 1)), "basis must be square"),
        (lambda: plot_bear(np.eye(3)), r"matrix must have shape \(2, 2\)"),
        (lambda: plot_bear(np.eye(2), mirror=[[1, 0]]), "mirror must be a vector"),
        (lambda: bear_at_the_mirror(np.nan), "degrees must be finite"),
        (lambda: plot_turn({"T": [[1, 2]]}), "T must be square"),
        (lambda: plot_web([[0, np.nan], [0, 0]], ["a", "b"]), "links must be finite"),
    ],
)
def test_bad_input_is_named(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()


def test_the_same_figure_has_the_same_bytes(tmp_path):
    use_book_style()
    files = []
    for name in ("one.svg", "two.svg"):
        figure, ax = plt.subplots()
        set_plane(ax, 2)
        draw_arrow(ax, (1, 1), label="v")
        figure.savefig(tmp_path / name, metadata={"Date": None})
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_a_lattice_goes_through_its_whole_combinations():
    basis = np.array([[2.0, 1.0], [1.0, 3.0]])
    _, ax = plt.subplots()
    draw_lattice(ax, basis, reach=5)
    lines = [line.get_xydata() for line in ax.get_lines()]
    for whole in ([0, 0], [1, 1], [-2, 1], [1, -1]):
        point = basis @ whole
        off = [abs(np.linalg.det([b - a, point - a])) / np.linalg.norm(b - a) for a, b in lines]
        assert sum(o < 1e-9 for o in off) == 2  # one line of each kind
    corners = 5 * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    reached = np.abs(np.linalg.solve(basis, corners.T)).max()
    assert len(lines) / 2 >= 2 * reached  # no corner of the window is left empty


def test_pictures_stand_in_rows():
    pictures = np.linspace(0, 1, 3 * 4 * 4).reshape(3, 4, 4)
    figure = plot_pictures(pictures, ["a", "b", "c"], columns=2)
    assert [ax.get_title() for ax in figure.axes] == ["a", "b", "c", ""]
    assert [len(ax.images) for ax in figure.axes] == [1, 1, 1, 0]
    shown = figure.axes[2].images[0]
    assert np.array_equal(shown.get_array(), pictures[2])
    assert shown.get_clim() == (0, 1)
    assert len(plot_pictures(pictures).axes) == 3
    with pytest.raises(ValueError, match="pictures must be 3-D"):
        plot_pictures(pictures[0])
    with pytest.raises(ValueError, match="basis must be square"):
        draw_lattice(plt.gca(), [[1, 2]], reach=3)


def test_zoom_shows_the_widths_asked_for():
    figure = plot_zoom(np.sin, 1.0, [4, 1, 0.1, 0.01])
    for ax, width in zip(figure.axes, [4, 1, 0.1, 0.01], strict=True):
        left, right = ax.get_xlim()
        assert right - left == pytest.approx(width)
        assert ax.get_title() == f"width {width:g}"
        curve, point = ax.get_lines()
        assert curve.get_ydata() == pytest.approx(np.sin(curve.get_xdata()))
        assert point.get_ydata()[0] == np.sin(1.0)


def test_a_stack_shares_its_axis():
    x = np.linspace(0, 2, 50)
    figure = plot_stack(x, {"place": x**2, "speed": 2 * x}, xlabel="time", marks=[1])
    upper, lower = figure.axes
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["place", "speed"]
    assert lower.get_xlabel() == "time"
    assert upper.get_lines()[0].get_ydata() == pytest.approx(x**2)
    assert len(lower.get_lines()) == 3


def test_a_rectangle_grows_by_three_pieces():
    ax = plot_growing_rectangle(4, 3, 1, 0.5)
    areas = [p.get_width() * p.get_height() for p in ax.patches]
    assert areas == [12, 3, 2, 0.5]
    assert sum(areas) == 5 * 3.5


def test_a_slice_lies_between_two_triangles():
    ax = plot_sector(0.8)
    outer, sector, inner = (
        0.5 * abs(np.dot(xy[:, 0], np.roll(xy[:, 1], 1)) - np.dot(xy[:, 1], np.roll(xy[:, 0], 1)))
        for xy in (patch.get_xy()[:-1] for patch in ax.patches)
    )
    assert inner == pytest.approx(np.sin(0.8) * np.cos(0.8) / 2)
    assert sector == pytest.approx(0.4, rel=1e-3)
    assert outer == pytest.approx(np.tan(0.8) / 2)
    with pytest.raises(ValueError, match="angle"):
        plot_sector(2.0)


def test_layers_are_columns_of_circles_joined_by_weights():
    ax = plot_layers([2, 3, 1], names=["in", "hidden", "out"])
    lines = [line for line in ax.get_lines() if len(line.get_xdata()) == 2 and line.get_lw() == 1]
    assert len(lines) == 2 * 3 + 3 * 1
    circles = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in circles] == [2, 3, 1]
    assert labels(ax) == ["in", "hidden", "out"]
    ax = plot_layers([784, 10], shown=5)
    circles = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in circles] == [4, 4]
    assert labels(ax) == ["⋮", "⋮", "784", "10"]


def test_a_confusion_shows_what_is_off_the_diagonal():
    ax = plot_confusion([[90, 3, 0], [0, 80, 7], [1, 0, 70]])
    assert sorted(labels(ax)) == ["1", "3", "7", "·", "·", "·"]
    assert ax.get_images()[0].get_array().tolist() == [[0, 3, 0], [0, 0, 7], [1, 0, 0]]
    with pytest.raises(ValueError, match="counts must be square"):
        plot_confusion([[1, 2]])


def test_traces_lie_over_their_target():
    target = np.array([[0, 0], [1, 0], [1, 1]])
    figure = plot_traces(target, {str(k): target + k for k in range(4)})
    assert len(figure.axes) == 6
    under, over = figure.axes[3].get_lines()
    assert under.get_xydata().tolist() == target.tolist()
    assert over.get_xydata().tolist() == (target + 3).tolist()
    assert figure.axes[3].get_title() == "3"


def test_a_grid_is_bent_with_its_patches():
    figure = plot_bent_grid(
        lambda p: np.array([p[0] + p[1], 2 * p[1]]), (0, 2, 0, 1), [(0, 1, 0, 0.5)]
    )
    before, after = figure.axes
    assert len(before.get_lines()) == len(after.get_lines()) == 9 + 9
    for ax, area in ((before, 0.5), (after, 1.0)):
        x, y = ax.patches[0].get_xy()[:-1].T
        assert abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 == pytest.approx(area)


def test_a_fit_has_its_points_its_curve_and_its_misses():
    ax = plot_fit([0, 1, 2], [1, 3, 6], lambda x: 2 * x + 1, misses=True)
    curve, points = ax.lines
    assert points.get_xydata().tolist() == [[0, 1], [1, 3], [2, 6]]
    assert curve.get_ydata()[[0, -1]].tolist() == [1, 5]
    segments = ax.collections[0].get_segments()
    assert np.array(segments)[:, :, 1].tolist() == [[1, 1], [3, 3], [5, 6]]
    bars = plot_fit([0, 1], [1, 3], sigma=[0.5, 1]).collections
    assert np.array(bars[0].get_segments())[:, :, 1].tolist() == [[0.5, 1.5], [2, 4]]
    with pytest.raises(ValueError, match="one length"):
        plot_fit([0, 1], [1, 2, 3])


def test_newtons_tangents_touch_the_curve_and_meet_the_axis():
    ax = plot_newton(lambda x: x**2 - 2, [2, 1.5], (0, 3))
    tangent = ax.get_lines()[-1]
    assert tangent.get_xydata().tolist() == [[2, 2], [1.5, 0]]
    assert ax.get_xlim() == (0, 3)


def test_basins_are_coloured_and_counted():
    step = lambda z: np.where(z.imag > 1, z, np.sign(z.real))  # noqa: E731
    ax, lost = plot_basins(step, [-1, 1], (-2, 2, -2, 2), steps=2, size=40)
    picture = ax.images[0].get_array()
    assert picture.shape == (40, 40, 3)
    assert lost == pytest.approx(0.25, abs=0.03)
    assert len({tuple(c) for c in picture.reshape(-1, 3)}) == 3


def test_discs_show_their_centres_radii_and_the_points():
    ax = plot_discs([1j, -1j], {0: 1, 2: 5**0.5})
    rims = [p for p in ax.patches if not p.get_fill()]
    assert [(p.center[0], p.radius) for p in rims] == [(0, 1), (2, 5**0.5)]
    crosses = ax.lines[-1]
    assert crosses.get_xdata().tolist() == [0, 0]
    assert crosses.get_ydata().tolist() == [1, -1]
    assert ax.get_xlim()[1] > 2 + 5**0.5
    assert ax.get_aspect() == 1


def test_strips_show_mean_and_width():
    ax = plot_strips({"a": [1, 3, 3, 5], "b": [0.0, 6.0]})
    marks = [line for line in ax.lines if line.get_marker() == "^"]
    assert [line.get_xdata()[0] for line in marks] == [3, 3]
    bars = [line.get_xdata() for line in ax.lines if line.get_linewidth() == 5]
    np.testing.assert_allclose(bars, [[3 - 2**0.5, 3 + 2**0.5], [0, 6]])
    dots = [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots[0], [0, 0, 0.16, 0])


def test_products_are_rectangles_with_signs():
    X = [[0, 0], [4, 2], [2, 4]]
    ax = plot_products(X)
    areas = [patch.get_width() * patch.get_height() for patch in ax.patches]
    np.testing.assert_allclose(areas, [4, 0, 0])
    with pytest.raises(ValueError, match="2 columns"):
        plot_products([[1, 2, 3]])


def test_the_ellipse_of_a_cloud_lies_two_deviations_out():
    X = np.random.default_rng(0).standard_normal((300, 2)) @ [[2, 1], [0, 1]] + [5, -3]
    ax = plot_cloud(X)
    ring = np.array(ax.lines[1].get_data())
    away = ring - X.mean(axis=0)[:, None]
    S = np.cov(X, rowvar=False, ddof=0)
    np.testing.assert_allclose((away * np.linalg.solve(S, away)).sum(axis=0), 4)
    assert len(ax.texts) == 2
    flat = plot_cloud([[0, 0], [1, 1], [2, 2]])
    assert len(flat.texts) == 1
    with pytest.raises(ValueError, match="2 columns"):
        plot_cloud([[1, 2, 3]])


def test_shadows_stand_at_right_angles_on_the_line():
    points = np.array([[0.0, 0.0], [4.0, 2.0], [2.0, 4.0]])
    ax = plot_shadows(points, [2, 1])
    ways = [line.get_xydata() for line in ax.lines if line.get_linestyle() == "--"]
    assert len(ways) == 3
    for (start, foot), point in zip(ways, points, strict=True):
        assert (start == point).all()
        assert abs((foot - point) @ [2, 1]) < 1e-12
        assert abs((foot - points.mean(axis=0)) @ [1, -2]) < 1e-12
    assert ax.get_aspect() == 1


def test_weights_are_scaled_about_zero():
    figure = plot_weights(np.array([[[0.0, -2.0]], [[0.0, 0.0]]]), ["a", "b"])
    first, second = figure.axes
    assert first.images[0].get_array().tolist() == [[0, -1]]
    assert first.images[0].get_clim() == (-1, 1)
    assert not second.images[0].get_array().any()
    assert first.get_title() == "a"


def test_classes_are_drawn_as_numerals():
    rng = np.random.default_rng(0)
    points, labels = rng.standard_normal((40, 2)), np.arange(40) % 3
    ax = plot_classes(points, labels, shown=30)
    assert [line.get_marker() for line in ax.lines] == ["$0$", "$1$", "$2$"]
    assert sum(len(line.get_xdata()) for line in ax.lines) == 30
    own = ax.lines[1].get_xydata()
    assert all((point == points[labels == 1]).all(axis=1).any() for point in own)

"""The drawings show what they were given, refuse what they cannot draw, and repeat."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mml.plotting import (
    draw_arrow,
    plot_contours,
    plot_faces,
    plot_lines,
    plot_map,
    plot_turn,
    plot_web,
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


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plot_lines([(1, 2)], (0, 1, 0, 1)), r"rows \(a, b, c\)"),
        (lambda: plot_lines([(0, 0, 1)], (0, 1, 0, 1)), "a or b not zero"),
        (lambda: plot_faces([1, -2], ["p", "q"]), "two positive numbers"),
        (lambda: plot_map([[1, 2, 3]], [(1, 0)]), "A must be square"),
        (lambda: plot_map(np.eye(2), [1, 0]), "arrows must be a matrix"),
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

"""The drawings show what they were given, refuse what they cannot draw, and repeat."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mml.plotting import draw_arrow, plot_map, plot_turn, plot_web, set_plane, use_book_style


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


@pytest.mark.parametrize(
    ("draw", "words"),
    [
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

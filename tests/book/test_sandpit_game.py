"""The sandpit on the page: what the script says is what the package computes."""

import re

import numpy as np
import pytest

from mml.multivariate_calculus import Sandpit

pytestmark = pytest.mark.browser

COMPASS = ["east", "north-east", "north", "north-west", "west", "south-west", "south"]
COMPASS.append("south-east")
PAGE = "book/multivariate_calculus/labs/sandpit.html"


@pytest.fixture
def shown(browser, html):
    """Open the lab from the folder."""
    if not (html / PAGE).exists():
        pytest.fail(f"there is no {PAGE}: run `make book` first", pytrace=False)
    context = browser.new_context()
    page = context.new_page()
    page.goto((html / PAGE).as_uri())
    yield page
    context.close()


def poke(page, x, y):
    """Type a place, poke it, and return what is said."""
    page.get_by_label("x", exact=True).fill(str(x))
    page.get_by_label("y", exact=True).fill(str(y))
    page.get_by_role("button", name="Poke", exact=True).press("Enter")
    return page.locator(".sandpit-said").inner_text()


@pytest.mark.parametrize(("name", "seed"), [("that of the page", None), ("number 7", 7)])
def test_depth_and_slope_are_the_packages(shown, name, seed):
    pit = Sandpit(seed)
    shown.get_by_label("Pit", exact=True).select_option(label=name)
    for x, y in ((3, 3), (0, 6), (5.25, 0.75)):
        said = poke(shown, x, y)
        deep, fall = re.search(r"([\d.]+) m deep.*falling ([\d.]+) m", said).groups()
        assert abs(float(deep) + pit.depth([x, y])) <= 0.0051
        slope = pit.gradient([x, y])
        assert abs(float(fall) - np.hypot(*slope)) <= 0.0051
        word = re.search(r"to the ([a-z-]+),", said)[1]
        turn = np.pi / 4 * COMPASS.index(word)
        downhill = -slope / np.hypot(*slope)
        assert downhill @ [np.cos(turn), np.sin(turn)] >= np.cos(np.pi / 8) - 1e-9


def test_the_lowest_point_is_found_and_the_game_ends(shown):
    said = poke(shown, *(round(v, 2) for v in Sandpit().minimum))
    assert said.startswith("Found with poke 1!")
    assert shown.get_by_role("button", name="Poke", exact=True).is_disabled()
    shown.get_by_role("button", name="Begin again").press("Enter")
    assert "poke first" in shown.locator(".sandpit-said").inner_text()


def test_twenty_five_pokes_are_all(shown):
    for _ in range(24):
        said = poke(shown, 5, 1)
    assert "Hurry up: 1 left" in said
    assert poke(shown, 5, 1).startswith("25 pokes, and not found.")
    assert shown.locator(".sandpit-list li").count() == 25


def test_a_click_pokes_where_it_points(shown):
    board = shown.locator(".sandpit-game svg")
    box = board.bounding_box()
    unit = box["width"] / 6.9  # the box of the drawing starts at -0.6, -0.2
    board.click(position={"x": unit * (0.6 + 2), "y": unit * (0.2 + 6 - 4.5)})
    said = shown.locator(".sandpit-said").inner_text()
    x, y = map(float, re.search(r"\(([\d.]+), ([\d.]+)\)", said).groups())
    np.testing.assert_allclose([x, y], [2, 4.5], atol=0.03)


def test_depth_alone_keeps_the_slope_to_itself(shown):
    shown.get_by_label("The stick tells").select_option("depth")
    said = poke(shown, 3, 3)
    assert "m deep" in said
    assert "downhill" not in said
    assert shown.locator(".sandpit-game .downhill").count() == 0


def test_without_a_script_the_search_is_drawn(browser, html):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / PAGE).as_uri())
    assert page.locator(".sandpit-game svg[role=img][aria-label] circle").count() == 7
    assert page.locator(".sandpit-game form").count() == 0
    context.close()

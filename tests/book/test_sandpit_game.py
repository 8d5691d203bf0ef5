"""The sandpits on the pages: what the script says is what the package computes."""

import re

import numpy as np
import pytest

from mml.multivariate_calculus import Sandpit

pytestmark = pytest.mark.browser

COMPASS = ["east", "north-east", "north", "north-west", "west", "south-west", "south"]
COMPASS.append("south-east")
PAGE = "book/multivariate_calculus/labs/sandpit.html"
WALKS = "book/multivariate_calculus/labs/gradient_descent.html"


@pytest.fixture
def shown(browser, html, request):
    """Open a lab from the folder: the one that is named, or the game."""
    name = getattr(request, "param", PAGE)
    if not (html / name).exists():
        pytest.fail(f"there is no {name}: run `make book` first", pytrace=False)
    context = browser.new_context()
    page = context.new_page()
    page.goto((html / name).as_uri())
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
    shown.get_by_role("combobox", name="Pit", exact=True).select_option(label=name)
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


def newton(J, H, last):
    return -np.linalg.solve(H, J)


def hybrid(J, H, last):
    if np.linalg.eigvalsh(H)[0] > 0 and np.linalg.norm(newton(J, H, last)) <= 1:
        return newton(J, H, last)
    return -J * min(1.0, 1 / np.linalg.norm(J))


STEPS = {
    "constant": lambda J, H, last: -0.5 * J / np.linalg.norm(J),
    "proportional": lambda J, H, last: -0.2 * J,
    "Newton": newton,
    "hybrid": hybrid,
    "momentum": lambda J, H, last: 0.5 * last - 0.1 * J,
}


def arrives(pit, step, x):
    """Walk 40 steps and return where they end."""
    last = np.zeros(2)
    for _ in range(40):
        last = step(pit.gradient(x), pit.hessian(x), last)
        x = np.clip(x + last, 0, 6)
    return x


def choose(page, name):
    """Choose the step whose name begins so."""
    box = page.get_by_role("combobox", name="Step", exact=True)
    full = [o for o in box.locator("option").all_inner_texts() if o.startswith(name)]
    box.select_option(label=full[0])


@pytest.mark.parametrize("shown", [WALKS], indirect=True)
@pytest.mark.parametrize("name", STEPS)
def test_walks_end_where_the_packages_end(shown, name):
    shown.get_by_role("combobox", name="Pit", exact=True).select_option(label="several, number 1")
    choose(shown, name)
    for x, y in ((2, 2.5), (4.5, 4), (0.5, 5.5)):
        shown.get_by_label("x", exact=True).fill(str(x))
        shown.get_by_label("y", exact=True).fill(str(y))
        shown.get_by_role("button", name="Walk", exact=True).press("Enter")
        said = shown.locator(".sandpit-said").inner_text()
        end = [float(v) for v in re.search(r": \(([\d.]+), ([\d.]+)\)", said).groups()]
        theirs = arrives(Sandpit(1, kind="several"), STEPS[name], np.array([x, y], dtype=float))
        np.testing.assert_allclose(end, theirs, atol=2e-4)


@pytest.mark.parametrize("shown", [WALKS], indirect=True)
def test_line_search_goes_down_and_arrives(shown):
    choose(shown, "line search")
    shown.get_by_role("button", name="Walk", exact=True).press("Enter")
    assert "ends at the lowest point" in shown.locator(".sandpit-said").inner_text()


@pytest.mark.parametrize("shown", [WALKS], indirect=True)
def test_basins_are_drawn_and_counted(shown):
    pit = Sandpit()
    choose(shown, "hybrid")
    shown.get_by_role("button", name="Colour all starts").press("Enter")
    said = shown.locator(".sandpit-said").inner_text()
    shares = [float(v) for v in re.findall(r"([\d.]+) %", said)]
    assert abs(sum(shares) - 100) < 0.3
    drawn = shown.locator(".sandpit-walk .end-0").get_attribute("d").count("M")
    assert abs(drawn / 16 - shares[0]) <= 0.051
    places = re.findall(r"M([\d.]+),([\d.]+)", shown.locator(".end-0").get_attribute("d"))
    for x, y in places[:: len(places) // 6]:
        start = np.array([float(x) + 0.075, 6 - float(y) - 0.075])
        assert np.linalg.norm(arrives(pit, hybrid, start) - pit.minimum) < 1e-3


def test_without_a_script_the_walk_is_drawn(browser, html):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / WALKS).as_uri())
    assert page.locator(".sandpit-walk svg[role=img][aria-label] .trail").count() == 1
    assert page.locator(".sandpit-walk form").count() == 0
    context.close()

"""The mirror before the bear: what the slider shows is what the package computes."""

import re

import numpy as np
import pytest

from mml.linear_algebra import reflection

pytestmark = pytest.mark.browser

PAGE = "book/linear_algebra/labs/reflecting_bear.html"


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


def numbers(text):
    """Return the numbers of a transform."""
    return [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", text)]


def test_the_image_follows_the_mirror_by_keyboard(shown):
    slider = shown.get_by_label("Turn the mirror")
    box = shown.locator(".bear-at-the-mirror")
    assert slider.input_value() == "110"
    for key in ("ArrowRight", "ArrowRight", "PageDown", "Home", "ArrowRight", "End"):
        slider.press(key)
        degrees = float(slider.input_value())
        assert slider.get_attribute("aria-valuetext") == f"{degrees:g} degrees"
        assert numbers(box.locator(".mirror").get_attribute("transform")) == [degrees]
        a, b, c, d, *shift = numbers(box.locator(".image").get_attribute("transform"))
        t = np.radians(degrees)
        wanted = reflection([[np.cos(t)], [np.sin(t)]])
        np.testing.assert_allclose([[a, c], [b, d]], wanted, atol=1e-12)
        assert shift == [0, 0]
        said = numbers(box.inner_text().split("M =")[1])
        np.testing.assert_allclose(said, wanted.ravel(), atol=0.0051)
    assert slider.input_value() == "180"


def test_without_a_script_the_picture_is_finished(browser, html):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((html / PAGE).as_uri())
    box = page.locator(".bear-at-the-mirror")
    assert box.locator("input").count() == 0
    assert box.locator("svg[role=img][aria-label]").is_visible()
    context.close()

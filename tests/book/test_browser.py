"""The built pages in Chromium, with every address refused but the book's own."""

import contextlib
import functools
import http.server
import threading
from pathlib import Path

import pytest
from building import NOTEBOOK, ROOT, TinyBook

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
LOCAL = ("127.0.0.1", "data:", "blob:", "about:")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the book and writes no log."""

    def log_message(self, *arguments):
        """Say nothing."""


@contextlib.contextmanager
def served(folder):
    """Serve a folder on loopback, and give its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def address(html):
    """Serve the built book, and return its address."""
    with served(html) as found:
        yield found


@pytest.fixture(scope="session")
def specimen(tmp_path_factory):
    """Build and serve a page with everything that pages may hold, launch buttons as well."""
    book = TinyBook(tmp_path_factory.mktemp("specimen"))
    book.page("specimen", "")
    text = Path(__file__).with_name("specimen.md").read_text(encoding="utf8")
    book.write("book/specimen.md", NOTEBOOK + text)
    result = book.build(MML_REPOSITORY="https://github.com/someone/a-book")
    assert result.status == 0, result
    with served(book.html) as found:
        yield f"{found}/book/specimen.html"


class Tab:
    """A tab that refuses every outside address and remembers what went wrong."""

    def __init__(self, browser, *, viewport=WIDE, color_scheme="light", script=True):
        """Open it."""
        self.context = browser.new_context(
            viewport=viewport, color_scheme=color_scheme, java_script_enabled=script
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.context.route("**/*", self.let_through)
        self.page = self.context.new_page()
        self.outside, self.failed, self.said = [], [], []
        self.page.on("requestfailed", lambda r: self.failed.append(f"{r.url}: {r.failure}"))
        self.page.on("response", self.look_at)
        self.page.on("console", self.listen)
        self.page.on("pageerror", lambda error: self.said.append(f"script error: {error}"))

    def let_through(self, route):
        """Refuse what is not the book's own."""
        url = route.request.url
        if url.startswith("file:") or any(part in url.split("?")[0][:20] for part in LOCAL):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def look_at(self, response):
        """Remember a request that was answered with an error."""
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")

    def listen(self, message):
        """Remember an error or a warning on the console."""
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def open(self, url):
        """Open a page and wait until it has nothing left to load."""
        self.page.goto(url, wait_until="load")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def complaints(self):
        """Return everything that went wrong."""
        return {
            name: found for name in ("outside", "failed", "said") if (found := getattr(self, name))
        }


@pytest.fixture
def tab(browser):
    """Return a maker of tabs, which are closed in the end."""
    opened = []

    def make(**options):
        opened.append(Tab(browser, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


def violations(page):
    """Return axe's serious and critical findings, each with the elements it is about."""
    page.evaluate("() => document.getAnimations().forEach((a) => a.finish())")
    page.evaluate(AXE.read_text(encoding="utf8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}\n"
        f"    {node['failureSummary'].splitlines()[-1].strip()[:200]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:5]
    ]


def look_over(one, url, scheme):
    """Open a page, and check that nothing fails, nothing overflows and axe is content."""
    shown = one.open(url)
    assert shown.evaluate("document.documentElement.dataset.theme") == scheme
    assert one.complaints() == {}
    room = shown.evaluate(
        "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"
    )
    assert room[0] <= room[1], f"{url} scrolls sideways: {room[0]} px in {room[1]} px"
    found = violations(shown)
    assert not found, f"{len(found)} accessibility findings on {url}:\n" + "\n".join(found)
    return shown


def everything_that_takes_a_click_takes_a_key(shown):
    """A fold opens by Enter, and what can be pressed has a name and is a tab stop."""
    for fold in shown.locator("article details > summary").all()[:3]:
        before = fold.evaluate("(e) => e.parentElement.open")
        fold.focus()
        shown.keyboard.press("Enter")
        assert fold.evaluate("(e) => e.parentElement.open") != before
    for fold in shown.locator("article .toggle-button:visible").all()[:3]:
        assert fold.evaluate("(e) => e.tabIndex") == 0
        before = fold.get_attribute("aria-expanded") or fold.get_attribute("class")
        fold.focus()
        shown.keyboard.press("Enter")
        after = fold.get_attribute("aria-expanded") or fold.get_attribute("class")
        assert after != before
    nameless = shown.evaluate(
        """() => [...document.querySelectorAll("button")].filter((b) =>
            !(b.ariaLabel || b.title || b.textContent || b.dataset.tooltip || "").trim()
        ).map((b) => b.outerHTML.slice(0, 200))"""
    )
    assert nameless == []


def wide_things_scroll_by_keyboard(shown):
    """What overflows on a phone can be focused and has a name; what fits is no tab stop."""
    wrong = shown.evaluate(
        """() => [...document.querySelectorAll("article *")].filter((e) => {
            const style = getComputedStyle(e);
            if (!["auto", "scroll"].includes(style.overflowX)) return false;
            if (e.scrollWidth <= e.clientWidth + 1 || e.clientWidth === 0) return false;
            const inner = e.querySelector("a[href], button, input, [tabindex]");
            return e.tabIndex < 0 && !inner;
        }).map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert wrong == []


# colours do not depend on the width, nor widths on the colours: each page is opened twice,
# and what keys do is asked of it while it is open
def test_page_on_a_wide_dark_screen(page, address, tab):
    one = tab(viewport=WIDE, color_scheme="dark")
    everything_that_takes_a_click_takes_a_key(look_over(one, f"{address}/{page}", "dark"))


def test_page_on_a_light_phone(page, address, tab):
    one = tab(viewport=PHONE, color_scheme="light")
    wide_things_scroll_by_keyboard(look_over(one, f"{address}/{page}", "light"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_specimen_is_sound_and_accessible(viewport, scheme, specimen, tab):
    """Every kind of thing that a page may hold, whether or not the book uses it yet."""
    look_over(tab(viewport=viewport, color_scheme=scheme), specimen, scheme)


def test_folds_show_what_is_wide(specimen, tab):
    """All folds opened on a phone: still nothing scrolls the page, and axe is content."""
    one = tab(viewport=PHONE)
    shown = one.open(specimen)
    shown.evaluate(
        """() => {
            document.querySelectorAll("article details").forEach((fold) => fold.open = true);
            document.querySelectorAll("article .toggle-hidden.toggle-button")
                .forEach((button) => button.click());
        }"""
    )
    shown.wait_for_timeout(400)
    assert shown.locator("article details:not([open])").count() == 0
    width = shown.evaluate("document.scrollingElement.scrollWidth")
    assert width <= PHONE["width"]
    found = violations(shown)
    assert not found, "\n".join(found)


def test_wide_formulas_become_tab_stops_and_narrow_ones_do_not(specimen, tab):
    one = tab(viewport=PHONE)
    shown = one.open(specimen)
    stops = "[...document.querySelectorAll('div.math')].map((e) => e.tabIndex === 0)"
    assert set(shown.evaluate(stops)) == {True, False}
    box = shown.locator("div.math.scroll-x").first
    assert box.get_attribute("aria-label") == "Formula, scrolls sideways"
    box.focus()
    shown.keyboard.press("ArrowRight")
    shown.wait_for_timeout(300)
    assert box.evaluate("(e) => e.scrollLeft") > 0
    before = shown.locator("article .scroll-x").count()
    shown.set_viewport_size({"width": 1600, "height": 900})
    shown.wait_for_timeout(400)
    assert shown.locator("article .scroll-x").count() < before


def test_page_reads_without_script(page, address, tab):
    one = tab(script=False)
    shown = one.open(f"{address}/{page}")
    assert one.complaints() == {}
    assert shown.locator("h1").first.is_visible()
    for box in (one_box for one_box in shown.locator(".math .katex").all()[:3]):
        if box.is_visible():
            size = box.bounding_box()
            assert size["height"] > 4, "maths is not painted"
    wanted = shown.locator(".math").count()
    assert shown.locator(".math .katex").count() >= wanted


def test_a_chapter_paints_its_maths_without_script(address, tab):
    shown = tab(script=False).open(f"{address}/book/linear_algebra/05_eigen.html")
    assert shown.locator("mjx-container, script[type='math/tex']").count() == 0
    display = shown.locator(".math .katex-display").first
    font = display.locator(".katex").first.evaluate("(e) => getComputedStyle(e).fontFamily")
    assert "KaTeX" in font
    assert display.bounding_box()["width"] > 40


def test_pages_open_from_a_folder(html, tab):
    one = tab()
    for page in ("index.html", "book/linear_algebra/05_eigen.html"):
        shown = one.open((html / page).as_uri())
        shown.wait_for_selector("h1:visible")
    assert one.outside == []
    assert one.said == []
    assert one.failed == []


def test_the_first_page_leads_to_the_book(address, tab):
    one = tab()
    shown = one.open(f"{address}/")
    shown.wait_for_selector("h1:visible")
    assert shown.url.endswith("/book/index.html")


def test_search_finds_a_chapter(address, tab):
    one = tab()
    shown = one.open(f"{address}/search.html?q=eigenvector")
    shown.wait_for_selector("#search-results a[href*='05_eigen']")
    assert shown.locator("#search-results li").count() >= 1
    assert one.complaints() == {}


def test_keyboard_reaches_the_search(address, tab):
    one = tab()
    shown = one.open(f"{address}/book/linear_algebra/05_eigen.html")
    shown.keyboard.press("Control+k")
    field = shown.locator(".search-button__search-container input[name=q]")
    field.wait_for(state="visible")
    assert field.evaluate("(e) => e === document.activeElement")
    shown.keyboard.type("eigenvalue")
    shown.keyboard.press("Enter")
    shown.wait_for_url("**/search.html?q=eigenvalue*")
    shown.wait_for_selector("#search-results a[href*='05_eigen']")
    assert one.complaints() == {}


def test_the_first_tab_stop_skips_to_the_text(address, tab):
    shown = tab().open(f"{address}/book/linear_algebra/05_eigen.html")
    shown.keyboard.press("Tab")
    link = shown.evaluate("document.activeElement.textContent")
    assert "Skip to main content" in link
    shown.keyboard.press("Enter")
    assert shown.url.endswith("#main-content")
    shown.keyboard.press("Tab")
    inside = "document.querySelector('#main-content').contains(document.activeElement)"
    assert shown.evaluate(inside)


def test_code_can_be_copied(address, tab):
    shown = tab().open(f"{address}/book/linear_algebra/05_eigen.html")
    button = shown.locator("button.copybtn").first
    name = button.evaluate("(b) => b.ariaLabel || b.title || b.dataset.tooltip")
    assert "copy" in name.lower()
    code = shown.locator(".cell_input .highlight pre, .highlight pre").first
    button.focus()
    shown.keyboard.press("Enter")
    copied = shown.evaluate("navigator.clipboard.readText()")
    assert copied.strip()
    assert copied.strip().splitlines()[0] in code.text_content()


def test_dark_mode_can_be_chosen_and_is_kept(address, tab):
    one = tab(color_scheme="light")
    shown = one.open(f"{address}/book/linear_algebra/05_eigen.html")
    switch = shown.locator("button.theme-switch-button").first
    modes = set()
    for _ in range(3):
        switch.focus()
        shown.keyboard.press("Enter")
        modes.add(shown.evaluate("document.documentElement.dataset.mode"))
        if shown.evaluate("document.documentElement.dataset.mode") == "dark":
            break
    assert "dark" in modes
    shown.reload()
    assert shown.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_first_screen_needs_few_requests(address, tab):
    """A chapter asks for its page, its styles, its scripts and its pictures, and no more."""
    one = tab()
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    one.open(f"{address}/book/linear_algebra/05_eigen.html")
    pictures = [url for url in asked if "/_images/" in url]
    assert len(asked) - len(pictures) <= 60, "\n".join(asked)
    assert len(asked) == len(set(asked)), "something is fetched twice"


def test_the_checks_find_faults(tmp_path, browser, tab):
    """The instruments themselves: a page with known faults is not called sound."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html lang=en><title>bad</title><body><main>"
        "<img src='gone.png'><script src='https://example.org/x.js'></script>"
        "<script>throw new Error('boom')</script></main></body></html>"
    )
    one = tab()
    shown = one.open(bad.as_uri())
    assert one.outside == ["https://example.org/x.js"]
    assert any("gone.png" in line for line in one.failed)
    assert any("boom" in line for line in one.said)
    assert any("image-alt" in line for line in violations(shown))

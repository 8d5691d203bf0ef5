"""No picture without words, and no display maths that silently became text.

Both faults leave a page that looks whole to its author: myst-nb fills a missing alt text with the
path of the file, and ``$$`` on the line after text turns into dollar signs and loses its label.
Each is a warning with file and line, on every build, so that ``-W`` fails.
"""

import re

from docutils import nodes
from page_data import PageCollector, by_page
from source_lines import line_near, line_of, read_lines
from sphinx.util import logging

SHORTEST = 15
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp|pdf)\s*$", re.IGNORECASE)
IMG_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)

logger = logging.getLogger(__name__)


def fault_of(alt, classes):
    """Return what is wrong with an alternative text, or None."""
    alt = " ".join((alt or "").split())
    if "decorative" in classes:
        return f"a decorative image has the alt text {alt!r}; it should have none" if alt else None
    if not alt:
        return "an image has no alt text"
    if FILE_NAME.search(alt):
        return f"the alt text {alt!r} is a file name"
    if len(alt) < SHORTEST:
        return f"the alt text {alt!r} is too short to say what is to be seen"
    return None


def picture_faults(doctree, lines):
    """Yield (line, message) for pictures without words, drawn by nodes or by HTML."""
    for image in doctree.findall(nodes.image):
        fault = fault_of(image.get("alt"), image["classes"])
        if fault:
            named = r"(!\[|\{image\}|\{figure\}).*" + re.escape(image["uri"].split("/")[-1])
            if "jupyter_execute" in image["uri"]:  # drawn by a cell
                named = r"\{code-cell\}"
            yield line_near(lines, named, line_of(image)), fault
    for raw in doctree.findall(nodes.raw):
        if "html" not in raw.get("format", "").split():
            continue
        for tag in IMG_TAG.findall(raw.astext()):
            alt = ALT.search(tag)
            classes = "decorative" if "decorative" in tag else ""
            fault = fault_of(alt and (alt[1] or alt[2]), classes)
            if fault:
                yield line_near(lines, "<img", line_of(raw)), fault


def maths_faults(doctree, lines):
    """Yield (line, message) for display maths that was taken for text in a paragraph."""
    for text in doctree.findall(nodes.Text):
        if not isinstance(text.parent, nodes.literal | nodes.FixedTextElement | nodes.raw):
            siblings = text.parent.children
            after = siblings[siblings.index(text) + 1 :]
            maths = bool(after) and isinstance(after[0], nodes.math)
            if "$$" in text or (maths and text.endswith("$")):
                line = line_near(lines, r"^\s*\$\$", line_of(text.parent))
                yield line, "$$ became text: leave a blank line before display maths"


def pages(env):
    """Return the faults of each page."""
    return by_page(env, "alt_text_pages")


class Collector(PageCollector):
    """Keeps the faults of each page."""

    name = "alt_text_pages"

    def process_doc(self, app, doctree):
        """Look at one page; the formats of one picture share one complaint."""
        lines = read_lines(app.env, app.env.docname)
        found = [*picture_faults(doctree, lines), *maths_faults(doctree, lines)]
        pages(app.env)[app.env.docname] = sorted(set(found))


def report(app, env):
    """Warn of every fault; runs on each build, whatever was read again."""
    for docname in sorted(pages(env)):
        for line, message in pages(env)[docname]:
            logger.warning("alt_text: %s", message, location=(docname, line))


def setup(app):
    """Register the collector and the checks."""
    app.add_env_collector(Collector)
    app.connect("env-updated", report)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}

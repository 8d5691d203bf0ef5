"""Lay out derivations for the page: formula and reason side by side, or stacked on a phone.

A derivation brings its lines as data beside its LaTeX. The HTML page is built from the
lines; every other builder uses the LaTeX.
"""

import json

from docutils import nodes
from myst_nb.core.render import load_mime_renders

MIME = "application/vnd.mml.derivation+json"


class DerivationRenderer:
    """Takes the lines of a derivation out of a cell's output and makes them into nodes."""

    mime_priority_overrides = (("html", MIME, 0),)

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the derivation as nodes; decline all other types."""
        if data.mime_type != MIME:
            return None
        content = data.content
        lines = json.loads(content) if isinstance(content, str | bytes) else content
        whole = nodes.container(classes=["derivation"])
        whole += [line_node(line) for line in lines]
        return [whole]


def line_node(line):
    """Return one line: its sign, its formula in one or more rows, its reason."""
    formula = nodes.container(classes=["derivation-formula"])
    for row in line["rows"]:
        formula += nodes.paragraph("", "", formula_node(r"\displaystyle " + row))
    sign = nodes.paragraph("", "", classes=["derivation-sign"])
    if line["sign"]:
        sign += formula_node(line["sign"])
    reason = nodes.paragraph("", "", classes=["derivation-reason"])
    for kind, text in line["reason"]:
        reason += formula_node(text) if kind == "math" else nodes.Text(text)
    return nodes.container("", sign, formula, reason, classes=["derivation-line"])


def formula_node(tex):
    return nodes.math(tex, tex)


def setup(app):
    renderers = load_mime_renders()  # a cached list: what is added to it stays
    if DerivationRenderer not in renderers:
        renderers.append(DerivationRenderer)
    return {"parallel_read_safe": True}

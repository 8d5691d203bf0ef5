"""The verification ledger: no theorem and no equation of the book stands without evidence.

A code cell names what it verifies in its metadata (``verifies: [eq-projection, thm-pythagoras]``)
and leaves evidence of type ``application/vnd.mml.evidence+json`` in its output. This extension
pairs the two. Each statement gets a mark that links to its cell, each cell a line that links to
its statements, the directive ``{ledger}`` lists them all, and ``ledger.json`` beside the pages
holds the same for tests. A label without evidence, a cell without evidence, an unknown label and
a label given twice are warnings with file and line, on every build, so that ``-W`` fails.
"""

import json
import os
from pathlib import Path

from docutils import nodes
from ledger_book import cells, entries, pages, statements, totals
from ledger_marks import LedgerDirective, WriteLedger
from ledger_reading import PREFIXES, EvidenceRenderer, has_run, read_cells, read_statements
from myst_nb.core.render import load_mime_renders
from page_data import PageCollector
from source_lines import read_lines
from sphinx.util import logging

logger = logging.getLogger(__name__)


class Collector(PageCollector):
    """Keeps what each page states and shows, and says which pages need writing again."""

    name = "ledger_pages"

    def process_doc(self, app, doctree):
        """Read one page."""
        docname = app.env.docname
        lines = read_lines(app.env, docname)
        pages(app.env)[docname] = {
            "statements": list(read_statements(doctree, docname, lines)),
            "cells": list(read_cells(doctree, docname, lines)),
            "ran": has_run(doctree),
            "lists": any("ledger_page" in node for node in doctree.findall(nodes.container)),
        }

    def get_updated_docs(self, app, env):
        """Return the pages whose marks differ from those that were written last.

        Here, not earlier, the numbers of theorems and equations are known.
        """
        rows, proofs, changed = entries(env), cells(env), []
        titles = [env.titles[docname].astext() for docname in sorted(pages(env))]
        before = getattr(env, "ledger_written", {})
        env.ledger_written = {}
        for docname, page in pages(env).items():
            stated = {item["label"] for item in page["statements"]}
            named = {label for cell in page["cells"] for label in cell["labels"]}
            mine = [row for row in rows if row["label"] in stated | named]
            shown = [cell for cell in proofs if not stated.isdisjoint(cell["labels"])]
            shown = [(c["docname"], c["anchor"], c["labels"], c["evidence"]) for c in shown]
            state = json.dumps([rows, proofs, titles] if page["lists"] else [mine, shown])
            env.ledger_written[docname] = state
            if before.get(docname, state) != state:
                changed.append(docname)
        return changed


def holes(env):
    """Yield every hole in the ledger as (page, line, message)."""
    idle = {name for name in sorted(pages(env)) if not pages(env)[name]["ran"]}
    for docname in sorted(idle):
        page = pages(env)[docname]
        if page["cells"] or any(item["needs"] for item in page["statements"]):
            yield docname, 1, "no cell of this page has run, so it verifies nothing"
    first = {}
    proven = {label for cell in cells(env) if cell["evidence"] for label in cell["labels"]}
    for item in statements(env):
        place, label = (item["docname"], item["line"]), item["label"]
        if label in first:
            yield *place, f"duplicate label {label}, first in {first[label]}"
        elif not item["well_named"]:
            prefix = PREFIXES.get(item["realtype"], "eq-")
            yield *place, f"this {item['realtype']} needs a label that begins {prefix}, not {label}"
        elif item["needs"] and label not in proven and item["docname"] not in idle:
            yield *place, f"{label} has no evidence: no executed cell verifies it"
        first.setdefault(label, env.doc2path(item["docname"], base=False))
    for cell in cells(env):
        place, named = (cell["docname"], cell["line"]), ", ".join(cell["labels"]) or "nothing"
        for problem in cell["problems"]:
            yield *place, f"cell verifying {named}: {problem}"
        if not cell["labels"]:
            yield *place, "a cell with empty verifies"
        elif not cell["evidence"] and cell["docname"] not in idle:
            yield *place, f"cell verifying {named} leaves no evidence in its output"
        for label in cell["labels"]:
            if label not in first:
                yield *place, f"unknown label {label} in verifies"


def report(app, env):
    """Warn of every hole; runs on each build, whatever was read again.

    When one chapter alone is built the cells of the others have not run: only its holes count.
    """
    only = os.environ.get("MML_CHAPTER")
    for docname, line, message in holes(env):
        if not only or docname.split("/")[-1] == only:
            logger.warning("ledger: %s", message, location=(docname, line))


def add_style(app, pagename, templatename, context, doctree):
    """Load the style on pages that have marks."""
    page = pages(app.env).get(pagename, {})
    if any(page.values()):
        app.add_css_file("ledger.css")


def dump(app, error):
    """Write the ledger for tests and other tools."""
    if error is None:
        text = json.dumps(entries(app.env), indent=1, ensure_ascii=False)
        Path(app.outdir, "ledger.json").write_text(text + "\n", encoding="utf-8")
        whole = totals([one for cell in cells(app.env) for one in cell["evidence"]])
        text = json.dumps(whole, indent=1, sort_keys=True)
        Path(app.outdir, "ledger_totals.json").write_text(text + "\n", encoding="utf-8")


def setup(app):
    """Register the collector, the checks, the marks and the directive."""
    plugins = load_mime_renders()
    if EvidenceRenderer not in plugins:
        plugins.append(EvidenceRenderer)
    app.add_env_collector(Collector)
    app.add_directive("ledger", LedgerDirective)
    app.add_post_transform(WriteLedger)
    app.connect("env-updated", report)
    app.connect("html-page-context", add_style)
    app.connect("build-finished", dump)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}

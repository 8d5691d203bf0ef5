"""The verification ledger: no theorem and no equation of the book stands without evidence.

A code cell names what it verifies in its metadata (``verifies: [eq-projection, thm-pythagoras]``)
and leaves evidence of type ``application/vnd.mml.evidence+json`` in its output. This extension
pairs the two. Each statement gets a mark that links to its cell, each cell a line that links to
its statements, the directive ``{ledger}`` lists them all, and ``ledger.json`` beside the pages
holds the same for tests. A label without evidence, a cell without evidence, an unknown label and
a label given twice are warnings with file and line, on every build, so that ``-W`` fails.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import load_mime_renders
from sphinx import addnodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

MIME = "application/vnd.mml.evidence+json"
PREFIXES = {"theorem": "thm-", "lemma": "lem-", "corollary": "cor-", "proposition": "prop-"}
COUNTS = {"derivation": ("steps", "symbolic", "numeric"), "tested": ("cases",)}

logger = logging.getLogger(__name__)


# --- reading: what a page states, and what its cells show ---------------------------------------


class EvidenceRenderer:
    """Takes the evidence out of a cell's output while myst-nb renders it; it shows nothing itself.

    myst-nb renders one type of a bundle, the LaTeX of a derivation, say. It offers every type to
    its plugins first, so this is where all evidence passes, fresh or from the execution cache.
    """

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Store the evidence on the document under its cell; decline all other types."""
        if data.mime_type != MIME:
            return None
        if data.cell_index is not None and data.output_index is not None:  # not a pasted copy
            found = renderer.renderer.document.attributes.setdefault("ledger_evidence", {})
            found.setdefault(data.cell_index, []).append(data.content)
        return []


def check_evidence(content):
    """Return the evidence as a dictionary, or raise ``ValueError`` with what is wrong with it."""
    evidence = json.loads(content) if isinstance(content, str | bytes) else dict(content)
    kind = evidence.get("kind")
    if kind not in COUNTS:
        raise ValueError(f"its kind is {kind!r}, not one of {', '.join(COUNTS)}")
    for name in COUNTS[kind]:
        if type(evidence.get(name)) is not int or evidence[name] < 0:
            raise ValueError(f"{name!r} is {evidence.get(name)!r}, not a count")
    if evidence[COUNTS[kind][0]] == 0:
        raise ValueError(f"it has no {COUNTS[kind][0]}")
    if kind == "derivation" and evidence["symbolic"] + evidence["numeric"] != evidence["steps"]:
        raise ValueError("its symbolic and numeric steps do not add up to its steps")
    return evidence


def line_of(node):
    """Return the source line of a node, or of the nearest node that knows its line."""
    for candidate in (node, *node.findall(), node.parent):
        if getattr(candidate, "line", None):
            return candidate.line
    return 1


def line_of_label(lines, label, node):
    """Return the line where the label is written, else where the statement is."""
    spelled = re.compile(rf"\blabel:\s*{re.escape(label)}\s*$|\({re.escape(label)}\)\s*$")
    return next((i for i, text in enumerate(lines, 1) if spelled.search(text)), line_of(node))


def title_runs(node):
    """Return a title as (kind, text) pairs, which can be stored and made into nodes again."""
    runs = [[child.tagname, child.astext()] for child in node.children]
    if runs and re.match(r"\s*\(", runs[0][1]) and runs[-1][1].endswith(")"):
        runs[0][1] = re.sub(r"^\s*\(", "", runs[0][1])  # sphinx-proof puts titles in brackets
        runs[-1][1] = runs[-1][1][:-1]
    return [tuple(run) for run in runs]


def heading_of(node):
    """Return the title of the section that holds the node, to tell equations apart."""
    while node is not None:
        if isinstance(node, nodes.section) and isinstance(node[0], nodes.title):
            return title_runs(node[0])  # the sections inside theorems have no title
        node = node.parent
    return []


def read_statements(doctree, docname, lines):
    """Yield the labelled theorems and equations of a page, and those that dodge their label."""
    for node in doctree.findall(nodes.Element):
        label = node.get("label")
        if isinstance(node, nodes.math_block):
            if not label or "amsmath" in node["classes"]:
                continue
            realtype, prefix, title = "equation", "eq-", heading_of(node)
        elif node.get("realtype") in PREFIXES:
            realtype, prefix = node["realtype"], PREFIXES[node["realtype"]]
            title = title_runs(node.next_node(nodes.title))
        else:
            continue
        yield {
            "label": label,
            "docname": docname,
            "line": line_of_label(lines, label, node),
            "realtype": realtype,
            "counter": node.get("countertype", "displaymath"),
            "id": node["ids"][0] if node["ids"] else nodes.make_id(f"equation-{label}"),
            "title": title,
            "well_named": label.startswith(prefix),
            "needs": not label.startswith("eq-def-"),
        }


def read_cells(doctree, docname):
    """Yield the cells that claim to verify something, with an anchor put before each."""
    evidence = doctree.attributes.pop("ledger_evidence", {})
    taken = {name for node in doctree.findall(nodes.Element) for name in node["ids"]}
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code" or "verifies" not in cell["cell_metadata"]:
            continue
        labels = cell["cell_metadata"]["verifies"]
        labels = [labels] if isinstance(labels, str) else [str(label) for label in labels or []]
        problems, shown = [], []
        for content in evidence.get(cell["cell_index"], []):
            try:
                shown.append(check_evidence(content))
            except (TypeError, ValueError) as error:
                problems.append(f"unusable evidence: {error}")
        if any("traceback" in node.get("classes", ()) for node in cell.findall(nodes.Element)):
            problems.append("the cell ends in an error")
            shown = []
        stem = anchor = nodes.make_id(f"evidence-{labels[0] if labels else 'none'}")
        count = 1
        while anchor in taken:
            count += 1
            anchor = f"{stem}-{count}"
        taken.add(anchor)
        where = cell.parent.index(cell)
        cell.parent.insert(where, nodes.target("", "", ids=[anchor]))  # any builder can link to it
        cell["ledger_labels"] = labels
        yield {
            "labels": labels,
            "docname": docname,
            "line": line_of(cell),
            "anchor": anchor,
            "evidence": shown,
            "problems": problems,
        }


class Collector(EnvironmentCollector):
    """Keeps what each page states and shows, and says which pages need writing again."""

    def clear_doc(self, app, env, docname):
        """Forget a page before it is read again."""
        pages(env).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        """Take over the pages that another process has read."""
        pages(env).update({name: pages(other)[name] for name in docnames if name in pages(other)})

    def process_doc(self, app, doctree):
        """Read one page."""
        docname = app.env.docname
        source = Path(app.env.doc2path(docname))
        lines = source.read_text(encoding="utf-8").splitlines() if source.suffix == ".md" else []
        pages(app.env)[docname] = {
            "statements": list(read_statements(doctree, docname, lines)),
            "cells": list(read_cells(doctree, docname)),
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


def pages(env):
    """Return the pages of the ledger, by document name."""
    if not hasattr(env, "ledger_pages"):
        env.ledger_pages = {}
    return env.ledger_pages


# --- pairing: statements and their evidence -----------------------------------------------------


def statements(env):
    """Return every statement of the book, page by page in the order of the file names."""
    return [item for name in sorted(pages(env)) for item in pages(env)[name]["statements"]]


def cells(env):
    """Return every cell that claims to verify something."""
    return [cell for name in sorted(pages(env)) for cell in pages(env)[name]["cells"]]


def number_of(env, item):
    """Return the number under which a statement is printed, such as ``5.3``."""
    figures = env.toc_fignumbers.get(item["docname"], {}).get(item["counter"], {})
    if item["realtype"] == "equation" and not (env.config.numfig and env.config.math_numfig):
        return str(env.get_domain("math").get_equation_number_for(item["label"]) or "")
    return ".".join(map(str, figures.get(item["id"], ())))


def totals(evidence):
    """Add up the counts of some evidence, kind by kind."""
    kinds = {}
    for one in evidence:
        sums = kinds.setdefault(one["kind"], dict.fromkeys(COUNTS[one["kind"]], 0))
        for name in sums:
            sums[name] += one[name]
    return kinds


def entries(env):
    """Return the ledger: one dictionary for each statement that needs evidence."""
    rows = []
    for item in statements(env):
        if not item["needs"]:
            continue
        mine = [cell for cell in cells(env) if item["label"] in cell["labels"]]
        kinds = totals([one for cell in mine for one in cell["evidence"]])
        derived, tested = kinds.get("derivation", {}), kinds.get("tested", {})
        rows.append(
            {
                "label": item["label"],
                "docname": item["docname"],
                "type": item["realtype"],
                "number": number_of(env, item),
                "title": "".join(text for _, text in item["title"]),
                "kind": "derivation" if derived else "tested" if tested else None,
                "steps": derived.get("steps", 0),
                "symbolic": derived.get("symbolic", 0),
                "numeric": derived.get("numeric", 0),
                "cases": tested.get("cases", 0),
                "cells": [f"{cell['docname']}#{cell['anchor']}" for cell in mine],
            }
        )
    return rows


def report(app, env):
    """Warn of every hole in the ledger; runs on each build, whatever was read again."""
    first = {}
    for item in statements(env):
        place, label = (item["docname"], item["line"]), item["label"]
        if label in first:
            logger.warning(
                "ledger: duplicate label %s, first in %s", label, first[label], location=place
            )
        first.setdefault(label, env.doc2path(item["docname"], base=False))
        if not item["well_named"]:
            message = "ledger: a %s needs a label of its own that begins %s, not %s"
            prefix = PREFIXES.get(item["realtype"], "eq-")
            logger.warning(message, item["realtype"], prefix, label, location=place)
    proven = {label for cell in cells(env) if cell["evidence"] for label in cell["labels"]}
    for item in statements(env):
        if item["needs"] and item["label"] not in proven:
            message = "ledger: %s has no evidence: no executed cell verifies it"
            logger.warning(message, item["label"], location=(item["docname"], item["line"]))
    for cell in cells(env):
        place, named = (cell["docname"], cell["line"]), ", ".join(cell["labels"]) or "nothing"
        for problem in cell["problems"]:
            logger.warning("ledger: cell verifying %s: %s", named, problem, location=place)
        if not cell["evidence"] or not cell["labels"]:
            message = "ledger: cell verifying %s leaves no evidence in its output"
            logger.warning(message, named, location=place)
        for label in cell["labels"]:
            if label not in first:
                logger.warning("ledger: unknown label %s in verifies", label, location=place)


# --- writing: marks, links and the list ---------------------------------------------------------


def plural(count, noun):
    """Return ``1 step``, ``2 steps``, ``1,000 cases``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def wording(evidence, *, in_full=False):
    """Return the marks for some evidence, as (class, text) pairs."""
    kinds, marks = totals(evidence), []
    if "derivation" in kinds:
        steps, numeric = kinds["derivation"]["steps"], kinds["derivation"]["numeric"]
        how = f", {numeric} of {plural(steps, 'step')} checked numerically" if numeric else ""
        how = how or " symbolically" + (f", {plural(steps, 'step')}" if in_full else "")
        marks.append(("derived", f"verified: derived{how}"))
    if "tested" in kinds:
        marks.append(("tested", f"tested: {plural(kinds['tested']['cases'], 'case')}"))
    return marks


class WriteLedger(SphinxPostTransform):
    """Inserts the marks into a copy of the page, before references are resolved and numbered."""

    default_priority = 3

    def run(self, **kwargs):
        """Mark statements and cells, and fill in the list where a page asks for it."""
        self.known = {item["label"]: item for item in reversed(statements(self.env))}
        self.cells = cells(self.env)
        for node in list(self.document.findall(nodes.Element)):
            item = self.known.get(node.get("label"))
            if item is not None and (isinstance(node, nodes.math_block) or "realtype" in node):
                self.mark_statement(node, item)
            elif "ledger_labels" in node:
                self.mark_cell(node)
            elif "ledger_page" in node:
                node.extend(self.list_all(node))

    def mark_statement(self, node, item):
        """Put the mark below an equation, or at the foot of a theorem's box."""
        links = self.evidence_links(node, item)
        if not links:
            return
        mark = nodes.paragraph("", "", *links, classes=["ledger-mark"])
        if isinstance(node, nodes.math_block):
            node.parent.insert(node.parent.index(node) + 1, mark)
        else:
            node += mark

    def mark_cell(self, node):
        """Put the line that links back below the cell."""
        parts = [nodes.Text("verifies: ")]
        for label in node["ledger_labels"]:
            if label in self.known:
                parts += [self.statement_link(node, self.known[label]), nodes.Text(", ")]
        if len(parts) > 1:
            line = nodes.paragraph("", "", *parts[:-1], classes=["ledger-verifies"])
            node.parent.insert(node.parent.index(node) + 1, line)

    def list_all(self, node):
        """Return the summary and the table of the ledger page."""
        rows = [item for item in statements(self.env) if item["needs"]]
        proofs = totals([one for cell in self.cells for one in cell["evidence"]])
        derived, tested = proofs.get("derivation", {}), proofs.get("tested", {})
        count = sum(e["kind"] == "derivation" for c in self.cells for e in c["evidence"])
        numbers = [
            plural(len(rows), "statement"),
            plural(count, "derivation"),
            plural(derived.get("symbolic", 0), "symbolic step"),
            plural(derived.get("numeric", 0), "numeric step"),
            plural(tested.get("cases", 0), "tested case"),
        ]
        yield nodes.paragraph("", ", ".join(numbers) + ".", classes=["ledger-summary"])
        group = nodes.tgroup("", cols=4)
        group += [nodes.colspec(colwidth=width) for width in (15, 35, 20, 30)]
        header = [[nodes.Text(t)] for t in ("Statement", "About", "Page", "Evidence")]
        group += nodes.thead("", table_row(header))
        body = nodes.tbody()
        for item in rows:
            about = [
                nodes.math(text, text) if kind == "math" else nodes.Text(text)
                for kind, text in item["title"]
            ]
            page = self.env.titles[item["docname"]].astext()
            body += table_row(
                [
                    [self.statement_link(node, item)],
                    about,
                    [self.link(node, item["docname"], "", nodes.Text(page))],
                    self.evidence_links(node, item, in_full=True) or [nodes.Text("none")],
                ]
            )
        group += body
        yield nodes.table("", group, classes=["ledger-table"])

    def evidence_links(self, node, item, *, in_full=False):
        """Return one link to a cell for each mark that a statement has earned."""
        links = []
        for cell in self.cells:
            if item["label"] not in cell["labels"]:
                continue
            for kind, text in wording(cell["evidence"], in_full=in_full):
                badge = nodes.inline("", text, classes=["ledger-badge", f"ledger-{kind}"])
                links += [self.link(node, cell["docname"], cell["anchor"], badge), nodes.Text(" ")]
        return links[:-1]

    def statement_link(self, node, item):
        """Return a reference to a statement, which Sphinx numbers as the builder needs it."""
        if not number_of(self.env, item):
            return self.link(node, item["docname"], item["id"], nodes.Text(item["label"]))
        equation = item["realtype"] == "equation"
        return addnodes.pending_xref(
            "",
            nodes.inline("", item["label"]),
            refdomain="math" if equation else "prf",
            reftype="eq" if equation else "ref",
            reftarget=item["label"],
            refdoc=self.docname_of(node),
            refexplicit=False,
            refwarn=True,
        )

    def link(self, node, docname, anchor, child):
        """Return a link to a page or a place on it; its text alone where the builder has none."""
        here = self.docname_of(node)
        try:
            return make_refnode(self.app.builder, here, docname, anchor, child)
        except NoUri:
            return nodes.inline("", "", child)

    def docname_of(self, node):
        """Return the page that a node comes from, also where pages are joined into one."""
        while node is not None:
            if isinstance(node, addnodes.start_of_file):
                return node["docname"]
            node = node.parent
        return self.env.docname


def table_row(columns):
    """Return a row of a table from lists of inline nodes."""
    row = nodes.row()
    row += [nodes.entry("", nodes.paragraph("", "", *column)) for column in columns]
    return row


class LedgerDirective(SphinxDirective):
    """``{ledger}``: the list of all statements and their evidence, filled in when written."""

    def run(self):
        """Leave a place for the list."""
        return [nodes.container(classes=["ledger"], ledger_page=True)]


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

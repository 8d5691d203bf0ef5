"""The ledger's marks: what a reader sees beside a statement, below a cell, and on the list."""

from docutils import nodes
from ledger_book import cells, number_of, statements, totals
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode


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

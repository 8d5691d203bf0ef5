"""The ledger's reader: what a page states, and what its cells show."""

import json
import re

from docutils import nodes
from source_lines import line_near, line_of

MIME = "application/vnd.mml.evidence+json"
PREFIXES = {"theorem": "thm-", "lemma": "lem-", "corollary": "cor-", "proposition": "prop-"}
COUNTS = {"derivation": ("steps", "symbolic", "numeric"), "tested": ("cases",)}


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
    evidence = json.loads(content) if isinstance(content, str | bytes) else content
    if not isinstance(evidence, dict):
        raise ValueError(f"it is {evidence!r}, not a dictionary")
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
        name = re.escape(label)
        spelled = rf"\blabel:\s*{name}\s*$|\({name}\)\s*$"
        yield {
            "label": label,
            "docname": docname,
            "line": line_near(lines, spelled, line_of(node)),
            "realtype": realtype,
            "counter": node.get("countertype", "displaymath"),
            "id": node["ids"][0] if node["ids"] else nodes.make_id(f"equation-{label}"),
            "title": title,
            "well_named": label.startswith(prefix),
            "needs": label.startswith(prefix) and not label.startswith("eq-def-"),
        }


def read_cells(doctree, docname, lines):
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
            except ValueError as error:
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
        place = cell.parent.index(cell)
        cell.parent.insert(place, nodes.target("", "", ids=[anchor]))  # any builder can link to it
        cell["ledger_labels"] = labels
        yield {
            "labels": labels,
            "docname": docname,
            "line": line_near(lines, r"^\s*:?verifies:", line_of(cell)),
            "anchor": anchor,
            "evidence": shown,
            "problems": problems,
        }


def has_run(doctree):
    """Say whether the page's cells have run; a page without cells has nothing to run."""
    found = [n for n in doctree.findall(nodes.container) if n.get("nb_element") == "cell_code"]
    return not found or any(cell.get("exec_count") for cell in found)

"""The ledger's book: all statements of all pages, paired with their evidence."""

from ledger_reading import COUNTS
from page_data import by_page


def pages(env):
    """Return the pages of the ledger, by document name."""
    return by_page(env, "ledger_pages")


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

"""How much of the book was derived symbolically, and how much at random points?"""

import json


def counted(html):
    """Return the steps and cases of the whole book; a cell that serves two labels counts once."""
    whole = json.loads((html / "ledger_totals.json").read_text(encoding="utf8"))
    return {**whole["derivation"], **whole["tested"]}


def test_steps_are_symbolic_or_numeric_and_mostly_symbolic(html, record_property, capsys):
    book = counted(html)
    for name, number in book.items():
        record_property(name, number)
    with capsys.disabled():
        print(f"\nthe book: {book['symbolic']} symbolic steps, {book['numeric']} numeric steps, "
              f"{book['cases']} tested cases")  # fmt: skip
    assert book["steps"] == book["symbolic"] + book["numeric"]
    assert book["symbolic"] >= 4 * book["numeric"]
    assert book["cases"] > 0


def test_the_ledger_page_states_the_same_numbers(html):
    page = (html / "book" / "reference" / "ledger.html").read_text(encoding="utf8")
    book = counted(html)
    assert f"{book['symbolic']} symbolic steps" in page
    assert f"{book['numeric']} numeric step" in page

"""The ledger: a statement without evidence fails the build, one with evidence carries its mark."""

import json
from html.parser import HTMLParser

import pytest
from ledger_reading import check_evidence

pytestmark = pytest.mark.book

DERIVED = {"kind": "derivation", "statement": "s", "steps": 3, "symbolic": 3, "numeric": 0}
MIXED = {"kind": "derivation", "statement": "s", "steps": 4, "symbolic": 3, "numeric": 1}
TESTED = {"kind": "tested", "statement": "s", "cases": 200, "seed": 1}

STATEMENTS = """\
## Sums and squares

$$
a + b = b + a
$$ (eq-sum)

$$
c := 1
$$ (eq-def-c)

:::{prf:theorem} On $x^2$
:label: thm-square

It is not negative:

$$
x^2 \\ge 0
$$ (eq-square)
:::

:::{prf:definition} Nothing to prove
:label: def-nothing

A name.
:::
"""


def cell(labels, *shown, tags=""):
    """Return a cell that names labels and shows some evidence beside LaTeX and text."""
    bundles = [
        {"text/latex": "$$x$$", "text/plain": "x", "application/vnd.mml.evidence+json": one}
        for one in shown
    ]
    lines = [
        "```{code-cell}",
        "---",
        f"verifies: {labels}",
        *([f"tags: [{tags}]"] if tags else []),
        "---",
        "from IPython.display import display",
        *(f"display({bundle!r}, raw=True)" for bundle in bundles),
        "```",
    ]
    return "\n" + "\n".join(lines) + "\n"


class Page(HTMLParser):
    """The ids of a page, its links with their text, and the text of its ledger marks."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.marks = [], [], []
        self.open_link, self.open_mark = False, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note an id, a link, a mark."""
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        if tag == "p" and attrs.get("class", "").startswith("ledger-"):
            self.marks.append("")
            self.open_mark = True
        if tag == "a" and self.open_mark:
            self.links.append([attrs["href"], ""])
            self.open_link = True

    def handle_endtag(self, tag):
        """Note the end of a link or a mark."""
        self.open_link = self.open_link and tag != "a"
        self.open_mark = self.open_mark and tag != "p"

    def handle_data(self, data):
        """Note text."""
        if self.open_link:
            self.links[-1][1] += data
        if self.open_mark:
            self.marks[-1] += data


@pytest.fixture(scope="module")
def whole(new_book):
    """Return a book without a hole, built; its evidence stands on two pages."""
    book = new_book("ledger")
    book.page("one", STATEMENTS + cell("[eq-sum, thm-square]", DERIVED, tags="hide-input"))
    book.page("two", cell("eq-square", MIXED, TESTED), title="Elsewhere")
    book.page("list", "```{ledger}\n```\n", title="Ledger", cells=False)
    assert book.build() == (0, [])
    return book


def test_statements_carry_marks_that_lead_to_their_cells(whole):
    page = Page(whole.html("one"))
    assert ["#evidence-eq-sum", "verified: derived symbolically"] in page.links
    assert ["two.html#evidence-eq-square", "tested: 200 cases"] in page.links
    mixed = "verified: derived, 1 of 4 steps checked numerically"
    assert ["two.html#evidence-eq-square", mixed] in page.links
    assert len([mark for mark in page.marks if mark.startswith("verified")]) == 3


def test_cells_lead_back_by_the_numbers_of_their_statements(whole):
    one, two = Page(whole.html("one")), Page(whole.html("two"))
    assert "verifies: (1.1), Theorem 1.1" in one.marks
    assert ["#equation-eq-sum", "(1.1)"] in one.links
    assert ["#thm-square", "Theorem 1.1"] in one.links
    assert "verifies: (1.3)" in two.marks
    assert ["one.html#equation-eq-square", "(1.3)"] in two.links


@pytest.mark.parametrize("name", ["one", "two", "list"])
def test_every_link_of_the_ledger_resolves(whole, name):
    page = Page(whole.html(name))
    for target, _ in page.links:
        path, _, anchor = target.partition("#")
        there = Page(whole.html(path.removesuffix(".html") or name))
        assert anchor in there.ids
    assert len(page.ids) - page.ids.count("proof-content") == len(
        set(page.ids) - {"proof-content"}
    )  # sphinx-proof repeats that one


def test_the_mark_follows_its_equation_and_closes_its_theorem(whole):
    text = whole.html("one")
    order = ["equation-eq-sum", "ledger-mark", "thm-square", "equation-eq-square", "ledger-mark"]
    at = 0
    for piece in order:
        at = text.index(f'"{piece}"', at) + 1


def test_the_list_has_every_statement_and_counts_each_cell_once(whole):
    text = whole.html("list")
    page = Page(text)
    counts = "3 statements, 2 derivations, 6 symbolic steps, 1 numeric step, 200 tested cases."
    assert page.marks == [counts]
    for piece in ("(1.1)", "Theorem 1.1", "(1.3)", "Sums and squares", "On ", "A page"):
        assert piece in text
    assert "verified: derived symbolically, 3 steps" in text
    assert "eq-def-c" not in text


def test_the_ledger_is_written_for_other_tools(whole):
    rows = json.loads((whole.out / "ledger.json").read_text(encoding="utf-8"))
    assert [row["label"] for row in rows] == ["eq-sum", "thm-square", "eq-square"]
    last = rows[-1]
    assert (last["docname"], last["number"], last["kind"]) == ("one", "1.3", "derivation")
    assert [last[name] for name in ("steps", "symbolic", "numeric", "cases")] == [4, 3, 1, 200]
    assert rows[0]["cells"] == ["one#evidence-eq-sum"]


def test_print_has_the_same_marks_and_targets(whole):
    assert whole.build("latex") == (0, [])
    text = next(whole.out.glob("*.tex")).read_text(encoding="utf-8")
    assert r"\hyperref[\detokenize{two:evidence-eq-square}]" in text
    assert r"\label{\detokenize{two:evidence-eq-square}}" in text
    assert r"verifies: \eqref{equation:one:eq-sum}" in text


@pytest.fixture
def holed(new_book):
    """Return a book in which everything but one equation has evidence."""
    book = new_book("ledger")
    book.page("one", STATEMENTS + cell("[eq-sum, thm-square]", DERIVED))
    return book


def test_a_hole_fails_with_file_line_and_label_until_it_is_filled(holed):
    line = holed.line("one", "(eq-square)")
    hole = (
        f"one.md:{line}: WARNING: ledger: eq-square has no evidence: no executed cell verifies it"
    )
    assert holed.build() == (1, [hole])
    assert holed.build() == (1, [hole])  # nothing is read again, and still it fails
    holed.page("two", cell("[eq-square]", TESTED))
    assert holed.build() == (0, [])
    assert "tested: 200 cases" in holed.html("one")  # rewritten, although not read again
    holed.page("two", "No cell any more.\n")
    assert holed.build() == (1, [hole])
    assert "tested: 200 cases" not in holed.html("one")


def test_a_cell_that_leaves_no_evidence_verifies_nothing(holed):
    holed.page("two", cell("eq-square"))
    line = holed.line("two", "verifies: ")
    status, said = holed.build()
    assert status == 1
    message = "ledger: cell verifying eq-square leaves no evidence in its output"
    assert f"two.md:{line}: WARNING: {message}" in said
    assert any("eq-square has no evidence" in one for one in said)


def test_a_cell_that_fails_after_its_evidence_verifies_nothing(holed):
    text = cell("eq-square", DERIVED, tags="raises-exception").replace("\n```\n", "\n1 / 0\n```\n")
    holed.page("two", text)
    status, said = holed.build()
    assert status == 1
    assert any("eq-square: the cell ends in an error" in one for one in said)
    assert any("eq-square has no evidence" in one for one in said)


def test_a_page_that_did_not_run_is_one_failure_not_many(holed):
    conf = (holed.folder / "conf.py").read_text(encoding="utf-8")
    holed.write("conf.py", conf + "nb_execution_mode = 'off'\n")
    message = "ledger: no cell of this page has run, so it verifies nothing"
    assert holed.build() == (1, [f"one.md:1: WARNING: {message}"])


def test_unknown_labels_and_empty_lists_are_refused(holed):
    holed.page("two", cell("[eq-square, eq-squire]", DERIVED) + cell("[]", DERIVED))
    status, said = holed.build()
    line = holed.line("two", "verifies: ")
    assert status == 1
    assert f"two.md:{line}: WARNING: ledger: unknown label eq-squire in verifies" in said
    assert any(one.endswith("ledger: a cell with empty verifies") for one in said)


def test_a_label_given_twice_is_refused_on_every_build(holed):
    holed.page("two", "$$\na = a\n$$ (eq-sum)\n" + cell("eq-square", DERIVED))
    again = f"two.md:{holed.line('two', '(eq-sum)')}: WARNING: ledger: duplicate label eq-sum"
    for _ in range(2):
        status, said = holed.build()
        assert status == 1
        assert f"{again}, first in one.md" in said


def test_no_statement_escapes_by_its_label(holed):
    dodges = "$$\na = a\n$$ (sum)\n\n:::{prf:lemma}\nNo label.\n:::\n"
    dodges += "\n:::{prf:corollary}\n:label: thm-wrong\n\nAnother's prefix.\n:::\n"
    holed.page("two", dodges + cell("eq-square", DERIVED))
    status, said = holed.build()
    assert status == 1
    assert len(said) == 3
    assert said[0].startswith(f"two.md:{holed.line('two', '(sum)')}: ")
    assert "this equation needs a label that begins eq-, not sum" in said[0]
    assert "this lemma needs a label that begins lem-" in said[1]
    assert "this corollary needs a label that begins cor-, not thm-wrong" in said[2]


def test_marks_on_other_pages_follow_a_change_of_number(holed):
    holed.page("two", cell("eq-square", DERIVED))
    holed.page("three", "$$\na = a\n$$ (eq-a)\n" + cell("eq-a", DERIVED))
    assert holed.build() == (0, [])
    assert "verifies: (1.3)" in Page(holed.html("two")).marks
    holed.page(
        "one", "$$\nb = b\n$$ (eq-b)\n\n" + STATEMENTS + cell("[eq-sum, thm-square, eq-b]", DERIVED)
    )
    assert holed.build() == (0, [])
    assert "verifies: (1.4)" in Page(holed.html("two")).marks


@pytest.mark.parametrize(
    ("evidence", "fault"),
    [
        ({}, "kind"),
        ({"kind": "tested"}, "cases"),
        ({"kind": "tested", "cases": 0}, "no cases"),
        ({"kind": "tested", "cases": True}, "cases"),
        ({"kind": "derivation", "steps": 0, "symbolic": 0, "numeric": 0}, "no steps"),
        ({"kind": "derivation", "steps": 2, "symbolic": 1, "numeric": -1}, "numeric"),
        ({"kind": "derivation", "steps": 2, "symbolic": 1, "numeric": 0}, "add up"),
        ("[1]", "not a dictionary"),
        ("no JSON", "Expecting value"),
    ],
)
def test_empty_evidence_is_none(evidence, fault):
    with pytest.raises(ValueError, match=fault):
        check_evidence(evidence)


@pytest.mark.parametrize("evidence", [DERIVED, MIXED, TESTED, json.dumps(TESTED)])
def test_good_evidence_is_taken(evidence):
    assert check_evidence(evidence)["kind"] in ("derivation", "tested")

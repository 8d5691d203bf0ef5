"""Quizzes: their markup, the faults that fail a build, and how they answer in a browser."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from quiz_formulas import evaluate, parse_formula, same, sample, spellings

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"

QUIZ = r"""
See [](#quiz-05-maps).

::::{quiz} Maps of the plane
:label: quiz-05-maps
:mirrors: Selecting eigenvectors by inspection

Look, do not calculate.

:::{question} Which vectors keep their direction under $\begin{bmatrix}2&0\\0&3\end{bmatrix}$?
:type: many

- [x] $(1,0)$
  > It is stretched by 2.
- [ ] $(1,1)$
  > It lands on $(2,3)$, which points elsewhere.
- [x] $(0,1)$
  > It is stretched by 3.
:::

:::{question} What does the code print?
:type: one

```python
print(1 + 1)
```

- [ ] 1
  > That is only the first summand.
- [x] 2, see {ref}`quiz-05-maps`
  > One and one are two.
:::

:::{question} What is the cosine of 60°?
:type: number
:answer: 1/2
:tolerance: 1e-3

- `sqrt(3)/2`
  > That is the sine.

> Half of an equilateral triangle shows it.
:::

:::{question}
:type: expression
:answer: lambda**2 - 3*lambda + 2
:variables: lambda

What is the characteristic polynomial of $\begin{bmatrix}1&0\\0&2\end{bmatrix}$?

- `(l+1)(l+2)`
  > The roots are 1 and 2, not -1 and -2.
- l^2 - 3*l > The constant term is the *determinant*, $1 \cdot 2$.

> It is $(\lambda-1)(\lambda-2)$.
:::
::::
"""


class Markup(HTMLParser):
    """The elements of a page with their attributes, in order."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **wanted):
        """Return the attributes of the elements of a kind, or of a class."""
        named = wanted.get("cls")
        return [a for t, a in self.found if t == tag and (not named or named in a.get("class", ""))]


@pytest.fixture(scope="module")
def built(new_book):
    """Return a book with a quiz and a reference to it from another page, built."""
    book = new_book("quiz", "sphinx_book_theme")
    book.page("maps", QUIZ, title="Maps", cells=False)
    book.page("other", "As in [](#quiz-05-maps) and {ref}`quiz-05-maps`.\n", cells=False)
    assert book.build() == (0, [])
    return book


# --- markup -----------------------------------------------------------------------------------


@pytest.mark.book
def test_every_question_is_a_labelled_group_of_native_inputs(built):
    page = Markup(built.html("maps"))
    forms = page.all("form", cls="quiz-question")
    assert [form["id"] for form in forms] == [f"quiz-05-maps-{n}" for n in (1, 2, 3, 4)]
    assert len(page.all("fieldset")) == len(page.all("legend")) == 4
    inputs = [a for a in page.all("input") if a.get("id", "").startswith("quiz-")]
    kinds = ["checkbox"] * 3 + ["radio"] * 2 + ["text"] * 2
    assert [one["type"] for one in inputs] == kinds
    labels = {one["for"] for one in page.all("label") if "for" in one}
    assert {one["id"] for one in inputs} <= labels
    assert len(page.all("div", cls="quiz-status")) == 4
    assert all(one["role"] == "status" for one in page.all("div", cls="quiz-status"))


@pytest.mark.book
def test_ids_are_unique_and_what_is_referred_to_exists(built):
    page = Markup(built.html("maps"))
    ids = [a["id"] for _, a in page.found if "id" in a and a["id"].startswith("quiz")]
    assert len(ids) == len(set(ids))
    for _, attributes in page.found:
        for name in ("aria-labelledby", "aria-describedby"):
            if attributes.get(name, "").startswith("quiz"):
                assert attributes[name] in ids


@pytest.mark.book
def test_labels_begin_with_a_visible_letter(built):
    letters = re.findall(r'<label[^>]*><span class="quiz-letter">(\w)</span>', built.html("maps"))
    assert letters == ["A", "B", "C", "A", "B"]


@pytest.mark.book
def test_a_quiz_can_be_referred_to_by_its_label(built):
    found = re.findall(r'href="maps.html#quiz-05-maps"><span[^>]*>([^<]*)<', built.html("other"))
    assert found == ["Maps of the plane"] * 2
    assert 'href="#quiz-05-maps"' in built.html("maps")


@pytest.mark.book
def test_assets_are_loaded_where_there_is_a_quiz_only(built):
    for asset in ("quiz.css", "quiz.js"):
        assert built.html("maps").count(asset) == 1
        assert asset not in built.html("other")


@pytest.mark.book
def test_quizzes_are_listed_for_other_tools(built):
    rows = json.loads((built.out / "quizzes.json").read_text(encoding="utf-8"))
    assert rows == [
        {
            "label": "quiz-05-maps",
            "title": "Maps of the plane",
            "mirrors": "Selecting eigenvectors by inspection",
            "questions": 4,
            "docname": "maps",
        }
    ]


@pytest.mark.book
@pytest.mark.parametrize(("builder", "suffix"), [("latex", "tex"), ("text", "txt")])
def test_print_has_questions_first_and_answers_after(new_book, builder, suffix):
    book = new_book("quiz")
    book.page("maps", QUIZ, title="Maps", cells=False)
    assert book.build(builder) == (0, [])
    text = "".join(path.read_text(encoding="utf-8") for path in book.out.glob(f"*.{suffix}"))
    at = 0
    for piece in ("Maps of the plane", "Which vectors", "print", "Answers", "stretched by 2"):
        at = text.index(piece, at)


# --- faults -----------------------------------------------------------------------------------


def question(kind, *lines, options=()):
    """Return a question; a quiz is put around it where it stands."""
    head = [":::{question} Why?", f":type: {kind}", *options, ""]
    return "\n".join([*head, *lines, ":::"])


def quiz(*questions, label="quiz-05-a", mirrors="A quiz"):
    """Return a quiz of some questions."""
    head = ["::::{quiz} Title", f":label: {label}", f":mirrors: {mirrors}", ""]
    return "\n".join([*head, *questions, "::::", ""])


RIGHT, WRONG = ["- [x] yes", "  > So it is."], ["- [ ] no", "  > It is not."]
NUMBER = (":answer: 1", ":tolerance: 0.001")
FORMULA = (":answer: x^2", ":variables: x")
FAULTS = {
    "unknown type": (question("pick", *RIGHT), "unknown type 'pick'"),
    "no feedback": (question("one", *RIGHT, "- [ ] no"), "choice B has no feedback"),
    "no box": (question("one", *RIGHT, "- no", "  > It is not."), "choice B must begin with [x]"),
    "two right": (question("one", *RIGHT, *RIGHT), "exactly one [x], not 2"),
    "none right": (question("many", *WRONG, *WRONG), "at least one [x]"),
    "no choices": (question("one", "Nothing."), "must end with its choices"),
    "no number": (question("number", "> So.", options=[":answer: abc"]), "unknown name 'abc'"),
    "no answer": (question("number", "> So."), "cannot read ''"),
    "no explanation": (question("number", options=[":answer: 1"]), "end with an explanation"),
    "bad tolerance": (
        question("number", "> So.", options=[":answer: 1", ":tolerance: small"]),
        ":tolerance: is 'small'",
    ),
    "mistake is right": (
        question(
            "number",
            "- 1.0005",
            "  > No.",
            "",
            "> So.",
            options=[":answer: 1", ":tolerance: 0.001"],
        ),
        "the known mistake 1.0005 equals the answer",
    ),
    "no variables": (
        question("expression", "> So.", options=[":answer: x"]),
        "needs :variables:",
    ),
    "other variable": (
        question("expression", "> So.", options=[":answer: x*y", ":variables: x"]),
        "unknown name 'y'",
    ),
    "open bracket": (
        question("expression", "> So.", options=[":answer: (x", ":variables: x"]),
        "cannot read '(x'",
    ),
    "code": (
        question("expression", "> So.", options=[":answer: x.diff()", ":variables: x"]),
        "unknown name 'diff'",
    ),
    "mistaken mistake": (
        question("expression", "- `x*x`", "  > No.", "", "> So.", options=FORMULA),
        "the known mistake x*x equals the answer",
    ),
    "mistake without feedback": (
        question("number", "- 2 > No.", "- 3", "", "> So.", options=NUMBER),
        "each known mistake needs feedback",
    ),
    "nowhere real": (
        question("expression", "> So.", options=[":answer: sqrt(-1-x^2)", ":variables: x"]),
        "too few real values",
    ),
}


@pytest.mark.book
def test_each_fault_fails_with_its_line_on_every_build(new_book):
    book = new_book("quiz")
    for number, (text, _) in enumerate(FAULTS.values()):
        book.page(f"p{number:02}", quiz(text, label=f"quiz-05-{number:02}"), cells=number % 2)
    for _ in range(2):
        status, said = book.build()
        assert status == 1
        assert len(said) == len(FAULTS)
        for number, (_, message) in enumerate(FAULTS.values()):
            line = book.line(f"p{number:02}", ":::{question}")
            (warning,) = [one for one in said if one.startswith(f"p{number:02}.md:")]
            assert warning.startswith(f"p{number:02}.md:{line}: WARNING: quiz: ")
            assert message in warning


@pytest.mark.book
def test_faults_of_whole_quizzes(new_book):
    book = new_book("quiz")
    book.page("a", quiz(question("one", *RIGHT)), cells=False)
    book.page("b", quiz(question("one", *RIGHT)), cells=False)
    book.page("c", quiz(question("one", *RIGHT), label="test-1"), cells=False)
    book.page("d", quiz(question("one", *RIGHT), label="quiz-05-d", mirrors=""), cells=False)
    book.page("e", quiz("Text.", label="quiz-05-e"), cells=False)
    book.page("f", question("one", *RIGHT), cells=False)
    status, said = book.build()
    assert status == 1
    said = [one for one in said if "WARNING: quiz: " in one]  # Sphinx has its own word on two
    wanted = [
        ("b.md:3", "duplicate label quiz-05-a, first in a.md"),
        ("c.md:3", "a :label: that begins quiz-, got 'test-1'"),
        ("d.md:3", "quiz-05-d needs :mirrors:"),
        ("e.md:3", "quiz-05-e has no questions"),
        ("f.md:3", "a question must stand inside a quiz"),
    ]
    assert len(said) == len(wanted)
    for place, message in wanted:
        assert any(one.startswith(place) and message in one for one in said), message


# --- formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/2", 0.5),
        ("sqrt(3)/2", 0.866025403784),
        ("-2^2", -4),
        ("2**-1", 0.5),
        ("2e-3", 0.002),
        ("pi", 3.14159265359),
        ("e", 2.71828182846),
        ("2(3+4)", 14),
        ("ln(e)", 1),
        ("abs(-3)", 3),
    ],
)
def test_numbers_are_read(text, value):
    assert evaluate(parse_formula(text)) == pytest.approx(value, rel=1e-11)


def test_variables_may_be_words_of_python_or_short():
    ours = parse_formula("lambda^2 - 3lambda + 2", ["lambda"])
    theirs = parse_formula("(l-1)(λ-2)", ["lambda"])
    points, (a, b) = sample([ours, theirs], ["lambda"])
    assert len(points) == 12
    assert same(a, b)
    _, (a, c) = sample([ours, parse_formula("(l+1)(l+2)", ["lambda"])], ["lambda"])
    assert not same(a, c)


def test_short_spellings_give_way_to_names():
    assert spellings(["lambda"]) == {"λ": 0, "lambda": 0, "l": 0}
    assert "t" not in spellings(["theta", "tau"])
    assert spellings(["theta", "t"])["t"] == 1
    assert spellings(["x_1", "x_2"]) == {"x_1": 0, "x1": 0, "x_2": 1, "x2": 1}
    assert "e" not in spellings(["epsilon"])


@pytest.mark.parametrize("text", ["", "1,2", "x == 1", "__import__", "x[0]", "sin", "2 3"])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(ValueError, match=r"cannot read|unknown name|not a formula"):
        parse_formula(text, ["x"])


# --- in the browser ---------------------------------------------------------------------------


@pytest.fixture
def page(browser, built):
    """Return the page with the quiz, opened from its folder; it must raise no script error."""
    tab = browser.new_page(viewport={"width": 360, "height": 800})
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto((built.out / "maps.html").as_uri())
    yield tab
    tab.close()
    assert [e for e in errors if "thebe" not in e.lower()] == []


class Question:
    """One question of the open page."""

    def __init__(self, page, number):
        self.form = page.locator(f"#quiz-05-maps-{number}")
        self.page = page

    def answer(self, *given):
        """Choose letters, or type, then check; return what the status says."""
        for one in given:
            if self.form.locator(".quiz-entry").count():
                self.form.locator("input").fill(one)
            else:
                self.form.get_by_label(one, exact=False).first.check()
        self.form.get_by_role("button", name="Check").click()
        return re.sub(r"\n+", "\n", self.form.get_by_role("status").inner_text())


def progress(page):
    """Return the line that counts right answers."""
    return page.locator(".quiz-progress").inner_text()


@pytest.mark.browser
def test_a_wrong_choice_gets_its_own_feedback(page):
    said = Question(page, 2).answer("A")
    assert said.startswith("Not yet.")
    assert "only the first summand" in said
    assert "One and one are two" not in said
    assert progress(page) == "0 of 4 right"


@pytest.mark.browser
def test_a_right_choice_is_explained_and_counted(page):
    said = Question(page, 2).answer("B")
    assert said.startswith("Right.")
    assert "One and one are two" in said
    assert progress(page) == "1 of 4 right"
    assert "Not yet" in Question(page, 2).answer("A")
    assert progress(page) == "0 of 4 right"


@pytest.mark.browser
def test_many_wants_all_right_choices_and_no_other(page):
    many = Question(page, 1)
    assert many.answer() == "Choose an answer first."
    said = many.answer("A")
    assert "1 right choice is not ticked" in said
    assert "stretched by 3" not in said
    assert many.answer("C").startswith("Right.")
    said = many.answer("B")
    assert said.startswith("Not yet.")
    assert "points elsewhere" in said


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.5", "Right.\nHalf of an equilateral"),
        ("1/2", "Right."),
        ("cos(pi/3)", "Right."),
        (" .5004 ", "Right."),
        ("0.502", "Close: keep more digits."),
        ("-0.5", "Look for a lost sign."),
        ("0.866025", "Not yet.\nThat is the sine."),
        ("7", "That is not it."),
        ("0,5", "Write a decimal point, not a comma."),
        ("", "Type your answer first."),
        ("1/0", "That has no value"),
        ("half", "I cannot read “half”."),
        ("2 3", "I did not expect “3” there."),
    ],
)
def test_numbers_are_judged_within_their_tolerance(page, typed, said):
    assert said in Question(page, 3).answer(typed)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("l^2-3l+2", "Right.\nIt is"),
        ("(l-1)(l-2)", "Right."),
        ("(lambda - 1)*(lambda - 2)", "Right."),
        ("λ² − 3·λ + 2", "Right."),
        ("(l-1.5)**2 - 1/4", "Right."),
        ("sqrt(l)^2*l - 3l + 2", "Right."),  # has no value at negative points, which do not count
        ("2 - l(3 - l)", "Right."),
        ("exp(ln(abs(l)) * 2) + 2(1 - l) - l", "Right."),
        ("(l+1)(l+2)", "Not yet.\nThe roots are 1 and 2"),
        ("-(l-1)(l-2)", "Look for a lost sign."),
        ("l(l-3)", "Not yet.\nThe constant term is the determinant"),
        ("l^2-3l+1", "That is not it."),
        ("l^2-3l+2.00001", "That is not it."),
        ("(l-1", "A closing bracket is missing."),
        ("l^2 -", "stops too early"),
        ("l^2-3l+2=0", "no equals sign"),
        ("x^2-3x+2", "I cannot read “x”."),
        ("sin l", "Write sin with brackets"),
        ("l)", "I did not expect “)” there."),
        ("alert(1)", "I cannot read “alert”."),
        ("1/(l-l)", "That has no value"),
    ],
)
def test_formulas_are_judged_by_their_values(page, typed, said):
    assert said in Question(page, 4).answer(typed)


@pytest.mark.browser
def test_input_that_cannot_be_read_is_marked_for_screen_readers(page):
    four = Question(page, 4)
    four.answer("(l-1")
    assert four.form.locator("input").get_attribute("aria-invalid") == "true"
    four.answer("l")
    assert four.form.locator("input").get_attribute("aria-invalid") is None


@pytest.mark.browser
def test_try_again_clears_and_returns_to_the_question(page):
    two = Question(page, 2)
    again = two.form.get_by_role("button", name="Try again")
    assert not again.is_visible()
    two.answer("B")
    again.click()
    assert two.form.get_by_role("status").inner_text() == ""
    assert two.form.locator("input:checked").count() == 0
    assert progress(page) == "0 of 4 right"
    assert page.evaluate("document.activeElement.id") == "quiz-05-maps-2-a"


@pytest.mark.browser
def test_answers_come_back_with_the_page(page):
    Question(page, 2).answer("B")
    Question(page, 3).answer("0.5")
    page.reload()
    assert progress(page) == "2 of 4 right"
    assert page.locator("#quiz-05-maps-2-b").is_checked()
    assert Question(page, 3).form.get_by_role("status").inner_text() == ""


@pytest.mark.browser
def test_the_quiz_works_without_storage(browser, built):
    tab = browser.new_page()
    tab.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('none'); }})"
    )
    tab.goto((built.out / "maps.html").as_uri())
    assert Question(tab, 2).answer("B").startswith("Right.")
    tab.close()


@pytest.mark.browser
def test_the_keyboard_is_enough(page):
    page.locator("#quiz-05-maps-1-a").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert Question(page, 1).form.get_by_role("status").inner_text().startswith("Right.")
    page.locator("#quiz-05-maps-2-a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert progress(page) == "2 of 4 right"
    summary = Question(page, 2).form.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert Question(page, 2).form.get_by_text("That is only the first summand.").is_visible()


@pytest.mark.browser
def test_nothing_is_wider_than_a_phone(page):
    Question(page, 4).answer("(l+1)(l+2)")
    page.locator("summary").last.click()
    assert page.evaluate("document.querySelector('.quiz').scrollWidth") <= 360


@pytest.mark.browser
def test_without_scripts_the_answers_are_folded_and_no_dead_controls_show(browser, built):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((built.out / "maps.html").as_uri())
    quiz_box = tab.locator(".quiz")
    assert [box for box in quiz_box.locator("input, button").all() if box.is_visible()] == []
    assert tab.get_by_text("Which vectors keep").is_visible()
    assert tab.locator("label").get_by_text("2, see").is_visible()
    answer = tab.get_by_text("One and one are two.")
    assert not answer.is_visible()
    quiz_box.locator("summary").nth(1).click()
    assert answer.is_visible()
    context.close()


@pytest.mark.browser
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme):
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    Question(page, 1).answer("B")
    Question(page, 2).answer("B")
    Question(page, 3).answer("x")
    for summary in page.locator(".quiz summary").all():
        summary.click()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('.quiz')")["violations"]
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found] == []

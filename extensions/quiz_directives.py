"""The directives of a quiz: what the author writes, read and checked."""

import re

from docutils import nodes
from docutils.parsers.rst import directives
from page_data import by_page
from quiz_formulas import CLOSE, parse_formula, same, sample
from quiz_html import (
    quiz,
    quiz_answer,
    quiz_choice,
    quiz_controls,
    quiz_entry,
    quiz_item,
    quiz_label,
    quiz_legend,
    quiz_question,
    quiz_title,
)
from source_lines import line_near, read_lines
from sphinx.util.docutils import SphinxDirective

CHOICES, ENTRIES = ("one", "many"), ("number", "expression")


def pages(env):
    """Return what is known of the quizzes of each page."""
    return by_page(env, "quiz_pages")


def page_of(env, docname):
    """Return the record of one page, which begins empty."""
    return pages(env).setdefault(docname, {"quizzes": [], "problems": []})


class Complaining(SphinxDirective):
    """A directive that keeps its complaints, for every build to repeat."""

    has_content = True
    final_argument_whitespace = True

    @property
    def page(self):
        """Return the record of the page that is being read."""
        return page_of(self.env, self.env.docname)

    @property
    def line(self):
        """Return the line where this directive begins."""
        lines = read_lines(self.env, self.env.docname)
        return line_near(lines, rf"\{{{self.name}\}}", self.lineno)

    def complain(self, message):
        """Keep a complaint about this directive."""
        self.page["problems"].append((self.line, message))

    def parse_inline(self, text, rawsource=""):
        """Return the inline nodes of one line of MyST."""
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]


class QuizDirective(Complaining):
    """A quiz, named by its label, that says which quiz of the course it mirrors."""

    required_arguments = 1
    option_spec = {
        "label": directives.unchanged,
        "mirrors": directives.unchanged,
    }

    def run(self):
        """Read the questions and number them."""
        label, mirrors = self.options.get("label", ""), self.options.get("mirrors", "")
        if not re.fullmatch(r"quiz-[a-z0-9-]+", label):
            self.complain(f"a quiz needs a :label: that begins quiz-, got {label!r}")
            label = f"quiz-{self.env.new_serialno('quiz')}"
        if not mirrors:
            self.complain(f"{label} needs :mirrors:, the name of the course's quiz")
        node = quiz("", names=[nodes.fully_normalize_name(label)])
        self.set_source_info(node)
        node += quiz_title("", "", *self.parse_inline(self.arguments[0]))
        self.state.nested_parse(self.content, self.content_offset, node)
        self.state.document.note_explicit_target(node, node)
        questions = list(node.findall(quiz_question))
        if not questions:
            self.complain(f"{label} has no questions")
        for number, question in enumerate(questions, 1):
            question["ids"] = [f"{label}-{number}"]
            question["number"], question["total"] = number, len(questions)
        self.page["quizzes"].append(
            {
                "label": label,
                "title": node[0].astext(),
                "mirrors": mirrors,
                "questions": len(questions),
                "docname": self.env.docname,
                "line": self.line,
            }
        )
        return [node]


class QuestionDirective(Complaining):
    """A question of a quiz; its prompt is the argument, or else the first paragraph."""

    optional_arguments = 1
    option_spec = {
        "type": directives.unchanged,
        "answer": directives.unchanged,
        "tolerance": directives.unchanged,
        "variables": directives.unchanged,
    }

    def run(self):
        """Read the question, and check that it can be answered."""
        kind = self.options.get("type", "")
        node = quiz_question("", kind=kind, line=self.line)
        self.set_source_info(node)
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        prompt = self.parse_inline(self.arguments[0]) if self.arguments else []
        if not prompt and len(body) and isinstance(body[0], nodes.paragraph):
            prompt = body.pop(0).children
        if not prompt:
            self.complain("a question needs a prompt: text after its name or as first paragraph")
        node += quiz_legend("", "", *prompt)
        answer = quiz_answer("")
        if kind in CHOICES:
            found = self.read_choices(kind, body, answer)
        elif kind in ENTRIES:
            found = self.read_entry(kind, body, answer)
        else:
            self.complain(f"unknown type {kind!r} of question: {', '.join(CHOICES + ENTRIES)}")
            found = []
        node += body.children
        node += found
        if found:
            node += [quiz_controls(""), answer]
        return [node]

    def read_choices(self, kind, body, answer):
        """Take the last list of the text as the choices, each with its feedback."""
        if not len(body) or not isinstance(body[-1], nodes.bullet_list):
            self.complain("the question must end with its choices, a list of - [x] and - [ ]")
            return []
        choices = []
        for index, item in enumerate(body.pop(-1).children):
            letter = chr(ord("A") + index)
            text = item[0] if len(item) and isinstance(item[0], nodes.paragraph) else None
            box = re.match(r"\[([ xX])\]\s*", text.astext()) if text is not None else None
            if not box or not isinstance(text[0], nodes.Text):
                self.complain(f"choice {letter} must begin with [x] or [ ] and a line of text")
                continue
            text[0] = nodes.Text(str(text[0])[box.end() :])
            right = box[1] in "xX"
            feedback = take_quote(item)
            if feedback is None:
                self.complain(f"choice {letter} has no feedback: an indented > below it")
            choice = quiz_choice("", letter=letter, kind=kind)
            choice += [quiz_label("", "", *text.children), *item.children[1:]]
            choices.append(choice)
            verdict = [
                nodes.strong("", letter),
                nodes.Text(" is right." if right else " is wrong."),
            ]
            answer += self.make_item(verdict, feedback, choice=letter, right=right)
        rights = sum(item["right"] for item in answer)
        if kind == "one" and rights != 1:
            self.complain(f"a question of type one needs exactly one [x], not {rights}")
        if kind == "many" and not rights:
            self.complain("a question of type many needs at least one [x]")
        return choices

    def read_entry(self, kind, body, answer):
        """Take the closing quote as explanation and the list of quotes as known mistakes."""
        explanation, mistakes = None, []
        while len(body):
            if isinstance(body[-1], nodes.block_quote) and explanation is None:
                explanation = body.pop(-1).children
            elif isinstance(body[-1], nodes.bullet_list) and not mistakes:
                found = [take_mistake(item) for item in body[-1].children]
                if not any(found):  # a list that belongs to the question
                    break
                if not all(found):
                    self.complain("each known mistake needs feedback: - value > feedback")
                mistakes = [one for one in found if one]
                body.pop(-1)
            else:
                break
        if explanation is None:
            self.complain("the question must end with an explanation: a > quote")
        variables = re.split(r"[\s,]+", self.options.get("variables", "").strip())
        variables = variables if kind == "expression" else []
        try:
            if variables == [""]:
                raise ValueError("a question of type expression needs :variables:")
            texts = [self.options.get("answer", ""), *(text for text, _ in mistakes)]
            formulas = [parse_formula(text, variables) for text in texts]
            points, values = sample(formulas, variables)
            entry = quiz_entry("", kind=kind, variables=variables, points=points, values=values[0])
            self.set_tolerance(entry)
        except ValueError as error:
            self.complain(f":answer: or a known mistake: {error}")
            return []
        lead = [nodes.Text("Answer: "), math(formulas[0]), nodes.Text(".")]
        answer += self.make_item(lead, explanation, right=True)
        for text, formula, wrong, (_, feedback) in zip(
            texts[1:], formulas[1:], values[1:], mistakes, strict=True
        ):
            near = abs(wrong[0] - values[0][0]) <= entry["tolerance"]
            if near if kind == "number" else same(values[0], wrong):
                self.complain(f"the known mistake {text} equals the answer")
            lead = [nodes.Text("If you had "), math(formula), nodes.Text(":")]
            answer += self.make_item(lead, feedback, right=False, values=wrong)
        return [entry]

    def set_tolerance(self, entry):
        """Set how far a number may be off: as given, else a millionth of the answer."""
        given = self.options.get("tolerance")
        try:
            entry["tolerance"] = float(given or CLOSE * max(1, abs(entry["values"][0])))
        except ValueError:
            raise ValueError(f":tolerance: is {given!r}, not a number") from None
        if entry["tolerance"] < 0:
            raise ValueError(":tolerance: is negative")
        entry["stated"] = given or ""

    def make_item(self, lead, feedback, **attributes):
        """Return one item of the folded answers."""
        lead = nodes.paragraph("", "", *lead, classes=["quiz-verdict"])
        return quiz_item("", lead, *(feedback or []), **attributes)


def take_quote(item):
    """Take the feedback off the end of a list item, or return None."""
    if len(item) > 1 and isinstance(item[-1], nodes.block_quote):
        return item.pop(-1).children
    return None


def take_mistake(item):
    """Return the value and the feedback of ``- value > feedback`` on one line or two, or None."""
    feedback = take_quote(item)
    if feedback is not None:
        return item[0].astext(), feedback
    first = item[0] if len(item) and isinstance(item[0], nodes.paragraph) else nodes.paragraph()
    for index, child in enumerate(first.children):
        before, sign, after = child.astext().partition(" > ")
        if isinstance(child, nodes.Text) and sign:
            value = "".join(one.astext() for one in first.children[:index]) + before
            following = [nodes.Text(after), *first.children[index + 1 :]]
            return value, [nodes.paragraph("", "", *following), *item.children[1:]]
    return None


def math(formula):
    """Return a formula as an inline node."""
    import sympy

    latex = sympy.latex(formula)
    return nodes.math(latex, latex)

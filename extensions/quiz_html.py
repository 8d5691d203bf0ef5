"""The parts of a quiz as document nodes, and how they look in HTML.

A quiz is a group of forms with native inputs. The answers are folded, and ``quiz.js`` takes the
feedback from there; without JavaScript the style sheet hides the inputs and the folds remain.
"""

import json

from docutils import nodes
from quiz_formulas import GREEK, spellings


class quiz(nodes.General, nodes.Element):
    """A quiz: a title, text, and questions."""


class quiz_title(nodes.title):
    """The title, which is also the text of references to the quiz."""


class quiz_question(nodes.General, nodes.Element):
    """One question: legend, text, choices or entry, controls, answer."""


class quiz_legend(nodes.General, nodes.TextElement):
    """The question itself."""


class quiz_choice(nodes.General, nodes.Element):
    """One choice: its label, and perhaps a figure or a formula below it."""


class quiz_label(nodes.General, nodes.TextElement):
    """The text beside a radio button or a check box."""


class quiz_entry(nodes.General, nodes.Element):
    """The field for a number or a formula."""


class quiz_controls(nodes.General, nodes.Element):
    """The buttons and the place where feedback appears."""


class quiz_answer(nodes.General, nodes.Element):
    """The folded answers, one item for each choice or known mistake."""


class quiz_item(nodes.General, nodes.Element):
    """Feedback to one choice, to the right answer or to a known mistake."""


def visit_quiz(self, node):
    named = {"role": "group", "aria-labelledby": f"{node['ids'][0]}-title"}
    self.body.append(self.starttag(node, "div", CLASS="quiz", **named))


def depart_quiz(self, node):
    self.body.append('<p class="quiz-progress" role="status"></p>\n</div>\n')


def visit_title(self, node):
    anchor = f"{node.parent['ids'][0]}-title"
    self.body.append(f'<p class="quiz-title" id="{anchor}"><span class="quiz-kind">Quiz</span> ')


def depart_title(self, node):
    self.body.append("</p>\n")


def visit_question(self, node):
    data = {"data-kind": node["kind"]}
    for entry in node.findall(quiz_entry):
        data["data-values"] = json.dumps(entry["values"])
        if entry["kind"] == "number":
            data["data-values"] = json.dumps(entry["values"][:1])
            data["data-tolerance"] = repr(entry["tolerance"])
        else:
            data["data-points"] = json.dumps(entry["points"])
            data["data-names"] = json.dumps(spellings(entry["variables"]))
    self.body.append(self.starttag(node, "form", CLASS="quiz-question", autocomplete="off", **data))
    self.body.append("<fieldset>\n")


def depart_question(self, node):
    self.body.append("</fieldset>\n</form>\n")


def visit_legend(self, node):
    number, total = node.parent.get("number", 1), node.parent.get("total", 1)
    self.body.append(f'<legend><span class="quiz-count">Question {number} of {total}</span> ')


def depart_legend(self, node):
    self.body.append("</legend>\n")


def visit_choice(self, node):
    question = node.parent["ids"][0]
    letter = node["letter"]
    kind = "radio" if node["kind"] == "one" else "checkbox"
    anchor = f"{question}-{letter.lower()}"
    self.body.append(
        f'<div class="quiz-choice"><input type="{kind}" id="{anchor}" name="{question}" '
        f'value="{letter}">\n'
    )


def depart_choice(self, node):
    self.body.append("</div>\n")


def visit_label(self, node):
    choice = node.parent
    anchor = f"{choice.parent['ids'][0]}-{choice['letter'].lower()}"
    letter = f'<span class="quiz-letter">{choice["letter"]}</span>'
    self.body.append(f'<label for="{anchor}">{letter} <span class="quiz-text">')


def depart_label(self, node):
    self.body.append("</span></label>\n")


def visit_entry(self, node):
    anchor = f"{node.parent['ids'][0]}-input"
    if node["kind"] == "number":
        within = f", to within {node['tolerance']:g}" if node["stated"] else ""
        label, hint = f"Your number{within}", "A fraction or a root such as 1/3 or sqrt(2) will do."
    else:
        variables = node["variables"]
        typed = {index: name for name, index in spellings(variables).items()}  # the shortest
        shown = [GREEK.get(name, name) for name in variables]
        label = f"Your formula in {' and '.join(shown)}"
        hint = [f"Type {typed[i]} for {GREEK[v]}." for i, v in enumerate(variables) if v in GREEK]
        hint = " ".join([*hint, f"Write powers as {typed[0]}^2."])
    self.body.append(
        f'<div class="quiz-entry"><label for="{anchor}">{label}</label>\n'
        f'<input type="text" id="{anchor}" autocapitalize="off" spellcheck="false" '
        f'aria-describedby="{anchor}-hint">\n<p class="quiz-hint" id="{anchor}-hint">{hint}</p>'
    )


def depart_entry(self, node):
    self.body.append("</div>\n")


def visit_controls(self, node):
    self.body.append(
        '<p class="quiz-controls"><button type="submit">Check</button>\n'
        '<button type="reset" hidden>Try again</button></p>\n'
        '<div class="quiz-status" role="status"></div>\n'
    )


def visit_answer(self, node):
    self.body.append('<details class="quiz-answer"><summary>Show the answer</summary>\n<ul>\n')


def depart_answer(self, node):
    self.body.append("</ul>\n</details>\n")


def visit_item(self, node):
    data = {"data-choice": node["choice"]} if "choice" in node else {}
    if "values" in node:
        number = node.parent.parent["kind"] == "number"
        data["data-values"] = json.dumps(node["values"][:1] if number else node["values"])
    if node["right"]:
        data["data-right"] = "yes"
    self.body.append(self.starttag(node, "li", **data))


def depart_item(self, node):
    self.body.append("</li>\n")


def nothing(self, node):
    """Close nothing."""


def register(app):
    """Tell Sphinx how each node is written."""
    for node, visit, depart in (
        (quiz, visit_quiz, depart_quiz),
        (quiz_title, visit_title, depart_title),
        (quiz_question, visit_question, depart_question),
        (quiz_legend, visit_legend, depart_legend),
        (quiz_choice, visit_choice, depart_choice),
        (quiz_label, visit_label, depart_label),
        (quiz_entry, visit_entry, depart_entry),
        (quiz_controls, visit_controls, nothing),
        (quiz_answer, visit_answer, depart_answer),
        (quiz_item, visit_item, depart_item),
    ):
        app.add_node(node, html=(visit, depart))

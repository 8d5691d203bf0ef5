"""Quizzes: questions written in MyST, answered in the page without a server.

``{quiz}`` holds ``{question}`` directives. They become a form with native inputs at build time,
and one folded list with the answers and the feedback for every choice. Faults are found when the
book is built: a choice without feedback, a formula that does not parse, a "known mistake" that is
right after all are warnings with file and line, on every build, so that ``-W`` fails.
"""

import json
from pathlib import Path

from docutils import nodes
from page_data import PageCollector
from quiz_directives import QuestionDirective, QuizDirective, page_of, pages
from quiz_html import (
    quiz,
    quiz_answer,
    quiz_choice,
    quiz_controls,
    quiz_entry,
    quiz_legend,
    quiz_question,
    quiz_title,
    register,
)
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)


class Unfold(SphinxPostTransform):
    """Writes quizzes with ordinary nodes where there is no form: in print, answers at the end."""

    default_priority = 4

    def is_supported(self):
        """Leave HTML alone."""
        return self.app.builder.format != "html"

    def run(self, **kwargs):
        """Replace each quiz."""
        for node in list(self.document.findall(quiz)):
            flat = nodes.container(classes=["quiz"])
            flat += nodes.target("", "", ids=node["ids"])
            answers = [bold_paragraph("Answers")]
            for child in node.children:
                if isinstance(child, quiz_title):
                    flat += bold_paragraph("Quiz:", child.children)
                elif isinstance(child, quiz_question):
                    flat += self.unfold(child, answers)
                else:
                    flat += child
            node.replace_self([flat, *answers])

    def unfold(self, question, answers):
        """Yield the nodes of one question, and put its answers by."""
        for child in question.children:
            if isinstance(child, quiz_legend):
                yield bold_paragraph(f"{question['number']}.", child.children)
            elif isinstance(child, quiz_choice):
                yield bold_paragraph(f"{child['letter']}.", child[0].children)
                yield from child.children[1:]
            elif isinstance(child, quiz_answer):
                for item in child:
                    number = nodes.strong("", f"{question['number']}.")
                    answers += [nodes.paragraph("", "", number, nodes.Text(" "), *item[0].children)]
                    answers += item.children[1:]
            elif not isinstance(child, quiz_entry | quiz_controls):
                yield child


def bold_paragraph(text, following=()):
    """Return a paragraph that begins in bold."""
    return nodes.paragraph("", "", nodes.strong("", text), nodes.Text(" "), *following)


class Collector(PageCollector):
    """Keeps the quizzes of each page."""

    name = "quiz_pages"

    def process_doc(self, app, doctree):
        """Make the quizzes targets of references, under their titles."""
        docname = app.env.docname
        standard = app.env.get_domain("std")
        for one in pages(app.env).get(docname, {}).get("quizzes", ()):
            anchor = doctree.nameids.get(one["label"]) or one["label"]
            standard.labels[one["label"]] = (docname, anchor, one["title"])
            standard.anonlabels[one["label"]] = (docname, anchor)
        for node in doctree.findall(quiz_question):
            if not node["ids"]:
                node["ids"] = [f"question-{app.env.new_serialno('question')}"]
                problem = (node["line"], "a question must stand inside a quiz")
                page_of(app.env, docname)["problems"].append(problem)


def quizzes(env):
    """Return all quizzes of the book."""
    return [one for name in sorted(pages(env)) for one in pages(env)[name]["quizzes"]]


def report(app, env):
    """Warn of every fault in a quiz; runs on each build, whatever was read again."""
    for docname in sorted(pages(env)):
        for line, message in pages(env)[docname]["problems"]:
            logger.warning("quiz: %s", message, location=(docname, line))
    first = {}
    for one in quizzes(env):
        if one["label"] in first:
            where = env.doc2path(first[one["label"]], base=False)
            message = "quiz: duplicate label %s, first in %s"
            logger.warning(message, one["label"], where, location=(one["docname"], one["line"]))
        first.setdefault(one["label"], one["docname"])


def add_assets(app, pagename, templatename, context, doctree):
    """Load the style and the script on pages that have a quiz."""
    if pages(app.env).get(pagename, {}).get("quizzes"):
        app.add_css_file("quiz.css")
        app.add_js_file("quiz.js", loading_method="defer")


def dump(app, error):
    """Write the list of quizzes for the course map and for tests."""
    if error is None:
        rows = [{key: one[key] for key in one if key != "line"} for one in quizzes(app.env)]
        text = json.dumps(rows, indent=1, ensure_ascii=False)
        Path(app.outdir, "quizzes.json").write_text(text + "\n", encoding="utf-8")


def setup(app):
    """Register nodes, directives, checks and files."""
    register(app)
    app.add_directive("quiz", QuizDirective)
    app.add_directive("question", QuestionDirective)
    app.add_env_collector(Collector)
    app.add_post_transform(Unfold)
    app.connect("env-updated", report)
    app.connect("html-page-context", add_assets)
    app.connect("build-finished", dump)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}

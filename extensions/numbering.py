"""Number chapters by their file names and labs by their front matter.

Sphinx counts what it finds, so with chapters 1 to 4 unwritten chapter 5 would be
"1". The file `05_eigen.md` is chapter 5, and a lab whose front matter says
`lab: 4` is L4, whatever else has been written.
"""

import copy
import re

from docutils import nodes
from sphinx.addnodes import start_of_file
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles

CHAPTER = re.compile(r"(?:^|/)(\d\d)_[^/]*$")


def own_number(env, docname):
    """Return the number that a page gives itself: 5, "L4", or None."""
    lab = env.metadata.get(docname, {}).get("lab")
    if lab is not None:
        return f"L{lab}"
    chapter = CHAPTER.search(docname)
    return int(chapter[1]) if chapter else None


def renumber(env, docname):
    """Replace the counted number of one page and of its sections by its own."""
    number = own_number(env, docname)
    depth = len(env.toc_secnumbers[docname].get("") or ())

    def mend(counted):
        return (number, *counted[depth:]) if counted and number is not None else ()

    numbers = {anchor: mend(n) for anchor, n in env.toc_secnumbers[docname].items()}
    env.toc_secnumbers[docname] = numbers
    env.titles[docname]["secnumber"] = list(numbers.get("", ())) or None
    for reference in env.tocs[docname].findall(nodes.reference):
        if reference.get("refuri") == docname:
            reference["secnumber"] = list(numbers.get(reference["anchorname"], ())) or None


def number_printed_chapters(app, doctree, docname):
    """Tell LaTeX the chapters' own numbers; the front page's sections count as chapters there."""
    if app.builder.format != "latex":
        return
    for page in doctree.findall(start_of_file):
        number = own_number(app.env, page["docname"])
        if isinstance(number, int):
            before = rf"\setcounter{{chapter}}{{{number - 1}}}"
            page.insert(0, nodes.raw("", before, format="latex"))


def setup(app):
    counted = TocTreeCollectorWithStyles.assign_section_numbers

    def assign_section_numbers(self, env):
        before = copy.deepcopy(env.toc_secnumbers)
        counted(self, env)
        for docname in env.toc_secnumbers:
            renumber(env, docname)
        return [d for d, numbers in env.toc_secnumbers.items() if numbers != before.get(d)]

    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
    app.connect("doctree-resolved", number_printed_chapters)
    return {"parallel_read_safe": True}

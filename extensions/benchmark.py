"""Show committed benchmark results as a table: times never come from the build.

    ```{benchmark} pagerank
    ```

reads `benchmarks/results/pagerank.json`. A page that shows results depends on that file.
"""

import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


def seconds(value):
    """Return a time with two or three figures, in s or ms."""
    return f"{value:.2f} s" if value >= 0.1 else f"{1000 * value:.3g} ms"


class Benchmark(SphinxDirective):
    """One table a case: median and range of the times, ratio to the book's own, error."""

    required_arguments = 1
    option_spec = {"case": directives.unchanged}

    def run(self):
        path = Path(self.env.srcdir) / "benchmarks" / "results" / f"{self.arguments[0]}.json"
        if not path.exists():
            raise self.error(f"there are no committed results {path.name}: run `make bench`")
        self.env.note_dependency(str(path))
        results = json.loads(path.read_text(encoding="utf8"))
        wanted = self.options.get("case", "")
        cases = [case for case in results["results"] if wanted in case["case"]]
        if not cases:
            raise self.error(f"{path.name} has no case {wanted!r}")
        return [*(table(case) for case in cases), note(results["machine"])]


def table(case):
    """Return one case as a docutils table, the libraries in the order in which they ran."""
    head = ("", "median", "range", "relative to mml", "error")
    lines = [
        (
            row["name"],
            seconds(row["median"]),
            f"{seconds(row['min'])} – {seconds(row['max'])}",
            f"{row['ratio']:.2f}",
            f"{row['distance']:.0e}" if "distance" in row else "–",
        )
        for row in case["rows"]
    ]
    result = nodes.table()
    result += nodes.title(text=case["case"])
    group = nodes.tgroup(cols=len(head))
    result += group
    for _ in head:
        group += nodes.colspec(colwidth=1)
    for part, rows in ((nodes.thead(), [head]), (nodes.tbody(), lines)):
        group += part
        for cells in rows:
            line = nodes.row()
            part += line
            for cell in cells:
                entry = nodes.entry()
                entry += nodes.paragraph(text=cell)
                line += entry
    return result


def note(machine):
    """Say on what processor and with which versions the times were taken."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    text = (
        f"Measured on one core of an {machine['processor']} with {versions}, Python "
        f"{machine['python']}; the libraries run in turn, and the ratio is of times of one turn."
    )
    return nodes.paragraph(text=text, classes=["benchmark-note"])


def setup(app):
    app.add_directive("benchmark", Benchmark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""A tiny book, built in a process of its own, for the tests of the extensions."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parents[2]

FRONT = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""

# a plain theme, unless a test looks at the page in a browser; nothing from the network
CONF = f"""\
import sys
sys.path.insert(0, {str(ROOT / "extensions")!r})
project = "A tiny book"
extensions = ["myst_nb", "sphinx_proof", "sphinx_exercise", %r]
myst_enable_extensions = ["dollarmath", "colon_fence", "amsmath"]
nb_execution_mode = "cache"
nb_execution_cache_path = %r
exclude_patterns = ["_build"]
html_static_path = [{str(ROOT / "book" / "assets")!r}]
html_theme = %r
mathjax_path = "none.js"
numfig = True
math_numfig = True
numfig_secnum_depth = 1
"""


class Book:
    """The sources of a small book, and what building them gives."""

    def __init__(self, folder, cache, extension, theme="basic"):
        """Lay out an empty book in a folder; what its cells gave is kept in the cache."""
        self.folder = folder
        self.pages = []
        self.write("conf.py", CONF % (extension, str(cache), theme))

    def write(self, name, text):
        """Write one file of the book; the lines of a page keep their indentation."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")

    def page(self, name, body, *, title="A page", cells=True):
        """Write a page, with the front matter that makes it a notebook, and list it."""
        head = FRONT if cells else ""
        self.write(f"{name}.md", f"{head}# {title}\n\n{dedent(body)}")
        if name not in self.pages:
            self.pages.append(name)
        listing = "\n".join(self.pages)
        self.write("index.md", f"# Book\n\n```{{toctree}}\n:numbered:\n\n{listing}\n```\n")

    def line(self, name, text):
        """Return the number of the line of a page that holds some text."""
        lines = (self.folder / f"{name}.md").read_text(encoding="utf-8").splitlines()
        return next(i for i, line in enumerate(lines, 1) if text in line)

    def build(self, builder="html"):
        """Build as the book is built; return the exit status and the warnings."""
        self.out = self.folder / "_build" / builder
        command = [sys.executable, "-m", "sphinx", "-b", builder, "-W", "--keep-going", "-n"]
        doctrees = ["-d", str(self.folder / "_build" / "doctrees")]
        done = subprocess.run(
            [*command, *doctrees, str(self.folder), str(self.out)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr  # 2 is a crash
        said = [line for line in done.stderr.splitlines() if line.startswith(str(self.folder))]
        return done.returncode, [line.removeprefix(f"{self.folder}/") for line in said]

    def html(self, name):
        """Return the text of a built page."""
        return (self.out / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def new_book(tmp_path_factory):
    """Return a maker of small books, which share what their cells gave."""
    cache = tmp_path_factory.mktemp("cells")
    return lambda *options: Book(tmp_path_factory.mktemp("book"), cache, *options)

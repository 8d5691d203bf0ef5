"""Where the built book is, and a maker of small real ones."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
HTML = Path(os.environ.get("MML_HTML", ROOT / "_build" / "html"))

NOTEBOOK = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""


def built_pages():
    """Return the built pages by their path below the book's folder; none before a build."""
    if not HTML.exists():
        return []
    pages = (p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html"))
    return sorted(p for p in pages if not p.startswith("_") and p != "index.html")


class TinyBook:
    """A small book with the settings, the extensions and the build of the real one."""

    def __init__(self, folder):
        """Lay out a book without pages in a folder."""
        self.folder, self.pages = folder, []
        self.html = folder / "_build" / "html"
        for name in ("_config.yml", "package-lock.json", "tools/book.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
        for name in ("extensions", "book/assets", "_build/assets"):
            if (ROOT / name).exists():
                skip = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=skip)
        (folder / "book" / "reference").mkdir()
        (folder / "book" / "reference" / "references.bib").touch()
        for name in ("node_modules", "mml"):
            (folder / name).symlink_to(ROOT / name)
        self.write("book/index.md", "# A small book\n\nIt has few pages.\n")

    def own_package(self):
        """Take a copy of the package, for a test that changes it; kernels import the copy."""
        (self.folder / "mml").unlink()
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "mml", self.folder / "mml", ignore=skip)

    def write(self, name, text):
        """Write one file of the book."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
        return path

    def page(self, name, body, *, title="A page", cells=True):
        """Write a page, list it, and return its path below the book's folder."""
        head = NOTEBOOK if cells else ""
        self.write(f"book/{name}.md", f"{head}# {title}\n\n{dedent(body)}")
        if name not in self.pages:
            self.pages.append(name)
        listing = "".join(f"  - file: book/{page}\n" for page in self.pages)
        self.write("_toc.yml", f"format: jb-book\nroot: book/index\nchapters:\n{listing}")
        return f"book/{name}.md"

    def edit(self, name, old, new):
        """Change one place of a file, and make its time newer."""
        path = self.folder / name
        text = path.read_text(encoding="utf8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf8")

    def line(self, name, text):
        """Return the number of the first line of a file that holds some text."""
        lines = (self.folder / name).read_text(encoding="utf8").splitlines()
        return next(i for i, line in enumerate(lines, 1) if text in line)

    def start(self, *task, **environ):
        """Start a task of tools/book.py."""
        settings = {k: v for k, v in os.environ.items() if not k.startswith(("MML_", "GITHUB_"))}
        settings |= {"PYTHONPATH": str(self.folder), **environ}
        return subprocess.Popen(
            [sys.executable, "tools/book.py", *(task or ["build"])],
            cwd=self.folder,
            env=settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf8",
        )

    def build(self, *task, **environ):
        """Run a task of tools/book.py, and return its status and what it wrote."""
        with self.start(*task, **environ) as process:
            out, err = process.communicate(timeout=300)
        return Result(process.returncode, out, err)


class Result:
    """The exit status of a build, and what it said."""

    def __init__(self, status, out, err):
        """Keep them."""
        self.status, self.out, self.err = status, out, err

    @property
    def executed(self):
        """Return how many pages were executed."""
        found = [line.split()[1] for line in self.out.splitlines() if line.startswith("executing ")]
        return sum(map(int, found))

    def __repr__(self):
        """Show all, as pytest's message for a failed assertion."""
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

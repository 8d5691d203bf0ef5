"""Format the code cells of the pages: 80 characters fit beside the contents column.

    python tools/format_cells.py [--check] PAGE.md …

`ruff format` does the work, cell by cell; nothing else on a page is touched.
"""

import re
import subprocess
import sys
from pathlib import Path

WIDTH = 80
OPTIONS = ["--config", "format.skip-magic-trailing-comma=true"]  # short cells, not tall ones
CELL = re.compile(
    r"^(?P<head>```\{code-cell\}[^\n]*\n(?:---\n.*?\n---\n)?(?:[ \t]*:[\w-]+:[^\n]*\n)*\n?)"
    r"(?P<code>.*?)(?P<tail>^```\s*?$)",
    re.M | re.S,
)


def formatted(code):
    """Return the code as ruff writes it at the book's width."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--line-length", str(WIDTH), *OPTIONS, "-"],
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"a cell cannot be read as Python:\n{code}\n{done.stderr}")
    return done.stdout


def format_page(text):
    """Return the page with its cells formatted."""
    return CELL.sub(lambda m: m["head"] + formatted(m["code"]) + m["tail"], text)


def main(arguments):
    check = "--check" in arguments
    changed = []
    for name in arguments:
        if name.startswith("--"):
            continue
        path = Path(name)
        before = path.read_text(encoding="utf8")
        after = format_page(before)
        if before != after:
            changed.append(name)
            if not check:
                path.write_text(after, encoding="utf8")
    for name in changed:
        print(f"{name}: {'cells want formatting' if check else 'cells formatted'}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

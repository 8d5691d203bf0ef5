"""Where a fault stands in the file that its author wrote.

Pages with cells are cut into cells before they are parsed, which shifts the line numbers of nodes
by a line or two, and some nodes have none. What is named in a warning is looked up in the source.
"""

import re
from pathlib import Path


def read_lines(env, docname):
    """Return the lines of a page's source."""
    return Path(env.doc2path(docname)).read_text(encoding="utf-8").splitlines()


def line_of(node):
    """Return the line of a node, or of the nearest node that knows its own."""
    inside = next((one.line for one in node.findall() if getattr(one, "line", None)), None)
    while inside is None and node.parent is not None:
        node = node.parent
        inside = node.line
    return inside or 1


def line_near(lines, pattern, near):
    """Return the line that matches a pattern nearest to a line, else that line."""
    found = [number for number, text in enumerate(lines, 1) if re.search(pattern, text)]
    return min(found, key=lambda number: abs(number - near), default=near)

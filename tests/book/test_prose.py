"""No number in the prose is merely typed: a cell of its page computes or asserts it."""

import re

import jupytext
import pytest
from building import ROOT
from prose import computed_numbers, typed_numbers, unbacked
from reading import read

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "book").rglob("*.md")
    if re.search(r"^kernelspec:", path.read_text(encoding="utf8"), re.MULTILINE)
)


@pytest.mark.parametrize("source", PAGES)
def test_numbers_of_the_prose_were_computed(source, html):
    page = html / source.removesuffix(".md")
    page = page.with_suffix(".html")
    if not page.exists():
        pytest.fail(f"{source} is not in the built book: run `make book`", pytrace=False)
    shown = "\n".join(
        element.text()
        for name in ("cell_input", "cell_output")
        for element in read(page).find(cls=name)
    )
    built_from = (html / "_sources" / source).read_text(encoding="utf8")
    # a cell that only asserts is not shown, and counts
    cells = "\n".join(
        c.source for c in jupytext.reads(built_from, "md:myst").cells if c.cell_type == "code"
    )
    found = unbacked(built_from, computed_numbers(f"{shown}\n{cells}"))
    assert not found, "typed, and shown by no cell of the page:\n" + "\n".join(
        f"{source}:{line}: {number}" for line, number in found
    )


TEXT = """\
---
minutes: 123.45
---
# Heading 9.87

Prose has 0.618 and $\\\\lambda = 2.414$ and 6,012 pages, {glue:text}`x:.3f`, and `0.9999`.
Version 1.5, section 5.2 and x1.234, 10.0.0.1 and [a](b/1.234.html).

```{figure} a.svg
:width: 123.4
A caption with 7.77.
```

```{code-cell} ipython3
x = 0.12345
```

:::{dropdown} Hint 1.23
A hint with $1{,}234$ or 0.0001.
:::

```
0.777 in code
```

% typed: 4.669 (Feigenbaum 1978)
The constant 4.669 is theirs.
"""


def test_typed_numbers_are_found():
    assert typed_numbers(TEXT) == [
        (4, "9.87"),
        (6, "0.618"),
        (6, "2.414"),
        (6, "6,012"),
        (11, "7.77"),
        (18, "1.23"),
        (19, "1{,}234"),
        (27, "4.669"),
    ]


def test_a_number_is_backed_by_more_digits_and_by_a_comment():
    shown = "x = 9.87; 0.61803398 -2.4142135 pages: 6012 7.7749 1.2300 1_234"
    assert unbacked(TEXT, computed_numbers(shown)) == []


@pytest.mark.parametrize(
    ("number", "shown", "sound"),
    [
        ("0.618", "0.6184999", True),
        ("0.618", "0.6186", False),
        ("0.618", "0.62", False),
        ("61.8", "0.61803", True),
        ("6,012", "6012", True),
        ("6,012", "6,012", True),
        ("6,012", "6013", False),
        ("0.000123", "1.2345e-04", True),
        ("0.000124", "1.2345e-04", False),
        ("2.50", "2.5", True),
        ("2.345", "2.3449999999999998", True),
        ("1.618", "-1.618", True),
        ("0.816", "0.861", False),
    ],
)
def test_a_wrong_number_is_not_backed(number, shown, sound):
    found = unbacked(f"It is {number} here.\n", computed_numbers(shown))
    assert found == ([] if sound else [(1, number)])

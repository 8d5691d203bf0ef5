"""Pictures without words and display maths that became text fail the build."""

import base64

import pytest
from alt_text import fault_of

pytestmark = pytest.mark.book

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAW = """\
```{code-cell}
%s
from base64 import b64encode
from IPython.display import Image
Image(data=bytes.fromhex(%r), format="png")
```
"""
OPTIONS = '---\nmystnb:\n  image:\n    alt: "Two arrows at a right angle"\n---'


@pytest.mark.parametrize(
    ("alt", "fault"),
    [
        (None, "has no alt text"),
        ("   ", "has no alt text"),
        ("../_build/jupyter_execute/ab12.svg", "is a file name"),
        ("figure.PNG ", "is a file name"),
        ("A plot", "too short"),
        ("Two arrows at a right angle", None),
    ],
)
def test_alt_texts_are_judged(alt, fault):
    found = fault_of(alt, [])
    assert found is None if fault is None else fault in found


def test_decorative_pictures_have_no_alt_text():
    assert fault_of("", ["decorative"]) is None
    assert "should have none" in fault_of("A wavy line below the title", ["decorative"])


def test_pictures_and_maths_fail_with_their_line_on_every_build(new_book):
    book = new_book("alt_text")
    (book.folder / "dot.png").write_bytes(PIXEL)
    book.page(
        "bad",
        "\n".join(
            [
                "![](dot.png)",
                "",
                "```{image} dot.png",
                ":alt: dot.png",
                "```",
                "",
                "Text right before",
                "$$",
                "a = b",
                "$$ (eq-lost)",
                "",
                '<img src="dot.png">',
                "",
                DRAW % ("", PIXEL.hex()),
            ]
        ),
    )
    for _ in range(2):
        status, said = book.build()
        assert status == 1
        none = "an image has no alt text"
        found = [
            ("![]", none),
            ("image} dot.png", "'dot.png' is a file name"),
            ("$$", "$$ became text"),
            ("<img", none),
            ("```{code-cell}", none),
        ]
        for text, message in found:
            where = f"bad.md:{book.line('bad', text)}: WARNING: alt_text: "
            assert any(one.startswith(where) and message in one for one in said)
        assert len(said) == 5


def test_a_page_in_order_passes(new_book):
    book = new_book("alt_text")
    (book.folder / "dot.png").write_bytes(PIXEL)
    book.page(
        "good",
        "\n".join(
            [
                "![Two arrows at a right angle](dot.png)",
                "",
                "```{image} dot.png",
                ":class: decorative",
                "```",
                "",
                "It costs \\$5, and `$$` is code, and $a$ is inline.",
                "",
                "$$",
                "a = b",
                "$$ (eq-kept)",
                "",
                '<img src="dot.png" alt="Two arrows at a right angle">',
                "",
                DRAW % (OPTIONS, PIXEL.hex()),
            ]
        ),
    )
    assert book.build() == (0, [])

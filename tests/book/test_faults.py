"""A deliberate fault of each kind fails the build, with a message that names the place."""

import re

import pytest

pytestmark = pytest.mark.book

SOUND = """\
    The sum is {glue:text}`total`, and a [link](#a-heading) leads on.

    ```{code-cell} ipython3
    from myst_nb import glue

    total = sum([1, 2, 3])
    assert total == 6
    glue("total", total, display=False)
    ```

    (a-heading)=
    ## A heading

    More.
"""


DERIVATION = """\
    ```{code-cell} ipython3
    import sympy as sp
    from mml.derivation import Derivation

    a, b = sp.symbols("a b", real=True)
    d = Derivation((a - b) ** 2, "the square of a difference")
    d.then(a**2 + 2 * a * b + b**2, because="multiply out")
    d
    ```
"""
THEOREM = """\
    ```{prf:theorem} Unproved
    :label: thm-hole
    All is well.
    ```
"""
PLOT = """\
    ```{code-cell} ipython3
    import matplotlib.pyplot as plt

    plt.plot([0, 1])
    plt.show()
    ```
"""
STDERR = SOUND.replace("assert total == 6", "import warnings; warnings.warn('look out')")

FAULTS = {  # what is wrong: the page, the line where it stands, the complaint
    "wrong sign": (DERIVATION, "import sympy", "cell 1 raised DerivationError"),
    "wrong number": (
        SOUND.replace("total == 6", "total == 7"),
        "from myst_nb",
        "cell 1 raised AssertionError",
    ),
    "broken link": (SOUND.replace("(#a-heading)", "(#nowhere)"), "nowhere", "'nowhere'"),
    "no alt text": (PLOT, "import matplotlib", "alt"),
    "no evidence": (THEOREM, "label: thm-hole", "thm-hole has no evidence"),
    "failing cell": (
        SOUND.replace("sum([1, 2, 3])", "1 / 0"),
        "from myst_nb",
        "cell 1 raised ZeroDivisionError: division by zero",
    ),
}

MORE_FAULTS = {
    "link to a page": ("A [link](no_such_page.md) to nowhere.", "nowhere", "no_such_page"),
    "document": ("A {doc}`no_such_page` to nowhere.", "nowhere", "no_such_page"),
    "equation": ("As {eq}`eq-none` says, to nowhere.", "nowhere", "eq-none"),
    "figure": ("As {numref}`fig-none` shows, to nowhere.", "nowhere", "fig-none"),
    "theorem": ("By {prf:ref}`thm-none`, to nowhere.", "nowhere", "thm-none"),
    "citation": ("As {cite}`nobody2000` says, to nowhere.", "nowhere", "nobody2000"),
    "term": ("A {term}`no such term` to nowhere.", "nowhere", "no such term"),
    "download": ("A {download}`file <none.zip>` from nowhere.", "nowhere", "none.zip"),
    "glue": (SOUND.replace("`total`", "`totl`"), "totl", "totl"),
    "stderr": (STDERR, "from myst_nb", "cell 1 wrote to stderr: .*UserWarning: look out"),
    "formula": (r"A formula $\frac{1}{$ here.", "A formula", "KaTeX parse error"),
    "inline picture": ("![](assets/favicon.svg)", "favicon", "alt"),
    "picture": ("```{image} assets/favicon.svg\n```", "favicon", "alt"),
    "figure without alt": (
        "```{figure} assets/favicon.svg\n:name: fig-one\n\nA caption.\n```",
        "favicon",
        "alt",
    ),
    "unproved equation": ("$$\nx = 1\n$$ (eq-hole)", "eq-hole", "eq-hole has no evidence"),
}


def complaints(result):
    """Return the complaints of a failed build as {(page, line): what}."""
    assert result.status != 0, result
    assert "The book was not built" in result.err, result
    found = re.findall(r"^\S*/(book/\S+\.md):(\d+): WARNING: (.*)$", result.err, re.MULTILINE)
    assert found, result
    return {(page, int(line)): what for page, line, what in found}


def names_the_place(book, found, page, marker, words):
    """Tell whether a complaint names the page, the line (or a cell's opening) and the fault."""
    line = book.line(page, marker)
    near = {(page, line + shift) for shift in (-2, -1, 0, 1)}
    return any(re.search(words, found[place]) for place in near & found.keys())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_fails_the_build_and_names_the_place(tiny_book, fault):
    body, marker, words = FAULTS[fault]
    page = tiny_book.page("page", body)
    result = tiny_book.build()
    assert names_the_place(tiny_book, complaints(result), page, marker, words), result


def test_each_of_many_faults_is_named(tiny_book):
    """One build, one fault a page: every page but the sound one is complained of."""
    pages = {}
    for number, (fault, (body, marker, words)) in enumerate(MORE_FAULTS.items()):
        cells = "code-cell" in body
        page = tiny_book.page(f"page_{number:02}", body, title=fault.capitalize(), cells=cells)
        pages[fault] = page, marker, words
    sound = tiny_book.page("sound", SOUND.replace("a-heading", "own").replace("total", "own_total"))
    result = tiny_book.build()
    found = complaints(result)
    silent = [fault for fault, at in pages.items() if not names_the_place(tiny_book, found, *at)]
    assert silent == [], result
    assert sound not in {page for page, _ in found}


def test_a_sound_book_is_built_and_a_fault_is_said_each_time(tiny_book):
    """Without a fault a build is silent; with one it fails until it is mended."""
    page = tiny_book.page("page", SOUND)
    result = tiny_book.build()
    assert (result.status, result.err, result.executed) == (0, "", 1), result
    written = (tiny_book.html / "book/page.html").read_text(encoding="utf8")
    assert "The sum is 6," in re.sub("<[^>]*>", "", written)
    tiny_book.edit(page, "(#a-heading)", "(#nowhere)")
    for _ in range(2):
        assert [place for place, _ in complaints(tiny_book.build())] == [page]
    tiny_book.edit(page, "(#nowhere)", "(#a-heading)")
    assert tiny_book.build().status == 0

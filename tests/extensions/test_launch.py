"""Launch buttons come from the repository's own address, and there are no dead ones."""

import json
import subprocess

import nbformat
import pytest
from building import TinyBook
from launch import find_repository, launch_links, normalise, site_address

HUB = "https://github.com/someone/a-book"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("https://github.com/someone/a-book", HUB),
        ("https://github.com/someone/a-book.git", HUB),
        ("https://github.com/someone/a-book/", HUB),
        ("  https://github.com/someone/a-book.git\n", HUB),
        ("http://github.com/someone/a-book", HUB),
        ("https://user@github.com/someone/a-book.git", HUB),
        ("https://user:secret@github.com/someone/a-book.git", HUB),
        ("https://x-access-token:abc.def@github.com/someone/a-book", HUB),
        ("git@github.com:someone/a-book.git", HUB),
        ("github@github.com:someone/a-book", HUB),
        ("ssh://git@github.com/someone/a-book.git", HUB),
        ("ssh://git@github.com:22/someone/a-book.git", HUB),
        ("https://gitlab.com/group/sub/book.git", "https://gitlab.com/group/sub/book"),
        ("git@codeberg.org:someone/book.js.git", "https://codeberg.org/someone/book.js"),
        ("/srv/git/book.git", None),
        ("../book", None),
        ("book", None),
        ("file:///srv/git/book.git", None),
        ("C:\\books\\book", None),
        ("C:/books/book", None),
        ("localhost:books/book", None),
        ("http://localhost:3000/someone/book", None),
        ("https://github.com", None),
        ("https://github.com/someone", None),
        ("", None),
        ("javascript:alert(1)", None),
        ('https://github.com/some"one/<book>', None),
    ],
)
def test_addresses(given, wanted):
    assert normalise(given) == wanted


def test_credentials_never_come_through():
    for given in ("https://me:secret@github.com/a/b", "ssh://me:secret@github.com/a/b.git"):
        assert "secret" not in str(normalise(given))
        assert "me" not in str(normalise(given)).split("/")


@pytest.fixture
def repository(tmp_path):
    """Return a maker of git repositories with a remote and no commit."""

    def make(remote=None):
        subprocess.run(["git", "init", "-q", "-b", "work", str(tmp_path)], check=True)
        if remote:
            subprocess.run(
                ["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True
            )
        return tmp_path

    return make


def test_the_order_of_the_sources(repository):
    """First the variable of our own, then what the CI says, then git's remote, then none."""
    root = repository("git@example.org:from/git.git")
    mine = {"MML_REPOSITORY": "https://example.org/from/me", "MML_BRANCH": "mine"}
    github = {"GITHUB_REPOSITORY": "from/hub", "GITHUB_REF_NAME": "next"}
    gitlab = {"CI_PROJECT_URL": "https://gitlab.com/from/lab", "CI_COMMIT_REF_NAME": "lab"}
    assert find_repository(root, mine | github) == ("https://example.org/from/me", "mine")
    assert find_repository(root, github) == ("https://github.com/from/hub", "next")
    own = {"GITHUB_SERVER_URL": "https://git.example.org"}
    assert find_repository(root, github | own)[0] == "https://git.example.org/from/hub"
    assert find_repository(root, gitlab) == ("https://gitlab.com/from/lab", "lab")
    assert find_repository(root, {}) == ("https://example.org/from/git", "work")


def test_what_is_no_address_is_passed_over(repository):
    root = repository("git@example.org:from/git.git")
    found = find_repository(root, {"MML_REPOSITORY": "/srv/book", "CI_PROJECT_URL": "nonsense"})
    assert found[0] == "https://example.org/from/git"


def test_a_local_remote_is_no_address(repository):
    assert find_repository(repository("/srv/git/book.git"), {})[0] is None


def test_a_folder_without_git_has_none(tmp_path):
    assert find_repository(tmp_path, {}) == (None, "main")


def test_links_of_github():
    binder, colab = launch_links(HUB, "main", "book/pca/15_pca")
    assert binder[:2] == (
        "Binder",
        "https://mybinder.org/v2/gh/someone/a-book/main?urlpath=lab/tree/book/pca/15_pca.md",
    )
    assert colab[:2] == (
        "Colab",
        "https://colab.research.google.com/github/someone/a-book/blob/gh-pages"
        "/_sources/book/pca/15_pca.ipynb",
    )


@pytest.mark.parametrize(
    ("address", "start"),
    [
        (
            "https://gitlab.com/group/sub/book",
            "https://mybinder.org/v2/gl/group%2Fsub%2Fbook/main?",
        ),
        (
            "https://codeberg.org/someone/book",
            "https://mybinder.org/v2/git/https%3A%2F%2Fcodeberg.org%2Fsomeone%2Fbook/main?",
        ),
    ],
)
def test_links_of_other_hosts(address, start):
    """Binder opens any host; Colab opens GitHub's notebooks alone."""
    ((name, url, _),) = launch_links(address, "main", "book/a")
    assert name == "Binder"
    assert url == start + "urlpath=lab/tree/book/a.md"


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"MML_SITE": "https://book.example.org"}, "https://book.example.org/"),
        ({"MML_REPOSITORY": HUB}, "https://someone.github.io/a-book/"),
        ({"MML_REPOSITORY": "git@github.com:Me/me.github.io.git"}, "https://me.github.io/"),
        ({"MML_REPOSITORY": "https://gitlab.com/a/b"}, None),
        ({}, None),
    ],
)
def test_the_site(tmp_path, environ, wanted):
    assert site_address(tmp_path, environ) == wanted


PAGE = """\
    Text.

    ```{code-cell} ipython3
    1 + 1
    ```
"""


@pytest.mark.book
def test_a_book_with_an_address_has_its_buttons(tmp_path):
    book = TinyBook(tmp_path)
    book.page("page", PAGE)
    book.page("prose", "No cells.\n", cells=False)
    address = "git@github.com:someone/a-book.git"
    result = book.build(MML_REPOSITORY=address, MML_BRANCH="main")
    assert result.status == 0, result
    page = (book.html / "book/page.html").read_text(encoding="utf8")
    for _, url, _ in launch_links(HUB, "main", "book/page"):
        assert page.count(f'href="{url}"') == 1
    assert '<meta property="og:url" content="https://someone.github.io/a-book/book/page' in page
    prose = (book.html / "book/prose.html").read_text(encoding="utf8")
    assert "mybinder.org" not in prose
    assert "colab.research" not in prose

    notebook = nbformat.read(book.html / "_sources/book/page.ipynb", as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.source == f"%pip install --quiet git+{HUB}"


@pytest.mark.book
def test_a_book_without_an_address_has_no_buttons(tmp_path):
    book = TinyBook(tmp_path)
    book.page("page", PAGE)
    result = book.build()
    assert result.status == 0, result
    assert "no hosted repository address is known" in result.out
    page = (book.html / "book/page.html").read_text(encoding="utf8")
    for word in ("mybinder", "colab", "launch-buttons", "fa-rocket", "fa-github", "og:url"):
        assert word not in page, word
    notebook = json.loads((book.html / "_sources/book/page.ipynb").read_text(encoding="utf8"))
    assert not any("pip install" in "".join(cell["source"]) for cell in notebook["cells"])

"""The built book, and small books to build, for the tests of the pages."""

import pytest
from building import HTML, TinyBook, built_pages


def pytest_generate_tests(metafunc):
    """Run a test that asks for a `page` once for each built page."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", built_pages() or ["the book, which is not built"])


@pytest.fixture(scope="session")
def html():
    """Return the folder of the built book."""
    if not (HTML / "index.html").exists():
        pytest.fail(f"there is no book in {HTML}: run `make book` first", pytrace=False)
    return HTML


@pytest.fixture
def tiny_book(tmp_path):
    """Return a small book to fill with pages and to build."""
    return TinyBook(tmp_path)

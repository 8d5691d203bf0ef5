"""What every test may use: one Chromium for the whole run (two in one process do not start)."""

import os
import shutil

import pytest

# one thread for each worker: BLAS reads it when NumPy is first imported, and two workers
# that each ask for all cores wait for one another (a network trains ten times as long)
os.environ.setdefault("OMP_NUM_THREADS", "1")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def chromium():
    """Return the path of a Chromium: MML_CHROMIUM, one on PATH, or Playwright's own (None)."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("MML_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()

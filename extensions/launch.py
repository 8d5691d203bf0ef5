"""Launch buttons from the repository's own address, so that a fork opens the fork.

The address is looked for in MML_REPOSITORY, then in what the CI says, then in
git's remote. A local path is no address: then there are no buttons, rather than
dead ones. Notebooks for download and for Colab are written beside the pages;
their first cell installs the package.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import jupytext
import nbformat
from sphinx.util import logging

logger = logging.getLogger(__name__)

BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
HOSTED = re.compile(
    r"^(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|(?:[^@/:]+)@)"
    r"(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?[:/](?P<path>[\w.~-]+(?:/[\w.~-]+)+)/?$"
)


def normalise(address):
    """Return a hosted address as https without credentials, or None.

    >>> normalise("git@example.org:someone/book.git")
    'https://example.org/someone/book'
    >>> normalise("/srv/git/book.git") is None
    True
    """
    match = HOSTED.match(address.strip())
    return f"https://{match['host']}/{match['path'].removesuffix('.git')}" if match else None


def git(root, *arguments):
    """Return what git prints, or nothing where it has nothing to say."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def find_repository(root, environ=os.environ):
    """Return (address, branch), or (None, branch) where no address is known."""
    candidates = [environ.get("MML_REPOSITORY", "")]
    if environ.get("GITHUB_REPOSITORY"):
        server = environ.get("GITHUB_SERVER_URL", "https://github.com")
        candidates.append(f"{server}/{environ['GITHUB_REPOSITORY']}")
    candidates.append(environ.get("CI_PROJECT_URL", ""))
    candidates.append(git(root, "remote", "get-url", "origin"))
    address = next((a for a in map(normalise, filter(None, candidates)) if a), None)
    branch = (
        environ.get("MML_BRANCH")
        or environ.get("GITHUB_REF_NAME")
        or environ.get("CI_COMMIT_REF_NAME")
        or git(root, "symbolic-ref", "--short", "HEAD")
        or "main"
    )
    return address, branch


def site_address(root, environ=os.environ):
    """Return where the book is published: MML_SITE, or GitHub's pages of the repository."""
    if environ.get("MML_SITE"):
        return environ["MML_SITE"].rstrip("/") + "/"
    address, _ = find_repository(root, environ)
    host, _, path = (address or "").removeprefix("https://").partition("/")
    if host != "github.com":
        return None
    owner, _, name = path.partition("/")
    own_page = name.lower() == f"{owner.lower()}.github.io"
    return f"https://{owner.lower()}.github.io/" + ("" if own_page else f"{name}/")


def configure(app, config):
    """Give the theme the address, and the buttons that the host can serve."""
    address, branch = find_repository(Path(app.srcdir))
    app.mml_repository = address, branch
    options = config.html_theme_options
    options.pop("launch_buttons", None)
    options.pop("repository_url", None)
    if address is None:
        logger.info("no hosted repository address is known: pages get no launch buttons")
        return
    options["repository_url"] = address
    options["repository_branch"] = branch
    options["path_to_docs"] = ""
    options["use_repository_button"] = True
    options["use_issues_button"] = True


def launch_links(address, branch, pagename):
    """Return [(name, url, icon)] for one page: Binder for any host, Colab for GitHub alone."""
    host, _, path = address.removeprefix("https://").partition("/")
    target = f"urlpath=lab/tree/{pagename}.md"
    if host == "github.com":
        binder = f"{BINDER}/v2/gh/{path}/{branch}?{target}"
    elif host == "gitlab.com":
        binder = f"{BINDER}/v2/gl/{path.replace('/', '%2F')}/{branch}?{target}"
    else:
        quoted = address.replace(":", "%3A").replace("/", "%2F")
        binder = f"{BINDER}/v2/git/{quoted}/{branch}?{target}"
    links = [("Binder", binder, "_static/images/logo_binder.svg")]
    if host == "github.com":
        # the published branch holds the notebooks; Colab cannot open a .md
        url = f"{COLAB}/github/{path}/blob/gh-pages/_sources/{pagename}.ipynb"
        links.append(("Colab", url, "_static/images/logo_colab.png"))
    return links


def write_notebook(app, pagename):
    """Write the page as a notebook whose first cell installs the package."""
    address, _ = app.mml_repository
    notebook = jupytext.read(app.env.doc2path(pagename))
    if address:
        install = f"%pip install --quiet git+{address}"
        notebook.cells.insert(0, nbformat.v4.new_code_cell(install))
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # jupytext's are random, and the bytes must repeat
    target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook, indent=1, sort_keys=True) + "\n", encoding="utf8")


def has_cells(app, pagename):
    """Tell a page that a notebook can be made of."""
    return "kernelspec" in app.env.metadata.get(pagename, {})


def add_buttons(app, pagename, templatename, context, doctree):
    """Add the download and the launch buttons of a page with cells."""
    if doctree is None or not has_cells(app, pagename):
        return
    write_notebook(app, pagename)
    context["ipynb_source"] = f"{pagename}.ipynb"
    address, branch = app.mml_repository
    if address is None:
        return
    buttons = [
        {
            "type": "link",
            "text": name,
            "tooltip": f"Launch on {name}",
            "icon": icon,
            "url": url,
        }
        for name, url, icon in launch_links(address, branch, pagename)
    ]
    context["header_buttons"].append(
        {
            "type": "group",
            "tooltip": "Launch this page as a live notebook",
            "icon": "fas fa-rocket",
            "buttons": buttons,
            "label": "launch-buttons",
        }
    )


def setup(app):
    app.connect("config-inited", configure, priority=100)
    # after the theme has begun the list of buttons and before it adds the downloads
    app.connect("html-page-context", add_buttons, priority=500)
    return {"parallel_read_safe": True}

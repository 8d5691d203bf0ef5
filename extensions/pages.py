"""What every page loads and what a shared link shows.

The theme and Jupyter Book bring scripts for live code and interactive widgets to
every page, and icons as 1.4 MB of JavaScript. The book uses none of them.
"""

import hashlib
import os
import re
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from launch import site_address
from sphinx.util import logging

logger = logging.getLogger(__name__)

EPOCH = "1767225600"  # the time that the build claims: 1 January 2026
INDEXES = {"search": "Search", "genindex": "Index"}
LATE = r"(?:mystnb\.\w+|proof|exercise)\.css"
DOUBLED = {"proof", "proof-content", "exercise-content", "solution-content"}


def drop_live_code(app, config):
    """Take Thebe's listeners off: its loader points at a third party."""
    for name, listeners in app.events.listeners.items():
        app.events.listeners[name] = [
            listener
            for listener in listeners
            if not listener.handler.__module__.startswith("sphinx_thebe")
        ]
    app.registry.css_files[:] = [
        entry for entry in app.registry.css_files if "thebe" not in str(entry[0])
    ]


def drop_duplicates(app, pagename, templatename, context, doctree):
    """Load no script of Thebe's, and nothing twice."""
    kept, seen = [], set()
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", script) or "")
        if "thebe" in name or (name and name in seen):
            continue
        if name == "" and "thebe" in str(getattr(script, "attributes", "")):
            continue
        seen.add(name)
        kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [c for c in context.get("css_files", []) if "thebe" not in str(c)]


def describe(app, pagename, templatename, context, doctree):
    """Give every page a description: its front matter's, or its title and the book's."""
    meta = context["meta"] = dict(context.get("meta") or {})
    title = unescape(re.sub(r"<[^>]*>", "", context.get("title") or INDEXES.get(pagename, "")))
    text = meta.get("description") or f"{title}: a page of {app.config.html_title}"
    meta["og:description"] = escape(text, quote=False)
    context["metatags"] = tag("description", text, "name") + context.get("metatags", "")
    if doctree is None:  # the search and the index, which the extension for tags leaves out
        context["metatags"] += tag("og:title", title) + tag("og:description", text)


def tag(name, content, attribute="property"):
    """Return a meta element."""
    return f'<meta {attribute}="{name}" content="{escape(content)}" />\n'


def tidy_tags(app, pagename, templatename, context, doctree):
    """Drop the second viewport, and an address that is none."""
    tags = re.sub(r'<meta name="viewport"[^>]*>\s*', "", context["metatags"])
    if not app.config.ogp_site_url:
        tags = re.sub(r'<meta property="og:url"[^>]*>\s*', "", tags)
    context["metatags"] = tags


def mend_lists(app, pagename, templatename, context, doctree):
    """Make the entries of the bibliography items of their list, which docutils does not."""
    if "citation-list" in context.get("body", ""):
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def name_folds(app, pagename, templatename, context, doctree):
    """Name the folds of the list of pages, which show a mark alone."""
    theirs = context.get("generate_toctree_html")
    if theirs is None:
        return

    def generate_toctree_html(*arguments, **options):
        tree = str(theirs(*arguments, **options) or "")
        return re.sub(
            r"(<a\b[^>]*>)(.*?)(</a>\s*<details[^>]*>\s*)<summary>",
            lambda m: f'{m[1]}{m[2]}{m[3]}<summary aria-label="Pages below {plain(m[2])}">',
            tree,
            flags=re.DOTALL,
        )

    context["generate_toctree_html"] = generate_toctree_html


def plain(markup):
    """Return the text of some markup, for an attribute."""
    return re.sub(r"<[^>]*>", "", markup).strip().replace('"', "&quot;")


def same_address_each_time(app, pagename, templatename, context, doctree):
    """Leave the checksum off the address of a style that is copied after the first pages.

    It would be there in the second build and not in the first, and the bytes would differ.
    """
    theirs = context.get("css_tag")
    if theirs is not None:
        context["css_tag"] = lambda css: re.sub(rf"({LATE})\?v=\w+", r"\1", theirs(css))


def find_site(app, config):
    """Say where the book is published, where that is known."""
    config.ogp_site_url = config.ogp_site_url or site_address(Path(app.srcdir)) or ""


def drop_doubled_ids(app, doctree, docname):
    """Take off the ids that every theorem and every exercise would share."""
    for node in doctree.findall(nodes.Element):
        if not DOUBLED.isdisjoint(node["ids"]):
            node["ids"] = [name for name in node["ids"] if name not in DOUBLED]


def keep_with_formula(app, doctree, docname):
    """Let no line begin with the full stop or the comma behind a short formula."""
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True)
        marks = re.match(r"[.,;:!?)]+", after) if isinstance(after, nodes.Text) else None
        if marks and len(formula.astext()) <= 16:
            place = formula.parent.index(formula)
            pair = nodes.inline("", "", formula.copy(), nodes.Text(marks[0]), classes=["together"])
            pair[0].extend(child.deepcopy() for child in formula.children)
            rest = nodes.Text(after[marks.end() :])
            formula.parent[place : place + 2] = [pair, rest]


def same_bytes(app, config):
    """Fix what would make two clean builds differ."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", EPOCH)


def read_again(app, env, added, changed, removed):
    """Read all pages again when what makes or dresses them has changed: Sphinx asks only
    whether the pages' own files have, and copies no style sheet when it writes no page."""
    digest = hashlib.sha256()
    for folder in ("extensions", "book/assets"):
        for path in sorted((Path(app.srcdir) / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(app.srcdir).as_posix().encode())
                digest.update(path.read_bytes())
    before, env.mml_makers = getattr(env, "mml_makers", None), digest.hexdigest()
    return [] if before in (None, env.mml_makers) else list(env.found_docs)


def drop_stale_pages(app, error):
    """Remove pages that an earlier build left and that the book no longer has."""
    if error or app.builder.name != "html":
        return
    kept = {*app.env.found_docs, "index", "search", "genindex"}
    for page in Path(app.outdir).rglob("*.html"):
        name = page.relative_to(app.outdir).with_suffix("").as_posix()
        if name not in kept and not name.startswith("_static/"):
            page.unlink()


def setup(app):
    app.connect("config-inited", same_bytes)
    app.connect("config-inited", find_site)
    app.connect("env-get-outdated", read_again)
    app.connect("doctree-resolved", drop_doubled_ids)
    app.connect("doctree-resolved", keep_with_formula)
    app.connect("builder-inited", lambda app: drop_live_code(app, app.config), priority=1)
    app.connect("html-page-context", drop_duplicates, priority=900)
    app.connect("html-page-context", describe, priority=400)
    app.connect("html-page-context", tidy_tags, priority=900)
    app.connect("html-page-context", name_folds, priority=900)
    app.connect("html-page-context", mend_lists, priority=900)
    app.connect("html-page-context", same_address_each_time, priority=900)
    app.connect("build-finished", drop_stale_pages)
    return {"parallel_read_safe": True}

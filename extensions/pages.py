"""What every page loads and what a shared link shows.

The theme and Jupyter Book bring scripts for live code and interactive widgets to
every page, and icons as 1.4 MB of JavaScript. The book uses none of them.
"""

import os

from sphinx.util import logging

logger = logging.getLogger(__name__)


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
    """Use the `description` of the front matter for the page's meta tags."""
    description = (context.get("meta") or {}).get("description")
    if description:
        context["page_description"] = description


def same_bytes(app, config):
    """Fix what would make two clean builds differ."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")


def setup(app):
    app.connect("config-inited", same_bytes)
    app.connect("builder-inited", lambda app: drop_live_code(app, app.config), priority=1)
    app.connect("html-page-context", drop_duplicates, priority=900)
    app.connect("html-page-context", describe, priority=400)
    return {"parallel_read_safe": True}

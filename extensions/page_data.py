"""What an extension knows of each page, while Sphinx reads some again and several at a time."""

from sphinx.environment.collectors import EnvironmentCollector


def by_page(env, name):
    """Return {document name: data}, kept in the environment under a name."""
    return env.__dict__.setdefault(name, {})


class PageCollector(EnvironmentCollector):
    """Forgets a page that is read again, and takes over those that another process has read."""

    name = None  # where the environment keeps the data

    def clear_doc(self, app, env, docname):
        """Forget a page before it is read again."""
        by_page(env, self.name).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        """Take over the pages that another process has read."""
        theirs = by_page(other, self.name)
        by_page(env, self.name).update({page: theirs[page] for page in docnames if page in theirs})

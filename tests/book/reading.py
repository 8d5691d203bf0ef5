"""Reads a built page: its elements, its text, its links, its cells."""

import functools
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = set(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)


@dataclass
class Element:
    """An element of a page, with what is in it."""

    tag: str
    attributes: dict
    line: int
    parent: "Element | None" = None
    children: list = field(default_factory=list)

    def __iter__(self):
        """Give this element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def classes(self):
        """Return its classes."""
        return set((self.attributes.get("class") or "").split())

    def text(self, leave_out=lambda element: False):
        """Return its text without scripts, styles and what is to be left out."""
        if self.tag in ("script", "style") or leave_out(self):
            return ""
        return "".join(
            child if isinstance(child, str) else child.text(leave_out) for child in self.children
        )

    def find(self, tag=None, cls=None):
        """Return the elements below with a tag and a class."""
        return [
            element
            for element in self
            if (tag is None or element.tag == tag) and (cls is None or cls in element.classes)
        ]


class Reader(HTMLParser):
    """Makes a tree of a page."""

    def __init__(self, text):
        """Read it."""
        super().__init__()
        self.root = self.at = Element("", {}, 0)
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Begin an element."""
        element = Element(tag, dict(attrs), self.getpos()[0], self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag, attrs):
        """Take an element without content."""
        self.at.children.append(Element(tag, dict(attrs), self.getpos()[0], self.at))

    def handle_endtag(self, tag):
        """End an element, and those left open in it."""
        element = self.at
        while element is not None and element.tag != tag:
            element = element.parent
        if element is not None and element.parent is not None:
            self.at = element.parent

    def handle_data(self, data):
        """Take text."""
        self.at.children.append(data)


@functools.lru_cache(maxsize=256)
def read(path):
    """Return the tree of a page."""
    return Reader(path.read_text(encoding="utf8")).root

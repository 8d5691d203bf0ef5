"""What every built page has, and what none has."""

import functools
import gzip
import json
import re
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from building import ROOT
from reading import Reader, read

HEAVIEST = 250_000  # bytes of a gzipped page
LOADED = [  # what a browser fetches without being asked
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
    ("object", "data"),
    ("embed", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("input", "src"),
    ("use", "href"),
    ("image", "href"),
]
OUTSIDE = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
NOT_FETCHED = {"canonical", "license", "author", "me", "alternate"}
SPILLS = {  # what must not be seen in the text of a page
    "raw LaTeX": re.compile(r"\\\(|\\\[|\\begin\{|\\frac\b|\\mathbf\b|\$\$"),
    "NumPy's repr": re.compile(r"\bnp\.(?:float|int|complex|str|bool)\w*\("),
    "a traceback": re.compile(r"Traceback \(most recent call last\)"),
    "a warning": re.compile(r"\b(?:User|Runtime|Deprecation|Future|Syntax)Warning: "),
    "an object's address": re.compile(r"<[\w.]+ (?:object )?at 0x[0-9a-f]+>"),
    "a directive": re.compile(r"^\s*(?:`{3,}|:{3,})\{", re.MULTILINE),
    "a role": re.compile(r"\{(?:glue|numref|eq|ref|term|cite|prf:ref)[^}]*\}`"),
    "a template": re.compile(r"\{\{\s*\w+\s*\}\}|\{%\s"),
    "a path of this machine": re.compile(r"/(?:home|root|tmp|work|Users)/\w+"),
}


def meta(tree, name):
    """Return the contents of a page's meta tags of one name."""
    return [
        tag.attributes.get("content") or ""
        for tag in tree.find("meta")
        if name in (tag.attributes.get("name"), tag.attributes.get("property"))
    ]


def test_page_says_what_it_is(page, html):
    tree = read(html / page)
    titles = [t for t in tree.find("title") if t.parent.tag == "head"]
    assert len(titles) == 1
    assert len(titles[0].text().strip()) > 4
    assert [t.attributes.get("lang") for t in tree.find("html")] == ["en-gb"]
    assert len(tree.find("h1")) == 1, [h.text() for h in tree.find("h1")]
    for name in ("viewport", "description", "og:title", "og:description"):
        found = meta(tree, name)
        assert len(found) == 1, f"{page} has {len(found)} meta tags {name!r}"
        assert found[0].strip()
    assert meta(tree, "description") == meta(tree, "og:description")
    assert "\\" not in meta(tree, "description")[0]


def test_what_is_read_has_a_description_of_its_own(html):
    """A chapter, a lab and the landing page say more than their title."""
    seen = {}
    for source in sorted((html / "_sources").rglob("*.md")):
        page = source.relative_to(html / "_sources").with_suffix(".html")
        if (html / page).exists() and "reference" not in page.parts:
            text = meta(read(html / page), "description")[0]
            assert 50 <= len(text) <= 200, f"{page}: a description of {len(text)} letters: {text}"
            assert text not in seen, f"{page} and {seen[text]} have the same description"
            seen[text] = page


def loads(tree):
    """Yield what a page makes the browser fetch."""
    for element in tree:
        for tag, name in LOADED:
            if element.tag != tag or not element.attributes.get(name):
                continue
            if tag == "link" and element.attributes.get("rel", "") in NOT_FETCHED:
                continue
            yield element, element.attributes[name]
        style = element.attributes.get("style") or ""
        if element.tag == "style":
            style += "".join(c for c in element.children if isinstance(c, str))
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", style):
            yield element, address


def test_page_loads_nothing_from_others(page, html):
    tree = read(html / page)
    assert [address for _, address in loads(tree) if OUTSIDE.match(address)] == []
    hints = [t for t in tree.find("link") if "dns" in (t.attributes.get("rel") or "")]
    assert hints == []
    for script in tree.find("script"):
        code = "".join(c for c in script.children if isinstance(c, str))
        assert not re.search(r"""(?:src|import|fetch)\W{1,5}(?:https?:)?//""", code)


def test_what_page_loads_is_there(page, html):
    for element, address in loads(read(html / page)):
        path = unquote(urlsplit(address).path)
        if path and not address.startswith("data:"):
            found = ((html / page).parent / path).resolve()
            assert found.is_file(), f"{page}:{element.line} loads {address}, which is not there"


def test_styles_load_nothing_from_others(html):
    sheets = sorted(html.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        css = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf8"), flags=re.DOTALL)
        addresses = re.findall(r"url\(\s*['\"]?([^'\")]+)", css)
        addresses += re.findall(r"@import\s+['\"]([^'\"]+)", css)
        assert [a for a in addresses if OUTSIDE.match(a)] == [], sheet


def test_pictures_have_words(page, html):
    """An alternative text of 15 letters or more that is no name of a file."""
    for picture in read(html / page).find("img"):
        alt, where = picture.attributes.get("alt"), f"{page}:{picture.line}"
        assert alt is not None, f"{where}: {picture.attributes.get('src')} has no alt"
        inside_link = picture.parent.tag in ("a", "button") and picture.parent.text().strip()
        if alt == "" and (inside_link or "logo" in (picture.attributes.get("src") or "")):
            continue  # decoration beside words
        if "logo" in " ".join(picture.classes):
            continue
        assert len(alt) >= 15, f"{where}: the alt text {alt!r} says too little"
        assert not re.search(r"\.(?:svg|png|jpe?g|gif|webp)\s*$", alt), f"{where}: alt {alt!r}"


def is_source(element):
    """Tell what shows source text on purpose: code, and the maths's hidden annotation."""
    code = element.tag in ("pre", "code") and "output" not in element.parent.classes
    return code or element.tag == "annotation" or "highlight" in element.classes


def is_output(element):
    """Tell an output of a cell."""
    return "cell_output" in element.classes


@pytest.mark.parametrize("kind", SPILLS)
def test_nothing_spills_into_the_text(page, kind, html):
    tree = read(html / page)
    texts = [article.text(is_source) for article in tree.find("article")]
    for output in tree.find(cls="cell_output"):
        texts.append(output.text(lambda e: e.tag == "annotation"))
    for text in texts:
        found = SPILLS[kind].search(text)
        around = found and text[max(0, found.start() - 60) : found.end() + 60]
        assert not found, f"{page} shows {kind}: …{around}…"


def test_no_cell_complains(page, html):
    tree = read(html / page)
    for name in ("stderr", "traceback"):
        assert [e.text() for e in tree.find(cls="output") if name in e.classes] == []


def test_ids_are_unique(page, html):
    seen = {}
    for element in read(html / page):
        name = element.attributes.get("id")
        if name is not None:
            assert name, f"{page}:{element.line} has an empty id"
            assert name not in seen, (
                f"{page}:{element.line}: the id {name!r} stands at line {seen.get(name)} too"
            )
            seen[name] = element.line


@functools.lru_cache(maxsize=256)
def anchors(path):
    """Return the places of a page that a link can name."""
    tree = read(path)
    return {e.attributes["id"] for e in tree if e.attributes.get("id")} | {
        e.attributes["name"] for e in tree.find("a") if e.attributes.get("name")
    }


def dead_links(path, tree):
    """Yield the links of a page that lead nowhere inside the book."""
    for element in tree:
        address = element.attributes.get("href") if element.tag in ("a", "area") else None
        if address is None:
            continue
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or address.startswith("javascript:"):
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.is_file():
            yield f"{path.name}:{element.line}: {address} is not there"
            continue
        place = unquote(parts.fragment)
        if place and target.suffix == ".html" and place not in anchors(target):
            yield f"{path.name}:{element.line}: {address} has no such place"


def test_links_lead_somewhere(page, html):
    assert list(dead_links(html / page, read(html / page))) == []


def test_the_first_page_leads_to_the_book(html):
    first = (html / "index.html").read_text(encoding="utf8")
    target = re.search(r"url=([^\"']+)", first)
    assert target is not None
    assert (html / target[1]).is_file()


def test_icons_are_in_the_font(page, html):
    """An icon that was not cut into the font is an empty box."""
    css = (html / "_static" / "icons.css").read_text(encoding="utf8")
    known = set(re.findall(r"\.(fa-[\w-]+)", css))
    used = {
        name
        for tag in ("i", "span")
        for element in read(html / page).find(tag)
        for name in element.classes
        if name.startswith("fa-")
    }
    assert used <= known, f"{page}: {sorted(used - known)}: see ICONS in extensions/prerender.py"


def test_page_is_light(page, html):
    weight = len(gzip.compress((html / page).read_bytes()))
    assert weight <= HEAVIEST, f"{page} weighs {weight:,} bytes gzipped"


def with_cells(html):
    """Return the sources of the pages with cells."""
    sources = sorted((html / "_sources").rglob("*.md"))
    return [s for s in sources if re.search(r"^kernelspec:", s.read_text(encoding="utf8"), re.M)]


def test_downloads_are_there_and_sound(html):
    """Each page with cells can be had as Markdown and as a valid notebook without outputs."""
    sources = with_cells(html)
    assert sources
    for source in sources:
        name = source.relative_to(html / "_sources")
        tree = read(html / name.with_suffix(".html"))
        links = {e.attributes.get("href", "").split("/")[-1] for e in tree.find("a")}
        assert {source.name, source.with_suffix(".ipynb").name} <= links, name
        text = source.with_suffix(".ipynb").read_text(encoding="utf8")
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        assert any(cell.cell_type == "code" for cell in notebook.cells)
        assert notebook.metadata.kernelspec.name == "python3"
        assert not re.search(r"(?<![\w.:/])/(?:home|root|tmp|work|Users)/\w", text), name


def test_launch_buttons_stand_where_an_address_is_known(html):
    """All pages with cells have them, or none has: nothing in between, and none is dead."""
    launchers = re.compile(r"https://(?:mybinder\.org|colab\.research\.google\.com)/")
    known = []
    for source in with_cells(html):
        name = source.relative_to(html / "_sources").with_suffix("")
        found = [
            address
            for e in read(html / name.with_suffix(".html")).find("a")
            if launchers.match(address := e.attributes.get("href") or "")
        ]
        known.append(bool(found))
        for address in found:
            assert str(name) in unquote(address), f"{name}: {address}"
    assert len(set(known)) <= 1, known


def test_ledger_and_quizzes_name_what_is_there(html):
    """Every label that the ledger and the list of quizzes hold is a place of the book."""
    for name in ("ledger.json", "quizzes.json"):
        assert (html / name).exists(), f"{name} was not written"
        rows = json.loads((html / name).read_text(encoding="utf8"))
        rows = rows.values() if isinstance(rows, dict) else rows
        for row in rows:
            page = html / f"{row['docname']}.html"
            assert page.exists(), row
            places = anchors(page)
            label = row["label"]
            assert {label, f"equation-{label}"} & places, f"{page.name} has no place {label}"


def test_every_statement_has_evidence(html):
    rows = json.loads((html / "ledger.json").read_text(encoding="utf8"))
    assert [row["label"] for row in rows if row["kind"] not in ("derivation", "tested")] == []
    for row in rows:
        for cell in row["cells"]:
            docname, _, anchor = cell.partition("#")
            assert anchor in anchors(html / f"{docname}.html")


def test_the_search_knows_the_chapters(html):
    text = (html / "searchindex.js").read_text(encoding="utf8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip().removesuffix(")"))
    for word in ("eigenvector", "eigenvalu"):  # words are kept by their stems
        found = (index[kind].get(word, []) for kind in ("terms", "titleterms"))
        hits = [hit for one in found for hit in (one if isinstance(one, list) else [one])]
        assert any("05_eigen" in index["docnames"][hit] for hit in hits), word
    written = {s.relative_to(html / "_sources").with_suffix("") for s in with_cells(html)}
    assert {str(name) for name in written} <= set(index["docnames"])


def test_every_page_of_the_contents_is_built(html):
    listed = re.findall(
        r"^\s*-\s*file:\s*(\S+)|^root:\s*(\S+)",
        (ROOT / "_toc.yml").read_text(encoding="utf8"),
        re.MULTILINE,
    )
    names = [first or second for first, second in listed]
    assert len(names) > 3
    assert [n for n in names if not (html / f"{n}.html").exists()] == []


# --- the instruments themselves ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "count"),
    [
        ("<a href='#here'>x</a><p id='here'>", 0),
        ("<a href='#gone'>x</a>", 1),
        ("<a href='gone.html'>x</a>", 1),
        ("<a href='https://example.org/'>x</a>", 0),
        ("<a href='other.html#yes'>x</a>", 0),
        ("<a href='other.html#no'>x</a>", 1),
    ],
)
def test_the_link_check_finds_dead_links(tmp_path, markup, count):
    (tmp_path / "other.html").write_text("<p id='yes'>")
    page = tmp_path / "page.html"
    page.write_text(markup)
    assert len(list(dead_links(page, read(page)))) == count


def test_the_load_check_finds_third_parties():
    tree = Reader(
        "<link rel=stylesheet href='//cdn.example.org/a.css'><script src='https://x.example/y.js'>"
        "</script><p style='background: url(https://x.example/b.png)'><a href='https://x.example'>"
    ).root
    assert len([a for _, a in loads(tree) if OUTSIDE.match(a)]) == 3


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("raw LaTeX", r"then \begin{pmatrix} is seen"),
        ("NumPy's repr", "(np.float64(1.0), 2)"),
        ("a warning", "x.py:3: RuntimeWarning: divide"),
        ("a directive", "\n```{exercise} x"),
        ("a path of this machine", "in /Users/someone/book"),
    ],
)
def test_the_spill_check_finds_spills(kind, text):
    assert SPILLS[kind].search(text)

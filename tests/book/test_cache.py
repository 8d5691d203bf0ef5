"""A page is run again when its cells, the package or the libraries change, and only then."""

import hashlib
import os
import signal
import time

import pytest
from execution import fingerprint

pytestmark = pytest.mark.book

FIRST = """\
    Some prose.

    ```{code-cell} ipython3
    from mml.errors import ConvergenceError

    print("first", ConvergenceError.__name__)
    ```
"""
SECOND = """\
    Other prose.

    ```{code-cell} ipython3
    import random

    print("second", {"a", "b", "c"}, random.Random(1).random())
    ```
"""
FAILING = """\
    ```{code-cell} ipython3
    print("it runs")
    raise ValueError("on purpose")
    ```
"""


@pytest.fixture
def tiny_book(tiny_book):
    """Give the small book a package of its own, which nobody else edits meanwhile."""
    tiny_book.own_package()
    return tiny_book


def bytes_of(folder):
    """Return {path: hash} of every file that a reader is served."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


def test_what_is_run_again_and_what_is_kept(tiny_book):
    """Cold, warm, a word of prose, a line of code, a line of the package; and the same bytes."""
    first, second = tiny_book.page("first", FIRST), tiny_book.page("second", SECOND)

    cold = tiny_book.build()
    assert cold.status == 0, cold
    assert cold.executed == 2
    before = bytes_of(tiny_book.html)

    warm = tiny_book.build()
    assert (warm.status, warm.executed) == (0, 0), warm
    assert bytes_of(tiny_book.html) == before

    tiny_book.edit(first, "Some prose", "Some better prose")
    prose = tiny_book.build()
    assert (prose.status, prose.executed) == (0, 0), prose
    page = (tiny_book.html / "book/first.html").read_text(encoding="utf8")
    assert "Some better prose" in page
    assert "first ConvergenceError" in page

    tiny_book.edit(second, 'print("second"', 'print("third"')
    code = tiny_book.build()
    assert (code.status, code.executed) == (0, 1), code
    assert "book/second" in code.out.split("executing 1 page(s)")[1].splitlines()[1]

    with (tiny_book.folder / "mml" / "errors.py").open("a", encoding="utf8") as module:
        module.write('\nConvergenceError.__name__ = "Changed"\n')
    package = tiny_book.build()
    assert (package.status, package.executed) == (0, 2), package
    assert "2 at a time" in package.out or os.cpu_count() == 1
    page = (tiny_book.html / "book/first.html").read_text(encoding="utf8")
    assert "first Changed" in page

    # as it was in the beginning, byte by byte, from the cache of that time
    tiny_book.edit(first, "Some better prose", "Some prose")
    tiny_book.edit(second, 'print("third"', 'print("second"')
    tiny_book.edit("mml/errors.py", '\nConvergenceError.__name__ = "Changed"\n', "")
    assert tiny_book.build("clean").status == 0
    again = tiny_book.build()
    assert (again.status, again.executed) == (0, 0), again
    assert bytes_of(tiny_book.html) == before


def test_a_changed_style_reaches_the_reader_though_no_page_has_changed(tiny_book):
    tiny_book.page("first", "Some prose.\n", cells=False)
    style = tiny_book.folder / "book" / "assets" / "book.css"
    assert tiny_book.build().status == 0
    with style.open("a", encoding="utf8") as sheet:
        sheet.write("\n.never-used { color: red }\n")
    result = tiny_book.build()
    assert result.status == 0, result
    served = tiny_book.html / "_static" / "book.css"
    assert served.read_bytes() == style.read_bytes()


def test_two_clean_builds_give_the_same_bytes(tiny_book):
    """Nothing is kept between the two, neither pages nor results; the hour is another."""
    tiny_book.page("first", FIRST)
    tiny_book.page("second", SECOND)
    tiny_book.page("third", "A formula $x^2$.\n\n$$\nx = 1\n$$ (eq-def-x)\n", cells=False)
    built = []
    for zone in ("UTC", "Asia/Kolkata"):
        assert tiny_book.build("clean", "--all").status == 0
        assert not (tiny_book.folder / "_build").exists()
        result = tiny_book.build(TZ=zone)
        assert (result.status, result.executed) == (0, 2), result
        built.append(bytes_of(tiny_book.html))
    assert built[0] == built[1]


def test_a_failing_page_is_run_again_and_its_neighbour_is_kept(tiny_book):
    tiny_book.page("first", FIRST)
    tiny_book.page("failing", FAILING)
    result = tiny_book.build()
    assert result.status != 0
    assert result.executed == 2
    again = tiny_book.build()
    assert again.status != 0
    assert again.executed == 1, again
    assert "cell 1 raised ValueError: on purpose" in again.err
    tiny_book.edit("book/failing.md", 'raise ValueError("on purpose")', "")
    mended = tiny_book.build()
    assert (mended.status, mended.executed) == (0, 1), mended


def alive(pid):
    """Tell whether a process is there and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="looks for kernels in /proc")
def test_ctrl_c_ends_the_kernels_and_keeps_the_results(tiny_book):
    tiny_book.page("first", FIRST)
    mark = tiny_book.folder / "pid"
    tiny_book.page(
        "slow",
        f"""\
        ```{{code-cell}} ipython3
        import os, pathlib, time

        pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))
        time.sleep(600)
        ```
        """,
    )
    with tiny_book.start() as process:
        deadline = time.monotonic() + 60
        while not (mark.exists() and mark.read_text()) and time.monotonic() < deadline:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
        time.sleep(2)  # the quick page ends in the meantime
        children = process_group(process.pid)
        for pid in children:  # a terminal sends Ctrl-C to all in the foreground
            os.kill(pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "stopped" in err, (out, err)
    kernel = int(mark.read_text())
    deadline = time.monotonic() + 10
    while alive(kernel) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(kernel)

    tiny_book.edit("book/slow.md", "time.sleep(600)", "time.sleep(0)")
    after = tiny_book.build()
    assert (after.status, after.executed) == (0, 1), after


def process_group(pid):
    """Return a process and its children that a Ctrl-C in a terminal would reach."""
    reached = [pid]
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf8") as stat:
                    parent = int(stat.read().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == pid:
                reached.append(int(name))
    return reached


def test_the_fingerprint_sees_the_package_the_data_and_nothing_else(tmp_path, monkeypatch):
    module = tmp_path / "mml" / "one.py"
    module.parent.mkdir()
    module.write_text("x = 1\n")
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("MML_DATA", str(data))
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first

    (tmp_path / "README.md").write_text("prose")
    (tmp_path / "mml" / "__pycache__").mkdir()
    (tmp_path / "mml" / "__pycache__" / "one.pyc").write_bytes(b"")
    assert fingerprint(tmp_path) == first

    seen = {first}
    module.write_text("x = 2\n")
    seen.add(fingerprint(tmp_path))
    module.rename(module.with_name("two.py"))
    seen.add(fingerprint(tmp_path))
    (data / "web.txt").write_text("1 2\n")
    seen.add(fingerprint(tmp_path))
    monkeypatch.delenv("MML_DATA")
    seen.add(fingerprint(tmp_path))
    assert len(seen) == 5

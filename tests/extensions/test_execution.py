"""What a page printed is kept in whole lines; a kernel that stumbles is not the page's fault."""

import pytest
from execution import Page, whole_lines
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook, new_output


def stream(text, name="stdout"):
    """Return a piece of what a cell printed."""
    return new_output("stream", name=name, text=text)


def test_a_line_that_arrives_in_pieces_is_one_line():
    picture = new_output("display_data", data={"text/plain": "a picture"})
    pieces = [stream(text) for text in ("pi is ", "3.14", "\n")]
    found = whole_lines([*pieces, picture, stream("and "), stream("on\n")])
    assert [o.get("text") for o in found] == ["pi is 3.14\n", None, "and on\n"]


def test_the_two_streams_stay_apart():
    found = whole_lines([stream("a"), stream("b", "stderr"), stream("c", "stderr"), stream("d")])
    assert [(o.name, o.text) for o in found] == [("stdout", "a"), ("stderr", "bc"), ("stdout", "d")]


# Past the cell, to the process's stderr, as do the libraries that the kernel is made of.
STUMBLE = """
import os, sys
from pathlib import Path

runs = Path("runs")
runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
if {when}:
    os.write(2, b"a socket broke")
print("done")
"""


def page(tmp_path, source):
    return Page("a_page", tmp_path / "a_page.md", new_notebook(cells=[new_code_cell(source)]), 60)


def runs(tmp_path):
    return len((tmp_path / "runs").read_text())


def test_a_kernel_that_stumbles_once_is_tried_again(tmp_path):
    stumbling = page(tmp_path, STUMBLE.format(when="len(runs.read_text()) == 1"))
    stumbling.run()
    assert (runs(tmp_path), stumbling.complaints()) == (2, [])
    assert [o.text for o in stumbling.notebook.cells[0].outputs] == ["done\n"]


def test_a_kernel_that_stumbles_twice_is_told_of(tmp_path):
    stumbling = page(tmp_path, STUMBLE.format(when="True"))
    stumbling.run()
    ((_, message),) = stumbling.complaints()
    assert runs(tmp_path) == 2
    assert message == "the kernel wrote to stderr: a socket broke"


def test_a_cell_that_writes_to_stderr_is_run_once(tmp_path):
    talking = page(tmp_path, STUMBLE.format(when="print('!', file=sys.stderr)"))
    talking.run()
    assert runs(tmp_path) == 1
    assert [message for _, message in talking.complaints()] == ["cell 1 wrote to stderr: !"]


def test_a_cell_that_raises_is_run_once(tmp_path):
    failing = page(tmp_path, STUMBLE.format(when="1 / 0"))
    with pytest.raises(CellExecutionError):
        failing.run()
    assert runs(tmp_path) == 1
    assert "ZeroDivisionError" in failing.complaints()[0][1]

"""What a page printed is kept in whole lines."""

from execution import whole_lines
from nbformat.v4 import new_output


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

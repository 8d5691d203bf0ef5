"""The frame of the checks: whatever a reader's function does, a report comes of it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import warnings
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import strategies as st
from scipy import sparse

from mml.checks._guard import Guarded, Mismatch, as_array, compare, memory_ceiling, show
from mml.checks._report import Misconception, Property, Report, Result, behaves_like, run


def doubles(f, x):
    compare(as_array(f(x), x.shape, "a vector"), 2 * x, 1e-9)


vectors = st.lists(st.integers(-9, 9), min_size=1, max_size=4).map(lambda v: (np.array(v, float),))
squares = Misconception(
    "squared", "Double, do not square.", behaves_like(np.square, [(np.arange(5.0),)])
)
DOUBLE = [
    Property("doubles", doubles, vectors, misconceptions=(squares,)),
    Property("needs it", lambda f, x: None, vectors, needs=("doubles",)),
    Property("free", lambda f, x: None, vectors),
]


def double(function, properties=DOUBLE):
    return run("double(x)", function, properties, ("x",))


def test_a_right_function_passes():
    report = double(lambda x: x + x)
    assert report.passed
    assert report
    assert report.failures == ()
    assert str(report).startswith("double(x): 3 of 3 properties pass")


def test_the_smallest_counterexample_is_shown():
    report = double(lambda x: np.where(np.arange(x.size) == 2, 0, 2 * x))  # forgets the third
    failure = report.failures[0]
    assert not report
    assert failure.property == "doubles"
    assert failure.counterexample[0].tolist() == [0, 0, 1]
    assert failure.message == ("x = [0., 0., 1.]\nexpected: [0., 0., 2.]\ngot: [0., 0., 0.]")
    assert failure.misconception is None


def test_a_misconception_is_named_in_text_and_table():
    report = double(np.square)
    assert report.failures[0].misconception == "squared"
    assert report.failures[0].advice == "Double, do not square."
    assert "What went wrong: squared. Double, do not square." in str(report)
    assert max(map(len, str(report).splitlines())) < 90
    assert "<strong>squared</strong>" in report._repr_html_()


def test_what_makes_no_sense_is_not_tried_but_listed():
    report = double(np.square)
    assert [result.outcome for result in report.results] == ["fail", "not tried", "pass"]
    assert "only where doubles" in report.results[1].message
    basic = [Property("first", doubles, vectors, basic=True), *DOUBLE[1:]]
    outcomes = [result.outcome for result in double(np.square, basic).results]
    assert outcomes == ["fail", "not tried", "not tried"]


def test_listed_cases_are_tried_in_order():
    cases = [(np.array([0.0]),), (np.array([2.0]),), (np.array([3.0]),), (np.array([5.0]),)]
    report = double(np.square, [Property("doubles", doubles, cases)])
    assert report.failures[0].counterexample[0] == 3


def test_several_functions_by_name():
    def inverse(functions, x):
        compare(functions.halve(functions.twice(x)), x, 1e-9)

    properties = [Property("undoes", inverse, vectors)]
    assert run("two", {"twice": lambda x: 2 * x, "halve": lambda x: x / 2}, properties, ("x",))
    report = run("two", {"twice": lambda x: 2 * x, "halve": None}, properties, ("x",))
    assert "expected: halve to be a function" in report.failures[0].message


@pytest.mark.parametrize(
    ("function", "got"),
    [
        (lambda x: None, "None: does the function end in a return?"),
        (lambda x: ..., "Ellipsis: does the function end in a return?"),
        (lambda x: "two", "'two', of type str"),
        (lambda x: 2j * x, "complex numbers: "),
        (lambda x: x[:, None], "of shape (1, 1) instead of (1,)"),
        (lambda x: 2 * x + np.nan, "[nan]"),
        (lambda x: [[1], [1, 2]], "of type list"),
        (lambda x: sparse.eye_array(2), "of type dia_array"),
        (lambda x: open, "of type "),
        (lambda: 1, "an error: TypeError: "),
        (lambda x: 1 / 0, "an error: ZeroDivisionError: division by zero"),
        (lambda x: np.zeros((10**6, 10**9)), "MemoryError"),
        (lambda x: sys.exit(), "an error: SystemExit"),
        (lambda x: warnings.warn("careful", stacklevel=1), "None"),
        (None, "nothing yet"),
        (7, "7"),
    ],
)
def test_whatever_goes_wrong_is_a_failure_in_words(function, got):
    report = double(function)
    assert not report.passed
    assert got in report.failures[0].message


def test_a_stub_is_told_that_it_is_one():
    def stub(x):
        raise NotImplementedError("write this function")

    assert "not written yet" in double(stub).failures[0].message


def test_a_helper_s_stub_is_one_too():
    def helper(x):
        raise NotImplementedError(
            "write this function",
        )

    assert "not written yet" in double(lambda x: helper(x)).failures[0].message


def test_a_library_s_refusal_is_not_taken_for_a_stub():
    def adds(x):
        return sparse.csr_array(x[None, :]) + 1

    def unpacks(x):
        return memoryview(np.zeros(2, "2i4,i4"))[0]

    message = double(adds).failures[0].message
    assert "an error: NotImplementedError: adding a nonzero scalar to a sparse array" in message
    assert "in the line  return sparse.csr_array(x[None, :]) + 1" in message
    assert "an error: NotImplementedError: memoryview" in double(unpacks).failures[0].message


def test_an_error_shows_the_reader_s_own_line():
    def broken(x):
        y = 2 * x
        return y + np.linalg.inv(np.zeros((2, 2)))

    message = double(broken).failures[0].message
    assert "LinAlgError: Singular matrix" in message
    assert "in the line  return y + np.linalg.inv(np.zeros((2, 2)))" in message


def test_a_recursion_without_end():
    def again(x):
        return again(x)

    assert "RecursionError" in double(again).failures[0].message


def test_ctrl_c_passes_through():
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        double(stopped)


def endless(x):
    while True:
        x = x + 1


def stubborn(x):
    """A learner's bare except swallows the first alarm."""
    try:
        while True:
            pass
    except:  # noqa: E722
        return endless(x)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(Guarded.__call__, "__kwdefaults__", {"seconds": 0.3})


@pytest.mark.parametrize("function", [endless, stubborn, lambda x: time.sleep(60)])
def test_an_endless_loop_ends(function, impatient):
    before, start = signal.getsignal(signal.SIGALRM), time.monotonic()
    report = double(function)
    assert time.monotonic() - start < 5
    assert "an answer within 0.3 seconds" in report.failures[0].message
    assert [result.outcome for result in report.results] == ["fail", "not tried", "not tried"]
    assert report.results[2].message == "the function takes too long"
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize("function", [endless, stubborn])
def test_an_endless_loop_ends_outside_the_main_thread(function, impatient):
    reports, threads = [], threading.active_count()
    thread = threading.Thread(target=lambda: reports.append(double(function)))
    thread.start()
    thread.join(10)
    assert "an answer within 0.3 seconds" in reports[0].failures[0].message
    assert threading.active_count() == threads


def test_a_right_function_passes_outside_the_main_thread():
    reports = []
    thread = threading.Thread(target=lambda: reports.append(double(lambda x: 2 * x)))
    thread.start()
    thread.join(10)
    assert reports[0].passed


def test_a_slow_function_is_not_tried_for_ever(monkeypatch):
    monkeypatch.setattr("mml.checks._report._PATIENCE", 0.3)
    start = time.monotonic()
    assert double(lambda x: time.sleep(0.05) or 2 * x).passed
    assert not double(lambda x: time.sleep(0.05) or x * x).passed
    assert time.monotonic() - start < 5


def test_listed_cases_are_all_tried_however_long_they_take(monkeypatch):
    monkeypatch.setattr("mml.checks._report._PATIENCE", 0)
    cases = [(np.array([0.0]),), (np.array([2.0]),), (np.array([3.0]),)]
    assert not double(np.square, [Property("doubles", doubles, cases)]).passed


def test_a_function_that_rolls_dice_gets_a_report():
    rng = np.random.default_rng(1)
    report = double(lambda x: 2 * x + rng.integers(2, size=x.size))
    assert report.failures[0].property == "doubles"


def test_prints_and_warnings_are_not_heard(capfd):
    def loud(x):
        print("here")
        print("there", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        np.log(np.zeros(1))
        return 2 * x

    assert double(loud).passed
    assert capfd.readouterr() == ("", "")


def test_a_function_that_writes_into_its_argument_harms_nobody():
    def writes(x):
        x *= 2
        return x

    assert double(writes).passed
    guarded, x = Guarded(writes), np.ones(2)
    guarded(x)
    assert guarded.changed
    assert x.tolist() == [1, 1]
    guarded(sparse.eye_array(2, format="csr"))
    assert guarded.changed
    reads = Guarded(lambda *args: None)
    reads(x, sparse.eye_array(2), [x, np.array([np.nan])], "text", 3, None, np.sin)
    assert not reads.changed


def test_nothing_is_left_behind(tmp_path):
    code = (
        "from hypothesis import strategies as st\n"
        "from mml.checks._report import Property, run\n"
        "from mml.checks._guard import compare\n"
        "p = Property('p', lambda f, x: compare(f(x), x, 0), st.tuples(st.integers(0, 99)))\n"
        "print(run('f', lambda x: x + (x > 7), [p], ('x',)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "x = 8" in done.stdout
    assert done.stderr == ""
    assert os.listdir(tmp_path) == []


def test_the_same_report_every_time():
    assert len({str(double(lambda x: np.sort(2 * x))) for _ in range(3)}) == 1


def test_the_table_can_be_read_without_colours():
    html = double(lambda x: x * (x < 5) + "<&>".count("&"))._repr_html_()
    table = ElementTree.fromstring(html)
    assert table.tag == "table"
    assert table.get("class") == "mml-check"
    assert table.find("caption").text == "double(x): 1 of 3 properties pass"
    assert [th.get("scope") for th in table.iter("th")] == ["col", "col", "row", "row", "row"]
    words = ["".join(td.itertext()).split("x =")[0].strip() for td in table.iter("td")]
    assert words[0].endswith("✗ fail")
    assert words[1].startswith("– not tried")
    assert words[2] == "✓ pass"
    assert not re.search(r"color|background|#[0-9a-f]{3}", html)


def test_the_table_escapes_what_the_reader_wrote():
    result = Result("a < b", "fail", "got <script>", (), "x > y", "& so on")
    html = Report("<f>", (result,))._repr_html_()
    assert "<script>" not in html
    ElementTree.fromstring(html)


def test_the_text_needs_no_special_characters():
    assert str(double(np.square)).isascii()


def test_recognisers_that_fail_recognise_nothing():
    def broken(function):
        raise RuntimeError

    known = (Misconception("a", "b"), Misconception("c", "d", broken))
    report = double(np.square, [Property("p", doubles, vectors, misconceptions=known)])
    assert report.failures[0].misconception is None


def test_a_defect_in_a_check_is_not_hidden():
    def defective(f, x):
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        double(np.square, [Property("p", defective, vectors)])


def test_behaves_like_compares_shapes_and_values():
    twice = behaves_like(lambda x: 2 * x, [(np.ones(2),)])
    assert twice(lambda x: x + x)
    assert not twice(lambda x: (x + x)[:, None])
    assert not twice(lambda x: x * np.nan)


def test_compare_shows_the_digits_that_differ():
    with pytest.raises(Mismatch) as caught:
        compare(np.array([0.1234567891]), np.array([0.1234567899]), 1e-12)
    assert "0.1234567899" in caught.value.expected
    assert "0.1234567891" in caught.value.got
    compare(np.ones(2), np.ones(2), 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.333333"),
        (True, "True"),
        (np.array([1, 2]), "[1, 2]"),
        ([0.5, 1e-9], "[0.5, 0. ]"),
        (np.zeros((400, 400)), "[[0., 0., ..., 0., 0.],"),
        (sparse.eye_array(2), "(sparse)"),
        (sparse.eye_array(50_000), "a sparse 50,000 by 50,000 matrix with 50,000 entries"),
        ("a" * 500, "aaa..."),
        (np.zeros((0, 2)), "[]"),
    ],
)
def test_values_are_shown_short(value, text):
    shown = show(value)
    assert text in shown
    assert len(shown) < 1500


def test_a_value_that_cannot_be_shown():
    class Odd:
        def __repr__(self):
            raise ValueError

    assert show(Odd()) == "a Odd"


def test_as_array_takes_what_can_be_read_as_numbers():
    assert as_array([True, 2], (2,), "numbers").tolist() == [1, 2]
    assert as_array(3, (), "a number") == 3
    assert as_array(np.array([1, 2.5], dtype=object), (2,), "numbers").tolist() == [1, 2.5]


def test_peak_memory_is_measured():
    greedy = Guarded(lambda n: np.zeros(n) + 1)
    value, peak = greedy.peak(125_000)
    assert value.size == 125_000
    assert 1e6 < peak < 3e6
    assert not tracemalloc.is_tracing()


@pytest.mark.skipif(sys.platform != "linux", reason="memory ceilings are Linux's")
def test_too_much_memory_is_refused():
    with memory_ceiling(500_000_000):
        with pytest.raises(MemoryError):
            np.ones(2**30)
        assert np.ones(2**20).sum() == 2**20
    assert np.ones(2**27, dtype="u1").sum() == 2**27


def test_memory_without_a_ceiling(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    with memory_ceiling(1):
        assert np.ones(1000).sum() == 1000

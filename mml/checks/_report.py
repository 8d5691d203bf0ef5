"""The frame of every check: properties tried on small cases, and a report of what held.

A lab's check is a list of `Property`, from basic to subtle. Each is tried on cases that
Hypothesis draws and, where one fails, shrinks to the smallest that still fails; the
lab's `Misconception` list then says, where it can, what went wrong in words.
"""

import tempfile
import time
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from types import SimpleNamespace

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, configuration
from hypothesis.strategies import SearchStrategy

from mml.checks._guard import Guarded, Mismatch, digits_of, show

__all__ = ["Misconception", "Property", "Report", "Result", "behaves_like", "run"]

_PATIENCE = 4.0  # seconds to look for a counterexample, and again to shrink one


@dataclass(frozen=True)
class Misconception:
    """A known way to be wrong.

    Parameters
    ----------
    name : str
        What went wrong, in a few words: "rows and columns swapped".
    advice : str
        Why that is wrong, and what to do instead.
    recognises : callable, optional
        ``recognises(function)`` tells whether the reader's function has it. None where
        the property itself recognises it.
    """

    name: str
    advice: str
    recognises: object = None


@dataclass(frozen=True)
class Property:
    """Something that every right solution does.

    Parameters
    ----------
    name : str
        The property in words: "the ranks sum to 1".
    test : callable
        ``test(function, *case)`` raises `Mismatch` where the property does not hold.
    cases : SearchStrategy or list of tuple
        The cases: a Hypothesis strategy of argument tuples, or a list of them to be
        tried in order, smallest first.
    needs : tuple of str, optional
        Names of earlier properties without which this one makes no sense.
    basic : bool, optional
        True where no later property makes sense without this one.
    misconceptions : tuple of Misconception, optional
        What may be behind a failure, most specific first.
    arguments : tuple of str, optional
        Names of a case's parts, where they are not the function's arguments.
    examples : int, optional
        How many cases to draw; fewer where the function is so slow that they would
        take more than a few seconds.
    """

    name: str
    test: object
    cases: object
    needs: tuple = ()
    basic: bool = False
    misconceptions: tuple = ()
    arguments: tuple = ()
    examples: int = 40


@dataclass(frozen=True)
class Result:
    """What came of one property.

    Attributes
    ----------
    property : str
        The property in words.
    outcome : str
        "pass", "fail" or "not tried".
    message : str
        For a failure: the case, what was expected and what was got; for a property
        not tried: why.
    counterexample : tuple or None
        The smallest case found that fails: the function's arguments.
    misconception : str or None
        What went wrong, where it was recognised.
    advice : str
        What to do about it.
    """

    property: str
    outcome: str
    message: str = ""
    counterexample: object = None
    misconception: str | None = None
    advice: str = ""


@dataclass(frozen=True, repr=False)
class Report:
    """What a check found; shown as a table in a notebook, as text in a terminal.

    Attributes
    ----------
    title : str
        What was checked.
    results : tuple of Result
        One for each property, in the order in which they were tried.

    Examples
    --------
    >>> report = Report("sum", (Result("adds", "pass"), Result("is exact", "fail", "got 3")))
    >>> report.passed
    False
    >>> report
    sum: 1 of 2 properties pass
      pass       adds
      FAIL       is exact
                 got 3
    """

    title: str
    results: tuple

    @property
    def passed(self):
        """True where every property was tried and passed."""
        return all(result.outcome == "pass" for result in self.results)

    @property
    def failures(self):
        """The results that failed."""
        return tuple(result for result in self.results if result.outcome == "fail")

    def __bool__(self):
        return self.passed

    @property
    def _summary(self):
        count = sum(result.outcome == "pass" for result in self.results)
        return f"{self.title}: {count} of {len(self.results)} properties pass"

    def __str__(self):
        lines = [self._summary]
        for result in self.results:
            failed = result.outcome == "fail"
            lines.append(f"  {'FAIL' if failed else result.outcome:11}{result.property}")
            notes = result.message.splitlines() if failed else []
            if result.misconception:
                notes += wrap(f"What went wrong: {result.misconception}. {result.advice}", 74)
            lines += [" " * 13 + line for line in notes]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        marks = {"pass": "✓", "fail": "✗", "not tried": "–"}
        rows = []
        for result in self.results:
            cell = f'<span aria-hidden="true">{marks[result.outcome]}</span> {result.outcome}'
            if result.outcome == "fail":
                wrapped = "white-space: pre-wrap; overflow-wrap: anywhere"
                cell += f'<pre style="{wrapped}">{escape(result.message)}</pre>'
            elif result.message:
                cell += f" ({escape(result.message)})"
            if result.misconception:
                cell += (
                    f"<p>What went wrong: <strong>{escape(result.misconception)}</strong>. "
                    f"{escape(result.advice)}</p>"
                )
            kind = result.outcome.replace(" ", "-")
            rows.append(
                f'<tr class="mml-check-{kind}">'
                f'<th scope="row" style="text-align: left">{escape(result.property)}</th>'
                f'<td style="text-align: left">{cell}</td></tr>'
            )
        return (
            f'<table class="mml-check"><caption>{escape(self._summary)}</caption>'
            '<thead><tr><th scope="col" style="text-align: left">Property</th>'
            '<th scope="col" style="text-align: left">Result</th></tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table>"
        )


def run(title, function, properties, arguments):
    """Try the properties in turn and report.

    Parameters
    ----------
    title : str
        What is checked: "pagerank(L, d)".
    function : callable or dict of str to callable
        The reader's function; or several by name, which the properties' tests then
        get as one object: ``functions.forward(x)``.
    properties : sequence of Property
        From basic to subtle.
    arguments : tuple of str
        The names of the function's arguments, for the messages.

    Returns
    -------
    Report
        A result for every property, those not tried included.

    Examples
    --------
    >>> def doubles(f, x):
    ...     if f(x) != 2 * x:
    ...         raise Mismatch(f"{2 * x}", f"{f(x)}")
    >>> tries = [(0,), (1,), (2,)]
    >>> report = run("double(x)", lambda x: x * x, [Property("doubles", doubles, tries)], ("x",))
    >>> report.failures[0].counterexample
    (1,)
    """
    if isinstance(function, dict):
        guarded = SimpleNamespace(**{name: Guarded(f, name) for name, f in function.items()})
    else:
        guarded = Guarded(function)
    results, held, reason = [], set(), ""
    for prop in properties:
        lacking = [name for name in prop.needs if name not in held]
        if reason or lacking:
            why = reason or f"it makes sense only where {lacking[0]}"
            results.append(Result(prop.name, "not tried", why))
            continue
        found = _search(prop, guarded)
        if found is None:
            held.add(prop.name)
            results.append(Result(prop.name, "pass"))
            continue
        case, mismatch = found
        results.append(_failure(prop, guarded, case, mismatch, prop.arguments or arguments))
        if mismatch.final:
            reason = "the function takes too long"
        elif prop.basic:
            reason = f"it makes sense only where {prop.name}"
    return Report(title, tuple(results))


def behaves_like(model, cases, tolerance=1e-3):
    """Return a recogniser of functions that give what a wrong `model` gives.

    Parameters
    ----------
    model : callable
        The wrong solution.
    cases : list of tuple
        Cases on which `model`, the right solution and the other wrong models all differ.
    tolerance : float, optional
        How far the results may be apart, relative to the largest entry.

    Examples
    --------
    >>> squares = behaves_like(lambda x: x * x, [(1,), (3,)])
    >>> squares(lambda x: x**2), squares(lambda x: 2 * x)
    (True, False)
    """

    def recognises(function):
        for case in cases:
            wanted, got = np.asarray(model(*case)), np.asarray(function(*case))
            if got.shape != wanted.shape:
                return False
            if not np.abs(got - wanted).max() <= tolerance * np.abs(wanted).max():
                return False
        return True

    return recognises


class _Found(Exception):
    """Hypothesis takes it for the test's failure, and shrinks."""


class _Enough(BaseException):
    """Passes through Hypothesis: no more cases, no shrinking."""


def _search(prop, function):
    """Return None, or the smallest failing case found and its `Mismatch`."""
    drawn = isinstance(prop.cases, SearchStrategy)
    smallest, end = [], time.monotonic() + _PATIENCE

    def attempt(case):
        nonlocal end
        if drawn and time.monotonic() > end:
            raise _Enough
        try:
            prop.test(function, *case)
            return
        except Mismatch as mismatch:
            if not smallest:
                end = time.monotonic() + _PATIENCE
            smallest[:] = [(case, mismatch)]
            final = mismatch.final
        raise _Enough if final else _Found

    if drawn:
        # only the first of several ways to fail is shrunk; nothing is stored or printed
        settings = hypothesis.settings(
            max_examples=prop.examples,
            derandomize=True,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            verbosity=hypothesis.Verbosity.quiet,
        )
        search = settings(hypothesis.given(prop.cases)(attempt))
    else:

        def search():
            for case in prop.cases:
                attempt(case)

    home = getattr(configuration, "__hypothesis_home_directory", None)
    with tempfile.TemporaryDirectory() as folder:  # else Hypothesis leaves one beside the page
        configuration.set_hypothesis_home_dir(folder)
        try:
            search()
        except (_Found, _Enough, hypothesis.errors.Flaky):  # flaky: a function that rolls dice
            pass
        finally:
            configuration.set_hypothesis_home_dir(home)
    return smallest[0] if smallest else None


def _failure(prop, function, case, mismatch, arguments):
    """Return the failure's `Result`: the case, expected, got, and what went wrong."""
    parts = [
        (f"{name} = ", show(part, precision=digits_of(part)))
        for name, part in zip(arguments, case, strict=True)
    ]
    parts += [("expected: ", mismatch.expected), ("got: ", mismatch.got)]
    lines = []
    for label, text in parts:
        first, *rest = text.splitlines()
        lines += [label + first, *(" " * len(label) + line for line in rest)]
    known = mismatch.misconception
    if known is None and not mismatch.final:
        known = next((m for m in prop.misconceptions if _recognised(m, function)), None)
    return Result(
        prop.name,
        "fail",
        "\n".join(lines),
        case,
        known.name if known else None,
        known.advice if known else "",
    )


def _recognised(misconception, function):
    try:
        return misconception.recognises is not None and bool(misconception.recognises(function))
    except Exception:
        return False  # the function fails on the very cases that would tell

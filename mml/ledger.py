"""Evidence for the statements that are proved in words: a property, tried on many cases."""

from dataclasses import dataclass
from html import escape
from numbers import Integral

import numpy as np

__all__ = ["CounterexampleError", "Evidence", "evidence"]


class CounterexampleError(AssertionError):
    """A property failed.

    Attributes
    ----------
    case : object
        The number of the case, or the case itself where cases were given.
    seed : int or None
        The seed from which the cases were drawn.
    """

    def __init__(self, message, case=None, seed=None):
        super().__init__(message)
        self.case = case
        self.seed = seed


@dataclass(frozen=True)
class Evidence:
    """How many cases a statement passed.

    Attributes
    ----------
    statement : str
        What was tested.
    cases : int
        On how many cases.
    seed : int or None
        The seed from which they were drawn; None where the cases were given.
    """

    statement: str
    cases: int
    seed: int | None = None

    def __str__(self):
        count = f"{self.cases} case" + ("" if self.cases == 1 else "s")
        drawn = "" if self.seed is None else f" (seed {self.seed})"
        return f"tested: {count}{drawn} — {self.statement}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        mark, _, rest = str(self).partition(" — ")
        return {
            "text/html": f'<p class="mml-evidence"><strong>{escape(mark)}</strong> — '
            f"{escape(rest)}</p>",
            "text/plain": str(self),
            "application/vnd.mml.evidence+json": {
                "kind": "tested",
                "statement": self.statement,
                "cases": self.cases,
                "seed": self.seed,
            },
        }


def evidence(statement, property, cases, seed=None):
    """Run a property over many cases and record how many it passed.

    Parameters
    ----------
    statement : str
        What the property says, in words.
    property : callable
        Takes one case and returns True or False.  A case is a fresh
        `numpy.random.Generator` where `cases` is a number, else an item of `cases`.
    cases : int or iterable
        How many random cases to draw, or the cases themselves.
    seed : int, optional
        The seed of the random cases; required where `cases` is a number.

    Returns
    -------
    Evidence
        The statement, the number of cases and the seed.

    Raises
    ------
    CounterexampleError
        At the first case where the property is False or fails an assertion.
    TypeError
        If the property returns anything but True or False.
    ValueError
        If there are no cases, the statement is empty, or the seed is missing.

    Examples
    --------
    >>> def squares_are_not_negative(rng):
    ...     return rng.normal() ** 2 >= 0
    >>> print(evidence("x² ≥ 0", squares_are_not_negative, cases=200, seed=1))
    tested: 200 cases (seed 1) — x² ≥ 0
    >>> evidence("n² + n + 41 is odd", lambda n: (n * n + n + 41) % 2 == 1, cases=range(50))
    Evidence(statement='n² + n + 41 is odd', cases=50, seed=None)
    >>> evidence("n² ≥ 2n", lambda n: n * n >= 2 * n, cases=[0, 1, 2])
    Traceback (most recent call last):
        ...
    mml.ledger.CounterexampleError: not true: n² ≥ 2n — case 2 of 3 fails: 1
    """
    if not isinstance(statement, str) or not statement.strip():
        raise ValueError(f"statement must be a sentence, got {statement!r}")
    if not callable(property):
        raise TypeError(f"property must be a function of one case, got {property!r:.80}")
    drawn = isinstance(cases, Integral) and not isinstance(cases, bool)
    if drawn:
        seed = _as_seed(seed)
        children = np.random.SeedSequence(seed).spawn(max(0, int(cases)))
        items = [np.random.default_rng(child) for child in children]
    else:
        if isinstance(cases, bool | str) or not hasattr(cases, "__iter__"):
            raise TypeError(f"cases must be a number or a list of cases, got {cases!r:.80}")
        items = list(cases)
    if not items:
        raise ValueError(f"no cases, no evidence: cases is {cases!r:.80}")
    for number, item in enumerate(items, start=1):
        _try(statement, property, item, number, len(items), seed if drawn else None, drawn)
    return Evidence(statement, len(items), seed if seed is None else int(seed))


def _as_seed(seed):
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed must be a whole number ≥ 0, so the cases repeat, got {seed!r}")
    return int(seed)


def _try(statement, property, item, number, total, seed, drawn):
    if drawn:
        place = (
            f"case {number} of {total} fails: "
            f"numpy.random.default_rng(numpy.random.SeedSequence({seed}).spawn({number})[-1]) "
            "draws it again"
        )
    else:
        place = f"case {number} of {total} fails: {item!r:.300}"
    case = number if drawn else item
    try:
        passed = property(item)
    except AssertionError as error:
        detail = f" ({str(error).splitlines()[0]})" if str(error) else ""
        raise CounterexampleError(f"not true: {statement} — {place}{detail}", case, seed) from error
    if not isinstance(passed, bool | np.bool_):
        raise TypeError(
            f"property must return True or False, got {passed!r:.80} at case {number}: "
            "a check that cannot fail is no evidence"
        )
    if not passed:
        raise CounterexampleError(f"not true: {statement} — {place}", case, seed)

"""Calls a reader's function so that nothing it does can harm the check.

Whatever goes wrong, an error, an endless loop, a greedy allocation, becomes a
`Mismatch`: what was expected, and what came instead, in words.
"""

import contextlib
import copy
import ctypes
import io
import linecache
import os
import signal
import threading
import traceback
import tracemalloc
import warnings

import numpy as np
from scipy import sparse

SECONDS = 5.0  # for one call; a right solution of a lab needs far less


class Mismatch(Exception):
    """What a property expected, and what it got instead, each in words.

    Parameters
    ----------
    expected, got : str
        The two, readable by a beginner.
    misconception : Misconception, optional
        What went wrong, where the property itself can tell.
    final : bool, optional
        True where trying more cases would only take long.
    variables : dict, optional
        The reader's variables when a call that took too long was stopped.
    """

    def __init__(self, expected, got, *, misconception=None, final=False, variables=None):
        super().__init__(f"expected {expected}, got {got}")
        self.expected, self.got = expected, got
        self.misconception, self.final = misconception, final
        self.variables = variables or {}


class Guarded:
    """A reader's function behind a guard.

    Each call gets copies of the arguments, is silent and limited in time.
    `changed` tells whether the last call changed its arguments.
    """

    def __init__(self, function, name="the function"):
        self.function, self.name = function, name
        self.changed = False

    def __call__(self, *args, seconds=SECONDS):
        """Return what the function returns, or raise `Mismatch`."""
        if not callable(self.function):
            got = "nothing yet" if self.function in (None, ...) else show(self.function)
            raise Mismatch(f"{self.name} to be a function", got)
        own = copy.deepcopy(args)
        try:
            with _quiet(), _time_limit(seconds):
                value = self.function(*own)
        except _TookTooLong as stop:
            got = "none: does a loop never end, or does a step take far too long?"
            raise Mismatch(
                f"an answer within {seconds:g} seconds",
                got,
                final=True,
                variables=self._variables(stop),
            ) from None
        except (Exception, SystemExit) as error:
            if self._is_stub(error):
                raise Mismatch("an answer", "nothing: the function is not written yet") from None
            raise Mismatch("an answer", f"an error: {self._where(error)}") from None
        self.changed = not _same(own, args)
        return value

    def peak(self, *args, seconds=SECONDS):
        """Return what the function returns, and the bytes it held at its peak."""
        started = not tracemalloc.is_tracing()
        if started:
            tracemalloc.start()
        try:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            value = self(*args, seconds=seconds)
            return value, tracemalloc.get_traced_memory()[1] - before
        finally:
            if started:
                tracemalloc.stop()

    def _where(self, error):
        """Return the error in a line, with the reader's line that raised it."""
        words = f"{type(error).__name__}: {error}".strip().splitlines()[0][:160]
        own = [step for step in traceback.walk_tb(error.__traceback__) if self._owns(*step)]
        line = _line(*own[-1]) if own else ""
        return f"{words}\nin the line  {line}" if line else words

    def _is_stub(self, error):
        """Tell a ``raise NotImplementedError`` of the reader's from one inside a library."""
        *_, last = traceback.walk_tb(error.__traceback__)
        module = last[0].f_globals.get("__name__")
        return (
            isinstance(error, NotImplementedError)
            and module in ("__main__", getattr(self.function, "__module__", None))
            and "raise" in (_line(*last) or "raise")
        )

    def _variables(self, error):
        """Return the variables of the reader's functions where they were stopped."""
        variables = {}
        for step in traceback.walk_tb(error.__traceback__):
            if self._owns(*step):
                variables.update(step[0].f_locals)
        return variables

    def _owns(self, frame, _line):
        code = getattr(self.function, "__code__", None)
        return code is not None and frame.f_code.co_filename == code.co_filename


def _line(frame, number):
    """Return the line of code that a frame of a traceback stands at."""
    return linecache.getline(frame.f_code.co_filename, number).strip()


@contextlib.contextmanager
def memory_ceiling(extra):
    """Refuse allocations of more than `extra` bytes in all, where the system can (Linux)."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY and soft <= used + extra:
            raise OSError("a lower ceiling is set already")
        resource.setrlimit(resource.RLIMIT_AS, (used + extra, hard))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class _TookTooLong(BaseException):
    """Not an Exception, so that a reader's ``except Exception`` does not swallow it."""


@contextlib.contextmanager
def _time_limit(seconds):
    """Raise `_TookTooLong` in the code inside after `seconds`."""
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        limit = _limit_by_signal(seconds)
    else:
        limit = _limit_by_watchdog(seconds)
    with limit:
        yield


@contextlib.contextmanager
def _limit_by_signal(seconds):
    def stop(*_):
        raise _TookTooLong

    handler = signal.signal(signal.SIGALRM, stop)
    # again and again, for a bare ``except`` inside a loop
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, handler)


@contextlib.contextmanager
def _limit_by_watchdog(seconds):
    """Do the same where there are no alarms: Windows, and threads other than the main one."""
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    caller = ctypes.c_ulong(threading.get_ident())
    over = threading.Event()

    def watch():
        wait = seconds
        while not over.wait(wait):
            raise_in(caller, ctypes.py_object(_TookTooLong))
            wait = 0.2

    watchdog = threading.Thread(target=watch, daemon=True)
    watchdog.start()
    try:
        yield
    finally:
        while watchdog.is_alive():
            with contextlib.suppress(_TookTooLong):  # one that came too late
                over.set()
                watchdog.join()
        raise_in(caller, None)


class _Nowhere(io.TextIOBase):
    def write(self, text):
        return len(text)


@contextlib.contextmanager
def _quiet():
    nowhere = _Nowhere()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def _same(a, b):
    """Tell whether two arguments, or tuples or lists of them, are equal to the last bit."""
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(_same, a, b))
    if sparse.issparse(a):
        return a.shape == b.shape and (a != b).nnz == 0
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and a.tobytes() == b.tobytes()
    try:
        return bool(a == b) or a is b
    except Exception:
        return True  # not comparable, so nothing can be said


def show(value, *, precision=4):
    """Return `value` as a beginner can read it: rounded, short, on as few lines as it needs."""
    if value is None or value is ...:
        return f"{value}: does the function end in a return?"
    if sparse.issparse(value):
        if max(value.shape) > 8:
            rows, columns = value.shape
            return f"a sparse {rows:,} by {columns:,} matrix with {value.nnz:,} entries"
        return show(value.toarray(), precision=precision) + " (sparse)"
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return str(value)
    if isinstance(value, (float, np.floating)):
        return f"{value:.{precision + 2}g}"
    if isinstance(value, (set, frozenset)) and value:
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    if isinstance(value, (np.ndarray, list, tuple)):
        try:
            array = np.asarray(value)
        except ValueError:
            array = None
        if array is not None and array.dtype.kind in "biufc":
            text = np.array2string(
                array,
                precision=precision,
                separator=", ",
                threshold=50,
                edgeitems=2,
                max_line_width=72,
                suppress_small=_even(array),
            )
            return text if len(text) < 1500 else f"an array of shape {array.shape}"
    try:
        text = " ".join(repr(value).split())
    except Exception:
        text = f"a {type(value).__name__}"
    return text if len(text) <= 120 else text[:117] + "..."


def digits_of(value):
    """Return how many digits after the point an array was written with; 4 if more than 12.

    Examples
    --------
    >>> digits_of(np.array([1, 1 + 1e-6])), digits_of(np.array([1, 1 / 3]))
    (6, 4)
    >>> digits_of(np.array([1e8, 1e8 + 3]))  # with an exponent: 1.00000003e+08
    8
    """
    if not (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return 4
    even, entries = _even(value), value.ravel()
    if not even and value.size > 200:  # slow to write out, and only its corners are shown
        return 4
    for digits in range(4, 13):
        if even:
            written = np.round(entries, digits)
        else:
            written = [float(f"{entry:.{digits}e}") for entry in entries]
        if np.array_equal(entries, written):
            return digits
    return 4


def _even(array):
    """Tell whether fixed point serves: no entry so large or small that it needs an exponent."""
    if array.dtype.kind not in "fc" or not array.size:
        return True
    sizes = np.abs(array[np.isfinite(array)])
    return sizes.size == 0 or 1e-3 < sizes.max() < 1e5


def as_array(value, shape, what):
    """Return `value` as a finite float array of `shape`, or raise `Mismatch`.

    Parameters
    ----------
    value : object
        What the reader's function returned.
    shape : tuple of int
        The shape it should have; ``()`` for a number.
    what : str
        What it should be, in words: "a vector of 3 ranks".

    Examples
    --------
    >>> as_array([1, 2], (2,), "a vector of 2 numbers")
    array([1., 2.])
    """
    if value is None or value is ...:
        raise Mismatch(what, show(value))
    if sparse.issparse(value):
        raise Mismatch(what, f"{show(value)}, of type {type(value).__name__}")
    try:
        array = np.asarray(value)
    except Exception:
        raise Mismatch(what, f"{show(value)}, of type {type(value).__name__}") from None
    if array.dtype.kind == "c":
        raise Mismatch(what, f"complex numbers: {show(array)}")
    if array.dtype.kind == "O":
        with contextlib.suppress(Exception):
            array = array.astype(float)
    if array.dtype.kind not in "biuf":
        raise Mismatch(what, f"{show(value)}, of type {type(value).__name__}")
    if array.shape != shape:
        raise Mismatch(what, f"{show(array)}, of shape {array.shape} instead of {shape}")
    if not np.isfinite(array).all():
        raise Mismatch(f"{what}, each of them finite", show(array))
    return array.astype(float)


def compare(got, expected, tolerance, words=("", "")):
    """Raise `Mismatch` where two arrays differ by more than `tolerance` in an entry.

    Both are shown with as many digits as their difference needs; `words` go before
    the expected and the got one.

    Examples
    --------
    >>> compare(np.array([0.5]), np.array([0.25]), 1e-9)
    Traceback (most recent call last):
        ...
    mml.checks._guard.Mismatch: expected [0.25], got [0.5]
    """
    gap = np.abs(np.asarray(got) - expected).max(initial=0)
    if gap <= tolerance:
        return
    digits = int(np.clip(2 - np.floor(np.log10(gap)), 4, 15))
    raise Mismatch(
        f"{words[0]}{show(expected, precision=digits)}", f"{words[1]}{show(got, precision=digits)}"
    )

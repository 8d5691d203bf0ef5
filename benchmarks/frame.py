"""The frame that every benchmark shares: pinned threads, turns, checks, a table, JSON.

A task is a module of this package with a function ``cases()`` that yields `Case`s. Each
case names the ways to solve one problem; the frame times them in turn (A B C A B C …), so
that a busy spell of the machine meets all alike, and compares what they return with a
reference. Times are processor times: of one thread, that is the time by the clock on an
idle machine, and other work on the machine does not count (the clock's is recorded too).
Read the ratios: times depend on the machine, ratios hardly do.
"""

import os

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is imported: BLAS reads it once

import importlib  # noqa: E402
import importlib.metadata  # noqa: E402
import json  # noqa: E402
import platform  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402

RESULTS = Path(__file__).parent / "results"


@dataclass
class Case:
    """One problem and the ways to solve it.

    Attributes
    ----------
    name : str
        What is solved, with its size.
    runs : dict of str to callable
        Name → function without arguments; the first is mml's. What it returns is compared.
    distance : callable
        From what a run returns to its distance from the reference.
    within : float
        The largest distance that counts as solved.
    limit : callable
        A function that does the least that any method must: the floor.
    limit_name : str
        What the floor is.
    skipped : dict of str to str
        Peer → why it does not run here.
    repeats : int
        How many turns; the median counts.
    """

    name: str
    runs: dict[str, Callable]
    distance: Callable
    within: float
    limit: Callable
    limit_name: str
    skipped: dict[str, str] = field(default_factory=dict)
    repeats: int = 7


def peer(name):
    """Return the module `name`, or None with the reason where it is not installed."""
    try:
        return importlib.import_module(name), None
    except ImportError as error:
        return None, f"not installed ({error}); pip install -e .[bench]"


def measure(case, say=print):
    """Time all runs of a case in turn; return a result that JSON can hold."""
    runs = {**case.runs, case.limit_name: case.limit}
    seconds = {name: [] for name in runs}
    clock = {name: [] for name in runs}
    distances, stopped = {}, False
    try:
        for turn in range(case.repeats + 1):  # turn 0 warms up
            for name, run in runs.items():
                say(f"\r  {case.name}: turn {turn} of {case.repeats}, {name:<30}", end="")
                start, begin = time.process_time(), time.perf_counter()
                answer = run()
                elapsed, passed = time.process_time() - start, time.perf_counter() - begin
                if turn:
                    seconds[name].append(elapsed)
                    clock[name].append(passed)
                elif name != case.limit_name:
                    distances[name] = float(case.distance(answer))
    except KeyboardInterrupt:
        stopped = True
    say("\r" + " " * 100 + "\r", end="")
    ours = next(iter(case.runs))
    rows = []
    for name, times in seconds.items():
        if not times:
            continue
        row = {
            "name": name,
            "median": statistics.median(times),
            "min": min(times),
            "max": max(times),
            "turns": len(times),
            "clock": statistics.median(clock[name]),
        }
        if seconds[ours]:
            # Turn by turn, so that a busy spell cancels.
            pairs = zip(times, seconds[ours], strict=False)
            row["ratio"] = statistics.median(theirs / mine for theirs, mine in pairs)
        if name in distances:
            row["distance"] = distances[name]
            row["solved"] = distances[name] <= case.within
        rows.append(row)
    return {
        "case": case.name,
        "within": case.within,
        "limit": case.limit_name,
        "rows": rows,
        "skipped": case.skipped,
        "complete": not stopped,
    }


def table(result):
    """Return a result as text: seconds, ratio to mml, distance to the reference."""
    lines = [
        result["case"],
        f"  {'':<34}{'median s':>10}{'min':>9}{'max':>9}{'clock':>9}{'× mml':>8}{'distance':>11}",
    ]
    for row in result["rows"]:
        ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
        distance = f"{row['distance']:.1e}" if "distance" in row else ""
        note = "" if row.get("solved", True) else f"  not within {result['within']:g}"
        lines.append(
            f"  {row['name']:<34}{row['median']:>10.3f}{row['min']:>9.3f}"
            f"{row['max']:>9.3f}{row['clock']:>9.3f}{ratio:>8}{distance:>11}{note}"
        )
    lines += [f"  {name:<34}skipped: {why}" for name, why in result["skipped"].items()]
    if not result["complete"]:
        lines.append("  interrupted: fewer turns than planned")
    return "\n".join(lines)


def machine(packages):
    """Describe the processor and the versions, and nothing that identifies the machine."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "threads used": 1,
        "python": platform.python_version(),
        "packages": versions,
    }


def run_task(name):
    """Run the task in module `name`, print its tables and write benchmarks/results/NAME.json."""
    task = importlib.import_module(f"benchmarks.{name}")
    results = []
    print(f"{name}: {task.__doc__.splitlines()[0]}")
    try:
        for case in task.cases():
            results.append(measure(case, say=_say))
            print(table(results[-1]), end="\n\n")
            if not results[-1]["complete"]:
                break
    except KeyboardInterrupt:
        print("\ninterrupted: what was measured is kept")
    if any(result["rows"] for result in results):
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps(
            {"task": name, "machine": machine(task.PACKAGES), "results": results}, indent=1
        )
        (RESULTS / f"{name}.json").write_text(text + "\n")
    return all(result["complete"] for result in results)


def _say(text, end="\n"):
    """Show progress on a terminal, and nothing in a log."""
    if sys.stderr.isatty():
        print(text, end=end, file=sys.stderr, flush=True)

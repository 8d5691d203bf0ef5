"""Run ``python -m benchmarks`` for all tasks, ``python -m benchmarks pagerank`` for one."""

import sys

from benchmarks import frame

HELPERS = {"__init__", "__main__", "frame"}


def main():
    """Run the tasks named on the command line, or all."""
    tasks = sorted(path.stem for path in frame.RESULTS.parent.glob("*.py"))
    tasks = [task for task in tasks if task not in HELPERS]
    wanted = sys.argv[1:] or tasks
    unknown = sorted(set(wanted) - set(tasks))
    if unknown:
        sys.exit(f"no benchmark called {', '.join(unknown)}; there are {', '.join(tasks)}")
    for task in wanted:
        if not frame.run_task(task):
            sys.exit(130)


if __name__ == "__main__":
    main()

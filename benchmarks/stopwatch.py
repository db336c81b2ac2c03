"""`python -m benchmarks.stopwatch`: by how much a function's time seems to differ from itself.

The stopwatch times one function against itself, again and again. Without noise every ratio would
be 1. The table has the share of ratios inside 3 %, the largest departure, and how often the
interval of level 0.01 lies wholly on one side of 1, which must happen in at most 2 of 100.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from pytest_scaling.devices.accelerator import Cpu
from pytest_scaling.devices.timing import Work
from pytest_scaling.experiments.stopwatch import measure
from pytest_scaling.statistics.ratios import BLOCKS, median_interval

from .machine import description, table

INSIDE = math.log(1.03)
LEVEL = 0.01  # one-sided


def works() -> dict[str, Callable[[], object]]:
    """Work of about a microsecond, a tenth of a millisecond and some milliseconds."""
    values = list(range(50))
    random = np.random.default_rng(0)
    small, large = (random.random((size, size), dtype=np.float32) for size in (128, 768))
    return {
        "sum of 50 integers": lambda: sum(values),
        "product of 128 x 128 matrices": lambda: small @ small,
        "product of 768 x 768 matrices": lambda: large @ large,
    }


def departures(function: Callable[[], object], runs: int) -> list[tuple[float, bool]]:
    """Log ratio of each run of the stopwatch, and whether its interval excludes zero."""
    work = Work("the work", function, Cpu())
    found = []
    for _ in range(runs):
        ratios = measure(lambda _: (work, work), BLOCKS, time.perf_counter, seed=0)
        interval = median_interval(ratios.logs, lower_level=LEVEL, upper_level=LEVEL)
        found.append((interval.mean, not interval.contains(0)))
    return found


def row(name: str, function: Callable[[], object], runs: int) -> tuple[object, ...]:
    """One line of the table."""
    start = time.perf_counter()
    found = departures(function, runs)
    seconds = (time.perf_counter() - start) / runs
    logs = [abs(log) for log, _ in found]
    return (
        name,
        f"{sum(log <= INSIDE for log in logs)} of {runs}",
        f"{math.expm1(statistics.median(logs)):.2%}",
        f"{math.expm1(max(logs)):.1%}",
        f"{sum(excluded for _, excluded in found)} of {runs}",
        f"{seconds:.2f}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stopwatch")
    parser.add_argument("--runs", type=int, default=100, help="of the stopwatch (default: 100)")
    options = parser.parse_args(arguments)
    print(description())
    header = ("work", "inside 3 %", "median off by", "at most", "interval excludes 1", "s a run")
    print(table(header, [row(name, work, options.runs) for name, work in works().items()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

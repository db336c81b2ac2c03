"""`python -m benchmarks.startup`: what the installed plugin adds to a run that has no claims.

One ordinary test, or `--tests` of them, is run with the plugin and with `-p no:scaling`, each in a
fresh interpreter, in pairs whose order alternates. The difference is judged pair by pair, so that
what slows the machine for a while slows both. The interval is that of the median by order
statistics, at least 95 %. CPU time stands beside wall time, because other programs disturb it less.
Bytecode is kept, as on the machine of a user, in a folder of the benchmark's own, which an
uncounted pair fills.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import comb
from pathlib import Path

from .machine import cpu_of_children, description, seconds, spread, table

FEWEST_PAIRS = 20
LEVEL = 0.95
TEST = "def test_sum_{number}():\n    assert 1 + 1 == 2\n\n\n"
ARMS = {"with the plugin": (), "without": ("-p", "no:scaling")}


@dataclass(frozen=True)
class Time:
    """Milliseconds of one run."""

    wall: float
    cpu: float  # user and system


def run(folder: Path, options: Sequence[str]) -> Time:
    """Run pytest in a folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    used = cpu_of_children()
    pytest = partial(
        subprocess.run, command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True
    )
    wall = seconds(pytest)
    return Time(1_000 * wall, 1_000 * (cpu_of_children() - used))


def pair(folder: Path, turn: int) -> dict[str, Time]:
    """Times of both arms, one right after the other; who goes first alternates."""
    order = sorted(ARMS, reverse=bool(turn % 2))
    return {arm: run(folder, ARMS[arm]) for arm in order}


def row(kind: str, times: dict[str, list[float]]) -> tuple[object, ...]:
    """The times (one a pair) of both arms and of their differences, in words."""
    differences = [a - b for a, b in zip(*times.values(), strict=True)]
    low, high = interval_of_the_median(differences)
    median = statistics.median(differences)
    return (kind, *map(spread, times.values()), f"{median:.1f}", f"{low:.1f} to {high:.1f}")


def interval_of_the_median(values: Sequence[float]) -> tuple[float, float]:
    """Order statistics that enclose the median with a chance of at least LEVEL."""
    ordered, n = sorted(values), len(values)
    outside, place = 0.0, 0  # chance that the median lies below the value at `place`
    while outside + comb(n, place) / 2**n <= (1 - LEVEL) / 2:
        outside += comb(n, place) / 2**n
        place += 1
    if place == 0:
        raise ValueError(f"{n} pairs are too few for an interval of {LEVEL:.0%}.")
    return ordered[place - 1], ordered[n - place]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup")
    parser.add_argument("--pairs", type=int, default=30, help="at least 20 (default: 30)")
    parser.add_argument("--tests", type=int, default=1, help="ordinary tests (default: 1)")
    options = parser.parse_args(arguments)
    if options.pairs < FEWEST_PAIRS:
        parser.error(f"--pairs must be {FEWEST_PAIRS} or more")
    print(description())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tests = map(TEST.format_map, ({"number": each} for each in range(options.tests)))
        (folder / "test_ordinary.py").write_text("".join(tests))
        pair(folder, 0)  # fills the caches of the file system, and that of bytecode
        pairs = [pair(folder, turn) for turn in range(options.pairs)]
    kinds: dict[str, Callable[[Time], float]] = {
        "wall": lambda time: time.wall,
        "CPU": lambda time: time.cpu,
    }
    rows = [
        row(kind, {arm: [part(each[arm]) for each in pairs] for arm in ARMS})
        for kind, part in kinds.items()
    ]
    header = ("time", *(f"{arm}, ms" for arm in ARMS), "difference, ms", "95 % interval, ms")
    print(f"{len(pairs)} pairs of runs of {options.tests} tests; median and range.")
    print(table(header, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

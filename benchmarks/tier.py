"""`python -m benchmarks.tier`: what a tier of the claims costs, cold and then warm.

`python -m pytest claims/` runs with a store of its own that is empty, and then again with what the
first run left there. `--warm` leaves out the first run and takes the store that you use every day.
Whatever comes after `--` goes to pytest, as in `python -m benchmarks.tier -- -k relu`.

Wall time is that of the whole command. CPU time is that of the command and of all its processes
that it waited for, as the system counts it. Memory is the largest total of the resident sizes of
all processes, measured five times a second; a page that processes share counts in each of them, so
it is an upper bound.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixtures.tiers import TIERS
from pytest_scaling.trials.store.store import Store, default_path

from .machine import ROOT, cores, cpu_of_children, description, table

GLANCE = 0.2  # seconds between two measurements of the memory
MIB = 2**20
USAGE_ERROR = 2  # exit codes of pytest from here on mean that there is nothing to measure


@dataclass(frozen=True)
class Cost:
    """What one run of pytest took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float | None  # MiB, or None where the system does not say
    trials: int  # computed
    status: int


def family(root: int) -> Iterator[Path]:
    """The process and all that descend from it, as folders of /proc."""
    children: dict[int, list[Path]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        children.setdefault(int(words[1]), []).append(folder)
    waiting = [Path("/proc", str(root))]
    while waiting:
        folder = waiting.pop()
        yield folder
        waiting += children.get(int(folder.name), [])


def resident(root: int) -> int:
    """Bytes of memory that the process and its descendants hold."""
    pages = 0
    for folder in family(root):
        try:
            pages += int((folder / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Watches the memory of a process and its descendants until it is stopped."""

    def __init__(self, process: int) -> None:
        self.most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process,), daemon=True)
        self._thread.start()

    def _look(self, process: int) -> None:
        while not self._ended.wait(GLANCE):
            self.most = max(self.most, resident(process))

    def stop(self) -> float | None:
        """The most seen, in MiB, or None where nothing was."""
        self._ended.set()
        self._thread.join()
        return self.most / MIB if self.most else None


def run(store: Path, tier: str, more: Sequence[str]) -> Cost:
    """Run the claims once."""
    before = trials_in(store)
    command = [sys.executable, "-m", "pytest", "claims/", "-q", "--tier", tier]
    command += ["--scaling-store", str(store), *more]
    started, used = time.perf_counter(), cpu_of_children()
    process = subprocess.Popen(command, cwd=ROOT)
    watch = Watch(process.pid)
    status = process.wait()
    wall = time.perf_counter() - started
    return Cost(wall, cpu_of_children() - used, watch.stop(), trials_in(store) - before, status)


def trials_in(store: Path) -> int:
    if not store.exists():
        return 0
    with Store(store) as opened:
        return opened.count()


def row(tier: str, kind: str, cost: Cost) -> tuple[object, ...]:
    memory = "unknown" if cost.memory is None else f"{cost.memory:,.0f}"
    return (
        tier,
        kind,
        cores(),
        f"{cost.wall:.1f}",
        f"{cost.cpu:.1f}",
        memory,
        cost.trials,
        cost.status,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tier")
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument("--warm", action="store_true", help="only a warm run, on your own store")
    parser.add_argument("more", nargs="*", help="after --: arguments for pytest")
    options = parser.parse_args(arguments)
    print(description(), flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        store = default_path() if options.warm else Path(name) / "trials.sqlite3"
        report = ["--scaling-report", str(Path(name) / "report")]
        for kind in ("warm",) if options.warm else ("cold", "warm"):
            cost = run(store, options.tier, [*report, *options.more])
            if cost.status >= USAGE_ERROR:
                print(f"pytest ended with exit code {cost.status}, so nothing was measured.")
                return cost.status
            rows.append(row(options.tier, kind, cost))
    header = (
        "tier",
        "store",
        "cores",
        "wall, s",
        "CPU, s",
        "peak memory, MiB",
        "trials computed",
        "exit code",
    )
    print(table(header, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

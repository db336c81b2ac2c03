"""`python -m benchmarks.cluster`: trials per second on 1 to 64 simulated workers of Dask.

The claims are those of `benchmarks.growth`, in a run of pytest of its own, with its real prefetch,
dispatcher, store and client of Dask. The scheduler and all workers are threads of this process, and
a worker does not train: it sleeps, and answers with the error that the settings plan. So the
scheduler and the workers share one interpreter, which a real cluster does not ask for, and workers
take no time to check a trial's identity: that is a worker's work.

The time is from the start of the first trial to the end of the last. The run's own work is the CPU
time of its process, all threads, less that of a run that connects and selects no claim. The last
line has trials that take no time, which shows the most that the run can keep up with here.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_scaling.trials.result import SeedResult, Trained
from pytest_scaling.trials.workers import cluster as backend

from .growth import PROJECT
from .machine import cpu_of_children, description, table

if TYPE_CHECKING:
    from pytest_scaling.trials.workers.payload import Payload

WORKERS = (1, 4, 16, 64)
CLAIMS = (5, 10, 40, 160)  # four trials each
SLEEP = 1.0  # seconds of a trial; those of the lecture's quick tier take half of that on average
TEST_ROWS = 400  # of the made-up task
NOTHING = 5  # the exit code of pytest where no test is selected
PLAIN = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}


@dataclass
class Sleeping:
    """In place of the processes of every Dask worker: trials that only take time."""

    seconds: float
    started: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # bytes of what arrives
    lock: threading.Lock = field(default_factory=threading.Lock)

    def compute(self, payload: Payload, wanted: Callable[[], bool]) -> Trained:
        with self.lock:
            self.started.append(time.perf_counter())
            size = len(payload.pickled) + len(payload.ingredients) + sum(map(len, payload.path))
            self.sizes.append(size)
        time.sleep(self.seconds)
        trained = planned(json.loads(payload.ingredients), self.seconds)
        with self.lock:
            self.ended.append(time.perf_counter())
        return trained


def planned(ingredients: dict, seconds: float) -> Trained:
    """What a trial would have found: the first rows are wrong, as many as its settings say."""
    wrong = round(ingredients["settings"]["error"] * TEST_ROWS)
    correct = ((1 << (TEST_ROWS - wrong)) - 1).to_bytes(TEST_ROWS // 8, "big")
    metrics = {"error": wrong / TEST_ROWS, "majority_error": 0.5}
    seeds = ingredients["seeds"]
    return Trained(
        tuple(
            SeedResult(seed, metrics, correct, TEST_ROWS, False, seconds / len(seeds))
            for seed in seeds
        )
    )


def run(folder: Path, *options: str) -> float:
    """Run the claims of a folder with these options; the CPU seconds of the process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["--rootdir", str(folder), str(folder), f"--scaling-store={folder}/trials.db"]
    used = cpu_of_children()
    done = subprocess.run([*command, *options], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, NOTHING):
        raise SystemExit(f"the run on {options[-1]} ended with exit code {done.returncode}")
    return cpu_of_children() - used


def own() -> float:
    """CPU seconds of this process: of the scheduler and the workers."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(workers: int, claims: int, seconds: float) -> tuple[object, ...]:
    """One line of the table: so many claims on so many workers."""
    from distributed import LocalCluster

    backend.PROCESSES = sleeping = Sleeping(seconds)  # type: ignore[assignment]
    where = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": None}
    size = {"n_workers": workers, "threads_per_worker": 1, "processes": False}
    with tempfile.TemporaryDirectory() as name, LocalCluster(**where, **size) as cluster:
        folder = Path(name)
        source = PROJECT.replace("SPIN", "0").replace("CLAIMS", str(claims))
        (folder / "test_claims.py").write_text(source)
        there = ("--scaling-backend=dask", f"--scaling-scheduler={cluster.scheduler_address}")
        idle = run(folder, "-k", "nothing", *there)
        before = own()
        working = run(folder, *there) - idle
        dask = own() - before
    trials = len(sleeping.ended)
    wall = max(sleeping.ended) - min(sleeping.started)
    ideal = f"{100 * trials * seconds / workers / wall:.0f}" if seconds else "-"
    return (
        workers,
        f"{seconds:g}",
        trials,
        f"{wall:.1f}",
        f"{trials / wall:.1f}",
        ideal,
        f"{1000 * working / trials:.1f}",
        f"{100 * working / wall:.0f}",
        f"{1000 * dask / trials:.1f}",
        f"{sum(sleeping.sizes) / trials / 1000:.1f}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster")
    parser.add_argument("--workers", type=int, nargs="+", default=WORKERS)
    parser.add_argument("--claims", type=int, nargs="+", default=CLAIMS, help="one for each")
    parser.add_argument("--sleep", type=float, default=SLEEP, help="seconds of a trial")
    options = parser.parse_args(arguments)
    os.environ.update(PLAIN)
    print(description(), flush=True)
    pairs = list(zip(options.workers, options.claims, strict=True))
    rows = [measure(workers, claims, options.sleep) for workers, claims in pairs]
    rows.append(measure(*pairs[-1], 0.0))
    head = ("workers", "a trial, s", "trials", "wall, s", "trials/s", "of the ideal, %")
    head += ("run, CPU ms a trial", "run, CPU %", "Dask, CPU ms a trial", "payload, kB")
    print(table(head, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

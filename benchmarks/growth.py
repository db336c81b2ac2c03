"""`python -m benchmarks.growth`: time and memory against rows, seeds, claims and workers.

Rows and seeds: a trial of the network of width 256 that is trained for STEPS steps on poker-hand,
the largest of the tasks, in a process of its own. CPU time and the most resident memory are those
of the process, as the system counts them (getrusage), so that they include the start of the
process, the libraries and the drawing of the rows; the training takes as many steps everywhere.

Claims and workers: a project of made-up claims whose learner only spins for a moment, so that what
is left is the plugin's own: prefetch, worker processes, store, statistics, report. Every claim
compares two learners of its own with the tier's most seeds or fewer. Each run has an empty store.

It writes the figure `benchmarks/growth.svg`.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pytest_scaling.trials.seeds import BLOCKS

from .machine import ROOT, as_a_worker, cpu_of_children, description, table

WIDTH = 256
STEPS = 64
ROWS = (4_096, 16_384, 65_536, 262_144)
SEEDS = (2, 5, 10)  # of a block
CLAIMS = (5, 20, 80)
WORKERS = (1, 2)
SPIN = 0.2  # CPU seconds that a trial takes where workers are compared
CLAIMS_OF_WORKERS = 20
KIB = 2**10
LIMIT = 4_096  # MiB that a trial may take
FIGURE = ROOT / "benchmarks" / "growth.svg"

PROJECT = """
import time
from dataclasses import dataclass

import numpy as np

from pytest_scaling import Fit, claim


@dataclass(frozen=True)
class Sign:
    name: str = "sign"
    version: int = 1
    classes: int = 2

    def draw(self, seed, m):
        x = np.random.default_rng([0, seed]).normal(size=(m, 1)).astype(np.float32)
        return x, (x[:, 0] > 0).astype(np.int64)

    def test_set(self, seed):
        return self.draw(seed + 10**6, 400)


@dataclass(frozen=True)
class Spinning:
    name: str
    error: float
    version: int = 1

    def settings(self, task, m):
        return {"error": self.error}

    def fit_predict(self, block, settings, device):
        end = time.process_time() + SPIN
        while time.process_time() < end:
            pass
        labels = (block.x_test[..., 0] > 0).astype(np.int64)
        labels[:, : round(400 * settings["error"])] ^= 1
        return Fit(labels, np.zeros(len(labels), dtype=bool))


def stated(number):
    @claim(f"claim-{number}", "One errs more", smallest_effect=0.05, tasks=[Sign()])
    def test_it(compare, task, m_small, smallest_effect):
        poor, good = Spinning(f"poor-{number}", 0.3), Spinning(f"good-{number}", 0.1)
        assert compare(poor, good, task=task, m=m_small) > smallest_effect

    return test_it


for number in range(CLAIMS):
    globals()[f"test_{number}"] = stated(number)
"""


@dataclass(frozen=True)
class Usage:
    """What a process with its children took: seconds, and MiB where they were measured."""

    wall: float
    cpu: float
    memory: float = math.nan


def train(m: int, seeds: int) -> Usage:
    """Compute one trial in this process, which has done nothing else yet."""
    from fixtures.learners.network import Network
    from fixtures.tasks.poker_hand import poker_hand
    from pytest_scaling.trials.trial import Arm, Trial
    from pytest_scaling.trials.workers.worker import compute

    @dataclass(frozen=True)
    class Short(Network):
        def settings(self, task: str, m: int) -> dict[str, float]:
            return {"learning_rate": 0.003, "weight_decay": 0.1, "steps": STEPS}

    block = [stop - start for start, stop in BLOCKS].index(seeds)
    started = time.perf_counter()
    compute(Trial(Arm(Short(WIDTH, "network"), poker_hand, m), block))
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - started
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / KIB)


def trial(m: int, seeds: int) -> Usage:
    """The same in a new process."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as pool:
        return pool.submit(train, m, seeds).result()


def suite(claims: int, workers: int, spin: float) -> Usage:
    """Evaluate this many made-up claims with an empty store."""
    with tempfile.TemporaryDirectory() as name:
        source = PROJECT.replace("SPIN", str(spin)).replace("CLAIMS", str(claims))
        Path(name, "test_claims.py").write_text(source)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["--rootdir", name, name, "--scaling-workers", str(workers)]
        command += ["--scaling-store", f"{name}/trials.db", "--scaling-report", f"{name}/out"]
        started, used = time.perf_counter(), cpu_of_children()
        subprocess.run(command, cwd=name, check=True, stdout=subprocess.DEVNULL)
        return Usage(time.perf_counter() - started, cpu_of_children() - used)


def best(runs: Sequence[Usage]) -> Usage:
    """The least wall and CPU time of several runs of the same."""
    return Usage(min(run.wall for run in runs), min(run.cpu for run in runs))


def draw(
    rows: dict[int, Usage],
    seeds: dict[int, Usage],
    claims: dict[int, Usage],
    workers: dict[int, Usage],
) -> None:
    """Write the figure."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none"})
    figure, axes = plt.subplots(2, 3, figsize=(10, 5.5), layout="constrained")
    panels = (
        ("MiB of a trial, 5 seeds", "training rows m", rows, "memory"),
        ("CPU seconds of a trial, 5 seeds", "training rows m", rows, "cpu"),
        (f"MiB of a trial, m = {max(ROWS):,}", "seeds", seeds, "memory"),
        (f"CPU seconds of a trial, m = {max(ROWS):,}", "seeds", seeds, "cpu"),
        ("CPU seconds of a run", "claims", claims, "cpu"),
        (f"wall seconds of {CLAIMS_OF_WORKERS} claims", "workers", workers, "wall"),
    )
    for ax, (title, label, usages, part) in zip(axes.flat, panels, strict=True):
        ax.plot(list(usages), [getattr(usage, part) for usage in usages.values()], "o-")
        ax.set(title=title, xlabel=label)
        ax.set_ylim(bottom=0)
        if usages is rows:
            ax.set_xscale("log", base=4)
        ax.set_xticks(list(usages), [f"{each:,}" for each in usages])
        ax.minorticks_off()
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(FIGURE, metadata={"Date": None})
    plt.close(figure)


def lines(what: str, usages: dict[int, Usage]) -> list[tuple[object, ...]]:
    return [
        (
            what.format(f"{number:,}"),
            f"{usage.cpu:.1f}",
            f"{usage.wall:.1f}",
            "-" if math.isnan(usage.memory) else f"{usage.memory:,.0f}",
        )
        for number, usage in usages.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--rounds", type=int, default=3, help="of the claims (default: 3)")
    options = parser.parse_args(arguments)
    status = as_a_worker("benchmarks.growth", arguments)
    if status is not None:
        return status
    print(description(), flush=True)
    rows = {m: trial(m, 5) for m in ROWS}
    seeds = {n: rows[max(ROWS)] if n == 5 else trial(max(ROWS), n) for n in SEEDS}
    rounds = range(options.rounds)
    claims = {n: best([suite(n, 2, 0.0) for _ in rounds]) for n in CLAIMS}
    in_turns = [[suite(CLAIMS_OF_WORKERS, n, SPIN) for n in WORKERS] for _ in rounds]
    workers = {n: best(runs) for n, runs in zip(WORKERS, zip(*in_turns, strict=True), strict=True)}
    most = max(usage.memory for usage in (*rows.values(), *seeds.values()))
    table_rows = [
        *lines("trial of m = {}, 5 seeds", rows),
        *lines(f"trial of m = {max(ROWS):,}, {{}} seeds", seeds),
        *lines("run of {} claims", claims),
        *lines(f"run of {CLAIMS_OF_WORKERS} claims, {{}} workers", workers),
    ]
    print(table(("what", "CPU, s", "wall, s", "peak memory, MiB"), table_rows))
    print(f"Most memory of a trial: {most:,.0f} MiB, of {LIMIT:,} that it may take.")
    draw(rows, seeds, claims, workers)
    print(f"Figure: {FIGURE.relative_to(ROOT)}")
    return 0 if most < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())

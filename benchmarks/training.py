"""`python -m benchmarks.training`: how much of the processor the training of a network uses.

The peak is the machine's own: the fastest product of two square float32 matrices on one thread, by
torch and by numpy, over SIZES. Training is `fixtures.learners.network.train` at m = 4,096 rows with
its own batches, for a block of five seeds at once and for the same seeds one at a time. Operations
are counted as 6 x rows x weights: two for each weight and row going forward, and four going back.

Times are CPU times of this process, on one thread, so that other programs disturb them little. The
remaining disturbance (caches, memory, the clock of the processor) only ever makes a round slower,
so a share of the peak compares the fastest rounds of the two. They take turns.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from fixtures.learners.network import BATCH, HIDDEN_LAYERS, Parameters, train
from fixtures.learners.scaling import standardise
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.devices.numerics import single_threaded

from .machine import as_a_worker, cpu_seconds, description, kernels, spread, table

SIZES = (256, 512, 1_024, 2_048)  # rows and columns of the matrices that are multiplied
REPEATS = 5  # products of each size in a round, of which the fastest counts
WIDTHS = (8, 64, 256, 1_024)
SEEDS = 5  # of a block
M = 4_096  # training rows
DURATION = 0.5  # seconds that one measurement of training should take, at least
GIGA = 1e9


@dataclass
class Speeds:
    """GFLOP/s, one value a round."""

    peak: dict[str, list[float]] = field(default_factory=lambda: {"torch": [], "numpy": []})
    block: dict[int, list[float]] = field(default_factory=lambda: {width: [] for width in WIDTHS})
    alone: dict[int, list[float]] = field(default_factory=lambda: {width: [] for width in WIDTHS})

    def share(self, speeds: Sequence[float], library: str = "") -> float:
        """What the fastest round reaches of the peak, in percent; of a library's own if named."""
        peaks = self.peak[library] if library else [*itertools.chain(*self.peak.values())]
        return 100 * max(speeds) / max(peaks)


def products() -> dict[str, Callable[[int], Callable[[], object]]]:
    """By library, what makes a product of two matrices of a size ready to run."""
    random = np.random.default_rng(0)

    def by_torch(size: int) -> Callable[[], object]:
        a, b = (torch.from_numpy(random.random((size, size), dtype=np.float32)) for _ in range(2))
        out = torch.empty(size, size)
        return lambda: torch.mm(a, b, out=out)

    def by_numpy(size: int) -> Callable[[], object]:
        a, b = (random.random((size, size), dtype=np.float32) for _ in range(2))
        out = np.empty((size, size), dtype=np.float32)
        return lambda: np.matmul(a, b, out=out)

    return {"torch": by_torch, "numpy": by_numpy}


def fastest_product(prepare: Callable[[int], Callable[[], object]]) -> float:
    """GFLOP/s of the fastest of all sizes and repeats."""
    best = 0.0
    for size in SIZES:
        work = prepare(size)
        times = max(1, round((1_024 / size) ** 3))  # small products are timed several at once

        def several(work: Callable[[], object] = work, times: int = times) -> None:
            for _ in range(times):
                work()

        several()
        fastest = min(cpu_seconds(several) for _ in range(REPEATS))
        best = max(best, 2 * size**3 * times / fastest / GIGA)
    return best


@dataclass
class Training:
    """A block of seeds of one width, ready to be trained for any number of steps."""

    width: int
    seeds: Sequence[int]
    steps: int = 4

    def __post_init__(self) -> None:
        draws = [mnist1d.draw(seed, M) for seed in self.seeds]
        x, y = (np.stack(part) for part in zip(*draws, strict=True))
        self.x, self.y = torch.from_numpy(standardise(x, x)[0]), torch.from_numpy(y)
        self.layers = [x.shape[2], *[self.width] * HIDDEN_LAYERS, mnist1d.classes]
        self.run()
        share = len(self.seeds) / SEEDS  # so that a block and its seeds one by one take as long
        self.steps = max(4, math.ceil(self.steps * DURATION * share / self.run()))

    @property
    def operations(self) -> float:
        """Floating point operations of the matrix products in all steps."""
        weights: int = sum(a * b for a, b in itertools.pairwise(self.layers))
        return 6.0 * self.steps * BATCH * len(self.seeds) * weights

    def run(self) -> float:
        """CPU seconds of training from the start."""
        parameters = Parameters(self.layers, len(self.seeds), "cpu")
        random = [torch.Generator().manual_seed(seed) for seed in self.seeds]
        parameters.initialise(random)
        settings = {"learning_rate": 0.003, "weight_decay": 0.15, "steps": self.steps}
        with torch.no_grad():
            return cpu_seconds(lambda: train(parameters, self.x, self.y, settings, random))


def measure(rounds: int) -> Speeds:
    """All speeds, one after the other in every round."""
    speeds = Speeds()
    blocks = {width: Training(width, range(SEEDS)) for width in WIDTHS}
    singles = {width: [Training(width, [seed]) for seed in range(SEEDS)] for width in WIDTHS}
    for _ in range(rounds):
        for library, prepare in products().items():
            speeds.peak[library].append(fastest_product(prepare))
        for width in WIDTHS:
            block = blocks[width]
            speeds.block[width].append(block.operations / block.run() / GIGA)
            operations = sum(single.operations for single in singles[width])
            time = sum(single.run() for single in singles[width])
            speeds.alone[width].append(operations / time / GIGA)
    return speeds


def rows_of(speeds: Speeds) -> list[tuple[object, ...]]:
    """One row for each width: medians and ranges over the rounds."""
    return [
        (
            f"{width:,}",
            spread(speeds.block[width]),
            spread(speeds.alone[width]),
            f"{speeds.share(speeds.block[width]):.0f} %",
            f"{speeds.share(speeds.block[width], 'torch'):.0f} %",
        )
        for width in WIDTHS
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training")
    parser.add_argument("--rounds", type=int, default=5, help="of everything (default: 5)")
    options = parser.parse_args(arguments)
    status = as_a_worker("benchmarks.training", arguments)
    if status is not None:
        return status
    print(description())
    with single_threaded():
        speeds = measure(options.rounds)
    print(f"Kernels: {kernels()}.")
    for library, values in speeds.peak.items():
        sizes = ", ".join(f"{size:,}" for size in SIZES)
        print(
            f"Peak by {library}: {max(values):.0f} GFLOP/s (float32, one thread; best of "
            f"{len(values)} rounds of {REPEATS} products of {sizes} rows and columns)."
        )
    header = (
        "width",
        f"{SEEDS} seeds at once, GFLOP/s",
        "one at a time, GFLOP/s",
        "of the peak",
        "of torch's",
    )
    print(table(header, rows_of(speeds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

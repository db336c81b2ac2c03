"""Whether results are equal: between devices, when repeated, with and without a graph, batched
otherwise, and with other numerics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch

from fixtures.learners.network import BATCH, HIDDEN_LAYERS, Parameters, learning_rates, predict
from fixtures.learners.program import Group, Program, epochs
from fixtures.learners.scaling import standardise
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.devices.numerics import Numerics, numerics

from .bench import SETTINGS, Bench, Row
from .halves import in_bfloat16

SEEDS = (0, 1)
TEST_ROWS = 10_000
WIDEST = 1_024  # beyond, the CPU takes too long
OPERATIONS_ON_CPU = 2e11  # what a core does in some two seconds


@dataclass
class Networks:
    """Networks of some seeds that are trained on rows of mnist1d in one program."""

    width: int
    m: int
    steps: int
    seeds: tuple[int, ...] = SEEDS
    tf32: bool = False
    alter: Callable[[Program], Program] = lambda program: program

    def labels(self, device: str, record: bool) -> tuple[np.ndarray, float]:
        """Labels (S, N) of the test rows, and their error."""
        x, x_test, y, y_test = rows_of(self.seeds, self.m)
        layers = [x.shape[2], *[self.width] * HIDDEN_LAYERS, mnist1d.classes]
        random = [torch.Generator().manual_seed(seed) for seed in self.seeds]
        parameters = Parameters(layers, len(self.seeds), device)
        parameters.initialise(random)
        batch = min(BATCH, self.m)
        there = torch.from_numpy(x).to(device).flatten(0, 1)
        classes = torch.from_numpy(y.astype(np.int64)).to(device).flatten()
        groups = [Group(0, len(self.seeds), SETTINGS["weight_decay"])]
        with numerics(Numerics(0, tf32=self.tf32)), torch.no_grad():
            program = self.alter(Program(parameters, there, classes, batch, groups, record=record))
            rates = learning_rates(SETTINGS["learning_rate"], self.steps)
            program.run(rates, epochs(random, self.m, batch))
            labels = predict(parameters, torch.from_numpy(x_test).to(device)).cpu().numpy()
        return labels, float((labels != y_test).mean())


@cache
def rows_of(seeds: tuple[int, ...], m: int) -> tuple[np.ndarray, ...]:
    """Training and test rows, then training and test labels, of some seeds."""
    draws = [mnist1d.draw(seed, m) for seed in seeds]
    tests = [mnist1d.test_set(seed) for seed in seeds]
    x, y = (np.stack(part) for part in zip(*draws, strict=True))
    x_test, y_test = (np.stack(part)[:, :TEST_ROWS] for part in zip(*tests, strict=True))
    return *standardise(x, x_test), y, y_test


def equality(bench: Bench) -> Iterator[Row]:
    """Training on the device, and how far the same on the CPU and other ways to do it agree."""
    for width in (width for width in bench.scale.widths if width <= WIDEST):
        a_step = 6 * BATCH * len(SEEDS) * 2 * width**2
        steps = max(24, min(5 * bench.scale.steps, int(OPERATIONS_ON_CPU / a_step)))
        networks = Networks(width, bench.scale.m, steps)
        base, error = networks.labels(bench.device, bench.records)
        yield {"width": width, "steps": steps, "way": "on the device", "error": error}
        for way, labels, other in other_ways(bench, networks):
            yield {
                "width": width,
                "steps": steps,
                "way": way,
                "error": other,
                "labels_that_agree": float((labels == base).mean()),
                "equal": bool((labels == base).all()),
            }


def other_ways(bench: Bench, networks: Networks) -> Iterator[tuple[str, np.ndarray, float]]:
    """The labels and errors of the same training in other ways, by name."""
    ways: list[tuple[str, Networks, str, bool]] = [
        ("again", networks, bench.device, bench.records),
        ("without a graph", networks, bench.device, False),
        ("on the CPU", networks, "cpu", False),
        ("in TF32", replace(networks, tf32=True), bench.device, bench.records),
        ("in bfloat16", replace(networks, alter=in_bfloat16), bench.device, bench.records),
    ]
    for name, each, device, record in ways:
        yield name, *each.labels(device, record)
    alone = [replace(networks, seeds=(seed,)).labels(bench.device, bench.records) for seed in SEEDS]
    labels = np.concatenate([each for each, _ in alone])
    yield "one seed at a time", labels, float(np.mean([error for _, error in alone]))

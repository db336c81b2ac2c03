"""The device under test, how large everything is, and a block of networks to be trained on it."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from fixtures.learners.network import BATCH, HIDDEN_LAYERS, Parameters, train
from fixtures.learners.program import Group, Program
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.devices.accelerator import Accelerator, accelerator, timed

REPEATS = 3
CLASSES = mnist1d.classes
SETTINGS = {"learning_rate": 0.003, "weight_decay": 0.15}
Row = dict[str, Any]
Shape = tuple[int, int, int]  # width, networks at once, and rows of a batch


@dataclass(frozen=True)
class Scale:
    """How large everything is."""

    products: tuple[int, ...]  # rows and columns of the matrices that are multiplied
    widths: tuple[int, ...]
    seeds: tuple[int, ...]  # that train at once
    shapes: tuple[Shape, ...]  # of the levers
    compiled: tuple[Shape, ...]  # those that are compiled too, which takes seconds for each
    programs: tuple[tuple[int, int], ...]  # width, and networks in one program
    m: int  # training rows
    steps: int  # of the optimiser
    operations: float  # that one timing of training may take at most
    on_cpu: float  # likewise, where one core of the CPU trains
    all_cores: bool  # train too, beside one of them
    compiler: str  # backend of torch.compile
    claims: str  # that pytest selects by -k; empty for all
    claims_in_full: str  # the one claim that is tried in the full tier; empty for all


FULL = Scale(
    products=(1_024, 4_096, 8_192),
    widths=(8, 64, 256, 1_024, 4_096),
    seeds=(1, 5, 30),
    shapes=(
        (64, 5, 128),
        (256, 5, 128),
        (256, 30, 128),
        (256, 5, 1_024),
        (1_024, 5, 128),
        (1_024, 5, 1_024),
        (1_024, 5, 4_096),
    ),
    compiled=((256, 5, 128), (1_024, 5, 1_024)),
    programs=((8, 400), (64, 50), (64, 400), (256, 50), (256, 200), (1_024, 50)),
    m=4_096,
    steps=768,
    operations=1e13,
    on_cpu=1e11,
    all_cores=True,
    compiler="inductor",
    claims="",
    claims_in_full="",
)
SMALL = Scale(
    products=(64, 128),
    widths=(8, 16),
    seeds=(1, 2),
    shapes=((8, 2, 128),),
    compiled=((8, 2, 128),),
    programs=((8, 4),),
    m=256,
    steps=40,
    operations=1e9,
    on_cpu=1e8,
    all_cores=False,
    compiler="eager",  # which only traces
    claims="relu-unit-slope",
    claims_in_full="relu-unit-slope",
)


@dataclass(frozen=True)
class Bench:
    """A device, a scale, and the folders of the run.

    out: for results. work: for whatever else a part leaves; later parts find it there. until: when
    the part must have ended, by `time.monotonic`.
    """

    device: str
    scale: Scale
    out: Path
    work: Path
    until: float

    @property
    def on(self) -> Accelerator:
        return accelerator(self.device)

    @property
    def records(self) -> bool:
        """Whether steps are recorded as graphs on this device."""
        return self.device.startswith("cuda")

    @property
    def left(self) -> float:
        """Seconds until the part must have ended."""
        return self.until - time.monotonic()

    def seconds(self, work: Callable[[], object], repeats: int = REPEATS) -> float:
        """Median seconds of some runs after a warm-up, from an idle device to an idle device."""
        timed(work, self.on)
        return statistics.median(timed(work, self.on).seconds for _ in range(repeats))

    def step(self, run: Callable[[int], object], steps: int) -> tuple[float, float]:
        """Seconds of a step of a run, and those that it takes with any number of steps.

        The second are what every trial takes once, such as the recording of a graph.
        """
        half = steps // 2
        whole, part = (self.seconds(partial(run, count)) for count in (steps, half))
        return a_step(whole, part, steps, half)


def a_step(whole: float, part: float, steps: int, half: int) -> tuple[float, float]:
    """Seconds of a step, and the rest, from those of runs of so many steps and of half as many."""
    step = (whole - part) / (steps - half)
    if step <= 0:  # the clock cannot tell the two apart
        return whole / steps, 0.0
    return step, max(0.0, whole - step * steps)


@dataclass
class Training:
    """A block of networks of one width on one device, to be trained for some steps from the start.

    Rows, initial weights and, where `orders` is used, the order of rows are drawn on the device.
    """

    width: int
    seeds: int
    device: str
    m: int
    steps: int
    batch: int = BATCH

    def __post_init__(self) -> None:
        self.batch = min(self.batch, self.m)
        self.layers = [mnist1d.draw(0, 1)[0].shape[1], *[self.width] * HIDDEN_LAYERS, CLASSES]
        self.random = torch.Generator(self.device).manual_seed(0)
        rows = (self.seeds, self.m)
        self.x = torch.randn(*rows, self.layers[0], generator=self.random, device=self.device)
        self.y = torch.randint(0, CLASSES, rows, generator=self.random, device=self.device)

    def parameters(self) -> Parameters:
        parameters = Parameters(self.layers, self.seeds, self.device)
        for weights, _ in parameters.layers:
            weights.normal_(0, (2 / weights.shape[1]) ** 0.5, generator=self.random)
        return parameters

    @property
    def operations_a_step(self) -> float:
        """Floating point operations of the matrix products of a step."""
        weights = sum(a * b for a, b in itertools.pairwise(self.layers))
        return 6.0 * self.batch * self.seeds * weights

    def shorten(self, operations: float, least: int) -> None:
        """Take no more steps than so many operations allow, but `least` of those that there are."""
        allowed = max(least, int(operations / self.operations_a_step))
        self.steps = min(self.steps, allowed)

    def orders(self) -> Iterator[torch.Tensor]:
        """Rows of the steps of every epoch, drawn on the device for all seeds at once."""
        steps = self.m // self.batch
        first = torch.arange(self.seeds, device=self.device)[:, None] * self.m
        while True:
            luck = torch.rand(self.seeds, self.m, generator=self.random, device=self.device)
            order = luck.argsort(1)[:, : steps * self.batch] + first
            yield order.view(self.seeds, steps, self.batch).transpose(0, 1).flatten(1)

    def program(self, record: bool) -> Program:
        networks = [Group(0, self.seeds, SETTINGS["weight_decay"])]
        rows, labels = self.x.flatten(0, 1), self.y.flatten()
        return Program(self.parameters(), rows, labels, self.batch, networks, record=record)

    def train(self, steps: int) -> None:
        """Train networks from the start, as the suite does on this device."""
        random = [torch.Generator().manual_seed(seed) for seed in range(self.seeds)]
        with torch.no_grad():
            train(self.parameters(), self.x, self.y, {**SETTINGS, "steps": steps}, random)

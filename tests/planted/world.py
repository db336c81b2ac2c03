"""Worlds whose true errors are known: curves, planted tasks, and learners that err as planted.

A planted learner stands in for one of the suite: it has its name, its label and its limits, and
errs at the rate that the world says, seed by seed. A planted task stands in for one of the suite
and shows the label of a row openly, so that a learner can get as many rows wrong as it must.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_scaling.spec.protocols import Block, Fit, Learner, Settings, Task
from pytest_scaling.spec.traits import judged_rows

SHARED_ROWS = 0.9  # of the test rows: as hard for one learner as for another, and at every m
SHARED_LUCK = 0.5  # of the variance between seeds: that of the rows which all learners see
CLASSES = {"covertype": 7, "mnist": 10, "mnist1d": 10, "words": 12}  # equal ones, elsewhere two
POKER = "poker"  # tasks named so show the same hands, half of which are in one class

Rows = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # features (rows, 1) and labels (rows,)


@dataclass(frozen=True)
class Law:
    """A power law with a floor: `start` with 256 rows."""

    start: float
    floor: float
    exponent: float

    def __call__(self, m: int) -> float:
        return self.floor + (self.start - self.floor) * (m / 256) ** -self.exponent


@dataclass(frozen=True)
class Through:
    """Straight lines, on logarithmic axes, through given errors; level before and after them."""

    errors: Mapping[int, float]

    def __call__(self, m: int) -> float:
        sizes, errors = np.log(list(self.errors)), np.log(list(self.errors.values()))
        return math.exp(float(np.interp(math.log(m), sizes, errors)))


Curve = Law | Through
Curves = Mapping[str, Curve]  # by the name of the learner, or by a pattern such as "descent-*"


def flat(error: float) -> Law:
    return Law(error, error, 1.0)


@dataclass(frozen=True)
class Normal:
    """A metric with a normal distribution over seeds. `steps` and `cap` hold its logarithm."""

    mean: float
    spread: float = 0.0


Metrics = Mapping[str, Mapping[str, Normal]]  # by learner, as Curves are, and by name


def found(name: str, *planted: Mapping[str, Any]) -> Any:
    """What the first of these says about a name, by the name itself or by a pattern; or None."""
    for each in planted:
        for pattern in (name, *each):
            if pattern in each and fnmatchcase(name, pattern):
                return each[pattern]
    return None


@dataclass(frozen=True)
class World:
    """What is true of every learner.

    Attributes:
        errors: expected errors by learner.
        on: the same for tasks on which it differs, by the names of tasks or by patterns.
        metrics: by learner, for those that label no rows; on_metrics for tasks that differ.
        spread: standard deviation of an error over seeds, as a share of the error.
        collapse: by learner, share of the seeds on which training diverges; `warned` tells
            whether learners say so.
        leaps: by learner, what may be added to its error on a seed, each as likely as the others.
        on_cuda: what training on a GPU adds to an error.
        known: whether learners tell what is planted, which then says which tasks count.
    """

    name: str
    errors: Curves
    on: Mapping[str, Curves] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=dict)
    on_metrics: Mapping[str, Metrics] = field(default_factory=dict)
    spread: float = 0.007
    collapse: Mapping[str, float] = field(default_factory=dict)
    warned: bool = False
    leaps: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    on_cuda: float = 0.0
    known: bool = True

    def plan(self, learner: str, task: str, m: int) -> dict[str, Any]:
        """What is planted for one arm, as settings of the learner.

        Raises Unplanted where nothing is.
        """
        metrics = found(learner, found(task, self.on_metrics) or {}, self.metrics)
        if metrics is not None:
            planted = {name: [each.mean, each.spread] for name, each in metrics.items()}
            return {"world": self.name, "metrics": planted}
        curve = found(learner, found(task, self.on) or {}, self.errors)
        if curve is None:
            raise Unplanted(f"nothing is planted for {learner} in the world {self.name!r}")
        return {
            "world": self.name,
            "error": curve(m),
            "spread": self.spread,
            "collapse": self.collapse.get(learner, 0.0),
            "leaps": self.leaps.get(learner, ()),
            "on_cuda": self.on_cuda,
        }


class Unplanted(LookupError):
    """A world does not say how well a learner does."""


@dataclass(frozen=True)
class PlantedTask:
    """A task of the suite, with its labels to be seen, beside the numbers of row and part."""

    real: Task
    version: int = 1

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def classes(self) -> int:
        return self.real.classes

    @property
    def bayes_error(self) -> float | None:
        return getattr(self.real, "bayes_error", None)

    @property
    def tiers(self) -> tuple[str, ...] | None:
        return getattr(self.real, "tiers", None)

    @property
    def suite_tiers(self) -> tuple[str, ...]:
        every = ("quick", "standard", "full")
        return getattr(self.real, "suite_tiers", self.tiers or every)

    @property
    def most_rows(self) -> int | None:
        return getattr(self.real, "most_rows", None)

    @property
    def resplit(self) -> bool:
        return getattr(self.real, "resplit", False)

    def draw(self, seed: int, m: int) -> Rows:
        return self._rows(2 * seed, m)

    def test_set(self, seed: int) -> Rows:
        return self._rows(2 * seed + 1, self.real.test_rows)  # type: ignore[attr-defined]

    def _rows(self, part: int, count: int) -> Rows:
        """Classes in turn, in their exact shares; the same labels for every seed."""
        rows = np.arange(count, dtype=np.int64)
        labels = rows % self.classes
        if self.name.startswith(POKER):
            labels = np.where(rows % 2, 1 + rows // 2 % (self.classes - 1), 0)
        return np.column_stack([labels, rows, np.full_like(rows, part)]), labels.astype(np.uint8)


@dataclass(frozen=True)
class PlantedLearner:
    """A learner of the suite that errs as its world says. Its settings are what is planted."""

    real: Learner
    world: World
    version: int = 1

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def label(self) -> str:
        return getattr(self.real, "label", self.real.name)

    @property
    def may_collapse(self) -> bool:
        return self.world.warned or getattr(self.real, "may_collapse", False)

    @property
    def shares(self) -> tuple[str, ...]:
        return getattr(self.real, "shares", ())

    def judged_rows(self, metric: str, m: int) -> int:
        return judged_rows(self.real, metric, m)

    @property
    def with_relu(self) -> PlantedLearner:
        return PlantedLearner(self.real.with_relu, self.world)  # type: ignore[attr-defined]

    @property
    def shifted(self) -> PlantedLearner:
        return PlantedLearner(self.real.shifted, self.world)  # type: ignore[attr-defined]

    def in_tier(self, tier: str) -> PlantedLearner:
        """The learner by the name that it has in no tier in particular, as worlds name it."""
        real: Any = self.real
        return replace(self, real=replace(real, widths=())) if hasattr(real, "widths") else self

    def largest_m(self, tier: str) -> int:
        limit = getattr(self.real, "largest_m", None)
        return 10**9 if limit is None else limit(tier)

    def settings(self, task: str, m: int) -> Settings:
        return self.world.plan(self.name, task, m)

    def expected(self, task: str, m: int) -> Mapping[str, float]:
        """What is planted, and what guessing comes to, where the world lets it be known."""
        planted = self.world.plan(self.name, task, m)
        if not self.world.known or "error" not in planted:
            return {}
        majority = 1 - 1 / CLASSES.get(task, 2)
        return {"error": planted["error"], "majority_error": majority}

    def fit_predict(self, block: Block, settings: Settings, device: str) -> Fit:
        seeds, rows = block.x_test.shape[:2]
        rows_of = POKER if block.task.startswith(POKER) else block.task
        where = f"{settings['world']}/{settings.get('replicate', '')}/{rows_of}"
        arm = f"{block.task}/{self.name}/{block.x.shape[1]}/{device}"
        own = luck(f"{where}/{arm}", block.seeds[0])
        if "metrics" in settings:
            return measured(settings["metrics"], own, seeds)
        shared = common(where, block.seeds[0], seeds, round(SHARED_ROWS * rows))
        error = settings["error"] + settings["on_cuda"] * (device == "cuda")
        errors = planted_errors(error, settings["spread"], shared, own)
        if settings["leaps"]:
            errors = errors + own.choice(settings["leaps"], seeds)
        labels = shown(block) ^ wrong_rows(errors, shared, own, rows)  # the class beside
        labels[labels == block.classes] = 0  # the last of an odd number has none beside it
        diverged = own.random(seeds) < settings["collapse"]
        return Fit(labels, diverged)


def shown(block: Block) -> NDArray[np.uint8]:
    """The labels of the test rows, (seeds, rows), which planted tasks show in their one column."""
    return block.x_test[:, :, 0].astype(np.uint8, copy=False)


def luck(key: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(key.encode()), seed])


@dataclass(frozen=True, eq=False)
class Common:
    """What all learners have in common on a block of seeds.

    Attributes:
        luck: (seeds,), standard normal: how lucky the training rows are.
        difficulty: (seeds, rows), uniform: how hard each of the shared test rows is.
    """

    luck: NDArray[np.float64]
    difficulty: NDArray[np.float32]


@lru_cache(maxsize=32)
def common(where: str, first: int, seeds: int, rows: int) -> Common:
    random = luck(where, first)
    return Common(random.standard_normal(seeds), random.random((seeds, rows), dtype=np.float32))


def planted_errors(
    error: float, spread: float, shared: Common, own: np.random.Generator
) -> NDArray[np.float64]:
    """The error of each seed, (seeds,): log-normal, with the planted one as its mean.

    The mean of its logarithm is lower by the same for every learner and m, so that relative gains
    are as planted, too.
    """
    alone = own.standard_normal(len(shared.luck))
    z = math.sqrt(SHARED_LUCK) * shared.luck + math.sqrt(1 - SHARED_LUCK) * alone
    return error * np.exp(spread * z - spread**2 / 2)


def wrong_rows(
    errors: NDArray[np.float64], shared: Common, own: np.random.Generator, rows: int
) -> NDArray[np.bool_]:
    """Which test rows are wrong, (seeds, rows): those that are harder than the learner can do."""
    seeds, known = shared.difficulty.shape
    alone = own.random((seeds, rows - known), dtype=np.float32)
    limit = errors[:, None].astype(np.float32)
    return np.concatenate([shared.difficulty < limit, alone < limit], axis=1)


def measured(
    metrics: Mapping[str, tuple[float, float]], own: np.random.Generator, seeds: int
) -> Fit:
    """Metrics of learners that label no rows."""
    values = {
        name: mean + spread * own.standard_normal(seeds) for name, (mean, spread) in metrics.items()
    }
    for name in ("steps", "cap"):
        if name in values:
            values[name] = np.ceil(np.exp(values[name]))
    return Fit(None, np.zeros(seeds, dtype=bool), values)

"""A trial: one learner on one task at one number of rows, for one block of seeds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..adapters.metrics import Metric
from ..spec import traits
from ..spec.forms import check_arm
from ..spec.protocols import Learner, Settings, Task
from .fingerprint.fingerprint import Fingerprint, fingerprint
from .identity import IDENTITY_SCHEMA, canonical, family_of, sha256
from .seeds import BLOCKS, REPLICATE_STRIDE, VERDICT_SEEDS, may_judge

ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-fA-F]+>")  # how Python shows most objects


@dataclass(frozen=True, eq=False)
class Arm:
    """One learner on one task with m training rows, or a function of a seed without both.

    A replicate is the same arm on disjoint seeds. device: where it trains, if not on the run's
    device. metric: what the plugin makes of predictions, beside the error.

    ClaimError where learner, task or m is none.
    """

    learner: Learner
    task: Task | None = None
    m: int = 0
    replicate: int = 0
    device: str = ""
    metric: Metric | None = None

    def __post_init__(self) -> None:
        check_arm(self.learner, self.task, self.m)

    @cached_property
    def settings(self) -> Settings:
        """The learner's settings here, as plain JSON values.

        A LookupError of the learner passes through; ValueError where they are not JSON.
        """
        settings = self.learner.settings(self.task_name, self.m)
        where = f"The settings of {self.learner.name}{self.place}"
        try:
            text = canonical(dict(settings))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where} must be plain finite JSON values: {error}.") from error
        if address := ADDRESS.search(text):
            raise ValueError(
                f"{where} hold {address[0]}, which is another text in every process; "
                f"give what tells such objects apart."
            )
        plain: Settings = json.loads(text)
        return plain

    @cached_property
    def fingerprints(self) -> dict[str, Fingerprint]:
        """Of learner, task and metric: the code, data and libraries that decide the result."""
        return {name: fingerprint(part) for name, part in self.parts.items()}

    @property
    def parts(self) -> dict[str, Any]:
        """The learner, and the task and the metric where it has them."""
        parts = {"learner": self.learner, "task": self.task, "metric": self.metric}
        return {name: part for name, part in parts.items() if part is not None}

    @property
    def task_name(self) -> str:
        """The name of the task; empty where there is none."""
        return "" if self.task is None else self.task.name

    @property
    def judged_by(self) -> str:
        """The name of the metric that the plugin makes of predictions; empty without one."""
        return "" if self.metric is None else self.metric.name

    @property
    def place(self) -> str:
        """Where it trains, as in " on mnist1d with m = 16,384"; empty without a task."""
        return "" if self.task is None else f" on {self.task.name} with m = {self.m:,}"

    @property
    def label(self) -> str:
        """The learner in words."""
        return traits.label(self.learner)

    @property
    def title(self) -> str:
        """The arm in words, as in "large network on mnist1d, m = 16,384"."""
        place = "" if self.task is None else f" on {self.task.name}, m = {self.m:,}"
        title = f"{self.label}{place}"
        replicate = f", replicate {self.replicate}" if self.replicate else ""
        return f"{title}{replicate}{f', on {self.device}' if self.device else ''}"

    @cached_property
    def _key(self) -> tuple[object, ...]:
        code = [(name, found.code, found.data) for name, found in self.fingerprints.items()]
        versions = [traits.version(part) for part in (self.learner, self.task) if part is not None]
        names = (self.learner.name, self.task_name, self.judged_by)
        return (*names, *versions, *code, self.m, self.replicate, self.device)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Arm) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)


@dataclass(frozen=True, eq=False)
class Trial:
    """One arm on one block of seeds; equal to every trial that must have the same result.

    one_at_a_time: train the seeds one after the other, which takes less memory and is another
    trial: batching seeds may change the last bits. test_rows: the most rows of a test set to
    judge on; None for all of them. seed: the one seed of the block to train, of a learner whose
    seeds are trials of their own.

    ValueError where its seeds are not among those of verdicts.
    """

    arm: Arm
    block: int
    device: str = "cpu"
    seed_offset: int = 0
    one_at_a_time: bool = False
    test_rows: int | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        if not may_judge(self.seeds[0], self.seeds[-1]):
            raise ValueError(
                f"{self.description}: a verdict's seeds are from 0 to {VERDICT_SEEDS - 1:,}; "
                f"those beyond are left to tuning."
            )

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that tasks and learners see."""
        if self.seed is not None:
            return (self.seed,)
        shift = self.seed_offset + REPLICATE_STRIDE * self.arm.replicate
        start, stop = BLOCKS[self.block]
        return tuple(range(shift + start, shift + stop))

    @cached_property
    def parts(self) -> tuple[Trial, ...]:
        """The trials that make it up: itself, or one for each seed where seeds are not batched."""
        together = traits.batch_seeds(self.arm.learner)
        if self.seed is not None or (together and not traits.one_seed_at_a_time(self.arm.task)):
            return (self,)
        return tuple(replace(self, seed=seed) for seed in self.seeds)

    @cached_property
    def first(self) -> Trial:
        """The trial of the arm's first block, or of its first seed where seeds are not batched.

        It decides whether results under other code may be kept.
        """
        first = replace(self, block=0, seed=None)
        return first if self.seed is None else first.parts[0]

    @property
    def is_first(self) -> bool:
        """Whether it is the first of its arm."""
        return self.seeds == self.first.seeds

    @property
    def ingredients(self) -> dict[str, Any]:
        """Everything that determines the result, as plain JSON values."""
        from .rows.score import score

        found = {**self.arm.fingerprints, "metrics": fingerprint(score)}
        return {
            **self._declared,
            "code": {name: {"code": each.code, "data": each.data} for name, each in found.items()},
            "versions": {k: v for each in found.values() for k, v in each.versions.items()},
        }

    @cached_property
    def _declared(self) -> dict[str, Any]:
        """The ingredients that follow from what is declared, not from code and libraries."""
        learner = self.arm.learner
        return {
            "schema": IDENTITY_SCHEMA,
            **self._of_task,
            "learner": {"name": learner.name, "version": traits.version(learner)},
            "settings": self.arm.settings,
            "seeds": list(self.seeds),
            "device": self.device.partition(":")[0],
            "dtype": "float32",
            "deterministic": True,
            **({"seeds_at_once": 1} if self.one_at_a_time else {}),
            **({"judged_by": self.arm.judged_by} if self.arm.judged_by else {}),
        }

    @property
    def _of_task(self) -> dict[str, Any]:
        """The ingredients that a function of a seed has not."""
        task = self.arm.task
        if task is None:
            return {}
        return {
            "task": {"name": task.name, "version": traits.version(task), "classes": task.classes},
            "m": self.arm.m,
            **({"test_rows": self.test_rows} if self.test_rows is not None else {}),
        }

    @cached_property
    def family(self) -> str:
        """What it shares with trials that differ only in seeds, code and libraries: a SHA-256."""
        return family_of(self._declared)

    @property
    def luck(self) -> int:
        """Seeds the global random numbers that careless code draws from, 0 to 2**32 - 1."""
        return int(sha256(self._declared)[:8], 16)

    @cached_property
    def identity(self) -> str:
        """SHA-256 of the ingredients, in hexadecimal digits."""
        return sha256(self.ingredients)

    @cached_property
    def description(self) -> str:
        """The trial in words, as in "large network on mnist1d, m = 16,384, seeds 0-4"."""
        manner = ", one at a time" if self.one_at_a_time else ""
        first, last = self.seeds[0], self.seeds[-1]
        seeds = f"seed {first}" if first == last else f"seeds {first}-{last}"
        return f"{self.arm.title}, {seeds}{manner}"

    @property
    def divisible(self) -> bool:
        """Whether it trains several seeds at once, and could train them one after another."""
        return not self.one_at_a_time and len(self.seeds) > 1

    @property
    def batches(self) -> list[tuple[int, ...]]:
        """The seeds that are trained together."""
        return [(seed,) for seed in self.seeds] if self.one_at_a_time else [self.seeds]

    @property
    def cost(self) -> float:
        """Seconds that it takes, roughly: for the order of trials and the time left."""
        return traits.cost(self.arm.learner, self.arm.task_name, self.arm.m) * len(self.seeds)

    def __eq__(self, other: object) -> bool:
        return self.identity == other.identity if isinstance(other, Trial) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identity)

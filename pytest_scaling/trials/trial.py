"""A trial: one learner on one task at one number of rows, for one block of seeds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..spec import traits
from ..spec.forms import check_arm
from ..spec.protocols import Learner, Settings, Task
from .fingerprint.fingerprint import Fingerprint, fingerprint
from .identity import IDENTITY_SCHEMA, canonical, family_of, sha256
from .seeds import BLOCKS, REPLICATE_STRIDE, VERDICT_SEEDS, may_judge

ADDRESS = re.compile(r"<[^<>]* at 0x[0-9a-fA-F]+>")  # how Python shows most objects


@dataclass(frozen=True, eq=False)
class Arm:
    """One learner on one task with m training rows.

    A replicate is the same arm on disjoint seeds. device: where it trains, if not on the run's
    device.

    ClaimError where learner, task or m is none.
    """

    learner: Learner
    task: Task
    m: int
    replicate: int = 0
    device: str = ""

    def __post_init__(self) -> None:
        check_arm(self.learner, self.task, self.m)

    @cached_property
    def settings(self) -> Settings:
        """The learner's settings here, as plain JSON values.

        A LookupError of the learner passes through; ValueError where they are not JSON.
        """
        settings = self.learner.settings(self.task.name, self.m)
        where = f"The settings of {self.learner.name} on {self.task.name} with m = {self.m:,}"
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
    def fingerprints(self) -> tuple[Fingerprint, Fingerprint]:
        """Of the learner and the task: the code, data and libraries that decide the result."""
        return fingerprint(self.learner), fingerprint(self.task)

    @property
    def label(self) -> str:
        """The learner in words."""
        return traits.label(self.learner)

    @property
    def title(self) -> str:
        """The arm in words, as in "large network on mnist1d, m = 16,384"."""
        title = f"{self.label} on {self.task.name}, m = {self.m:,}"
        replicate = f", replicate {self.replicate}" if self.replicate else ""
        return f"{title}{replicate}{f', on {self.device}' if self.device else ''}"

    @property
    def _key(self) -> tuple[object, ...]:
        learner, task = self.learner, self.task
        code = [(found.code, found.data) for found in self.fingerprints]
        versions = (traits.version(learner), traits.version(task))
        return learner.name, task.name, *versions, *code, self.m, self.replicate, self.device

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
        if self.seed is not None or traits.batch_seeds(self.arm.learner):
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

        learner, task = self.arm.fingerprints
        metrics = fingerprint(score)
        return {
            **self._declared,
            "code": {
                "learner": {"code": learner.code, "data": learner.data},
                "task": {"code": task.code, "data": task.data},
                "metrics": {"code": metrics.code, "data": metrics.data},
            },
            "versions": {**metrics.versions, **task.versions, **learner.versions},
        }

    @cached_property
    def _declared(self) -> dict[str, Any]:
        """The ingredients that follow from what is declared, not from code and libraries."""
        learner, task = self.arm.learner, self.arm.task
        return {
            "schema": IDENTITY_SCHEMA,
            "task": {"name": task.name, "version": traits.version(task), "classes": task.classes},
            "learner": {"name": learner.name, "version": traits.version(learner)},
            "settings": self.arm.settings,
            "m": self.arm.m,
            "seeds": list(self.seeds),
            "device": self.device.partition(":")[0],
            "dtype": "float32",
            "deterministic": True,
            **({"seeds_at_once": 1} if self.one_at_a_time else {}),
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

    @property
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
        return traits.cost(self.arm.learner, self.arm.task.name, self.arm.m) * len(self.seeds)

    def __eq__(self, other: object) -> bool:
        return self.identity == other.identity if isinstance(other, Trial) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identity)

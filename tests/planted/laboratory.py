"""A result source without a pool or a store: every trial is computed on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pytest_scaling.spec.protocols import Block
from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.rows.score import score
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import draw

Results = tuple[SeedResult, ...]
Drawn = tuple[Block, NDArray[np.integer]]


@dataclass
class Bench:
    """A result source that draws, trains and scores here. Every replicate has its own luck.

    drawn: the rows of planted tasks, which are the same in all replicates.
    """

    replicate: str = ""
    drawn: dict[tuple[str, int, int], Drawn] = field(default_factory=dict)
    known: dict[tuple[Arm, int], Results] = field(default_factory=dict)

    def anew(self, replicate: str) -> Bench:
        return Bench(replicate, self.drawn)

    def results(self, trials: Sequence[Trial]) -> list[Results]:
        return [self.result(trial) for trial in trials]

    def result(self, trial: Trial) -> Results:
        key = (trial.arm, trial.block)
        if key not in self.known:
            self.known[key] = self.compute(trial)
        return self.known[key]

    def compute(self, trial: Trial) -> Results:
        arm = trial.arm
        key = (arm.task.name, arm.m, trial.seeds[0])
        if key not in self.drawn:
            self.drawn[key] = draw(trial, trial.seeds)
        block, y_test = self.drawn[key]
        settings = {**arm.settings, "replicate": self.replicate}
        fit = arm.learner.fit_predict(block, settings, trial.device)
        return tuple(score(block, y_test, fit, 0.0))

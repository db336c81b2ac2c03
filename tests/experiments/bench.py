"""A workbench without training: tasks and learners that are only names, and planted results."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pytest_scaling.experiments.experiment import Experiment
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.tier import DEFAULT_TIERS
from pytest_scaling.statistics.scope import CellLevels
from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.trial import Arm, Trial

DRAWS = 10  # training sets of a seed where settings are compared
TIERS = {
    tier.name: replace(tier, draws=1 if tier.name == "quick" else DRAWS) for tier in DEFAULT_TIERS
}

ROWS = 1_000  # test rows of a seed
MAJORITY = 0.5  # error of the majority class
EFFECT = 0.05  # of error: the smallest effect of the claims here


@dataclass(frozen=True)
class Name:
    """A learner, or a task where it has classes: nothing but a name."""

    name: str
    version: int = 1
    label: str = ""
    classes: int = 2
    bayes_error: float | None = None
    may_collapse: bool = False

    def __post_init__(self):
        object.__setattr__(self, "label", self.label or self.name)

    def settings(self, task, m):
        return {}

    def fit_predict(self, block, settings, device):
        raise NotImplementedError

    def draw(self, seed, m):
        raise NotImplementedError

    def test_set(self, seed):
        raise NotImplementedError


@dataclass(frozen=True)
class Modest(Name):
    """A learner that affords few rows."""

    most_rows: int = 256

    def largest_m(self, tier):
        return self.most_rows


TASK, GOOD, POOR = Name("xor"), Name("good"), Name("poor")


@dataclass
class Bench:
    """A result source that gives `error(arm, seed)`, or whole metrics, and remembers the questions.

    An error is a whole number of the test rows, the first of which are the wrong ones.
    """

    error: Callable[[Arm, int], float]
    diverged: Callable[[Arm, int], bool] = lambda arm, seed: False
    metrics: Callable[[Arm, int], dict[str, float]] | None = None
    asked: list[list[Trial]] = field(default_factory=list)

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        self.asked.append(list(trials))
        return [tuple(self.result(trial.arm, seed) for seed in trial.seeds) for trial in trials]

    def result(self, arm: Arm, seed: int) -> SeedResult:
        if self.metrics is not None:
            return SeedResult(seed, self.metrics(arm, seed), None, 0, self.diverged(arm, seed), 0.0)
        wrong = round(self.error(arm, seed) * ROWS)
        correct = np.packbits(np.arange(ROWS) >= wrong).tobytes()
        metrics = {"error": wrong / ROWS, "majority_error": MAJORITY}
        return SeedResult(seed, metrics, correct, ROWS, self.diverged(arm, seed), 0.0)


def planted(**errors: float | Callable[[int], float]) -> Bench:
    """A bench with an error for each learner, or a function from seeds to errors."""

    def error(arm: Arm, seed: int) -> float:
        planted = errors[arm.learner.name]
        return planted(seed) if callable(planted) else planted

    return Bench(error)


def swinging(error: float, spread: float) -> Callable[[int], float]:
    """Errors that lie above and below a mean in turn."""
    return lambda seed: error + spread * (-1) ** seed


def experiment(bench: Bench, *, support=0.01, refute=0.01, tier="quick", **claim) -> Experiment:
    """The measurements of a claim whose smallest effect is 0.05 of error."""
    stated = Claim("it", "It is so", **({"smallest_effect": EFFECT} | claim))
    return Experiment(stated, CellLevels(support, refute), bench, TIERS[tier])

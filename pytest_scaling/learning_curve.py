"""Error against m: one learner on one task, its gains, and whether there is anything to gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from .claim import ClaimError
from .estimate import ERROR, LOG_ERROR, Estimate, Unit
from .trials.laboratory import NotYet
from .trials.trial import Arm

if TYPE_CHECKING:
    from .claim import Claim
    from .statistics.sequential import Interval
    from .trials.block import Learner, Task
    from .trials.result import SeedResult

    Results = tuple[SeedResult, ...]


@dataclass(frozen=True)
class Samples:
    """Values of one quantity, one per seed, and how they are judged at a one-sided level."""

    values: Any  # (n,) floats
    interval: Callable[[float], Interval]
    notes: tuple[str, ...] = ()


class Sampler(Protocol):
    """What a curve needs of the experiment that measures it."""

    claim: Claim

    def looks(self, arms: Sequence[Arm]) -> list[int]: ...
    def sample_all(self, arms: Sequence[Arm], n: int) -> list[Results]: ...
    def estimate(
        self,
        arms: Sequence[Arm],
        reduce: Callable[[list[Results]], Samples],
        *,
        about: str,
        measured: str,
        unit: Unit,
        bound: str = ...,
    ) -> Estimate: ...


@dataclass(frozen=True)
class LearningCurve:
    """The errors of one learner over the sizes of a tier; nested training sets, seed by seed.

    Attributes:
        sizes: numbers of training rows m, in ascending order.
        first_look: the results at each size; empty while a run is being planned.
    """

    sampler: Sampler
    learner: Learner
    task: Task
    sizes: tuple[int, ...]
    first_look: dict[int, Results]

    @classmethod
    def measure(
        cls, sampler: Sampler, learner: Learner, task: Task, sizes: tuple[int, ...]
    ) -> LearningCurve:
        """Measure every size at the first look."""
        arms = [Arm(learner, task, m) for m in sizes]
        try:
            results = sampler.sample_all(arms, sampler.looks(arms)[0])
        except NotYet:
            return cls(sampler, learner, task, sizes, {})
        return cls(sampler, learner, task, sizes, dict(zip(sizes, results, strict=True)))

    def gain(self, start: int, end: int, *, bound: str = "smallest_effect") -> Estimate:
        """How far the error falls from m = start to m = end, paired by seed."""
        return self.sampler.estimate(
            [Arm(self.learner, self.task, start), Arm(self.learner, self.task, end)],
            lambda results: paired(results[0], results[1], "error"),
            about=f"fall of the error of {self._name} from m = {start:,} to {end:,}",
            measured=f"fall of the error, {start:,} to {end:,}",
            unit=ERROR,
            bound=bound,
        )

    def relative_gain(self, start: int, end: int, *, bound: str) -> Estimate:
        """The same as a share of the error; judged as the logarithm of the ratio."""
        return self.sampler.estimate(
            [Arm(self.learner, self.task, start), Arm(self.learner, self.task, end)],
            lambda results: relative(results[0], results[1]),
            about=f"relative fall of the error of {self._name} from m = {start:,} to {end:,}",
            measured=f"relative fall, {start:,} to {end:,}",
            unit=LOG_ERROR,
            bound=bound,
        )

    def require_learning(self) -> None:
        """Leave the cell as not applicable where no size beats the majority class.

        Judged by the means of the first look: the smallest effect must be reached somewhere.
        """
        gains = [
            sum(r.metrics["majority_error"] - r.metrics["error"] for r in results) / len(results)
            for results in self.first_look.values()
        ]
        if gains and max(gains) < (self.sampler.claim.smallest_effect or 0.0):
            pytest.skip(f"{self._name} never beats the majority class")

    def require_room(self, m: int) -> None:
        """Leave the cell as not applicable where the task is used up at m."""
        if self.used_up(m):
            pytest.skip(f"{self._name} is at the Bayes error with m = {m:,}")

    def used_up(self, m: int) -> bool:
        """Whether the error is shown to be within the smallest effect of the Bayes error."""
        bayes_error = getattr(self.task, "bayes_error", None)
        if bayes_error is None or m not in self.first_look:
            return False
        errors = [result.metrics["error"] for result in self.first_look[m]]
        claim = self.sampler.claim
        return bool(mean_interval(errors, claim.level).high < bayes_error + claim.smallest_effect)

    @property
    def _name(self) -> str:
        return f"{getattr(self.learner, 'label', self.learner.name)} on {self.task.name}"


def mean_interval(values: Sequence[float], level: float) -> Interval:
    import numpy as np

    from .statistics.sequential import paired_interval

    return paired_interval(np.asarray(values), lower_level=level, upper_level=level)


def paired(first: Results, second: Results, metric: str) -> Samples:
    """Differences of a metric, floored by the noise of the test rows where there are labels."""
    import numpy as np

    from .statistics.sequential import noise_floor, paired_interval

    values = np.array(
        [metric_of(a, metric) - metric_of(b, metric) for a, b in zip(first, second, strict=True)]
    )
    labelled = metric == "error" and first[0].rows
    floor = noise_floor(discordances(first, second), first[0].rows) if labelled else 0.0
    return Samples(
        values,
        lambda level: paired_interval(
            values, lower_level=level, upper_level=level, noise_floor=floor
        ),
        diverged_notes(first, second),
    )


def relative(first: Results, second: Results) -> Samples:
    """Logarithms of the ratio of two errors, floored by the noise of the test rows."""
    import numpy as np

    from .statistics.plateau import noise_floor as log_noise
    from .statistics.plateau import relative_gain
    from .statistics.sequential import paired_interval

    before, after = (
        np.array([metric_of(result, "error") for result in each]) for each in (first, second)
    )
    values = relative_gain(before, after, first[0].rows)
    floor = log_noise(discordances(first, second), before, after, first[0].rows)
    return Samples(
        values,
        lambda level: paired_interval(
            values, lower_level=level, upper_level=level, noise_floor=floor
        ),
        diverged_notes(first, second),
    )


def discordances(first: Results, second: Results) -> Any:
    """Per seed, the number of test rows that exactly one of the two gets right: (n,)."""
    import numpy as np

    from .trials.result import discordant

    return np.array([discordant(a, b) for a, b in zip(first, second, strict=True)])


def metric_of(result: SeedResult, metric: str) -> float:
    try:
        return result.metrics[metric]
    except KeyError:
        known = ", ".join(sorted(result.metrics))
        raise ClaimError(f"there is no metric {metric!r}; these trials have {known}") from None


def diverged_notes(*arms: Results) -> tuple[str, ...]:
    count = sum(result.diverged for results in arms for result in results)
    runs = sum(map(len, arms))
    return (f"{count} of {runs} runs diverged and count as the majority class",) if count else ()

"""Forecasts: what a scaling law fitted to smaller training sets predicts for a larger one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..spec.traits import label
from .estimate import Estimate
from .quantities import Samples, diverged_notes, metric_of, relative
from .units import LOG_ERROR, LOG_RATIO

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from ..trials.result import Results
    from ..trials.trial import Arm
    from .sampling import Sampler

SIZES = 6  # halvings of m that the law is fitted to


@dataclass(frozen=True)
class Forecast:
    """A power law with a floor, fitted to m/64, m/32, ... m/2, and what it predicts for m."""

    sampler: Sampler
    learner: Learner
    task: Task
    m: int

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(self.m >> halvings for halvings in range(SIZES, 0, -1))

    def _arms(self, sizes: Sequence[int]) -> list[Arm]:
        return [self.sampler.arm(self.learner, self.task, m) for m in sizes]

    def gain(self, *, bound: str) -> Estimate:
        """By how much, relative to itself, the error should fall over the last doubling."""
        from ..statistics.scaling_law import forecast

        def reduce(results: list[Results]) -> Samples:
            made = forecast(self.sizes, errors(results), self.m, results[0][0].rows)
            floor = relative(results[-2], results[-1]).floor
            return Samples(made.relative_gain, floor, diverged_notes(*results), per_seed=False)

        return self.sampler.estimate(
            self._arms(self.sizes),
            reduce,
            about=f"relative fall of the error of {self._name} that {self._law} predicts",
            measured=f"forecast of the relative fall, {self.m // 2:,} to {self.m:,}",
            unit=LOG_ERROR,
            bound=bound,
        )

    def miss(self, *, bound: str) -> Estimate:
        """The measured error over the predicted one, as a logarithm."""
        from ..statistics.scaling_law import miss

        def reduce(results: list[Results]) -> Samples:
            *known, last = results
            measured = errors([last])[0]
            values = miss(self.sizes, errors(known), self.m, measured, last[0].rows)
            floor = relative(known[-1], last).floor
            return Samples(values, floor, diverged_notes(*results), per_seed=False)

        return self.sampler.estimate(
            self._arms((*self.sizes, self.m)),
            reduce,
            about=f"error of {self._name} over the one that {self._law} predicts",
            measured=f"measured over predicted, {self.m:,}",
            unit=LOG_RATIO,
            bound=bound,
        )

    @property
    def _name(self) -> str:
        return f"{label(self.learner)} on {self.task.name} with m = {self.m:,}"

    @property
    def _law(self) -> str:
        return f"a power law up to m = {self.m // 2:,}"


def errors(results: list[Results]) -> list[list[float]]:
    """Errors by size and seed."""
    return [[metric_of(each, "error") for each in arm] for arm in results]

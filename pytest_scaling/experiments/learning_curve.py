"""Error against m: one learner on one task, its gains, and whether there is anything to gain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ..spec import traits
from ..spec.errors import ClaimError
from ..trials.seeds import APART
from ..trials.sources import NotYet
from .estimate import Estimate
from .quantities import differences, over, relative
from .units import ERROR, LOG_ERROR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..spec.protocols import Learner, Task
    from ..trials.result import Results
    from ..trials.trial import Arm
    from .sampling import Sampler


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
        arms = [sampler.arm(learner, task, m) for m in sizes]
        try:
            results = sampler.sample_all(arms, sampler.looks(arms)[0])
        except NotYet:
            return cls(sampler, learner, task, sizes, {})
        return cls(sampler, learner, task, sizes, dict(zip(sizes, results, strict=True)))

    def _arm(self, m: int) -> Arm:
        return self.sampler.arm(self.learner, self.task, m)

    def gain(self, start: int, end: int, *, bound: str = "smallest_effect") -> Estimate:
        """How far the error falls from m = start to m = end, paired by seed."""
        self._require_rows(start, end)
        return self.sampler.estimate(
            [self._arm(start), self._arm(end)],
            lambda results: differences(results[0], results[1], ("error", "error")),
            about=f"fall of the error of {self._name} from m = {start:,} to {end:,}",
            measured=f"fall of the error, {start:,} to {end:,}",
            unit=ERROR,
            bound=bound,
        )

    def relative_gain(self, start: int, end: int, *, bound: str) -> Estimate:
        """The same as a share of the error; judged as the logarithm of the ratio."""
        self._require_rows(start, end)
        return self.sampler.estimate(
            [self._arm(start), self._arm(end)],
            lambda results: relative(results[0], results[1]),
            about=f"relative fall of the error of {self._name} from m = {start:,} to {end:,}",
            measured=f"relative fall, {start:,} to {end:,}",
            unit=LOG_ERROR,
            bound=bound,
        )

    def above_bayes(self, m: int, *, bound: str = "smallest_effect") -> Estimate:
        """How far the error with m rows lies above the Bayes error, which the task must state."""
        least = traits.bayes_error(self.task)
        if least is None:
            raise ClaimError(f"the Bayes error of {self.task.name} is not known")
        return self.sampler.estimate(
            [self._arm(m)],
            lambda results: over(results[0], least),
            about=f"error of {self._name} minus the Bayes error, m = {m:,}",
            measured=f"error - Bayes error, {m:,}",
            unit=ERROR,
            bound=bound,
        )

    def require_learning(self) -> None:
        """Leave the cell as not applicable where the largest size does not beat the majority class.

        It must by the smallest effect: by what the learner is known for (`expected`), or by the
        mean of seeds that are not judged.
        """
        if self._learnt(self.sizes[-1]) < (self.sampler.claim.smallest_effect or 0.0):
            pytest.skip(f"{self._name} never beats the majority class")

    def require_room(self, m: int) -> None:
        """Leave the cell as not applicable where the task is used up at m."""
        if self.used_up(m):
            pytest.skip(f"{self._name} is at the Bayes error with m = {m:,}")

    def _require_rows(self, start: int, end: int) -> None:
        """Leave the cell as not applicable where the task has too few rows for such a step."""
        if not start < end:
            pytest.skip(f"{self.task.name} has too few rows to go from m = {start:,} to {end:,}")

    def used_up(self, m: int) -> bool:
        """Whether the error is known to be within the smallest effect of the Bayes error.

        It is known as it is to `require_learning`; where it was measured, by its interval.
        """
        bayes_error = traits.bayes_error(self.task)
        if bayes_error is None:
            return False
        claim = self.sampler.claim
        limit = bayes_error + (claim.smallest_effect or 0.0)
        known = traits.expected(self.learner, self.task, m)
        if known:
            return known["error"] < limit
        results = self._apart(m)
        if not results:
            return False
        errors = over(results, 0.0).judged_by(self.sampler.rule)
        return bool(errors.interval(claim.level).high < limit)

    def _learnt(self, m: int) -> float:
        """By how much the error is known to lie below that of the majority class.

        Infinity while a run is being planned.
        """
        known = traits.expected(self.learner, self.task, m)
        metrics = [known] if known else [result.metrics for result in self._apart(m)]
        gains = [each["majority_error"] - each["error"] for each in metrics]
        return sum(gains) / len(gains) if gains else math.inf

    def _apart(self, m: int) -> Results:
        """A first look at seeds that are not judged; empty while a run is being planned.

        What the judged seeds say would favour the tasks on which they are lucky.
        """
        arm = self.sampler.arm(self.learner, self.task, m, replicate=APART)
        try:
            return self.sampler.sample(arm, self.sampler.looks([arm])[0])
        except NotYet:
            return ()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the error against m, every seed of the first look and their mean; returns the axes.

        ax: of matplotlib, by default those of a new figure; several curves may share them.
        """
        from .display import draw_curve

        return draw_curve(self._name, self.errors, ax)

    @property
    def errors(self) -> dict[int, list[float]]:
        """The errors of the first look by m, seed by seed."""
        return {
            m: [result.metrics["error"] for result in results]
            for m, results in self.first_look.items()
        }

    def _repr_html_(self) -> str:
        from .display import html_table

        means = {f"m = {m:,}": sum(each) / len(each) for m, each in self.errors.items()}
        return html_table(
            f"error of {self._name}, mean over seeds",
            {name: ERROR.write(mean) for name, mean in means.items()},
        )

    @property
    def _name(self) -> str:
        return f"{traits.label(self.learner)} on {self.task.name}"

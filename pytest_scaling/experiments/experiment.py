"""The measurements that a claim's body can ask for, each by the fixture of the same name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..spec.traits import in_tier, sizes
from ..trials.sources import NotYet
from .comparison import Comparisons, Ranking
from .estimate import Decision
from .forecast import Forecast
from .learning_curve import LearningCurve
from .quantities import metric_of
from .reversal import Reversal
from .units import STATEMENT

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from .stopwatch import Stopwatch


@dataclass(repr=False)
class Experiment(Comparisons):
    """The measurements of one cell of one claim."""

    def measure(self, learner: Learner, metric: str, *, task: Task, m: int) -> Sequence[float]:
        """One metric of one learner for each seed of the first look, without judging it."""
        arm = self.arm(learner, task, m)
        try:
            results = self.sample(arm, self.looks([arm])[0])
        except NotYet:
            return [math.nan]
        return [metric_of(result, metric) for result in results]

    def reversal(self, rival: Learner, learner: Learner, *, tasks: Sequence[Task], m: int) -> Any:
        """The difference of two learners on every task, to see whether its sign depends on it."""
        return Reversal.measure(self, rival, learner, tasks, m)

    def curve(self, learner: Learner, *, task: Task) -> LearningCurve:
        """Error against m, over the tier's sizes that learner and task can handle."""
        learner = in_tier(learner, self.tier)
        return LearningCurve.measure(self, learner, task, sizes(self.tier, task, learner))

    def forecast(self, learner: Learner, *, task: Task, m: int) -> Forecast:
        """What a power law fitted to six sizes below m predicts for the error with m rows."""
        return Forecast(self, in_tier(learner, self.tier), task, m)

    def ranking(self, *learners: Learner, task: Task, m: int) -> Ranking:
        """The learners in the order named, from the one expected worst to the one expected best.

        Their curves over the tier's sizes are measured too, so that the ranking can be seen.
        """
        curves = tuple(self.curve(learner, task=task) for learner in learners)
        return Ranking(self, curves, m)

    @property
    def stopwatch(self) -> Stopwatch:
        """stopwatch(a, b): log ratio of two times; stopwatch.seconds(a, b, ...): these times."""
        from .stopwatch import Stopwatch

        return Stopwatch(self)

    def exact(self, holds: Any, about: str) -> Decision:
        """A statement without noise: true or false at once. `holds` may be an array of truths."""
        from ..statistics.verdict import Verdict

        truth = bool(holds.all()) if hasattr(holds, "all") else bool(holds)
        verdict = Verdict.SUPPORTED if truth else Verdict.REFUTED
        decision = Decision(about, verdict, bound_name=STATEMENT.name, evidence=self.evidence)
        self.evidence.decisions.append(decision)
        return decision

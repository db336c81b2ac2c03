"""The measurements that a claim's body can ask for, each by the fixture of the same name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..adapters.arms import metric_of as metric_of_arms
from ..adapters.metrics import ERROR, Metric, by_its_words
from ..spec.traits import in_tier, sizes
from ..trials.sources import NotYet
from .comparison import Comparisons, Ranking
from .estimate import Decision, Estimate
from .forecast import Forecast
from .learning_curve import LearningCurve
from .measures.improvement import judged, level_of, measured
from .quantities import metric_of
from .reversal import Reversal
from .units import STATEMENT

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from .stopwatch import Stopwatch


@dataclass(repr=False)
class Experiment(Comparisons):
    """The measurements of one cell of one claim."""

    def measure(
        self, learner: Learner, metric: str, *, task: Task | None = None, m: float | None = None
    ) -> Sequence[float]:
        """One metric of one learner for each seed of the first look, without judging it."""
        learner = in_tier(learner, self.tier)
        chosen = metric_of_arms(metric, (learner,))
        declared = chosen if isinstance(chosen, Metric) else None
        arm = judged(learner, task, m, 0, "", declared)
        try:
            results = self.sample(arm, self.looks([arm])[0])
        except NotYet:
            return [math.nan]
        if declared is not None:
            return list(measured(results, declared).values)
        return [metric_of(result, metric) for result in results]

    def estimate_of(
        self,
        learner: Learner,
        *,
        metric: Metric | str | Callable[..., Any] | None = None,
        task: Task | None = None,
        m: float | None = None,
        bound: str | None = None,
    ) -> Estimate:
        """How good one arm is: the mean of a metric over seeds, in the metric's unit.

        bound: the name of the declared bound that it is compared with; the smallest effect, or
        the one bound of the claim, where it is left out.
        """
        learner = in_tier(learner, self.tier)
        chosen = metric_of_arms(metric, (learner,))
        if isinstance(chosen, str):
            chosen = ERROR if chosen == ERROR.name else by_its_words(chosen)
        arm = judged(learner, task, m, 0, "", None if chosen is ERROR else chosen)
        return level_of(self, arm, chosen, bound or self._only_bound())

    def _only_bound(self) -> str:
        """The bound that is meant where none is named."""
        declared = list(self.claim.all_bounds)
        return declared[0] if len(declared) == 1 else "smallest_effect"

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

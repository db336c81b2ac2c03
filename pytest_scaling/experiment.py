"""Measuring: arms and seeds in, estimates out.

Sampling goes look by look until the interval contains none of the bounds that it was told to go
by, or the tier's cap is reached. It never depends on the comparison that follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from .claim import Claim, ClaimError
from .estimate import (
    ERROR,
    LOG_STEPS,
    STATEMENT,
    Decision,
    Estimate,
    Evidence,
    Joint,
    Unit,
)
from .learning_curve import LearningCurve, Samples, metric_of, paired
from .trials.laboratory import Laboratory, NotYet
from .trials.trial import Arm, Trial, blocks_for

if TYPE_CHECKING:
    from .statistics.scope import CellLevels
    from .tier import Tier
    from .trials.block import Learner, Task
    from .trials.result import SeedResult

    Results = tuple[SeedResult, ...]

FIRST_LOOK = 5
FIRST_LOOK_WHERE_RUNS_COLLAPSE = 10  # seeds, for learners that say `may_collapse`


@dataclass(repr=False)
class Experiment:
    """The measurements of one cell of one claim."""

    claim: Claim
    levels: CellLevels
    laboratory: Laboratory
    tier: Tier
    device: str = "cpu"
    seed_offset: int = 0
    evidence: Evidence = field(default_factory=Evidence)
    arms: dict[Arm, Results] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<experiment of the claim {self.claim.id!r}>"

    def sample(self, arm: Arm, n: int) -> Results:
        """The first n seeds of an arm."""
        (results,) = self.sample_all([arm], n)
        return results

    def sample_all(self, arms: Sequence[Arm], n: int) -> list[Results]:
        """The first n seeds of every arm, asked for together."""
        plan = [(arm, [self._trial(arm, block) for block in blocks_for(n)]) for arm in arms]
        results = iter(self.laboratory.results([trial for _, each in plan for trial in each]))
        sampled = []
        for arm, trials in plan:
            seeds = tuple(itertools.chain.from_iterable(itertools.islice(results, len(trials))))
            if len(seeds) > len(self.arms.get(arm, ())):
                self.arms[arm] = seeds
            sampled.append(seeds)
        return sampled

    def _trial(self, arm: Arm, block: int) -> Trial:
        return Trial(arm, block, self.device, self.seed_offset)

    def looks(self, arms: Sequence[Arm]) -> list[int]:
        """The numbers of seeds at which these arms are judged."""
        from .statistics.sequential import LOOKS

        fragile = any(getattr(arm.learner, "may_collapse", False) for arm in arms)
        first = FIRST_LOOK_WHERE_RUNS_COLLAPSE if fragile else FIRST_LOOK
        return [n for n in LOOKS if first <= n <= self.tier.most_seeds]

    def estimate(
        self,
        arms: Sequence[Arm],
        reduce: Callable[[list[Results]], Samples],
        *,
        about: str,
        measured: str,
        unit: Unit,
        bound: str = "smallest_effect",
        parts: int = 1,
    ) -> Estimate:
        """Sample the arms until the interval leaves the declared bound, or to the cap.

        parts: how many statements the estimate is one of, joined by "and"; refuting any of
        them refutes all, so each is refuted at a smaller level.
        """
        from .statistics.sequential import decided

        bounds = self._bounds(bound)
        refute = self.levels.refute / (parts * self.claim.parts)
        try:
            for n in self.looks(arms):
                results = self.sample_all(arms, n)
                samples = reduce(results)
                interval, refuting = samples.interval(self.levels.support), samples.interval(refute)
                if all(decided(each, bounds.values()) for each in (interval, refuting)):
                    break
        except NotYet:
            return Unmeasured(about, measured, unit, bounds)
        return Estimate(
            about=about,
            measured=measured,
            unit=unit,
            interval=interval,
            refuting=refuting,
            seeds=tuple(result.seed for result in results[0]),
            samples=tuple(samples.values.tolist()),
            bounds=bounds,
            level=self.levels.support,
            refute_level=refute,
            most_seeds=self.tier.most_seeds,
            evidence=self.evidence,
            notes=samples.notes,
            parts=parts * self.claim.parts,
        )

    def _bounds(self, name: str) -> dict[str, float]:
        declared = self.claim.all_bounds
        if name not in declared:
            raise ClaimError(
                f"claim {self.claim.id!r} measures with the bound {name!r} but declares "
                f"{', '.join(declared) or 'none'}; declare it in @claim"
            )
        return {name: declared[name]}

    # What a claim's body calls, each by the fixture of the same name.

    def measure(self, learner: Learner, metric: str, *, task: Task, m: int) -> Sequence[float]:
        """One metric of one learner for each seed of the first look, without a judgement."""
        arm = Arm(learner, task, m)
        try:
            results = self.sample(arm, self.looks([arm])[0])
        except NotYet:
            return [math.nan]
        return [metric_of(result, metric) for result in results]

    def compare(
        self,
        rival: Learner,
        learner: Learner,
        *,
        metric: str = "error",
        task: Task,
        m: int,
        bound: str = "smallest_effect",
        parts: int = 1,
    ) -> Estimate:
        """How much larger `metric` is for `rival` than for `learner`, paired by seed.

        Both train on the same m rows of a seed and are judged on the same test rows.
        """
        return self.estimate(
            [Arm(rival, task, m), Arm(learner, task, m)],
            lambda results: paired(results[0], results[1], metric),
            about=f"{metric} of {label(rival)} minus {label(learner)} on {task.name}, m = {m:,}",
            measured=f"{label(rival)} - {label(learner)}, {m:,}",
            unit=ERROR,
            bound=bound,
            parts=parts,
        )

    def curve(self, learner: Learner, *, task: Task) -> LearningCurve:
        """Error against m, over the tier's sizes that the learner can afford."""
        sizes = self.tier.reach(largest_m(learner, self.tier))
        return LearningCurve.measure(self, learner, task, sizes)

    def ranking(self, *learners: Learner, task: Task, m: int) -> Ranking:
        """The learners in the order named, from the one expected worst to the one expected best.

        Their curves over the tier's sizes are measured too, so that the ranking can be seen.
        """
        for learner in learners:
            self.curve(learner, task=task)
        return Ranking(self, learners, task, m)

    def race(
        self, *, slow: Learner, fast: Learner, task: Task, m: int, disjoint: bool = False
    ) -> Estimate:
        """Log ratio of the steps that two learners need to reach their target, paired by seed.

        A learner reports the metric `steps` (above `cap` where it never arrived) and `cap`.
        disjoint: give the second learner other seeds, for comparing a learner with itself.
        """
        return self.estimate(
            [Arm(slow, task, m), Arm(fast, task, m, replicate=int(disjoint))],
            lambda results: raced(results[0], results[1]),
            about=f"steps of {label(slow)} over {label(fast)} on {task.name}, m = {m:,}",
            measured=f"{label(slow)} / {label(fast)}, {m:,}",
            unit=LOG_STEPS,
        )

    def exact(self, holds: Any, about: str) -> Decision:
        """A statement without noise: true or false at once. `holds` may be an array of truths."""
        from .statistics.verdict import Verdict

        truth = bool(holds.all()) if hasattr(holds, "all") else bool(holds)
        verdict = Verdict.SUPPORTED if truth else Verdict.REFUTED
        decision = Decision(about, verdict, bound_name=STATEMENT.name)
        self.evidence.decisions.append(decision)
        return decision


@dataclass(frozen=True)
class Ranking:
    """Learners in an expected order on one task at one m."""

    experiment: Experiment
    learners: tuple[Learner, ...]
    task: Task
    m: int

    @property
    def steps(self) -> Joint:
        """What each learner gains on the one before it, all at once.

        A step is left out where the task is used up: the one before is already within the
        smallest effect of the Bayes error. With no step left the cell is not applicable.
        """
        pairs = [
            (before, after)
            for before, after in itertools.pairwise(self.learners)
            if not self.experiment.curve(before, task=self.task).used_up(self.m)
        ]
        if not pairs:
            pytest.skip(f"on {self.task.name} even {label(self.learners[0])} is at the Bayes error")
        return Joint(
            tuple(
                self.experiment.compare(
                    before, after, task=self.task, m=self.m, parts=len(self.learners) - 1
                )
                for before, after in pairs
            )
        )


class Unmeasured(Estimate):
    """Stands for an estimate whose trials are not there yet, while a run is being planned.

    Every comparison passes, so that the body goes on and shows what else it will ask for.
    """

    def __init__(self, about: str, measured: str, unit: Unit, bounds: dict[str, float]) -> None:
        from .statistics.sequential import Interval

        unknown = Interval(math.nan, math.nan, math.nan, math.nan, 0)
        super().__init__(
            about, measured, unit, unknown, unknown, (), (), bounds, math.nan, 0, Evidence()
        )

    def _compare(self, operator: str, bound: float) -> Decision:
        from .statistics.verdict import Verdict

        return Decision(self.about, Verdict.SUPPORTED, operator, bound, "", self)

    def equivalent(self, bound: float) -> Decision:
        return self._compare("within", bound)


def label(learner: Learner) -> str:
    return str(getattr(learner, "label", learner.name))


def largest_m(learner: Learner | None, tier: Tier) -> int | None:
    """The most rows a learner can afford in a tier; None where it sets no limit."""
    limit = getattr(learner, "largest_m", None)
    return None if limit is None else int(limit(tier.name))


def raced(slow: Results, fast: Results) -> Samples:
    """Log ratios of steps, with runs that never arrived kept as censored."""
    import numpy as np

    from .statistics.race import log_ratio, race_interval

    cap = metric_of(slow[0], "cap")
    samples = log_ratio(
        np.array([metric_of(result, "steps") for result in slow]),
        np.array([metric_of(result, "steps") for result in fast]),
        cap,
    )
    censored = sum(metric_of(result, "steps") > cap for result in (*slow, *fast))
    note = (f"{censored} of {len(slow) + len(fast)} runs never arrived",) if censored else ()
    return Samples(
        samples.support,
        lambda level: race_interval(samples, lower_level=level, upper_level=level),
        note,
    )

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

from ..spec.declaration import Claim, ClaimError
from ..spec.traits import label, sizes
from ..trials.seeds import blocks_for
from ..trials.sources import Laboratory, NotYet
from ..trials.trial import Arm, Trial
from .comparison import Ranking, difference_in_words, first, measured_in_words, second, unit_of
from .estimate import Decision, Estimate, Evidence, Joint, Unmeasured
from .forecast import Forecast
from .learning_curve import LearningCurve
from .quantities import Samples, average, differences, interaction, metric_of, raced
from .reversal import Reversal
from .sampling import FIRST_LOOK, FIRST_LOOK_WHERE_RUNS_COLLAPSE, overlap_of
from .units import ERROR, LOG_STEPS, STATEMENT, Unit

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from ..spec.tier import Tier
    from ..statistics.scope import CellLevels
    from ..trials.result import Results
    from .stopwatch import Stopwatch


@dataclass(repr=False)
class Experiment:
    """The measurements of one cell of one claim."""

    claim: Claim
    levels: CellLevels
    laboratory: Laboratory
    tier: Tier
    device: str = "cpu"
    seed_offset: int = 0
    clock: Callable[[], float] | None = None  # seconds; none while a run is only being planned
    evidence: Evidence = field(default_factory=Evidence)
    arms: dict[Arm, Results] = field(default_factory=dict)
    discordant: dict[tuple[Arm, Arm], tuple[int, ...]] = field(default_factory=dict)

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
        return Trial(
            arm,
            block,
            arm.device or self.device,
            self.seed_offset,
            test_rows=self.tier.test_rows,
        )

    def looks(self, arms: Sequence[Arm]) -> list[int]:
        """The numbers of seeds at which these arms are judged."""
        from ..statistics.interval import LOOKS

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
        levels: CellLevels | None = None,
        either_sign: bool = False,
        metric: str = "error",
    ) -> Estimate:
        """Sample the arms until the interval leaves the declared bound, or to the cap.

        reduce: may count the test rows in which two arms differ where these stand side by side.
        parts: how many statements the estimate is one of, joined by "and"; refuting any of
        them refutes all, so each is refuted at a smaller level. levels: in place of the cell's.
        either_sign: the bound counts below zero too.
        """
        from ..statistics.verdict import beyond_reach, decided

        levels = levels or self.levels
        bounds = self.bounds_of(bound, either_sign)
        refute = levels.refute / (parts * self.claim.parts)
        looks = tuple(self.looks(arms))
        designed: dict[str, Any] = {
            "about": about,
            "measured": measured,
            "unit": unit,
            "bounds": bounds,
            "level": levels.support,
            "refute_level": refute,
            "most_seeds": self.tier.most_seeds,
            "evidence": self.evidence,
            "parts": parts * self.claim.parts,
            "metric": metric,
            "arms": tuple(arms),
            "looks": looks,
        }
        try:
            for n in looks:
                results = self.sample_all(arms, n)
                samples = reduce(results)
                overlap = overlap_of(arms, results)
                interval = samples.interval(levels.support, overlap)
                refuting = samples.interval(refute, overlap)
                judged = ((interval, levels.support), (refuting, refute))
                if all(decided(each, bounds.values()) for each, _ in judged):
                    break
                if all(
                    beyond_reach(each, bounds.values(), level, looks[-1]) for each, level in judged
                ):
                    break
        except NotYet:
            return Unmeasured(**designed)
        self._count_discordant(arms, results)
        return Estimate(
            interval=interval,
            refuting=refuting,
            seeds=tuple(result.seed for result in results[0]),
            samples=tuple(samples.values.tolist()),
            notes=samples.notes,
            floor=samples.floor,
            **designed,
        )

    def _count_discordant(self, arms: Sequence[Arm], results: Sequence[Results]) -> None:
        """Keep, seed by seed, in how many test rows the arms that stand side by side differ."""
        for (a, ours), (b, theirs) in itertools.pairwise(zip(arms, results, strict=True)):
            kept = len(self.discordant.get((a, b), ()))
            if ours[0].shares_rows(theirs[0]) and len(ours) > kept:
                self.discordant[a, b] = tuple(
                    one.discordant(other) for one, other in zip(ours, theirs, strict=True)
                )

    def bounds_of(self, name: str, either_sign: bool = False) -> dict[str, float]:
        """The declared bound of a name, by name; with its negative where both signs count."""
        declared = self.claim.all_bounds
        if name not in declared:
            raise ClaimError(
                f"claim {self.claim.id!r} measures with the bound {name!r} but declares "
                f"{', '.join(declared) or 'none'}; declare it in @claim"
            )
        bound = declared[name]
        both = either_sign or name in self.claim.equivalences
        return {name: bound, f"-{name}": -bound} if both else {name: bound}

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
        metric: str | tuple[str, str] = "error",
        task: Task | tuple[Task, Task],
        m: int | tuple[int, int],
        bound: str = "smallest_effect",
        disjoint: bool = False,
        devices: tuple[str, str] = ("", ""),
        parts: int = 1,
    ) -> Estimate:
        """How much larger `metric` is for `rival` than for `learner`, paired by seed.

        Both train on the same rows of a seed and are judged on the same test rows. task, m and
        metric may be pairs, the rival's and the learner's. disjoint: give the learner other
        seeds, for comparing one with itself. devices: where each of them trains. Metrics named
        `log_...` are natural logarithms.
        """
        arms = [
            Arm(rival, first(task), first(m), device=devices[0]),
            Arm(learner, second(task), second(m), int(disjoint), devices[1]),
        ]
        metrics = (first(metric), second(metric))
        return self.estimate(
            list(dict.fromkeys(arms)),  # one where two metrics of the same arm are compared
            lambda results: differences(results[0], results[-1], metrics),
            about=difference_in_words(arms, metrics),
            measured=measured_in_words(arms, metrics),
            unit=unit_of(metrics[0]),
            bound=bound,
            parts=parts,
            metric=" - ".join(dict.fromkeys(metrics)),
        )

    def interaction(
        self, weak: Learner, strong: Learner, *, task: Task, m: tuple[int, int]
    ) -> Estimate:
        """How much more `strong` gains on `weak` with the larger m than with the smaller.

        One difference of differences of the error per seed.
        """
        small, large = m
        return self.estimate(
            [Arm(learner, task, size) for size in (small, large) for learner in (weak, strong)],
            lambda results: interaction(*results),
            about=f"gain from {label(weak)} to {label(strong)} on {task.name} with m = {large:,} "
            f"minus that with m = {small:,}",
            measured=f"gain by size, {large:,} - {small:,}",
            unit=ERROR,
        )

    def reversal(self, rival: Learner, learner: Learner, *, tasks: Sequence[Task], m: int) -> Any:
        """The difference of two learners on every task, to see whether its sign depends on it."""
        return Reversal.measure(self, rival, learner, tasks, m)

    def spread(
        self,
        worst: Learner,
        best: Learner,
        *,
        against: tuple[Learner, Learner],
        task: Task,
        m: int,
    ) -> Joint:
        """How much further two settings of a learner lie apart than two learners do.

        Which settings do worst and best is named beforehand, on other seeds: chosen from these
        they would lie apart by chance alone. The learners may lie apart either way round, so
        there are two differences of differences, of which the smaller decides. A seed stands for
        as many training sets as the tier says: where m is small, their luck is what hides an
        effect, and they cost little.
        """

        def reduce(results: list[Results]) -> Samples:
            starts = range(0, len(results), 4)
            return average([interaction(*results[start : start + 4]) for start in starts])

        def excess(rival: Learner, learner: Learner) -> Estimate:
            four = (rival, learner, worst, best)
            return self.estimate(
                [Arm(each, task, m, draw) for draw in range(self.tier.draws) for each in four],
                reduce,
                about=f"error of {label(worst)} minus {label(best)}, less that of {label(rival)} "
                f"minus {label(learner)}, on {task.name}, m = {m:,}",
                measured=f"settings - ({label(rival)} - {label(learner)}), {m:,}",
                unit=ERROR,
                parts=2,
            )

        rival, learner = against
        return Joint((excess(rival, learner), excess(learner, rival)))

    def curve(self, learner: Learner, *, task: Task) -> LearningCurve:
        """Error against m, over the tier's sizes that learner and task can afford."""
        return LearningCurve.measure(self, learner, task, sizes(self.tier, task, learner))

    def forecast(self, learner: Learner, *, task: Task, m: int) -> Forecast:
        """What a power law fitted to six sizes below m says of the error with m rows."""
        return Forecast(self, learner, task, m)

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
            metric="steps",
        )

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
        decision = Decision(about, verdict, bound_name=STATEMENT.name)
        self.evidence.decisions.append(decision)
        return decision

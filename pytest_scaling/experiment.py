"""Measuring: arms and seeds in, estimates out.

Sampling goes look by look until the interval contains none of the bounds that it was told to go
by, or the tier's cap is reached. It never depends on the comparison that follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from .declaration import Claim, ClaimError
from .estimate import (
    ERROR,
    LOG_RATIO,
    LOG_STEPS,
    NUMBER,
    STATEMENT,
    Decision,
    Estimate,
    Evidence,
    Joint,
    Unit,
    Unmeasured,
)
from .forecast import Forecast
from .learning_curve import LearningCurve
from .quantities import Samples, average, differences, interaction, metric_of, raced
from .reversal import Reversal
from .trials.laboratory import Laboratory, NotYet
from .trials.trial import Arm, Trial, blocks_for

if TYPE_CHECKING:
    from .statistics.scope import CellLevels
    from .stopwatch import Stopwatch
    from .tier import Tier
    from .trials.block import Learner, Task
    from .trials.result import SeedResult

    Results = tuple[SeedResult, ...]

T = TypeVar("T")
LOGARITHM = "log_"  # begins the name of a metric that is a natural logarithm
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
        from .statistics.sequential import beyond_reach, decided

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
        for (a, first), (b, second) in itertools.pairwise(zip(arms, results, strict=True)):
            if first[0].shares_rows(second[0]) and len(first) > len(
                self.discordant.get((a, b), ())
            ):
                self.discordant[a, b] = tuple(
                    one.discordant(other) for one, other in zip(first, second, strict=True)
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


def label(learner: Learner) -> str:
    return str(getattr(learner, "label", learner.name))


def largest_m(learner: Learner | None, tier: Tier) -> int | None:
    """The most rows a learner can afford in a tier; None where it sets no limit."""
    limit = getattr(learner, "largest_m", None)
    return None if limit is None else int(limit(tier.name))


def sizes(tier: Tier, task: Task | None, learner: Learner | None) -> tuple[int, ...]:
    """The tier's numbers of rows that task and learner can afford; all rows of finite data last."""
    most_rows = getattr(task, "most_rows", None)
    limits = [limit for limit in (most_rows, largest_m(learner, tier)) if limit is not None]
    smallest_m = getattr(learner, "smallest_m", None)
    least = 0 if smallest_m is None else int(smallest_m(tier.name))
    reach = tuple(m for m in tier.reach(min(limits, default=None)) if m >= least)
    if most_rows is not None and most_rows == min(limits) and 0 < most_rows < tier.sizes[-1]:
        return tuple(dict.fromkeys((*reach, most_rows)))
    return reach


def overlap_of(arms: Sequence[Arm], results: Sequence[Results]) -> float:
    """By how much seeds overlap where they are resplits of one data set, else zero."""
    split = [
        (outcome[0].rows, int(getattr(arm.task, "most_rows", arm.m)))
        for arm, outcome in zip(arms, results, strict=True)
        if getattr(arm.task, "resplit", False)
    ]
    if not split:
        return 0.0
    from .statistics.resplit import overlap

    return max(overlap(tested, trained) for tested, trained in split)


def spoken(metric: str) -> str:
    """A metric in words; the difference of two logarithms is shown as the ratio that it is."""
    return metric.removeprefix(LOGARITHM).replace("_", " ")


def unit_of(metric: str) -> Unit:
    if metric.startswith(LOGARITHM):
        return LOG_RATIO
    return ERROR if "error" in metric else NUMBER


def first(pair: T | tuple[T, T]) -> T:
    return pair[0] if isinstance(pair, tuple) else pair


def second(pair: T | tuple[T, T]) -> T:
    return pair[1] if isinstance(pair, tuple) else pair


def measured_in_words(arms: Sequence[Arm], metrics: tuple[str, str]) -> str:
    """What a comparison measures, for a table: metric, learners, numbers of rows."""
    sides = [arm.label for arm in arms]
    if metrics[0] != metrics[1]:
        sides = [spoken(metric) for metric in metrics]
    elif metrics[0] != "error":
        sides[0] = f"{spoken(metrics[0])}, {sides[0]}"
    between = " / " if metrics[0].startswith(LOGARITHM) else " - "
    rows = dict.fromkeys(f"{arm.m:,}" for arm in arms)
    return f"{between.join(sides)}, {' - '.join(rows)}"


def difference_in_words(arms: Sequence[Arm], metrics: tuple[str, str]) -> str:
    """What a comparison measures, with whatever both arms share said once."""
    rival, learner = arms
    names = [spoken(metric) for metric in metrics]
    minus = "over" if metrics[0].startswith(LOGARITHM) else "minus"
    if all(
        getattr(rival, shared) == getattr(learner, shared) for shared in ("task", "m", "device")
    ):
        if len(set(names)) > 1 and rival.learner.name == learner.learner.name:
            words = f"{names[0]} {minus} {names[1]} of {rival.label}"
        else:
            words = f"{names[0]} of {rival.label} {minus} {learner.label}"
        return f"{words} on {rival.task.name}, m = {rival.m:,}"
    return f"{names[0]} of {rival.title} {minus} {learner.title}"

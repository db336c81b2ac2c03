"""Sampling: trials in, one estimate out, look by look.

Sampling goes on until the interval contains none of the bounds that it was given, or the tier's cap
is reached. It never depends on the comparison that follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..adapters.data import Data
from ..spec import traits
from ..spec.declaration import LEVEL, Claim
from ..spec.errors import ClaimError
from ..trials.rows.shared import fixed_test_rows
from ..trials.seeds import blocks_for
from ..trials.sources import NotYet, ResultSource
from ..trials.trial import Arm, Trial
from .estimate import Estimate, Evidence, Unmeasured
from .quantities import JUDGED_BY, Rule, Samples
from .units import Unit

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from ..spec.tier import Tier
    from ..statistics.interval import Interval
    from ..statistics.scope import CellLevels
    from ..trials.result import Results

FIRST_LOOK = {Rule.MEAN: 5, Rule.MEAN_AND_MEDIAN: 7}  # seeds
FIRST_LOOK_WHERE_RUNS_COLLAPSE = 10  # seeds, for learners that say `may_collapse`
BOTH = " - "  # between the names of two metrics that are compared
ALL_ALIKE = (
    "0 and 1 are judged as failure and success; a learner that measures a share says so in `shares`"
)
FEWEST_ALIKE = 10  # seeds before values that are all the same are taken for what they seem


@dataclass(repr=False)
class Sampler:
    """Results of one cell of one claim, and the estimates made of them.

    statements: how many the body joins by "and"; refuting any of them refutes all, so each is
    refuted at a smaller level.
    """

    claim: Claim
    levels: CellLevels
    source: ResultSource
    tier: Tier
    device: str = "cpu"
    seed_offset: int = 0
    clock: Callable[[], float] | None = None  # seconds; none while a run is only being planned
    rule: Rule = JUDGED_BY
    evidence: Evidence = field(default_factory=Evidence)
    arms: dict[Arm, Results] = field(default_factory=dict)
    discordant: dict[tuple[Arm, Arm], tuple[int, ...]] = field(default_factory=dict)
    statements: int = 1

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of the claim {self.claim.id!r}>"

    def arm(
        self, learner: Learner, task: Task, m: int, replicate: int = 0, device: str = ""
    ) -> Arm:
        """An arm of the learner that the tier means."""
        return Arm(traits.in_tier(learner, self.tier), task, m, replicate, device)

    def sample(self, arm: Arm, n: int) -> Results:
        """The first n seeds of an arm."""
        (results,) = self.sample_all([arm], n)
        return results

    def sample_all(self, arms: Sequence[Arm], n: int) -> list[Results]:
        """The first n seeds of every arm, asked for together."""
        plan = [(arm, [self._trial(arm, block) for block in blocks_for(n)]) for arm in arms]
        results = iter(self.source.results([trial for _, each in plan for trial in each]))
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

        fragile = any(traits.may_collapse(arm.learner) for arm in arms)
        first = FIRST_LOOK_WHERE_RUNS_COLLAPSE if fragile else FIRST_LOOK[self.rule]
        most = [traits.most_seeds(arm.task) for arm in arms]
        cap = min([self.tier.most_seeds, *(seeds for seeds in most if seeds is not None)])
        found = [n for n in LOOKS if first <= n <= cap]
        if not found and cap < self.tier.most_seeds:
            raise ClaimError(
                f"{arms[0].task_name} has {cap} splits, and the first look takes {first} seeds; "
                f"give a splitter with more, such as ShuffleSplit"
            )
        if not found:
            raise ClaimError(
                f"the tier {self.tier.name} has at most {self.tier.most_seeds} seeds, and "
                f"{arms[0].label} is first judged with {first}; give the tier most_seeds={first}"
            )
        return found

    def estimate(
        self,
        arms: Sequence[Arm],
        reduce: Callable[[list[Results]], Samples],
        *,
        about: str,
        measured: str,
        unit: Unit,
        bound: str = "smallest_effect",
        levels: CellLevels | None = None,
        either_sign: bool = False,
        metric: str = "error",
        span: tuple[float, float] = (-math.inf, math.inf),
    ) -> Estimate:
        """Sample the arms until the interval excludes the declared bound, or to the cap.

        reduce: may count the test rows in which two arms differ where these stand side by side.
        levels: instead of the cell's. either_sign: the bound counts below zero too. span: what the
        quantity cannot lie beyond.
        """
        designed = {
            "about": about,
            "measured": measured,
            "unit": unit,
            "metric": metric,
            **self._design(arms, levels or self.levels),
            "bounds": self.bounds_of(bound, either_sign),
        }
        try:
            results, samples, interval, refuting = self._until_decided(arms, reduce, designed)
        except NotYet:
            return Unmeasured(**designed)
        self._count_discordant(arms, results)
        return Estimate(
            interval=within(interval, span),
            refuting=within(refuting, span),
            seeds=tuple(result.seed for result in results[0]),
            samples=tuple(samples.values.tolist()),
            notes=samples.notes,
            floor=samples.floor,
            typical=samples.typical,
            without_spread=samples.without_spread,
            **designed,
        )

    def _design(self, arms: Sequence[Arm], levels: CellLevels) -> dict[str, Any]:
        """The parts of an estimate that are fixed before anything is sampled."""
        return {
            "arms": tuple(arms),
            "level": levels.support,
            "refute_level": levels.refute / self.statements,
            "looks": tuple(self.looks(arms)),
            "most_seeds": self.tier.most_seeds,
            "evidence": self.evidence,
        }

    def _until_decided(
        self,
        arms: Sequence[Arm],
        reduce: Callable[[list[Results]], Samples],
        designed: Mapping[str, Any],
    ) -> tuple[list[Results], Samples, Interval, Interval]:
        """Results, samples and both intervals at the look at which sampling ends."""
        from ..statistics.verdict import beyond_reach, decided

        looks, bounds = designed["looks"], designed["bounds"].values()
        levels = (designed["level"], designed["refute_level"])
        for n in looks:
            results = self.sample_all(arms, n)
            samples = as_judged(reduce(results).judged_by(self.rule), arms, designed["metric"])
            if samples.without_spread and n < min(FEWEST_ALIKE, looks[-1]):
                continue
            samples, overlap = with_luck(samples, arms, results)
            check_overlap(samples, overlap)
            interval, refuting = (samples.interval(level, overlap) for level in levels)
            judged = ((interval, levels[0]), (refuting, levels[1]))
            if all(decided(each, bounds) for each, _ in judged):
                break
            if all(beyond_reach(each, bounds, level, looks[-1]) for each, level in judged):
                break
        check_spread(samples, designed["about"], designed["unit"])
        return results, samples, interval, refuting

    def _count_discordant(self, arms: Sequence[Arm], results: Sequence[Results]) -> None:
        """Keep, seed by seed, in how many test rows the arms that stand side by side differ."""
        for (a, ours), (b, theirs) in itertools.pairwise(zip(arms, results, strict=True)):
            kept = len(self.discordant.get((a, b), ()))
            labelled = "error" in ours[0].metrics and "error" in theirs[0].metrics
            if labelled and ours[0].shares_rows(theirs[0]) and len(ours) > kept:
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


def overlap_of(arms: Sequence[Arm], results: Sequence[Results]) -> float:
    """By how much seeds overlap where they are resplits of one data set, else zero.

    Raises ClaimError where a learner labels no rows: the overlap is that of the test rows.
    """
    for arm, outcome in zip(arms, results, strict=True):
        if traits.resplit(arm.task) and not outcome[0].rows:
            raise ClaimError(
                f"{arm.label} labels no test rows of {arm.task_name}, whose seeds are splits of one"
                f" data set, so nobody knows how much the luck of its seeds is shared; let it "
                f"label them, or measure on a task that draws new rows for each seed"
            )
    split = [
        (outcome[0].rows, traits.most_rows(arm.task) or arm.m)
        for arm, outcome in zip(arms, results, strict=True)
        if traits.resplit(arm.task) and not isinstance(arm.task, Data)
    ]
    known = [
        arm.task.overlap(tuple(result.seed for result in outcome))
        for arm, outcome in zip(arms, results, strict=True)
        if isinstance(arm.task, Data)
    ]
    if not split:
        return max(known, default=0.0)
    from ..statistics.interval import overlap

    return max([*known, *(overlap(tested, trained) for tested, trained in split)])


def within(interval: Interval, span: tuple[float, float]) -> Interval:
    """An interval without what lies beyond the range of the quantity."""
    low, high = (min(max(end, span[0]), span[1]) for end in (interval.low, interval.high))
    return replace(interval, low=low, high=high)


def as_judged(samples: Samples, arms: Sequence[Arm], metric: str) -> Samples:
    """The samples, not as successes and failures where the learners say that they are shares.

    Nothing but zeros may be either, and only the learner knows: five failures in a row are no
    certainty, while a share of zero five times may be.
    """
    if not samples.binary:
        return samples
    from ..statistics.interval import binary_floor

    shares = {name for arm in arms for name in traits.shares(arm.learner)}
    if set(metric.split(BOTH)) <= shares:
        return replace(samples, binary=False)
    floor = max(samples.floor, binary_floor(len(samples.values)))
    notes = samples.notes if samples.values.any() else (*samples.notes, ALL_ALIKE)
    return replace(samples, floor=floor, notes=notes)


def with_luck(
    samples: Samples, arms: Sequence[Arm], results: Sequence[Results]
) -> tuple[Samples, float]:
    """The samples, and by how much seeds overlap: parts of one data set, or the same test rows.

    The luck of test rows that all seeds share does not average out. It adds its variance to that
    of the mean, and a note to the samples, as the verdict is about these rows.
    """
    overlap = overlap_of(arms, results)
    pairs = zip(arms, results, strict=True)
    if not samples.luck or not any(fixed_test_rows(arm, each) for arm, each in pairs):
        return samples, overlap
    sd = samples.interval(LEVEL).sd  # the level does not matter to it
    note = f"all seeds are judged on the same {results[0][0].rows:,} test rows"
    return replace(samples, notes=(*samples.notes, note)), overlap + (samples.luck / sd) ** 2


def check_overlap(samples: Samples, overlap: float) -> None:
    """Raise ClaimError for outcomes of 0 and 1 of seeds that overlap: they have no interval."""
    if samples.binary and overlap:
        raise ClaimError(
            "outcomes of 0 and 1 whose seeds share rows have no exact interval; measure them on a "
            "task that draws new rows for each seed, or compare a number that is not only 0 or 1"
        )


def check_spread(samples: Samples, about: str, unit: Unit) -> None:
    """Raise ClaimError where every seed gave one value other than zero: that is no estimate.

    A difference of zero in all of them can refute, as two arms may agree; it supports nothing
    (`Estimate.decide`).
    """
    if samples.without_spread and samples.values[0] != 0:
        raise ClaimError(
            f"{about} is {unit.write(float(samples.values[0]))} for every one of "
            f"{len(samples.values)} seeds, so nothing is known about its spread; state a fact with "
            f"exact(...), or let the learner measure what depends on the seed"
        )

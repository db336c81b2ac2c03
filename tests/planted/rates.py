"""How often a planted claim comes out with each verdict, and whether that is as required."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pytest_scaling.experiments.evaluation import ClaimResult, Evaluation
from pytest_scaling.experiments.quantities import JUDGED_BY, Rule
from pytest_scaling.ledger.record import word
from pytest_scaling.spec.protocols import Task
from pytest_scaling.spec.scope import scope
from pytest_scaling.spec.tier import Tier

from .laboratory import Bench
from .suite import Planted, load, remembered, suite_tasks
from .world import World
from .worlds import TIERS

POWER = 0.75  # share of right verdicts where the effect is large
WRONG = {
    "S": ("refuted",),
    "s": ("refuted",),
    "R": ("supported",),
    "r": ("supported",),
    "B": ("supported", "refuted"),
}
RIGHT = {"S": "supported", "R": "refuted", "-": "not applicable"}


@dataclass
class Stage:
    """A world with the suite's claims in it, and the rows that its tasks have drawn so far."""

    world: World
    tier: Tier = TIERS["quick"]
    bench: Bench = field(default_factory=Bench)
    rule: Rule = JUDGED_BY

    @cached_property
    def claims(self) -> Mapping[str, Planted]:
        return load(self.world)

    @cached_property
    def suite(self) -> Sequence[Task]:
        return suite_tasks(self.world, self.tier.name)

    def rates(self, claim: str, replicates: int) -> Rates:
        """The verdicts on a claim, each replicate with luck that it shares with no other."""
        results = (self.evaluate(claim, f"{claim}/{number}") for number in range(replicates))
        counts = Counter(word(result.verdict) for result in results)
        return Rates(counts, self.claims[claim].claim.level)

    def evaluate(self, claim: str, replicate: str = "") -> ClaimResult:
        """One evaluation of a claim, without what is beside it."""
        planted = self.claims[claim]
        laid = scope(planted.claim, self.suite, self.tier, None, planted.body.arguments)
        counted = tuple(cell for cell in laid.cells if cell.counted)
        laid = dataclasses.replace(laid, cells=counted)
        bench = self.bench.anew(replicate)
        with remembered():
            return Evaluation(planted.body, laid, bench, self.tier, "cpu", 0, self.rule).verdict()


@dataclass(frozen=True)
class Rates:
    """How many evaluations came out with which verdict, of claims at one level."""

    counts: Counter[str]
    level: float

    @property
    def replicates(self) -> int:
        return self.counts.total()

    def share(self, verdict: str) -> float:
        return self.counts[verdict] / self.replicates

    def faults(self, letter: str) -> list[str]:
        """What is wrong, in words: too many wrong verdicts, or too few right ones."""
        most = band(self.level, self.replicates)
        found = [
            f"{verdict} in {self.share(verdict):.1%} of {self.replicates}, at most {most:.1%}"
            for verdict in WRONG.get(letter, ())
            if self.share(verdict) > most
        ]
        right = RIGHT.get(letter)
        if right and self.share(right) < POWER:
            found.append(f"{right} in {self.share(right):.1%} of {self.replicates} only")
        return found

    def __str__(self) -> str:
        return ", ".join(f"{verdict} {count}" for verdict, count in self.counts.most_common())


def band(level: float, replicates: int) -> float:
    """The largest share of wrong verdicts that is compatible with a level."""
    return level + 3 * math.sqrt(level * (1 - level) / replicates)


def together(rates: Iterable[Rates]) -> Rates:
    """The evaluations of several claims, of which the loosest sets the level."""
    rates = list(rates)
    return Rates(sum((each.counts for each in rates), Counter()), max(each.level for each in rates))

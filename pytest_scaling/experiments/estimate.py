"""Estimates, and the decisions that come from comparing one with a bound."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar

from _pytest.outcomes import Skipped  # `pytest.skip.Exception`, which has no type

from ..spec.errors import ClaimError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..statistics.interval import Interval
    from ..statistics.verdict import Verdict
    from ..trials.trial import Arm
    from .units import Unit


class Inconclusive(Skipped):
    """The interval still contains the bound at the last look: neither true nor false."""


@dataclass
class Evidence:
    """What the body of one cell has compared, in order, and what it is told about that.

    Attributes:
        whole: answer every question by yes, so that a body runs to its end and all that it
            compares is judged. Otherwise, as in a notebook, a verdict is the answer.
        denied: the question, counted from one, that is answered by no instead.
        asked: the decisions of every question for their truth, as `assert` asks it.
        left_out: statements that were not made because a task is used up.
    """

    decisions: list[Decision] = field(default_factory=list)
    whole: bool = False
    denied: int = 0
    asked: list[tuple[Decision, ...]] = field(default_factory=list)
    left_out: int = 0

    @property
    def statements(self) -> int:
        """How many statements can be wrong by chance: exact ones cannot."""
        return round(sum(1 / each.joined for each in self.decisions if each.estimate is not None))

    def was_asked(self, decision: Decision) -> bool:
        return any(id(decision) in ids(question) for question in self.asked)

    def answer(self, *decisions: Decision) -> bool:
        """Whether all of these hold; Inconclusive where that is open and is the answer."""
        places = [*map(ids, self.asked)]
        if ids(decisions) not in places:  # pytest asks again, to explain an assertion
            self.asked.append(decisions)
            places.append(ids(decisions))
        if self.whole:
            return places.index(ids(decisions)) + 1 != self.denied
        if any(each.verdict == "refuted" for each in decisions):
            return False
        for each in decisions:
            if each.verdict == "inconclusive":
                raise Inconclusive(each.sentence)
        return True


@dataclass(frozen=True)
class Estimate:
    """A measured quantity with its interval.

    Attributes:
        about: what was measured, in words; `measured` says it in a table's cell.
        interval: at the level that supports; `refuting` at the level that refutes, which is
            stricter where several statements or tasks share one claim.
        samples: one value per seed, in the order of `seeds`.
        bounds: the declared bounds that it may be compared with, by name.
        level, most_seeds: one-sided level of support, and the cap of the sampling.
        metric, arms, looks: what was measured of each of which arms, and the numbers of seeds at
            which sampling could end.
    """

    about: str
    measured: str
    unit: Unit
    interval: Interval
    refuting: Interval
    seeds: tuple[int, ...]
    samples: tuple[float, ...]
    bounds: dict[str, float]
    level: float
    most_seeds: int
    evidence: Evidence = field(repr=False, compare=False)
    notes: tuple[str, ...] = ()
    refute_level: float | None = None  # one-sided, where it differs from `level`
    floor: float = 0.0  # the smallest standard deviation that is accepted
    replication: str = "seed"  # what a sample is of; "block" where time was taken
    metric: str = "error"
    arms: tuple[Arm, ...] = ()
    looks: tuple[int, ...] = ()
    without_spread: bool = False  # all samples are the same, and nothing else tells of their noise
    typical: bool = False  # the median is judged beside the mean: its samples are one per seed

    @property
    def value(self) -> float:
        return self.interval.mean

    @property
    def n(self) -> int:
        return len(self.seeds)

    @property
    def median(self) -> float:
        """The median over the seeds: the quantity of the typical seed."""
        return median(self.samples)

    @property
    def share_above(self) -> float:
        """P(A > B): the share of seeds in which the difference is positive; ties count half."""
        halves = sum((value > 0) + (value >= 0) for value in self.samples)
        return halves / (2 * self.n)

    def __gt__(self, bound: float) -> Decision:
        return self._compare(">", bound)

    def __lt__(self, bound: float) -> Decision:
        return self._compare("<", bound)

    __ge__, __le__ = __gt__, __lt__  # no interval ends on its bound, so both mean the same

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Estimate):
            compared = [each.name for each in fields(self) if each.compare]
            return all(getattr(self, name) == getattr(other, name) for name in compared)
        if not isinstance(other, (int, float)) and type(other).__name__[:6] != "Approx":
            return NotImplemented  # not pytest.approx either, whose class has no public name
        raise self._unfit("asked whether it equals a number", "assert equivalent(estimate, bound)")

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise self._unfit("asserted by itself", "assert estimate > bound")

    def __abs__(self) -> Estimate:
        raise self._unfit("used by its absolute value", "assert equivalent(estimate, bound)")

    def _unfit(self, what: str, instead: str) -> ClaimError:
        """The error about a use that has no verdict."""
        return ClaimError(
            f"{self.about} was {what}, which has no verdict; write `{instead}`, with a bound that "
            f"the claim declares"
        )

    def _compare(self, operator: str, bound: float) -> Decision:
        self._declared(bound)
        from ..statistics.verdict import judge_above, judge_below

        if operator == ">":
            verdict = judge_above(replace(self.interval, high=self.refuting.high), bound)
        else:
            verdict = judge_below(replace(self.interval, low=self.refuting.low), bound)
        return self.decide(verdict, operator, bound)

    def equivalent(self, bound: float) -> Decision:
        """Whether the quantity lies within (-bound, bound); the claim declares both signs."""
        name = self._declared(bound)
        if -bound not in self.bounds.values():
            raise ClaimError(
                f"{self.about} was asserted to lie within plus or minus {bound:g}, but sampling "
                f"used one sign; declare bounds={{{name!r}: (-{bound:g}, {bound:g})}} in @claim"
            )
        from ..statistics.verdict import judge_equivalent

        stricter = max(self.interval, self.refuting, key=lambda interval: interval.half_width)
        return self.decide(judge_equivalent(stricter, bound), Decision.WITHIN, bound)

    def decide(self, verdict: Verdict, operator: str, bound: float, joined: int = 1) -> Decision:
        """Write a verdict on this estimate into the evidence; joined: as in `Decision`."""
        name = self._declared(bound)
        if self.without_spread and verdict == "supported":
            raise ClaimError(
                f"{self.about} is {self.unit.write(self.value)} for every one of {self.n} seeds: "
                f"values without any spread support nothing; state a fact with exact(...)"
            )
        decision = Decision(
            self.about, verdict, operator, float(bound), name, self, joined, self.evidence
        )
        self.evidence.decisions.append(decision)
        return decision

    def _declared(self, bound: float) -> str:
        if not isinstance(bound, (int, float)) or not math.isfinite(bound):
            raise ClaimError(f"{self.about} was compared with {bound!r}, which is not a number")
        for name, value in self.bounds.items():
            if value == bound:
                return name
        declared = ", ".join(f"{name} = {value:g}" for name, value in self.bounds.items())
        raise ClaimError(
            f"{self.about} was compared with {bound:g}, but sampling used {declared or 'none'}; "
            f"declare the bound in @claim and measure with it"
        )

    def __str__(self) -> str:
        write = self.unit.write
        return (
            f"{write(self.value)} [{write(self.interval.low)}, {write(self.interval.high)}] "
            f"(n = {self.n})"
        )

    @property
    def of_seeds(self) -> str:
        """Median and P(A > B), to follow the effect in a sentence; empty where they say nothing."""
        if not self.typical:
            return ""
        return f", median {self.unit.write(self.median)}, P(A > B) = {self.share_above:.0%}"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw seeds, mean, interval and declared bounds on one line; returns the axes.

        ax: of matplotlib, by default those of a new figure.
        """
        from .display import draw_interval

        span = (self.interval.low, self.interval.high)
        return draw_interval(
            self.about, self.value, span, self.samples, self.bounds, self.unit.write, ax
        )

    def _repr_html_(self) -> str:
        from .display import html_table

        write = self.unit.write
        return html_table(
            self.about,
            {
                "effect": write(self.value),
                **(
                    {"median": write(self.median), "P(A > B)": f"{self.share_above:.0%}"}
                    if self.typical
                    else {}
                ),
                "interval": f"[{write(self.interval.low)}, {write(self.interval.high)}]",
                "one-sided level": f"{self.level:g}",
                "seeds": str(self.n),
                **{name.replace("_", " "): write(bound) for name, bound in self.bounds.items()},
                **({"notes": "; ".join(self.notes)} if self.notes else {}),
            },
        )


class Unmeasured(Estimate):
    """Stands for an estimate whose trials are not finished yet, while a run is being planned.

    Every comparison passes, so that the body goes on and shows what else it will ask for.
    """

    def __init__(self, **designed: Any) -> None:
        from ..statistics.interval import Interval

        unknown = Interval(math.nan, math.nan, math.nan, math.nan, 0)
        super().__init__(interval=unknown, refuting=unknown, seeds=(), samples=(), **designed)

    def _compare(self, operator: str, bound: float) -> Decision:
        from ..statistics.verdict import Verdict

        return self.decide(Verdict.SUPPORTED, operator, bound)

    def equivalent(self, bound: float) -> Decision:
        return self._compare(Decision.WITHIN, bound)


REVERSAL_IN_WORDS = {
    "supported": "the order reverses between tasks, beyond ",
    "refuted": "the order does not reverse between tasks, beyond ",
    "inconclusive": "it is open whether the order reverses between tasks, beyond ",
}


@dataclass(frozen=True)
class Decision:
    """An estimate compared with a bound.

    The body of a claim is told yes, and judged when it has ended. Elsewhere a decision is true or
    false where the interval lies on one side, and asking for its truth raises Inconclusive where it
    does not. joined: how many decisions make up one statement, such as those on a reversal.
    """

    about: str
    verdict: Verdict
    operator: str = "exact"
    bound: float = math.nan
    bound_name: str = ""
    estimate: Estimate | None = None
    joined: int = 1
    evidence: Evidence = field(default_factory=Evidence, repr=False, compare=False)

    WITHIN: ClassVar[str] = "within"
    REVERSES: ClassVar[str] = "reverses beyond"

    def _repr_html_(self) -> str:
        from .display import html_table

        return html_table(self.sentence, {"verdict": self.verdict.value})

    def __bool__(self) -> bool:
        return self.evidence.answer(self)

    @property
    def sentence(self) -> str:
        """The decision in words and figures."""
        if self.estimate is None:
            return f"{self.about}: {'true' if self.verdict == 'supported' else 'false'}"
        estimate, write = self.estimate, self.estimate.unit.write
        bound = f"{self.bound_name} {write(self.bound)}"
        if self.operator == self.REVERSES:
            relation = REVERSAL_IN_WORDS[self.verdict] + bound
        elif self.verdict == "inconclusive":
            relation = f"the interval contains {bound}"
        else:
            holds = self.verdict == "supported"
            words = {
                ">": "above",
                "<": "below",
                self.WITHIN: "inside plus or minus",
            }
            relation = f"{'' if holds else 'not '}{words[self.operator]} {bound}"
        return f"{self.about} is {estimate}{estimate.of_seeds}: {relation}"


def ids(decisions: Iterable[Decision]) -> tuple[int, ...]:
    """Which decisions these are: two that say the same are still two."""
    return tuple(map(id, decisions))


@dataclass(frozen=True)
class Joint:
    """Estimates that must all pass the same comparison."""

    estimates: tuple[Estimate, ...]

    def __gt__(self, bound: float) -> JointDecision:
        return JointDecision(tuple(estimate > bound for estimate in self.estimates))

    def __lt__(self, bound: float) -> JointDecision:
        return JointDecision(tuple(estimate < bound for estimate in self.estimates))

    __ge__, __le__ = __gt__, __lt__


@dataclass(frozen=True)
class JointDecision:
    """Holds when every decision does; false when any is; otherwise open."""

    decisions: tuple[Decision, ...]

    def __bool__(self) -> bool:
        return self.decisions[0].evidence.answer(*self.decisions)

    @property
    def sentence(self) -> str:
        return "; ".join(decision.sentence for decision in self.decisions)


def all_of(*estimates: Estimate) -> Joint:
    """Statements joined by "and", for one comparison with a bound, as with one assertion each.

    Raises ClaimError for none.
    """
    if not estimates:
        raise ClaimError("all_of() joins estimates, and was given none")
    return Joint(estimates)


def equivalent(estimate: Estimate, bound: float) -> Decision:
    """Whether the estimate lies within plus or minus a declared bound."""
    return estimate.equivalent(bound)

"""Comparisons of arms: differences of a metric, of gains, of settings, and ratios of steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from ..adapters.arms import metric_of
from ..adapters.metrics import Metric
from ..adapters.scores import Pairing
from ..spec.traits import in_tier, judged_rows, label
from .estimate import Estimate, Joint
from .measures.improvement import improvement, judged, rows_in_words
from .one_look.scores import compare_scores, is_scores, require_scores_alone
from .quantities import Samples, average, differences, interaction, raced
from .sampling import Sampler
from .units import ERROR, LOG_RATIO, LOG_STEPS, NUMBER, Unit

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from ..trials.result import Results
    from ..trials.trial import Arm
    from .learning_curve import LearningCurve

T = TypeVar("T")
LOGARITHM = "log_"  # begins the name of a metric that is a natural logarithm


@dataclass(repr=False)
class Comparisons(Sampler):
    """Comparisons of several arms in a claim's body, each by the fixture of the same name."""

    def compare(
        self,
        rival: Any,
        learner: Any,
        *,
        metric: Metric | str | Callable[..., Any] | tuple[str, str] | None = None,
        task: Task | tuple[Task, Task] | None = None,
        m: float | tuple[int, int] | None = None,
        bound: str = "smallest_effect",
        disjoint: bool = False,
        devices: tuple[str, str] = ("", ""),
        cluster: str = "",
    ) -> Estimate:
        """By how much `learner` is better than `rival`, paired by seed; the error by default.

        Both train on the same rows of a seed and are judged on the same test rows. Where it is not
        known that a higher `metric` is better, it is how much larger it is for `rival`. task, m and
        metric may be pairs; of data, m is all rows, or a share. disjoint: give the learner other
        seeds. devices: where each of them trains. Two of `scores(...)` are paired by unit; cluster:
        by which column units belong together. Metrics named `log_...` are natural logarithms.
        """
        if is_scores(rival, learner):
            require_scores_alone(task, m, devices, disjoint)
            return compare_scores(self, Pairing(rival, learner, cluster), bound)
        sides = (
            (in_tier(rival, self.tier), first(task), first(m), 0, devices[0]),
            (in_tier(learner, self.tier), second(task), second(m), int(disjoint), devices[1]),
        )
        if not isinstance(metric, tuple):
            chosen = metric_of(metric, (rival, learner))
            if isinstance(chosen, Metric):
                return improvement(self, [judged(*side, chosen) for side in sides], chosen, bound)
            metric = chosen
        arms = [judged(*side, None) for side in sides]
        metrics = (first(metric), second(metric))
        judging = judging_rows(arms[0], metrics[0]), judging_rows(arms[1], metrics[1])
        return self.estimate(
            list(dict.fromkeys(arms)),  # one where two metrics of the same arm are compared
            lambda results: differences(results[0], results[-1], metrics, judging),
            about=difference_in_words(arms, metrics),
            measured=measured_in_words(arms, metrics),
            unit=unit_of(metrics[0]),
            bound=bound,
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
            [
                self.arm(learner, task, size)
                for size in (small, large)
                for learner in (weak, strong)
            ],
            lambda results: interaction(*results),
            about=f"gain from {label(weak)} to {label(strong)} on {task.name} with m = {large:,} "
            f"minus that with m = {small:,}",
            measured=f"gain by size, {large:,} - {small:,}",
            unit=ERROR,
        )

    def spread(
        self,
        worst: Learner,
        best: Learner,
        *,
        against: tuple[Learner, Learner],
        task: Task,
        m: int,
    ) -> Joint:
        """How much further apart two settings of a learner are than two learners.

        The worst and the best settings are named beforehand, on other seeds: chosen from these
        seeds they would be apart by chance alone. Either learner may be the better one, so
        there are two differences of differences, and the smaller decides. A seed stands for as
        many training sets as the tier says: where m is small, their luck is what hides an effect,
        and they cost little.
        """

        def reduce(results: list[Results]) -> Samples:
            starts = range(0, len(results), 4)
            return average([interaction(*results[start : start + 4]) for start in starts])

        def excess(rival: Learner, learner: Learner) -> Estimate:
            four = (rival, learner, worst, best)
            return self.estimate(
                [self.arm(each, task, m, draw) for draw in range(self.tier.draws) for each in four],
                reduce,
                about=f"error of {label(worst)} minus {label(best)}, less that of {label(rival)} "
                f"minus {label(learner)}, on {task.name}, m = {m:,}",
                measured=f"settings - ({label(rival)} - {label(learner)}), {m:,}",
                unit=ERROR,
            )

        rival, learner = against
        return Joint((excess(rival, learner), excess(learner, rival)))

    def race(
        self, *, slow: Learner, fast: Learner, task: Task, m: int, disjoint: bool = False
    ) -> Estimate:
        """Log ratio of the steps that two learners need to reach their target, paired by seed.

        A learner reports the metric `steps` (above `cap` where it never arrived) and `cap`.
        disjoint: give the second learner other seeds, for comparing a learner with itself.
        """
        return self.estimate(
            [self.arm(slow, task, m), self.arm(fast, task, m, replicate=int(disjoint))],
            lambda results: raced(results[0], results[1]),
            about=f"steps of {label(slow)} over {label(fast)} on {task.name}, m = {m:,}",
            measured=f"{label(slow)} / {label(fast)}, {m:,}",
            unit=LOG_STEPS,
            metric="steps",
        )


@dataclass(frozen=True)
class Ranking:
    """Learners in an expected order on one task at one m, by their learning curves."""

    comparisons: Comparisons
    curves: tuple[LearningCurve, ...]
    m: int

    @property
    def steps(self) -> Joint:
        """What each learner gains over the one before it, all together.

        A step is left out where the task is used up: the one before is already within the
        smallest effect of the Bayes error. With no step left the cell is not applicable.
        """
        first, task = self.curves[0].learner, self.curves[0].task
        pairs = [
            (before.learner, after.learner)
            for before, after in itertools.pairwise(self.curves)
            if not before.used_up(self.m)
        ]
        if not pairs:
            pytest.skip(f"on {task.name} even {label(first)} is at the Bayes error")
        self.comparisons.evidence.left_out += len(self.curves) - 1 - len(pairs)
        return Joint(
            tuple(
                self.comparisons.compare(before, after, task=task, m=self.m)
                for before, after in pairs
            )
        )


def judging_rows(arm: Arm, metric: str) -> int:
    """Of how many rows of its own a learner's metric is a share; 0 where it does not say."""
    return judged_rows(arm.learner, metric, arm.m)


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
    return f"{between.join(sides)}{rows_in_words(arms)}"


def difference_in_words(arms: Sequence[Arm], metrics: tuple[str, str]) -> str:
    """What a comparison measures, with what both arms share mentioned once."""
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
        return f"{words} on {rival.task_name}, m = {rival.m:,}"
    return f"{names[0]} of {rival.title} {minus} {learner.title}"

"""TODO docstring."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pytest

from ..spec.traits import label
from ..trials.trial import Arm
from .estimate import Joint
from .units import ERROR, LOG_RATIO, NUMBER, Unit

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from .experiment import Experiment


T = TypeVar("T")
LOGARITHM = "log_"  # begins the name of a metric that is a natural logarithm


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

"""Improvements: by how much one arm is better than another, or how good one is, in a metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...adapters.arms import is_accuracy, is_applied, rows_of
from ...adapters.estimators import Estimator, check
from ...adapters.metrics import Metric
from ...spec import traits
from ...spec.errors import ClaimError
from ...spec.forms import TASK, lacking
from ...trials.trial import Arm
from ..estimate import Estimate
from ..quantities import Samples, differences, diverged_notes, metric_of
from ..units import Unit, unit_named

if TYPE_CHECKING:
    from ...statistics.interval import Interval
    from ...trials.result import Results
    from ..sampling import Sampler

BOTH_ERRORS = ("error", "error")


@dataclass(frozen=True)
class Rates(Samples):
    """Outcomes of one arm, each 0 or 1, whose rate has an exact interval."""

    def interval(self, level: float, overlap: float = 0.0) -> Interval:
        from ...statistics.interval import rate_interval

        return (
            rate_interval(self.values, level) if self.binary else super().interval(level, overlap)
        )


def judged(
    learner: Any, task: Any, m: Any, replicate: int, device: str, metric: Metric | None
) -> Arm:
    """An arm that is judged by a metric; ClaimError where they do not fit each other."""
    if not traits.has_no_task(learner):
        check_task(learner, task)
        m = rows_of(task, m)
        if isinstance(learner, Estimator) or getattr(task, "kind", "") == "quantity":
            check(learner, task, metric)
    applied = metric if metric is not None and is_applied(metric) else None
    return Arm(learner, task, m or 0, replicate, device, applied)


def check_task(learner: Any, task: Any) -> None:
    """ClaimError where a learner has no task to train on."""
    if task is None:
        raise ClaimError(
            f"{traits.label(learner)} needs a task to train on; give task=..., for a table and a "
            f"target task=Data('name', X, y)"
        )
    if missing := lacking(task, TASK):
        raise ClaimError(f"{task!r:.60} is no task: {missing}")


def improvement(sampler: Sampler, arms: Sequence[Arm], metric: Metric, bound: str) -> Estimate:
    """By how much the second arm is better than the first, in the metric's unit."""
    rival, learner = arms
    sides = (learner, rival) if metric.higher else (rival, learner)
    return sampler.estimate(
        list(arms),
        lambda results: gained(results[0], results[-1], metric),
        about=f"improvement of {metric.words} from {rival.label} to {learner.label}"
        f"{places_in_words(arms)}",
        measured=f"{metric.words}, {' - '.join(arm.label for arm in sides)}{rows_in_words(arms)}",
        unit=unit_of(metric),
        bound=bound,
        metric=reported(metric),
        span=metric.span,
    )


def level_of(sampler: Sampler, arm: Arm, metric: Metric, bound: str) -> Estimate:
    """How good an arm is: the mean of a metric over seeds."""
    return sampler.estimate(
        [arm],
        lambda results: measured(results[0], metric),
        about=f"{metric.words} of {arm.label}{places_in_words([arm])}",
        measured=f"{metric.words} of {arm.label}{rows_in_words([arm])}",
        unit=unit_of(metric),
        bound=bound,
        metric=reported(metric),
        span=metric.range,
    )


def gained(rival: Results, learner: Results, metric: Metric) -> Samples:
    """By how much the learner is better than the rival, seed by seed."""
    if follows_from_error(rival, metric):
        return differences(rival, learner, BOTH_ERRORS)
    found = differences(rival, learner, (metric.name, metric.name))
    values = -found.values if metric.higher else found.values
    return replace(found, values=values, floor=grain(rival, metric))


def measured(results: Results, metric: Metric) -> Samples:
    """The metric of one arm, seed by seed."""
    import numpy as np

    derived = is_accuracy(metric) and follows_from_error(results, metric)
    found = np.array([metric_of(each, "error" if derived else metric.name) for each in results])
    values = 1 - found if derived else found
    binary = bool(np.isin(values, (0, 1)).all())
    notes = diverged_notes(results)
    return Rates(values, grain(results, metric), notes, own=True, binary=binary)


def follows_from_error(results: Results, metric: Metric) -> bool:
    """Whether a metric is one minus the error, and the error is known row by row."""
    return metric.name == "error" or (is_accuracy(metric) and "error" in results[0].metrics)


def grain(results: Results, metric: Metric) -> float:
    """The smallest standard deviation to accept: what one test row makes of a bounded metric."""
    width, rows = metric.range[1] - metric.range[0], results[0].rows
    return width / rows if rows and width < float("inf") else 0.0


def reported(metric: Metric) -> str:
    """The metric as records name it, by which results are found in them."""
    return "error" if is_accuracy(metric) else metric.name


def unit_of(metric: Metric) -> Unit:
    """How a metric's values and differences are written."""
    return unit_named(metric.unit or "number")


def places_in_words(arms: Sequence[Arm]) -> str:
    """Where arms train, as in " on churn, m = 700"; nothing for functions of a seed."""
    places = dict.fromkeys(
        f" on {arm.task_name}, m = {arm.m:,}" for arm in arms if arm.task is not None
    )
    return " and".join(places)


def rows_in_words(arms: Sequence[Arm]) -> str:
    """The numbers of rows, for a table, as in ", 256 - 1,024"; nothing for functions."""
    rows = dict.fromkeys(f"{arm.m:,}" for arm in arms if arm.task is not None)
    return f", {' - '.join(rows)}" if rows else ""

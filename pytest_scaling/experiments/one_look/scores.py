"""Comparisons of scores that exist: one look, two runs paired by unit, clustered errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...adapters.scores import Paired, Pairing, Scores
from ...spec.errors import ClaimError
from ...trials.sources import NotYet
from ..estimate import Estimate, Unmeasured
from ..units import NUMBER

if TYPE_CHECKING:
    from ...statistics.interval import Interval
    from ..sampling import Sampler

MOST_KEPT = 5_000  # clusters whose means a record keeps; beyond, it keeps mean and standard error


@dataclass(frozen=True, eq=False)
class Scored(Estimate):
    """An estimate from scores that exist: its samples are the means of clusters."""

    pairing: Pairing | None = None
    paired: Paired | None = None

    @property
    def n(self) -> int:
        return self.interval.n


class UnmeasuredScores(Unmeasured, Scored):
    """Stands for such an estimate while a run is being planned."""


def is_scores(*sides: object) -> bool:
    """Whether two sides of a comparison are scores; ClaimError where only one is."""
    found = [isinstance(side, Scores) for side in sides]
    if any(found) and not all(found):
        raise ClaimError(
            "compare() was given scores and a learner; scores are compared with scores, and "
            "learners with learners"
        )
    return all(found)


def require_scores_alone(task: object, m: object, devices: tuple[str, str], disjoint: bool) -> None:
    """Raise ClaimError where scores are compared with arguments that are for learners."""
    if task is not None or m is not None or any(devices) or disjoint:
        raise ClaimError(
            "scores are compared as they are: task, m, devices and disjoint are for learners; "
            "leave them out"
        )


def compare_scores(sampler: Sampler, pairing: Pairing, bound: str) -> Estimate:
    """By how much the second run is better than the first: the mean difference over all units."""
    designed = design(sampler, pairing, bound)
    try:
        paired: Paired = sampler.source.existing(pairing)
    except NotYet:
        return UnmeasuredScores(**designed, most_seeds=1)
    mean = paired.mean
    support, against = (interval(paired, designed[name]) for name in ("level", "refute_level"))
    kept = () if mean.clusters > MOST_KEPT else paired.means
    alike = mean.error == 0 and paired.differ is None
    if alike and mean.mean != 0:
        raise ClaimError(
            f"{pairing.about} is {mean.mean:.4g} for every unit, so nothing is known about its "
            f"spread; state a fact with exact(...)"
        )
    return Scored(
        **designed,
        interval=support,
        refuting=against,
        seeds=tuple(range(len(kept))),
        samples=kept,
        most_seeds=mean.clusters,
        notes=notes(paired, pairing),
        without_spread=alike,
        paired=paired,
    )


def design(sampler: Sampler, pairing: Pairing, bound: str) -> dict[str, Any]:
    """The parts of a comparison of scores that are fixed before anything is read."""
    first, second = pairing.labels if pairing.first.higher_is_better else pairing.labels[::-1]
    return {
        "about": pairing.about,
        "measured": f"{pairing.metric}, {second} - {first}",
        "unit": NUMBER,
        "metric": pairing.metric,
        "bounds": sampler.bounds_of(bound),
        "level": sampler.levels.support,
        "refute_level": sampler.levels.refute / sampler.statements,
        "evidence": sampler.evidence,
        "replication": "cluster" if pairing.clustered_by else "unit",
        "pairing": pairing,
    }


def interval(paired: Paired, level: float) -> Interval:
    """The interval of the mean difference at a one-sided level, for one look."""
    from ...statistics.clusters.mean import alike_interval, cluster_interval

    if paired.mean.error == 0 and paired.differ is None:
        return alike_interval(paired.mean, level, paired.spread)
    return cluster_interval(paired.mean, level, paired.rates)


def notes(paired: Paired, pairing: Pairing) -> tuple[str, ...]:
    """How many units there are, and how many of them count as independent."""
    mean = paired.mean
    if mean.clusters == mean.units:
        return (f"{mean.units:,} pairs of {paired.value}",)
    return (
        f"{mean.units:,} pairs of {paired.value} in {mean.clusters:,} clusters, whose sizes leave "
        f"{mean.degrees:.3g} degrees of freedom",
    )

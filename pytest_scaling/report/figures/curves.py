"""Learning curves gathered from records: error against m, per task and learner. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from ...ledger.format import Record
from ...statistics.student import upper_quantile
from ..words import number_word, of_tasks

TAIL = 0.025  # on each side: the band is a 95% interval
SIZES_OF_A_CURVE = 3  # fewer sizes show no bend
PANELS_OF_A_SLIDE = 6


@dataclass(frozen=True)
class Point:
    """The error at one m: mean over n seeds and its 95% t interval, within 0 and 1.

    With one seed there is no interval: the limits are the mean. `errors` holds the error of each
    of the `seeds`, in the same order.
    """

    m: int
    mean: float
    low: float
    high: float
    n: int
    seeds: tuple[int, ...] = ()
    errors: tuple[float, ...] = ()

    @classmethod
    def over_seeds(cls, m: int, errors: Sequence[float], seeds: Sequence[int] = ()) -> Point:
        n, mean = len(errors), fmean(errors)
        reach = reach_of(errors)
        low, high = max(0.0, mean - reach), min(1.0, mean + reach)
        return cls(m, mean, low, high, n, tuple(seeds or range(n)), tuple(errors))


def reach_of(values: Sequence[float]) -> float:
    """How far the 95% t interval of a mean reaches to either side; 0 with one value."""
    n = len(values)
    return upper_quantile(TAIL, n - 1) * stdev(values) / math.sqrt(n) if n > 1 else 0.0


@dataclass(frozen=True)
class Curve:
    """One learner on one task, its points in ascending order of m."""

    learner: str
    label: str
    points: tuple[Point, ...]

    @property
    def end(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True)
class Panel:
    """One task: its curves, and the errors of the best possible and of the laziest learner."""

    task: str
    curves: tuple[Curve, ...]
    bayes_error: float | None = None
    majority_error: float | None = None

    @property
    def seeds(self) -> tuple[int, int]:
        """The fewest and the most seeds behind a point."""
        counts = [point.n for curve in self.curves for point in curve.points]
        return min(counts), max(counts)

    @property
    def points(self) -> int:
        """How many points its curves have."""
        return sum(len(curve.points) for curve in self.curves)

    @property
    def leaders(self) -> tuple[Curve, ...]:
        """The curve that ends at the lowest error, and those whose ends are not clear of it."""
        first, *others = sorted(self.curves, key=lambda curve: curve.end.mean)
        return first, *(other for other in others if not clear(first.end, other.end))


def clear(better: Point, worse: Point) -> bool:
    """Whether one error is below another beyond doubt: paired by seed, or by their intervals.

    Paired where both have the same m and share at least two seeds: a one-sided t test at TAIL.
    """
    errors = dict(zip(worse.seeds, worse.errors, strict=True)) if better.m == worse.m else {}
    differences = [
        errors[seed] - error
        for seed, error in zip(better.seeds, better.errors, strict=True)
        if seed in errors
    ]
    if len(differences) < 2:
        return better.high < worse.low
    return fmean(differences) > reach_of(differences)


def learning_curves(records: Iterable[Record]) -> list[Panel]:
    """One panel per task, by name, with every learner whose error was measured there.

    Of an arm in several records the one with the most seeds counts, or the first of equals.
    Replicates are left out: they are the same arm again, on other seeds.
    """
    arms: dict[tuple[str, str, int], Record] = {}
    for record in records:
        for arm in record["arms"]:
            key = (arm["task"], arm["learner"], arm["m"])
            if (
                arm["task"]
                and arm["replicate"] == 0
                and len(errors(arm)) > len(errors(arms.get(key)))
            ):
                arms[key] = arm
    tasks = sorted({task for task, _, _ in arms})
    return [panel(task, [arms[key] for key in sorted(arms) if key[0] == task]) for task in tasks]


def errors(arm: Record | None, metric: str = "error") -> list[float]:
    """The errors of an arm seed by seed; none where the learner labels nothing."""
    values = arm["metrics"].get(metric, ()) if arm else ()
    return [value for value in values if value is not None]


def seeds(arm: Record) -> list[int]:
    """The seeds of an arm that have an error."""
    pairs = zip(arm["seeds"], arm["metrics"]["error"], strict=True)
    return [seed for seed, error in pairs if error is not None]


def panel(task: str, arms: Sequence[Record]) -> Panel:
    """The curves of arms on one task, which come in ascending order of m."""
    by_learner: dict[str, list[Record]] = {}
    for arm in arms:
        by_learner.setdefault(arm["learner"], []).append(arm)
    curves = [
        Curve(
            name,
            own[0]["label"],
            tuple(Point.over_seeds(arm["m"], errors(arm), seeds(arm)) for arm in own),
        )
        for name, own in by_learner.items()
    ]
    known = [arm["bayes_error"] for arm in arms if arm["bayes_error"] is not None]
    majority = [value for arm in arms for value in errors(arm, "majority_error")]
    return Panel(
        task,
        tuple(curves),
        bayes_error=known[0] if known else None,
        majority_error=fmean(majority) if majority else None,
    )


def sizes_of(panels: Iterable[Panel]) -> list[int]:
    """The sizes of all points, in ascending order."""
    return sorted({p.m for panel in panels for curve in panel.curves for p in curve.points})


def for_a_slide(panels: Iterable[Panel]) -> list[Panel]:
    """The panels and curves that make a readable picture.

    Kept are curves of at least three sizes; then panels with at least half as many curves as the
    fullest, at most six. Order stays.
    """
    full = [
        replace(
            each,
            curves=tuple(c for c in each.curves if len(c.points) >= SIZES_OF_A_CURVE),
        )
        for each in panels
    ]
    counts = sorted((len(each.curves) for each in full), reverse=True)
    if not counts or not counts[0]:
        return []
    least = max(counts[0] / 2, counts[:PANELS_OF_A_SLIDE][-1])
    return [each for each in full if len(each.curves) >= least][:PANELS_OF_A_SLIDE]


def beside(records: Iterable[Record]) -> set[str]:
    """Labels of the learners that are only beside the claims: they have cells, and none counts.

    As in a claim about the learners that a lecture names, tried on others as well.
    """
    counted: dict[str, bool] = {}
    for record in records:
        for cell in record["cells"]:
            name = cell["learner"]
            counted[name] = counted.get(name, False) or cell["counted"]
    return {name for name, counts in counted.items() if name and not counts}


def without(panels: Iterable[Panel], labels: set[str]) -> list[Panel]:
    """The panels without the curves of these labels, and without panels that have no others."""
    kept = (
        replace(each, curves=tuple(c for c in each.curves if c.label not in labels))
        for each in panels
    )
    return [each for each in kept if each.curves]


def seeds_in_words(panels: Sequence[Panel]) -> str:
    """As in "5 to 10 seeds"."""
    fewest = min(panel.seeds[0] for panel in panels if panel.curves)
    most = max(panel.seeds[1] for panel in panels if panel.curves)
    amount = f"{most}" if fewest == most else f"{fewest} to {most}"
    return f"{amount} seed{'' if most == 1 else 's'}"


def best_first(panels: Sequence[Panel]) -> dict[str, str]:
    """Labels of the learners by name, from the highest end to the lowest on average."""
    curves: dict[str, list[Curve]] = {}
    for panel in panels:
        for curve in panel.curves:
            curves.setdefault(curve.learner, []).append(curve)
    ends = {name: fmean(curve.end.mean for curve in each) for name, each in curves.items()}
    return {name: curves[name][0].label for name in sorted(ends, key=lambda name: ends[name])}


def hero(panels: Sequence[Panel]) -> Panel:
    """The panel that is shown large, by a rule that was fixed before anything was measured.

    It is the one with the most curves; of equals, with the most points; of these the first.
    """
    return max(panels, key=lambda panel: (len(panel.curves), panel.points))


def figure_title(panels: Sequence[Panel]) -> str:
    """Whose curve ends highest, in one sentence; where ends are not clear of each other, a tie."""
    judged = {panel.task: panel for panel in panels if len(panel.curves) > 1}
    leads: dict[str, list[str]] = {}  # tasks by the label of a leader
    for panel in judged.values():
        for curve in panel.leaders:
            leads.setdefault(curve.label, []).append(panel.task)
    if not leads:
        return "Performance against the amount of labelled data"

    def rank(label: str) -> tuple[int, int]:
        return len(leads[label]), sum(judged[t].leaders[0].label == label for t in leads[label])

    label, every = max(leads, key=rank), list(judged)
    ahead = leads[label]
    if len(ahead) * 2 <= len(every):
        most = f"{number_word(len(ahead))} of {number_word(len(every))} tasks"
        return f"No learner ends highest, alone or tied, on more than {most}"
    ties = [task for task in ahead if len(judged[task].leaders) > 1]
    if not ties:
        return f"The {label} ends highest on {of_tasks(ahead, every)}"
    others = {curve.label for task in ties for curve in judged[task].leaders} - {label}
    tied = f"ties with {f'the {others.pop()}' if len(others) == 1 else 'others'}"
    if len(ties) == len(ahead):
        return f"The {label} {tied} for the highest end on {of_tasks(ties, every)}"
    alone = f"{number_word(len(ahead) - len(ties))} of {number_word(len(every))} tasks"
    return f"The {label} ends highest on {alone}, and {tied} on {of_tasks(ties, every, '')}"

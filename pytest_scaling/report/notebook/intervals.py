"""Several estimates in one picture, a line each: its seeds, its mean, its interval, its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...experiments.estimate import Estimate
from ..figures.palette import THEMES
from ..words import ICONS
from .pictures import Picture, blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes


INK, MUTED = THEMES["light"].ink, THEMES["light"].muted
SEEDS_BELOW = 0.22  # of the distance between two lines
WIDTH, FIRST, EACH = 11.0, 1.7, 0.62  # inches: of the picture; its height, with each line


def side_by_side(
    estimates: Mapping[str, Estimate], left: str = "", right: str = "", verdicts: bool = True
) -> Picture:
    """Differences of error under each other, on one axis in percentage points.

    estimates: by what stands beside each; all have the same bound. left, right: what it means to
    lie on that side of zero. verdicts: whether the bound is drawn, and what follows from it.
    """
    from ..figures.slide import matplotlib_settings

    with matplotlib_settings():
        figure = blank(WIDTH, FIRST + EACH * len(estimates))
        axes = figure.add_subplot()
        for place, estimate in enumerate(estimates.values()):
            draw_line(axes, -place, estimate)
            if verdicts:
                verdict = judged(estimate)
                axes.annotate(
                    f"{ICONS[verdict]} {verdict}",
                    (1.015, -place),
                    xycoords=("axes fraction", "data"),
                    va="center",
                    size=14,
                    color=INK,
                )
        axes.set_yticks([-place for place in range(len(estimates))], list(estimates), size=14)
        axes.set_ylim(0.6 - len(estimates), 0.6)
        dress(axes, left, right)
        if verdicts:
            draw_bound(axes, bound_of(next(iter(estimates.values()))))
    return Picture(figure, in_words(estimates, verdicts))


def draw_line(axes: Axes, height: float, estimate: Estimate) -> None:
    """The interval as a bar, the mean as a dot on it, and a tick for each seed below."""
    ends = [100 * estimate.interval.low, 100 * estimate.interval.high]
    axes.plot(ends, [height] * 2, lw=7, color="#9fb4cc", solid_capstyle="butt", zorder=2)
    axes.plot([100 * estimate.value], [height], "o", ms=9, color=INK, zorder=3)
    samples = [100 * sample for sample in estimate.samples]
    heights = [height - SEEDS_BELOW] * len(samples)
    axes.plot(samples, heights, "|", ms=11, mew=1.6, color=MUTED, zorder=2)


def draw_bound(axes: Axes, bound: float) -> None:
    """The bound as a dashed line, with its value above."""
    points = 100 * bound
    axes.axvline(points, ls=(0, (4, 3)), lw=1.4, color=INK, zorder=1)
    axes.annotate(
        f"bound {points:g} point{'' if points == 1 else 's'}",
        (points, 1),
        (5, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        size=12,
        color=INK,
    )


def dress(axes: Axes, left: str, right: str) -> None:
    """The axis in words with its direction, a line at zero, and nothing else."""
    axes.axvline(0, color="#b8c0c9", lw=1.4, zorder=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=12, colors=MUTED)
    directions = "     |     ".join(
        filter(None, (f"← {left}" if left else "", f"{right} →" if right else ""))
    )
    axes.set_xlabel(
        f"{directions}\ndifference of the errors, in percentage points"
        " (dot: mean, bar: interval, ticks: seeds)",
        size=12,
        color=MUTED,
        linespacing=1.6,
    )


def bound_of(estimate: Estimate) -> float:
    """The bound that an estimate of a notebook was declared with."""
    return next(iter(estimate.bounds.values()))


def judged(estimate: Estimate) -> str:
    """Whether the estimate is above its bound: the verdict as a word."""
    return (estimate > bound_of(estimate)).verdict.value


def in_words(estimates: Mapping[str, Estimate], verdicts: bool) -> str:
    """The picture for those who cannot see it."""
    lines = [
        f"{name}: {estimate}{f', {judged(estimate)}' if verdicts else ''}"
        for name, estimate in estimates.items()
    ]
    return f"Difference of the errors with intervals. {'; '.join(lines)}."

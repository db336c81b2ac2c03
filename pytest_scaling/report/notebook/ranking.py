"""Who is how good with m rows: learners from the best down, one panel for each m."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from ...ledger.format import Record
from ..figures.curves import Point
from ..figures.palette import THEMES, Style, styles
from ..words import join
from .pictures import Picture, blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Arms = Mapping[tuple[str, str, int], Record]

INK, MUTED = THEMES["light"].ink, THEMES["light"].muted
IN_A_ROW = 3  # panels of the picture that shows every m
ROOM = 1.18  # of the longest bar, for the number at its end


@dataclass(frozen=True)
class Standing:
    """The learners on one task with m rows, the best first; then those that were not measured."""

    task: str
    m: int
    points: Mapping[str, Point]
    labels: Mapping[str, str]
    lazy: float

    @classmethod
    def of(cls, arms: Arms, task: str, m: int, learners: Sequence[str]) -> Standing:
        """From what was measured. `lazy`: the accuracy of always naming the most frequent class."""
        here = {name: arms[task, name, m] for name in learners if (task, name, m) in arms}
        points = {
            name: Point.over_seeds(m, arm["metrics"]["error"], arm["seeds"])
            for name, arm in here.items()
        }
        ordered = sorted(learners, key=lambda name: points[name].mean if name in points else 2)
        labels = {name: label_of(arms, task, name) for name in ordered}
        majority = [error for arm in here.values() for error in arm["metrics"]["majority_error"]]
        return cls(task, m, points, labels, 1 - fmean(majority))

    @property
    def accuracies(self) -> dict[str, str]:
        """In words, by label."""
        return {
            label: f"{1 - self.points[name].mean:.1%}" if name in self.points else "not measured"
            for name, label in self.labels.items()
        }

    @property
    def text(self) -> str:
        """The standing in a sentence."""
        places = [f"{label} {accuracy}" for label, accuracy in self.accuracies.items()]
        return f"Accuracy on {self.task} with m = {self.m:,}: {join(places)}."


def label_of(arms: Arms, task: str, learner: str) -> str:
    """What a learner is called on a task."""
    return next(str(arm["label"]) for (*key, _), arm in arms.items() if key == [task, learner])


def common_sizes(arms: Arms, task: str, learners: Sequence[str]) -> list[int]:
    """Every m at which more than half of the learners were measured."""
    measured = [m for (where, name, m) in arms if where == task and name in learners]
    return sorted(m for m in set(measured) if 2 * measured.count(m) > len(learners))


def draw_standings(standings: Sequence[Standing]) -> Picture:
    """A panel for each, on the same scale, so that growth is seen as well as order."""
    from ..figures.slide import matplotlib_settings

    across = min(IN_A_ROW, len(standings))
    down = -(-len(standings) // across)
    with matplotlib_settings():
        figure = blank(4.8 * across, 3.1 * down)
        figure.set_layout_engine("constrained", hspace=0.12)
        panels = figure.subplots(down, across, squeeze=False).flat
        for axes, standing in zip(panels, standings, strict=False):
            draw_standing(axes, standing, longest(standings))
        write_notes(list(figure.axes)[len(standings) :], figure)
    return Picture(figure, " ".join(each.text for each in standings))


def draw_progress(now: Standing, every: Sequence[Standing]) -> Picture:
    """The curves up to the m of one standing, the rest still hidden, and the standing beside it."""
    from ..figures.slide import matplotlib_settings

    with matplotlib_settings():
        figure = blank(12.8, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        draw_curves(left, [each for each in every if each.m <= now.m])
        left.set_xlim(every[0].m / 1.3, every[-1].m * 1.3)
        left.set_xticks([each.m for each in every], [f"{each.m:,}" for each in every], size=13)
        left.set_ylim(0, longest(every))
        draw_standing(right, now, longest(every))
        write_notes((), figure)
    return Picture(figure, now.text)


def longest(standings: Sequence[Standing]) -> float:
    """The highest accuracy of all, with its interval and room for a number beside it."""
    return ROOM * max(1 - point.low for each in standings for point in each.points.values())


def draw_curves(axes: Axes, standings: Sequence[Standing]) -> None:
    """Accuracy against m, in the colours of the learners."""
    drawn = styles(standings[-1].labels, "light")
    axes.set_xscale("log", base=2)
    for name, style in drawn.items():
        points = [each.points[name] for each in standings if name in each.points]
        axes.plot(
            [point.m for point in points],
            [1 - point.mean for point in points],
            color=style.colour,
            lw=style.width,
            ls=style.line,
            marker=style.marker,
            ms=7,
        )
    axes.axvline(standings[-1].m, color=MUTED, lw=1, zorder=0)
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.tick_params(axis="y", labelsize=12)
    axes.set_ylabel("accuracy on test rows", size=13, color=MUTED)
    axes.set_xlabel("labelled examples m", size=13, color=MUTED)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


NOTES = (
    "bar: mean accuracy over seeds",
    "line at its end: 95% interval",
    "dotted: naming the most frequent class",
)


def write_notes(free: Sequence[Axes], figure: Figure) -> None:
    """How to read the bars: in the first panel that is free, else below the picture."""
    for axes in free:
        axes.set_axis_off()
    if free:
        free[0].text(0, 0.5, "\n".join(NOTES), va="center", size=12, color=MUTED, linespacing=1.8)
    else:
        figure.supxlabel("; ".join(NOTES), size=12, color=MUTED)


def draw_standing(axes: Axes, standing: Standing, right: float) -> None:
    """One bar a learner in its colour, with the 95% interval of its mean."""
    drawn = styles(standing.labels, "light")
    for place, name in enumerate(standing.labels):
        if name in standing.points:
            draw_bar(axes, place, standing.points[name], drawn[name])
        else:
            axes.text(
                standing.lazy + right / 60, place, "not measured", va="center", size=12, color=MUTED
            )
    axes.axvline(standing.lazy, color=INK, lw=1.2, ls=(0, (2, 2)), zorder=1)
    axes.set_yticks(range(len(standing.labels)), list(standing.labels.values()), size=13)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(standing.labels) - 0.4, -0.6)
    axes.set_xlim(0, right)
    axes.set_xticks([])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title(f"m = {standing.m:,}", size=16, weight="bold", loc="left", color=INK)


def draw_bar(axes: Axes, place: int, point: Point, style: Style) -> None:
    """One learner: as long as its accuracy, which stands at the end."""
    axes.barh(place, 1 - point.mean, height=0.68, color=style.colour, zorder=2)
    axes.plot([1 - point.high, 1 - point.low], [place] * 2, color=INK, lw=2, zorder=4)
    axes.annotate(
        f"{1 - point.mean:.0%}",
        (1 - point.low, place),
        (5, 0),
        textcoords="offset points",
        va="center",
        size=13,
        color=INK,
    )

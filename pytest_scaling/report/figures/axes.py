"""One panel of the figure: axes, reference lines, curves with bands, labels at their ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..words import accuracy, size
from .curves import Curve, Panel
from .labels import spread, wrapped
from .layout import (
    BEYOND,
    BODY,
    GUTTER,
    HEADING,
    POINTS,
    SMALL,
    Frame,
    Reference,
    label_height,
    references,
)
from .palette import Style, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class EndLabel:
    """A label at the end of a line: what it says, and where on the axes the line ends."""

    text: str
    m: float
    accuracy: float
    colour: str
    size: float


def draw_panel(axes: Axes, panel: Panel, drawn: dict[str, Style], colours: Theme) -> list[EndLabel]:
    """One task: reference lines, curves with their bands, axes. Returns the labels of the ends."""
    sizes = sorted({point.m for curve in panel.curves for point in curve.points})
    low, high = accuracy_limits(panel)
    axes.set_facecolor(colours.ground)
    axes.set_xscale("log", base=2)
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.12)
    axes.set_ylim(low, high)
    ends = [draw_reference(axes, label, sizes[-1], colours) for label in references(panel)]
    ends += [draw_curve(axes, curve, drawn[curve.learner], colours) for curve in panel.curves]
    dress(axes, sizes, colours)
    axes.annotate(
        panel.task,
        (0, 1),
        (0, 14),
        xycoords="axes fraction",
        textcoords="offset points",
        size=HEADING,
        weight="bold",
        color=colours.ink,
    )
    return ends


def accuracy_limits(panel: Panel) -> tuple[float, float]:
    """The accuracies a panel spans, with a margin at both ends."""
    spanned = [1 - label.error for label in references(panel)]
    for curve in panel.curves:
        spanned += [1 - limit for point in curve.points for limit in (point.low, point.high)]
    margin = 0.04 * ((max(spanned) - min(spanned)) or 0.1)
    return min(spanned) - margin, max(spanned) + margin


def draw_reference(axes: Axes, line: Reference, m: float, colours: Theme) -> EndLabel:
    """A level that is known without training, as a dashed line."""
    axes.axhline(1 - line.error, color=colours.muted, lw=1.1, ls=(0, line.dash), zorder=1.5)
    return EndLabel(wrapped(line.label), m * 1.12, 1 - line.error, colours.muted, SMALL)


def draw_curve(axes: Axes, curve: Curve, style: Style, colours: Theme) -> EndLabel:
    """A line with a marker at every measured m, over its band."""
    m = [point.m for point in curve.points]
    means = [1 - point.mean for point in curve.points]
    front = 3 if style.dash else 4  # families before the others
    axes.fill_between(
        m,
        [1 - point.high for point in curve.points],
        [1 - point.low for point in curve.points],
        color=style.colour,
        alpha=0.16,
        lw=0,
        zorder=front - 1,
    )
    axes.plot(
        m,
        means,
        color=style.colour,
        lw=style.width,
        ls=style.line,
        zorder=front,
        **marker(style, colours),
        solid_capstyle="round",
        solid_joinstyle="round",
        dash_capstyle="butt",
        clip_on=False,
    )
    return EndLabel(wrapped(curve.label), m[-1], means[-1], style.colour, BODY)


def marker(style: Style, colours: Theme) -> dict[str, Any]:
    """The settings of matplotlib for the markers of a style."""
    return {
        "marker": style.marker,
        "ms": 5.5 + style.width,
        "mec": colours.ground,
        "mew": 1.2,
    }


def dress(axes: Axes, sizes: Sequence[int], colours: Theme) -> None:
    """Ticks that can be read aloud, a quiet grid, no box."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    ticks = size_ticks(sizes)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(ticks, [size(tick) for tick in ticks])
    levels = [
        float(level)
        for level in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(*axes.get_ylim())
        if axes.get_ylim()[0] <= level <= min(1.0, axes.get_ylim()[1])
    ]
    axes.set_yticks(levels, [accuracy(level, levels) for level in levels])
    axes.grid(visible=True, axis="y", color=colours.grid, lw=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.muted, length=0, pad=7)
    axes.tick_params(axis="x", length=5, color=colours.muted, pad=5)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(colours.muted)
    axes.set_xlabel("labelled examples m", color=colours.muted, labelpad=7)


def size_ticks(sizes: Sequence[int], most: int = 5) -> list[int]:
    """Powers of two at equal steps within the sizes; the sizes themselves where there are few."""
    first, last = math.ceil(math.log2(sizes[0])), math.floor(math.log2(sizes[-1]))
    step = max(1, math.ceil((last - first) / most))
    powers = [2**exponent for exponent in range(first, last + 1, step)]
    return powers if len(powers) > 2 else sorted(set(sizes))[:most]


def write_labels(axes: Axes, frame: Frame, ends: Sequence[EndLabel]) -> None:
    """Labels right of the axes, spread so that none covers another, each with a leader."""
    low, high = axes.get_ylim()
    points = frame.height * POINTS
    wanted = [(end.accuracy - low) / (high - low) * points for end in ends]
    heights = [label_height((end.text, end.size)) for end in ends]
    centres = spread(wanted, heights, -BEYOND, points + BEYOND)
    for end, centre in zip(ends, centres, strict=True):
        axes.annotate(
            end.text,
            (end.m, end.accuracy),
            (frame.width * POINTS + GUTTER, centre),
            textcoords="axes points",
            va="center",
            ha="left",
            size=end.size,
            weight="bold" if end.size == BODY else "normal",
            color=end.colour,
            linespacing=1.05,
            zorder=5,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": end.colour,
                "lw": 0.9,
                "alpha": 0.75,
                "relpos": (0, 0.5),
                "shrinkA": 3,
                "shrinkB": 7 if end.size == BODY else 0,
            },
        )

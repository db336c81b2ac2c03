"""The panels of the figure: axes, zone, curves with their bands, labels at their ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..words import accuracy
from .composition import Composition, Zone
from .curves import Curve, Panel, sizes_of
from .labels import spread, wrapped
from .layout import (
    BETWEEN_SMALL,
    BEYOND,
    BODY,
    FOOT,
    GUTTER,
    LINE_HEIGHT,
    POINTS,
    SMALL,
    Frame,
    Reference,
    fitted,
    label_letters,
    references,
    span,
    text_width,
)
from .palette import Style, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Leader = tuple[tuple[float, float], tuple[float, float]]  # in points on the axes
ACROSS = 1.22  # how far the axis of m reaches beyond the first and the last size, as a factor
AMOUNT, PERFORMANCE = (
    "amount of labelled data m  \N{RIGHTWARDS ARROW}",
    "performance (accuracy)  \N{UPWARDS ARROW}",
)
ROOM_OF_A_TICK = 60.0  # points


@dataclass(frozen=True)
class EndLabel:
    """A label at the end of a line: what it says, and where on the axes the line ends."""

    text: str
    note: str
    m: float
    accuracy: float
    colour: str
    bold: bool = True

    @property
    def height(self) -> float:
        """Points, with the room to the next label."""
        named = (self.text.count("\n") + 1) * (BODY if self.bold else SMALL)
        noted = (self.note.count("\n") + 1) * SMALL if self.note else 0.0
        return (named + noted) * LINE_HEIGHT + 4


def draw_large(
    axes: Axes, composed: Composition, frame: Frame, drawn: Mapping[str, Style], colours: Theme
) -> list[Leader]:
    """The large panel: the curves with their bands, each with its label, the zone, the axes.

    Returns the lines from ends to their labels.
    """
    panel, known = composed.hero, references(composed)
    set_up(axes, panel, limits([panel], known), colours, composed.zone)
    right = axes.get_xlim()[1]
    ends = [draw_reference(axes, line, right, colours) for line in known]
    for curve in panel.curves:
        style = drawn[curve.learner]
        draw_band(axes, curve, style)
        draw_curve(axes, curve, style, colours)
        note = composed.end_of(curve.label, curve.end.m)
        mean = 1 - curve.end.mean
        ends.append(EndLabel(wrapped(curve.label), wrapped(note), curve.end.m, mean, style.colour))
    dress(axes, frame, colours)
    return write_labels(axes, frame, ends, colours)


def draw_small(
    axes: Axes,
    panel: Panel,
    composed: Composition,
    frame: Frame,
    drawn: Mapping[str, Style],
    colours: Theme,
) -> None:
    """A small panel: thin curves on the scale that all small panels share."""
    set_up(axes, panel, limits(composed.panels), colours, composed.zone, composed.panels)
    for curve in panel.curves:
        draw_curve(axes, curve, drawn[curve.learner], colours, share=0.7)
    dress(axes, frame, colours, letters=FOOT, levels=2, first=panel is composed.others[0])
    known, room = composed.tasks.get(panel.task), frame.in_points[0]
    text = f"{panel.task}: {known}" if known else panel.task
    text = text if text_width(text, SMALL) <= room else panel.task
    axes.annotate(
        text,
        (0, 1),
        (0, 5),
        xycoords="axes fraction",
        textcoords="offset points",
        size=fitted(text, SMALL, room + BETWEEN_SMALL * POINTS / 2),
        color=colours.ink,
    )


def set_up(
    axes: Axes,
    panel: Panel,
    accuracies: tuple[float, float],
    colours: Theme,
    zone: Zone | None,
    like: Sequence[Panel] = (),
) -> None:
    """Scales and the zone. like: panels whose sizes the axis of m spans; by default its own."""
    sizes = sizes_of(like or [panel])
    low, high = sizes[0] / ACROSS, sizes[-1] * (ACROSS if like else ACROSS**0.5)
    axes.set_facecolor(colours.ground)
    axes.set_xscale("log", base=2)
    axes.set_xlim(low, high)
    axes.set_ylim(*accuracies)
    if zone and zone.m > low:
        axes.axvspan(low, min(zone.m, high), color=colours.zone, lw=0, zorder=0)


def limits(panels: Sequence[Panel], known: Sequence[Reference] = ()) -> tuple[float, float]:
    """The accuracies that panels span, with a margin at both ends."""
    errors = [error for panel in panels for error in span(panel)]
    errors += [line.error for line in known]
    low, high = 1 - max(errors), 1 - min(errors)
    margin = 0.06 * ((high - low) or 0.1)
    return low - margin, high + margin


def draw_reference(axes: Axes, line: Reference, m: float, colours: Theme) -> EndLabel:
    """A level that is known without training, as a dashed line."""
    axes.axhline(1 - line.error, color=colours.muted, lw=1.1, ls=(0, line.dash), zorder=1.5)
    return EndLabel(wrapped(line.label), "", m, 1 - line.error, colours.muted, bold=False)


def draw_band(axes: Axes, curve: Curve, style: Style) -> None:
    """The interval of the mean at every size."""
    axes.fill_between(
        [point.m for point in curve.points],
        [1 - point.high for point in curve.points],
        [1 - point.low for point in curve.points],
        color=style.colour,
        alpha=0.13,
        lw=0,
        zorder=2,
    )


def draw_curve(axes: Axes, curve: Curve, style: Style, colours: Theme, share: float = 1.0) -> None:
    """A line with a marker at every measured m. share: of the width; markers on whole ones only."""
    axes.plot(
        [point.m for point in curve.points],
        [1 - point.mean for point in curve.points],
        color=style.colour,
        lw=style.width * share,
        ls=style.line,
        zorder=4 if style.dash else 3,  # where they meet, both are seen
        **(marker(style, colours) if share == 1 else {}),
        solid_capstyle="round",
        solid_joinstyle="round",
        dash_capstyle="butt",
        clip_on=False,
    )


def marker(style: Style, colours: Theme) -> dict[str, Any]:
    """The settings of matplotlib for the markers of a style."""
    return {"marker": style.marker, "ms": 5.0 + style.width, "mec": colours.ground, "mew": 1.2}


def dress(
    axes: Axes,
    frame: Frame,
    colours: Theme,
    *,
    letters: float = BODY,
    levels: int = 6,
    first: bool = True,
) -> None:
    """Ticks that can be read aloud, a quiet grid, no box. first: the axis of accuracy has words."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    ticks = size_ticks(axes, frame, letters)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
    low, high = axes.get_ylim()
    steps = MaxNLocator(levels, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    shown = [float(level) for level in steps if low <= level <= min(1.0, high)]
    axes.set_yticks(shown, [accuracy(level, shown) if first else "" for level in shown])
    axes.grid(visible=True, axis="y", color=colours.grid, lw=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.muted, length=0, pad=6, labelsize=letters)
    axes.tick_params(axis="x", length=5, color=colours.muted, pad=4)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(colours.muted)


def size_ticks(axes: Axes, frame: Frame, letters: float) -> list[float]:
    """Powers of two within the axis at equal steps, as many as there is room for."""
    first, last = (math.log2(end) for end in axes.get_xlim())
    room = frame.in_points[0] / (ROOM_OF_A_TICK * letters / BODY)
    low, high = math.ceil(first), math.floor(last)
    step = max(1, math.ceil((high - low) / max(room, 1)))
    return [2.0**power for power in range(high, low - 1, -step)][::-1]


def write_labels(
    axes: Axes, frame: Frame, ends: Sequence[EndLabel], colours: Theme
) -> list[Leader]:
    """Labels right of the axes, none on top of another, with leaders, which are returned."""
    width, points = frame.in_points
    low, high = axes.get_ylim()
    share = label_letters([end.height for end in ends], points + 2 * BEYOND)
    heights = [end.height * share for end in ends]
    wanted = [(end.accuracy - low) / (high - low) * points for end in ends]
    centres = spread(wanted, heights, -BEYOND, points + BEYOND)
    for end, centre, height in zip(ends, centres, heights, strict=True):
        write_label(axes, end, (width + GUTTER, centre), height, share, colours.muted)
    first, last = (math.log2(edge) for edge in axes.get_xlim())
    starts = [(math.log2(end.m) - first) / (last - first) * width for end in ends]
    return [
        ((start, up), (width + GUTTER, centre))
        for start, up, centre in zip(starts, wanted, centres, strict=True)
    ]


def write_label(
    axes: Axes, end: EndLabel, at: tuple[float, float], height: float, share: float, muted: str
) -> None:
    """One label, its note below it, and a leader from where its line ends."""
    size = (BODY if end.bold else SMALL) * share
    noted = (end.note.count("\n") + 1) * SMALL * LINE_HEIGHT * share if end.note else 0.0
    axes.annotate(
        end.text,
        (end.m, end.accuracy),
        (at[0], at[1] + noted / 2),
        textcoords="axes points",
        va="center",
        size=size,
        weight="bold" if end.bold else "normal",
        color=end.colour,
        linespacing=1.05,
        zorder=5,
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": end.colour,
            "lw": 1.0,
            "alpha": 0.7,
            "relpos": (0, 0.5),
            "shrinkA": 2,
            "shrinkB": 7 if end.bold else 0,
        },
    )
    if end.note:
        axes.annotate(
            end.note,
            (0, 0),
            (at[0], at[1] - height / 2 + noted / 2 + 2),
            textcoords="axes points",
            va="center",
            size=SMALL * share,
            color=muted,
            linespacing=1.05,
            annotation_clip=False,
        )

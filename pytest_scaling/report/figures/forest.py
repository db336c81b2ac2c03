"""The evidence of one claim as a slide: every comparison with its interval, seeds and bound.

One line per comparison, grouped by the unit of the effect, each group with an axis of its
own. Small dots are seeds, the large one is their mean, the bar the interval that judged; the dashed
line is the bound. Letters are drawn as paths, as in the other figures.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...experiments.units import UNITS
from ...ledger.format import Record, drawn_samples, estimated
from ...ledger.words import minus
from .comparisons import SlideLine, groups, lines
from .labels import longest_word
from .layout import BODY, HEIGHT, POINTS, SMALL, TITLE, WIDTH, text_width
from .palette import THEMES, Theme, ThemeName
from .slide import PIXELS_PER_INCH, matplotlib_settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LEFT, RIGHT, TOP, BOTTOM = 5.6, 3.75, 6.95, 1.3  # inches left free at the sides; heights
BETWEEN = 0.8  # inches between two groups
TITLE_LETTERS = 72
EDGE, GUTTER = 0.4, 12.0  # inches from the edge of the slide, points from the axes
TWO_LINES, LARGE = 0.5, 0.27  # inches that a line needs for a name in two lines, for large letters
LINE_HEIGHT = 0.8  # inches, at most
RATIOS = ("ratio", "ratio of steps", "ratio of times")  # kept as logarithms
COLOURS = {
    "light": {"supported": "#107062", "refuted": "#b3261e", "inconclusive": "#59636e"},
    "dark": {"supported": "#52c7b2", "refuted": "#ff8a80", "inconclusive": "#a5afba"},
}
AXIS = {
    "error": "difference of errors on test rows",
    "relative fall of the error": "fall of the error, as a share of it",
    "ratio of steps": "ratio of steps, logarithmic",
    "ratio": "ratio, logarithmic",
    "ratio of times": "ratio of times, logarithmic",
    "number": "difference",
}
MARKERS = {"supported": "o", "refuted": "X", "inconclusive": "D"}


def draw_forest(record: Record, theme: ThemeName, *, source: str) -> Figure | None:
    """The slide, or None where the claim was decided exactly, so that there are no intervals.

    source: a line at the foot. Raises ReportError without matplotlib.
    """
    shown = lines(record)
    if not shown:
        return None
    with matplotlib_settings():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        colours = THEMES[theme]
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=PIXELS_PER_INCH, facecolor=colours.ground)
        FigureCanvasAgg(figure)
        write_head(figure, record, colours, COLOURS[theme])
        for (unit, own), frame in frames(groups(shown)):
            axes = figure.add_axes(frame)
            draw_group(axes, unit, own, colours, COLOURS[theme])
        write_foot(figure, record, len(shown), source, colours)
        return figure


def frames(
    grouped: Sequence[tuple[str, list[SlideLine]]],
) -> Iterator[tuple[tuple[str, list[SlideLine]], tuple[float, float, float, float]]]:
    """Each group with its place on the slide, of a height by its lines."""
    total = sum(len(own) for _, own in grouped)
    free = TOP - BOTTOM - BETWEEN * (len(grouped) - 1)
    per_line = min(LINE_HEIGHT, free / total)
    top = TOP
    for unit, own in grouped:
        height = per_line * len(own)
        yield (
            (unit, own),
            (
                LEFT / WIDTH,
                (top - height) / HEIGHT,
                (WIDTH - LEFT - RIGHT) / WIDTH,
                height / HEIGHT,
            ),
        )
        top -= height + BETWEEN


def draw_group(
    axes: Axes, unit: str, own: Sequence[SlideLine], colours: Theme, verdicts: Mapping[str, str]
) -> None:
    """One axis with its comparisons, from top to bottom."""
    low, high = limits(own)
    axes.set_facecolor(colours.ground)
    axes.set_xlim(low, high)
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.axvline(0, color=colours.grid, lw=1.4, zorder=1)
    height = axes.bbox.height / axes.figure.bbox.height * HEIGHT / len(own)
    letters, most = BODY if height >= LARGE else SMALL, 2 if height >= TWO_LINES else 1
    names = [label(line.name, letters, most) for line in own]
    for place, line in enumerate(own):
        draw_line(axes, place, line, colours, verdicts)
    inks = [colours.ink if line.counted else colours.muted for line in own]
    write_beside(axes, names, inks, letters, left=True)
    write_beside(axes, [line.written for line in own], inks, letters, left=False)
    dress(axes, unit, colours)


def write_beside(
    axes: Axes, texts: Sequence[str], inks: Sequence[str], letters: float, *, left: bool
) -> None:
    """A text at every line, left or right of the axes, all at the size that the widest allows."""
    room = ((LEFT if left else RIGHT) - EDGE) * POINTS - GUTTER
    size = min(fitted(text, letters, room) for text in texts)
    for place, (text, ink) in enumerate(zip(texts, inks, strict=True)):
        axes.annotate(
            text,
            (0 if left else 1, place),
            (-GUTTER if left else GUTTER, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            size=size,
            color=ink,
            linespacing=1.05,
            annotation_clip=False,
        )


def label(name: str, letters: float, most: int) -> str:
    """A name in two lines of even length where there is room for two and it takes them."""
    room = (LEFT - EDGE) * POINTS - GUTTER
    if most == 1 or text_width(name, letters) <= room:
        return name
    return "\n".join(textwrap.wrap(name, len(name) // 2 + longest_word(name) // 2, max_lines=2))


def fitted(text: str, letters: float, room: float, *, bold: bool = False) -> float:
    """The size of letters, in points, at which a text keeps to the room, also in points."""
    return letters * min(1.0, room / text_width(text, letters, bold=bold))


def draw_line(
    axes: Axes, place: int, line: SlideLine, colours: Theme, verdicts: Mapping[str, str]
) -> None:
    """Bound, interval, seeds and mean of one comparison."""
    evidence, colour = line.evidence, verdicts[line.evidence["verdict"]]
    low, high = axes.get_xlim()
    bound, operator = evidence["bound"], evidence["operator"]
    for at in (bound,) if operator in "><" else (bound, -bound):
        axes.plot([at] * 2, [place - 0.5, place + 0.5], color=colours.ink, lw=1.3, ls=(0, (4, 3)))
    start = low if evidence["low"] is None else evidence["low"]
    end = high if evidence["high"] is None else evidence["high"]
    strength = 1.0 if line.counted else 0.6
    axes.plot([start, end], [place] * 2, color=colour, lw=4, alpha=strength, solid_capstyle="butt")
    if evidence["high"] is None:
        axes.plot([high], [place], marker=">", ms=10, color=colour, clip_on=False)
    samples = drawn_samples(evidence)
    axes.plot(
        samples,
        [place + 0.26] * len(samples),
        ls="",
        marker="|",
        ms=6,
        mew=1.2,
        color=colours.muted,
    )
    if evidence["value"] is not None:
        axes.plot(
            [evidence["value"]],
            [place],
            marker=MARKERS[evidence["verdict"]],
            ms=10,
            color=colour,
            mec=colours.ground,
            mew=1.2,
        )


def limits(own: Sequence[SlideLine]) -> tuple[float, float]:
    """What an axis spans: zero, bounds, limits and seeds, with a margin."""
    known = [0.0]
    for line in own:
        parts = [line.evidence[name] for name in ("low", "value", "high", "bound")]
        ends = (*parts, *drawn_samples(line.evidence))
        known += [end for end in ends if end is not None and math.isfinite(end)]
    margin = 0.06 * ((max(known) - min(known)) or 1.0)
    return min(known) - margin, max(known) + margin


def dress(axes: Axes, unit: str, colours: Theme) -> None:
    """Ticks in the unit as it is read, a quiet grid, no box."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    axes.set_yticks([])
    low, high = axes.get_xlim()
    ticks = ratio_ticks(low, high) if unit in RATIOS else []
    axes.xaxis.set_major_locator(FixedLocator(ticks) if ticks else MaxNLocator(6))
    write = UNITS[unit].write if unit not in ("error", "number") else lambda value: f"{value:.3g}"
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: minus(write(value))))
    axes.grid(visible=True, axis="x", color=colours.grid, lw=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.muted, length=0, pad=6, labelsize=SMALL)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(colours.muted)
    axes.set_xlabel(AXIS.get(unit, unit), color=colours.muted, size=SMALL, labelpad=5)


def ratio_ticks(low: float, high: float) -> list[float]:
    """Logarithms of 1, 2, 5, 10 and so on between two logarithms; none where there are too few."""
    exponents = range(math.floor(low / math.log(10)), math.ceil(high / math.log(10)) + 1)
    whole = [math.log(step * 10.0**power) for power in exponents for step in (1, 2, 5)]
    inside = [tick for tick in whole if low <= tick <= high]
    return inside if 3 <= len(inside) <= 10 else [t for t in inside[::3] if len(inside) > 10]


def write_head(figure: Figure, record: Record, colours: Theme, verdicts: Mapping[str, str]) -> None:
    """The claim, and its verdict."""
    left = EDGE / WIDTH
    title = "\n".join(textwrap.wrap(record["claim"]["text"], TITLE_LETTERS, max_lines=2))
    size = fitted(title, TITLE, (WIDTH - 2 * EDGE) * POINTS, bold=True)
    figure.text(left, 8.7 / HEIGHT, title, size=size, color=colours.ink, weight="bold", va="top")
    figure.text(
        left,
        7.3 / HEIGHT,
        f"{record['verdict']} · {record['claim']['strength']} · {record['profile']['tier']} tier",
        size=18,
        weight="bold",
        color=verdicts.get(record["verdict"], colours.muted),
    )


def of_what(comparisons: Sequence[Record]) -> tuple[str, str]:
    """What the large mark and the ticks are, by what the samples are of."""
    kinds = {each.get("replication", "seed") for each in comparisons}
    if kinds == {"block"}:
        return "median over blocks", "ticks: blocks; "
    if kinds <= {"unit", "cluster"}:
        return "mean over all units", ""
    return "mean over seeds", "ticks: seeds; "


def write_foot(figure: Figure, record: Record, shown: int, source: str, colours: Theme) -> None:
    """How to read it, and where it comes from."""
    comparisons = list(estimated(record))
    every = len(comparisons)
    mark, ticks = of_what(comparisons)
    dropped = f" {every - shown} comparisons beside it are left out." if every > shown else ""
    note = (
        f"Large mark: {mark}; bar: the interval that judged; {ticks}"
        f"dashed: the bound; grey names: beside, not counted.{dropped}"
    )
    for inches, text in ((0.46, note), (0.2, source)):
        figure.text(EDGE / WIDTH, inches / HEIGHT, text, size=SMALL, color=colours.muted)

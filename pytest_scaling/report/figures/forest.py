"""The evidence of one claim as a slide: every comparison with its interval, seeds and bound.

One line per comparison, grouped by the unit of the effect, each group with an axis of its
own. Small dots are seeds, the large one is their mean, the bar the interval that judged; the dashed
line is the bound. Letters are drawn as paths, as in the other figures.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...experiments.units import unit_named
from ...ledger.format import Record, drawn_samples, estimated
from ...ledger.words import minus
from ..citation.moment import beginning
from ..words import ICONS
from .comparisons import RATIOS, SHARES, Sides, SlideLine, groups, lines, status
from .labels import longest_word
from .layout import BODY, EDGE, FOOT, HEIGHT, POINTS, SMALL, TITLE, WIDTH, fitted, text_width
from .palette import THEMES, Theme, ThemeName
from .slide import PIXELS_PER_INCH, matplotlib_settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LEFT, RIGHT, BOTTOM = 5.7, 4.1, 1.55  # inches left free at the sides; heights
BETWEEN, BELOW_HEAD = 1.25, 0.5  # inches between two groups, and above the first
HEAD = 8.7  # inches, where the title begins
VERDICT, LETTERS = 17.0, 16.0  # points
TITLE_LETTERS = 72
GUTTER = 12.0  # points from the axes
TWO_LINES, LARGE = 0.5, 0.27  # inches that a line needs for a name in two lines, for large letters
LINE_HEIGHT, ROOMY = 1.2, 0.4  # inches: of a line at most, and from where marks are large
LEAST_TICKS, MOST_TICKS = 3, 9
STRETCH = 1.0  # how far an interval may reach beyond values and bounds, in shares of their span
STRENGTHS = {
    "always": "must hold on every task",
    "usually": "must hold on two tasks in three",
    "sometimes": "must hold on one task",
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
        top = write_head(figure, record, colours) - BELOW_HEAD
        for (meaning, own), frame in frames(groups(shown), top):
            draw_group(figure.add_axes(frame), meaning, own, colours)
        write_foot(figure, record, len(shown), source, colours)
        return figure


def frames(
    grouped: Sequence[tuple[Sides, list[SlideLine]]], top: float
) -> Iterator[tuple[tuple[Sides, list[SlideLine]], tuple[float, float, float, float]]]:
    """Each group with its place on the slide below top, in inches, of a height by its lines."""
    total = sum(len(own) for _, own in grouped)
    free = top - BOTTOM - BETWEEN * (len(grouped) - 1)
    per_line = min(LINE_HEIGHT, free / total)
    for meaning, own in grouped:
        height = per_line * len(own)
        yield (
            (meaning, own),
            (
                LEFT / WIDTH,
                (top - height) / HEIGHT,
                (WIDTH - LEFT - RIGHT) / WIDTH,
                height / HEIGHT,
            ),
        )
        top -= height + BETWEEN


def draw_group(axes: Axes, meaning: Sides, own: Sequence[SlideLine], colours: Theme) -> None:
    """One axis with its comparisons, from top to bottom."""
    low, high = limits(own)
    axes.set_facecolor(colours.ground)
    axes.set_xlim(low, high)
    axes.set_ylim(len(own) - 0.5, -0.5)
    axes.axvline(0, color=colours.grid, lw=1.4, zorder=1)
    height = axes.bbox.height / axes.figure.bbox.height * HEIGHT / len(own)
    letters, most = LETTERS if height >= LARGE else SMALL, 2 if height >= TWO_LINES else 1
    at = {line.at for line in own}
    same = at.pop() if len(at) == 1 else ""  # said once, below the axis
    names = [label(line.name.removesuffix(same), letters, most) for line in own]
    for place, line in enumerate(own):
        draw_line(axes, place, line, colours, height)
    inks = [colours.ink if line.counted else colours.muted for line in own]
    size = write_beside(axes, names, inks, letters, left=True)
    write_beside(axes, [line.written for line in own], inks, min(letters, size + 2), left=False)
    dress(axes, own[0], replace(meaning, unit=meaning.unit + same), colours)
    write_bounds(axes, own, colours)


def write_beside(
    axes: Axes, texts: Sequence[str], inks: Sequence[str], letters: float, *, left: bool
) -> float:
    """A text at every line, left or right of the axes, at the size that the widest allows.

    Returns that size.
    """
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
    return size


def label(name: str, letters: float, most: int) -> str:
    """A name in two lines of even length where there is room for two and it takes them."""
    room = (LEFT - EDGE) * POINTS - GUTTER
    if most == 1 or text_width(name, letters) <= room:
        return name
    return "\n".join(textwrap.wrap(name, len(name) // 2 + longest_word(name) // 2, max_lines=2))


def draw_line(axes: Axes, place: int, line: SlideLine, colours: Theme, height: float) -> None:
    """Bound, interval, seeds and mean of one comparison; arrows where it goes on.

    height: inches of the line.
    """
    large = height >= ROOMY
    evidence, colour = line.evidence, colours.verdicts[line.evidence["verdict"]]
    low, high = axes.get_xlim()
    for at in bounds_of(evidence):
        axes.plot([at] * 2, [place - 0.5, place + 0.5], color=colours.ink, lw=1.3, ls=(0, (4, 3)))
    start = low if evidence["low"] is None else max(low, evidence["low"])
    end = high if evidence["high"] is None else min(high, evidence["high"])
    strength = 1.0 if line.counted else 0.6
    axes.plot(
        [start, end],
        [place] * 2,
        color=colour,
        lw=5 if large else 3.5,
        alpha=strength,
        solid_capstyle="butt",
    )
    for edge, reached, sign in ((low, start, "<"), (high, end, ">")):
        if reached == edge:
            axes.plot([edge], [place], marker=sign, ms=11, color=colour, clip_on=False, zorder=4)
    samples = [each for each in drawn_samples(evidence) if low <= each <= high]
    axes.plot(
        samples,
        [place + (0.26 if large else 0.36)] * len(samples),
        ls="",
        marker="|",
        ms=7 if large else 4,
        mew=1.2,
        color=colours.muted,
    )
    if evidence["value"] is not None:
        axes.plot(
            [evidence["value"]],
            [place],
            marker=MARKERS[evidence["verdict"]],
            ms=12 if large else 9,
            color=colour,
            mec=colours.ground,
            mew=1.2,
        )


def bounds_of(evidence: Record) -> tuple[float, ...]:
    """The bound, or both where the effect was to lie between them."""
    bound = evidence["bound"]
    return (bound,) if evidence["operator"] in "><" else (-bound, bound)


def limits(own: Sequence[SlideLine]) -> tuple[float, float]:
    """What an axis spans: zero, values and bounds, and intervals and seeds that are not far out."""
    core, around = [0.0], list[float]()
    for line in own:
        evidence = line.evidence
        core += bounds_of(evidence) if evidence["bound"] is not None else ()
        core += [evidence["value"]] if evidence["value"] is not None else []
        ends = (evidence["low"], evidence["high"], *drawn_samples(evidence))
        around += [end for end in ends if end is not None and math.isfinite(end)]
    core = [each for each in core if math.isfinite(each)]
    span = (max(core) - min(core)) or 1.0
    low = max(min(core) - STRETCH * span, min([*core, *around]))
    high = min(max(core) + STRETCH * span, max([*core, *around]))
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def is_clipped(group: tuple[Sides, list[SlideLine]]) -> bool:
    """Whether an interval of a group reaches beyond its axis."""
    low, high = limits(group[1])
    ends = [(line.evidence["low"], line.evidence["high"]) for line in group[1]]
    return any(a is None or b is None or a < low or b > high for a, b in ends)


def dress(axes: Axes, like: SlideLine, meaning: Sides, colours: Theme) -> None:
    """Ticks as they are read, what lies left and right of zero, a quiet grid, no box."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    unit = like.evidence["unit"]
    axes.set_yticks([])
    low, high = axes.get_xlim()
    ticks = ratio_ticks(low, high) if unit in RATIOS else []
    ticks = share_ticks(low, high) if unit.startswith("relative") else ticks
    axes.xaxis.set_major_locator(FixedLocator(ticks) if ticks else MaxNLocator(6))
    write = (lambda value: f"{100 * value:g}") if unit in SHARES else unit_named(unit).write
    if unit.startswith("relative"):
        write = lambda value: f"{-math.expm1(-value):.0%}"  # noqa: E731
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: minus(write(round(value, 12)))))
    axes.grid(visible=True, axis="x", color=colours.grid, lw=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.muted, length=0, pad=6, labelsize=SMALL)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(colours.muted)
    write_sides(axes, meaning, colours)


def write_sides(axes: Axes, meaning: Sides, colours: Theme) -> None:
    """Below the axis: what lies left of zero, what lies right of it, and the unit."""
    low, high = axes.get_xlim()
    room = (WIDTH - LEFT - RIGHT) * POINTS
    zero = -low / (high - low) * room
    texts = (f"\N{LEFTWARDS ARROW} {meaning.left}", f"{meaning.right} \N{RIGHTWARDS ARROW}")
    free = (zero + (LEFT - EDGE) * POINTS - 10, room - zero + (RIGHT - EDGE) * POINTS - 10)
    size = min(fitted(text, SMALL, own, bold=True) for text, own in zip(texts, free, strict=True))
    for text, at, align in ((texts[0], zero - 8, "right"), (texts[1], zero + 8, "left")):
        axes.annotate(
            text,
            (0, 0),
            (at, -25),
            textcoords="axes points",
            ha=align,
            va="top",
            size=size,
            weight="bold",
            color=colours.ink,
            annotation_clip=False,
        )
    axes.annotate(
        meaning.unit,
        (0, 0),
        (zero + 8, -44),
        textcoords="axes points",
        ha="left",
        va="top",
        size=FOOT,
        color=colours.muted,
        annotation_clip=False,
    )


def write_bounds(axes: Axes, own: Sequence[SlideLine], colours: Theme) -> None:
    """Above the axis: what the figures are, and the bound where it is the same in all lines."""

    def write(text: str, x: float, coordinates: Any, align: str) -> None:
        axes.annotate(
            text,
            (x, 1),
            (GUTTER if align == "left" else 0, 3),
            xycoords=(coordinates, "axes fraction"),
            textcoords="offset points",
            ha=align,
            va="bottom",
            size=FOOT,
            color=colours.muted,
            annotation_clip=False,
        )

    write("mean [interval], seeds", 1, "axes fraction", "left")
    if len({bounds_of(line.evidence) for line in own}) == 1:
        at = bounds_of(own[0].evidence)[-1]
        low, high = axes.get_xlim()
        write(
            f"bound {own[0].bound}",
            at,
            "data",
            "right" if at > high - (high - low) / 8 else "center",
        )


def share_ticks(low: float, high: float) -> list[float]:
    """Round falls of the error, which are kept as logarithms; none where there are too few."""
    falls = (-9, -4, -1, -0.5, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99)
    ticks = [-math.log1p(-fall) for fall in falls]
    apart, chosen = (high - low) / 9, [0.0]
    for tick in sorted(ticks, key=abs):
        if low <= tick <= high and all(abs(tick - other) >= apart for other in chosen):
            chosen.append(tick)
    return sorted(chosen) if len(chosen) > 2 else []


def ratio_ticks(low: float, high: float) -> list[float]:
    """Logarithms of 1, 2, 5, 10 and so on between two logarithms; none where there are too few."""
    exponents = range(math.floor(low / math.log(10)), math.ceil(high / math.log(10)) + 1)
    for steps in (
        (1,),
        (1, 2, 5),
        (1, 1.5, 2, 3, 5, 7),
        (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9),
    ):
        ticks = [math.log(step * 10.0**power) for power in exponents for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) >= LEAST_TICKS:
            return inside if len(inside) <= MOST_TICKS else inside[::2]
    return []


def write_head(figure: Figure, record: Record, colours: Theme) -> float:
    """The claim, its verdict, what fails and what is open. Returns the height where it ends."""
    room, claim = (WIDTH - 2 * EDGE) * POINTS, record["claim"]
    title = "\n".join(textwrap.wrap(claim["text"], even(claim["text"]), max_lines=2))
    time = beginning((claim["source"] or {}).get("times", ()))
    facts = (
        f"{ICONS[record['verdict']]} {record['verdict']}",
        f"control of {claim['control_of']}" if claim["control_of"] else "",
        STRENGTHS[claim["strength"]] if any(cell["task"] for cell in record["cells"]) else "",
        f"at {time} in the source" if time else "",
        f"{record['profile']['tier']} tier",
    )
    said = "  ·  ".join(filter(None, facts))
    size = fitted(title, TITLE, room, bold=True)
    verdict = fitted(said, VERDICT, room, bold=True)
    rows = [
        (title, size, colours.ink, "bold"),
        (said, verdict, colours.verdicts[record["verdict"]], "bold"),
        *((text, fitted(text, BODY, room), colours.ink, "normal") for text in status(record)[:2]),
    ]
    y = HEAD
    for text, letters, colour, weight in rows:
        figure.text(
            EDGE / WIDTH, y / HEIGHT, text, size=letters, color=colour, weight=weight, va="top"
        )
        y -= (text.count("\n") + 1) * letters * 1.25 / POINTS + 0.1
    return y


def even(text: str) -> int:
    """Letters of a line with which a text takes one line, or two of about the same length."""
    if len(text) <= TITLE_LETTERS * 0.85:
        return TITLE_LETTERS
    return min(TITLE_LETTERS, len(text) // 2 + longest_word(text) // 2 + 1)


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
    beside = any(not cell["counted"] and cell["evidence"] for cell in record["cells"])
    grey = "; grey names: beside, not counted" if beside and not dropped else ""
    arrow = "; arrow: it goes on" if any(map(is_clipped, groups(lines(record)))) else ""
    note = (
        f"Large mark: {mark}; bar: the interval that judged{arrow}; {ticks}"
        f"dashed: the bound{grey}.{dropped}"
    )
    for inches, text in ((0.46, note), (0.2, source)):
        figure.text(EDGE / WIDTH, inches / HEIGHT, text, size=FOOT, color=colours.muted)

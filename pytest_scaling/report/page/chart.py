"""Learning curves as drawings of the page: geometry only, in pixels of a small sheet. Pure.

The page's drawings are lines and words that the page itself styles: they follow its theme, its font
and the width of the screen, and a learner can be hidden.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from .. import words
from ..figures.composition import Composition
from ..figures.curves import Curve, Panel, Point, sizes_of
from ..figures.labels import spread
from ..figures.layout import references
from ..figures.palette import Style
from ..figures.placement import Box, beside_curve
from .evidence import Tick

INNER = 8.0  # between the axes and the first and the last point
MOST_TICKS = 6
ERRORS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
View = Literal["accuracy", "plain", "error"]
VIEWS: dict[View, str] = {
    "accuracy": "accuracy, m on a logarithmic axis",
    "plain": "accuracy, m on a plain axis",
    "error": "error, both axes logarithmic (a power law is a straight line)",
}
MARKS = {
    "o": "dot",
    "s": "square",
    "^": "up",
    "D": "diamond",
    "v": "down",
    "P": "plus",
    "X": "cross",
}  # names of the page's shapes by matplotlib's
LINE = 19.0  # pixels from one label to the next
PILL = (34.0, 20.0)  # pixels of a letter with its verdict
NEAR_THE_HEAD = 60  # pixels from the top, within which the words of a level are at the left
AFTER_PILL, LETTER = 50.0, 8.0  # pixels: where the zone's words begin, and how wide a letter is
BELOW_LEAST = 0.8  # of the least mean: where a logarithmic axis begins


@dataclass(frozen=True)
class Sheet:
    """The size of a drawing, and where its axes are on it."""

    width: float = 360.0
    height: float = 268.0
    left: float = 46.0
    top: float = 12.0
    right: float = 348.0
    bottom: float = 224.0


LARGE = Sheet(width=860.0, height=430.0, left=46.0, top=14.0, right=660.0, bottom=384.0)
NARROW = Sheet(width=440.0, height=420.0, left=42.0, top=14.0, right=290.0, bottom=376.0)


@dataclass(frozen=True)
class Stroke:
    """How a learner's line is drawn, in pixels."""

    marker: str
    dash: str
    width: float

    @classmethod
    def of(cls, style: Style) -> Stroke:
        """The stroke of a learner's style."""
        width = round(style.width * 0.75, 2)
        return cls(
            MARKS[style.marker], " ".join(f"{each * width:.3g}" for each in style.dash), width
        )


@dataclass(frozen=True)
class Dot:
    """One measured point."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Trace:
    """One learner: its dots, the line through them, its band and, if wanted, its seeds."""

    key: str
    stroke: Stroke
    line: str
    band: str
    seeds: tuple[str, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Guide:
    """A level or a size that is pointed out."""

    at: float
    text: str


@dataclass(frozen=True)
class Words:
    """What a level is called, and where it is written: begins, or ends at the end of the axes."""

    text: str
    x: float
    y: float
    at_the_end: bool


@dataclass(frozen=True)
class Name:
    """A learner at the end of its curve, with a line from where it ends."""

    key: str
    text: str
    note: str
    start: tuple[float, float]
    at: tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A claim's letter on a chart."""

    letter: str
    icon: str
    verdict: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Shade:
    """The zone of little data: where it ends, its name, and what it is."""

    to: float
    lines: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Chart:
    """One task in one view; names, letters and a shade are on the large one alone."""

    task: str
    view: View
    text: str
    traces: tuple[Trace, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    levels: tuple[Guide, ...]
    compared: tuple[float, ...]
    sheet: Sheet = field(default_factory=Sheet)
    names: tuple[Name, ...] = ()
    marks: tuple[Mark, ...] = ()
    shade: Shade | None = None

    @property
    def level_words(self) -> Iterator[Words]:
        """The words of levels: near the head at the left, beside the zone's where it has some."""
        beside = self.shade if self.view == "accuracy" else None
        free = beside.to + 6 if beside else self.sheet.left + 4
        for level in self.levels:
            near = level.at < NEAR_THE_HEAD
            y = level.at - 4 if level.at > 30 else level.at + 12
            yield Words(level.text, free if near else self.sheet.right, y, not near)


@dataclass(frozen=True)
class ChartScale:
    """Where m and an error are on the sheet, in one view."""

    view: View
    sizes: tuple[float, float]
    errors: tuple[float, float]
    sheet: Sheet = field(default_factory=Sheet)

    def x(self, m: float) -> float:
        """Where a number of rows is, in pixels."""
        first, last = map(self.along, self.sizes)
        share = (self.along(m) - first) / ((last - first) or 1.0)
        width = self.sheet.right - self.sheet.left - 2 * INNER
        return round(self.sheet.left + INNER + share * width, 1)

    def y(self, error: float) -> float:
        """Where an error is, in pixels."""
        worst, best = self.up(self.errors[1]), self.up(self.errors[0])
        share = (self.up(error) - worst) / ((best - worst) or 1.0)
        if self.view == "error":  # an error on its own axis grows upwards
            share = 1 - share
        return round(self.sheet.bottom - share * (self.sheet.bottom - self.sheet.top), 1)

    def along(self, m: float) -> float:
        """A number of rows on the axis of the view, before it is scaled."""
        return m if self.view == "plain" else math.log2(m)

    def up(self, error: float) -> float:
        """An error on the axis of the view, before it is scaled."""
        return -math.log(max(error, self.errors[0])) if self.view == "error" else -error


def charts(
    panels: Sequence[Panel],
    drawn: Mapping[str, Style],
    keys: Mapping[str, str],
    view: View = "accuracy",
    *,
    compared: Mapping[str, Sequence[int]] | None = None,
    with_seeds: bool = False,
    alike: bool = False,
) -> list[Chart]:
    """A chart per panel. alike: all on one scale.

    drawn, keys: strokes and CSS names by learner. compared: by task, the sizes to point out.
    """
    return [
        chart(
            panel,
            drawn,
            keys,
            view,
            (compared or {}).get(panel.task, ()),
            with_seeds=with_seeds,
            like=panels if alike else (),
        )
        for panel in panels
    ]


def chart(
    panel: Panel,
    drawn: Mapping[str, Style],
    keys: Mapping[str, str],
    view: View,
    compared: Sequence[int],
    *,
    with_seeds: bool,
    sheet: Sheet = Sheet(),
    like: Sequence[Panel] = (),
) -> Chart:
    """One panel in one view. like: panels whose scales it has; by default its own."""
    alike = like or [panel]
    sizes = sizes_of(alike)
    spans = [span(each, with_seeds=with_seeds) for each in alike]
    errors = min(low for low, _ in spans), max(high for _, high in spans)
    if view == "error":
        errors = max(errors[0], min(map(least, alike))), errors[1]
    scale = ChartScale(view, (sizes[0], sizes[-1]), errors, sheet)
    return Chart(
        task=panel.task,
        view=view,
        text=description(panel, view),
        traces=tuple(
            trace(curve, drawn[curve.learner], keys[curve.learner], scale, with_seeds=with_seeds)
            for curve in panel.curves
        ),
        x_ticks=tuple(size_ticks(sizes, scale)),
        y_ticks=tuple(error_ticks(scale) if view == "error" else accuracy_ticks(scale)),
        levels=tuple(levels(panel, scale)),
        compared=tuple(scale.x(m) for m in compared),
        sheet=sheet,
    )


def large(
    composed: Composition,
    drawn: Mapping[str, Style],
    keys: Mapping[str, str],
    view: View,
    sheet: Sheet = LARGE,
) -> Chart:
    """The task that is shown large: names at the ends of its curves, letters, the zone."""
    panel = composed.hero
    if all(line.label != "majority class" for line in references(composed)):
        panel = replace(panel, majority_error=None)  # far below all curves
    plain = chart(panel, drawn, keys, view, (), with_seeds=False, sheet=sheet)
    names = tuple(end_names(composed, plain, keys))
    zone = composed.zone
    shade = None
    if zone:
        end = min(across(panel, view, sheet).x(zone.m), sheet.right)
        most = max(8, int((end - sheet.left - AFTER_PILL) / LETTER))
        lines = tuple(textwrap.wrap(zone.words, most))
        shade = Shade(end, lines, f"{zone.words} (up to m = {zone.m:,})")
    plain = replace(plain, names=names, shade=shade)
    return replace(plain, marks=tuple(letters(composed, plain)) if view == "accuracy" else ())


def across(panel: Panel, view: View, sheet: Sheet) -> ChartScale:
    """The axis of m of a panel that is alone on its sheet."""
    sizes = sizes_of([panel])
    return ChartScale(view, (sizes[0], sizes[-1]), (0.0, 1.0), sheet)


def end_names(composed: Composition, drawn: Chart, keys: Mapping[str, str]) -> Iterator[Name]:
    """Names right of the axes, none on top of another."""
    curves = composed.hero.curves
    notes = [composed.end_of(curve.label, curve.end.m) for curve in curves]
    ends = [(trace.dots[-1].x, trace.dots[-1].y) for trace in drawn.traces]
    heights = [LINE * (2 if note else 1) for note in notes]
    centres = spread([y for _, y in ends], heights, 0.0, drawn.sheet.height)
    for curve, note, end, centre in zip(curves, notes, ends, centres, strict=True):
        at = (drawn.sheet.right + 14, round(centre - (LINE / 2 if note else 0), 1))
        yield Name(keys[curve.learner], curve.label, note, end, at)


def letters(composed: Composition, drawn: Chart) -> Iterator[Mark]:
    """The letters beside their curves; that of the zone at its head."""
    lines = {
        curve.label: [(dot.x, dot.y) for dot in trace.dots]
        for curve, trace in zip(composed.hero.curves, drawn.traces, strict=True)
    }
    every = [*lines.values(), *([name.start, name.at] for name in drawn.names)]
    sheet = drawn.sheet
    scale = across(composed.hero, "accuracy", sheet)
    taken = list(words_of_levels(drawn))
    for letter in composed.letters:
        if composed.zone and letter.letter == composed.zone.letter:
            box = Box(sheet.left + 24, sheet.top + 18, *PILL)
        elif letter.on in lines and letter.sizes:
            room = (sheet.right, sheet.bottom)
            box = beside_curve(scale.x(letter.at), lines[letter.on], every, taken, PILL, room)
        else:
            continue
        taken.append(box)
        text = f"{letter.words}: {letter.verdict}"
        yield Mark(
            letter.letter, letter.icon, letter.verdict, text, round(box.x, 1), round(box.y, 1)
        )


def words_of_levels(drawn: Chart) -> Iterator[Box]:
    """What the words of levels cover near the head, where letters may be."""
    for each in drawn.level_words:
        if not each.at_the_end:
            width = LETTER * len(each.text)
            yield Box(each.x + width / 2, each.y - 4, width, 14)


def span(panel: Panel, *, with_seeds: bool) -> tuple[float, float]:
    """The errors that a panel has to show, with a margin."""
    shown = [error for error in (panel.bayes_error, panel.majority_error) if error is not None]
    for curve in panel.curves:
        for point in curve.points:
            shown += [point.low, point.high, *(point.errors if with_seeds else ())]
    low, high = min(shown), max(shown)
    margin = 0.03 * ((high - low) or 0.1)
    return max(low - margin, 0.0), min(high + margin, 1.0)


def least(panel: Panel) -> float:
    """Where a logarithmic axis begins, which has no zero: below the least mean that is above it."""
    means = [point.mean for curve in panel.curves for point in curve.points if point.mean > 0]
    return BELOW_LEAST * min(means, default=1.0)


def trace(curve: Curve, style: Style, key: str, scale: ChartScale, *, with_seeds: bool) -> Trace:
    """One learner's drawing."""
    upper = [(scale.x(p.m), scale.y(p.low)) for p in curve.points]
    lower = [(scale.x(p.m), scale.y(p.high)) for p in reversed(curve.points)]
    stroke = Stroke.of(style)
    return Trace(
        key=key,
        stroke=stroke,
        line=path([(scale.x(point.m), scale.y(point.mean)) for point in curve.points]),
        band=path(upper + lower),
        seeds=tuple(seed_lines(curve, scale)) if with_seeds else (),
        dots=tuple(
            Dot(scale.x(point.m), scale.y(point.mean), point_in_words(curve, point, scale.view))
            for point in curve.points
        ),
    )


def seed_lines(curve: Curve, scale: ChartScale) -> Iterator[str]:
    """Lines of every seed through neighbouring sizes; where it was not run, they break."""
    seeds = sorted({seed for point in curve.points for seed in point.seeds})
    known = [dict(zip(point.seeds, point.errors, strict=True)) for point in curve.points]
    for seed in seeds:
        places = enumerate(zip(curve.points, known, strict=True))
        run = [(place, p.m, errors[seed]) for place, (p, errors) in places if seed in errors]
        for _, piece in itertools.groupby(enumerate(run), lambda each: each[1][0] - each[0]):
            points = [(scale.x(m), scale.y(error)) for _, (_, m, error) in piece]
            if len(points) > 1:
                yield path(points)


def path(points: Sequence[tuple[float, float]]) -> str:
    """Points as SVG's polyline takes them."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def point_in_words(curve: Curve, point: Point, view: View) -> str:
    """What is shown when a pointer rests on it."""
    values = (point.mean, point.low, point.high)
    if view != "error":
        values = (1 - point.mean, 1 - point.high, 1 - point.low)
    mean, low, high = (f"{value:.1%}" for value in values)
    seeds = words.count_figures(point.n, "seed")
    return f"{curve.label}, m = {point.m:,}: {mean} [{low}, {high}], {seeds}"


def levels(panel: Panel, scale: ChartScale) -> Iterator[Guide]:
    """The errors of the best possible and of the laziest learner."""
    if panel.bayes_error is not None and (scale.view != "error" or panel.bayes_error > 0):
        yield Guide(scale.y(panel.bayes_error), "best possible")
    if panel.majority_error is not None:
        yield Guide(scale.y(panel.majority_error), "majority class")


def size_ticks(sizes: Sequence[int], scale: ChartScale) -> Iterator[Tick]:
    """The sizes themselves; where they would be too close, every second from the largest."""
    if scale.view == "plain":
        step = 2 ** math.ceil(math.log2(sizes[-1] / 4)) if sizes[-1] > 4 else 1
        chosen = [*range(0, sizes[-1] + 1, step)][1:]
    else:
        chosen = list(sizes)
        most = 2 * MOST_TICKS if scale.sheet is LARGE else MOST_TICKS
        while len(chosen) > most:
            chosen = chosen[::-1][::2][::-1]
    for m in chosen:
        yield Tick(scale.x(m), f"{m:,}")


def accuracy_ticks(scale: ChartScale) -> Iterator[Tick]:
    """Round accuracies within the panel."""
    low, high = 1 - scale.errors[1], 1 - scale.errors[0]
    step = next(
        (each for each in (0.005, 0.01, 0.02, 0.05, 0.1) if (high - low) / each <= MOST_TICKS), 0.2
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    chosen = [number * step for number in range(first, last + 1)]
    for level in chosen:
        yield Tick(scale.y(1 - level), words.accuracy(level, chosen))


def error_ticks(scale: ChartScale) -> Iterator[Tick]:
    """Errors on a logarithmic axis."""
    for error in ERRORS:
        if scale.errors[0] <= error <= scale.errors[1]:
            yield Tick(scale.y(error), f"{error:.3g}")


def description(panel: Panel, view: View) -> str:
    """The chart in words, for those who cannot see it."""
    kind = "Error" if view == "error" else "Accuracy"

    def value(point: Point) -> str:
        return f"{point.mean if view == 'error' else 1 - point.mean:.1%}"

    ends = [
        f"{curve.label} from {value(curve.points[0])} at m = {curve.points[0].m:,} "
        f"to {value(curve.end)} at m = {curve.end.m:,}"
        for curve in panel.curves
    ]
    return f"{kind} against m on {panel.task}: {'; '.join(ends)}."

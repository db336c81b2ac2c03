"""The figure of the lecture from measured data: performance against m, one curve per learner.

The y axis is accuracy, 1 - error, so that better is higher, as on the lecture's board; each task
has its own scale, because the tasks have little in common but their shape. Letters are drawn as
paths: their places were computed for one font, and a slide must look the same everywhere.
matplotlib is imported where it is needed, and its settings are those of this module alone,
whatever the reader's own are.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .curves import Curve, Panel
from .error import ReportError
from .files import write
from .labels import spread, wrapped
from .palette import THEMES, Style, Theme, ThemeName, styles, variables
from .words import accuracy, figure_title, join, seeds, size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches, 16:9; sizes of letters in points on that sheet.
WIDTH, HEIGHT = 16.0, 9.0
LEFT, RIGHT, TOP, BOTTOM = 1.2, 0.25, 7.15, 1.5
BETWEEN_COLUMNS, BETWEEN_ROWS = 0.85, 1.3
GUTTER = 26.0  # points between the axes and their labels, room for the leaders
PIXELS_PER_INCH = 160  # 2560 x 1440
TITLE, HEADING, BODY, SMALL = 26.0, 18.0, 14.0, 12.0
LINE_HEIGHT = 1.22  # times the size of the letters
COLUMNS = 3
SETTINGS = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the same on every machine
    "font.size": BODY,
    "svg.fonttype": "path",
    "svg.hashsalt": "pytest-scaling",
    "axes.unicode_minus": True,
}


@contextmanager
def matplotlib_settings() -> Iterator[None]:
    """The defaults of matplotlib and our own; what was set before is back afterwards."""
    try:
        from matplotlib import style
    except ImportError as missing:
        raise ReportError.missing("matplotlib") from missing
    with style.context(["default", SETTINGS]):
        yield


@dataclass(frozen=True)
class Frame:
    """Where the axes of one panel lie, in inches, and the room right of it."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def in_figure(self) -> tuple[float, float, float, float]:
        return self.left / WIDTH, self.bottom / HEIGHT, self.width / WIDTH, self.height / HEIGHT


@dataclass(frozen=True)
class EndLabel:
    """A label at the end of a line: what it says, and where on the axes the line ends."""

    text: str
    m: float
    accuracy: float
    colour: str
    bold: bool = False


def draw(
    panels: Sequence[Panel],
    theme: ThemeName = "light",
    *,
    title: str | None = None,
    source: str = "",
) -> Figure:
    """A slide with one panel per task.

    title: a sentence; by default, whose curve ends highest. source: a line at the foot.
    Raises ReportError without matplotlib, ValueError without a curve.
    """
    if not any(panel.curves for panel in panels):
        raise ValueError("A figure needs at least one panel with a curve.")
    with matplotlib_settings():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        colours = THEMES[theme]
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=PIXELS_PER_INCH, facecolor=colours.ground)
        FigureCanvasAgg(figure)
        drawn = styles(learners(panels), theme)
        for number, (panel, frame) in enumerate(zip(panels, frames(panels), strict=True)):
            axes = figure.add_axes(frame.in_figure)
            draw_panel(axes, frame, panel, drawn, colours)
            if number % COLUMNS == 0:
                axes.set_ylabel("accuracy on test rows", labelpad=6, color=colours.muted)
        write_around(figure, panels, title or figure_title(panels), source, colours)
        return figure


def learners(panels: Sequence[Panel]) -> list[str]:
    return sorted({curve.learner for panel in panels for curve in panel.curves})


def write_around(
    figure: Figure, panels: Sequence[Panel], title: str, source: str, colours: Theme
) -> None:
    """Title, what is plotted, and the lines at the foot."""
    left = 0.4 / WIDTH

    def text(inches: float, content: str, size: float, colour: str, **more: Any) -> None:
        figure.text(left, inches / HEIGHT, content, size=size, color=colour, **more)

    shrunk = min(TITLE, TITLE * (WIDTH - 0.8) / (text_width(title, TITLE, bold=True) / 72))
    text(8.33, title, shrunk, colours.ink, weight="bold")
    text(7.86, "Accuracy against the number of labelled examples", 16, colours.muted)
    text(0.46, evidence_line(panels), SMALL, colours.muted)
    text(0.2, source, SMALL, colours.muted)


def evidence_line(panels: Sequence[Panel]) -> str:
    return (
        f"Mean over {seeds(panels)}; shaded: 95% t interval of the mean, point by point. "
        f"Each panel has its own scale; 1k = 1,024."
    )


def frames(panels: Sequence[Panel]) -> list[Frame]:
    """Panels in rows of three, with room for the labels right of every column."""
    columns = 2 if len(panels) == 4 else min(COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    gutters = [max(map(label_room, panels[column::columns])) for column in range(columns)]
    free = WIDTH - LEFT - RIGHT - sum(gutters) - BETWEEN_COLUMNS * (columns - 1)
    width = free / columns
    height = (TOP - BOTTOM - BETWEEN_ROWS * (rows - 1)) / rows
    placed = []
    for number in range(len(panels)):
        row, column = divmod(number, columns)
        left = LEFT + sum(gutters[:column]) + column * (width + BETWEEN_COLUMNS)
        placed.append(Frame(left, TOP - height - row * (height + BETWEEN_ROWS), width, height))
    return placed


def label_room(panel: Panel) -> float:
    """Inches that the labels of a panel need on its right."""
    labels = [wrapped(curve.label) for curve in panel.curves]
    widest = max((text_width(label, BODY, bold=True) for label in labels), default=0.0)
    reference = text_width("best possible", SMALL)
    return (GUTTER + max(widest, reference)) / 72


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in points of the longest line."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    lines = text.split("\n")
    return max(float(TextPath((0, 0), line, size, prop=font).get_extents().width) for line in lines)


def draw_panel(
    axes: Axes, frame: Frame, panel: Panel, drawn: dict[str, Style], colours: Theme
) -> None:
    """One task: reference lines, curves with their bands, axes, labels."""
    sizes = sorted({point.m for curve in panel.curves for point in curve.points})
    low, high = accuracy_limits(panel)
    axes.set_facecolor(colours.ground)
    axes.set_xscale("log", base=2)
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.12)
    axes.set_ylim(low, high)
    ends = [draw_reference(axes, label, sizes[-1], colours) for label in references(panel)]
    ends += [draw_curve(axes, curve, drawn[curve.learner], colours) for curve in panel.curves]
    dress(axes, sizes, colours)
    write_labels(axes, frame, ends)
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


def accuracy_limits(panel: Panel) -> tuple[float, float]:
    """The accuracies a panel spans, with a margin at both ends."""
    spanned = [1 - label.error for label in references(panel)]
    for curve in panel.curves:
        spanned += [1 - limit for point in curve.points for limit in (point.low, point.high)]
    margin = 0.04 * ((max(spanned) - min(spanned)) or 0.1)
    return min(spanned) - margin, max(spanned) + margin


@dataclass(frozen=True)
class Reference:
    """A level that needs no training to know."""

    text: str
    error: float
    dash: tuple[float, float]


def references(panel: Panel) -> list[Reference]:
    known = []
    if panel.bayes_error is not None:
        known.append(Reference("best possible", panel.bayes_error, (6, 3)))
    if panel.majority_error is not None:
        known.append(Reference("majority\nclass", panel.majority_error, (1, 2)))
    return known


def draw_reference(axes: Axes, line: Reference, m: float, colours: Theme) -> EndLabel:
    axes.axhline(1 - line.error, color=colours.muted, lw=1.1, ls=(0, line.dash), zorder=1.5)
    return EndLabel(line.text, m * 1.12, 1 - line.error, colours.muted)


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
        ls=(0, style.dash) if style.dash else "-",
        marker=style.marker,
        ms=5.5 + style.width,
        mec=colours.ground,
        mew=1.2,
        zorder=front,
        solid_capstyle="round",
        solid_joinstyle="round",
        dash_capstyle="butt",
        clip_on=False,
    )
    return EndLabel(wrapped(curve.label), m[-1], means[-1], style.colour, bold=True)


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


def size_ticks(sizes: Sequence[int], most: int = 6) -> list[int]:
    """Powers of two at equal steps within the sizes; the sizes themselves where there are few."""
    first, last = math.ceil(math.log2(sizes[0])), math.floor(math.log2(sizes[-1]))
    step = max(1, math.ceil((last - first) / most))
    powers = [2**exponent for exponent in range(first, last + 1, step)]
    return powers if len(powers) > 2 else sorted(set(sizes))[:most]


def write_labels(axes: Axes, frame: Frame, ends: Sequence[EndLabel]) -> None:
    """Labels right of the axes, spread so that none covers another, each led to its line."""
    low, high = axes.get_ylim()
    points = frame.height * 72
    wanted = [(end.accuracy - low) / (high - low) * points for end in ends]
    full = sum(label_height(end, 1.0) for end in ends)
    scale = min(1.0, (points + 40) / full)
    centres = spread(wanted, [label_height(end, scale) for end in ends], -20, points + 20)
    for end, centre in zip(ends, centres, strict=True):
        axes.annotate(
            end.text,
            (end.m, end.accuracy),
            (frame.width * 72 + GUTTER, centre),
            textcoords="axes points",
            va="center",
            ha="left",
            size=(BODY if end.bold else SMALL) * scale,
            weight="bold" if end.bold else "normal",
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
                "shrinkB": 7 if end.bold else 0,
            },
        )


def label_height(end: EndLabel, scale: float) -> float:
    """Points, with the room to the next label."""
    lines = end.text.count("\n") + 1
    return (lines * (BODY if end.bold else SMALL) * LINE_HEIGHT + 5) * scale


def description(panels: Sequence[Panel]) -> str:
    """The figure for those who do not see it."""
    tasks = []
    for panel in panels:
        ends = [
            f"{curve.label} from {1 - curve.points[0].mean:.1%} at m = {curve.points[0].m:,} "
            f"to {1 - curve.end.mean:.1%} at m = {curve.end.m:,}"
            for curve in panel.curves
        ]
        tasks.append(f"On {panel.task}: {join(ends)}.")
    return "Accuracy against the number of labelled examples. " + " ".join(tasks)


def svg(figure: Figure, title: str, text: str) -> str:
    """The figure as SVG with a title and a description, the same text whenever it is drawn."""
    buffer = io.StringIO()
    unsaid = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with matplotlib_settings():
        figure.savefig(buffer, format="svg", metadata=unsaid)
    spoken = (
        ' role="img" aria-labelledby="figure_title figure_description">\n'
        f' <title id="figure_title">{escape(title)}</title>\n'
        f' <desc id="figure_description">{escape(text)}</desc>\n'
    )
    return re.sub(r"(<svg[^>]*)>\n?", lambda found: found[1] + spoken, buffer.getvalue(), count=1)


def png(figure: Figure) -> bytes:
    """The figure as PNG, 2560 x 1440."""
    buffer = io.BytesIO()
    with matplotlib_settings():
        figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


@dataclass(frozen=True)
class Drawing:
    """A figure in the two forms that it is given away in."""

    svg: str
    png: bytes


def drawing(figure: Figure, title: str, text: str) -> Drawing:
    return Drawing(svg(figure, title, text), png(figure))


def save(figure: Figure, path_stem: Path, *, title: str = "", text: str = "") -> list[Path]:
    """Write path_stem.svg and path_stem.png; title and text are read out by a screen reader.

    By default the title is the one that the figure bears.
    """
    title = title or figure.texts[0].get_text()
    return [
        write(path_stem.with_name(path_stem.name + ".svg"), svg(figure, title, text)),
        write(path_stem.with_name(path_stem.name + ".png"), png(figure)),
    ]


def themeable(svg_text: str, panels: Sequence[Panel]) -> str:
    """The light figure as an element of a page, which gives the colours by CSS variables."""
    element = svg_text[svg_text.index("<svg") :]
    names = {colour: name for name, colour in variables(learners(panels), "light").items()}
    return re.sub(
        r"#[0-9a-f]{6}\b",
        lambda found: f"var({names[found[0]]})" if found[0] in names else found[0],
        element,
    )

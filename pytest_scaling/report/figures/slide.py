"""The figure: performance against m from measured data, one curve per learner, a panel per task.

The y axis is accuracy, 1 - error, so that better is higher, as a teacher draws it; each task
has its own scale, because the tasks have little in common but their shape. Letters are drawn as
paths: their places were computed for one font, and a slide must look the same everywhere.
matplotlib is imported where it is needed, and its settings are those of this module alone,
whatever the user's own are.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from ..error import ReportError
from ..words import join
from .axes import draw_panel, marker, write_labels
from .curves import Panel, best_first, figure_title, seeds_in_words
from .layout import (
    BODY,
    FONT,
    HEIGHT,
    POINTS,
    RIGHT,
    SMALL,
    TITLE,
    TOP,
    WIDTH,
    frames,
    labels_fit,
    legend_room,
    references,
    text_width,
)
from .palette import THEMES, Style, Theme, ThemeName, styles

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PIXELS_PER_INCH = 160  # 2560 x 1440
SETTINGS = {
    "font.family": FONT,
    "font.size": BODY,
    "svg.fonttype": "path",
    "svg.hashsalt": "pytest-scaling",
    "text.parse_math": False,  # a dollar in a name is a dollar
}


@contextmanager
def matplotlib_settings() -> Iterator[None]:
    """The defaults of matplotlib and our own settings; earlier ones are restored afterwards."""
    try:
        from matplotlib import style
    except ImportError as missing:
        raise ReportError.missing("matplotlib") from missing
    with style.context(["default", SETTINGS]), warnings.catch_warnings():
        warnings.simplefilter("default")  # not `-W error`, which would leave no report
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the font's own box stands for it
        yield


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
        direct = labels_fit(panels)
        placed = frames(panels) if direct else frames(panels, legend_room(panels))
        for panel, frame in zip(panels, placed, strict=True):
            axes = figure.add_axes(frame.in_figure)
            ends = draw_panel(axes, panel, drawn, colours)
            if direct:
                write_labels(axes, frame, ends)
            if frame.left == placed[0].left:
                axes.set_ylabel("accuracy on test rows", labelpad=6, color=colours.muted)
        if not direct:
            write_legend(figure, panels, drawn, colours)
        write_around(figure, panels, title or figure_title(panels), source, colours)
        return figure


def learners(panels: Sequence[Panel]) -> list[str]:
    """Names of all learners in the panels."""
    return sorted({curve.learner for panel in panels for curve in panel.curves})


def write_around(
    figure: Figure, panels: Sequence[Panel], title: str, source: str, colours: Theme
) -> None:
    """Title, what is plotted, and the lines at the foot."""
    left = 0.4 / WIDTH

    def text(inches: float, content: str, size: float, colour: str, **more: Any) -> None:
        figure.text(left, inches / HEIGHT, content, size=size, color=colour, **more)

    shrunk = min(TITLE, TITLE * (WIDTH - 0.8) / (text_width(title, TITLE, bold=True) / POINTS))
    text(8.33, title, shrunk, colours.ink, weight="bold")
    text(7.86, "Accuracy against the number of labelled examples", 16, colours.muted)
    text(0.46, evidence_line(panels), SMALL, colours.muted)
    text(0.2, source, SMALL, colours.muted)


def evidence_line(panels: Sequence[Panel]) -> str:
    """How to read the figure, for its foot."""
    return (
        f"Mean over {seeds_in_words(panels)}; shaded: 95% t interval of the mean, point by point. "
        f"{'Each panel has its own scale. ' if len(panels) > 1 else ''}1k = 1,024."
    )


def write_legend(
    figure: Figure, panels: Sequence[Panel], drawn: dict[str, Style], colours: Theme
) -> None:
    """One list of all learners at the right, where there is no room for labels at the ends."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            label=text,
            color=drawn[name].colour,
            lw=drawn[name].width,
            ls=drawn[name].line,
            **marker(drawn[name], colours),
        )
        for name, text in best_first(panels).items()
    ]
    known = {line.label: line.dash for panel in panels for line in references(panel)}
    handles += [
        Line2D([], [], label=text, color=colours.muted, lw=1.1, ls=(0, dash))
        for text, dash in known.items()
    ]
    figure.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=(1 - RIGHT / 2 / WIDTH, TOP / HEIGHT + 0.01),
        frameon=False,
        labelcolor=colours.ink,
        handlelength=3,
        labelspacing=0.9,
        borderpad=0,
    )


def description(panels: Sequence[Panel]) -> str:
    """The figure in words, for those who cannot see it."""
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
    left_out = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with matplotlib_settings():
        figure.savefig(buffer, format="svg", metadata=left_out)
    described = (
        ' role="img" aria-labelledby="figure_title figure_description">\n'
        f' <title id="figure_title">{escape(title)}</title>\n'
        f' <desc id="figure_description">{escape(text)}</desc>\n'
    )
    return re.sub(
        r"(<svg[^>]*)>\n?", lambda found: found[1] + described, buffer.getvalue(), count=1
    )


def png(figure: Figure) -> bytes:
    """The figure as PNG, 2560 x 1440."""
    buffer = io.BytesIO()
    with matplotlib_settings():
        figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


@dataclass(frozen=True)
class Drawing:
    """A figure in the two forms in which it is published."""

    svg: str
    png: bytes


def drawing(figure: Figure, title: str, text: str) -> Drawing:
    """A figure in both forms."""
    return Drawing(svg(figure, title, text), png(figure))

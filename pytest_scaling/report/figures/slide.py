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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...ledger.format import Record
from ...trials.identity import installed_version, sha256
from ..error import ReportError
from ..words import join
from .axes import AMOUNT, PERFORMANCE, draw_large, draw_small
from .composition import Composition, compose
from .curves import Panel, seeds_in_words
from .key import write_key, write_letters
from .layout import (
    BODY,
    EDGE,
    FONT,
    FOOT,
    HEIGHT,
    POINTS,
    SMALL,
    SUBTITLE,
    TITLE,
    TOP,
    WIDTH,
    Frame,
    fitted,
    label_width,
    large_frame,
    references,
    small_frames,
)
from .palette import THEMES, Theme, ThemeName, styles
from .plan import FigurePlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LIBRARIES = ("matplotlib", "numpy", "pillow")  # whose versions may change the bytes of a slide
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
    records: Sequence[Record] = (),
    plan: FigurePlan | None = None,
) -> Figure:
    """A slide with one task large, the others small below it, and the claims as letters.

    title: a sentence; by default, how many of the letters' claims hold, or whose curve ends
    highest. source: a line at the foot. records, plan: the claims, and which of them have letters.
    Raises ReportError without matplotlib, ValueError without a curve.
    """
    composed = compose(panels, records, plan, title)
    with matplotlib_settings():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        colours = THEMES[theme]
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=PIXELS_PER_INCH, facecolor=colours.ground)
        FigureCanvasAgg(figure)
        drawn = styles(learners(panels), theme)
        frame = large_frame(composed, label_width(end_texts(composed)))
        axes = figure.add_axes(frame.in_figure)
        leaders = draw_large(axes, composed, frame, drawn, colours)
        write_letters(axes, composed, frame, leaders, colours)
        for panel, small in zip(composed.others, small_frames(composed), strict=True):
            draw_small(figure.add_axes(small.in_figure), panel, composed, small, drawn, colours)
        if composed.letters:
            write_key(figure, composed, colours)
        write_around(figure, composed, frame, source, colours)
        return figure


def learners(panels: Sequence[Panel]) -> list[str]:
    """Names of all learners in the panels."""
    return sorted({curve.learner for panel in panels for curve in panel.curves})


def end_texts(composed: Composition) -> list[tuple[str, str]]:
    """What the labels at the ends of the large panel say: names, and what stands below them."""
    curves = [(c.label, composed.end_of(c.label, c.end.m)) for c in composed.hero.curves]
    return curves + [(line.label, "") for line in references(composed)]


def write_around(
    figure: Figure, composed: Composition, frame: Frame, source: str, colours: Theme
) -> None:
    """Title, which task is shown, names of the axes, and the lines at the foot."""

    def text(x: float, y: float, content: str, size: float, colour: str, **more: Any) -> None:
        figure.text(x / WIDTH, y / HEIGHT, content, size=size, color=colour, **more)

    room = (WIDTH - 2 * EDGE) * POINTS
    size = fitted(composed.title, TITLE, room, bold=True)
    text(EDGE, 8.38, composed.title, size, colours.ink, weight="bold")
    text(EDGE, 7.93, composed.rule, fitted(composed.rule, SUBTITLE, room), colours.muted)
    text(EDGE, TOP + 0.14, PERFORMANCE, SMALL, colours.ink)
    right = frame.left + frame.width
    text(right, frame.bottom - 0.62, AMOUNT, SMALL, colours.ink, ha="right")
    text(EDGE, 0.44, evidence_line(composed), FOOT, colours.muted)
    text(EDGE, 0.2, source, FOOT, colours.muted)


def evidence_line(composed: Composition) -> str:
    """How to read the figure, for its foot."""
    zone = composed.zone
    measured = f" Grey: up to m = {zone.m:,}, where claim {zone.letter} holds." if zone else ""
    return (
        f"Mean over {seeds_in_words(composed.panels)} on test data; shaded: 95% t interval of the "
        f"mean, point by point.{measured}"
    )


def description(
    panels: Sequence[Panel], records: Sequence[Record] = (), plan: FigurePlan | None = None
) -> str:
    """The figure in words, for those who cannot see it."""
    composed, tasks = compose(panels, records, plan), []
    for panel in composed.panels:
        ends = [
            f"{curve.label} from {1 - curve.points[0].mean:.1%} at m = {curve.points[0].m:,} "
            f"to {1 - curve.end.mean:.1%} at m = {curve.end.m:,}"
            for curve in panel.curves
        ]
        tasks.append(f"On {panel.task}: {join(ends)}.")
    claims = [
        f"{each.letter}: {each.words}: {' · '.join(filter(None, (each.verdict, each.time)))}."
        for each in composed.letters
    ]
    return " ".join(["Accuracy against the amount of labelled data.", *tasks, *claims])


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


def png(figure: Figure, text: str = "") -> bytes:
    """The figure as PNG, 2560 x 1440, with the text as its description."""
    buffer = io.BytesIO()
    with matplotlib_settings():
        figure.savefig(
            buffer,
            format="png",
            dpi=PIXELS_PER_INCH,
            metadata={"Software": None, "Description": text or None},
        )
    return buffer.getvalue()


def drawn_from(*shown: object) -> str:
    """A digest of what slides show, by its repr, and of what draws them: code and libraries."""
    code = [each.read_text(encoding="utf-8") for each in sorted(Path(__file__).parent.glob("*.py"))]
    return sha256([repr(shown), code, [installed_version(name) for name in LIBRARIES]])


@dataclass(frozen=True)
class Drawing:
    """A figure in the two forms in which it is published."""

    svg: str
    png: bytes


def drawing(figure: Figure, title: str, text: str) -> Drawing:
    """A figure in both forms."""
    return Drawing(svg(figure, title, text), png(figure, text))

"""Where things are on the slide: panels, room for labels, sizes of letters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .curves import Panel
from .labels import wrapped

# Inches, 16:9; sizes of letters in points on that sheet.
WIDTH, HEIGHT = 16.0, 9.0
LEFT, RIGHT, TOP, BOTTOM = 1.2, 0.25, 7.15, 1.5
BETWEEN_COLUMNS, BETWEEN_ROWS = 0.85, 1.3
POINTS = 72  # per inch
GUTTER = 26.0  # points between the axes and their labels, room for the leaders
BEYOND = 20.0  # points that labels may extend above and below the axes
LEGEND_LINE = 80.0  # points for the pieces of line in a legend
TITLE, HEADING, BODY, SMALL = 26.0, 18.0, 14.0, 12.0
LINE_HEIGHT = 1.22  # times the size of the letters
COLUMNS = 3
FONT = "DejaVu Sans"  # comes with matplotlib, so the same on every machine


@dataclass(frozen=True)
class Frame:
    """Where the axes of one panel lie, in inches, and the room right of it."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def in_figure(self) -> tuple[float, float, float, float]:
        """The frame in shares of the figure, as matplotlib takes it."""
        return self.left / WIDTH, self.bottom / HEIGHT, self.width / WIDTH, self.height / HEIGHT


def grid(panels: Sequence[Panel]) -> tuple[int, int]:
    """Rows and columns."""
    columns = 2 if len(panels) == 4 else min(COLUMNS, len(panels))
    return math.ceil(len(panels) / columns), columns


def frame_height(rows: int) -> float:
    """Inches of one panel."""
    return (TOP - BOTTOM - BETWEEN_ROWS * (rows - 1)) / rows


def labels_fit(panels: Sequence[Panel]) -> bool:
    """Whether the ends of all curves can be labelled in letters of full size."""
    rows, _ = grid(panels)
    room = frame_height(rows) * POINTS + 2 * BEYOND
    return all(sum(map(label_height, end_texts(panel))) <= room for panel in panels)


def frames(panels: Sequence[Panel], legend: float | None = None) -> list[Frame]:
    """Panels in rows of three, with room for labels right of every column or for one legend."""
    rows, columns = grid(panels)
    gutters = [max(map(label_room, panels[column::columns])) for column in range(columns)]
    if legend is not None:
        gutters = [*[0.0] * (columns - 1), legend]
    free = WIDTH - LEFT - RIGHT - sum(gutters) - BETWEEN_COLUMNS * (columns - 1)
    width, height = free / columns, frame_height(rows)
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
    return (GUTTER + max(widest, reference)) / POINTS


def legend_room(panels: Sequence[Panel]) -> float:
    """Inches that a legend needs: a piece of line, and the widest entry."""
    labels = {curve.label for panel in panels for curve in panel.curves}
    labels |= {line.label for panel in panels for line in references(panel)}
    return (max(text_width(label, BODY) for label in labels) + LEGEND_LINE) / POINTS


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in points of the longest line."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=FONT, weight="bold" if bold else "normal")
    lines = text.split("\n")
    return max(float(TextPath((0, 0), line, size, prop=font).get_extents().width) for line in lines)


def end_texts(panel: Panel) -> list[tuple[str, float]]:
    """The labels at the ends of a panel's lines, and the size of their letters."""
    named = [(wrapped(curve.label), BODY) for curve in panel.curves]
    return named + [(wrapped(line.label), SMALL) for line in references(panel)]


def label_height(label: tuple[str, float]) -> float:
    """Points, with the room to the next label."""
    text, size = label
    return (text.count("\n") + 1) * size * LINE_HEIGHT + 5


@dataclass(frozen=True)
class Reference:
    """A level that is known without training."""

    label: str
    error: float
    dash: tuple[float, float]


def references(panel: Panel) -> list[Reference]:
    """The levels of a panel that are known without training."""
    known = []
    if panel.bayes_error is not None:
        known.append(Reference("best possible", panel.bayes_error, (6, 3)))
    if panel.majority_error is not None:
        known.append(Reference("majority class", panel.majority_error, (1, 2)))
    return known

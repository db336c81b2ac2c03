"""Where things are on the slide: the large panel, the small ones, the key; sizes of letters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .composition import Composition
from .curves import Panel
from .labels import wrapped

# Inches, 16:9; sizes of letters in points on that sheet.
WIDTH, HEIGHT = 16.0, 9.0
EDGE = 0.55  # left and right of everything
LEFT, TOP = 1.35, 7.3  # of the large panel
ALONE, OVER_OTHERS = 1.45, 3.45  # its bottom, without and with small panels below
SMALL_TOP, SMALL_BOTTOM = 2.28, 1.12  # of the small panels
BETWEEN_SMALL = 0.45
KEY, BEFORE_KEY = 3.65, 0.3  # the key's width, and the room left of it
POINTS = 72  # per inch
GUTTER = 15.0  # points between the end of the axes and the labels
BEYOND = 24.0  # points that labels may extend above and below the axes
TITLE, SUBTITLE, BODY, SMALL, FOOT = 27.0, 15.0, 15.0, 13.0, 11.5
LEAST = 7.0  # points: letters that are smaller cannot be read at all
LINE_HEIGHT = 1.22  # times the size of the letters
FONT = "DejaVu Sans"  # comes with matplotlib, so the same on every machine


@dataclass(frozen=True)
class Frame:
    """A rectangle on the sheet, in inches."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def in_figure(self) -> tuple[float, float, float, float]:
        """The frame in shares of the figure, as matplotlib takes it."""
        return self.left / WIDTH, self.bottom / HEIGHT, self.width / WIDTH, self.height / HEIGHT

    @property
    def in_points(self) -> tuple[float, float]:
        """Width and height in points."""
        return self.width * POINTS, self.height * POINTS


@dataclass(frozen=True)
class Reference:
    """A level that is known without training."""

    label: str
    error: float
    dash: tuple[float, float]


def references(composed: Composition) -> list[Reference]:
    """The levels of the large panel that are known without training and near its curves."""
    panel, (low, high) = composed.hero, span(composed.hero)
    known = []
    if panel.bayes_error is not None:
        known.append(Reference("best possible", panel.bayes_error, (6, 3)))
    if panel.majority_error is not None and panel.majority_error <= high + (high - low) / 10:
        known.append(Reference("majority class", panel.majority_error, (1, 2)))
    return known


def span(panel: Panel) -> tuple[float, float]:
    """The least and the largest error of a panel's points, with their bands."""
    points = [point for curve in panel.curves for point in curve.points]
    return min(point.low for point in points), max(point.high for point in points)


def large_frame(composed: Composition, labels: float) -> Frame:
    """Where the large panel lies. labels: inches for the labels on its right."""
    bottom = OVER_OTHERS if composed.others else ALONE
    return Frame(LEFT, bottom, right_end(composed) - LEFT - labels, TOP - bottom)


def small_frames(composed: Composition) -> list[Frame]:
    """Where the small panels lie: in one row, no wider than a third of the sheet."""
    amount = len(composed.others)
    free = right_end(composed) - LEFT - BETWEEN_SMALL * (amount - 1)
    width = min(free / max(amount, 1), WIDTH / 4)
    return [
        Frame(LEFT + place * (width + BETWEEN_SMALL), SMALL_BOTTOM, width, SMALL_TOP - SMALL_BOTTOM)
        for place in range(amount)
    ]


def right_end(composed: Composition) -> float:
    """Where panels and their labels end: before the key, if there is one."""
    return WIDTH - EDGE - (KEY + BEFORE_KEY if composed.letters else 0.0)


def fitted(text: str, letters: float, room: float, *, bold: bool = False) -> float:
    """The size of letters, in points, at which a text keeps to the room, also in points."""
    return letters * min(1.0, room / max(text_width(text, letters, bold=bold), 1e-9))


def label_letters(heights: Sequence[float], room: float) -> float:
    """By how much labels of these heights shrink to have room beside the axes; at most 1."""
    return max(LEAST / BODY, min(1.0, room / max(math.fsum(heights), 1e-9)))


@cache
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in points of the longest line."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family=FONT, weight="bold" if bold else "normal")
    lines = text.split("\n")
    return max(float(TextPath((0, 0), line, size, prop=font).get_extents().width) for line in lines)


def label_width(labels: Sequence[tuple[str, str]]) -> float:
    """Inches that names and what stands below them need right of the axes."""
    names = [text_width(wrapped(name), BODY, bold=True) for name, _ in labels]
    below = [text_width(wrapped(note), SMALL) for _, note in labels if note]
    return (GUTTER + max([*names, *below], default=0.0)) / POINTS

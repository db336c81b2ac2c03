"""The claims on the figure: letters beside their curves, and what they say at the right."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .composition import Composition, Letter
from .layout import (
    BODY,
    EDGE,
    KEY,
    LINE_HEIGHT,
    POINTS,
    SMALL,
    TOP,
    WIDTH,
    Frame,
    text_width,
)
from .palette import Theme
from .placement import XY, Box, beside_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PILL = (36.0, 22.0)  # points, width and height of a letter with its verdict
INDENT = 0.65  # inches from the pills of the key to their words
BETWEEN = 0.24  # inches between two entries
LOWEST = 0.95  # inches from the foot of the sheet


def write_letters(
    axes: Axes, composed: Composition, frame: Frame, leaders: Sequence[Sequence[XY]], colours: Theme
) -> None:
    """The letters on the large panel, which cover no curve and no leader, and its zone's words."""
    sheet = frame.in_points
    lines = {
        c.label: [place(axes, sheet, p.m, 1 - p.mean) for p in c.points]
        for c in composed.hero.curves
    }
    taken = list[Box]()
    if composed.zone:
        taken.append(write_zone(axes, composed, sheet, list(lines.values()), colours))
    for letter in composed.letters:
        line = lines.get(letter.on)
        if line and letter.sizes:
            x, _ = place(axes, sheet, letter.at, 0.0)
            box = beside_curve(x, line, [*lines.values(), *leaders], taken, PILL, sheet)
            taken.append(box)
            draw_pill(axes, letter, (box.x, box.y), "axes points", colours)


def place(axes: Axes, sheet: XY, m: float, accuracy: float) -> XY:
    """Where a point lies on the axes, in points."""
    first, last = (math.log2(end) for end in axes.get_xlim())
    low, high = axes.get_ylim()
    across, up = (math.log2(m) - first) / (last - first), (accuracy - low) / (high - low)
    return across * sheet[0], up * sheet[1]


def write_zone(
    axes: Axes, composed: Composition, sheet: XY, lines: Sequence[Sequence[XY]], colours: Theme
) -> Box:
    """The words of the zone at its head, or at its foot where curves are in the way."""
    zone = composed.zone
    assert zone is not None
    letter = next(each for each in composed.letters if each.letter == zone.letter)
    right, _ = place(axes, sheet, zone.m, 0.0)
    room, left = min(right, sheet[0]) - PILL[0] - 24, PILL[0] + 16
    text = textwrap.fill(zone.words, max(8, int(room / (SMALL * 0.62))))
    height = max(PILL[1], (text.count("\n") + 1) * SMALL * LINE_HEIGHT)
    width = min(right, sheet[0])
    boxes = [Box(width / 2, y, width, height) for y in (sheet[1] - height / 2 - 8, height / 2 + 8)]
    points = [point for line in lines for point in line]
    box = max(boxes, key=lambda each: min(each.distance(point) for point in points) > 4)
    draw_pill(
        axes, letter, (8 + PILL[0] / 2, box.y + height / 2 - PILL[1] / 2), "axes points", colours
    )
    axes.annotate(
        text,
        (0, 0),
        (left, box.y + height / 2 - 2),
        textcoords="axes points",
        va="top",
        size=SMALL,
        color=colours.ink,
        linespacing=1.1,
        annotation_clip=False,
        bbox={"boxstyle": "square,pad=0.1", "fc": colours.zone, "lw": 0},  # over a dashed line
    )
    return box


def draw_pill(axes: Axes, letter: Letter, at: XY, coordinates: str, colours: Theme) -> None:
    """A letter and the sign of its verdict, in the colour of the verdict."""
    axes.annotate(
        f"{letter.letter} {letter.icon}",
        (0, 0),
        at,
        textcoords=coordinates,
        ha="center",
        va="center",
        size=SMALL,
        weight="bold",
        color=colours.ground,
        zorder=7,
        annotation_clip=False,
        bbox={
            "boxstyle": "round,pad=0.28,rounding_size=0.5",
            "fc": colours.verdicts[letter.verdict],
            "ec": colours.ground,
            "lw": 1.5,
        },
    )


def write_key(figure: Figure, composed: Composition, colours: Theme) -> None:
    """Each claim in words, with its verdict, when it is said, and where it holds or fails."""
    axes = figure.add_axes((0, 0, 1, 1), facecolor="none")
    axes.axis("off")
    left = (WIDTH - EDGE - KEY) * POINTS
    texts = [entry(letter) for letter in composed.letters]
    heights = [sum(lines) for lines in map(heights_of, texts)]
    room = (TOP - LOWEST) * POINTS
    share = min(1.0, room / (sum(heights) + BETWEEN * POINTS * max(len(heights) - 1, 0)))
    between = min(BETWEEN * POINTS * 1.6, (room - share * sum(heights)) / max(len(heights) - 1, 1))
    top = TOP * POINTS + 8
    for letter, lines, height in zip(composed.letters, texts, heights, strict=True):
        draw_pill(axes, letter, (left + PILL[0] / 2, top - PILL[1] / 2), "figure points", colours)
        verdict = colours.verdicts[letter.verdict]
        looks = (
            (BODY, colours.ink, "normal"),
            (SMALL, verdict, "bold"),
            (SMALL, colours.muted, "normal"),
        )
        y = top
        for text, (size, colour, weight), tall in zip(lines, looks, heights_of(lines), strict=True):
            if text:
                axes.annotate(
                    text,
                    (0, 0),
                    (left + INDENT * POINTS, y),
                    textcoords="figure points",
                    va="top",
                    size=size * share,
                    color=colour,
                    weight=weight,
                    linespacing=1.15,
                    annotation_clip=False,
                )
            y -= tall * share
        top -= height * share + between


def entry(letter: Letter) -> tuple[str, str, str]:
    """The words, the verdict with its time, and where, in lines that fit."""
    said = " · ".join(filter(None, (letter.verdict, letter.time)))
    return folded(letter.words, BODY), folded(said, SMALL, bold=True), folded(letter.where, SMALL)


def heights_of(lines: Sequence[str]) -> list[float]:
    """Points that the texts of an entry take."""
    sizes = (BODY, SMALL, SMALL)
    return [
        (text.count("\n") + 1) * size * LINE_HEIGHT + 2 if text else 0.0
        for text, size in zip(lines, sizes, strict=True)
    ]


def folded(text: str, size: float, *, bold: bool = False) -> str:
    """The text in lines that fit beside the pills of the key."""
    room, letters = (KEY - INDENT) * POINTS, len(text)
    for width in range(letters, 4, -1):
        lines = textwrap.fill(text, width, break_long_words=False)
        if text_width(lines, size, bold=bold) <= room:
            return lines
    return text

"""Colours and strokes of curves, for light and dark ground, safe for colour-blind readers.

Learners of one family share a hue and grow darker (on dark ground: brighter) and wider with their
number, on solid lines. The others are warm or grey, each with a dash and a marker of its own, so
that no two curves differ in hue alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .curves import families

ThemeName = Literal["light", "dark"]
Dash = tuple[float, ...]


@dataclass(frozen=True)
class Theme:
    """Colours of one ground; `hues` holds per family the colours of its least and largest."""

    ground: str
    ink: str
    muted: str
    grid: str
    hues: tuple[tuple[str, str, str], ...]
    others: tuple[str, ...]


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        ground="#ffffff",
        ink="#1b1f24",
        muted="#59636e",
        grid="#e6e9ed",
        hues=(
            ("#4f97d8", "#1f64b4", "#0a2a5e"),
            ("#259a87", "#107062", "#053f37"),
            ("#9479cf", "#6845ae", "#361b70"),
        ),
        others=("#c2410c", "#6f7782", "#a67800", "#9d3c72", "#7a4b2a", "#66701c"),
    ),
    "dark": Theme(
        ground="#14171a",
        ink="#eceff2",
        muted="#a5afba",
        grid="#2a3036",
        hues=(
            ("#3f7fc4", "#74b3f0", "#d6e9ff"),
            ("#2b8f7f", "#52c7b2", "#c6f3e9"),
            ("#8267c0", "#b09ae8", "#e6dcff"),
        ),
        others=("#ff9257", "#a9b1bb", "#e2bd4a", "#f08fc0", "#cf9f7c", "#c3cf6a"),
    ),
}
DASHES: tuple[Dash, ...] = ((5, 2), (1.4, 1.4), (7, 2, 1.4, 2), (10, 3), (3, 1.4, 1, 1.4), (2, 3))
MARKERS = ("s", "^", "D", "v", "P", "X")
NARROW, WIDE = 2.0, 4.2  # points: line width of the least and of the largest of a family


@dataclass(frozen=True)
class Style:
    """How one learner is drawn; an empty dash is a solid line."""

    colour: str
    width: float
    marker: str
    dash: Dash = ()

    @property
    def line(self) -> str | tuple[float, Dash]:
        """The stroke as matplotlib takes it."""
        return (0, self.dash) if self.dash else "-"


def styles(learners: Iterable[str], theme: ThemeName, after: int = 0) -> dict[str, Style]:
    """A style for every learner, the same in all panels and whatever the order of the records.

    after: how many learners outside families already have a style, which the first of these must
    not use again.
    """
    names = sorted(set(learners))
    colours, chosen = THEMES[theme], {}
    for number, family in enumerate(families(names)):
        hue = colours.hues[number % len(colours.hues)]
        last = len(family.learners) - 1
        for place, name in enumerate(family.learners):
            share = place / last
            chosen[name] = Style(between(hue, share), NARROW + share * (WIDE - NARROW), "o")
    for number, name in enumerate((name for name in names if name not in chosen), after):
        kinds = len(colours.others)
        colour, marker = colours.others[number % kinds], MARKERS[number % kinds]
        dash = DASHES[(number + number // kinds) % len(DASHES)]  # another dash the second time
        chosen[name] = Style(colour, NARROW, marker, dash)
    return chosen


def between(colours: Sequence[str], share: float) -> str:
    """The colour at a share (0 to 1) of the way along colours at equal distances."""
    position = share * (len(colours) - 1)
    start = min(int(position), len(colours) - 2)
    first, second = (channels(colours[start + step]) for step in (0, 1))
    mixed = (a + (b - a) * (position - start) for a, b in zip(first, second, strict=True))
    return "#" + "".join(f"{round(value):02x}" for value in mixed)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

"""Colours, strokes and markers of learners: by their names, for ever, wherever they are drawn.

A learner looks the same on every slide, page and notebook, whoever else is shown: what it looks
like follows from its name alone. Learners that differ in a final number, as in network-8 and
network-128, share a hue and grow darker (on dark ground: brighter) and wider with it, on solid
lines. What is made of one of them, as in network-32-nudged, has its colour, dashed. The classical
learners have the looks of KNOWN, and all others take theirs from a hash of the name. Every colour
has a contrast of at least 3:1 with its ground.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]
Dash = tuple[float, ...]


@dataclass(frozen=True)
class Theme:
    """Colours of one ground.

    Attributes:
        hues: of families, each with the colours of its least, middle and largest members.
        others: colours of the learners outside families.
        verdicts: by verdict.
    """

    ground: str
    ink: str
    muted: str
    grid: str
    zone: str
    hues: tuple[tuple[str, str, str], ...]
    others: tuple[str, ...]
    verdicts: dict[str, str]


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        ground="#ffffff",
        ink="#1b1f24",
        muted="#59636e",
        grid="#e6e9ed",
        zone="#eef0f2",
        hues=(
            ("#4f97d8", "#1f64b4", "#0a2a5e"),
            ("#259a87", "#107062", "#053f37"),
            ("#9479cf", "#6845ae", "#361b70"),
        ),
        others=(
            "#b8860b",
            "#c2410c",
            "#a8437f",
            "#6f7782",
            "#66701c",
            "#7a4b2a",
            "#0e7c86",
            "#b04a5a",
        ),
        verdicts={
            "supported": "#107062",
            "refuted": "#b3261e",
            "inconclusive": "#59636e",
            "not applicable": "#59636e",
        },
    ),
    "dark": Theme(
        ground="#14171a",
        ink="#eceff2",
        muted="#a5afba",
        grid="#2a3036",
        zone="#22272c",
        hues=(
            ("#3f7fc4", "#74b3f0", "#d6e9ff"),
            ("#2b8f7f", "#52c7b2", "#c6f3e9"),
            ("#8267c0", "#b09ae8", "#e6dcff"),
        ),
        others=(
            "#e2bd4a",
            "#ff8a50",
            "#f08fc0",
            "#a9b1bb",
            "#c3cf6a",
            "#cf9f7c",
            "#5cc8d2",
            "#ef8f9c",
        ),
        verdicts={
            "supported": "#52c7b2",
            "refuted": "#ff8a80",
            "inconclusive": "#a5afba",
            "not applicable": "#a5afba",
        },
    ),
}
BROKEN: Dash = (5, 2)
DASHES: tuple[Dash, ...] = (BROKEN, (1.6, 1.6), (7, 2, 1.4, 2), (10, 3))
MARKERS = ("D", "s", "^", "v", "P", "X")
KNOWN = {  # names of learners, without hyphens, by the place of their colour and of their marker
    "rbfsvm": (0, 0),
    "linearsvm": (1, 1),
    "logisticregression": (2, 2),
    "nearestneighbours": (3, 3),
    "randomforest": (4, 4),
    "gradientboosting": (5, 5),
    "nystroemsvm": (6, 0),
}
HUES = {"network": 0}  # of families, by their names without the number; others by a hash
NARROW, WIDE = 2.0, 4.2  # points: line width of the least and of the largest of a family
MIDDLE, STEEP = 50.0, 1.5  # the number whose member has the middle colour, and how fast it changes
CLOSE = 8  # below this number, shades are so close that markers tell members apart
MEMBER = re.compile(r"(?P<family>.*?\D)(?P<number>\d+)(?P<variant>\D.*)?")


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


def styles(learners: Iterable[str], theme: ThemeName) -> dict[str, Style]:
    """A style for every learner, by its name."""
    return {name: style_of(name, theme) for name in sorted(set(learners))}


def colour_of(learner: str, theme: ThemeName = "light") -> str:
    """The colour of a learner as "#rrggbb", from its name alone."""
    return style_of(learner, theme).colour


def style_of(learner: str, theme: ThemeName = "light") -> Style:
    """How a learner is drawn, from its name alone: the same whoever else is shown."""
    colours = THEMES[theme]
    known = KNOWN.get(re.sub(r"[^a-z0-9]", "", learner.lower()))
    if known:
        colour, marker = known
        return Style(colours.others[colour], NARROW, MARKERS[marker], BROKEN)
    member = MEMBER.fullmatch(learner)
    if member:
        return of_family(member, colours)
    number = hashed(learner)
    colour, number = number % len(colours.others), number // len(colours.others)
    marker, number = number % len(MARKERS), number // len(MARKERS)
    return Style(colours.others[colour], NARROW, MARKERS[marker], DASHES[number % len(DASHES)])


def of_family(member: re.Match[str], colours: Theme) -> Style:
    """How a learner with a number is drawn, and what is made of such a learner."""
    name, number = member["family"].rstrip("-_ "), int(member["number"])
    hue = colours.hues[HUES.get(name, hashed(name) % len(colours.hues))]
    share = shade(number)
    colour, width = between(hue, share), NARROW + share * (WIDE - NARROW)
    if member["variant"]:
        number = hashed(member["variant"])
        marker, number = number % len(MARKERS), number // len(MARKERS)
        return Style(colour, NARROW, MARKERS[marker], DASHES[number % len(DASHES)])
    return Style(colour, width, ("o", *MARKERS)[number % 7] if number < CLOSE else "o")


def shade(number: int) -> float:
    """Where a member of a family is between its least and largest, whichever others there are."""
    return 1 / (1 + math.pow(MIDDLE / max(min(number, 10**9), 0.1), STEEP))


def hashed(text: str) -> int:
    """A number from a text, the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def between(colours: Sequence[str], share: float) -> str:
    """The colour at a share (0 to 1) of the way along colours at equal distances."""
    position = share * (len(colours) - 1)
    start = min(math.floor(position), len(colours) - 2)
    first, second = (channels(colours[start + step]) for step in (0, 1))
    mixed = (a + (b - a) * (position - start) for a, b in zip(first, second, strict=True))
    return "#" + "".join(f"{round(value):02x}" for value in mixed)


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

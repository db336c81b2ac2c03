"""The page's forest plot: every comparison that counts, on one scale per unit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .badge import Badge
from .cards import Card
from .evidence import Scale, Strip, scales, strip

UNITS = {
    "error": "Differences of error",
    "relative fall of the error": "Relative falls of the error",
    "ratio": "Ratios",
    "ratio of steps": "Ratios of steps",
    "ratio of times": "Ratios of times",
    "number": "Other numbers",
}


@dataclass(frozen=True)
class Line:
    """One comparison."""

    strip: Strip
    badge: Badge
    text: str


@dataclass(frozen=True)
class Group:
    """The comparisons of one claim in one unit."""

    card: Card
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Plot:
    """All claims that were measured in one unit."""

    title: str
    scale: Scale
    groups: tuple[Group, ...]


def effects(heads: Sequence[Card]) -> list[Plot]:
    """A plot per unit, in the order of UNITS; exact statements have none."""
    claims = [head for head in heads if head.control]
    counted = [
        (card, row)
        for card in claims
        for cell in card.record["cells"]
        if cell["counted"]
        for row in cell["evidence"]
        if "n" in row
    ]
    common = scales((row for _, row in counted), with_seeds=False)
    plots = []
    for unit in sorted(common, key=[*UNITS, *common].index):
        groups = tuple(
            Group(card, lines)
            for card in claims
            if (lines := drawn([r for c, r in counted if c is card], unit, common[unit]))
        )
        if groups:
            plots.append(Plot(UNITS.get(unit, unit), common[unit], groups))
    return plots


def drawn(rows: Sequence[dict[str, object]], unit: str, scale: Scale) -> tuple[Line, ...]:
    """The lines of one claim in one unit."""
    return tuple(
        Line(placed, Badge(str(row["verdict"])), str(row["sentence"]))
        for row in rows
        if row["unit"] == unit and (placed := strip(row, scale))
    )

"""The page's forest plot: every comparison that counts, on one scale per unit. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ...ledger.format import Record, estimated
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
class PlotLine:
    """One comparison."""

    strip: Strip
    badge: Badge
    text: str


@dataclass(frozen=True)
class Group:
    """The comparisons of one claim in one unit."""

    card: Card
    lines: tuple[PlotLine, ...]


@dataclass(frozen=True)
class Plot:
    """All claims that were measured in one unit."""

    title: str
    scale: Scale
    groups: tuple[Group, ...]


def effects(heads: Sequence[Card]) -> list[Plot]:
    """A plot per unit, in the order of UNITS; exact statements have none."""
    claims = [head for head in heads if head.control]
    counted = {card.anchor: list(estimated(counted_cells(card))) for card in claims}
    common = scales(itertools.chain.from_iterable(counted.values()), with_seeds=False)
    plots = []
    for unit in sorted(common, key=[*UNITS, *common].index):
        groups = tuple(
            Group(card, lines)
            for card in claims
            if (lines := drawn(counted[card.anchor], unit, common[unit]))
        )
        if groups:
            plots.append(Plot(UNITS.get(unit, unit), common[unit], groups))
    return plots


def counted_cells(card: Card) -> Record:
    """The record of a card without the cells beside the claim."""
    return {"cells": [cell for cell in card.record["cells"] if cell["counted"]]}


def drawn(evidence: Sequence[Record], unit: str, scale: Scale) -> tuple[PlotLine, ...]:
    """The lines of one claim in one unit."""
    return tuple(
        PlotLine(placed, Badge(each["verdict"]), each["sentence"])
        for each in evidence
        if each["unit"] == unit and (placed := strip(each, scale))
    )

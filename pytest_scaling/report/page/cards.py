"""What the page shows of each claim, worked out from its record: no HTML here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...ledger.controls import ControlStatus, doubt, status_of
from ...ledger.format import ALTERNATIVES, Record, estimated
from ...ledger.words import in_scopes
from .. import places, words
from ..answers import in_order
from ..citation.bibtex import bibtex
from ..citation.citation import cite
from ..citation.key import KeyFault
from ..citation.project import Place
from .badge import Badge
from .details import (
    ArmMetric,
    Moment,
    arm_metrics,
    bounds,
    command,
    limits,
    moment,
    source_of,
)
from .evidence import Comparison, Scale, comparison, scales
from .overview.history import Past

STRENGTHS = {
    "always": "always: no counterexample on any task",
    "usually": "usually: on at least two tasks in three",
    "sometimes": "sometimes: on at least one task",
}


@dataclass(frozen=True)
class Cell:
    """A claim on one task, or on none, with one learner, or with none in particular."""

    task: str
    learner: str
    badge: Badge
    counted: bool
    reason: str
    evidence: tuple[Comparison, ...]

    @property
    def name(self) -> str:
        return " · ".join(filter(None, (self.task, self.learner))) or "as a whole"


@dataclass(frozen=True)
class UnitGroup:
    """Comparisons of one unit, each with its cell, and the scale that they are drawn on."""

    scale: Scale | None
    rows: tuple[tuple[Cell, Comparison], ...]

    @property
    def is_drawn(self) -> bool:
        return self.scale is not None and any(row.strip for _, row in self.rows)


@dataclass(frozen=True)
class Cited:
    """How a verdict is cited."""

    key: str
    sentence: str
    bibtex: str
    reproduce: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One claim. `control` is None where the claim is a control itself."""

    anchor: str  # its address on the page
    text: str
    badge: Badge
    sentence: str
    partial: bool
    strength: str
    bounds: tuple[str, ...]
    control_of: str | None
    control: ControlStatus | None
    source: str
    moments: tuple[Moment, ...]
    reproduce: tuple[str, ...]
    cited: Cited | None
    level: float
    cells: tuple[Cell, ...]
    limits: tuple[str, ...]
    arms: tuple[ArmMetric, ...]
    record: Record
    scales: Mapping[str, Scale]
    controls: tuple[Card, ...] = field(default=())
    others: Mapping[str, Card] = field(default_factory=dict)  # of other tiers, by their names
    past: tuple[Past, ...] = ()  # its verdicts over time, where they turned

    @property
    def scopes(self) -> str:
        """In how many of its scopes the claim has its verdict, where it declares several."""
        return in_scopes(self.record)

    @property
    def alternatives(self) -> list[tuple[str, Badge, str]]:
        """Other scopes: name, verdict, and the verdicts of their cells in words."""
        return [
            (
                other["name"],
                Badge(other["verdict"], self.badge.as_control),
                places.sentence({**other, "cells": [*map(voting, other["cells"])]}),
            )
            for other in self.record.get(ALTERNATIVES, ())
        ]

    @property
    def doubt(self) -> str:
        """What its control leaves open of a supported claim."""
        return doubt(self.record, self.control) if self.control else ""

    @property
    def tasks(self) -> list[str]:
        """What it was evaluated on."""
        return [*dict.fromkeys(cell.task for cell in self.cells if cell.task and cell.evidence)]

    @property
    def standing(self) -> Mapping[str, str]:
        """The status of the verdict and a sentence about it: explored, or confirmed, say."""
        return self.record.get("confirmation") or {"status": "", "sentence": ""}

    @property
    def counted(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.counted and cell.evidence]

    @property
    def beside(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.counted and cell.evidence]

    @property
    def absent(self) -> list[tuple[str, str]]:
        """Names of the cells without evidence, by their reason."""
        named: dict[str, dict[str, None]] = {}
        for cell in self.cells:
            if not cell.evidence:
                named.setdefault(cell.reason, {})[cell.task or cell.learner] = None
        return [(words.join([*filter(None, names)]), why) for why, names in named.items()]

    def by_unit(self, cells: Sequence[Cell]) -> list[UnitGroup]:
        """The evidence of cells unit by unit, exact statements first."""
        rows = [(cell, row) for cell in cells for row in cell.evidence]
        units = sorted({row.unit: None for _, row in rows}, key=bool)
        return [
            UnitGroup(self.scales.get(unit), tuple(pair for pair in rows if pair[1].unit == unit))
            for unit in units
        ]

    @property
    def family(self) -> list[Card]:
        """The claim and its controls."""
        return [self, *self.controls]


def cards(records: Sequence[Record], place: Callable[[Record], Place] | None = None) -> list[Card]:
    """One card per claim in the order of its source, its controls within it.

    A control without its claim has a card of its own. place: the project of a record, for citing.
    """
    taken: dict[str, int] = {}
    heads: list[Card] = []
    for head, controls in in_order(records):
        made = [card(each, anchor(each, taken), controls, place) for each in (head, *controls)]
        heads.append(replace(made[0], controls=tuple(made[1:])))
    return heads


def anchor(record: Record, taken: dict[str, int]) -> str:
    """The id of the claim; another profile's record of it gets a number."""
    name = record["claim"]["id"]
    taken[name] = taken.get(name, 0) + 1
    # A claim's id has no double hyphen, so this one is free.
    return str(name) if taken[name] == 1 else f"{name}--{taken[name]}"


def card(
    record: Record,
    name: str,
    controls: Sequence[Record],
    place: Callable[[Record], Place] | None,
) -> Card:
    """The card of one record. name: its anchor; controls: of its claim, in its profile."""
    claim = record["claim"]
    source = claim["source"] or {}
    is_control = claim["control_of"] is not None
    drawn = scales(estimated(record))
    citation = cited(record, controls, place(record)) if place else None
    return Card(
        anchor=name,
        text=claim["text"],
        badge=Badge(record["verdict"], is_control),
        sentence=places.sentence(record),
        partial=record.get("partial", False),
        strength=STRENGTHS[claim["strength"]],
        bounds=tuple(bounds(record)),
        control_of=claim["control_of"],
        control=None if is_control else status_of(controls),
        source=source_of(source),
        moments=tuple(moment(source["url"], time) for time in source.get("times", ())),
        reproduce=citation.reproduce if citation else (command(record),),
        cited=citation,
        level=claim["level"],
        cells=tuple(cell(each, drawn, is_control=is_control) for each in record["cells"]),
        limits=tuple(limits(record)),
        arms=tuple(arm_metrics(record)),
        record=record,
        scales=drawn,
    )


def voting(content: Record) -> Record:
    """A cell of another scope in the form of the claim's own."""
    return {"counted": True, "reason": content["verdict"], "evidence": [], **content}


def cited(record: Record, controls: Sequence[Record], place: Place) -> Cited | None:
    """The citation of a record; None where there is no verdict to cite."""
    try:
        citation = cite(record, controls, place)
    except KeyFault:
        return None
    entry = bibtex(citation).rstrip()
    return Cited(str(citation.key), citation.sentence, entry, citation.reproduce)


def cell(content: Record, drawn: Mapping[str, Scale], *, is_control: bool) -> Cell:
    """A cell as its card shows it."""
    return Cell(
        task=content["task"],
        learner=content["learner"],
        badge=Badge(content["verdict"], is_control),
        counted=content["counted"],
        reason=content["reason"],
        evidence=tuple(
            comparison(each, drawn, is_control=is_control) for each in content["evidence"]
        ),
    )


def everyone(heads: Sequence[Card]) -> list[Card]:
    """Claims and controls, each control after its claim."""
    return [each for head in heads for each in head.family]

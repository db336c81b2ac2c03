"""The list of verdicts: one line a claim in the order of its source, other tiers beside. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ....ledger.controls import (
    NOT_APPLICABLE,
    NOT_RUN,
    REFUTED,
    SUPPORTED_TOO,
    UNDECIDED,
    controls_by_claim,
)
from ....ledger.format import Record
from ....ledger.words import NOTHING, conflicts, needs
from ... import words
from ...citation.moment import beginning
from ..badge import Badge
from ..cards import Card, card
from ..evidence import Comparison
from .changes import row_key
from .context import Context

CONTROL_ICONS = {
    REFUTED: "✓",
    UNDECIDED: "?",
    SUPPORTED_TOO: "✗",
    NOT_APPLICABLE: NOTHING,
    NOT_RUN: NOTHING,
}


@dataclass(frozen=True)
class OtherVerdict:
    """The verdict of another tier; None where that has no row of the claim."""

    tier: str
    badge: Badge | None
    conflict: bool
    control: str
    reasons: tuple[str, ...]  # why it is refuted, where it is


@dataclass(frozen=True)
class Line:
    """One claim in the list."""

    card: Card
    time: str  # when its source says it, as in "02:13"; empty where that is not stated
    note: str  # where its verdict is not the same everywhere, and what would decide it
    control: str
    others: tuple[OtherVerdict, ...]

    @property
    def in_conflict(self) -> bool:
        return any(each.conflict for each in self.others)


def listing(heads: Sequence[Card], tiers: Sequence[str]) -> list[Line]:
    """The lines of all claims, and of controls without their claim. tiers: the other ones."""
    return [
        Line(
            head,
            beginning((head.record["claim"]["source"] or {}).get("times", ())),
            note(head),
            control(head),
            tuple(other_verdict(head, tier) for tier in tiers),
        )
        for head in heads
    ]


def note(head: Card) -> str:
    """What a reader should know at once of a verdict that is not plain support everywhere."""
    counted = {cell.badge.word for cell in head.counted} - {"not applicable"}
    if head.badge.word == "supported" and counted <= {"supported"}:
        return ""
    until = needs(head.record).removeprefix("; ") if head.badge.word == "inconclusive" else ""
    return " ".join((head.sentence, *([f"{words.capital(until)}."] if until else [])))


def control(head: Card) -> str:
    """What its control says, in an icon and a word or two: here it is refutation that is good."""
    if head.control is None:
        return f"is a control of {head.control_of}"
    word = "supported too" if head.control is SUPPORTED_TOO else head.control.word
    return f"{CONTROL_ICONS[head.control]} {word}"


def other_verdict(head: Card, tier: str) -> OtherVerdict:
    """What another tier says of a claim."""
    other = head.others.get(tier)
    if other is None:
        return OtherVerdict(tier, None, conflict=False, control="", reasons=())
    conflict = conflicts(head.badge.word, other.badge.word)
    return OtherVerdict(tier, other.badge, conflict, control(other), tuple(reasons(other)))


def beside(heads: Sequence[Card], known: Context) -> list[Card]:
    """The cards of a run with those of other tiers, and with their own earlier verdicts."""
    rows: dict[str, list[Record]] = {tier: [] for tier in known.tiers}
    for by_tier in known.others.values():
        for tier, row in by_tier.items():
            rows[tier].append(row)
    controls = {tier: controls_by_claim(of_tier) for tier, of_tier in rows.items()}
    return [beside_card(head, known, controls) for head in heads]


def beside_card(
    head: Card, known: Context, controls: Mapping[str, Mapping[str, Sequence[Record]]]
) -> Card:
    """One card with those of other tiers. controls: the rows of controls, by tier and claim."""
    key = row_key(head.record)
    others = {}
    for tier, row in known.others.get(key, {}).items():
        own = controls[tier].get(key[0], ())
        alike = [each for each in own if each["profile"] == row["profile"]]
        others[tier] = card(row, f"{head.anchor}--{tier}", alike, None)
    return replace(head, others=others, past=known.past.get(key, ()))


def reasons(head: Card) -> list[str]:
    """Why a claim is refuted: the comparisons that count and came out against it, in sentences."""
    return list(dict.fromkeys(against(head))) if head.badge.word == "refuted" else []


def against(head: Card) -> Iterator[str]:
    """The refuted comparisons of a claim."""
    for cell in head.counted:
        for row in cell.evidence:
            if row.badge.word == "refuted":
                yield told(row)


def told(row: Comparison) -> str:
    """What was measured, and what the claim needs."""
    if not row.effect:
        return f"Not so: {row.about}."
    measured = f"{words.capital(row.about)} is {row.effect} {row.interval}"
    return f"{measured}; the claim needs it {row.relation.rstrip('?')}."

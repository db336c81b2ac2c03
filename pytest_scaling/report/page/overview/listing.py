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
from ...citation.moment import beginning, by_source
from ..badge import Badge
from ..cards import Card, card, everyone
from ..evidence import Comparison
from .changes import RowKey, row_key
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
    """One claim in the list. `card` is another tier's where only that has a row of the claim."""

    card: Card
    time: str  # when its source says it, as in "02:13"; empty where that is not stated
    note: str  # where its verdict is not the same everywhere, and what would decide it
    control: str
    others: tuple[OtherVerdict, ...]
    here: bool = True  # whether the tier of the page has the claim

    @property
    def in_conflict(self) -> bool:
        return any(each.conflict for each in self.others)


def listing(
    heads: Sequence[Card], tiers: Sequence[str], elsewhere: Sequence[Card] = ()
) -> list[Line]:
    """The lines of all claims, and of controls without their claim, in the order of the source.

    tiers: the other ones. elsewhere: the claims that they alone have, by `only_elsewhere`.
    """
    lines = [line(head, tiers, here=True) for head in heads]
    if not elsewhere:
        return lines
    return by_source([*lines, *(line(each, tiers, here=False) for each in elsewhere)], source_of)


def line(head: Card, tiers: Sequence[str], *, here: bool) -> Line:
    """The line of one claim; without a note and a control where the page's tier lacks it."""
    return Line(
        head,
        beginning((head.record["claim"]["source"] or {}).get("times", ())),
        note(head) if here else "",
        control(head) if here else "",
        tuple(other_verdict(head, tier, here=here) for tier in tiers),
        here,
    )


def source_of(each: Line) -> tuple[str, Sequence[str]] | None:
    """What a claim paraphrases, with its times; None for controls, which stay at the end."""
    stated = each.card.record["claim"]["source"]
    return (stated["title"], stated.get("times", ())) if stated and each.card.control else None


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


def other_verdict(head: Card, tier: str, *, here: bool = True) -> OtherVerdict:
    """What another tier says of a claim. here: whether the page's own tier says something too."""
    other = head.others.get(tier)
    if other is None:
        return OtherVerdict(tier, None, conflict=False, control="", reasons=())
    conflict = here and conflicts(head.badge.word, other.badge.word)
    return OtherVerdict(tier, other.badge, conflict, control(other), tuple(reasons(other)))


def beside(heads: Sequence[Card], known: Context) -> list[Card]:
    """The cards of a run with those of other tiers, and with their own earlier verdicts."""
    controls = controls_of(known)
    return [
        replace(
            head,
            others=in_other_tiers(row_key(head.record), head.anchor, known, controls),
            past=known.past.get(row_key(head.record), ()),
        )
        for head in heads
    ]


def only_elsewhere(heads: Sequence[Card], known: Context) -> list[Card]:
    """The cards of the claims that only other tiers have; none for a run of some claims.

    Each is the card of the first such tier, with those of all of them as `others`.
    """
    if known.selection:
        return []
    controls, anchors = controls_of(known), {each.anchor for each in everyone(heads)}
    here = {row_key(each.record) for each in everyone(heads)}
    found = []
    for key, by_tier in known.others.items():
        rows = list(by_tier.values())
        if key in here or not rows or rows[0]["claim"]["control_of"] is not None:
            continue
        name = key[0] if key[0] not in anchors else "--".join(key)
        others = in_other_tiers(key, name, known, controls)
        found.append(replace(next(iter(others.values())), anchor=name, others=others))
    return found


Controls = Mapping[str, Mapping[str, Sequence[Record]]]  # the rows of controls, by tier and claim


def controls_of(known: Context) -> Controls:
    """The controls of the other tiers."""
    rows: dict[str, list[Record]] = {tier: [] for tier in known.tiers}
    for by_tier in known.others.values():
        for tier, row in by_tier.items():
            rows[tier].append(row)
    return {tier: controls_by_claim(of_tier) for tier, of_tier in rows.items()}


def in_other_tiers(key: RowKey, name: str, known: Context, controls: Controls) -> dict[str, Card]:
    """The cards of a claim in the other tiers that have it. name: its anchor."""
    others = {}
    for tier, row in known.others.get(key, {}).items():
        own = controls[tier].get(key[0], ())
        alike = [each for each in own if each["profile"] == row["profile"]]
        others[tier] = card(row, f"{name}--{tier}", alike, None)
    return others


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

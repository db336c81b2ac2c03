"""Answers: what a run says about each claim, in the order of its source. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..ledger.controls import ControlStatus, controls_by_claim, status_of
from ..ledger.format import Record
from ..ledger.words import conflicts
from .citation.moment import beginning, by_source

Verdicts = Mapping[str, str]  # of other tiers, by the name of the tier


@dataclass(frozen=True)
class Answer:
    """One claim with its verdict, or a control whose claim is not among the records."""

    record: Record
    controls: tuple[Record, ...] = ()
    others: Verdicts = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.record["claim"]["id"])

    @property
    def sentence(self) -> str:
        return str(self.record["claim"]["text"])

    @property
    def verdict(self) -> str:
        return str(self.record["verdict"])

    @property
    def time(self) -> str:
        """When its source says it, as in "02:13"; empty where that is not stated."""
        return beginning((self.record["claim"]["source"] or {}).get("times", ()))

    @property
    def is_control(self) -> bool:
        return self.record["claim"]["control_of"] is not None

    @property
    def control(self) -> ControlStatus:
        """What its controls say about the claim."""
        return status_of(self.controls)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The tiers whose verdicts contradict this one."""
        return tuple(tier for tier, other in self.others.items() if conflicts(self.verdict, other))


@dataclass(frozen=True)
class Totals:
    """How many claims have which verdict, and how many controls, which must be refuted."""

    claims: Counter[str]
    controls: Counter[str]


def answers(
    records: Sequence[Record], others: Mapping[str, Verdicts] | None = None
) -> list[Answer]:
    """The answers of a run in the order of its source. others: of other tiers, by claim."""
    named = others or {}
    return [
        Answer(claim, tuple(controls), named.get(claim["claim"]["id"], {}))
        for claim, controls in in_order(records)
    ]


def totals(found: Sequence[Answer]) -> Totals:
    """The answers counted, claims and controls apart."""
    controls = [each.record for each in found if each.is_control]
    controls += [control for each in found for control in each.controls]
    return Totals(
        Counter(each.verdict for each in found if not each.is_control),
        Counter(str(each["verdict"]) for each in controls),
    )


def in_order(records: Sequence[Record]) -> list[tuple[Record, list[Record]]]:
    """Claims by source and time, each with its controls; without a source at the end.

    Controls whose claim is not among the records come last.
    """
    by_claim = controls_by_claim(records)

    def source(record: Record) -> tuple[str, Sequence[str]] | None:
        stated = record["claim"]["source"]
        return (stated["title"], stated.get("times", ())) if stated else None

    def controls(record: Record) -> list[Record]:
        own = by_claim.get(record["claim"]["id"], ())  # and evaluated in the same way
        return [each for each in own if each["profile"] == record["profile"]]

    claims = [each for each in records if each["claim"]["control_of"] is None]
    lined_up = [(claim, controls(claim)) for claim in by_source(claims, source)]
    held = {id(each) for _, group in lined_up for each in group}
    return lined_up + [
        (each, [])
        for each in records
        if each["claim"]["control_of"] is not None and id(each) not in held
    ]

"""The comparisons of one claim, line by line as its slide shows them, and the slide in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...experiments.units import UNITS
from ...ledger.format import Record
from ...ledger.words import MINUS, minus, quantity
from ..words import count

MOST_LINES = 24  # that can be read from the last row of a classroom


@dataclass(frozen=True)
class SlideLine:
    """One comparison of one cell."""

    name: str
    counted: bool
    evidence: Record

    @property
    def written(self) -> str:
        """Effect, interval and seeds in figures."""
        evidence = self.evidence
        write = UNITS[evidence["unit"]].write
        ends = (
            write(evidence[end]) if evidence[end] is not None else infinite
            for end, infinite in (("low", "-∞"), ("high", "∞"))
        )
        value = write(evidence["value"]) if evidence["value"] is not None else "unknown"
        return minus(f"{value} [{', '.join(ends)}], n = {evidence['n']}")

    @property
    def bound(self) -> str:
        """The bound, or both where the effect was to lie between them."""
        both = "" if self.evidence["operator"] in "><" else "± "
        return both + quantity(self.evidence["bound"], self.evidence["unit"])


def lines(record: Record) -> list[SlideLine]:
    """The comparisons that have figures; those beside the claim last, left out if too many."""
    found = [
        SlideLine(named(cell, evidence), cell["counted"], evidence)
        for cell in record["cells"]
        for evidence in cell["evidence"]
        if "n" in evidence
    ]
    judged = [line for line in found if line.counted]
    beside = [line for line in found if not line.counted]
    return judged + beside if len(found) <= MOST_LINES else judged[:MOST_LINES]


def named(cell: Record, evidence: Record) -> str:
    """Task, learner where the measurement does not name it, and what was measured there."""
    learner = "" if cell["learner"] in evidence["measured"] else cell["learner"]
    where = ", ".join(filter(None, (cell["task"], learner)))
    return ": ".join(filter(None, (where, evidence["measured"]))).replace(" - ", f" {MINUS} ")


def groups(shown: Sequence[SlideLine]) -> list[tuple[str, list[SlideLine]]]:
    """The lines by their unit, in order of appearance."""
    by_unit: dict[str, list[SlideLine]] = {}
    for line in shown:
        by_unit.setdefault(line.evidence["unit"], []).append(line)
    return list(by_unit.items())


def forest_description(record: Record) -> str:
    """The slide in words, for those who cannot see it."""
    sentences = [
        f"{line.name}: {line.written}, {line.evidence['verdict']}, bound {line.bound}"
        f"{'' if line.counted else ' (beside, not counted)'}"
        for line in lines(record)
    ]
    return (
        f"Intervals of {count(len(sentences), 'comparison')}, each with its bound. "
        f"“{record['claim']['text'].rstrip('.')}” is {record['verdict']}. {'; '.join(sentences)}."
    )

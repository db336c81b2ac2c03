"""Findings: how a record differs from its row of the ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from ..format import Record

SHRINK = 0.25  # of an effect or an error: a loss that matters, unless the least one is more

Kind = Literal["protocol", "verdict", "effect", "error", "samples", "note"]


@dataclass(frozen=True)
class Finding:
    """One difference between a record and its row, in a sentence; a note fails nothing."""

    kind: Kind
    sentence: str

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self.kind != "note"

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def measured(evidence: Record, sign: int) -> Any:
    """The samples of a piece of evidence, with the sign that makes more of the effect larger."""
    from ...statistics.change import Measured

    return Measured(
        evidence["seeds"],
        [sign * value for value in evidence["samples"]],
        evidence["noise_floor"] or 0.0,
        evidence["overlap"] or 0.0,
    )


def same_comparison(was: Record, now: Record) -> bool:
    """Whether two pieces of evidence compare the same with the same bound.

    Not so with scores: they exist, so what differs is the files, which a note names.
    """
    if "scores" in was or "scores" in now:
        return False
    return all(was.get(key) == now.get(key) for key in ("about", "operator", "bound_name"))

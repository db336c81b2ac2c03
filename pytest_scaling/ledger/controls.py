"""Controls: the outcome of the measurements that must not come out supported.

A claim that is supported is worth as much as its control: only one that was refuted shows that the
procedure does not support whatever it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..trials.identity import canonical
from .format import CONTROL, Record


@dataclass(frozen=True)
class ControlStatus:
    """What the controls of a claim say about it, in a word or two and in a sentence."""

    word: str
    sentence: str

    @property
    def doubt(self) -> str:
        """What a verdict says beside "supported"."""
        return self.word if self is SUPPORTED_TOO else self.sentence

    @property
    def trustworthy(self) -> bool:
        """Whether the control was refuted, so that support of the claim means something."""
        return self is REFUTED


SUPPORTED_TOO = ControlStatus("not trustworthy", "not trustworthy: the control is supported too")
UNDECIDED = ControlStatus("undecided", "control undecided")
NOT_APPLICABLE = ControlStatus("not applicable", "control not applicable")
REFUTED = ControlStatus("refuted", "control refuted, as it must be")
NOT_RUN = ControlStatus("not run", "control not run")

# Where a claim has several controls the first of these that occurs is its status: worst first.
BY_VERDICT = {
    "supported": SUPPORTED_TOO,
    "inconclusive": UNDECIDED,
    "not applicable": NOT_APPLICABLE,
    "refuted": REFUTED,
}


def control_status(claim_id: str, records: Sequence[Record]) -> ControlStatus:
    """The status that the records of a run give to the control of a claim.

    Raises KeyError for a record whose verdict is none of the four.
    """
    return status_of(controls_by_claim(records).get(claim_id, ()))


def controls_by_claim(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The records of controls, by the id of what they are controls of."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record["claim"]["control_of"] is not None:
            found[record["claim"]["control_of"]].append(record)
    return dict(found)


def doubt(record: Record, status: ControlStatus) -> str:
    """What to add to the verdict of a claim that is supported without a refuted control."""
    doubtful = record["verdict"] == "supported" and not record["claim"]["control_of"]
    return "" if status.trustworthy or not doubtful else status.doubt


def with_controls(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The records of a run, each claim with the word for its control in its profile."""
    controls: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        controls[canonical(record["profile"]), str(record["claim"]["control_of"])].append(record)
    return [
        {**each, CONTROL: status_of(controls[canonical(each["profile"]), each["claim"]["id"]]).word}
        if each["claim"]["control_of"] is None
        else {**each}
        for each in records
    ]


def status_of(controls: Iterable[Record]) -> ControlStatus:
    """The status that its controls give to a claim, the worst of theirs."""
    found = {BY_VERDICT[record["verdict"]] for record in controls}
    return next((status for status in BY_VERDICT.values() if status in found), NOT_RUN)

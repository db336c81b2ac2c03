"""From a verdict and its row in the ledger to what pytest reports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pytest

from ..experiments.estimate import Inconclusive
from ..experiments.one_look.timings import TimingError
from ..ledger.ledger import Row, turned_cells
from ..ledger.registration.standing import status_of
from ..ledger.words import needs
from ..spec.declaration import Claim
from ..spec.errors import ClaimError
from ..spec.protocols import SettingsError
from ..trials.execution import OfflineError
from ..trials.result import TrialError
from ..trials.store.store import StoreError

if TYPE_CHECKING:
    from ..ledger.format import Record


Kind = Literal["passed", "failed", "xfailed", "inconclusive", "skipped"]

MISTAKES = (
    ClaimError,
    SettingsError,
    TrialError,
    OfflineError,
    StoreError,
    TimingError,
    pytest.UsageError,
)
"""Errors whose message says everything: they are reported without a traceback."""


REPLACE = (
    "Find out what changed; where the new figures are right, replace the row with "
    "--claims-update=changed --claims-reason '...'."
)
TIMING = (
    "Times depend on this machine and its other load, so the ledger keeps none: check what else is "
    "running, and run it again."
)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a test item, and the words for it."""

    kind: Kind
    message: str

    def deliver(self) -> None:
        """End the test in this outcome."""
        if self.kind == "failed":
            pytest.fail(self.message, pytrace=False)
        if self.kind == "xfailed":
            pytest.xfail(self.message)
        if self.kind == "inconclusive":
            raise Inconclusive(self.message, _use_item_location=True)
        if self.kind == "skipped":
            raise pytest.skip.Exception(self.message, _use_item_location=True)


def outcome(
    claim: Claim,
    record: Record,
    row: Row | None,
    accepted_now: str,
    modes: Collection[str] = ("new",),
) -> Outcome:
    """Compare a record with the ledger.

    accepted_now: the reason given with --claims-update, which accepts a claim without a row, or
    whose row has changed, as the modes of the update permit.
    """
    verdict, sentence = record["verdict"], f"{describe(claim)} {verdict_in_words(claim, record)}"
    if verdict == "not applicable":
        return Outcome("skipped", f"not applicable: {record['reason']}")
    held = record.get("ledger") or {"findings": ()}
    if accepted_now and is_accepted(record, row, modes):
        row, held = Row(verdict, accepted_now, {}), {"findings": ()}
    if failing := [each["sentence"] for each in held["findings"] if fails(each)]:
        lines = [f"- {words}" for words in failing]
        return Outcome("failed", "\n".join([sentence, *lines, f"{held['suspects']} {REPLACE}"]))
    if verdict == "inconclusive":
        return Outcome("inconclusive", sentence + needs(record))
    if record["partial"] and row is not None:
        changed = turned_cells(row, record["cells"])
        kind: Kind = "failed" if changed else "passed"
        return Outcome(kind, "; ".join([sentence, *changed]))
    return by_row(claim, record, row, sentence)


def by_row(claim: Claim, record: Record, row: Row | None, sentence: str) -> Outcome:
    """The outcome of a decided claim by the verdict that is expected of it."""
    verdict = record["verdict"]
    expected = row.verdict if row and row.verdict in ("supported", "refuted") else claim.expected
    if verdict != expected:
        hint = TIMING if record.get("timing") else advice(claim, row)
        return Outcome("failed", f"{sentence}\n{hint}")
    if verdict != claim.expected and row is not None:
        return Outcome("xfailed", f"{verdict}, as in the ledger: {row.reason}")
    return Outcome("passed", sentence)


def fails(finding: Record) -> bool:
    return bool(finding["kind"] != "note")


def is_accepted(record: Record, row: Row | None, modes: Collection[str]) -> bool:
    """Whether an update of the ledger accepts a record, whatever it says."""
    if record.get("timing") or record["partial"]:
        return False
    return ("new" if row is None else "changed") in modes


def mark(
    report: pytest.TestReport,
    call: pytest.CallInfo[Any],
    record: Record | None,
    *,
    fail_inconclusive: bool,
    in_full: bool = False,
) -> None:
    """Write the evidence into a test report, and the words for outcomes that pytest lacks.

    in_full: show the whole traceback of a training that raised, not only the user's own code.
    """
    if report.when != "call":
        return
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, Inconclusive):
        if fail_inconclusive:
            report.outcome, report.longrepr = "failed", str(error.msg)
        else:
            report.claim_status = ("inconclusive", "i", "INCONCLUSIVE")  # type: ignore[attr-defined]
            if isinstance(report.longrepr, tuple):
                report.longrepr = (*report.longrepr[:2], str(error.msg))
    elif isinstance(error, MISTAKES):
        report.claim_status = ("error", "E", "ERROR")  # type: ignore[attr-defined]
        sentence = str(error.args[0] if error.args else error)
        place = (
            (error.traceback if in_full else error.frames) if isinstance(error, TrialError) else ""
        )
        report.longrepr = f"{sentence}\n{place}" if place else sentence
    elif report.outcome == "passed" and record is not None:
        of_control = "control " if record["claim"]["control_of"] else ""
        word = f"PASSED ({of_control}{record['verdict']})"
        report.claim_status = ("passed", ".", word)  # type: ignore[attr-defined]
    if record is not None:
        report.claim_record = record  # type: ignore[attr-defined]


def properties(record: Record) -> list[tuple[str, object]]:
    """What other tools get from a record, through JUnit XML for example."""
    return [
        ("claim", record["claim"]["id"]),
        ("verdict", record["verdict"]),
        ("evidence", record["reason"]),
        ("protocol", record["protocol"]["hash"]),
        ("digest", record["digest"]),
        *(("confirmation", status) for status in [status_of(record)] if status),
        *(
            ("regression", each["sentence"])
            for each in (record.get("ledger") or {}).get("findings", ())
        ),
    ]


def describe(claim: Claim) -> str:
    return f"{claim.id}: “{claim.text}”"


def verdict_in_words(claim: Claim, record: Record) -> str:
    """The verdict in words."""
    verdict, strength = record["verdict"], claim.strength
    over = f" ({strength})" if len(record["cells"]) > 1 else ""
    return f"is {verdict}{over}: {record['reason']}"


def advice(claim: Claim, row: Row | None) -> str:
    """What to do about an unexpected verdict."""
    if row is None and claim.is_control:
        return (
            f"A control must be refuted; as it is, {claim.control_of!r} is not trustworthy. "
            f"Accept that as an honest exception with --claims-update=new --claims-reason '...'."
        )
    if row is None:
        return "Accept it as an honest exception with --claims-update=new --claims-reason '...'."
    return f"In the ledger it is {row.verdict} ({row.reason}). {REPLACE}"

"""What a run with --claims-confirm makes of a verdict: an outcome of pytest, and a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ...ledger.ledger import Ledger
from ...ledger.reading.reader import shown
from ...ledger.registration.registration import CONFIRMED
from ...ledger.words import needs
from ..outcome import Outcome, describe, verdict_in_words

if TYPE_CHECKING:
    from ...ledger.format import Record
    from ...ledger.registration.registration import Registration
    from ...spec.declaration import Claim
    from ..session import Session

REASON = "the one measurement of its registration"


def outcome_of(claim: Claim, record: Record, registration: Registration) -> Outcome:
    """The outcome of a claim that was measured on its fresh seeds."""
    sentence = f"{describe(claim)} {verdict_in_words(claim, record)}"
    if record["verdict"] == registration.expected:
        return Outcome("passed", sentence)
    words = f"{sentence}\nNot confirmed: {registration.expected} was expected in block " + (
        f"{registration.block}. The result counts as it is, and this block is used."
    )
    if record["verdict"] == "inconclusive":
        return Outcome("inconclusive", f"{words}{needs(record)}")
    return Outcome("failed", words)


def enter(session: Session, record: Record) -> None:
    """Write the result of a registration at once, so that no interruption can unsee it.

    No later run replaces it. Under pytest-xdist that is the controller's task.
    """
    if session.is_worker:
        return
    home = (session.config.rootpath / record["file"]).parent
    ledger = session.ledger(home, record["profile"]["device"])
    results = Ledger(ledger.directory.parent / CONFIRMED, ledger.profile)
    try:
        session.confirmed.append(shown(results.write(record, REASON)))
    except (OSError, pytest.UsageError) as refusal:
        session.unwritten = True
        session.confirmed.append(f"{record['claim']['id']}, not written: {refusal}")

"""What a verdict is worth: explored, registered, confirmed, not confirmed or stale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ..format import Record
from ..words import listed, more
from .attempts import in_words
from .ingredients import Ingredients, differences
from .registration import Registration, Shelf

EXPLORED, REGISTERED, STALE = "explored", "registered", "stale"
CONFIRMED, NOT_CONFIRMED = "confirmed", "not confirmed"
Standing = Mapping[str, Any]
"""The part `confirmation` of a record: the status, a sentence, and what the status rests on."""

ONLY_EXPLORED: Standing = {
    "status": EXPLORED,
    "sentence": "explored: not registered before its results were seen",
}


def standing(
    ledger: Path, tier: str, claim: str, now: Callable[[Registration], Ingredients]
) -> Standing:
    """The standing of a claim in a tier. ledger: its folder.

    now: what the verdict follows from, asked for where there is a registration to compare it with.
    A registration that must not be used gives none; the sentence says what is wrong with it.
    """
    shelf = Shelf.beside(ledger)
    try:
        registration = shelf.registration(tier, claim)
        result = registration and shelf.result(registration)
    except pytest.UsageError as fault:
        return {"status": EXPLORED, "sentence": f"explored: {fault}"}
    if registration is None:
        return ONLY_EXPLORED
    changed = list(differences(registration.ingredients, now(registration)))
    return stated(registration, result.verdict if result else None, changed)


def of_row(ledger: Path, row: Record) -> Standing:
    """The standing of a row of the ledger, by as much of its claim as the row says."""

    def said(registration: Registration) -> Ingredients:
        own = {"text": row["claim"]["text"], "protocol": row["protocol"]["hash"]}
        return registration.ingredients | own

    return standing(ledger, row["profile"]["tier"], row["claim"]["id"], said)


def with_standing(ledger: Path, row: Record) -> dict[str, Any]:
    """A row of the ledger with its standing, as the record of a run has it."""
    return {**row, "confirmation": of_row(ledger, row)}


def stated(registration: Registration, verdict: str | None, changed: Sequence[str]) -> Standing:
    """The standing of a claim that is registered. changed: what differs from the registration."""
    fresh = f"fresh {registration.seeds}"
    if verdict is None:
        status, words = REGISTERED, f"and not measured yet on {fresh}"
    else:
        status = CONFIRMED if verdict == registration.expected else NOT_CONFIRMED
        words = f"and {verdict} on {fresh}"
    words = f"{status}: expected to be {registration.expected}, {words}"
    if changed:
        status, words = STALE, f"stale: {changed[0]}{more(changed)} changed since it was {words}"
    return {
        "status": status,
        "sentence": f"{words}; {in_words(registration.log)}",
        "block": registration.block,
        "expected": registration.expected,
        "verdict": verdict,
        "log": dict(registration.log),
    }


def changed_since(registration: Registration, now: Ingredients) -> str:
    """Why a claim is no longer what was registered, in a sentence; empty where it is."""
    was = registration.ingredients
    name, tier = registration.claim, registration.tier
    if changed := list(differences(was, now)):
        return (
            f"claim {name!r} is not what was registered in the tier {tier}: {changed[0]}"
            f"{more(changed)} changed; register it again"
        )
    if was["python"] != now["python"]:
        return (
            f"claim {name!r} was registered with Python {was['python']}, and with {now['python']} "
            f"nobody can tell whether its code is the same; use Python {was['python']}"
        )
    return ""


def status_of(record: Record) -> str:
    """The status that a record gives its claim; empty where it says nothing."""
    return str((record.get("confirmation") or {}).get("status", ""))


def standings(records: Iterable[Record]) -> list[tuple[str, int]]:
    """How many records are confirmed, not confirmed or stale, for each of these that occurs."""
    count = Counter(map(status_of, records))
    return [(word, count[word]) for word in (CONFIRMED, NOT_CONFIRMED, STALE) if count[word]]


def unconfirmed(records: Iterable[Record]) -> Iterator[str]:
    """What fails a gate that asks for confirmation, one sentence for each status and tier."""
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        status = status_of(record) or EXPLORED
        if status != CONFIRMED and not record.get("timing"):
            key = (status, record["profile"]["tier"])
            found.setdefault(key, []).append(record["claim"]["id"])
    for (status, tier), names in found.items():
        yield (
            f"only {status} in the tier {tier}, where --claims-gate=confirmed asks for more: "
            f"{listed(names)}"
        )

"""What changed: the records of a run compared with the rows of the ledger. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....ledger.format import ACCEPTANCE, Record
from ....ledger.ledger import Row
from ..badge import Badge
from ..cards import Card, everyone

RowKey = tuple[str, str]  # a claim's id and its device


@dataclass(frozen=True)
class Change:
    """One claim that differs from the ledger."""

    card: Card
    was: Badge | None  # None where the ledger has no row yet
    details: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """All of them; `known` is false where there is no ledger to compare with."""

    known: bool
    changed: tuple[Change, ...]
    unchanged: int
    not_run: tuple[str, ...]  # claims and controls that have a row, but no record
    exceptions: tuple[tuple[Card, str], ...]  # refuted claims and supported controls, with reasons


def row_key(record: Record) -> RowKey:
    """What a record and its row are matched by."""
    return record["claim"]["id"], str(record["profile"].get("device", ""))


def changes(heads: Sequence[Card], ledger: Mapping[RowKey, Row | None] | None) -> Changes:
    """Compare every card with its row, where there is a ledger."""
    shown = everyone(heads)
    if ledger is None:
        return Changes(False, (), 0, (), exceptions(shown, own_rows(shown)))
    changed = tuple(found for card in shown for found in against(card, ledger))
    run = {row_key(card.record) for card in shown}
    not_run = tuple(name for name, device in sorted(ledger) if (name, device) not in run)
    held = [card for card in shown if ledger.get(row_key(card.record))]
    unchanged = len(held) - sum(change.was is not None for change in changed)
    return Changes(True, changed, unchanged, not_run, exceptions(shown, ledger))


def own_rows(shown: Sequence[Card]) -> dict[RowKey, Row | None]:
    """Records that are themselves rows of a ledger say why they were accepted."""
    return {
        row_key(card.record): Row(card.record["verdict"], card.record[ACCEPTANCE]["reason"], {})
        for card in shown
        if ACCEPTANCE in card.record
    }


def against(card: Card, ledger: Mapping[RowKey, Row | None]) -> Iterator[Change]:
    """The change of one claim, if there is one; a run of some tasks is compared on those alone."""
    row = ledger.get(row_key(card.record))
    if row is None:
        if card.badge.word != "not applicable":
            yield Change(card, None, ())
        return
    details = tuple(changed_cells(row, card.record))
    turned = row.verdict != card.record["verdict"] and not card.partial
    if turned or details:
        yield Change(card, Badge(row.verdict, card.badge.as_control), details)


def changed_cells(row: Row, record: Record) -> Iterator[str]:
    """The cells whose verdict has changed, in words."""
    for cell in record["cells"]:
        was = row.cells.get((cell["task"], cell["learner"]))
        if was is not None and was != cell["verdict"]:
            place = " with ".join(filter(None, (cell["task"], cell["learner"]))) or "as a whole"
            yield f"{place}: {was} before, {cell['verdict']} now"


def exceptions(
    shown: Sequence[Card], ledger: Mapping[RowKey, Row | None]
) -> tuple[tuple[Card, str], ...]:
    """Verdicts that nobody expected and that the ledger accepts, with its reason."""
    found = []
    for card in shown:
        row = ledger.get(row_key(card.record))
        unexpected = "supported" if card.badge.as_control else "refuted"
        if row and row.reason and card.badge.word == row.verdict == unexpected:
            found.append((card, row.reason))
    return tuple(found)

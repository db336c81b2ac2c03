"""The gate: what a whole run owes to the ledger, and what it may write into it.

Every claim is held against its row where it is heard. Here is what only the whole run can tell:
rows that are missing, doubled or left behind, and profiles that were never measured. Under
pytest-xdist that is the controller's part; no worker ever writes a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .format import ACCEPTANCE
from .ledger import Ledger, Page, Row, profiles_in
from .regression import compare, level_for, suspects
from .words import listed

if TYPE_CHECKING:
    from .format import Record


@dataclass(frozen=True)
class Judgement:
    """What holding the whole run against its ledgers has come to."""

    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    incomparable: bool = False  # no record had a profile with rows


@dataclass(frozen=True)
class Gate:
    """The records of a run and the ledgers that they belong to.

    catalogue: by ledger, the ids of all claims that were collected. partial: why these are not all
    that the project has, or nothing.
    """

    records: Sequence[Record]
    ledger_of: Callable[[Record], Ledger]
    catalogue: Mapping[Path, frozenset[str]]
    partial: Callable[[Path], str]

    def judge(self, *, strict: bool) -> Judgement:
        """Judge the run. strict: a claim without a row is wrong."""
        wrong: list[str] = []
        notes: list[str] = []
        known: list[bool] = []
        for ledger in dict.fromkeys(map(self.ledger_of, self._kept())):
            pages = list(ledger.pages())
            known.append(bool(pages))
            wrong += doubled(pages)
            wrong += self._left_behind(ledger, pages)
            missing = self._missing(ledger)
            if not pages:
                others = profiles_in(ledger.directory)
                notes += [never_measured(ledger, others)] if others or strict else []
            elif missing:
                words = f"no row yet in {ledger.profile}: {listed(missing)}"
                (wrong if strict else notes).append(f"{words}; --claims-update=new adds them")
        return Judgement(tuple(wrong), tuple(notes), bool(known) and not any(known))

    def update(self, modes: Sequence[str], reason: str) -> str:
        """Write what the modes allow, each file whole or not at all, and say which files.

        Raises pytest.UsageError where rows are to be pruned and the run was not a whole one.
        """
        if "prune" in modes:
            self._require_whole()
        told = []
        rows = [
            (record, self.ledger_of(record)) for record in self._kept() if not record["partial"]
        ]
        for record, ledger in rows:
            page = Page.read(ledger.path(record["claim"]["id"]))
            mode = "new" if page is None else "changed"
            if mode in modes and (page is None or is_changed(page, record)):
                path = ledger.write(record, reason)
                told.append(f"{'added' if page is None else 'replaced'} {path.name}")
        if "prune" in modes:
            told += [f"removed {path.name}" for path in self._prune()]
        return ", ".join(sorted(told)) or f"nothing to write for --claims-update={','.join(modes)}"

    def _kept(self) -> Iterator[Record]:
        """The records that have a place in a ledger."""
        return (record for record in self.records if not record.get("timing"))

    def _missing(self, ledger: Ledger) -> list[str]:
        return sorted(
            record["claim"]["id"]
            for record in self._kept()
            if self.ledger_of(record) == ledger and not ledger.path(record["claim"]["id"]).exists()
        )

    def _left_behind(self, ledger: Ledger, pages: Sequence[Page]) -> Iterator[str]:
        """Rows of claims that are no longer there; nothing is said of a partial run."""
        if self.partial(ledger.directory):
            return
        known = self.catalogue.get(ledger.directory, frozenset())
        gone = [page.path.stem for page in pages if page.path.stem not in known]
        doubles = {page.path.stem for page in pages if page.claim_id not in (None, page.path.stem)}
        gone = [name for name in gone if name not in doubles]
        if gone:
            yield (
                f"{listed(gone)} in {ledger.profile}: the row is there and the claim is not; "
                f"--claims-update=prune removes it"
            )

    def _require_whole(self) -> None:
        for directory in self.catalogue:
            if reason := self.partial(directory):
                raise pytest.UsageError(
                    f"--claims-update=prune needs a run of all claims, and {reason}; "
                    f"nothing was removed or written"
                )

    def _prune(self) -> Iterator[Path]:
        """Remove the rows of claims that are gone, in every profile."""
        for directory, known in self.catalogue.items():
            for name in profiles_in(directory):
                for page in Ledger(directory, name).pages():
                    if page.path.stem not in known:
                        page.path.unlink()
                        yield page.path


def doubled(pages: Sequence[Page]) -> Iterator[str]:
    """Files that hold the row of a claim whose file is another one."""
    for page in pages:
        if page.claim_id not in (None, page.path.stem):
            yield (
                f"{page.path.name} is a duplicate: it holds a row of {page.claim_id!r}, whose "
                f"file is {page.claim_id}.json; remove one of them"
            )


def never_measured(ledger: Ledger, others: Sequence[str]) -> str:
    there = f" (it has {listed(others)})" if others else ""
    return (
        f"not comparable: the ledger has no row of the profile {ledger.profile}{there}; "
        f"--claims-update=new adds it"
    )


def is_changed(page: Page, record: Record) -> bool:
    """Whether a record says anything that the row does not."""
    from .format import OF_ONE_RUN

    left_out = (*OF_ONE_RUN, ACCEPTANCE)
    kept, made = (
        {key: value for key, value in content.items() if key not in left_out}
        for content in (page.content, record)
    )
    return kept != made


def against(row: Row | None, record: Record, ledger: Ledger) -> Record | None:
    """What holding a record against its row came to, for the record; None without a row."""
    if row is None:
        return None
    rows = sum(1 for _ in (ledger.directory / ledger.profile).glob("*.json"))
    found = compare(row, record, level_for(row, rows))
    return {
        "verdict": row.verdict,
        "reason": row.reason,
        "digest": row.record.get("digest"),
        "findings": [each.as_dict() for each in found],
        "suspects": suspects(row.record, record) if any(each.fails for each in found) else "",
    }

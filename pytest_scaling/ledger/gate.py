"""The gate: the ledger checks of a whole run, and what it may write into the ledger.

Every claim is compared with its row where it is evaluated. This module finds what only the whole
run can show: missing, duplicate and orphan rows, and profiles that were never measured. Under
pytest-xdist that is the controller's job; no worker ever writes a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from .controls import controls_by_claim, doubt, status_of
from .format import ACCEPTANCE, CONTROL, OF_ONE_RUN, WARNINGS, Record
from .ledger import Ledger, Row, RowFile, duplicate, profiles_in
from .regression import compare, level_for, suspects
from .words import listed


@dataclass(frozen=True)
class Judgement:
    """The result of comparing the whole run with its ledgers."""

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
        """Judge the run. strict: a claim without a row is an error."""
        wrong: list[str] = []
        notes: list[str] = []
        known: list[bool] = []
        for ledger in dict.fromkeys(map(self.ledger_of, self._kept())):
            files = list(ledger.files())
            known.append(bool(files))
            wrong += [duplicate(each.path.name, each) for each in files if each.is_duplicate]
            wrong += self._left_behind(ledger, files)
            wrong += self._doubted(ledger, files) if strict else ()
            missing = self._missing(ledger)
            if not files:
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
        written = []
        rows = [
            (record, self.ledger_of(record)) for record in self._kept() if not record["partial"]
        ]
        ledgers = dict.fromkeys(ledger for _, ledger in rows)
        owed = {ledger: self._owed(ledger, [*ledger.files()]) for ledger in ledgers}
        for record, ledger in rows:
            kept = RowFile.read(ledger.path(record["claim"]["id"]))
            control = owed[ledger].get(record["claim"]["id"], "")
            mode = "new" if kept is None else "changed"
            if mode in modes and (kept is None or is_changed(kept, record, control)):
                path = ledger.write(record, reason, control)
                written.append(f"{'added' if kept is None else 'replaced'} {path.name}")
        if "prune" in modes:
            written += [f"removed {path.name}" for path in self._prune()]
        nothing = f"nothing to write for --claims-update={','.join(modes)}"
        return ", ".join(sorted(written)) or nothing

    def _kept(self) -> Iterator[Record]:
        """The records that have a place in a ledger."""
        return (record for record in self.records if not record.get("timing"))

    def _missing(self, ledger: Ledger) -> list[str]:
        """Ids of the claims of the run that have no row."""
        return sorted(
            record["claim"]["id"]
            for record in self._kept()
            if self.ledger_of(record) == ledger and not ledger.path(record["claim"]["id"]).exists()
        )

    def _owed(self, ledger: Ledger, files: Sequence[RowFile]) -> dict[str, str]:
        """By id, the supported claims whose control is not refuted, and the word for that.

        A control that is not in the run has the verdict of its row.
        """
        here = [each for each in self._kept() if self.ledger_of(each) == ledger]
        rows = [each.content for each in files if not each.wrong]
        controls = controls_by_claim(rows) | controls_by_claim(here)
        owed = {}
        for record in here:
            of = record["claim"]["id"]
            status = status_of(controls.get(of, ()))
            if doubt(record, status):
                owed[of] = status.word
        return owed

    def _doubted(self, ledger: Ledger, files: Sequence[RowFile]) -> Iterator[str]:
        """Claims that are supported without a refuted control, where no reason accepts that.

        None where the profile was never measured: nothing can be compared there.
        """
        if not files:
            return
        kept = {each.claim_id: each.content for each in files if not each.wrong}
        for of, owed in self._owed(ledger, files).items():
            if kept.get(of, {}).get(ACCEPTANCE, {}).get(CONTROL) != owed:
                yield (
                    f"{of} is supported, and its control is {owed}; let it be refuted, or accept "
                    f"that with --claims-update=new,changed --claims-reason '...'"
                )

    def _left_behind(self, ledger: Ledger, files: Sequence[RowFile]) -> Iterator[str]:
        """Rows of claims that are no longer there; a partial run cannot tell."""
        if self.partial(ledger.directory):
            return
        known = self.catalogue.get(ledger.directory, frozenset())
        singles = [each.path.stem for each in files if not each.is_duplicate]
        gone = [name for name in singles if name not in known]
        if gone:
            yield (
                f"{listed(gone)} in {ledger.profile}: a row without its claim; "
                f"--claims-update=prune removes it"
            )

    def _require_whole(self) -> None:
        """Raise pytest.UsageError where some claims of a ledger were not collected."""
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
                for path in Ledger(directory, name).paths():
                    if path.stem not in known:
                        path.unlink()
                        yield path


def never_measured(ledger: Ledger, others: Sequence[str]) -> str:
    """The note for a profile without rows. others: the profiles that have some."""
    there = f" (it has {listed(others)})" if others else ""
    return (
        f"not comparable: the ledger has no row of the profile {ledger.profile}{there}; "
        f"--claims-update=new adds it"
    )


def is_changed(row_file: RowFile, record: Record, control: str = "") -> bool:
    """Whether a record says anything that the row does not. control: what it leaves open."""
    if row_file.content.get(ACCEPTANCE, {}).get(CONTROL, "") != control:
        return True
    left_out = (*OF_ONE_RUN, ACCEPTANCE, WARNINGS)
    kept, made = (
        {key: value for key, value in content.items() if key not in left_out}
        for content in (row_file.content, record)
    )
    return kept != made


def against(row: Row | None, record: Record, rows: int) -> Record | None:
    """The result of comparing a record with its row, for the record; None without a row.

    rows: of its profile in the ledger.
    """
    if row is None:
        return None
    found = compare(row, record, level_for(row, rows))
    return {
        "verdict": row.verdict,
        "reason": row.reason,
        "digest": row.record.get("digest"),
        "findings": [each.as_dict() for each in found],
        "suspects": suspects(row.record, record) if any(each.fails for each in found) else "",
    }

"""The attempt log: how often a claim was changed after results of it had been seen.

It is read from what version control keeps, the rows of the ledger, the confirmations and the list
of blocks. Runs whose results were never committed leave no trace, so it is the least that has
happened.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..environment import tier_in
from ..format import Record
from .blocks import Blocks
from .history import contents, versions
from .registration import Shelf

ROWS = "*-*-*-*-*/*.json"  # of a ledger, in all profiles
Log = Mapping[str, Any]


@dataclass(frozen=True)
class Past:
    """What is known of results before a commit.

    forms: by folder and claim, the hashes of the protocols that had rows, the oldest first.
    results: what came of each registration that was measured, by its hash.
    """

    forms: Mapping[tuple[Path, str], Sequence[str]]
    results: Mapping[str, Record]

    @classmethod
    def of(cls, shelf: Shelf, ledger: Path, until: str = "HEAD") -> Past:
        """The results that version control keeps, and those that wait to be committed."""
        forms: dict[tuple[Path, str], list[str]] = {}
        confirmed = rows_in(shelf.results, until)
        for _, path, row in (*rows_in(ledger, until), *confirmed):
            forms.setdefault((path.parent, path.stem), []).append(row["protocol"]["hash"])
        once = {key: [one for one, _ in itertools.groupby(each)] for key, each in forms.items()}
        return cls(once, by_registration(shelf, confirmed))

    def log(self, blocks: Blocks, tier: str, claim: str, protocol: str) -> Log:
        """The attempts at a claim before its next registration. protocol: the hash of its own."""
        lines = [
            changes(found, protocol if tier_in(folder.name) == tier else found[-1])
            for (folder, name), found in self.forms.items()
            if name == claim
        ]
        forms, changed = max(lines, key=lambda line: line[::-1], default=(1, 0))
        earlier = [
            {"block": each["block"], "outcome": self.outcome(each["claims"][claim])}
            for each in blocks.of(tier, claim)
        ]
        return {"forms": forms, "changes": changed, "confirmations": earlier}

    def outcome(self, registration: str) -> str:
        """What came of a registration, by its hash."""
        if registration not in self.results:
            return "not run"
        row = self.results[registration]
        return "confirmed" if row["verdict"] == row["registration"]["expected"] else "not confirmed"


def results_of(shelf: Shelf) -> dict[str, Record]:
    """Every confirmation that there ever was, by the hash of its registration."""
    return by_registration(shelf, rows_in(shelf.results, "HEAD"))


def by_registration(
    shelf: Shelf, committed: Sequence[tuple[str, Path, Record]]
) -> dict[str, Record]:
    """Confirmations as `rows_in` gives them, and those that wait to be committed."""
    waiting = (each.content for each in shelf.result_files() if not each.wrong)
    rows = (*(row for *_, row in committed), *waiting)
    return {row["registration"]["hash"]: row for row in rows if "registration" in row}


def rows_in(ledger: Path, until: str) -> list[tuple[str, Path, Record]]:
    """All rows that a ledger ever had, with their commits and paths, the oldest first."""
    found = versions(ledger, ROWS, until=until)
    rows = contents(ledger, [each.blob for each in found]) if found else {}
    return [
        (each.commit, ledger / each.path, rows[each.blob])
        for each in found
        if is_row(rows.get(each.blob))  # whatever somebody may have committed
    ]


def is_row(content: object) -> bool:
    """Whether a value looks like a row, as far as the attempts need it."""
    parts = ("protocol", "claim", "verdict")
    return isinstance(content, dict) and all(name in content for name in parts)


def changes(found: Sequence[str], now: str) -> tuple[int, int]:
    """How many protocols a claim has had with the one now, and how often they changed."""
    line = [*found, now] if found[-1] != now else [*found]
    return len(set(line)), len(line) - 1


def in_words(log: Log) -> str:
    """As in "form 3, 2 changes after results had been seen, confirmation 1"."""
    changed = log["changes"]
    noun = "change" if changed == 1 else "changes"
    tried = sum(each["outcome"] != "not run" for each in log["confirmations"])
    seen = f"{changed or 'no'} {noun} after results had been seen"
    return f"form {log['forms']}, {seen}, confirmation {tried + 1}"

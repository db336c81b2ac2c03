"""A report in its project: what the ledger says of the records, and how they are cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..citation import Place, Project
from ..citation.key import profile_name
from ..ledger import Ledger, Row, folder_of
from ..record import Record
from .changes import RowKey, row_key
from .page import build


def build_in(
    root: Path, records: Sequence[Record], directory: Path, ledger: str | None = None
) -> Path:
    """Write the report of a run into a directory and return the path of its page.

    root: what the files of the records are relative to. ledger: its folder, by default the one
    beside the file of each claim. Raises ReportError as `build` does, and pytest.UsageError where
    the ledger cannot be read.
    """
    project = Project.around(root)

    def place(record: Mapping[str, Any]) -> Place:
        return Place(project, Path(record["file"]).parent.as_posix())

    return build(records, directory, dict(rows(root, records, ledger)), place)


def build_of_rows(claims: Path, records: Sequence[Record], directory: Path) -> Path:
    """Write the report of a ledger's rows, which are compared with nothing; see `build_in`."""
    project = Project.around(claims)
    home = claims.resolve()
    place = home.relative_to(project.root) if home.is_relative_to(project.root) else Path()
    return build(records, directory, None, lambda _: Place(project, place.as_posix()))


def rows(
    root: Path, records: Sequence[Record], folder: str | None
) -> Iterator[tuple[RowKey, Row | None]]:
    """The rows of the records, and None for each other claim that their ledgers have."""
    for record in records:
        ledger = ledger_of(root, record, folder)
        row = ledger.row(record["claim"]["id"])
        if row:
            yield row_key(record), row
    run = {row_key(record) for record in records}
    homes = {(ledger_of(root, each, folder), row_key(each)[1]): None for each in records}
    for ledger, device in homes:
        for path in sorted(ledger.path("any").parent.glob("*.json")):
            if (path.stem, device) not in run:
                yield (path.stem, device), None


def ledger_of(root: Path, record: Record, folder: str | None) -> Ledger:
    home = folder_of(root, (root / record["file"]).parent, folder)
    return Ledger(home, profile_name(record["profile"]))

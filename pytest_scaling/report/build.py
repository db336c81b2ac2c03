"""A report in its project: what the ledger says of the records, and how they are cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ledger.environment import profile_name
from ..ledger.format import Record, dump, write
from ..ledger.ledger import Ledger, Row, folder_of
from . import exports
from .citation.project import Place, Project
from .exports import summary
from .page import cards as view
from .page.changes import RowKey, changes, row_key
from .page.gallery import first_panels
from .page.render import look_of, paint, template, values

if TYPE_CHECKING:
    from .page.render import Records


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


FIGURE_FILES = ("figure.svg", "figure.png", "figure-dark.png")


def build(
    records: Records,
    directory: Path,
    ledger: Mapping[RowKey, Row | None] | None = None,
    place: Callable[[Mapping[str, Any]], Place] | None = None,
) -> Path:
    """Write the report into a directory and return the path of its page.

    ledger: the rows to compare with, by claim and device; without it nothing is compared. place: to
    which project a record belongs; without it the page has no citations. The same arguments give
    the same bytes. Records and figures of an earlier report are removed.

    Raises ReportError where matplotlib or Jinja2 is missing.
    """
    page = template()
    heads = view.cards(records, place)
    slide, full = first_panels(records)
    look = look_of(slide, full, records)
    picture = paint(slide, full, look, heads, records) if slide else None
    slides = picture.drawings() if picture else {}
    write_records(directory / "records", heads)
    if slides:
        write(directory / "figure.svg", slides["light"].svg)
        write(directory / "figure.png", slides["light"].png)
        write(directory / "figure-dark.png", slides["dark"].png)
    else:
        for name in FIGURE_FILES:
            (directory / name).unlink(missing_ok=True)
    changed = changes(heads, ledger)
    write(directory / "summary.md", summary(heads))
    write(directory / "badge.json", exports.badge(records))
    write(directory / "verdicts.csv", exports.table(records))
    shown = values(heads, changed, picture, look, records)
    return write(directory / "index.html", page.render(**shown))


def write_records(folder: Path, heads: Sequence[view.Card]) -> None:
    """The records of this report, and of no earlier one."""
    kept = {
        write(folder / f"{card.anchor}.json", dump(card.record)) for card in view.everyone(heads)
    }
    for path in set(folder.glob("*.json")) - kept:
        path.unlink()

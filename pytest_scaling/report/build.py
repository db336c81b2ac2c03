"""Building a report: the page, the figures, the records and the other files of one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ..ledger.environment import Profile
from ..ledger.format import Record, dump, write
from ..ledger.ledger import Ledger, Row, folder_of
from . import exports
from .citation.project import Place, Project
from .page.cards import Card, cards, everyone
from .page.changes import RowKey, changes, row_key
from .page.gallery import FirstFigure, Gallery
from .page.render import render

FIGURE_FILES = ("figure.svg", "figure.png", "figure-dark.png")
RECORDS = "records"  # the folder of the records


def build_in(
    root: Path, records: Sequence[Record], directory: Path, ledger: str | None = None
) -> Path:
    """Write the report of a run into a directory and return the path of its page.

    root: what the files of the records are relative to. ledger: its folder, by default the one
    beside the file of each claim. Raises ReportError as `build` does, and pytest.UsageError where
    the ledger cannot be read.
    """
    project = Project.around(root)

    def place(record: Record) -> Place:
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
        for path in ledger.paths():
            if (path.stem, device) not in run:
                yield (path.stem, device), None


def ledger_of(root: Path, record: Record, folder: str | None) -> Ledger:
    """The ledger that a record is compared with."""
    home = folder_of(root, (root / record["file"]).parent, folder)
    return Ledger(home, Profile.of(record).name)


def build(
    records: Sequence[Record],
    directory: Path,
    ledger: Mapping[RowKey, Row | None] | None = None,
    place: Callable[[Record], Place] | None = None,
) -> Path:
    """Write the report into a directory and return the path of its page.

    ledger: the rows to compare with, by claim and device; without it nothing is compared. place: to
    which project a record belongs; without it the page has no citations. The same arguments give
    the same bytes. Records and figures of an earlier report are removed.

    Raises ReportError where matplotlib or Jinja2 is missing; then nothing is written.
    """
    files = contents(records, ledger, place)
    for path, content in files.items():
        write(directory / path, content)
    earlier = [*(directory / RECORDS).glob("*.json"), *(directory / name for name in FIGURE_FILES)]
    for path in set(earlier) - {directory / path for path in files}:
        path.unlink(missing_ok=True)
    return directory / "index.html"


def contents(
    records: Sequence[Record],
    ledger: Mapping[RowKey, Row | None] | None,
    place: Callable[[Record], Place] | None,
) -> dict[Path, str | bytes]:
    """What each file of the report holds, by its path within the report; the page comes last."""
    heads = cards(records, place)
    gallery = Gallery.of(heads, records)
    page = render(heads, changes(heads, ledger), gallery)
    return {
        **record_files(heads),
        **figure_files(gallery.first),
        Path("summary.md"): exports.summary(heads),
        Path("badge.json"): exports.badge(records),
        Path("verdicts.csv"): exports.table(records),
        Path("index.html"): page,
    }


def record_files(heads: Sequence[Card]) -> dict[Path, str | bytes]:
    """The records, each named after its card."""
    return {Path(RECORDS, f"{card.anchor}.json"): dump(card.record) for card in everyone(heads)}


def figure_files(figure: FirstFigure | None) -> dict[Path, str | bytes]:
    """The slides of the first figure, where there is one."""
    if figure is None:
        return {}
    slides = figure.slides()
    drawn = (slides["light"].svg, slides["light"].png, slides["dark"].png)
    return dict(zip(map(Path, FIGURE_FILES), drawn, strict=True))

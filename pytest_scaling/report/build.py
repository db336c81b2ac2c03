"""Building a report: the page, the figures, the records and the other files of one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from ..ledger.environment import Profile
from ..ledger.format import Record, dump
from ..ledger.ledger import Ledger, Row, folder_of
from . import exports
from .citation.project import Place, Project
from .folder import Made, OutputFolder, Selection
from .page.cards import Card, cards, everyone
from .page.gallery import FirstFigure, Gallery
from .page.overview.changes import RowKey, changes, row_key
from .page.overview.context import Context, context
from .page.overview.listing import beside
from .page.render import PAGE, pages

FIGURE_FILES = ("figure.svg", "figure.png", "figure-dark.png")
RECORDS = "records"  # the folder of the records


def build_in(
    root: Path,
    records: Sequence[Record],
    directory: Path,
    ledger: str | None = None,
    selection: Selection | None = None,
) -> tuple[Path, list[str]]:
    """Write the report of a run into a directory.

    Returns the path of its page, and a sentence about each row of the ledger, or declaration of the
    source, that must not be used. root: what the files of the records are relative to. ledger: its
    folder, by default the one beside the file of each claim. selection: of a run that did not have
    all claims. Raises ReportError as `build` does.
    """
    project, broken = Project.around(root), list[str]()

    def place(record: Record) -> Place:
        return Place(project, Path(record["file"]).parent.as_posix())

    held = dict(rows(root, records, ledger, broken))
    known = context((ledger_of(root, each, ledger) for each in records), selection)
    page = build(records, directory, held, place, known, keep=True)
    return page, [*broken, *known.source.faults]


def build_of_rows(
    claims: Path, records: Sequence[Record], directory: Path, ledger: Path | None = None
) -> tuple[Path, list[str]]:
    """Write the report of a ledger's rows, which are compared with nothing; see `build_in`.

    claims: the folder of the claims. ledger: that of the ledger (default: `ledger` in there).
    """
    project = Project.around(claims)
    home = claims.resolve()
    place = home.relative_to(project.root) if home.is_relative_to(project.root) else Path()
    folder = ledger or claims / "ledger"
    known = context(Ledger(folder, Profile.of(each).name) for each in records)
    page = build(records, directory, None, lambda _: Place(project, place.as_posix()), known)
    return page, list(known.source.faults)


def rows(
    root: Path, records: Sequence[Record], folder: str | None, broken: list[str]
) -> Iterator[tuple[RowKey, Row | None]]:
    """The rows of the records, and None for each other claim that their ledgers have.

    Adds to `broken` a sentence about each row that must not be used.
    """
    for record in records:
        ledger = ledger_of(root, record, folder)
        try:
            row = ledger.row(record["claim"]["id"])
        except pytest.UsageError as fault:
            broken.append(str(fault))
            continue
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
    known: Context | None = None,
    *,
    keep: bool = False,
) -> Path:
    """Write the report into a directory and return the path of its page.

    ledger: the rows to compare with, by claim and device; without it nothing is compared. place: to
    which project a record belongs; without it the page has no citations. known: what is known
    beside the records, such as the rows of other tiers. keep: whether slides in the folder that
    would be drawn alike are kept; not where the folder may be a stranger's. The same arguments give
    the same bytes. Files of an earlier report are replaced or removed, no others.

    Raises ReportError where matplotlib or Jinja2 is missing, or a file in the folder is not a
    report's; then nothing is written.
    """
    known, folder = known or Context(), OutputFolder(directory)
    heads = beside(cards(records, place), known)
    gallery = Gallery.of(heads, records, known.plan)
    drawn = figures(gallery.first, folder if keep else None)
    files = contents(records, heads, ledger, gallery, known, drawn)
    folder.replace(files, known.selection, drawn)
    return directory / PAGE


def contents(
    records: Sequence[Record],
    heads: Sequence[Card],
    ledger: Mapping[RowKey, Row | None] | None,
    gallery: Gallery,
    known: Context,
    drawn: Made,
) -> dict[str, str | bytes]:
    """What each file of the report holds, by its name within the report; the page comes last."""
    texts = {card.anchor: dump(card.record) for card in everyone(heads)}
    sizes = {anchor: len(text.encode()) for anchor, text in texts.items()}
    html = pages(heads, changes(heads, ledger), gallery, sizes, known)
    return {
        **{f"{RECORDS}/{anchor}.json": text for anchor, text in texts.items()},
        **drawn.files,
        "summary.md": exports.summary(heads, known.selection),
        "badge.json": exports.badge(records),
        "verdicts.csv": exports.table(records),
        **dict(reversed(html.items())),
    }


def figures(figure: FirstFigure | None, folder: OutputFolder | None) -> Made:
    """The slides of the first figure, where there is one; from a folder that has the same."""
    if figure is None:
        return Made()
    source = figure.drawn_from
    kept = folder.made_from(source) if folder else {}
    if set(FIGURE_FILES) <= kept.keys():
        return Made(source, kept)
    return Made(source, dict(zip(FIGURE_FILES, figure.slides(), strict=True)))

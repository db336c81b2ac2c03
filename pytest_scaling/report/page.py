"""The report on disk: one page that needs nothing else, figures for slides, the records."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import record as claim_record
from ..citation import Place
from ..ledger import Row
from . import exports, figures, heading, matrix, palette, view
from .changes import Changes, RowKey, changes
from .chart import VIEWS, Chart, View, charts
from .curves import Panel, beside, learning_curves
from .effects import effects
from .environment import settings
from .error import ReportError
from .files import write
from .gallery import Learner, Look, drawings, first_panels, pools
from .planted import PLANTED
from .summary import summary
from .words import figure_title, join, seeds

FIGURE_FILES = ("figure.svg", "figure.png", "figure-dark.png")
Records = Sequence[claim_record.Record]


@dataclass(frozen=True)
class Script:
    """The page's script, and the hash by which the page allows it and no other."""

    text: str

    @property
    def hash(self) -> str:
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"


@dataclass(frozen=True)
class Picture:
    """The first figure: for the slide the curves that the claims are about, for the page all."""

    panels: Sequence[Panel]
    learners: Sequence[Learner]
    views: Mapping[View, Sequence[Chart]]
    view_names: Mapping[View, str]
    left_out: str
    source: str
    slide: Sequence[Panel]

    @cached_property
    def title(self) -> str:
        return figure_title(self.slide)

    @property
    def seeds(self) -> str:
        return seeds(self.slide)

    @property
    def beside(self) -> str:
        return join([each.label for each in self.learners if each.beside])

    def drawings(self) -> dict[str, figures.Drawing]:
        """The slide in both themes."""
        text = figures.description(self.slide)
        return {
            theme: figures.drawing(
                figures.draw(self.slide, theme, source=self.source), self.title, text
            )
            for theme in palette.THEMES
        }


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
        write(folder / f"{card.anchor}.json", claim_record.dump(card.record))
        for card in view.everyone(heads)
    }
    for path in set(folder.glob("*.json")) - kept:
        path.unlink()


def look_of(slide: Sequence[Panel], full: Sequence[Panel], records: Records) -> Look:
    """Strokes and colours for every learner of the page."""
    groups = (slide, full, learning_curves(records))
    return Look.of(*map(figures.learners, groups))


def paint(
    slide: Sequence[Panel],
    full: Sequence[Panel],
    look: Look,
    heads: Sequence[view.Card],
    records: Records,
) -> Picture:
    """The first figure, ready to be drawn."""
    shown = {panel.task for panel in slide}
    return Picture(
        panels=full,
        learners=look.legend(full, beside(records)),
        views={view: charts(full, look.styles, look.keys, view) for view in VIEWS},
        view_names=VIEWS,
        left_out=join([p.task for p in learning_curves(records) if p.task not in shown]),
        source=heading.source_line(heads),
        slide=slide,
    )


def values(
    heads: Sequence[view.Card],
    changed: Changes,
    picture: Picture | None,
    look: Look,
    records: Records,
) -> dict[str, Any]:
    """What the template asks for."""
    return {
        "title": heading.title(heads),
        "author": heading.author(heads),
        "lead": heading.lead(heads),
        "cards": heads,
        "counts": heading.counts(heads),
        "tasks": list(dict.fromkeys(task for card in heads for task in card.tasks)),
        "matrix": matrix.matrix(heads),
        "plots": effects(heads),
        "changes": changed,
        "drawings": drawings(heads, look, pools(heads, records)),
        "settings": settings(heads),
        "levels": sorted({card.level for card in view.everyone(heads)}),
        "planted": PLANTED,
        "picture": picture,
        "colours": look.colours,
        "keys": list(look.keys.values()),
        "script": Script(read("page.js")),
    }


def read(name: str) -> str:
    """A file beside the templates."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def template() -> Any:
    """The page's template; every text it is given is escaped."""
    try:
        import jinja2
    except ImportError as missing:
        raise ReportError.missing("Jinja2") from missing
    folder = jinja2.PackageLoader("pytest_scaling.report", "templates")
    environment = jinja2.Environment(
        loader=folder,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html")

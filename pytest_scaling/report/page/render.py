"""The report on disk: one page that needs nothing else, figures for slides, the records."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ...ledger.format import Record
from ..error import ReportError
from ..figures import palette
from ..figures import slide as figures
from ..figures.curves import Panel, beside, figure_title, learning_curves, seeds_in_words
from ..words import join
from . import cards as view
from . import heading, matrix
from .changes import Changes
from .chart import VIEWS, Chart, View, charts
from .effects import effects
from .environment import settings
from .gallery import Learner, Look, drawings, pools

Records = Sequence[Record]


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
        return seeds_in_words(self.slide)

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
    folder = jinja2.PackageLoader("pytest_scaling.report.page", "templates")
    environment = jinja2.Environment(
        loader=folder,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("page.html")


@dataclass(frozen=True)
class Planted:
    """Rates over evaluations of claims with a planted truth; a test compares them with the docs."""

    at_the_bound: str
    supported: str
    refuted: str
    level: str
    true: str
    false: str
    clean: str


PLANTED = Planted("21,600", ".10 %", ".11 %", "1 %", "1,030", "1,470", "59 %")

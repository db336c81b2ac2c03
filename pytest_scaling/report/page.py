"""The report on disk: one page that needs nothing else, figures for slides, the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import record as claim_record
from . import figures, palette, view
from .curves import Panel, for_a_slide, learning_curves
from .error import ReportError
from .files import write
from .summary import summary
from .words import figure_title, join, seeds

FIGURE_FILES = ("figure.svg", "figure.png", "figure-dark.png")


@dataclass(frozen=True)
class Picture:
    """The figure with all that stands around it."""

    panels: Sequence[Panel]
    title: str
    text: str
    source: str
    seeds: str
    left_out: str
    light: figures.Drawing
    dark: figures.Drawing

    @property
    def inline(self) -> str:
        return figures.themeable(self.light.svg, self.panels)

    @property
    def colours(self) -> dict[str, dict[str, str]]:
        """CSS variables by theme."""
        names = figures.learners(self.panels)
        return {theme: palette.variables(names, theme) for theme in palette.THEMES}


def build(records: Sequence[claim_record.Record], directory: Path) -> Path:
    """Write the report into a directory and return the path of its page.

    The same records give the same bytes. A figure of an earlier report is removed where these
    records have no curves. Raises ReportError where matplotlib or Jinja2 is missing.
    """
    page = template()
    shown = view.cards(records)
    picture = paint(records, shown)
    for card in shown:
        write(directory / "records" / f"{card.anchor}.json", claim_record.dump(card.record))
    if picture:
        write(directory / "figure.svg", picture.light.svg)
        write(directory / "figure.png", picture.light.png)
        write(directory / "figure-dark.png", picture.dark.png)
    else:
        for name in FIGURE_FILES:
            (directory / name).unlink(missing_ok=True)
    write(directory / "summary.md", summary(shown))
    return write(directory / "index.html", page.render(**values(shown, picture)))


def paint(records: Sequence[claim_record.Record], shown: Sequence[view.Card]) -> Picture | None:
    """The figure in both themes, or None where no error was measured at enough sizes."""
    gathered = learning_curves(records)
    panels = for_a_slide(gathered)
    if not panels:
        return None
    title, text, source = figure_title(panels), figures.description(panels), view.source_line(shown)
    drawings = {
        theme: figures.drawing(figures.draw(panels, theme, source=source), title, text)
        for theme in palette.THEMES
    }
    return Picture(
        panels,
        title,
        text,
        source,
        seeds=seeds(panels),
        left_out=join(view.left_out(gathered, panels)),
        light=drawings["light"],
        dark=drawings["dark"],
    )


def values(shown: Sequence[view.Card], picture: Picture | None) -> dict[str, Any]:
    """What the template asks for."""
    return {
        "title": view.title(shown),
        "lead": view.lead(shown),
        "cards": shown,
        "anchors": {card.record["claim"]["id"] for card in shown},
        "tasks": view.tasks(shown),
        "settings": view.settings(shown),
        "levels": sorted({card.level for card in shown}),
        "picture": picture,
        "strip_width": view.STRIP,
    }


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

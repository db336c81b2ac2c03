"""The page: what its template is given, and the HTML that it makes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..error import ReportError
from . import heading
from .cards import Card, everyone
from .changes import Changes
from .effects import effects
from .environment import settings
from .gallery import Gallery
from .matrix import matrix


def render(heads: Sequence[Card], changed: Changes, gallery: Gallery) -> str:
    """The page as HTML, which needs nothing else. Raises ReportError where Jinja2 is missing."""
    return str(template().render(**values(heads, changed, gallery)))


def values(heads: Sequence[Card], changed: Changes, gallery: Gallery) -> dict[str, Any]:
    """What the template asks for."""
    return {
        "title": heading.title(heads),
        "author": heading.author(heads),
        "lead": heading.lead(heads),
        "cards": heads,
        "counts": heading.counts(heads),
        "tasks": list(dict.fromkeys(task for card in heads for task in card.tasks)),
        "matrix": matrix(heads),
        "plots": effects(heads),
        "changes": changed,
        "drawings": gallery.by_claim,
        "settings": settings(heads),
        "levels": sorted({card.level for card in everyone(heads)}),
        "planted": PLANTED,
        "picture": gallery.first,
        "colours": gallery.look.colours,
        "keys": list(gallery.look.keys.values()),
        "script": Script(read("page.js")),
    }


@dataclass(frozen=True)
class Script:
    """The page's script, and the hash by which the page allows it and no other."""

    text: str

    @property
    def hash(self) -> str:
        """As a content security policy names it."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"


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


PLANTED = Planted("21,600", "0.10 %", "0.11 %", "1 %", "1,030", "1,470", "59 %")

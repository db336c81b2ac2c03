"""The page: what its template is given, and the HTML that it makes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from .. import words
from ..error import ReportError
from . import heading
from .cards import Card, everyone
from .effects import effects
from .environment import settings
from .gallery import Gallery
from .overview import facts
from .overview.changes import Changes
from .overview.context import Context
from .overview.listing import listing, only_elsewhere, reasons
from .overview.matrix import matrix
from .overview.tasks import task_lines

PAGE, FURTHER = "index.html", "page-{}.html"  # names of the first page and of the others
LARGEST_PART = 3_000_000  # bytes of records on one page, which is a little larger than they are

Pages = dict[str, str]


def pages(
    heads: Sequence[Card],
    changed: Changes,
    gallery: Gallery,
    sizes: Mapping[str, int],
    known: Context,
) -> Pages:
    """The page as HTML, which needs nothing else; several that link to each other if it is large.

    sizes: bytes of the record of each card, by its anchor. Raises ReportError where Jinja2 is
    missing.
    """
    parts = split(heads, sizes)
    names = [PAGE, *(FURTHER.format(number) for number in range(2, len(parts) + 1))]
    made, links = template(), names if len(names) > 1 else []
    elsewhere, found = only_elsewhere(heads, known), Pages()
    whole, lines = overview(heads, known, elsewhere), listing(heads, known.tiers, elsewhere)
    for name, part in zip(names, parts, strict=True):
        anchors = {card.anchor for card in everyone(part)}
        given = values(part, of_part(changed, part, name), gallery) | whole
        given |= {"anchors": anchors, "conflicts": sum(line.in_conflict for line in lines)}
        kept = [each for each in lines if each.card.anchor in anchors or not each.here]
        given["lines"] = [each for each in kept if each.here or name == PAGE]
        found[name] = str(made.render(**given, pages=links, here=name))
    return found


def split(heads: Sequence[Card], sizes: Mapping[str, int]) -> list[list[Card]]:
    """The cards page by page, none of them larger than LARGEST_PART if it has more than one."""
    parts: list[list[Card]] = [[]]
    size = 0
    for head in heads:
        more = sum(sizes.get(card.anchor, 0) for card in head.family)
        if parts[-1] and size + more > LARGEST_PART:
            parts.append([])
            size = 0
        parts[-1].append(head)
        size += more
    return parts


def of_part(changed: Changes, part: Sequence[Card], name: str) -> Changes:
    """The changes of the cards of one page; the first also names what was not run."""
    here = {card.anchor for card in everyone(part)}
    return replace(
        changed,
        changed=tuple(each for each in changed.changed if each.card.anchor in here),
        exceptions=tuple(each for each in changed.exceptions if each[0].anchor in here),
        not_run=changed.not_run if name == PAGE else (),
    )


def values(heads: Sequence[Card], changed: Changes, gallery: Gallery) -> dict[str, Any]:
    """What the template asks for about the claims of one page."""
    return {
        "cards": heads,
        "counts": heading.counts(heads),
        "tasks": list(dict.fromkeys(task for card in heads for task in card.tasks)),
        "matrix": matrix(heads),
        "plots": effects(heads),
        "changes": changed,
        "drawings": gallery.by_claim,
        "settings": settings(heads),
        "levels": sorted({card.level for card in everyone(heads)}),
        "reasons": {card.anchor: reasons(card) for card in heads},
        "planted": PLANTED,
        "picture": gallery.first,
        "colours": gallery.look.colours,
        "keys": list(gallery.look.keys.values()),
        "script": Script(read("page.js")),
    }


def overview(whole: Sequence[Card], known: Context, elsewhere: Sequence[Card]) -> dict[str, Any]:
    """What the template asks for about all claims, on every page.

    whole: the cards of all. elsewhere: of the claims that only other tiers have.
    """
    return {
        "title": heading.title(whole),
        "source_title": heading.source_title(whole),
        "author": heading.shared(whole, "author"),
        "address": facts.address(whole),
        "timed": any(card.moments for card in whole),
        "facts": facts.facts(whole, known),
        "citation": facts.citation(whole, known),
        "command": facts.command(whole),
        "holding": heading.holding(whole),
        "failing": heading.failing(whole),
        "number_failing": heading.number_failing(whole),
        "remarks": heading.remarks(whole),
        "bar": heading.counts(whole),
        "tiers": tiers(whole, elsewhere, known),
        "elsewhere": {each.anchor: words.join(list(each.others)) for each in elsewhere},
        "source": known.source,
        "selection": known.selection,
        "heads": {card.anchor: card for card in everyone(whole)},
        "about": task_lines(whole, known.source.tasks),
        "training": [
            (tier, line)
            for tier, line in known.training.items()
            if tier in {card.record["profile"]["tier"] for card in whole}
        ],
    }


def tiers(
    heads: Sequence[Card], elsewhere: Sequence[Card], known: Context
) -> list[tuple[str, str]]:
    """The tier of the page and the other ones, each with how many claims hold in it.

    elsewhere: the claims that only other tiers have.
    """
    own = dict.fromkeys(str(each.record["profile"].get("tier") or "this") for each in heads)
    found = [(words.join(list(own)), heading.holding(heads))]
    every = [*heads, *elsewhere]
    for tier in known.tiers:
        found.append((tier, heading.holding([e.others[tier] for e in every if tier in e.others])))
    return found


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
        import jinja2  # noqa: F401 - asked for each time, as it may be missing
    except ImportError as missing:
        raise ReportError.missing("Jinja2") from missing
    return compiled()


@cache
def compiled() -> Any:
    """The template, compiled once."""
    import jinja2

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


PLANTED = Planted("21,600", "0.10 %", "0.11 %", "1 %", "1,030", "1,470", "48 %")

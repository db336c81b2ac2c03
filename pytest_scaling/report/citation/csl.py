"""Citations as CSL-JSON, which Zotero, pandoc and citeproc read."""

from __future__ import annotations

from typing import Any

from .bibtex import origin_key
from .citation import Citation, Origin
from .moment import web


def csl(citation: Citation) -> list[dict[str, Any]]:
    """One item for the verdict, and one for what the claim paraphrases."""
    items = [verdict(citation)]
    if citation.origin:
        items.append(source(citation.origin))
    return [{name: value for name, value in item.items() if value} for item in items]


def verdict(citation: Citation) -> dict[str, Any]:
    """The item for a verdict."""
    parts = [int(part) for part in citation.date.split("-")] if citation.date else []
    return {
        "id": str(citation.key),
        "type": "dataset",
        "title": citation.title,
        "author": [{"literal": name} for name in citation.authors],
        "issued": {"date-parts": [parts]} if parts else {},
        "publisher": citation.project,
        "version": citation.commit or citation.version,
        "genre": "claim record",
        "note": citation.sentence,
        "URL": web(citation.url),
    }


def source(origin: Origin) -> dict[str, Any]:
    """A recording where there are times in it, else a document."""
    return {
        "id": origin_key(origin),
        "type": "motion_picture" if origin.times else "document",
        "title": origin.title,
        "author": [{"literal": origin.author}] if origin.author else [],
        "note": f"At {', '.join(origin.times)}" if origin.times else "",
        "URL": origin.link,
    }

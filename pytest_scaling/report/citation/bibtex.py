"""Citations as BibTeX, which BibLaTeX and reference managers read too."""

from __future__ import annotations

import re

from .citation import Citation, Origin
from .moment import web

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {letter: f"\\{letter}" for letter in "&%$#_"}
UNBALANCED = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
SIGNS = {"\N{MINUS SIGN}": "$-$", "∞": r"$\infty$", "±": r"$\pm$", "≥": r"$\ge$", "≤": r"$\le$"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def bibtex(citation: Citation) -> str:
    """One entry for the verdict, and one for what the claim paraphrases."""
    entries = [entry(str(citation.key), verdict(citation))]
    if citation.origin:
        entries.append(entry(origin_key(citation.origin), source(citation.origin)))
    return "\n".join(entries)


def entry(key: str, fields: dict[str, str]) -> str:
    """An entry of the kind that all styles know; empty fields are left out."""
    lines = [f"  {name} = {value}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def verdict(citation: Citation) -> dict[str, str]:
    """The fields for a verdict."""
    year, _, rest = citation.date.partition("-")
    return {
        "author": names(citation.authors),
        "title": f"{{{{{latex(citation.title)}}}}}",
        "year": year and f"{{{year}}}",
        "month": MONTHS[int(rest[:2]) - 1] if rest else "",
        "howpublished": braced(f"Claim record of {citation.project}, made by pytest-scaling"),
        "version": braced(citation.commit or citation.version),
        "note": braced(citation.sentence),
        "url": address(citation.url),
    }


def source(origin: Origin) -> dict[str, str]:
    """The fields for what a claim paraphrases."""
    return {
        "author": names((origin.author,)) if origin.author else "",
        "title": f"{{{{{latex(origin.title)}}}}}",
        "note": braced(f"At {', '.join(origin.times)}") if origin.times else "",
        "url": address(origin.link),
    }


def origin_key(origin: Origin) -> str:
    """A key made of author and title."""
    words = re.findall(r"[a-z0-9]+", f"{origin.author} {origin.title}".lower())
    return "-".join(words) or "source"


def names(authors: tuple[str, ...]) -> str:
    """Names in braces of their own, so that nothing is taken for a family name."""
    return f"{{{' and '.join(f'{{{latex(name)}}}' for name in authors)}}}" if authors else ""


def address(link: str) -> str:
    """Addresses of the web, letter by letter; they have neither braces nor blanks."""
    return f"{{{link}}}" if web(link) else ""


def braced(text: str) -> str:
    """The text in braces; nothing for none."""
    return f"{{{latex(text)}}}" if text else ""


def latex(text: str) -> str:
    """Text for LaTeX, in UTF-8. BibTeX counts braces even after a backslash."""
    table = str.maketrans(SPECIAL | SIGNS | ({} if balanced(text) else UNBALANCED))
    return re.sub(r"\s+", " ", text).translate(table)


def balanced(text: str) -> bool:
    """Whether every brace of a text has its partner."""
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return False
    return depth == 0

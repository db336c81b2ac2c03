"""The verdicts as a Markdown table, for a step summary or a pull request."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from html import escape

from .badge import Badge
from .heading import lead, title
from .view import Card, everyone
from .words import NOTHING

LIMIT = 1_000_000  # bytes: GitHub takes no step summary above 1 MiB
MARKDOWN = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]|#~"})


def summary(shown: Sequence[Card]) -> str:
    """One row per claim and cell; text of others cannot become markup."""
    lines = [f"# {plain(title(shown))}", "", plain(lead(shown))]
    if shown:
        lines += ["", "| claim | task | learner | verdict | control |", "|---|---|---|---|---|"]
    for card in everyone(shown):
        status = card.control.sentence if card.control else f"is the control of {card.control_of}"
        named = f"`{card.anchor}` {plain(card.text)}"
        lines.append(f"| **{named}** | all | | **{mark(card.badge)}** | {plain(status)} |")
        for cell in card.cells:
            aside = "" if cell.counted else " (beside, not counted)"
            place = f"{plain(cell.task) or NOTHING} | {plain(cell.learner)}"
            lines.append(f"| `{card.anchor}` | {place} | {mark(cell.badge)}{aside} | |")
    return bounded(lines)


def bounded(lines: Sequence[str]) -> str:
    """The lines that fit into LIMIT, and a sentence where some do not."""
    sizes = itertools.accumulate(len(line.encode()) + 1 for line in lines)
    fitting = sum(size <= LIMIT for size in sizes)
    left = len(lines) - fitting
    told = (
        [f"\n{left:,} more rows are in verdicts.csv and index.html of the report."] if left else []
    )
    return "\n".join([*lines[:fitting], *told]) + "\n"


def mark(badge: Badge) -> str:
    return f"{badge.icon} {badge.word}"


def plain(text: str) -> str:
    """Text on one line without meaning to Markdown or HTML."""
    return escape(" ".join(text.split()), quote=False).translate(MARKDOWN)

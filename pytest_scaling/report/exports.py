"""The verdicts for other programs: a badge, a table of comparisons, a summary in Markdown."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ..ledger.controls import SUPPORTED_TOO, controls_by_claim, doubt, status_of
from ..ledger.format import Record
from ..ledger.registration.standing import EXPLORED, standings
from ..ledger.registration.standing import status_of as status_of_claim
from ..ledger.words import NOTHING
from .folder import Selection
from .page.badge import Badge
from .page.cards import Card, everyone
from .page.heading import lead, title
from .page.overview.listing import Line, listing

WORDS = ("supported", "refuted", "inconclusive", "not applicable")
OF_A_COMPARISON = (
    *("about", "metric", "unit", "operator", "bound_name", "bound", "value", "low", "high", "n"),
    *("p", "smallest_detectable", "verdict", "median", "share_above", "given_support"),
)
COLUMNS = (
    *("claim", "control_of", "device", "tier", "claim_verdict", "task", "learner", "counted"),
    *("cell_verdict", *OF_A_COMPARISON, "digest", "confirmation"),
)


def badge(records: Sequence[Record]) -> str:
    """The JSON of a badge endpoint (shields.io, schema 1): the number of claims by verdict.

    Controls are not counted; one that is supported makes the badge red, and a supported claim whose
    control is not refuted makes it yellow.
    """
    claims = [record for record in records if not record["claim"]["control_of"]]
    count = Counter(record["verdict"] for record in claims)
    controls = controls_by_claim(records)
    doubts = Counter(
        doubt(record, status_of(controls.get(record["claim"]["id"], ()))) for record in claims
    )
    del doubts[""]
    counts = [f"{count[word]} {word}" for word in WORDS if count[word]]
    counts += [f"{number} {words}" for words, number in sorted(doubts.items())]
    counts += in_standing(claims)
    content = {
        "schemaVersion": 1,
        "label": "claims",
        "message": ", ".join(counts) or "none evaluated",
        "color": colour(count, doubts),
    }
    return json.dumps(content, indent=1) + "\n"


def in_standing(claims: Sequence[Record]) -> list[str]:
    """How many claims are confirmed, not confirmed or stale; where none is, that all are explored.

    Empty for records of an older version, which do not say.
    """
    told = [f"{number} {word}" for word, number in standings(claims)]
    return told or ([EXPLORED] if EXPLORED in map(status_of_claim, claims) else [])


def colour(count: Mapping[str, int], doubts: Mapping[str, int]) -> str:
    """Red for what must not happen, yellow for what controls leave open, green where all is well.

    Blue where verdicts differ.
    """
    if doubts:
        return "red" if SUPPORTED_TOO.doubt in doubts else "yellow"
    if not any(count[word] for word in WORDS[:3]):
        return "lightgrey"
    return "blue" if count["refuted"] or count["inconclusive"] else "brightgreen"


def table(records: Sequence[Record]) -> str:
    """All comparisons as CSV in UTF-8: one line each, or one for a cell that has none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(lines(record))
    return text.getvalue()


def lines(record: Record) -> Iterator[dict[str, Any]]:
    """The lines of one record in the table."""
    claim, profile = record["claim"], record["profile"]
    of_claim = {
        "claim": claim["id"],
        "control_of": claim["control_of"],
        "device": profile["device"],
        "tier": profile["tier"],
        "claim_verdict": record["verdict"],
        "digest": record.get("digest"),
        "confirmation": status_of_claim(record),
    }
    for cell in record["cells"]:
        of_cell = {
            "task": cell["task"],
            "learner": cell["learner"],
            "counted": cell["counted"],
            "cell_verdict": cell["verdict"],
        }
        for evidence in cell["evidence"] or [{}]:
            line = of_claim | of_cell | {name: evidence.get(name) for name in OF_A_COMPARISON}
            yield {name: inert(value) for name, value in line.items()}


def inert(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers are left alone."""
    formula = isinstance(value, str) and value[:1] in FORMULA
    return f"'{value}" if formula and value else value


FORMULA = "=+-@\t\r"  # first letters by which spreadsheets know a formula
LIMIT = 1_000_000  # bytes: GitHub takes no step summary above 1 MiB
MARKDOWN = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]|#~"})


def summary(shown: Sequence[Card], selection: Selection | None = None) -> str:
    """Totals, a line a claim, and the tasks folded; text from elsewhere cannot become markup."""
    lines = [f"# {plain(title(shown))}", "", plain(lead(shown))]
    if selection:
        lines += ["", f"**A partial run**: {plain(selection.sentence)}."]
    tiers = sorted({tier for card in shown for tier in card.others})
    head = ["time", "claim", "verdict", "control", *(f"{plain(tier)} tier" for tier in tiers)]
    if shown:
        lines += ["", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += [f"| {' | '.join(line_of(each))} |" for each in listing(shown, tiers)]
    if shown:
        lines += ["", "<details><summary>Where each holds, and its controls</summary>", ""]
        lines += [f"- {code(card.anchor)} {plain(card.sentence)}" for card in everyone(shown)]
        lines += ["", "</details>"]
    return bounded(lines)


def line_of(line: Line) -> list[str]:
    """The cells of a claim in the summary."""
    card = line.card
    named = f"**{plain(card.text)}** {code(card.anchor)}"
    note = f"<br>{plain(line.note)}" if line.note else ""
    verdict = "; ".join(filter(None, (mark(card.badge), status_of_claim(card.record))))
    others = [
        (mark(each.badge) if each.badge else NOTHING)
        + (", **contradicts**" if each.conflict else "")
        for each in line.others
    ]
    return [line.time or NOTHING, f"{named}{note}", verdict, plain(line.control), *others]


def bounded(lines: Sequence[str]) -> str:
    """The lines that fit into LIMIT, and a message where some do not."""
    sizes = itertools.accumulate(len(line.encode()) + 1 for line in lines)
    fitting = sum(size <= LIMIT for size in sizes)
    left = len(lines) - fitting
    kept = list(lines[:fitting])
    if left:
        kept.append(f"\n{left:,} more lines are in verdicts.csv and index.html of the report.")
    return "\n".join(kept) + "\n"


def mark(badge: Badge) -> str:
    """A verdict as icon and word."""
    return f"{badge.icon} {badge.word}"


def code(name: str) -> str:
    """A name as code; what would end the code or the cell is left out."""
    letters = re.sub(r"[^\w.-]", "", name)
    return f"`{letters}`"


def plain(text: str) -> str:
    """Text on one line without meaning to Markdown or HTML."""
    return escape(" ".join(text.split()), quote=False).translate(MARKDOWN)

"""The verdicts for other programs: a badge, and a table with a line for every comparison."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..control import SUPPORTED_TOO, control_status

Record = Mapping[str, Any]
WORDS = ("supported", "refuted", "inconclusive", "not applicable")
OF_A_COMPARISON = (
    *("about", "metric", "unit", "operator", "bound_name", "bound", "value", "low", "high", "n"),
    *("p", "smallest_detectable", "verdict"),
)
COLUMNS = (
    *("claim", "control_of", "device", "tier", "claim_verdict", "task", "learner", "counted"),
    *("cell_verdict", *OF_A_COMPARISON, "digest"),
)


def badge(records: Sequence[Record]) -> str:
    """The JSON of a badge endpoint (shields.io, schema 1): how many claims came out how.

    Controls are not counted; one that is supported makes the badge red.
    """
    claims = [record for record in records if not record["claim"]["control_of"]]
    count = Counter(record["verdict"] for record in claims)
    fooled = sum(
        control_status(record["claim"]["id"], list(records)) is SUPPORTED_TOO for record in claims
    )
    told = [f"{count[word]} {word}" for word in WORDS if count[word]]
    told += [f"{fooled} not trustworthy"] if fooled else []
    content = {
        "schemaVersion": 1,
        "label": "claims",
        "message": ", ".join(told) or "none heard",
        "color": colour(count, fooled),
    }
    return json.dumps(content, indent=1) + "\n"


def colour(count: Mapping[str, int], fooled: int) -> str:
    """Red for what must not be, green where all are supported, blue where verdicts differ."""
    if fooled:
        return "red"
    if not any(count[word] for word in WORDS[:3]):
        return "lightgrey"
    return "blue" if count["refuted"] or count["inconclusive"] else "brightgreen"


def table(records: Sequence[Record]) -> str:
    """All comparisons as CSV in UTF-8: a line each, or one for a cell that has none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerows(lines(record))
    return text.getvalue()


def lines(record: Record) -> Iterator[dict[str, Any]]:
    claim, profile = record["claim"], record["profile"]
    of_claim = {
        "claim": claim["id"],
        "control_of": claim["control_of"],
        "device": profile["device"],
        "tier": profile["tier"],
        "claim_verdict": record["verdict"],
        "digest": record.get("digest"),
    }
    for cell in record["cells"]:
        of_cell = {
            "task": cell["task"],
            "learner": cell["learner"],
            "counted": cell["counted"],
            "cell_verdict": cell["verdict"],
        }
        for evidence in cell["evidence"] or [{}]:
            yield of_claim | of_cell | {name: evidence.get(name) for name in OF_A_COMPARISON}

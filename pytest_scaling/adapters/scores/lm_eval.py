"""Logs of lm-evaluation-harness: `samples_TASK_TIME.jsonl`, as `--log_samples` writes it.

One JSON object a line: `doc_id`, `doc` (the row of the data set), `doc_hash`, `filter` (the
extraction that was scored; there may be several for one document), `metrics` (the names of the
scores; absent in older versions), and one key for each score. The format is that of
`lm_eval.evaluator` and `lm_eval.loggers.evaluation_tracker`, version 0.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .table import Row, Table

KNOWN = {  # keys that are no scores
    "arguments",
    "doc",
    "doc_hash",
    "doc_id",
    "filter",
    "filtered_resps",
    "metrics",
    "prompt_hash",
    "resps",
    "target",
    "target_hash",
}


def is_log(rows: Sequence[Row]) -> bool:
    """Whether the rows of a file are such a log."""
    return bool(rows) and "doc_id" in rows[0] and "doc" in rows[0]


def table(name: str, digest: str, rows: Sequence[Row]) -> Table:
    """The log as a table: a unit is a document."""
    metrics = scores_in(rows[0])
    only = metrics[0] if len(metrics) == 1 else ""
    return Table(name, digest, rows, ("doc_id",), only, metrics, content="doc_hash")


def scores_in(row: Row) -> tuple[str, ...]:
    """The names of the scores of a row."""
    named: Any = row.get("metrics")
    if isinstance(named, list):
        return tuple(map(str, named))
    return tuple(key for key, value in row.items() if key not in KNOWN and is_number(value))


def is_number(value: object) -> bool:
    return isinstance(value, (bool, int, float))

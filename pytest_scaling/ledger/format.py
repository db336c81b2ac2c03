"""How records are kept: their schema, their JSON text, and files written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..trials.identity import sha256

Record = Mapping[str, Any]
"""A record, a row of the ledger or a part of one, as JSON gives it."""

SCHEMA = "claim-record/v1"  # of the records that a protocol is part of
SCHEMA_FILE = Path(__file__).with_name("record.schema.json")
ACCEPTANCE = "blessing"  # the field of a row that says why it was accepted
ALTERNATIVES = "alternatives"  # the verdicts of a claim in other scopes
CONTROL = "control"  # what became of a claim's control, in a record; and what a row accepts of it
OF_ONE_RUN = ("confirmation", CONTROL, "file", "ledger", "partial", "run")  # beside the evidence
WARNINGS = "warnings"  # the key of what trainings warned of: kept in a row, and never compared
WIDTH = 100  # columns
READABLE_BY_ALL = 0o644  # a temporary file is private, a report is not


def estimated(record: Record) -> Iterator[Record]:
    """The comparisons of a record that have an estimate; an exact statement has none."""
    for cell in record["cells"]:
        yield from (evidence for evidence in cell["evidence"] if "n" in evidence)


def drawn_samples(evidence: Record) -> list[float]:
    """The samples that are drawn one by one; those of scores are too many, and too far apart."""
    return [] if "scores" in evidence else list(evidence["samples"])


def arm_key(arm: Record) -> tuple[object, ...]:
    """What distinguishes an arm of a record from the others."""
    names = ("learner", "task", "m", "replicate", "device")
    return (*(arm[name] for name in names), arm.get("judged_by", ""))


def of_task(arm: Record) -> str:
    """Where an arm trained, as in " on mnist1d, m = 256"; empty of a function of a seed."""
    return f" on {arm['task']}, m = {arm['m']:,}" if arm["task"] else ""


def digest(content: Record) -> str:
    """SHA-256 of the evidence: the same for a record and the ledger's row made from it."""
    left_out = (*OF_ONE_RUN, ACCEPTANCE, WARNINGS, "digest")
    return sha256({key: value for key, value in content.items() if key not in left_out})


def write(path: Path, content: str | bytes) -> Path:
    """Put the content at the path in one step, in UTF-8 where it is text; folders are made.

    A reader sees the old file or the new one, never a part.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        os.chmod(name, READABLE_BY_ALL)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def digits(value: float) -> float | None:
    """Six significant digits; None where there is no finite value."""
    return float(f"{value:.6g}") if abs(value) < float("inf") else None


def dump(content: Any) -> str:
    """Canonical text of a record: sorted, indented, no NaN; what fits into a line is one."""
    return pretty(content) + "\n"


def pretty(value: Any, indent: str = "") -> str:
    """JSON with one line for what fits into WIDTH columns, and for every list of plain values."""
    line = json.dumps(value, sort_keys=True, allow_nan=False, ensure_ascii=False)
    inner = indent + " "
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, dict):
        rows = [f"{json.dumps(key)}: {pretty(value[key], inner)}" for key in sorted(value)]
        return f"{{\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}}}"
    if not any(isinstance(each, (dict, list)) for each in value):
        return line
    rows = [pretty(each, inner) for each in value]
    return f"[\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}]"

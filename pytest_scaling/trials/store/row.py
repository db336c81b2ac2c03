"""One row of the store: a result and the checksum that it must match."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from ..identity import canonical
from ..result import SeedResult, Warned

Row = tuple[Any, ...]
"""seed, metrics, correct, rows, diverged, seconds, checksum: the columns RESULT."""


def checksum(identity: str, content: Sequence[Any]) -> str:
    """SHA-256 of seed, metrics, correct, rows and diverged of one trial; seconds are left out."""
    seed, metrics, correct, rows, diverged = content
    head = canonical([identity, seed, metrics, correct is not None, rows, diverged])
    return hashlib.sha256(head.encode() + b"\0" + (correct or b"")).hexdigest()


def write_row(identity: str, result: SeedResult) -> Row:
    """The row of a result."""
    metrics = canonical(result.metrics)
    content = (result.seed, metrics, result.correct, result.rows, int(result.diverged))
    return (*content, result.seconds, checksum(identity, content))


def read_row(identity: str, row: Row) -> SeedResult | None:
    """The result in a row; None where it does not match its checksum, or no training gives it."""
    *content, seconds, expected = row
    try:
        if checksum(identity, content) != expected:
            return None
        seed, metrics, correct, rows, diverged = content
        if diverged not in (0, 1) or not isinstance(correct, (bytes, type(None))):
            return None
        found = json.loads(metrics)
        result = SeedResult(seed, found, correct, rows, bool(diverged), float(seconds))
        return result if result.is_possible else None
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None  # a column changed its type


def write_warnings(warnings: Sequence[Warned]) -> str:
    """The warnings of a trial as JSON."""
    return canonical([list(astuple(warned)) for warned in warnings])


def read_warnings(text: str) -> tuple[Warned, ...]:
    """The warnings in the JSON of a trial; none where it is not of this kind."""
    try:
        found = tuple(Warned(*each) for each in json.loads(text))
        kinds = [tuple(map(type, astuple(warned))) for warned in found]
    except (TypeError, ValueError):
        return ()
    return found if set(kinds) <= {(str, str, str, str, int, int)} else ()

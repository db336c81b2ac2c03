"""The one reader of rows and records: whatever a command knows of such a file came through here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..format import SCHEMA, Record, digest
from .agreement import disagreements
from .schema import fault
from .strict_json import loads, printable, read_bytes

EDITED = "was changed after it was written: its digest does not match its content"
SOUND: set[bytes] = set()  # SHA-256 of contents that were found sound: a run reads a row thrice
LONGEST = 200  # letters of what a message quotes from a file


class UnreadableError(ValueError):
    """A file that holds no record; the message continues after the name of the file."""


def read(path: Path, remedy: str) -> dict[str, Any]:
    """The record in a file, whether or not its digest matches it.

    remedy: what to do about a file that is damaged. Raises FileNotFoundError where there is no
    file, UnreadableError where it holds no record.
    """
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as damage:
        raise unreadable(damage, remedy) from None
    return require_sound(content, remedy)


def require_sound(content: bytes, remedy: str) -> dict[str, Any]:
    """The record in the bytes of a file; UnreadableError where they hold none."""
    record: dict[str, Any]
    known = hashlib.sha256(content).digest()
    if known in SOUND:
        record = json.loads(content)
        return record
    try:
        record = loads(content)
        schema = record["schema"]
    except (ValueError, KeyError, TypeError) as damage:
        raise unreadable(damage, remedy) from None
    if schema != SCHEMA:
        raise UnreadableError(
            f"has the schema {quoted(repr(schema))}, and this version of pytest-scaling knows "
            f"{SCHEMA!r}; use the version that wrote it"
        )
    words = fault(record) or next(disagreements(record), "")
    if words:
        raise unfit(words, remedy)
    SOUND.add(known)
    return record


def has_its_digest(record: Record) -> bool:
    """Whether the content of a record is what its digest was computed from."""
    return bool(record["digest"] == digest(record))


def unreadable(damage: Exception, remedy: str) -> UnreadableError:
    """The error for a file with this damage."""
    kind = "" if type(damage) is ValueError else f"{type(damage).__name__}: "
    words = getattr(damage, "strerror", None) or str(damage)
    return UnreadableError(f"cannot be read ({kind}{quoted(words)}); {remedy}")


def unfit(words: str, remedy: str) -> UnreadableError:
    """The error for a file that is no record in these words."""
    return UnreadableError(f"does not match record.schema.json ({quoted(words)}); {remedy}")


def quoted(text: str) -> str:
    """What a message quotes from a file: printable, and not too long."""
    words = printable(text)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 3]}..."


def shown(path: Path) -> str:
    """A path as seen from here, in printable letters."""
    here = Path.cwd()
    name = path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
    return printable(name)

"""The list of blocks of seeds: one line for each `register`, appended and never changed.

Each line names the hash of the line above it, so that no line can be changed, moved or taken out
without a trace in those below; version control shows where the last ones were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ...trials.seeds import CONFIRMING_BLOCKS
from ..format import write
from ..ledger import RESTORE
from ..reading.reader import quoted, shown
from ..reading.schema import fault
from ..reading.strict_json import loads, read_bytes
from .history import is_continued
from .registration import Registration

NAME = "blocks.jsonl"  # in the folder of the registrations
LINE = {
    "type": "object",
    "properties": {
        "block": {"type": "integer", "minimum": 0},
        "tier": {"type": "string"},
        "claims": {"type": "object", "additionalProperties": {"type": "string"}},
        "above": {"type": "string"},
    },
    "required": ["block", "tier", "claims", "above"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Blocks:
    """The list as it was read: one entry a line, and the text itself."""

    path: Path
    entries: tuple[dict[str, Any], ...]
    text: str

    @classmethod
    def read(cls, folder: Path) -> Blocks:
        """The list in the folder of the registrations, empty where there is none.

        Raises pytest.UsageError where it is not as it was written.
        """
        path = folder / NAME
        try:
            text = read_bytes(path).decode("utf-8").replace("\r\n", "\n")
        except FileNotFoundError:
            return cls(path, (), "")
        except (OSError, ValueError) as damage:
            raise tampered(path, f"cannot be read ({quoted(str(damage))})") from None
        return cls(path, tuple(entries_in(path, text)), text)

    @property
    def break_in_history(self) -> str:
        """That the list is not the one in version control, continued; empty where it is."""
        if is_continued(self.path, self.text):
            return ""
        return (
            f"the list of blocks {shown(self.path)} does not continue what earlier commits have of "
            f"it; restore it from version control"
        )

    @property
    def next(self) -> int:
        """The first block that nobody has had; pytest.UsageError where there is none left."""
        if len(self.entries) >= CONFIRMING_BLOCKS:
            raise pytest.UsageError(f"all {CONFIRMING_BLOCKS:,} blocks of {self.path} are used")
        return len(self.entries)

    def append(self, registrations: Sequence[Registration]) -> Path:
        """Add the line of registrations that share the next block."""
        entry = {
            "block": registrations[0].block,
            "tier": registrations[0].tier,
            "claims": {each.claim: each.hash for each in registrations},
            "above": above(self.text),
        }
        return write(self.path, f"{self.text}{json.dumps(entry, sort_keys=True)}\n")

    def names(self, registration: Registration) -> bool:
        """Whether the list has a registration, exactly as it is."""
        if registration.block >= len(self.entries):
            return False
        entry = self.entries[registration.block]
        listed = entry["claims"].get(registration.claim)
        return bool(listed == registration.hash and entry["tier"] == registration.tier)

    def of(self, tier: str, claim: str) -> list[dict[str, Any]]:
        """The entries that have a claim in a tier, the oldest first."""
        return [each for each in self.entries if each["tier"] == tier and claim in each["claims"]]


def entries_in(path: Path, text: str) -> list[dict[str, Any]]:
    """The entries of a list; pytest.UsageError at the first line that is not as it was written."""
    found: list[dict[str, Any]] = []
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        try:
            entry = loads(line.encode())
        except ValueError as damage:
            raise tampered(path, f"has no entry in line {number + 1} ({damage})") from None
        if words := fault(entry, LINE):
            raise tampered(path, f"has no entry in line {number + 1} ({quoted(words)})")
        if entry["block"] != number or entry["above"] != above("".join(lines[:number])):
            raise tampered(path, f"was changed at line {number + 1}, or above it")
        found.append(entry)
    return found


def above(text: str) -> str:
    """The hash that the next line of a list names: of all lines above it."""
    return hashlib.sha256(text.encode()).hexdigest()


def tampered(path: Path, words: str) -> pytest.UsageError:
    return pytest.UsageError(f"the list of blocks {shown(path)} {words}; {RESTORE}")

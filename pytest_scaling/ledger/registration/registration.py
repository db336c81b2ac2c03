"""A registration: one claim in one tier, as a file that is committed before the measurement.

It lies at `registered/TIER/CLAIM.json` beside the ledger, and `confirmed/PROFILE/CLAIM.json` has
the one result that it leads to, in the form of a row of the ledger.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ...trials.identity import sha256
from ...trials.seeds import MOST_SEEDS, confirming_offset
from ..environment import tier_in
from ..format import Record, dump, write
from ..ledger import RESTORE, Ledger, Row, RowFile, profiles_in
from ..reading.reader import quoted, shown
from ..reading.schema import fault
from ..reading.strict_json import loads, read_bytes
from .ingredients import Ingredients

SCHEMA = "claim-registration/v1"
SCHEMA_FILE = Path(__file__).with_name("registration.schema.json")
REGISTERED, CONFIRMED = "registered", "confirmed"  # folders beside the ledger


@dataclass(frozen=True)
class Registration:
    """What will be measured, what is expected of it, and on which seeds.

    claim, tier: of what. expected: the verdict that would confirm it. block: of fresh seeds.
    ingredients: what the verdict follows from. reason: why it was registered. commit: the newest
    when it was made, which is older than the one that holds it. log: the attempts before it, as
    `attempts` counts them.
    """

    claim: str
    tier: str
    expected: str
    block: int
    ingredients: Ingredients
    reason: str
    commit: str
    log: dict[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of all of it, by which the list of blocks knows it."""
        return sha256(self.content)

    @property
    def content(self) -> dict[str, Any]:
        return {"schema": SCHEMA, **asdict(self)}

    @property
    def offset(self) -> int:
        """What is added to every seed."""
        return confirming_offset(self.block)

    @property
    def seeds(self) -> str:
        """Its seeds in words; replicates of an arm have theirs further on."""
        return f"seeds {self.offset:,} to {self.offset + MOST_SEEDS - 1:,}"

    @property
    def stamp(self) -> Record:
        """What a record that was made for it says about it."""
        return {
            "block": self.block,
            "expected": self.expected,
            "hash": self.hash,
            "commit": self.commit,
        }


@dataclass(frozen=True)
class Shelf:
    """The registrations and their results beside one ledger. home: the folder of both."""

    home: Path

    @classmethod
    def beside(cls, ledger: Path) -> Shelf:
        """The registrations of the claims that have this ledger."""
        return cls(ledger.parent)

    @property
    def folder(self) -> Path:
        return self.home / REGISTERED

    @property
    def results(self) -> Path:
        return self.home / CONFIRMED

    def path(self, tier: str, claim: str) -> Path:
        """The file of a registration, whether it exists or not."""
        return self.folder / tier / f"{claim}.json"

    def paths(self) -> list[Path]:
        """The files of all registrations."""
        return sorted(self.folder.glob("*/*.json"))

    def registration(self, tier: str, claim: str) -> Registration | None:
        """A claim's registration in a tier; pytest.UsageError where it must not be used."""
        return read(self.path(tier, claim))

    def write(self, registration: Registration) -> Path:
        """Put the file of a registration in its place, whole or not at all."""
        return write(self.path(registration.tier, registration.claim), dump(registration.content))

    def result_files(self) -> list[RowFile]:
        """The files of all confirmations, in all profiles."""
        ledgers = [Ledger(self.results, profile) for profile in profiles_in(self.results)]
        return [each for ledger in ledgers for each in ledger.files()]

    def result(self, registration: Registration) -> Row | None:
        """What the measurement of a registration gave; None where it has not been made."""
        for profile in profiles_in(self.results):
            if tier_in(profile) == registration.tier:
                row = Ledger(self.results, profile).row(registration.claim)
                if row and row.record.get("registration", {}).get("hash") == registration.hash:
                    return row
        return None


def read(path: Path) -> Registration | None:
    """The registration in a file, None where there is none; pytest.UsageError for any other."""
    try:
        content = loads(read_bytes(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as damage:
        words = getattr(damage, "strerror", None) or str(damage)
        raise unusable(path, f"cannot be read ({quoted(words)})") from None
    if words := fault(content, schema()):
        raise unusable(path, f"is no {SCHEMA} ({quoted(words)})")
    found = Registration(**{name: content[name] for name in content if name != "schema"})
    if (found.tier, found.claim) != (path.parent.name, path.stem):
        raise unusable(path, f"is the registration of {found.claim!r} in the tier {found.tier}")
    return found


def unusable(path: Path, words: str) -> pytest.UsageError:
    return pytest.UsageError(f"the registration {shown(path)} {words}; {RESTORE}")


@cache
def schema() -> dict[str, Any]:
    """The schema of the file of a registration."""
    found: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return found

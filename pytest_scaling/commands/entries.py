"""One claim of the list, and what the ledger says about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..ledger.ledger import Ledger, RowFile, profiles_in
from ..ledger.registration.standing import of_row
from ..ledger.words import in_scopes, needs
from ..spec.declaration import Claim
from ..spec.tier import DEFAULT_TIERS

NONE = "-"
BROKEN = "unusable"  # in place of a verdict, where a row must not be used


@dataclass(frozen=True)
class Kept:
    """What the ledger says about one claim, by the name of the profile.

    verdicts: NONE where a profile has rows, but not of this claim; BROKEN where the row must not be
    used. statuses: which verdicts are confirmed. scopes: in how many of its scopes a claim that
    declares several has its verdict. open: what would decide an inconclusive verdict. broken: what
    is wrong with rows that must not be used.
    """

    verdicts: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """One claim of the list, with what the ledger says about it. timed: no ledger keeps times."""

    claim: Claim
    file: str
    tasks: tuple[str, ...]  # that count in the tier
    beside: tuple[str, ...]  # that are shown beside them
    kept: Kept
    timed: bool = False

    @property
    def times(self) -> tuple[str, ...]:
        return self.claim.source.times if self.claim.source else ()

    def as_dict(self) -> dict[str, Any]:
        """The entry in the form of JSON."""
        return {
            "id": self.claim.id,
            "text": self.claim.text,
            "times": list(self.times),
            "strength": self.claim.strength,
            "control_of": self.claim.control_of,
            "file": self.file,
            "tasks": list(self.tasks),
            "beside": list(self.beside),
            "verdicts": self.kept.verdicts,
            "statuses": self.kept.statuses,
            **({"scopes": self.kept.scopes} if self.kept.scopes else {}),
        }


def kept(ledger: Ledger, claim_id: str, device: str | None) -> Kept:
    """What a ledger says about a claim in all its profiles, or in those of one device.

    The profile of the ledger itself is among them even where it has no rows yet.
    """
    found = Kept()
    for profile in sorted({ledger.profile, *profiles_in(ledger.directory, device)}, key=rank):
        row_file = RowFile.read(Ledger(ledger.directory, profile).path(claim_id))
        found.verdicts[profile] = NONE
        if row_file and row_file.wrong:
            found.verdicts[profile] = BROKEN
            found.broken.append(f"the ledger's {row_file.wrong}")
        elif row_file:
            row = row_file.content
            found.verdicts[profile] = row["verdict"]
            found.statuses[profile] = str(of_row(ledger.directory, row)["status"])
            if words := in_scopes(row):
                found.scopes[profile] = words
            if row["verdict"] == "inconclusive":
                found.open[profile] = needs(row).removeprefix("; ")
    return found


def rank(profile: str) -> tuple[list[str], int]:
    """Where a profile stands: by its environment, then from the smallest tier to the largest."""
    *environment, tier = profile.split("-")
    tiers = [each.name for each in DEFAULT_TIERS]
    return environment, tiers.index(tier) if tier in tiers else len(tiers)

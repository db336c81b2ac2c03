"""`list`: the claims in the order of what they paraphrase, with the ledger's verdicts."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ..devices.kinds import KINDS
from ..ledger.ledger import Ledger, RowFile, profiles_in
from ..ledger.registration.standing import EXPLORED, of_row
from ..ledger.words import in_scopes
from ..report.citation.moment import start
from ..run.collection import arguments_of, claim_of
from ..run.options import TIER
from ..run.session import Session
from ..spec.declaration import Claim
from ..spec.scope import scope
from ..spec.tier import DEFAULT_TIERS
from .collect import collect, default_paths
from .output import complain, say

NONE = "-"
BROKEN = "unusable"  # in place of a verdict, where a row must not be used


@dataclass(frozen=True)
class Entry:
    """One claim of the list.

    `verdicts` are those of the ledger, by the name of the profile, `statuses` say which of them are
    confirmed; `broken` says what is wrong with rows that must not be used; `scopes` says by profile
    in how many of its scopes a claim that declares several has its verdict.
    """

    claim: Claim
    file: str
    tasks: tuple[str, ...]  # that count in the tier
    beside: tuple[str, ...]  # that are shown beside them
    verdicts: Mapping[str, str]
    statuses: Mapping[str, str]
    broken: tuple[str, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)

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
            "verdicts": dict(self.verdicts),
            "statuses": dict(self.statuses),
            **({"scopes": dict(self.scopes)} if self.scopes else {}),
        }


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = commands.add_parser("list", help="the claims with their times and last verdicts")
    parser.add_argument("paths", nargs="*", help="files and folders of claims (default: claims)")
    parser.add_argument("--tier", help="the tier whose tasks are shown")
    parser.add_argument(
        "--device",
        choices=("cpu", *KINDS),
        help="show only the verdicts of this device; it need not be present",
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list; 1 where a row of the ledger must not be used."""
    entries = in_order(entries_of(options.paths or default_paths(), options.tier, options.device))
    if options.json:
        say(json.dumps([entry.as_dict() for entry in entries], indent=1))
    else:
        say("\n".join(table(entries)))
    broken = [sentence for entry in entries for sentence in entry.broken]
    complain(broken)
    return int(pytest.ExitCode.TESTS_FAILED if broken else pytest.ExitCode.OK)


def entries_of(paths: Sequence[str], tier: str | None, device: str | None) -> list[Entry]:
    """The claims of these paths, each once, in the order of the files."""

    def describe(session: Session, item: pytest.Function) -> Entry:
        return entry(session, item, device)

    chosen = ("--scaling-device=cpu", *([f"{TIER.flag}={tier}"] if tier else []))
    found = collect(paths, chosen, describe)
    return list({each.claim.id: each for each in found}.values())


def entry(session: Session, item: pytest.Function, device: str | None) -> Entry:
    """One collected claim, its tasks in the tier of the session and its rows in the ledger."""
    claim = claim_of(item)
    assert claim is not None
    laid_out = scope(claim, session.suite, session.tier, None, arguments_of(item))
    cells = [cell for cell in laid_out.cells if not cell.skip]
    tasks = dict.fromkeys(task for cell in cells for task in (cell.task, *cell.tasks) if task)
    return Entry(
        claim,
        Path(os.path.relpath(item.path, session.config.rootpath)).as_posix(),
        tuple(task.name for task in tasks if task not in claim.beside),
        tuple(task.name for task in tasks if task in claim.beside),
        *verdicts(session, item, claim, device),
    )


def verdicts(
    session: Session, item: pytest.Function, claim: Claim, device: str | None
) -> tuple[dict[str, str], dict[str, str], tuple[str, ...], dict[str, str]]:
    """The ledger's verdicts on a claim, their status, what is wrong with its rows, and scopes.

    NONE where a profile has rows, but not of this claim; BROKEN where the row must not be used.
    The profiles are those in the ledger, and the one of the session even if it has no rows yet.
    """
    ledger = session.ledger(item.path.parent, device or "cpu")
    profiles = {ledger.profile, *profiles_in(ledger.directory, device)}
    found: dict[str, str] = {}
    statuses: dict[str, str] = {}
    scopes: dict[str, str] = {}
    broken = []
    for profile in sorted(profiles, key=rank):
        row_file = RowFile.read(Ledger(ledger.directory, profile).path(claim.id))
        found[profile] = NONE
        if row_file and row_file.wrong:
            found[profile] = BROKEN
            broken.append(f"the ledger's {row_file.wrong}")
        elif row_file:
            found[profile] = row_file.content["verdict"]
            statuses[profile] = str(of_row(ledger.directory, row_file.content)["status"])
            scopes[profile] = in_scopes(row_file.content)
    told = {name: words for name, words in scopes.items() if words}
    return found, statuses, tuple(broken), told


def rank(profile: str) -> tuple[list[str], int]:
    """Where a profile stands: by its environment, then from the smallest tier to the largest."""
    *environment, tier = profile.split("-")
    tiers = [each.name for each in DEFAULT_TIERS]
    return environment, tiers.index(tier) if tier in tiers else len(tiers)


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Claims by the time of their source, then as in the files; each followed by its controls."""
    named = dict.fromkeys(each.claim.source.title for each in entries if each.claim.source)
    titles = {title: place for place, title in enumerate(named)}

    def moment(each: Entry) -> tuple[int, int]:
        source = each.claim.source
        if source is None:
            return len(titles), 0
        return titles[source.title], start(source.times[0]) if source.times else 0

    ids = {each.claim.id for each in entries if not each.claim.is_control}
    controls: dict[str | None, list[Entry]] = {}
    for each in entries:
        controls.setdefault(each.claim.control_of, []).append(each)
    heads = [each for each in entries if each.claim.control_of not in ids]
    return [
        each
        for head in sorted(heads, key=moment)
        for each in (head, *controls.get(head.claim.id, ()))
    ]


def table(entries: Sequence[Entry]) -> Iterator[str]:
    """The list as lines of text."""
    profiles = sorted({name for each in entries for name in each.verdicts}, key=rank)
    rows = [("time", "claim", "strength", "tasks", *columns(profiles))]
    ids = {each.claim.id for each in entries}
    for each in entries:
        rows.append((*words(each, ids), *(said(each, name) for name in profiles)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    controls = sum(each.claim.is_control for each in entries)
    yield f"claims: {len(entries) - controls}; below each its controls, which must be refuted"


def said(entry: Entry, profile: str) -> str:
    """The verdict in a profile, with the scopes in which it is the same, and its status.

    A status is left out where it is no more than explored.
    """
    verdict = entry.scopes.get(profile) or entry.verdicts.get(profile, NONE)
    status = entry.statuses.get(profile, EXPLORED)
    return verdict if status == EXPLORED else f"{verdict}, {status}"


def words(entry: Entry, ids: set[str]) -> tuple[str, str, str, str]:
    """Time, name, strength and tasks; a control is indented, or names a claim outside the list."""
    claim = entry.claim
    name = claim.id
    if claim.control_of in ids:
        name = f"  {name}"
    elif claim.control_of:
        name = f"{name} (control of {claim.control_of})"
    tasks = ", ".join((*entry.tasks, *(f"({task})" for task in entry.beside)))
    return ", ".join(entry.times) or NONE, name, claim.strength, tasks or NONE


def columns(profiles: Sequence[str]) -> list[str]:
    """A heading for each profile: its tier, and what else it differs in from the others."""
    parts = [profile.split("-") for profile in profiles]
    *differ, _ = [len(set(part)) > 1 for part in zip(*parts, strict=True)]
    return [
        " ".join(part for part, shown in zip(each, (*differ, True), strict=True) if shown)
        for each in parts
    ]

"""What is wrong with registrations and confirmations, by themselves and by version control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pytest

from ...trials.identity import sha256
from ...trials.seeds import MOST_SEEDS, REPLICATE_STRIDE, confirming_offset
from ..format import Record
from ..git import git
from ..ledger import RowFile
from ..reading.reader import shown
from ..words import listed
from .attempts import Past, rows_in
from .blocks import Blocks
from .history import contents, is_before, obstacle, versions
from .registration import Registration, Shelf

REMEDY = "restore it from version control"


class Audit:
    """The registrations beside one ledger, and their results."""

    def __init__(self, shelf: Shelf, ledger: Path) -> None:
        self.shelf, self.ledger = shelf, ledger
        self._pasts: dict[str, Past] = {}

    @property
    def exists(self) -> bool:
        """Whether there is anything to check."""
        return self.shelf.folder.is_dir() or self.shelf.results.is_dir()

    @cached_property
    def obstacle(self) -> str:
        """Why the order of commits cannot be checked; empty where it can."""
        return obstacle(self.shelf.home)

    @cached_property
    def results(self) -> list[RowFile]:
        """The files of all confirmations."""
        return self.shelf.result_files()

    def faults(self) -> Iterator[str]:
        """A sentence for everything that is wrong."""
        try:
            blocks = Blocks.read(self.shelf.folder)
        except pytest.UsageError as fault:
            yield str(fault)
            return
        if not self.obstacle and blocks.break_in_history:
            yield blocks.break_in_history
        yield from self._missing(blocks)
        for path in self.shelf.paths():
            yield from self._registration(path, blocks)
        sound = [each for each in self.results if not each.wrong]
        yield from (f"the confirmation {each.wrong}" for each in self.results if each.wrong)
        yield from twice(sound)
        for each in sound:
            yield from result(each, blocks)
        if not self.obstacle:
            yield from self._order(sound)

    def _missing(self, blocks: Blocks) -> Iterator[str]:
        """Registrations that the list of blocks has, and the folder has not."""
        listed = {(each["tier"], claim) for each in blocks.entries for claim in each["claims"]}
        for tier, claim in sorted(listed):
            path = self.shelf.path(tier, claim)
            if not path.exists():
                yield f"{shown(path)} is missing, and the list of blocks has it; {REMEDY}"

    def _registration(self, path: Path, blocks: Blocks) -> Iterator[str]:
        """What is wrong with one registration."""
        try:
            registration = self.shelf.registration(path.parent.name, path.stem)
        except pytest.UsageError as fault:
            yield str(fault)
            return
        assert registration is not None
        entries = blocks.of(registration.tier, registration.claim)
        if not blocks.names(registration) or entries[-1]["block"] != registration.block:
            yield f"{shown(path)} is not what the list of blocks has of it; {REMEDY}"
        elif not self.obstacle:
            yield from self._log(path, registration)

    def _log(self, path: Path, registration: Registration) -> Iterator[str]:
        """Whether the attempt log says less than the commits before a registration do."""
        commit = registration.commit
        if git(self.shelf.home, "merge-base", "--is-ancestor", commit, "HEAD") is None:
            return  # of a history that was rewritten since
        if commit not in self._pasts:
            self._pasts[commit] = Past.of(self.shelf, self.ledger, commit)
        protocol = registration.ingredients["protocol"]
        none = Blocks(path, (), "")
        found = self._pasts[commit].log(none, registration.tier, registration.claim, protocol)
        said = registration.log
        if (found["changes"], found["forms"]) != (said["changes"], said["forms"]):
            yield (
                f"{shown(path)} says form {said['forms']} (changes: {said['changes']}), and the "
                f"commits before it say form {found['forms']} (changes: {found['changes']})"
            )

    def _order(self, results: list[RowFile]) -> Iterator[str]:
        """Results that were committed before, or together with, their registrations."""
        registered = first_commits(self.shelf)
        entered: dict[str, str] = {}
        for commit, row in rows_with_commits(self.shelf):
            entered.setdefault(row["registration"]["hash"], commit)
        for each in results:
            hash = each.content["registration"]["hash"]
            later = entered.get(hash)
            if later and not is_before(self.shelf.home, registered.get(hash, later), later):
                yield (
                    f"the confirmation {shown(each.path)} was not committed after its "
                    f"registration, so nothing shows that this came first"
                )


def twice(results: list[RowFile]) -> Iterator[str]:
    """Registrations with more than one result."""
    seen: dict[str, list[str]] = {}
    for each in results:
        hash = each.content.get("registration", {}).get("hash", "")
        seen.setdefault(hash, []).append(shown(each.path))
    for hash, names in seen.items():
        if hash and len(names) > 1:
            yield f"one registration has {len(names)} results: {listed(names)}"


def result(row_file: RowFile, blocks: Blocks) -> Iterator[str]:
    """What is wrong with one confirmation: no registration of the list, or other seeds."""
    row, name = row_file.content, f"the confirmation {shown(row_file.path)}"
    stamp = row.get("registration")
    if stamp is None:
        yield f"{name} has no registration; {REMEDY}"
        return
    entries = blocks.of(row["profile"]["tier"], row["claim"]["id"])
    listed = {each["block"]: each["claims"][row["claim"]["id"]] for each in entries}
    if listed.get(stamp["block"]) != stamp["hash"]:
        yield f"{name} has a registration that the list of blocks does not have; {REMEDY}"
    elif strange := sorted(strange_seeds(row, confirming_offset(stamp["block"]))):
        yield f"{name} has seeds outside block {stamp['block']}: {strange[0]:,}; {REMEDY}"


def strange_seeds(row: Record, offset: int) -> set[int]:
    """Seeds of a row that are not among those of a block."""
    return {
        seed
        for arm in row["arms"]
        for seed in arm["seeds"]
        if not 0 <= seed - offset - REPLICATE_STRIDE * arm["replicate"] < MOST_SEEDS
    }


def first_commits(shelf: Shelf) -> Mapping[str, str]:
    """The first commit of every registration that there ever was, by its hash."""
    found = versions(shelf.folder, "*/*.json")
    files = contents(shelf.folder, [each.blob for each in found]) if found else {}
    commits: dict[str, str] = {}
    for each in found:
        if each.blob in files:
            commits.setdefault(sha256(files[each.blob]), each.commit)
    return commits


def rows_with_commits(shelf: Shelf) -> Iterator[tuple[str, Record]]:
    """Every confirmation that there ever was, with the commit that it came with."""
    for commit, _, row in rows_in(shelf.results, "HEAD"):
        if "registration" in row:
            yield commit, row

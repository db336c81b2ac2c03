"""Verdicts over time: what the commits of a ledger changed, by one `git log` that may not be long.

A checkout without its history, or one that is slow to tell, shows none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ....ledger.git import git
from ....ledger.ledger import Ledger
from ...words import ICONS
from ..badge import Badge

COMMITS = 50  # of the profile's folder, at most
SECONDS = 3.0  # for git to answer
MOST_ROWS = 500  # a ledger of more has no history on the page
FORMAT = "--format=@%h %cs"
PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
FILE = re.compile(r"\+\+\+ b/.*/([^/]+)\.json")
VERDICT = re.compile(r'\+ "verdict": "([^"]*)",?')


@dataclass(frozen=True)
class Past:
    """A verdict that a commit brought into the ledger."""

    verdict: str
    commit: str
    date: str  # as in "2026-11-27"

    @property
    def badge(self) -> Badge:
        return Badge(self.verdict)


@dataclass(frozen=True)
class History:
    """Of one profile: the last commit of its rows, and the verdicts of claims that turned."""

    commit: str = ""
    date: str = ""
    verdicts: Mapping[str, tuple[Past, ...]] = field(default_factory=dict)


def history(ledger: Ledger) -> History:
    """The history of a ledger's rows, oldest first; empty where git does not tell."""
    if len(ledger.paths()) > MOST_ROWS:
        return History()
    folder = ledger.directory / ledger.profile
    log = git(
        *(ledger.directory, "log", "-p", "-U0", f"--max-count={COMMITS}", FORMAT, *PLAIN),
        *("--", str(folder.resolve())),
        timeout=SECONDS,
    )
    return parsed(log or "")


def parsed(log: str) -> History:
    """The history that a log tells, which begins with its last commit."""
    commit = date = name = first = ""
    found: dict[str, list[Past]] = {}
    for line in log.splitlines():
        if line.startswith("@") and not line.startswith("@@"):
            commit, _, date = line[1:].partition(" ")
            first = first or line[1:]
        elif match := FILE.fullmatch(line):
            name = match[1]
        elif line.startswith("+++ "):
            name = ""
        elif name and (match := VERDICT.fullmatch(line)) and match[1] in ICONS:
            found.setdefault(name, []).append(Past(match[1], commit, date))
    last, _, day = first.partition(" ")
    turned = {name: turns(pasts) for name, pasts in found.items()}
    return History(last, day, {name: past for name, past in turned.items() if len(past) > 1})


def turns(newest_first: list[Past]) -> tuple[Past, ...]:
    """The verdicts that differ from the one before, oldest first."""
    kept: list[Past] = []
    for past in reversed(newest_first):
        if not kept or kept[-1].verdict != past.verdict:
            kept.append(past)
    return tuple(kept)

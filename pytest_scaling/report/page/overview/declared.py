"""What a suite declares about its source: every statement, tested or not, and its tasks in a line.

It stands in a TOML file beside the ledger, of any name, that has `[[statement]]` tables: `says`,
`times`, and either `claims`, by id, or the `reason` why nothing can be measured. A table `[tasks]`
in the same file has a line for each task. A table `[training]` in any such file says how well the
learners were trained, in a line for each tier.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....ledger.reading.reader import shown
from ....ledger.reading.strict_json import one_line, read_bytes

MOST_BYTES = 1_000_000  # of such a file; others beside a ledger are not read
TIME = re.compile(r"\d+:\d\d(-\d+:\d\d)?")


@dataclass(frozen=True)
class Statement:
    """One statement of the source, with the ids of its claims or the reason why it has none."""

    times: tuple[str, ...]
    says: str
    claims: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Declared:
    """The statements of a source in its order, lines about tasks, and what is wrong with them."""

    statements: tuple[Statement, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def tested(self) -> list[Statement]:
        return [each for each in self.statements if each.claims]

    @property
    def untested(self) -> list[Statement]:
        return [each for each in self.statements if not each.claims]


def declared(folder: Path) -> Declared:
    """What the first file in a folder declares that has statements; else nothing."""
    for path in sorted(folder.glob("*.toml")):
        content = toml(path)
        if not isinstance(content.get("statement"), list):
            continue
        faults = tuple(f"{shown(path)}: {fault}" for fault in faults_in(content))
        if faults:
            return Declared(faults=faults)
        tasks = {one_line(name): one_line(line) for name, line in content.get("tasks", {}).items()}
        return Declared(tuple(statement(each) for each in content["statement"]), tasks)
    return Declared()


def training(folder: Path) -> Mapping[str, str]:
    """What the first file in a folder that does says about the training in each tier."""
    for path in sorted(folder.glob("*.toml")):
        lines = toml(path).get("training")
        if isinstance(lines, dict):
            return {
                one_line(tier): one_line(line)
                for tier, line in lines.items()
                if isinstance(line, str)
            }
    return {}


def toml(path: Path) -> Mapping[str, Any]:
    """The content of a file; empty where it is too large, unreadable or not TOML."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        return tomllib.loads(read_bytes(path).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def faults_in(content: Mapping[str, Any]) -> Iterator[str]:
    """The first thing that is wrong with each statement, and with the tasks, in words."""
    for number, each in enumerate(content["statement"], start=1):
        if wrong := fault(each):
            yield f"statement {number} {wrong}"
    tasks = content.get("tasks", {})
    if not isinstance(tasks, dict) or not all(isinstance(line, str) for line in tasks.values()):
        yield "[tasks] needs one line of text for each task"


def fault(each: Any) -> str:
    """What is wrong with one statement; empty where it is sound."""
    if not isinstance(each, dict) or not isinstance(each.get("says"), str):
        return "needs `says`, a sentence"
    times = each.get("times", [])
    if not texts(times) or not all(map(TIME.fullmatch, times)):
        return 'needs `times` such as ["02:13-02:20"]'
    claims = each.get("claims", [])
    if not texts([*claims] if isinstance(claims, dict | list) else claims):
        return "needs `claims`, a table or list of their ids"
    if not claims and not isinstance(each.get("reason"), str):
        return "needs `claims`, or the `reason` why it has none"
    return ""


def texts(value: Any) -> bool:
    """Whether this is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def statement(each: Mapping[str, Any]) -> Statement:
    """A sound statement."""
    return Statement(
        tuple(each.get("times", ())),
        one_line(each["says"]),
        tuple(map(one_line, each.get("claims", ()))),
        one_line(each.get("reason", "")),
    )

"""`list`: the claims in the order of what they paraphrase, with the ledger's verdicts."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..devices.kinds import KINDS
from ..report.citation.moment import by_source
from ..run.collection import arguments_of, claim_of, takes_time
from ..run.options import TIER
from ..run.session import Session
from ..spec.scope import scope
from .collect import collect, default_paths
from .entries import Entry, kept, rank
from .output import complain, say, width
from .parser import add_command
from .table import lines

EXAMPLES = (
    ("list", "every claim and its verdicts"),
    ("list claims/test_scale.py", "the claims of one file"),
    ("list --controls", "with the controls below their claims"),
    ("list --long", "with strength, tasks and files"),
    ("list -v --tier standard", "with the tasks of another tier"),
    ("list --device cuda", "what was measured on a GPU"),
    ("list --json > claims.json", "everything, for a program"),
)


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "list",
        help="list every claim with its verdicts",
        about="List the claims in the order of what they paraphrase, each with its time, its\n"
        "sentence, its id, and the verdict that the ledger has of it in every tier.\n"
        "Where tiers contradict each other, the list says so.",
        examples=EXAMPLES,
    )
    parser.add_argument("paths", nargs="*", help="files and folders of claims (default: claims)")
    parser.add_argument("--controls", action="store_true", help="show the controls too")
    parser.add_argument(
        *("-v", "--long"),
        action="store_true",
        help="show each claim's strength, tasks and file too, and what would decide it",
    )
    parser.add_argument("--tier", help="show the tasks of this tier (default: the first)")
    parser.add_argument(
        "--device",
        choices=("cpu", *KINDS),
        help="show only what was measured on this kind of device; this machine need not have one",
    )
    parser.add_argument("--json", action="store_true", help="write JSON, always with controls")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list; 1 where a row of the ledger must not be used."""
    entries = in_order(entries_of(options.paths or default_paths(), options.tier, options.device))
    if options.json:
        say(json.dumps([entry.as_dict() for entry in entries], indent=1))
    else:
        profiles = sorted({name for each in entries for name in each.kept.verdicts}, key=rank)
        shown = lines(
            entries, profiles, columns=width(), controls=options.controls, long=options.long
        )
        say("\n".join(shown))
    broken = [sentence for entry in entries for sentence in entry.kept.broken]
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
        kept(session.ledger(item.path.parent, device or "cpu"), claim.id, device),
        takes_time(item),
    )


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Claims by the time of their source, then as in the files; each followed by its controls."""

    def source(each: Entry) -> tuple[str, Sequence[str]] | None:
        stated = each.claim.source
        return (stated.title, stated.times) if stated else None

    ids = {each.claim.id for each in entries if not each.claim.is_control}
    controls: dict[str | None, list[Entry]] = {}
    for each in entries:
        controls.setdefault(each.claim.control_of, []).append(each)
    heads = [each for each in entries if each.claim.control_of not in ids]
    return [
        each
        for head in by_source(heads, source)
        for each in (head, *controls.get(head.claim.id, ()))
    ]

"""`store`: what the store of trials holds, whether it is sound, and how to trim and share it."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ..ledger.reading.strict_json import one_line
from ..report.words import count_figures
from ..run.options import STORE, path_of
from ..trials.store import inventory
from ..trials.store.database import (
    SCHEMA,
    NotAStoreError,
    UnusableError,
    open_database,
    open_to_read,
)
from ..trials.store.inventory import Held
from ..trials.store.store import default_path
from .output import say
from .parser import add_command

MIB = 2**20
MOST_ROWS = 10  # of the table of contents, unless all are asked for
EXAMPLES = (
    ("store info", "what it holds"),
    ("store info --all", "all of it"),
    ("store verify", "is it sound?"),
    ("store prune --dry-run", "what could go"),
    ("store prune --older-than 90", "and what is old"),
    ("store forget mlp-64", "drop a learner's trials"),
    ("store forget mlp-64 --dry-run", "or ask first"),
    ("store export copy.db", "a copy to share"),
    ("store merge copy.db", "take in a copy"),
    ("store --scaling-store my.db info", "another store"),
)
MOST_FAULTS = 20  # that are printed one by one


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    parser = add_command(
        commands,
        "store",
        help="show, check, trim or share the store of trained results",
        about="The store remembers every trained result, so that no run trains it again.\n"
        "Show what it holds, check it, trim it, or share it.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "--scaling-store",
        type=Path,
        metavar="PATH",
        help=f"the store (default: ${STORE.environment}, or the one in the user's cache)",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, help, function in (
        ("info", "show its size, its age, and where most time went", info),
        ("verify", "check every result; exit code 1 where one is damaged", verify),
        ("prune", "remove what is damaged, or trained with other versions", prune),
        ("forget", "remove the trials of a learner or a task, or one trial", forget),
        ("export", "copy the store to a new file, even while runs use it", export),
        ("merge", "add the sound trials of another store", merge),
    ):
        examples = [each for each in EXAMPLES if name in each[0].split()]
        action = add_command(actions, name, help, f"{help[0].upper()}{help[1:]}.", examples)
        add_arguments(action, name)
        action.set_defaults(run=function)


def add_arguments(action: Any, name: str) -> None:
    """Add the arguments of one action."""
    if name == "info":
        action.add_argument(
            "--all",
            action="store_true",
            help=f"show all learners and tasks, not only the {MOST_ROWS} that took longest",
        )
    if name == "prune":
        action.add_argument(
            "--older-than",
            type=days,
            metavar="DAYS",
            help="also remove what was trained more days ago",
        )
    if name == "forget":
        action.add_argument(
            "name", metavar="NAME", help="a learner, a task, or the first digits of a trial's id"
        )
    if name in ("prune", "forget"):
        action.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    if name in ("export", "merge"):
        action.add_argument("file", type=Path, help="the other store")


def days(text: str) -> float:
    """A number of days from 0 on."""
    with contextlib.suppress(ValueError):
        if 0 <= (number := float(text)) < 1e6:
            return number
    raise argparse.ArgumentTypeError(f"takes a number of days from 0 on, not {text!r}")


def chosen_path(options: argparse.Namespace) -> Path:
    """The store that the command is about."""
    named = options.scaling_store or os.environ.get(str(STORE.environment))
    return path_of(str(named)) if named else default_path()


@contextlib.contextmanager
def opened(path: Path, *, to_write: bool = False) -> Iterator[sqlite3.Connection]:
    """The store at a path; pytest.UsageError where there is none that can be used."""
    if not os.path.lexists(path):
        raise pytest.UsageError(f"there is no store {path}; a run that trains creates one")
    try:
        make = open_database if to_write else open_to_read
        with contextlib.closing(make(path)) as connection:
            yield connection
    except NotAStoreError as reason:
        raise pytest.UsageError(f"{path} {reason}; name another file") from None
    except UnusableError as reason:
        raise pytest.UsageError(
            f"the store {path} {reason}; the next run sets it aside and starts a new one"
        ) from None
    except (OSError, ValueError, sqlite3.Error) as error:
        raise pytest.UsageError(f"the store {path} cannot be used ({error})") from None


def info(options: argparse.Namespace) -> int:
    """Print what the store holds."""
    path = chosen_path(options)
    with opened(path) as connection:
        held = list(inventory.trials(connection))
    say(f"store: {path}, {path.stat().st_size / MIB:.1f} MiB, schema {SCHEMA}")
    say(f"trials: {total(held)}")
    if held:
        say(f"trained: from {moment(held[0].created)} to {moment(held[-1].created)}")
    unreachable = sum(not each.reachable for each in held)
    if unreachable:
        trials = count_figures(unreachable, "trial")
        say(f"trained with other versions of libraries: {trials}; `store prune` removes them")
    if held:
        say("")
    for line in contents(held, None if options.all else MOST_ROWS):
        say(line)
    return 0


def moment(created: str) -> str:
    """A moment of the store to the minute, as in "2026-11-27 21:19 UTC"."""
    with contextlib.suppress(ValueError):
        return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return created


def total(held: Sequence[Held]) -> str:
    """Trials, learners and minutes in words."""
    seconds = sum(each.seconds for each in held)
    learners = sum(each.seeds for each in held)
    return f"{len(held):,} ({learners:,} trained learners, {seconds / 60:,.1f} min of training)"


def contents(held: Sequence[Held], most: int | None = None) -> Iterator[str]:
    """A table of trials by learner and task, the most expensive first. most: rows of it."""
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for each in held:
        groups[each.learner, each.task].append(each)
    ordered = sorted(groups.items(), key=lambda item: -cost(item[1]))
    rows = [("learner", "task", "trials", "learners", "seconds")]
    for (learner, task), group in ordered[:most]:
        learners = sum(each.seeds for each in group)
        rows.append((learner, task, f"{len(group):,}", f"{learners:,}", f"{cost(group):,.1f}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for learner, task, *numbers in rows if held else ():
        words = (learner.ljust(widths[0]), task.ljust(widths[1]))
        right = (cell.rjust(width) for cell, width in zip(numbers, widths[2:], strict=True))
        yield "  ".join((*words, *right))
    if left := ordered[len(rows) - 1 :]:
        seconds = sum(cost(group) for _, group in left)
        yield f"and {len(left):,} more, {seconds:,.1f} seconds in all; --all shows them"


def cost(held: Sequence[Held]) -> float:
    """Seconds of training."""
    return sum(each.seconds for each in held)


def verify(options: argparse.Namespace) -> int:
    """Check the file and every result; 1 where something is wrong."""
    path = chosen_path(options)
    with opened(path) as connection:
        faults = [f"the file: {line}" for line in inventory.broken_pages(connection)]
        if strays := inventory.strays(connection):
            faults.append(f"{count_figures(strays, 'result')} without a trial")
        held = list(inventory.trials(connection))
    faults += [
        f"trial {each.identity[:12]} ({each.learner} on {each.task}): {'; '.join(each.faults)}"
        for each in held
        if any(each.faults)
    ]
    for fault in faults[:MOST_FAULTS]:
        say(fault)
    if len(faults) > MOST_FAULTS:
        say(f"and {len(faults) - MOST_FAULTS:,} more")
    if faults:
        say(
            f"{path}: {count_figures(len(faults), 'fault')}; no run uses damaged results; they "
            f"are trained again, and `store prune` removes them"
        )
        return 1
    say(f"{path}: {total(held)}, all sound")
    return 0


def prune(options: argparse.Namespace) -> int:
    """Remove what is damaged, what no run here can use, and what is too old."""
    path = chosen_path(options)
    limit = ""
    if options.older_than is not None:
        limit = (datetime.now(UTC) - timedelta(days=options.older_than)).isoformat()
    with opened(path, to_write=not options.dry_run) as connection:
        held = list(inventory.trials(connection))
        going = {each.identity: reason for each in held if (reason := superfluous(each, limit))}
        if not options.dry_run:
            inventory.remove(connection, going)
    counts = Counter(going.values())
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items()))
    done = "would remove" if options.dry_run else "removed"
    outcome = f"{done} {count_figures(len(going), 'trial')}{f' ({reasons})' if reasons else ''}"
    say(f"{path}: {outcome}, {len(held) - len(going):,} remain")
    return 0


def superfluous(held: Held, limit: str) -> str:
    """Why a trial is of no use; empty for one that is. limit: older ones are too old."""
    if any(held.faults):
        return "damaged"
    if not held.reachable:
        return "of other library versions"
    return "too old" if held.created < limit else ""


def forget(options: argparse.Namespace) -> int:
    """Remove the trials of one learner or task, or those whose identity begins with some digits."""
    path, name = chosen_path(options), options.name
    with opened(path, to_write=not options.dry_run) as connection:
        held = list(inventory.trials(connection))
        going = [each for each in held if name in (each.learner, each.task)]
        if not going and re.fullmatch(r"[0-9a-f]{6,64}", name):
            going = [each for each in held if each.identity.startswith(name)]
        if not going:
            raise pytest.UsageError(
                f"the store {path} has no trial of a learner or task {name!r}, and none whose id "
                f"begins so; `store info --all` lists what it has"
            )
        if not options.dry_run:
            inventory.remove(connection, [each.identity for each in going])
    done = "would remove" if options.dry_run else "removed"
    say(f"{path}: {done} {total(going)}, {len(held) - len(going):,} remain")
    return 0


def export(options: argparse.Namespace) -> int:
    """Copy the store, as it is at one moment, to a file that does not exist yet."""
    path, target = chosen_path(options), options.file
    if os.path.lexists(target):
        raise pytest.UsageError(f"{target} already exists; name a new file, or `merge` into it")
    with opened(path) as connection:
        try:
            connection.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.OperationalError as refusal:
            raise pytest.UsageError(f"{target} cannot be written: {refusal}") from None
    say(f"{target}: a copy of {path}, {target.stat().st_size / MIB:.1f} MiB")
    return 0


def make_room(path: Path) -> None:
    """Make the file of a store where there is none; pytest.UsageError where that is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as refusal:
        raise pytest.UsageError(f"the store {path} cannot be made: {refusal.strerror}") from None


def merge(options: argparse.Namespace) -> int:
    """Copy the sound trials of another store that this one does not have."""
    path, source = chosen_path(options), options.file
    with opened(source) as other:
        make_room(path)
        with opened(path, to_write=True) as own:
            sound = {each.identity for each in inventory.trials(own) if not any(each.faults)}
            offered = list(inventory.trials(other))
            new = [each for each in offered if each.identity not in sound]
            taken = [each for each in new if not any(each.faults)]
            inventory.copy(other, own, taken, one_line(source.name))
    damaged = count_figures(len(new) - len(taken), "damaged trial")
    left = f"; left out {damaged}" if new != taken else ""
    say(f"{path}: {count_figures(len(taken), 'trial')} from {source}{left}")
    return 0

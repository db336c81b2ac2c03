"""TODO docstring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..experiments.evaluation import Evaluation
from ..spec.scope import unavailable
from .environment import Profile
from .format import ACCEPTANCE, OF_ONE_RUN, Record
from .ledger import Ledger
from .protocol import changes, protocol
from .record import digest, record
from .replay import NotRecorded, differences
from .words import said

RENEW = "evaluate the claim again with --claims-update=changed"
NOT_COMPUTED = (
    *OF_ONE_RUN,
    ACCEPTANCE,
    "digest",
    "environment",
)  # of a row, by evaluating it again


def orphan_rows(ledger: Ledger, claims: Iterable[str], *, whole: bool) -> Iterator[str]:
    """Files that belong to no claim, or to one that has another file."""
    for page in ledger.pages():
        name = page.claim_id
        if name is not None and name != page.path.stem:
            yield (
                f"{shown(page.path)} is a duplicate: it holds a row of {name!r}, whose file is "
                f"{name}.json; remove one of them"
            )
        elif whole and page.path.stem not in claims:
            yield (
                f"{shown(page.path)} has no claim any more; remove it with --claims-update=prune"
            )


def evaluated_again(
    evaluation: Evaluation, row: Record, profile: Profile, file: str
) -> Iterator[str]:
    """Where a row is not what its claim makes of its samples."""
    stale = list(
        changes(
            row["protocol"], protocol(evaluation.scope.claim, evaluation.designs(), evaluation.tier)
        )
    )
    if stale:
        yield f"{file} is stale: {stale[0]}{more(stale)}; {RENEW}"
        return
    try:
        made = record(evaluation.verdict(), profile, "", evaluation.tier)
    except NotRecorded as lack:
        yield f"{file} lacks what its claim measures ({lack}); {RENEW}"
        return
    computed = [key for key in made if key not in NOT_COMPUTED]
    wrong = list(
        differences(
            {key: row.get(key) for key in row if key not in NOT_COMPUTED},
            {key: made[key] for key in computed},
        )
    )
    if wrong:
        way, kept, value = wrong[0]
        yield (
            f"{file} was edited, or its claim was: {way} is {short(kept)}, "
            f"and computed anew it is {short(value)}{more(wrong)}"
        )
    elif row["digest"] != digest(row):
        yield f"{file} was edited: its digest does not fit its content"


def missing_then(task: Any, row: Record) -> str:
    """Why the data of a task could not be had when a row was made, or nothing."""
    cells = row["protocol"]["cells"]
    had = {cell["task"] for cell in cells}
    had |= {name.rpartition(" ")[0] for cell in cells for name in cell["tasks"]}
    if task.name in had:
        return ""
    reasons = {cell["task"]: cell["reason"] for cell in row["cells"]}
    reason = str(reasons.get(task.name, ""))
    return reason if reason.startswith(f"{task.name} cannot be had") else unavailable(task)


def more(others: Sequence[object]) -> str:
    return f" (and {len(others) - 1} more)" if len(others) > 1 else ""


def short(value: Any) -> str:
    """A JSON value in words that are not too many."""
    words = "absent" if value is None else said(value)
    return words if len(words) <= 80 else f"{words[:77]}..."


def shown(path: Path) -> str:
    """A path as seen from here."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)

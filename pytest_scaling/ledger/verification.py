"""Verification: whether a row of the ledger is what its claim makes of the row's own samples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from ..experiments.evaluation import Evaluation
from ..spec.errors import ClaimError
from ..spec.scope import unavailable
from ..trials.identity import tree_differences
from .environment import Profile
from .format import ACCEPTANCE, OF_ONE_RUN, WARNINGS, Record, digest
from .ledger import RESTORE, RowFile, duplicate
from .protocol import changes, protocol
from .reading.declared import as_declared
from .reading.reader import EDITED, quoted, shown
from .record import findings
from .replay import NotRecorded
from .words import more, value_in_words

STALE = "is stale:"  # after the name of a file, before what changed
RENEW = "evaluate the claim again with --claims-update=changed"
NOT_COMPUTED = (  # parts of a row
    *(*OF_ONE_RUN, ACCEPTANCE, WARNINGS),
    *("digest", "environment", "registration"),
)
TOLERANCE = 1e-5  # of a figure: six digits, which numeric libraries may round differently


def orphan_rows(files: Iterable[RowFile], claims: Iterable[str], *, whole: bool) -> Iterator[str]:
    """Which of a profile's files belong to no claim, or to one that has another file."""
    for each in files:
        if each.is_duplicate:
            yield duplicate(shown(each.path), each)
        elif whole and each.path.stem not in claims:
            yield (
                f"{shown(each.path)} no longer has a claim; remove it with --claims-update=prune"
            )


def evaluated_again(
    evaluation: Evaluation, row: Record, profile: Profile, file: str
) -> Iterator[str]:
    """Where a row is not what its claim makes of its samples."""
    fresh = protocol(evaluation.scope.claim, evaluation, evaluation.tier)
    now = as_declared(fresh, evaluation.declared)
    stale = list(changes(row["protocol"], now))
    if stale:
        yield f"{file} {STALE} {stale[0]}{more(stale)}; {RENEW}"
        return
    try:
        made = {**findings(evaluation.verdict(), profile, ""), "protocol": now}
    except NotRecorded as missing:
        yield f"{file} is missing what its claim measures ({missing}); {RENEW}"
        return
    except (ClaimError, ArithmeticError, LookupError, TypeError, ValueError) as damage:
        words = quoted(str(damage))
        yield f"{file} cannot be evaluated again ({type(damage).__name__}: {words}); {RESTORE}"
        return
    wrong = list(tree_differences(computed(row), computed(made), same))
    if wrong:
        path, kept, value = wrong[0]
        yield (
            f"{file} was edited, or its claim was: {path} is {short(kept)}, "
            f"and computed again it is {short(value)}{more(wrong)}"
        )
    elif row["digest"] != digest(row):
        yield f"{file} {EDITED}; {RESTORE}"


def computed(content: Record) -> dict[str, Any]:
    """The parts of a record that follow from its samples."""
    return {key: value for key, value in content.items() if key not in NOT_COMPUTED}


def same(kept: Any, made: Any) -> bool:
    """Whether two plain values are the same, floats to five digits."""
    if isinstance(kept, float) or isinstance(made, float):
        numbers = isinstance(kept, (int, float)) and isinstance(made, (int, float))
        return numbers and math.isclose(kept, made, rel_tol=TOLERANCE, abs_tol=1e-12)
    return type(kept) is type(made) and bool(kept == made)


def missing_then(task: Any, row: Record) -> str:
    """Why the data of a task were not available when a row was made; empty if they were."""
    cells = row["protocol"]["cells"]
    had = {cell["task"] for cell in cells}
    had |= {name.rpartition(" ")[0] for cell in cells for name in cell["tasks"]}
    if task.name in had:
        return ""
    reasons = {cell["task"]: cell["reason"] for cell in row["cells"]}
    reason = str(reasons.get(task.name, ""))
    return reason if reason.startswith(f"{task.name} cannot be had") else unavailable(task)


def short(value: Any) -> str:
    """A JSON value in words, shortened."""
    words = "absent" if value is None else value_in_words(value)
    return words if len(words) <= 80 else f"{words[:77]}..."

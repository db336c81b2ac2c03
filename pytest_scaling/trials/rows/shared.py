"""Whether all seeds of an arm share their test rows, whose luck then does not average out.

Results do not hold their test rows, only which of them were right. Where the same places are right
more often than chance has it, the task is asked whether its test sets are one; so a task whose
test rows are fresh, which is the rule, draws nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..result import SeedResult

if TYPE_CHECKING:
    from ...spec.protocols import Task
    from ..result import Results
    from ..trial import Arm

SUSPECT = 2.5  # standard errors of the spread between rows, beyond which the task is asked
ASKED: dict[int, tuple[Task, bool]] = {}  # by id: tasks that were asked, and their answers


def fixed_test_rows(arm: Arm, results: Results) -> bool:
    """Whether the seeds of an arm share their test rows, as far as that matters to its errors."""
    known = getattr(results[0], "fixed_rows", None)  # of a row of the ledger
    if known is not None:
        return bool(known)
    if len({result.rows for result in results}) != 1 or excess(results) < SUSPECT:
        return False
    task = arm.task
    if task is None:
        return False
    if id(task) not in ASKED:
        ASKED[id(task)] = task, same_test_set(task, results[0], results[1])
    return ASKED[id(task)][1]


def excess(results: Results) -> float:
    """How much more the rows of several seeds differ in being right than by chance, in its errors.

    The variance over places of the number of seeds that are right there, next to that of
    independent seeds. Near zero for fresh rows, large where one place is the same row for all.
    """
    import numpy as np

    bits = [np.frombuffer(each.correct or b"", np.uint8) for each in results]
    rows = results[0].rows
    if not rows or any(8 * len(each) < rows for each in bits):
        return 0.0
    right = np.unpackbits(np.stack(bits), axis=1, count=rows)  # (seeds, rows)
    shares = right.mean(axis=1)
    by_chance = float((shares * (1 - shares)).sum())
    if by_chance == 0:
        return 0.0
    ratio = float(right.sum(axis=0, dtype=np.int64).var()) / by_chance
    return (ratio - 1) * float(np.sqrt(rows / 2))


def same_test_set(task: Task, one: SeedResult, other: SeedResult) -> bool:
    """Whether a task gives two seeds the same test rows; no where it gives none."""
    import numpy as np

    try:
        first, second = (np.asarray(task.test_set(each.seed)[0]) for each in (one, other))
    except Exception:  # its data are not here, or it is no more what it was
        return False
    return bool(np.array_equal(first, second))

"""Order reversal: two arms whose order is one way round on some task and the other way on another.

That an order is "not well defined" is a positive statement about a pair named beforehand, not a
failure to find a difference: five seeds fail to find a difference of half a standard deviation in
nearly every run, and the winner changes from seed to seed with equal arms.

Support needs two wrong sides at once, or one where the other is right: wherever no task lies beyond
+delta, each of T tasks can contribute a wrong "above", and wherever none lies beyond -delta, each
can contribute a wrong "below". So support runs at level / T (union bound within an intersection;
Berger, Technometrics 24, 1982). Refutation says that no task lies beyond one of the two bounds. A
true reversal has a task beyond each, and missing either refutes it, so refutation runs at level / 2
whatever the number of tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

from .interval import Interval
from .scope import CellLevels
from .verdict import Verdict

LEAST_TASKS = 2


def reversal_levels(tasks: int, level: float) -> CellLevels:
    """Return the levels of each task's interval so that the reversal of a pair keeps `level`.

    Raises ValueError for fewer than two tasks.
    """
    _check_tasks(tasks)
    return CellLevels(support=level / tasks, refute=level / 2)


def judge_reversal(
    support: Sequence[Interval], refute: Sequence[Interval], delta: float
) -> Verdict:
    """Judge "on some task the difference exceeds `delta`, on another it is less than -`delta`".

    support, refute: one interval per task of the same difference, at the two levels of
    `reversal_levels`. Sampling goes by the bounds -delta and +delta; a task may stop at the first
    look where both of its intervals contain neither, and all may stop once there is a verdict. When
    every task has stopped in the first way there is one.

    Raises ValueError for fewer than two tasks, lists of different length, or a bound that is
    negative or NaN.
    """
    _check_tasks(len(support))
    if len(support) != len(refute):
        raise ValueError(
            f"Each task needs both intervals, but there are {len(support)} and {len(refute)}."
        )
    if not delta >= 0:
        raise ValueError(f"The bound of a reversal must not be negative, but it is {delta}.")
    if any(each.low > delta for each in support) and any(each.high < -delta for each in support):
        return Verdict.SUPPORTED
    if all(each.high < delta for each in refute) or all(each.low > -delta for each in refute):
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def _check_tasks(tasks: int) -> None:
    """Raise ValueError for fewer than LEAST_TASKS tasks."""
    if tasks < LEAST_TASKS:
        raise ValueError(f"An order can reverse only between 2 tasks or more, not {tasks}.")

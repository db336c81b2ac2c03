"""Labels: integers 0..classes-1, or other values that stand for these numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..result import TrialError

if TYPE_CHECKING:
    from ...spec.protocols import Labels, Task


def is_numbered(task: Task, y: Labels) -> bool:
    """Whether labels are the numbers 0..classes-1."""
    return y.dtype.kind in "iu" and bool(y.min() >= 0 and y.max() < task.classes)


def names_of(task: Task, y: Labels) -> tuple[Any, ...]:
    """What stands for the classes 0..classes-1 in labels (rows,), in ascending order.

    Empty where it is these numbers. Raises TrialError where there are more or fewer.
    """
    if is_numbered(task, y):
        return ()
    names = tuple(np.unique(y).tolist())
    if len(names) != task.classes:
        raise TrialError(
            f"Task {task.name} has {task.classes} classes, and the labels that it draws are "
            f"{listed(names)}; return {task.classes} different labels, best 0..{task.classes - 1}."
        )
    return names


def numbered(task: Task, y: Labels, names: tuple[Any, ...], call: str) -> Labels:
    """Labels (rows,) as numbers 0..classes-1; TrialError where one is none of the names."""
    if not names:
        if not is_numbered(task, y):
            raise TrialError(
                f"Task {task.name}: {call} must return integer labels in 0..{task.classes - 1}."
            )
        return y
    found = by_name(y, names)
    if found is None:
        raise TrialError(f"Task {task.name}: {call} must return the labels {listed(names)}.")
    return found


def by_name(labels: Labels, names: tuple[Any, ...]) -> Labels | None:
    """Labels of any shape as places among the sorted names; None where one is not among them."""
    known = np.array(names)
    if known.dtype.kind != labels.dtype.kind:
        return None
    places = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return places if np.array_equal(known[places], labels) else None


def listed(names: tuple[Any, ...]) -> str:
    """The first of some labels in words."""
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown}, ..." if len(names) > 5 else shown

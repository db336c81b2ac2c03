"""The tasks, for a test that all of them must pass."""

import pytest

from fixtures.tasks import TASKS


def lacking(task) -> str:
    """Why a task's data are not on this machine, or nothing."""
    unavailable = getattr(task, "unavailable", None)
    return unavailable() if unavailable else ""


def at_most(task, rows):
    """This many training rows, or as many as the task has."""
    return min(rows, getattr(task, "most_rows", rows))


PRESENT = [task for task in TASKS if not lacking(task)]


def for_each(tasks):
    """Run a test once for every task; skip those whose data are not here, with the reason."""
    return pytest.mark.parametrize(
        "task",
        [
            pytest.param(
                task,
                id=task.name,
                marks=pytest.mark.skipif(task not in PRESENT, reason=lacking(task)),
            )
            for task in tasks
        ],
    )


each_task = for_each(TASKS)

"""The scope of a claim: its cells, and which of them run in a tier."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import traits
from .declaration import Claim
from .errors import ClaimError
from .tier import Tier
from .traits import label, largest_m, sizes

if TYPE_CHECKING:
    from .protocols import Learner, Task


@dataclass(frozen=True)
class Cell:
    """One task and one learner of a claim's scope; either may be absent."""

    task: Task | None
    learner: Learner | None
    counted: bool
    skip: str = ""  # why the cell does not run in this tier
    tasks: tuple[Task, ...] = ()  # of a body that is about all of them at once

    @property
    def task_name(self) -> str:
        return self.task.name if self.task else ""

    @property
    def learner_name(self) -> str:
        return label(self.learner) if self.learner else ""


@dataclass(frozen=True)
class Scope:
    """The cells of a claim in one tier."""

    claim: Claim
    cells: tuple[Cell, ...]  # those that the run asks for
    tasks: int  # counted tasks of the whole scope, by which the levels are shared
    partial: bool


def scope(
    claim: Claim,
    suite: Sequence[Task],
    tier: Tier,
    wanted: Iterable[str] | None,
    arguments: Iterable[str],
    skip: str = "",
    missing: Callable[[Task | None], str] | None = None,
) -> Scope:
    """Lay out the cells of a claim: its tasks (or the suite's), each with each of its learners.

    A body that takes `tasks` has one cell for all of them. skip: why no cell can run here.
    missing: why the data of a task are not available, instead of what the task itself says.
    """
    missing = missing or unavailable
    tasks = tasks_of(claim, suite, arguments)
    together: tuple[Task, ...] = ()
    whole = 0
    if "tasks" in arguments:
        run = [task for task in dict.fromkeys(tasks) if not out_of_tier(task, None, tier, missing)]
        together = tuple(task for task in run if wanted is None or task.name in wanted)
        whole = len(run)
        tasks = [None]
    beside = [each for each in claim.beside if hasattr(each, "fit_predict")]
    learners: list[Any] = [*claim.learners, *beside] or [None]
    cells = [
        Cell(
            task,
            traits.in_tier(learner, tier),
            counts(claim, task, learner),
            skip or out_of_tier(task, learner, tier, missing),
            together,
        )
        for task, learner in itertools.product(dict.fromkeys(tasks), learners)
    ]
    counted = {cell.task_name for cell in cells if cell.counted and not cell.skip}
    chosen = [cell for cell in cells if wanted is None or cell.task_name in ("", *wanted)]
    partial = len(chosen) < len(cells) or len(together) < whole
    return Scope(claim, tuple(chosen), len(counted), partial)


def tasks_of(claim: Claim, suite: Sequence[Task], arguments: Iterable[str]) -> list[Any]:
    """The tasks that a claim's body runs on, [None] if it takes none; ClaimError if it lacks them.

    The body takes one `task`, or all `tasks` together.
    """
    if not {"task", "tasks"} & set(arguments):
        return [None]
    named = suite if claim.tasks is None else claim.tasks
    tasks = [*named, *(each for each in claim.beside if hasattr(each, "draw"))]
    if not tasks:
        raise ClaimError(
            f"claim {claim.id!r} takes `task` but names no tasks; give tasks=... to @claim "
            f"or list them in the hook pytest_scaling_tasks"
        )
    return tasks


def counts(claim: Claim, task: Task | None, learner: Learner | None) -> bool:
    return task not in claim.beside and learner not in claim.beside


def unavailable(task: Task | None) -> str:
    """Why the data of a task are not available; empty if they are."""
    reason = traits.unavailable(task)
    return f"{task.name} cannot be had: {reason}" if task and reason else ""


def out_of_tier(
    task: Task | None,
    learner: Learner | None,
    tier: Tier,
    missing: Callable[[Task | None], str] = unavailable,
) -> str:
    """Why a cell is left out of a tier; empty if it runs."""
    tiers = traits.tiers(task)
    if task and tiers is not None and tier.name not in tiers:
        return f"{task.name} runs in the tiers {' and '.join(tiers)}"
    if reason := missing(task):
        return reason
    if sizes(tier, task, learner):
        return ""
    limit = largest_m(learner, tier)
    if learner is not None and limit == 0:
        return f"{label(learner)} does not run in the tier {tier.name}"
    if learner is not None and limit is not None:
        return f"{label(learner)} affords at most {limit:,} rows in the tier {tier.name}"
    named = label(learner) if learner else task.name if task else "the task"
    return f"{named} has no number of rows in the tier {tier.name}"


def missing_devices(claim: Claim, devices: tuple[str, ...]) -> str:
    """Why a claim that compares devices cannot be judged in this run; empty if it can.

    The CPU is always available; a run on another device also permits the claim's arm on the CPU.
    """
    there = {"cpu", *(device.partition(":")[0] for device in devices)}
    missing = [kind for kind in claim.devices if kind not in there]
    if not missing:
        return ""
    return (
        f"it compares {' and '.join(claim.devices)}, and this run has no {' and no '.join(missing)}"
    )

"""Cells: the body of a claim on one task and one learner, and the verdict over all of them."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from .declaration import Claim, ClaimError
from .devices import MEASUREMENTS, STOPWATCH
from .estimate import Decision, Inconclusive
from .experiment import Experiment, label, largest_m, sizes
from .tier import M_SMALL, Tier

if TYPE_CHECKING:
    from .statistics.scope import CellLevels
    from .statistics.verdict import Verdict
    from .trials.block import Learner, Task
    from .trials.laboratory import Laboratory
    from .trials.result import SeedResult
    from .trials.trial import Arm

VALUES = (
    "task",
    "tasks",
    "learner",
    "m_small",
    "m_middle",
    "m_large",
    "smallest_effect",
    "bounds",
)
PROVIDED = (*MEASUREMENTS, *VALUES)
NOTHING_ASKED = "none of its tasks was asked for"


@dataclass(frozen=True)
class Cell:
    """One task and one learner of a claim's scope; either may be absent."""

    task: Task | None
    learner: Learner | None
    counted: bool
    skip: str = ""  # why the cell does not run in this tier
    tasks: tuple[Task, ...] = ()  # of a body that speaks of all of them at once

    @property
    def task_name(self) -> str:
        return self.task.name if self.task else ""

    @property
    def learner_name(self) -> str:
        return label(self.learner) if self.learner else ""


@dataclass(frozen=True)
class CellResult:
    """What came out of one cell. `verdict` is None where the claim is not applicable."""

    cell: Cell
    verdict: Verdict | None
    reason: str
    decisions: tuple[Decision, ...] = ()
    arms: Mapping[Arm, tuple[SeedResult, ...]] = field(default_factory=dict)
    discordant: Mapping[tuple[Arm, Arm], tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CellDesign:
    """What the body of a cell would measure and compare if every comparison held.

    It follows from the code alone: no result has a part in it.
    """

    cell: Cell
    comparisons: tuple[Decision, ...]
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class ClaimResult:
    """The verdict of a claim and the cells that it follows from."""

    claim: Claim
    verdict: Verdict | None
    cells: tuple[CellResult, ...]
    partial: bool = False
    designs: tuple[CellDesign, ...] = ()  # of the cells that run

    @property
    def reason(self) -> str:
        """The cells that decided, in words."""
        decisive = [
            each
            for each in self.cells
            if each.cell.counted and (self.verdict is None or each.verdict == self.verdict)
        ]
        return "; ".join(each.reason for each in decisive) or NOTHING_ASKED


@dataclass(frozen=True)
class Scope:
    """The cells of a claim in one tier."""

    claim: Claim
    cells: tuple[Cell, ...]  # those that the run asks for
    tasks: int  # counted tasks of the whole scope, by which the levels are shared
    partial: bool

    @property
    def levels(self) -> CellLevels:
        """One-sided levels of a cell; refutation is shared among the learners of a task."""
        from .statistics.scope import CellLevels, cell_levels

        claim = self.claim
        levels = cell_levels(claim.strength, max(self.tasks, 1), claim.level)
        learners = sum(learner not in claim.beside for learner in claim.learners)
        return CellLevels(levels.support, levels.refute / max(learners, 1))


def scope(
    claim: Claim,
    suite: Sequence[Task],
    tier: Tier,
    wanted: Iterable[str] | None,
    arguments: Iterable[str],
    lacking: str = "",
    missing: Callable[[Task | None], str] | None = None,
) -> Scope:
    """Lay out the cells of a claim: its tasks (or the suite's), each with each of its learners.

    A body that takes `tasks` has one cell for all of them. lacking: why no cell can run here.
    missing: why the data of a task cannot be had, in place of what the task itself says.
    """
    missing = missing or unavailable
    takes_task, takes_tasks = "task" in arguments, "tasks" in arguments
    tasks: list[Any] = [None]
    if takes_task or takes_tasks:
        named = suite if claim.tasks is None else claim.tasks
        tasks = [*named, *(each for each in claim.beside if hasattr(each, "draw"))]
        if not tasks:
            raise ClaimError(
                f"claim {claim.id!r} takes `task` but names no tasks; give tasks=... to @claim "
                f"or list them in the hook pytest_scaling_tasks"
            )
    together: tuple[Task, ...] = ()
    whole = len(tasks)
    if takes_tasks:
        together = tuple(
            task for task in dict.fromkeys(tasks) if not out_of_tier(task, None, tier, missing)
        )
        whole = len(together)
        together = tuple(task for task in together if wanted is None or task.name in wanted)
        tasks = [None]
    learners: list[Any] = [
        *claim.learners,
        *(each for each in claim.beside if hasattr(each, "fit_predict")),
    ]
    cells = [
        Cell(
            task,
            learner,
            counts(claim, task, learner),
            lacking or out_of_tier(task, learner, tier, missing),
            together,
        )
        for task, learner in itertools.product(dict.fromkeys(tasks), learners or [None])
    ]
    counted = {cell.task_name for cell in cells if cell.counted and not cell.skip}
    chosen = [cell for cell in cells if wanted is None or cell.task_name in ("", *wanted)]
    partial = len(chosen) < len(cells) or (takes_tasks and len(together) < whole)
    return Scope(claim, tuple(chosen), len(counted), partial)


def counts(claim: Claim, task: Task | None, learner: Learner | None) -> bool:
    return task not in claim.beside and learner not in claim.beside


def unavailable(task: Task | None) -> str:
    """Why the data of a task cannot be had, or nothing."""
    ask = getattr(task, "unavailable", None)
    reason = ask() if ask is not None else ""
    return f"{task.name} cannot be had: {reason}" if task and reason else ""


def out_of_tier(
    task: Task | None,
    learner: Learner | None,
    tier: Tier,
    missing: Callable[[Task | None], str] = unavailable,
) -> str:
    """Why a cell is left out of a tier, or nothing."""
    tiers = getattr(task, "tiers", None)
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
    named = label(learner) if learner is not None else getattr(task, "name", "the task")
    return f"{named} has no number of rows in the tier {tier.name}"


@dataclass(frozen=True)
class Body:
    """A claim's test function with what pytest's own fixtures gave it."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def measures(self) -> bool:
        return any(name in MEASUREMENTS for name in self.arguments)

    @property
    def takes_time(self) -> bool:
        """Whether it is a timing claim, whose verdict depends on the machine."""
        return STOPWATCH in self.arguments

    def run(self, experiment: Experiment, cell: Cell) -> None:
        """Call the function with the values and measurements of one cell."""
        values = self.values(experiment, cell)
        self.function(
            **{
                name: values[name] if name in PROVIDED else self.given[name]
                for name in self.arguments
            }
        )

    @staticmethod
    def values(experiment: Experiment, cell: Cell) -> dict[str, Any]:
        measurements = {name: getattr(experiment, name) for name in MEASUREMENTS}
        reach = sizes(experiment.tier, cell.task, cell.learner)
        return {
            **measurements,
            "task": cell.task,
            "tasks": cell.tasks,
            "learner": cell.learner,
            "m_small": M_SMALL,
            "m_middle": reach[len(reach) // 2],
            "m_large": reach[-1],
            "smallest_effect": experiment.claim.smallest_effect,
            "bounds": SimpleNamespace(**experiment.claim.all_bounds),
        }


@dataclass(frozen=True)
class Hearing:
    """One claim heard on one device: its body, its scope and where its trials come from."""

    body: Body
    scope: Scope
    laboratory: Laboratory
    tier: Tier
    device: str
    seed_offset: int

    def verdict(self) -> ClaimResult:
        """Run every cell, and let the claim's strength turn the cells into its verdict."""
        cells = tuple(self._hear(cell) for cell in self.scope.cells)
        return ClaimResult(
            self.scope.claim,
            over_cells(self.scope, cells),
            cells,
            self.scope.partial,
            self.designs(),
        )

    def designs(self) -> tuple[CellDesign, ...]:
        """What every cell that runs would measure, found without measuring anything."""
        return tuple(self._design(cell) for cell in self.scope.cells if not cell.skip)

    def _design(self, cell: Cell) -> CellDesign:
        from .trials.laboratory import Design

        laboratory = Design()
        experiment = self._experiment(laboratory)
        if self.body.measures:
            self._try(experiment, cell)
        decisions = tuple(each for each in experiment.evidence.decisions if each.estimate)
        return CellDesign(cell, decisions, tuple(laboratory.asked))

    def rehearse(self) -> None:
        """Run every cell for the trials that it asks for, whatever becomes of it."""
        for cell in self.scope.cells:
            if not cell.skip:
                self._try(self._experiment(self.laboratory), cell)

    def _try(self, experiment: Experiment, cell: Cell) -> None:
        """Run a body for what it asks for; what goes wrong is left to the real run to tell."""
        with contextlib.suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):
            self.body.run(experiment, cell)

    def _experiment(
        self, laboratory: Laboratory, clock: Callable[[], float] | None = None
    ) -> Experiment:
        return Experiment(
            self.scope.claim,
            self.scope.levels,
            laboratory,
            self.tier,
            self.device,
            self.seed_offset,
            clock,
        )

    def _hear(self, cell: Cell) -> CellResult:
        from .statistics.verdict import Verdict

        if cell.skip:
            return CellResult(cell, None, cell.skip)
        experiment = self._experiment(self.laboratory, time.perf_counter)
        decisions = experiment.evidence.decisions
        verdict: Verdict | None = Verdict.SUPPORTED
        reason = ""
        try:
            self.body.run(experiment, cell)
        except Inconclusive as undecided:
            verdict, reason = Verdict.INCONCLUSIVE, str(undecided.msg)
        except pytest.skip.Exception as inapplicable:
            verdict, reason = None, str(inapplicable.msg)
        except AssertionError:
            false = [each.sentence for each in decisions if each.verdict == Verdict.REFUTED]
            if not false:
                raise
            verdict, reason = Verdict.REFUTED, "; ".join(false)
        if verdict is Verdict.SUPPORTED:
            self._check_assertions(decisions)
        reason = reason or "; ".join(each.sentence for each in decisions)
        return CellResult(
            cell, verdict, reason, tuple(decisions), experiment.arms, experiment.discordant
        )

    def _check_assertions(self, decisions: Sequence[Decision]) -> None:
        """Raise ClaimError where a body ended well without having asserted all it compared."""
        from .statistics.verdict import Verdict

        if not decisions:
            raise ClaimError(
                f"claim {self.scope.claim.id!r} ended without a comparison; its body must assert "
                f"an estimate against a bound, or exact(...)"
            )
        for each in decisions:
            if each.verdict is not Verdict.SUPPORTED:
                raise ClaimError(
                    f"claim {self.scope.claim.id!r} compared and did not assert: {each.sentence}; "
                    f"assert every comparison, and write < for `not` >"
                )


def over_cells(scope: Scope, cells: Sequence[CellResult]) -> Verdict | None:
    """All learners of a task together, then the tasks by the claim's strength."""
    from .statistics.scope import combine, conjunction

    by_task: dict[str, list[Verdict]] = {}
    for each in cells:
        if each.cell.counted and each.verdict is not None:
            by_task.setdefault(each.cell.task_name, []).append(each.verdict)
    if not by_task:
        return None
    return combine(scope.claim.strength, [conjunction(verdicts) for verdicts in by_task.values()])

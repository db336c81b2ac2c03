"""Cells: the body of a claim on one task and one learner, and the verdict over all of them."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ..adapters.arms import adapted, adapted_learner
from ..spec.arguments import MEASUREMENTS, PROVIDED, STOPWATCH, VALUES
from ..spec.declaration import Claim, ClaimError
from ..spec.tier import Tier
from ..spec.traits import sizes
from ..trials.result import NothingToLearn
from .estimate import Decision, Inconclusive
from .experiment import Experiment

if TYPE_CHECKING:
    from ..spec.scope import Cell, Scope
    from ..statistics.scope import CellLevels
    from ..statistics.verdict import Verdict
    from ..trials.result import SeedResult
    from ..trials.sources import ResultSource
    from ..trials.trial import Arm


METHODS = {"estimate": "estimate_of"}  # of the experiment, by the names of fixtures
OF_LEARNERS = tuple(name for name in MEASUREMENTS if name not in ("exact", STOPWATCH))
ADAPTED = (  # arguments by name that may be estimators, or a table that is no task yet
    *("task", "against", "slow", "fast", "rival", "learner"),
    *("weak", "strong", "worst", "best"),
)
NOTHING_ASKED = "none of its tasks was asked for"


@dataclass(frozen=True)
class CellResult:
    """The outcome of one cell. `verdict` is None where the claim is not applicable."""

    cell: Cell
    verdict: Verdict | None
    reason: str
    decisions: tuple[Decision, ...] = ()
    arms: Mapping[Arm, tuple[SeedResult, ...]] = field(default_factory=dict)
    discordant: Mapping[tuple[Arm, Arm], tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class CellDesign:
    """What the body of a cell would measure and compare if every comparison held.

    It follows from the code alone and depends on no result.
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
class Body:
    """A claim's test function with what pytest's own fixtures gave it."""

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def measures(self) -> bool:
        return any(name in MEASUREMENTS for name in self.arguments)

    def run(self, experiment: Experiment, cell: Cell) -> None:
        """Call the function with the values and measurements of one cell."""
        values = self.values(experiment, cell)
        self.function(
            **{
                name: values[name] if name in PROVIDED else self._given(name, values)
                for name in self.arguments
            }
        )

    def _given(self, name: str, values: Mapping[str, Any]) -> Any:
        """An argument that the claim gives; the name of a provided value stands for that value."""
        value = self.given[name]
        return values[value] if isinstance(value, str) and value in VALUES else value

    @staticmethod
    def values(experiment: Experiment, cell: Cell) -> dict[str, Any]:
        measurements = {name: getattr(experiment, METHODS.get(name, name)) for name in MEASUREMENTS}
        taking = {name: adapting(measurements[name]) for name in OF_LEARNERS}
        reach = sizes(experiment.tier, cell.task, cell.learner)
        return {
            **measurements,
            **taking,
            "task": cell.task,
            "tasks": cell.tasks,
            "learner": cell.learner,
            "m_small": experiment.tier.sizes[0],
            "m_middle": reach[len(reach) // 2],
            "m_large": reach[-1],
            "smallest_effect": experiment.claim.smallest_effect,
            "bounds": SimpleNamespace(**experiment.claim.all_bounds),
        }


@dataclass(frozen=True)
class Evaluation:
    """One claim evaluated on one device: its body, its scope and the source of its trials."""

    body: Body
    scope: Scope
    source: ResultSource
    tier: Tier
    device: str
    seed_offset: int

    def __post_init__(self) -> None:
        cells = tuple(with_arm(cell) for cell in self.scope.cells)
        object.__setattr__(self, "scope", replace(self.scope, cells=cells))

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
        from ..trials.sources import Design

        source = Design()
        experiment = self._experiment(source)
        if self.body.measures:
            self._try(experiment, cell)
        decisions = tuple(
            each for each in experiment.evidence.decisions if each.estimate is not None
        )
        return CellDesign(cell, decisions, tuple(source.asked))

    def prefetch(self) -> None:
        """Run every cell for the trials that it asks for, ignoring its outcome."""
        for cell in self.scope.cells:
            if not cell.skip:
                self._try(self._experiment(self.source), cell)

    def _try(self, experiment: Experiment, cell: Cell) -> None:
        """Run a body for what it asks for; errors are left for the real run to report."""
        with contextlib.suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):
            self.body.run(experiment, cell)

    def _experiment(
        self, source: ResultSource, clock: Callable[[], float] | None = None
    ) -> Experiment:
        return Experiment(
            self.scope.claim,
            levels_of(self.scope),
            source,
            self.tier,
            self.device,
            self.seed_offset,
            clock,
        )

    def _hear(self, cell: Cell) -> CellResult:
        from ..statistics.verdict import Verdict

        if cell.skip:
            return CellResult(cell, None, cell.skip)
        experiment = self._experiment(self.source, time.perf_counter)
        decisions = experiment.evidence.decisions
        verdict: Verdict | None = Verdict.SUPPORTED
        reason = ""
        try:
            self.body.run(experiment, cell)
        except Inconclusive as undecided:
            verdict, reason = Verdict.INCONCLUSIVE, str(undecided.msg)
        except (pytest.skip.Exception, NothingToLearn) as inapplicable:
            reason = "; ".join(each.sentence for each in refuted(decisions) if each.asked)
            verdict = Verdict.REFUTED if reason else None  # refuted, and caught
            reason = reason or str(getattr(inapplicable, "msg", inapplicable))
        except AssertionError:
            if not refuted(decisions):
                raise
            verdict = Verdict.REFUTED
            reason = "; ".join(each.sentence for each in refuted(decisions))
        if verdict is Verdict.SUPPORTED:
            self._check_assertions(decisions)
        reason = reason or "; ".join(each.sentence for each in decisions)
        return CellResult(
            cell, verdict, reason, tuple(decisions), experiment.arms, experiment.discordant
        )

    def _check_assertions(self, decisions: Sequence[Decision]) -> None:
        """Raise ClaimError where a body ended without asserting all that it compared."""
        from ..statistics.verdict import Verdict

        if not decisions:
            raise ClaimError(
                f"claim {self.scope.claim.id!r} ended without a comparison; its body must assert "
                f"an estimate against a bound, or exact(...)"
            )
        for each in decisions:
            if each.verdict is not Verdict.SUPPORTED:
                raise ClaimError(
                    f"claim {self.scope.claim.id!r} did not assert a comparison: {each.sentence}; "
                    f"assert every comparison, and write < for `not` >"
                )
            if not each.asked:
                raise ClaimError(
                    f"claim {self.scope.claim.id!r} made a comparison and did not assert it: "
                    f"{each.sentence}; write `assert` before every comparison"
                )


def with_arm(cell: Cell) -> Cell:
    """A cell with an arm for an estimator or a function among the learners."""
    return cell if cell.learner is None else replace(cell, learner=adapted_learner(cell.learner))


def adapting(measure: Callable[..., Any]) -> Callable[..., Any]:
    """A measurement that takes estimators, functions and data where it takes learners and tasks."""

    @functools.wraps(measure)
    def taking(*learners: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        given = {name: adapted(each) if name in ADAPTED else each for name, each in named.items()}
        return measure(*map(adapted_learner, learners), **given)

    return taking


def refuted(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions against what was compared."""
    return [each for each in decisions if each.verdict == "refuted"]


def levels_of(scope: Scope) -> CellLevels:
    """One-sided levels of a cell; refutation is shared among the learners of a task."""
    from ..statistics.scope import CellLevels, cell_levels

    claim = scope.claim
    levels = cell_levels(claim.strength, max(scope.tasks, 1), claim.level)
    learners = sum(learner not in claim.beside for learner in claim.learners)
    return CellLevels(levels.support, levels.refute / max(learners, 1))


def over_cells(scope: Scope, cells: Sequence[CellResult]) -> Verdict | None:
    """All learners of a task together, then the tasks by the claim's strength."""
    from ..statistics.scope import combine, conjunction

    by_task: dict[str, list[Verdict]] = {}
    for each in cells:
        if each.cell.counted and each.verdict is not None:
            by_task.setdefault(each.cell.task_name, []).append(each.verdict)
    if not by_task:
        return None
    return combine(scope.claim.strength, [conjunction(verdicts) for verdicts in by_task.values()])

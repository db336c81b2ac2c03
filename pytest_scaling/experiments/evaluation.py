"""Cells: the body of a claim on one task and one learner, and the verdict over all of them."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from ..adapters.arms import adapted_learner
from ..spec.declaration import Claim
from ..spec.tier import Tier
from ..trials.result import NothingToLearn
from ..trials.sources import Design
from .bodies.body import Body
from .bodies.rehearsal import check_asserted, check_complete
from .estimate import Decision, Evidence, Inconclusive
from .experiment import Experiment
from .quantities import JUDGED_BY, Rule

if TYPE_CHECKING:
    from ..spec.scope import Cell, Scope
    from ..statistics.scope import CellLevels
    from ..statistics.verdict import Verdict
    from ..trials.result import SeedResult
    from ..trials.sources import ResultSource
    from ..trials.trial import Arm


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
    """What the body of a cell measures and compares.

    It follows from the code alone and depends on no result. statements: how many of the
    comparisons can be wrong by chance, those on one reversal being one. questions: for whose truth
    it asks, each with its decisions; None where the body was not run for them.
    """

    cell: Cell
    comparisons: tuple[Decision, ...]
    arms: tuple[Arm, ...]
    statements: int
    questions: tuple[tuple[Decision, ...], ...] | None = None


@dataclass(frozen=True)
class ClaimResult:
    """The verdict of a claim and the cells that it follows from."""

    claim: Claim
    verdict: Verdict | None
    cells: tuple[CellResult, ...]
    partial: bool = False
    designs: tuple[CellDesign, ...] = ()  # of the cells that run
    rule: Rule = JUDGED_BY
    alternatives: Mapping[str, ClaimResult] = field(default_factory=dict)

    @property
    def all_cells(self) -> tuple[CellResult, ...]:
        """Its cells and those of its alternatives."""
        others = (each.cells for each in self.alternatives.values())
        return (*self.cells, *itertools.chain.from_iterable(others))

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
class Evaluation:
    """One claim evaluated on one device: its body, its scope and the source of its trials.

    declared: the number of statements that a row of the ledger declares, whose body ended at the
    first comparison that did not hold; None where they are counted, and all are judged.
    alternatives: the claim in other scopes, by name.
    """

    body: Body
    scope: Scope
    source: ResultSource
    tier: Tier
    device: str
    seed_offset: int
    rule: Rule = JUDGED_BY
    declared: int | None = None
    alternatives: Mapping[str, Evaluation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = tuple(with_arm(cell) for cell in self.scope.cells)
        object.__setattr__(self, "scope", replace(self.scope, cells=cells))

    def verdict(self) -> ClaimResult:
        """Run every cell, and let the claim's strength turn the cells into its verdict."""
        planned = iter(self.designs)
        cells = tuple(
            CellResult(cell, None, cell.skip) if cell.skip else self._hear(next(planned))
            for cell in self.scope.cells
        )
        return ClaimResult(
            self.scope.claim,
            over_cells(self.scope, cells),
            cells,
            self.scope.partial,
            self.designs,
            self.rule,
            {name: each.verdict() for name, each in self.alternatives.items()},
        )

    @functools.cached_property
    def designs(self) -> tuple[CellDesign, ...]:
        """What every cell that runs would measure, found without measuring anything."""
        return tuple(self._design(cell) for cell in self.scope.cells if not cell.skip)

    def _design(self, cell: Cell) -> CellDesign:
        """What one cell would measure; tried again where its body joins several statements."""
        declared = max(self.declared or 1, 1)
        evidence, asked = self._planned(cell, declared)
        questions = tuple(evidence.asked) if self.body.measures else None
        statements = declared if declared > 1 else max(evidence.statements, 1)
        if statements > declared:
            evidence, asked = self._planned(cell, statements)
        decisions = tuple(each for each in evidence.decisions if each.estimate is not None)
        return CellDesign(cell, decisions, asked, statements, questions)

    def _planned(self, cell: Cell, statements: int) -> tuple[Evidence, tuple[Arm, ...]]:
        """What a body decides and asks for that knows nothing, at the levels of its statements."""
        source = Design()
        experiment = self._experiment(source, statements)
        if self.body.measures:
            self.body.rehearse(experiment, cell)
        return experiment.evidence, tuple(source.asked)

    def prefetch(self) -> None:
        """Run every cell for the trials that it asks for, ignoring its outcome."""
        for design in self.designs:
            self.body.rehearse(self._experiment(self.source, design.statements), design.cell)
        for each in self.alternatives.values():
            each.prefetch()

    def _experiment(
        self,
        source: ResultSource,
        statements: int,
        clock: Callable[[], float] | None = None,
        denied: int = 0,
    ) -> Experiment:
        return Experiment(
            self.scope.claim,
            levels_of(self.scope),
            source,
            self.tier,
            self.device,
            self.seed_offset,
            clock,
            self.rule,
            Evidence(whole=self.declared is None, denied=denied),
            statements=statements,
        )

    def _hear(self, design: CellDesign) -> CellResult:
        cell, whole = design.cell, self.declared is None
        if whole:
            check_asserted(
                self.body,
                lambda denied: self._experiment(Design(), 1, denied=denied),
                cell,
                design.questions,
            )
        experiment = self._experiment(self.source, design.statements, time.perf_counter)
        evidence = experiment.evidence
        ended = ""
        inapplicable = None
        try:
            self.body.run(experiment, cell)
        except Inconclusive as undecided:
            ended = str(undecided.msg)
        except (pytest.skip.Exception, NothingToLearn) as skipped:
            inapplicable = str(getattr(skipped, "msg", skipped))
        except AssertionError:
            if not with_verdict(evidence.decisions, "refuted"):
                raise
        else:
            check_complete(self.scope.claim.id, evidence, design.statements if whole else None)
        verdict, reason = judged(evidence, inapplicable, ended)
        return CellResult(
            cell,
            verdict,
            reason,
            tuple(evidence.decisions),
            experiment.arms,
            experiment.discordant,
        )


def judged(
    evidence: Evidence, inapplicable: str | None, ended: str = ""
) -> tuple[Verdict | None, str]:
    """The verdict of a body that has ended, and the sentences that it follows from.

    inapplicable: why it has left its cell, which counts where nothing before is false or open.
    ended: the open comparison at which a body has ended that does not run to its end.
    """
    from ..statistics.verdict import Verdict

    if ended:
        return Verdict.INCONCLUSIVE, ended
    asked = [each for question in evidence.asked for each in question]
    for verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE):
        if found := with_verdict(asked if evidence.whole else evidence.decisions, verdict):
            return verdict, "; ".join(each.sentence for each in found)
    if inapplicable is not None:
        return None, inapplicable
    return Verdict.SUPPORTED, "; ".join(each.sentence for each in evidence.decisions)


def with_verdict(decisions: Sequence[Decision], verdict: str) -> list[Decision]:
    return [each for each in decisions if each.verdict == verdict]


def with_arm(cell: Cell) -> Cell:
    """A cell with an arm for an estimator or a function among the learners."""
    return cell if cell.learner is None else replace(cell, learner=adapted_learner(cell.learner))


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

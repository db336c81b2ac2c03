"""Order reversal: whether it depends on the task which of two learners is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ..spec.traits import label
from .estimate import Decision, Estimate, JointDecision
from .quantities import differences
from .units import ERROR

if TYPE_CHECKING:
    from ..spec.protocols import Learner, Task
    from .sampling import Sampler


@dataclass(frozen=True)
class Reversal:
    """The difference of two learners on several tasks, each judged on both sides of zero."""

    estimates: tuple[Estimate, ...]

    @classmethod
    def measure(
        cls, sampler: Sampler, rival: Learner, learner: Learner, tasks: Sequence[Task], m: int
    ) -> Reversal:
        """Sample the pair on every task; with fewer than two the cell is not applicable."""
        from ..statistics.reversal import reversal_levels

        if len(tasks) < 2:
            pytest.skip(f"an order reverses between two tasks, and this run has {len(tasks)}")
        names = [label(each) for each in (rival, learner)]
        return cls(
            tuple(
                sampler.estimate(
                    [sampler.arm(rival, task, m), sampler.arm(learner, task, m)],
                    lambda results: differences(results[0], results[1], ("error", "error")),
                    about=f"error of {names[0]} minus {names[1]} on {task.name}, m = {m:,}",
                    measured=f"{names[0]} - {names[1]}, {task.name}, {m:,}",
                    unit=ERROR,
                    levels=reversal_levels(len(tasks), sampler.claim.level),
                    either_sign=True,
                )
                for task in tasks
            )
        )

    def __gt__(self, bound: float) -> JointDecision:
        """Whether the difference lies above the bound on one task and below minus it on another.

        Refuted where it reverses on no task: every one lies below the bound, or above minus it.
        """
        from ..statistics.reversal import judge_reversal
        from ..statistics.verdict import Verdict

        verdict, operator = Verdict.SUPPORTED, ">"
        if all(estimate.n for estimate in self.estimates):  # none while a run is being planned
            operator = Decision.REVERSES
            verdict = judge_reversal(
                [estimate.interval for estimate in self.estimates],
                [estimate.refuting for estimate in self.estimates],
                bound,
            )
        joined = len(self.estimates)
        return JointDecision(
            tuple(each.decide(verdict, operator, bound, joined) for each in self.estimates)
        )

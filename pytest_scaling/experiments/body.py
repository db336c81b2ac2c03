"""The body of a claim: what it is called with, and what it would compare before anything is known.

A body is a list of statements joined by "and", written as assertions. It runs to its end whatever
its comparisons come to, and is judged by all of them. So it is rehearsed first: it must make the
same comparisons whatever they come to, and end at every one that is false.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ..spec.arguments import MEASUREMENTS, PROVIDED, VALUES
from ..spec.declaration import ClaimError
from ..spec.traits import sizes

if TYPE_CHECKING:
    from ..spec.scope import Cell
    from .estimate import Evidence
    from .experiment import Experiment


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

    def rehearse(self, experiment: Experiment, cell: Cell) -> None:
        """Run it for what it asks for; errors are left for the real run to report."""
        with contextlib.suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):
            self.run(experiment, cell)

    def _given(self, name: str, values: Mapping[str, Any]) -> Any:
        """An argument that the claim gives; the name of a provided value stands for that value."""
        value = self.given[name]
        return values[value] if isinstance(value, str) and value in VALUES else value

    @staticmethod
    def values(experiment: Experiment, cell: Cell) -> dict[str, Any]:
        measurements = {name: getattr(experiment, name) for name in MEASUREMENTS}
        reach = sizes(experiment.tier, cell.task, cell.learner)
        return {
            **measurements,
            "task": cell.task,
            "tasks": cell.tasks,
            "learner": cell.learner,
            "m_small": experiment.tier.sizes[0],
            "m_middle": reach[len(reach) // 2],
            "m_large": reach[-1],
            "smallest_effect": experiment.claim.smallest_effect,
            "bounds": SimpleNamespace(**experiment.claim.all_bounds),
        }


def check_asserted(body: Body, plan: Callable[[int], Experiment], cell: Cell) -> None:
    """Raise ClaimError where a body would go on after a comparison that is false.

    plan: measurements that know nothing yet; of the questions that the body asks, the one of the
    given number is answered by no, and none for zero.
    """
    first = plan(0)
    body.rehearse(first, cell)
    for number, (decision, *_) in enumerate(first.evidence.asked, 1):
        denied = plan(number)
        if not ends_by_assertion(body, denied, cell) or len(denied.evidence.asked) > number:
            raise ClaimError(
                f"claim {first.claim.id!r} did not assert a comparison: {decision.about}, "
                f"{decision.operator} {decision.bound_name}; assert every comparison, and write < "
                f"for `not` >"
            )


def ends_by_assertion(body: Body, experiment: Experiment, cell: Cell) -> bool:
    try:
        body.run(experiment, cell)
    except AssertionError:
        return True
    except (Exception, pytest.skip.Exception, pytest.fail.Exception):
        return False
    return False


def check_complete(id: str, evidence: Evidence, planned: int | None) -> None:
    """Raise ClaimError where a body has ended without asserting all that was planned.

    planned: how many statements; None where that does not matter.
    """
    if not evidence.decisions:
        raise ClaimError(
            f"claim {id!r} ended without a comparison; its body must assert an estimate against a "
            f"bound, or exact(...)"
        )
    for each in evidence.decisions:
        if not evidence.was_asked(each):
            raise ClaimError(
                f"claim {id!r} made a comparison and did not assert it: {each.sentence}; write "
                f"`assert` before every comparison"
            )
    made = evidence.statements + evidence.left_out
    if planned is not None and made != planned and max(made, planned) > 1:
        raise ClaimError(
            f"claim {id!r} has made another number of comparisons ({made}) than was planned "
            f"({planned}): which ones a body makes must not depend on what it has measured, and "
            f"all that is measured is nan while it is planned; compare the same whatever comes out"
        )

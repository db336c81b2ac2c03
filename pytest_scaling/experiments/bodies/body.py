"""The body of a claim: a test function, and what it is called with."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ...adapters.arms import adapted, adapted_learner
from ...spec.arguments import MEASUREMENTS, PROVIDED, STOPWATCH, VALUES
from ...spec.traits import sizes

if TYPE_CHECKING:
    from ...spec.scope import Cell
    from ..experiment import Experiment

METHODS = {"estimate": "estimate_of"}  # of the experiment, by the names of fixtures
OF_LEARNERS = tuple(name for name in MEASUREMENTS if name not in ("exact", STOPWATCH))
ADAPTED = (  # arguments by name that may be estimators, or a table that is no task yet
    *("task", "against", "slow", "fast", "rival", "learner"),
    *("weak", "strong", "worst", "best"),
)


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
        asked = [name for name in self.arguments if name in MEASUREMENTS]
        measurements = {name: measurement(experiment, name) for name in asked}
        values = self.values(experiment, cell) | measurements
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
        reach = sizes(experiment.tier, cell.task, cell.learner)
        return {
            "task": cell.task,
            "tasks": cell.tasks,
            "learner": cell.learner,
            "m_small": experiment.tier.sizes[0],
            "m_middle": reach[len(reach) // 2],
            "m_large": reach[-1],
            "smallest_effect": experiment.claim.smallest_effect,
            "bounds": SimpleNamespace(**experiment.claim.all_bounds),
        }


def measurement(experiment: Experiment, name: str) -> Any:
    """A measurement by the name of its fixture."""
    found = getattr(experiment, METHODS.get(name, name))
    return adapting(found) if name in OF_LEARNERS else found


def adapting(measure: Callable[..., Any]) -> Callable[..., Any]:
    """A measurement that takes estimators, functions and data where it takes learners and tasks."""

    @functools.wraps(measure)
    def taking(*learners: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        given = {name: adapted(each) if name in ADAPTED else each for name, each in named.items()}
        return measure(*map(adapted_learner, learners), **given)

    return taking

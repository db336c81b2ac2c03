"""The body of a claim: a test function, and what it is called with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ...spec.arguments import MEASUREMENTS, PROVIDED, VALUES
from ...spec.traits import sizes

if TYPE_CHECKING:
    from ...spec.scope import Cell
    from ..experiment import Experiment


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

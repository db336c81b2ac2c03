"""TODO docstring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from ..trials.trial import Arm
from .estimate import Estimate
from .quantities import Samples
from .units import Unit

if TYPE_CHECKING:
    from ..spec.declaration import Claim
    from ..trials.result import Results


FIRST_LOOK = 5
FIRST_LOOK_WHERE_RUNS_COLLAPSE = 10  # seeds, for learners that say `may_collapse`


def overlap_of(arms: Sequence[Arm], results: Sequence[Results]) -> float:
    """By how much seeds overlap where they are resplits of one data set, else zero."""
    split = [
        (outcome[0].rows, int(getattr(arm.task, "most_rows", arm.m)))
        for arm, outcome in zip(arms, results, strict=True)
        if getattr(arm.task, "resplit", False)
    ]
    if not split:
        return 0.0
    from ..statistics.interval import overlap

    return max(overlap(tested, trained) for tested, trained in split)


class Sampler(Protocol):
    """What a curve needs of the experiment that measures it."""

    claim: Claim

    def looks(self, arms: Sequence[Arm]) -> list[int]: ...
    def sample_all(self, arms: Sequence[Arm], n: int) -> list[Results]: ...
    def estimate(
        self,
        arms: Sequence[Arm],
        reduce: Callable[[list[Results]], Samples],
        *,
        about: str,
        measured: str,
        unit: Unit,
        bound: str = ...,
    ) -> Estimate: ...

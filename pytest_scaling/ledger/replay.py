"""Replay: a source that answers from a row of the ledger, so that a claim is heard again.

Nothing is trained and no data are drawn: the body of the claim runs as it always does, and every
figure is computed anew from the metrics that the row keeps seed by seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..trials.result import SeedResult

if TYPE_CHECKING:
    from ..trials.trial import Arm, Trial


TOLERANCE = 1e-5  # of a figure: six digits, which numeric libraries may round otherwise
Pairs = Mapping[tuple[int, int], Mapping[int, int]]


class NotRecorded(Exception):
    """A body asks for something that the row does not have."""


@dataclass(frozen=True)
class Recorded(SeedResult):
    """A result as the ledger keeps it: not which test rows were right, but in how many arms differ.

    place: of its arm in the row. pairs: by two places and a seed, the rows only one gets right.
    """

    place: int = 0
    pairs: Pairs = field(default_factory=dict, repr=False, compare=False)

    def discordant(self, other: SeedResult) -> int:
        assert isinstance(other, Recorded)
        if self.place == other.place:
            return 0
        pair = (min(self.place, other.place), max(self.place, other.place))
        try:
            return self.pairs[pair][self.seed]
        except KeyError:
            raise NotRecorded(f"no count of test rows for the arms {pair}") from None


class Replay:
    """The source of one row."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        arms = row["arms"]
        pairs = {
            tuple(each["arms"]): dict(
                zip(arms[each["arms"][0]]["seeds"], each["rows"], strict=False)
            )
            for each in row["discordant"]
        }
        self._results = {
            key_of_row(arm): {each.seed: each for each in recorded(arm, place, pairs)}
            for place, arm in enumerate(arms)
        }

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        return [tuple(self._result(trial.arm, seed) for seed in trial.seeds) for trial in trials]

    def _result(self, arm: Arm, seed: int) -> SeedResult:
        try:
            return self._results[key_of(arm)][seed]
        except KeyError:
            raise NotRecorded(f"{arm.title}, seed {seed}") from None


def recorded(arm: Mapping[str, Any], place: int, pairs: Pairs) -> Iterator[Recorded]:
    """The results of one arm of a row."""
    for number, seed in enumerate(arm["seeds"]):
        values = {name: values[number] for name, values in arm["metrics"].items()}
        metrics = {name: math.inf if value is None else value for name, value in values.items()}
        rows = arm["test_rows"][number]
        diverged = seed in arm["diverged_seeds"]
        yield Recorded(seed, metrics, None, rows, diverged, 0.0, place, pairs)


def key_of_row(arm: Mapping[str, Any]) -> tuple[object, ...]:
    return arm["learner"], arm["task"], arm["m"], arm["replicate"], arm["device"]


def key_of(arm: Arm) -> tuple[object, ...]:
    return arm.learner.name, arm.task.name, arm.m, arm.replicate, arm.device


def differences(kept: Any, made: Any, way: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two JSON values differ: the way there, and both values."""
    if isinstance(kept, dict) and isinstance(made, dict):
        for key in sorted(kept.keys() | made.keys()):
            inner = f"{way}.{key}" if way else key
            yield from differences(kept.get(key), made.get(key), inner)
    elif isinstance(kept, list) and isinstance(made, list) and len(kept) == len(made):
        for place, (one, other) in enumerate(zip(kept, made, strict=True)):
            yield from differences(one, other, f"{way}[{place}]")
    elif not same(kept, made):
        yield way, kept, made


def same(kept: Any, made: Any) -> bool:
    """Whether two plain values are the same, floats to five digits."""
    if isinstance(kept, float) or isinstance(made, float):
        numbers = isinstance(kept, (int, float)) and isinstance(made, (int, float))
        return numbers and math.isclose(kept, made, rel_tol=TOLERANCE, abs_tol=1e-12)
    return type(kept) is type(made) and bool(kept == made)

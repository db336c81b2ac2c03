"""Replay: a source that answers from a row of the ledger, so that a claim is evaluated again.

Nothing is trained and no data are drawn: the body of the claim runs as usual, and every figure is
computed again from the metrics that the row keeps seed by seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..adapters.scores import Paired
from ..trials.result import SeedResult
from .format import Record, arm_key, estimated

if TYPE_CHECKING:
    from ..trials.sources import Readable
    from ..trials.trial import Arm, Trial


Pairs = Mapping[tuple[int, int], Mapping[int, int]]


class NotRecorded(Exception):
    """A body asks for something that the row does not have."""


@dataclass(frozen=True)
class Recorded(SeedResult):
    """A result as the ledger keeps it: not which test rows were right, but in how many arms differ.

    place: of its arm in the row. pairs: by two places and a seed, the rows only one gets right.
    fixed_rows: whether all seeds of the arm were judged on the same test rows.
    """

    place: int = 0
    pairs: Pairs = field(default_factory=dict, repr=False, compare=False)
    fixed_rows: bool = False

    def discordant(self, other: SeedResult) -> int:
        """Test rows that exactly one of the two gets right; NotRecorded where nobody counted."""
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

    def __init__(self, row: Record) -> None:
        arms = row["arms"]
        pairs = {
            tuple(each["arms"]): dict(
                zip(arms[each["arms"][0]]["seeds"], each["rows"], strict=False)
            )
            for each in row["discordant"]
        }
        self._results = {
            arm_key(arm): {each.seed: each for each in recorded(arm, place, pairs)}
            for place, arm in enumerate(arms)
        }
        self._scores = {
            each["about"]: paired_of(each) for each in estimated(row) if "scores" in each
        }

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        """The results of trials, as far as the row has them; else NotRecorded."""
        return [tuple(self._result(trial.arm, seed) for seed in trial.seeds) for trial in trials]

    def existing(self, asked: Readable) -> Paired:
        """The scores of a comparison as the row keeps them; else NotRecorded."""
        try:
            return self._scores[asked.about]
        except KeyError:
            raise NotRecorded(asked.about) from None

    def _result(self, arm: Arm, seed: int) -> SeedResult:
        try:
            return self._results[key_of(arm)][seed]
        except KeyError:
            raise NotRecorded(f"{arm.title}, seed {seed}") from None


def recorded(arm: Record, place: int, pairs: Pairs) -> Iterator[Recorded]:
    """The results of one arm of a row."""
    origins = arm.get("merged_from", [""])
    fixed = arm.get("fixed_test_rows", False)
    for number, seed in enumerate(arm["seeds"]):
        values = {name: values[number] for name, values in arm["metrics"].items()}
        metrics = {name: value for name, value in values.items() if value is not None}
        rows = arm["test_rows"][number]
        diverged = seed in arm["diverged_seeds"]
        origin = origins[number % len(origins)]
        yield Recorded(seed, metrics, None, rows, diverged, 0.0, origin, place, pairs, fixed)


def paired_of(evidence: Record) -> Paired:
    """The scores behind a comparison of a row."""
    kept, samples = evidence["scores"], tuple(evidence["samples"])
    return Paired(
        kept["value"],
        samples,
        tuple(kept.get("sizes", [1] * len(samples))),
        tuple(kept["differ"]) if "differ" in kept else None,
        kept["spread"],
        tuple(kept["files"]),
        tuple(kept.get("moments", ())),
    )


def key_of(arm: Arm) -> tuple[object, ...]:
    """The key of an arm, as `arm_key` gives it for the arm of a row."""
    return arm.learner.name, arm.task_name, arm.m, arm.replicate, arm.device, arm.judged_by

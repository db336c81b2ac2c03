"""Result sources: where a measurement gets its trials, or only notes which ones it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .execution import Trials
    from .result import SeedResult
    from .trial import Arm, Trial


class NotYet(Exception):
    """The trials were asked for and are not available yet."""


class ResultSource(Protocol):
    """Gives the results of trials, one tuple of seeds each, in the order asked."""

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]: ...


class Design:
    """A source that knows nothing, and remembers which arms it was asked for."""

    def __init__(self) -> None:
        self.asked: dict[Arm, None] = {}

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        self.asked.update(dict.fromkeys(trial.arm for trial in trials))
        raise NotYet


class Plan:
    """A source that answers only what is known, and remembers what is missing."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials
        self.missing: dict[str, Trial] = {}

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        known = [self._trials.known(trial) for trial in trials]
        for trial, results in zip(trials, known, strict=True):
            if results is None:
                self.missing[trial.identity] = trial
        answers = [results for results in known if results is not None]
        if len(answers) < len(known):
            raise NotYet
        return answers

"""Result sources: where a measurement gets its trials, or only notes which ones it needs."""

from __future__ import annotations

import builtins
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .result import TrialError, Warned

if TYPE_CHECKING:
    from .execution import Trials
    from .result import SeedResult
    from .trial import Arm, Trial


class NotYet(Exception):
    """The trials were asked for and are not available yet."""


class Readable(Protocol):
    """Results that exist and only have to be read, named by what they are about."""

    @property
    def about(self) -> str: ...

    def read(self) -> Any: ...


class ResultSource(Protocol):
    """Gives the results of trials, one tuple of seeds each, in the order asked."""

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]: ...

    def existing(self, asked: Readable) -> Any:
        """Results that exist, as `asked.read()` gives them."""


class Design:
    """A source that knows nothing, and remembers which arms it was asked for."""

    def __init__(self) -> None:
        self.asked: dict[Arm, None] = {}

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        self.asked.update(dict.fromkeys(trial.arm for trial in trials))
        raise NotYet

    def existing(self, asked: Readable) -> Any:
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

    def existing(self, asked: Readable) -> Any:
        raise NotYet


class Retelling:
    """A source that says again, in the test that asks, what the trainings have said.

    Their prints are printed, and their warnings are warned of, each once. `warned` counts these by
    category. TrialError where a filter of warnings makes one an error.
    """

    def __init__(self, trials: Trials) -> None:
        self._trials = trials
        self._told: set[str] = set()
        self.warned: Counter[str] = Counter()

    def results(self, trials: Sequence[Trial]) -> list[tuple[SeedResult, ...]]:
        try:
            results = self._trials.results(trials)
        except TrialError as error:
            sys.stdout.write(error.printed)
            raise
        for trial in trials:
            if trial.identity not in self._told:
                self._told.add(trial.identity)
                self._tell(trial)
        return results

    def existing(self, asked: Readable) -> Any:
        return asked.read()

    def _tell(self, trial: Trial) -> None:
        trained = self._trials.trained(trial)
        if trained is None:
            return
        sys.stdout.write(trained.printed)
        for warned in trained.warnings:
            self.warned[warned.category] += warned.count
            warn(warned, trial.description)


def warn(warned: Warned, description: str) -> None:
    """Warn of what a training has warned of; TrialError where filters make it an error."""
    module, _, name = warned.category.rpartition(".")
    category = category_in(sys.modules.get(module or "builtins"), name)
    if category is None:  # not loaded here
        category = category_in(builtins, warned.base) or UserWarning
        name = warned.category
    times = f", {warned.count:,} times" if warned.count > 1 else ""
    text = f"{warned.message} [{name} in {description}{times}]"
    try:
        warnings.warn_explicit(text, category, warned.file, warned.line)
    except Warning:
        raise TrialError(
            f"{description} raised a warning, which a filter makes an error: {name}: "
            f"{warned.message} ({warned.file}:{warned.line}{times})."
        ) from None


def category_in(module: object, name: str) -> type[Warning] | None:
    """The category of warnings that a module has by a name, or None."""
    found = getattr(module, name, None)
    return found if isinstance(found, type) and issubclass(found, Warning) else None

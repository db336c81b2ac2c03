"""Spot checks: a few recalled trials are trained again, and must give the stored bits.

They notice what no identity sees, such as a file that a learner reads without naming it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .identity import sha256
from .result import Results, TrialError
from .store.store import Store, this_processor
from .workers.payload import Payload, pack
from .workers.pool import Pool, PoolError

if TYPE_CHECKING:
    from .trial import Trial

LONGEST = 20.0  # seconds that a checked trial may have taken when it was trained
PATIENCE = 300.0  # seconds after which a check is given up


@dataclass(frozen=True)
class Check:
    """A recalled trial with what the store has of it; it can be sent to another process.

    rank: those of the lowest are checked.
    """

    rank: str
    payload: Payload
    learner: str
    stored: Results


def candidates(
    recalled: Mapping[Trial, Results], store: Store, number: int, occasion: str
) -> list[Check]:
    """The trials to check: some short ones that this processor trained.

    occasion: another text chooses other trials.
    """
    short = {
        sha256([occasion, trial.identity]): trial
        for trial, results in recalled.items()
        if sum(each.seconds for each in results) <= LONGEST
        and store.processor(trial.identity) == this_processor()
    }
    return [
        Check(rank, pack(trial), trial.arm.learner.name, recalled[trial])
        for rank, trial in sorted(short.items())[:number]
    ]


def lowest(checks: Iterable[Check], number: int) -> list[Check]:
    """The checks to make of those that several processes have chosen."""
    return sorted({each.rank: each for each in checks}.values(), key=lambda each: each.rank)[
        :number
    ]


def mismatches(
    checks: Collection[Check], store: Path, make_pool: Callable[[int], Pool]
) -> Iterator[str]:
    """Train the trials again; a message about each that does not give the results it has."""
    if not checks:
        return
    pool = make_pool(1)
    try:
        for each in checks:
            try:
                found = pool.submit(each.payload).result(PATIENCE).results
            except (PoolError, BrokenExecutor, TimeoutError):
                continue  # nothing is known about it
            except TrialError as error:
                yield f"a spot check failed where the store {store} has results: {error}"
                continue
            if found != each.stored:
                yield (
                    f"{each.payload.description}: trained again for a spot check, it gives other "
                    f"results than the store {store} holds, so they depend on something that its "
                    f"identity does not see; make that a part of the code, the settings or an "
                    f"attribute, and train it again with --scaling-fresh={each.learner}"
                )
    finally:
        pool.stop()

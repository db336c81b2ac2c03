"""Spot checks: a few recalled trials are trained again, and must give the stored bits.

They notice what no identity sees, such as a file that a learner reads without naming it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, TimeoutError
from typing import TYPE_CHECKING

from .identity import sha256
from .result import Results, TrialError
from .store.store import Store, this_processor
from .workers.payload import pack
from .workers.pool import Pool, PoolError

if TYPE_CHECKING:
    from .trial import Trial

LONGEST = 20.0  # seconds that a checked trial may have taken when it was trained
PATIENCE = 300.0  # seconds after which a check is given up


def check(
    recalled: Mapping[Trial, Results],
    store: Store,
    number: int,
    occasion: str,
    make_pool: Callable[[int], Pool],
) -> list[str]:
    """Train a number of recalled trials again; messages about those that give other results.

    occasion: another text chooses other trials.
    """
    return list(mismatches(choose(recalled, store, number, occasion), store, make_pool))


def choose(
    recalled: Mapping[Trial, Results], store: Store, number: int, occasion: str
) -> dict[Trial, Results]:
    """The trials to check: some short ones that this processor trained, others on each occasion."""
    short = [
        trial
        for trial, results in recalled.items()
        if sum(each.seconds for each in results) <= LONGEST
        and store.processor(trial.identity) == this_processor()
    ]
    short.sort(key=lambda trial: sha256([occasion, trial.identity]))
    return {trial: recalled[trial] for trial in short[:number]}


def mismatches(
    chosen: Mapping[Trial, Results], store: Store, make_pool: Callable[[int], Pool]
) -> Iterator[str]:
    """Train trials again; a message about each that does not give the results it has."""
    if not chosen:
        return
    pool = make_pool(1)
    try:
        for trial, stored in chosen.items():
            try:
                found = pool.submit(pack(trial)).result(PATIENCE).results
            except (PoolError, BrokenExecutor, TimeoutError):
                continue  # nothing is known about it
            except TrialError as error:
                yield f"a spot check failed where the store {store.path} has results: {error}"
                continue
            if found != stored:
                yield (
                    f"{trial.description}: trained again for a spot check, it gives other results "
                    f"than the store {store.path} holds, so they depend on something that its "
                    f"identity does not see; make that a part of the code, the settings or an "
                    f"attribute, and train it again with --scaling-fresh={trial.arm.learner.name}"
                )
    finally:
        pool.stop()

"""The trials of a run: recalled from memory or the store, or computed once and stored at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .fingerprint.fingerprint import forget
from .memory import Memory, ran_out_of_memory
from .names import Names
from .result import MemoryShortage, Results, Trained, TrialError
from .spot_check import Check, candidates
from .store.store import Store
from .workers.dispatch import Dispatcher, Ending
from .workers.pool import LocalProcesses, Pool, PoolError

if TYPE_CHECKING:
    from .trial import Trial

GLANCE = 0.5  # seconds that a wait lasts at most: on Windows, an endless one ignores Ctrl-C


class OfflineError(RuntimeError):
    """A trial is not in the store, and computing is not allowed."""


class Trials:
    """Gives the results of trials, and has each computed at most once among all processes.

    workers: how many trials run at once; 0 to compute in this process, and store nothing.
    offline: compute nothing. fresh: learners, by names with wildcards, that are trained again.
    pool: makes what executes them, given `workers`; it is started by the first trial that has to be
    computed. limit: seconds that a trial may take. Call `close` at the end.
    """

    def __init__(
        self,
        store: Store,
        *,
        workers: int,
        offline: bool = False,
        fresh: Collection[str] = (),
        pool: Callable[[int], Pool] = LocalProcesses,
        limit: float | None = None,
    ) -> None:
        forget()  # what code was before
        self.store = store
        self.workers = workers
        self.offline = offline
        self.limit = limit
        self.computed = 0
        self.lost: PoolError | None = None  # why nothing more can be computed
        self.names, self.pool = Names(), pool
        memory = self._memory = Memory(store, fresh)
        self._failures: dict[str, TrialError] = {}
        self._limits: dict[str, float] = {}  # seconds that trials may take, by identity
        self._waiting: set[str] = set()  # identities that are asked for and not available yet
        self._cost_asked = self._cost_done = 0.0
        self._ended = 0  # trials since the last `wait`
        self._closed = False
        self._changed = threading.Condition(threading.RLock())
        self._dispatcher = Dispatcher(store, workers, pool, memory.known, self._take, memory.notice)

    @property
    def in_flight(self) -> int:
        """Number of trials that are asked for and not available yet."""
        return len(self._waiting)

    @property
    def share_done(self) -> float:
        """Share of the cost of all trials asked for so far that has been paid, 0 to 1."""
        return self._cost_done / self._cost_asked if self._cost_asked else 1.0

    @property
    def recalled(self) -> int:
        """Number of distinct trials that came from the store."""
        return len(self._memory.recalled)

    def to_check(self, number: int, occasion: str) -> list[Check]:
        """A number of recalled trials that are worth a spot check; others on each occasion."""
        return candidates(self._memory.stored, self.store, number, occasion)

    @property
    def notices(self) -> list[str]:
        """Messages to the user about the store."""
        return [*dict.fromkeys((*self.store.notices, *self._memory.notices))]

    @property
    def training(self) -> list[str]:
        """What is being trained at this moment: each trial in words."""
        return self._dispatcher.running

    @property
    def waits(self) -> list[str]:
        """For which other runs this one has waited for long, in words."""
        return self._dispatcher.waits

    def known(self, trial: Trial) -> Results | None:
        """The results of a trial from memory or the store, or None."""
        found = self.trained(trial)
        return found.results if found else None

    def trained(self, trial: Trial) -> Trained | None:
        """The results of a trial with what its training had to say, or None where unknown."""
        self.names.note(trial.arm)
        parts = [self._memory.find(part, self._waiting) for part in trial.parts]
        known = [part for part in parts if part is not None]
        return together(known) if len(known) == len(parts) else None

    def pending(self, trial: Trial) -> bool:
        """Whether a trial is asked for and not available yet."""
        return any(part.identity in self._waiting for part in trial.parts)

    def request(self, trials: Iterable[Trial], limits: Mapping[str, float] | None = None) -> None:
        """Start those that are neither known nor started, the most expensive of all first.

        limits: seconds that single ones may take, by identity. Does nothing when offline, or where
        trials are computed in this process; a trial that has failed is not tried again.
        """
        if self.offline or not self.workers:
            return
        trials = tuple(trials)
        asked = [t for t in parts_of(trials) if not self._settled(t) and not self.trained(t)]
        with self._changed:
            new = [trial for trial in asked if not self._settled(trial)]
            if new and self._closed:
                raise RuntimeError(f"{new[0].description}: cannot start in a run that is closed.")
            self._waiting.update(trial.identity for trial in new)
            start = self._memory.hold(new, self._waiting)
            self._waiting.update(trial.identity for trial in start)
            self._cost_asked += sum(trial.cost for trial in {*new, *start})
            self._limits.update(seconds_for(trials, limits or {}, self.limit))
            self._add(start)

    def wait(self, timeout: float | None = None) -> bool:
        """Return when a trial has ended since the last call, or after `timeout` seconds.

        True if one has ended; False at once where none is in flight.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or not self._waiting, timeout)
            ended, self._ended = self._ended, 0
        return ended > 0

    def results(self, trials: Sequence[Trial]) -> list[Results]:
        """The results of all these trials, in their order, computing what is missing.

        Raises TrialError of the first that fails, OfflineError naming the first that is missing
        when offline, and ClaimError where two learners or tasks of the run share a name.
        """
        self.names.check(trial.arm for trial in trials)
        self.request(trials)
        if not self.workers and not self.offline:
            self.computed += train_here(self.known, self._memory, parts_of(trials))
        while self._pending(trials):
            pass
        found = [self.known(trial) for trial in trials]
        for trial, results in zip(trials, found, strict=True):
            if results is None:
                raise offline(trial, self.store) if self.offline else closed(trial)
        return [results for results in found if results is not None]

    def close(self) -> None:
        """Stop at once: forget what has not started, end the workers, give back the leases.

        Stored results are kept. May be called again.
        """
        with self._changed:
            closed, self._closed = self._closed, True
        if not closed:
            self._dispatcher.stop()
            with self._changed:
                self._waiting.clear()
                self._changed.notify_all()

    def _settled(self, trial: Trial) -> bool:
        """Whether there is nothing to start: the trial is done, has failed or is in flight."""
        identity = trial.identity
        return any(identity in p for p in (self._memory, self._failures, self._waiting))

    def _pending(self, trials: Sequence[Trial]) -> bool:
        """Whether any is in flight, having waited for news; raises the failure of one."""
        parts = parts_of(trials)
        with self._changed:
            for part in parts:
                if part.identity in self._failures:
                    raise self._failures[part.identity]
            if not any(part.identity in self._waiting for part in parts):
                return False
            self._changed.wait(GLANCE)
            return True

    def _take(self, ending: Ending) -> None:
        """Keep what the dispatcher reports."""
        if isinstance(ending.failure, MemoryShortage) and ending.trial.divisible:
            self._memory.notice(ran_out_of_memory(ending.trial))
            self._add([replace(ending.trial, one_at_a_time=True)])
            return
        asked = replace(ending.trial, one_at_a_time=False)
        identity = asked.identity
        if ending.trained is not None and ending.computed:
            self._memory.compare(ending.trial, ending.trained)
        with self._changed:
            if ending.trained is not None:
                self._memory.keep(asked, ending.trained)
            if ending.failure is not None:
                self._failures[identity] = ending.failure
                if isinstance(ending.failure, PoolError):
                    self.lost = ending.failure
            elif ending.computed:
                self.computed += 1
            else:
                self._memory.recalled[identity] = asked
            held = self._memory.let_go(identity)
            adopted = [trial for trial in held if self.trained(trial) is not None]
            self._add(trial for trial in held if trial not in adopted)
            self._waiting -= {identity, *(trial.identity for trial in adopted)}
            self._cost_done += sum(trial.cost for trial in (ending.trial, *adopted))
            self._ended += 1
            self._changed.notify_all()

    def _add(self, trials: Iterable[Trial]) -> None:
        """Hand trials to the dispatcher, with the seconds that they may take."""
        new = list(trials)
        limits = {t.identity: self._limits.get(t.identity, self.limit) for t in new}
        self._dispatcher.add(new, {name: limit for name, limit in limits.items() if limit})


def train_here(
    known: Callable[[Trial], Results | None], memory: Memory, trials: Iterable[Trial]
) -> int:
    """Train those that are not known in this thread; how many they were.

    They are kept for this run alone: a debugger may change what they give.
    """
    from .workers.worker import train_here

    new = [trial for trial in trials if known(trial) is None]
    for trial in new:
        memory.keep(trial, train_here(trial))
    return len(new)


def offline(trial: Trial, store: Store) -> OfflineError:
    """The error of a trial that is not stored, in a run that computes nothing."""
    return OfflineError(
        f"{trial.description}: not in the store {store.path}, and with `--claims-offline` nothing "
        f"is computed."
    )


def closed(trial: Trial) -> TrialError:
    """The error of a trial that was not computed in time."""
    return TrialError(f"{trial.description}: the run was closed before it was computed.")


def parts_of(trials: Iterable[Trial]) -> list[Trial]:
    """The trials that make up others, each once."""
    return list(dict.fromkeys(part for trial in trials for part in trial.parts))


def seconds_for(
    trials: Iterable[Trial], limits: Mapping[str, float], otherwise: float | None
) -> dict[str, float]:
    """Seconds that the parts of trials may take, by identity, where there is a limit."""
    found = ((trial, limits.get(trial.identity, otherwise)) for trial in trials)
    return {part.identity: limit for trial, limit in found if limit for part in trial.parts}


def together(parts: Sequence[Trained]) -> Trained:
    """What the parts of one trial gave, in their order."""
    if len(parts) == 1:
        return parts[0]
    return Trained(
        tuple(result for part in parts for result in part.results),
        tuple(warned for part in parts for warned in part.warnings),
        "".join(part.printed for part in parts),
        tuple(dict.fromkeys(piece for part in parts for piece in part.left)),
    )

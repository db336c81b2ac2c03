"""The trials of a run: recalled from memory or the store, or computed once and stored at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .fingerprint.fingerprint import forget
from .names import Names
from .recall import Recall
from .result import MemoryShortage, Results, TrialError
from .spot_check import check
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

    workers: how many trials run at once. offline: compute nothing. fresh: learners, by names
    with wildcards, that are trained again. pool: makes what executes them, given `workers`; it is
    started by the first trial that has to be computed. Call `close` at the end.
    """

    def __init__(
        self,
        store: Store,
        *,
        workers: int,
        offline: bool = False,
        fresh: Collection[str] = (),
        pool: Callable[[int], Pool] = LocalProcesses,
    ) -> None:
        forget()  # what code was before
        self.store = store
        self.workers = workers
        self.offline = offline
        self.computed = 0
        self.lost: PoolError | None = None  # why nothing more can be computed
        self._results: dict[str, Results] = {}
        self._failures: dict[str, TrialError] = {}
        self._waiting: set[str] = set()  # identities that are asked for and not available yet
        self._recalled: dict[str, Trial] = {}
        self._cost_asked = self._cost_done = 0.0
        self._notices: list[str] = []
        self.names = Names()
        self._recall, self._pool = Recall(store, self._notice, fresh), pool
        self._ended = 0  # trials since the last `wait`
        self._closed = False
        self._changed = threading.Condition(threading.RLock())
        self._dispatcher = Dispatcher(store, workers, pool, self._take, self._notice)

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
        return len(self._recalled)

    def spot_check(self, number: int, occasion: str) -> list[str]:
        """Train a number of recalled trials again; messages about those with other results."""
        stored = {trial: self._results[name] for name, trial in self._recalled.items()}
        return check(stored, self.store, number, occasion, self._pool)

    @property
    def notices(self) -> list[str]:
        """Messages to the user about the store."""
        messages = (*self.store.notices, *self._notices, *self._recall.notices)
        return [*dict.fromkeys(messages)]

    def known(self, trial: Trial) -> Results | None:
        """The results of a trial from memory or the store, or None."""
        self.names.note(trial.arm)
        found = self._results.get(trial.identity)
        if found is None:
            found = self._recall.known(trial)
            if found is not None:
                self._results[trial.identity] = found
                self._recalled[trial.identity] = trial
        if found is None and not trial.one_at_a_time and trial.identity not in self._waiting:
            found = self.known(replace(trial, one_at_a_time=True))
            if found is not None:
                self._results[trial.identity] = found
                self._notice(ran_out_of_memory(trial))
        return found

    def pending(self, trial: Trial) -> bool:
        """Whether a trial is asked for and not available yet."""
        return trial.identity in self._waiting

    def request(self, trials: Iterable[Trial]) -> None:
        """Start those that are neither known nor started, the most expensive of all first.

        Does nothing when offline; a trial that has failed is not tried again.
        """
        if self.offline:
            return
        asked = [t for t in dict.fromkeys(trials) if not self._settled(t) and not self.known(t)]
        with self._changed:
            new = [trial for trial in asked if not self._settled(trial)]
            if new and self._closed:
                raise RuntimeError(f"{new[0].description}: cannot start in a run that is closed.")
            self._waiting.update(trial.identity for trial in new)
            start = self._recall.hold(new, self._waiting)
            self._waiting.update(trial.identity for trial in start)
            self._cost_asked += sum(trial.cost for trial in {*new, *start})
            self._dispatcher.add(start)

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
        while self._pending(trials):
            pass
        return [self._result(trial) for trial in trials]

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
        return any(identity in p for p in (self._results, self._failures, self._waiting))

    def _pending(self, trials: Sequence[Trial]) -> bool:
        """Whether any is in flight, having waited for news; raises the failure of one."""
        identities = [trial.identity for trial in trials]
        with self._changed:
            for identity in identities:
                if identity in self._failures:
                    raise self._failures[identity]
            if not any(identity in self._waiting for identity in identities):
                return False
            self._changed.wait(GLANCE)
            return True

    def _result(self, trial: Trial) -> Results:
        found = self.known(trial)
        if found is not None:
            return found
        raise offline(trial, self.store) if self.offline else closed(trial)

    def _take(self, ending: Ending) -> None:
        """Keep what the dispatcher reports."""
        if isinstance(ending.failure, MemoryShortage) and not ending.trial.one_at_a_time:
            self._notice(ran_out_of_memory(ending.trial))
            self._dispatcher.add([replace(ending.trial, one_at_a_time=True)])
            return
        identity = replace(ending.trial, one_at_a_time=False).identity  # that was asked for
        if ending.results is not None and ending.computed:
            self._recall.compare(ending.trial, ending.results)
        with self._changed:
            if ending.results is not None:
                self._results[identity] = ending.results
            if ending.failure is not None:
                self._failures[identity] = ending.failure
                if isinstance(ending.failure, PoolError):
                    self.lost = ending.failure
            elif ending.computed:
                self.computed += 1
            else:
                self._recalled[identity] = ending.trial
            held = self._recall.let_go(identity)
            adopted = [trial for trial in held if self.known(trial) is not None]
            self._dispatcher.add(trial for trial in held if trial not in adopted)
            self._waiting -= {identity, *(trial.identity for trial in adopted)}
            self._cost_done += sum(trial.cost for trial in (ending.trial, *adopted))
            self._ended += 1
            self._changed.notify_all()

    def _notice(self, sentence: str) -> None:
        with self._changed:
            if sentence not in self._notices:
                self._notices.append(sentence)


def offline(trial: Trial, store: Store) -> OfflineError:
    """The error of a trial that is not stored, in a run that computes nothing."""
    return OfflineError(
        f"{trial.description}: not in the store {store.path}, and with `--claims-offline` nothing "
        f"is computed."
    )


def closed(trial: Trial) -> TrialError:
    """The error of a trial that was not computed in time."""
    return TrialError(f"{trial.description}: the run was closed before it was computed.")


def ran_out_of_memory(trial: Trial) -> str:
    """The notice about a trial whose seeds were trained one at a time for lack of memory."""
    return (
        f"{trial.description}: memory ran out with all seeds at once; they were trained one at a "
        f"time, as a separate trial."
    )

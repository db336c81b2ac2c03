"""The trials of a run: recalled from memory or the store, or computed once and stored at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..spec.declaration import ClaimError
from .fingerprint.fingerprint import forget
from .names import Names
from .recall import Recall
from .result import MemoryShortage, Results, TrialError
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
        self._recalled: set[str] = set()
        self._cost_asked = self._cost_done = 0.0
        self._notices: list[str] = []
        self.names = Names()
        self._recall = Recall(store, self._notice, fresh)
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
                with self._changed:
                    self._results[trial.identity] = found
                    self._recalled.add(trial.identity)
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
        for trial in trials:
            self.names.note(trial.arm)
        if self.names.clash:
            raise ClaimError(self.names.clash)
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
        if self.offline:
            raise OfflineError(
                f"{trial.description}: not in the store {self.store.path}, and with "
                f"`--claims-offline` nothing is computed."
            )
        raise TrialError(f"{trial.description}: the run was closed before it was computed.")

    def _take(self, ending: Ending) -> None:
        """Keep what the dispatcher reports."""
        if isinstance(ending.failure, MemoryShortage) and not ending.trial.one_at_a_time:
            self._retry_one_at_a_time(ending.trial)
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
                self._recalled.add(identity)
            self._waiting.discard(identity)
            self._cost_done += ending.trial.cost
            self._ended += 1
            self._let_go(identity)
            self._changed.notify_all()

    def _let_go(self, first: str) -> None:
        """Adopt or start the trials that have waited for a first block."""
        for trial in self._recall.let_go(first):
            if self.known(trial) is None:
                self._dispatcher.add([trial])
                continue
            self._waiting.discard(trial.identity)
            self._cost_done += trial.cost
            self._ended += 1

    def _retry_one_at_a_time(self, trial: Trial) -> None:
        """Train the seeds of a trial one at a time, as they do not fit into memory together."""
        self._notice(ran_out_of_memory(trial))
        self._dispatcher.add([replace(trial, one_at_a_time=True)])

    def _notice(self, sentence: str) -> None:
        with self._changed:
            if sentence not in self._notices:
                self._notices.append(sentence)


def ran_out_of_memory(trial: Trial) -> str:
    """The notice about a trial whose seeds were trained one at a time for lack of memory."""
    return (
        f"{trial.description}: memory ran out with all seeds at once; they were trained one at a "
        f"time, as a separate trial."
    )

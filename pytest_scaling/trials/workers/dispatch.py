"""From the queue to the pool: leases, lost workers, and trials that other processes compute."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ..result import Trained, TrialError, in_one_line
from ..store.leases import Leases, in_words, new_owner
from ..store.store import Store, answer
from .payload import pack
from .pool import Pool

if TYPE_CHECKING:
    from ..trial import Trial


T = TypeVar("T")

POLL = 0.2  # seconds between checks whether another process has finished a trial
RENEWAL = 5.0  # seconds between renewals of our leases
RESUBMISSIONS = 2  # of a trial whose worker process was lost
STALL = 60.0  # seconds without any work of a process after which its lease is not renewed
LONG_WAIT = 10.0  # seconds after which a run says whom it waits for


@dataclass(frozen=True)
class Ending:
    """How a trial ended: with results, which we computed or another process did, or a failure."""

    trial: Trial
    trained: Trained | None = None
    failure: TrialError | None = None
    computed: bool = False


@dataclass(eq=False)
class Job:
    """A trial on its way. One whose worker was lost runs alone, so as to harm no other.

    limit: seconds that it may take. worked: the processor time that it had used when that was last
    found to be more than before, and when.
    """

    trial: Trial
    limit: float | None = None
    losses: int = 0
    future: Future[Trained] | None = None
    worked: tuple[float, float] = (-1.0, 0.0)
    waits: float = 0.0  # for another process, since when
    owner: str = ""  # which

    def stalled(self, pool: Pool | None) -> bool:
        """Whether its process has done nothing for long, as far as this can be found out."""
        if pool is None or self.future is None:
            return False
        used, now = pool.processor_seconds(self.future), time.monotonic()
        if used is None or used > self.worked[0]:
            self.worked = (used or 0.0, now)
        return now - self.worked[1] > STALL


class Dispatcher:
    """Computes trials in a pool that starts with the first of them.

    `known` says what is stored of a trial meanwhile, under its code or one that may be adopted.
    `ended` is called once for every trial, from one of two threads; `notice` with messages to the
    user. At most `workers` trials run, and one more waits in the pool.
    """

    def __init__(
        self,
        store: Store,
        workers: int,
        make_pool: Callable[[int], Pool],
        known: Callable[[Trial], Trained | None],
        ended: Callable[[Ending], None],
        notice: Callable[[str], None],
    ) -> None:
        self._store, self._workers, self._make_pool = store, workers, make_pool
        self._known, self._ended, self._notice = known, ended, notice
        self._leases = Leases(store, new_owner())
        self._queue: deque[Job] = deque()
        self._running: list[Job] = []
        self._elsewhere: list[Job] = []  # leased by another process
        self._pool: Pool | None = None
        self._stopped = False
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> list[str]:
        """What is trained at this moment, here or by another process, in words."""
        return [job.trial.description for job in (*self._running, *self._elsewhere)]

    @property
    def waits(self) -> list[str]:
        """For whom a trial has waited for long, in words."""
        started = time.monotonic() - LONG_WAIT
        return [
            f"{job.trial.description}: waiting for {in_words(job.owner)}, which is training it; "
            f"end that process if it is stuck"
            for job in tuple(self._elsewhere)
            if job.owner and job.waits < started
        ]

    def add(self, trials: Iterable[Trial], limits: Mapping[str, float]) -> None:
        """Put trials into the queue, the most expensive first, so that none is left for the end.

        limits: seconds that they may take, by identity; without limit where absent.
        """
        with self._changed:
            new = [Job(trial, limits.get(trial.identity)) for trial in trials]
            if not new:
                return
            waiting = [*self._queue, *new]
            self._queue = deque(sorted(waiting, key=lambda job: (-job.losses, -job.trial.cost)))
            if self._thread is None and self._queue:
                self._thread = threading.Thread(target=self._serve, name="trials", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def stop(self) -> None:
        """Forget the queue, end the workers and give back the leases; results are kept."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._pool is not None:
            self._pool.stop()
        for job in (*self._running, *self._queue):
            self._release(job)

    def _serve(self) -> None:
        """Hand jobs to the pool, check those of other processes, renew our leases."""
        looked = renewed = time.monotonic()
        while True:
            with self._changed:
                pause = POLL if self._elsewhere else RENEWAL
                self._changed.wait_for(lambda: self._stopped or self._ready(), pause)
                if self._stopped:
                    return
                job = self._queue.popleft() if self._ready() else None
            if job is not None:
                self._attempt(job, self._start)
            now = time.monotonic()
            if now - looked >= POLL:
                looked = now
                for other in tuple(self._elsewhere):
                    self._attempt(other, self._look_again)
            if now - renewed >= RENEWAL:
                renewed = now
                self._renew()

    def _renew(self) -> None:
        """Keep the leases on what is being trained; what is stuck others may take over."""
        with self._changed:
            alive = [job for job in self._running if not job.stalled(self._pool)]
        identities = [job.trial.identity for job in alive]
        self._asked(lambda: self._leases.renew(identities), None)

    def _ready(self) -> bool:
        """Whether the first job of the queue may start."""
        if not self._queue:
            return False
        if self._queue[0].losses or any(job.losses for job in self._running):
            return not self._running
        return len(self._running) <= self._workers

    def _attempt(self, job: Job, step: Callable[[Job], None]) -> None:
        """Advance a job; an error ends this job alone."""
        try:
            step(job)
        except Exception as error:
            reason = f"{job.trial.description} cannot be computed: {in_one_line(error)}"
            self._end(job, Ending(job.trial, failure=TrialError(reason)))

    def _start(self, job: Job) -> None:
        if not self._leased(job):
            job.waits, job.owner = time.monotonic(), self._owner(job)
            self._elsewhere.append(job)
        elif (stored := self._known(job.trial)) is not None:
            self._end(job, Ending(job.trial, stored))
        else:
            payload = pack(job.trial, job.limit)
            with self._changed:
                self._running.append(job)
            if self._pool is None:
                self._pool = self._make_pool(self._workers)
            job.future = self._pool.submit(payload)
            job.worked = (-1.0, time.monotonic())
            job.future.add_done_callback(
                lambda done: self._attempt(job, lambda _: self._arrive(job, done))
            )

    def _look_again(self, job: Job) -> None:
        """Whether another process has finished the trial, or given it up."""
        if self._leased(job):
            stored = self._known(job.trial)
            if stored is not None:
                self._end(job, Ending(job.trial, stored))
            else:
                with self._changed:
                    self._elsewhere.remove(job)
                    self._queue.appendleft(job)

    def _arrive(self, job: Job, future: Future[Trained]) -> None:
        """Store what the pool computed; the pool calls this when a trial is done."""
        failure = None if future.cancelled() else future.exception()
        if not future.cancelled() and failure is None:
            trained = future.result()
            self._asked(lambda: self._store.put(job.trial, trained.results, trained.warnings), None)
            self._end(job, Ending(job.trial, trained, computed=True))
        elif self._stopped:
            return
        elif isinstance(failure, BrokenExecutor):
            self._lose(job, str(failure))
        elif isinstance(failure, TrialError):
            self._end(job, Ending(job.trial, failure=failure))
        else:
            reason = f"{job.trial.description} was not computed: {failure!r}"
            self._end(job, Ending(job.trial, failure=TrialError(reason)))

    def _lose(self, job: Job, last_words: str) -> None:
        """Its worker process has ended; try again with another."""
        job.losses += 1
        with self._changed:
            if job.losses <= RESUBMISSIONS:
                self._running.remove(job)
                self._queue.appendleft(job)
                self._changed.notify_all()
                return
        self._end(job, Ending(job.trial, failure=lost(job.trial, job.losses, last_words)))

    def _end(self, job: Job, ending: Ending) -> None:
        self._release(job)
        with self._changed:
            for place in (self._running, self._elsewhere):
                if job in place:
                    place.remove(job)
            self._changed.notify_all()
        self._ended(ending)

    def _leased(self, job: Job) -> bool:
        return self._asked(lambda: self._leases.acquire(job.trial.identity), True)

    def _owner(self, job: Job) -> str:
        return self._asked(lambda: self._leases.owner_of(job.trial.identity), "")

    def _release(self, job: Job) -> None:
        self._asked(lambda: self._leases.release(job.trial.identity), None)

    def _asked(self, question: Callable[[], T], otherwise: T) -> T:
        return answer(question, otherwise, self._notice)


def lost(trial: Trial, times: int, last_words: str) -> TrialError:
    """The error of a trial whose worker process was lost so many times."""
    said = f" The last that it printed is: {last_words}" if last_words else ""
    return TrialError(
        f"{trial.description}: its worker process was lost {times} times, "
        f"as happens when memory runs out or a library crashes.{said}"
    )

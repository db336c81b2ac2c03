"""A pool on a Dask cluster that the user runs: its scheduler queues, its workers compute.

A Dask worker does not compute a trial itself, since it runs several threads, with an environment
of its own. It starts a process like those of the local pool, which gives the same bits. Dask
sends a trial to another worker when one dies. All of this needs the extra `dask`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from typing import TYPE_CHECKING, Any

from ..result import TrialError, in_one_line
from .payload import Payload
from .pool import LocalProcesses, PoolError

if TYPE_CHECKING:
    from ..result import Trained

PATIENCE = 5.0  # seconds that the scheduler has to answer
NO_WORKER = 60.0  # seconds with work and without any worker after which a run gives up
START = 20.0  # seconds that a cluster without workers has to start the first of them
GLANCE = 0.5  # seconds between checks of the cluster, or of whether a trial is still wanted
IDLE = 300.0  # seconds after which a process that has nothing to do ends
ATTEMPTS = 3  # of a trial whose process is lost on one Dask worker
LOST = "its worker process was lost {} times, as happens when memory runs out or a library crashes."


class Cluster:
    """The workers behind a Dask scheduler.

    Raises PoolError, in one sentence, where the scheduler does not answer, or has no workers and
    starts none.
    Later it gives up, and every future holds that error, when the scheduler is lost, or when
    there has been no worker for a minute.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = connect(address)
        self._tasks: dict[Future[Trained], Any] = {}  # Dask's future of each that is not done
        self._failure: PoolError | None = None
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, name="cluster", daemon=True)
        self._watch.start()

    def submit(self, payload: Payload) -> Future[Trained]:
        answer: Future[Trained] = Future()
        with self._lock:
            if self._failure is None:
                key = f"pytest-scaling-{uuid.uuid4().hex}"
                task = self._client.submit(
                    compute, payload, key=key, pure=False, priority=payload.cost
                )
                self._tasks[answer] = task
                task.add_done_callback(lambda done: self._deliver(payload, done, answer))
                return answer
        answer.set_exception(self._failure)
        return answer

    def processor_seconds(self, future: Future[Trained]) -> float | None:
        return None  # that of a Dask worker is not known here

    def stop(self) -> None:
        if self._over.is_set():
            return
        self._over.set()
        with self._lock:
            tasks, self._tasks = self._tasks, {}
        if self._failure is None:
            self._watch.join()
            with contextlib.suppress(Exception):  # lost in the meantime: there is nothing to cancel
                self._client.cancel(list(tasks.values()))
        with contextlib.suppress(Exception):
            self._client.close(timeout=PATIENCE)

    def _deliver(self, payload: Payload, task: Any, answer: Future[Trained]) -> None:
        """Pass on how a task ended; Dask calls this in a thread of its own."""
        if task.cancelled():
            if not self._over.is_set():
                self._give_up("was lost")
            return
        failure, trained = None, None
        try:
            trained = task.result()
        except Exception as error:
            failure = trial_error(payload, error)
        with self._lock:
            if self._tasks.pop(answer, None) is None:  # given up, or stopped
                return
        if trained is not None:
            answer.set_result(trained)
        else:
            answer.set_exception(failure)

    def _look(self) -> None:
        """Give up where the scheduler is gone, or where no worker is left to wait for."""
        manned = time.monotonic()
        while not self._over.wait(GLANCE):
            try:
                workers = self._client.nthreads()
            except Exception:
                if self._over.is_set():
                    return
                workers = {}
            if self._client.status != "running":
                self._give_up("was lost")
            elif workers or not self._tasks:  # an adaptive cluster ends workers that have no work
                manned = time.monotonic()
            elif time.monotonic() - manned > NO_WORKER:
                self._give_up(f"has had no workers for {NO_WORKER:.0f} s")
            if self._failure is not None:
                return

    def _give_up(self, what: str) -> None:
        with self._lock:
            if self._failure is not None:
                return
            self._failure = PoolError(
                f"the Dask scheduler at {self._address} {what}; what was trained is stored, "
                f"so a run with a working cluster, or without one, goes on from there"
            )
            answers, self._tasks = list(self._tasks), {}
        for answer in answers:
            answer.set_exception(self._failure)


def connect(address: str) -> Any:
    """A client of the scheduler at an address; PoolError where none with workers is there."""
    try:
        from distributed import Client
    except ImportError:
        raise PoolError(
            "--scaling-backend=dask needs the package distributed; "
            "install it with `pip install 'pytest-scaling[dask]'`"
        ) from None
    for speaker in ("client", "batched"):  # of what we report in one sentence
        logging.getLogger(f"distributed.{speaker}").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False, name="pytest-scaling")
        workers = client.nthreads()
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PoolError(
            f"no Dask scheduler answers at {address} ({reason}); "
            f"start one with `dask scheduler`, or correct --scaling-scheduler"
        ) from None
    if not workers and not woken(client):
        client.close()
        raise PoolError(
            f"the Dask scheduler at {address} has no workers, and starts none for work; "
            f"start some with `dask worker {address} --nthreads 1`"
        )
    return client


def woken(client: Any) -> bool:
    """Whether a cluster without workers starts one when there is work, as an adaptive one does."""
    work = client.submit(int, pure=False)
    try:
        client.wait_for_workers(1, timeout=START)
    except Exception:  # in time: which kind of TimeoutError depends on the version
        return False
    finally:
        work.release()
    return True


def trial_error(payload: Payload, error: Exception) -> TrialError:
    """The error that ended a task, in one sentence about its trial."""
    from distributed import KilledWorker

    if isinstance(error, TrialError):
        return error
    if isinstance(error, KilledWorker):
        return TrialError(f"{payload.description}: {LOST.format(error.allowed_failures + 1)}")
    return TrialError(
        f"{payload.description} cannot be computed by a Dask worker: {in_one_line(error)}"
    )


def compute(payload: Payload) -> Trained:
    """Compute a trial on this Dask worker, until it is done or no longer wanted."""
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks[worker.get_current_task()]
    return PROCESSES.compute(payload, lambda: task.state == "executing")


class Processes:
    """The processes of one Dask worker: one for each of its threads that has a trial."""

    def __init__(self) -> None:
        self._idle: list[LocalProcesses] = []

    def compute(self, payload: Payload, wanted: Callable[[], bool]) -> Trained:
        """The results of a trial; CancelledError where it is no longer wanted, TrialError."""
        for _ in range(ATTEMPTS):
            pool = self._idle.pop() if self._idle else LocalProcesses(1, IDLE)
            try:
                trained = finish(pool.submit(payload), wanted)
            except TrialError:
                self._idle.append(pool)
                raise
            except BrokenExecutor:
                pool.stop()
            except BaseException:
                pool.stop()
                raise
            else:
                self._idle.append(pool)
                return trained
        raise TrialError(f"{payload.description}: {LOST.format(ATTEMPTS)}")


def finish(future: Future[Trained], wanted: Callable[[], bool]) -> Trained:
    """Wait for a result for as long as it is wanted."""
    while not wait([future], GLANCE).done:
        if not wanted():
            raise CancelledError
    return future.result()


PROCESSES = Processes()
"""The one set of processes that the trials of a Dask worker share."""

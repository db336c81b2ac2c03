"""Where trials are computed: a pool takes a trial, packed, and gives a future of its results.

The default pool is a set of local processes. Anything with the same methods serves as well, a
cluster's client for example.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from ..result import TrialError

if TYPE_CHECKING:
    from ..result import Trained
    from .payload import Payload
    from .process import Process

    Work = tuple[Payload, Future[Trained]]


class PoolError(TrialError):
    """There is no pool, or it is lost for good: no more trials can be computed."""


class Pool(Protocol):
    """What executes trials. A future may hold a BrokenExecutor: its process was lost."""

    def submit(self, payload: Payload) -> Future[Trained]: ...

    def processor_seconds(self, future: Future[Trained]) -> float | None:
        """The processor time used so far by the process of a trial; None where that is unknown."""

    def stop(self) -> None:
        """End at once, whatever is running."""


class LocalProcesses:
    """Processes of this machine, at most `workers`, each with one numeric thread.

    They start when there is work for them, and the end of one harms no other. idle: seconds
    after which one that has nothing to do ends, or None.
    """

    def __init__(self, workers: int, idle: float | None = None) -> None:
        self._workers, self._idle = workers, idle
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._threads: set[threading.Thread] = set()  # one for each process
        self._running: dict[Future[Trained], Process] = {}
        self._open = 0  # trials that are submitted and not done
        self._stopped = False
        self._lock = threading.Lock()

    def submit(self, payload: Payload) -> Future[Trained]:
        future: Future[Trained] = Future()
        with self._lock:
            self._open += 1
            self._work.put((payload, future))
            if len(self._threads) < min(self._workers, self._open):
                thread = threading.Thread(target=self._serve, name="worker", daemon=True)
                self._threads.add(thread)
                thread.start()
        return future

    def processor_seconds(self, future: Future[Trained]) -> float | None:
        process = self._running.get(future)
        return process.processor_seconds() if process else None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            threads, running = tuple(self._threads), tuple(self._running.values())
        with contextlib.suppress(queue.Empty):
            while work := self._work.get_nowait():
                work[1].cancel()
        for _ in threads:
            self._work.put(None)
        for process in running:
            process.end()
        for thread in threads:
            thread.join()

    def _serve(self) -> None:
        """Give one process work until there is none; each process has such a thread."""
        process: Process | None = None
        while (work := self._next()) is not None:
            payload, future = work
            if not future.set_running_or_notify_cancel():
                continue
            answer: Trained | BaseException
            try:
                process = self._begin(process, payload, future)
                answer = process.compute(payload)
            except BaseException as error:
                answer = error
            with self._lock:
                self._open -= 1
                self._running.pop(future, None)
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        if process is not None:
            process.end(gently=True)

    def _next(self) -> Work | None:
        """What to do next; None at the end."""
        try:
            return self._work.get(timeout=self._idle)
        except queue.Empty:
            with self._lock:
                if not self._work.empty():  # it came in this moment
                    return self._work.get_nowait()
                self._threads.discard(threading.current_thread())
                return None

    def _begin(self, process: Process | None, payload: Payload, future: Future[Trained]) -> Process:
        """The process that computes a trial: the one before, if it still lives, or a new one."""
        from .process import Lost, Process

        with self._lock:
            if self._stopped:
                raise Lost("the pool was stopped")
            if process is None or process.ended:
                try:
                    process = Process()
                except OSError as error:
                    raise TrialError(
                        f"{payload.description}: no worker process can be started ({error}); "
                        f"end other processes, or use fewer with --scaling-workers."
                    ) from None
            self._running[future] = process
            return process

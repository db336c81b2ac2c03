"""Where trials are computed: a pool takes a trial, packed, and gives a future of its results.

The default pool is a set of local processes, which the loky that joblib carries starts from
nothing. Anything with the same two methods serves as well, a cluster's client for example.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import warnings
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from ..result import TrialError

if TYPE_CHECKING:
    from ..result import Results
    from .payload import Payload

IDLE = None if os.name == "posix" else 300  # seconds after which an idle process ends
PARENT_CHECK = 0.5  # seconds between checks whether the controller is still running


class PoolError(TrialError):
    """There is no pool, or it is lost for good: no more trials can be computed."""


class Pool(Protocol):
    """What executes trials. `submit` may raise, and a future may hold, a BrokenExecutor."""

    def submit(self, payload: Payload) -> Future[Results]: ...

    def stop(self) -> None:
        """End at once, whatever is running."""


class LocalProcesses:
    """Processes of this machine, as many as `workers`, each with one numeric thread.

    idle: seconds after which a process that has nothing to do ends, or None.
    """

    def __init__(self, workers: int, idle: float | None = IDLE) -> None:
        from joblib.externals.loky import ProcessPoolExecutor

        from ...devices.numerics import ENVIRONMENT
        from .worker import run

        self._run = run
        self._executor: Any = ProcessPoolExecutor(
            max_workers=workers,
            timeout=idle,
            initializer=prepare,
            initargs=(os.getpid(),),
            env=ENVIRONMENT,
        )
        self._futures: set[Future[Results]] = set()  # that are not done

    def submit(self, payload: Payload) -> Future[Results]:
        future: Future[Results] = self._executor.submit(self._run, payload)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future

    def stop(self) -> None:
        end = time.monotonic() + 1  # loky cannot stop between taking a call and passing it on
        while time.monotonic() < end and not all(f.running() for f in tuple(self._futures)):
            time.sleep(0.001)
        with warnings.catch_warnings():  # where `pgrep` is missing, only the workers end
            warnings.simplefilter("ignore")
            self._executor.shutdown(wait=True, kill_workers=True)


def prepare(controller: int) -> None:
    """Make this process a worker: it leaves Ctrl-C to its controller, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_large_processes()
    if os.name == "posix":
        threading.Thread(target=end_with, args=(controller,), daemon=True).start()


def keep_large_processes() -> None:
    """Let loky keep this process however much memory its remembered rows take.

    loky ends a process that has grown by 300 MB, and has no option for that. It measures by psutil
    where that is installed, which its private flag `_USE_PSUTIL` says.
    """
    with contextlib.suppress(ImportError):  # a joblib that carries loky elsewhere
        from joblib.externals.loky import process_executor

        process_executor._USE_PSUTIL = False


def end_with(controller: int) -> None:
    """End this process soon after its controller has ended, whatever it is doing."""
    while os.getppid() == controller:
        time.sleep(PARENT_CHECK)
    os._exit(1)

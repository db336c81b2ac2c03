"""A worker process, as its controller sees it: started from nothing, asked, and ended."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import uuid
from concurrent.futures import BrokenExecutor
from typing import IO, TYPE_CHECKING, Any, cast

from ...devices.numerics import ENVIRONMENT
from ..result import TrialError
from .leftovers import MARK, end_group, processor_seconds

if TYPE_CHECKING:
    from ..result import Trained
    from .payload import Payload

START = (
    "import pickle, sys; controller, sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from pytest_scaling.trials.workers.serve import main; main(controller)"
)
FAREWELL = 5.0  # seconds that a process has to write what a measurement of coverage has found
COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
LAST_WORDS = 300  # characters of what a lost process has printed


class Lost(BrokenExecutor):
    """A worker process has ended by itself; the message is the last line that it printed."""


class Process:
    """A process that computes one trial at a time, with an environment of its own.

    It leads a group of its own, so that a terminal's Ctrl-C reaches its controller alone, and
    whatever a learner starts ends with it. OSError where it cannot be started.
    """

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self._expired = self._ready = False
        self._measured = any(name in os.environ for name in COVERAGE)
        how: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
        self._popen = subprocess.Popen(
            [sys.executable, *flags(), "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            env={**os.environ, **ENVIRONMENT, "PYTHONUNBUFFERED": "1", MARK: self._mark},
            **how,
        )
        threading.Thread(target=self._bury, name="undertaker", daemon=True).start()

    def compute(self, payload: Payload) -> Trained:
        """What was trained.

        Raises TrialError where there is nothing, also after the limit of the payload; Lost where
        the process ends.
        """
        timer = threading.Timer(payload.limit or 0, self._expire)
        timer.daemon = True
        try:
            if not self._ready:
                self._send((os.getpid(), [os.path.abspath(entry) for entry in sys.path]))
                pickle.load(self._answers)
                self._ready = True
            if payload.limit:
                timer.start()
            self._send(payload)
            answer, goes_on = pickle.load(self._answers)
        except (EOFError, OSError, pickle.UnpicklingError, ValueError):
            last_words = self._last_words()
            self.end()
            if self._expired:
                raise TrialError(
                    f"{payload.description} was ended after {payload.limit:g} s, the limit of "
                    f"--scaling-trial-timeout or of pytest-timeout."
                ) from None
            raise Lost(last_words) from None
        finally:
            timer.cancel()
        if not goes_on:
            self.end()
        if isinstance(answer, TrialError):
            raise answer
        trained: Trained = answer
        return trained

    @property
    def ended(self) -> bool:
        return self._popen.poll() is not None

    def processor_seconds(self) -> float | None:
        """The processor time that it and what it has started have used; None where unknown."""
        return processor_seconds(self._popen.pid, self._mark)

    def end(self, *, gently: bool = False) -> None:
        """End it at once, with all that it has started; returns when it has ended.

        gently: let one that has nothing to do finish where coverage is measured.
        """
        if gently and self._measured:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._requests.close()
                self._popen.wait(FAREWELL)
        end_group(self._popen.pid, self._mark)
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout, self._printed):
            with contextlib.suppress(OSError, ValueError):
                cast("IO[bytes]", pipe).close()

    def _expire(self) -> None:
        self._expired = True
        end_group(self._popen.pid, self._mark)

    def _bury(self) -> None:
        """When it ends, whatever the reason, end what it has started, which may hold its pipe."""
        self._popen.wait()
        end_group(self._popen.pid, self._mark)

    @property
    def _requests(self) -> Any:
        return self._popen.stdin

    @property
    def _answers(self) -> Any:
        return self._popen.stdout

    def _send(self, content: object) -> None:
        pickle.dump(content, self._requests)
        self._requests.flush()

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._printed.seek(0)
            lines = self._printed.read().decode(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), "")[:LAST_WORDS]
        return ""


def flags() -> list[str]:
    """The flags of this interpreter that a new one should have; warnings are collected there."""
    given: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return [flag for flag in given if not flag.startswith("-W")]

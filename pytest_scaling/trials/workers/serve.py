"""What a worker process does: it computes the trials that arrive, one after another."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
import time
from typing import IO, Any, cast

from ...devices.numerics import single_threaded
from ..result import Trained, TrialError, in_one_line
from .leftovers import end_group
from .payload import Payload
from .state import state_of_process
from .worker import run

PARENT_CHECK = 0.5  # seconds between checks whether the controller is still running
LONGEST = 20_000  # characters of what a trial prints that are kept


def main(controller: int) -> None:
    """Answer every payload that arrives with what was trained, or with why there is nothing.

    An answer is a pair: a Trained or a TrialError, and whether this process can train more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the controller
    if os.name == "posix":
        threading.Thread(target=end_with, args=(controller,), daemon=True).start()
    requests, answers = take_over()
    with single_threaded():  # loads the numeric libraries
        pass
    state = state_of_process()
    state.accept_imports()
    state.reset()
    send(answers, "ready")
    while True:
        try:
            payload: Payload = pickle.load(requests)
        except EOFError:
            return
        send(answers, (answer(payload), not state.spoiled))
        if state.spoiled:
            return


def answer(payload: Payload) -> Trained | TrialError:
    """What was trained, with what was printed meanwhile, or why nothing was."""
    clear_printed()
    try:
        trained = run(payload)
    except TrialError as error:
        error.printed = printed()
        error.__cause__ = error.__context__ = None  # need not be readable elsewhere
        return error.with_traceback(None)
    except BaseException as error:
        return TrialError(f"{payload.description}: {in_one_line(error)}")
    return Trained(trained.results, trained.warnings, printed(), trained.left)


def take_over() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the controller, out of the reach of what a learner reads and prints.

    Whatever is printed, also by a library in C or by a process that a learner starts, goes to the
    file that the controller has made of the standard error.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        cast("Any", stream).reconfigure(
            encoding="utf-8", errors="backslashreplace", write_through=True
        )
    return requests, answers


def send(answers: IO[bytes], content: object) -> None:
    pickle.dump(content, answers)
    answers.flush()


def clear_printed() -> None:
    """Forget what was printed so far."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    with contextlib.suppress(OSError):
        os.ftruncate(2, 0)
        os.lseek(2, 0, os.SEEK_SET)


def printed() -> str:
    """What was printed since `clear_printed`, cut off where it is long."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    try:
        size = os.fstat(2).st_size
        text = os.pread(2, LONGEST, 0).decode(errors="replace")
    except (OSError, AttributeError):  # Windows has no pread
        return ""
    return f"{text}\n... and {size - LONGEST:,} bytes more\n" if size > LONGEST else text


def end_with(controller: int) -> None:
    """End this process and what it has started soon after its controller has ended."""
    while os.getppid() == controller:
        time.sleep(PARENT_CHECK)
    end_group(os.getpid())
    os._exit(1)

"""How a run is interrupted: by Ctrl-C, or by a signal that asks a process to end.

Neither acts at once where it must not: while a run is finished, or a library is loaded.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end: a cancelled job of CI, a limit of Slurm, a closed terminal."""


def interrupt(number: int, frame: FrameType | None) -> None:
    """End the run as Ctrl-C does; the same signal, which may come twice, then does nothing."""
    signal.signal(number, signal.SIG_IGN)
    raise interruption(number)


def interruption(number: int) -> KeyboardInterrupt:
    """What ends the run; it names the signal, unless that is Ctrl-C."""
    name = signal.Signals(number).name
    return KeyboardInterrupt(*() if name == "SIGINT" else (f"the run was ended by {name}",))


def leave_out_what_has_no_line(error: BaseException) -> None:
    """Take the places out of a traceback that have no line of source.

    A signal may arrive where Python cleans up at the end of a `with`. Such a place has no line, and
    pytest, when it shows where a run was interrupted, ends with a traceback of its own instead.
    """
    place: Any = error.__traceback__
    while place is not None:
        while place.tb_next is not None and place.tb_next.tb_lineno is None:
            place.tb_next = place.tb_next.tb_next
        place = place.tb_next


def interrupt_by_signals() -> Callable[[], None]:
    """Let the signals of ENDING interrupt the run, where nobody handles them.

    What is returned restores their handlers.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    free = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in free:
        signal.signal(number, interrupt)

    def undo() -> None:
        for number in free:
            signal.signal(number, signal.SIG_DFL)

    return undo


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Hold back the first Ctrl-C, or signal to end; the second has its usual effect.

    The list that it gives has the number of the signal once the first has arrived.
    """
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard  # only the main thread receives signals
        return
    ours = [number for number in ENDING if signal.getsignal(number) is interrupt]
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ours)}

    def pass_the_next(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        signal.signal(number, signal.SIG_IGN if number in ours else before[signal.SIGINT])

    for number in before:
        signal.signal(number, pass_the_next)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Act on the first Ctrl-C at the end; the second has its usual effect.

    A KeyboardInterrupt in the middle of an import leaves a library half loaded, and a traceback
    that pytest cannot always show.
    """
    with held_back() as heard:
        yield
    if heard:
        raise interruption(heard[0])

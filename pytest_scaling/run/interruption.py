"""Ctrl-C where it must not act at once: while a run is finished, or a library is loaded."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Hold back the first Ctrl-C; the second has its usual effect.

    The list that it gives has the number of the signal once the first has arrived.
    """
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard  # only the main thread receives signals
        return
    before = signal.getsignal(signal.SIGINT)

    def pass_the_next(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, pass_the_next)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Act on the first Ctrl-C at the end; the second has its usual effect.

    A KeyboardInterrupt in the middle of an import leaves a library half loaded, and a traceback
    that pytest cannot always show.
    """
    with held_back() as heard:
        yield
    if heard:
        raise KeyboardInterrupt

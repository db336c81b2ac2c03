"""What Ctrl-C does while a run is put away: one is held back, so that nothing is left running."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Go on over the first Ctrl-C; the second does what it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return
    before = signal.getsignal(signal.SIGINT)

    def pass_the_next(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, pass_the_next)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

"""Signs of life while trials run: a live line on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from ..report.terminal.layout import shorten

if TYPE_CHECKING:
    from .session import Session


QUIET = 60.0  # seconds between lines where there is no terminal


class Progress:
    """The share of the training that is done, by its cost; claims ready; the time left so."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self._session = session
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._started = self._spoken = time.monotonic()
        self._live: Any = None
        self._told: set[str] = set()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def tick(self, ready: int, claims: int, now: str = "") -> None:
        """Show how far the run has come. now: the id of a claim that waits for what is trained."""
        line = self._line(ready, claims, now)
        if self._reporter is None:
            return
        for wait in self._session.trials.waits:
            if wait not in self._told:
                self._told.add(wait)
                self._reporter.write_line(wait)
        if self._reporter.isatty:
            self._show(line)
        elif time.monotonic() - self._spoken >= QUIET:
            self._spoken = time.monotonic()
            self._reporter.write_line(line)

    def _line(self, ready: int, claims: int, now: str) -> str:
        trials = self._session.trials
        in_hand = ": ".join(filter(None, (now, *trials.training[:1])))
        return (
            f"{trials.share_done:.0%} trained so far, {ready} of {claims} claims ready"
            f"{self._left()}{in_hand and f' · {in_hand}'}"
        )

    def _left(self) -> str:
        share = self._session.trials.share_done
        if not self._session.trials.computed or not share:
            return ""
        seconds = round((time.monotonic() - self._started) * (1 - share) / share)
        return f", about {seconds // 60} min {seconds % 60:02} s left"

    def _show(self, line: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner
        from rich.text import Text

        if self._live is None:
            terminal = self._reporter._tw._file  # stdout before pytest captures it: it has no name
            console = Console(file=terminal, force_terminal=True)
            self._live = Live(console=console, transient=True, refresh_per_second=4)
            self._live.start()
        fits = self._live.console.width - 3  # beside the spinner
        self._live.update(Spinner("dots", text=Text(shorten(line, fits))))


class Heartbeat:
    """A line a minute while the workers of pytest-xdist train: what their store has gained."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        before: int | None = None
        while not self._over.wait(QUIET):
            from .resources import open_store, store_path
            from .session import SESSION

            if not store_path(self._config).exists():  # maybe there are no claims at all
                continue
            with open_store(self._config) as store:
                now = store.count()
            before = now if before is None else before
            session = self._config.stash.get(SESSION, None)
            decided = len(session.records) if session else 0
            if self._reporter and (now > before or decided):
                self._reporter.write_line(f"{now} trials stored, {decided} claims decided")

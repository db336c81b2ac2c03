"""Timings under pytest-xdist: skipped, or one at a time while every other worker waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ..options import is_worker, options_of

TIMERS = {"benchmark", "stopwatch"}  # fixtures that time
FOLDER = "scaling_timing_locks"  # in the input of a worker: the folder of the locks
POLL = 0.01  # seconds between checks whether a lock is free
SKIPPED = (
    "other workers of pytest-xdist would disturb the timing; "
    "use --scaling-timings=serial, or run without -n"
)
REMOTE = "a worker of pytest-xdist on another machine shares no locks; run the timing with -n0"


def is_timing(item: pytest.Item) -> bool:
    """Whether a test times anything."""
    return bool(TIMERS & set(getattr(item, "fixturenames", ())))


def needs_silence(item: pytest.Item) -> bool:
    """Whether a test's outcome depends on its timing.

    A plain test with `benchmark` runs all the same: pytest-benchmark then calls it without timing.
    """
    timers = TIMERS & set(getattr(item, "fixturenames", ()))
    return "stopwatch" in timers or bool(timers and item.get_closest_marker("claim"))


def arrange(items: list[pytest.Item], config: pytest.Config) -> None:
    """Put the timings last, or skip those that mean nothing beside other workers."""
    if options_of(config).timings == "serial" and locks_folder(config) is not None:
        items.sort(key=is_timing)
        return
    reason = REMOTE if options_of(config).timings == "serial" else SKIPPED
    for item in filter(needs_silence, items):
        item.add_marker(pytest.mark.skip(reason=reason))


def locks_folder(config: pytest.Config) -> Path | None:
    """The folder of the locks, where the controller has made one on this machine."""
    folder = getattr(config, "workerinput", {}).get(FOLDER)
    return Path(folder) if folder and Path(folder).is_dir() else None


class TimingLocks:
    """The locks of one worker: a gate that all pass, and one for each worker at its test.

    Ordinary tests run side by side. A worker that takes a time shuts the gate, waits for every
    worker to end its test, and opens the gate after the timing. The system releases the locks of a
    worker that is killed.
    """

    def __init__(self, folder: Path, worker: str) -> None:
        from filelock import FileLock

        self._folder = folder
        self._gate = FileLock(folder / "gate.lock")
        self._own = FileLock(folder / f"{worker}.lock")

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Run a test that may run alongside others."""
        with self._gate.acquire(poll_interval=POLL):
            self._own.acquire()
        try:
            yield
        finally:
            self._own.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run a test that must run alone."""
        from filelock import FileLock

        with ExitStack() as held:
            held.enter_context(self._gate.acquire(poll_interval=POLL))
            for path in sorted(self._folder.glob("gw*.lock")):
                held.enter_context(FileLock(path).acquire(poll_interval=POLL))
            yield


def revive_benchmarks(config: pytest.Config) -> None:
    """Have pytest-benchmark time under pytest-xdist, and leave all files to the controller."""
    session: Any = getattr(config, "_benchmarksession", None)
    option = config.option
    if (
        session is None
        or session.skip
        or (option.benchmark_disable and not option.benchmark_enable)
    ):
        return
    session.disabled = session.xdist_warning = False
    if is_worker(config):
        session.json = session.save = session.autosave = session.compare = None


def benchmarks_of(config: pytest.Config) -> bytes | None:
    """What a worker has timed, for the controller: figures and settings, without profiles."""
    import pickle
    from types import SimpleNamespace

    session: Any = getattr(config, "_benchmarksession", None)
    timed = [each for each in session.benchmarks if each] if session else []
    for each in timed:
        each.fixture = SimpleNamespace(has_error=each.has_error)
        each.cprofile_stats = None
        each.params = each.params and {k: plain(value) for k, value in each.params.items()}
        each.options = {name: plain(value) for name, value in each.options.items()}
    return pickle.dumps(timed) if timed else None


def plain(value: object) -> object:
    """A value in a form that can be sent anywhere; for a function its name."""
    if isinstance(value, (bool, float, int, str, type(None))):
        return value
    return str(getattr(value, "__qualname__", value))


def take_benchmarks(config: pytest.Config, sent: bytes) -> None:
    """Add what a worker has timed to the table and the files of this run."""
    import pickle

    config._benchmarksession.benchmarks += pickle.loads(sent)  # type: ignore[attr-defined]

"""`python -m benchmarks.wave`: how busy claims keep a machine, replayed for any number of cores.

The claims are prefetched as a run does, with the results and the training times of a store that has
them all; nothing trains. A simulated clock says when each trial would end on so many workers,
without the cost of a pool. The times are those of blocks that trained next to another one.

Three orders are compared. *In turn*: one claim after the other, each look of all its arms at once.
*One wave*: as `pytest` does. *Ideal*: what no order can beat, all of the training shared evenly, or
the longest trial alone if that takes longer.
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pytest_scaling.run.prefetch import can_prefetch, prefetch
from pytest_scaling.run.session import session_of
from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.store.store import Store, default_path
from pytest_scaling.trials.trial import Trial

from .machine import description, table

WORKERS = (1, 2, 4, 8, 16, 32, 64)

Results = tuple[SeedResult, ...]


@dataclass
class Replay:
    """Trials that end when the store says they would, on so many workers."""

    store: Store
    workers: int
    now: float = 0.0  # seconds since the first request
    busy: float = 0.0  # seconds of training, of all workers together
    longest: float = 0.0  # seconds of the longest trial
    lost: None = None
    done: dict[str, Results] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    queue: list[tuple[Trial, Results]] = field(default_factory=list)  # the longest at the end
    running: list[tuple[float, str, Results]] = field(default_factory=list)  # by their end

    def known(self, trial: Trial) -> Results | None:
        return self.done.get(trial.identity)

    def pending(self, trial: Trial) -> bool:
        return trial.identity in self.asked and trial.identity not in self.done

    def request(self, trials: Iterable[Trial]) -> None:
        for trial in trials:
            if trial.identity not in self.asked:
                self.asked.add(trial.identity)
                self.queue.append((trial, self._stored(trial)))
        self.queue.sort(key=lambda waiting: waiting[0].cost)
        self._fill()

    def wait(self, timeout: float) -> None:
        """Go on to the end of the next trial."""
        self.now, identity, self.done[identity] = heapq.heappop(self.running)
        self._fill()

    def _fill(self) -> None:
        while self.queue and len(self.running) < self.workers:
            trial, results = self.queue.pop()
            seconds = sum(result.seconds for result in results)
            self.busy += seconds
            self.longest = max(self.longest, seconds)
            heapq.heappush(self.running, (self.now + seconds, trial.identity, results))

    def _stored(self, trial: Trial) -> Results:
        results = self.store.get(trial.identity, trial.seeds)
        if results is None:
            raise pytest.UsageError(
                f"{trial.description} is not in {self.store.path}; run it first"
            )
        return results


class Player:
    """A plugin for one run of pytest: replays the claims instead of testing them."""

    def __init__(self, path: Path, workers: Sequence[int]) -> None:
        self._path, self._workers = path, workers
        self.rows: list[tuple[str, ...]] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        items = [item for item in session.items if can_prefetch(item)]
        with Store(self._path) as store:
            for workers in self._workers:
                turn, wave = Replay(store, workers), Replay(store, workers)
                for item in items:
                    self._play(session, [item], turn)
                self._play(session, items, wave)
                self.rows.append(row(turn, wave))

    def _play(self, session: pytest.Session, items: Sequence[pytest.Item], replay: Replay) -> None:
        claims = session_of(session.config)
        claims.__dict__["trials"] = replay
        try:
            prefetch(claims, items)
        finally:
            del claims.__dict__["trials"]


def row(turn: Replay, wave: Replay) -> tuple[str, ...]:
    """One line of the table."""
    ideal = max(wave.busy / wave.workers, wave.longest)
    idle = 1 - wave.busy / (wave.now * wave.workers)
    times = (turn.now, wave.now, ideal)
    return (str(wave.workers), *(f"{seconds:.1f}" for seconds in times), f"{100 * idle:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", type=Path, default=default_path(), help="that has all trials")
    parser.add_argument("--workers", type=int, nargs="+", default=WORKERS)
    parser.add_argument("pytest", nargs="*", help="options of pytest, after --")
    options = parser.parse_args()
    player = Player(options.store, options.workers)
    run = ["claims", "-q", "--collect-only", f"--scaling-store={options.store}", *options.pytest]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = pytest.main(run, plugins=[player])
    if not player.rows:
        raise SystemExit(said.getvalue() or int(status))
    print(description())
    head = ("workers", "in turn, s", "one wave, s", "ideal, s", "idle in the wave, %")
    print(table(head, player.rows))


if __name__ == "__main__":
    main()

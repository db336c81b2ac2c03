"""Timing in turns: pieces of work are run alternately, so that a drift of the machine cancels."""

from __future__ import annotations

import contextlib
import copy
import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .accelerator import Accelerator, ClockError, timed

SHORTEST = 0.002  # seconds that one timing takes at least; shorter work is repeated that long
STILL = 10_000  # runs in a row that take no time only where the clock stands still
MOST_COPIES = 100  # of arguments, made before one timing and kept until its end
MOST_DROPPED = 10  # blocks in a row during which a device was slowed down
WARM_UPS = 2  # of each side, after its cold start


@dataclass(frozen=True)
class Work:
    """Something to be timed, the device that it keeps busy, and the arguments of each run.

    Every run has a copy of the arguments to itself, made before the timing and freed after it.
    """

    name: str
    run: Callable[..., object]
    on: Accelerator
    args: tuple[Any, ...] = ()

    @property
    def most_times(self) -> float:
        """How many runs in a row one timing may have."""
        return MOST_COPIES if self.args else math.inf

    def seconds(self, times: int, clock: Callable[[], float]) -> float:
        """Mean seconds of one run, of so many in a row."""
        given: list[tuple[Any, ...]] = [()] * times

        def copies() -> None:
            if self.args:
                given[:] = [copy.deepcopy(self.args) for _ in range(times)]

        def repeat() -> None:
            for each in given:
                self.run(*each)

        return timed(repeat, self.on, clock, copies).seconds / times


class Timed(Protocol):
    """What takes its turns: `Work`, or the same in a process of its own."""

    @property
    def name(self) -> str: ...
    @property
    def on(self) -> Accelerator: ...
    @property
    def most_times(self) -> float: ...
    def seconds(self, times: int, clock: Callable[[], float]) -> float:
        """Mean seconds of one run, of so many in a row."""


@dataclass(frozen=True)
class Ratios:
    """The result of the blocks.

    logs: the natural logarithm of each block's ratio. cold: seconds of the first run of each side,
    which count for nothing else. times: runs in a row that made one timing of each side. dropped:
    blocks that were taken again, as a device was slowed down, and why.
    """

    logs: tuple[float, ...]
    cold: tuple[float, float]
    times: tuple[int, int]
    dropped: tuple[str, ...] = ()


def interleave(
    pair: Callable[[int], tuple[Timed, Timed]],
    blocks: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Ratios:
    """Time both sides of `pair(block)` in turns, A B B A in one block and B A A B in the next.

    A block during which a device was slowed down is dropped, and taken again. Raises ClockError
    where the clock goes backwards, or a device stays slowed down.
    """
    dropped: list[str] = []
    cold, times = started(pair(0), clock)
    with no_collection():
        logs = [
            steady_ratio(pair(block), times, block % 2, clock, dropped) for block in range(blocks)
        ]
    return Ratios(tuple(logs), (cold[0], cold[1]), (times[0], times[1]), tuple(dropped))


def turns(
    works: Sequence[Timed], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Seconds of one run of each, in every round; every other round goes through them backwards.

    Their cold starts and warm-ups come first and are not counted. Raises ClockError where the clock
    goes backwards.
    """
    _, times = started(works, clock)
    found: list[list[float]] = [[] for _ in works]
    with no_collection():
        for number in range(rounds):
            order = range(len(works)) if number % 2 == 0 else reversed(range(len(works)))
            for place in order:
                found[place].append(works[place].seconds(times[place], clock))
    return found


def started(works: Sequence[Timed], clock: Callable[[], float]) -> tuple[list[float], list[int]]:
    """Seconds of the cold start of each, then what `warm` finds for each."""
    cold = [work.seconds(1, clock) for work in works]
    return cold, [warm(work, clock) for work in works]


def warm(work: Timed, clock: Callable[[], float]) -> int:
    """Warm up, and find how many runs in a row last for SHORTEST seconds, or as many as may be.

    Raises ClockError where STILL of them take no time.
    """
    times, most = 1, work.most_times
    seconds = [work.seconds(times, clock) for _ in range(WARM_UPS)][-1]
    while seconds < SHORTEST and times < most:
        if seconds <= 0 and times >= STILL:
            raise ClockError(stood_still(work))
        longer = max(2 * times, math.ceil(times * SHORTEST / max(seconds, SHORTEST / 100)))
        times = int(min(longer, most))
        seconds = work.seconds(times, clock) * times
    return times


def steady_ratio(
    works: tuple[Timed, Timed],
    times: Sequence[int],
    turned: int,
    clock: Callable[[], float],
    dropped: list[str],
) -> float:
    """Log of the ratio of one block without a device that was slowed down before it or after it.

    dropped: gets the reason for every block that was taken again.
    """
    for _ in range(1 + MOST_DROPPED):
        before = slowed_down(works)
        ratio = block_ratio(works, times, turned, clock)
        reason = before or slowed_down(works)
        if not reason:
            return ratio
        dropped.append(reason)
    raise ClockError(
        f"{reason} during {1 + MOST_DROPPED} blocks of timings in a row; let it cool down, or run "
        f"less beside it"
    )


def slowed_down(works: Sequence[Timed]) -> str:
    """Which device is slowed down now and why, in words; empty where none is."""
    found = {work.on.device: work.on.slowed() for work in works}
    slow = [f"{device} is slowed down by {why[0]}" for device, why in found.items() if why]
    return ", ".join(slow)


def block_ratio(
    works: tuple[Timed, Timed], times: Sequence[int], turned: int, clock: Callable[[], float]
) -> float:
    """Log of the ratio of one block: A B B A, or B A A B where it is turned."""
    spent = [0.0, 0.0]
    for side in ((0, 1, 1, 0), (1, 0, 0, 1))[turned]:
        spent[side] += works[side].seconds(times[side], clock)
    if min(spent) <= 0:
        raise ClockError(stood_still(works[spent.index(min(spent))]))
    return math.log(spent[0] / spent[1])


def stood_still(work: Timed) -> str:
    """The message about a clock that shows no time for a piece of work."""
    return (
        f"the clock stood still while {work.name} was timed; it is too coarse, or something sets it"
    )


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from running in the middle of a timing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

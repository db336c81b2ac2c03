"""Timing in turns: pieces of work are run alternately, so that a drift of the machine cancels."""

from __future__ import annotations

import contextlib
import copy
import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .accelerator import Accelerator, ClockError, timed

SHORTEST = 0.002  # seconds that one timing takes at least; shorter work is repeated that long
STILL = 10_000  # runs in a row that take no time only where the clock stands still
MOST_COPIES = 100  # of arguments, made before one timing and kept until its end
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


@dataclass(frozen=True)
class Ratios:
    """The result of the blocks.

    logs: the natural logarithm of each block's ratio. cold: seconds of the first run of each side,
    which count for nothing else. times: runs in a row that made one timing of each side.
    """

    logs: tuple[float, ...]
    cold: tuple[float, float]
    times: tuple[int, int]


def interleave(
    pair: Callable[[int], tuple[Work, Work]],
    blocks: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Ratios:
    """Time both sides of `pair(block)` in turns, A B B A in one block and B A A B in the next.

    Raises ClockError where the clock goes backwards.
    """
    cold, times = started(pair(0), clock)
    with no_collection():
        logs = [block_ratio(pair(block), times, block % 2, clock) for block in range(blocks)]
    return Ratios(tuple(logs), (cold[0], cold[1]), (times[0], times[1]))


def turns(
    works: Sequence[Work], rounds: int, clock: Callable[[], float] = time.perf_counter
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


def started(works: Sequence[Work], clock: Callable[[], float]) -> tuple[list[float], list[int]]:
    """Seconds of the cold start of each, then what `warm` finds for each."""
    cold = [work.seconds(1, clock) for work in works]
    return cold, [warm(work, clock) for work in works]


def warm(work: Work, clock: Callable[[], float]) -> int:
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


def block_ratio(
    works: tuple[Work, Work], times: Sequence[int], turned: int, clock: Callable[[], float]
) -> float:
    """Log of the ratio of one block: A B B A, or B A A B where it is turned."""
    spent = [0.0, 0.0]
    for side in ((0, 1, 1, 0), (1, 0, 0, 1))[turned]:
        spent[side] += works[side].seconds(times[side], clock)
    if min(spent) <= 0:
        raise ClockError(stood_still(works[spent.index(min(spent))]))
    return math.log(spent[0] / spent[1])


def stood_still(work: Work) -> str:
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

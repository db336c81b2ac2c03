"""Ratios of times: what is fixed beforehand, how they are taken, and how they are judged."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ...devices.accelerator import ClockError
from ..estimate import Estimate
from ..units import LOG_SECONDS

if TYPE_CHECKING:
    from ...devices.timing import Ratios
    from ..sampling import Sampler

T = TypeVar("T")
LOOKS_LIKE_A_RATIO = 3.0  # from here on a logarithm says twenty times and more


class TimingError(RuntimeError):
    """Work could not be timed; the message says why."""


def design(
    sampler: Sampler,
    names: Sequence[str],
    what: str,
    *,
    bound: str,
    blocks: int | None,
) -> dict[str, Any]:
    """The parts of a ratio of times that are fixed before anything is timed.

    what: what is timed, after the names of the sides.
    """
    from ...statistics.ratios import BLOCKS

    blocks = BLOCKS if blocks is None else blocks
    return {
        "about": f"time of {names[0]} over {names[1]}{what}",
        "measured": f"time of {names[0]} / {names[1]}",
        "unit": LOG_SECONDS,
        "bounds": sampler.bounds_of(bound),
        "level": sampler.levels.support,
        "refute_level": sampler.levels.refute / sampler.statements,
        "most_seeds": blocks,
        "evidence": sampler.evidence,
        "metric": "seconds",
        "looks": (blocks,),
        "replication": "block",
    }


def alone(take: Callable[[], T], seed: int) -> T:
    """Take times with one numeric thread and deterministic algorithms, as trials are computed.

    Raises TimingError where the clock is of no use.
    """
    from ...devices.numerics import Numerics, numerics, single_threaded

    try:
        with single_threaded(), numerics(Numerics(seed)):
            return take()
    except ClockError as error:
        raise TimingError(str(error)) from error


def judged(
    designed: Mapping[str, Any], ratios: Ratios, first_seed: int, notes: Sequence[str] = ()
) -> Estimate:
    """The median of the blocks, with its interval at both levels."""
    from ...statistics.ratios import median_interval

    support, against = (
        median_interval(ratios.logs, lower_level=level, upper_level=level)
        for level in (designed["level"], designed["refute_level"])
    )
    cold = " and ".join(f"{seconds:.3g} s" for seconds in ratios.cold)
    return Estimate(
        **designed,
        interval=support,
        refuting=against,
        seeds=tuple(range(first_seed, first_seed + len(ratios.logs))),
        samples=ratios.logs,
        notes=(
            f"cold start {cold}, not counted",
            *notes,
            *dropped_in_words(ratios),
            *doubts(designed["bounds"]),
        ),
    )


def dropped_in_words(ratios: Ratios) -> Iterator[str]:
    """How many blocks were dropped, and why; nothing where none was."""
    for why in dict.fromkeys(ratios.dropped):
        times = ratios.dropped.count(why)
        yield f"{times} block{'s' if times > 1 else ''} dropped and taken again: {why}"


def doubts(bounds: Mapping[str, float]) -> list[str]:
    """What to say about bounds that look like ratios, and are logarithms of ratios."""
    return [
        f"{name} is {bound:g}, a logarithm: {math.exp(bound):,.0f} times as long; for {bound:g} "
        f"times, declare math.log({bound:g}), or smallest_ratio={bound:g}"
        for name, bound in bounds.items()
        if bound >= LOOKS_LIKE_A_RATIO
    ]

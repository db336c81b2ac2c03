"""Verdicts: the three answers to a statement, and when more seeds would not change an answer."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable

from .interval import Interval, excludes


class Verdict(enum.StrEnum):
    """What the evidence says about a statement; the value is the word that records carry."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"

    def __str__(self) -> str:
        return self.value


def judge_above(interval: Interval, bound: float) -> Verdict:
    """Judge "the mean exceeds `bound`". Raises ValueError for a NaN bound."""
    check_bound(bound)
    if interval.low > bound:
        return Verdict.SUPPORTED
    if interval.high < bound:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def judge_below(interval: Interval, bound: float) -> Verdict:
    """Judge "the mean is less than `bound`". Raises ValueError for a NaN bound."""
    check_bound(bound)
    if interval.high < bound:
        return Verdict.SUPPORTED
    if interval.low > bound:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def judge_equivalent(interval: Interval, bound: float) -> Verdict:
    """Judge "the mean lies between -`bound` and `bound`" (two one-sided tests).

    A wrong SUPPORTED costs at most one level. A wrong REFUTED costs one level where `bound` is
    wide against the interval, and the sum of both levels as it shrinks towards zero. Where support
    and refutation have different levels, use the stricter for both limits of the interval.

    Raises ValueError unless `bound` is positive.
    """
    if not bound > 0:
        raise ValueError(f"The bound of an equivalence must be positive, not {bound}.")
    if interval.low > -bound and interval.high < bound:
        return Verdict.SUPPORTED
    if interval.low > bound or interval.high < -bound:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def decided(interval: Interval, bounds: Iterable[float]) -> bool:
    """Tell whether sampling may stop: the interval contains none of the declared `bounds`.

    Raises ValueError for a NaN bound.
    """
    return not _inside(interval, bounds)


def beyond_reach(interval: Interval, bounds: Iterable[float], level: float, last: int) -> bool:
    """Tell whether sampling may be given up: no bound still inside is near to being excluded.

    Near means that it would be with as many times the seeds of the `last` look as that has times
    the seeds of this one, if mean and sd stayed as they are: the earlier the look, the less its
    forecast is trusted. Giving up leaves the claim inconclusive, so it can only make wrong verdicts
    rarer (a futility stop that does not bind: Lachin, Statistics in Medicine 24, 2005). An
    interval with an infinite limit is no reason to give up. `level` is the claim's.

    Raises ValueError for a NaN bound.
    """
    inside = _inside(interval, bounds)
    if not math.isfinite(interval.half_width):
        return False
    seeds = max(interval.n, last * last // interval.n)
    return not any(excludes(interval, bound, seeds, level) for bound in inside)


def _inside(interval: Interval, bounds: Iterable[float]) -> list[float]:
    """Return the bounds that the interval contains. Raises ValueError for a NaN bound."""
    declared = list(bounds)
    for bound in declared:
        check_bound(bound)
    return [bound for bound in declared if interval.contains(bound)]


def check_bound(bound: float) -> None:
    """Raise ValueError for a bound that is NaN."""
    if math.isnan(bound):
        raise ValueError("A bound must be a number, but it is NaN.")

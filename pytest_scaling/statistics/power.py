"""Power: what a sample of this size can show, and how many seeds would show more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from .interval import LOOKS, Interval, error_factor, excludes, moments, per_look_level
from .student import normal_tail, upper_quantile, upper_tail
from .verdict import check_bound

POWER = 0.8  # chance of detection at the smallest detectable effect
RANGE = 0.8  # chance that the number of seeds that decides lies in `seeds_range`
_SOONER, _LATER = 0.6, 1.3  # standard errors of the mean; calibrated in tests/statistics/test_power


def p_above(
    differences: ArrayLike, bound: float, noise_floor: float = 0.0, overlap: float = 0.0
) -> float:
    """Return the one-sided t p-value of "the mean exceeds `bound`" at one look, unadjusted.

    differences: (n,). noise_floor and overlap as for `paired_interval`. Without any variance it is
    0 or 1, as the interval has no width either.

    Raises ValueError as `paired_interval` does, and for a NaN bound.
    """
    check_bound(bound)
    mean, sd, n = moments(differences, noise_floor)
    if sd == 0:
        return 0.0 if mean > bound else 1.0
    return upper_tail((mean - bound) / (sd * error_factor(n, overlap)), n - 1)


def adjusted_p(p_values_at_looks: Sequence[float]) -> float:
    """Return one p-value for all looks: the smallest times six, at most 1 (Bonferroni).

    For printing only; a verdict comes from the interval. Raises ValueError for no values, more
    values than looks, or values outside 0..1.
    """
    values = tuple(p_values_at_looks)
    if not 1 <= len(values) <= len(LOOKS):
        raise ValueError(f"There must be 1 to {len(LOOKS)} p-values, one a look: {len(values)}.")
    if not all(0 <= value <= 1 for value in values):
        raise ValueError(f"A p-value must lie between 0 and 1: {values}.")
    return min(1.0, len(LOOKS) * min(values))


def smallest_detectable(interval: Interval, level: float) -> float:
    """Return the effect beyond the bound that this many seeds would detect with power 0.8.

    In the unit of the differences, for the interval's n and sd; `level` is the claim's one-sided
    level. Normal-theory approximation for a single look at n.
    """
    degrees = interval.n - 1
    reach = upper_quantile(per_look_level(level), degrees) + upper_quantile(1 - POWER, degrees)
    return reach * interval.sd * error_factor(interval.n, interval.overlap)


def seeds_needed(interval: Interval, bound: float, level: float, limit: int = 10_000) -> int | None:
    """Return how many seeds would exclude `bound` if mean and sd stayed as they are.

    The smallest such number from the interval's own n upwards, or None when it would exceed
    `limit`, as it may where the seeds overlap: more resplits are not more data. A forecast to
    print with an inconclusive verdict: beyond the last look the level is not calibrated. Raises
    ValueError for a NaN bound.
    """
    check_bound(bound)
    if interval.n > limit or not excludes(interval, bound, limit, level):
        return None
    fails, holds = interval.n - 1, limit
    while holds - fails > 1:  # the half-width falls with n, so bisect
        middle = (fails + holds) // 2
        if excludes(interval, bound, middle, level):
            holds = middle
        else:
            fails = middle
    return holds


def seeds_range(
    interval: Interval, bound: float, level: float, limit: int = 10_000
) -> tuple[int, int | None] | None:
    """Return between which numbers of seeds `bound` will be excluded in 8 of 10 cases.

    How many seeds it takes depends on an effect that these seeds hardly know, and on the luck of
    those to come. In 1 of 10 cases fewer are enough: as many as it would take if the mean lay 0.6
    standard errors further from the bound; in 1 of 10 more are needed than if it lay 1.3 nearer.
    The upper number is None where it would exceed `limit`, and the result None where the lower
    would.

    Calibrated for effects from 0 to 2.5 deviations, evenly, that 10, 20 or 30 seeds left open.
    Raises ValueError for a NaN bound.
    """
    error = interval.sd * error_factor(interval.n, interval.overlap)
    side = 1 if interval.mean >= bound else -1
    sooner = replace(interval, mean=interval.mean + side * _SOONER * error)
    fewest = seeds_needed(sooner, bound, level, limit)
    if fewest is None:
        return None
    nearer = interval.mean - side * _LATER * error
    if side * (nearer - bound) <= 0:
        return max(fewest, interval.n + 1), None
    most = seeds_needed(replace(interval, mean=nearer), bound, level, limit)
    return max(fewest, interval.n + 1), most


def given_support(interval: Interval, bound: float, level: float) -> float:
    """Return the effect with an allowance for its having been supported: at most the mean.

    A claim about an effect not far from its bound is supported where luck made the effect look
    larger, so the mean of supported effects is too large. Returned is the effect that would exceed
    this mean in half of the cases in which it is supported with these seeds (median-unbiased in the
    conditional distribution: Zhong and Prentice, Biostatistics 9, 2008), by a normal approximation
    for one look, and never less than the bound. For support of "above"; mirror the interval and
    the bound for "below". Raises ValueError unless the mean exceeds the bound.
    """
    check_bound(bound)
    if not interval.mean > bound:
        raise ValueError(f"The mean {interval.mean:g} does not exceed the bound {bound:g}.")
    error = interval.sd * error_factor(interval.n, interval.overlap)
    if error == 0:
        return interval.mean
    seen = (interval.mean - bound) / error
    least = min(upper_quantile(per_look_level(level), interval.n - 1), seen)
    low, high = 0.0, seen  # standard errors above the bound
    for _ in range(50):
        middle = (low + high) / 2
        larger = normal_tail(seen - middle) / normal_tail(least - middle)
        low, high = (middle, high) if larger < 0.5 else (low, middle)
    return bound + low * error


def unseen_failure_share(n: int) -> float:
    """Return the share of failing seeds that `n` clean seeds cannot exclude, with confidence 0.95.

    The exact binomial bound for no failure seen: 45 % after 5 seeds, 9.5 % after 30. Raises
    ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"The number of clean seeds must be at least 1, not {n}.")
    return 1 - math.pow(0.05, 1 / n)

"""The core: paired differences, looks fixed in advance, an interval at each, three verdicts.

The unit is the seed. After 5, 7, 10, 14, 20 and 30 seeds a t interval is computed at a constant
level per look, and sampling stops at the first interval that contains no declared bound. The
constant boundary is Pocock's (Biometrika 64, 1977), calibrated here for Student's t on exactly
these looks; stopping at an earlier cap only lowers the error. A claim is judged against a bound
named beforehand, never against zero plus an estimate that happens to be large.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_scaling.statistics.samples import Samples, finite_samples
from pytest_scaling.statistics.student import upper_quantile, upper_tail
from pytest_scaling.statistics.verdict import Verdict

LOOKS = (5, 7, 10, 14, 20, 30)  # seeds
POWER = 0.8  # chance of detection at the smallest detectable effect
FAMILY_WISE = 0.05  # chance of any wrong verdict in a whole suite, in its strict mode

# One-sided level of a claim, one-sided level per look. Measured at the cap of 30 seeds with
# 333,000,000 one-sided repetitions: 0.00102, 0.00245, 0.00980 and 0.0247, all +- 0.00001.
_PER_LOOK = ((0.001, 0.0002), (0.0025, 0.0005), (0.01, 0.0022), (0.025, 0.0061))


@dataclass(frozen=True)
class Interval:
    """A mean with its limits, in the unit of the differences.

    `sd` is the standard deviation over seeds after flooring, `n` the number of seeds, `overlap` is
    zero unless the seeds are resplits of one data set (see `resplit`). A limit may be infinite
    where the data allow no statement on that side.
    """

    mean: float
    low: float
    high: float
    sd: float
    n: int
    overlap: float = 0.0

    def contains(self, x: float) -> bool:
        """Tell whether `x` lies in the closed interval."""
        return bool(straddles(self.low, self.high, x))

    @property
    def half_width(self) -> float:
        """Half the distance between the limits."""
        return (self.high - self.low) / 2


def strict_level(claims: int) -> float:
    """Return the one-sided level of each of `claims` claims that keeps `FAMILY_WISE` for all.

    A claim is either true or false, so it has one way to be wrong, and the chances add up whatever
    the dependence between claims (Bonferroni). `claims` counts the whole suite, not the part of it
    that is run, so that choosing a part never loosens a verdict. Raises ValueError for claims < 1.
    """
    if claims < 1:
        raise ValueError(f"A suite must have at least 1 claim, not {claims}.")
    return FAMILY_WISE / claims


def per_look_level(level: float) -> float:
    """Return the one-sided level of each look that keeps `level` over all six looks.

    Between two calibrated levels the ratio of the lower one is used, which is the stricter; below
    the lowest the level is shared equally (union bound). Raises ValueError outside (0, 0.5).
    """
    if not 0 < level < 0.5:
        raise ValueError(f"A one-sided level must lie between 0 and 0.5, not {level}.")
    ratio = 1 / len(LOOKS)
    for tabulated, per_look in _PER_LOOK:
        if level == tabulated:
            return per_look
        if level > tabulated:
            ratio = per_look / tabulated
    return level * ratio


def interval_ends(
    means: Samples,
    sds: Samples,
    n: int,
    *,
    lower_level: float,
    upper_level: float,
    overlap: float = 0.0,
) -> tuple[Samples, Samples]:
    """Return the lower and upper limits at a look of `n` seeds, elementwise for any shape.

    Levels are one-sided levels of the claim, overlap as for `paired_interval`. Simulations of the
    level call this function with an array of repetitions, so that they calibrate what runs.
    """
    errors = sds * _error_factor(n, overlap)
    lows = means - upper_quantile(per_look_level(lower_level), n - 1) * errors
    highs = means + upper_quantile(per_look_level(upper_level), n - 1) * errors
    return lows, highs


def straddles(lows: ArrayLike, highs: ArrayLike, bound: float) -> NDArray[np.bool_]:
    """Tell, elementwise, whether the closed interval from `lows` to `highs` contains `bound`."""
    return np.less_equal(lows, bound) & np.greater_equal(highs, bound)


def paired_interval(
    differences: ArrayLike,
    *,
    lower_level: float,
    upper_level: float,
    noise_floor: float = 0.0,
    overlap: float = 0.0,
) -> Interval:
    """Return the interval of the mean difference at one look.

    differences: (n,), one per seed, both arms on the same seed. lower_level, upper_level: the
    one-sided levels of the claim for the two limits; the correction for looking repeatedly is made
    here. noise_floor: the smallest standard deviation to believe, in the unit of the differences.
    overlap: `resplit.overlap` where the seeds are resplits of one data set, else zero.

    Raises ValueError for fewer than two seeds, NaN or infinite differences, or a bad floor or
    overlap.
    """
    mean, sd, n = _moments(differences, noise_floor)
    low, high = interval_ends(
        np.asarray(mean),
        np.asarray(sd),
        n,
        lower_level=lower_level,
        upper_level=upper_level,
        overlap=overlap,
    )
    return Interval(mean=mean, low=float(low), high=float(high), sd=sd, n=n, overlap=overlap)


def noise_floor(discordant: ArrayLike, rows: int) -> float:
    """Return the standard deviation that the test set alone puts into a difference of error rates.

    discordant: (n,), per seed the number of test rows that exactly one of the two arms gets right.
    rows: size of the test set. A count of d rows has a standard error of sqrt(d) rows; the mean
    over seeds is returned as a rate, and never less than one row, 1/rows.

    Raises ValueError for counts outside 0..rows, no seeds, or rows < 1.
    """
    counts = finite_samples(discordant, "Discordant counts")
    if rows < 1 or counts.size == 0 or counts.min() < 0 or counts.max() > rows:
        raise ValueError(f"Discordant counts must lie between 0 and the {rows} test rows.")
    return max(float(np.sqrt(counts).mean()), 1.0) / rows


def judge_above(interval: Interval, bound: float) -> Verdict:
    """Judge "the mean exceeds `bound`". Raises ValueError for a NaN bound."""
    _check_bound(bound)
    if interval.low > bound:
        return Verdict.SUPPORTED
    if interval.high < bound:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def judge_below(interval: Interval, bound: float) -> Verdict:
    """Judge "the mean is less than `bound`". Raises ValueError for a NaN bound."""
    _check_bound(bound)
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
    interval with an infinite limit tells too little to give up. `level` is the claim's.

    Raises ValueError for a NaN bound.
    """
    inside = _inside(interval, bounds)
    if not math.isfinite(interval.half_width):
        return False
    seeds = max(interval.n, last * last // interval.n)
    return not any(_excludes(interval, bound, seeds, level) for bound in inside)


def p_above(
    differences: ArrayLike, bound: float, noise_floor: float = 0.0, overlap: float = 0.0
) -> float:
    """Return the one-sided t p-value of "the mean exceeds `bound`" at one look, unadjusted.

    differences: (n,). noise_floor and overlap as for `paired_interval`. Without any variance it is
    0 or 1, as the interval has no width either.

    Raises ValueError as `paired_interval` does, and for a NaN bound.
    """
    _check_bound(bound)
    mean, sd, n = _moments(differences, noise_floor)
    if sd == 0:
        return 0.0 if mean > bound else 1.0
    return upper_tail((mean - bound) / (sd * _error_factor(n, overlap)), n - 1)


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
    return reach * interval.sd * _error_factor(interval.n, interval.overlap)


def seeds_needed(interval: Interval, bound: float, level: float, limit: int = 10_000) -> int | None:
    """Return how many seeds would exclude `bound` if mean and sd stayed as they are.

    The smallest such number from the interval's own n upwards, or None when it would exceed
    `limit`, as it may where the seeds overlap: more resplits are not more data. A forecast to
    print with an inconclusive verdict: beyond the last look the level is not calibrated. Raises
    ValueError for a NaN bound.
    """
    _check_bound(bound)
    if interval.n > limit or not _excludes(interval, bound, limit, level):
        return None
    fails, holds = interval.n - 1, limit
    while holds - fails > 1:  # the half-width falls with n, so bisect
        middle = (fails + holds) // 2
        if _excludes(interval, bound, middle, level):
            holds = middle
        else:
            fails = middle
    return holds


def unseen_failure_share(n: int) -> float:
    """Return the share of failing seeds that `n` clean seeds cannot exclude, with confidence 0.95.

    The exact binomial bound for no failure seen: 45 % after 5 seeds, 9.5 % after 30. Raises
    ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"The number of clean seeds must be at least 1, not {n}.")
    return 1 - math.pow(0.05, 1 / n)


def _moments(differences: ArrayLike, floor: float) -> tuple[float, float, int]:
    """Return mean, floored standard deviation and number of the differences (n,)."""
    values = finite_samples(differences, "Differences")
    if values.size < 2:
        raise ValueError(f"An interval needs at least 2 seeds, not {values.size}.")
    if not 0 <= floor < math.inf:
        raise ValueError(f"A noise floor must be finite and not negative: {floor}.")
    return float(values.mean()), max(float(values.std(ddof=1)), floor), values.size


def _error_factor(n: int, overlap: float) -> float:
    """Return the standard error of a mean of n seeds, in standard deviations."""
    if not 0 <= overlap < math.inf:
        raise ValueError(f"An overlap must be finite and not negative: {overlap}.")
    return math.sqrt(1 / n + overlap)


def _excludes(interval: Interval, bound: float, n: int, level: float) -> bool:
    """Tell whether n seeds with the mean and sd of `interval` would exclude `bound`."""
    error = interval.sd * _error_factor(n, interval.overlap)
    return abs(interval.mean - bound) > upper_quantile(per_look_level(level), n - 1) * error


def _inside(interval: Interval, bounds: Iterable[float]) -> list[float]:
    """Return the bounds that the interval contains. Raises ValueError for a NaN bound."""
    declared = list(bounds)
    for bound in declared:
        _check_bound(bound)
    return [bound for bound in declared if interval.contains(bound)]


def _check_bound(bound: float) -> None:
    if math.isnan(bound):
        raise ValueError("A bound must be a number, but it is NaN.")

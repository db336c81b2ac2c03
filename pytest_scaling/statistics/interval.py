"""The interval of a difference at one look, and the level of each look.

A difference is paired: both arms on the same seed. Seeds come in looks, and the level of each is
calibrated so that all looks together keep the level of the claim.

The interval is the hull of two: that of the mean by Student's t, and that of the median by order
statistics. So it lies on one side of a bound only where both do. The first is sharp where
differences are about symmetric; the second holds whatever their shape, and a verdict speaks of the
typical seed (docs/explanation/statistics.md has the error rates of both, alone and together).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .samples import Samples, finite_samples
from .student import rank, rate_limits, upper_quantile

LOOKS = (5, 7, 10, 14, 20, 30)  # seeds
FAMILY_WISE = 0.05  # chance of any wrong verdict in a whole suite, in its strict mode

# One-sided level of a claim, one-sided level per look. Measured at the cap of 30 seeds with
# 333,000,000 one-sided repetitions: 0.00102, 0.00245, 0.00980 and 0.0247, all +- 0.00001.
_PER_LOOK = ((0.001, 0.0002), (0.0025, 0.0005), (0.01, 0.0022), (0.025, 0.0061))

# Level of the sign test at a look, in levels of the claim. With 10 seeds one may lie on the other
# side (a chance of 0.0107); with 30 it is stricter, so that the looks from 7 on are all wrong about
# a median in at most 0.0147, 0.0200 and 0.0211 by 10, 20 and 30 seeds at the level 0.01, whatever
# the distribution.
_OF_THE_MEDIAN, _FULL_UP_TO = 1.1, 21  # levels, seeds


@dataclass(frozen=True)
class Interval:
    """A mean with its limits, in the unit of the differences.

    `sd` is the standard deviation over seeds after flooring, `n` the number of seeds, `overlap` is
    zero unless the seeds are resplits of one data set (see `overlap`). A limit may be infinite
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
    """Return the limits of the mean at a look of `n` seeds, elementwise for any shape.

    Levels are one-sided levels of the claim, overlap as for `paired_interval`. Simulations of the
    level call this function with an array of repetitions, so that they calibrate what runs.
    """
    errors = sds * error_factor(n, overlap)
    lows = means - upper_quantile(per_look_level(lower_level), n - 1) * errors
    highs = means + upper_quantile(per_look_level(upper_level), n - 1) * errors
    return lows, highs


def median_rank(n: int, level: float) -> int:
    """Return the k whose k-th smallest and k-th largest of n differences limit their median.

    level: the one-sided level of the claim. With few seeds even the outermost two exceed it (with 7
    seeds both lie on one side of the median in 1 of 64 cases); then they are the limits, k = 1.
    """
    return max(1, rank(n, min(_OF_THE_MEDIAN * level * min(1, _FULL_UP_TO / n), 0.49)))


def median_ends(
    differences: Samples, *, lower_level: float, upper_level: float, overlap: float = 0.0
) -> tuple[Samples, Samples]:
    """Return the limits of the median of differences (..., n), each of shape (...).

    They are order statistics (Thompson, Annals of Mathematical Statistics 7, 1936) and hold
    whatever the shape of the distribution. Seeds that overlap have as much more to say about their
    luck as in the limits of a mean, so the limits move away from the median by the same factor.
    """
    n = differences.shape[-1]
    ordered = np.sort(differences, axis=-1)
    middle = np.median(ordered, axis=-1)
    wider = math.sqrt(1 + n * overlap)
    lows = middle + (ordered[..., median_rank(n, lower_level) - 1] - middle) * wider
    highs = middle + (ordered[..., n - median_rank(n, upper_level)] - middle) * wider
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
    median: bool = True,
) -> Interval:
    """Return the interval of the difference at one look.

    differences: (n,), one per seed, both arms on the same seed. lower_level, upper_level: the
    one-sided levels of the claim for the two limits; the correction for looking repeatedly is made
    here. noise_floor: the smallest standard deviation to accept, in the unit of the differences.
    overlap: what `overlap` returns where the seeds are resplits of one data set, else zero.
    median: whether the limits enclose those of the median, too; no where the differences are what
    seeds contribute to one estimate and only their mean is a measurement.

    Raises ValueError for fewer than two seeds, NaN or infinite differences, or a bad floor or
    overlap.
    """
    mean, sd, n = moments(differences, noise_floor)
    low, high = interval_ends(
        np.asarray(mean),
        np.asarray(sd),
        n,
        lower_level=lower_level,
        upper_level=upper_level,
        overlap=overlap,
    )
    if median:
        values = finite_samples(differences, "Differences")
        least, most = median_ends(
            values, lower_level=lower_level, upper_level=upper_level, overlap=overlap
        )
        low, high = np.minimum(low, least), np.maximum(high, most)
    return Interval(mean=mean, low=float(low), high=float(high), sd=sd, n=n, overlap=overlap)


def binary_interval(differences: ArrayLike, level: float) -> Interval:
    """Return the interval of the mean of differences (n,), each -1, 0 or 1, at one look.

    They are of two metrics that are 0 or 1, as failure and success are. Such differences have no
    bell shape, and five successes in a row have no spread at all. So the rates at which one arm
    alone succeeds are bounded exactly (Clopper and Pearson, Biometrika 26, 1934), each at half the
    level (Bonferroni); the difference of the two rates is the mean difference.

    level: the one-sided level of the claim for both limits; the correction for looking repeatedly
    is made here. Raises ValueError for other values, or fewer than two.
    """
    values = finite_samples(differences, "Differences")
    if values.size < 2 or not np.isin(values, (-1, 0, 1)).all():
        raise ValueError("Differences of binary metrics must be at least 2 of -1, 0 and 1.")
    n, tail = values.size, per_look_level(level) / 2
    more, fewer = (rate_limits(int((values == sign).sum()), n, tail) for sign in (1, -1))
    return Interval(
        mean=float(values.mean()),
        low=more[0] - fewer[1],
        high=more[1] - fewer[0],
        sd=max(float(values.std(ddof=1)), binary_floor(n)),
        n=n,
    )


def rate_interval(outcomes: ArrayLike, level: float) -> Interval:
    """Return the exact interval of a rate (Clopper and Pearson, Biometrika 26, 1934) at one look.

    outcomes: (n,), each 0 or 1. level: the one-sided level of the claim for both limits; the
    correction for looking repeatedly is made here. Raises ValueError for other values, or fewer
    than two.
    """
    values = finite_samples(outcomes, "Outcomes")
    if values.size < 2 or not np.isin(values, (0, 1)).all():
        raise ValueError("Outcomes must be at least 2 of 0 and 1.")
    n = values.size
    low, high = rate_limits(int(values.sum()), n, per_look_level(level))
    sd = max(float(values.std(ddof=1)), binary_floor(n))
    return Interval(mean=float(values.mean()), low=low, high=high, sd=sd, n=n)


def binary_floor(n: int) -> float:
    """Return the smallest standard deviation to accept of n differences of binary metrics.

    It is what one more seed with another outcome would put into them: that none of n had one is
    no certainty. It enters forecasts and p-values; the interval is exact without it.
    """
    return math.sqrt(1 / (n + 1))


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


def overlap(test_rows: int, train_rows: int) -> float:
    """Return what resplitting adds to 1/n in the variance of a mean, in squared deviations.

    Seeds that divide one finite data set anew share rows, so they are not independent. The mean
    over resplits does not converge to that of the population, however many there are: it keeps the
    luck of the data set. Nadeau and Bengio (Machine Learning 52, 2003) estimate its variance as
    (1/n + test rows / training rows) s^2 instead of s^2 / n; the second term is the overlap. The
    evidence remains that of one data set, with an interval as wide as its luck may be.

    test_rows: size of each test part. train_rows: all the other rows of the data set, also where a
    learner trains on fewer of them: what the seeds share is mostly their test rows, and the size
    of the training set is not what limits them.

    Raises ValueError for a number of rows below 1.
    """
    for rows, part in ((test_rows, "test"), (train_rows, "training")):
        if not 1 <= rows < math.inf:
            raise ValueError(f"The {part} part of a resplit needs at least 1 row, not {rows}.")
    return test_rows / train_rows


def moments(differences: ArrayLike, floor: float) -> tuple[float, float, int]:
    """Return mean, floored standard deviation and number of the differences (n,)."""
    values = finite_samples(differences, "Differences")
    if values.size < 2:
        raise ValueError(f"An interval needs at least 2 seeds, not {values.size}.")
    if not 0 <= floor < math.inf:
        raise ValueError(f"A noise floor must be finite and not negative: {floor}.")
    return float(values.mean()), max(float(values.std(ddof=1)), floor), values.size


def error_factor(n: int, overlap: float) -> float:
    """Return the standard error of a mean of n seeds, in standard deviations."""
    if not 0 <= overlap < math.inf:
        raise ValueError(f"An overlap must be finite and not negative: {overlap}.")
    return math.sqrt(1 / n + overlap)


def excludes(interval: Interval, bound: float, n: int, level: float) -> bool:
    """Tell whether n seeds with the mean and sd of `interval` would exclude `bound`."""
    error = interval.sd * error_factor(n, interval.overlap)
    return abs(interval.mean - bound) > upper_quantile(per_look_level(level), n - 1) * error

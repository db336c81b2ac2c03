"""Ratios of times: the median of paired log ratios, with an interval by order statistics.

Times are skewed, drift, and are disturbed by whatever else a machine does, so neither a mean nor
Student's t is to be trusted. Here the two sides take turns within short blocks (A B B A, so that a
linear drift cancels), every block gives one log ratio, and the median over the blocks is judged by
inverting the sign test: the k-th smallest and the k-th largest value are limits of the median
whose errors follow from the binomial distribution alone (Thompson, Annals of Mathematical
Statistics 7, 1936; Conover, Practical Nonparametric Statistics, section 3.2). They assume that
blocks are independent with a common median, and nothing about the shape of the noise.

The number of blocks is fixed beforehand and there is one look, so levels need no correction.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from .interval import Interval
from .power import POWER
from .student import lower_tail, rank

BLOCKS = 15  # the limits are then the 3rd smallest and the 3rd largest at a level of 0.01


def median_interval(
    samples: Sequence[float], *, lower_level: float, upper_level: float
) -> Interval:
    """Return the interval of the median at one-sided levels; `mean` of the result is the median.

    samples: (n,) log ratios, one per block. A limit is infinite where n is too small for its
    level. Raises ValueError where a sample is not finite, or there is none.
    """
    if not all(map(math.isfinite, samples)):
        raise ValueError(f"Log ratios must be finite, not {list(samples)}.")
    n, ordered = len(samples), sorted(samples)
    low, high = rank(n, lower_level), rank(n, upper_level)
    return Interval(
        mean=statistics.median(ordered),
        low=ordered[low - 1] if low else -math.inf,
        high=ordered[n - high] if high else math.inf,
        sd=statistics.stdev(ordered) if n > 1 else 0.0,
        n=n,
    )


def sign_p(samples: Sequence[float], bound: float) -> float:
    """Return the one-sided p-value of the sign test that the median lies above the bound.

    A sample that equals the bound speaks against it.
    """
    below = sum(sample <= bound for sample in samples)
    return lower_tail(below, len(samples))


def smallest_detectable(sd: float, n: int, level: float, power: float = POWER) -> float:
    """Return the distance from a bound at which `power` of runs of n blocks would decide.

    Assumes normal noise of standard deviation sd, as nothing better is known; infinite where n is
    too small for the level.
    """
    k = rank(n, level)
    if k == 0:
        return math.inf
    low, high = 0.5, 1.0  # the share of blocks beyond the bound that gives this power
    for _ in range(50):
        share = (low + high) / 2
        low, high = (share, high) if lower_tail(k - 1, n, 1 - share) < power else (low, share)
    return statistics.NormalDist().inv_cdf(min(high, 1 - 1e-12)) * sd

"""Student's t, the normal and the binomial distribution; scipy is imported on first use."""

from __future__ import annotations

import math
from functools import cache


def upper_quantile(tail: float, degrees: float) -> float:
    """Return the t value that `tail` of the distribution with `degrees` freedom lies above.

    Computed from the lower tail and mirrored: 1 - tail would lose digits for small tails.
    """
    from scipy.special import stdtrit

    return -float(stdtrit(degrees, tail))


def upper_tail(t: float, degrees: float) -> float:
    """Return the probability that Student's t with `degrees` freedom exceeds `t`."""
    from scipy.special import stdtr

    return float(stdtr(degrees, -t))


def normal_tail(z: float) -> float:
    """Return the probability that a standard normal exceeds `z`."""
    return math.erfc(z / math.sqrt(2)) / 2


def rate_limits(count: int, n: int, tail: float) -> tuple[float, float]:
    """Return the limits of a rate seen `count` times of n, each wrong in at most `tail`."""
    from scipy.special import betaincinv

    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return low, high


def lower_tail(k: int, n: int, p: float = 0.5) -> float:
    """Return P(X <= k) for X binomial with n trials of chance p."""
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@cache
def rank(n: int, level: float) -> int:
    """Return the k whose k-th smallest of n values exceeds the median in at most `level` of cases.

    The largest such k; 0 where even the smallest value does so more often. Raises ValueError for
    n < 1 or a level outside (0, 0.5).
    """
    if n < 1:
        raise ValueError(f"An interval needs at least 1 value, not {n}.")
    if not 0 < level < 0.5:
        raise ValueError(f"A one-sided level must lie between 0 and 0.5, not {level}.")
    return next(k for k in range(n, -1, -1) if lower_tail(k - 1, n) <= level)

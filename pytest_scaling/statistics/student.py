"""Student's t and the binomial distribution; scipy, which they need, is imported on first use."""

from __future__ import annotations


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


def rate_limits(count: int, n: int, tail: float) -> tuple[float, float]:
    """Return the limits of a rate seen `count` times of n, each wrong in at most `tail`."""
    from scipy.special import betaincinv

    low = float(betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, n - count, 1 - tail)) if count < n else 1.0
    return low, high

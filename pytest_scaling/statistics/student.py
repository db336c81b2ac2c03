"""Student's t distribution, the only place that needs scipy; it is imported on the first call."""

from __future__ import annotations


def upper_quantile(tail: float, degrees: float) -> float:
    """Return the t value that `tail` of the distribution with `degrees` freedom lies above.

    Computed from the lower tail and mirrored: 1 - tail would lose digits for small tails.
    """
    from scipy.special import stdtrit

    return -float(stdtrit(degrees, tail))


def upper_tail(t: float, degrees: int) -> float:
    """Return the probability that Student's t with `degrees` freedom exceeds `t`."""
    from scipy.special import stdtr

    return float(stdtr(degrees, -t))

"""Paired rates: how much more often one of two runs succeeds, where every score is 0 or 1."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """In how many of `units` one of two runs alone succeeded."""

    more: int  # the second run alone
    fewer: int  # the first run alone
    units: int

    def limits(
        self, difference: float, error: float, clusters: int, reach: float
    ) -> tuple[float, float]:
        """The score limits of the difference of rates (Tango, Statistics in Medicine 17, 1998).

        difference, error: of the rates, and its clustered standard error. reach: in standard
        errors. Counts are divided by the design effect first, as Rao and Scott do (Biometrics 48,
        1992): by how many times the clusters enlarge the variance. Where no unit differs, a cluster
        counts as one.
        """
        spread = (self.more + self.fewer) / self.units - difference**2
        effect = error**2 * self.units / spread if spread > 0 else self.units / clusters
        more, fewer, n = (each / max(effect, 1.0) for each in (self.more, self.fewer, self.units))
        return -score_limit(fewer, more, n, reach), score_limit(more, fewer, n, reach)


def score_limit(more: float, fewer: float, n: float, reach: float) -> float:
    """Return the largest difference of rates whose score statistic is at least -reach."""
    low, high = (more - fewer) / n, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if more - fewer - n * middle < -reach * score_error(more, fewer, n, middle):
            high = middle
        else:
            low = middle
    return high


def score_error(more: float, fewer: float, n: float, difference: float) -> float:
    """Return the standard deviation of `more - fewer` where the rates differ by `difference`."""
    linear = (2 * n - more + fewer) * difference - more - fewer
    constant = -fewer * difference * (1 - difference)
    rate = (math.sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    return math.sqrt(max(n * (2 * rate + difference * (1 - difference)), 0.0))

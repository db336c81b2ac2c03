"""The mean of scores that belong together in clusters, as the questions about one document do.

Units of a cluster are alike, so they are fewer than they seem. The standard error is the jackknife
over clusters, CV3 in MacKinnon, Nielsen and Webb (Journal of Econometrics 232, 2023): of the usual
cluster-robust forms the one that errs least where clusters are few or unequal. The degrees of
freedom are those of Bell and McCaffrey (Survey Methodology 28, 2002) for independent units, or for
clusters whose units are all alike, whichever are fewer: Cameron and Miller (Journal of Human
Resources 50, 2015) say why clusters less one are too many. With every unit a cluster of its own
this is Student's t interval. Miller ("Adding Error Bars to Evals", 2024) has the case for it where
language models are compared.

There is one look, so levels need no correction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from ..interval import Interval
from ..power import POWER
from ..samples import Samples, finite_samples
from ..student import upper_quantile, upper_tail
from .rates import Rates

MOST_NEEDED = 1_000_000  # clusters: a forecast beyond is of no use


@dataclass(frozen=True)
class ClusteredMean:
    """A mean over all units: its standard error, degrees of freedom, and numbers of both kinds."""

    mean: float
    error: float
    degrees: float
    clusters: int
    units: int


def clustered_mean(means: ArrayLike, sizes: ArrayLike) -> ClusteredMean:
    """Return the mean over the units of all clusters.

    means: (G,), the mean of each cluster. sizes: (G,), its number of units. Raises ValueError for
    fewer than two clusters, means that are not finite, or a cluster without units.
    """
    values, counts = finite_samples(means, "Cluster means"), finite_samples(sizes, "Cluster sizes")
    if values.size < 2 or values.shape != counts.shape or counts.min() < 1:
        raise ValueError("An interval needs at least 2 clusters, each with a unit.")
    share = counts / counts.sum()
    mean = float((share * values).sum())
    without = share * (values - mean) / (1 - share)  # how far the mean moves without each cluster
    error = math.sqrt((1 - 1 / values.size) * float((without**2).sum()))
    degrees = min(degrees_of_freedom(share, counts), degrees_of_freedom(share, counts**2))
    return ClusteredMean(mean, error, degrees, values.size, int(counts.sum()))


def degrees_of_freedom(share: Samples, variances: Samples) -> float:
    """Return Satterthwaite's degrees of freedom of the jackknife; never more than clusters less 1.

    share: (G,), of all units. variances: (G,), of the sum of each cluster, up to a factor. The
    residuals of the clusters are linear in these sums, so the jackknife is a quadratic form with a
    matrix that is a diagonal plus x z' - y x'; only sums over clusters are needed.
    """
    weight = 1 / (1 - share)
    x, y = weight * share, weight * variances
    z = variances.sum() * x - y
    diagonal = weight**2 * variances
    trace = float(diagonal.sum() + x @ z - x @ y)
    square = (
        diagonal @ diagonal
        + 2 * diagonal @ (x * z - x * y)
        + (x @ x) * (z @ z)
        + (y @ y) * (x @ x)
        - 2 * (x @ y) * (z @ x)
    )
    return min(trace**2 / float(square), share.size - 1.0)


def cluster_interval(of: ClusteredMean, level: float, rates: Rates | None = None) -> Interval:
    """Return the interval of a clustered mean at a one-sided level; `n` is the number of clusters.

    rates: where every score is 0 or 1. Few successes make the t interval too narrow, so it is then
    widened to the score interval of paired rates. Raises ValueError for a level outside (0, 0.5).
    """
    if not 0 < level < 0.5:
        raise ValueError(f"A one-sided level must lie between 0 and 0.5, not {level}.")
    reach = upper_quantile(level, of.degrees)
    low, high = of.mean - reach * of.error, of.mean + reach * of.error
    if rates is not None:
        least, most = rates.limits(of.mean, of.error, of.clusters, reach)
        low, high = min(low, least), max(high, most)
    return Interval(of.mean, low, high, of.error * math.sqrt(of.clusters), of.clusters)


def alike_interval(of: ClusteredMean, level: float, spread: float) -> Interval:
    """Return the interval of differences that are all the same.

    So many clusters without exception leave open that a share of 1 - level^(1/G) of them differs,
    by `spread` at most: the distance from the least score to the greatest.
    """
    reach = spread * -math.expm1(math.log(level) / of.clusters)
    return Interval(of.mean, of.mean - reach, of.mean + reach, 0.0, of.clusters)


def p_above(of: ClusteredMean, bound: float) -> float:
    """Return the one-sided p-value of "the mean exceeds `bound`"; 0 or 1 without any variance."""
    if of.error == 0:
        return 0.0 if of.mean > bound else 1.0
    return upper_tail((of.mean - bound) / of.error, of.degrees)


def smallest_detectable(of: ClusteredMean, interval: Interval, level: float) -> float:
    """Return the effect beyond the bound that so many clusters would detect with power 0.8."""
    reach = upper_quantile(level, of.degrees)
    return interval.half_width * (reach + upper_quantile(1 - POWER, of.degrees)) / reach


def clusters_needed(interval: Interval, bound: float) -> int | None:
    """Return how many such clusters would exclude `bound` if mean and spread stayed as they are.

    None where they would be more than MOST_NEEDED.
    """
    above = interval.mean > bound
    reach = interval.mean - interval.low if above else interval.high - interval.mean
    distance = abs(interval.mean - bound)
    if distance * math.sqrt(MOST_NEEDED) <= reach * math.sqrt(interval.n):
        return None
    return max(math.ceil(interval.n * (reach / distance) ** 2), interval.n + 1)

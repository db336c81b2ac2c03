"""Means over clusters: the degrees of freedom, the limits, and the level with planted clusters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from pytest_scaling.statistics.clusters.mean import (
    alike_interval,
    cluster_interval,
    clustered_mean,
    clusters_needed,
    degrees_of_freedom,
    smallest_detectable,
)
from pytest_scaling.statistics.clusters.rates import Rates, score_limit
from pytest_scaling.statistics.student import upper_quantile

LEVEL = 0.01


def test_units_that_are_their_own_clusters_have_students_interval():
    values = np.random.default_rng(0).normal(size=9)
    mean = clustered_mean(values, np.ones(9))
    interval = cluster_interval(mean, LEVEL)
    half = upper_quantile(LEVEL, 8) * values.std(ddof=1) / 3
    assert mean.degrees == pytest.approx(8)
    assert (interval.low, interval.high) == pytest.approx(
        (values.mean() - half, values.mean() + half)
    )


def test_the_standard_error_is_the_jackknife_over_clusters():
    rng = np.random.default_rng(1)
    means, sizes = rng.normal(size=6), np.array([1, 2, 3, 10, 20, 5])
    left_out = [
        np.average(np.delete(means, each), weights=np.delete(sizes, each)) for each in range(6)
    ]
    expected = math.sqrt(5 / 6 * np.square(left_out - np.average(means, weights=sizes)).sum())
    assert clustered_mean(means, sizes).error == pytest.approx(expected)


@pytest.mark.parametrize("power", [1, 2], ids=["independent units", "units all alike"])
def test_the_degrees_of_freedom_are_those_of_the_whole_matrix(power):
    sizes = np.random.default_rng(2).integers(1, 30, 12).astype(float)
    share, variances = sizes / sizes.sum(), sizes**power
    residuals = np.diag(1 / (1 - share)) @ (np.eye(12) - np.outer(share, np.ones(12)))
    matrix = residuals @ np.diag(variances) @ residuals.T
    expected = np.trace(matrix) ** 2 / np.trace(matrix @ matrix)
    assert degrees_of_freedom(share, variances) == pytest.approx(expected)


def test_one_large_cluster_leaves_few_degrees_of_freedom():
    assert clustered_mean(np.arange(40.0), [200] + [5] * 39).degrees < 1.1


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_score_limits_are_near_the_exact_ones(count):
    """The largest rate at which so few successes of 1,000 still have a chance of LEVEL."""
    limit = score_limit(count, 0, 1_000, norm.isf(LEVEL))
    assert 0.3 * LEVEL < binom.cdf(count, 1_000, limit) < 1.2 * LEVEL


def test_scores_without_any_difference_leave_a_difference_open():
    mean = clustered_mean(np.zeros(50), np.ones(50))
    interval = cluster_interval(mean, LEVEL, Rates(0, 0, 50))
    assert interval.high > 0.09
    assert interval.low == pytest.approx(-interval.high)
    assert alike_interval(mean, LEVEL, spread=2.0).high == pytest.approx(
        2 * (1 - LEVEL ** (1 / 50))
    )


def drawn(rng, sizes, alike, rate, lead):
    """Differences of two runs that succeed at `rate` and `rate + lead`, alike within clusters."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    common = math.sqrt(alike) * rng.normal(size=(2, len(sizes)))[:, of]
    hidden = common + math.sqrt(1 - alike) * rng.normal(size=(2, of.size))
    first, second = hidden < norm.ppf([[rate], [rate + lead]])
    return second.astype(float) - first, of


def errors(sizes, alike, lead, *, clustered=True, runs=400):
    """How often the interval misses the planted lead, below and above."""
    rng = np.random.default_rng(3)
    low = high = 0
    for _ in range(runs):
        differences, of = drawn(rng, sizes, alike, 0.7, lead)
        if clustered:
            mean = clustered_mean(np.bincount(of, differences) / sizes, sizes)
        else:
            mean = clustered_mean(differences, np.ones(of.size))
        rates = Rates(int((differences > 0).sum()), int((differences < 0).sum()), of.size)
        interval = cluster_interval(mean, LEVEL, rates)
        low, high = low + (interval.low > lead), high + (interval.high < lead)
    return low, high


@pytest.mark.parametrize("lead", [0.0, 0.1])
@pytest.mark.parametrize("alike", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("sizes", [[10] * 20, [1] * 200, [40, 20, 10, 5, 5, 3, 2, 1]], ids=len)
def test_the_level_is_kept(sizes, alike, lead):
    most = binom.isf(1e-4, 400, LEVEL)  # errors that a level that is kept exceeds in 1 of 10,000
    assert max(errors(np.array(sizes), alike, lead)) <= most


def test_units_that_are_taken_for_independent_break_the_level():
    assert sum(errors(np.array([10] * 20), 0.9, 0.0, clustered=False)) > 80


def test_what_would_decide_decides():
    """As many clusters as are said to be needed, with the same mean and spread, exclude a bound."""
    values = np.random.default_rng(4).normal(size=200)
    values += 0.05 - values.mean()
    interval = cluster_interval(clustered_mean(values, np.ones(200)), LEVEL)
    needed = clusters_needed(interval, 0.0)
    again = np.resize(values, 200 * (needed // 200 + 1))
    assert cluster_interval(clustered_mean(again, np.ones(again.size)), LEVEL).low > 0
    fewer = np.resize(values, 200 * (needed // 200 - 1))
    assert cluster_interval(clustered_mean(fewer, np.ones(fewer.size)), LEVEL).low < 0


def test_the_smallest_detectable_effect_is_found_in_four_of_five_runs():
    rng = np.random.default_rng(5)
    first = clustered_mean(rng.normal(size=100), np.ones(100))
    effect = smallest_detectable(first, cluster_interval(first, LEVEL), LEVEL)
    effect /= first.error * 10  # for a standard deviation of one
    found = [
        cluster_interval(clustered_mean(rng.normal(effect, 1, 100), np.ones(100)), LEVEL).low > 0
        for _ in range(400)
    ]
    assert 0.72 < np.mean(found) < 0.88


@pytest.mark.parametrize(
    ("means", "sizes"), [([1.0], [1]), ([1.0, 2.0], [1, 0]), ([1.0, math.nan], [1, 1])]
)
def test_what_has_no_interval_is_refused(means, sizes):
    with pytest.raises(ValueError, match=r"at least 2 clusters|NaN"):
        clustered_mean(means, sizes)

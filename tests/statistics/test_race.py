"""Races with runs that never arrive."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import paired_interval
from pytest_scaling.statistics.power import seeds_needed
from pytest_scaling.statistics.race import CENSORED_SCORE, log_ratio, race_interval
from pytest_scaling.statistics.verdict import Verdict, decided, judge_above, judge_below

CAP = 1000.0  # steps
BOTH = {"lower_level": 0.01, "upper_level": 0.01}


def test_a_race_without_censoring_is_the_log_ratio_of_steps():
    samples = log_ratio([100, 200], [10, 50], CAP)
    np.testing.assert_allclose(samples.support, np.log([10, 4]))
    np.testing.assert_allclose(samples.refute, samples.support)
    assert (samples.censored_slow, samples.censored_fast) == (0, 0)
    assert not samples.refutation_blocked


def test_a_run_that_arrives_at_the_cap_has_arrived():
    samples = log_ratio([CAP], [CAP], CAP)
    assert (samples.censored_slow, samples.censored_fast) == (0, 0)
    assert samples.support[0] == 0


@pytest.mark.parametrize("late", [CAP + 1, math.inf])
def test_a_fast_arm_that_never_arrives_counts_four_caps_against_support(late):
    samples = log_ratio([500, 500], [late, 50], CAP)
    np.testing.assert_allclose(samples.support, np.log([500 / (CENSORED_SCORE * CAP), 10]))
    np.testing.assert_allclose(samples.refute, np.log([500 / CAP, 10]))
    assert (samples.censored_fast, samples.refutation_blocked) == (1, False)


@pytest.mark.parametrize("late", [CAP + 1, math.inf])
def test_a_slow_arm_that_never_arrives_counts_the_cap_and_blocks_refutation(late):
    samples = log_ratio([late, 500], [100, 50], CAP)
    np.testing.assert_allclose(samples.support, np.log([10, 10]))
    assert (samples.censored_slow, samples.refutation_blocked) == (1, True)


def test_a_race_is_not_refuted_while_a_slow_run_is_censored():
    slow, fast = np.full(10, 100.0), np.array([400.0, 500.0] * 5)
    assert judge_above(race_interval(log_ratio(slow, fast, CAP), **BOTH), 0) is Verdict.REFUTED
    slow[3] = math.inf
    interval = race_interval(log_ratio(slow, fast, CAP), **BOTH)
    assert interval.high == math.inf
    assert judge_above(interval, 0) is Verdict.INCONCLUSIVE
    assert judge_below(interval, 0) is Verdict.INCONCLUSIVE
    assert not decided(interval, (0.0,))


def test_a_race_is_supported_although_no_slow_run_arrives():
    fast = np.array([90.0, 100, 110, 95, 105])
    interval = race_interval(log_ratio(np.full(5, math.inf), fast, CAP), **BOTH)
    assert judge_above(interval, math.log(5)) is Verdict.SUPPORTED
    assert decided(interval, (math.log(5),))
    assert seeds_needed(interval, math.log(5), 0.01) == 5


def test_the_limits_come_from_the_scorings_that_are_safe():
    slow, fast = np.array([800.0, 700, 900, 750, 820]), np.array([500.0, 400, math.inf, 600, 450])
    samples = log_ratio(slow, fast, CAP)
    interval = race_interval(samples, **BOTH)
    assert interval.low == paired_interval(samples.support, **BOTH).low
    assert interval.high == paired_interval(samples.refute, **BOTH).high
    assert interval.mean == pytest.approx(samples.support.mean())
    assert interval.low < interval.mean < interval.high


def test_a_race_on_a_coarse_grid_of_steps_is_not_certain():
    samples = log_ratio([100] * 5, [90] * 5, CAP)
    assert judge_above(race_interval(samples, **BOTH), 0.0) is Verdict.SUPPORTED
    coarse = race_interval(samples, noise_floor=0.1, **BOTH)
    assert judge_above(coarse, 0.0) is Verdict.INCONCLUSIVE


def equal_typical_times(seed, repetitions=20_000):
    """Two arms with the same mean log time; the arm called fast varies, and often never arrives."""
    random = np.random.default_rng(seed)
    centre = math.log(0.8 * CAP)
    slow = np.exp(random.normal(centre, 0.05, (repetitions, 30)))
    fast = np.exp(random.normal(centre, 0.8, (repetitions, 30)))
    return slow, fast


def test_censored_times_taken_at_the_cap_support_false_claims_and_four_caps_do_not(
    until_decided, at_most
):
    slow, fast = equal_typical_times(seed=61)
    samples = log_ratio(slow.ravel(), fast.ravel(), CAP)
    naive, ours = (
        np.mean(until_decided(scores.reshape(slow.shape)).low > 0)
        for scores in (samples.refute, samples.support)
    )
    assert naive > 3 * at_most(0.01)
    assert ours <= at_most(0.01)


def test_a_slow_arm_taken_at_the_cap_would_refute_true_claims(until_decided, at_most):
    fast, slow = equal_typical_times(seed=62)
    samples = log_ratio(slow.ravel(), fast.ravel(), CAP)
    unblocked = np.mean(until_decided(samples.refute.reshape(slow.shape)).high < 0)
    assert unblocked > 3 * at_most(0.01)
    refuted = 0
    for i in range(300):
        race = race_interval(log_ratio(slow[i], fast[i], CAP), **BOTH)
        refuted += judge_above(race, 0.0) is Verdict.REFUTED
    assert refuted / 300 <= at_most(0.01, 300)


def test_dropping_censored_seeds_shrinks_the_ratio():
    random = np.random.default_rng(63)
    fast = 0.2 * CAP * np.exp(random.normal(0, 0.8, 5000))
    slow = 10 * 0.2 * CAP * np.exp(random.normal(0, 0.8, 5000))
    arrived = slow <= CAP
    dropped = log_ratio(slow[arrived], fast[arrived], CAP)
    uncapped = log_ratio(slow, fast, 1e9)
    assert math.exp(uncapped.support.mean()) == pytest.approx(10, rel=0.1)
    assert math.exp(dropped.refute.mean()) < 4


@pytest.mark.parametrize(
    ("slow", "fast", "cap", "reason"),
    [
        ([math.nan, 1], [1, 1], 10, "infinity, not NaN"),
        ([1, 1], [0, 1], 10, "fast arm must be positive"),
        ([1, 1], [1], 10, "paired by seed"),
        ([[1, 1]], [1, 1], 10, "1 axis"),
        ([1, 1], [1, 1], math.inf, "cap of a race"),
        ([1, 1], [1, 1], 0, "cap of a race"),
        ([1, 1], [1, 1], math.nan, "cap of a race"),
    ],
)
def test_steps_that_are_no_race_are_refused(slow, fast, cap, reason):
    with pytest.raises(ValueError, match=reason):
        log_ratio(slow, fast, cap)

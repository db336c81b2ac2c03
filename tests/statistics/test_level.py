"""The error rates of verdicts stay at their level, however sampling is cut short."""

import numpy as np
import pytest

from pytest_scaling.statistics.interval import LOOKS, noise_floor, paired_interval, per_look_level
from pytest_scaling.statistics.student import upper_quantile
from pytest_scaling.statistics.verdict import Verdict, decided, judge_above, judge_equivalent

LEVELS = [0.025, 0.01, 0.005, 0.0025, 0.001]  # 0.005 is interpolated, the others are tabulated


@pytest.mark.parametrize("cap", [10, 20, 30])
@pytest.mark.parametrize("level", LEVELS)
def test_a_mean_on_the_bound_is_called_either_way_at_most_at_the_level(
    level, cap, until_decided, normal, at_most
):
    stopped = until_decided(normal(0, seed=cap), level=level, cap=cap)
    assert np.mean(stopped.low > 0) <= at_most(level)
    assert np.mean(stopped.high < 0) <= at_most(level)


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_is_used_and_not_wasted(level, until_decided, normal):
    stopped = until_decided(normal(0, seed=1), level=level)
    wrong = np.mean(stopped.low > 0) + np.mean(stopped.high < 0)
    assert wrong >= 1.2 * level  # both sides together, 2 levels at most


def test_looking_six_times_without_correction_breaks_the_level(normal, at_most):
    differences = normal(0, seed=2)
    wrong = np.zeros(len(differences), dtype=bool)
    for n in LOOKS:
        seen = differences[:, :n]
        t = seen.mean(axis=1) / seen.std(axis=1, ddof=1) * np.sqrt(n)
        wrong |= t > upper_quantile(0.01, n - 1)
    assert wrong.mean() > 2 * at_most(0.01)


@pytest.mark.parametrize("mean", [0.0, 0.5, 1.0, 3.0])
def test_the_interval_where_sampling_stopped_covers_the_mean(mean, until_decided, normal, at_most):
    stopped = until_decided(normal(mean, seed=3), bounds=(0.0,))
    assert np.mean((stopped.low > mean) | (stopped.high < mean)) <= at_most(0.02)


@pytest.mark.parametrize("cap", [10, 20, 30])
@pytest.mark.parametrize("level", [0.01, 0.0025])
@pytest.mark.parametrize("bound", [0.4, 1.0, 3.0])
def test_a_difference_as_large_as_the_equivalence_bound_is_called_equivalent_at_most_at_the_level(
    bound, level, cap, until_decided, normal, at_most
):
    stopped = until_decided(normal(bound, seed=4), bounds=(-bound, bound), level=level, cap=cap)
    assert np.mean((stopped.low > -bound) & (stopped.high < bound)) <= at_most(level)
    assert np.mean((stopped.low > bound) | (stopped.high < -bound)) <= at_most(level)


def test_the_level_of_an_equivalence_is_used_and_not_wasted(until_decided, normal):
    stopped = until_decided(normal(3.0, seed=4), bounds=(-3.0, 3.0))
    assert np.mean((stopped.low > -3.0) & (stopped.high < 3.0)) > 0.006
    assert np.mean((stopped.low > 3.0) | (stopped.high < -3.0)) > 0.006


def test_equal_arms_are_found_equivalent_within_two_deviations_by_ten_seeds(until_decided, normal):
    stopped = until_decided(normal(0, seed=8), bounds=(-2.0, 2.0), cap=10)
    assert np.mean((stopped.low > -2.0) & (stopped.high < 2.0)) > 0.9


def test_no_difference_is_refuted_as_equivalent_at_most_at_both_levels_for_any_bound(
    until_decided, normal, at_most
):
    tiny = 1e-6
    stopped = until_decided(normal(0, seed=5), bounds=(-tiny, tiny))
    refuted = np.mean((stopped.low > tiny) | (stopped.high < -tiny))
    assert 0.012 < refuted <= at_most(0.02)


def test_the_simulation_takes_the_decisions_that_a_claim_would_take(until_decided, normal):
    differences = normal(0.9, seed=6, repetitions=200)
    stopped = until_decided(differences, bounds=(0.5, -0.5), median=True)
    for i, samples in enumerate(differences):
        for n in LOOKS:
            interval = paired_interval(samples[:n], lower_level=0.01, upper_level=0.01)
            if decided(interval, (0.5, -0.5)):
                break
        assert (interval.n, interval.low) == (stopped.seeds[i], pytest.approx(stopped.low[i]))
        assert (judge_above(interval, 0.5) is Verdict.SUPPORTED) == (stopped.low[i] > 0.5)
        assert (judge_above(interval, 0.5) is Verdict.REFUTED) == (stopped.high[i] < 0.5)
        inside = -0.5 < stopped.low[i] and stopped.high[i] < 0.5
        assert (judge_equivalent(interval, 0.5) is Verdict.SUPPORTED) == inside


@pytest.mark.bench
@pytest.mark.parametrize(("rows", "discordant_share"), [(1000, 0.05), (100, 0.03), (50, 0.005)])
def test_two_equal_arms_are_told_apart_at_most_at_the_level(rows, discordant_share, at_most):
    repetitions = 2000
    random = np.random.default_rng(7)
    discordant = random.binomial(rows, discordant_share, (repetitions, LOOKS[-1]))
    first_wins = random.binomial(discordant, 0.5)
    differences = (2 * first_wins - discordant) / rows
    verdicts = []
    for gaps, counts in zip(differences, discordant, strict=True):
        for n in LOOKS:
            floor = noise_floor(counts[:n], rows)
            interval = paired_interval(
                gaps[:n], lower_level=0.01, upper_level=0.01, noise_floor=floor
            )
            if decided(interval, (0.0,)):
                break
        verdicts.append(judge_above(interval, 0.0))
    for wrong in (Verdict.SUPPORTED, Verdict.REFUTED):
        assert verdicts.count(wrong) / repetitions <= at_most(0.01, repetitions)


def test_the_level_per_look_of_tabulated_levels_is_the_calibrated_one():
    assert [per_look_level(a) for a in (0.025, 0.01, 0.05 / 20, 0.001)] == [
        0.0061,
        0.0022,
        0.0005,
        0.0002,
    ]


def test_a_level_between_two_calibrated_ones_takes_the_stricter_ratio():
    assert per_look_level(0.005) == pytest.approx(0.005 * 0.0005 / 0.0025)
    assert per_look_level(0.02) == pytest.approx(0.02 * 0.22)


def test_a_level_below_the_calibrated_ones_is_shared_equally_by_the_looks():
    assert per_look_level(0.0006) == pytest.approx(0.0001)


def test_the_level_per_look_rises_with_the_level():
    levels = np.geomspace(1e-5, 0.49, 500)
    assert np.all(np.diff([per_look_level(level) for level in levels]) > 0)


@pytest.mark.parametrize("level", [0, -0.01, 0.5, 1, float("nan")])
def test_a_level_that_is_no_one_sided_level_is_refused(level):
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        per_look_level(level)

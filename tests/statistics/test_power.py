"""How many seeds a decision takes, and what they can detect."""

import math
from functools import cache

import numpy as np
import pytest

from pytest_scaling.statistics.interval import (
    LOOKS,
    Interval,
    interval_ends,
    median_ends,
    paired_interval,
    per_look_level,
    straddles,
)
from pytest_scaling.statistics.power import (
    RANGE,
    given_support,
    seeds_needed,
    seeds_range,
    smallest_detectable,
)
from pytest_scaling.statistics.student import upper_quantile


@pytest.mark.parametrize(
    ("effect", "seeds", "by_10", "by_30"),  # effect in standard deviations, level 0.01
    [(0.5, 26, 0.08, 0.44), (1, 15, 0.39, 0.99), (2, 7, 0.98, 1.0), (5, 5.0, 1.0, 1.0)],
)
def test_an_effect_is_found_with_the_promised_number_of_seeds(
    effect, seeds, by_10, by_30, until_decided, normal
):
    differences = normal(effect, seed=11)
    full, quick = until_decided(differences), until_decided(differences, cap=10)
    assert full.seeds.mean() == pytest.approx(seeds, abs=0.6)
    assert np.mean(quick.low > 0) == pytest.approx(by_10, abs=0.015)
    assert np.mean(full.low > 0) == pytest.approx(by_30, abs=0.015)


def test_the_smallest_detectable_effect_is_detected_four_times_in_five(normal):
    n, level = 20, 0.01
    unit = Interval(mean=0.0, low=0.0, high=0.0, sd=1.0, n=n)
    seen = normal(smallest_detectable(unit, level), seed=12)[:, :n]
    t = seen.mean(axis=1) / seen.std(axis=1, ddof=1) * np.sqrt(n)
    found = np.mean(t > upper_quantile(per_look_level(level), n - 1))
    assert found == pytest.approx(0.8, abs=0.02)


def test_the_smallest_detectable_effect_is_found_at_least_as_often_with_all_looks(
    until_decided, normal
):
    unit = Interval(mean=0.0, low=0.0, high=0.0, sd=1.0, n=30)
    stopped = until_decided(normal(smallest_detectable(unit, 0.01), seed=13))
    assert np.mean(stopped.low > 0) >= 0.79


def test_the_smallest_detectable_effect_scales_with_the_deviation():
    narrow, wide = (Interval(0.0, 0.0, 0.0, sd=sd, n=10) for sd in (1.0, 3.0))
    assert smallest_detectable(wide, 0.01) == pytest.approx(3 * smallest_detectable(narrow, 0.01))


@pytest.mark.parametrize("mean", [0.3, -0.3])
def test_the_forecast_is_the_first_number_of_seeds_that_excludes_the_bound(mean):
    now = Interval(mean=mean, low=-1.0, high=1.0, sd=1.0, n=5)
    n = seeds_needed(now, 0.0, 0.01)
    reach = {k: upper_quantile(per_look_level(0.01), k - 1) / np.sqrt(k) for k in (n - 1, n)}
    assert reach[n] < 0.3 <= reach[n - 1]


def test_the_forecast_for_a_decided_interval_is_its_own_number_of_seeds():
    now = paired_interval([1.0, 1.1, 0.9, 1.0, 1.0], lower_level=0.01, upper_level=0.01)
    assert now.low > 0
    assert seeds_needed(now, 0.0, 0.01) == 5


def test_no_number_of_seeds_is_forecast_for_a_mean_on_the_bound_or_beyond_the_limit():
    now = Interval(mean=0.1, low=-1.0, high=1.0, sd=1.0, n=5)
    assert seeds_needed(now, 0.1, 0.01) is None
    needed = seeds_needed(now, 0.0, 0.01)
    assert needed == pytest.approx((2.848 / 0.1) ** 2, rel=0.01)  # normal quantile of 0.0022
    assert seeds_needed(now, 0.0, 0.01, limit=needed) == needed
    assert seeds_needed(now, 0.0, 0.01, limit=needed - 1) is None
    assert seeds_needed(now, 0.0, 0.01, limit=4) is None


LATER = [round(30 * 1.1**step) for step in range(1, 31)]  # seeds beyond the last look


def open_at(differences, n):
    """Which of `differences` (repetitions, seeds) are still open about zero with n seeds."""
    seen = differences[:, :n]
    lows, highs = interval_ends(
        seen.mean(axis=1), seen.std(axis=1, ddof=1), n, lower_level=0.01, upper_level=0.01
    )
    least, most = median_ends(seen, lower_level=0.01, upper_level=0.01)
    return straddles(np.minimum(lows, least), np.maximum(highs, most), 0.0)


@cache
def left_open(cap, repetitions=2_000):
    """Intervals of runs that were open at the cap, and the seeds at which each was decided."""
    random = np.random.default_rng(cap)
    effects = random.uniform(0, 2.5, (repetitions, 1))
    differences = random.standard_normal((repetitions, LATER[-1])) + effects
    still = np.logical_and.reduce([open_at(differences, n) for n in LOOKS if 7 <= n <= cap])
    differences = differences[still]
    decided = np.full(len(differences), LATER[-1] + 1)
    for n in reversed([n for n in (*LOOKS, *LATER) if n > cap]):
        decided[~open_at(differences, n)] = n
    intervals = [
        paired_interval(each[:cap], lower_level=0.01, upper_level=0.01) for each in differences
    ]
    return intervals, decided


@pytest.mark.bench
@pytest.mark.parametrize("cap", [10, 20, 30])
def test_the_range_of_seeds_holds_the_number_that_decides_in_eight_of_ten_cases(cap):
    intervals, decided = left_open(cap)
    ranges = [seeds_range(each, 0.0, 0.01) for each in intervals]
    known = [(each, n) for each, n in zip(ranges, decided, strict=True) if each]
    assert len(known) > 0.95 * len(decided)
    inside = [low <= n <= (high or math.inf) for (low, high), n in known]
    assert np.mean(inside) == pytest.approx(RANGE, abs=0.05)
    assert np.mean([n < low for (low, _), n in known]) == pytest.approx(0.1, abs=0.05)


@pytest.mark.bench
def test_one_number_of_seeds_decides_in_half_of_the_cases_or_less():
    intervals, decided = left_open(10)
    told = [seeds_needed(each, 0.0, 0.01) for each in intervals]
    enough = [told and n <= told for told, n in zip(told, decided, strict=True)]
    assert np.mean(np.array(enough, dtype=bool)) < 0.5


def test_a_range_has_no_upper_end_where_the_mean_is_near_the_bound_and_mirrors():
    near = Interval(mean=0.3, low=-1.0, high=1.0, sd=1.0, n=10)
    fewest, most = seeds_range(near, 0.0, 0.01)
    assert fewest > 10
    assert most is None
    far = Interval(mean=0.9, low=-0.1, high=2.0, sd=1.0, n=10)
    mirrored = Interval(mean=-0.9, low=-2.0, high=0.1, sd=1.0, n=10)
    assert seeds_range(far, 0.0, 0.01) == seeds_range(mirrored, 0.0, 0.01) == (12, 39)
    assert seeds_range(Interval(0.0, -1.0, 1.0, sd=100.0, n=10), 0.0, 0.01, limit=50) is None


@pytest.mark.bench
@pytest.mark.parametrize(
    ("effect", "cap", "measured", "allowing"),  # the last two in effects
    [(0.5, 10, 2.07, 1.4), (0.5, 20, 1.77, 1.13), (1, 10, 1.29, 0.97), (1, 20, 1.14, 0.86)],
)
def test_supported_effects_near_their_bound_are_overstated_unless_that_is_allowed_for(
    effect, cap, measured, allowing, until_decided, normal
):
    differences = normal(effect, seed=21, repetitions=8_000)
    stopped = until_decided(differences, cap=cap, median=True, first_look=7)
    seen = [
        paired_interval(samples[:n], lower_level=0.01, upper_level=0.01)
        for samples, n, low in zip(differences, stopped.seeds, stopped.low, strict=True)
        if low > 0
    ]
    allowed = [given_support(each, 0.0, 0.01) for each in seen]
    assert np.mean([each.mean for each in seen]) / effect == pytest.approx(measured, abs=0.08)
    assert np.mean(allowed) / effect == pytest.approx(allowing, abs=0.1)


def test_the_allowance_lies_between_bound_and_mean_and_vanishes_for_clear_effects():
    def supported(mean):
        return given_support(Interval(mean, 0.0, 0.0, sd=1.0, n=10), 0.5, 0.01)

    assert supported(1.7) == pytest.approx(0.5)  # just beyond the half-width of 1.2
    assert 0.5 < supported(2.0) < 2.0
    assert supported(4.0) == pytest.approx(4.0, abs=0.01)
    with pytest.raises(ValueError, match=r"0\.4 does not exceed the bound 0\.5"):
        supported(0.4)
    certain = Interval(1.0, 1.0, 1.0, sd=0.0, n=10)
    assert given_support(certain, 0.5, 0.01) == 1.0

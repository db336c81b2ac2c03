"""How many seeds a decision takes, and what they can detect."""

import numpy as np
import pytest

from pytest_scaling.statistics.interval import Interval, paired_interval, per_look_level
from pytest_scaling.statistics.power import seeds_needed, smallest_detectable
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

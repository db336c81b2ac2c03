"""The interval of a look, its noise floor, and the p-values beside it."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import (
    Interval,
    interval_ends,
    noise_floor,
    paired_interval,
    per_look_level,
)
from pytest_scaling.statistics.power import adjusted_p, p_above
from pytest_scaling.statistics.verdict import decided

GAPS = [0.021, 0.034, 0.015, 0.027, 0.030]


def both(level: float) -> dict[str, float]:
    return {"lower_level": level, "upper_level": level}


def test_an_interval_is_the_t_interval_at_the_level_of_one_look():
    interval = paired_interval(GAPS, **both(0.025))
    t = interval.half_width / interval.sd * 5**0.5
    x = t / (1 + t**2 / 4) ** 0.5
    tail_of_4_degrees = 0.5 - 3 / 8 * x * (1 - x**2 / 12)  # closed form
    assert interval.mean == pytest.approx(0.0254)
    assert interval.sd == pytest.approx(np.std(GAPS, ddof=1))
    assert interval.n == 5
    assert tail_of_4_degrees == pytest.approx(0.0061)


def test_the_two_limits_may_have_different_levels():
    equal, strict_below = (
        paired_interval(GAPS, lower_level=lower, upper_level=0.01) for lower in (0.01, 0.0025)
    )
    assert strict_below.low < equal.low
    assert strict_below.high == equal.high


def test_an_interval_contains_its_limits_and_nothing_beyond():
    interval = Interval(mean=1.0, low=0.5, high=1.5, sd=1.0, n=5)
    assert interval.contains(0.5)
    assert interval.contains(1.5)
    assert not interval.contains(math.nextafter(0.5, 0))
    assert not interval.contains(1.51)


def test_sampling_stops_when_no_declared_bound_lies_inside():
    interval = Interval(mean=1.0, low=0.5, high=1.5, sd=1.0, n=5)
    assert decided(interval, (0.0, 2.0))
    assert not decided(interval, (0.0, 1.4))


def test_equal_differences_are_not_certain_when_the_test_set_is_small():
    floor = noise_floor([4, 4, 4, 4, 4], rows=100)
    interval = paired_interval([0.02] * 5, noise_floor=floor, **both(0.01))
    assert interval.sd == 0.02
    assert interval.contains(0.0)


def test_equal_differences_without_a_floor_have_no_width():
    interval = paired_interval([0.25] * 5, **both(0.01))
    assert interval.low == interval.mean == interval.high == 0.25


def test_a_floor_below_the_deviation_changes_nothing():
    assert paired_interval(GAPS, noise_floor=1e-9, **both(0.01)) == paired_interval(
        GAPS, **both(0.01)
    )


def test_the_noise_floor_is_the_mean_root_of_the_discordant_rows_as_a_rate():
    assert noise_floor([4, 16], rows=100) == pytest.approx(0.03)


def test_the_noise_floor_is_never_less_than_one_row():
    assert noise_floor([0, 0, 1], rows=500) == pytest.approx(1 / 500)


@pytest.mark.parametrize("counts", [[-1, 2], [101, 2], [], [math.nan]])
def test_discordant_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="Discordant counts"):
        noise_floor(counts, rows=100)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_failed_run_is_refused_and_never_averaged_away(bad):
    for judged in (lambda d: paired_interval(d, **both(0.01)), lambda d: p_above(d, 0.0)):
        with pytest.raises(ValueError, match="NaN or infinity"):
            judged([*GAPS, bad])


def test_one_seed_makes_no_interval():
    with pytest.raises(ValueError, match="at least 2 seeds"):
        paired_interval([0.1], **both(0.01))


def test_differences_with_two_axes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 5\)"):
        paired_interval([GAPS], **both(0.01))


@pytest.mark.parametrize("floor", [-0.1, math.nan, math.inf])
def test_a_floor_that_is_no_deviation_is_refused(floor):
    with pytest.raises(ValueError, match="noise floor"):
        paired_interval(GAPS, noise_floor=floor, **both(0.01))


def test_the_p_value_agrees_with_the_interval_about_its_own_limit():
    low = paired_interval(GAPS, **both(0.01)).low
    assert p_above(GAPS, low) == pytest.approx(per_look_level(0.01))


def test_the_p_value_of_a_mean_on_the_bound_is_one_half():
    assert p_above([1.0, 3.0], 2.0) == pytest.approx(0.5)


def test_the_p_value_uses_the_noise_floor():
    assert p_above([0.02] * 5, 0.01) == 0.0
    assert p_above([0.02] * 5, 0.02) == 1.0
    assert p_above([0.02] * 5, 0.0, noise_floor=0.02) == pytest.approx(0.0445, abs=5e-4)


def test_the_adjusted_p_value_is_six_times_the_smallest():
    assert adjusted_p([0.3, 0.004, 0.02]) == pytest.approx(0.024)
    assert adjusted_p([0.3]) == 1.0


def test_the_adjusted_p_value_keeps_its_level(normal, at_most):
    differences = normal(0, seed=21, repetitions=1000)
    values = [adjusted_p([p_above(row[:n], 0.0) for n in (5, 7, 10, 14)]) for row in differences]
    assert np.mean(np.less_equal(values, 0.05)) <= at_most(0.05, 1000)
    assert np.mean(np.less_equal(values, 0.5)) > 0.1  # and it is no constant


@pytest.mark.parametrize("values", [[], [0.1] * 7, [1.2], [math.nan], [-0.1]])
def test_p_values_that_cannot_come_from_the_looks_are_refused(values):
    with pytest.raises(ValueError, match="p-value"):
        adjusted_p(values)


def test_limits_are_computed_elementwise_for_any_shape():
    means, sds = np.zeros((3, 4)), np.arange(12.0).reshape(3, 4)
    lows, highs = interval_ends(means, sds, 10, lower_level=0.01, upper_level=0.01)
    assert lows.shape == (3, 4)
    np.testing.assert_allclose(-lows, highs)
    np.testing.assert_allclose(highs[2, 3], 11 * highs[0, 1])

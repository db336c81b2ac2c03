"""Change of an effect that was measured twice."""

import math

import numpy as np
import pytest
from scipy import stats

from pytest_scaling.statistics.change import Measured, change

OLD = [0.10, 0.12, 0.09, 0.11, 0.13]
NEW = [0.08, 0.11, 0.07, 0.08, 0.10]


def test_the_same_seeds_make_pairs():
    step = change(Measured(range(5), OLD), Measured(range(5), NEW), 0.01)
    known = stats.ttest_rel(NEW, OLD).confidence_interval(0.98)
    assert (step.low, step.high) == pytest.approx((known.low, known.high))
    assert step.value == pytest.approx(-0.022)


def test_other_seeds_make_two_samples():
    new = [*NEW, 0.09, 0.1]
    step = change(Measured(range(5), OLD), Measured(range(100, 107), new), 0.005)
    known = stats.ttest_ind(new, OLD, equal_var=False).confidence_interval(0.99)
    assert (step.low, step.high) == pytest.approx((known.low, known.high))


def test_pairs_are_the_seeds_that_both_have_in_whatever_order():
    more = change(Measured(range(7), [*OLD, 9, 9]), Measured([4, 3, 2, 1, 0], NEW[::-1]), 0.01)
    assert more == change(Measured(range(5), OLD), Measured(range(5), NEW), 0.01)


def test_fewer_than_five_common_seeds_are_no_pairs():
    few = change(Measured(range(5), OLD), Measured(range(1, 6), NEW), 0.01)
    assert few == change(Measured(range(5), OLD), Measured(range(10, 15), NEW), 0.01)


@pytest.mark.parametrize("seeds", [range(5), range(50, 55)])
def test_a_floor_and_an_overlap_widen_the_interval(seeds):
    def width(**more):
        step = change(Measured(range(5), OLD, **more), Measured(seeds, NEW, **more), 0.01)
        return step.high - step.low

    assert width() < width(floor=0.1)
    assert width() < width(overlap=0.25)


def test_samples_without_any_spread_leave_no_doubt():
    same = change(Measured(range(5), [0.2] * 5), Measured(range(5), [0.1] * 5), 0.01)
    assert (same.low, same.high) == pytest.approx((-0.1, -0.1))
    other = change(Measured(range(5), [0.2] * 5), Measured(range(9, 14), [0.1] * 5), 0.01)
    assert (other.low, other.high) == pytest.approx((-0.1, -0.1))


@pytest.mark.parametrize("samples", [[0.1, math.nan], [0.1, math.inf], [0.1]])
def test_samples_that_are_no_measurement_are_refused(samples):
    with pytest.raises(ValueError, match="samples"):
        change(Measured(range(len(samples)), samples), Measured([7, 8], [0.1, 0.2]), 0.01)


@pytest.mark.parametrize("paired", [True, False])
def test_the_level_holds_for_two_measurements_of_the_same(paired):
    random, level, repetitions = np.random.default_rng(5), 0.01, 4_000
    wrong = 0
    for _ in range(repetitions):
        old, new = random.normal(size=(2, 7))
        seeds = range(7) if paired else range(7, 14)
        wrong += change(Measured(range(7), old), Measured(seeds, new), level).high < 0
    assert wrong / repetitions <= level + 3 * math.sqrt(level * (1 - level) / repetitions)
    assert wrong > 0

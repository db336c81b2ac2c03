"""Sampling that cannot come to a decision is given up early, at little cost in power."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import LOOKS, Interval, paired_interval
from pytest_scaling.statistics.power import seeds_needed
from pytest_scaling.statistics.verdict import beyond_reach, decided

LEVEL = 0.01
REPETITIONS = 400


def sampled(differences, cap, *, to_the_end=False):
    """Shares of repetitions that were found to be above zero and below it, and the mean seeds."""
    above = below = seeds = 0
    for row in differences:
        for n in (look for look in LOOKS if look <= cap):
            interval = paired_interval(row[:n], lower_level=LEVEL, upper_level=LEVEL)
            if decided(interval, [0.0]):
                break
            if not to_the_end and beyond_reach(interval, [0.0], LEVEL, cap):
                break
        above += interval.low > 0
        below += interval.high < 0
        seeds += n
    return above / len(differences), below / len(differences), seeds / len(differences)


@pytest.mark.parametrize(("cap", "most_lost"), [(10, 0.01), (20, 0.1)])
@pytest.mark.parametrize("effect", [0.0, 0.8, 2.0])  # in standard deviations
def test_giving_up_saves_seeds_and_costs_little_power(cap, most_lost, effect, normal):
    differences = normal(effect, seed=cap, repetitions=REPETITIONS)
    above, below, seeds = sampled(differences, cap)
    all_above, all_below, all_seeds = sampled(differences, cap, to_the_end=True)
    assert all_above - most_lost <= above <= all_above
    assert all_below - most_lost <= below <= all_below
    assert seeds <= all_seeds
    if effect == 0:
        assert seeds < 0.7 * all_seeds


@pytest.mark.parametrize("mean", [0.2, -0.2])
def test_what_is_given_up_needs_more_seeds_than_are_worth_waiting_for(mean):
    now = Interval(mean=mean, low=-1.0, high=1.0, sd=1.0, n=5)
    needed = seeds_needed(now, 0.0, LEVEL)
    enough = math.ceil(math.sqrt(needed * now.n))
    assert not beyond_reach(now, [0.0], LEVEL, last=enough)
    assert beyond_reach(now, [0.0], LEVEL, last=enough - 1)


def test_an_early_forecast_is_trusted_less_than_a_late_one():
    early, late = (Interval(mean=0.4, low=-1.0, high=1.0, sd=1.0, n=n) for n in (5, 14))
    assert seeds_needed(early, 0.0, LEVEL) == seeds_needed(late, 0.0, LEVEL)
    assert not beyond_reach(early, [0.0], LEVEL, last=20)
    assert beyond_reach(late, [0.0], LEVEL, last=20)


def test_one_bound_within_reach_is_enough_to_go_on():
    now = Interval(mean=0.5, low=-1.0, high=2.0, sd=1.0, n=5)
    assert beyond_reach(now, [0.5], LEVEL, 10)
    assert not beyond_reach(now, [0.5, 1.5], LEVEL, 10)
    assert beyond_reach(now, [0.5, 3.0], LEVEL, 10)  # one is out already, the other never will be


def test_an_interval_without_an_end_is_not_given_up():
    assert not beyond_reach(Interval(0.0, -1.0, np.inf, 1.0, 5), [0.0], LEVEL, 10)


def test_a_bound_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        beyond_reach(Interval(0.0, -1.0, 1.0, 1.0, 5), [math.nan], LEVEL, 10)

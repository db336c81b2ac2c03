"""Ratios of times: an interval of the median by order statistics."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.ratios import (
    BLOCKS,
    lower_tail,
    median_interval,
    rank,
    sign_p,
    smallest_detectable,
)

REPETITIONS = 20_000


@pytest.mark.parametrize(
    ("n", "level", "expected"),
    [(15, 0.01, 3), (15, 0.0037, 3), (15, 0.0036, 2), (15, 0.0005, 2), (9, 0.01, 1), (9, 0.02, 2)],
)
def test_the_rank_is_the_largest_whose_binomial_tail_keeps_the_level(n, level, expected):
    assert rank(n, level) == expected
    assert lower_tail(expected - 1, n) <= level < lower_tail(expected, n)


def test_too_few_blocks_give_no_limit():
    interval = median_interval([1.0, 2.0, 3.0], lower_level=0.01, upper_level=0.3)
    assert (interval.low, interval.mean, interval.high) == (-math.inf, 2.0, 3.0)


@pytest.mark.parametrize(
    "noise",
    [
        pytest.param(lambda random, shape: random.normal(size=shape), id="normal"),
        pytest.param(lambda random, shape: random.standard_cauchy(shape), id="heavy tails"),
        pytest.param(
            lambda random, shape: random.exponential(size=shape) - math.log(2), id="skewed"
        ),
    ],
)
@pytest.mark.parametrize("level", [0.01, 0.0005])
def test_the_interval_misses_the_median_in_no_more_cases_than_its_level(noise, level):
    """Calibration: 20,000 runs, with three standard errors to spare."""
    drawn = np.sort(noise(np.random.default_rng(1), (REPETITIONS, BLOCKS)), axis=1)
    one = median_interval(drawn[0], lower_level=level, upper_level=level)
    k = rank(BLOCKS, level)
    assert (one.low, one.high) == (drawn[0, k - 1], drawn[0, BLOCKS - k])
    missed = (drawn[:, k - 1] > 0).mean(), (drawn[:, BLOCKS - k] < 0).mean()
    assert max(missed) <= level + 3 * math.sqrt(level * (1 - level) / REPETITIONS)


def test_a_drift_within_blocks_cancels_and_a_naive_order_does_not():
    """A machine that gets faster during the run: A B B A is fair, A before B is not."""
    blocks = np.arange(BLOCKS) * 4.0
    speed = 1 - 0.01 * (blocks[:, None] + np.arange(4))  # seconds of the four timings of a block
    fair = np.log((speed[:, 0] + speed[:, 3]) / (speed[:, 1] + speed[:, 2]))
    naive = np.log((speed[:, 0] + speed[:, 1]) / (speed[:, 2] + speed[:, 3]))
    assert median_interval(fair, lower_level=0.01, upper_level=0.01).mean == pytest.approx(0)
    assert median_interval(naive, lower_level=0.01, upper_level=0.01).low > 0.02


def test_the_p_value_is_that_of_the_sign_test():
    samples = [1.0] * 12 + [-1.0] * 3
    assert sign_p(samples, 0) == pytest.approx(lower_tail(3, 15))
    assert sign_p(samples, 1.0) == pytest.approx(1)  # what equals the bound speaks against it


def test_the_smallest_detectable_effect_is_found_four_times_in_five():
    effect = smallest_detectable(1.0, BLOCKS, 0.01)
    drawn = np.sort(np.random.default_rng(2).normal(effect, 1, (REPETITIONS, BLOCKS)), axis=1)
    assert (drawn[:, 2] > 0).mean() == pytest.approx(0.8, abs=0.01)
    assert smallest_detectable(1.0, 3, 0.01) == math.inf


@pytest.mark.parametrize(
    ("samples", "words"), [([1.0, math.nan], "must be finite"), ([], "at least 1 value")]
)
def test_samples_that_are_none_are_refused(samples, words):
    with pytest.raises(ValueError, match=words):
        median_interval(samples, lower_level=0.01, upper_level=0.01)


@pytest.mark.parametrize("level", [0, 0.5, -1])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        rank(15, level)

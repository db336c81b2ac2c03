"""The gain of one doubling."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import paired_interval
from pytest_scaling.statistics.plateau import FLAT, noise_floor, relative_gain
from pytest_scaling.statistics.verdict import Verdict, judge_below


def test_a_gain_is_the_log_ratio_of_errors():
    gain = relative_gain([0.2, 0.1], [0.1, 0.1], rows=1_000_000)
    np.testing.assert_allclose(gain, [math.log(2), 0], atol=1e-5)


def test_a_gain_is_finite_when_an_error_is_zero():
    gain = relative_gain([0.01, 0.0, 0.0], [0.0, 0.01, 0.0], rows=100)
    np.testing.assert_allclose(gain, [math.log(3), -math.log(3), 0])  # 1.5 rows against 0.5


def test_three_per_cent_fewer_errors_is_where_a_plateau_ends():
    assert FLAT == pytest.approx(relative_gain([0.5], [0.5 * 0.97], rows=10**9)[0])


@pytest.mark.parametrize(
    ("factor", "verdict"), [(0.999, Verdict.SUPPORTED), (0.9, Verdict.REFUTED)]
)
def test_a_learner_is_on_its_plateau_when_doubling_gains_less(factor, verdict):
    before = 0.1 + np.random.default_rng(51).normal(0, 0.01, 10)
    jitter = np.random.default_rng(52).normal(1, 0.005, 10)
    gain = relative_gain(before, before * factor * jitter, rows=100_000)
    interval = paired_interval(gain, lower_level=0.01, upper_level=0.01)
    assert judge_below(interval, FLAT) is verdict


def test_the_noise_floor_of_a_gain_is_the_noise_that_a_test_set_makes():
    rows, error, discordant_share, repetitions = 10_000, 0.1, 0.06, 4000
    random = np.random.default_rng(53)
    shared = error - discordant_share / 2
    outcome = random.multinomial(
        rows,
        [shared, discordant_share / 2, discordant_share / 2, 1 - shared - discordant_share],
        size=repetitions,
    )
    errors_m, errors_2m = ((outcome[:, 0] + outcome[:, arm]) / rows for arm in (1, 2))
    noise = relative_gain(errors_m, errors_2m, rows).std()
    assert noise == pytest.approx(0.024, abs=0.001)
    floor = noise_floor(outcome[:, 1] + outcome[:, 2], errors_m, errors_2m, rows)
    assert floor == pytest.approx(noise, rel=0.05)


def test_the_noise_floor_of_a_gain_grows_as_the_error_falls():
    assert noise_floor([25], [0.2], [0.1], 1000) == pytest.approx(0.005 / 0.1, rel=0.01)
    assert noise_floor([25], [0.1], [0.2], 1000) == pytest.approx(0.005 / 0.1, rel=0.01)


def test_two_errors_of_zero_decide_nothing_about_a_plateau():
    zeros = [0.0] * 10
    interval = paired_interval(
        relative_gain(zeros, zeros, rows=1000),
        lower_level=0.01,
        upper_level=0.01,
        noise_floor=noise_floor([0] * 10, zeros, zeros, rows=1000),
    )
    assert judge_below(interval, FLAT) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("errors", [[0.1, math.nan], [0.1, 1.2], [0.1, -0.1], [0.1], []])
def test_errors_that_are_no_rates_or_not_paired_are_refused(errors):
    with pytest.raises(ValueError, match="Error"):
        relative_gain([0.1, 0.2], errors, rows=100)


def test_a_test_set_without_rows_is_refused():
    with pytest.raises(ValueError, match="at least 1 row"):
        relative_gain([0.1], [0.1], rows=0)


@pytest.mark.parametrize("cap", [10, 30])
def test_a_doubling_that_gains_just_three_per_cent_is_called_either_way_at_most_at_the_level(
    cap, until_decided, at_most
):
    rows, random = 10_000, np.random.default_rng(54)
    before = np.clip(0.1 * random.normal(1, 0.05, (20_000, 30)), 0, 1)
    after = 0.97 * before  # the same seed has the same luck with both
    errors_m, errors_2m = (random.binomial(rows, each) / rows for each in (before, after))
    gains = relative_gain(errors_m.ravel(), errors_2m.ravel(), rows).reshape(before.shape)
    stopped = until_decided(gains, bounds=(FLAT,), cap=cap)
    assert np.mean(stopped.low > FLAT) <= at_most(0.01)
    assert np.mean(stopped.high < FLAT) <= at_most(0.01)
    assert np.mean((stopped.low > FLAT) | (stopped.high < FLAT)) > 0.008  # and it is used

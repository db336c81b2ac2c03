"""What a few seeds cannot show. These tests pin a weakness, so that nobody believes it is gone."""

import numpy as np
import pytest

from pytest_scaling.statistics.interval import noise_floor, paired_interval
from pytest_scaling.statistics.power import unseen_failure_share
from pytest_scaling.statistics.verdict import Verdict, judge_above


def collapsing(repetitions=20_000):
    """Gains (repetitions, 30) of an arm that wins by 1 but collapses by 20 in one seed of ten."""
    random = np.random.default_rng(71)
    gains = random.normal(1.0, 0.1, (repetitions, 30))
    return np.where(random.random(gains.shape) < 0.1, -20.0, gains)


def test_a_collapse_in_one_seed_of_ten_goes_unseen_by_five_seeds_in_59_per_cent_of_runs(
    until_decided,
):
    gains = collapsing()
    assert gains.mean() < -1  # "it wins on average" is false
    stopped = until_decided(gains)
    supported = stopped.low > 0
    assert supported.mean() == pytest.approx(0.9**5, abs=0.015)
    assert np.all(stopped.seeds[supported] == 5)


def test_a_first_look_at_ten_seeds_sees_more_collapses_but_not_all(until_decided):
    stopped = until_decided(collapsing(), first_look=10)
    assert np.mean(stopped.low > 0) == pytest.approx(0.9**10, abs=0.015)


def test_a_stricter_level_does_not_repair_it(until_decided):
    stopped = until_decided(collapsing(), level=0.001)
    assert np.mean(stopped.low > 0) > 0.55


def test_a_collapse_that_is_seen_prevents_support():
    interval = paired_interval([1.0, 1.1, 0.9, 1.0, -20.0], lower_level=0.01, upper_level=0.01)
    assert judge_above(interval, 0.0) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(("n", "share"), [(5, 0.45), (10, 0.26), (20, 0.14), (30, 0.095)])
def test_the_share_of_failures_that_clean_seeds_cannot_exclude(n, share):
    assert unseen_failure_share(n) == pytest.approx(share, abs=0.005)
    assert (1 - unseen_failure_share(n)) ** n == pytest.approx(0.05)


def test_no_clean_seed_excludes_nothing():
    with pytest.raises(ValueError, match="at least 1"):
        unseen_failure_share(0)


def test_a_handful_of_equal_seeds_is_floored_by_the_test_set_and_not_by_zero():
    certain = paired_interval([0.001] * 5, lower_level=0.01, upper_level=0.01)
    honest = paired_interval(
        [0.001] * 5,
        lower_level=0.01,
        upper_level=0.01,
        noise_floor=noise_floor([1] * 5, rows=1000),
    )
    assert judge_above(certain, 0.0) is Verdict.SUPPORTED
    assert judge_above(honest, 0.0) is Verdict.INCONCLUSIVE

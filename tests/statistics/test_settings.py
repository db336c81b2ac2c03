"""Settings against learners: two settings of one network are further apart than two learners."""

import numpy as np
import pytest

from pytest_scaling.statistics.interval import LOOKS, interval_ends

MARGIN = 0.01  # error
NOISE = 0.006  # of each arm, over seeds
LEVEL = 0.01


def excesses(gap, seed, spread=None, repetitions=20_000):
    """What two settings differ by, less what two learners do, either way round: (2, runs, 30)."""
    random = np.random.default_rng(seed)
    shape = (repetitions, LOOKS[-1])
    spread = gap + MARGIN if spread is None else spread
    worst, best, rival, learner = (
        error + random.normal(0, NOISE, shape) for error in (spread, 0, gap, 0)
    )
    return worst - best - (rival - learner), worst - best - (learner - rival)


def verdicts(until_decided, both):
    """Shares of repetitions that are supported, and refuted."""
    stopped = [
        until_decided(each, bounds=(MARGIN,), level=LEVEL, refute_level=LEVEL / 2) for each in both
    ]
    supported = np.logical_and.reduce([each.low > MARGIN for each in stopped])
    refuted = np.logical_or.reduce([each.refuting_high < MARGIN for each in stopped])
    return supported.mean(), refuted.mean()


@pytest.mark.parametrize("gap", [0, 0.003, 0.01, 0.05])
def test_settings_named_beforehand_keep_the_level_whichever_learner_leads(
    gap, until_decided, at_most
):
    supported, refuted = verdicts(until_decided, excesses(gap, seed=211))
    assert supported <= at_most(LEVEL)
    assert refuted <= at_most(LEVEL)


def test_an_excess_of_a_few_margins_is_found(until_decided):
    supported, _ = verdicts(until_decided, excesses(0.01, seed=212, spread=0.05))
    assert supported > 0.95


def test_settings_named_by_the_other_seeds_would_not_keep_it():
    """Eight settings, half of which err more by the margin; the learners are alike and known."""
    random, n, repetitions = np.random.default_rng(213), 20, 4_000
    truth = np.repeat([0, MARGIN], 4)[:, None]
    errors = truth + random.normal(0, NOISE, (repetitions, 8, n))
    others = errors.sum(2, keepdims=True) - errors
    worst, best = (
        np.take_along_axis(errors, named, 1)[:, 0]
        for named in (others.argmax(1, keepdims=True), others.argmin(1, keepdims=True))
    )
    spread = worst - best
    low, high = interval_ends(
        spread.mean(1), spread.std(1, ddof=1), n, lower_level=LEVEL, upper_level=LEVEL
    )
    assert np.mean((low > MARGIN) | (high < MARGIN)) > 3 * LEVEL

"""Ordered arms."""

import numpy as np
import pytest

from pytest_scaling.statistics.ranking import adjacent_gaps
from pytest_scaling.statistics.scope import cell_levels, conjunction
from pytest_scaling.statistics.sequential import judge_above, paired_interval
from pytest_scaling.statistics.verdict import Verdict


def verdict_of_order(errors):
    levels = cell_levels("always", len(errors) - 1, 0.01)
    return conjunction(
        [
            judge_above(
                paired_interval(gap, lower_level=levels.support, upper_level=levels.refute), 0.0
            )
            for gap in adjacent_gaps(errors)
        ]
    )


def arms(*means, n=10):
    """Errors (arms, n): noise of the seed is shared, noise of the run is not."""
    random = np.random.default_rng(41)
    shared, own = random.normal(0, 0.05, n), random.normal(0, 0.002, (len(means), n))
    return np.array(means)[:, None] + shared + own


def test_gaps_are_worse_minus_better_in_the_order_named():
    gaps = adjacent_gaps([[0.1, 0.2], [0.15, 0.21], [0.4, 0.2]])
    np.testing.assert_allclose(gaps, [[0.05, 0.01], [0.25, -0.01]])


def test_an_order_is_supported_when_every_neighbour_is_worse():
    assert verdict_of_order(arms(0.10, 0.12, 0.15)) is Verdict.SUPPORTED


def test_an_order_that_rises_and_falls_is_refuted_although_its_ends_agree():
    assert verdict_of_order(arms(0.10, 0.15, 0.12)) is Verdict.REFUTED


def test_an_order_with_two_equal_arms_is_not_decided():
    assert verdict_of_order(arms(0.10, 0.10, 0.15)) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("errors", "reason"),
    [([[0.1, 0.2]], "at least 2 arms"), ([[0.1], [np.nan]], "NaN"), ([0.1, 0.2], "2 axes")],
)
def test_arms_that_cannot_be_ranked_are_refused(errors, reason):
    with pytest.raises(ValueError, match=reason):
        adjacent_gaps(errors)

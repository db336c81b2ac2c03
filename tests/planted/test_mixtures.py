"""Where one seed in three collapses, the suite's claims stay right about the typical seed."""

from dataclasses import replace

import pytest

from pytest_scaling.experiments.quantities import Rule
from tests.planted.rates import Stage, band
from tests.planted.worlds import ONE_IN_THREE_COLLAPSES, TIERS

pytestmark = pytest.mark.bench

CLAIM = "scale-helps-near-the-bayes-error"  # its effect is at the bound on the typical seed
REPLICATES = 100
TWENTY_SEEDS = replace(TIERS["quick"], most_seeds=20)


def wrong(rule):
    """Share of wrong verdicts of either kind, of evaluations with at most 20 seeds."""
    rates = Stage(ONE_IN_THREE_COLLAPSES, TWENTY_SEEDS, rule=rule).rates(CLAIM, REPLICATES)
    return max(rates.share("supported"), rates.share("refuted"))


def test_a_mixture_is_judged_wrongly_in_at_most_twice_the_level():
    assert wrong(Rule.MEAN_AND_MEDIAN) <= band(0.02, REPLICATES)


def test_the_mean_alone_would_refute_what_the_typical_seed_does_not():
    assert wrong(Rule.MEAN) > band(0.02, REPLICATES)


def test_median_and_shares_of_seeds_are_in_the_evidence():
    stage = Stage(ONE_IN_THREE_COLLAPSES, TWENTY_SEEDS)
    estimate = stage.evaluate(CLAIM, "one").cells[0].decisions[0].estimate
    assert estimate.value < estimate.median  # the collapses pull at the mean
    assert f"P(A > B) = {estimate.share_above:.0%}" in estimate.of_seeds

"""Tiers: how far a run goes."""

import pytest

from pytest_scaling.run.options import tier_of
from pytest_scaling.spec.tier import M_SMALL, TIERS, Tier
from pytest_scaling.statistics.interval import LOOKS


@pytest.mark.parametrize(
    ("name", "largest", "most_seeds"),
    [("quick", 16_384, 10), ("standard", 65_536, 20), ("full", 262_144, 30)],
)
def test_a_tier_goes_as_far_as_the_design_says(name, largest, most_seeds):
    tier = TIERS[name]
    assert (tier.name, tier.sizes[-1], tier.most_seeds) == (name, largest, most_seeds)
    assert most_seeds in LOOKS


@pytest.mark.parametrize("tier", TIERS.values(), ids=lambda tier: tier.name)
def test_sizes_ascend_and_the_small_training_set_is_one_of_them(tier):
    assert list(tier.sizes) == sorted(set(tier.sizes))
    assert M_SMALL in tier.sizes


@pytest.mark.parametrize(
    ("largest", "reached"),
    [(None, (16, 64, 256)), (256, (16, 64, 256)), (255, (16, 64)), (16, (16,)), (15, ())],
)
def test_a_tier_reaches_as_far_as_a_learner_affords(largest, reached):
    assert Tier("small", (16, 64, 256), most_seeds=5).reach(largest) == reached


@pytest.mark.parametrize("tier", TIERS.values(), ids=lambda tier: tier.name)
def test_half_of_the_largest_size_is_a_size(tier):
    """A plateau is looked for between the two."""
    assert tier.sizes[-1] // 2 in tier.sizes


def test_a_run_has_the_tier_that_it_names(pytester):
    assert tier_of(pytester.parseconfig()).name == "quick"
    assert tier_of(pytester.parseconfig("--tier=full")).name == "full"


def test_an_unknown_tier_is_told_with_those_that_there_are(pytester):
    with pytest.raises(pytest.UsageError, match="no tier 'huge'; use quick, standard, full"):
        tier_of(pytester.parseconfig("--tier=huge"))

"""The lecture's tiers."""

import pytest

from fixtures.tiers import M_SMALL, TIERS
from pytest_scaling.statistics.interval import LOOKS


@pytest.mark.parametrize(
    ("name", "largest", "most_seeds"),
    [("quick", 4_096, 10), ("standard", 16_384, 20), ("full", 262_144, 30)],
)
def test_a_tier_goes_as_far_as_the_design_says(name, largest, most_seeds):
    tier = TIERS[name]
    assert (tier.name, tier.sizes[-1], tier.most_seeds) == (name, largest, most_seeds)
    assert most_seeds in LOOKS


@pytest.mark.parametrize("tier", TIERS.values(), ids=lambda tier: tier.name)
def test_the_small_training_set_is_the_smallest_size(tier):
    assert tier.sizes[0] == M_SMALL


@pytest.mark.parametrize("tier", TIERS.values(), ids=lambda tier: tier.name)
def test_half_of_the_largest_size_is_a_size(tier):
    """A plateau is looked for between the two."""
    assert tier.sizes[-1] // 2 in tier.sizes

"""Tiers: how far a run goes, and who decides that."""

import pytest

from pytest_scaling import ClaimError, Tier
from pytest_scaling.run.options import read_options
from pytest_scaling.run.session import tier_of
from pytest_scaling.spec.tier import DEFAULT_TIERS
from pytest_scaling.statistics.interval import LOOKS


def configured(pytester, *arguments):
    config = pytester.parseconfig(*arguments)
    read_options(config)
    return config


@pytest.mark.parametrize("tier", DEFAULT_TIERS, ids=lambda tier: tier.name)
def test_the_seeds_of_a_tier_end_with_a_look(tier):
    assert tier.most_seeds in LOOKS


@pytest.mark.parametrize(
    ("largest", "reached"),
    [(None, (16, 64, 256)), (256, (16, 64, 256)), (255, (16, 64)), (16, (16,)), (15, ())],
)
def test_a_tier_reaches_as_far_as_a_learner_affords(largest, reached):
    assert Tier("small", (16, 64, 256), most_seeds=5).reach(largest) == reached


def test_a_project_that_states_no_tiers_has_the_plain_ones(pytester):
    assert tier_of(configured(pytester)).name == "quick"
    assert tier_of(configured(pytester, "--scaling-tier=full")).name == "full"


def test_an_unknown_tier_is_told_with_those_that_there_are(pytester):
    sentence = "no tier 'huge' for --scaling-tier; use quick, standard, full"
    with pytest.raises(pytest.UsageError, match=sentence):
        tier_of(configured(pytester, "--scaling-tier=huge"))


def test_a_project_may_have_tiers_of_its_own(pytester):
    pytester.makeconftest(
        """
        from pytest_scaling import Tier

        def pytest_scaling_tiers(config):
            return Tier("glance", (32, 128), most_seeds=5), Tier("night", (32, 512), most_seeds=10)
        """
    )
    assert tier_of(configured(pytester)) == Tier("glance", (32, 128), most_seeds=5)
    assert tier_of(configured(pytester, "--scaling-tier=night")).sizes[-1] == 512
    with pytest.raises(pytest.UsageError, match=r"no tier .quick. .*; use glance, night"):
        tier_of(configured(pytester, "--scaling-tier=quick"))


@pytest.mark.parametrize("name", ["", "Quick", "over night", "over-night", "1st"])
def test_a_tier_is_named_so_that_a_profile_can_end_with_it(name):
    with pytest.raises(ClaimError, match="a tier is named by lower-case letters"):
        Tier(name, (64,), most_seeds=5)


@pytest.mark.parametrize("sizes", [(), (64, 32), (64, 64), (0, 64)])
def test_sizes_ascend(sizes):
    with pytest.raises(ClaimError, match="in ascending order"):
        Tier("small", sizes, most_seeds=5)

"""Optional attributes of tasks and learners, and the default where one is absent."""

from types import SimpleNamespace

import pytest

from pytest_scaling.spec import traits
from pytest_scaling.spec.tier import Tier

TIER = Tier("quick", sizes=(256, 1_024), most_seeds=10)


def plain():
    return SimpleNamespace(name="plain")


DEFAULTS = [
    (traits.label, (), "plain"),
    (traits.cost, ("poker", 1_000), 1_000 * traits.SECONDS_A_ROW),
    (traits.expected, (SimpleNamespace(name="poker"), 1_000), {}),
    (traits.may_collapse, (), False),
    (traits.largest_m, (TIER,), None),
    (traits.smallest_m, (TIER,), 0),
    (traits.bayes_error, (), None),
    (traits.most_rows, (), None),
    (traits.resplit, (), False),
    (traits.tiers, (), None),
    (traits.unavailable, (), ""),
]
STATED = [
    (traits.label, (), "plain tree", "plain tree"),
    (traits.cost, ("poker", 1_000), lambda task, m: m // 4, 250.0),
    (
        traits.expected,
        (SimpleNamespace(name="poker"), 1_000),
        lambda task, m: {"error": 1 / m} if task == "poker" else None,
        {"error": 0.001},
    ),
    (traits.may_collapse, (), True, True),
    (traits.largest_m, (TIER,), {"quick": 1_024}.get, 1_024),
    (traits.smallest_m, (TIER,), {"quick": 300}.get, 300),
    (traits.bayes_error, (), 0.1, 0.1),
    (traits.most_rows, (), 500, 500),
    (traits.resplit, (), True, True),
    (traits.tiers, (), ("full",), ("full",)),
    (traits.unavailable, (), lambda: "no disk", "no disk"),
]


@pytest.mark.parametrize(("trait", "arguments", "default"), DEFAULTS)
def test_a_trait_that_is_not_stated_has_its_default(trait, arguments, default):
    assert trait(plain(), *arguments) == default


@pytest.mark.parametrize(("trait", "arguments", "attribute", "value"), STATED)
def test_a_trait_that_is_stated_is_read(trait, arguments, attribute, value):
    stated = SimpleNamespace(name="plain", **{trait.__name__: attribute})
    assert trait(stated, *arguments) == value


def test_a_tier_may_mean_another_learner_than_the_one_that_is_named():
    small, large = (
        plain(),
        SimpleNamespace(name="large", in_tier=lambda tier: {"quick": small}[tier]),
    )
    assert traits.in_tier(large, TIER) is small
    assert traits.in_tier(small, TIER) is small
    assert traits.in_tier(None, TIER) is None


def test_sizes_are_those_of_the_learner_that_the_tier_means():
    modest = SimpleNamespace(largest_m=lambda tier: 300)
    assert traits.sizes(TIER, None, SimpleNamespace(in_tier=lambda tier: modest)) == (256,)


def test_sizes_are_those_that_task_and_learner_afford_and_all_rows_of_finite_data():
    learner = SimpleNamespace(largest_m=lambda tier: 700, smallest_m=lambda tier: 300)
    assert traits.sizes(TIER, None, None) == (256, 1_024)
    assert traits.sizes(TIER, SimpleNamespace(most_rows=500), None) == (256, 500)
    assert traits.sizes(TIER, None, learner) == ()
    assert traits.sizes(TIER, SimpleNamespace(most_rows=500), learner) == (500,)

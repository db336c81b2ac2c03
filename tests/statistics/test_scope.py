"""Verdicts over tasks: who must be supported, and at which level."""

import itertools

import numpy as np
import pytest

from pytest_scaling.statistics.scope import CellLevels, cell_levels, combine, conjunction
from pytest_scaling.statistics.verdict import Verdict

YES, NO, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE
LEVEL = 0.025  # a level at which 20,000 repetitions see many errors


@pytest.mark.parametrize(
    ("strength", "cells", "levels"),
    [
        ("always", 4, CellLevels(support=0.02, refute=0.005)),
        ("sometimes", 4, CellLevels(support=0.005, refute=0.02)),
        ("usually", 3, CellLevels(support=0.01, refute=0.01)),
        ("usually", 5, CellLevels(support=0.01, refute=0.005)),
        ("usually", 2, CellLevels(support=0.02, refute=0.01)),
        ("usually", 1, CellLevels(support=0.02, refute=0.02)),
    ],
)
def test_each_cell_gets_its_share_of_the_level(strength, cells, levels):
    assert cell_levels(strength, cells, 0.02) == levels


@pytest.mark.parametrize(
    ("strength", "verdicts", "verdict"),
    [
        ("always", [YES, YES, YES], YES),
        ("always", [YES, OPEN, YES], OPEN),
        ("always", [YES, OPEN, NO], NO),
        ("sometimes", [NO, OPEN, YES], YES),
        ("sometimes", [NO, OPEN, NO], OPEN),
        ("sometimes", [NO, NO, NO], NO),
        ("usually", [YES, YES, NO], YES),
        ("usually", [YES, OPEN, NO], OPEN),
        ("usually", [YES, NO, NO], NO),
        ("usually", [YES, YES, OPEN, OPEN], OPEN),  # three of four
        ("usually", [YES, YES, YES, NO], YES),
        ("usually", [YES, YES, OPEN, NO], OPEN),
        ("usually", [YES, YES, NO, NO], NO),
        ("usually", [YES, NO], NO),  # both of two
    ],
)
def test_the_strength_turns_cells_into_a_verdict(strength, verdicts, verdict):
    assert combine(strength, verdicts) is verdict


def claim_verdicts(strength, means, until_decided, normal):
    """Return the verdicts of 20,000 claims over tasks with these `means`, bound 0."""
    levels = cell_levels(strength, len(means), LEVEL)
    cells = []
    for task, mean in enumerate(means):
        differences = normal(mean, seed=31 + task)
        supported = until_decided(differences, level=levels.support).low > 0
        refuted = until_decided(differences, level=levels.refute).high < 0
        cells.append(np.where(supported, 0, np.where(refuted, 1, 2)))
    return [
        combine(strength, [(YES, NO, OPEN)[i] for i in row]) for row in zip(*cells, strict=True)
    ]


TRUE, FALSE, ON_THE_BOUND = 9.0, -9.0, 0.0  # standard deviations


@pytest.mark.parametrize(
    ("strength", "means"),  # one true task fewer than the strength asks for
    [
        ("always", [TRUE] * 4 + [ON_THE_BOUND]),
        ("usually", [TRUE] + [ON_THE_BOUND] * 2),
        ("usually", [TRUE] * 3 + [ON_THE_BOUND] * 2),
        ("usually", [TRUE] * 3 + [ON_THE_BOUND] * 3),
        ("usually", [ON_THE_BOUND] * 5),
        ("sometimes", [ON_THE_BOUND] * 5),
    ],
)
def test_a_claim_that_is_false_by_one_task_is_supported_at_most_at_the_level(
    strength, means, until_decided, normal, at_most
):
    wrong = claim_verdicts(strength, means, until_decided, normal).count(YES) / 20_000
    assert wrong <= at_most(LEVEL)
    if ON_THE_BOUND not in means[:1]:
        assert wrong > LEVEL / 2  # the level is used where one wrong cell is enough


@pytest.mark.parametrize(
    ("strength", "means"),  # just as many true tasks as the strength asks for
    [
        ("always", [ON_THE_BOUND] * 5),
        ("usually", [FALSE] + [ON_THE_BOUND] * 2),
        ("usually", [FALSE] + [ON_THE_BOUND] * 4),
        ("usually", [FALSE] * 2 + [ON_THE_BOUND] * 4),
        ("usually", [ON_THE_BOUND] * 2),
        ("sometimes", [FALSE] * 4 + [ON_THE_BOUND]),
    ],
)
def test_a_claim_that_just_holds_is_refuted_at_most_at_the_level(
    strength, means, until_decided, normal, at_most
):
    wrong = claim_verdicts(strength, means, until_decided, normal).count(NO) / 20_000
    assert LEVEL / 2 < wrong <= at_most(LEVEL)


def test_statements_of_one_cell_hold_together_or_fall_together():
    assert conjunction([YES, YES]) is YES
    assert conjunction([YES, OPEN]) is OPEN
    assert conjunction([OPEN, NO]) is NO


def order_of_three(means, until_decided, normal):
    """Return the verdicts of 20,000 orders small > medium > large, by the means of their errors."""
    arms = [normal(mean, seed=131 + arm) for arm, mean in enumerate(means)]
    levels = cell_levels("always", len(arms) - 1, LEVEL)
    steps = []
    for worse, better in itertools.pairwise(arms):
        stopped = until_decided(worse - better, level=levels.support, refute_level=levels.refute)
        steps.append(np.where(stopped.low > 0, 0, np.where(stopped.refuting_high < 0, 1, 2)))
    return [conjunction([(YES, NO, OPEN)[i] for i in row]) for row in zip(*steps, strict=True)]


def test_an_order_with_one_equal_pair_is_called_either_way_at_most_at_the_level(
    until_decided, normal, at_most
):
    verdicts = order_of_three([9, 0, 0], until_decided, normal)
    assert LEVEL / 2 < verdicts.count(YES) / 20_000 <= at_most(LEVEL)
    assert verdicts.count(NO) / 20_000 <= at_most(LEVEL)


def test_an_order_of_equal_arms_is_refuted_at_most_at_the_level(until_decided, normal, at_most):
    wrong = order_of_three([0, 0, 0], until_decided, normal).count(NO) / 20_000
    assert LEVEL / 2 < wrong <= at_most(LEVEL)


def test_a_trend_that_turns_is_no_order(until_decided, normal, at_most):
    means = [3, 1, 1.5]
    arms = [normal(mean, seed=131 + arm) for arm, mean in enumerate(means)]
    trend = until_decided(arms[0] - arms[2], level=LEVEL).low > 0
    assert trend.mean() > 0.9
    verdicts = order_of_three(means, until_decided, normal)
    assert verdicts.count(YES) / 20_000 <= at_most(LEVEL)
    assert verdicts.count(NO) / 20_000 > 0.2


def test_no_cell_has_no_verdict():
    for empty in (
        lambda: combine("always", []),
        lambda: conjunction([]),
        lambda: cell_levels("usually", 0, 0.01),
    ):
        with pytest.raises(ValueError, match="at least one applicable cell"):
            empty()


def test_an_unknown_strength_is_refused():
    with pytest.raises(ValueError, match="'mostly'"):
        combine("mostly", [YES])


@pytest.mark.parametrize("strength", ["always", "usually", "sometimes"])
def test_leaving_a_cell_out_never_asks_for_stricter_levels_than_were_used(strength):
    for cells in range(2, 12):
        planned, left = (cell_levels(strength, k, 0.01) for k in (cells, cells - 1))
        assert planned.support <= left.support
        assert planned.refute <= left.refute

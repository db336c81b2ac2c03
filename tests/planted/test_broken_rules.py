"""These tests can fail: with a broken rule the rates are wrong."""

import math

import pytest

from pytest_scaling.statistics.verdict import Verdict

pytestmark = pytest.mark.bench

EVALUATIONS = 25


def by_the_mean(interval, bound):
    return Verdict.SUPPORTED if interval.mean > bound else Verdict.REFUTED


def by_the_mean_where_there_is_any_difference(interval, bound):
    if interval.low > 0 and interval.mean > bound:
        return Verdict.SUPPORTED
    return Verdict.INCONCLUSIVE


def alike_unless_told_apart(interval, bound):
    return Verdict.SUPPORTED if interval.contains(0) else Verdict.REFUTED


def reversed_where_the_winner_changes(intervals, refuting, bound):
    signs = {math.copysign(1, interval.mean) for interval in intervals}
    return Verdict.SUPPORTED if len(signs) == 2 else Verdict.REFUTED


STATISTICS = "pytest_scaling.statistics"
BROKEN = [
    pytest.param(
        f"{STATISTICS}.verdict.judge_above",
        by_the_mean,
        ("scale-helps-near-the-bayes-error", "edge", "B"),
        id="the mean alone decides",
    ),
    pytest.param(
        f"{STATISTICS}.verdict.judge_above",
        by_the_mean_where_there_is_any_difference,
        ("relu-converges-faster", "edge+", "B"),
        id="the interval excludes zero and the mean exceeds the bound",
    ),
    pytest.param(
        f"{STATISTICS}.interval.per_look_level",
        lambda level: min(20 * level, 0.3),
        ("needs-both-where-a-line-suffices", "edge", "B"),
        id="a looser level",
    ),
    pytest.param(
        f"{STATISTICS}.verdict.judge_equivalent",
        alike_unless_told_apart,
        ("only-up-to-a-point", "edge", "B"),
        id="not told apart counts as alike",
    ),
    pytest.param(
        f"{STATISTICS}.reversal.judge_reversal",
        reversed_where_the_winner_changes,
        ("small-m-order-undefined", "equal", "R"),
        id="a change of the winner counts as a reversal",
    ),
    pytest.param(
        f"{STATISTICS}.scope.combine",
        lambda strength, verdicts: max(verdicts, key=lambda each: each == Verdict.SUPPORTED),
        ("plateau", "edge+", "B"),
        id="one task is enough for most tasks",
    ),
    pytest.param(
        f"{STATISTICS}.verdict.judge_above",
        lambda interval, bound: Verdict.INCONCLUSIVE,
        ("scale-helps", "lecture", "S"),
        id="nothing is ever decided",
    ),
]


@pytest.mark.parametrize(("rule", "broken", "truth"), BROKEN)
def test_a_broken_rule_is_found_out(rule, broken, truth, stage, monkeypatch):
    claim, world, letter = truth
    assert stage(world).rates(claim, EVALUATIONS).faults(letter) == []
    monkeypatch.setattr(rule, broken)
    assert stage(world).rates(claim, EVALUATIONS).faults(letter) != []


def test_a_learner_that_breaks_what_is_said_of_every_unit_is_found_out_by_one_unit(stage):
    assert stage("lecture").evaluate("relu-unit-slope").verdict == "supported"
    result = stage("contrary").evaluate("relu-unit-slope")
    assert result.verdict == "refuted"
    assert result.reason == "every slope inside a trained network is one or zero: false"

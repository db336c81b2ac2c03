"""Three verdicts from an interval and a bound."""

import json
import math

import pytest

from pytest_scaling.statistics.interval import Interval
from pytest_scaling.statistics.power import p_above, seeds_needed
from pytest_scaling.statistics.verdict import (
    Verdict,
    decided,
    judge_above,
    judge_below,
    judge_equivalent,
)


def between(low: float, high: float) -> Interval:
    return Interval(mean=(low + high) / 2, low=low, high=high, sd=1.0, n=10)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.011, 0.05, Verdict.SUPPORTED),
        (-0.05, 0.009, Verdict.REFUTED),
        (0.005, 0.05, Verdict.INCONCLUSIVE),
        (0.01, 0.05, Verdict.INCONCLUSIVE),  # the bound itself is not beyond the bound
        (-0.05, 0.01, Verdict.INCONCLUSIVE),
    ],
)
def test_a_mean_is_above_a_bound_when_the_whole_interval_is(low, high, verdict):
    assert judge_above(between(low, high), 0.01) is verdict
    assert judge_below(between(-high, -low), -0.01) is verdict


def test_a_clear_effect_that_may_be_smaller_than_the_bound_is_not_supported():
    clearly_positive = between(0.002, 0.05)
    assert clearly_positive.mean > 0.01
    assert judge_above(clearly_positive, 0.01) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.009, 0.009, Verdict.SUPPORTED),
        (0.002, 0.009, Verdict.SUPPORTED),
        (0.011, 0.05, Verdict.REFUTED),
        (-0.05, -0.011, Verdict.REFUTED),
        (0.005, 0.05, Verdict.INCONCLUSIVE),
        (-0.05, 0.05, Verdict.INCONCLUSIVE),
        (-0.01, 0.005, Verdict.INCONCLUSIVE),
    ],
)
def test_arms_are_equivalent_when_the_whole_interval_lies_between_the_bounds(low, high, verdict):
    assert judge_equivalent(between(low, high), 0.01) is verdict


def test_a_decided_interval_is_never_inconclusive():
    for low, high in [(0.02, 0.03), (-0.03, -0.02), (-0.005, 0.005)]:
        assert decided(between(low, high), (-0.01, 0.01))
        for judge in (judge_above, judge_below, judge_equivalent):
            assert judge(between(low, high), 0.01) is not Verdict.INCONCLUSIVE


@pytest.mark.parametrize("bound", [0.0, -0.01, math.nan])
def test_an_equivalence_needs_a_positive_bound(bound):
    with pytest.raises(ValueError, match="must be positive"):
        judge_equivalent(between(0, 1), bound)


def test_a_bound_that_is_not_a_number_is_refused():
    interval = between(0, 1)
    for judged in (
        lambda: judge_above(interval, math.nan),
        lambda: judge_below(interval, math.nan),
        lambda: decided(interval, (0.0, math.nan)),
        lambda: seeds_needed(interval, math.nan, 0.01),
        lambda: p_above([1.0, 2.0], math.nan),
    ):
        with pytest.raises(ValueError, match="NaN"):
            judged()


def test_a_verdict_is_written_as_its_word():
    assert f"{Verdict.SUPPORTED}" == "supported"
    assert json.dumps(Verdict.REFUTED) == '"refuted"'
    assert Verdict("inconclusive") is Verdict.INCONCLUSIVE

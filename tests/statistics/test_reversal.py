"""Order reversal: one way round on some task, the other way on another."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import Interval
from pytest_scaling.statistics.reversal import judge_reversal, reversal_levels
from pytest_scaling.statistics.scope import CellLevels
from pytest_scaling.statistics.verdict import Verdict

YES, NO, OPEN = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE
LEVEL = 0.025  # a level at which 20,000 repetitions see many errors
DELTA = 1.0  # standard deviations


def between(low: float, high: float) -> Interval:
    return Interval(mean=(low + high) / 2, low=low, high=high, sd=1.0, n=10)


ABOVE, BELOW = between(0.02, 0.05), between(-0.05, -0.02)  # against 0.01
MIDDLE, UNDECIDED = between(-0.005, 0.005), between(0.005, 0.05)
NOT_BELOW, NOT_ABOVE = between(-0.005, 0.05), between(-0.05, 0.005)


@pytest.mark.parametrize(
    ("tasks", "levels"),
    [
        (2, CellLevels(support=0.01, refute=0.01)),
        (5, CellLevels(support=0.004, refute=0.01)),
    ],
)
def test_support_is_shared_by_the_tasks_and_refutation_by_the_two_sides(tasks, levels):
    assert reversal_levels(tasks, 0.02) == levels


@pytest.mark.parametrize(
    ("intervals", "verdict"),
    [
        ([ABOVE, BELOW], YES),
        ([MIDDLE, BELOW, UNDECIDED, ABOVE], YES),
        ([ABOVE, MIDDLE], NO),
        ([BELOW, MIDDLE], NO),
        ([MIDDLE, MIDDLE], NO),
        ([ABOVE, NOT_BELOW], NO),
        ([BELOW, NOT_ABOVE], NO),
        ([UNDECIDED, NOT_BELOW], NO),  # no task below: whatever is above, nothing reverses
        ([ABOVE, NOT_ABOVE], OPEN),
        ([BELOW, UNDECIDED], OPEN),
        ([ABOVE, between(-0.05, 0.05)], OPEN),
    ],
)
def test_an_order_reverses_when_one_task_is_above_and_another_below(intervals, verdict):
    assert judge_reversal(intervals, intervals, 0.01) is verdict
    mirrored = [between(-each.high, -each.low) for each in intervals]
    assert judge_reversal(mirrored, mirrored, 0.01) is verdict


def test_each_side_of_the_verdict_has_intervals_of_its_own():
    wide = [between(-0.5, 0.5)] * 2
    assert judge_reversal([ABOVE, BELOW], wide, 0.01) is YES
    assert judge_reversal(wide, [ABOVE, MIDDLE], 0.01) is NO
    assert judge_reversal(wide, [ABOVE, BELOW], 0.01) is OPEN


def test_when_every_task_is_decided_there_is_a_verdict():
    for first in (ABOVE, MIDDLE, BELOW):
        for second in (ABOVE, MIDDLE, BELOW):
            expected = YES if {first, second} == {ABOVE, BELOW} else NO
            assert judge_reversal([first, second], [first, second], 0.01) is expected


def verdicts(means, until_decided, normal, *, cap=30, shared=False):
    """Return the verdicts of 20,000 pairs on tasks with these `means`."""
    levels = reversal_levels(len(means), LEVEL)
    stopped = []
    for task, mean in enumerate(means):
        differences = normal(mean, seed=81 if shared else 81 + task)
        if shared and task % 2:
            differences = 2 * mean - differences  # the luck of a seed turns on every other task
        stopped.append(
            until_decided(
                differences,
                bounds=(-DELTA, DELTA),
                level=levels.support,
                refute_level=levels.refute,
                cap=cap,
            )
        )
    return judged(
        np.array([[s.low, s.high] for s in stopped]),
        np.array([[s.refuting_low, s.refuting_high] for s in stopped]),
    )


def judged(support, refute):
    """Judge limits (tasks, 2, repetitions), once for all that lie alike against the bounds."""
    alike = [limits > bound for limits in (support, refute) for bound in (-DELTA, DELTA)]
    _, first, group = np.unique(
        np.reshape(alike, (-1, support.shape[-1])), axis=1, return_index=True, return_inverse=True
    )
    each = [
        judge_reversal(
            [between(*task) for task in support[..., i]],
            [between(*task) for task in refute[..., i]],
            DELTA,
        )
        for i in first
    ]
    return [each[i] for i in np.ravel(group)]


@pytest.mark.parametrize("cap", [10, 30])
@pytest.mark.parametrize(
    "means",  # nothing lies above delta
    [
        [-9, DELTA],
        [-9, DELTA, DELTA],
        [-9, DELTA, DELTA, DELTA, DELTA],
        [-9, -9, 0, DELTA],
        [-DELTA, DELTA],
    ],
)
def test_an_order_that_does_not_reverse_is_supported_at_most_at_the_level(
    means, cap, until_decided, normal, at_most
):
    wrong = verdicts(means, until_decided, normal, cap=cap).count(YES) / 20_000
    assert wrong <= at_most(LEVEL)
    if cap == 30 and means.count(DELTA) > 1:
        assert wrong > LEVEL / 2  # the level is used


@pytest.mark.parametrize("cap", [10, 30])
@pytest.mark.parametrize(
    "means", [[DELTA, -DELTA], [DELTA, -9], [DELTA, -DELTA, 0], [DELTA, -DELTA, -9, -9]]
)
def test_an_order_that_just_reverses_is_refuted_at_most_at_the_level(
    means, cap, until_decided, normal, at_most
):
    wrong = verdicts(means, until_decided, normal, cap=cap).count(NO) / 20_000
    assert wrong <= at_most(LEVEL)
    if cap == 30 and means == [DELTA, -DELTA]:
        assert wrong > LEVEL / 2  # the level is used


def test_without_sharing_the_level_a_reversal_would_be_supported_too_often(
    until_decided, normal, at_most
):
    found = [
        until_decided(normal(DELTA, seed=91 + task), bounds=(-DELTA, DELTA), level=LEVEL).low
        > DELTA
        for task in range(4)  # beside a fifth task that is clearly below
    ]
    assert np.mean(np.any(found, axis=0)) > 2 * at_most(LEVEL)


def test_the_levels_hold_when_all_tasks_share_the_luck_of_a_seed(until_decided, normal, at_most):
    given = verdicts([DELTA, -DELTA], until_decided, normal, shared=True)
    assert given.count(NO) / 20_000 <= at_most(LEVEL)


def test_a_reversal_is_found(until_decided, normal):
    given = verdicts([3, -3, 0], until_decided, normal, cap=10)
    assert given.count(YES) / 20_000 > 0.85
    given = verdicts([3, 3, 0], until_decided, normal, cap=30)
    assert given.count(NO) / 20_000 > 0.95


def test_one_task_shows_no_reversal():
    for refused in (lambda: reversal_levels(1, 0.01), lambda: judge_reversal([ABOVE], [ABOVE], 0)):
        with pytest.raises(ValueError, match="2 tasks or more, not 1"):
            refused()


@pytest.mark.parametrize("bound", [-0.01, math.nan])
def test_a_bound_that_is_no_size_is_refused(bound):
    with pytest.raises(ValueError, match="must not be negative"):
        judge_reversal([ABOVE, BELOW], [ABOVE, BELOW], bound)


def test_every_task_needs_both_intervals():
    with pytest.raises(ValueError, match="2 and 1"):
        judge_reversal([ABOVE, BELOW], [ABOVE], 0.01)

"""Resplits of one data set: seeds that are not independent."""

import math

import numpy as np
import pytest

from pytest_scaling.statistics.interval import Interval, overlap, paired_interval
from pytest_scaling.statistics.power import p_above, seeds_needed, smallest_detectable
from pytest_scaling.statistics.race import log_ratio, race_interval

BOTH = {"lower_level": 0.01, "upper_level": 0.01}
GAPS = [0.021, 0.034, 0.015, 0.027, 0.030]
ROWS, TEST_ROWS = 60, 20  # of each simulated data set, and of its test parts


def test_the_overlap_is_the_ratio_of_test_to_training_rows():
    assert overlap(500, 1_000) == 0.5


@pytest.mark.parametrize(("test", "train", "part"), [(0, 10, "test"), (10, 0, "training")])
def test_a_part_without_rows_is_refused(test, train, part):
    with pytest.raises(ValueError, match=f"The {part} part"):
        overlap(test, train)


def test_an_interval_of_resplits_is_wider_by_the_corrected_variance():
    plain, corrected = (paired_interval(GAPS, overlap=each, **BOTH) for each in (0.0, 0.5))
    factor = math.sqrt((1 / 5 + 0.5) / (1 / 5))
    assert corrected.mean == plain.mean
    assert corrected.sd == plain.sd
    assert corrected.half_width == pytest.approx(factor * plain.half_width)
    assert smallest_detectable(corrected, 0.01) == pytest.approx(
        factor * smallest_detectable(plain, 0.01)
    )


def test_the_p_value_agrees_with_the_corrected_interval():
    low = paired_interval(GAPS, overlap=0.5, **BOTH).low
    assert p_above(GAPS, low, overlap=0.5) == pytest.approx(0.0022)


def test_a_race_on_resplits_is_as_wide_on_both_sides():
    samples = log_ratio([100, 120, 150, 130, 110], [10, 14, 13, 12, 11], 1000)
    plain, corrected = (race_interval(samples, overlap=each, **BOTH) for each in (0.0, 0.5))
    factor = math.sqrt((1 / 5 + 0.5) / (1 / 5))
    assert corrected.mean - corrected.low == pytest.approx(factor * (plain.mean - plain.low))
    assert corrected.high - corrected.mean == pytest.approx(factor * (plain.high - plain.mean))


def test_no_number_of_resplits_decides_what_the_data_set_cannot():
    near = Interval(mean=1.0, low=-2.0, high=4.0, sd=1.0, n=5, overlap=0.5)
    assert seeds_needed(near, 0.0, 0.01) is None  # half-width 2 and more however many
    far = Interval(mean=3.0, low=-2.0, high=8.0, sd=1.0, n=5, overlap=0.5)
    assert 5 < seeds_needed(far, 0.0, 0.01) < 30
    independent = Interval(mean=1.0, low=-2.0, high=4.0, sd=1.0, n=5)
    assert seeds_needed(independent, 0.0, 0.01) is not None


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_an_overlap_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="overlap"):
        paired_interval(GAPS, overlap=bad, **BOTH)


def resplit_gaps(train_rows, repetitions, seed):
    """Differences (repetitions, 10) between two learners that are equally good in the population.

    Each repetition is one data set of 60 rows with two features of the same strength, split anew
    for each seed. Each learner puts a threshold between the class means of its own feature.
    """
    random = np.random.default_rng(seed)
    labels = np.where(np.arange(ROWS) % 2, 1.0, -1.0)
    order = random.permuted(
        np.broadcast_to(np.arange(ROWS), (repetitions, 10, ROWS)), axis=2
    )  # (repetitions, seeds, rows)
    test, train = order[..., :TEST_ROWS], order[..., TEST_ROWS : TEST_ROWS + train_rows]
    errors = []
    for _ in range(2):
        feature = random.normal(0.7 * labels, 1.0, (repetitions, ROWS))[:, None]
        seen, positive = np.take_along_axis(feature, train, 2), labels[train] > 0
        counts = np.maximum(positive.sum(2), 1), np.maximum((~positive).sum(2), 1)
        above, below = (
            (seen * of_class).sum(2) / count
            for of_class, count in zip((positive, ~positive), counts, strict=True)
        )
        side = np.take_along_axis(feature, test, 2) > ((above + below) / 2)[..., None]
        side ^= (above < below)[..., None]
        errors.append(np.mean(side != (labels[test] > 0), axis=2))
    return errors[0] - errors[1]


@pytest.mark.parametrize("train_rows", [ROWS - TEST_ROWS, 12])
def test_equal_learners_are_told_apart_by_resplits_too_often_unless_corrected(
    train_rows, until_decided, at_most
):
    gaps = np.concatenate([resplit_gaps(train_rows, 2_000, (101, i)) for i in range(10)])
    plain = until_decided(gaps, cap=10)
    corrected = until_decided(gaps, cap=10, overlap=overlap(TEST_ROWS, ROWS - TEST_ROWS))
    for side in ("above", "below"):
        wrong = {
            stopped: np.mean(stopped.low > 0 if side == "above" else stopped.high < 0)
            for stopped in (plain, corrected)
        }
        assert wrong[plain] > 0.05
        assert wrong[corrected] <= at_most(0.01)

"""Quantities: one sample per seed, floors under the spread, and notes about failed runs."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pytest_scaling.experiments.quantities import (
    JUDGED_BY,
    Rule,
    Samples,
    average,
    binomial_noise,
    differences,
    diverged_notes,
    interaction,
    over,
    relative,
)
from tests.experiments.bench import GOOD, MAJORITY, ROWS, TASK, Bench, Name, experiment, planted

BOTH = ("error", "error")


def results(*errors, **metrics):
    bench = Bench(lambda arm, seed: errors[seed])
    return tuple(bench.result(None, seed) for seed in range(len(errors)))


def test_differences_have_at_least_the_noise_of_the_test_rows():
    same = differences(results(0.3, 0.3), results(0.1, 0.1), BOTH).interval(0.01)
    assert same.sd == pytest.approx(math.sqrt(0.2 * ROWS) / ROWS)
    equal = differences(results(0.3, 0.3), results(0.3, 0.3), BOTH).interval(0.01)
    assert equal.sd == 1 / ROWS
    varied = differences(results(0.5, 0.1), results(0.1, 0.1), BOTH).interval(0.01)
    assert varied.sd == pytest.approx(0.4 / math.sqrt(2))


def test_another_metric_than_the_error_is_known_to_one_test_row():
    metrics = ("majority_error", "majority_error")
    assert differences(results(0.3, 0.3), results(0.1, 0.1), metrics).interval(0.01).sd == 1 / ROWS


def binomial(share, rows=ROWS):
    return math.sqrt(share * (1 - share) / rows)


def test_what_is_not_paired_has_at_least_the_binomial_noise_of_the_test_rows():
    over_guessing = differences(results(0.3, 0.3), results(0.3, 0.3), ("error", "majority_error"))
    assert over_guessing.judged_by(JUDGED_BY).floor == pytest.approx(
        math.hypot(binomial(0.3), binomial(MAJORITY))
    )
    assert over(results(0.3, 0.3), 0.1).judged_by(JUDGED_BY).floor == pytest.approx(binomial(0.3))
    assert over(results(0.3, 0.3), 0.1).judged_by(Rule.MEAN).floor == 1 / ROWS  # as in old rows


@pytest.mark.parametrize("error", [0.02, 0.3])
def test_the_floor_of_an_error_over_the_bayes_error_is_the_noise_that_there_is(error):
    wrong = np.random.default_rng(3).binomial(ROWS, error, 20_000) / ROWS
    assert binomial_noise(wrong, ROWS) == pytest.approx(wrong.std(), rel=0.02)


def test_a_metric_that_is_a_share_of_rows_of_a_learner_s_own_has_their_noise():
    bench = Bench(None, metrics=lambda arm, seed: {"best_of_3": 0.4, "best_of_30": 0.2})
    own = tuple(bench.result(None, seed) for seed in range(7))
    metrics = ("best_of_3", "best_of_30")
    noisy = differences(own, own, metrics, (1_000, 1_000)).judged_by(JUDGED_BY)
    expected = math.hypot(binomial(0.4, 1_000), binomial(0.2, 1_000))
    assert noisy.interval(0.01).sd == pytest.approx(expected)
    assert differences(own, own, metrics).judged_by(JUDGED_BY).floor == 0  # nobody knows


def test_no_rows_and_numbers_that_are_no_shares_have_no_binomial_noise():
    assert binomial_noise(np.array([0.5]), 0) == 0
    assert binomial_noise(np.array([1.5, 0.5]), 100) == 0


def test_two_metrics_of_one_arm_may_be_compared():
    over_guessing = differences(results(0.3), results(0.3), ("error", "majority_error"))
    assert over_guessing.values.tolist() == pytest.approx([-0.2])


def test_arms_on_other_seeds_share_no_test_rows():
    first, second = results(0.3, 0.3), results(0.3, 0.3)
    shifted = tuple(replace(each, seed=each.seed + 100_000) for each in second)
    assert differences(first, second, BOTH).floor == 1 / ROWS
    assert differences(first, shifted, BOTH).floor == pytest.approx(math.sqrt(0.6 * ROWS) / ROWS)


def test_what_lies_above_a_known_number():
    assert over(results(0.3, 0.2), 0.1).values.tolist() == pytest.approx([0.2, 0.1])


def test_an_interaction_is_a_difference_of_differences():
    made = interaction(results(0.4), results(0.3), results(0.35), results(0.1))
    assert made.values.tolist() == pytest.approx([0.15])
    assert made.floor == pytest.approx(math.sqrt(0.1 * ROWS + 0.25 * ROWS) / ROWS)


def test_an_average_has_less_noise_than_its_parts():
    parts = [
        Samples(np.array([0.1, 0.3]), 0.03, ("one diverged",)),
        Samples(np.array([0.3, 0.5]), 0.04, ("one diverged",)),
    ]
    made = average(parts)
    assert made.values.tolist() == pytest.approx([0.2, 0.4])
    assert made.floor == pytest.approx(0.025)
    assert made.notes == ("one diverged",)
    assert average(parts[:1]).floor == parts[0].floor


def test_a_relative_gain_has_the_noise_of_the_test_rows_too():
    before, after = results(0.4, 0.4), results(0.2, 0.2)
    assert relative(before, after).interval(0.01).sd > 0.01


@pytest.mark.parametrize(
    ("bad", "notes"),
    [
        (0, ()),
        (1, ("1 of 14 runs diverged and count as the majority class",)),
        (5, ("5 of 14 runs diverged and count as the majority class",)),
    ],
)
def test_diverged_runs_are_noted(bad, notes):
    bench = planted(good=0.1, poor=0.3)
    bench.diverged = lambda arm, seed: arm.learner.name == "poor" and seed < bad
    estimate = experiment(bench).compare(Name("poor"), GOOD, task=TASK, m=64)
    assert estimate.notes == notes


def test_no_runs_have_no_notes():
    assert diverged_notes((), ()) == ()

"""Quantities: one sample per seed, floors under the spread, and notes about failed runs."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pytest_scaling.experiments.quantities import (
    Samples,
    average,
    differences,
    diverged_notes,
    interaction,
    over,
    relative,
)
from tests.experiments.bench import GOOD, ROWS, TASK, Bench, Name, experiment, planted

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
        (1, ("1 of 10 runs diverged and count as the majority class",)),
        (5, ("5 of 10 runs diverged and count as the majority class",)),
    ],
)
def test_diverged_runs_are_noted(bad, notes):
    bench = planted(good=0.1, poor=0.3)
    bench.diverged = lambda arm, seed: arm.learner.name == "poor" and seed < bad
    estimate = experiment(bench).compare(Name("poor"), GOOD, task=TASK, m=64)
    assert estimate.notes == notes


def test_no_runs_have_no_notes():
    assert diverged_notes((), ()) == ()

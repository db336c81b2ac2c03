"""Improvements: which direction is better, in which words and unit, and within which range."""

import pytest

from pytest_scaling import ClaimError, Metric, arm
from pytest_scaling.experiments.measures.improvement import gained, measured
from pytest_scaling.trials.result import SeedResult
from tests.experiments.bench import Bench, Name, experiment, planted, swinging

TASK, GOOD, POOR = Name("xor"), Name("good"), Name("poor")
PROFIT = Metric("profit", better="higher", unit="euros", range=(0, 100))
COST = Metric("cost", better="lower", unit="euros")
WAVER = (0.0, 0.3, 0.1, 0.2, 0.4)  # of seeds, in turn


def reporting(**means):
    """A bench whose learners report one number each, by the name of the metric."""

    def metrics(of, seed):
        waver = WAVER[seed * (1 + (of.learner == GOOD)) % len(WAVER)]
        return {"profit": means[of.learner.name] + waver, "cost": means[of.learner.name] + waver}

    return Bench(lambda of, seed: 0.0, metrics=metrics)


@pytest.mark.parametrize(("metric", "gain"), [(PROFIT, 10), (COST, -10)])
def test_the_second_arm_is_better_in_the_direction_of_the_metric(metric, gain):
    measuring = experiment(reporting(poor=5, good=15), smallest_effect=1.0)
    found = measuring.compare(POOR, GOOD, metric=metric, task=TASK, m=256)
    assert found.value == pytest.approx(gain, abs=0.5)
    assert (found > 1.0).verdict == ("supported" if gain > 0 else "refuted")


def test_words_name_the_improvement_and_the_table_the_difference_as_it_is_taken():
    measuring = experiment(reporting(poor=5, good=15), smallest_effect=1.0)
    profit, cost = (
        measuring.compare(POOR, GOOD, metric=metric, task=TASK, m=256) for metric in (PROFIT, COST)
    )
    assert profit.about == "improvement of profit from poor to good on xor, m = 256"
    assert (profit.measured, cost.measured) == (
        "profit, good - poor, 256",
        "cost, poor - good, 256",
    )
    assert profit.unit.write(12.345) == "12.35 euros"


def test_functions_have_neither_task_nor_rows_in_words():
    def f(seed, *, plus=0.0):
        return 0.0

    bench = Bench(
        lambda of, seed: 0.0,
        metrics=lambda of, seed: {"value": WAVER[seed % 5] * (1 + of.learner.given["plus"])},
    )
    one, other = (arm(f).using(plus=plus) for plus in (1.0, 2.0))
    found = experiment(bench).compare(one, other)
    assert found.about == "improvement of value from f(plus=1.0) to f(plus=2.0)"
    assert found.measured == "value, f(plus=1.0) - f(plus=2.0)"
    assert found.value < 0


def test_what_a_function_returned_can_be_measured_without_judging_it():
    bench = Bench(lambda of, seed: 0.0, metrics=lambda of, seed: {"value": float(seed)})
    found = experiment(bench).measure(arm(lambda seed: 0.0, name="f"), "value")
    assert found == [0, 1, 2, 3, 4, 5, 6]


def test_an_interval_ends_where_the_metric_does():
    wild = Bench(
        lambda of, seed: 0.0,
        metrics=lambda of, seed: {"profit": 50.0 + 49 * (-1) ** seed},
    )
    found = experiment(wild, bounds={"least": 1.0}).estimate_of(
        GOOD, metric=PROFIT, task=TASK, m=256, bound="least"
    )
    assert (found.interval.low, found.interval.high) == (0.0, 100.0)


def test_accuracy_is_the_error_turned_round_and_trains_the_same_trials():
    bench = planted(poor=swinging(0.3, 0.01), good=swinging(0.1, 0.01))
    measuring = experiment(bench)
    by_error = measuring.compare(POOR, GOOD, metric="error", task=TASK, m=256)
    by_accuracy = measuring.compare(POOR, GOOD, metric="accuracy", task=TASK, m=256)
    assert by_accuracy.interval == by_error.interval
    assert {trial.arm.judged_by for asked in bench.asked for trial in asked} == {""}


def test_one_arm_is_compared_with_the_one_bound_of_the_claim():
    measuring = experiment(
        planted(good=swinging(0.1, 0.01)), smallest_effect=None, bounds={"most": 0.2}
    )
    found = measuring.estimate_of(GOOD, task=TASK, m=256)
    assert found.about == "error of good on xor, m = 256"
    assert found < 0.2


def test_a_rate_that_is_always_one_has_a_lower_limit():
    results = tuple(SeedResult(seed, {"success": 1.0}, None, 0, False, 0.0) for seed in range(5))
    samples = measured(results, Metric("success", better="higher", range=(0, 1)))
    assert samples.binary
    assert 0.2 < samples.interval(0.01).low < 0.4
    assert samples.interval(0.01).high == 1.0


def test_a_test_row_is_the_grain_of_a_bounded_metric_only():
    results = tuple(
        SeedResult(seed, {"profit": 1.0, "cost": 1.0}, None, 50, False, 0.0) for seed in range(5)
    )
    assert gained(results, results, PROFIT).floor == pytest.approx(2.0)
    assert gained(results, results, COST).floor == 0.0


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"metric": "error"}, "good needs a task to train on"),
        ({"metric": "error", "task": TASK}, "xor draws as many rows as are asked for; say how"),
        ({"metric": "error", "task": "xor", "m": 5}, "'xor' is no task"),
        ({"metric": 3, "task": TASK, "m": 5}, "3 is no metric"),
    ],
)
def test_what_is_missing_is_told(how, words):
    with pytest.raises(ClaimError, match=words):
        experiment(planted(good=0.1)).compare(GOOD, GOOD, **how)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "must say which direction is better"),
        ({"better": "higher", "unit": "ratio of x"}, "give a word of at most 20"),
        ({"better": "higher", "range": (1, 0)}, "the range of the metric 'x' is empty"),
        ({"better": "higher", "needs": "rows"}, "needs 'rows'; it must be labels"),
    ],
)
def test_a_metric_that_cannot_be_judged_is_told(given, words):
    with pytest.raises(ClaimError, match=words):
        Metric("x", **given)

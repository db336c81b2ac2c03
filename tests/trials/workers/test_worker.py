"""What computing a trial gives, and its messages about tasks and learners that break the rules."""

import dataclasses
import math

import numpy as np
import pytest

from pytest_scaling.spec.protocols import Fit
from pytest_scaling.trials.result import SeedResult, TrialError
from pytest_scaling.trials.rows.draws import Draws
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import TEST_ROWS, Returns, Stripes, trial

pytestmark = pytest.mark.usefixtures("draws")


def constant(block, label=0):
    return np.full((len(block.seeds), block.x_test.shape[1]), label)


def none_of(block):
    return np.zeros(len(block.seeds), dtype=bool)


def test_a_result_holds_the_error_and_which_rows_were_right():
    (first, *rest) = compute(trial())
    right = np.unpackbits(np.frombuffer(first.correct, np.uint8), count=TEST_ROWS)
    assert [first.seed, *(r.seed for r in rest)] == [0, 1, 2, 3, 4]
    assert first.rows == TEST_ROWS
    assert first.metrics["error"] == pytest.approx(1 - right.mean())
    assert first.metrics["error"] < first.metrics["majority_error"]


def test_a_learner_that_diverges_on_every_seed_scores_the_majority_error():
    always = compute(trial(learner=Returns(lambda b: Fit(constant(b, -1), ~none_of(b)))))
    for result, seed in zip(always, range(5), strict=True):
        y, y_test = Stripes().draw(seed, 64)[1], Stripes().test_set(seed)[1]
        right = y_test == np.bincount(y).argmax()
        assert result.diverged
        assert result.metrics["error"] == result.metrics["majority_error"] == np.mean(~right)
        assert result.correct == np.packbits(right).tobytes()


def test_a_learner_may_be_judged_by_its_own_metrics_alone():
    learner = Returns(lambda b: Fit(None, none_of(b), {"steps": np.arange(5.0)}))
    results = compute(trial(learner=learner))
    assert [r.metrics for r in results] == [{"steps": float(s)} for s in range(5)]
    assert {(r.correct, r.rows) for r in results} == {(None, 0)}


def test_discordant_rows_are_those_that_exactly_one_gets_right():
    def result(right, seed=0):
        return SeedResult(seed, {}, np.packbits(right).tobytes(), len(right), False, 1.0)

    a, b = np.random.default_rng(0).random((2, 45)) < 0.5
    assert result(a).discordant(result(b)) == np.sum(a != b)
    with pytest.raises(ValueError, match="share their test rows"):
        result(a).discordant(result(b[:44]))
    with pytest.raises(ValueError, match="share their test rows"):
        result(a).discordant(result(b, seed=1))


def test_results_depend_on_nothing_that_the_process_did_before(draws):
    fresh = compute(trial())
    compute(trial(m=300))
    np.random.seed(7)
    assert compute(trial()) == fresh
    assert compute(trial(m=300)) == compute(trial(m=300))
    draws.memory = 0
    assert compute(trial()) == fresh


def test_a_smaller_trial_is_served_from_a_larger_draw(draws):
    class Counted(Stripes):
        def draw(self, seed, m):
            calls.append((seed, m))
            return super().draw(seed, m)

    calls = []
    compute(trial(task=Counted(), m=100))
    assert calls == [(0, 100), (0, 50), *((s, 100) for s in range(1, 5))]  # one shows the nesting
    compute(trial(task=Counted(), m=60))
    assert len(calls) == 6
    compute(trial(task=Counted(), m=200))
    assert calls[6:] == [(s, 200) for s in range(5)]


def test_the_rows_that_are_kept_stay_within_bounds():
    draws = Draws(memory=5_000)
    for seed in range(20):
        draws.training(Stripes(), seed, 100)  # 2,000 bytes
        assert draws.size <= 5_000


def drawing(change):
    class Bad(Stripes):
        def draw(self, seed, m):
            return change(*super().draw(seed, m))

    return Bad()


def judging(change):
    class Bad(Stripes):
        def test_set(self, seed):
            return change(*super().test_set(seed))

    return Bad()


def nan_first(x, y):
    return np.where(np.arange(len(x))[:, None] == 0, np.nan, x), y


def growing(x, y):
    rows = TEST_ROWS - round(float(x[0, 0]) * 9)
    return x[:rows], y[:rows]


TASKS = {
    "nothing": (drawing(lambda x, y: None), r"draw\(0, 64\) must return a pair"),
    "flat features": (drawing(lambda x, y: (x[:, 0], y)), r"not shapes \(64,\) and \(64,\)"),
    "few labels": (drawing(lambda x, y: (x, y[1:])), r"not shapes \(64, 3\) and \(63,\)"),
    "few rows": (drawing(lambda x, y: (x[1:], y[1:])), "must return 64 rows, not 63"),
    "NaN": (drawing(nan_first), "finite numbers as features"),
    "infinite": (judging(lambda x, y: (x / 0, y)), r"test_set\(0\) must return finite"),
    "a third class": (drawing(lambda x, y: (x, y + 1)), r"has 2 classes.* are 0, 1, 2;"),
    "negative": (judging(lambda x, y: (x, y - 1)), r"test_set\(0\).*integer labels in 0\.\.1"),
    "float labels": (drawing(lambda x, y: (x, y * 1.0)), "labels that are integers"),
    "not nested": (drawing(lambda x, y: (x[::-1], y)), "must return the first 32 rows"),
    "uneven test sets": (judging(growing), "as many columns and test rows"),
    "other columns": (judging(lambda x, y: (x[:, :2], y)), "as many columns"),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("task", "says"), TASKS.values(), ids=TASKS.keys())
def test_a_task_that_breaks_its_word_is_told_so_in_one_sentence(task, says):
    with pytest.raises(TrialError, match=f"on stripes, m = 64, seeds 0-4: Task stripes.*{says}"):
        compute(trial(task=task))


def with_metric(values):
    return lambda b: Fit(constant(b), none_of(b), values)


FITS = {
    "no fit": (constant, "must return a Fit, not ndarray"),
    "one row of labels": (lambda b: Fit(constant(b)[0], none_of(b)), r"shape \(5, 45\), not"),
    "an unknown class": (lambda b: Fit(constant(b, 2), none_of(b)), r"integers in 0\.\.1"),
    "probabilities": (lambda b: Fit(constant(b, 0.5), none_of(b)), r"integers in 0\.\.1"),
    "one flag": (lambda b: Fit(constant(b), np.array([True])), "5 booleans"),
    "numbers for flags": (lambda b: Fit(constant(b), np.zeros(5)), "5 booleans"),
    "a NaN": (
        with_metric({"loss": np.full(5, math.nan)}),
        r"\['loss'\] is nan for seed 0, which",
    ),
    "a short metric": (with_metric({"loss": np.zeros(4)}), r"\['loss'\] must be 5 numbers"),
    "a reserved metric": (with_metric({"error": np.zeros(5)}), "must not hold 'error'"),
}


@pytest.mark.parametrize(("outcome", "says"), FITS.values(), ids=FITS.keys())
def test_a_learner_that_breaks_its_word_is_told_so_in_one_sentence(outcome, says):
    with pytest.raises(TrialError, match=f"returns on stripes, m = 64, seeds 0-4: .*{says}"):
        compute(trial(learner=Returns(outcome)))


def test_a_diverged_seed_may_have_no_finite_number_and_then_lacks_it():
    def outcome(block):
        diverged = np.arange(5) == 2
        return Fit(constant(block), diverged, {"loss": np.where(diverged, math.inf, 0.5)})

    results = compute(trial(learner=Returns(outcome)))
    assert [result.metrics.get("loss") for result in results] == [0.5, 0.5, None, 0.5, 0.5]
    assert results[2].metrics["error"] == results[2].metrics["majority_error"]
    assert all(result.is_possible for result in results)


def test_a_learner_that_raises_is_quoted_in_one_sentence():
    with pytest.raises(TrialError) as caught:
        compute(trial(learner=Returns(ZeroDivisionError("no rows\n  at all"))))
    assert str(caught.value) == (
        "returns on stripes, m = 64, seeds 0-4: ZeroDivisionError: no rows at all"
    )


def test_the_time_is_shared_among_the_seeds_and_never_compared():
    (result, *_) = compute(trial())
    assert 0 < result.seconds < 1
    assert dataclasses.replace(result, seconds=99.0) == result

"""Error against m: gains, what a learner can handle, and whether there is anything to learn."""

import math
from dataclasses import dataclass

import pytest

from pytest_scaling.experiments.units import ERROR, LOG_ERROR
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.trials.seeds import APART
from pytest_scaling.trials.sources import NotYet
from tests.experiments.bench import (
    EFFECT,
    GOOD,
    MAJORITY,
    TASK,
    TIERS,
    Bench,
    Modest,
    Name,
    experiment,
    swinging,
)

SIZES = TIERS["quick"].sizes
HALF, LARGEST = SIZES[-2:]
ERRORS = dict.fromkeys(SIZES, 0.2) | {64: 0.4, 256: 0.3, 1_024: 0.2}


def curve(errors=ERRORS, *, learner=GOOD, task=TASK, **claim):
    """The curve of a learner whose error, or its function of seeds, is given for each size."""

    def error(arm, seed):
        planted = errors[arm.m]
        return planted(seed) if callable(planted) else planted

    return experiment(Bench(error), **claim).curve(learner, task=task)


def test_a_curve_has_the_sizes_of_the_tier_that_the_learner_affords():
    assert curve().sizes == SIZES
    modest = curve(learner=Modest("modest", most_rows=1_500))
    assert modest.sizes == tuple(m for m in SIZES if m <= 1_500)
    assert sorted(modest.first_look) == sorted(modest.sizes)


def test_a_gain_is_the_fall_of_the_error_from_one_size_to_another():
    gain = curve().gain(64, 1_024)
    assert gain.samples == pytest.approx([0.2] * 7)
    assert gain.unit is ERROR
    assert gain.about == "fall of the error of good on xor from m = 64 to 1,024"
    assert gain > EFFECT


def test_a_relative_gain_is_judged_as_a_logarithm_and_written_as_a_share():
    gain = curve(bounds={"flat": 0.1}).relative_gain(64, 1_024, bound="flat")
    assert gain.samples == pytest.approx([math.log(2)] * 7, rel=0.01)
    assert gain.unit is LOG_ERROR
    assert str(gain).startswith("49.9% [")  # half a row is added to both errors
    assert gain > 0.1


def test_a_flat_stretch_is_below_its_bound():
    flat = curve(bounds={"flat": 0.5}).relative_gain(HALF, LARGEST, bound="flat")
    assert flat.samples == (0.0,) * 7
    assert flat < 0.5


def test_a_learner_that_never_beats_the_majority_class_is_not_applicable():
    hopeless = dict.fromkeys(ERRORS, MAJORITY - EFFECT / 2)
    with pytest.raises(pytest.skip.Exception, match="good on xor never beats the majority class"):
        curve(hopeless).require_learning()
    curve({**hopeless, LARGEST: MAJORITY - 2 * EFFECT}).require_learning()


def test_a_task_is_used_up_where_the_error_is_shown_to_be_near_the_bayes_error():
    errors = {**ERRORS, HALF: swinging(0.13, 0.02), LARGEST: 0.13}
    known = curve(errors, task=Name("known", bayes_error=0.1))
    used_up = {m for m in SIZES if known.used_up(m)}
    assert used_up == {LARGEST}  # with half of the rows it may be, but that is not shown
    assert not curve(errors).used_up(LARGEST)  # nobody knows the Bayes error of this task
    known.require_room(HALF)
    with pytest.raises(
        pytest.skip.Exception, match=f"good on known is at the Bayes error with m = {LARGEST:,}"
    ):
        known.require_room(LARGEST)


@dataclass(frozen=True)
class Known(Name):
    """A learner that says what it is known to have with every number of rows."""

    error: float = 0.2

    def expected(self, task, m):
        return {"error": self.error, "majority_error": MAJORITY}


def test_what_a_learner_is_known_for_says_whether_a_task_counts_and_no_seed_does():
    """The seeds that are judged have the error 0.2, and the task's Bayes error is 0.1."""
    task = Name("known", bayes_error=0.1)

    def of(error):
        bench = Bench(lambda arm, seed: 0.2)
        found = experiment(bench).curve(Known("good", error=error), task=task)
        bench.asked.clear()
        return bench, found

    for error, used_up, learns in ((0.149, True, True), (0.151, False, True), (0.46, False, False)):
        bench, known = of(error)
        assert known.used_up(LARGEST) is used_up
        if learns:
            known.require_learning()
        else:
            with pytest.raises(pytest.skip.Exception, match="never beats the majority class"):
                known.require_learning()
        assert bench.asked == []


def test_where_nothing_is_known_seeds_that_are_not_judged_say_whether_a_task_counts():
    task = Name("known", bayes_error=0.1)
    lucky = experiment(Bench(lambda arm, seed: 0.1 if seed < 1_000 else 0.4)).curve(GOOD, task=task)
    assert not lucky.used_up(LARGEST)
    lucky.require_learning()
    unlucky = experiment(Bench(lambda arm, seed: 0.5 if seed < 1_000 else 0.1)).curve(
        GOOD, task=task
    )
    assert unlucky.used_up(LARGEST)
    unlucky.require_learning()


def test_the_seeds_that_say_whether_a_task_counts_are_asked_for_while_a_run_is_planned():
    asked = []

    class Planning(Bench):
        def results(self, trials):
            asked.extend(trials)
            raise NotYet

    planned = experiment(Planning(lambda arm, seed: 0.0)).curve(
        GOOD, task=Name("known", bayes_error=0.1)
    )
    planned.require_room(HALF)
    planned.require_learning()
    apart = {trial.arm.m for trial in asked if trial.arm.replicate == APART}
    assert apart == {HALF, LARGEST}


def test_what_lies_above_the_bayes_error():
    known = curve(
        {LARGEST: 0.25, **dict.fromkeys(SIZES, 0.25)}, task=Name("known", bayes_error=0.2)
    )
    above = known.above_bayes(LARGEST)
    assert above.value == pytest.approx(0.05)
    with pytest.raises(ClaimError, match="the Bayes error of xor is not known"):
        curve().above_bayes(LARGEST)


def test_a_task_with_too_few_rows_for_a_step_is_not_applicable():
    with pytest.raises(pytest.skip.Exception, match="too few rows to go from m = 256 to 256"):
        curve().gain(256, 256)
    with pytest.raises(pytest.skip.Exception, match="too few rows to go from m = 256 to 128"):
        curve().relative_gain(256, 128, bound="smallest_effect")

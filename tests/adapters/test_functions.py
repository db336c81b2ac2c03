"""Functions of a seed as arms: what they are called, given and asked for, and what they return."""

import functools
import math
import random

import numpy as np
import pytest

from pytest_scaling import ClaimError, Metric, arm
from pytest_scaling.adapters.arms import metric_of
from pytest_scaling.trials.identity import canonical
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute


def train(seed, device, *, dropout=0.0) -> float:
    return random.gauss(0, 1) + dropout


def flips(seed) -> bool:
    return bool(np.random.random() < 0.5)


def both(seed):
    return {"loss": 2.0 * seed, "accuracy": 0.5, "odd": 1}


def values(of, name="value", block=0):
    return [each.metrics[name] for each in compute(Trial(Arm(of), block))]


def test_a_function_stays_a_function():
    assert arm(train).using(dropout=2.0)(0, "cpu", dropout=1.0) == pytest.approx(1.0, abs=6)


def test_the_values_of_arguments_are_in_the_name():
    assert [arm(train).name, arm(train).using(dropout=0.5).name] == ["train", "train(dropout=0.5)"]
    assert arm(train).using(dropout=0.5).settings("", 0) == {"dropout": 0.5}


def test_every_arm_finds_the_random_numbers_of_the_seed():
    plain, dropped = values(arm(train)), values(arm(train).using(dropout=0.5))
    assert np.subtract(dropped, plain) == pytest.approx(0.5)
    assert len(set(plain)) == 5
    random.seed(3)
    assert plain[3] == random.gauss(0, 1)


def test_the_first_argument_is_the_seed_whatever_its_name():
    assert values(arm(lambda s: s / 2, name="half")) == [0, 0.5, 1, 1.5, 2]


def test_the_device_of_the_run_is_given_where_it_is_wanted():
    seen = arm(lambda device, seed: {"cpu": 1.0, "cuda": 2.0}[device] + seed, name="where")
    assert values(seen) == [1, 2, 3, 4, 5]


def test_a_mapping_gives_metrics_by_name():
    assert values(arm(both), "loss") == [0, 2, 4, 6, 8]


def test_partial_functions_have_the_name_of_what_they_wrap():
    assert arm(functools.partial(train, dropout=1.0)).name == "train"


def test_identities_hold_no_task_and_no_rows():
    declared = Trial(Arm(arm(train)), 0).ingredients
    assert not {"task", "m", "test_rows", "judged_by"} & set(declared)
    assert set(declared["code"]) == {"learner", "metrics"}
    canonical(declared)


def test_another_value_of_an_argument_is_another_trial():
    first, second = (Trial(Arm(arm(train).using(dropout=d)), 0) for d in (0.1, 0.2))
    assert first.identity != second.identity


def test_code_that_the_function_calls_is_in_its_identity():
    def outer(inner):
        return lambda seed: 2 * inner(seed)

    one, other = (
        Trial(Arm(arm(outer(inner), name="f")), 0).identity
        for inner in (lambda s: s + 1, lambda s: s + 2)
    )
    assert one != other


def test_what_is_not_finite_counts_as_diverged():
    results = compute(Trial(Arm(arm(lambda s: math.nan if s == 2 else 1.0, name="f")), 0))
    assert [each.diverged for each in results] == [False, False, True, False, False]
    assert "value" not in results[2].metrics


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "f returned nothing; return a number, or a mapping of numbers"),
        ("0.5", "f returned a str; return a number"),
        ({}, "f returned no numbers"),
        (True, "f returns a truth; write `-> bool`"),
        ({"error": 3.0}, "which is a share from 0 to 1; give it another name"),
    ],
)
def test_what_is_no_number_is_told(returned, words):
    with pytest.raises(Exception, match=words) as raised:
        values(arm(lambda seed: returned, name="f"))
    assert type(raised.value).__name__ == "TrialError"
    assert str(raised.value).startswith("f, seeds 0-4: ")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: arm(lambda s: 1.0), "a lambda has no name"),
        (lambda: arm(lambda: 1.0, name="f"), "takes no seed; write def f"),
        (lambda: arm(train).using(drop=1), "train takes no argument 'drop'; it takes seed, device"),
        (lambda: arm(train).using(seed=1), "train is given 'seed' by the plugin"),
        (lambda: arm(3), "3 is no arm"),
        (lambda: arm(dict), "the class dict is no arm"),
        (lambda: Arm(arm(train), None, 5), "takes no task and no m"),
    ],
)
def test_what_is_no_arm_is_told(make, words):
    with pytest.raises(ClaimError, match=words):
        make()


def test_a_number_is_a_loss_and_a_truth_is_success():
    assert not metric_of(None, [arm(train)]).higher
    assert metric_of(None, [arm(flips)]).higher
    assert metric_of(None, [arm(flips)]).range == (0, 1)


def test_the_direction_follows_from_a_declaration_or_a_telling_name():
    reward = Metric("reward", better="higher", unit="points")
    assert metric_of(None, [arm(train, metric=reward)]) is reward
    assert metric_of("accuracy", [arm(both)]).higher
    assert not metric_of("loss", [arm(both)]).higher
    with pytest.raises(ClaimError, match="does not follow from its name"):
        metric_of("odd", [arm(both)])


def test_functions_that_return_different_things_are_not_compared():
    with pytest.raises(ClaimError, match="return success and value, which cannot be compared"):
        metric_of(None, [arm(train), arm(flips)])

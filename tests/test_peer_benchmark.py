"""The script that the suite is compared with trains what the claims train."""

import json

import numpy as np
import pytest

from benchmarks.arms import LEARNERS, claims_of, measure
from benchmarks.by_hand import ESTIMATORS, NAMED_TASKS, Curve, compute
from fixtures.tiers import EARLY
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute as train
from tests.materials.blocks import scattered

pytestmark = pytest.mark.usefixtures("draws")

MARGIN = 0.01  # of error, between the two programs' estimators


@pytest.fixture(scope="module")
def arms():
    """Every arm of the quick tier's claims that scikit-learn can train, by its key."""
    return {arm.key: arm for each in claims_of("quick", []).values() for arm in each}


def test_the_claims_speak_of_every_estimator(arms):
    assert {arm.learner for arm in arms.values()} >= set(ESTIMATORS)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_arm_has_an_estimator_that_labels_rows(arms):
    block = scattered(64, 3, 2)
    for learner in {arm.learner for arm in arms.values()}:
        arm = next(each for each in arms.values() if each.learner == learner)
        short = {**json.loads(arm.settings)} | ({"steps": 2} if "network" in learner else {})
        curve = Curve(arm.task, learner, 64, json.dumps(short), 5)
        fitted = curve.estimator(3, 0, intelex=False).fit(block.x[0], block.y[0])
        assert set(np.unique(fitted.predict(block.x_test[0]))) <= {0, 1}


@pytest.mark.parametrize("learner", ["linear-svm", "nearest-neighbours", "logistic-regression"])
def test_both_programs_train_the_same_learner(arms, learner):
    arm = next(each for each in arms.values() if (each.task, each.learner) == ("friedman", learner))
    curve = Curve("friedman", learner, arm.m, arm.settings, 5)
    ((_, error),) = compute([curve], [0], intelex=False).values()
    trained = measured_here(curve)
    assert error == pytest.approx(trained, abs=MARGIN)


def measured_here(curve):
    """The suite's error on seed 0."""
    trial = Trial(Arm(LEARNERS[curve.learner], NAMED_TASKS[curve.task], curve.m), 0)
    return train(trial)[0].metrics["error"]


def test_an_arm_costs_something_on_both_sides(arms):
    smallest = min(arms.values(), key=lambda arm: arm.m)
    cost = measure(smallest, intelex=False)
    assert cost.suite > 0
    assert cost.by_hand > 0
    assert smallest.m == EARLY

"""The bench itself: learners err as often as planted, seed by seed, and in pairs."""

import math

import numpy as np
import pytest

from fixtures.learners import large_network, rbf_svm
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.trials.trial import Arm, Trial
from tests.planted.laboratory import Bench
from tests.planted.world import Law, PlantedLearner, PlantedTask, Unplanted, World

LAW = Law(0.4, 0.1, 0.5)
WORLD = World("test", {large_network.name: LAW}, spread=0.1)
TASK, LEARNER = PlantedTask(mnist1d), PlantedLearner(large_network, WORLD)
REPLICATES = 300


@pytest.fixture(scope="module")
def errors():
    """Errors at 256, 512 and 1,024 rows: (sizes, replicates, seeds)."""
    return np.array(
        [
            [
                [seed.metrics["error"] for seed in bench.result(Trial(Arm(LEARNER, TASK, m), 0))]
                for bench in map(Bench, map(str, range(REPLICATES)))
            ]
            for m in (256, 512, 1_024)
        ]
    )


def test_the_mean_error_is_the_planted_one(errors):
    for m, found in zip((256, 512, 1_024), errors, strict=True):
        assert found.mean() == pytest.approx(LAW(m), abs=3 * found.std() / math.sqrt(found.size))


def test_relative_gains_are_the_planted_ones(errors):
    gains = np.log(errors[0]) - np.log(errors[1])
    planted = math.log(LAW(256) / LAW(512))
    assert gains.mean() == pytest.approx(planted, abs=3 * gains.std() / math.sqrt(gains.size))


def test_seeds_differ_and_share_some_of_their_luck(errors):
    large, small = errors[2], errors[0]
    assert large.std() == pytest.approx(0.1 * LAW(1_024), rel=0.1)
    assert 0.3 < np.corrcoef(large.ravel(), small.ravel())[0, 1] < 0.7
    by_seed = np.corrcoef(errors[1].T)
    assert abs(by_seed[np.triu_indices(5, 1)]).max() < 0.25


def test_test_rows_are_as_hard_for_one_learner_as_for_another():
    first, second = (Bench().result(Trial(Arm(LEARNER, TASK, m), 0))[0] for m in (512, 1_024))
    right = [np.unpackbits(np.frombuffer(each.correct, np.uint8)) for each in (first, second)]
    both_wrong = np.mean((right[0] == 0) & (right[1] == 0))
    assert both_wrong > 0.8 * min(first.metrics["error"], second.metrics["error"])


def test_a_result_is_the_same_when_it_is_computed_again():
    trial = Trial(Arm(LEARNER, TASK, 256), 1)
    assert Bench("one").result(trial) == Bench("one").result(trial)
    assert Bench("one").result(trial) != Bench("two").result(trial)


def test_what_nobody_planted_is_said():
    with pytest.raises(Unplanted, match="nothing is planted for rbf-svm in the world 'test'"):
        PlantedLearner(rbf_svm, WORLD).settings("mnist1d", 256)

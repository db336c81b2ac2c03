"""Random forest and gradient boosting."""

import numpy as np
import pytest

from fixtures.learners import classical, gradient_boosting, random_forest, trees
from fixtures.learners.trees import FEWEST_ROWS, TREES
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tiers import M_SMALL, TIERS
from pytest_scaling.trials.trial import Arm, Trial
from tests.materials.blocks import block_of, labels_of

FOREST = {"leaf": 2, "features": 0.4, "intelex": None}
BOOSTING = {"learning_rate": 0.3, "leaves": 8, "rounds": 30}
SETTINGS = {random_forest: FOREST, gradient_boosting: BOOSTING}

each_learner = pytest.mark.parametrize("learner", SETTINGS, ids=lambda learner: learner.name)
each_library = pytest.mark.parametrize("library", ["scikit-learn", "scikit-learn-intelex"])


def forest_by(library):
    """Settings of a forest that this library grows."""
    if library == "scikit-learn":
        return FOREST
    pytest.importorskip("sklearnex", reason="scikit-learn-intelex is not installed")
    return FOREST | {"intelex": classical.intelex()}


def error(learner, settings, task, m, test_rows=2_000):
    block = block_of(task, m, test_rows=test_rows)
    fit = learner.fit_predict(block, settings, "cpu")
    return np.mean(fit.labels != labels_of(task, test_rows=test_rows))


@each_learner
def test_trees_learn_a_curved_boundary(learner):
    """Of Friedman's function, on which linear learners err at least 0.15 at any m."""
    assert error(learner, SETTINGS[learner], friedman, 1_024) < 0.145


@each_library
def test_a_forest_is_grown_anew_and_alike_from_its_seed(library):
    settings = forest_by(library)
    block = block_of(friedman, 256, seeds=(3, 3), test_rows=1_000)
    first, twin = random_forest.fit_predict(block, settings, "cpu").labels
    assert np.array_equal(first, twin)
    again = block_of(friedman, 256, seeds=(3,), test_rows=1_000)
    (other,) = random_forest.fit_predict(
        type(again)(again.task, again.classes, (4,), again.x, again.y, again.x_test),
        settings,
        "cpu",
    ).labels
    assert 0.001 < np.mean(first != other) < 0.2


@pytest.mark.parametrize("task", [friedman, mnist1d], ids=lambda task: task.name)
def test_the_forests_of_both_libraries_err_alike(task):
    errors = [
        error(random_forest, forest_by(library), task, 512)
        for library in ("scikit-learn", "scikit-learn-intelex")
    ]
    assert errors[0] == pytest.approx(errors[1], abs=0.04)


def test_the_settings_decide_which_library_grows_a_forest():
    roots = [
        type(random_forest.classifier(forest_by(library), 40)).__module__.partition(".")[0]
        for library in ("scikit-learn", "scikit-learn-intelex")
    ]
    assert roots == ["sklearn", "sklearnex"]


def test_forests_of_different_libraries_are_different_trials(monkeypatch):
    settings = FOREST | {"intelex": "0.1"}
    monkeypatch.setattr(classical, "tuned_settings", lambda *where, **law: settings)
    identities = set()
    for version in (None, "2025.1.0", "2026.2.0"):
        monkeypatch.setattr(trees, "intelex", lambda version=version: version)
        assert random_forest.settings("mnist1d", 64)["intelex"] == version
        identities.add(Trial(Arm(random_forest, mnist1d, 64), 0).identity)
    assert len(identities) == 3


def test_the_settings_of_a_forest_reach_its_trees():
    forest = random_forest.classifier(FOREST | {"leaf": 5, "features": 0.3}, 40)
    assert (forest.n_estimators, forest.min_samples_leaf, forest.max_features) == (TREES, 5, 0.3)


def test_boosting_takes_its_rounds_and_no_rows_for_validation():
    """Where scikit-learn would stop early by itself: over 10,000 rows, with nothing to learn."""
    random = np.random.default_rng(0)
    machine = gradient_boosting.classifier(BOOSTING, 1)
    machine.fit(random.random((10_100, 1)), random.integers(0, 2, 10_100))
    assert machine.n_iter_ == BOOSTING["rounds"]
    assert (machine.learning_rate, machine.max_leaf_nodes) == (0.3, BOOSTING["leaves"])


def test_a_leaf_of_boosting_may_hold_as_few_rows_as_the_classes_of_small_data_have():
    x = np.arange(4 * FEWEST_ROWS, dtype=np.float32)[:, None]
    y = np.repeat(np.arange(4), FEWEST_ROWS)
    machine = gradient_boosting.classifier(BOOSTING, 1).fit(x, y)
    assert np.array_equal(machine.predict(x), y)


def test_boosting_gives_the_same_labels_every_time():
    block = block_of(mnist1d, 256, seeds=(3, 3))
    first, twin = gradient_boosting.fit_predict(block, BOOSTING, "cpu").labels
    assert np.array_equal(first, twin)


@each_learner
def test_a_larger_tier_affords_at_least_as_many_rows(learner):
    largest = [learner.largest_m(tier) for tier in TIERS]
    assert largest == sorted(largest)
    assert M_SMALL < largest[-1]


@each_learner
def test_the_cost_grows_with_the_rows(learner):
    assert learner.cost("mnist1d", 256) < learner.cost("mnist1d", 16_384)

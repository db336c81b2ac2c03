"""The traditional learners, and the scaling of features that all learners share."""

import dataclasses
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from fixtures.learners import (
    BESIDE_THE_LECTURE,
    TRADITIONAL,
    classical,
    linear_svm,
    logistic_regression,
    rbf_svm,
)
from fixtures.learners.classical import TEST_ROWS_AT_ONCE
from fixtures.learners.scaling import standardise
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tiers import M_SMALL, TIERS
from pytest_scaling.spec.protocols import Block
from pytest_scaling.trials.trial import Arm, Trial
from tests.materials.blocks import block_of, scattered

SETTINGS = {
    "C": 10,
    "gamma": 1.2,
    "intelex": None,
    "components": 40,
    "neighbours": 5,
    "weights": "distance",
    "leaf": 1,
    "features": 0.8,
    "learning_rate": 0.2,
    "leaves": 8,
    "rounds": 20,
}

each_learner = pytest.mark.parametrize(
    "learner", [*TRADITIONAL, *BESIDE_THE_LECTURE], ids=lambda learner: learner.name
)


@pytest.fixture
def installed(monkeypatch):
    """Pretend that a version of scikit-learn-intelex, or none, is installed, and tuned with."""
    settings = SETTINGS | {"intelex": "0.1"}
    monkeypatch.setattr(classical, "tuned_settings", lambda *where, **law: settings)
    return lambda version: monkeypatch.setattr(classical, "intelex", lambda: version)


def xor(rows):
    """A block whose two classes are not linearly separable."""
    x = np.random.default_rng(0).standard_normal((2, 2 * rows, 2)).astype(np.float32)
    y = (x[:, :, 0] * x[:, :, 1] > 0).astype(np.int64)
    return Block("xor", 2, (0, 1), x[:, :rows], y[:, :rows], x[:, rows:]), y[:, rows:]


@pytest.mark.parametrize(
    "task", [mnist1d, poker_one_hot, friedman], ids=["mnist1d", "poker-one-hot", "friedman"]
)
def test_intelex_and_scikit_learn_find_the_same_rbf_svm(task):
    pytest.importorskip("sklearnex", reason="scikit-learn-intelex is not installed")
    block = block_of(task, 512, test_rows=2_000)
    plain = rbf_svm.fit_predict(block, SETTINGS, "cpu")
    fast = rbf_svm.fit_predict(block, SETTINGS | {"intelex": classical.intelex()}, "cpu")
    assert np.mean(fast.labels == plain.labels) >= 0.999


def test_the_settings_decide_which_library_trains():
    pytest.importorskip("sklearnex", reason="scikit-learn-intelex is not installed")
    roots = {
        version: type(rbf_svm.classifier(SETTINGS | {"intelex": version}, 40)).__module__
        for version in (None, classical.intelex())
    }
    assert [root.partition(".")[0] for root in roots.values()] == ["sklearn", "sklearnex"]


def test_the_settings_of_the_rbf_svm_say_which_version_of_intelex_trains(installed):
    installed("2025.1.0")
    assert rbf_svm.settings("mnist1d", 64)["intelex"] == "2025.1.0"
    installed(None)
    assert rbf_svm.settings("mnist1d", 64)["intelex"] is None


def test_results_with_and_without_intelex_are_different_trials(installed):
    identities = set()
    for version in (None, "2025.1.0", "2026.2.0"):
        installed(version)
        identities.add(Trial(Arm(rbf_svm, mnist1d, 64), 0).identity)
    assert len(identities) == 3


def test_intelex_counts_as_absent_where_its_package_is(monkeypatch):
    def absent(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(classical, "version", absent)
    assert classical.intelex.__wrapped__() is None
    monkeypatch.setattr(classical, "version", {"scikit-learn-intelex": "1.2"}.get)
    assert classical.intelex.__wrapped__() == "1.2"


def test_the_exact_rbf_svm_can_afford_more_rows_in_a_larger_tier():
    largest = [rbf_svm.largest_m(tier) for tier in TIERS]
    assert largest == sorted(set(largest))
    for most, tier in zip(largest, TIERS.values(), strict=True):
        assert M_SMALL < tier.reach(most)[-1] <= most <= tier.sizes[-1]


@pytest.mark.parametrize("library", ["scikit-learn", "scikit-learn-intelex"])
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_labels_by_one_kernel_matrix_are_those_of_the_library(classes, library):
    """All but rows that lie on a boundary up to rounding: fewer than one in a thousand."""
    version = None
    if library == "scikit-learn-intelex":
        pytest.importorskip("sklearnex", reason="scikit-learn-intelex is not installed")
        version = classical.intelex()
    rows = TEST_ROWS_AT_ONCE + 500
    block = scattered(400, 6, classes, random=classes, test_rows=rows)
    rare = np.flatnonzero(block.y[0] == 0)[10:]  # so that the machine leans away from class 0
    x, y = (np.delete(part, rare, axis=1) for part in (block.x, block.y))
    block = dataclasses.replace(block, x=x, y=y)
    settings = {"C": 0.3, "gamma": 0.8, "intelex": version}
    train, test = standardise(x[0], block.x_test[0])
    machine = rbf_svm.classifier(settings, 6).fit(train, y[0])
    assert np.abs(machine.intercept_).max() > 0.3
    expected = machine.predict(test)
    assert len(np.unique(expected)) == classes
    (labels,) = rbf_svm.fit_predict(block, settings, "cpu").labels
    assert labels.shape == (rows,)
    assert np.mean(labels == expected) >= 0.999


def test_linear_learners_can_afford_every_number_of_rows():
    assert not any(hasattr(learner, "largest_m") for learner in (logistic_regression, linear_svm))


@each_learner
def test_a_training_set_of_one_class_gives_that_class(learner):
    block = scattered(20, 3, 4, seeds=2)
    y = np.where(np.arange(2)[:, None] == 0, 3, block.y)
    fit = learner.fit_predict(dataclasses.replace(block, y=y), SETTINGS, "cpu")
    assert (fit.labels[0] == 3).all()
    assert len(np.unique(fit.labels[1])) == 4
    assert not fit.diverged.any()


@each_learner
def test_a_class_that_the_training_rows_lack_does_not_shift_the_others(learner):
    """Classes 1 and 3 of 0 to 3: labels are classes, not places in a list of those seen."""
    block = scattered(60, 4, 4)
    y = np.where(block.y < 2, 1, 3)
    fit = learner.fit_predict(dataclasses.replace(block, y=y), SETTINGS, "cpu")
    assert np.unique(fit.labels).tolist() == [1, 3]


@each_learner
def test_every_seed_is_trained_on_its_own_rows(learner):
    block = scattered(60, 4, 3, seeds=3)
    turned = dataclasses.replace(
        block,
        seeds=block.seeds[::-1],
        x=block.x[::-1],
        y=block.y[::-1],
        x_test=block.x_test[::-1],
    )
    labels = learner.fit_predict(block, SETTINGS, "cpu").labels
    assert labels.shape == (3, 50)
    assert np.array_equal(labels[::-1], learner.fit_predict(turned, SETTINGS, "cpu").labels)
    assert not np.array_equal(labels[0], labels[1])


@each_learner
def test_the_scale_and_origin_of_a_feature_make_no_difference(learner):
    block = scattered(80, 3, 3)
    scale, origin = np.float32([1, 1024, 2**-10]), np.float32([0, 64, -2])
    moved = dataclasses.replace(block, x=block.x * scale, x_test=block.x_test * scale)
    moved = dataclasses.replace(moved, x=moved.x + origin, x_test=moved.x_test + origin)
    labels = learner.fit_predict(block, SETTINGS, "cpu").labels
    assert np.mean(labels == learner.fit_predict(moved, SETTINGS, "cpu").labels) >= 0.98


def test_only_the_kernel_learns_what_no_line_separates():
    block, y_test = xor(300)
    errors = {
        learner.name: np.mean(learner.fit_predict(block, SETTINGS, "cpu").labels != y_test)
        for learner in TRADITIONAL
    }
    assert errors["rbf-svm"] < 0.1
    assert errors["logistic-regression"] > 0.35
    assert errors["linear-svm"] > 0.35


@pytest.mark.parametrize("learner", [logistic_regression, rbf_svm], ids=lambda each: each.name)
def test_the_settings_reach_the_classifier(learner):
    machine = learner.classifier({"C": 0.37, "gamma": 1.2, "intelex": None}, 40)
    assert machine.C == 0.37
    if learner is rbf_svm:
        assert machine.gamma == pytest.approx(0.03)  # 1.2 over the number of features


@pytest.mark.parametrize("intercept", [1, 10])
@pytest.mark.parametrize("cost", [0.001, 1])
@pytest.mark.parametrize("task", [mnist1d, friedman], ids=["mnist1d", "friedman"])
def test_the_linear_svm_is_that_of_scikit_learn(task, cost, intercept):
    from sklearn.svm import LinearSVC

    block = block_of(task, 512, test_rows=1_000)
    train, test = standardise(block.x, block.x_test)
    machine = LinearSVC(C=cost, intercept_scaling=intercept, dual=False, tol=1e-6)
    machine.fit(train[0], block.y[0])
    labels = linear_svm.fit_predict(block, {"C": cost, "intercept": intercept}, "cpu").labels[0]
    assert np.mean(labels == machine.predict(test[0])) >= 0.99


def test_features_are_centred_and_scaled_by_the_training_rows_alone():
    random = np.random.default_rng(0)
    train, test = random.normal(3, 5, (2, 70, 4)), random.normal(-8, 2, (2, 30, 4))
    scaled, scaled_test = standardise(train, test)
    assert scaled.mean(1) == pytest.approx(np.zeros((2, 4)), abs=1e-6)
    assert scaled.std(1) == pytest.approx(np.ones((2, 4)), abs=1e-6)
    assert (scaled.dtype, scaled_test.dtype) == (np.float32, np.float32)
    back = scaled_test * train.std(1, keepdims=True) + train.mean(1, keepdims=True)
    assert back == pytest.approx(test, abs=1e-4)


def test_a_feature_that_never_varies_becomes_zero():
    train, test = np.full((5, 2), 7.0), np.full((3, 2), 9.0)
    train[:, 1] = np.arange(5)
    scaled, scaled_test = standardise(train, test)
    assert scaled[:, 0].tolist() == [0] * 5
    assert scaled_test[:, 0].tolist() == [2] * 3

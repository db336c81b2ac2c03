"""The RBF-SVM with more rows than its exact solver can afford."""

import numpy as np
import pytest

from fixtures.learners import nystroem_svm, rbf_svm
from fixtures.learners.classical import EXACT_ROWS
from fixtures.learners.nystroem import NystroemFeatures, gaussian
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tiers import TIERS
from pytest_scaling.spec.traits import sizes
from tests.materials.blocks import block_of, labels_of

SETTINGS = {"C": 10, "gamma": 0.5, "components": 300}
EXACT = {"C": 30, "gamma": 0.3, "intelex": None}


def normal(rows, columns, random=0):
    return np.random.default_rng(random).standard_normal((rows, columns)).astype(np.float32)


def test_the_kernel_is_that_of_the_squared_distance():
    a, b = normal(5, 3), normal(4, 3, random=1)
    distances = np.linalg.norm(a[:, None] - b, axis=2)
    assert gaussian(a, b, 0.3) == pytest.approx(np.exp(-0.3 * distances**2), abs=1e-6)


def test_with_every_row_a_landmark_the_features_make_up_the_kernel():
    rows = normal(60, 4)
    features = NystroemFeatures(rows, 0.2)(rows)
    assert (features[:, -1] == 1).all()
    inner = features[:, :-1] @ features[:, :-1].T
    assert inner == pytest.approx(gaussian(rows, rows, 0.2), abs=2e-3)


def test_rows_between_few_landmarks_are_projected_onto_them():
    """The kernel of such rows is approached from below, the better the more landmarks."""
    rows, kernel = normal(200, 2), gaussian(normal(200, 2), normal(200, 2), 0.5)
    off = []
    for landmarks in (5, 20, 60):
        features = NystroemFeatures(rows[:landmarks], 0.5)(rows)[:, :-1]
        assert (np.square(features).sum(1) < 1 + 1e-3).all()
        off.append(np.abs(features @ features.T - kernel).mean())
    assert off[0] > 2 * off[1] > 4 * off[2]


def test_a_landmark_that_is_there_twice_adds_no_feature():
    rows = normal(20, 3)
    features = NystroemFeatures(np.concatenate([rows, rows]), 0.5)(rows)
    assert features.shape == (20, 21)
    assert np.isfinite(features).all()


def test_it_learns_from_more_rows_than_it_has_landmarks():
    block, y_test = block_of(friedman, 4_096, test_rows=2_000), labels_of(friedman, test_rows=2_000)
    errors = [
        np.mean(nystroem_svm.fit_predict(each, SETTINGS, "cpu").labels != y_test)
        for each in (block_of(friedman, 300, test_rows=2_000), block)
    ]
    assert errors[1] < errors[0] - 0.02
    assert errors[1] < 0.1


def test_landmarks_are_chosen_by_the_seed():
    settings = SETTINGS | {"components": 10}
    block = block_of(mnist1d, 512, seeds=(3, 3))
    first, twin = nystroem_svm.fit_predict(block, settings, "cpu").labels
    assert np.array_equal(first, twin)
    other = type(block)(block.task, block.classes, (4, 5), block.x, block.y, block.x_test)
    labels = nystroem_svm.fit_predict(other, settings, "cpu").labels
    assert not np.array_equal(first, labels[0])
    assert not np.array_equal(labels[0], labels[1])


@pytest.mark.parametrize("tier", TIERS)
def test_it_stands_in_only_where_the_exact_solver_cannot_go(tier):
    assert nystroem_svm.smallest_m(tier) == EXACT_ROWS[tier] + 1 == rbf_svm.largest_m(tier) + 1
    reach = sizes(TIERS[tier], mnist1d, nystroem_svm)
    assert (not reach) == (tier == "quick")  # which has no time for it
    if reach:
        assert reach[-1] > EXACT_ROWS[tier]

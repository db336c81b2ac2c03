"""Linear support vector machines with squared hinge loss, for all classes at once."""

import numpy as np
import pytest

from fixtures.learners.squared_hinge import ROWS_AT_ONCE, squared_hinge_weights
from tests.materials.blocks import scattered


@pytest.mark.parametrize("cost", [0.01, 1, 100])
def test_the_weights_are_those_of_scikit_learn(cost):
    from sklearn.svm import LinearSVC

    block = scattered(500, 6, 4, random=3)
    features = np.column_stack([block.x[0], np.ones(500, np.float32)])
    members = block.y[0][:, None] == np.arange(4)
    weights = squared_hinge_weights(features, members, cost)
    machine = LinearSVC(C=cost, dual=False, fit_intercept=False, tol=1e-6)
    expected = machine.fit(features, block.y[0]).coef_.T
    least, found = (objective(features, members, each, cost) for each in (expected, weights))
    assert found < 1.001 * least
    labels, labels_expected = ((features @ each).argmax(1) for each in (weights, expected))
    assert np.mean(labels == labels_expected) > 0.99


def test_features_that_are_nearly_the_same_and_a_large_cost_are_no_obstacle():
    """Where the Hessian has eigenvalues from one to a thousand millions."""
    features = 1 + 1e-4 * np.random.default_rng(0).standard_normal(
        (ROWS_AT_ONCE + 1_000, 30)
    ).astype(np.float32)
    members = features[:, :1] > features[:, 1:2]
    cost = 1e4
    weights = squared_hinge_weights(features, members, cost)
    nothing_learnt = objective(features, members, np.zeros_like(weights), cost)
    assert objective(features, members, weights, cost) < 0.9 * nothing_learnt


def objective(features, members, weights, cost):
    missing = np.maximum(1 - np.where(members, 1, -1) * (features @ weights), 0)
    return np.square(weights).sum() / 2 + cost * np.square(missing).sum()

"""A network with few labels: it sees no other label, and makes use of the other rows."""

from dataclasses import replace

import numpy as np
import pytest

from fixtures.learners import few_labels, medium_network
from fixtures.learners.few_labels import FewLabels, described
from fixtures.learners.network import Network
from fixtures.tasks.clusters import DISTANCE, clusters
from fixtures.tiers import M_SMALL
from tests.materials.blocks import block_of

NETWORK = Network(16, "network")
SETTINGS = {"components": 9, "learning_rate": 0.03, "weight_decay": 0.5, "steps": 120}


@pytest.fixture(scope="module")
def block():
    return block_of(clusters, 4 * M_SMALL, seeds=(0, 1))


def labels_of(learner, block):
    return learner.fit_predict(block, SETTINGS, "cpu").labels


def test_labels_beyond_the_few_make_no_difference_and_the_few_do(block):
    others, few = block.y.copy(), block.y.copy()
    others[:, M_SMALL:] = 0
    few[:, :M_SMALL] = 0
    told = labels_of(FewLabels(NETWORK), block)
    assert np.array_equal(labels_of(FewLabels(NETWORK), replace(block, y=others)), told)
    assert not np.array_equal(labels_of(FewLabels(NETWORK), replace(block, y=few)), told)


def test_in_clusters_rows_without_labels_are_worth_almost_as_much_as_with_them(block):
    y = np.stack([clusters.test_set(seed)[1] for seed in block.seeds])[:, : block.x_test.shape[1]]
    few = replace(block, x=block.x[:, :M_SMALL], y=block.y[:, :M_SMALL])
    with_few, with_rows, with_labels = (
        float(np.mean(labels_of(learner, rows) != y))
        for learner, rows in ((NETWORK, few), (FewLabels(NETWORK), block), (NETWORK, block))
    )
    assert with_few > with_labels + 0.05
    assert with_rows < with_labels + 0.01


def test_components_are_those_of_all_rows_uncorrelated_and_of_unit_variance():
    random = np.random.default_rng(0)
    mixed = random.standard_normal((500, 6)) @ random.standard_normal((6, 8))  # of rank six
    rows, test = described(mixed[:400], mixed[400:], components=40)
    assert rows.shape == (400, 6)
    assert test.shape == (100, 6)
    assert np.cov(rows.T) == pytest.approx(np.eye(6), abs=1e-3)
    first, _ = described(mixed[:400], mixed[400:], components=1)
    explained = np.linalg.svd(mixed[:400] - mixed[:400].mean(0))[0][:, 0]
    assert abs(np.corrcoef(first[:, 0], explained)[0, 1]) == pytest.approx(1, abs=1e-4)


def test_the_learner_of_a_tier_has_the_network_of_the_tier():
    assert few_labels.name == "network-64-with-256-labels"
    quick = few_labels.in_tier("quick")
    assert quick.network == medium_network.in_tier("quick")
    assert quick.name == "network-32-with-256-labels"
    assert quick.label == "medium network with 256 labels"


def test_clusters_lie_as_far_from_the_origin_as_they_say_and_apart_from_each_other():
    x, y = clusters.draw(0, 5_000)
    centres = np.stack([x[y == each].mean(0) for each in range(clusters.classes)])
    assert centres == pytest.approx(DISTANCE * np.eye(10, x.shape[1]), abs=0.25)
    x_test, y_test = clusters.test_set(0)
    nearest = (x_test[:5_000] @ centres.T).argmax(1)
    assert np.mean(nearest != y_test[:5_000]) < 0.001

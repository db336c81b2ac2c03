"""Nearest neighbours."""

import numpy as np
import pytest

from fixtures.learners import nearest_neighbours
from fixtures.learners.scaling import standardise
from fixtures.tiers import M_SMALL, TIERS
from pytest_scaling.spec.protocols import Block
from tests.materials.blocks import scattered


def settings(neighbours, weights="uniform"):
    return {"neighbours": neighbours, "weights": weights}


def on_a_line(places, labels, test):
    """A block of one column that standardising leaves in order and in proportion."""
    x, test = (np.float32(each)[None, :, None] for each in (places, test))
    return Block("line", 2, (0,), x, np.array([labels]), test)


def test_every_test_row_gets_the_label_of_most_of_its_nearest_rows():
    block = scattered(120, 3, 4, test_rows=80)
    (labels,) = nearest_neighbours.fit_predict(block, settings(7), "cpu").labels
    x, test = block.x[0] / block.x[0].std(0), block.x_test[0] / block.x[0].std(0)
    squares = np.square(test[:, None] - x).sum(2)
    nearest = block.y[0][np.argsort(squares, axis=1)[:, :7]]
    votes = np.stack([(nearest == label).sum(1) for label in range(4)], axis=1)
    assert (votes[np.arange(80), labels] == votes.max(1)).all()
    assert len(np.unique(labels)) == 4


def test_a_near_row_outvotes_two_far_ones_by_distance_alone():
    block = on_a_line([0, 10, 11], [0, 1, 1], [1])
    assert nearest_neighbours.fit_predict(block, settings(3), "cpu").labels.tolist() == [[1]]
    near = nearest_neighbours.fit_predict(block, settings(3, "distance"), "cpu")
    assert near.labels.tolist() == [[0]]


@pytest.mark.parametrize("neighbours", [1, 9, 160])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_scikit_learn_finds_the_same(neighbours, weights):
    from sklearn.neighbors import KNeighborsClassifier

    block = scattered(3_000, 6, 5, test_rows=700)  # more distances than are in memory at once
    (found,) = nearest_neighbours.fit_predict(block, settings(neighbours, weights), "cpu").labels
    train, test = standardise(block.x[0], block.x_test[0])
    theirs = KNeighborsClassifier(neighbours, weights=weights, algorithm="brute")
    assert (found == theirs.fit(train, block.y[0]).predict(test)).mean() > 0.998


def test_a_row_that_was_seen_decides_for_itself():
    block = on_a_line([0, 1, 2, 300], [1, 0, 0, 0], [0])
    fit = nearest_neighbours.fit_predict(block, settings(4, "distance"), "cpu")
    assert fit.labels.tolist() == [[1]]


def test_all_rows_vote_where_there_are_fewer_than_the_settings_ask_for():
    block = on_a_line([0, 10, 11], [0, 1, 1], [0, 1, 11])
    fit = nearest_neighbours.fit_predict(block, settings(160), "cpu")
    assert fit.labels.tolist() == [[1, 1, 1]]


def test_a_larger_tier_affords_at_least_as_many_rows():
    largest = [nearest_neighbours.largest_m(tier) for tier in TIERS]
    assert largest == sorted(largest)
    assert M_SMALL < largest[0]


@pytest.mark.parametrize("rows", [256, 65_536])
def test_the_cost_grows_with_the_rows(rows):
    cost = nearest_neighbours.cost
    assert cost("mnist1d", rows) < cost("mnist1d", 2 * rows) < 2 * cost("mnist1d", rows)

"""Shuffled labels: the same rows, the same classes, and no relation between the two."""

import pickle

import numpy as np
import pytest

from fixtures.learners import rbf_svm, relu_descent
from fixtures.tasks.covertype import covertype
from fixtures.tasks.digits import digits
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.permuted import permuted
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.poker_one_hot import poker_one_hot
from pytest_scaling.spec.protocols import SettingsError, Task
from pytest_scaling.trials.rows.draws import Draws
from tests.materials.blocks import CHANCE, largest_z
from tests.materials.tasks import at_most

MANY = 20_000

each = pytest.mark.parametrize(
    "task", [mnist1d, friedman, poker_one_hot, digits], ids=lambda task: task.name
)


@each
def test_rows_and_test_sets_are_those_of_the_task(task):
    x, _ = permuted(task).draw(3, 300)
    assert x.tobytes() == task.draw(3, 300)[0].tobytes()
    for ours, theirs in zip(permuted(task).test_set(3), task.test_set(3), strict=True):
        assert ours.tobytes() == theirs.tobytes()


@each
def test_a_smaller_draw_is_the_start_of_a_larger_one(task):
    x, y = permuted(task).draw(3, 1_000)
    for m in (1, 64, 999):
        fewer_x, fewer_y = permuted(task).draw(3, m)
        assert np.array_equal(fewer_x, x[:m])
        assert np.array_equal(fewer_y, y[:m])
    assert len(Draws().training(permuted(task), 3, 1_000)[1]) == 1_000


@each
def test_true_and_shuffled_labels_are_independent(task):
    """Chi-square of the table of the one against the other, and of their frequencies."""
    from scipy.stats import chi2_contingency

    m = at_most(task, MANY)
    y, shuffled = task.draw(0, m)[1], permuted(task).draw(0, m)[1]
    table = np.zeros((task.classes, task.classes))
    np.add.at(table, (y, shuffled), 1)
    common = table.sum(1) > m / 20  # rare classes would break the approximation
    assert chi2_contingency(table[np.ix_(common, common)]).pvalue > CHANCE
    share = np.bincount(y, minlength=task.classes) / m
    other = np.bincount(shuffled, minlength=task.classes) / m
    deviation = np.sqrt(2 * share * (1 - share) / m) + 1 / m
    assert np.all(np.abs(share - other) < largest_z(task.classes) * deviation)


def test_every_seed_shuffles_in_another_way():
    labels = [permuted(mnist1d).draw(seed, 500)[1] for seed in (0, 1)]
    assert np.mean(labels[0] == labels[1]) < 0.2


def test_the_task_that_is_shuffled_stands_behind_it():
    task = permuted(poker_hand)
    assert isinstance(task, Task)
    assert (task.name, task.classes, task.tiers) == ("poker-hand-permuted", 10, poker_hand.tiers)
    assert permuted(poker_hand) == task
    assert permuted(mnist1d).tiers is None
    assert permuted(mnist1d).most_rows is None
    assert (permuted(digits).most_rows, permuted(digits).resplit) == (digits.most_rows, True)
    assert permuted(covertype).unavailable() == covertype.unavailable()
    assert permuted(mnist1d).unavailable() == ""
    assert permuted(mnist1d).version == mnist1d.version


def test_it_travels_to_another_process():
    task = pickle.loads(pickle.dumps(permuted(friedman)))
    assert np.array_equal(task.draw(0, 50)[1], permuted(friedman).draw(0, 50)[1])


def test_learners_take_the_settings_of_the_true_labels():
    task = permuted(mnist1d).name
    assert rbf_svm.settings(task, 256) == rbf_svm.settings("mnist1d", 256)
    assert relu_descent.settings(task, 256) == relu_descent.settings("mnist1d", 256)
    with pytest.raises(SettingsError, match="--task mnist1d --learner descent-relu --rows 7"):
        relu_descent.settings(task, 7)

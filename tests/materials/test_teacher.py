"""teacher: labels without noise, in equal shares, that no line and no few features explain."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest

from fixtures.tasks.teacher import FEATURES, HIDDEN, SAMPLE, median, output, teacher, weights
from tests.materials.blocks import CHANCE


@pytest.fixture(scope="module")
def rows():
    """Features (200,000, 20) and labels of five test sets."""
    x, y = zip(*map(teacher.test_set, range(5)), strict=True)
    return np.concatenate(x).astype(float), np.concatenate(y)


def test_the_label_is_what_the_network_says_written_out(rows):
    x, y = (part[:300] for part in rows)
    first, second, last = weights()
    for row, label in zip(x, y, strict=True):
        one = [max(0, row @ first[:, unit]) for unit in range(HIDDEN[0])]
        two = [max(0, one @ second[:, unit]) for unit in range(HIDDEN[1])]
        assert label == (two @ last[:, 0] > median())
    assert teacher.bayes_error == 0


def test_every_draw_has_the_same_teacher(rows):
    x, y = rows
    again, labels = teacher.draw(17, 500)
    assert np.array_equal(labels, output(again) > median())
    assert np.array_equal(y, output(x.astype(np.float32)) > median())


def test_the_classes_are_as_frequent(rows):
    _, y = rows
    luck = 0.5 / np.sqrt(len(y)) + 0.5 / np.sqrt(SAMPLE)  # of these rows, and of the median
    assert abs(y.mean() - 0.5) < ndtri(1 - CHANCE / 2) * luck


def test_features_are_standard_normal(rows):
    x, _ = rows
    assert x.shape[1] == FEATURES
    for feature in x.T:
        assert kstest(feature, "norm").pvalue > CHANCE / FEATURES


def test_a_line_leaves_much_to_learn(rows):
    from sklearn.linear_model import LogisticRegression

    x, y = rows
    share = LogisticRegression().fit(x, y).score(x, y)
    assert 0.6 < share < 0.9

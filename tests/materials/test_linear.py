"""linear: the flat boundary and the flips, and that logistic regression finds all there is."""

import numpy as np
import pytest
from scipy.stats import kstest

from fixtures.tasks.linear import FLIP_RATE, TEACHER, linear
from tests.materials.blocks import CHANCE, largest_z

FEATURES = 10
MANY = 65_536  # training rows


@pytest.fixture(scope="module")
def rows():
    """Features (100,000, 10) and labels of ten test sets."""
    x, y = zip(*map(linear.test_set, range(10)), strict=True)
    return np.concatenate(x).astype(float), np.concatenate(y)


def side(x):
    """What the teacher says before flips: the weights 1 to 10, written out."""
    return sum(weight * x[:, weight - 1] for weight in range(1, 11)) > 0


def close_to(share, expected, rows):
    return abs(share - expected) < largest_z(1) * np.sqrt(expected * (1 - expected) / rows)


def test_who_knows_the_teacher_errs_as_often_as_the_bayes_error(rows):
    x, y = rows
    assert linear.bayes_error == FLIP_RATE == 0.1
    assert close_to(np.mean(side(x) != y), linear.bayes_error, len(y))


def test_labels_are_flipped_wherever_they_lie(rows):
    """By distance from the boundary, in tenths of the rows."""
    x, y = rows
    margin = np.abs(x @ TEACHER)
    flipped = (side(x) != y)[np.argsort(margin)].reshape(10, -1).mean(1)
    deviation = np.sqrt(FLIP_RATE * (1 - FLIP_RATE) / (len(y) / 10))
    assert np.abs(flipped - FLIP_RATE).max() < largest_z(10) * deviation


def test_the_classes_are_as_frequent(rows):
    _, y = rows
    assert close_to(y.mean(), 0.5, len(y))


def test_features_are_standard_normal(rows):
    x, _ = rows
    assert x.shape[1] == len(TEACHER) == FEATURES
    for feature in x.T:
        assert kstest(feature, "norm").pvalue > CHANCE / FEATURES


def test_logistic_regression_reaches_the_bayes_error():
    """Its excess is about the flips left times the angle to the teacher over pi, 0.002 here."""
    from sklearn.linear_model import LogisticRegression

    x, y = linear.draw(0, MANY)
    machine = LogisticRegression().fit(x, y)
    x_test, _ = linear.test_set(0)
    wrong = machine.predict(x_test) != side(x_test)  # without the luck of the test set's flips
    assert FLIP_RATE + (1 - 2 * FLIP_RATE) * wrong.mean() < FLIP_RATE + 0.005

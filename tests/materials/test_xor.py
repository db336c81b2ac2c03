"""xor: two features that mean something together and nothing apart."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest

from fixtures.tasks.xor import FEATURES, xor
from tests.materials.blocks import CHANCE, largest_z

PAIRS = FEATURES * (FEATURES - 1) // 2


@pytest.fixture(scope="module")
def rows():
    """Features (50,000, 10) and labels of five test sets."""
    x, y = zip(*map(xor.test_set, range(5)), strict=True)
    return np.concatenate(x).astype(float), np.concatenate(y)


def test_the_label_is_whether_the_first_two_signs_agree(rows):
    x, y = rows
    positive = x > 0
    assert np.array_equal(y == 1, ~(positive[:, 0] ^ positive[:, 1]))
    assert xor.bayes_error == 0


def test_features_are_standard_normal(rows):
    x, _ = rows
    for feature in x.T:
        assert kstest(feature, "norm").pvalue > CHANCE / FEATURES


def test_features_do_not_depend_on_each_other(rows):
    x, _ = rows
    correlation = np.corrcoef(x.T)[np.triu_indices(FEATURES, 1)]
    assert np.abs(correlation).max() < largest_z(PAIRS) / np.sqrt(len(x))


def test_no_feature_alone_tells_the_classes_apart(rows):
    x, y = rows
    difference = x[y == 1].mean(0) - x[y == 0].mean(0)
    assert np.abs(difference).max() < largest_z(FEATURES) * 2 / np.sqrt(len(x))


def test_of_all_products_of_two_features_only_the_first_tells(rows):
    x, y = rows
    sign = 2.0 * y - 1
    means = (x[:, :, None] * x[:, None, :] * sign[:, None, None]).mean(0)
    pairs = means[np.triu_indices(FEATURES, 1)]
    assert pairs[0] == pytest.approx(2 / np.pi, abs=0.02)  # E|x1 x2|
    assert np.abs(pairs[1:]).max() < largest_z(PAIRS) / np.sqrt(len(x))


def test_the_classes_are_as_frequent(rows):
    _, y = rows
    assert abs(y.mean() - 0.5) < ndtri(1 - CHANCE / 2) * 0.5 / np.sqrt(len(y))

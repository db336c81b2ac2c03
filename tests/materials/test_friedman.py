"""friedman: what is known of it by calculation."""

import numpy as np
import pytest
from scipy.special import chdtri, ndtr

from fixtures.tasks import friedman
from fixtures.tasks.friedman import FEATURES, THRESHOLD, friedman_function
from tests.materials.blocks import CHANCE, largest_z

MATTERING = 5  # features
TENTHS = 10  # parts that a feature's range is cut into


@pytest.fixture(scope="module")
def rows():
    """Features (100,000, 10) and labels of ten test sets."""
    x, y = zip(*map(friedman.test_set, range(10)), strict=True)
    return np.concatenate(x).astype(float), np.concatenate(y)


def second_integral(u):
    """Twofold integral of Phi(-|v|) from minus infinity to u, in closed form."""
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    below = ((u**2 + 1) * ndtr(-np.abs(u)) - np.abs(u) * density) / 2
    return below + np.where(u > 0, 2 * u / np.sqrt(2 * np.pi), 0)


def test_the_function_is_friedmans_first():
    x = np.array([[0.5, 1, 0.5, 0.2, 0.4, *[0.9] * 5], [1, 1, 0, 0, 1, *[0.1] * 5]])
    assert friedman_function(x) == pytest.approx([10 + 0 + 2 + 2, 0 + 5 + 0 + 5])


def test_the_bayes_error_is_the_integral_of_what_the_noise_flips():
    """The fourth and fifth feature are linear, so they integrate away; Gauss-Legendre does the
    other three."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    nodes, weights = (nodes + 1) / 2, weights / 2
    a, b, c = np.meshgrid(nodes, nodes, nodes)
    rest = 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 - THRESHOLD
    signs = {15: 1, 10: -1, 5: -1, 0: 1}  # by where the two linear features, 10 and 5, stand
    corners = sum(sign * second_integral(rest + at) for at, sign in signs.items())
    exact = np.einsum("abc,a,b,c", corners, weights, weights, weights) / (10 * 5)
    assert exact == pytest.approx(0.0609486, abs=1e-7)
    assert friedman.bayes_error == pytest.approx(exact, abs=1e-4)


def test_the_rule_that_knows_the_function_errs_as_often_as_the_bayes_error(rows):
    x, y = rows
    error = np.mean((friedman_function(x) > THRESHOLD) != y)
    deviation = np.sqrt(friedman.bayes_error * (1 - friedman.bayes_error) / len(y))
    assert abs(error - friedman.bayes_error) < largest_z(1) * deviation


def test_the_classes_are_balanced(rows):
    _, y = rows
    assert y.mean() == pytest.approx(0.5, abs=0.01)


def test_features_are_uniform_between_zero_and_one(rows):
    x, _ = rows
    for feature in x.T:
        counts = np.bincount((feature * TENTHS).astype(int), minlength=TENTHS)
        expected = len(x) / TENTHS
        allowed = chdtri(TENTHS - 1, CHANCE / FEATURES)
        assert ((counts - expected) ** 2 / expected).sum() < allowed


@pytest.mark.parametrize("feature", range(FEATURES))
def test_only_the_first_five_features_matter(feature, rows):
    """Chi-square of the label's share over the tenths of a feature against its overall share."""
    x, y = rows
    tenth = (x[:, feature] * TENTHS).astype(int)
    counts = np.bincount(tenth, minlength=TENTHS)
    ones = np.bincount(tenth, weights=y, minlength=TENTHS)
    share = y.mean()
    statistic = ((ones - counts * share) ** 2 / (counts * share * (1 - share))).sum()
    allowed = chdtri(TENTHS - 1, CHANCE / FEATURES)
    assert (statistic > 10 * allowed) == (feature < MATTERING)
    assert (statistic > allowed) == (feature < MATTERING)

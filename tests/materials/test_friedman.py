"""friedman: what is known about it by calculation."""

import numpy as np
import pytest
from scipy.special import chdtri, ndtr
from scipy.stats import qmc

from fixtures.tasks.friedman import (
    FEATURES,
    THRESHOLD,
    Friedman,
    friedman,
    friedman_function,
    twofold_integral,
)
from tests.materials.blocks import CHANCE, largest_z

MATTERING = 5  # features
TENTHS = 10  # parts that a feature's range is cut into


@pytest.fixture(scope="module")
def rows():
    """Features (100,000, 10) and labels of ten test sets."""
    x, y = zip(*map(friedman.test_set, range(10)), strict=True)
    return np.concatenate(x).astype(float), np.concatenate(y)


def test_the_function_is_friedmans_first():
    x = np.array([[0.5, 1, 0.5, 0.2, 0.4, *[0.9] * 5], [1, 1, 0, 0, 1, *[0.1] * 5]])
    assert friedman_function(x) == pytest.approx([10 + 0 + 2 + 2, 0 + 5 + 0 + 5])


def test_the_bayes_error_is_the_mean_chance_that_noise_flips_a_label():
    """Over 2**20 scrambled Sobol points; other scramblings differ with a deviation of 0.00003."""
    points = qmc.Sobol(5, rng=0).random_base2(20)
    mean = ndtr(-np.abs(friedman_function(points) - THRESHOLD)).mean()
    assert friedman.bayes_error == pytest.approx(mean, abs=1e-4)
    assert friedman.bayes_error == pytest.approx(0.0609486, abs=1e-7)


@pytest.mark.parametrize("nodes", [20, 60])
def test_the_bayes_error_does_not_depend_on_the_grid(nodes, monkeypatch):
    monkeypatch.setattr("fixtures.tasks.friedman.NODES", nodes)
    assert Friedman().bayes_error == pytest.approx(friedman.bayes_error, abs=1e-7)


def test_the_twofold_integral_bends_by_the_chance_that_noise_reaches_so_far():
    u, step = np.linspace(-6, 6, 1_201, retstep=True)
    bend = np.diff(twofold_integral(u), 2) / step**2
    assert bend == pytest.approx(ndtr(-np.abs(u[1:-1])), abs=2e-3)  # the kink at zero
    assert twofold_integral(np.array([-40.0, 0.0])) == pytest.approx([0, 0.25])


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

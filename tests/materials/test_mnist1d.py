"""mnist1d: against the package that defines the distribution, as the reference."""

import numpy as np
import pytest
from scipy.special import ndtri

from fixtures.tasks.mnist1d import (
    CORRELATED_NOISE,
    INDEPENDENT_NOISE,
    LENGTH,
    MAX_SHIFT,
    PADDING,
    POINTS,
    SCALE,
    SHEAR,
    TEMPLATES,
    mnist1d,
    signals,
)
from tests.materials.blocks import largest_z

reference = pytest.importorskip("mnist1d.data", reason="the package mnist1d is not installed")

ROWS = 10_000  # of the package, which makes about 4,000 a second
TRAINING = 2_000  # of them, and of ours; the others test
DOCUMENTED_LOGISTIC = 0.32  # accuracy of logistic regression on 4,000 rows, says the package


@pytest.fixture(scope="module")
def theirs():
    """Signals (10,000, 40) and labels of the package, without its scaling of a whole data set."""
    from mnist1d.transform import transform

    state = np.random.get_state()
    np.random.seed(0)  # the package knows no other randomness
    templates, settings = reference.get_templates(), reference.get_dataset_args()
    labels = np.random.randint(0, 10, ROWS)
    signals = [transform(templates["x"][y], templates["t"], settings)[0] for y in labels]
    np.random.set_state(state)
    return np.stack(signals), labels


@pytest.fixture(scope="module")
def ours():
    """As many of our own."""
    x, y = mnist1d.draw(0, ROWS)
    return x.astype(float), y


def variance_of_variance(x):
    """Of the sample variance of every column: (rows, columns) -> (columns,)."""
    square = (x - x.mean(0)) ** 2
    return square.var(0) / len(x)


def test_the_templates_are_those_of_the_package():
    whitened = TEMPLATES - TEMPLATES.mean(1, keepdims=True)
    whitened /= whitened.std(1, keepdims=True)
    shapes = (whitened - whitened[:, :1]) / 6
    np.testing.assert_allclose(shapes, reference.get_templates()["x"], rtol=0, atol=1e-15)


def test_the_constants_are_those_of_the_package():
    settings = reference.get_dataset_args(as_dict=True)
    assert {
        "template_len": TEMPLATES.shape[1],
        "padding": list(PADDING),
        "scale_coeff": SCALE,
        "max_translation": MAX_SHIFT,
        "corr_noise_scale": CORRELATED_NOISE,
        "iid_noise_scale": INDEPENDENT_NOISE,
        "shear_scale": SHEAR,
        "final_seq_length": POINTS,
        "shuffle_seq": False,
    }.items() <= settings.items()


class Chosen:
    """A random generator that gives numbers chosen beforehand, and knows between which limits."""

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)
        self.limits = None

    def integers(self, low, high, size):
        self.limits = (low, high)
        return self.numbers

    def random(self, size, dtype):
        return self.numbers.reshape(size).astype(dtype)

    def standard_normal(self, size, dtype):
        return self.numbers.reshape(size).astype(dtype)


def transformed(label, padding, shift, uniform, noise, monkeypatch):
    """The package's signal of one label, with its randomness chosen."""
    from mnist1d.transform import transform

    scale, slope = uniform
    low, high = PADDING
    rands = iter([(padding + 0.5) / (high - low + 1), scale, slope])
    noises = iter(noise)
    monkeypatch.setattr(np.random, "rand", lambda: next(rands))
    monkeypatch.setattr(np.random, "randn", lambda length: next(noises))
    monkeypatch.setattr(np.random, "choice", lambda number: {MAX_SHIFT: shift}[number])
    templates = reference.get_templates()
    return transform(templates["x"][label], templates["t"], reference.get_dataset_args())[0]


def test_equal_choices_give_the_signals_of_the_package(monkeypatch):
    """Every padding and every shift, with every template in turn."""
    low, high = PADDING
    rows = 10 * MAX_SHIFT
    numbers, each = np.random.default_rng(0), np.arange(rows)
    labels, paddings, shifts = each % 10, each % (high - low + 1), each % MAX_SHIFT
    scale, slope = numbers.random((2, rows))
    smooth, rough = numbers.standard_normal((2, rows, LENGTH))
    random = [Chosen(given) for given in (paddings, scale, shifts, slope, smooth, rough)]
    ours = signals(labels, random)
    for row in each:
        uniform, noise = (scale[row], slope[row]), (smooth[row], rough[row])
        with monkeypatch.context() as patch:
            theirs = transformed(labels[row], paddings[row], shifts[row], uniform, noise, patch)
        assert ours[row] == pytest.approx(theirs, abs=1e-6)
    assert random[0].limits == (0, high - low + 1)
    assert random[2].limits == (0, MAX_SHIFT)


def test_every_class_has_the_means_of_the_package(ours, theirs):
    for label in range(10):
        a, b = (x[y == label] for x, y in (ours, theirs))
        deviation = np.sqrt(a.var(0) / len(a) + b.var(0) / len(b))
        z = (a.mean(0) - b.mean(0)) / deviation
        assert np.abs(z).max() < largest_z(10 * POINTS), f"class {label}"


def test_every_class_has_the_spread_of_the_package(ours, theirs):
    for label in range(10):
        a, b = (x[y == label] for x, y in (ours, theirs))
        z = (a.var(0) - b.var(0)) / np.sqrt(variance_of_variance(a) + variance_of_variance(b))
        assert np.abs(z).max() < largest_z(10 * POINTS), f"class {label}"


def test_a_classifier_trained_on_either_scores_the_same_on_both(ours, theirs):
    """The band is what two test sets of this size differ by at most, except by CHANCE; training
    rows add less (a standard deviation of 0.006 against 0.008, over eight of our training sets)."""
    from sklearn.svm import SVC

    accuracy = np.empty((2, 2))  # (source of the training rows, source of the test rows)
    for row, (x, y) in enumerate((ours, theirs)):
        machine = SVC(C=10, gamma=2.4 / POINTS / x.var()).fit(x[:TRAINING], y[:TRAINING])
        accuracy[row] = [machine.score(x[TRAINING:], y[TRAINING:]) for x, y in (ours, theirs)]
    share = accuracy.mean()
    band = largest_z(6) * np.sqrt(2 * share * (1 - share) / (ROWS - TRAINING))
    assert 0.5 < share < 0.7
    assert np.ptp(accuracy) < band


def test_no_classifier_tells_our_signals_from_those_of_the_package(ours, theirs):
    """Labels are given as a feature, so that a class mixed up with another would show as well."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = np.concatenate([np.column_stack(rows) for rows in (ours, theirs)])
    source = np.repeat([0, 1], ROWS)
    order = np.random.default_rng(0).permutation(len(x))
    training, test = np.split(order, 2)
    machine = HistGradientBoostingClassifier(random_state=0, max_iter=50)
    right = machine.fit(x[training], source[training]).score(x[test], source[test])
    assert abs(right - 0.5) < ndtri(1 - 0.0005) * 0.5 / np.sqrt(len(test))


def test_logistic_regression_is_as_good_as_the_package_documents():
    from sklearn.linear_model import LogisticRegression

    x, y = mnist1d.draw(0, 4_000)
    score = LogisticRegression(max_iter=1_000).fit(x, y).score(*mnist1d.test_set(0))
    assert score == pytest.approx(DOCUMENTED_LOGISTIC, abs=0.02)


def test_all_classes_are_as_frequent(ours):
    counts = np.bincount(ours[1], minlength=10)
    assert np.abs(counts - ROWS / 10).max() < largest_z(10) * np.sqrt(ROWS * 0.1 * 0.9)

"""digits and breast-cancer: real rows, split anew by every seed, and never on both sides."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from fixtures.tasks.breast_cancer import breast_cancer
from fixtures.tasks.digits import digits
from fixtures.tasks.finite import Finite
from fixtures.tiers import M_SMALL
from tests.materials.blocks import largest_z

SEEDS = range(4)


class Numbers(Finite):
    """Row k has the features k and -k, and the label k modulo 3."""

    name = "numbers"
    classes = 3
    size = 50
    test_rows = 10

    def __init__(self, rows=50):
        self.held = rows

    def table(self):
        k = np.arange(self.held)
        return np.column_stack([k, -k, k % 3])


each_real = pytest.mark.parametrize("task", [digits, breast_cancer], ids=lambda task: task.name)


def whole(task, seed):
    """All rows of a split: training, then test."""
    parts = task.draw(seed, task.most_rows), task.test_set(seed)
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def as_bag(x, y):
    return Counter(row.tobytes() + bytes([label]) for row, label in zip(x, y, strict=True))


def test_a_split_has_every_row_once_with_its_own_label():
    for seed in SEEDS:
        x, y = whole(Numbers(), seed)
        assert sorted(x[:, 0]) == list(range(50))
        assert np.array_equal(x[:, 1], -x[:, 0])
        assert np.array_equal(y, x[:, 0] % 3)


def test_every_seed_splits_in_another_way():
    tests = [frozenset(Numbers().test_set(seed)[0][:, 0]) for seed in range(20)]
    assert len(set(tests)) == 20
    assert all(a & b for a, b in combinations(tests[:3], 2))  # by chance, as resplits do


def test_every_row_is_as_likely_to_be_a_test_row():
    splits = 2_000
    counts = np.bincount(
        np.concatenate([Numbers().test_set(seed)[0][:, 0] for seed in range(splits)]).astype(int)
    )
    deviation = np.sqrt(splits * 0.2 * 0.8)
    assert np.abs(counts - splits * 0.2).max() < largest_z(50) * deviation


def test_more_rows_than_there_are_is_one_sentence():
    with pytest.raises(ValueError, match=r"^numbers has 40 training rows, not 41$"):
        Numbers().draw(0, 41)


@pytest.mark.parametrize("rows", [49, 51])
def test_a_data_set_of_another_size_is_one_sentence(rows):
    with pytest.raises(ValueError, match=f"^numbers should have 50 rows, not {rows}$"):
        Numbers(rows).draw(0, 5)


@each_real
def test_training_and_test_rows_together_are_the_data_set(task):
    table = task.table()
    expected = as_bag((table[:, :-1] / task.unit).astype(np.float32), table[:, -1].astype(int))
    for seed in SEEDS:
        assert as_bag(*whole(task, seed)) == expected
    assert expected.total() == task.size == task.most_rows + task.test_rows


@each_real
def test_a_fifth_of_the_rows_is_held_out_and_enough_are_left_for_the_smallest_size(task):
    assert task.resplit
    assert task.test_rows == pytest.approx(task.size / 5, abs=1)
    assert task.most_rows >= M_SMALL


def test_digits_are_those_of_scikit_learn_with_pixels_up_to_one():
    from sklearn.datasets import load_digits

    known = load_digits()
    x, y = whole(digits, 0)
    assert x.shape == (1_797, 64)
    assert (x.min(), x.max()) == (0, 1)
    assert as_bag((known.data / 16).astype(np.float32), known.target) == as_bag(x, y)
    assert np.bincount(y).tolist() == np.bincount(known.target).tolist()
    assert max(np.bincount(y)) / min(np.bincount(y)) < 1.06


def test_breast_cancers_are_those_of_scikit_learn():
    from sklearn.datasets import load_breast_cancer

    known = load_breast_cancer()
    x, y = whole(breast_cancer, 0)
    assert x.shape == (569, 30)
    assert as_bag(known.data.astype(np.float32), known.target) == as_bag(x, y)
    assert np.bincount(y).tolist() == [212, 357]  # malignant, benign, as its description says


def test_no_digit_is_there_twice():
    """Else a training row might be a test row as well; two cancers with the same measures too."""
    for task in (digits, breast_cancer):
        assert len(np.unique(task.table()[:, :-1], axis=0)) == task.size

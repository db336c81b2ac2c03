"""Rows that are not as fresh as they seem are refused in one sentence, and chance is no fault."""

import numpy as np
import pytest

from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import TEST_ROWS, Stripes, trial

pytestmark = pytest.mark.usefixtures("draws")

POOL = np.random.default_rng(5).random((3_000, 3)).astype(np.float32)  # a finite data set


def labelled(x):
    return x, (x[:, 0] > 0.4).astype(np.int64)


class Parts(Stripes):
    """A data set that every seed divides, and says so only where `resplit` is true."""

    resplit = False
    test_rows = 1_000

    def _order(self, seed):
        return np.random.default_rng(seed).permutation(len(POOL))

    def draw(self, seed, m):
        return labelled(POOL[self._order(seed)[self.test_rows :][:m]])

    def test_set(self, seed):
        return labelled(POOL[self._order(seed)[: self.test_rows]])


class Pool(Parts):
    """The rows of every seed are a part of one pool; all seeds are judged on the same test rows."""

    def draw(self, seed, m):
        rows = np.random.default_rng(seed).permutation(2_000)[:m]
        return labelled(POOL[rows])

    def test_set(self, seed):
        return labelled(POOL[2_000:])


class Deaf(Stripes):
    """The seed changes nothing about its training rows."""

    def draw(self, seed, m):
        return super().draw(0, m)


class Leaky(Stripes):
    """One test row in three is a training row."""

    def test_set(self, seed):
        own, seen = super().test_set(seed), self.draw(seed, TEST_ROWS // 3)
        return tuple(np.concatenate([b, a[len(b) :]]) for a, b in zip(own, seen, strict=True))


class Dealt(Stripes):
    """Rows of few values: nearly every one turns up again."""

    def _rows(self, seed, rows):
        x, y = super()._rows(seed, rows)
        return np.floor(x * 6), y


def refusal(task, m=256):
    with pytest.raises(TrialError) as caught:
        compute(trial(task=task, m=m))
    return str(caught.value).partition(": ")[2]


def test_draws_that_ignore_the_seed_are_refused():
    assert refusal(Deaf()) == (
        "Task stripes: draw(0, m) and draw(1, m) are the same rows, so seeds are no repetitions; "
        "draw from numpy.random.default_rng([seed, 0])."
    )


def test_test_rows_that_are_training_rows_are_refused():
    assert refusal(Leaky()) == (
        "Task stripes: 15 of the test rows of seed 0 are training rows of the same seed; draw test "
        "rows from a generator, or a part of the data, of their own."
    )


@pytest.mark.parametrize("task", [Parts(), Pool()], ids=["parts", "pool"])
def test_parts_of_one_data_set_must_say_that_they_are(task):
    assert "rows of seed 0 are rows of seed 1 too" in refusal(task)
    assert "set `resplit = True` and `most_rows` on the task" in refusal(task)


@pytest.mark.parametrize("kind", [Parts, Pool])
def test_parts_of_one_data_set_that_say_so_are_taken(kind, monkeypatch):
    monkeypatch.setattr(kind, "resplit", True)
    assert len(compute(trial(task=kind(), m=256))) == 5


def test_a_data_set_of_which_no_row_can_be_shared_is_not_suspected():
    assert len(compute(trial(task=Stripes(), m=4_000))) == 5


@pytest.mark.parametrize("m", [8, 64, 1_024])
def test_rows_that_turn_up_again_by_chance_are_taken(m):
    assert len(compute(trial(task=Dealt(), m=m))) == 5


def test_the_same_test_rows_for_every_seed_are_taken():
    class Fixed(Stripes):
        def test_set(self, seed):
            return super().test_set(0)

    assert len(compute(trial(task=Fixed()))) == 5

"""Rows that no learner could use are refused when drawn, with one clear message."""

import numpy as np
import pytest

from pytest_scaling.trials.result import TrialError
from pytest_scaling.trials.rows.draws import Draws
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Stripes, trial

pytestmark = pytest.mark.usefixtures("draws")

FEW = 100  # rows of a finite task


class OneClassAtFirst(Stripes):
    """Its first 40 rows are of class 0, whatever the seed."""

    def draw(self, seed, m):
        x, y = super().draw(seed, m)
        y[:40] = 0
        return x, y


class Finite(Stripes):
    """It has FEW training rows, and says so."""

    most_rows = FEW

    def draw(self, seed, m):
        assert m <= FEW, "it must not be asked for more"
        return super().draw(seed, m)


class Short(Stripes):
    """It has FEW training rows, and does not say so."""

    def draw(self, seed, m):
        return super().draw(seed, min(m, FEW))


def refusal(task, m):
    with pytest.raises(TrialError) as caught:
        compute(trial(task=task, m=m))
    return str(caught.value)


def test_training_rows_of_one_class_are_refused():
    assert refusal(OneClassAtFirst(), 32) == (
        "nearest centroid on stripes, m = 32, seeds 0-4: Task stripes: the 32 training rows of "
        "seed 0 are all of class 0, so there is nothing to learn; use more rows, or a task with "
        "evener classes."
    )


def test_more_rows_with_both_classes_are_taken_though_their_first_half_has_one():
    assert len(compute(trial(task=OneClassAtFirst(), m=64))) == 5


def test_one_class_is_noticed_among_rows_that_an_earlier_trial_left():
    draws = Draws()
    draws.training(OneClassAtFirst(), 0, 100)
    with pytest.raises(TrialError, match="the 40 training rows of seed 0 are all of class 0"):
        draws.training(OneClassAtFirst(), 0, 40)


def test_a_test_set_of_one_class_is_no_fault():
    class Easy(Stripes):
        def test_set(self, seed):
            x, y = super().test_set(seed)
            return x, np.zeros_like(y)

    assert len(compute(trial(task=Easy()))) == 5


def test_more_rows_than_a_finite_task_has_are_refused_before_any_is_drawn():
    assert refusal(Finite(), FEW + 1) == (
        "nearest centroid on stripes, m = 101, seeds 0-4: Task stripes has 100 training rows, not "
        "101; use fewer."
    )
    assert len(compute(trial(task=Finite(), m=FEW))) == 5


def test_a_task_without_a_limit_may_say_so():
    class Endless(Stripes):
        most_rows = None

    assert len(compute(trial(task=Endless(), m=FEW))) == 5


def test_too_few_rows_of_a_task_that_names_no_limit_are_refused():
    assert refusal(Short(), FEW + 1).endswith(
        "Task stripes: draw(0, 101) must return 101 rows, not 100; if there are no more, set its "
        "`most_rows`."
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["draw", "test_set"])
def test_one_value_that_is_no_number_is_enough_to_refuse(value, part):
    class Broken(Stripes):
        def draw(self, seed, m):
            return self.broken(super().draw(seed, m)) if part == "draw" else super().draw(seed, m)

        def test_set(self, seed):
            rows = super().test_set(seed)
            return self.broken(rows) if part == "test_set" else rows

        def broken(self, rows):
            rows[0][-1, -1] = value
            return rows

    call = "draw(0, 64)" if part == "draw" else "test_set(0)"
    assert refusal(Broken(), 64).endswith(
        f"Task stripes: {call} must return finite numbers as features, without NaN or infinity."
    )


@pytest.mark.parametrize(
    ("shape", "said"),
    [((64, 1), "(64, 1)"), ((1, 64), "(1, 64)"), ((32,), "(32,)"), ((), "()")],
)
def test_labels_of_another_shape_are_refused(shape, said):
    class Odd(Stripes):
        def draw(self, seed, m):
            return super().draw(seed, m)[0], np.zeros(shape, dtype=np.int64)

    assert refusal(Odd(), 64).endswith(
        "Task stripes: draw(0, 64) must return features (rows, d) and labels (rows,), not shapes "
        f"(64, 3) and {said}."
    )

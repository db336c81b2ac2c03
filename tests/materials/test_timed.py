"""Learners whose training is timed."""

import numpy as np
import pytest

from fixtures.learners import narrow_sigmoid_to_target, wide_relu_to_target
from fixtures.learners.budget import ROWS_OF_WIDTHS
from fixtures.learners.timed import STEPS, FewSteps
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.trials.block import Block

RATE = {"learning_rate": 0.3}


def rows(m):
    x, y = mnist1d.draw(3, m)
    return Block("mnist1d", 10, (3,), x[None], y[None], x[None, :1])


@pytest.mark.parametrize("learner", [narrow_sigmoid_to_target, wide_relu_to_target])
def test_a_run_goes_on_until_the_loss_is_at_the_target(learner):
    (steps,) = learner.fit_predict(rows(ROWS_OF_WIDTHS), RATE, "cpu").metrics["steps"]
    assert 1 < steps < 2_000


def test_only_the_first_rows_count():
    few, many = (
        wide_relu_to_target.fit_predict(rows(m), RATE, "cpu").metrics["steps"]
        for m in (ROWS_OF_WIDTHS, 4 * ROWS_OF_WIDTHS)
    )
    assert np.array_equal(few, many)


def test_the_settings_are_those_of_the_search_for_the_largest_width():
    assert set(wide_relu_to_target.settings("mnist1d", 1_024)) == {"learning_rate"}


def test_a_few_steps_are_as_many_for_every_task_and_width(monkeypatch):
    taken = []
    monkeypatch.setattr(
        "fixtures.learners.network.train",
        lambda parameters, x, y, settings, random: taken.append(settings["steps"]),
    )
    for width in (8, 64):
        learner = FewSteps(width)
        learner.fit_predict(rows(64), learner.settings("mnist1d", 64), "cpu")
    assert taken == [STEPS, STEPS]

"""Learners whose training is timed."""

import numpy as np
import pytest

from fixtures.learners import (
    narrow_sigmoid_to_target,
    one_design_of_every_width,
    random_search,
    wide_relu_to_target,
)
from fixtures.learners.budget import ROWS_OF_WIDTHS
from fixtures.learners.search import DEPTHS, DESIGNS, WIDTHS
from fixtures.learners.timed import STEPS, FewSteps
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.spec.protocols import Block

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
    assert set(wide_relu_to_target.settings("mnist1d", 4_096)) == {"learning_rate"}


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


def test_one_design_of_every_width_is_trained_as_a_search_trains_it(monkeypatch):
    trained = []

    def record(design, x, y, held_out, classes, steps):
        trained.append((design.width, design.depth, len(x), len(y), len(held_out), steps))

    monkeypatch.setattr("fixtures.learners.timed.labels_of", record)
    settings = one_design_of_every_width.settings("mnist1d", 400)
    one_design_of_every_width.fit_predict(rows(400), settings, "cpu")
    steps = random_search.settings("mnist1d", 400)["steps"]
    mean_depth = np.mean(DEPTHS)
    assert trained == [(width, mean_depth, 80, 80, 320, steps) for width in WIDTHS]


@pytest.mark.parametrize(
    ("seconds", "designs"), [(1.0, 10), (0.29, 2), (0.01, 1), (1_000.0, DESIGNS)]
)
def test_designs_are_as_many_as_fit_into_the_time(seconds, designs):
    timed = 0.1 * len(WIDTHS)  # a tenth of a second for each
    assert one_design_of_every_width.designs_within(seconds, timed) == designs

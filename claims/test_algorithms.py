"""Algorithms: from the sigmoid to ReLU (06:24 to 07:17)."""

import math

from fixtures.learners import (
    relu_descent,
    relu_slope,
    sigmoid_adam,
    sigmoid_batch_norm,
    sigmoid_descent,
    sigmoid_slope,
)
from fixtures.lecture import LECTURE
from fixtures.tasks import friedman, mnist1d, poker_one_hot
from pytest_scaling import claim

TWICE = math.log(2)  # in steps: "much faster" means at least twice as fast


@claim(
    "relu-unit-slope",
    "The slope of ReLU is one for every positive input and zero for every negative one",
    source=LECTURE.at("06:54", "07:05"),
    strength="always",
    parts=2,
)
def test_relu_has_unit_slope(measure, exact, m_small):
    on_a_grid = measure(relu_slope, "unit_slope_on_a_grid", task=mnist1d, m=m_small)
    trained = measure(relu_slope, "unit_slope_when_trained", task=mnist1d, m=m_small)
    assert exact(min(on_a_grid) == 1, "every slope on a grid is one or zero, by the sign")
    assert exact(min(trained) == 1, "every slope inside a trained network is one or zero")


@claim(
    "sigmoid-unit-slope",
    "The slope of the sigmoid is one for every positive input and zero for every negative one",
    source=LECTURE.at("06:24", "06:42"),
    strength="always",
    parts=2,
    control_of="relu-unit-slope",
)
def test_sigmoid_has_no_unit_slope(measure, exact, m_small):
    on_a_grid = measure(sigmoid_slope, "unit_slope_on_a_grid", task=mnist1d, m=m_small)
    trained = measure(sigmoid_slope, "unit_slope_when_trained", task=mnist1d, m=m_small)
    assert exact(min(on_a_grid) == 1, "every slope on a grid is one or zero, by the sign")
    assert exact(min(trained) == 1, "every slope inside a trained network is one or zero")


@claim(
    "relu-converges-faster",
    "Changing the sigmoid to ReLU makes gradient descent much faster",
    source=LECTURE.at("07:05", "07:17"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
    learners=[sigmoid_descent],
    beside=[sigmoid_adam, sigmoid_batch_norm],
)
def test_relu_needs_far_fewer_steps(race, task, learner, m_small, smallest_effect):
    speedup = race(slow=learner, fast=learner.with_relu, task=task, m=m_small)
    assert speedup > smallest_effect


@claim(
    "relu-converges-faster-than-itself",
    "Changing ReLU to ReLU makes gradient descent much faster",
    source=LECTURE.at("07:05", "07:17"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
    control_of="relu-converges-faster",
)
def test_relu_needs_no_fewer_steps_than_itself(race, task, m_small, smallest_effect):
    speedup = race(slow=relu_descent, fast=relu_descent, task=task, m=m_small, disjoint=True)
    assert speedup > smallest_effect

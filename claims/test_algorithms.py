"""Algorithms: from the sigmoid to ReLU (06:24 to 07:17).

All that enters a verdict here is plain gradient descent: every step uses the whole training set of
m = 256 rows, the learning rate is constant, and nothing is normalised. Hidden layers have
100 units.
"""

import math

from fixtures.learners import (
    five_orthogonal_layers,
    five_sigmoid_layers,
    relu_descent,
    relu_layer,
    relu_slope,
    sigmoid_adam,
    sigmoid_batch_norm,
    sigmoid_descent,
    sigmoid_layer,
    sigmoid_slope,
    ten_orthogonal_layers,
    ten_sigmoid_layers,
    two_sigmoid_layers,
)
from fixtures.lecture import LECTURE
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_one_hot import poker_one_hot
from pytest_scaling import claim, control

TWICE = math.log(2)  # "much faster" means at least twice as fast, "much less" at most half
TENFOLD = math.log(10)  # "hardly" means at most a tenth
NEARLY_ZERO = 0.01  # of a slope: a 25th of the sigmoid's largest
ONE_UNIT = 0.01  # of the 100 units of a layer


# Measured, in this order: the derivative of the sigmoid by automatic differentiation at 10,001
# points from -10 to 10; and the share of hidden units, unit by unit and row by row, with a slope
# below 0.01 in a network of three hidden layers after 500 steps (minus that at the start, where
# there is none). The control asks the same of ReLU where its input is positive; below zero its
# slope is zero by definition, as relu-unit-slope says.
@claim(
    "sigmoid-saturates",
    "The sigmoid has regions where its slope is nearly zero, and units of a network get there",
    source=LECTURE.at("06:24", "06:42"),
    strength="always",
    smallest_effect=ONE_UNIT,
)
def test_sigmoid_saturates(measure, exact, compare, m_small, smallest_effect):
    largest = max(measure(sigmoid_slope, "largest_slope", task=mnist1d, m=m_small))
    far_out = max(measure(sigmoid_slope, "largest_slope_far_out", task=mnist1d, m=m_small))
    as_in_the_formula = min(measure(sigmoid_slope, "closed_form", task=mnist1d, m=m_small))
    units = compare(
        sigmoid_slope,
        sigmoid_slope,
        metric=("flat_when_trained", "flat_at_start"),
        task=mnist1d,
        m=m_small,
    )
    assert exact(largest <= 1 / 4, "no slope is above 1/4")
    assert exact(as_in_the_formula == 1, "every slope is s(1 - s), s being the sigmoid")
    assert exact(far_out < NEARLY_ZERO, "beyond 5 on either side every slope is below 0.01")
    assert units > smallest_effect


@claim(
    "relu-saturates",
    "ReLU has regions of positive input where its slope is nearly zero, and units get there",
    source=LECTURE.at("06:24", "06:42"),
    strength="always",
    smallest_effect=ONE_UNIT,
    control_of="sigmoid-saturates",
)
def test_relu_saturates(measure, exact, compare, m_small, smallest_effect):
    far_out = max(measure(relu_slope, "largest_slope_far_out", task=mnist1d, m=m_small))
    units = compare(
        relu_slope,
        relu_slope,
        metric=("flat_when_trained", "flat_at_start"),
        task=mnist1d,
        m=m_small,
    )
    shallow = exact(far_out < NEARLY_ZERO, "beyond 5 every slope is below 0.01")
    reached = units > smallest_effect
    assert shallow
    assert reached


# One hidden layer of units h = act(z + c) - act(c), its output layer frozen, once with c = 0 and
# once, moved into the flat region, with c = 6: same weights, rows, seeds and learning rate (a
# larger rate would make up for some of it). Measured, unmoved over moved: the length of the first
# step relative to that of the parameters, and the fall of the training loss over 100 steps. The
# control moves ReLU by as much, to where all its slopes are one.
@claim(
    "flat-means-slow",
    "Where the slope is nearly zero, gradient descent hardly moves the parameters and is slow",
    source=LECTURE.at("06:32", "06:47"),
    strength="usually",
    smallest_effect=TENFOLD,
    tasks=[mnist1d, poker_one_hot, friedman],
    given={"layer": sigmoid_layer},
)
@control(
    "flat-means-slow-for-relu",
    "With ReLU moved by as much, gradient descent hardly moves the parameters and is slow",
    given={"layer": relu_layer},
)
def test_flat_means_slow(compare, layer, task, m_small, smallest_effect):
    layers = (layer, layer.shifted)
    step = compare(*layers, metric="log_change", task=task, m=m_small) > smallest_effect
    learning = compare(*layers, metric="log_drop", task=task, m=m_small) > smallest_effect
    assert step
    assert learning


@claim(
    "relu-unit-slope",
    "The slope of ReLU is one for every positive input and zero for every negative one",
    source=LECTURE.at("06:54", "07:05"),
    strength="always",
    given={"probe": relu_slope},
)
@control(
    "sigmoid-unit-slope",
    "The slope of the sigmoid is one for every positive input and zero for every negative one",
    source=LECTURE.at("06:24", "06:42"),
    given={"probe": sigmoid_slope},
)
def test_relu_has_unit_slope(measure, exact, probe, m_small):
    on_a_grid = measure(probe, "unit_slope_on_a_grid", task=mnist1d, m=m_small)
    trained = measure(probe, "unit_slope_when_trained", task=mnist1d, m=m_small)
    assert exact(min(on_a_grid) == 1, "every slope on a grid is one or zero, by the sign")
    assert exact(min(trained) == 1, "every slope inside a trained network is one or zero")


# Measured in networks of the same depth, rows and seeds: by what factor the gradient shrinks from a
# hidden layer to the one below it (its norm, at the pre-activations), sigmoid over ReLU, at the
# start and as the mean over 200 / depth steps of training; and the gradient of the first layer's
# weights at the start, ReLU over sigmoid, as a factor for every hidden layer. Each activation has
# the learning rate that suits it. Reported, not counted: weights that start orthogonal, which no
# layer shortens (Saxe et al., 2014), and two hidden layers. Such a sigmoid network
# learns within these steps, and its growing weights make up for much of the shrinking (on tuning
# seeds, for nearly all of it after 400 steps); deeper ones are still where they started.
@claim(
    "relu-gradient-survives",
    "In a deep network ReLU's gradient is much less likely to shrink to zero than the sigmoid's",
    source=LECTURE.at("07:00", "07:05"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
    learners=[five_sigmoid_layers, ten_sigmoid_layers],
    beside=[two_sigmoid_layers, five_orthogonal_layers, ten_orthogonal_layers],
)
def test_relu_gradient_survives(compare, task, learner, m_small, smallest_effect):
    sigmoid, relu = learner, learner.with_relu
    at_start = compare(sigmoid, relu, metric="log_shrink_at_start", task=task, m=m_small)
    training = compare(sigmoid, relu, metric="log_shrink_in_training", task=task, m=m_small)
    arrives = compare(relu, sigmoid, metric="log_first_gradient_a_layer", task=task, m=m_small)
    assert at_start > smallest_effect
    assert training > smallest_effect
    assert arrives > smallest_effect


@claim(
    "relu-gradient-survives-that-of-relu",
    "In a deep network ReLU's gradient is much less likely to shrink to zero than ReLU's",
    source=LECTURE.at("07:00", "07:05"),
    strength="usually",
    smallest_effect=TWICE,
    tasks=[mnist1d, poker_one_hot, friedman],
    control_of="relu-gradient-survives",
)
def test_relu_gradient_survives_no_better_than_itself(compare, task, m_small, smallest_effect):
    def gap(metric):
        relu = five_sigmoid_layers.with_relu
        return compare(relu, relu, metric=metric, task=task, m=m_small, disjoint=True)

    at_start = gap("log_shrink_at_start") > smallest_effect
    training = gap("log_shrink_in_training") > smallest_effect
    arrives = gap("log_first_gradient_a_layer") > smallest_effect
    assert at_start
    assert training
    assert arrives


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

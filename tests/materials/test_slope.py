"""The probe of an activation's slope: where it is nearly zero, and how many units are there.

What it says about the unit slope of ReLU is tested in `test_descent.py`.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from fixtures.learners import relu_slope, sigmoid_slope
from fixtures.learners.descent import Descent, forward
from fixtures.learners.scaling import standardise
from fixtures.learners.slope import FAR_OUT, NEARLY_ZERO, SlopeProbe
from tests.materials.blocks import scattered

SETTINGS = {"learning_rate": 3.0, "steps": 300}


@pytest.fixture(scope="module")
def block():
    return scattered(48, 6, 3, seeds=2)


def slope_at(x):
    return math.exp(-x) / (1 + math.exp(-x)) ** 2


def test_the_sigmoid_is_steepest_at_zero_and_flat_far_out():
    found = sigmoid_slope.on_a_grid("cpu")
    assert found["largest_slope"] == 0.25
    assert found["largest_slope_far_out"] == pytest.approx(slope_at(FAR_OUT), rel=0.01)
    assert found["largest_slope_far_out"] < slope_at(FAR_OUT)
    assert found["closed_form"] == 1


def test_relu_is_as_steep_far_out_as_anywhere():
    found = relu_slope.on_a_grid("cpu")
    assert found["largest_slope"] == found["largest_slope_far_out"] == 1
    assert found["closed_form"] < 0.01


@dataclass(frozen=True)
class Steeper(SlopeProbe):
    """A sigmoid whose derivative is off by one part in a hundred thousand."""

    def slopes(self, points):
        return super().slopes(points) * 1.00001


def test_a_derivative_that_is_slightly_wrong_does_not_have_the_closed_form():
    assert Steeper("sigmoid").on_a_grid("cpu")["closed_form"] < 0.9


def test_a_unit_is_flat_where_its_slope_is_below_a_hundredth():
    edge = math.log((1 + math.sqrt(1 - 4 * NEARLY_ZERO)) / (1 - math.sqrt(1 - 4 * NEARLY_ZERO)))
    assert slope_at(edge) == pytest.approx(NEARLY_ZERO)
    points = torch.tensor([[-edge - 0.01, -edge + 0.01], [0.0, edge - 0.01], [edge + 0.01, 99.0]])
    assert sigmoid_slope.flat(points) == pytest.approx(3 / 6)


def test_relu_is_judged_where_its_input_is_positive():
    assert relu_slope.judged(torch.tensor([-1.0, 0.0, 2.0])).tolist() == [2.0]
    assert relu_slope.flat(torch.tensor([-1.0, -2.0])) == 0
    assert relu_slope.flat(torch.tensor([-1.0, 3.0])) == 0


def test_a_unit_that_left_the_finite_numbers_is_not_flat():
    assert sigmoid_slope.flat(torch.tensor([math.inf, -math.inf, math.nan, 9.0])) == 1 / 4


def test_the_shares_are_those_of_the_network_before_and_after_its_training(block):
    fit = sigmoid_slope.fit_predict(block, SETTINGS, "cpu")
    x, y = torch.from_numpy(standardise(block.x, block.x_test)[0]), torch.from_numpy(block.y)
    descent = Descent("sigmoid")
    parameters = descent.initial(6, 3, block.seeds, "cpu")
    for metric in ("flat_at_start", "flat_when_trained"):
        slopes = [torch.sigmoid(z) * torch.sigmoid(-z) for z in forward(parameters, x, "sigmoid")]
        flat = torch.cat(slopes[:-1], dim=2) < NEARLY_ZERO
        expected = flat.double().mean((1, 2))
        assert fit.metrics[metric] == pytest.approx(expected.numpy(), rel=0.01)
        descent.descend(parameters, x, y, 3.0, most_steps=300, target=0.0)
    assert fit.metrics["flat_at_start"].max() == 0
    assert fit.metrics["flat_when_trained"].min() > 0.02


@pytest.mark.parametrize("probe", [relu_slope, sigmoid_slope], ids=lambda probe: probe.name)
def test_a_network_that_diverges_is_reported_and_its_numbers_stay_finite(probe, block):
    fit = probe.fit_predict(block, {"learning_rate": math.inf, "steps": 2}, "cpu")
    assert fit.diverged.tolist() == [True, True]
    assert all(np.isfinite(values).all() for values in fit.metrics.values())
    assert fit.metrics["flat_when_trained"].tolist() == [0, 0]

"""One hidden layer with its units moved into the flat region."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from fixtures.learners import relu_layer, sigmoid_layer
from fixtures.learners.descent import WIDTH, Descent
from fixtures.learners.flat import LEAST_DROP, SHIFT
from fixtures.learners.scaling import standardise
from tests.materials.blocks import scattered

SETTINGS = {"learning_rate": 0.5, "steps": 20}
ACTIVATION = {"relu": torch.relu, "sigmoid": torch.sigmoid}
LAYERS = (relu_layer, relu_layer.shifted, sigmoid_layer, sigmoid_layer.shifted)

each_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)


@pytest.fixture(scope="module")
def block():
    return scattered(48, 6, 3, seeds=3)


def rows_of(block):
    x, _ = standardise(block.x, block.x_test)
    return torch.from_numpy(x), torch.from_numpy(block.y)


def a_plain_loop(layer, block, seed):
    """Log relative change in the first step and log fall of the loss of one seed, in 64 bits."""
    x, y = (rows[seed] for rows in rows_of(block))
    drawn = Descent(layer.activation).initial(x.shape[1], block.classes, block.seeds, "cpu")
    (weights, biases), (out, offsets) = (
        [part[seed].detach().double() for part in drawn[place]] for place in (0, -1)
    )
    module = torch.nn.Linear(x.shape[1], WIDTH, dtype=torch.float64)
    module.load_state_dict({"weight": weights.T, "bias": biases[0]})
    optimiser = torch.optim.SGD(module.parameters(), lr=SETTINGS["learning_rate"])
    activation, shift = ACTIVATION[layer.activation], torch.tensor(layer.shift)
    losses, lengths = [], []
    for step in range(SETTINGS["steps"] + 1):
        before = torch.nn.utils.parameters_to_vector(module.parameters()).detach().clone()
        units = activation(module(x.double()) + shift) - activation(shift)
        loss = torch.nn.functional.cross_entropy(units @ out + offsets, y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step == 0:
            after = torch.nn.utils.parameters_to_vector(module.parameters()).detach()
            lengths = [(after - before).norm(), before.norm()]
    return math.log(lengths[0] / lengths[1]), math.log(losses[0] - losses[-1])


@each_layer
def test_the_figures_are_those_of_a_plain_loop(layer, block):
    fit = layer.fit_predict(block, SETTINGS, "cpu")
    plain = np.array([a_plain_loop(layer, block, seed) for seed in range(3)])
    assert fit.labels is None
    assert fit.diverged.tolist() == [False] * 3
    assert fit.metrics["log_change"] == pytest.approx(plain[:, 0], abs=1e-3)
    assert fit.metrics["log_drop"] == pytest.approx(plain[:, 1], abs=0.02)  # a loss has 24 bits


def test_around_the_shift_the_gradient_is_that_at_zero_times_the_ratio_of_the_slopes(block):
    x, y = rows_of(block)
    weights = 1e-4 * torch.randn(3, 6, WIDTH, generator=torch.Generator().manual_seed(1))
    hidden = (weights.requires_grad_(), torch.zeros(3, 1, WIDTH, requires_grad=True))
    output = Descent("sigmoid").initial(6, 3, block.seeds, "cpu")[-1]
    plain, shifted = (
        torch.autograd.grad(layer.losses(hidden, output, x, y).sum(), hidden)[0]
        for layer in (sigmoid_layer, sigmoid_layer.shifted)
    )
    ratio = math.exp(-SHIFT) / (1 + math.exp(-SHIFT)) ** 2 / 0.25
    assert ratio == pytest.approx(0.01, rel=0.02)
    assert float(shifted.norm() / plain.norm()) == pytest.approx(ratio, rel=0.01)
    assert torch.allclose(shifted, ratio * plain, atol=0.01 * float(shifted.abs().max()))


def test_the_sigmoid_hardly_moves_where_it_is_flat_and_relu_moves_on(block):
    change, drop = (
        {layer: layer.fit_predict(block, SETTINGS, "cpu").metrics[metric] for layer in LAYERS}
        for metric in ("log_change", "log_drop")
    )
    for metric in (change, drop):
        assert (metric[sigmoid_layer] - metric[sigmoid_layer.shifted] > math.log(10)).all()
        assert (metric[relu_layer] - metric[relu_layer.shifted] < math.log(2)).all()


def test_only_the_units_move():
    assert sigmoid_layer.shift == 0
    assert sigmoid_layer.shifted == dataclasses.replace(sigmoid_layer, shift=SHIFT)
    assert sigmoid_layer.shifted.shifted == sigmoid_layer.shifted
    assert len({layer.name for layer in LAYERS}) == len({layer.label for layer in LAYERS}) == 4
    assert relu_layer.shifted.settings("any", 256) == relu_layer.settings("any", 256)


@pytest.mark.parametrize("learning_rate", [1e-12, 0.0])
def test_a_loss_that_does_not_fall_counts_as_the_least_fall(learning_rate, block):
    settings = {"learning_rate": learning_rate, "steps": 3}
    fit = sigmoid_layer.fit_predict(block, settings, "cpu")
    assert fit.metrics["log_drop"] == pytest.approx([math.log(LEAST_DROP)] * 3, abs=1e-6)
    assert fit.diverged.tolist() == [False] * 3


def test_a_run_that_diverges_is_reported_and_gets_the_least_fall():
    block = scattered(8, 3, 2, seeds=10)
    fit = relu_layer.shifted.fit_predict(block, {"learning_rate": 1e38, "steps": 9}, "cpu")
    diverged = fit.diverged
    assert diverged.any()
    assert fit.metrics["log_drop"][diverged] == pytest.approx(math.log(LEAST_DROP), abs=1e-6)
    assert all(np.isfinite(values).all() for values in fit.metrics.values())

"""The gradient on its way back through a deep network."""

import math

import numpy as np
import pytest
import torch

from fixtures.learners import (
    five_orthogonal_layers,
    five_sigmoid_layers,
    ten_orthogonal_layers,
    ten_sigmoid_layers,
    two_sigmoid_layers,
)
from fixtures.learners.descent import HIDDEN_LAYERS, WIDTH, Descent
from fixtures.learners.gradient import LEAST_NORM, GradientProbe, log_norm
from fixtures.learners.scaling import standardise
from tests.materials.blocks import largest_z, scattered
from tests.materials.golden import same_results

SETTINGS = {"learning_rate": 0.2, "steps": 6}
ACTIVATION = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
METRICS = ("log_shrink_at_start", "log_shrink_in_training", "log_first_gradient_a_layer")

each_activation = pytest.mark.parametrize("activation", ["relu", "sigmoid"])


@pytest.fixture(scope="module")
def block():
    return scattered(48, 6, 3, seeds=3)


def a_plain_loop(probe, block, seed):
    """The three metrics of one seed, with a network of torch's own modules."""
    x = torch.from_numpy(standardise(block.x, block.x_test)[0][seed])
    y = torch.from_numpy(block.y[seed])
    modules: list[torch.nn.Module] = []
    for weights, biases in probe.initial(6, 3, block.seeds, "cpu"):
        linear = torch.nn.Linear(*weights.shape[1:])
        linear.load_state_dict({"weight": weights[seed].T, "bias": biases[seed, 0]})
        modules += [linear, ACTIVATION[probe.activation]()]
    network = torch.nn.Sequential(*modules[:-1])
    optimiser = torch.optim.SGD(network.parameters(), lr=SETTINGS["learning_rate"])
    shrinks, first = [], []
    for _ in range(SETTINGS["steps"] + 1):
        optimiser.zero_grad()
        outputs = [x]
        for module in network:
            outputs.append(module(outputs[-1]))
            outputs[-1].retain_grad()
        torch.nn.functional.cross_entropy(outputs[-1], y).backward()
        norms = [each.grad.norm().item() for each in outputs[1:-1:2]]  # at every hidden layer
        assert len(norms) == probe.depth
        shrinks.append(math.log(norms[-1] / norms[0]) / (probe.depth - 1))
        first.append(math.log(network[0].weight.grad.norm().item()) / probe.depth)
        optimiser.step()
    return shrinks[0], sum(shrinks) / len(shrinks), first[0]


@pytest.mark.parametrize("depth", [2, 3, 5])
@each_activation
def test_the_figures_are_those_of_a_plain_loop(activation, depth, block):
    probe = GradientProbe(activation, depth)
    fit = probe.fit_predict(block, SETTINGS, "cpu")
    plain = np.array([a_plain_loop(probe, block, seed) for seed in range(3)])
    assert fit.labels is None
    assert fit.diverged.tolist() == [False] * 3
    for metric, expected in zip(METRICS, plain.T, strict=True):
        assert fit.metrics[metric] == pytest.approx(expected, abs=1e-4)
    if activation == "relu":
        assert np.abs(plain[:, 0] - plain[:, 1]).min() > 1e-3  # training does change it


@pytest.mark.parametrize("depth", [2, 3, 4, 10])
@each_activation
def test_every_layer_is_drawn_for_itself_with_the_variance_that_suits_it(activation, depth):
    parameters = GradientProbe(activation, depth).initial(40, 10, (3, 4), "cpu")
    shapes = [tuple(weights.shape) for weights, _ in parameters]
    middle = [(2, WIDTH, WIDTH)] * (depth - 1)
    assert shapes == [(2, 40, WIDTH), *middle, (2, WIDTH, 10)]
    drawn = [weights.detach().numpy() for weights, _ in parameters]
    for values in drawn:
        _, inputs, outputs = values.shape
        variance = 2 / inputs if activation == "relu" else 2 / (inputs + outputs)
        z = (values.var((1, 2)) / variance - 1) / math.sqrt(2 / values[0].size)
        assert np.abs(z).max() < largest_z(64)
    flat = [values[seed].ravel() for values in drawn[1:-1] for seed in (0, 1)]
    alike = np.abs(np.corrcoef(flat) - np.eye(len(flat))) if len(flat) > 1 else np.zeros(1)
    assert alike.max() < largest_z(400) / WIDTH


def test_with_three_layers_it_starts_as_the_descent_does():
    ours = GradientProbe("relu", HIDDEN_LAYERS).initial(6, 3, (1, 2), "cpu")
    theirs = Descent("relu").initial(6, 3, (1, 2), "cpu")
    assert all(
        torch.equal(a, b)
        for pair in zip(ours, theirs, strict=True)
        for a, b in zip(*pair, strict=True)
    )


@pytest.mark.parametrize(("activation", "gain"), [("relu", math.sqrt(2)), ("sigmoid", 1.0)])
def test_orthogonal_weights_keep_the_length_of_what_comes_in_up_to_their_gain(activation, gain):
    probe = GradientProbe(activation, 4, orthogonal=True)
    for weights, biases in probe.initial(40, 10, (3, 4), "cpu"):
        assert weights.requires_grad
        assert not biases.any()
        lengths = torch.linalg.svdvals(weights.detach())
        torch.testing.assert_close(lengths, torch.full_like(lengths, gain))
    start = probe.with_relu.initial(40, 10, (3,), "cpu")
    assert not torch.allclose(start[1][0], start[2][0])  # every layer has its own


@pytest.mark.parametrize("depth", [2, 10])
def test_at_the_start_only_the_gradient_of_the_sigmoid_shrinks(depth, block):
    sigmoid = GradientProbe("sigmoid", depth)
    settings = {"learning_rate": 0.1, "steps": 0}
    of_sigmoid, of_relu = (
        probe.fit_predict(block, settings, "cpu").metrics for probe in (sigmoid, sigmoid.with_relu)
    )
    # each layer takes a quarter at best, and Glorot's weights keep the rest
    assert (of_sigmoid["log_shrink_at_start"] > math.log(4) - 0.1).all()
    assert np.abs(of_relu["log_shrink_at_start"]).max() < 0.2
    gap = of_relu["log_first_gradient_a_layer"] - of_sigmoid["log_first_gradient_a_layer"]
    assert (gap > math.log(2)).all()


def test_a_run_that_diverges_is_reported_and_judged_by_its_steps_before_that(block):
    settings = {"learning_rate": 1e30, "steps": 4}
    fit = GradientProbe("relu", 3).fit_predict(block, settings, "cpu")
    assert fit.diverged.tolist() == [True] * 3
    assert all(np.isfinite(values).all() for values in fit.metrics.values())
    start = fit.metrics["log_shrink_at_start"]
    assert fit.metrics["log_shrink_in_training"] == pytest.approx(start)


def test_a_gradient_that_has_vanished_has_the_least_norm():
    gradient = torch.zeros(2, 3, 4)
    gradient[1, 0, :2] = torch.tensor([3.0, 4.0])
    assert log_norm(gradient).tolist() == pytest.approx([math.log(LEAST_NORM), math.log(5)])


def test_with_relu_everything_but_the_activation_stays():
    probes = (two_sigmoid_layers, five_sigmoid_layers, ten_sigmoid_layers)
    assert [probe.with_relu for probe in probes] == [GradientProbe("relu", n) for n in (2, 5, 10)]
    probes += (five_orthogonal_layers, ten_orthogonal_layers)
    each = [each for probe in probes for each in (probe, probe.with_relu)]
    assert len({probe.name for probe in each}) == len({probe.label for probe in each}) == 10
    assert five_orthogonal_layers.with_relu == GradientProbe("relu", 5, orthogonal=True)


def test_every_depth_has_about_the_same_computation():
    layer_steps = {
        depth * GradientProbe("relu", depth).settings("any", 256)["steps"] for depth in (2, 5, 10)
    }
    assert layer_steps == {200}


def test_golden_logarithms_are_compared_by_what_they_are_logarithms_of():
    """ReLU's shrink is near zero, and a share of that says nothing."""
    assert same_results({"log_shrink_at_start": [0.001]}, {"log_shrink_at_start": [-0.02]})
    assert not same_results({"log_shrink_at_start": [0.0]}, {"log_shrink_at_start": [0.04]})
    assert not same_results({"log_shrink_at_start": [9.0]}, {"log_shrink_at_start": [9.04]})

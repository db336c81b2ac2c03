"""Gradient descent to a target, and the probe of an activation's slope."""

import math

import numpy as np
import pytest
import torch

from fixtures.learners import DESCENTS, relu_descent, relu_slope, sigmoid_descent, sigmoid_slope
from fixtures.learners import descent as of_descent
from fixtures.learners.descent import (
    EPSILON,
    HIDDEN_LAYERS,
    MOST_STEPS,
    TARGET,
    WIDTH,
    Descent,
    forward,
    label_entropy,
)
from fixtures.learners.scaling import standardise
from fixtures.learners.slope import GRID_END, SlopeProbe
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from tests.materials.blocks import block_of, scattered

RATE = {"learning_rate": 0.3}
ACTIVATION = {"relu": torch.relu, "sigmoid": torch.sigmoid}

each_descent = pytest.mark.parametrize("descent", DESCENTS, ids=lambda descent: descent.name)


@pytest.fixture(scope="module")
def easy():
    """Three well separated classes, four seeds."""
    return scattered(48, 6, 3, seeds=4)


def rows_of(block):
    x, _ = standardise(block.x, block.x_test)
    return torch.from_numpy(x), torch.from_numpy(block.y)


def steps_of_a_plain_loop(descent, block, seed, rate, most=200):
    """Steps of one seed's network in the textbook's form, or most + 1."""
    x, y = (rows[seed] for rows in rows_of(block))
    layers = [
        [weights[seed].detach().requires_grad_(), biases[seed].detach().requires_grad_()]
        for weights, biases in descent.initial(x.shape[1], block.classes, block.seeds, "cpu")
    ]
    parts = [part for layer in layers for part in layer]
    adam = descent.optimiser == "adam"
    optimiser = (torch.optim.Adam if adam else torch.optim.SGD)(parts, lr=rate)
    shares = np.bincount(y) / len(y)
    target = TARGET * -sum(share * math.log(share) for share in shares if share)
    for step in range(most + 1):
        hidden = x
        for weights, biases in layers[:-1]:
            hidden = hidden @ weights + biases
            if descent.batch_norm:
                hidden = torch.nn.functional.batch_norm(
                    hidden, None, None, training=True, eps=EPSILON
                )
            hidden = ACTIVATION[descent.activation](hidden)
        weights, biases = layers[-1]
        loss = torch.nn.functional.cross_entropy(hidden @ weights + biases, y)
        if loss.item() <= target:
            return step
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return most + 1


@each_descent
def test_the_steps_are_those_of_a_plain_loop(descent, easy):
    rate = 0.003 if descent.optimiser == "adam" else RATE["learning_rate"]
    fit = descent.fit_predict(easy, {"learning_rate": rate}, "cpu")
    plain = [steps_of_a_plain_loop(descent, easy, seed, rate, most=400) for seed in range(2)]
    assert fit.metrics["steps"][:2] == pytest.approx(plain, abs=1)  # rounding may cost a step
    assert max(plain) <= 400


def test_relu_arrives_sooner_than_the_sigmoid(easy):
    relu, sigmoid = (
        descent.fit_predict(easy, RATE, "cpu").metrics["steps"]
        for descent in (relu_descent, sigmoid_descent)
    )
    assert (relu > 0).all()
    assert (5 * relu < sigmoid).all()
    assert (sigmoid <= MOST_STEPS).all()


def test_a_run_that_never_arrives_reports_more_steps_than_the_cap():
    fit = relu_descent.fit_predict(scattered(8, 3, 2, seeds=2), {"learning_rate": 1e-9}, "cpu")
    assert fit.metrics["cap"].tolist() == [MOST_STEPS] * 2
    assert fit.metrics["steps"].tolist() == [MOST_STEPS + 1] * 2


def test_a_run_that_diverges_never_arrives_and_its_numbers_stay_finite():
    fit = relu_descent.fit_predict(scattered(8, 3, 2, seeds=2), {"learning_rate": 1e30}, "cpu")
    assert fit.metrics["steps"].tolist() == [MOST_STEPS + 1] * 2
    assert fit.diverged.tolist() == [False, False]
    assert all(np.isfinite(values).all() for values in fit.metrics.values())


def test_a_run_that_is_stopped_too_soon_is_told_from_one_that_arrives(easy):
    x, y = rows_of(easy)

    def steps(most):
        parameters = relu_descent.initial(6, 3, easy.seeds, "cpu")
        return relu_descent.descend(parameters, x, y, 0.3, most_steps=most).tolist()

    needed = steps(MOST_STEPS)
    slowest = max(needed)
    assert steps(int(slowest)) == needed
    most = int(slowest) - 2
    assert steps(most) == [each if each <= most else most + 1 for each in needed]


def test_operations_are_six_for_each_weight_row_and_step(easy):
    fit = relu_descent.fit_predict(easy, RATE, "cpu")
    weights = 6 * WIDTH + (HIDDEN_LAYERS - 1) * WIDTH**2 + WIDTH * 3
    assert fit.metrics["flops"].tolist() == (6 * 48 * weights * fit.metrics["steps"]).tolist()


def test_the_target_is_a_share_of_what_the_best_constant_reaches():
    y = torch.tensor([[0, 1, 2, 3], [0, 0, 0, 0], [0, 0, 1, 1]])
    assert label_entropy(y).tolist() == pytest.approx([math.log(4), 0, math.log(2)])
    ten = torch.arange(10).repeat(1, 5)
    assert TARGET * label_entropy(ten).item() == pytest.approx(1.5, abs=0.005)


@each_descent
def test_weights_start_with_the_variance_that_suits_the_activation(descent):
    layers = [40, *[WIDTH] * HIDDEN_LAYERS, 10]
    parameters = descent.initial(40, 10, (3, 4), "cpu")
    for (weights, biases), inputs, outputs in zip(parameters, layers, layers[1:], strict=False):
        values = weights.detach().numpy()
        assert values.shape == (2, inputs, outputs)
        expected = 2 / inputs if descent.activation == "relu" else 2 / (inputs + outputs)
        deviation = math.sqrt(2 / values[0].size)  # relative, of a sample variance
        assert values.var((1, 2)) / expected == pytest.approx([1, 1], abs=5 * deviation)
        assert not np.array_equal(values[0], values[1])
        assert not biases.detach().any()


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_batch_norm_gives_every_hidden_unit_mean_zero_and_variance_one(activation):
    block = scattered(64, 6, 3, seeds=2)
    x, _ = rows_of(block)
    parameters = Descent(activation).initial(6, 3, block.seeds, "cpu")
    with torch.no_grad():
        plain = forward(parameters, 30 * x, activation)
        *hidden, logits = forward(parameters, 30 * x, activation, batch_norm=True)
    for layer in hidden:
        moved = layer.var(1, unbiased=False) > 0.01  # but for units that are off on every row
        assert moved.double().mean() > 0.95
        assert layer.mean(1).abs().max() < 1e-4
        assert (layer.var(1, unbiased=False)[moved] - 1).abs().max() < 0.01
    assert plain[0].var(1, unbiased=False).min() > 2
    assert (logits.var(1, unbiased=False) - 1).abs().max() > 0.1  # the logits are left alone


def test_seeds_of_a_block_do_not_share_their_normalisation():
    descent = Descent("sigmoid", batch_norm=True)
    block = scattered(32, 6, 3, seeds=2)
    x, _ = rows_of(block)
    parameters = descent.initial(6, 3, block.seeds, "cpu")
    with torch.no_grad():
        one = forward(parameters, x, "sigmoid", batch_norm=True)[-1][0]
        x[1] *= 100
        other = forward(parameters, x, "sigmoid", batch_norm=True)[-1][0]
    assert torch.equal(one, other)


def test_with_relu_everything_but_the_activation_stays():
    for descent in DESCENTS[::2]:
        assert descent.activation == "sigmoid"
        relu = descent.with_relu
        assert relu.activation == "relu"
        assert (relu.optimiser, relu.batch_norm) == (descent.optimiser, descent.batch_norm)
    assert [descent.name for descent in DESCENTS] == [
        "descent-sigmoid",
        "descent-relu",
        "descent-sigmoid-adam",
        "descent-relu-adam",
        "descent-sigmoid-batchnorm",
        "descent-relu-batchnorm",
    ]


@pytest.mark.parametrize("task", [mnist1d, friedman], ids=["mnist1d", "friedman"])
def test_the_slope_of_relu_is_that_of_relu_at_every_point(task):
    fit = relu_slope.fit_predict(block_of(task, 64), relu_slope.settings(task.name, 64), "cpu")
    assert fit.labels is None
    assert fit.metrics["unit_slope_on_a_grid"].tolist() == [1, 1]
    assert fit.metrics["unit_slope_when_trained"].tolist() == [1, 1]


@pytest.mark.parametrize("task", [mnist1d, friedman], ids=["mnist1d", "friedman"])
def test_the_slope_of_the_sigmoid_is_nowhere_near_it(task):
    block = block_of(task, 64)
    fit = sigmoid_slope.fit_predict(block, sigmoid_slope.settings(task.name, 64), "cpu")
    assert fit.metrics["unit_slope_on_a_grid"].max() == 0  # at most a quarter, never quite zero
    assert fit.metrics["unit_slope_when_trained"].max() < 0.01


def test_the_probe_leaves_out_zero_and_looks_at_both_sides():
    assert GRID_END > 0
    points = torch.tensor([0.0, 0.0, 2.0, -3.0])
    assert SlopeProbe("relu").share(points) == 1
    assert SlopeProbe("sigmoid").share(points) == 0
    assert SlopeProbe("sigmoid").share(torch.tensor([-200.0, 0.0, 2.0])) == 0.5  # -200 underflows


def test_the_probe_looks_into_a_network_that_was_trained(monkeypatch):
    """The pre-activations that it sees are not those of the start."""
    seen = []
    share = SlopeProbe.share
    monkeypatch.setattr(SlopeProbe, "share", lambda self, x: seen.append(x) or share(self, x))
    block = block_of(mnist1d, 64)
    for steps in (1, 100):
        relu_slope.fit_predict(block, {"learning_rate": 0.1, "steps": steps}, "cpu")
    start, trained = seen[1], seen[4]  # after the grid comes one tensor a seed
    assert start.shape == trained.shape == (64, HIDDEN_LAYERS * WIDTH)
    assert (start - trained).abs().mean() > 0.01


@pytest.mark.parametrize("most", [3, 16, 40])
def test_steps_that_run_several_at_once_arrive_like_those_one_by_one(monkeypatch, most):
    """As on CUDA, where they are played back; here without a graph."""
    x, y = torch.randn(2, 30, 5), torch.randint(0, 3, (2, 30))
    found = []
    for several in (False, True):
        if several:
            monkeypatch.setattr(
                of_descent, "one_by_one", lambda step: of_descent.several_at_once(step, x.device)
            )
        parameters = relu_descent.initial(5, 3, (0, 1), "cpu", 8)
        found.append(relu_descent.descend(parameters, x, y, 0.3, most_steps=most).tolist())
    assert found[0] == found[1]

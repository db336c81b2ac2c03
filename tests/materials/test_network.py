"""The network: its written-out gradient and its block of seeds, against plain torch."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch

from fixtures.learners import NETWORKS, network
from fixtures.learners.network import (
    BATCH,
    BETAS,
    HIDDEN_LAYERS,
    ROWS_AT_ONCE,
    WARM_UP,
    Network,
    Parameters,
    Workspace,
    learning_rates,
    one_cycle,
    predict,
    train,
)
from fixtures.learners.product import product
from fixtures.learners.program import Group, Program, epochs
from fixtures.learners.scaling import standardise
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.trials.fingerprint.fingerprint import fingerprint
from tests.materials.blocks import block_of, labels_of, scattered

SEEDS, ROWS, COLUMNS, CLASSES, WIDTH = 3, 20, 7, 4, 6
LAYERS = [COLUMNS, *[WIDTH] * HIDDEN_LAYERS, CLASSES]
SETTINGS = {"learning_rate": 0.01, "weight_decay": 0.6, "steps": 30}
tiny = Network(8, "tiny network")


@pytest.fixture
def _double():
    """Parameters and activations in 64 bits, so that only a mistake makes a difference."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def generators(seeds):
    return [torch.Generator().manual_seed(seed) for seed in range(seeds)]


def initialised(layers=LAYERS, seeds=SEEDS):
    parameters = Parameters(layers, seeds, "cpu")
    random = generators(seeds)
    parameters.initialise(random)
    return parameters, random


def drawn(rows=ROWS):
    """Features (S, rows, d) and labels (S, rows)."""
    random = torch.Generator().manual_seed(99)
    x = torch.randn(SEEDS, rows, COLUMNS, generator=random)
    return x, torch.randint(0, CLASSES, (SEEDS, rows), generator=random)


def plain_loss(layers, x, y):
    """Mean cross-entropy of one seed's network: as a textbook writes it."""
    for weights, biases in layers[:-1]:
        x = torch.relu(x @ weights + biases)
    weights, biases = layers[-1]
    return torch.nn.functional.cross_entropy(x @ weights + biases, y)


def one_seed(layers, seed):
    """Copies of one seed's weights and biases that autograd follows."""
    return [[part[seed].clone().requires_grad_() for part in layer] for layer in layers]


@pytest.mark.usefixtures("_double")
@pytest.mark.parametrize("rows", [1, ROWS])
def test_the_gradient_is_that_of_automatic_differentiation(rows):
    parameters, _ = initialised()
    for _, biases in parameters.layers:  # all zero at the start, which would hide mistakes
        biases.copy_(torch.randn(biases.shape, generator=torch.Generator().manual_seed(5)))
    x, y = drawn(rows)
    parameters.flat.grad.fill_(7)  # what an earlier batch left behind
    Workspace(parameters, rows, x.device).gradient(parameters, x, y.reshape(-1))
    for seed in range(SEEDS):
        layers = one_seed(parameters.layers, seed)
        plain_loss(layers, x[seed], y[seed]).backward()
        for ours, theirs in zip(parameters.gradients, layers, strict=True):
            for mine, part in zip(ours, theirs, strict=True):
                torch.testing.assert_close(mine[seed], part.grad, rtol=1e-11, atol=1e-13)


@pytest.mark.usefixtures("_double")
def test_a_second_batch_leaves_nothing_of_the_first_in_the_gradient():
    parameters, _ = initialised()
    x, y = drawn()
    workspace = Workspace(parameters, ROWS, x.device)
    workspace.gradient(parameters, x, y.reshape(-1))
    first = parameters.flat.grad.clone()
    workspace.gradient(parameters, -2 * x, 3 - y.reshape(-1))
    assert not torch.equal(parameters.flat.grad, first)
    workspace.gradient(parameters, x, y.reshape(-1))
    assert torch.equal(parameters.flat.grad, first)


@pytest.mark.usefixtures("_double")
def test_a_block_trains_as_an_ordinary_loop_does_seed_by_seed():
    """AdamW of torch on one seed, every epoch in an order of its own, its last rows left out."""
    m, steps = 2 * BATCH + 9, 7
    settings = SETTINGS | {"steps": steps}
    x, y = drawn(m)
    parameters, random = initialised()
    start = [one_seed(parameters.layers, seed) for seed in range(SEEDS)]
    with torch.no_grad():
        train(parameters, x, y, settings, random)
    for seed, own in enumerate(initialised()[1]):
        layers = start[seed]
        parts = list(itertools.chain(*layers))
        optimiser = torch.optim.AdamW(parts, betas=BETAS, weight_decay=settings["weight_decay"])
        for step in range(steps):
            position = step % 2  # batches of an epoch
            if position == 0:
                order = torch.randperm(m, generator=own)
            chosen = order[position * BATCH : (position + 1) * BATCH]
            share = one_cycle((step + 1) / steps)
            optimiser.param_groups[0]["lr"] = settings["learning_rate"] * share
            optimiser.zero_grad()
            plain_loss(layers, x[seed, chosen], y[seed, chosen]).backward()
            optimiser.step()
        for ours, theirs in zip(parameters.layers, layers, strict=True):
            for mine, part in zip(ours, theirs, strict=True):
                torch.testing.assert_close(mine[seed], part, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("width", [8, 64])
def test_a_seed_alone_and_in_a_block_of_five_give_the_same_labels(width):
    """In 32 bits, so all but a few of 1,000 rows: the products are summed in another order."""
    learner = Network(width, "network")
    block = block_of(mnist1d, 512, seeds=range(5), test_rows=1_000)
    together = learner.fit_predict(block, SETTINGS, "cpu").labels
    for seed in range(5):
        alone = dataclasses.replace(
            block,
            seeds=block.seeds[seed : seed + 1],
            x=block.x[seed : seed + 1],
            y=block.y[seed : seed + 1],
            x_test=block.x_test[seed : seed + 1],
        )
        (labels,) = learner.fit_predict(alone, SETTINGS, "cpu").labels
        assert np.mean(labels == together[seed]) >= 0.995


def test_the_same_block_gives_the_same_bits_again():
    block = block_of(mnist1d, 300)
    finished = []
    for _ in range(2):
        x, _ = standardise(block.x, block.x_test)
        parameters, random = initialised([40, 8, 8, 8, 10], 2)
        with torch.no_grad():
            train(parameters, torch.from_numpy(x), torch.from_numpy(block.y), SETTINGS, random)
        finished.append(parameters.flat.detach().numpy().tobytes())
    assert finished[0] == finished[1]


@pytest.mark.parametrize("m", [1, 2, BATCH - 1, BATCH, BATCH + 1])
def test_every_test_row_gets_a_class_whatever_the_number_of_training_rows(m):
    fit = tiny.fit_predict(block_of(mnist1d, m), SETTINGS | {"steps": 3}, "cpu")
    assert fit.labels.shape == (2, 200)
    assert fit.labels.dtype == np.int64
    assert 0 <= fit.labels.min() <= fit.labels.max() < mnist1d.classes
    assert fit.diverged.tolist() == [False, False]


def test_prediction_is_the_most_likely_class_of_the_plain_network():
    parameters, _ = initialised()
    rows = ROWS_AT_ONCE + 50
    x, _ = drawn(rows)
    parameters.layers[-1][1].sub_(10)  # no output is positive, and one is still the largest
    with torch.no_grad():
        labels = predict(parameters, x)
    assert labels.shape == (SEEDS, rows)
    for seed in range(SEEDS):
        hidden = x[seed]
        for weights, biases in parameters.layers[:-1]:
            hidden = torch.relu(hidden @ weights[seed] + biases[seed])
        weights, biases = parameters.layers[-1]
        expected = (hidden @ weights[seed] + biases[seed]).argmax(1)
        assert (labels[seed] == expected).double().mean() >= 0.999


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("turned", ["neither", "first", "second"])
def test_a_product_is_that_of_every_seed_written_where_it_is_told(turned, seeds):
    random = torch.Generator().manual_seed(0)
    a = torch.randn(seeds, 17, 9, generator=random)
    b = torch.randn(seeds, 9, 5, generator=random)
    if turned == "first":
        a = a.transpose(1, 2).contiguous().transpose(1, 2)
    if turned == "second":
        b = b.transpose(1, 2).contiguous().transpose(1, 2)
    memory = torch.full((2 + seeds * 17 * 5,), 7.0)
    out = memory[1:-1].view(seeds, 17, 5)
    assert product(a, b, out) is out
    for seed in range(seeds):
        torch.testing.assert_close(out[seed], a[seed] @ b[seed])
    assert memory[[0, -1]].tolist() == [7, 7]


def test_training_learns_what_separates_the_classes():
    task_error = {}
    for steps in (1, 200):
        block = block_of(mnist1d, 1_024, test_rows=1_000)
        fit = Network(64, "").fit_predict(block, SETTINGS | {"steps": steps}, "cpu")
        task_error[steps] = np.mean(fit.labels != labels_of(mnist1d, test_rows=1_000))
    assert task_error[1] > 0.75
    assert task_error[200] < 0.6


@pytest.mark.filterwarnings("error")
def test_a_learning_rate_far_too_high_is_reported_as_divergence_and_by_no_warning():
    fit = tiny.fit_predict(scattered(64, 5, 3, seeds=2), SETTINGS | {"learning_rate": 1e30}, "cpu")
    assert fit.diverged.tolist() == [True, True]


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_one_weight_that_is_not_finite_is_divergence(value, monkeypatch):
    def spoil(parameters, x, y, settings, random):
        parameters.layers[1][0][1, 2, 3] = value

    monkeypatch.setattr(network, "train", spoil)
    fit = tiny.fit_predict(scattered(64, 5, 3, seeds=3), SETTINGS, "cpu")
    assert fit.diverged.tolist() == [False, True, False]


def test_a_seed_that_diverges_leaves_the_others_of_its_block_alone():
    block = scattered(64, 5, 3, seeds=3)
    expected = tiny.fit_predict(block, SETTINGS, "cpu")
    x = block.x.copy()
    x[1, 0, 0] = np.nan
    fit = tiny.fit_predict(dataclasses.replace(block, x=x), SETTINGS, "cpu")
    assert fit.diverged.tolist() == [False, True, False]
    assert np.array_equal(fit.labels[[0, 2]], expected.labels[[0, 2]])


def test_weights_start_with_variance_two_over_inputs_and_biases_at_zero():
    parameters, _ = initialised([85, 256, 256, 256, 10], 2)
    for weights, biases in parameters.layers:
        values = weights.numpy() * math.sqrt(weights.shape[1] / 2)
        for seed in values:
            n = seed.size
            assert abs(seed.mean()) < 5 / math.sqrt(n)  # standard errors, five of them
            assert abs(seed.var() - 1) < 5 * math.sqrt(2 / n)
        assert not np.array_equal(values[0], values[1])
        assert not biases.any()


def test_the_parts_of_a_seed_are_all_its_weights_and_biases():
    parameters, _ = initialised()
    flat = parameters.flat.detach()
    flat.copy_(torch.arange(flat.numel()).view(flat.shape))
    for seed, part in enumerate(flat):
        own = {v for layer in parameters.layers for p in layer for v in p[seed].flatten().tolist()}
        assert set(part.tolist()) == own


def test_the_learning_rate_rises_to_its_top_and_falls_to_zero():
    assert one_cycle(0) == 0
    assert one_cycle(WARM_UP / 2) == pytest.approx(0.5)
    assert one_cycle(WARM_UP) == pytest.approx(1)
    assert one_cycle((1 + WARM_UP) / 2) == pytest.approx(0.5)
    assert one_cycle(1) == pytest.approx(0)
    shares = np.array([one_cycle(progress) for progress in np.linspace(0, 1, 101)])
    top = shares.argmax()
    assert (np.diff(shares[: top + 1]) > 0).all()
    assert (np.diff(shares[top:]) < 0).all()


def test_three_hidden_layers_of_the_width_that_the_name_says():
    built = []

    class Recorded(Parameters):
        def __init__(self, layers, seeds, device):
            built.append(layers)
            super().__init__(layers, seeds, device)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "Parameters", Recorded)
        for learner in NETWORKS:
            learner.fit_predict(scattered(32, 5, 3), SETTINGS | {"steps": 1}, "cpu")
    assert built == [[5, width, width, width, 3] for width in (8, 64, 256)]
    assert [learner.name for learner in NETWORKS] == ["network-8", "network-64", "network-256"]


def test_a_tier_has_its_own_widths_and_every_width_one_identity():
    assert [each.in_tier("quick").width for each in NETWORKS] == [8, 32, 128]
    assert [each.in_tier("standard").width for each in NETWORKS] == [8, 64, 256]
    wide = NETWORKS[2].in_tier("standard")
    assert fingerprint(wide) == fingerprint(Network(256, "by another name"))
    assert wide.in_tier("quick") == wide


def test_a_program_trains_groups_as_they_would_train_by_themselves():
    """As on CUDA, where steps are recorded; here one by one."""
    m, steps = 2 * BATCH + 9, 5
    x, y = drawn(m)
    rates = learning_rates(0.01, steps)
    whole, random = initialised()
    groups = [Group(0, 1, 0.6), Group(1, SEEDS, 0.1, rate=0.5)]
    with torch.no_grad():
        Program(whole, x.flatten(0, 1), y.flatten(), BATCH, groups).run(
            rates, epochs(random, m, BATCH)
        )
    for seed, (decay, rate) in enumerate([(0.6, 1.0), (0.1, 0.5), (0.1, 0.5)]):
        alone, random = initialised()
        settings = {"learning_rate": 0.01 * rate, "weight_decay": decay, "steps": steps}
        with torch.no_grad():
            train(alone, x, y, settings, random)
        torch.testing.assert_close(whole.flat[seed], alone.flat[seed], rtol=1e-4, atol=1e-6)

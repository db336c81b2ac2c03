"""Networks of torch as learners: together or alone, with a loop of one's own, and what is told."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from pytest_scaling import ClaimError, module
from pytest_scaling.adapters import modules
from pytest_scaling.adapters.arms import adapted
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute

M = 64


class Plane:
    name, classes = "plane", 2

    def draw(self, seed, m):
        return self._rows(np.random.default_rng([seed, 0]), m)

    def test_set(self, seed):
        return self._rows(np.random.default_rng([seed, 1]), 300)

    def _rows(self, rng, m):
        x = 100 + 10 * rng.normal(size=(m, 3))
        return x, (x[:, 0] > 100).astype(int)


def net(features, classes, width=8, dropout=0.0):
    inner = (nn.Linear(features, width), nn.ReLU(), nn.Dropout(dropout))
    return nn.Sequential(*inner, nn.Linear(width, classes))


def normalised(features, classes):
    return nn.Sequential(nn.BatchNorm1d(features), nn.Linear(features, classes))


def loop(model, x, y, seed):
    assert x.dtype == torch.float32
    assert y.dtype == torch.int64
    stepper = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(50 + seed):
        stepper.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        stepper.step()


def results(learner, **how):
    return compute(Trial(Arm(learner, Plane(), M), 0, **how))


def errors(learner, **how):
    return [each.metrics["error"] for each in results(learner, **how)]


@pytest.mark.parametrize(
    "learner",
    [
        module(net, epochs=30, rate=0.02),
        module(functools.partial(net, dropout=0.2), epochs=30, rate=0.02),
        module(normalised, epochs=30, rate=0.05),
        module(net, train=loop),
        module(net, epochs=30, rate=0.3, optimizer="sgd"),
    ],
    ids=lambda each: f"{each.name} {each.loop}",
)
def test_a_network_learns_a_plane_and_gives_the_same_bits_again(learner):
    found = results(learner)
    assert max(each.metrics["error"] for each in found) < 0.15
    assert found == results(learner)


def test_seeds_that_are_trained_together_learn_what_each_learns_alone():
    learner = module(net, epochs=10, rate=0.02)
    together, alone = errors(learner), errors(learner, one_at_a_time=True)
    assert together == pytest.approx(alone, abs=0.01)


def test_plain_networks_are_trained_as_one_stack_and_those_with_statistics_alone():
    x = torch.zeros(4, 3)
    assert modules.can_be_batched(net(3, 2), x)
    assert not modules.can_be_batched(normalised(3, 2), x)
    assert not modules.can_be_batched(nn.Sequential(nn.LSTM(3, 2)), x)


def test_the_values_of_a_partial_factory_and_of_the_loop_are_named():
    learner = module(functools.partial(net, dropout=0.2), epochs=3)
    assert learner.name == "net(dropout=0.2)"
    assert learner.settings("plane", M)["epochs"] == 3
    assert module(net, train=loop).settings("plane", M) == {"loop": "loop"}


class Constant(nn.Module):
    def forward(self, rows):
        return torch.tensor([[5.0, 0.0]]).expand(len(rows), 2)


def replaced(model, x, y):
    return Constant()


def test_a_loop_that_returns_another_network_is_believed():
    assert np.mean(errors(module(net, name="constant", train=replaced))) > 0.4


def test_logits_that_are_not_finite_count_as_diverged():
    def broken(model, x, y):
        for each in model.parameters():
            each.data.fill_(float("nan"))

    assert all(each.diverged for each in results(module(net, name="broken", train=broken)))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: module(net(3, 2)), "is no factory of networks; give module"),
        (lambda: module(net, optimizer="newton"), "there is no optimizer 'newton'"),
        (lambda: module(lambda: net(3, 2)), "a lambda has no name"),
        (lambda: adapted(net(3, 2)), "a Sequential is one network, and every seed needs its own"),
    ],
)
def test_what_is_no_network_is_told(make, words):
    with pytest.raises(ClaimError, match=words):
        make()


def test_too_few_logits_are_told():
    with pytest.raises(
        Exception, match=r"one gives outputs of shape \(2, 1\) for 2 rows of 2 classes"
    ):
        results(module(lambda: nn.Linear(3, 1), name="one", epochs=1))

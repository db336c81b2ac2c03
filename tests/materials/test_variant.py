"""Variants of a network: which settings they have, and that every detail counts."""

import itertools

import numpy as np
import pytest
import torch

from fixtures.learners import best_settings, worst_settings
from fixtures.learners.network import Network, Parameters
from fixtures.learners.tuned import tuned_task
from fixtures.learners.variant import (
    INITIAL_SCALES,
    LEARNING_RATES,
    ORDINARY,
    STEPS,
    WEIGHT_DECAYS,
    WIDTH,
)
from fixtures.spaces import GRID
from fixtures.tasks import suite
from fixtures.tasks.fetched import Fetched
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tiers import M_SMALL
from tests.materials.blocks import block_of
from tests.materials.tasks import for_each

NAMES = ("learning_rate", "weight_decay", "init_scale")


@pytest.fixture(scope="module")
def block():
    return block_of(mnist1d, 256, test_rows=1_000)


def initial_weights(scale=None):
    """What the seeds start from: (seeds, parameters)."""
    parameters = Parameters([7, 6, 5, 4], 2, "cpu")
    random = [torch.Generator().manual_seed(seed) for seed in range(2)]
    parameters.initialise(*([random] if scale is None else [random, scale]))
    return parameters.flat.detach().clone()


def test_the_ordinary_settings_are_all_combinations_of_two_values_each():
    chosen = [tuple(settings[name] for name in NAMES) for settings in ORDINARY]
    expected = itertools.product(LEARNING_RATES, WEIGHT_DECAYS, INITIAL_SCALES)
    assert chosen == list(expected)
    assert len(set(chosen)) == 8


@for_each([task for task in suite("standard") if not isinstance(task, Fetched)])
def test_two_of_them_are_named_for_a_task_the_worst_and_the_best(task):
    pair = (worst_settings, best_settings)
    choices = [tuned_task(task.name)["learners"][each.name][str(M_SMALL)] for each in pair]
    assert all(choice["settings"] in ORDINARY for choice in choices)
    worst, best = (choice["score"] for choice in choices)
    assert worst > best


@pytest.mark.parametrize(
    ("values", "name"), [(LEARNING_RATES, "learning_rate"), (WEIGHT_DECAYS, "weight_decay")]
)
def test_the_values_are_ordinary_inside_the_space_that_networks_are_tuned_over(values, name):
    space = GRID["network"][name]
    assert min(space) <= min(values) < max(values) <= max(space)


def test_a_variant_trains_as_the_network_of_its_width_does_with_its_settings(block):
    settings = {**best_settings.settings("mnist1d", M_SMALL), "steps": 20}
    fit = best_settings.fit_predict(block, settings, "cpu")
    assert np.array_equal(fit.labels, Network(WIDTH, "").fit_predict(block, settings, "cpu").labels)


@pytest.mark.parametrize("name", NAMES)
def test_every_detail_makes_a_difference(block, name):
    ordinary = {"learning_rate": 0.003, "weight_decay": 0.03, "init_scale": 1.0, "steps": STEPS}
    other = {"learning_rate": 0.02, "weight_decay": 2.0, "init_scale": 0.4}
    labels = [
        best_settings.fit_predict(block, settings, "cpu").labels
        for settings in (ordinary, {**ordinary, name: other[name]})
    ]
    assert (labels[0] != labels[1]).mean() > 0.02


def test_the_initial_scale_multiplies_the_initial_weights():
    whole = initial_weights()
    assert torch.equal(initial_weights(1.0), whole)
    torch.testing.assert_close(initial_weights(0.4), 0.4 * whole)
    assert whole.abs().max() > 0


def test_a_network_without_an_initial_scale_has_that_of_he(block):
    settings = {"learning_rate": 0.01, "weight_decay": 0.1, "steps": 2}
    plain, one, less = (
        Network(8, "").fit_predict(block, {**settings, **extra}, "cpu").labels
        for extra in ({}, {"init_scale": 1.0}, {"init_scale": 0.4})
    )
    assert np.array_equal(plain, one)
    assert not np.array_equal(plain, less)

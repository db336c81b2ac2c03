"""Budgets of floating point operations: what they pay for, and how far a descent gets in one."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from fixtures.learners import (
    BUDGETED,
    REACHES,
    budget,
    relu_descent,
    sigmoid_reach,
)
from fixtures.learners.budget import (
    FEWEST_ROWS,
    NARROWEST,
    ROWS_OF_WIDTHS,
    WIDEST,
    WIDTH_OF_ROWS,
    BudgetedNetwork,
    Reach,
    ladder,
    operations,
)
from fixtures.learners.descent import HIDDEN_LAYERS as DESCENT_LAYERS
from fixtures.learners.descent import Descent
from fixtures.learners.network import BATCH, HIDDEN_LAYERS, Network
from fixtures.learners.scaling import standardise
from fixtures.tasks.mnist1d import mnist1d
from tests.materials.blocks import block_of, scattered

SETTINGS = {"learning_rate": 0.01, "weight_decay": 0.6}
RATE = {"learning_rate": 0.3}
TIGHT = {"relu": 2e6, "sigmoid": 1e8}  # operations that suffice for some of a series, not for all


@pytest.fixture(scope="module")
def easy():
    """Four classes that are not too far apart, three seeds."""
    return scattered(256, 20, 4, seeds=3)


def operations_of_a_step(width, rows, features=20, classes=4, layers=DESCENT_LAYERS):
    return operations([features, *[width] * layers, classes], rows)


def test_operations_are_those_that_a_descent_reports():
    fit = relu_descent.fit_predict(scattered(48, 20, 4), RATE, "cpu")
    step = operations_of_a_step(100, 48)
    assert fit.metrics["flops"].tolist() == (step * fit.metrics["steps"]).tolist()


@pytest.mark.parametrize("m", [40, 300])  # fewer rows than a batch, and more
def test_a_network_is_trained_for_the_steps_that_its_budget_pays_for(m):
    block = block_of(mnist1d, m)
    step = operations_of_a_step(8, min(m, BATCH), 40, 10, HIDDEN_LAYERS)
    for flops, steps in ((20.5 * step, 20), (19.9 * step, 19), (0.5 * step, 1)):
        fit = BudgetedNetwork(8, flops).fit_predict(block, SETTINGS, "cpu")
        same = Network(8, "").fit_predict(block, {**SETTINGS, "steps": steps}, "cpu")
        assert np.array_equal(fit.labels, same.labels), steps


def test_within_one_budget_every_width_costs_the_same():
    spent = []
    for learner in BUDGETED:
        step = operations_of_a_step(learner.width, BATCH, 40, 10, HIDDEN_LAYERS)
        spent.append(learner.steps(40, 10, 16_384) * step / learner.flops)
    assert all(0.98 < share <= 1 for share in spent)


def test_ten_budgets_pay_for_ten_times_the_steps_and_change_nothing_else():
    one, ten = (BudgetedNetwork(32, flops) for flops in (2e9, 2e10))
    assert ten.steps(40, 10, 4_096) == pytest.approx(10 * one.steps(40, 10, 4_096), abs=10)


def test_a_series_has_equal_steps_from_the_first_to_the_last():
    assert ladder(8, 64) == [8, 10, 11, 13, 16, 19, 23, 27, 32, 38, 45, 54, 64]
    assert ladder(32, 70)[-1] == 64
    assert ladder(32, 32) == [32]
    assert ladder(32, 31) == []


def alone(block, seed):
    part = slice(seed, seed + 1)
    return dataclasses.replace(
        block,
        seeds=block.seeds[part],
        x=block.x[part],
        y=block.y[part],
        x_test=block.x_test[part],
    )


def reached(learner, block, seed, networks):
    """The last of (width, rows) whose plain descent stays within the budget, found one by one."""
    found = None
    one = alone(block, seed)
    for width, rows in networks:
        x, _ = standardise(one.x[:, :rows], one.x_test)
        descent = Descent(learner.activation)
        parameters = descent.initial(x.shape[2], one.classes, one.seeds, "cpu", width)
        step = operations_of_a_step(width, rows, x.shape[2], one.classes)
        cap = int(learner.flops / step) + 1
        y = torch.from_numpy(one.y[:, :rows])
        (steps,) = descent.descend(
            parameters, torch.from_numpy(x), y, RATE["learning_rate"], most_steps=cap
        )
        if steps * step <= learner.flops:
            found = width, rows
    return found


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_the_largest_are_those_that_separate_descents_reach_within_the_budget(
    activation, easy, monkeypatch
):
    monkeypatch.setattr(budget, "RUNGS", 1)
    learner = Reach(activation, TIGHT[activation])
    fit = learner.fit_predict(easy, RATE, "cpu")
    assert fit.labels is None
    networks = [(width, ROWS_OF_WIDTHS) for width in ladder(NARROWEST, WIDEST)]
    training_sets = [(WIDTH_OF_ROWS, rows) for rows in ladder(FEWEST_ROWS, 256)]
    widths = [reached(learner, easy, seed, networks) for seed in range(3)]
    rows = [reached(learner, easy, seed, training_sets) for seed in range(3)]
    assert {None, networks[-1]}.isdisjoint(widths)
    assert {None, training_sets[-1]}.isdisjoint(rows)
    assert np.exp(fit.metrics["log_largest_width"]) == pytest.approx([w for w, _ in widths])
    assert np.exp(fit.metrics["log_largest_m"]) == pytest.approx([m for _, m in rows])


def test_a_descent_that_never_arrives_counts_as_half_the_smallest(easy):
    fit = Reach("relu", TIGHT["relu"]).fit_predict(easy, {"learning_rate": 1e-9}, "cpu")
    assert np.exp(fit.metrics["log_largest_width"]) == pytest.approx([NARROWEST / 2] * 3)
    assert np.exp(fit.metrics["log_largest_m"]) == pytest.approx([FEWEST_ROWS / 2] * 3)
    assert not fit.diverged.any()


@pytest.mark.filterwarnings("error")
def test_a_descent_that_diverges_counts_as_half_the_smallest(easy):
    fit = Reach("relu", TIGHT["relu"]).fit_predict(easy, {"learning_rate": 1e30}, "cpu")
    assert np.exp(fit.metrics["log_largest_width"]) == pytest.approx([NARROWEST / 2] * 3)


def test_with_an_ample_budget_the_whole_series_is_reached(easy, monkeypatch):
    monkeypatch.setattr(budget, "RUNGS", 1)
    for activation in ("relu", "sigmoid"):
        fit = Reach(activation, 1e12).fit_predict(easy, RATE, "cpu")
        assert np.exp(fit.metrics["log_largest_width"]) == pytest.approx([WIDEST] * 3)
        assert np.exp(fit.metrics["log_largest_m"]) == pytest.approx([256] * 3)


def test_a_larger_budget_never_reaches_less(easy):
    before = {"log_largest_width": -math.inf, "log_largest_m": -math.inf}
    for flops in (1e5, 1e6, 2e6, 5e6):
        now = Reach("relu", flops).fit_predict(easy, RATE, "cpu").metrics
        assert all((now[name] >= before[name]).all() for name in before)
        before = now
    assert before["log_largest_width"].min() > math.log(NARROWEST)


def test_the_largest_success_counts_though_a_smaller_network_fails(monkeypatch, easy):
    """And a seed that has succeeded is not run again."""
    fails = {0: {8, 256}, 1: {256, 215, 10}, 2: set(ladder(NARROWEST, WIDEST))}
    ran = []

    def succeeds(self, block, places, rate, device, width, rows):
        ran.append((width, rows, list(places)))
        return np.array([width not in fails[place] for place in places])

    monkeypatch.setattr(Reach, "succeeds", succeeds)
    fit = Reach("relu", TIGHT["relu"]).fit_predict(easy, RATE, "cpu")
    assert np.exp(fit.metrics["log_largest_width"]) == pytest.approx([215, 181, 4])
    assert ran[:4] == [
        (256, ROWS_OF_WIDTHS, [0, 1, 2]),
        (215, ROWS_OF_WIDTHS, [0, 1, 2]),
        (181, ROWS_OF_WIDTHS, [1, 2]),
        (152, ROWS_OF_WIDTHS, [2]),
    ]


def test_what_a_seed_reaches_does_not_depend_on_the_others_of_its_block(easy, monkeypatch):
    monkeypatch.setattr(budget, "RUNGS", 1)
    learner = Reach("sigmoid", TIGHT["sigmoid"])
    together = learner.fit_predict(easy, RATE, "cpu").metrics
    for seed in range(3):
        single = learner.fit_predict(alone(easy, seed), RATE, "cpu").metrics
        for name, values in single.items():
            assert values == pytest.approx(together[name][seed : seed + 1]), name


def test_test_rows_make_no_difference(easy):
    learner = Reach("relu", TIGHT["relu"])
    other = dataclasses.replace(easy, x_test=np.full_like(easy.x_test, 1e6))
    for name, values in learner.fit_predict(easy, RATE, "cpu").metrics.items():
        assert np.array_equal(values, learner.fit_predict(other, RATE, "cpu").metrics[name])


def test_names_and_labels_tell_the_learners_apart():
    learners = [*BUDGETED, *REACHES, Reach("relu", 1e10)]
    assert len({learner.name for learner in learners}) == len(learners)
    assert len({learner.label for learner in learners}) == len(learners)
    assert BUDGETED[0].name == "network-8-2-gflop"
    assert sigmoid_reach.label == "sigmoid in 0.1 gigaflop"

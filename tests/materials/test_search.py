"""Random search: the expectation in closed form, and which rows do what."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch

from fixtures.learners import random_search, search
from fixtures.learners.network import Parameters, Workspace
from fixtures.learners.search import (
    DEPTHS,
    DESIGNS,
    LEARNING_RATES,
    PICKS,
    WEIGHT_DECAYS,
    WIDTHS,
    Design,
    best_of,
    blindly_chosen,
    labels_of,
)
from fixtures.tasks.friedman import friedman
from tests.materials.blocks import block_of, scattered

METRICS = {f"error_of_{how}best_of_{k}" for how in ("", "blind_") for k in range(1, 31)}
BRIEF = {"designs": DESIGNS, "steps": 3}
M = 400  # rows: 80 fit, 20 choose, 300 judge


def brute_force(k, validation, judged):
    """The same expectation over all orders in which the designs might be tried."""
    found = []
    for order in itertools.permutations(range(len(validation))):
        tried = order[:k]
        best = min(tried, key=lambda design: validation[design])  # the first of equals
        found.append(judged[best])
    return np.mean(found)


@pytest.mark.parametrize("k", [1, 2, 4, 6])
@pytest.mark.parametrize(
    "validation",
    [[0.5, 0.1, 0.3, 0.6, 0.2, 0.4], [0.5, 0.1, 0.3, 0.1, 0.1, 0.3], [0.2] * 6],
    ids=["distinct", "ties", "equal"],
)
def test_the_expected_best_is_that_of_every_order_of_trying(k, validation):
    judged = np.array([0.7, 0.05, 0.31, 0.2, 0.9, 0.44])
    expected = brute_force(k, validation, judged)
    assert best_of(np.array(validation), judged)[k - 1] == pytest.approx(expected, abs=1e-12)


def test_the_best_of_one_is_the_mean_and_the_best_of_all_is_the_first_by_validation():
    random = np.random.default_rng(0)
    validation, judged = random.permutation(30) / 30, random.random(30)
    best = best_of(validation, judged)
    assert best[0] == pytest.approx(judged.mean())
    assert best[29] == pytest.approx(judged[validation.argmin()])


def test_the_more_are_tried_the_better_the_best_where_validation_is_right():
    errors = np.random.default_rng(1).random(30)
    assert (np.diff(best_of(errors, errors)) < 0).all()


def fake_labels(y, right):
    """Stands for labels_of: design i is right on the held-out rows where right(i) says so."""
    count = itertools.count()

    def labels(design, x, y_fitted, held_out, classes, steps):
        held = y[len(y_fitted) :]
        return np.where(right(next(count) % DESIGNS, len(held)), held, (held + 1) % classes)

    return labels


def test_one_part_of_the_rows_chooses_and_another_judges(monkeypatch):
    """Design i is wrong on i of the 20 rows that choose, and on 10 i of the 300 that judge."""
    block = scattered(M, 5, 3, seeds=1)

    def right(design, rows):
        assert rows == 320
        wrong = np.zeros(rows, dtype=bool)
        wrong[: min(design, 20)] = True
        wrong[20 : 20 + 10 * design] = True
        return ~wrong

    monkeypatch.setattr(search, "labels_of", fake_labels(block.y[0], right))
    metrics = random_search.fit_predict(block, BRIEF, "cpu").metrics
    assert metrics["error_of_best_of_30"].tolist() == [0]
    validation = np.minimum(np.arange(30), 20) / 20
    judged = np.arange(30) / 30
    assert metrics["error_of_best_of_3"] == pytest.approx(best_of(validation, judged)[[2]])


def test_a_blind_choice_finds_no_better_designs(monkeypatch):
    """Half of the designs are right everywhere, half nowhere: one sees which only with labels."""
    block = scattered(4_000, 5, 2, seeds=1)

    def right(design, rows):
        return np.full(rows, design % 2 == 0)

    monkeypatch.setattr(search, "labels_of", fake_labels(block.y[0], right))
    metrics = random_search.fit_predict(block, BRIEF, "cpu").metrics
    assert metrics["error_of_best_of_30"].tolist() == [0]
    assert 0 < metrics["error_of_best_of_3"][0] < 0.2
    for k in (3, 30):  # 1,000 choices, each right or wrong: a sd of 0.016 around a half
        assert metrics[f"error_of_blind_best_of_{k}"][0] == pytest.approx(0.5, abs=0.08)


def test_a_blind_choice_takes_every_design_equally_often_however_many_are_tried():
    """Most designs label all rows alike, as collapsed ones do, and nothing favours them."""
    judged = np.repeat([0.9, 0.1], [20, 10])
    errors = blindly_chosen(judged, np.random.default_rng(0))
    assert len(errors) == 30
    sd = judged.std() / math.sqrt(PICKS)
    assert errors == pytest.approx([judged.mean()] * 30, abs=4 * sd)
    assert np.std(errors) > sd / 2  # the luck of the choices, which a verdict can see


def test_every_seed_has_its_metrics_and_no_labels():
    fit = random_search.fit_predict(scattered(M, 5, 3, seeds=2), BRIEF, "cpu")
    assert fit.labels is None
    assert set(fit.metrics) == METRICS
    assert all(values.shape == (2,) for values in fit.metrics.values())
    assert all(((values >= 0) & (values <= 1)).all() for values in fit.metrics.values())
    assert fit.diverged.tolist() == [False, False]


def test_a_seed_alone_finds_what_it_finds_in_a_block():
    block = scattered(M, 5, 3, seeds=2)
    together = random_search.fit_predict(block, BRIEF, "cpu").metrics
    second = dataclasses.replace(
        block, seeds=block.seeds[1:], x=block.x[1:], y=block.y[1:], x_test=block.x_test[1:]
    )
    alone = random_search.fit_predict(second, BRIEF, "cpu").metrics
    for name, values in alone.items():
        assert values.tolist() == together[name][1:].tolist(), name


def test_rows_that_choose_or_judge_train_nothing(monkeypatch):
    seen = []

    def record(design, x, y, held_out, classes, steps):
        seen.append((x.numpy().copy(), y.copy(), design))
        return np.zeros(len(held_out), dtype=int)

    monkeypatch.setattr(search, "labels_of", record)
    block = scattered(M, 5, 3, seeds=1)
    other = dataclasses.replace(
        block,
        x=np.concatenate([block.x[:, :80], 9 * block.x[:, 80:] + 1], axis=1),
        y=np.concatenate([block.y[:, :80], 2 - block.y[:, 80:]], axis=1),
        x_test=np.full_like(block.x_test, np.nan),
    )
    for each in (block, other):
        random_search.fit_predict(each, BRIEF, "cpu")
    half = len(seen) // 2
    assert half == DESIGNS
    for (x, y, design), (x_other, y_other, design_other) in zip(
        seen[:half], seen[half:], strict=True
    ):
        assert len(y) == 80
        assert np.array_equal(x, x_other)
        assert np.array_equal(y, y_other)
        assert design == design_other


def test_designs_are_drawn_from_the_whole_space_and_anew_for_every_seed():
    random = np.random.default_rng(0)
    drawn = [Design.draw(random) for _ in range(500)]
    assert {design.width for design in drawn} == set(WIDTHS)
    assert {design.depth for design in drawn} == set(DEPTHS)
    for values, (low, high) in (
        ([design.learning_rate for design in drawn], LEARNING_RATES),
        ([design.weight_decay for design in drawn], WEIGHT_DECAYS),
    ):
        assert low <= min(values) < 1.1 * low
        assert high / 1.1 < max(values) <= high
        # the logarithms are uniform: a sd of 0.29/sqrt(500) = 0.013 of the range
        middle = math.log(low * high) / 2
        assert np.log(values).mean() == pytest.approx(middle, abs=0.065 * math.log(high / low))
    assert len({design.luck for design in drawn}) == 500
    assert Design.draw(np.random.default_rng(1)) != drawn[0]


def test_a_design_that_diverges_labels_all_rows_with_the_majority_class():
    block = scattered(60, 5, 3)
    x, held_out = (torch.from_numpy(rows[0]) for rows in (block.x, block.x_test))
    y = np.where(np.arange(60) < 35, 2, block.y[0])
    labels = labels_of(Design(8, 2, 1e30, 0.0, luck=0), x, y, held_out, 3, steps=5)
    assert labels.tolist() == [2] * 50


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_design_is_trained_with_its_own_layers_and_settings(depth, monkeypatch):
    trained = []

    def record(parameters, x, y, settings, random):
        trained.append((parameters.shapes, settings, random[0].initial_seed()))

    monkeypatch.setattr(search, "train", record)
    x = torch.zeros(60, 5)
    labels_of(Design(16, depth, 0.02, 0.1, luck=7), x, np.arange(60) % 3, x, 3, steps=9)
    layers = [5, *[16] * depth, 3]
    settings = {"learning_rate": 0.02, "weight_decay": 0.1, "steps": 9}
    assert trained == [(list(itertools.pairwise(layers)), settings, 7)]


def test_a_good_design_learns_and_a_hopeless_one_does_not():
    block = block_of(friedman, 800)
    x, held_out = (torch.from_numpy(rows[0]) for rows in (block.x, block.x_test))
    y_test = friedman.test_set(0)[1][:200]
    errors = [
        np.mean(labels_of(Design(32, 2, rate, 0.1, 0), x, block.y[0], held_out, 2, 150) != y_test)
        for rate in (0.02, 1e-7)
    ]
    assert errors[0] < 0.2 < errors[1]


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_gradient_is_right_at_every_depth(depth):
    layers = [7, *[6] * depth, 4]
    parameters = Parameters(layers, 2, "cpu")
    parameters.initialise([torch.Generator().manual_seed(seed) for seed in range(2)])
    random = torch.Generator().manual_seed(9)
    x, y = torch.randn(2, 20, 7, generator=random), torch.randint(0, 4, (2, 20), generator=random)
    with torch.no_grad():
        Workspace(parameters, 20, x.device).gradient(parameters, x, y.reshape(-1))
    for seed in range(2):
        copies = [
            [part[seed].clone().requires_grad_() for part in each] for each in parameters.layers
        ]
        hidden = x[seed]
        for weights, biases in copies[:-1]:
            hidden = torch.relu(hidden @ weights + biases)
        weights, biases = copies[-1]
        torch.nn.functional.cross_entropy(hidden @ weights + biases, y[seed]).backward()
        for ours, theirs in zip(parameters.gradients, copies, strict=True):
            for mine, part in zip(ours, theirs, strict=True):
                torch.testing.assert_close(mine[seed], part.grad, rtol=1e-4, atol=1e-6)


def test_nothing_of_the_search_is_tuned():
    assert random_search.settings("mnist1d", 4_096) == random_search.settings("other", 64)
    assert random_search.settings("mnist1d", 4_096)["designs"] == DESIGNS


def test_every_metric_is_an_error_on_the_rows_that_neither_train_nor_choose():
    assert random_search.judged_rows("error_of_best_of_3", 4_096) == 4_096 - 819 - 205

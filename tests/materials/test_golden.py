"""A change of results is noticed, and nothing else is."""

import dataclasses
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from fixtures.learners import (
    classical,
    descent,
    linear_svm,
    logistic_regression,
    medium_network,
    network,
    nystroem,
    nystroem_svm,
    random_forest,
    rbf_svm,
    relu_descent,
    sigmoid_batch_norm,
    trees,
)
from fixtures.learners.nystroem import gaussian
from fixtures.tasks.friedman import friedman
from fixtures.tasks.linear import linear
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker import classify, deal
from fixtures.tasks.poker_hand import poker_hand
from fixtures.tasks.poker_one_hot import poker_one_hot
from fixtures.tasks.streams import streams
from tests.materials import golden
from tests.materials.golden import (
    KEPT,
    LEARNERS,
    fault_of_learner,
    fault_of_task,
    kept,
    output_of_learner,
    same_results,
)
from tests.materials.tasks import PRESENT, for_each

pytestmark = pytest.mark.bench

each_task = for_each(KEPT)
each_learner = pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.name)


def with_rounding(block, generator):
    """The block with features as a careless processor would round them."""
    noise = generator.uniform(-64, 64, block.x.shape) * np.finfo(np.float32).eps
    return dataclasses.replace(block, x=(block.x * (1 + noise)).astype(np.float32))


@each_task
def test_a_task_draws_what_was_accepted(task):
    assert fault_of_task(task) is None


@each_learner
def test_a_learner_gives_what_was_accepted(learner):
    assert fault_of_learner(learner) is None


def test_outputs_are_kept_of_every_task_and_learner_and_of_no_other():
    content = kept()
    assert set(content["tasks"]) == {task.name for task in KEPT}
    assert set(content["learners"]) == {learner.name for learner in LEARNERS}
    assert len({learner.name for learner in LEARNERS}) == len(LEARNERS)


@each_learner
def test_rounding_alone_is_not_taken_for_a_change(learner):
    stored = kept()["learners"][learner.name]["output"]
    for task in (mnist1d, friedman):  # poker's features are exact
        block = with_rounding(golden.block_for(learner, task), np.random.default_rng(0))
        assert same_results(stored[task.name], output_of_learner(learner, block)), task.name


@pytest.mark.parametrize(
    ("learner", "module", "changes"),
    [
        (medium_network, network, {"BATCH": 64}),
        (medium_network, network, {"WARM_UP": 0.3}),
        (medium_network, network, {"BETAS": (0.8, 0.99)}),
        (medium_network, network, {"HIDDEN_LAYERS": 2}),
        (medium_network, network, {"standardise": lambda x, x_test, *_: (x, x_test)}),
        (relu_descent, descent, {"TARGET": 0.6}),
        (relu_descent, descent, {"WIDTH": 110}),
        (sigmoid_batch_norm, descent, {"HIDDEN_LAYERS": 2}),
        (logistic_regression, classical, {"standardise": lambda x, x_test, *_: (x, x_test)}),
        (linear_svm, classical, {"standardise": lambda x, x_test, *_: (x / 3, x_test / 3)}),
        (rbf_svm, classical, {"standardise": lambda x, x_test, *_: (x, x_test)}),
        (random_forest, trees, {"TREES": 90}),
        (nystroem_svm, nystroem, {"gaussian": lambda a, b, gamma: gaussian(a, b, 1.3 * gamma)}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else getattr(value, "name", ""),
)
def test_a_change_of_a_learner_is_noticed(learner, module, changes, monkeypatch):
    for name, value in changes.items():
        monkeypatch.setattr(module, name, value)
    if "TARGET" in changes:  # is the default of an argument
        monkeypatch.setitem(descent.Descent.descend.__kwdefaults__, "target", changes["TARGET"])
    assert fault_of_learner(learner) == (
        f"The results of learner {learner.name} have changed: undo that, or accept it with "
        f"`python -m tests.materials.golden` (unless a new library changed them; made with "
        f"{golden.made_with()})."
    )


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        (mnist1d, {"SHEAR": 0.74}),
        (mnist1d, {"MAX_SHIFT": 47}),
        (mnist1d, {"INDEPENDENT_NOISE": 0.021}),
        (friedman, {"THRESHOLD": 14.0}),
        (linear, {"FLIP_RATE": 0.11}),
        (poker_hand, {"classify": lambda cards: (classify(cards) + 1) % 10}),
        (poker_one_hot, {"deal": lambda random, hands: deal(random, hands)[:, ::-1]}),
        (friedman, {"streams": lambda task, part, seed, n: streams(task, part, seed + 1, n)}),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else value.name,
)
def test_a_change_of_a_task_is_noticed(task, changes, monkeypatch):
    for name, value in changes.items():
        monkeypatch.setattr(sys.modules[type(task).rows.__module__], name, value)
    sentence = fault_of_task(task)
    assert sentence is not None
    assert sentence.startswith(f"The results of task {task.name} have changed")


def test_another_number_of_test_rows_is_a_change_of_a_task(monkeypatch):
    monkeypatch.setattr(type(friedman), "test_rows", friedman.test_rows - 1)
    assert str(fault_of_task(friedman)).startswith("The results of task friedman have changed")


def test_a_version_that_was_raised_asks_for_new_outputs():
    raised = dataclasses.replace(linear_svm, version=linear_svm.version + 1)
    assert fault_of_learner(raised) == (
        "The golden outputs of learner linear-svm are those of version 2, and it has version 3; "
        "make them anew with `python -m tests.materials.golden`."
    )


def test_a_new_learner_asks_for_its_outputs():
    new = dataclasses.replace(linear_svm, name="new")
    assert fault_of_learner(new) == (
        "There are no golden outputs of learner new; make them with "
        "`python -m tests.materials.golden`."
    )


def test_the_command_writes_what_is_read_back(tmp_path, monkeypatch):
    monkeypatch.setattr(golden, "FILE", Path(shutil.copy(golden.FILE, tmp_path)))
    monkeypatch.setattr(golden, "LEARNERS", (linear_svm,))
    assert golden.main() == 0
    assert fault_of_learner(linear_svm) is None
    assert set(map(fault_of_task, set(KEPT) & set(PRESENT))) == {None}
    assert kept()["command"] == golden.COMMAND


def test_labels_may_differ_on_one_row_in_a_hundred():
    zeros = {"labels": ["0" * 200]}
    assert same_results(zeros, {"labels": ["0" * 198 + "11"]})
    assert not same_results(zeros, {"labels": ["0" * 197 + "111"]})
    assert not same_results(zeros, {"labels": ["0" * 199]})


def test_metrics_may_differ_by_three_percent():
    assert same_results({"steps": [100.0]}, {"steps": [102.9]})
    assert not same_results({"steps": [100.0]}, {"steps": [104.0]})
    assert not same_results({"steps": [100.0]}, {"steps": [100.0], "cap": [5.0]})

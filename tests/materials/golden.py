"""What every task drew and every learner gave when that was last accepted: `golden.json`.

`python -m tests.materials.golden` writes that file anew. Run it where you meant to change results.

The comparison allows for the differences between processors. Features are compared to four
decimals, labels need to agree on 99 % of the test rows, metrics to 3 %. A change with a smaller
effect within a few steps, such as another second moment of Adam, is not noticed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fixtures.learners import (
    BESIDE_THE_LECTURE,
    DESCENTS,
    NETWORKS,
    REACHES,
    TRADITIONAL,
    best_settings,
    five_sigmoid_layers,
    random_search,
    relu_layer,
    relu_slope,
    sigmoid_layer,
    sigmoid_slope,
    ten_sigmoid_layers,
    two_sigmoid_layers,
    worst_settings,
)
from fixtures.learners.budget import BudgetedNetwork, Reach
from fixtures.learners.descent import Descent
from fixtures.learners.flat import ShiftedLayer
from fixtures.learners.gradient import GradientProbe
from fixtures.learners.network import Network
from fixtures.learners.search import RandomSearch
from fixtures.learners.slope import SlopeProbe
from fixtures.learners.variant import ORDINARY, Variant
from fixtures.tasks import TASKS
from fixtures.tasks.fetched import Fetched
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tasks.poker_one_hot import poker_one_hot
from pytest_scaling.devices.numerics import single_threaded
from pytest_scaling.ledger.environment import libraries
from pytest_scaling.spec import traits
from pytest_scaling.spec.protocols import Block
from tests.materials.blocks import block_of
from tests.materials.tasks import at_most, lacking

FILE = Path(__file__).with_suffix(".json")
COMMAND = "python -m tests.materials.golden"
DECIMALS = 4  # of features
AGREEMENT = 0.99  # of labels
PRECISION = 0.03  # of metrics, relative

DRAWN = 5_000  # rows of a draw: more than mnist1d makes at a time
SHOWN = (0, 1, -1)  # rows whose features are kept
LABELS = 100  # rows whose labels are kept

KEPT = tuple(task for task in TASKS if not isinstance(task, Fetched))  # few people have their data
SLOPES = (relu_slope, sigmoid_slope)
SHIFTED = (relu_layer, relu_layer.shifted, sigmoid_layer, sigmoid_layer.shifted)
GRADIENTS = tuple(
    probe
    for sigmoid in (two_sigmoid_layers, five_sigmoid_layers, ten_sigmoid_layers)
    for probe in (sigmoid, sigmoid.with_relu)
)
BUDGETED = (BudgetedNetwork(8, 1e7), *REACHES)  # the network's budget is that of a short training
LEARNERS: tuple[Any, ...] = (
    *TRADITIONAL,
    *BESIDE_THE_LECTURE,
    *NETWORKS,
    *DESCENTS,
    *SLOPES,
    *SHIFTED,
    *GRADIENTS,
    *BUDGETED,
    random_search,
    best_settings,
    worst_settings,
)
LEARNED = (mnist1d, poker_one_hot, friedman)  # tasks that every learner is trained on
FEW, MORE = 64, 256  # training rows; a network has more than one batch of them
NETWORK = {"learning_rate": 0.002, "weight_decay": 6, "steps": 30}
LINEAR = {"C": 0.1}
BY_NAME: dict[str, dict[str, Any]] = {
    "rbf-svm": {"C": 10, "gamma": 1.2, "intelex": None},
    "nystroem-svm": {"C": 1, "gamma": 1.2, "components": 40},
    "nearest-neighbours": {"neighbours": 5, "weights": "distance"},
    "random-forest": {"leaf": 2, "features": 0.4, "intelex": None},
    "gradient-boosting": {"learning_rate": 0.2, "leaves": 4, "rounds": 20},
}
BY_CLASS: dict[type, dict[str, Any]] = {
    Network: NETWORK,
    BudgetedNetwork: NETWORK,
    Reach: {"learning_rate": 0.3},
    RandomSearch: {"designs": 30, "steps": 5},
    SlopeProbe: {"learning_rate": 0.1, "steps": 100},
    ShiftedLayer: {"learning_rate": 0.3, "steps": 20},
    GradientProbe: {"learning_rate": 0.02, "steps": 5},  # before rounding grows in ten layers
}
RATES = {  # at which a descent takes some 50 to 400 steps
    "descent-sigmoid": 0.3,
    "descent-relu": 0.002,
    "descent-sigmoid-adam": 0.001,
    "descent-relu-adam": 0.0001,
    "descent-sigmoid-batchnorm": 0.01,
    "descent-relu-batchnorm": 0.003,
}


def output_of_task(task: Any) -> dict[str, Any]:
    """How many rows, the first labels and a few rows of a training draw and of its test set."""
    parts = {"train": task.draw(1, at_most(task, DRAWN)), "test": task.test_set(1)}
    return {
        part: {
            "count": len(y),
            "labels": "".join(map(str, y[:LABELS])),
            "rows": np.round(x[list(SHOWN)].astype(float), DECIMALS).tolist(),
        }
        for part, (x, y) in parts.items()
    }


def block_for(learner: Any, task: Any) -> Block:
    many = isinstance(learner, Network | Variant | RandomSearch)
    return remembered_block(task, MORE if many else FEW)


@cache
def remembered_block(task: Any, m: int) -> Block:
    """Drawn once for all learners."""
    return block_of(task, m)


def settings_for(learner: Any) -> dict[str, Any]:
    """Settings that do not change when learners are tuned anew."""
    if isinstance(learner, Descent):
        return {"learning_rate": RATES[learner.name]}
    if isinstance(learner, Variant):
        return {**ORDINARY[0 if learner.best else 1], "steps": NETWORK["steps"]}
    return BY_CLASS.get(type(learner)) or BY_NAME.get(learner.name, LINEAR)


def output_of_learner(learner: Any, block: Block) -> dict[str, Any]:
    """The labels of the test rows, a text of digits per seed, or the metrics."""
    with single_threaded():
        fit = learner.fit_predict(block, settings_for(learner), "cpu")
    if fit.labels is None:
        return {name: values.tolist() for name, values in fit.metrics.items()}
    return {"labels": ["".join(map(str, row)) for row in fit.labels]}


def same_rows(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two outputs of a task are the same draw."""
    return all(
        (a[part]["count"], a[part]["labels"]) == (b[part]["count"], b[part]["labels"])
        and np.shape(a[part]["rows"]) == np.shape(b[part]["rows"])
        and np.allclose(a[part]["rows"], b[part]["rows"], rtol=0, atol=10**-DECIMALS)
        for part in ("train", "test")
    )


def same_results(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two outputs of a learner are the same training."""
    if set(a) != set(b):
        return False
    if "labels" in a:
        first, second = (np.array([list(row) for row in each["labels"]]) for each in (a, b))
        return first.shape == second.shape and bool(np.mean(first == second) >= AGREEMENT)
    return all(same_metric(name, a[name], b[name]) for name in a)


def same_metric(name: str, a: list[float], b: list[float]) -> bool:
    """Whether two numbers differ by rounding only; logarithms by what they are logarithms of."""
    if name.startswith("log_"):
        return np.allclose(a, b, rtol=0, atol=PRECISION)
    return np.allclose(a, b, rtol=PRECISION, atol=0)


def outputs_of_learner(learner: Any) -> dict[str, Any]:
    return {task.name: output_of_learner(learner, block_for(learner, task)) for task in LEARNED}


def kept() -> dict[str, Any]:
    """The content of the file."""
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def fault_of_task(task: Any) -> str | None:
    """A message where a task draws other rows than its version promises."""
    stored = kept()["tasks"].get(task.name)
    return fault(
        f"task {task.name}",
        traits.version(task),
        stored,
        stored is not None and same_rows(stored["output"], output_of_task(task)),
    )


def fault_of_learner(learner: Any) -> str | None:
    """A message where a learner gives other results than its version promises."""
    stored = kept()["learners"].get(learner.name)
    now = outputs_of_learner(learner)
    same = stored is not None and all(
        task in stored["output"] and same_results(stored["output"][task], output)
        for task, output in now.items()
    )
    return fault(f"learner {learner.name}", traits.version(learner), stored, same)


def fault(what: str, version: int, stored: dict[str, Any] | None, same: bool) -> str | None:
    if stored is None:
        return f"There are no golden outputs of {what}; make them with `{COMMAND}`."
    if version != stored["version"]:
        return (
            f"The golden outputs of {what} are those of version {stored['version']}, and it has "
            f"version {version}; make them anew with `{COMMAND}`."
        )
    if not same:
        return (
            f"The results of {what} have changed: undo that, or accept it with `{COMMAND}` "
            f"(unless a new library changed them; made with {made_with()})."
        )
    return None


def made_with() -> str:
    return ", ".join(f"{name} {version}" for name, version in kept()["versions"].items())


def lines(content: dict[str, Any]) -> Iterator[str]:
    """JSON with one line per task and learner, so that a change shows in a diff as what it is."""
    groups = []
    for group in ("learners", "tasks"):
        rows = [
            f"  {json.dumps(name)}: {json.dumps(row)}"
            for name, row in sorted(content[group].items())
        ]
        groups.append(f' "{group}": {{\n' + ",\n".join(rows) + "\n }")
    rest = [f' "{key}": {json.dumps(content[key])}' for key in ("command", "versions")]
    yield "{"
    yield ",\n".join([rest[0], *groups, rest[1]])
    yield "}"


def row_of_task(task: Any) -> dict[str, Any]:
    """What is kept of a task: as it is, or, where its data are not available, as it was."""
    if lacking(task):
        row: dict[str, Any] = kept()["tasks"][task.name]
        return row
    return {"version": traits.version(task), "output": output_of_task(task)}


def main() -> int:
    content = {
        "command": COMMAND,
        "versions": libraries(),
        "tasks": {task.name: row_of_task(task) for task in KEPT},
        "learners": {
            learner.name: {
                "version": traits.version(learner),
                "output": outputs_of_learner(learner),
            }
            for learner in LEARNERS
        },
    }
    FILE.write_text("\n".join(lines(content)) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

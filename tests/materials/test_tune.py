"""`python -m fixtures.tune`: the same rules for every learner."""

import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from fixtures import spaces, tune
from fixtures.errors import TEST_ROWS
from fixtures.learners import (
    BUDGETED,
    huge_network,
    large_network,
    relu_descent,
    relu_reach,
    small_network,
    worst_settings,
)
from fixtures.learners.tuned import tuned_settings, tuned_task
from fixtures.spaces import GRID, TRIALS, candidates
from fixtures.tasks.digits import digits
from fixtures.tasks.friedman import friedman
from fixtures.tasks.xor import xor
from fixtures.tune import Problem, tuning_seeds
from pytest_scaling.devices.numerics import ENVIRONMENT
from pytest_scaling.spec.protocols import Fit

M = 100  # rows; where data run out 80 to fit and 20 to judge by


def carved(seed):
    return digits.draw(seed, M)[1][80:]


def fresh(seed):
    return friedman.test_set(seed)[1][:TEST_ROWS]


@dataclass(frozen=True)
class Spy:
    """A learner that knows the labels of a seed's rows to judge by, and gives `wrong` wrongly."""

    known: Callable
    wrong: int = 0
    diverges: bool = False
    blocks: list = field(default_factory=list)

    def fit_predict(self, block, settings, device):
        self.blocks.append(block)
        labels = np.stack([self.known(seed) for seed in block.seeds])
        labels[:, : self.wrong] ^= 1
        return Fit(labels, np.full(len(labels), self.diverges) & (np.arange(len(labels)) == 0))


def in_order(calls):
    """Workers that compute on the spot."""
    return [function(*arguments, **options) for function, arguments, options in calls]


class Scripted:
    """A problem whose scores are written down, by a candidate's steps or its first setting."""

    task = friedman

    def __init__(self, m, scores):
        self.m, self.scores = m, scores

    def score(self, learner, settings):
        return self.scores.get(settings.get("steps", next(iter(settings.values()))), 0.9)


@pytest.fixture
def _elsewhere(tmp_path, monkeypatch):
    """Settings are read from and written to an empty folder."""
    from fixtures.learners import tuned

    monkeypatch.setattr(tuned, "FOLDER", tmp_path)
    monkeypatch.setattr(tune, "FOLDER", tmp_path)
    tuned_task.cache_clear()
    yield
    tuned_task.cache_clear()


def test_a_candidate_sees_all_rows_and_is_judged_on_fresh_ones():
    spy = Spy(fresh, wrong=3)
    assert Problem(friedman, M).score(spy, {}) == pytest.approx(3 / TEST_ROWS)
    (block,) = spy.blocks
    assert block.seeds == tuple(tuning_seeds(M))
    for place, seed in enumerate(block.seeds):
        x, y = friedman.draw(seed, M)
        assert np.array_equal(block.x[place], x)
        assert np.array_equal(block.y[place], y)
        assert np.array_equal(block.x_test[place], friedman.test_set(seed)[0][:TEST_ROWS])


def test_where_data_run_out_it_sees_four_fifths_of_the_rows_and_is_judged_on_the_rest():
    spy = Spy(carved, wrong=3)
    assert Problem(digits, M).score(spy, {}) == pytest.approx(3 / 20)
    (block,) = spy.blocks
    for place, seed in enumerate(block.seeds):
        x, y = digits.draw(seed, M)
        assert np.array_equal(block.x[place], x[:80])
        assert np.array_equal(block.y[place], y[:80])
        assert np.array_equal(block.x_test[place], x[80:])


def test_a_candidate_that_diverges_counts_as_always_wrong_on_that_seed():
    seeds = len(tuning_seeds(M))
    score = Problem(friedman, M).score(Spy(fresh, diverges=True), {})
    assert score == pytest.approx(1 / seeds)


def test_a_race_is_scored_by_the_mean_logarithm_of_its_steps(monkeypatch):
    steps = np.array([10.0, 100, tune.MOST_RACE_STEPS + 1, 40, 40, 40, 40, 40])
    seen = []

    def fit_predict(self, block, settings, device):
        seen.append(block.x.shape[1])
        return Fit(None, np.zeros(8, dtype=bool), {"steps": steps})

    monkeypatch.setattr(type(relu_descent), "fit_predict", fit_predict)
    expected = math.log(10 * 100 * 4 * tune.MOST_RACE_STEPS * 40**5) / 8
    assert Problem(friedman, M).score(relu_descent, {}) == pytest.approx(expected)
    assert seen == [M]  # all rows: nothing is predicted


def test_how_far_one_gets_is_scored_the_less_the_further(monkeypatch):
    widths, rows = np.log([8.0] * 8), np.log([32.0] * 7 + [64])
    seen = []

    def fit_predict(self, block, settings, device):
        seen.append(block.x.shape[1])
        metrics = {"log_largest_width": widths, "log_largest_m": rows}
        return Fit(None, np.zeros(8, dtype=bool), metrics)

    monkeypatch.setattr(type(relu_reach), "fit_predict", fit_predict)
    expected = -math.log(8) - math.log(32) - math.log(2) / 8
    assert Problem(friedman, M).score(relu_reach, {}) == pytest.approx(expected)
    assert seen == [M]  # all rows: nothing is predicted


def test_networks_that_cost_most_are_judged_on_fewer_seeds():
    networks = (huge_network, huge_network.in_tier("quick"), large_network)
    assert [len(tune.seeds_for(network, M)) for network in networks] == [2, 4, 8]


def test_the_first_candidate_with_the_least_score_is_chosen():
    values = GRID["descent"]["learning_rate"]
    problem = Scripted(256, {values[3]: 0.2, values[2]: 0.3, values[7]: 0.2})
    assert tune.tune(problem, relu_descent, in_order) == {
        "settings": {"learning_rate": values[3]},
        "score": 0.2,
        "seeds": 8,
        "trials": TRIALS,
        "at_edge": [],
    }


@pytest.mark.parametrize("place", [0, TRIALS - 1])
def test_a_choice_at_either_end_is_at_the_edge(place):
    problem = Scripted(256, {GRID["descent"]["learning_rate"][place]: 0.1})
    assert tune.tune(problem, relu_descent, in_order)["at_edge"] == ["learning_rate"]


def test_a_network_trains_as_long_as_the_rule_says_whatever_the_candidate():
    steps = {each["steps"] for each in candidates(small_network, "digits", 1_438)}
    assert steps == {spaces.STEPS(1_438)}


def test_the_steps_that_a_budget_pays_for_are_not_searched():
    choice = tune.tune(Scripted(256, {0.01: 0.1}), BUDGETED[0], in_order)
    assert choice["settings"] == {"learning_rate": 0.01, "weight_decay": 0.03}
    assert choice["at_edge"] == ["weight_decay"]


CHOICE = {"settings": {"learning_rate": 5}, "score": 0.1, "at_edge": []}


@pytest.mark.usefixtures("_elsewhere")
def test_the_first_choice_of_a_task_is_read_back_at_once():
    assert tuned_task("poker-hand") == {}
    tune.write("poker-hand", "linear-svm", 64, {"settings": {"C": 3}})
    assert tuned_settings("linear-svm", "poker-hand", 64) == {"C": 3}


@pytest.mark.usefixtures("_elsewhere")
def test_a_task_without_its_data_is_left_out_with_the_reason(monkeypatch, capsys):
    monkeypatch.setattr(type(xor), "unavailable", lambda self: "no disk", raising=False)
    monkeypatch.setattr(tune, "tune", lambda problem, learner, workers: CHOICE)
    tasks = ["--task", "xor", "--task", "friedman"]
    assert tune.main([*tasks, "--learner", "descent-relu", "--rows", "256", "--workers", "1"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"friedman m=256 descent-relu: {CHOICE}\n"
    assert captured.err == "xor is left out: no disk\n"


@pytest.mark.usefixtures("_elsewhere")
def test_a_choice_is_read_back_as_it_was_written():
    for m in (16_384, 64, 1_024):
        tune.write("poker-hand", "rbf-svm", m, {"settings": {"C": m}})
    tune.write("poker-hand", "linear-svm", 64, {"settings": {"C": 3}})
    tune.write("poker-hand", "rbf-svm", 64, {"settings": {"C": 4}})
    assert tuned_settings("linear-svm", "poker-hand", 64) == {"C": 3}
    assert tuned_settings("rbf-svm", "poker-hand", 64) == {"C": 4}
    assert list(tuned_task("poker-hand")["learners"]["rbf-svm"]) == ["64", "1024", "16384"]


@pytest.mark.usefixtures("_elsewhere")
def test_the_command_tunes_and_writes_from_end_to_end(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tune, "SEEDS_OF_VARIANTS", 4)
    learner = "network-64-ill-set"
    options = ["--task", "friedman", "--learner", learner, "--rows", "20", "--workers", "1"]
    assert tune.main(options) == 0
    learners = json.loads((tmp_path / "friedman.json").read_text())["learners"]
    assert learners[learner]["20"]["settings"] in candidates(worst_settings, "friedman", 20)
    assert f"friedman m=20 {learner}" in capsys.readouterr().out


def test_the_workers_of_the_command_have_the_environment_of_trials(monkeypatch):
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    monkeypatch.setattr(tune, "tabled", lambda tier: [])
    assert tune.main(["--workers", "1"]) == 0
    assert ENVIRONMENT.items() <= os.environ.items()


@pytest.mark.parametrize(
    "options",
    [["--task", "chess"], ["--learner", "oracle"], ["--rows", "many"], ["--tier", "huge"]],
)
def test_a_name_that_the_command_does_not_know_is_an_error_of_usage(options, capsys):
    with pytest.raises(SystemExit) as error:
        tune.main(options)
    assert error.value.code == 2
    assert options[1] in capsys.readouterr().err


def test_nothing_is_tuned_on_seeds_that_verdicts_use(monkeypatch, capsys):
    monkeypatch.setattr(tune, "FIRST_TUNING_SEED", 999_999)
    monkeypatch.setattr(tune, "tune", lambda *_: pytest.fail("tuned all the same"))
    with pytest.raises(SystemExit) as error:
        tune.main(["--task", "friedman", "--workers", "1"])
    assert error.value.code == 2
    assert (
        "error: tuning would begin at seed 999,999, but verdicts use the seeds below 1,000,000; "
        "raise FIRST_TUNING_SEED"
    ) in capsys.readouterr().err
    with pytest.raises(ValueError, match="tuning would begin at seed 999,999"):
        Problem(friedman, M).score(Spy(fresh), {})


def test_the_grid_is_spread_evenly_over_its_range():
    values = np.array(spaces.spread(1e-4, 1e4))
    assert (len(values), values[0], values[-1]) == (20, 1e-4, 1e4)
    assert np.diff(np.log(values)) == pytest.approx(np.full(19, math.log(1e8) / 19), abs=0.01)

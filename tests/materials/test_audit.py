"""`python -m fixtures.audit`: trained to the end, and opponents at full strength."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from fixtures import errors
from fixtures.audit import __main__ as command
from fixtures.audit import page, table
from fixtures.audit import ways as ways_of_training
from fixtures.audit.arms import Arm
from fixtures.audit.bars import Kind, Outcome, bar, findings, outcome, standard_error_of
from fixtures.audit.summary import Summary
from fixtures.audit.table import FIRST_SEED, cell, errors_of, measure, open_ways, seeds
from fixtures.audit.ways import DOWN, TUNED, UP, at_edge, moved, tuned, tuned_at, ways
from fixtures.learners import (
    best_settings,
    gradient_boosting,
    logistic_regression,
    middle_in_budget,
    nearest_neighbours,
    rbf_svm,
    relu_descent,
    small_network,
)
from fixtures.tasks.digits import digits
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tune import SEEDS_OF_VARIANTS
from pytest_scaling.report.page.overview import declared
from pytest_scaling.trials.seeds import VERDICT_SEEDS

CLAIMS = Path(__file__).parents[2] / "claims"

M = 256


def arm(learner=small_network, task=friedman, m=M, effect=0.01, relative=False):
    return Arm(task, learner, m, effect, relative, ("a-claim",))


@dataclass
class Errors:
    """What training would give: an error by way of training, and how often it was asked for."""

    of: dict
    spread: float = 0.0001
    asked: list = field(default_factory=list)

    def __call__(self, arm, settings, seeds):
        self.asked.append(settings)
        base = next((e for test, e in self.of.items() if test(settings)), 0.1)
        sign = -1 if base != 0.1 else 1  # so that the differences spread, too
        return [base + sign * self.spread * (seed - FIRST_SEED) for seed in seeds]


def audited(monkeypatch, folder, errors, one, number=4):
    monkeypatch.setattr(table, "errors_of", errors)
    list(measure(one, number, folder))
    return {each.way: each for each in findings(one, folder)}


def run(monkeypatch, tmp_path, capsys, errors, *more, one=None):
    monkeypatch.setattr(table, "errors_of", errors)
    monkeypatch.setattr(command, "arms", lambda tier: [one or arm()])
    monkeypatch.setattr(command, "comparisons", lambda tier, folder: [])
    status = command.main([f"--out={tmp_path}", *more])
    return status, capsys.readouterr().out


def test_its_seeds_neither_tune_nor_judge():
    assert min(seeds(4)) > max(errors.SEEDS) + SEEDS_OF_VARIANTS
    assert min(errors.SEEDS) >= VERDICT_SEEDS


AT_AN_EDGE = {"learning_rate": 0.18, "weight_decay": 0.5, "steps": 500}


@pytest.fixture
def _at_an_edge(monkeypatch):
    """Arms have the highest learning rate that was searched for the small network."""
    monkeypatch.setattr(ways_of_training, "tuned", lambda arm: dict(AT_AN_EDGE))


@pytest.mark.usefixtures("_at_an_edge")
def test_a_network_is_trained_longer_and_with_every_neighbouring_setting():
    found, settings = ways(arm()), AT_AN_EDGE
    assert found["twice the steps"] == {**settings, "steps": 2 * settings["steps"]}
    assert found["four times the steps"] == {**settings, "steps": 4 * settings["steps"]}
    assert found["learning_rate up"] == {**settings, "learning_rate": pytest.approx(0.432)}
    assert found["defaults"]["learning_rate"] == 0.001
    assert len(found) == 8


def test_the_steps_of_a_budget_and_of_a_race_are_not_multiplied():
    assert "twice the steps" not in ways(arm(middle_in_budget, mnist1d, 4_096))
    assert set(ways(arm(relu_descent))) == {TUNED, "learning_rate up", "learning_rate down"}


def test_settings_that_a_claim_names_are_trained_longer_but_not_judged(tmp_path):
    of_claim = arm(best_settings)
    assert list(ways(of_claim)) == [TUNED, "twice the steps", "four times the steps"]
    assert list(findings(of_claim, tmp_path)) == []


def test_an_opponent_meets_the_defaults_of_its_library_on_raw_and_on_scaled_rows():
    found = ways(arm(rbf_svm))
    assert found["defaults, raw rows"] == {"rows": "raw"}
    assert found["defaults, scaled rows"] == {"rows": "scaled"}
    assert {"C up", "C down", "gamma up", "gamma down", "scaling columns"} < set(found)
    assert not any("intelex" in settings for settings in found.values())
    assert "defaults, scaled rows" not in ways(arm(gradient_boosting))  # trees see no difference


@pytest.mark.parametrize("rows", ["raw", "scaled"])
def test_the_defaults_are_those_of_the_library(rows):
    found = errors_of(arm(logistic_regression, m=64), {"rows": rows}, seeds(1))
    x, y = friedman.draw(FIRST_SEED, 64)
    x_test, y_test = (each[: errors.TEST_ROWS] for each in friedman.test_set(FIRST_SEED))
    if rows == "scaled":
        scaler = StandardScaler().fit(x)
        x, x_test = scaler.transform(x), scaler.transform(x_test)
    expected = np.mean(LogisticRegression().fit(x, y).predict(x_test) != y_test)
    assert found == [pytest.approx(expected, abs=1e-4)]


@pytest.mark.parametrize(
    ("name", "value", "values", "word", "expected"),
    [
        ("C", 1, (0.1, 1, 10), UP, 10),
        ("C", 3.16, (0.1, 1, 10), DOWN, 0.316),  # halfway between two
        ("C", 10, (0.1, 1, 10), UP, 100),  # beyond the end
        ("C", 0.1, (0.1, 1, 10), DOWN, 0.01),
        ("neighbours", 3, (1, 3, 9), UP, 9),
        ("neighbours", 1, (1, 3, 9), DOWN, 1),  # there is nothing below
        ("leaf", 1, (1, 2, 4), DOWN, 1),
        ("features", 1.0, (0.25, 0.5, 1.0), UP, 1.0),
    ],
)
def test_a_neighbour_is_one_step_of_the_grid_away(name, value, values, word, expected):
    assert moved(name, value, values, word) == pytest.approx(expected)


@pytest.mark.usefixtures("_at_an_edge")
def test_what_is_at_an_edge_is_told_with_the_way_beyond_it():
    assert at_edge(arm()) == {"learning_rate": "learning_rate up"}


def test_nothing_inside_is_at_an_edge():
    assert at_edge(arm(logistic_regression)) == {}
    assert at_edge(arm(nearest_neighbours, m=64)) == {}  # and no limit of nature is an edge


def test_settings_come_from_the_rows_that_were_tuned_at():
    assert tuned_at(arm()) == [256]
    assert tuned_at(arm(m=512)) == [256, 1024]
    assert tuned_at(arm(m=128)) == [256]
    assert tuned_at(arm(small_network, digits, 1_438)) == [1_438]


def test_a_bar_is_a_share_of_the_least_that_a_claim_asks():
    assert bar(arm(), Kind.DOUBLING, 0.2) == 0.005
    assert bar(arm(), Kind.NEIGHBOUR, 0.2) == bar(arm(), Kind.DEFAULT, 0.2) == 0.0025
    assert bar(arm(relative=True), Kind.DOUBLING, 0.02) == pytest.approx(0.001)
    assert bar(arm(relative=True), Kind.DOUBLING, 0.2) == 0.005
    assert bar(arm(effect=None, relative=True), Kind.DOUBLING, 0.2) == pytest.approx(0.01)


def test_a_bar_is_met_or_missed_beyond_the_noise_alone():
    assert outcome(0.01, 0.001, 4, 0.005) is Outcome.MISSED
    assert outcome(0.01, 0.003, 4, 0.005) is Outcome.WITHIN_NOISE
    assert outcome(0.01, 0.003, 40, 0.0045) is Outcome.MISSED  # more seeds are surer
    assert outcome(0.0, 0.001, 4, 0.005) is Outcome.MET
    assert outcome(0.0, 0.003, 4, 0.005) is Outcome.WITHIN_NOISE
    assert outcome(0.01, np.nan, 1, 0.005) is Outcome.OPEN


def test_resplits_of_one_data_set_are_less_sure():
    values = np.asarray([0.01, 0.02, 0.03, 0.02])
    alone = standard_error_of(values, 0.0)
    assert alone == pytest.approx(values.std(ddof=1) / 2)
    assert standard_error_of(values, 0.25) == pytest.approx(alone * np.sqrt(2))


def test_a_network_that_still_learns_misses_its_bar(monkeypatch, tmp_path, capsys):
    steps = tuned(arm())["steps"]
    status, out = run(
        monkeypatch, tmp_path, capsys, Errors({lambda s: s.get("steps", 0) > steps: 0.08})
    )
    assert status == 1
    assert "network-8 on friedman, m = 256: twice the steps gains 0.0203 ± 0.0001" in out
    assert "four times the steps gains" not in out  # it gains nothing beyond twice
    assert "1 of 1 arms audited in every way: 1 bars missed" in out


def test_settings_that_a_neighbour_or_the_library_beats_miss_their_bar(monkeypatch, tmp_path):
    errors = Errors({lambda s: s.get("rows") == "raw": 0.09})
    found = audited(monkeypatch, tmp_path, errors, arm(rbf_svm))
    assert found["defaults, raw rows"].outcome is Outcome.MISSED
    assert found["defaults, scaled rows"].outcome is Outcome.MET


@pytest.mark.usefixtures("_at_an_edge")
def test_an_edge_that_is_not_flat_is_told_apart_from_neighbours(monkeypatch, tmp_path):
    errors = Errors({lambda s: s.get("learning_rate", 0) > 0.4: 0.09})
    found = audited(monkeypatch, tmp_path, errors, arm())
    assert (found["learning_rate up"].kind, found["learning_rate up"].outcome) == (
        Kind.EDGE,
        Outcome.MISSED,
    )
    assert found["learning_rate down"].kind is Kind.NEIGHBOUR


def test_settings_as_good_as_any_pass_and_are_not_trained_again(monkeypatch, tmp_path, capsys):
    errors = Errors({})
    assert run(monkeypatch, tmp_path, capsys, errors)[0] == 0
    assert len(errors.asked) == 8
    assert run(monkeypatch, tmp_path, capsys, errors)[0] == 0
    assert len(errors.asked) == 8


def test_single_ways_of_training_can_be_asked_for(monkeypatch, tmp_path, capsys):
    errors = Errors({})
    more = ("--way=as tuned", "--way=twice the steps")
    assert run(monkeypatch, tmp_path, capsys, errors, *more)[0] == 1  # the others are open
    assert set(cell(arm(), tmp_path)["ways"]) == {"as tuned", "twice the steps"}


def test_more_seeds_are_added_to_those_that_were_measured(monkeypatch, tmp_path):
    errors = Errors({})
    audited(monkeypatch, tmp_path, errors, arm(), 2)
    found = audited(monkeypatch, tmp_path, errors, arm(), 5)
    assert {each.seeds for each in found.values()} == {5}
    measured = cell(arm(), tmp_path)["ways"][TUNED]["errors"]
    assert measured == pytest.approx([0.1 + 0.0001 * place for place in range(5)])


def test_an_interrupted_audit_keeps_what_it_measured_and_goes_on(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(table, "errors_of", Errors({}))
    next(measure(arm(), 4, tmp_path))  # and no further
    assert len(open_ways(arm(), 4, tmp_path)) == 7
    status, out = run(monkeypatch, tmp_path, capsys, Errors({}), "--check")
    assert status == 1
    assert "network-8 on friedman, m = 256: 7 ways of training were not measured" in out
    errors = Errors({})
    assert run(monkeypatch, tmp_path, capsys, errors)[0] == 0
    assert len(errors.asked) == 7


def test_what_was_measured_with_other_settings_is_not_taken_for_the_committed(
    monkeypatch, tmp_path
):
    audited(monkeypatch, tmp_path, Errors({}), arm())
    file = tmp_path / "friedman.json"
    content = json.loads(file.read_text())
    content[arm().key]["ways"]["learning_rate up"]["settings"]["steps"] += 1
    file.write_text(json.dumps(content))
    table.read.cache_clear()
    assert list(open_ways(arm(), 4, tmp_path)) == ["learning_rate up"]
    content[arm().key]["digest"] = "0"
    file.write_text(json.dumps(content))
    table.read.cache_clear()
    assert len(open_ways(arm(), 4, tmp_path)) == 8


def test_it_measures_what_training_gives(tmp_path):
    one = arm(logistic_regression, m=64)
    list(measure(one, 3, tmp_path))
    measured = cell(one, tmp_path)["ways"][TUNED]
    again = errors.errors_of(friedman, logistic_regression, 64, measured["settings"], seeds(3))
    assert tuple(measured["errors"]) == again


def test_its_line_stands_beside_those_of_other_tiers(tmp_path):
    file = tmp_path / "training.toml"
    nothing = Summary([], [], [], {})
    page.write_line(nothing, "standard", file)
    page.write_line(Summary([arm()], [], [], {arm(): 2}), "quick", file)
    lines = declared.training(tmp_path)
    assert list(lines) == ["quick", "standard"]
    assert lines["quick"].startswith("the audit does not pass. 0 of 1 arms audited in every way: ")
    assert lines["standard"].startswith("the audit passes. ")


def test_the_committed_line_is_what_the_committed_audit_comes_to(tmp_path):
    found = command.summary(command.parser().parse_args(["--tier=quick"]))
    page.write_line(found, "quick", tmp_path / "training.toml")
    committed, renewed = (declared.training(each)["quick"] for each in (CLAIMS, tmp_path))
    assert renewed == committed, "run `python -m fixtures.audit --check --page`"

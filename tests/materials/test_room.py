"""What learners are known to err: measured with the committed settings, wherever a claim asks."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fixtures import room
from fixtures.errors import SEEDS, errors_of
from fixtures.learners import known, logistic_regression
from fixtures.learners.known import known_of
from fixtures.subjects import LEARNERS
from fixtures.tasks.friedman import friedman
from fixtures.tasks.mnist1d import mnist1d
from fixtures.tiers import TIERS
from pytest_scaling import SettingsError
from pytest_scaling.trials.seeds import VERDICT_SEEDS
from tests.planted.rates import Stage
from tests.planted.world import PlantedLearner
from tests.planted.worlds import LECTURE

ASKING = {"curve", "ranking"}  # what bodies ask whether a task counts


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "FOLDER", tmp_path)
    monkeypatch.setattr(known, "FOLDER", tmp_path)
    known_of.cache_clear()
    yield tmp_path
    known_of.cache_clear()


def test_what_is_known_is_measured_on_seeds_that_no_verdict_uses():
    assert min(SEEDS) >= VERDICT_SEEDS


def test_an_error_is_that_with_the_committed_settings_beside_that_of_guessing(folder):
    subject = (friedman, logistic_regression, 256)
    assert room.new(subject)
    room.write(subject, room.measured(subject))
    assert not room.new(subject)
    told = logistic_regression.expected("friedman", 256)
    settings = logistic_regression.settings("friedman", 256)
    assert told["error"] == pytest.approx(
        np.mean(errors_of(friedman, logistic_regression, 256, settings)), abs=1e-5
    )
    assert told["majority_error"] == pytest.approx(0.5, abs=0.01)
    assert logistic_regression.expected("friedman", 1_024) == {}
    assert logistic_regression.expected("unheard-of", 256) == {}


def test_an_error_with_other_settings_is_measured_again(folder):
    subject = (mnist1d, logistic_regression, 256)
    room.write(subject, {"error": 0.1, "majority_error": 0.9, "settings": {"C": 123}})
    assert room.new(subject)


@pytest.mark.parametrize("tier", ["quick", "standard"])
def test_all_is_known_that_a_claim_of_the_suite_asks_for(tier, monkeypatch):
    """Planted networks have one width in all tiers, so the tier's sizes run under another name."""
    sizes = replace(TIERS[tier], name="standard", most_seeds=10, test_rows=100, draws=1)
    seen = set()

    def expected(self, task, m):
        seen.add((task, self.name, m))
        return {"error": 0.3, "majority_error": 0.5}

    monkeypatch.setattr(PlantedLearner, "expected", expected)
    stage = Stage(LECTURE, sizes)
    for id, planted in stage.claims.items():
        if ASKING & set(planted.body.arguments):
            stage.evaluate(id)
    assert len(seen) > 40
    asked = {(task.name, learner.name, m) for task, learner, m in room.asked(sizes)}
    assert seen - asked == set()


def current(task, name, m):
    """The committed settings of a learner of the suite by its name; None where there are none."""
    learner = next(each for each in LEARNERS if each.name == name)
    try:
        settings = {**learner.settings(task, m)}
    except SettingsError:
        return None
    settings.pop("intelex", None)
    return settings


def test_what_is_known_was_measured_with_the_settings_that_are_committed():
    files = sorted(room.FOLDER.glob("*.json"))
    assert files
    stale = [
        f"{file.stem}, {name}, m = {m}"
        for file in files
        for name, rows in json.loads(file.read_text(encoding="utf-8")).items()
        for m, found in rows.items()
        if found["settings"] != current(file.stem, name, int(m))
    ]
    assert stale == [], "measure them again with `python -m fixtures.room`"

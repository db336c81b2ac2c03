"""`python -m fixtures.audit`: trained to the end, and opponents at full strength."""

import json
from dataclasses import dataclass, field

import pytest

from fixtures import audit, errors
from fixtures.audit import SEEDS, TUNED, ways
from fixtures.learners import logistic_regression, rbf_svm, small_network
from fixtures.spaces import SPACES, family
from fixtures.subjects import LEARNERS
from fixtures.tasks.friedman import friedman
from pytest_scaling.trials.seeds import VERDICT_SEEDS

M = 256
ARGUMENTS = ["--tier=quick", "--task=friedman", "--workers=1"]


@dataclass
class Errors:
    """What training would give: an error by way of training, and how often it was asked for."""

    of: dict
    asked: list = field(default_factory=list)

    def __call__(self, task, learner, m, settings, seeds):
        self.asked.append(settings)
        base = next((e for test, e in self.of.items() if test(settings)), 0.1)
        return tuple(base + 0.0001 * place for place, _ in enumerate(seeds))


def run(monkeypatch, tmp_path, capsys, errors, *more, learner="network-8"):
    monkeypatch.setattr(audit, "errors_of", errors)
    status = audit.main([*ARGUMENTS, f"--out={tmp_path}", f"--learner={learner}", *more])
    return status, capsys.readouterr().out


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    """One size of one learner is enough."""
    monkeypatch.setattr(audit, "Parallel", lambda n_jobs: _InOrder())
    monkeypatch.setattr(
        audit,
        "audited",
        lambda tier: [
            (friedman, each, M)
            for each in LEARNERS
            if family(each) in SPACES and each.name in ("network-8", "rbf-svm")
        ],
    )


class _InOrder:
    def __enter__(self):
        return lambda calls: [function(*a, **k) for function, a, k in calls]

    def __exit__(self, *error):
        return None


def test_its_seeds_neither_tune_nor_judge():
    assert min(SEEDS) > max(errors.SEEDS) >= VERDICT_SEEDS


def test_a_network_is_trained_longer_and_with_every_neighbouring_setting():
    found = dict(ways(small_network, friedman, M))
    tuned = found[TUNED]
    assert found["twice the steps"] == {**tuned, "steps": 2 * tuned["steps"]}
    assert found["four times the steps"] == {**tuned, "steps": 4 * tuned["steps"]}
    assert found["learning_rate higher"]["learning_rate"] == 2 * tuned["learning_rate"]
    assert found["defaults"]["learning_rate"] == 0.001
    assert len(found) == 8


def test_an_opponent_meets_the_defaults_of_its_library_on_features_scaled_in_both_ways():
    found = dict(ways(rbf_svm, friedman, M))
    for scaling in ("columns", "together"):
        default = found[f"defaults, scaled {scaling}"]
        assert (default["C"], default["gamma"], default["scaling"]) == (1, 1, scaling)
    assert not any("intelex" in settings for settings in found.values())
    assert "twice the steps" not in found


def test_a_network_that_still_learns_falls_short(monkeypatch, tmp_path, capsys):
    steps = small_network.settings("friedman", M)["steps"]
    errors = Errors({lambda s: s["steps"] > steps: 0.08})
    status, out = run(monkeypatch, tmp_path, capsys, errors)
    assert status == 1
    assert "network-8 on friedman, m = 256: twice the steps gains 0.0200" in out
    assert "four times" not in out  # it gains nothing beyond twice
    assert "1 of 1 audited, 1 fall short" in out


def test_settings_that_a_neighbour_or_the_library_beats_fall_short(monkeypatch, tmp_path, capsys):
    errors = Errors({lambda s: (s["C"], s["scaling"]) == (1, "together"): 0.09})
    status, out = run(monkeypatch, tmp_path, capsys, errors, learner="rbf-svm")
    assert status == 1
    assert "defaults, scaled together gains 0.01" in out


def test_settings_as_good_as_any_pass_and_are_not_trained_again(monkeypatch, tmp_path, capsys):
    errors = Errors({})
    assert run(monkeypatch, tmp_path, capsys, errors) == (0, "1 of 1 audited, 0 fall short\n")
    assert len(errors.asked) == 8
    assert run(monkeypatch, tmp_path, capsys, errors)[0] == 0
    assert len(errors.asked) == 8
    lines = (tmp_path / "friedman.jsonl").read_text().splitlines()
    assert {json.loads(line)["way"] for line in lines} == set(
        dict(ways(small_network, friedman, M))
    )


def test_findings_of_other_settings_are_not_taken_for_those_of_the_committed(
    monkeypatch, tmp_path, capsys
):
    run(monkeypatch, tmp_path, capsys, Errors({}))
    file = tmp_path / "friedman.jsonl"
    first, *rest = [json.loads(line) for line in file.read_text().splitlines()]
    first["settings"]["steps"] += 1
    file.write_text("".join(json.dumps(line) + "\n" for line in (first, *rest)))
    status, out = run(monkeypatch, tmp_path, capsys, Errors({}), "--check")
    assert status == 1
    assert "network-8 on friedman, m = 256: as tuned was not measured" in out


def test_it_measures_what_training_gives(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "audited", lambda tier: [(friedman, logistic_regression, 64)])
    status = audit.main([*ARGUMENTS, f"--out={tmp_path}"])
    found = audit.read("friedman", tmp_path)
    tuned = next(each for each in found if each.way == TUNED)
    again = errors.errors_of(friedman, logistic_regression, 64, tuned.settings, SEEDS)
    assert tuned.errors == again
    assert status in (0, 1)

"""The gate on made-up learners: quiet where nothing changed, and not where something did.

A few runs of what `python -m tests.ledger.alarms` measures with many, for the tables of
docs/explanation/regression.md.
"""

import pytest

from pytest_scaling.ledger import gate
from pytest_scaling.ledger.watched import effects, verdicts
from tests.ledger.alarms import false_alarms, found, risen, unreached

pytestmark = pytest.mark.bench

RUNS, PAIRS = 10, 20


@pytest.mark.parametrize("same_seeds", [True, False])
def test_unchanged_code_raises_no_alarm(tmp_path, same_seeds):
    """Two alarms in ten runs have a chance of 0.004 where one run in a hundred alarms."""
    assert false_alarms(RUNS, tmp_path, same_seeds=same_seeds)["any"] < 2


def test_a_gate_without_its_level_and_its_least_loss_would_alarm(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "level_for", lambda row, rows: 0.4)
    monkeypatch.setattr(effects, "SHRINK", 0.0)
    monkeypatch.setattr(effects, "least", lambda evidence, claim: 0.0)
    assert false_alarms(RUNS, tmp_path, same_seeds=False)["effect"] > RUNS / 2


@pytest.mark.parametrize("same_seeds", [True, False])
def test_a_planted_loss_is_found(tmp_path, same_seeds):
    caught = found(PAIRS, tmp_path, loss=2.0, spread=0.1, same_seeds=same_seeds)
    assert caught > 0.8 * PAIRS


def test_a_loss_that_does_not_matter_is_left_alone(tmp_path):
    assert found(PAIRS, tmp_path, loss=0.5, spread=0.1, same_seeds=True) == 0


def test_a_verdict_that_is_no_longer_reached_fails_on_the_same_seeds(tmp_path):
    caught, lost = unreached(PAIRS, tmp_path, spread=0.2, noise=0.1)
    assert lost > PAIRS / 2
    assert caught > 0.8 * lost


def test_without_a_margin_rounding_would_alarm(tmp_path, monkeypatch):
    monkeypatch.setattr(verdicts, "KEEPS", 1.0)
    monkeypatch.setattr(verdicts, "LITTLE", 9.0)
    assert false_alarms(RUNS, tmp_path, same_seeds=True, noise=0.5)["verdict"] > 2


def test_an_error_that_rises_in_both_arms_is_found_though_their_contrast_holds(tmp_path):
    assert risen(PAIRS, tmp_path / "more", rise=1.5) == PAIRS
    assert risen(PAIRS, tmp_path / "less", rise=0.5) == 0

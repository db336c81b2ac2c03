"""Verdicts over time, from the commits of a ledger."""

from __future__ import annotations

import json
import subprocess

import pytest

from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.report.page.overview import history as module
from pytest_scaling.report.page.overview.history import history

PROFILE = "cpu-x86_64-float32-deterministic-quick"


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    git(tmp_path, "init", "-q")
    return Ledger(tmp_path / "ledger", PROFILE)


def git(folder, *arguments):
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *names, *arguments], check=True, capture_output=True)


def commit(ledger: Ledger, **verdicts: str) -> None:
    for name, verdict in verdicts.items():
        path = ledger.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        cells = [{"verdict": "inconclusive"}]
        path.write_text(json.dumps({"cells": cells, "verdict": verdict}, indent=1), "utf-8")
    git(ledger.directory.parent, "add", ".")
    git(ledger.directory.parent, "commit", "-qm", "rows", "--date=2026-11-01T12:00:00")


def test_a_verdict_that_turned_has_its_past_oldest_first(ledger):
    commit(ledger, turned="inconclusive", same="supported")
    commit(ledger, turned="supported")
    commit(ledger, same="supported", new="refuted")
    found = history(ledger)
    (name, past), *others = found.verdicts.items()
    assert (name, others) == ("turned", [])
    assert [each.verdict for each in past] == ["inconclusive", "supported"]
    assert past[0].commit != past[1].commit
    assert found.commit not in ("", past[0].commit, past[1].commit)
    assert len(found.date) == len("2026-11-01")


def test_without_version_control_there_is_none(tmp_path):
    assert history(Ledger(tmp_path / "ledger", PROFILE)).verdicts == {}


def test_a_checkout_without_its_history_has_none(ledger, tmp_path_factory):
    commit(ledger, turned="inconclusive")
    commit(ledger, turned="supported")
    shallow = tmp_path_factory.mktemp("shallow") / "clone"
    origin = ledger.directory.parent.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", origin, shallow], check=True)
    found = history(Ledger(shallow / "ledger", PROFILE))
    assert found.verdicts == {}
    assert found.commit


def test_a_git_that_is_slow_is_not_waited_for(ledger, monkeypatch):
    commit(ledger, turned="inconclusive")
    commit(ledger, turned="supported")
    monkeypatch.setattr(module, "SECONDS", 1e-9)
    assert history(ledger) == module.History()

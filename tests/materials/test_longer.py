"""`python -m fixtures.longer`: verdicts when networks train longer."""

import json
import subprocess

from fixtures import longer
from fixtures.learners import large_network
from fixtures.learners.network import LONGER

QUICKLY = "-k=relu-unit-slope"  # a claim without training


def test_networks_train_as_many_times_longer_as_the_variable_says(monkeypatch):
    steps = large_network.settings("friedman", 256)["steps"]
    monkeypatch.setenv(LONGER, "4")
    assert large_network.settings("friedman", 256)["steps"] == 4 * steps


def test_the_command_runs_the_claims_and_writes_their_verdicts(tmp_path, capsys):
    assert longer.main([f"--out={tmp_path}", QUICKLY]) == 0
    verdicts = json.loads((tmp_path / "longer-quick.json").read_text())
    assert verdicts["relu-unit-slope"] == {"1": "supported", "2": "supported", "4": "supported"}
    assert "0 of 2 verdicts changed" in capsys.readouterr().out


def test_a_verdict_that_depends_on_the_length_of_training_is_told(tmp_path, capsys, monkeypatch):
    def run(command, env, check):
        report = next(each for each in command if each.startswith("--scaling-report="))
        records = tmp_path / report.partition("=")[2] / "records"
        records.mkdir(parents=True)
        verdict = "refuted" if env[LONGER] == "4" else "supported"
        for claim, found in {"a": verdict, "b": "supported"}.items():
            record = {"claim": {"id": claim}, "verdict": found}
            (records / f"{claim}.json").write_text(json.dumps(record))
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(subprocess, "run", run)
    assert longer.main([f"--out={tmp_path}"]) == 1
    out = capsys.readouterr().out
    assert "a: supported with 1 times the steps, supported with 2 times the steps, refuted" in out
    assert "1 of 2 verdicts changed" in out

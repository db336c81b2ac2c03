"""A run never takes for its own what other code or other data gave, and says so."""

import re

import pytest

from tests.acceptance.project import body, outcomes, output, stored

PLACE = """
PLACE = {}

class Mine(Planted):
    def fit_predict(self, block, settings, device):
        return super().fit_predict(block, {{"error": PLACE, "spread": 0.0}}, device)

mine = Mine("mine")
"""
LINE = "assert compare({}, good, task=task, m=m_small) > smallest_effect"
FIXTURES = "compare, task, m_small, smallest_effect"
WORSE = body("worse", FIXTURES, LINE.format("mine"))


def trained(result):
    return tuple(map(int, re.findall(r"trials: (\d+) trained, (\d+) recalled", output(result))[0]))


def test_a_learner_that_is_edited_is_judged_anew(project):
    project.claims(PLACE.format(0.3), WORSE)
    first = project.run("-v", store="own.db")
    assert outcomes(first) == {"worse": "PASSED"}
    count, _ = trained(first)
    project.claims("# In other words.\n", PLACE.format(0.3), WORSE)
    assert trained(project.run(store="own.db")) == (0, count)
    project.claims(PLACE.format(0.1), WORSE)
    changed = project.run("-v", store="own.db")
    assert outcomes(changed) == {"worse": "FAILED"}
    assert "the code of learner mine changed since 2" in output(changed)
    assert "its results differ" in output(changed)
    project.claims(PLACE.format("0.05 + 0.25"), WORSE)
    kept = project.run("-v", store="own.db")
    assert outcomes(kept) == {"worse": "PASSED"}


@pytest.mark.parametrize("options", [(), ("-n2",)])
def test_two_learners_of_one_name_are_an_error(project, options):
    other = body("other", FIXTURES, LINE.format("Planted('mine', error=0.4)"))
    project.claims(PLACE.format(0.3), WORSE, other)
    result = project.run(*options, store="own.db")
    assert result.ret == 4
    assert (
        "ERROR: two different learners are named 'mine' (test_claims.Mine and machines.Planted); "
        "give each a name of its own"
    ) in output(result)
    assert stored(project.path / "own.db") == 0


def test_fresh_learners_are_trained_again(project):
    project.claims(PLACE.format(0.3), WORSE)
    count, _ = trained(project.run(store="own.db"))
    assert trained(project.run("--scaling-fresh=mi*", store="own.db")) == (count // 2, count // 2)
    assert trained(project.run("--scaling-fresh", store="own.db")) == (count, 0)
    assert trained(project.run(store="own.db")) == (0, count)
    missed = project.run("--scaling-fresh=mi*,minne", store="own.db")
    assert trained(missed) == (count // 2, count // 2)
    assert (
        "--scaling-fresh=minne trained nothing again, because no claim that was decided has a "
        "learner of that name; did you mean mine?"
    ) in output(missed)
    assert "--scaling-fresh=mi*" not in output(missed)
    wrong = project.run("--scaling-fresh", "test_claims.py", store="own.db")
    assert wrong.ret == 4
    assert "takes names of learners, and 'test_claims.py' is a path" in output(wrong)
    wrong = project.run("--scaling-fresh", "--claims-offline", store="own.db")
    assert wrong.ret == 4


SNEAKY = """
import os

class Sneaky(Planted):
    def fit_predict(self, block, settings, device):
        error = float(open(os.environ["PLANTED"]).read())
        return super().fit_predict(block, {"error": error, "spread": 0.0}, device)

mine = Sneaky("mine")
"""


@pytest.mark.parametrize("options", [(), ("-n2",)])
def test_in_ci_a_recalled_trial_is_checked(project, monkeypatch, options):
    source = project.path / "planted"
    source.write_text("0.3")
    monkeypatch.setenv("PLANTED", str(source))
    project.claims(SNEAKY, WORSE, body("again", FIXTURES, LINE.format("mine")))
    assert project.run(*options, store="own.db").ret == 0
    monkeypatch.setenv("CI", "true")
    assert project.run(*options, store="own.db").ret == 0
    source.write_text("0.2")
    checked = project.run(*options, "--scaling-spot-check=9", store="own.db")
    assert checked.ret == 1
    told = re.findall(r"^(.*): trained again for a spot check", output(checked), re.MULTILINE)
    assert told
    assert len(set(told)) == len(told)
    assert "mine on sign, m = " in output(checked)
    assert "trained again for a spot check, it gives other results than the store" in output(
        checked
    )
    assert "--scaling-fresh=mine" in output(checked)
    assert project.run(*options, "--scaling-spot-check=0", store="own.db").ret == 0
    monkeypatch.delenv("CI")
    assert project.run(*options, store="own.db").ret == 0

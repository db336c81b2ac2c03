"""The gate: a run compared with its ledger, and what a run may write into it."""

import json
import subprocess

import pytest

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.record import digest
from tests.acceptance.project import body, outcomes, output, stated

ACCEPT = ("--claims-update=new", "--claims-reason=first verdicts")
CHANGE = ("--claims-update=changed", "--claims-reason=it is so now")
PRUNE = ("--claims-update=prune", "--claims-reason=they are gone")
USAGE = pytest.ExitCode.USAGE_ERROR
OTHER = "cpu-riscv-float32-deterministic-quick"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["here", "in workers"])


def learner(error, version=1, name="changing"):
    """A claim about a learner whose error, or version, changes from run to run."""
    return (
        f"changing = Planted({name!r}, {error}, version={version})",
        body(
            "it",
            "compare, task, m_small, smallest_effect",
            "assert compare(changing, good, task=task, m=m_small) > smallest_effect",
        ),
    )


def rows(project):
    return {path.name: path.read_bytes() for path in project.rows.glob("*.json")}


def edit(project, name, change):
    path = project.rows / f"{name}.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    change(row)
    path.write_text(dump(row | {"digest": digest(row)}), encoding="utf-8")


def git(project, *arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(
        ["git", *identity, *arguments], cwd=project.path, check=True, capture_output=True
    )


def committed(project):
    """Put the project under version control as it is."""
    (project.path / ".gitignore").write_text("*\n!*.py\n!.gitignore\n!ledger/**\n")
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")


@WORKERS
def test_a_change_of_the_code_fails_with_what_changed_and_how_to_accept_it(project, workers):
    project.claims(*learner(0.3))
    project.run(*ACCEPT)
    project.claims(*learner(0.17, version=2))
    result = project.run("-v", *workers)
    text = output(result)
    assert (result.ret, outcomes(result)) == (1, {"it": "FAILED"})
    assert "learner version of changing on sign, m = 256 was 1 and is 2" in text
    assert "The code differs: the protocol has changed." in text
    assert "replace the row with --claims-update=changed --claims-reason '...'" in text


def test_an_effect_that_shrank_on_other_seeds_fails_from_what_to_what(project):
    """The same code gives less on the seeds from 1,000 on."""
    project.claims(
        "class Fading(Planted):\n"
        "    def fit_predict(self, block, settings, device):\n"
        "        less = 0.1 if block.seeds[0] >= 1000 else 0\n"
        "        settings = settings | {'error': settings['error'] - less}\n"
        "        return super().fit_predict(block, settings, device)\n",
        "changing = Fading('fading', 0.4)",
        learner(0)[1],
    )
    project.run(*ACCEPT)
    assert project.run().ret == 0
    result = project.run("-v", "--claims-seed-offset=1000")
    text = output(result)
    assert result.ret == 1
    assert "the effect shrank: error of fading minus good on sign, m = 256 was 0.3000 [" in text
    assert "and is 0.2000 [" in text
    assert "Code, libraries and machine are the same, but the seeds differ." in text


def test_other_numbers_without_any_reason_fail(project):
    project.claims(*learner(0.3))
    project.run(*ACCEPT)

    def nudge(row):
        arm = row["arms"][0]
        arm["metrics"]["majority_error"][2] += 1 / arm["test_rows"][2]

    edit(project, "it", nudge)
    result = project.run("-v")
    assert result.ret == 1
    assert "majority_error of changing on sign, m = 256, seed 2, was 0." in output(result)
    assert "so the code differs" in output(result)


def test_another_library_is_told_of_once_and_fails_nothing(project):
    names = ("one", "two")
    project.claims(*map(stated, names))
    project.run(*ACCEPT)
    for name in names:
        edit(project, name, lambda row: row["environment"]["libraries"].update(numpy="1.0"))
    result = project.run()
    assert result.ret == 0
    (line,) = [line for line in result.outlines if "numpy was 1.0" in line]
    assert line.startswith("ledger: 2 claims, numpy was 1.0 and is ")


@WORKERS
def test_a_changed_row_is_replaced_when_that_is_asked_for_and_others_are_left(project, workers):
    project.claims(*learner(0.3), stated("clear"))
    project.run(*ACCEPT)
    before = rows(project)
    project.claims(*learner(0.12), stated("clear"), stated("fresh"))
    result = project.run("-v", *CHANGE, *workers)
    assert outcomes(result) == {"it": "XFAIL", "clear": "PASSED", "fresh": "PASSED"}
    assert "ledger: replaced it.json" in output(result)
    after = rows(project)
    assert after["clear.json"] == before["clear.json"]
    row = json.loads(after["it.json"])
    assert (row["verdict"], row["blessing"]) == ("refuted", {"reason": "it is so now"})
    assert sorted(after) == ["clear.json", "it.json"]
    assert project.run("-v").ret == 0


def test_new_and_changed_rows_can_be_written_at_once(project):
    project.claims(*learner(0.3))
    project.run(*ACCEPT)
    project.claims(*learner(0.35), stated("fresh"))
    result = project.run("--claims-update=new,changed", "--claims-reason=both")
    assert "ledger: added fresh.json, replaced it.json" in output(result)


def test_nothing_is_replaced_where_nothing_changed(project):
    project.claims(*learner(0.3))
    project.run(*ACCEPT)
    before = rows(project)
    result = project.run(*CHANGE)
    assert "ledger: nothing to write for --claims-update=changed" in output(result)
    assert rows(project) == before


def test_every_verdict_gets_its_row(project):
    verdicts = ("supported", "refuted", "inconclusive", "not applicable")
    names = dict(zip(("a", "b", "c", "d"), verdicts, strict=True))
    project.claims(*(stated(name, verdict) for name, verdict in names.items()))
    project.run(*ACCEPT)
    kept = {name: json.loads(row)["verdict"] for name, row in rows(project).items()}
    assert kept == {f"{name}.json": verdict for name, verdict in names.items()}


@WORKERS
def test_rows_of_claims_that_are_gone_fail_a_whole_run_and_can_be_pruned(project, workers):
    project.claims(stated("clear"), stated("gone"))
    project.run(*ACCEPT)
    project.run("--scaling-tier=standard", *ACCEPT)
    project.claims(stated("clear"))
    result = project.run(*workers)
    assert result.ret == 1
    assert "wrong: gone in cpu-" in output(result)
    assert "exit status 1 though no test failed: gone in cpu-" in output(result)
    assert "a row without its claim; --claims-update=prune removes it" in output(result)
    result = project.run(*PRUNE, *workers)
    assert result.ret == 0
    assert "ledger: removed gone.json, removed gone.json" in output(result)
    left = {path.name for path in (project.path / "ledger").rglob("*.json")}
    assert left == {"clear.json"}


PARTIAL = {
    "a selection": (("-k", "clear"), "some were deselected"),
    "an expression": (("-m", "claim"), "-m leaves some out"),
    "a file": (("test_claims.py",), "this run named only some of the files"),
    "a task": (("--scaling-tasks=sign",), "--scaling-tasks leaves some out"),
    "a file that is left out": (("--ignore=test_more.py",), "--ignore leaves some out"),
    "the last failed": (("--lf",), "--lf leaves some out"),
}


@pytest.mark.parametrize("part", PARTIAL)
@WORKERS
def test_a_partial_run_neither_prunes_nor_complains_of_what_it_did_not_see(project, part, workers):
    options, words = PARTIAL[part]
    project.claims(stated("clear"), stated("gone"))
    project.claims(stated("more"), file="test_more.py")
    project.run(*ACCEPT)
    project.claims(stated("clear"), stated("other"))
    before = rows(project)
    assert project.run(*options, *workers).ret == 0
    result = project.run(*options, *PRUNE, *workers)
    assert result.ret == USAGE
    text = output(result)
    assert f"--claims-update=prune needs a run of all claims, and {words}" in text
    assert rows(project) == before


def test_a_second_row_of_a_claim_fails_a_run(project):
    project.claims(stated("clear"))
    project.run(*ACCEPT)
    (project.rows / "clear copy.json").write_bytes((project.rows / "clear.json").read_bytes())
    result = project.run()
    assert result.ret == 1
    assert "wrong: clear copy.json is a duplicate: it holds a row of 'clear'" in output(result)


@WORKERS
def test_a_claim_without_a_row_is_told_of_and_fails_only_behind_the_gate(project, workers):
    project.claims(stated("clear"))
    project.run(*ACCEPT)
    project.claims(stated("clear"), stated("fresh"))
    result = project.run(*workers)
    assert result.ret == 0
    assert "no row yet in cpu-" in output(result)
    result = project.run("--claims-gate", *workers)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["wrong: no row yet in cpu-*: fresh; --claims-update=new adds *"])


@WORKERS
def test_a_profile_that_was_never_measured_is_not_comparable(project, workers):
    project.claims(stated("clear"))
    project.run(*ACCEPT)
    project.rows.rename(project.rows.with_name(OTHER))
    result = project.run(*workers)
    assert result.ret == 0
    words = f"not comparable: the ledger has no row of the profile {project.rows.name} "
    assert f"{words}(it has {OTHER})" in output(result)
    assert project.run("--claims-gate", *workers).ret == 6


def test_a_failing_claim_outweighs_what_cannot_be_compared(project):
    project.claims(stated("brave", "refuted"))
    assert project.run("--claims-gate").ret == 1


@WORKERS
def test_a_dirty_tree_is_refused_before_anything_is_measured(project, workers):
    project.claims(stated("clear"))
    committed(project)
    project.claims(stated("clear"), stated("new"))
    result = project.run(*ACCEPT, *workers, store="dirty.db")
    assert result.ret == USAGE
    assert (
        "ERROR: --claims-update needs a clean tree, so that the ledger belongs to a commit, and "
        "1 file differs from it (test_claims.py); commit or stash them"
    ) in output(result)
    assert not (project.path / "dirty.db").exists()
    assert rows(project) == {}


def test_rows_of_an_earlier_update_do_not_make_a_tree_dirty(project):
    project.claims(stated("clear"))
    committed(project)
    assert project.run(*ACCEPT).ret == 0
    assert project.run("--scaling-tier=standard", *ACCEPT).ret == 0
    assert len(list((project.path / "ledger").rglob("*.json"))) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--claims-update=changed"],
            "--claims-update needs --claims-reason 'why the ledger changes'",
        ),
        (["--claims-update=new", "--claims-reason= "], "--claims-update needs --claims-reason"),
        (
            ["--claims-update=all", "--claims-reason=x"],
            "--claims-update takes new, changed, prune, or several of them with commas, not 'all'",
        ),
        (["--claims-update=", "--claims-reason=x"], "--claims-update takes new, changed, prune"),
        (
            [*ACCEPT, "--claims-seed-offset=1000"],
            "--claims-update keeps the seeds of the ledger from 0 on; leave out "
            "--claims-seed-offset",
        ),
        ([*ACCEPT, "--claims-strict"], "--claims-update keeps the ledger at each claim's own"),
    ],
)
def test_an_update_that_would_not_be_one_is_a_usage_error(project, options, sentence):
    project.claims(stated("clear"))
    result = project.run(*options)
    assert result.ret == USAGE
    assert f"ERROR: {sentence}" in output(result)
    assert rows(project) == {}


KILLED = """
import os, signal
import pytest_scaling.ledger.ledger as ledger
replace, done = os.replace, []
def pytest_configure(config):
    if hasattr(config, "workerinput"):
        ledger.write = None  # a worker that writes fails
    def once(source, target):
        if done:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(target)
        replace(source, target)
    os.replace = once
"""


@WORKERS
def test_a_run_that_is_killed_between_rows_leaves_whole_rows_and_takes_up_where_it_ended(
    project, workers
):
    project.claims(*learner(0.3), stated("clear"), stated("third"))
    project.run(*ACCEPT)
    before = rows(project)
    project.claims(*learner(0.35), stated("clear", smallest_effect="0.06"), stated("third"))
    conftest = project.path / "conftest.py"
    conftest.write_text(KILLED)
    project.run(*CHANGE, *workers)
    conftest.unlink()
    after = rows(project)
    assert sorted(after) == sorted(before)
    changed = [name for name in before if after[name] != before[name]]
    assert len(changed) == 1
    for content in after.values():
        row = json.loads(content)
        assert row["digest"] == digest(row)
    result = project.run(*CHANGE)
    assert output(result).count("replaced") == 1
    assert project.run().ret == 0


def test_a_run_in_workers_writes_the_rows_that_a_run_without_writes(project):
    project.claims(*learner(0.3), stated("clear"))
    project.run(*ACCEPT, "-n2")
    spread = rows(project)
    for path in project.rows.iterdir():
        path.unlink()
    project.run(*ACCEPT)
    assert rows(project) == spread


def test_strict_levels_are_held_against_the_ledger_by_verdicts_alone(project):
    project.claims(stated("clear"), stated("brave", "refuted"))
    project.run(*ACCEPT)
    result = project.run("-v", "--claims-strict")
    assert (result.ret, outcomes(result)) == (0, {"clear": "PASSED", "brave": "XFAIL"})


def test_a_part_of_the_tasks_is_held_against_its_part_of_the_protocol(project):
    both = {"tasks": "[sign, Sign('other')]"}
    project.claims(stated("clear", **both))
    project.run(*ACCEPT)
    assert project.run("--scaling-tasks=other").ret == 0
    project.claims(stated("clear", **both, smallest_effect="0.06"))
    result = project.run("--scaling-tasks=other")
    assert result.ret == 1
    assert "its protocol changed: smallest effect was 0.05 and is 0.06" in output(result)


def test_what_the_ledger_said_is_in_the_record(project):
    project.claims(*learner(0.3))
    assert project.records()["it"]["ledger"] is None
    project.run(*ACCEPT)
    held = project.records()["it"]["ledger"]
    assert (held["verdict"], held["reason"], held["findings"]) == (
        "supported",
        "first verdicts",
        [],
    )
    project.claims(*learner(0.4))
    (finding,) = project.records()["it"]["ledger"]["findings"]
    assert finding["kind"] == "protocol"


def test_regressions_are_properties_in_junit_xml(project):
    project.claims(*learner(0.3))
    project.run(*ACCEPT)
    project.claims(*learner(0.35))
    project.run("--junitxml=out.xml")
    xml = (project.path / "out.xml").read_text(encoding="utf-8")
    assert '<property name="regression" value="its protocol changed: error of changing on' in xml
    assert '<property name="claim" value="it"' in xml
    assert '<property name="digest" value="' in xml

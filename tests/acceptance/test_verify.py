"""`python -m pytest_scaling verify`: the stored samples are enough to compute every verdict."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.record import digest
from tests.acceptance.project import body, output, stated

ACCEPT = ("--claims-update=new", "--claims-reason=first verdicts")
HEAVY = {"joblib", "matplotlib", "rich", "sklearn", "torch"}
FIXED = """
from machines import *

class Fixed(Sign):
    def test_set(self, seed):
        return super().test_set(0)

class Cut(Planted):
    def fit_predict(self, block, settings, device):
        labels = (block.x_test[..., 0] > settings["error"]).astype(int)
        flipped = np.stack([np.random.default_rng(s).random(ROWS) < 0.02 for s in block.seeds])
        return Fit(labels ^ flipped, np.zeros(len(labels), dtype=bool))

good, rivals = Cut("good", 0.0), {"supported": Cut("poor", 0.9)}
"""
COMPARE = "compare, task, m_small, smallest_effect"
CURVE = "curve, race, task, m_small, m_large, smallest_effect"


@pytest.fixture
def verify(project):
    """Run the command in the project."""

    def run(*arguments):
        return project.command("verify", *arguments)

    return run


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Where the rows of `measured` are kept, so that it runs once."""
    return tmp_path_factory.mktemp("rows") / "ledger"


@pytest.fixture
def measured(project, rows):
    """A project with a row for a claim of every verdict."""
    project.claims(
        stated("brave", "refuted", tasks="[sign, Sign('other')]"),
        stated("clear"),
        stated("open", "inconclusive"),
        stated("far", "not applicable"),
        body("sum", "exact", "assert exact(1 + 1 == 2, 'one and one is two')"),
    )
    if not rows.exists():
        project.run(*ACCEPT)
        shutil.copytree(project.path / "ledger", rows)
    else:
        shutil.copytree(rows, project.path / "ledger")
    return project


def edit(project, name, change, *, renew=False):
    """Change a row as somebody would by hand; renew: with a digest that matches again."""
    path = project.rows / f"{name}.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    change(row)
    path.write_text(dump(row | ({"digest": digest(row)} if renew else {})), encoding="utf-8")


def first(row):
    return row["cells"][0]["evidence"][0]


def test_a_ledger_as_it_was_written_is_found_right_and_nothing_is_trained(measured, verify):
    result = verify()
    assert result.ret == 0, output(result)
    result.stdout.fnmatch_lines(["verified 5 rows of 5 claims in * s: all as their samples say"])


def test_verifying_imports_nothing_heavy(measured, project):
    code = (
        "import sys; from pytest_scaling.__main__ import main; "
        "status = main(['verify']); print('LOADED', *sys.modules); sys.exit(status)"
    )
    result = project.pytester.run(sys.executable, "-c", code)
    (loaded,) = [line for line in result.outlines if line.startswith("LOADED")]
    assert result.ret == 0
    assert {name.partition(".")[0] for name in loaded.split()} & HEAVY == set()


def set_sample(row):
    first(row)["samples"][2] += 1e-4


def set_metric(row):
    row["arms"][0]["metrics"]["error"][2] += 1 / row["arms"][0]["test_rows"][2]


def set_metric_with_its_pair(row):
    set_metric(row)
    row["discordant"][0]["rows"][2] += 1


EDITS = {
    "a sample": (set_sample, "cells[0].evidence[0].samples[2] is "),
    "a metric of an arm": (set_metric_with_its_pair, "].evidence[0]."),
    "the effect": (lambda row: first(row).update(value=0.123), "value is 0.123, and"),
    "a limit": (lambda row: first(row).update(low=0.123), "low is 0.123, and"),
    "the p-value": (lambda row: first(row).update(p=1e-9), "p is 1e-09, and"),
    "a bound": (lambda row: first(row).update(bound=0.01), "bound is 0.01, and"),
    "the verdict": (
        lambda row: row.update(verdict="supported"),
        "verdict is supported, and computed again it is refuted",
    ),
    "a cell's verdict": (
        lambda row: row["cells"][0].update(verdict="supported"),
        "cells[0].verdict is supported, and",
    ),
    "the sentence": (lambda row: first(row).update(sentence="so"), "sentence is so, and"),
    "a cell": (lambda row: row["cells"].pop(), "cells is "),
    "the reason": (lambda row: row.update(reason=""), "reason is , and"),
    "the words of the claim": (lambda row: row["claim"].update(text="No"), "claim.text is No"),
}


@pytest.mark.parametrize("renew", [False, True], ids=["old digest", "new digest"])
@pytest.mark.parametrize("part", EDITS)
def test_whatever_a_verdict_rests_on_is_found_where_it_was_edited(measured, verify, part, renew):
    change, words = EDITS[part]
    edit(measured, "brave", change, renew=renew)
    result = verify()
    text = output(result)
    assert result.ret == 1
    (line,) = [line for line in result.outlines if "brave.json" in line]
    assert " was edited, or its claim was: " in line
    assert words in line
    assert "verified 5 rows of 5 claims" in text


BROKEN = {
    "another number of seeds": (
        lambda row: first(row).update(n=9),
        "a comparison has more or fewer samples than seeds",
    ),
    "a metric that its pair excludes": (
        set_metric,
        "discordant[0] has a number of test rows that the errors of its arms exclude",
    ),
    "a field that is gone": (lambda row: first(row).pop("level"), "evidence[0]"),
    "a field too many": (lambda row: row.update(note="x"), "note is unknown"),
    "test rows below zero": (
        lambda row: row["arms"][0]["test_rows"].__setitem__(0, -400),
        "arms[0].test_rows[0] is below 0",
    ),
    "no environment": (lambda row: row.update(environment=None), "environment is no object"),
    "an error between two counts": (
        lambda row: row["arms"][0]["metrics"]["error"].__setitem__(0, 1e-6),
        "arms[0].metrics.error has a value that is no share of the test rows",
    ),
    "a part of an arm": (
        lambda row: row["arms"][0].pop("seeds"),
        "arms[0].seeds is absent",
    ),
    "a sample of an arm": (
        lambda row: row["arms"][0]["seeds"].pop(),
        "arms[0] has more or fewer values than seeds",
    ),
}


@pytest.mark.parametrize("part", BROKEN)
def test_a_row_that_is_not_as_the_schema_says_is_named_with_the_place(measured, verify, part):
    change, words = BROKEN[part]
    edit(measured, "brave", change, renew=True)
    result = verify("--isolated", "ledger")
    assert result.ret == 1
    (line,) = [line for line in result.outlines if "brave.json" in line]
    assert " does not match record.schema.json (" in line
    assert words in line


def test_a_trial_has_the_same_result_in_all_rows(measured, verify):
    def other(row):
        rows = row["arms"][0]["test_rows"][0]
        row["arms"][0]["metrics"]["majority_error"][0] = 1 / rows

    edit(measured, "open", other, renew=True)
    for arguments in ([], ["--isolated", "ledger"]):
        result = verify(*arguments)
        assert result.ret == 1
        assert " has majority error of " in output(result)


def test_in_isolation_nothing_of_the_project_is_imported(measured):
    measured.conftest("raise SystemExit('imported')")
    (measured.path / "json.py").write_text("raise SystemExit('imported')")
    command = [sys.executable, "-m", "pytest_scaling", "verify", "--isolated", "ledger"]
    run = subprocess.run(command, cwd=measured.path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "verified 5 rows of 5 claims in" in run.stdout
    assert "no claim was evaluated again" in run.stdout


UNUSED = {
    "a version": lambda row: row["environment"]["libraries"].update(numpy="9.9"),
    "a metric that nothing was made of": lambda row: row["arms"][0]["metrics"][
        "majority_error"
    ].__setitem__(0, 0.25),
    "the digest": lambda row: row.update(digest="0" * 64),
}


@pytest.mark.parametrize("part", UNUSED)
def test_what_no_figure_is_made_of_is_found_by_the_digest(measured, verify, part):
    edit(measured, "clear", UNUSED[part])
    result = verify()
    assert result.ret == 1
    assert "clear.json was changed after it was written: its digest does not" in output(result)


def test_a_row_that_is_missing_is_named(measured, verify):
    (measured.rows / "clear.json").unlink()
    result = verify()
    assert result.ret == 1
    assert "clear.json is missing: 'clear' has no row in the profile cpu-" in output(result)


def test_a_row_without_a_claim_is_named_unless_its_file_was_not_looked_at(measured, verify):
    measured.claims(stated("clear"))
    result = verify()
    assert result.ret == 1
    lines = [line for line in result.outlines if "no longer has a claim" in line]
    assert [Path(line.split()[0]).stem for line in lines] == ["brave", "far", "open", "sum"]
    assert verify("test_claims.py").ret == 0


def test_a_second_row_of_a_claim_is_named(measured, verify):
    (measured.rows / "clear copy.json").write_bytes((measured.rows / "clear.json").read_bytes())
    result = verify()
    assert result.ret == 1
    assert "clear copy.json is a duplicate: it holds a row of 'clear'" in output(result)


def test_a_row_of_another_profile_is_named(measured, verify):
    other = measured.rows.with_name("cpu-riscv-float32-deterministic-quick")
    measured.rows.rename(other)
    result = verify()
    assert result.ret == 1
    assert f"is in {other.name}, but is a row of the profile {measured.rows.name}" in output(result)


STALE = {
    "a setting": (
        "rivals['refuted'] = Planted('as-good', 0.11)",
        "error of as-good on sign, m = 256 was 0.1 and is 0.11",
    ),
    "a version": (
        "good = Planted('good', 0.1, version=2)",
        "learner version of good on sign, m = 256 was 1 and is 2",
    ),
}


@pytest.mark.parametrize("part", STALE)
def test_a_row_of_another_protocol_is_stale_and_says_what_changed(measured, verify, part):
    line, words = STALE[part]
    measured.claims(
        line,
        stated("brave", "refuted"),
    )
    result = verify("test_claims.py")
    text = output(result)
    assert result.ret == 1
    assert "brave.json is stale: " in text
    assert words in text or "(and " in text
    assert "evaluate the claim again with --claims-update=changed" in text


def test_a_smaller_effect_than_the_row_was_made_with_is_named(measured, verify):
    measured.claims(stated("clear", smallest_effect="0.01"))
    result = verify("test_claims.py")
    assert "clear.json is stale: smallest effect was 0.05 and is 0.01" in output(result)


def test_a_protocol_that_was_edited_does_not_fit_its_hash(measured, verify):
    edit(measured, "clear", lambda row: row["protocol"]["claim"].update(level=0.05), renew=True)
    result = verify()
    assert result.ret == 1
    assert "clear.json was edited: the hash of its protocol does not match" in output(result)


DAMAGE = {
    "": "cannot be read (JSONDecodeError",
    '{"schema": "claim-record/v9"}': "has the schema 'claim-record/v9', and this version",
    '{"schema": "claim-record/v1"}': "does not match record.schema.json (claim is absent)",
}


@pytest.mark.parametrize("content", DAMAGE)
def test_a_file_that_is_no_row_is_told_of_in_a_sentence(measured, verify, content):
    (measured.rows / "clear.json").write_text(content)
    result = verify()
    assert result.ret == 1
    assert f"clear.json {DAMAGE[content]}" in output(result)


def test_a_profile_that_was_never_measured_cannot_be_compared(measured, verify):
    result = verify("--profile", "cuda-x86_64-float32-deterministic-full")
    assert result.ret == 6
    assert "not comparable: the ledger ledger has no profile cuda-x86_64" in output(result)


@pytest.mark.parametrize("command", [["verify"], ["register", "--all", "--reason=now"]])
def test_a_learner_without_settings_is_named_in_a_sentence(measured, command):
    measured.claims(
        "from pytest_scaling import SettingsError\n"
        "def untuned(self, task, m): raise SettingsError('no settings: make them with `tune`')\n"
        "Planted.settings = untuned\n",
        stated("clear"),
    )
    result = measured.command(*command)
    assert result.ret == 4
    words = "test_clear[cpu] cannot be laid out: no settings: make them with `tune`"
    assert words in output(result)
    assert "Traceback" not in output(result)
    assert "INTERNALERROR" not in output(result)


def test_a_project_without_a_ledger_has_nothing_to_verify(project, verify):
    project.claims(stated("clear"))
    result = verify()
    assert result.ret == 6
    assert "not comparable: the ledger ledger has no row" in output(result)


def test_all_tiers_of_a_ledger_are_verified(measured, verify):
    measured.run("--scaling-tier=standard", *ACCEPT)
    assert "verified 10 rows of 5 claims" in output(verify())
    folder = measured.rows.name.replace("quick", "standard")
    assert "verified 5 rows of 5 claims" in output(verify("--profile", folder))


def test_every_kind_of_measurement_can_be_heard_again(project, verify):
    racers = (
        "class Racer(Planted):\n"
        "    def fit_predict(self, block, settings, device):\n"
        "        fit = super().fit_predict(block, settings, device)\n"
        "        steps = np.array([100.0 * self.error + seed for seed in block.seeds])\n"
        "        return Fit(fit.labels, fit.diverged, {'steps': steps, 'cap': 0 * steps + 99})\n"
    )
    tasks = "[sign, Sign('other')]"
    falling = "Planted('falling', on={256: 0.3, 4096: 0.2, 8192: 0.15, 16384: 0.1})"
    project.claims(
        racers,
        f"falling = {falling}",
        body("curve", CURVE, "assert curve(falling, task=task).gain(256, 16384) > smallest_effect"),
        body(
            "race",
            CURVE,
            "assert race(slow=Racer('slow', 0.6), fast=Racer('fast', 0.1), task=task, m=64) "
            "> smallest_effect",
        ),
        body(
            "ranking",
            "ranking, task, smallest_effect",
            "assert ranking(rivals['supported'], good, task=task, m=64).steps > smallest_effect",
        ),
        body(
            "interaction",
            "interaction, task, smallest_effect",
            "assert interaction(good, falling, task=task, m=(256, 16384)) > smallest_effect",
        ),
        body(
            "reversal",
            "reversal, tasks, smallest_effect",
            "assert reversal(good, rivals['supported'], tasks=tasks, m=64) > smallest_effect",
            tasks=tasks,
        ),
        body(
            "spread",
            "spread, task, smallest_effect",
            "assert spread(rivals['supported'], good, against=(good, good), task=task, m=64) "
            "> smallest_effect",
        ),
        body(
            "forecast",
            "forecast, task, bounds",
            "assert forecast(falling, task=task, m=16384).gain(bound='flat') > bounds.flat",
            bounds="{'flat': 0.03}",
        ),
        body(
            "measure",
            "measure, exact, task",
            "assert exact(max(measure(good, 'error', task=task, m=64)) < .5, 'half of them')",
        ),
        body(
            "alike",
            "compare, task, bounds",
            "assert equivalent(compare(good, good, task=task, m=(64, 128), bound='alike'), .02)",
            bounds="{'alike': (-0.02, 0.02)}",
        ),
    )
    project.run(*ACCEPT)
    assert len(list(project.rows.iterdir())) == 9
    result = verify()
    assert result.ret == 0, output(result)


def test_a_body_with_fixtures_of_its_own_is_heard_with_them(project, verify):
    project.conftest(
        "import pytest\n@pytest.fixture\ndef limit(tmp_path):\n    yield tmp_path and 0.05\n"
    )
    project.claims(
        body(
            "own",
            f"{COMPARE}, limit",
            "assert compare(rivals['supported'], good, task=task, m=m_small) > limit",
        )
    )
    project.run(*ACCEPT)
    result = verify()
    assert result.ret == 0, output(result)
    assert "verified 1 rows of 1 claims" in output(result)


def test_a_test_set_that_all_seeds_share_is_in_the_record_and_verified(project, verify):
    (project.path / "fixed.py").write_text(FIXED)
    project.claims("from fixed import *", stated("same-rows", tasks="[Fixed('fixed')]"))
    result = project.run(*ACCEPT, store="own.sqlite3")
    result.stdout.fnmatch_lines(["✓ It is so*same-rows"])
    (file,) = project.rows.glob("*.json")
    row = json.loads(file.read_text())
    marked = {arm["learner"]: "fixed_test_rows" in arm for arm in row["arms"]}
    assert marked == {"good": False, "poor": True}  # the errors of good are other rows every time
    assert first(row)["overlap"] > 0
    assert first(row)["notes"] == ["all seeds are judged on the same 400 test rows"]
    assert verify().ret == 0
    edit(project, "same-rows", lambda row: row["arms"][1].pop("fixed_test_rows"), renew=True)
    verify().stdout.fnmatch_lines(["*same-rows.json was edited*"])

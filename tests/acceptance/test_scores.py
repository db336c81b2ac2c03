"""Scores that exist, as a user judges them: verdict, ledger, verification and report."""

import json
import random

import pytest

from pytest_scaling.ledger.format import digest, dump
from tests.acceptance.project import body, outcomes, output

HEADER = {"smallest_effect": "0.02", "tasks": "None"}
HEAD = "from pytest_scaling import scores\na, b = scores('logs/a.csv'), scores('logs/b.csv')\n"


def scored(id, line="assert compare(a, b, cluster='document') > smallest_effect", **header):
    return body(id, "compare, smallest_effect", line, **(HEADER | header))


def write(project, name, rate, items=600):
    """A run that succeeds at `rate`, more often on some documents than on others."""
    (project.path / "logs").mkdir(exist_ok=True)
    rng = random.Random(name)
    lines = ["item,document,score"]
    for item in range(items):
        document = item // 5
        luck = random.Random(document).gauss(0, 0.15)
        lines.append(f"{item},{document},{int(rng.random() < rate + luck)}")
    (project.path / "logs" / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def runs(project):
    write(project, "a", 0.5)
    write(project, "b", 0.7)
    project.claims(
        HEAD,
        scored("better"),
        scored("worse", "assert compare(b, a, cluster='document') > smallest_effect"),
        scored("far-better", "assert compare(a, b) > smallest_effect", smallest_effect="0.2"),
        scored("as-good", "assert compare(a, b) < smallest_effect", smallest_effect="0.02"),
    )
    return project


def test_two_runs_get_a_verdict_like_any_other_claim(runs):
    result = runs.run("-vv")
    assert outcomes(result) == {
        "better": "PASSED",
        "worse": "FAILED",
        "far-better": "INCONCLUSIVE",
        "as-good": "FAILED",
    }
    text = output(result)
    assert "score of a minus b, paired by unit and clustered by document is -0.1867 [" in text
    assert "600 units detect an effect 0.0" in text
    assert "beyond the bound; " in text


def test_the_record_says_what_was_judged_and_has_no_path(runs):
    record = runs.records("-k", "better")["better"]
    (evidence,) = record["cells"][0]["evidence"]
    kept = evidence["scores"]
    assert (evidence["n"], kept["units"], kept["clustered_by"]) == (120, 600, "document")
    assert [each["name"] for each in kept["files"]] == ["logs/a.csv", "logs/b.csv"]
    assert str(runs.path) not in json.dumps({**record, "run": None})
    assert record["arms"] == []
    page = (runs.path / "out" / "index.html").read_text(encoding="utf-8")
    assert "logs/a.csv and logs/b.csv" in page


@pytest.fixture
def kept(runs):
    result = runs.run("--claims-update=new", "--claims-reason=first")
    assert "added as-good.json, added better.json" in output(result)
    return runs


def verify(project):
    return output(project.command("verify", "."))


def test_the_ledger_is_verified_without_the_files(kept):
    (kept.path / "logs" / "a.csv").unlink()
    assert "verified 4 rows of 4 claims" in (said := verify(kept))
    assert "all as their samples say" in said


@pytest.mark.parametrize("forged", ["samples", "sizes", "differ"])
def test_a_forged_score_is_found(kept, forged):
    row = kept.rows / "better.json"
    content = json.loads(row.read_text(encoding="utf-8"))
    (evidence,) = content["cells"][0]["evidence"]
    if forged == "samples":
        evidence["samples"][3] += 0.2
    elif forged == "sizes":
        evidence["scores"]["sizes"][:2] = [4, 6]
    else:
        evidence["scores"]["differ"] = [600, 0]
    row.write_text(json.dumps(content), encoding="utf-8")
    said = verify(kept)
    assert "better.json was edited, or its claim was" in said
    assert "1 found wrong" in said


def test_other_files_are_named_beside_a_verdict_that_turned(kept):
    write(kept, "b", 0.3)
    result = kept.run("-v", "-k", "better")
    assert outcomes(result)["better"] == "FAILED"
    text = output(result)
    assert "was supported and is refuted" in text
    assert "the scores of logs/b.csv are not those that the row was made from" in text


def test_a_forged_row_whose_digest_fits_is_found_by_a_run(kept):
    row = kept.rows / "better.json"
    content = json.loads(row.read_text(encoding="utf-8"))
    (evidence,) = content["cells"][0]["evidence"]
    samples = evidence["samples"]
    place = next(place for place, value in enumerate(samples) if value != samples[0])
    samples[0], samples[place] = samples[place], samples[0]
    row.write_text(dump({**content, "digest": digest(content)}), encoding="utf-8")
    assert "all as their samples say" in verify(kept)
    assert "the same files give other differences than the row has" in output(kept.run())


def test_many_units_leave_a_small_row(project):
    write(project, "a", 0.6, items=20_000)
    write(project, "b", 0.7, items=20_000)
    project.claims(HEAD, scored("better", "assert compare(a, b) > smallest_effect"))
    project.run("--claims-update=new", "--claims-reason=first", "--scaling-report=out")
    assert (project.rows / "better.json").stat().st_size < 20_000
    assert "all as their samples say" in verify(project)


def test_scores_and_learners_are_not_mixed(project):
    write(project, "a", 0.5)
    project.claims(
        HEAD,
        scored("mixed", "assert compare(a, good) > smallest_effect"),
        scored("sized", "assert compare(a, a, m=256) > smallest_effect"),
        scored("missing", "assert compare(good, good) > smallest_effect"),
        scored("absent", "assert compare(a, b) > smallest_effect"),
        scored("same", "assert compare(a, a) > smallest_effect"),
    )
    text = output(project.run())
    for sentence in (
        "scores are compared with scores, and learners with learners",
        "task, m, devices and disjoint are for learners",
        "good needs a task to train on; give task=...",
        "logs/b.csv is not there",
    ):
        assert sentence in text

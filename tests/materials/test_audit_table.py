"""The committed audit: it belongs to the settings, the ledger and the page."""

import numpy as np
import pytest

from fixtures.audit import __main__ as command
from fixtures.audit import arms, page, table, verdicts
from fixtures.audit.summary import Summary
from fixtures.audit.table import cell, digest
from fixtures.audit.verdicts import Change, compared, judged, quantity
from fixtures.audit.ways import FOUR_TIMES, TWICE, tuned, ways
from fixtures.tasks import TASKS

TIER = "quick"
REMEDY = "measure again with `python -m fixtures.audit --page`"


def in_the_ledger():
    """Every comparison of errors, with the errors of its arms by seed."""
    for record in arms.records(TIER):
        for each, _ in arms.evidence(record):
            if each["metric"] == "error" and "samples" in each:
                of = [record["arms"][place] for place in each["arms"]]
                errors = [
                    np.asarray(
                        [
                            dict(zip(a["seeds"], a["metrics"]["error"], strict=True))[s]
                            for s in each["seeds"]
                        ]
                    )
                    for a in of
                ]
                yield each, errors, [arm["m"] for arm in of], of[0]["test_rows"][0]


@pytest.mark.parametrize("arm", arms.arms(TIER), ids=lambda arm: arm.name)
def test_the_table_belongs_to_the_committed_settings(arm):
    found = table.read(arm.task.name, table.FOLDER).get(arm.key)
    if found is None:
        pytest.skip("not measured yet, and the page says so")
    assert found["digest"] == digest(arm), f"the settings of {arm.name} changed; {REMEDY}"
    assert found == cell(arm), f"the ways of training {arm.name} changed; {REMEDY}"
    assert found["ways"]["as tuned"]["settings"] == tuned(arm)
    assert set(found["ways"]) <= set(ways(arm))


def test_the_table_has_nothing_that_is_in_no_verdict():
    known = {(arm.task.name, arm.key) for arm in arms.arms(TIER)}
    tasks = [task.name for task in TASKS if (table.FOLDER / f"{task.name}.json").exists()]
    assert tasks
    for task in tasks:
        assert {(task, key) for key in table.read(task, table.FOLDER)} <= known


def test_the_page_has_what_the_table_says():
    options = command.parser().parse_args(["--check"])
    made = "\n".join(page.generated(command.summary(options), TIER))
    text = page.PAGE.read_text(encoding="utf-8")
    between = text.partition(page.BEGIN)[2].partition(page.END)[0].strip()
    assert between == made.strip(), "write it with `python -m fixtures.audit --check --page`"


def test_every_comparison_is_measured_as_in_the_ledger():
    compared = list(in_the_ledger())
    assert len(compared) > 100
    for each, errors, sizes, rows in compared:
        assert quantity(each["unit"], errors, sizes, rows) == pytest.approx(each["samples"])


def test_every_comparison_is_judged_as_in_the_ledger():
    for each, *_ in in_the_ledger():
        if each["operator"] != "reverses beyond":
            assert judged(each) == each["verdict"], each["about"]


def comparison(**more):
    return {
        "about": "a difference",
        "value": 0.03,
        "low": 0.02,
        "high": 0.04,
        "refuting_low": 0.02,
        "refuting_high": 0.04,
        "bound": 0.01,
        "operator": ">",
        "overlap": 0.0,
        **more,
    }


@pytest.mark.parametrize(
    ("samples", "change", "becomes"),
    [
        ([-0.005, -0.0051, -0.0049], Change.STAYS, "supported"),
        ([-0.015, -0.0151, -0.0149], Change.CHANGES, "inconclusive"),
        ([-0.035, -0.0351, -0.0349], Change.CHANGES, "refuted"),
        ([-0.02, 0.0, 0.001], Change.MAY_CHANGE, "supported or inconclusive"),
        ([], Change.OPEN, "supported"),
    ],
)
def test_a_verdict_changes_where_longer_training_moves_the_interval_across_the_bound(
    samples, change, becomes
):
    found = compared("a-claim", comparison(), TWICE, np.asarray(samples))
    assert (found.change, found.becomes) == (change, becomes)


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [(0.02, 0.04, "second leads"), (-0.04, -0.02, "first leads"), (-0.02, 0.04, "neither leads")],
)
def test_a_reversal_is_judged_by_the_side_of_a_task(low, high, side):
    assert judged(comparison(operator="reverses beyond", low=low, high=high)) == side


def test_a_changed_verdict_is_told_and_fails():
    changed = compared("a-claim", comparison(), FOUR_TIMES, np.asarray([-0.035, -0.035]))
    summary = Summary([], [], [changed], {})
    assert not summary.passes
    assert any(
        "a-claim: a difference is 0.0300, and changes by -0.0350 ± 0.0000 with four times the "
        "steps: supported changes to refuted" in line
        for line in summary.sentences()
    )


def test_the_page_keeps_what_is_around_its_marks(tmp_path):
    file = tmp_path / "audit.md"
    file.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n", encoding="utf-8")
    page.write(Summary([], [], [], {}), TIER, file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{page.BEGIN}\n## The quick tier\n")
    assert text.endswith(f"{page.END}\nafter\n")
    assert "The audit passes. 0 of 0 arms" in text
    assert "old" not in text


def test_a_tier_without_a_ledger_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(arms, "LEDGER", tmp_path)
    with pytest.raises(FileNotFoundError, match="no rows of the tier standard"):
        arms.records("standard")


def test_what_is_not_measured_is_open(monkeypatch, tmp_path):
    found = list(verdicts.comparisons(TIER, tmp_path))
    assert found
    assert {each.change for each in found} == {Change.OPEN}

"""What a run leaves for continuous integration: summary, badge, table and JUnit XML."""

import csv
import json
from xml.etree import ElementTree

import pytest

from tests.acceptance.project import output, stated

OPTIONS = ("--scaling-report=report", "--junitxml=report/junit.xml")


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["here", "in workers"])
def test_a_run_leaves_its_verdicts_for_people_and_for_programs(project, workers):
    project.claims(
        stated("clear"),
        stated("clear-control", "refuted", control_of="'clear'"),
        stated("brave", "refuted"),
        stated("open", "inconclusive"),
    )
    result = project.run(*OPTIONS, *workers)
    output(result)
    assert result.ret == 1
    folder = project.path / "report"
    badge = json.loads((folder / "badge.json").read_text(encoding="utf-8"))
    assert badge["message"] == "1 supported, 1 refuted, 1 inconclusive, explored"
    with (folder / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["claim"]: row for row in csv.DictReader(file)}
    assert (rows["clear"]["verdict"], rows["clear"]["n"]) == ("supported", "7")
    assert rows["clear-control"]["control_of"] == "clear"
    assert float(rows["clear"]["value"]) == pytest.approx(0.2)
    records = project.reported("report")
    assert {name: row["digest"] for name, row in rows.items()} == {
        name: record["digest"] for name, record in records.items()
    }
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in summary for name in rows)
    cases = {
        case.get("name"): {each.get("name"): each.get("value") for each in case.iter("property")}
        for case in ElementTree.parse(folder / "junit.xml").iter("testcase")
    }
    told = {each["claim"]: (each["verdict"], each["digest"]) for each in cases.values()}
    assert told == {name: (record["verdict"], record["digest"]) for name, record in records.items()}
    skipped = [
        case
        for case in ElementTree.parse(folder / "junit.xml").iter("testcase")
        if case.find("skipped") is not None
    ]
    assert [case.get("name") for case in skipped] == ["test_open[cpu]"]

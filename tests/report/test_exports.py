"""The verdicts for other programs: badge, table and a summary that is not too long."""

import csv
import io
import json

import pytest

from pytest_scaling.report import exports as module
from pytest_scaling.report.build import build
from pytest_scaling.report.exports import COLUMNS, badge, bounded, code, table


@pytest.mark.parametrize(
    ("verdicts", "message", "colour"),
    [
        (["supported"] * 3, "3 supported", "brightgreen"),
        (["supported", "not applicable"], "1 supported, 1 not applicable", "brightgreen"),
        (["supported", "refuted"], "1 supported, 1 refuted", "blue"),
        (["inconclusive"], "1 inconclusive", "blue"),
        (["not applicable"], "1 not applicable", "lightgrey"),
        ([], "none evaluated", "lightgrey"),
    ],
)
def test_a_badge_counts_the_verdicts(make, verdicts, message, colour):
    made = [make.record(f"claim-{number}", verdict) for number, verdict in enumerate(verdicts)]
    made += [
        make.record(f"control-{number}", "refuted", control_of=f"claim-{number}")
        for number in range(len(verdicts))
    ]
    assert json.loads(badge(made)) == {
        "schemaVersion": 1,
        "label": "claims",
        "message": message,
        "color": colour,
    }


def test_a_badge_leaves_controls_out_unless_one_is_supported(make):
    claim = make.record("claim", "supported")
    refuted = make.record("control", "refuted", control_of="claim")
    failed = make.record("control", "supported", control_of="claim")
    assert json.loads(badge([claim, refuted]))["message"] == "1 supported"
    made = json.loads(badge([claim, failed]))
    assert (made["message"], made["color"]) == ("1 supported, 1 not trustworthy", "red")


@pytest.mark.parametrize("verdict", ["inconclusive", "not applicable", None])
def test_a_badge_says_what_a_control_leaves_open(make, verdict):
    control = [make.record("control", verdict, control_of="claim")] if verdict else []
    made = json.loads(badge([make.record("claim", "supported"), *control]))
    word = {"inconclusive": "undecided", None: "not run"}.get(verdict, verdict)
    assert (made["message"], made["color"]) == (f"1 supported, 1 control {word}", "yellow")


def test_the_table_has_a_line_for_every_comparison_and_for_every_cell_without_one(run):
    rows = list(csv.DictReader(io.StringIO(table(run))))
    cells = [cell for record in run for cell in record["cells"]]
    assert len(rows) == sum(max(len(cell["evidence"]), 1) for cell in cells)
    assert tuple(rows[0]) == COLUMNS
    first = next(row for row in rows if row["claim"] == "large-leads")
    assert (first["value"], first["low"], first["n"]) == ("0.131", "0.119", "5")
    assert first["verdict"] == first["cell_verdict"] == first["claim_verdict"] == "supported"
    missing = next(row for row in rows if row["claim"] == "needs-gpu")
    assert (missing["cell_verdict"], missing["value"]) == ("not applicable", "")


def test_words_with_commas_quotes_and_lines_stay_in_their_column(make):
    words = 'a "quote", a comma\nand a line'
    cell = make.cell("supported", make.evidence(about=words))
    (row,) = csv.DictReader(io.StringIO(table([make.record("it", "supported", cell)])))
    assert row["about"] == words


def test_a_report_has_badge_and_table(run, tmp_path):
    build(run, tmp_path)
    assert json.loads((tmp_path / "badge.json").read_text("utf-8"))["label"] == "claims"
    assert (tmp_path / "verdicts.csv").read_text("utf-8") == table(run)


def test_a_summary_stays_below_what_is_taken_and_says_what_it_leaves_out(monkeypatch):
    lines = ["ä" * 99] * 20
    assert bounded(lines) == "\n".join(lines) + "\n"
    monkeypatch.setattr(module, "LIMIT", 1_000)
    text = bounded(lines)
    assert text.startswith("\n".join(lines[:5]) + "\n\n15 more lines are in verdicts.csv")
    assert len(text.encode()) < 1_100


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@x", "\t=1"])
def test_no_cell_of_the_table_is_a_formula(make, name):
    rows = make.cell("supported", make.evidence(about=name, value=-0.5), task=name)
    (line,) = csv.DictReader(io.StringIO(table([make.record("a", "supported", rows)])))
    assert line["task"] == line["about"] == f"'{name}"
    assert line["value"] == "-0.5"
    assert line["operator"] == ">"


def test_an_id_in_the_summary_cannot_end_its_code():
    assert code("a`|<b>-c") == "`ab-c`"

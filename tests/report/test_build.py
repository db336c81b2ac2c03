"""The report of a ledger's rows, with what lies around it: other tiers, and the source."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pytest_scaling.ledger.format import digest, dump
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.report.build import build_of_rows

CLAIMS = Path(__file__).parents[2] / "claims"
QUICK = Ledger(CLAIMS / "ledger", "cpu-x86_64-float32-deterministic-quick")
NAMES = ("scale-helps", "scale-helps-near-the-bayes-error")


@pytest.fixture
def claims(tmp_path) -> Path:
    """A folder of claims with two rows of the lecture's quick tier."""
    for name in NAMES:
        path = Ledger(tmp_path / "claims" / "ledger", QUICK.profile).path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(QUICK.path(name), path)
    return tmp_path / "claims"


def rows(claims: Path) -> list[dict]:
    folder = claims / "ledger" / QUICK.profile
    return [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in NAMES]


def as_standard(claims: Path, row: dict, verdict: str) -> None:
    """Add the row to the standard tier, with another verdict on every task."""
    row = {**row, "profile": {**row["profile"], "tier": "standard"}, "verdict": verdict}
    for cell in row["cells"]:
        if cell["counted"] and cell["evidence"]:
            cell["verdict"] = verdict
            for evidence in cell["evidence"]:
                evidence["verdict"] = verdict
    folder = claims / "ledger" / QUICK.profile.replace("quick", "standard")
    folder.mkdir(exist_ok=True)
    path = folder / f"{row['claim']['id']}.json"
    path.write_text(dump(row | {"digest": digest(row)}), "utf-8")


def page(claims: Path, folder: Path) -> str:
    path, faults = build_of_rows(claims, rows(claims), folder)
    assert faults == []
    return path.read_text("utf-8")


def test_rows_of_another_tier_stand_beside_those_of_the_report(claims, tmp_path):
    alone = page(claims, tmp_path / "alone")
    assert 'id="tier_both"' not in alone
    assert "contradicts" not in alone
    assert rows(claims)[0]["verdict"] == "supported"
    as_standard(claims, rows(claims)[0], "refuted")
    both = page(claims, tmp_path / "both")
    assert 'id="tier_both"' in both
    assert "contradicts the quick tier" in both
    assert "In the standard tier" in both
    summary = (tmp_path / "both" / "summary.md").read_text("utf-8")
    assert "| time | claim | verdict | control | standard tier |" in summary


def test_a_row_of_another_tier_that_was_changed_is_not_shown(claims, tmp_path):
    as_standard(claims, rows(claims)[0], "refuted")
    (path,) = (claims / "ledger").glob("*standard/*.json")
    path.write_text(path.read_text("utf-8").replace("refuted", "supported"), "utf-8")
    assert 'id="tier_both"' not in page(claims, tmp_path / "page")


def test_what_the_source_says_is_shown_with_its_claims_and_its_reasons(claims, tmp_path):
    says = f'[[statement]]\nsays = "It helps."\nclaims = ["{NAMES[0]}", "another"]\n'
    says += '[[statement]]\nsays = "It is <old>."\nreason = "history"\n'
    says += '[tasks]\nmnist1d = "Ten shapes."\n'
    (claims / "talk.toml").write_text(says, "utf-8")
    text = page(claims, tmp_path / "page")
    assert "makes 2 statements: 1 tested, 1 that nothing can be measured for." in text
    assert "It is &lt;old&gt;.<small>history</small>" in text
    assert "another<small>not in this report</small>" in text
    assert "Ten shapes." in text


def test_a_declaration_that_is_wrong_is_told_and_the_page_is_written_without_it(claims, tmp_path):
    (claims / "talk.toml").write_text('[[statement]]\nsays = "It helps."\n', "utf-8")
    path, (fault,) = build_of_rows(claims, rows(claims), tmp_path / "page")
    assert fault.endswith("talk.toml: statement 1 needs `claims`, or the `reason` why it has none")
    assert "What is tested" not in path.read_text("utf-8")

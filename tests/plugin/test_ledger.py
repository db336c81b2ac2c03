"""Rows: where they lie, what they hold, and how they are written."""

import json
import os

import pytest

from pytest_scaling import ledger as module
from pytest_scaling.ledger import Ledger, Row, differences, write_atomically

RECORD = {
    "schema": "claim-record/v1",
    "claim": {"id": "it", "text": "It is “so”"},
    "file": "test_it.py",
    "verdict": "refuted",
    "partial": False,
    "cells": [
        {"task": "xor", "learner": "svm", "verdict": "refuted", "evidence": [{"samples": [0.1]}]},
        {"task": "sum", "learner": "", "verdict": "supported", "evidence": []},
    ],
    "arms": [{"learner": "svm"}],
    "environment": {"python": "3.12.1", "libraries": {"numpy": "2.1.0"}},
    "run": {"started": "2026-01-01T00:00:00+00:00"},
}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger", "cpu-quick")


def test_a_claim_without_a_file_has_no_row(ledger):
    assert ledger.row("it") is None


def test_a_row_that_was_written_is_read_again(ledger):
    path = ledger.write(RECORD, "too few data")
    assert path == ledger.directory / "cpu-quick" / "it.json"
    assert ledger.row("it") == Row(
        "refuted", "too few data", {("xor", "svm"): "refuted", ("sum", ""): "supported"}
    )
    assert Ledger(ledger.directory, "cuda-quick").row("it") is None


def test_a_row_keeps_the_evidence_and_not_what_belongs_to_one_run(ledger):
    row = json.loads(ledger.write(RECORD, "too few data").read_text(encoding="utf-8"))
    of_one_run = {"file", "partial", "run"}
    kept = {key: value for key, value in RECORD.items() if key not in of_one_run}
    assert row == kept | {"blessing": {"reason": "too few data"}}


def test_a_row_is_sorted_and_readable_text(ledger):
    text = ledger.write(RECORD, "too few data").read_text(encoding="utf-8")
    assert text.index('"blessing"') < text.index('"cells"') < text.index('"verdict"')
    assert "It is “so”" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    "damage", ["", "{", "null", "[]", '"text"', '{"verdict": "refuted"}', '{"verdict": 1}']
)
def test_a_damaged_row_is_a_usage_error_that_names_the_file(ledger, damage):
    path = ledger.write(RECORD, "too few data")
    path.write_text(damage)
    with pytest.raises(pytest.UsageError) as told:
        ledger.row("it")
    assert str(told.value).startswith(f"the ledger's {path} cannot be read (")
    assert str(told.value).endswith("restore it from version control")


def test_a_row_that_is_no_text_is_damaged_too(ledger):
    path = ledger.write(RECORD, "too few data")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(pytest.UsageError, match="cannot be read"):
        ledger.row("it")


@pytest.mark.parametrize(
    ("was", "now", "changes"),
    [
        ("supported", "refuted", ["xor with svm was supported and is refuted"]),
        ("refuted", "supported", ["xor with svm was refuted and is supported"]),
        ("supported", "supported", []),
        ("supported", "inconclusive", []),
        ("inconclusive", "refuted", []),
        ("not applicable", "supported", []),
    ],
)
def test_only_a_turn_from_one_verdict_to_the_other_is_a_difference(was, now, changes):
    row = Row("supported", "", {("xor", "svm"): was})
    assert differences(row, [{"task": "xor", "learner": "svm", "verdict": now}]) == changes


def test_differences_name_what_the_cell_has():
    row = Row("supported", "", {("", ""): "supported", ("xor", ""): "supported"})
    cells = [
        {"task": "", "learner": "", "verdict": "refuted"},
        {"task": "xor", "learner": "", "verdict": "refuted"},
        {"task": "new", "learner": "", "verdict": "refuted"},
    ]
    assert differences(row, cells) == [
        "the claim was supported and is refuted",
        "xor was supported and is refuted",
    ]


def test_a_file_is_written_whole_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "row.json"
    write_atomically(path, "one\n")
    write_atomically(path, "two “2”\n")
    assert path.read_text(encoding="utf-8") == "two “2”\n"
    assert os.listdir(path.parent) == ["row.json"]
    assert path.stat().st_mode & 0o777 == 0o644 or os.name != "posix"


@pytest.mark.parametrize("failing", ["replace", "chmod", "fdopen"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_the_old_file_stays_when_writing_fails_at_any_step(tmp_path, monkeypatch, failing, error):
    path = tmp_path / "row.json"
    write_atomically(path, "old\n")

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module.os, failing, fail)
    with pytest.raises(error):
        write_atomically(path, "new\n")
    monkeypatch.undo()
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["row.json"]


def test_a_process_that_dies_between_writing_and_replacing_leaves_the_old_file(
    tmp_path, monkeypatch
):
    path = tmp_path / "row.json"
    write_atomically(path, "old\n")
    seen = []
    monkeypatch.setattr(module.os, "replace", lambda *_: seen.append(path.read_text()))
    write_atomically(path, "new\n")
    assert seen == ["old\n"]  # until the last step, which is one operation of the system
    assert path.read_text() == "old\n"

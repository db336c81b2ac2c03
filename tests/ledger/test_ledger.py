"""Rows: where they are, what they hold, and how they are written."""

import json
import os

import pytest

from pytest_scaling.ledger import format as module
from pytest_scaling.ledger.format import digest, write
from pytest_scaling.ledger.ledger import (
    Ledger,
    Row,
    covers,
    profiles_in,
    rows_of_other_tiers,
    turned_cells,
)
from tests.report.citation.conftest import arm, cell, comparison, row

FOLDER = "cpu-x86_64-float32-deterministic-quick"
ROW = row(
    "it",
    "refuted",
    {**cell("refuted", comparison("refuted"), task="xor"), "learner": "svm"},
    cell("supported", task="sum"),
    arms=(arm("svm", 64, [0.1, 0.2]),),
    text="It is “so”",
)
RUN = {"commit": None, "dirty": None, "started": "2026-01-01T00:00:00+00:00", "command": "pytest"}
RECORD = {key: value for key, value in ROW.items() if key != "blessing"} | {
    "file": "test_it.py",
    "partial": False,
    "run": RUN,
}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger", FOLDER)


def test_a_claim_without_a_file_has_no_row(ledger):
    assert ledger.row("it") is None


def test_a_row_that_was_written_is_read_again(ledger):
    path = ledger.write(RECORD, "too few data")
    assert path == ledger.directory / FOLDER / "it.json"
    found = ledger.row("it")
    assert found == Row(
        "refuted",
        "too few data",
        {("xor", "svm"): "refuted", ("sum", ""): "supported"},
        json.loads(path.read_text(encoding="utf-8")),
    )
    assert Ledger(ledger.directory, "cuda-quick").row("it") is None


def test_a_row_keeps_the_evidence_and_not_what_belongs_to_one_run(ledger):
    kept_row = json.loads(ledger.write(RECORD, "too few data").read_text(encoding="utf-8"))
    of_one_run = {"file", "partial", "run"}
    kept = {key: value for key, value in RECORD.items() if key not in of_one_run}
    assert kept_row == kept | {"blessing": {"reason": "too few data"}}


def test_a_row_is_sorted_and_readable_text(ledger):
    text = ledger.write(RECORD, "too few data").read_text(encoding="utf-8")
    assert text.index('"blessing"') < text.index('"cells"') < text.index('"verdict"')
    assert "It is “so”" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize(
    "damage", ["", "{", "null", "[]", '"text"', '{"verdict": "refuted"}', "[" * 100_000, "NaN"]
)
def test_a_damaged_row_is_a_usage_error_that_names_the_file(ledger, damage):
    path = ledger.write(RECORD, "too few data")
    path.write_text(damage)
    with pytest.raises(pytest.UsageError) as caught:
        ledger.row("it")
    assert str(caught.value).startswith(f"the ledger's {path} cannot be read (")
    assert str(caught.value).endswith("restore it from version control")


def test_a_row_of_another_schema_is_not_guessed_at(ledger):
    path = ledger.write(RECORD, "first")
    path.write_text(path.read_text("utf-8").replace("record/v1", "record/v2"), "utf-8")
    with pytest.raises(pytest.UsageError) as caught:
        ledger.row("it")
    assert str(caught.value).endswith(
        "it.json has the schema 'claim-record/v2', and this version of pytest-scaling knows "
        "'claim-record/v1'; use the version that wrote it"
    )


def test_all_files_of_a_profile_are_read_and_what_a_killed_run_left_is_not(ledger):
    ledger.write(RECORD, "first")
    folder = ledger.directory / ledger.profile
    (folder / "broken.json").write_text("{")
    (folder / ".it.json.x1y2").write_text("{")
    (folder / "note.txt").write_text("not a row")
    files = list(ledger.files())
    assert [(each.path.stem, each.claim_id) for each in files] == [("broken", None), ("it", "it")]
    assert files[0].damage.startswith("cannot be read (JSONDecodeError")
    assert list(Ledger(ledger.directory, "nothing").files()) == []


def test_the_profiles_of_a_ledger_are_its_folders_with_five_parts(ledger):
    names = ("cuda-x86_64-float32-deterministic-full", "cpu-x86_64-float32-deterministic-quick")
    for name in (*names, "drafts"):
        (ledger.directory / name).mkdir(parents=True)
    assert profiles_in(ledger.directory) == [names[1], names[0]]
    assert profiles_in(ledger.directory, "cuda") == [names[0]]
    assert profiles_in(ledger.directory / "none") == []


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [
        (["claims"], True),
        (["."], True),
        (["other", "claims"], True),
        (["claims/test_a.py"], False),
        (["claims/test_a.py::test_it"], False),
        (["other"], False),
        (["claims/deeper"], False),
        ([], False),
    ],
)
def test_paths_cover_a_folder_when_one_of_them_is_it_or_above_it(
    tmp_path, monkeypatch, arguments, whole
):
    for name in ("claims/deeper", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "claims" / "test_a.py").touch()
    monkeypatch.chdir(tmp_path)
    assert covers(arguments, tmp_path / "claims") is whole


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
    assert turned_cells(row, [{"task": "xor", "learner": "svm", "verdict": now}]) == changes


def test_turned_cells_are_named_by_what_they_have():
    row = Row("supported", "", {("", ""): "supported", ("xor", ""): "supported"})
    cells = [
        {"task": "", "learner": "", "verdict": "refuted"},
        {"task": "xor", "learner": "", "verdict": "refuted"},
        {"task": "new", "learner": "", "verdict": "refuted"},
    ]
    assert turned_cells(row, cells) == [
        "the claim was supported and is refuted",
        "xor was supported and is refuted",
    ]


def test_a_file_is_written_whole_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "row.json"
    write(path, "one\n")
    write(path, "two “2”\n")
    assert path.read_text(encoding="utf-8") == "two “2”\n"
    assert os.listdir(path.parent) == ["row.json"]
    assert path.stat().st_mode & 0o777 == 0o644 or os.name != "posix"


@pytest.mark.parametrize("failing", ["replace", "chmod", "fdopen"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_the_old_file_stays_when_writing_fails_at_any_step(tmp_path, monkeypatch, failing, error):
    path = tmp_path / "row.json"
    write(path, "old\n")

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module.os, failing, fail)
    with pytest.raises(error):
        write(path, "new\n")
    monkeypatch.undo()
    assert path.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["row.json"]


def test_a_process_that_dies_between_writing_and_replacing_leaves_the_old_file(
    tmp_path, monkeypatch
):
    path = tmp_path / "row.json"
    write(path, "old\n")
    seen = []
    monkeypatch.setattr(module.os, "replace", lambda *_: seen.append(path.read_text()))
    write(path, "new\n")
    assert seen == ["old\n"]  # until the last step, which is one operation of the system
    assert path.read_text() == "old\n"


def test_no_row_is_written_or_looked_for_behind_a_link(ledger, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    ledger.directory.mkdir()
    (ledger.directory / ledger.profile).symlink_to(victim)
    assert profiles_in(ledger.directory) == []
    with pytest.raises(pytest.UsageError, match="is a link, which no row is written through"):
        ledger.write(RECORD, "first")
    assert list(victim.iterdir()) == []


def test_a_record_that_could_not_be_read_is_not_written(ledger):
    broken = RECORD | {"profile": RECORD["profile"] | {"tier": "../quick"}}
    with pytest.raises(pytest.UsageError, match=r"the record of 'it' does not match .*tier"):
        ledger.write(broken, "first")
    assert not ledger.directory.exists()


def test_the_rows_of_other_tiers_stand_beside_and_broken_ones_do_not(ledger):
    ledger.write(RECORD, "too few data")
    environment, _, _ = FOLDER.rpartition("-")
    standard = f"{environment}-standard"
    profile = {**RECORD["profile"], "tier": "standard"}
    other = {**RECORD, "profile": profile}
    path = Ledger(ledger.directory, standard).write(other | {"digest": digest(other)}, "measured")
    assert rows_of_other_tiers(ledger) == {"it": {"standard": json.loads(path.read_text("utf-8"))}}
    assert rows_of_other_tiers(Ledger(ledger.directory, standard)).keys() == {"it"}
    assert rows_of_other_tiers(Ledger(ledger.directory, "cuda-x86_64-float32-any-quick")) == {}
    path.write_text("{}", encoding="utf-8")
    assert rows_of_other_tiers(ledger) == {}

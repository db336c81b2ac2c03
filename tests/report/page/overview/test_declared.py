"""What a suite declares about its source is read as it is, or told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_scaling.report.page.overview.declared import declared, training

CLAIMS = Path(__file__).parents[4] / "claims"
SOUND = """
[[statement]]
times = ["00:15"]
says = "Networks lead."
claims = {lead = "by error"}
[[statement]]
says = "The idea is old."
reason = "history"
[tasks]
xor = "Do two signs agree?"
"""


def test_statements_and_tasks_are_found_in_a_file_of_any_name(tmp_path):
    (tmp_path / "another.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    (tmp_path / "talk.toml").write_text(SOUND, "utf-8")
    found = declared(tmp_path)
    assert [(each.says, each.claims, each.reason) for each in found.tested] == [
        ("Networks lead.", ("lead",), "")
    ]
    assert [(each.says, each.reason) for each in found.untested] == [
        ("The idea is old.", "history")
    ]
    assert (found.tasks, found.faults) == ({"xor": "Do two signs agree?"}, ())


def test_the_lecture_declares_what_cannot_be_tested_and_every_task():
    found = declared(CLAIMS)
    assert found.faults == ()
    assert found.tested
    assert all(each.reason for each in found.untested)
    tasks = {path.stem.replace("_", "-") for path in (CLAIMS.parent / "fixtures/tasks").glob("*")}
    assert set(found.tasks) <= tasks
    assert {"mnist1d", "friedman", "poker-one-hot"} <= set(found.tasks)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[statement]]\ntimes = ['1:00']", "statement 1 needs `says`, a sentence"),
        ("[[statement]]\nsays = 'a'\ntimes = 'soon'", "statement 1 needs `times` such as"),
        ("[[statement]]\nsays = 'a'\ntimes = ['soon']", "statement 1 needs `times` such as"),
        ("[[statement]]\nsays = 'a'", "statement 1 needs `claims`, or the `reason`"),
        ("[[statement]]\nsays = 'a'\nclaims = [1]", "statement 1 needs `claims`, a table or list"),
        ("[[statement]]\nsays = 'a'\nclaims = 1", "statement 1 needs `claims`, a table or list"),
        (f"{SOUND}\nmnist = 3", "[tasks] needs one line of text for each task"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_taken(tmp_path, text, fault):
    (tmp_path / "talk.toml").write_text(text, "utf-8")
    found = declared(tmp_path)
    assert (found.statements, found.tasks) == ((), {})
    (sentence,) = found.faults
    assert sentence.startswith(f"{tmp_path / 'talk.toml'}: {fault}")


@pytest.mark.parametrize("text", ["no = [toml", "statement = 3", ""])
def test_other_files_are_left_alone(tmp_path, text):
    (tmp_path / "talk.toml").write_text(text, "utf-8")
    assert declared(tmp_path) == declared(tmp_path / "nowhere")


def test_how_learners_were_trained_stands_in_any_file_with_a_line_for_each_tier(tmp_path):
    (tmp_path / "another.toml").write_text("training = 3\n", "utf-8")
    lines = '[training]\nquick = "to the\\nend"\nfull = 3\n'
    (tmp_path / "audit.toml").write_text(lines, "utf-8")
    assert training(tmp_path) == {"quick": "to the end"}
    assert training(tmp_path / "nowhere") == {}

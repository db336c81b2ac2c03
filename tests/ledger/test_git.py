"""What git says about a project, where there is git."""

import subprocess

import pytest

from pytest_scaling.ledger.git import changed_files, commit, refusal, top


@pytest.fixture
def checkout(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    git("add", ".")
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first")
    return tmp_path, git


def test_a_clean_checkout_has_a_commit_and_no_changed_files(checkout):
    folder, _ = checkout
    assert len(commit(folder)) == 40
    assert changed_files(folder) == []
    assert top(folder) == folder.resolve()


def test_changed_new_and_renamed_files_are_named_from_the_top(checkout):
    folder, git = checkout
    git("mv", "a.txt", "with space.txt")
    (folder / "b.txt").write_text("c")
    (folder / "new").mkdir()
    (folder / "new" / "ä.txt").write_text("d")
    assert sorted(changed_files(folder / "new")) == ["b.txt", "new/ä.txt", "with space.txt"]


def test_without_version_control_there_is_nothing_to_say(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert (commit(tmp_path), changed_files(tmp_path), top(tmp_path)) == (None, None, None)


def test_without_git_there_is_nothing_to_say(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert (commit(tmp_path), changed_files(tmp_path), top(tmp_path)) == (None, None, None)


def test_a_checkout_that_git_does_not_speak_of_is_told_from_none(checkout, monkeypatch):
    folder, _ = checkout
    assert refusal(folder) == ""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # as if it were somebody else's
    assert "dubious ownership" in refusal(folder)
    monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
    monkeypatch.setenv("PATH", "")
    assert refusal(folder) == "git is not installed"


def test_where_there_is_no_checkout_git_refuses_nothing(tmp_path):
    assert refusal(tmp_path) == ""

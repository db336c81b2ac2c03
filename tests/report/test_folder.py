"""Reports are written inside their folder, and replace nothing of anybody else's."""

import json

import pytest

from pytest_scaling.report.build import build
from pytest_scaling.report.error import FolderError
from pytest_scaling.report.folder import LIST, OutputFolder


def files_in(folder):
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


@pytest.mark.parametrize("name", ["index.html", "records/large-leads.json", "badge.json"])
def test_a_file_of_somebody_else_stops_a_report_before_it_begins(run, tmp_path, name):
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(FolderError, match="was not written by a report, and a report would"):
        build(run, tmp_path)
    assert files_in(tmp_path) == {name: b"mine"}


def test_other_files_beside_a_report_stay(run, tmp_path):
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "results.json").write_text("mine")
    (tmp_path / "junit.xml").write_text("mine")
    build(run, tmp_path)
    build(run[1:], tmp_path)
    assert (tmp_path / "records" / "results.json").read_text() == "mine"
    assert (tmp_path / "junit.xml").read_text() == "mine"
    assert not (tmp_path / "records" / "large-leads.json").exists()


@pytest.mark.parametrize("name", ["index.html", "records", LIST, "page-2.html"])
def test_links_are_not_followed(run, tmp_path, name):
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.mkdir()
    (victim / "index.html").write_text("mine")
    (out / name).symlink_to(victim if name == "records" else victim / "index.html")
    if name == "page-2.html":
        (out / LIST).write_text(json.dumps({"files": [name]}))
    with pytest.raises(FolderError, match="is a link, which a report does not follow"):
        build(run, out)
    assert files_in(victim) == {"index.html": b"mine"}


NAMES = ["../x", "/x", "a/../../x", "", "a/../b", "a\0b"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_outside_of_the_folder(tmp_path, name):
    folder = OutputFolder(tmp_path / "out")
    with pytest.raises(FolderError, match="is no file of a report in"):
        folder.add({name: "text"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_list_that_names_other_places_is_not_believed(run, tmp_path, name):
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "x").write_text("mine")
    (out / LIST).write_text(json.dumps({"files": [name]}))
    with pytest.raises(FolderError):
        build(run, out)
    assert (tmp_path / "x").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 3}', "\0"])
def test_a_list_that_is_none_is_named(run, tmp_path, text):
    (tmp_path / LIST).write_text(text)
    with pytest.raises(FolderError, match="is no list of the files of a report"):
        build(run, tmp_path)
    assert files_in(tmp_path) == {LIST: text.encode()}

"""Reports are written inside their folder, and replace nothing of anybody else's."""

import copy
import json

import pytest

from pytest_scaling.report.build import build
from pytest_scaling.report.error import FolderError
from pytest_scaling.report.figures import slide
from pytest_scaling.report.folder import LIST, OutputFolder, Selection
from pytest_scaling.report.page.gallery import FirstFigure


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


def test_slides_are_drawn_again_only_where_something_has_changed(run, tmp_path, monkeypatch):
    drawn = []
    made = FirstFigure.slides
    monkeypatch.setattr(
        FirstFigure, "slides", lambda figure: drawn.append(figure.title) or made(figure)
    )
    build(run, tmp_path, keep=True)
    first = files_in(tmp_path)
    OutputFolder(tmp_path).add({"slide.svg": "of one claim"})
    build(run, tmp_path, keep=True)
    assert len(drawn) == 1
    assert files_in(tmp_path) == first
    (tmp_path / "figure.svg").write_text("changed by hand")
    build(run, tmp_path, keep=True)
    assert len(drawn) == 2
    assert files_in(tmp_path) == first
    build(run, tmp_path)  # of rows that may be a stranger's
    assert len(drawn) == 3
    monkeypatch.setattr(slide, "LIBRARIES", ("pytest",))  # other versions
    build(run, tmp_path, keep=True)
    assert len(drawn) == 4
    other = copy.deepcopy(run)
    other[0]["arms"][0]["metrics"]["error"][0] += 0.001
    build(other, tmp_path, keep=True)
    assert len(drawn) == 5


@pytest.mark.parametrize(
    "note",
    [
        *(None, 3, {}, {"source": "s"}, {"source": "s", "files": 3}),
        *({"source": "s", "files": each} for each in (["a"], {"../x": "0"}, {"gone": "0"})),
    ],
)
def test_a_note_of_what_was_made_is_not_believed(tmp_path, note):
    (tmp_path / LIST).write_text(json.dumps({"files": [], "made": note}))
    assert OutputFolder(tmp_path).made_from("s") == {}


def test_a_report_of_some_claims_goes_beside_one_of_all_and_nowhere_else(tmp_path):
    some, folder = Selection(2, 55, "-k leaves some out"), OutputFolder(tmp_path)
    assert folder.of(some) == folder.of(None) == folder
    folder.replace({"index.html": "some"}, some)
    assert folder.selection() == some
    assert folder.of(some) == folder
    folder.replace({"index.html": "all"})
    assert folder.selection() is None
    assert folder.of(None) == folder
    beside = folder.of(some)
    beside.replace({"index.html": "some"}, some)
    assert (tmp_path / "index.html").read_text() == "all"
    assert (tmp_path / "partial" / "index.html").read_text() == "some"
    assert beside.selection() == some


def test_slides_beside_a_report_leave_what_it_says_of_itself(tmp_path):
    some, folder = Selection(2, 55, "-k leaves some out"), OutputFolder(tmp_path)
    folder.replace({"index.html": "some"}, some)
    folder.add({"slide.svg": "drawn"})
    assert folder.selection() == some


def test_a_selection_in_words():
    assert Selection(2, 55, "why").sentence == "2 of 55 claims and controls: why"
    assert Selection(3, 3, "why").sentence == "3 claims and controls: why"

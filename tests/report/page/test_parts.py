"""A page that would be too large becomes several, each whole, which link to each other."""

import re

from pytest_scaling.report.build import build
from pytest_scaling.report.page import render as module


def test_a_small_report_has_one_page(run, tmp_path):
    build(run, tmp_path)
    assert [each.name for each in tmp_path.glob("*.html")] == ["index.html"]
    assert "The claims are on" not in (tmp_path / "index.html").read_text("utf-8")


def test_a_large_report_has_every_claim_on_one_of_its_pages(run, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_PART", 4_000)
    build(run, tmp_path)
    pages = sorted(each.name for each in tmp_path.glob("*.html"))
    assert len(pages) > 2
    assert pages[0] == "index.html"
    ids, places = {record["claim"]["id"] for record in run}, {}
    for name in pages:
        text = (tmp_path / name).read_text("utf-8")
        anchors = set(re.findall(r' id="([^"]+)"', text)) & ids
        links = set(re.findall(r'href="#([a-z0-9-]+)"', text))
        assert links <= set(re.findall(r' id="([^"]+)"', text))
        assert set(re.findall(r'href="((?:index|page-\d+).html)"', text)) == {*pages} - {name}
        for anchor in anchors:
            assert places.setdefault(anchor, name) == name
    assert places.keys() == ids


def test_pages_that_are_no_longer_needed_are_removed(run, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_PART", 4_000)
    build(run, tmp_path)
    monkeypatch.undo()
    build(run, tmp_path)
    assert [each.name for each in tmp_path.glob("*.html")] == ["index.html"]

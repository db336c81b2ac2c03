"""The page and the files beside it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pytest_scaling.report.build import build
from pytest_scaling.report.error import ReportError
from pytest_scaling.report.page.overview.context import Context

LOADING = {"src", "srcset", "data", "poster", "action", "background", "xlink:href", "href"}


class Reader(HTMLParser):
    """Everything a test wants to know about a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "a":
            self.links.append(given.get("href") or "")
        else:
            self.loads += [given[name] or "" for name in LOADING & set(given)]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def _built(tmp_path_factory):
    return {}


@pytest.fixture
def folder(run, tmp_path_factory, _built) -> Path:
    """The report of the run, built once for this module."""
    if "folder" not in _built:
        _built["folder"] = tmp_path_factory.mktemp("report")
        build(run, _built["folder"])
    return _built["folder"]


@pytest.fixture
def page(folder) -> Reader:
    return Reader((folder / "index.html").read_text("utf-8"))


def cards(folder: Path) -> dict[str, str]:
    """The text of every claim's card, and of the controls within, by its anchor."""
    page = (folder / "index.html").read_text("utf-8")
    card = r'(<article class="card" [^>]*data-anchor="([^"]+)".*?</article>)'
    parts = re.findall(card, page, re.S)
    parts += re.findall(r'(<div class="inner" id="([^"]+)".*?</div>\n</details>)', page, re.S)
    return {name: Reader(part).text for part, name in sorted(parts, key=lambda p: page.index(p[0]))}


def test_the_page_loads_nothing_from_elsewhere(page, folder):
    outside = [each for each in page.loads if not each.startswith(("#", "data:,"))]
    assert outside == []
    text = (folder / "index.html").read_text("utf-8")
    assert re.findall(r"@import|url\((?!#)|\bfetch\b|XMLHttpRequest|\bimport\(", text) == []
    assert {"iframe", "object", "img"} & set(page.tags) == set()


def test_no_script_runs_but_the_one_that_the_page_names(folder):
    text = (folder / "index.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert re.findall(r"\son\w+=", text) == []


def test_every_claim_has_its_anchor_and_every_anchor_is_unique(page, run):
    assert {record["claim"]["id"] for record in run} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_every_link_within_the_report_leads_somewhere(page, folder):
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        elif not link.startswith("https://example.org"):
            assert (folder / link).is_file()


def test_each_record_lies_beside_the_page_as_it_is(folder, run):
    for record in run:
        file = folder / "records" / f"{record['claim']['id']}.json"
        assert json.loads(file.read_text("utf-8")) == record


def test_building_again_changes_no_byte(run, folder, tmp_path):
    build(run, tmp_path)
    build(run, tmp_path)
    files = [file.relative_to(folder) for file in sorted(folder.rglob("*")) if file.is_file()]
    assert files == [f.relative_to(tmp_path) for f in sorted(tmp_path.rglob("*")) if f.is_file()]
    for file in files:
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes()


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("large-leads", "0.1310 [0.1190, 0.1420]"),
        ("large-leads", "control refuted, as it must be"),
        ("large-leads", "5:01\N{EN DASH}5:17 #large-leads"),
        ("large-leads", "Holds on xor."),
        ("large-leads", "detects 0.0040 seeds 5 of 10"),
        ("large-leads", "none of which failed, up to 45% of seeds could still fail"),
        ("large-leads-early", "the same measurement where the claim must not hold"),
        ("tie", "about 64 seeds would decide"),
        ("tie", "[\N{MINUS SIGN}0.0010, 0.0130]"),
        ("tie", "control not run"),
        ("fooled", "not trustworthy: the control is supported too"),
        ("fooled", "6.82x [4.06x, ∞]"),
        ("fooled", "3 of 10 runs never arrived."),
        ("fooled-control", "above the bound?"),
        ("tie", "above 0.0100, the smallest effect?"),
        ("needs-gpu", "Not applicable: this machine has no CUDA device."),
        ("by-definition", "exactly, without noise"),
        ("by-definition", "xor · relu"),
        ("by-definition", "beside, not counted"),
    ],
)
def test_a_card_says_what_the_record_holds(folder, claim, words):
    assert words in cards(folder)[claim] + " "


def test_a_control_stands_behind_its_claim(make, tmp_path):
    records = [
        make.record("early", "refuted", make.cell("refuted"), control_of="late"),
        make.record("other", "supported", make.cell()),
        make.record("late", "supported", make.cell()),
        make.record("orphan", "refuted", make.cell("refuted"), control_of="absent"),
    ]
    build(records, tmp_path)
    assert list(cards(tmp_path)) == ["other", "late", "early", "orphan"]


def test_the_lead_counts_verdicts_and_warns(page):
    assert (
        "3 of 5 claims hold. One is open; one is not applicable. 1 of 2 controls failed, as they "
        "must. One claim is not trustworthy: the control is supported too. One claim holds with a "
        "control that was not run."
    ) in page.text


def test_a_moment_of_a_recording_is_linked(page):
    assert "https://example.org/talk#t=301" in page.links


def test_text_of_others_stays_text(make, tmp_path):
    evil = "<script>alert(1)</script> & 'more' | `x`"
    record = make.record(
        "evil",
        "supported",
        make.cell("supported", make.evidence(about=evil, notes=[evil]), task=evil, learner=evil),
        text=evil,
        source={"title": evil, "author": evil, "url": "javascript:alert(1)", "times": ["0:01"]},
        arms=[make.arm("x", m, [0.3, 0.2], label=evil, task=evil) for m in (64, 256, 1024)],
    )
    text = build([record], tmp_path).read_text("utf-8")
    page = Reader(text)
    assert page.tags.count("script") == 1
    assert "alert" not in re.findall(r"<script>(.*?)</script>", text, re.S)[0]
    assert evil in page.text
    assert not [link for link in page.links if link.startswith("javascript")]
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert "<script>" not in summary
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows(summary))


def test_two_records_of_one_claim_have_two_anchors_and_two_files(make, tmp_path):
    records = [make.record("twice", "supported", make.cell()) for _ in range(2)]
    records[1]["profile"] = {"device": "cuda", "tier": "quick"}
    page = Reader(build(records, tmp_path).read_text("utf-8"))
    assert {"twice", "twice--2"} <= set(page.ids)
    assert {file.name for file in (tmp_path / "records").iterdir()} == {
        "twice.json",
        "twice--2.json",
    }


def test_a_run_without_claims_is_said_in_one_sentence(tmp_path):
    page = Reader(build([], tmp_path).read_text("utf-8"))
    assert page.text.count("No claim was run.") == 1
    assert "table" not in page.tags
    assert "No claim was run." in (tmp_path / "summary.md").read_text("utf-8")


def test_a_figure_of_an_earlier_run_does_not_outlive_its_curves(run, tmp_path):
    build(run, tmp_path)
    assert (tmp_path / "figure-dark.png").is_file()
    build(run[1:], tmp_path)
    assert list(tmp_path.glob("figure*")) == []
    assert "No learning curve" in (tmp_path / "index.html").read_text("utf-8")


def test_no_half_written_file_is_left(folder):
    hidden = [file.name for file in folder.rglob(".*") if file.is_file()]
    assert hidden == [".pytest-scaling.json"]


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_a_missing_library_is_named_with_its_remedy(library, run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ReportError) as caught:
        build(run, tmp_path)
    named = {"jinja2": "Jinja2"}.get(library, library)
    assert str(caught.value) == (
        f"a report needs {named}, which is not installed: pip install pytest-scaling[report]"
    )
    assert list(tmp_path.iterdir()) == []


def rows(summary: str) -> list[str]:
    return [line for line in summary.splitlines() if line.startswith("| ")][1:]


def test_the_summary_has_totals_a_line_a_claim_and_the_rest_folded(folder, run):
    summary = (folder / "summary.md").read_text("utf-8")
    table, _, folded = summary.partition("<details>")
    claims = {each["claim"]["id"] for each in run if each["claim"]["control_of"] is None}
    assert {re.search(r"`([^`]+)`", row)[1] for row in rows(table)} == claims
    assert len(rows(table)) == len(claims) < len(table.splitlines()) < 2 * len(claims) + 6
    assert "3 of 5 claims hold." in table
    assert "? inconclusive" in table
    assert "About 64 seeds would decide" in table
    assert {each["claim"]["id"] for each in run} == set(re.findall(r"^- `([^`]+)`", folded, re.M))


def test_the_page_says_how_the_learners_of_its_tier_were_trained(make, tmp_path):
    lines = {"quick": "all arms audited", "full": "nothing audited"}
    text = build([make.record("a", "supported")], tmp_path, known=Context(training=lines))
    methods = Reader(text.read_text("utf-8")).text
    assert "How well the learners were trained, quick tier: all arms audited" in methods
    assert "nothing audited" not in methods

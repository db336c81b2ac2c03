"""The page in a real browser: accessible in every mode, without a request, usable by hand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_scaling.report.archive import open_ledger
from pytest_scaling.report.build import build, build_of_rows
from pytest_scaling.report.page.overview.context import Context

CLAIMS = Path(__file__).parents[3] / "claims"
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
GUISES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "print": {"color_scheme": "light"},
    "forced colours": {"forced_colors": "active"},
    "without script": {"java_script_enabled": False},
}

pytest.importorskip("playwright", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium; apt-get install chromium"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def _pages() -> dict[str, Path]:
    return {}


@pytest.fixture
def address(run, _pages, tmp_path_factory) -> str:
    """The page of the run, in a file, built once for this module."""
    if "run" not in _pages:
        _pages["run"] = build(run, tmp_path_factory.mktemp("page"))
    return _pages["run"].as_uri()


@pytest.fixture(scope="module")
def suite(tmp_path_factory) -> str:
    """The page of the committed ledger, quick tier."""
    archive = open_ledger(CLAIMS / "ledger", "quick")
    records = [dict(archive[claim]) for claim in archive]
    return build_of_rows(CLAIMS, records, tmp_path_factory.mktemp("suite"))[0].as_uri()


@pytest.fixture
def tiers(run, _pages, tmp_path_factory) -> str:
    """The page of the run with rows of another tier, which contradict one verdict."""
    if "tiers" not in _pages:
        turned = {"large-leads": "refuted", "tie": "supported"}
        others = {}
        for record in run[:3]:
            name = record["claim"]["id"]
            cells = [each | {"verdict": turned.get(name, "refuted")} for each in record["cells"]]
            row = record | {"verdict": turned.get(name, "refuted"), "cells": cells}
            others[name, "cpu"] = {
                "standard": row | {"profile": {"device": "cpu", "tier": "standard"}}
            }
        folder = tmp_path_factory.mktemp("tiers")
        _pages["tiers"] = build(run, folder, known=Context(others=others))
    return _pages["tiers"].as_uri()


@pytest.fixture
def visit(browser, address) -> Iterator[Any]:
    """Open the page in a mode; at the end it must have requested nothing and logged nothing."""
    contexts, asked, logged = [], [], []

    def opened(guise: str = "light", place: str = "", url: str = address) -> Any:
        context = browser.new_context(**GUISES[guise])
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: logged.append(message.text))
        page.on("pageerror", lambda error: logged.append(str(error)))
        page.goto(url + place)
        if guise == "print":
            page.emulate_media(media="print")
        return page

    yield opened
    for context in contexts:
        context.close()
    elsewhere = [url for url in asked if not url.startswith(("file:", "data:,"))]
    assert len([url for url in asked if url.startswith("file:")]) == len(contexts)
    assert (elsewhere, logged) == ([], [])


def violations(page: Any) -> list[str]:
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 20  # it did look
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


@pytest.mark.parametrize(
    "guise", [name for name in GUISES if name not in ("without script", "desk")]
)
def test_the_page_has_no_barrier_that_axe_finds(visit, guise):
    page = visit(guise)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page) == []


@pytest.mark.parametrize("guise", ["light", "dark", "narrow", "print"])
def test_the_page_of_the_suite_has_no_barrier_that_axe_finds(visit, suite, guise):
    page = visit(guise, url=suite)
    if guise != "light":  # of what is closed axe reads the code alone, which is the same in all
        assert page.evaluate(REMOVE_WHAT_IS_CLOSED) > 100
    assert violations(page) == []


REMOVE_WHAT_IS_CLOSED = """
    const closed = [...document.querySelectorAll("details:not([open]) > :not(summary)")]
        .filter(each => !each.checkVisibility());
    closed.forEach(each => each.remove());
    closed.length
"""


def test_axe_would_find_a_barrier(visit):
    page = visit()
    page.evaluate("document.querySelector('.lead').style.color = '#eee'")
    assert [each.partition(":")[0] for each in violations(page)] == ["color-contrast"]


@pytest.mark.parametrize("guise", ["light", "narrow"])
@pytest.mark.parametrize("of", ["run", "suite"])
def test_nothing_stands_out_of_the_screen(visit, address, suite, guise, of):
    page = visit(guise, url=address if of == "run" else suite)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def shown(page: Any, selector: str) -> list[str]:
    """The anchors of the visible elements."""
    return page.eval_on_selector_all(
        selector, "all => all.filter(e => e.checkVisibility()).map(e => e.dataset.anchor)"
    )


def test_a_filter_shows_its_claims_and_goes_into_the_address(visit):
    page = visit()
    everything = shown(page, ".card")
    page.get_by_label("Verdict", exact=True).select_option("inconclusive")
    assert page.url.endswith("#verdict=inconclusive")
    assert shown(page, ".card") == ["tie"]
    rows = page.locator(".matrix tbody tr:not([hidden])")
    assert [row.get_attribute("data-claim") for row in rows.all()] == ["tie"]
    assert page.locator(".filters output").inner_text() == f"1 of {len(everything)} claims"
    page.get_by_label("Verdict", exact=True).select_option("")
    assert shown(page, ".card") == everything


def test_an_address_with_filters_shows_its_claims(visit):
    page = visit(place="#verdict=supported&task=digits")
    assert shown(page, ".card") == ["by-definition"]
    assert page.get_by_label("Task", exact=True).input_value() == "digits"


@pytest.mark.parametrize("guise", ["light", "without script"])
def test_the_address_of_a_control_opens_it(visit, guise):
    page = visit(guise, place="#large-leads-early")
    assert page.locator("#large-leads-early .finding").is_visible()


@pytest.mark.parametrize("guise", ["light", "without script"])
def test_a_learner_can_be_hidden(visit, guise):
    page = visit(guise)
    page.locator(".multiples > summary").click()
    chart, boxes = page.locator(".view_accuracy .chart").first, page.locator(".first .legend label")
    curve = chart.locator(".learner .line")
    before = sum(curve.nth(number).is_visible() for number in range(curve.count()))
    boxes.filter(has_text="ridge regression").get_by_role("checkbox").uncheck()
    after = sum(curve.nth(number).is_visible() for number in range(curve.count()))
    assert (before, after) == (3, 2)


@pytest.mark.parametrize("guise", ["light", "without script"])
def test_the_axes_can_be_chosen(visit, guise):
    page = visit(guise)
    page.locator(".multiples > summary").click()
    assert page.locator(".panels.view_accuracy").is_visible()
    page.get_by_label("error, both axes logarithmic").check()
    assert page.locator(".panels.view_error").is_visible()
    assert not page.locator(".panels.view_accuracy").is_visible()


def test_a_pointer_on_the_figure_is_told_the_values(visit):
    page = visit()
    chart = page.locator(".view_accuracy .chart").first
    box = chart.bounding_box()
    chart.hover(position={"x": box["width"] * 0.96, "y": box["height"] / 2})
    told = page.locator(".bubble").inner_text().splitlines()
    assert told[0] == "m = 1,024"
    assert told[1].startswith("large network: 90.0% [")
    assert len(told) == 4
    page.mouse.move(2, 2)
    assert page.locator(".bubble").is_hidden()


def test_a_search_shows_the_claims_with_these_words_from_anywhere_on_the_page(visit):
    page = visit()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    search = page.get_by_label("Search the claims")
    search.fill("Sentence TIE")
    assert shown(page, ".card") == ["tie"]
    assert page.url.endswith("#q=Sentence+TIE")
    assert page.locator(".filters output").inner_text().startswith("1 of ")
    search.fill("")
    assert len(shown(page, ".card")) == page.locator(".card").count()


def test_a_line_opens_its_evidence_and_stays_below_the_navigation(visit):
    page = visit(place="#tie")
    card = page.locator(".card[data-anchor=tie]")
    assert card.locator(".evidence").is_visible()
    bar = page.locator("nav.top").bounding_box()
    assert card.locator("summary").first.bounding_box()["y"] >= bar["y"] + bar["height"]
    card.locator("summary").first.click()
    assert not card.locator(".evidence").is_visible()


def test_all_claims_can_be_opened_and_closed(visit):
    page = visit()
    page.get_by_role("button", name="Open all").click()
    assert page.locator("details.claim:not([open])").count() == 0
    page.get_by_role("button", name="Close all").click()
    assert page.locator("details.claim[open]").count() == 0


def test_a_citation_is_copied(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Cite this page").click()
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Claims and their verdicts")
    assert "3 of 5 claims hold" in copied


@pytest.mark.parametrize("guise", ["light", "without script"])
def test_tiers_stand_side_by_side_and_can_be_switched(visit, tiers, guise):
    page = visit(guise, url=tiers)
    line = page.locator(".card[data-anchor=large-leads] > details > summary")
    assert line.locator(".verdict:visible .badge").count() == 2
    assert "contradicts the quick tier" in line.inner_text()
    assert "1 verdict of another tier contradicts" in page.locator("header").inner_text()
    page.get_by_label("standard", exact=True).check()
    assert line.locator(".verdict:visible .badge").all_inner_texts() == ["✗ refuted"]
    page.get_by_label("quick", exact=True).check()
    assert line.locator(".verdict:visible .badge").all_inner_texts() == ["✓ supported"]
    line.click()
    assert not page.get_by_text("In the standard tier", exact=True).first.is_visible()


def test_the_page_of_two_tiers_has_no_barrier_that_axe_finds(visit, tiers):
    page = visit(url=tiers)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page) == []


def test_a_run_of_one_tier_has_no_switch(visit):
    assert visit().locator(".switch").count() == 0


def test_the_first_screen_of_the_suite_has_the_answer_and_leads_to_the_verdicts(visit, suite):
    page = visit("desk", url=suite)
    assert page.locator("#page_verdicts").bounding_box()["y"] < 900
    assert re.fullmatch(r"\d+ of \d+ claims hold\.", page.locator(".lead").inner_text())
    assert page.evaluate("document.documentElement.scrollHeight") < 8 * 900
    stops = "a[href], button, input, select, summary, [tabindex='0']"
    seen = "all => all.filter(e => e.checkVisibility({contentVisibilityAuto: true})).length"
    assert page.eval_on_selector_all(stops, seen) < 100


def test_what_is_printed_of_the_suite_is_two_pages_unless_evidence_is_open(visit, suite):
    page = visit("desk", url=suite)
    assert printed(page) <= 2
    page.locator(".card summary").first.click()
    assert printed(page) > 2


def printed(page: Any) -> int:
    """How many sheets of A4 the page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def test_all_is_there_without_script(visit):
    page = visit("without script")
    assert page.locator(".filters").is_hidden()
    assert page.locator(".search").is_hidden()
    assert page.locator("button.copy:visible").count() == 0
    assert len(shown_without_script(page)) == page.locator(".card").count()
    assert page.locator(".view_accuracy .chart").first.is_visible()
    assert page.locator(".chart use title").count() > 0  # a browser shows them by itself
    page.locator(".card summary").first.click()
    assert page.locator(".card .evidence").first.is_visible()


def shown_without_script(page: Any) -> list[Any]:
    return [card for card in page.locator(".card").all() if card.is_visible()]


def test_print_has_what_is_open_and_leaves_out_what_needs_a_screen(visit):
    page = visit("print", place="#large-leads-early")
    assert page.locator("#large-leads-early .finding").is_visible()
    assert page.locator(".card[data-anchor=tie] .sentence").is_visible()
    for absent in ("nav.top", ".filters", ".views", ".use", "#tie"):
        assert not page.locator(absent).first.is_visible()

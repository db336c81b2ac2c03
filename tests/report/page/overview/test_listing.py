"""The list of verdicts, with other tiers, and the words above it."""

from __future__ import annotations

import pytest

from pytest_scaling.report.folder import Selection
from pytest_scaling.report.page.cards import cards
from pytest_scaling.report.page.heading import findings, holding, lead
from pytest_scaling.report.page.overview.context import Context
from pytest_scaling.report.page.overview.facts import citation, day, facts
from pytest_scaling.report.page.overview.history import History
from pytest_scaling.report.page.overview.listing import (
    beside,
    listing,
    only_elsewhere,
    reasons,
)
from pytest_scaling.report.page.overview.tasks import task_lines
from pytest_scaling.report.page.render import tiers


def at(time: str):
    return {"title": "A lecture", "author": "A. Teacher", "url": "", "times": [time]}


def of_tier(record, tier: str):
    return record | {"profile": {"device": "cpu", "tier": tier}}


def test_a_verdict_that_another_tier_contradicts_is_marked(make):
    claims = [make.record("a", "supported", make.cell()), make.record("b", "supported")]
    standard = {
        ("a", "cpu"): {"standard": of_tier(make.record("a", "refuted"), "standard")},
        ("control", "cpu"): {
            "standard": of_tier(make.record("control", "refuted", control_of="a"), "standard")
        },
    }
    first, second = listing(beside(cards(claims), Context(others=standard)), ["standard"])
    (other,) = first.others
    assert (other.badge.word, other.conflict, other.control) == ("refuted", True, "✓ refuted")
    assert first.in_conflict
    (absent,) = second.others
    assert (absent.badge, absent.conflict) == (None, False)


def test_a_claim_that_only_another_tier_has_is_listed_where_its_source_says_it(make):
    standard = {
        ("b", "cpu"): {
            "standard": of_tier(make.record("b", "refuted", source=at("03:00")), "standard")
        },
        ("control", "cpu"): {
            "standard": of_tier(make.record("control", "refuted", control_of="b"), "standard")
        },
    }
    known = Context(others=standard)
    records = [
        make.record("a", "supported", make.cell(), source=at("01:00")),
        make.record("c", "supported", make.cell(), source=at("05:00")),
    ]
    heads = beside(cards(records), known)
    lines = listing(heads, known.tiers, only_elsewhere(heads, known))
    assert [(each.card.anchor, each.here) for each in lines] == [
        ("a", True),
        ("b", False),
        ("c", True),
    ]
    (other,) = lines[1].others
    assert (other.badge.word, other.conflict, other.control) == ("refuted", False, "✓ refuted")
    assert tiers(heads, only_elsewhere(heads, known), known) == [
        ("quick", "2 of 2 claims hold."),
        ("standard", "The claim fails."),
    ]


def test_a_run_of_some_claims_does_not_list_those_of_other_tiers(make):
    standard = {("b", "cpu"): {"standard": of_tier(make.record("b", "refuted"), "standard")}}
    known = Context(others=standard, selection=Selection(1, 2, "-k leaves some out"))
    assert only_elsewhere(cards([make.record("a", "supported")]), known) == []


def test_an_open_verdict_of_another_tier_is_no_conflict(make):
    standard = {("a", "cpu"): {"full": of_tier(make.record("a", "inconclusive"), "full")}}
    heads = beside(cards([make.record("a", "supported")]), Context(others=standard))
    assert not listing(heads, ["full"])[0].in_conflict


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ("refuted", "✓ refuted"),
        ("supported", "✗ supported too"),
        ("inconclusive", "? undecided"),
        (None, "\N{EN DASH} not run"),
    ],
)
def test_a_line_says_what_the_control_did(make, control, words):
    records = [make.record("a", "supported", make.cell())]
    records += [make.record("b", control, control_of="a")] if control else []
    (line,) = listing(cards(records), ())
    assert (line.time, line.note, line.control) == ("5:01", "", words)


def test_why_a_claim_is_refuted_names_what_was_measured_and_what_it_needs(make):
    against = make.evidence("refuted", value=-0.02, low=-0.03, high=-0.012)
    beside = make.cell("refuted", against, counted=False)
    (head,) = cards([make.record("a", "refuted", make.cell("refuted", against), beside)])
    minus = "\N{MINUS SIGN}"
    assert reasons(head) == [
        f"Error of a minus b on xor, m = 64 is {minus}0.0200 [{minus}0.0300, {minus}0.0120]; "
        f"the claim needs it above 0.0100, the smallest effect."
    ]
    assert reasons(cards([make.record("a", "supported", make.cell())])[0]) == []


def test_the_first_words_are_how_many_hold_and_which_fail(make):
    records = [make.record(name, "supported") for name in "ab"]
    records += [make.record("c", "refuted"), make.record("d", "inconclusive")]
    heads = cards(records)
    assert holding(heads) == "2 of 4 claims hold."
    assert findings(heads)[:2] == ["One fails: “The sentence of c”.", "One is open."]
    many = [make.record(f"r{n}", "refuted") for n in range(3)]
    assert findings(cards(many)) == ["Three fail."]
    assert lead(cards([make.record("a", "supported")])).startswith("The claim holds.")


def test_the_facts_are_tier_device_date_and_commit_of_the_run(make):
    run = {"commit": "0123456789abcdef", "dirty": True, "started": "2026-11-27T10:00:00+00:00"}
    record = make.record("a", "supported") | {"run": run}
    assert facts(cards([record]), Context()) == [
        "quick tier",
        "CPU",
        "27 November 2026",
        "commit 0123456 with changes",
    ]
    assert (
        "put to the test (A. Teacher): The claim holds. Measured with pytest-scaling, quick tier"
        in citation(cards([record]), Context())
    )


def test_the_facts_of_rows_are_those_of_their_ledger(make):
    known = Context(ledgers=(History("6156708", "2026-11-27"),))
    assert facts(cards([make.record("a", "supported")]), known)[-2:] == [
        "ledger of 27 November 2026",
        "commit 6156708",
    ]


@pytest.mark.parametrize("date", ["", "soon", "2026-13-01", "2026-11"])
def test_what_is_no_date_is_left_as_it_is(date):
    assert day(date) == date


def test_a_task_has_its_line_and_what_is_known_of_it(make):
    arms = [
        make.arm("x", m, [0.3, 0.2], bayes_error=0.1, metrics={"majority_error": [0.4, None]})
        for m in (64, 1024)
    ]
    record = make.record(
        "a", "supported", make.cell(), arms=[*arms, make.arm("x", 8, [0.1], task="")]
    )
    (line,) = task_lines(cards([record]), {"xor": "Two signs."})
    assert (line.name, line.line) == ("xor", "Two signs.")
    assert line.facts == (
        "64 to 1,024 labelled examples; best possible accuracy 90%; most frequent class 60%"
    )

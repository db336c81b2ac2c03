"""Answers: the claims of a run in the order of their source, counted."""

from collections import Counter

from pytest_scaling.report.answers import answers, totals
from tests.report.citation.conftest import row

TALK = {"title": "On trees", "author": "A. Teacher", "url": "https://example.org/talk"}


def at(time):
    return {"source": {**TALK, "times": [time]}}


LATE = row("late", "supported", **at("09:28-10:14"))
EARLY = row("early", "refuted", **at("02:13"))
CONTROL = row("late-not", "refuted", control_of="late")
ALONE = row("of-nobody", "supported", control_of="absent")
FREE = row("free", "inconclusive", source=None)
RUN = [ALONE, FREE, LATE, CONTROL, EARLY]


def test_claims_come_in_the_order_of_their_source():
    found = answers(RUN)
    assert [(each.id, each.time) for each in found] == [
        ("early", "02:13"),
        ("late", "09:28"),
        ("free", ""),
        ("of-nobody", "05:01"),
    ]
    assert [each.control.word for each in found[:2]] == ["not run", "refuted"]
    assert [each.is_control for each in found] == [False, False, False, True]


def test_a_verdict_of_another_tier_contradicts_where_one_supports_and_the_other_refutes():
    others = {
        "late": {"standard": "refuted", "full": "inconclusive"},
        "early": {"standard": "refuted"},
    }
    early, late, *_ = answers(RUN, others)
    assert late.others == others["late"]
    assert late.conflicts == ("standard",)
    assert early.conflicts == ()


def test_claims_and_controls_are_counted_apart():
    found = totals(answers(RUN))
    assert found.claims == Counter(supported=1, refuted=1, inconclusive=1)
    assert found.controls == Counter(refuted=1, supported=1)

"""The table of cells that a run shows by -v."""

from pytest_scaling.report.table import Table, ordered
from pytest_scaling.report.terminal.layout import columns


def table(records, width=80, **more):
    return list(Table(records, width, **more).lines())[1:]  # without the legend


def evidence(verdict="supported", **more):
    return {
        "about": "the gap",
        "measured": "a - b",
        "operator": ">",
        "verdict": verdict,
        "sentence": f"the gap is {verdict}",
        "unit": "error",
        "bound": 0.05,
        "value": 0.2,
        "low": 0.15,
        "high": 0.25,
        "n": 5,
        "smallest_detectable": 0.03,
        "unseen_failure_share": 0.45,
        "seeds_needed": None,
    } | more


def cell(verdict="supported", *compared, **more):
    base = {"task": "xor", "learner": "", "counted": True, "verdict": verdict, "reason": "because"}
    return base | {"evidence": list(compared)} | more


def record(id, verdict, *cells, control_of=None, strength="always", partial=False):
    claim = {"id": id, "control_of": control_of, "strength": strength}
    return {"claim": claim, "verdict": verdict, "partial": partial, "cells": list(cells)}


TABLE = """
✓ large: supported (usually; control refuted)
  ✓ xor · svm
    ✓ a - b               0.2000  [0.1500, 0.2500]  > 0.0500  n = 5
    ✓ c - d               0.2000  [0.1500, 0.2500]  > 0.0500  n = 1,000
  ✗ sum (beside): a - b  -0.1000  [0.1500, 0.2500]  > 0.0500  n = 5
✗ small: refuted (always; control of large)
  ✗ xor: a - b  0.2000  [0.1500, 0.2500]  > 0.0500  n = 5
- absent: not applicable (always, of some of its tasks; no control)
  - xor: because
"""
RECORDS = [
    record(
        "large",
        "supported",
        cell(
            "supported",
            evidence(median=0.21, share_above=0.9),
            evidence(measured="c - d", n=1_000),
            learner="svm",
        ),
        cell("refuted", evidence("refuted", value=-0.1), task="sum", counted=False),
        strength="usually",
    ),
    record("small", "refuted", cell("refuted", evidence("refuted")), control_of="large"),
    record("absent", "not applicable", cell("not applicable"), partial=True),
]


def test_the_table_has_a_headline_per_claim_and_a_line_per_comparison():
    assert "\n" + "\n".join(table(RECORDS)) + "\n" == TABLE


def test_what_is_too_long_for_one_line_has_its_figures_on_the_next():
    name = "the first of two long names - the second of two long names"
    long = record("it", "supported", cell("supported", evidence(measured=name)))
    assert table([long], 80)[1:] == [
        f"  ✓ xor: {name}",
        " " * 8 + "0.2000  [0.1500, 0.2500]  > 0.0500  n = 5",
    ]
    assert len(table([long], 120)) == 2
    for width in (60, 80, 120, 200):
        assert max(map(columns, table([*RECORDS, long], width, in_full=True))) <= width


def test_in_full_a_comparison_has_what_else_its_samples_say():
    lines = table(RECORDS, in_full=True)
    assert lines[3] == "      median 0.2100, P(A > B) = 90%, detects 0.0300 beyond the bound"
    assert lines[5] == "      detects 0.0300 beyond the bound"


def test_a_control_that_is_not_collected_is_no_control_and_one_that_is_was_not_run():
    alone = [record("it", "supported", cell())]
    assert table(alone)[0] == "✓ it: supported (always; no control)"
    assert table(alone, controlled={"it"})[0] == "✓ it: supported, control not run (always)"


def test_what_was_expected_is_not_red():
    painted = []

    def paint(text, colour):
        painted.append((text.strip(), colour))
        return text

    table(
        [
            record("open", "inconclusive", cell("inconclusive", evidence("inconclusive"))),
            record("open-not", "refuted", cell("refuted"), control_of="open"),
            record("other-not", "supported", cell("supported"), control_of="open"),
            record("wrong", "refuted", cell("refuted")),
        ],
        paint=paint,
    )
    assert painted[1:] == [
        ("? open: inconclusive", "yellow"),
        ("?", "yellow"),
        ("✗ open-not: refuted", ""),
        ("✗", ""),
        ("✓ other-not: supported", "yellow"),
        ("✓", "yellow"),
        ("✗ wrong: refuted", "red"),
        ("✗", "red"),
    ]


def test_what_has_no_end_is_written_so():
    race = evidence(unit="ratio of steps", value=0.6931, low=None, high=None, bound=0.6931)
    lines = table([record("race", "supported", cell("supported", race))])
    assert "2.00x  [-∞, ∞]  > 2.00x  n = 5" in lines[1]


def test_an_exact_statement_has_words_and_no_figures():
    exact = {"about": "one is one", "operator": "exact", "verdict": "supported", "sentence": ""}
    lines = table([record("sum", "supported", cell("supported", exact, task=""))])
    assert lines[1] == "  ✓ one is one"


def test_controls_follow_their_claim_and_strays_come_last():
    records = [
        record("stray", "refuted", control_of="elsewhere"),
        record("b-control", "refuted", control_of="b"),
        record("a", "supported"),
        record("b", "supported"),
        record("b-second", "refuted", control_of="b"),
    ]
    assert [each["claim"]["id"] for each in ordered(records)] == [
        "a",
        "b",
        "b-control",
        "b-second",
        "stray",
    ]

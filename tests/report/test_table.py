"""The verdict table and the sentences below it."""
# ruff: noqa: E501, RUF001

from pytest_scaling.report.table import near_their_bounds, ordered, undecided, verdict_table


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
    task, learner  verdict           measured  effect   median  A > B  interval          bound     detects  seeds
✓ large: supported (usually; control refuted)
    xor · svm      ✓ supported       a - b     0.2000   0.2100  90%    [0.1500, 0.2500]  > 0.0500  0.0300   5
    sum (beside)   ✗ refuted         a - b     -0.1000  –       –      [0.1500, 0.2500]  > 0.0500  0.0300   5
✗ small: refuted (always; control of large)
    xor            ✗ refuted         a - b     0.2000   –       –      [0.1500, 0.2500]  > 0.0500  0.0300   5
- absent: not applicable (always, of some of its tasks; control not run)
    xor            - not applicable  because
"""


def test_the_table_has_a_headline_per_claim_and_a_row_per_comparison():
    records = [
        record(
            "large",
            "supported",
            cell("supported", evidence(median=0.21, share_above=0.9), learner="svm"),
            cell("refuted", evidence("refuted", value=-0.1), task="sum", counted=False),
            strength="usually",
        ),
        record("small", "refuted", cell("refuted", evidence("refuted")), control_of="large"),
        record("absent", "not applicable", cell("not applicable"), partial=True),
    ]
    assert "\n" + verdict_table(records) + "\n" == TABLE


def test_verdicts_are_painted_in_their_colours():
    painted = []
    verdict_table(
        [record("open", "inconclusive", cell("inconclusive", evidence("inconclusive")))],
        lambda text, colour: painted.append((text.strip(), colour)) or text,
    )
    assert painted == [("? open: inconclusive", "yellow"), ("? inconclusive", "yellow")]


def test_what_has_no_end_is_written_so():
    race = evidence(unit="ratio of steps", value=0.6931, low=None, high=None, bound=0.6931)
    table = verdict_table([record("race", "supported", cell("supported", race))])
    assert "2.00x   –       –      [-∞, ∞]   > 2.00x  1.03x    5" in table


def test_an_exact_statement_has_words_and_no_figures():
    exact = {"about": "one is one", "operator": "exact", "verdict": "supported", "sentence": ""}
    table = verdict_table([record("sum", "supported", cell("supported", exact, task=""))])
    assert table.splitlines()[-1].split("  ")[-1] == "one is one"


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


def test_undecided_comparisons_stand_with_the_seeds_that_would_decide_them():
    records = [
        record(
            "open",
            "inconclusive",
            cell("inconclusive", evidence("inconclusive", seeds_needed=4_000)),
            cell("inconclusive", evidence("inconclusive")),
            cell("supported", evidence()),
        )
    ]
    assert list(undecided(records)) == [
        "open: the gap is inconclusive; about 4,000 seeds would decide",
        "open: the gap is inconclusive; the mean is too close to the bound for any affordable "
        "number of seeds",
    ]


def test_a_support_near_its_bound_is_shown_with_the_figure_that_allows_for_its_luck():
    near = evidence(value=0.08, given_support=0.06)
    far = evidence(value=0.2, given_support=0.19)
    records = [record("large", "supported", cell("supported", near, far, evidence("refuted")))]
    assert list(near_their_bounds(records)) == [
        "large, a - b: supported near its bound, which takes luck and overstates the effect: "
        "0.0800 measured, 0.0600 allowing for that"
    ]


def test_an_open_comparison_is_told_the_range_of_seeds_that_decides_it_and_its_chance():
    ranges = {
        "20 to 45 seeds would decide it, 8 times in 10": [20, 45],
        "1,200 seeds or more would decide it, 9 times in 10": [1_200, None],
        "the mean is too close to the bound for any affordable number of seeds": None,
    }
    for words, seeds_range in ranges.items():
        open_now = evidence("inconclusive", seeds_range=seeds_range)
        (sentence,) = undecided([record("it", "inconclusive", cell("inconclusive", open_now))])
        assert sentence == f"it: the gap is inconclusive; {words}"

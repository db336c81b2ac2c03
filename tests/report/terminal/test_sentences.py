"""The sentences beside the answers, whole and folded."""

from pytest_scaling.ledger.gate import Judgement
from pytest_scaling.report.terminal.sentences import (
    ledger_in_short,
    ledger_lines,
    near_their_bounds,
    overstated_in_short,
    undecided,
)
from tests.report.test_table import cell, evidence, record


def held(id, *findings):
    pairs = [{"kind": kind, "sentence": sentence} for kind, sentence in findings]
    return record(id, "supported") | {"ledger": {"verdict": "supported", "findings": pairs}}


def test_what_the_ledger_says_is_folded_into_a_line_for_each_kind():
    newer = ("note", "numpy was 2.1 and is 2.2")
    records = [
        held("a", ("protocol", "its protocol changed: x"), newer),
        held(
            "b", ("protocol", "its protocol changed: y"), ("effect", "the effect shrank: z"), newer
        ),
        record("c", "supported"),
    ]
    judgement = Judgement(("a is wrong",), ("no row yet for c",))
    assert list(ledger_in_short(records, judgement)) == [
        "wrong: a is wrong",
        "no row yet for c",
        "ledger: 2 claims, the protocol changed (a, b)",
        "ledger: 1 claim, the effect shrank: z (b)",
        "ledger: 2 claims, numpy was 2.1 and is 2.2 (a, b)",
    ]
    assert list(ledger_lines(records, judgement))[2:] == [
        "a: its protocol changed: x",
        "2 claims: numpy was 2.1 and is 2.2",
        "b: its protocol changed: y",
        "b: the effect shrank: z",
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
        "large, a - b: supported close to its bound, so the effect is probably overstated: "
        "0.0800 measured, 0.0600 allowing for luck"
    ]
    assert list(overstated_in_short(records)) == [
        "1 effect probably overstated, being close to the bound: large"
    ]
    assert list(overstated_in_short([])) == []


def test_an_open_comparison_is_told_the_range_of_seeds_that_decides_it_and_its_chance():
    ranges = {
        "20 to 45 seeds would decide it, 8 times in 10": [20, 45],
        "about 20 seeds would decide it, 8 times in 10": [20, 19],
        "1,200 seeds or more would decide it, 9 times in 10": [1_200, None],
        "the mean is too close to the bound for any affordable number of seeds": None,
    }
    for words, seeds_range in ranges.items():
        open_now = evidence("inconclusive", seeds_range=seeds_range)
        (sentence,) = undecided([record("it", "inconclusive", cell("inconclusive", open_now))])
        assert sentence == f"it: the gap is inconclusive; {words}"

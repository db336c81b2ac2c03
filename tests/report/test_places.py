"""Where a claim holds and where it fails."""

import pytest

from pytest_scaling.report.places import in_short, places, sentence

SMALLER = {"low": -0.3, "high": -0.1}
TIE = {"low": -0.004, "high": 0.006}


@pytest.fixture
def claim(make):
    """A refuted claim with cells by (task, learner): verdict, and the evidence where it matters."""

    def of(cells):
        made = [
            make.cell(
                verdict, *[make.evidence(verdict, **more)] * bool(more), task=task, learner=who
            )
            for (task, who), (verdict, more) in cells.items()
        ]
        return make.record("it", "refuted", *made) | {"reason": "one is two: false"}

    return of


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            {
                ("xor", ""): ("supported", {}),
                ("digits", ""): ("refuted", SMALLER),
                ("rings", ""): ("refuted", TIE),
                ("sum", ""): ("inconclusive", {}),
                ("later", ""): ("not applicable", {}),
            },
            "holds on xor; tie on rings; fails on digits; open on sum",
        ),
        (
            {
                ("xor", "tree"): ("supported", {}),
                ("xor", "forest"): ("supported", {}),
                ("xor", "line"): ("refuted", SMALLER),
                ("sum", "tree"): ("supported", {}),
                ("sum", "forest"): ("supported", {}),
                ("sum", "line"): ("supported", {}),
            },
            "holds for tree and forest, for line on sum; fails for line on xor",
        ),
        (
            {("", "tree"): ("supported", {}), ("", "line"): ("refuted", SMALLER)},
            "holds for tree; fails for line",
        ),
        ({("xor", "line"): ("refuted", SMALLER)}, "fails for line on xor"),
        ({("", ""): ("refuted", SMALLER)}, "fails: one is two: false"),
    ],
)
def test_places_are_told_by_learner_and_task(claim, cells, words):
    assert places(claim(cells)) == words


@pytest.mark.parametrize(
    "more",
    [
        {"operator": "<", **TIE},
        {"unit": "ratio", **TIE},
        {"low": None, "high": 0.006},
        {"low": -0.02, "high": 0.006},
    ],
)
def test_only_a_difference_of_errors_within_its_bound_is_a_tie(claim, more):
    assert places(claim({("xor", ""): ("refuted", more)})) == "fails on xor"


@pytest.mark.parametrize(
    ("verdict", "cells", "said"),
    [
        ("supported", [("a", "", "supported")], "holds on a"),
        ("supported", [(t, "", "supported") for t in "abc"], "holds on all three tasks"),
        (
            "supported",
            [("a", "x", "supported"), ("a", "y", "refuted"), ("b", "x", "supported")],
            "holds on b",
        ),
        (
            "refuted",
            [(t, n, "refuted" if n == "svm" else "supported") for t in "ab" for n in ("svm", "lr")],
            "fails with svm on both tasks",
        ),
        (
            "inconclusive",
            [("a", "", "supported"), ("b", "", "inconclusive"), ("c", "", "not applicable")],
            "open on b",
        ),
        (
            "refuted",
            [("a", "", "refuted"), ("b", "", "refuted"), ("c", "", "supported")],
            "fails on two of three tasks",
        ),
        ("supported", [("", "", "supported")], ""),
    ],
)
def test_in_short_it_is_on_how_many_tasks(make, verdict, cells, said):
    made = [make.cell(verdict, task=task, learner=name) for task, name, verdict in cells]
    assert in_short(make.record("it", verdict, *made)) == said


def test_as_a_sentence_it_is_the_same_places(claim):
    made = claim({("xor", "tree"): ("supported", {}), ("xor", "line"): ("refuted", SMALLER)})
    assert sentence(made) == "Holds for tree; fails for line."


def test_a_claim_about_no_task_says_how_many_comparisons_agree(make):
    rows = [make.evidence("refuted"), make.evidence("supported"), make.evidence("refuted")]
    made = make.record("it", "refuted", make.cell("refuted", *rows, task=""))
    assert sentence(made) == "Fails in two of three comparisons."


def test_a_claim_that_is_not_applicable_says_why(make):
    made = make.cell("not applicable", reason="it takes 65,536 rows")
    assert sentence(make.record("it", "not applicable", made)) == (
        "Not applicable: it takes 65,536 rows."
    )

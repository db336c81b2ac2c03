"""Where a claim holds and where it fails."""

import pytest

from pytest_scaling.report.terminal.places import places

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

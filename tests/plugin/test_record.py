"""Records: everything that was measured, as plain JSON."""

import json
import math
import platform

import pytest

from pytest_scaling.cell import Body, Cell, CellResult, Hearing, scope
from pytest_scaling.claim import Claim, Source
from pytest_scaling.record import arms, digits, dump, finite, record
from pytest_scaling.session import Profile
from pytest_scaling.statistics.verdict import Verdict
from pytest_scaling.tier import TIERS
from pytest_scaling.trials.trial import Arm
from tests.plugin.bench import EFFECT, GOOD, POOR, TASK, Name, planted, swinging

QUICK = TIERS["quick"]
PROFILE = Profile("cpu", "x86_64", "quick")
TALK = Source("Talk", "A. Teacher", "https://example.org").at("1:00", "1:20")


def heard(bench, m=64, **claim):
    """The record of a claim that compares a poor learner with a good one."""

    def body(compare, task, smallest_effect):
        assert compare(POOR, GOOD, task=task, m=m) > smallest_effect

    stated = Claim("it", "It is so", smallest_effect=EFFECT, tasks=(TASK,), **claim)
    laid = scope(stated, (), QUICK, None, ("task",))
    arguments = ("compare", "task", "smallest_effect")
    result = Hearing(Body(body, arguments), laid, bench, QUICK, "cpu", 0).verdict()
    return record(result, PROFILE, "claims/test_it.py")


CLEAR = planted(good=0.1, poor=0.3)
OPEN = planted(good=0.1, poor=swinging(0.17, 0.1))


def test_the_head_of_a_record_is_the_claim_as_it_was_stated():
    made = heard(CLEAR, source=TALK, strength="usually", bounds={"flat": 0.1}, control_of="that")
    assert made["schema"] == "claim-record/v1"
    assert made["claim"] == {
        "id": "it",
        "text": "It is so",
        "source": {
            "title": "Talk",
            "author": "A. Teacher",
            "url": "https://example.org",
            "times": ["1:00-1:20"],
        },
        "strength": "usually",
        "smallest_effect": EFFECT,
        "bounds": {"flat": 0.1},
        "level": 0.01,
        "control_of": "that",
    }
    assert heard(CLEAR)["claim"]["source"] is None
    assert made["file"] == "claims/test_it.py"
    assert made["profile"] == {
        "device": "cpu",
        "architecture": "x86_64",
        "tier": "quick",
        "dtype": "float32",
        "deterministic": True,
    }


def test_a_comparison_holds_its_figures_and_all_its_samples():
    (cell,) = heard(CLEAR)["cells"]
    (comparison,) = cell["evidence"]
    assert comparison["verdict"] == cell["verdict"] == "supported"
    assert comparison["operator"] == ">"
    assert (comparison["bound"], comparison["bound_name"]) == (EFFECT, "smallest_effect")
    assert (comparison["value"], comparison["n"], comparison["most_seeds"]) == (0.2, 5, 10)
    assert comparison["low"] < 0.2 < comparison["high"]
    assert comparison["seeds"] == [0, 1, 2, 3, 4]
    assert comparison["samples"] == pytest.approx([0.2] * 5)
    assert comparison["stopped_early"] is True
    assert comparison["seeds_needed"] is None
    assert comparison["unseen_failure_share"] == pytest.approx(1 - 0.05 ** (1 / 5), abs=1e-6)
    assert 0 < comparison["smallest_detectable"] < 0.1
    assert comparison["sentence"] == cell["reason"]


def test_an_open_comparison_says_how_many_seeds_it_would_take():
    made = heard(OPEN)
    (comparison,) = made["cells"][0]["evidence"]
    assert made["verdict"] == "inconclusive"
    assert comparison["seeds_needed"] > 10
    assert comparison["stopped_early"] is False


def test_every_arm_is_there_once_with_its_metrics_seed_by_seed():
    made = heard(CLEAR)
    assert [(arm["learner"], arm["m"], arm["seeds"]) for arm in made["arms"]] == [
        ("good", 64, [0, 1, 2, 3, 4]),
        ("poor", 64, [0, 1, 2, 3, 4]),
    ]
    assert made["arms"][1]["metrics"] == {"error": [0.3] * 5, "majority_error": [0.5] * 5}
    assert made["arms"][1]["diverged"] == 0


def test_an_arm_of_several_cells_is_given_with_the_most_seeds():
    arm, other = Arm(GOOD, TASK, 64), Arm(GOOD, Name("ape"), 256)
    results = tuple(CLEAR.result(arm, seed) for seed in range(10))
    cells = [
        CellResult(Cell(None, None, True), None, "", (), {arm: results[:5], other: results[:5]}),
        CellResult(Cell(None, None, True), None, "", (), {arm: results}),
        CellResult(Cell(None, None, True), None, "", (), {arm: results[:7]}),
    ]
    assert [(row["task"], len(row["seeds"])) for row in arms(cells)] == [("ape", 5), ("xor", 10)]


def test_what_is_not_applicable_has_a_reason_and_no_evidence():
    def body(task):
        pytest.skip("no data")

    stated = Claim("it", "It is so", tasks=(TASK,))
    laid = scope(stated, (), QUICK, None, ("task",))
    result = Hearing(Body(body, ("task",)), laid, CLEAR, QUICK, "cpu", 0).verdict()
    made = record(result, PROFILE, "test_it.py")
    assert (made["verdict"], made["reason"]) == ("not applicable", "no data")
    assert made["cells"][0]["evidence"] == []
    assert made["arms"] == []


def test_an_exact_statement_is_evidence_without_figures():
    def body(exact):
        assert exact(True, "one is one")

    laid = scope(Claim("it", "It is so"), (), QUICK, None, ())
    result = Hearing(Body(body, ("exact",)), laid, CLEAR, QUICK, "cpu", 0).verdict()
    (comparison,) = record(result, PROFILE, "test_it.py")["cells"][0]["evidence"]
    assert comparison == {
        "about": "one is one",
        "operator": "exact",
        "verdict": Verdict.SUPPORTED,
        "sentence": "one is one: true",
    }


def test_a_record_is_the_same_for_the_same_evidence_and_names_no_machine():
    text = dump(heard(CLEAR))
    assert dump(heard(CLEAR)) == text
    assert dump(heard(CLEAR)) == dump(heard(CLEAR))
    assert dump(heard(OPEN)) != dump(heard(CLEAR))
    assert json.loads(text) == heard(CLEAR)
    node = platform.node()
    assert not node or f'"{node}"' not in text
    assert set(heard(CLEAR)["environment"]) == {"python", "system", "machine", "libraries"}


def test_the_text_of_a_record_has_no_value_that_json_lacks():
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump({"value": math.nan})


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.123456789, 0.123457),
        (123456.789, 123457.0),
        (0.1 + 0.2, 0.3),
        (-1e-9, -1e-9),
        (math.inf, None),
        (-math.inf, None),
        (math.nan, None),
    ],
)
def test_derived_figures_have_six_digits_or_none(value, kept):
    assert digits(value) == kept


def test_a_metric_is_kept_in_full_or_is_null():
    assert finite(0.1 + 0.2) == 0.1 + 0.2
    assert finite(math.inf) is None


def test_a_profile_has_the_name_of_a_directory():
    assert PROFILE.name == "cpu-x86_64-float32-deterministic-quick"
    loose = Profile("cuda", "aarch64", "full", "bfloat16", deterministic=False)
    assert loose.name == "cuda-aarch64-bfloat16-nondeterministic-full"

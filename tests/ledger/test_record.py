"""Records: everything that was measured, as plain JSON."""

import json
import math
import platform

import pytest
from jsonschema import Draft202012Validator

from pytest_scaling.experiments.evaluation import Body, CellResult, Evaluation
from pytest_scaling.experiments.quantities import Rule
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.format import SCHEMA_FILE, digits, dump
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.ledger.protocol import rule_of
from pytest_scaling.ledger.record import arms, digest, record, row_of
from pytest_scaling.ledger.replay import recorded
from pytest_scaling.spec.declaration import Claim, Source
from pytest_scaling.spec.scope import Cell, scope
from pytest_scaling.statistics.verdict import Verdict
from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.trial import Arm
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, Name, planted, swinging

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
    result = Evaluation(Body(body, arguments), laid, bench, QUICK, "cpu", 0).verdict()
    return record(result, PROFILE, "claims/test_it.py", QUICK)


SCHEMA = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
CLEAR = planted(good=0.1, poor=0.3)
OPEN = planted(good=0.1, poor=swinging(0.17, 0.02))


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
    assert (comparison["value"], comparison["n"], comparison["most_seeds"]) == (0.2, 7, 10)
    assert comparison["low"] < 0.2 < comparison["high"]
    assert comparison["seeds"] == [0, 1, 2, 3, 4, 5, 6]
    assert comparison["samples"] == pytest.approx([0.2] * 7)
    assert comparison["stopped_early"] is True
    assert comparison["seeds_needed"] is None
    assert comparison["unseen_failure_share"] == pytest.approx(1 - 0.05 ** (1 / 7), abs=1e-6)
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
        ("good", 64, [0, 1, 2, 3, 4, 5, 6]),
        ("poor", 64, [0, 1, 2, 3, 4, 5, 6]),
    ]
    assert made["arms"][1]["metrics"] == {"error": [0.3] * 7, "majority_error": [0.5] * 7}
    assert made["arms"][1]["diverged"] == 0


def test_an_arm_of_several_cells_is_given_with_the_most_seeds():
    arm, other = Arm(GOOD, TASK, 64), Arm(GOOD, Name("ape"), 256)
    results = tuple(CLEAR.result(arm, seed) for seed in range(10))
    cells = [
        CellResult(Cell(None, None, True), None, "", (), {arm: results[:5], other: results[:5]}),
        CellResult(Cell(None, None, True), None, "", (), {arm: results}),
        CellResult(Cell(None, None, True), None, "", (), {arm: results[:7]}),
    ]
    assert [(row["task"], len(row["seeds"])) for _, row in arms(cells)] == [("ape", 5), ("xor", 10)]


def test_what_is_not_applicable_has_a_reason_and_no_evidence():
    def body(task):
        pytest.skip("no data")

    stated = Claim("it", "It is so", tasks=(TASK,))
    laid = scope(stated, (), QUICK, None, ("task",))
    result = Evaluation(Body(body, ("task",)), laid, CLEAR, QUICK, "cpu", 0).verdict()
    made = record(result, PROFILE, "test_it.py", QUICK)
    assert (made["verdict"], made["reason"]) == ("not applicable", "no data")
    assert made["cells"][0]["evidence"] == []
    assert made["arms"] == []


def test_an_exact_statement_is_evidence_without_figures():
    def body(exact):
        assert exact(True, "one is one")

    laid = scope(Claim("it", "It is so"), (), QUICK, None, ())
    result = Evaluation(Body(body, ("exact",)), laid, CLEAR, QUICK, "cpu", 0).verdict()
    (comparison,) = record(result, PROFILE, "test_it.py", QUICK)["cells"][0]["evidence"]
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


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA.schema)


@pytest.mark.parametrize("bench", [CLEAR, OPEN, planted(good=0.3, poor=0.1)])
@pytest.mark.parametrize("source", [None, TALK])
def test_a_record_is_as_the_schema_says_whatever_its_verdict(bench, source):
    SCHEMA.validate(heard(bench, source=source, bounds={"alike": (-0.1, 0.1)}))


def test_a_row_of_the_ledger_is_as_the_schema_says(tmp_path):
    SCHEMA.validate(
        json.loads(Ledger(tmp_path, "quick").write(heard(CLEAR), "first").read_text("utf-8"))
    )


def parts(value, way=()):
    """Every object inside a JSON value, with the way to it."""
    if isinstance(value, dict):
        yield way, value
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            yield from parts(each, (*way, key))


def test_what_a_comparison_has_beside_its_mean_is_there_as_a_whole_or_not_at_all():
    made = heard(CLEAR, source=TALK)
    evidence = made["cells"][0]["evidence"][0]
    for name in ("median", "share_above", "given_support", "seeds_range"):
        del evidence[name]
    SCHEMA.validate(made)


NAMED_FREELY = {"metrics", "settings", "bounds", "libraries"}


def test_the_schema_knows_every_field_of_a_record_and_asks_for_it():
    made = heard(CLEAR, source=TALK)
    optional = {  # came later
        ("file",),
        ("partial",),
        ("protocol", "tier", "test_rows"),
        ("protocol", "claim", "judged_by"),
        ("protocol", "cells", 0, "statements"),
    }
    asked = 0
    for way, part in parts(made):
        if NAMED_FREELY & {*way} or way == ("protocol", "arms"):
            continue
        for key in list(part):
            lost = part.pop(key)
            assert SCHEMA.is_valid(made) is ((*way, key) in optional), (way, key)
            part[key] = lost
            asked += 1
        part["new"] = 1
        assert not SCHEMA.is_valid(made), way
        del part["new"]
    assert asked > 80
    SCHEMA.validate(made)


def test_the_digest_covers_every_number_and_nothing_of_the_run():
    made = heard(CLEAR)
    assert made["digest"] == digest(made)
    assert digest(made | {"file": "b.py", "partial": True, "run": {}, "blessing": {}}) == digest(
        made
    )
    made["cells"][0]["evidence"][0]["samples"][3] += 1e-16 + 1e-15
    assert digest(made) != made["digest"]


def test_arms_that_are_compared_keep_in_how_many_test_rows_they_differ():
    made = heard(CLEAR)
    assert made["discordant"] == [{"arms": [0, 1], "rows": [200] * 7}]
    assert made["cells"][0]["evidence"][0]["arms"] == [1, 0]
    assert made["arms"][0]["test_rows"] == [1000] * 7


def test_the_seeds_that_diverged_are_named():
    diverging = planted(good=0.1, poor=0.3)
    diverging.diverged = lambda arm, seed: arm.learner is POOR and seed in (1, 3)
    poor = heard(diverging)["arms"][1]
    assert (poor["diverged"], poor["diverged_seeds"]) == (2, [1, 3])


def test_what_fits_into_a_line_is_one_and_a_list_of_samples_always_is():
    text = dump({"b": list(range(100)), "a": {"x": 1}, "c": [{"y": "z" * 60}, {"y": "z" * 60}]})
    lines = text.splitlines()
    assert lines[:2] == ["{", ' "a": {"x": 1},']
    assert lines[2] == ' "b": ' + json.dumps(list(range(100))) + ","
    assert lines[4] == '  {"y": "' + "z" * 60 + '"},'
    assert json.loads(text)["c"][1] == {"y": "z" * 60}


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


def test_a_metric_is_kept_in_full_or_is_null_where_a_diverged_seed_lacks_it():
    results = (
        SeedResult(0, {"loss": 0.1 + 0.2}, None, 0, False, 0.0),
        SeedResult(1, {}, None, 0, True, 0.0),
    )
    row = row_of(Arm(GOOD, TASK, 64), results)
    assert row["metrics"] == {"loss": [0.1 + 0.2, None]}
    assert [each.metrics for each in recorded(row, 0, {})] == [{"loss": 0.1 + 0.2}, {}]


def test_a_profile_has_the_name_of_a_directory():
    assert PROFILE.name == "cpu-x86_64-float32-deterministic-quick"
    loose = Profile("cuda", "aarch64", "full", "bfloat16", deterministic=False)
    assert loose.name == "cuda-aarch64-bfloat16-nondeterministic-full"


def test_a_record_names_the_rule_and_shows_the_typical_seed_beside_the_mean():
    made = heard(CLEAR)
    (comparison,) = made["cells"][0]["evidence"]
    assert made["protocol"]["claim"]["judged_by"] == "mean and median"
    assert comparison["median"] == pytest.approx(0.2)
    assert comparison["share_above"] == 1.0
    assert EFFECT < comparison["given_support"] <= comparison["value"]
    assert comparison["seeds_range"] is None
    assert ", median 0.2000, P(A > B) = 100%: above" in comparison["sentence"]


def test_an_open_comparison_has_a_range_of_seeds():
    (comparison,) = heard(OPEN)["cells"][0]["evidence"]
    fewest, most = comparison["seeds_range"]
    assert 10 < fewest <= comparison["seeds_needed"]
    assert most is None or most >= comparison["seeds_needed"]
    assert comparison["given_support"] is None


def test_what_was_judged_by_the_mean_alone_is_recorded_as_it_was():
    claim = Claim("it", "It is so", smallest_effect=EFFECT, tasks=(TASK,))
    laid = scope(claim, (), QUICK, None, ("task",))

    def body(compare, task, smallest_effect):
        assert compare(POOR, GOOD, task=task, m=64) > smallest_effect

    arguments = ("compare", "task", "smallest_effect")
    evaluation = Evaluation(Body(body, arguments), laid, CLEAR, QUICK, "cpu", 0, Rule.MEAN)
    made = record(evaluation.verdict(), PROFILE, "test_it.py", QUICK)
    (comparison,) = made["cells"][0]["evidence"]
    assert "judged_by" not in made["protocol"]["claim"]
    assert rule_of(made["protocol"]) is Rule.MEAN
    assert comparison["n"] == 5
    assert not {"median", "share_above", "given_support", "seeds_range"} & set(comparison)
    assert "median" not in comparison["sentence"]
    assert SCHEMA.is_valid(made)

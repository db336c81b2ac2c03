"""Protocols: what a claim measures, whatever the result; and how two of them differ."""

import json
from dataclasses import replace

import pytest

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.ledger.protocol import changes, protocol
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, Name, planted

QUICK = TIERS["quick"]
CLEAR = planted(good=0.1, poor=0.3)


class Tuned(Name):
    """A learner with one setting, its learning rate."""

    rate = 0.1

    def settings(self, task, m):
        return {"rate": self.rate}


def body(compare, curve, task, smallest_effect):
    error = curve(GOOD, task=task)
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect
    assert error.gain(256, 1_024) < smallest_effect


def heard(bench=CLEAR, body=body, wanted=None, tier=QUICK, **header):
    """The protocol of a claim on two tasks."""
    header = {
        "tasks": (TASK, Name("sum")),
        "smallest_effect": EFFECT,
        "strength": "usually",
    } | header
    claim = Claim("it", header.pop("text", "It is so"), **header)
    laid = scope(claim, (), tier, wanted, ("task",))
    arguments = tuple(body.__code__.co_varnames[: body.__code__.co_argcount])
    result = Evaluation(Body(body, arguments), laid, bench, tier, "cpu", 0).verdict()
    return protocol(claim, result, tier)


def test_a_protocol_is_what_a_claim_would_measure_if_all_of_it_held():
    made = heard()
    first, second = made["cells"]
    assert (first["task"], second["task"]) == ("xor", "sum")
    assert [each["operator"] for each in first["comparisons"]] == [">", "<"]
    comparison = first["comparisons"][0]
    assert comparison["arms"] == ["poor on xor, m = 64", "good on xor, m = 64"]
    assert comparison["bounds"] == {"smallest_effect": EFFECT}
    assert comparison["looks"] == [7, 10]
    assert comparison["metric"] == "error"
    curve = {f"good on xor, m = {m}" for m in QUICK.sizes}
    assert {*curve, *comparison["arms"]} <= set(made["arms"])


def test_a_protocol_does_not_depend_on_what_comes_out():
    hashes = {
        heard(planted(good=good, poor=poor))["hash"] for good, poor in [(0.1, 0.3), (0.3, 0.1)]
    }
    assert len(hashes) == 1


def test_the_words_of_a_claim_are_no_part_of_its_protocol():
    assert heard(text="It is otherwise") == heard()


OTHER = {
    "strength": ({"strength": "always"}, "strength was usually and is always"),
    "level": ({"level": 0.005}, "level was 0.01 and is 0.005"),
    "smallest effect": ({"smallest_effect": 0.06}, "smallest effect was 0.05 and is 0.06"),
    "bounds": ({"bounds": {"far": 0.2}}, "bounds was none and is far 0.2"),
    "tier": ({"tier": replace(QUICK, most_seeds=7)}, "most seeds was 10 and is 7"),
    "tasks": ({"tasks": (TASK,)}, "sum no longer runs"),
    "version of a task": (
        {"tasks": (Name("xor", version=2), Name("sum"))},
        "task version of good on xor, m = 64 was 1 and is 2",
    ),
}


@pytest.mark.parametrize("part", OTHER)
def test_whatever_defines_the_procedure_changes_the_hash_and_is_named(part):
    header, words = OTHER[part]
    old, new = heard(), heard(**header)
    assert old["hash"] != new["hash"]
    assert words in list(changes(old, new))


def test_a_setting_that_changed_is_named_with_the_arm():
    tuned = Tuned("tuned")

    def body(compare, task, smallest_effect):
        assert compare(tuned, GOOD, task=task, m=64) > smallest_effect

    bench = planted(good=0.1, tuned=0.3)
    old = heard(bench, body)
    Tuned.rate = 0.2
    new = heard(bench, body)
    Tuned.rate = 0.1
    assert list(changes(old, new)) == [
        f"rate of tuned on {task}, m = 64 was 0.1 and is 0.2" for task in ("sum", "xor")
    ]


def test_another_comparison_is_named_with_its_cell():
    def turned(compare, curve, task, smallest_effect):
        error = curve(GOOD, task=task)
        assert compare(POOR, GOOD, task=task, m=64) > smallest_effect
        assert error.gain(256, 1_024) > smallest_effect

    assert list(changes(heard(), heard(body=turned))) == [
        f"{task}: operator was < and is >" for task in ("xor", "sum")
    ]


def test_one_more_statement_is_named_with_its_cell():
    def longer(compare, curve, task, smallest_effect):
        error = curve(GOOD, task=task)
        for start in (256, 1_024):
            assert error.gain(start, 4_096) < smallest_effect
        assert compare(POOR, GOOD, task=task, m=64) > smallest_effect

    assert "xor: statements was 2 and is 3" in list(changes(heard(), heard(body=longer)))


def test_a_part_of_the_tasks_has_the_protocol_of_that_part():
    whole, part = heard(), heard(wanted=("sum",))
    assert list(changes(whole, part, partial=True)) == []
    assert "xor no longer runs" in list(changes(whole, part))
    other = heard(wanted=("sum",), level=0.005)
    assert "level was 0.01 and is 0.005" in list(changes(whole, other, partial=True))


def test_equal_protocols_have_no_changes():
    assert list(changes(heard(), json.loads(json.dumps(heard())))) == []

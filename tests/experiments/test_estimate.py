"""Estimates, decisions and their words."""

import math
from dataclasses import replace

import pytest

from pytest_scaling import Decision, Estimate, Inconclusive, all_of, equivalent
from pytest_scaling.experiments.estimate import Evidence
from pytest_scaling.experiments.units import (
    ERROR,
    LOG_ERROR,
    LOG_RATIO,
    LOG_SECONDS,
    LOG_STEPS,
    NUMBER,
    STATEMENT,
    UNITS,
)
from pytest_scaling.spec.errors import ClaimError
from pytest_scaling.statistics import verdict as judges
from pytest_scaling.statistics.interval import Interval
from pytest_scaling.statistics.verdict import Verdict

SUPPORTED, REFUTED, INCONCLUSIVE = Verdict.SUPPORTED, Verdict.REFUTED, Verdict.INCONCLUSIVE


def interval(low, high):
    return Interval((low + high) / 2, low, high, 0.1, 5)


def estimate(low, high, refuting=None, **bounds):
    return Estimate(
        about="the gap",
        measured="a - b, 64",
        unit=ERROR,
        interval=interval(low, high),
        refuting=interval(*(refuting or (low, high))),
        seeds=(0, 1, 2, 3, 4),
        samples=(0.0,) * 5,
        bounds=bounds or {"smallest_effect": 0.1, "-smallest_effect": -0.1},
        level=0.01,
        most_seeds=10,
        evidence=Evidence(),
    )


ABOVE, BELOW, AROUND = (0.2, 0.4), (-0.2, 0.0), (0.0, 0.2)  # intervals about the bound 0.1


@pytest.mark.parametrize(
    ("ends", "greater", "less"),
    [
        (ABOVE, SUPPORTED, REFUTED),
        (BELOW, REFUTED, SUPPORTED),
        (AROUND, INCONCLUSIVE, INCONCLUSIVE),
        ((0.1, 0.4), INCONCLUSIVE, INCONCLUSIVE),  # an end that touches the bound decides nothing
        ((0.0, 0.1), INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_the_side_of_the_bound_that_the_interval_lies_on_decides(ends, greater, less):
    measured = estimate(*ends)
    assert (measured > 0.1).verdict == greater
    assert (measured < 0.1).verdict == less
    assert (0.1 < measured).verdict == greater
    assert (0.1 > measured).verdict == less


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [
        ((-0.05, 0.05), SUPPORTED),
        ((0.2, 0.4), REFUTED),
        ((-0.4, -0.2), REFUTED),
        ((0.0, 0.2), INCONCLUSIVE),
        ((-0.4, 0.4), INCONCLUSIVE),
    ],
)
def test_equivalence_means_within_the_bound_on_both_sides(ends, verdict):
    assert equivalent(estimate(*ends), 0.1).verdict == verdict


def test_refuting_takes_the_stricter_interval_and_supporting_does_not():
    clearly_not = estimate(-0.2, 0.0, refuting=(-0.3, 0.2))
    assert (clearly_not > 0.1).verdict == INCONCLUSIVE
    clearly = estimate(0.2, 0.4, refuting=(0.0, 0.6))
    assert (clearly > 0.1).verdict == SUPPORTED
    assert (clearly < 0.1).verdict == INCONCLUSIVE
    assert equivalent(estimate(-0.05, 0.05, refuting=(-0.2, 0.2)), 0.1).verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("judge", "compare"),
    [
        ("judge_above", lambda measured: measured > 0.1),
        ("judge_below", lambda measured: measured < 0.1),
        ("judge_equivalent", lambda measured: equivalent(measured, 0.1)),
    ],
)
def test_a_comparison_leaves_the_verdict_to_the_statistics(monkeypatch, judge, compare):
    asked = []
    monkeypatch.setattr(
        judges, judge, lambda *question: (asked.append(question), "as the judge says")[1]
    )
    measured = estimate(0.2, 0.4)
    assert compare(measured).verdict == "as the judge says"
    assert asked == [(measured.interval, 0.1)]


def test_a_decision_is_true_false_or_inconclusive():
    assert bool(estimate(*ABOVE) > 0.1) is True
    assert bool(estimate(*BELOW) > 0.1) is False
    with pytest.raises(Inconclusive) as undecided:
        bool(estimate(*AROUND) > 0.1)
    assert undecided.value.msg == (
        "the gap is 0.1000 [0.0000, 0.2000] (n = 5): the interval contains smallest_effect 0.1000"
    )


def test_an_inconclusive_comparison_skips_for_whoever_does_not_know_it():
    with pytest.raises(pytest.skip.Exception):
        assert estimate(*AROUND) > 0.1


def test_every_comparison_is_noted_as_evidence_and_changes_nothing_else():
    measured = estimate(*ABOVE)
    before = replace(measured)
    first, second = measured > 0.1, measured < 0.1
    assert measured.evidence.decisions == [first, second]
    assert measured == before
    assert [(each.operator, each.bound, each.bound_name) for each in (first, second)] == [
        (">", 0.1, "smallest_effect"),
        ("<", 0.1, "smallest_effect"),
    ]


@pytest.mark.parametrize(
    ("ends", "compare", "sentence"),
    [
        (ABOVE, ">", "the gap is 0.3000 [0.2000, 0.4000] (n = 5): above smallest_effect 0.1000"),
        (
            BELOW,
            ">",
            "the gap is -0.1000 [-0.2000, 0.0000] (n = 5): not above smallest_effect 0.1000",
        ),
        (BELOW, "<", "the gap is -0.1000 [-0.2000, 0.0000] (n = 5): below smallest_effect 0.1000"),
        (
            ABOVE,
            "<",
            "the gap is 0.3000 [0.2000, 0.4000] (n = 5): not below smallest_effect 0.1000",
        ),
        (
            (-0.05, 0.05),
            "=",
            "the gap is 0.0000 [-0.0500, 0.0500] (n = 5): "
            "inside plus or minus smallest_effect 0.1000",
        ),
        (
            ABOVE,
            "=",
            "the gap is 0.3000 [0.2000, 0.4000] (n = 5): "
            "not inside plus or minus smallest_effect 0.1000",
        ),
    ],
)
def test_a_decision_says_itself_in_figures(ends, compare, sentence):
    measured = estimate(*ends)
    decision = {
        ">": lambda: measured > 0.1,
        "<": lambda: measured < 0.1,
        "=": lambda: equivalent(measured, 0.1),
    }[compare]()
    assert decision.sentence == sentence


def test_an_exact_statement_says_whether_it_is_true():
    assert Decision("one is one", SUPPORTED).sentence == "one is one: true"
    assert Decision("one is two", REFUTED).sentence == "one is two: false"


@pytest.mark.parametrize("bound", [math.nan, math.inf, -math.inf, None, "0.1"])
def test_what_is_not_a_number_is_no_bound(bound):
    for compare in (lambda: estimate(*ABOVE) > bound, lambda: equivalent(estimate(*ABOVE), bound)):
        with pytest.raises(ClaimError, match=r"the gap was compared with .* not a number"):
            compare()


def test_a_bound_that_was_not_declared_is_refused_and_is_no_evidence():
    measured = estimate(*ABOVE, flat=0.03, steep=0.3)
    with pytest.raises(
        ClaimError, match=r"compared with 0\.1, but sampling used flat = 0\.03, steep = 0\.3;"
    ):
        assert measured > 0.1
    assert measured.evidence.decisions == []
    assert (measured > 0.03).bound_name == "flat"


UNIT_WORDS = [
    (ERROR, 0.12345, "0.1235"),
    (ERROR, -0.5, "-0.5000"),
    (ERROR, 0, "0.0000"),
    (LOG_ERROR, math.log(2), "50.0%"),
    (LOG_ERROR, 0.0, "0.0%"),
    (LOG_ERROR, -math.log(2), "-100.0%"),
    (LOG_STEPS, math.log(10), "10.00x"),
    (LOG_STEPS, -math.log(2), "0.50x"),
]


@pytest.mark.parametrize(("unit", "value", "words"), UNIT_WORDS)
def test_a_unit_writes_logarithms_as_what_they_are_logarithms_of(unit, value, words):
    assert unit.write(value) == words


@pytest.mark.parametrize("unit", [ERROR, LOG_ERROR, LOG_STEPS])
def test_a_unit_can_write_what_has_no_end(unit):
    assert (unit.write(math.inf), unit.write(-math.inf)) == ("∞", "-∞")


def test_units_are_found_by_the_name_that_records_carry():
    assert UNITS == {
        unit.name: unit
        for unit in (ERROR, LOG_ERROR, LOG_STEPS, LOG_RATIO, LOG_SECONDS, NUMBER, STATEMENT)
    }


def test_joint_estimates_must_all_pass():
    assert all_of(estimate(*ABOVE), estimate(*ABOVE)) > 0.1
    assert all_of(estimate(*BELOW), estimate(*BELOW)) < 0.1
    assert not bool(all_of(estimate(*ABOVE), estimate(*BELOW)) > 0.1)


def test_one_that_is_refuted_refutes_all_even_where_another_is_open():
    assert bool(all_of(estimate(*AROUND), estimate(*BELOW)) > 0.1) is False
    with pytest.raises(Inconclusive):
        bool(all_of(estimate(*ABOVE), estimate(*AROUND)) > 0.1)


def test_nothing_is_joined_by_no_estimate():
    with pytest.raises(ClaimError, match=r"all_of\(\) joins estimates, and was given none"):
        all_of()


def test_joint_estimates_are_all_noted_and_all_told():
    evidence = Evidence()
    both = tuple(replace(estimate(*ends), evidence=evidence) for ends in (BELOW, ABOVE))
    decision = all_of(*both) > 0.1
    assert [each.verdict for each in evidence.decisions] == [REFUTED, SUPPORTED]
    assert decision.sentence == "; ".join(each.sentence for each in evidence.decisions)

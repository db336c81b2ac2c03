"""What the figure shows: verdicts, where claims hold, the zone of little data, the title."""

from __future__ import annotations

import pytest

from pytest_scaling.report.figures.composition import (
    Letter,
    compose,
    figure_panels,
    verdicts_in_words,
)
from pytest_scaling.report.figures.curves import learning_curves
from pytest_scaling.report.figures.plan import Annotation, FigurePlan

SIZES = (64, 256, 1024)
ZONE = FigurePlan(claims=(Annotation("unclear", "D", "Unclear", zone="not defined"),))


@pytest.fixture
def arms(make):
    return [make.arm(name, m, [0.3, 0.31]) for name in ("ridge", "tree") for m in SIZES]


def composed(make, arms, verdict, places, plan=ZONE, counted=True):
    evidence = make.evidence(verdict, arms=places)
    record = make.record("unclear", verdict, make.cell(verdict, evidence, counted=counted))
    record["arms"] = arms
    return compose(learning_curves([record]), [record], plan)


def test_the_zone_reaches_to_the_m_that_its_claim_was_measured_at(make, arms):
    assert composed(make, arms, "supported", [1, 4]).zone.m == 256
    assert composed(make, arms, "supported", [0, 3]).zone.m == 64


@pytest.mark.parametrize("verdict", ["refuted", "inconclusive", "not applicable"])
def test_where_the_claim_does_not_hold_there_is_no_zone(make, arms, verdict):
    figure = composed(make, arms, verdict, [1, 4])
    assert figure.zone is None
    assert [each.verdict for each in figure.letters] == [verdict]


def test_without_a_plan_there_is_neither_zone_nor_letter(make, arms):
    figure = composed(make, arms, "supported", [1, 4], plan=None)
    assert figure.zone is None
    assert figure.letters == ()


def test_a_letter_knows_the_sizes_that_its_claim_compares_on_its_learner(make, arms):
    plan = FigurePlan(claims=(Annotation("unclear", "A", "It grows", on="tree"),))
    figure = composed(make, arms, "supported", [1, 4, 5], plan)
    assert figure.letters[0].sizes == (256, 1024)
    aside = composed(make, arms, "supported", [1, 4, 5], plan, counted=False)
    assert aside.letters[0].sizes == ()


def letters(*verdicts):
    return [Letter(f"claim-{v}", "A", "It", v, "", "", "", ()) for v in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        ([], ""),
        (["supported"], "Fig: its claim holds"),
        (["supported"] * 3, "Fig: all three claims hold"),
        (["supported", "refuted"], "Fig: one of two claims holds and one fails"),
        (
            ["refuted", "supported", "inconclusive", "supported", "inconclusive"],
            "Fig: two of five claims hold, one fails and two are open",
        ),
        (["not applicable"] * 2, "Fig: all two claims are not applicable"),
    ],
)
def test_the_title_counts_verdicts(verdicts, title):
    assert verdicts_in_words("Fig", letters(*verdicts)) == title


def test_the_plan_s_learners_are_shown_by_label_and_each_label_once(make):
    arms = [make.arm("net-128", m, [0.3], label="large") for m in (64, 256, 1024, 4096)]
    arms += [make.arm("net-256", m, [0.3], label="large") for m in SIZES]
    arms += [make.arm("tree", m, [0.3]) for m in SIZES]
    record = make.record("it", "supported", arms=arms)
    shown = figure_panels(learning_curves([record]), [record], FigurePlan(learners=("large",)))
    assert [[curve.learner for curve in panel.curves] for panel in shown] == [["net-128"]]


def test_a_figure_of_one_task_names_no_others(make, arms):
    assert composed(make, arms, "supported", [1, 4]).rule == "The task: xor"

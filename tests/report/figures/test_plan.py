"""What a suite says about its figure: read from a file beside its claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_scaling.report.error import ReportError
from pytest_scaling.report.figures.plan import FILE, Annotation, FigurePlan

CLAIMS = Path(__file__).parents[3] / "claims"
WHOLE = """
title = "The figure"
learners = ["small", "large"]
[tasks]
xor = "have two numbers the same sign?"
[ends]
large = "too costly beyond"
[[claim]]
id = "it-grows"
letter = "A"
words = "It grows"
on = "large"
[[claim]]
id = "unclear"
letter = "B"
words = "Unclear"
zone = "not defined"
"""


def test_a_plan_has_learners_tasks_ends_and_claims_with_letters():
    assert FigurePlan.read(WHOLE) == FigurePlan(
        title="The figure",
        learners=("small", "large"),
        tasks={"xor": "have two numbers the same sign?"},
        ends={"large": "too costly beyond"},
        claims=(
            Annotation("it-grows", "A", "It grows", on="large"),
            Annotation("unclear", "B", "Unclear", zone="not defined"),
        ),
    )


def test_without_a_file_the_plan_is_empty(tmp_path):
    assert FigurePlan.beside(tmp_path) == FigurePlan()
    assert FigurePlan.beside(tmp_path / "absent") == FigurePlan()


def test_the_plan_of_a_ledger_is_beside_it_or_where_it_is_installed_within(tmp_path):
    ledger = tmp_path / "ledger"
    ledger.mkdir()
    assert FigurePlan.of_ledger(ledger) == FigurePlan()
    (ledger / FILE).write_text("title = 'within'", encoding="utf-8")
    assert FigurePlan.of_ledger(ledger).title == "within"
    (tmp_path / FILE).write_text("title = 'beside'", encoding="utf-8")
    assert FigurePlan.of_ledger(ledger).title == "beside"


CLAIM = '[[claim]]\nid = "a"\nletter = "A"\nwords = "It"\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title = 3", "title must be a text"),
        ("learners = 'all'", "`learners` must be a list"),
        ("learners = [1]", "a learner must be a text"),
        ("colour = 'red'", "it has 'colour'; known are title"),
        ("tasks = 1", "[tasks] must be a table"),
        ("[ends]\nx = 1", "ends.x must be a text"),
        ("claim = 1", "every claim a [[claim]]"),
        ("claim = [1]", "every claim must be a [[claim]]"),
        ("[[claim]]\nid = 'a'\nletter = 'A'", "a claim has no words"),
        ("[[claim]]\nid = 'a'\nwhere = 'here'", "a claim has 'where'; known are id"),
        (CLAIM + CLAIM.replace('"a"', '"b"'), "two claims have the same letter"),
        ("title = ", "Invalid value"),
        ("x = " + "[" * 5000, "figure.toml beside the claims cannot be used"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(tmp_path, content, said):
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ReportError) as refusal:
        FigurePlan.beside(tmp_path)
    assert str(refusal.value).startswith("figure.toml beside the claims cannot be used: ")
    assert said in str(refusal.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ReportError, match="cannot be used"):
        FigurePlan.beside(tmp_path)


def test_texts_are_kept_in_one_line():
    assert FigurePlan.read('title = "a\\u0007\\n  b"').title == "a b"


def test_the_lecture_s_plan_names_claims_and_learners_that_there_are():
    from fixtures.learners import NETWORKS, TRADITIONAL

    plan = FigurePlan.beside(CLAIMS)
    labels = {learner.label for learner in (*NETWORKS, *TRADITIONAL)}
    ids = {path.stem for path in (CLAIMS / "ledger").glob("*/*.json")}
    assert {each.id for each in plan.claims} <= ids
    assert set(plan.learners) == labels
    assert {each.on for each in plan.claims if each.on} | set(plan.ends) <= labels
    assert [each.letter for each in plan.claims] == ["A", "B", "C", "D", "E"]

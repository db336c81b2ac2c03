"""Other scopes that a claim declares: judged from the same trials, shown, and without a vote."""

import json

import pytest

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.record import digest
from tests.acceptance.project import EFFECT, output

SOURCE = f"""
@claim("good-leads", "The good one leads", smallest_effect={EFFECT}, tasks=[sign],
       given={{"rival": rivals["supported"]}},
       alternatives={{
           "on two tasks": {{"tasks": [sign, Sign("other")]}},
           "against its like": {{"given": {{"rival": rivals["refuted"]}}}},
           "where it is unclear": {{"given": {{"rival": rivals["inconclusive"]}}}},
       }})
def test_good_leads(compare, rival, task, m_small, smallest_effect):
    assert compare(rival, good, task=task, m=m_small) > smallest_effect
"""
ACCEPT = ("--claims-update=new", "--claims-reason=first verdicts")


@pytest.fixture
def command(project):
    def run(*arguments):
        return project.command(*arguments)

    return run


def test_the_verdicts_in_other_scopes_are_shown_beside_the_verdict(project):
    project.claims(SOURCE)
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "✓ good-leads: supported (always; no control; supported in 2 of 4 scopes)",
            "  ✓ on two tasks: the claim in another scope, without a vote",
            "  ✗ against its like: *",
            "  [?] where it is unclear: *",
        ]
    )


def test_what_other_scopes_share_with_the_claim_is_trained_once(project):
    project.claims(SOURCE)
    result = project.run(store="own.db")
    (line,) = [line for line in result.outlines if line.startswith("trials: ")]
    # good and three rivals on a task, good and one of them on another; the open one has all looks
    arms = project.records(store="own.db")["good-leads"]["arms"]
    assert len(arms) == 6
    blocks = sum({5: 1, 7: 2, 10: 3}[len(arm["seeds"])] for arm in arms)
    assert line.startswith(f"trials: {blocks} trained")


def test_a_part_of_the_tasks_is_judged_in_no_other_scope(project):
    project.claims(SOURCE.replace("tasks=[sign]", "tasks=[sign, Sign('third')]"))
    record = project.records("--scaling-tasks=sign")["good-leads"]
    assert record["partial"]
    assert "alternatives" not in record


def test_the_ledger_the_list_and_the_page_have_them(project, command):
    project.claims(SOURCE)
    project.run(*ACCEPT, "--scaling-report=out")
    row = json.loads((project.rows / "good-leads.json").read_text("utf-8"))
    verdicts = {other["name"]: other["verdict"] for other in row["alternatives"]}
    assert [*verdicts.values()] == ["supported", "refuted", "inconclusive"]
    assert "supported in 2 of 4 scopes" in output(command("list", "--long", "."))
    page = (project.path / "out" / "index.html").read_text("utf-8")
    assert "supported in 2 of 4 scopes" in page
    assert "on two tasks: Holds on sign and other." in page
    project.run().assert_outcomes(passed=1)


def test_an_edited_verdict_in_another_scope_is_found(project, command):
    project.claims(SOURCE)
    project.run(*ACCEPT)
    assert command("verify", ".").ret == 0
    path = project.rows / "good-leads.json"
    row = json.loads(path.read_text("utf-8"))
    row["alternatives"][1]["verdict"] = "supported"
    path.write_text(dump(row | {"digest": digest(row)}), "utf-8")
    result = command("verify", ".")
    assert result.ret == 1
    assert "alternatives" in output(result)


def test_another_scope_that_is_declared_later_changes_the_protocol(project):
    project.claims(SOURCE.replace('"on two tasks"', '"on both"'))
    project.run(*ACCEPT)
    project.claims(SOURCE)
    assert "its protocol changed: the scope “on both” is no longer judged (and 1 more)" in output(
        project.run()
    )

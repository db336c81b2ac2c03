"""The ledger: what was accepted, why, and what a run may change in it."""

import json

import pytest

from tests.acceptance.project import body, outcomes, output, stated

ACCEPT = ("--claims-update=new", "--claims-reason=small, but honest")


def test_an_accepted_exception_is_written_whole_and_expected_from_then_on(project):
    project.claims(stated("brave", "refuted"))
    accepting = project.run("-v", *ACCEPT)
    assert outcomes(accepting) == {"brave": "XFAIL"}
    assert "ledger: added brave.json" in output(accepting)
    row = json.loads((project.rows / "brave.json").read_text(encoding="utf-8"))
    assert row["schema"] == "claim-record/v1"
    assert (row["claim"]["id"], row["verdict"]) == ("brave", "refuted")
    assert row["blessing"] == {"reason": "small, but honest"}
    (comparison,) = row["cells"][0]["evidence"]
    assert comparison["seeds"] == [0, 1, 2, 3, 4, 5, 6]
    assert comparison["samples"] == [0.0] * 7
    result = project.run("-v", "-rx")
    assert (result.ret, outcomes(result)) == (0, {"brave": "XFAIL"})
    assert "refuted, as in the ledger: small, but honest" in output(result)


def test_a_row_holds_nothing_that_varies_from_run_to_run(project):
    project.claims(stated("brave", "refuted"), stated("clear"))
    project.run(*ACCEPT)
    first = {path.name: path.read_bytes() for path in project.rows.iterdir()}
    for path in project.rows.iterdir():
        path.unlink()
    project.run(*ACCEPT, "-n2", store="cold.db")
    assert {path.name: path.read_bytes() for path in project.rows.iterdir()} == first
    assert sorted(first) == ["brave.json", "clear.json"]


def test_a_row_is_never_overwritten(project):
    project.claims(stated("brave", "refuted"))
    project.run(*ACCEPT)
    before = (project.rows / "brave.json").read_bytes()
    project.claims(stated("brave", "supported"), stated("clear"))
    result = project.run("-v", "--claims-update=new", "--claims-reason=better now")
    assert outcomes(result) == {"brave": "FAILED", "clear": "PASSED"}
    assert "ledger: added clear.json" in output(result)
    assert (project.rows / "brave.json").read_bytes() == before


@pytest.mark.parametrize("workers", [(), ("-n2",)])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--claims-update=new"], "--claims-update needs --claims-reason 'why the ledger changes'"),
        (["--claims-reason=why not"], "--claims-reason belongs to --claims-update"),
    ],
)
def test_an_update_and_its_reason_need_each_other(project, options, sentence, workers):
    project.claims(stated("brave", "refuted"))
    result = project.run(*options, *workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {sentence}" in output(result)
    assert not project.rows.exists()


def test_a_partial_run_adds_no_row(project):
    project.claims(
        stated("both", tasks="[sign, Sign('other')]"),
        body("sum", "exact", "assert exact(1, 'one')"),
    )
    result = project.run("--scaling-tasks=other", *ACCEPT)
    assert "ledger: added sum.json" in output(result)
    assert [path.name for path in project.rows.iterdir()] == ["sum.json"]


def test_a_partial_run_is_compared_with_the_row_cell_by_cell(project):
    def claims(error_on_other):
        project.claims(
            f"changing = Planted('changing', 0.3, on=dict(other={error_on_other}))",
            body(
                "both",
                "compare, task, m_small, smallest_effect",
                "assert compare(changing, good, task=task, m=m_small) > smallest_effect",
                tasks="[sign, Sign('other')]",
            ),
        )

    claims(0.3)
    project.run(*ACCEPT)
    claims(0.1)
    assert project.run("--scaling-tasks=sign").ret == 0
    result = project.run("--scaling-tasks=other")
    assert result.ret == 1
    assert "other was supported and is refuted" in output(result)


def test_the_ledger_lies_where_it_is_told_to(project):
    project.claims(stated("brave", "refuted"))
    project.run(*ACCEPT, "--claims-ledger=books")
    assert [path.name for path in project.path.glob("books/*/*.json")] == ["brave.json"]
    project.pytester.makeini("[pytest]\nclaims_ledger = books\n")
    assert project.run().parseoutcomes() == {"xfailed": 1}


DAMAGED = ("", "{", "[]", '{"verdict": "refuted"}', '{"verdict": 1, "blessing": 2, "cells": 3}')


def test_a_damaged_row_is_told_of_in_one_sentence_and_harms_no_other_claim(project):
    names = [f"damaged-{number}" for number in range(len(DAMAGED))]
    project.claims(*map(stated, names), stated("clear"))
    project.rows.mkdir(parents=True)
    for name, damage in zip(names, DAMAGED, strict=True):
        (project.rows / f"{name}.json").write_text(damage)
    result = project.run("-v")
    assert outcomes(result) == dict.fromkeys(names, "ERROR") | {"clear": "PASSED"}
    assert result.ret == 1
    for name in names:
        result.stdout.fnmatch_lines(
            [f"the ledger's *{name}.json cannot be read (*); restore it from version control"]
        )
    output(result)

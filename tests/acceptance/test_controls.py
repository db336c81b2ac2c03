"""Controls: the measurement where a claim must not hold decides whether the claim is trusted."""

import json

import pytest

from pytest_scaling.ledger.format import dump
from tests.acceptance.project import outcomes, output, stated


@pytest.fixture(scope="module")
def ran():
    """The results of the fixture below, which runs once for all tests."""
    return []


@pytest.fixture
def result(project, ran):
    """A run of four claims that hold, each with a control that comes out differently."""
    if ran:
        return ran[0]
    verdicts = ("refuted", "supported", "inconclusive", "not applicable")
    sources = []
    for verdict in verdicts:
        claim = f"{verdict.replace(' ', '-')}-control"
        sources += [stated(claim), stated(f"of-{claim}", verdict, control_of=repr(claim))]
    project.claims(*sources)
    ran.append(project.run("-v"))
    return ran[0]


def test_a_control_passes_only_where_it_is_refuted(result):
    controls = {name: word for name, word in outcomes(result).items() if name.startswith("of-")}
    assert controls == {
        "of-refuted-control": "PASSED",
        "of-supported-control": "FAILED",
        "of-inconclusive-control": "INCONCLUSIVE",
        "of-not-applicable-control": "SKIPPED",
    }


def test_the_headline_of_a_claim_says_what_became_of_its_control(result):
    result.stdout.fnmatch_lines(
        [
            "✓ refuted-control: supported (always; control refuted)",
            "✗ of-refuted-control: refuted (always; control of refuted-control)",
            "✓ supported-control: supported, not trustworthy (always)",
            "✓ of-supported-control: supported (always; control of supported-control)",
            "✓ inconclusive-control: supported, control undecided (always)",
            "✓ not-applicable-control: supported, control not applicable (always)",
        ]
    )


def test_a_supported_control_says_that_its_claim_is_not_trustworthy(result):
    assert (
        "A control must be refuted; as it is, 'supported-control' is not trustworthy. "
        "Accept that as an honest exception with --claims-update=new --claims-reason '...'."
    ) in output(result)


def test_a_control_that_was_not_selected_is_said_to_be_missing(project):
    project.claims(stated("claim"), stated("control", "refuted", control_of="'claim'"))
    result = project.run("test_claims.py::test_claim", "-v")
    result.stdout.fnmatch_lines(
        ["✓ claim: supported, control not run (always)", "✓ It is so *  claim", "  control not run"]
    )


def test_a_claim_that_declares_no_control_is_not_said_to_miss_one(project):
    project.claims(stated("claim"))
    for workers in ("-n0", "-n2"):
        result = project.run("-v", workers)
        result.stdout.fnmatch_lines(
            [
                "✓ claim: supported (always; no control)",
                "1 of 1 claim supported · 1 without a control",
            ]
        )
        assert "control not run" not in output(result)


def test_a_control_is_selected_with_its_claim_by_the_id_of_the_claim(project):
    project.claims(stated("big"), stated("small", "refuted", control_of="'big'"), stated("other"))
    assert outcomes(project.run("-v", "-k", "big")) == {"big": "PASSED", "small": "PASSED"}


def test_an_accepted_control_xfails_and_its_claim_stays_not_trustworthy(project):
    project.claims(stated("claim"), stated("control", "supported", control_of="'claim'"))
    project.run("--claims-update=new", "--claims-reason=the data are too easy")
    result = project.run("-v", "-rx")
    assert outcomes(result) == {"claim": "PASSED", "control": "XFAIL"}
    assert "supported, as in the ledger: the data are too easy" in output(result)
    assert "✓ claim: supported, not trustworthy (always)" in output(result)
    assert "  not trustworthy: the control is supported too: control\n" in output(result)


def test_a_claim_cannot_be_its_own_control(project):
    project.claims(stated("claim", control_of="'claim'"))
    result = project.run()
    result.assert_outcomes(errors=1)
    assert "claim 'claim' is named as its own control" in output(result)


SHARED = """
@claim(
    "good-leads",
    "The good one leads",
    smallest_effect=0.05,
    tasks=[sign],
    given={"rival": rivals["supported"], "m": "m_small"},
)
@control("the-same-leads", "The same one leads", given={"rival": rivals["refuted"]})
@control("good-leads-later", "It leads with more rows", given={"m": "m_large"}, smallest_effect=0.3)
def test_good_leads(compare, rival, task, m, smallest_effect):
    assert compare(rival, good, task=task, m=m) > smallest_effect
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_claim_and_its_controls_share_a_body(project, workers):
    project.claims("from pytest_scaling import control\n" + SHARED)
    result = project.run("-v", workers)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "✓ good-leads: supported (always; control refuted)",
            "✗ the-same-leads: refuted (always; control of good-leads)",
            "✗ good-leads-later: refuted (always; control of good-leads)",
        ]
    )
    assert "test_good_leads[the-same-leads" in output(result)
    measured = project.records("-k", "later", workers)["good-leads-later"]["arms"]
    assert {arm["m"] for arm in measured} == {16_384}


def test_a_control_of_a_shared_body_is_in_the_ledger_and_is_verified(project):
    project.claims("from pytest_scaling import control\n" + SHARED)
    project.run("--claims-update=new", "--claims-reason=first")
    assert sorted(file.stem for file in project.rows.glob("*.json")) == [
        "good-leads",
        "good-leads-later",
        "the-same-leads",
    ]
    run = project.command("verify", ".")
    assert run.ret == 0
    assert "verified 3 rows of 3 claims" in output(run)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("given={'size': 3}", "gives 'size', but its body takes no argument of that name"),
        ("given={'task': 3}", "gives 'task', which the plugin provides; use another name"),
        ("sizes=[3]", "claim 'other' has 'sizes'; a header has id, text"),
    ],
)
def test_what_a_control_cannot_be_given_is_told(project, header, sentence):
    source = stated("it").replace("\ndef", f'\n@control("other", "It is", {header})\ndef')
    project.claims(f"from pytest_scaling import control\n{source}")
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert sentence in output(result)


OPEN = (stated("claim"), stated("control", "inconclusive", control_of="'claim'"))
LACKING = {
    "undecided": OPEN,
    "not applicable": (OPEN[0], stated("control", "not applicable", control_of="'claim'")),
    "not run": (OPEN[0],),
}
ACCEPT = ("--claims-update=new,changed", "--claims-reason=ten seeds are too few")


@pytest.mark.parametrize("word", LACKING)
def test_the_gate_asks_for_a_reason_where_a_control_is_not_refuted(project, word):
    project.claims(*LACKING[word])
    project.run(*ACCEPT)
    kept = json.loads((project.rows / "claim.json").read_text("utf-8"))
    assert kept["blessing"] == {"reason": "ten seeds are too few", "control": word}
    assert project.run("--claims-gate").ret == 0
    del kept["blessing"]["control"]
    (project.rows / "claim.json").write_text(dump(kept), "utf-8")
    assert project.run().ret == 0
    result = project.run("--claims-gate")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert (
        f"wrong: claim is supported, and its control is {word}; let it be refuted, or accept that "
        f"with --claims-update=new,changed --claims-reason '...'"
    ) in output(result)
    project.run(*ACCEPT)
    assert project.run("--claims-gate").ret == 0


def test_a_control_that_was_refuted_and_is_undecided_fails_at_the_gate(project):
    project.claims(OPEN[0], stated("control", "refuted", control_of="'claim'"))
    project.run(*ACCEPT)
    assert project.run("--claims-gate").ret == 0
    project.claims(*OPEN)
    assert "wrong: claim is supported, and its control is undecided" in output(
        project.run("--claims-gate")
    )


def test_a_control_that_is_not_in_the_run_has_the_verdict_of_its_row(project):
    project.claims(OPEN[0], stated("control", "refuted", control_of="'claim'"))
    project.run(*ACCEPT)
    result = project.run("test_claims.py::test_claim", "--claims-gate")
    assert result.ret == 0
    assert "  control not run\n" in output(result)


def test_the_record_of_a_claim_says_what_became_of_its_control(project):
    project.claims(*OPEN)
    records = project.records()
    assert records["claim"]["control"] == "undecided"
    assert "control" not in records["control"]
    page = (project.path / "out" / "index.html").read_text("utf-8")
    assert "Control undecided." in page
    assert "One claim holds with a control that is undecided." in page

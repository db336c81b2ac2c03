"""Controls: the measurement where a claim must not hold decides whether the claim is trusted."""

import sys

import pytest

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
            "✓ supported-control: supported (always; control not trustworthy)",
            "✓ of-supported-control: supported (always; control of supported-control)",
            "✓ inconclusive-control: supported (always; control undecided)",
            "✓ not-applicable-control: supported (always; control not applicable)",
        ]
    )


def test_a_supported_control_says_that_its_claim_is_not_trustworthy(result):
    assert (
        "A control must be refuted; as it is, 'supported-control' is not trustworthy. "
        "Accept that as an honest exception with --claims-update=new --claims-reason '...'."
    ) in output(result)


def test_a_control_that_was_not_selected_is_said_to_be_missing(project):
    project.claims(stated("claim"), stated("control", "refuted", control_of="'claim'"))
    result = project.run("test_claims.py::test_claim")
    result.stdout.fnmatch_lines(["✓ claim: supported (always; control not run)"])


def test_a_control_is_selected_with_its_claim_by_the_id_of_the_claim(project):
    project.claims(stated("big"), stated("small", "refuted", control_of="'big'"), stated("other"))
    assert outcomes(project.run("-v", "-k", "big")) == {"big": "PASSED", "small": "PASSED"}


def test_an_accepted_control_xfails_and_its_claim_stays_not_trustworthy(project):
    project.claims(stated("claim"), stated("control", "supported", control_of="'claim'"))
    project.run("--claims-update=new", "--claims-reason=the data are too easy")
    result = project.run("-v", "-rx")
    assert outcomes(result) == {"claim": "PASSED", "control": "XFAIL"}
    assert "supported, as in the ledger: the data are too easy" in output(result)
    assert "✓ claim: supported (always; control not trustworthy)" in output(result)


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
    run = project.pytester.run(sys.executable, "-m", "pytest_scaling", "verify", ".")
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

"""Controls: the measurement where the claim must not hold decides whether the claim is believed."""

import pytest

from tests.acceptance.project import outcomes, said, stated


@pytest.fixture(scope="module")
def ran():
    """What the fixture below has run, once for all tests."""
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
    ) in said(result)


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
    assert "supported, as the ledger has it: the data are too easy" in said(result)
    assert "✓ claim: supported (always; control not trustworthy)" in said(result)


def test_a_claim_cannot_be_its_own_control(project):
    project.claims(stated("claim", control_of="'claim'"))
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "claim 'claim' is named as its own control" in said(result)

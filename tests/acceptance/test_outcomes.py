"""From a verdict and its row in the ledger to the outcome of a test."""

import json
import re

import pytest

from tests.acceptance.project import body, outcomes, output, stated

OUTCOMES = {  # by the verdict of the run and that of the ledger's row
    ("supported", "no row"): "PASSED",
    ("supported", "supported"): "PASSED",
    ("supported", "refuted"): "FAILED",
    ("supported", "inconclusive"): "PASSED",
    ("supported", "not applicable"): "PASSED",
    ("refuted", "no row"): "FAILED",
    ("refuted", "supported"): "FAILED",
    ("refuted", "refuted"): "XFAIL",
    ("refuted", "inconclusive"): "FAILED",
    ("refuted", "not applicable"): "FAILED",
    ("inconclusive", "no row"): "INCONCLUSIVE",
    ("inconclusive", "supported"): "INCONCLUSIVE",
    ("inconclusive", "refuted"): "FAILED",
    ("inconclusive", "inconclusive"): "INCONCLUSIVE",
    ("not applicable", "no row"): "SKIPPED",
    ("not applicable", "supported"): "SKIPPED",
    ("not applicable", "refuted"): "SKIPPED",
    ("not applicable", "not applicable"): "SKIPPED",
}


def name(verdict, row):
    return f"is {verdict} was {row}".replace(" ", "-")


ERRORS = {"supported": (0.19, 0.0), "refuted": (0.1, 0.0), "inconclusive": (0.17, 0.02)}
MOODY = """
import json
from pathlib import Path

class Moody(Planted):
    def fit_predict(self, block, settings, device):
        error, spread = json.loads(Path("errors.json").read_text())[self.name]
        return super().fit_predict(block, {"error": error, "spread": spread}, device)
"""


def heard(project, verdicts, *arguments):
    """Run a claim for every name so that it comes out with a verdict, by the same protocol."""
    errors = {name: ERRORS[verdict] for name, verdict in verdicts.items() if verdict in ERRORS}
    (project.path / "errors.json").write_text(json.dumps(errors))
    line = "assert compare(Moody({!r}), good, task=task, m=m_small) > smallest_effect"
    project.claims(
        MOODY,
        *(
            body(
                id,
                "compare, task, m_small, smallest_effect",
                line.format(id),
                tasks="[sign]" if id in errors else "[later]",
            )
            for id, verdict in verdicts.items()
        ),
    )
    (project.path / "own.db").unlink(missing_ok=True)
    return project.run(*arguments, store="own.db")


def test_an_outcome_follows_from_the_verdict_and_the_row_of_the_ledger(project):
    then = {name(now, row): row for now, row in OUTCOMES if row != "no row"}
    heard(project, then, "--claims-update=new", "--claims-reason=so it was then")
    now = {name(*pair): pair[0] for pair in OUTCOMES}
    result = heard(project, now, "-v", "-rxs", "--claims-seed-offset=100")
    expected = {name(*pair): outcome for pair, outcome in OUTCOMES.items()}
    assert outcomes(result) == expected
    assert result.ret == 1
    text = output(result)
    assert re.search(  # older versions of pytest write "reason: " before it
        r"^XFAIL test_claims.py::test_is_refuted_was_refuted\[cpu\] - (reason: )?"
        r"refuted, as in the ledger: so it was then$",
        text,
        re.MULTILINE,
    )
    assert "not applicable: later runs in the tiers full" in text
    assert "INCONCLUSIVE (is-inconclusive-was-no-row: “It is so” is inconclusive: error of" in text
    assert (
        "Accept it as an honest exception with --claims-update=new --claims-reason '...'." in text
    )
    assert "- sign was refuted and is supported" in text
    assert "where the new figures are right, replace the row with --claims-update=changed" in text


def test_an_inconclusive_claim_has_its_own_letter_count_and_section(project):
    project.claims(stated("open", "inconclusive"), stated("clear"))
    result = project.run("-vv")
    assert result.parseoutcomes() == {"passed": 1, "inconclusive": 1}
    result.stdout.fnmatch_lines(
        [
            "*- inconclusive: neither supported nor refuted -*",
            "open: error of unsteady minus good on sign, m = 256 is 0.0700 * (n = 10), * 100%: "
            "the interval contains smallest_effect 0.0500; * would decide it, * times in 10",
            "[?] It is so *  open",
            "  open: * seeds *would decide, have 10",
            "1 of 2 claims supported · 1 open *",
        ]
    )
    project.run().stdout.fnmatch_lines(["test_claims.py i. *", "[?] It is so *  open"])


@pytest.mark.parametrize("source", ["command line", "ini file"])
def test_inconclusive_can_be_made_to_fail(project, source):
    project.claims(stated("open", "inconclusive"))
    if source == "ini file":
        project.pytester.makeini("[pytest]\nclaims_inconclusive = fail\n")
    result = project.run(*(["--claims-inconclusive=fail"] if source == "command line" else []))
    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(
        [
            "test_claims.py F *",
            "*= FAILURES =*",
            "open: “It is so” is inconclusive: *seeds *would decide it, * times in 10*",
        ]
    )


def test_a_body_may_find_that_its_claim_is_not_applicable(project):
    project.claims(body("absent", "task", "import pytest; pytest.skip('no such data here')"))
    result = project.run("-rs")
    result.stdout.fnmatch_lines(
        [
            "SKIPPED [[]1[]] test_claims.py: not applicable: no such data here",
            "- not applicable (1): no such data here",
        ]
    )


def test_claims_that_are_skipped_for_one_reason_are_one_line(project):
    line = "import pytest; pytest.skip('no such data here')"
    project.claims(*(body(id, "task", line) for id in ("one", "two")), body("three", "", "skip()"))
    result = project.run("-rs", "--junitxml=junit.xml")
    result.stdout.fnmatch_lines(
        ["SKIPPED [[]2[]] test_claims.py: not applicable: no such data here"]
    )
    assert re.search(r"test_claims.py:\d+: not", (project.path / "junit.xml").read_text("utf-8"))


def test_by_v_a_test_says_what_its_claim_came_out_as(project):
    project.claims(stated("claim"), stated("control", "refuted", control_of="'claim'"))
    result = project.run("-v")
    result.stdout.fnmatch_lines(
        ["*::test_claim* PASSED (supported) *", "*::test_control* PASSED (control refuted) *"]
    )


def test_a_quiet_run_shows_its_totals_and_what_is_wrong(project):
    project.claims(stated("clear"), stated("open", "inconclusive"), stated("wrong", "refuted"))
    text = output(project.run("-q", "--scaling-report=out"))
    _, wrong, where, totals, *_ = text.partition("= claims")[2].splitlines()
    assert re.fullmatch(r"✗ It is so +wrong", wrong)
    assert where == "  tie on sign"
    assert totals.startswith("1 of 3 claims supported · 1 refuted · 1 open")
    assert "scaling: " not in text
    assert "report: " not in text


def test_an_error_in_a_body_is_never_a_verdict(project):
    project.claims(
        body("slip", "compare", "1 / 0"),
        body("aside", "compare", "assert 1 == 2"),
    )
    result = project.run("-v")
    assert outcomes(result) == {"slip": "FAILED", "aside": "FAILED"}
    text = output(result)
    assert "ZeroDivisionError" in text
    assert "assert 1 == 2" in text
    assert "refuted" not in text

"""The outcomes of claims do not depend on how pytest is run."""

import re
from xml.etree import ElementTree

import pytest

from tests.acceptance.project import outcomes, output, stated

VERDICTS = {
    "clear": "supported",
    "wrong": "refuted",
    "open": "inconclusive",
    "absent": "not applicable",
}
OUTCOMES = {
    "clear": "PASSED",
    "wrong": "FAILED",
    "open": "INCONCLUSIVE",
    "absent": "SKIPPED",
}


@pytest.fixture
def project(project):
    """One claim for each verdict."""
    project.claims(*(stated(name, verdict) for name, verdict in VERDICTS.items()))
    return project


@pytest.fixture(scope="module")
def rows():
    """The rows that the fixture below has made, once for all tests."""
    return {}


@pytest.fixture
def brave(project, rows):
    """One more, which is refuted and accepted as it is."""
    project.claims(stated("brave", "refuted"), file="test_brave.py")
    if not rows:
        project.run("test_brave.py", "--claims-update=new", "--claims-reason=it is honest")
        rows |= {file.name: file.read_bytes() for file in project.rows.iterdir()}
    project.rows.mkdir(parents=True, exist_ok=True)
    for name, row in rows.items():
        (project.rows / name).write_bytes(row)
    return project


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_outcomes_and_evidence_are_the_same_with_and_without_xdist(brave, workers):
    result = brave.run(
        *("-vv", workers, "--junitxml=junit.xml", "--scaling-report=out"), store="cold.db"
    )
    assert outcomes(result) == OUTCOMES | {"brave": "XFAIL"}
    assert result.ret == 1
    assert result.parseoutcomes() == dict.fromkeys(
        ("passed", "failed", "xfailed", "inconclusive", "skipped"), 1
    )
    text, verdicts = output(result), VERDICTS | {"brave": "refuted"}
    for name, verdict in verdicts.items():
        assert f" {name}: {verdict} (always; no control)" in text
    assert "open: error of unsteady minus good on sign, m = 256 is" in text
    assert "trials: 10 trained" in text  # two blocks of four arms, and a third of two of them
    assert "index.html" in text
    assert {id: record["verdict"] for id, record in brave.reported("out").items()} == verdicts
    assert in_junit(brave.path / "junit.xml") == {
        "clear": ("passed", "supported"),
        "wrong": ("failure", "refuted"),
        "brave": ("skipped", "refuted"),
        "open": ("skipped", "inconclusive"),
        "absent": ("skipped", "not applicable"),
    }


def test_the_verdict_table_has_the_order_of_collection_under_xdist(project):
    project.claims(*(stated(name) for name in ("last", "b", "a", "c")))  # two for each worker
    project.conftest(
        """
import pathlib, pytest, time

done = pathlib.Path("c-is-done")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    while "last" in item.name and not done.exists():
        time.sleep(0.05)

def pytest_runtest_teardown(item):
    if "test_c" in item.name:
        done.touch()
"""
    )
    result = project.run("-v", "-n2")
    assert list(outcomes(result)) == ["a", "c", "last", "b"]
    headlines = re.findall(r"^✓ (\S+): supported", output(result), re.MULTILINE)
    assert headlines == ["last", "b", "a", "c"]


def in_junit(file):
    """The outcome and the verdict of each claim, after a check that there is evidence."""
    told = {}
    for case in ElementTree.parse(file).iter("testcase"):
        properties = {each.get("name"): each.get("value") for each in case.iter("property")}
        assert len(properties["evidence"]) > 20
        (outcome,) = [each.tag for each in case if each.tag != "properties"] or ["passed"]
        told[properties["claim"]] = outcome, properties["verdict"]
    return told


def test_outcomes_do_not_depend_on_the_order_of_the_tests(project):
    project.conftest("def pytest_collection_modifyitems(items): items.reverse()")
    result = project.run("-v")
    assert list(outcomes(result)) == list(reversed(OUTCOMES))
    assert outcomes(result) == OUTCOMES


def test_a_selection_by_name_or_by_id_runs_only_what_it_selects(project):
    project.claims(stated("as-large-as-life"), file="test_more.py")
    result = project.run("-v", "-k", "wrong or as-large-as-life")
    assert outcomes(result) == {"wrong": "FAILED", "as-large-as-life": "PASSED"}
    assert "clear: " not in output(result)


def test_a_run_that_stops_at_the_first_failure_tells_what_it_had_until_then(project):
    result = project.run("-v", "-x")
    assert outcomes(result) == {"clear": "PASSED", "wrong": "FAILED"}
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = output(result)
    assert "✓ clear: supported" in text
    assert "open: inconclusive" not in text


def test_the_last_failures_alone_are_repeated(project):
    project.run()
    assert outcomes(project.run("-v", "--lf")) == {"wrong": "FAILED"}


def test_a_run_without_a_terminal_reports_all_the_same(project):
    result = project.run("-p", "no:terminal", "--scaling-report=out")
    assert result.ret == 1
    output(result)
    assert {id: record["verdict"] for id, record in project.reported("out").items()} == VERDICTS


def test_a_claim_outside_the_root_folder_is_heard(project):
    inner = project.path / "elsewhere"
    inner.mkdir()
    (inner / "pytest.ini").write_text("[pytest]\n")
    result = project.run("-c", str(inner / "pytest.ini"), "-v", "test_claims.py::test_clear")
    assert outcomes(result) == {"clear": "PASSED"}


def test_a_terminal_without_unicode_shows_the_table_line_by_line(project, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = project.run("-k", "clear")
    result.stdout.fnmatch_lines(
        [
            "\\u2713 It is so *  clear",
            "1 of 1 claim supported \\xb7 1 without a control",
        ]
    )

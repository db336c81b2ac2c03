"""Timing claims, as a user sees them."""

import json

import pytest

from tests.acceptance.project import body, outcomes, output

HEADER = {"smallest_effect": "0.4", "tasks": "None"}  # of a log ratio: half as long again
WORK = """
from types import SimpleNamespace
from pytest_scaling.experiments import evaluation

host = SimpleNamespace(now=0.0)  # a clock that moves by what is done, however busy the machine
evaluation.time = SimpleNamespace(perf_counter=lambda: host.now)

def work(seconds):
    host.now += seconds

def long(): work(0.006)
def short(): work(0.002)
"""


def timing(id, line="assert stopwatch(long, short) > smallest_effect", **header):
    return body(id, "stopwatch, smallest_effect", line, **(HEADER | header))


@pytest.fixture
def timed(project):
    project.claims(
        WORK,
        timing("slower"),
        timing("no-slower", "assert stopwatch(short, short) > smallest_effect"),
    )
    return project


def test_a_ratio_of_times_is_judged_like_any_other_measurement(timed):
    records = timed.records("-v")
    assert {id: record["verdict"] for id, record in records.items()} == {
        "slower": "supported",
        "no-slower": "refuted",
    }
    (evidence,) = records["slower"]["cells"][0]["evidence"]
    assert evidence["replication"] == "block"
    assert evidence["unit"] == "ratio of times"
    assert evidence["n"] == len(evidence["samples"]) == 15
    assert 0 < evidence["p"] < 0.001
    assert records["slower"]["arms"] == []  # no trial is involved


def test_a_timing_that_is_refuted_says_what_to_do_and_names_the_times(timed):
    result = timed.run("-v")
    assert outcomes(result) == {"slower": "PASSED", "no-slower": "FAILED"}
    assert "so the ledger keeps none: check what else is running" in output(result)


def test_the_ledger_keeps_no_timing(timed):
    result = timed.run("--claims-update=new", "--claims-reason=because", "-v")
    assert outcomes(result) == {"slower": "PASSED", "no-slower": "FAILED"}
    assert not timed.rows.exists()


@pytest.mark.parametrize("option", ["--claims-offline", "--scaling-timings=skip"])
def test_nothing_is_timed_offline_or_where_timings_are_to_be_skipped(timed, option):
    result = timed.run(option, "-v", "-rs")
    assert set(outcomes(result).values()) == {"SKIPPED"}
    assert f"it takes times, and {option} takes none" in output(result)


def test_a_record_of_a_timing_follows_the_schema(timed):
    jsonschema = pytest.importorskip("jsonschema")
    from pytest_scaling.ledger.format import SCHEMA_FILE

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    for record in timed.records().values():
        assert record["timing"]
        jsonschema.validate(record, schema)


def test_a_body_is_not_timed_in_the_rehearsal(project):
    project.claims(
        WORK,
        "calls = []\ndef counted(): calls.append(1); work(0.003)\n",
        body(
            "counted",
            "compare, stopwatch, task, m_small, smallest_effect",
            "assert compare(rivals['supported'], good, task=task, m=m_small) > 0.05; "
            "before = len(calls); assert stopwatch(counted, counted) < smallest_effect; "
            "assert before == 0 and calls",
        ),
    )
    assert outcomes(project.run("-v")) == {"counted": "PASSED"}


def test_a_body_can_give_learners_the_same_time(project):
    """The slower the learner is, the fewer rows it gets; nothing is timed before its turn."""
    project.claims(
        WORK,
        "calls = []\ndef counted(): calls.append(1); work(0.003)\n",
        body(
            "same-time",
            "compare, stopwatch, task, smallest_effect",
            "before = len(calls); slow, fast = stopwatch.seconds(counted, short); "
            "rows = round(256 * slow / fast); assert before == 0 and rows == 384; "
            "assert compare(rivals['supported'], good, task=task, m=rows) > smallest_effect",
        ),
    )
    records = project.records("-v")
    assert records["same-time"]["verdict"] == "supported"
    assert records["same-time"]["timing"]
    assert {arm["m"] for arm in records["same-time"]["arms"]} == {384}


def test_seconds_without_a_learner_are_one_sentence(project):
    project.claims(body("nothing", "stopwatch, smallest_effect", "stopwatch.seconds()", **HEADER))
    result = project.run("-v")
    assert outcomes(result) == {"nothing": "ERROR"}
    assert "stopwatch.seconds() needs at least one learner or function" in output(result)
    assert "Traceback" not in output(result)

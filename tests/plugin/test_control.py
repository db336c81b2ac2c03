"""Controls, as a claim's headline needs them."""

import pytest

from pytest_scaling.report.controls import control_status


def record(id, verdict, control_of=None):
    return {"claim": {"id": id, "control_of": control_of}, "verdict": verdict}


def test_only_controls_of_the_claim_itself_say_something_about_it():
    records = [record("it", "supported"), record("other-control", "supported", "other")]
    status = control_status("it", records)
    assert (status.word, status.trustworthy) == ("not run", True)
    assert not control_status("other", records).trustworthy


def test_a_verdict_that_there_is_not_is_an_error():
    with pytest.raises(KeyError):
        control_status("it", [record("control", "maybe", "it")])

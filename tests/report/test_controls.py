"""What the controls of a claim say about it."""

from __future__ import annotations

import pytest

from pytest_scaling.report.controls import control_status


@pytest.mark.parametrize(
    ("verdicts", "word", "sentence"),
    [
        ([], "not run", "control not run"),
        (["refuted"], "refuted", "control refuted, as it must be"),
        (["inconclusive"], "undecided", "control undecided"),
        (["not applicable"], "not applicable", "control not applicable"),
        (["supported"], "not trustworthy", "not trustworthy: the control is supported too"),
        (["refuted", "inconclusive"], "undecided", "control undecided"),
        (
            ["refuted", "supported", "inconclusive"],
            "not trustworthy",
            "not trustworthy: the control is supported too",
        ),
    ],
)
def test_the_worst_control_is_the_status(make, verdicts, word, sentence):
    records = [make.record("claim", "supported")]
    records += [make.record("c", verdict, control_of="claim") for verdict in verdicts]
    records += [make.record("d", "supported", control_of="another")]
    status = control_status("claim", records)
    assert (status.word, status.sentence) == (word, sentence)
    assert status.trustworthy == ("supported" not in verdicts)


def bare(id, verdict, control_of=None):
    return {"claim": {"id": id, "control_of": control_of}, "verdict": verdict}


def test_only_controls_of_the_claim_itself_say_something_about_it():
    records = [bare("it", "supported"), bare("other-control", "supported", "other")]
    status = control_status("it", records)
    assert (status.word, status.trustworthy) == ("not run", True)
    assert not control_status("other", records).trustworthy


def test_a_verdict_that_there_is_not_is_an_error():
    with pytest.raises(KeyError):
        control_status("it", [bare("control", "maybe", "it")])

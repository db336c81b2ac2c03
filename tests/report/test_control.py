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

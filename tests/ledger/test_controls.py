"""What the controls of a claim say about it."""

from __future__ import annotations

import pytest

from pytest_scaling.ledger.controls import control_status, doubt, status_of, with_controls


def bare(id, verdict, control_of=None, tier="quick"):
    claim = {"id": id, "control_of": control_of}
    return {"claim": claim, "verdict": verdict, "profile": {"tier": tier}}


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
def test_the_worst_control_is_the_status(verdicts, word, sentence):
    records = [bare("claim", "supported"), bare("d", "supported", "another")]
    records += [bare("c", verdict, "claim") for verdict in verdicts]
    status = control_status("claim", records)
    assert (status.word, status.sentence) == (word, sentence)
    assert status.trustworthy == (verdicts == ["refuted"])


def test_only_controls_of_the_claim_itself_say_something_about_it():
    records = [bare("it", "supported"), bare("other-control", "supported", "other")]
    status = control_status("it", records)
    assert (status.word, status.trustworthy) == ("not run", False)
    assert not control_status("other", records).trustworthy


def test_a_verdict_that_there_is_not_is_an_error():
    with pytest.raises(KeyError):
        control_status("it", [bare("control", "maybe", "it")])


@pytest.mark.parametrize(
    ("verdict", "controls", "words"),
    [
        ("supported", ["refuted"], ""),
        ("supported", ["inconclusive"], "control undecided"),
        ("supported", ["not applicable"], "control not applicable"),
        ("supported", [], "control not run"),
        ("supported", ["supported"], "not trustworthy"),
        ("refuted", [], ""),
        ("inconclusive", ["inconclusive"], ""),
    ],
)
def test_only_a_supported_claim_is_in_doubt_for_want_of_a_refuted_control(verdict, controls, words):
    status = status_of(bare("c", each, "it") for each in controls)
    assert doubt(bare("it", verdict), status) == words
    assert doubt(bare("it", "supported", "another"), status) == ""


def test_every_claim_of_a_run_is_told_the_status_of_its_own_control_in_its_profile():
    records = [
        bare("it", "supported"),
        bare("c", "inconclusive", "it"),
        bare("it", "supported", tier="full"),
        bare("c", "refuted", "it", tier="full"),
        bare("alone", "supported"),
    ]
    words = [each.get("control") for each in with_controls(records)]
    assert words == ["undecided", None, "refuted", None, "not run"]

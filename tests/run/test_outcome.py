"""A verdict compared with the ledger, and the words for the result."""

import pytest

from pytest_scaling.experiments.estimate import Inconclusive
from pytest_scaling.ledger.ledger import Row
from pytest_scaling.ledger.words import needs
from pytest_scaling.run.outcome import Outcome, outcome, properties, verdict_in_words
from pytest_scaling.spec.declaration import Claim

CLAIM = Claim("it", "It is so")
CONTROL = Claim("not-it", "It is not so", control_of="it")


def record(verdict, *, partial=False, cells=None, reason="the reason", id="it"):
    return {
        "claim": {"id": id},
        "verdict": verdict,
        "reason": reason,
        "partial": partial,
        "cells": cells or [cell("xor", verdict)],
    }


def cell(task, verdict, *, seeds_needed=None):
    evidence = {"verdict": verdict, "seeds_needed": seeds_needed}
    return {"task": task, "learner": "", "verdict": verdict, "evidence": [evidence]}


def row(verdict, **tasks):
    return Row(verdict, "so it was", {(task, ""): each for task, each in tasks.items()})


@pytest.mark.parametrize("claim", [CLAIM, CONTROL])
@pytest.mark.parametrize("verdict", ["supported", "refuted", "inconclusive", "not applicable"])
@pytest.mark.parametrize("was", [None, "supported", "refuted", "inconclusive", "not applicable"])
def test_every_verdict_meets_every_row(claim, verdict, was):
    """The table once more, in rules: what is expected passes, what was accepted xfails."""
    kind = outcome(claim, record(verdict), was and row(was), None).kind
    if verdict in ("inconclusive", "not applicable"):
        assert kind == {"inconclusive": "inconclusive", "not applicable": "skipped"}[verdict]
    elif was in ("supported", "refuted"):
        unchanged = "passed" if verdict == claim.expected else "xfailed"
        assert kind == (unchanged if verdict == was else "failed")
    else:
        assert kind == ("passed" if verdict == claim.expected else "failed")


@pytest.mark.parametrize("claim", [CLAIM, CONTROL])
def test_a_reason_accepts_what_has_no_row_and_only_that(claim):
    unhoped = {"supported": "refuted", "refuted": "supported"}[claim.expected]
    accepted = outcome(claim, record(unhoped), None, "small data")
    assert accepted == Outcome("xfailed", f"{unhoped}, as in the ledger: small data")
    assert outcome(claim, record(claim.expected), None, "small data").kind == "passed"
    assert outcome(claim, record(unhoped), row(claim.expected), "small data").kind == "failed"
    assert outcome(claim, record("inconclusive"), None, "small data").kind == "inconclusive"


def test_a_partial_verdict_is_compared_cell_by_cell():
    now = [cell("xor", "refuted"), cell("sum", "supported")]
    changed = outcome(
        CLAIM,
        record("refuted", partial=True, cells=now),
        row("supported", xor="supported", sum="supported"),
        None,
    )
    assert changed.kind == "failed"
    assert changed.message.endswith("; xor was supported and is refuted")
    same = row("refuted", xor="refuted", sum="supported", other="supported")
    assert outcome(CLAIM, record("refuted", partial=True, cells=now), same, None).kind == "passed"


def test_a_partial_verdict_without_a_row_is_judged_as_it_is():
    assert outcome(CLAIM, record("refuted", partial=True), None, None).kind == "failed"
    assert outcome(CLAIM, record("supported", partial=True), None, None).kind == "passed"


def test_the_sentence_has_id_claim_verdict_and_reason():
    message = outcome(CLAIM, record("supported"), None, None).message
    assert message == "it: “It is so” is supported: the reason"


def test_a_verdict_over_several_cells_says_by_which_strength():
    several = record("refuted", cells=[cell("xor", "refuted"), cell("sum", "supported")])
    usually = Claim("it", "It is so", strength="usually")
    assert verdict_in_words(usually, several) == "is refuted (usually): the reason"


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ([120], "; about 120 seeds would decide"),
        ([120, 4_000], "; about 4,000 seeds would decide"),
        (
            [120, None],
            "; the mean is too close to the bound for any affordable number of seeds",
        ),
        ([], ""),
    ],
)
def test_an_open_claim_says_how_many_seeds_would_decide(seeds, words):
    cells = [cell("xor", "inconclusive", seeds_needed=each) for each in seeds]
    assert needs({"cells": [cell("sum", "supported", seeds_needed=7), *cells]}) == words


@pytest.mark.parametrize(
    ("claim", "was", "words"),
    [
        (
            CLAIM,
            None,
            "\nAccept it as an honest exception with --claims-update=new --claims-reason",
        ),
        (CONTROL, None, "\nA control must be refuted; as it is, 'it' is not trustworthy. Accept"),
        (CLAIM, "supported", "\nIn the ledger it is supported (so it was). Find out what changed"),
        (CONTROL, "refuted", "\nIn the ledger it is refuted (so it was). Find out what changed"),
    ],
)
def test_a_failure_advises_what_to_do(claim, was, words):
    unhoped = {"supported": "refuted", "refuted": "supported"}[claim.expected]
    assert words in outcome(claim, record(unhoped), was and row(was), None).message


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("failed", pytest.fail.Exception),
        ("xfailed", pytest.xfail.Exception),
        ("inconclusive", Inconclusive),
        ("skipped", pytest.skip.Exception),
    ],
)
def test_an_outcome_is_delivered_as_the_exception_that_pytest_knows(kind, raised):
    with pytest.raises(raised) as ended:
        Outcome(kind, "the words").deliver()
    assert ended.type is raised
    assert ended.value.msg == "the words"


def test_what_passed_ends_quietly():
    assert Outcome("passed", "the words").deliver() is None


def test_properties_for_other_tools_hold_claim_verdict_and_evidence():
    finding = {"kind": "note", "sentence": "torch is newer"}
    made = record("supported") | {
        "protocol": {"hash": "abc"},
        "digest": "def",
        "ledger": {"findings": [finding]},
    }
    assert properties(made) == [
        ("claim", "it"),
        ("verdict", "supported"),
        ("evidence", "the reason"),
        ("protocol", "abc"),
        ("digest", "def"),
        ("regression", "torch is newer"),
    ]


def held(*findings):
    """A record of a supported claim with what its row made of it."""
    pairs = [{"kind": kind, "sentence": sentence} for kind, sentence in findings]
    return record("supported") | {"ledger": {"findings": pairs, "suspects": "It was the code."}}


def test_a_finding_fails_a_claim_whatever_its_verdict_and_a_note_does_not():
    assert outcome(CLAIM, held(("note", "numpy is newer")), row("supported"), None).kind == "passed"
    failed = outcome(CLAIM, held(("effect", "it shrank"), ("note", "x")), row("supported"), None)
    assert failed.kind == "failed"
    assert failed.message.endswith(
        "the reason\n- it shrank\nIt was the code. Find out what changed; where the new figures "
        "are right, replace the row with --claims-update=changed --claims-reason '...'."
    )
    open_now = held(("protocol", "it changed")) | {"verdict": "inconclusive"}
    assert outcome(CLAIM, open_now, row("supported"), None).kind == "failed"


def test_an_update_of_changed_rows_accepts_whatever_was_found():
    found = held(("protocol", "it changed"))
    for verdict, kind in (("supported", "passed"), ("refuted", "xfailed")):
        made = found | {"verdict": verdict}
        assert outcome(CLAIM, made, row("supported"), "so", ("changed",)).kind == kind
        assert outcome(CLAIM, made, row("supported"), "so", ("new",)).kind == "failed"
    part = record("refuted", partial=True, cells=[cell("xor", "refuted")])
    assert outcome(CLAIM, part, row("supported", xor="supported"), "so", ("changed",)).kind == (
        "failed"
    )

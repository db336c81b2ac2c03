"""The matrix of verdicts, and what changed since the ledger."""

from __future__ import annotations

import pytest

from pytest_scaling.ledger.ledger import Row
from pytest_scaling.report.page.cards import cards
from pytest_scaling.report.page.overview.changes import changes
from pytest_scaling.report.page.overview.matrix import matrix


def on(make, verdict: str, task: str, learner: str = "", *, counted: bool = True):
    return make.cell(verdict, make.evidence(verdict), task=task, learner=learner, counted=counted)


def marks(row) -> list[list[tuple[str, int, bool, tuple[str, ...]]]]:
    return [
        [(m.badge.word, m.number, m.counted, m.names) for m in column] for column in row.columns
    ]


def test_cells_of_one_verdict_are_one_mark_and_those_beside_are_apart(make):
    record = make.record(
        "a",
        "supported",
        on(make, "refuted", "xor", "tree", counted=False),
        on(make, "supported", "xor", "ridge"),
        on(make, "supported", "xor", "svm"),
        make.cell("not applicable", task="digits", reason="no data"),
    )
    (row,) = matrix(cards([record])).rows
    assert marks(row) == [
        [("supported", 2, True, ("ridge", "svm")), ("refuted", 1, False, ("tree",))],
        [],
    ]


def test_a_task_that_few_claims_speak_of_has_no_column_of_its_own(make):
    records = [make.record(f"c{n}", "supported", on(make, "supported", "xor")) for n in range(6)]
    records.append(make.record("rare", "refuted", on(make, "refuted", "digits")))
    shown = matrix(cards(records))
    assert shown.tasks == ("xor",)
    assert marks(shown.rows[-1]) == [[], [("refuted", 1, True, ("digits",))]]


def test_a_claim_on_two_devices_has_a_row_for_each_with_its_own_control(make):
    records = []
    for device, verdict in (("cpu", "refuted"), ("cuda", "supported")):
        records += [
            make.record("a", "supported", on(make, "supported", "xor")),
            make.record("not-a", verdict, on(make, verdict, "xor"), control_of="a"),
        ]
        for record in records[-2:]:
            record["profile"] = {"device": device, "tier": "quick"}
    shown = matrix(cards(records))
    assert shown.devices == ("cpu", "cuda")
    assert [row.card.anchor for row in shown.rows] == ["a", "a--2"]
    assert [row.card.control.trustworthy for row in shown.rows] == [True, False]
    assert [[c.anchor for c in row.card.controls] for row in shown.rows] == [
        ["not-a"],
        ["not-a--2"],
    ]


@pytest.fixture
def held(make):
    """Compare one supported claim with a row of the ledger."""

    def against(verdict: str, cell: str, **more):
        record = make.record("a", "supported", on(make, "supported", "xor")) | more
        rows = {("a", "cpu"): Row(verdict, "so it was", {("xor", ""): cell}), ("b", "cpu"): None}
        return changes(cards([record]), rows)

    return against


def test_what_is_as_it_was_is_no_change(held):
    found = held("supported", "supported")
    assert (found.changed, found.unchanged, found.not_run) == ((), 1, ("b",))


def test_a_verdict_that_turned_is_told_with_its_cells(held):
    (change,) = held("refuted", "refuted").changed
    assert (change.was.word, change.card.badge.word) == ("refuted", "supported")
    assert change.details == ("xor: refuted before, supported now",)


def test_a_cell_that_turned_is_told_even_if_the_verdict_stays(held):
    (change,) = held("supported", "inconclusive").changed
    assert change.was == change.card.badge
    assert change.details == ("xor: inconclusive before, supported now",)


def test_a_run_of_some_tasks_is_compared_on_those_alone(held):
    assert held("refuted", "supported", partial=True).changed == ()


def test_an_accepted_exception_stands_with_its_reason(make):
    record = make.record("a", "refuted", on(make, "refuted", "xor"))
    rows = {("a", "cpu"): Row("refuted", "too small a network", {("xor", ""): "refuted"})}
    ((card, reason),) = changes(cards([record]), rows).exceptions
    assert (card.anchor, reason) == ("a", "too small a network")
    assert changes(cards([record]), {}).exceptions == ()


def test_without_a_ledger_nothing_is_called_a_change(make):
    found = changes(cards([make.record("a", "refuted", on(make, "refuted", "xor"))]), None)
    assert (found.known, found.changed, found.exceptions) == (False, (), ())


def test_a_claim_that_is_not_applicable_and_has_no_row_is_no_news(make):
    record = make.record("a", "not applicable", make.cell("not applicable", reason="no GPU"))
    found = changes(cards([record]), {})
    assert (found.known, found.changed, found.unchanged) == (True, (), 0)

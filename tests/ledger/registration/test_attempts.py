"""The attempt log, from real commits."""

import pytest

from pytest_scaling.ledger.registration.attempts import Past, in_words
from pytest_scaling.ledger.registration.blocks import Blocks
from tests.ledger.registration.made import STANDARD, registration


def log(checkout, now, claim="clear", until="HEAD"):
    past = Past.of(checkout.shelf, checkout.ledger, until)
    return past.log(Blocks.read(checkout.shelf.folder), "quick", claim, now)


@pytest.mark.parametrize(
    ("rows", "now", "forms", "changes"),
    [
        ([], "a", 1, 0),
        (["a"], "a", 1, 0),
        (["a"], "b", 2, 1),
        (["a", "b", "c"], "c", 3, 2),
        (["a", "a", "b"], "c", 3, 2),
        (["a", "b"], "a", 2, 2),
    ],
)
def test_forms_and_changes_are_counted_from_the_rows_that_were_committed(
    checkout, rows, now, forms, changes
):
    checkout.commit()
    for each in rows:
        checkout.row("clear", each)
    found = log(checkout, now)
    assert (found["forms"], found["changes"]) == (forms, changes)


def test_other_claims_count_nothing_and_other_tiers_only_where_they_changed_more(checkout):
    for each in "abc":
        checkout.row("other", each)
    checkout.row("clear", "a")
    assert log(checkout, "a")["changes"] == 0
    for each in "xy":
        checkout.row("clear", each, STANDARD)
    assert log(checkout, "a")["changes"] == 1


def test_a_row_that_was_removed_has_still_been_seen(checkout):
    checkout.row("clear", "a")
    (checkout.ledger / "cpu-x86_64-float32-deterministic-quick" / "clear.json").unlink()
    checkout.commit()
    assert log(checkout, "b")["changes"] == 1


def test_a_log_can_be_counted_again_as_of_an_earlier_commit(checkout):
    checkout.row("clear", "a")
    then = checkout.commit()
    checkout.row("clear", "b")
    assert log(checkout, "b", until=then)["changes"] == 1
    assert log(checkout, "a", until=then)["changes"] == 0
    assert log(checkout, "c")["changes"] == 2


def test_registrations_that_were_never_measured_are_in_the_log(checkout):
    checkout.register(registration())
    checkout.register(registration("other", 1))
    checkout.commit()
    assert log(checkout, "a")["confirmations"] == [{"block": 0, "outcome": "not run"}]
    assert in_words(log(checkout, "a")).endswith("confirmation 1")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (0, "form 1, no changes after results had been seen, confirmation 2"),
        (1, "form 2, 1 change after results had been seen, confirmation 2"),
        (2, "form 3, 2 changes after results had been seen, confirmation 2"),
    ],
)
def test_the_log_in_words(changes, words):
    earlier = [{"block": 4, "outcome": "not confirmed"}, {"block": 5, "outcome": "not run"}]
    assert in_words({"forms": changes + 1, "changes": changes, "confirmations": earlier}) == words

"""One registration: its file, what it binds, and what is wrong with it."""

import jsonschema
import pytest

from pytest_scaling.ledger.registration.audit import Audit
from pytest_scaling.ledger.registration.ingredients import differences
from pytest_scaling.ledger.registration.registration import schema
from pytest_scaling.ledger.registration.standing import changed_since, stated
from tests.ledger.registration.made import registration

OTHER = "1" * 64


def test_a_registration_is_read_as_it_was_written(checkout):
    made = registration()
    checkout.shelf.write(made)
    jsonschema.validate(made.content, schema())
    read = checkout.shelf.registration("quick", "clear")
    assert read == made
    assert read.hash == made.hash
    assert checkout.shelf.registration("standard", "clear") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"block": 3333}, "block is above 3332"),
        ({"expected": "inconclusive"}, "expected is none of supported, refuted"),
        ({"claim": "../other"}, "claim has an unexpected form"),
        ({"claim": "other"}, "is the registration of 'other' in the tier quick"),
        ({"more": 1}, "more is unknown"),
    ],
)
def test_a_registration_that_must_not_be_used_is_refused(checkout, content, words):
    checkout.shelf.write(registration())
    checkout.replace(registration(), **content)
    with pytest.raises(pytest.UsageError, match=words):
        checkout.shelf.registration("quick", "clear")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({}, []),
        ({"protocol": OTHER}, ["what is measured or how it is judged"]),
        ({"text": "It was so"}, ["its text"]),
        ({"body": OTHER}, ["the body of its test"]),
        ({"learners": {"good": OTHER, "new": OTHER}}, ["the learner good", "the learner new"]),
        ({"tasks": {}}, ["the task sign"]),
        ({"metrics": OTHER}, ["how errors are counted"]),
        ({"files": {"a.json": OTHER}}, ["the file a.json"]),
        ({"python": "3.13", "body": OTHER, "learners": {}}, []),  # compiled differently
        ({"python": "3.13", "text": "It was so"}, ["its text"]),
    ],
)
def test_every_ingredient_that_differs_is_named(now, words):
    was = registration().ingredients
    assert list(differences(was, was | now)) == words


def test_another_python_leaves_a_confirmation_standing_and_measures_none():
    made = registration()
    assert changed_since(made, made.ingredients) == ""
    words = changed_since(made, made.ingredients | {"python": "3.13"})
    assert "was registered with Python 3.11, and with 3.13 nobody can tell" in words


@pytest.mark.parametrize(
    ("verdict", "changed", "status"),
    [
        (None, [], "registered"),
        ("supported", [], "confirmed"),
        ("refuted", [], "not confirmed"),
        ("inconclusive", [], "not confirmed"),
        ("not applicable", [], "not confirmed"),
        ("supported", ["its text"], "stale"),
        (None, ["its text"], "stale"),
    ],
)
def test_the_status_follows_from_the_one_result(verdict, changed, status):
    found = stated(registration(), verdict, changed)
    assert found["status"] == status
    assert found["sentence"].startswith(f"{status}: ")


def test_a_sound_folder_has_no_faults_and_a_log_that_says_too_little_is_one(checkout):
    checkout.row("clear", "a" * 64)
    head = checkout.commit()
    log = {"forms": 2, "changes": 1, "confirmations": []}
    made = registration()
    sound = type(made)(**{**vars(made), "commit": head, "log": log})
    checkout.register(sound)
    checkout.commit()
    assert list(Audit(checkout.shelf, checkout.ledger).faults()) == []
    less = type(made)(**{**vars(made), "commit": head, "block": 1})
    checkout.register(less)
    (fault,) = Audit(checkout.shelf, checkout.ledger).faults()
    assert fault.endswith(
        "says form 1 (changes: 0), and the commits before it say form 2 (changes: 1)"
    )

"""The list of blocks: appended, never changed."""

import json

import pytest

from pytest_scaling.ledger.registration.blocks import Blocks
from pytest_scaling.ledger.registration.history import is_continued
from tests.ledger.registration.made import registration


@pytest.fixture
def listed(checkout):
    """A list of three blocks, and its file."""
    for block, claim in enumerate(("one", "two", "three")):
        checkout.register(registration(claim, block))
    return checkout.shelf.folder


def test_every_registration_takes_the_next_block(listed):
    blocks = Blocks.read(listed)
    assert [each["block"] for each in blocks.entries] == [0, 1, 2]
    assert blocks.next == 3
    assert blocks.names(registration("two", 1))
    assert not blocks.names(registration("two", 2))
    assert not blocks.names(registration("two", 1, ingredients={"text": "It is otherwise"}))


def test_a_list_that_is_not_there_is_empty(tmp_path):
    assert (Blocks.read(tmp_path).entries, Blocks.read(tmp_path).next) == ((), 0)


def changed(lines):
    return [lines[0].replace("one", "owe"), *lines[1:]]


def removed(lines):
    return [lines[0], lines[2]]


def moved(lines):
    return [lines[1], lines[0], lines[2]]


def renumbered(lines):
    entry = json.loads(lines[2])
    return [*lines[:2], json.dumps(entry | {"block": 7}) + "\n"]


def not_json(lines):
    return [*lines, "{\n"]


def without_claims(lines):
    return [*lines, '{"block": 3, "tier": "quick"}\n']


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (changed, "was changed at line 2, or above it"),
        (removed, "was changed at line 2, or above it"),
        (moved, "was changed at line 1, or above it"),
        (renumbered, "was changed at line 3, or above it"),
        (not_json, "has no entry in line 4"),
        (without_claims, "has no entry in line 4"),
    ],
)
def test_a_list_that_was_changed_is_refused(listed, spoil, words):
    path = listed / "blocks.jsonl"
    path.write_text("".join(spoil(path.read_text().splitlines(keepends=True))))
    with pytest.raises(pytest.UsageError, match=words):
        Blocks.read(listed)


def test_what_was_cut_off_the_end_is_known_to_version_control(checkout, listed):
    checkout.commit()
    path = listed / "blocks.jsonl"
    whole = path.read_text()
    assert is_continued(path, whole + "more")
    path.write_text("".join(whole.splitlines(keepends=True)[:2]))
    assert Blocks.read(listed).next == 2  # sound by itself
    assert not is_continued(path, path.read_text())
    path.unlink()
    checkout.commit()
    assert not is_continued(path, "")

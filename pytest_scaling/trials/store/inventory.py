"""What a store holds, whether it is sound, and which of it no run can use any more."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..identity import installed_version
from .database import RESULT, transaction
from .row import read_row


@dataclass(frozen=True)
class Held:
    """One trial of a store, with the results that go with it.

    seconds: of training. damaged: seeds whose results do not match their checksums. missing:
    seeds that have no result. identity_mismatch: its ingredients do not match its identity.
    """

    identity: str
    created: str
    ingredients: dict[str, Any]
    seeds: int
    seconds: float
    damaged: tuple[int, ...]
    missing: tuple[int, ...]
    identity_mismatch: bool

    @property
    def task(self) -> str:
        missing = {} if not self.ingredients else {"name": ""}  # a function of a seed has none
        return str(self.ingredients.get("task", missing).get("name", "?"))

    @property
    def learner(self) -> str:
        return str(self.ingredients.get("learner", {}).get("name", "?"))

    @property
    def reachable(self) -> bool:
        """Whether a run with the libraries that are installed here can ask for it."""
        versions = self.ingredients.get("versions", {})
        return all(installed_version(name) == found for name, found in versions.items())

    @property
    def faults(self) -> Iterator[str]:
        """What is wrong with it, in words."""
        if self.identity_mismatch:
            yield "its ingredients do not match its identity"
        if self.damaged:
            yield f"damaged: seeds {', '.join(map(str, self.damaged))}"
        if self.missing:
            yield f"missing: seeds {', '.join(map(str, self.missing))}"


def trials(connection: sqlite3.Connection) -> Iterator[Held]:
    """Every trial of a store, oldest first."""
    question = "SELECT identity, ingredients, created FROM trials ORDER BY created, identity"
    for identity, text, created in connection.execute(question):
        yield held(connection, identity, str(text), str(created))


def held(connection: sqlite3.Connection, identity: str, text: str, created: str) -> Held:
    """One trial, from its row: identity, ingredients and date."""
    question = f"SELECT {RESULT} FROM results WHERE identity = ? ORDER BY seed"
    rows = connection.execute(question, (identity,)).fetchall()
    results = {row[0]: read_row(identity, row) for row in rows}
    digest = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
    ingredients = ingredients_in(text) if digest == identity else {}
    identity_mismatch = not ingredients
    return Held(
        str(identity),
        created,
        ingredients,
        len(rows),
        sum(result.seconds for result in results.values() if result),
        tuple(seed for seed, result in results.items() if result is None),
        tuple(seed for seed in ingredients.get("seeds", ()) if seed not in results),
        identity_mismatch,
    )


def ingredients_in(text: str) -> dict[str, Any]:
    """The ingredients of a trial; empty where the text has none."""
    try:
        found = json.loads(text)
        named = [str(found[part]["name"]) for part in ("task", "learner") if part in found]
        whole = all(type(seed) is int for seed in found["seeds"]) and bool(named)
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
    return dict(found) if whole and isinstance(found.get("versions"), dict) else {}


def strays(connection: sqlite3.Connection) -> int:
    """Number of results that belong to no trial."""
    question = "SELECT count(*) FROM results WHERE identity NOT IN (SELECT identity FROM trials)"
    return int(connection.execute(question).fetchone()[0])


def broken_pages(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with the file, in its own words."""
    found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def remove(connection: sqlite3.Connection, identities: Iterable[str]) -> None:
    """Delete trials and strays, and give the room back to the file system."""
    with transaction(connection):
        for identity in identities:
            connection.execute("DELETE FROM trials WHERE identity = ?", (identity,))
            connection.execute("DELETE FROM origins WHERE identity = ?", (identity,))
        connection.execute(
            "DELETE FROM results WHERE identity NOT IN (SELECT identity FROM trials)"
        )
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy(
    source: sqlite3.Connection, target: sqlite3.Connection, chosen: Iterable[Held], origin: str
) -> None:
    """Copy trials with their results from one store to another, all or none.

    origin: what the trials are remembered to come from.
    """
    columns = {}
    for table in ("trials", "results"):
        known, offered = (columns_of(each, table) for each in (target, source))
        columns[table] = [name for name in known if name in offered]
    with transaction(target):
        for each in chosen:
            for table, names in columns.items():
                question = f"SELECT {', '.join(names)} FROM {table} WHERE identity = ?"
                rows = source.execute(question, (each.identity,)).fetchall()
                change = f"INSERT OR REPLACE INTO {table} ({', '.join(names)})"
                target.executemany(f"{change} VALUES ({', '.join('?' * len(names))})", rows)
            target.execute("INSERT OR REPLACE INTO origins VALUES (?, ?)", (each.identity, origin))


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """Names of the columns of a table."""
    return [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]

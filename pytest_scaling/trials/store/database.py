"""The SQLite file of the store: created, recognised, and set aside where it cannot be used."""

from __future__ import annotations

import contextlib
import platform
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

SCHEMA = 3  # increased with a step in MIGRATIONS
PATIENCE = 10.0  # seconds to wait for another process to finish writing
COMPANIONS = ("", "-wal", "-shm")  # endings of the files of one database in WAL mode
DAMAGED = ("malformed", "not a database")  # in SQLite's own words
MAGIC = b"SQLite format 3\0"  # the first bytes of every SQLite file
RESULT = "seed, metrics, correct, rows, diverged, seconds, checksum"  # columns of a result

TABLES = (
    "CREATE TABLE IF NOT EXISTS trials (identity TEXT PRIMARY KEY, ingredients TEXT NOT NULL,"
    " created TEXT NOT NULL, machine TEXT NOT NULL, warnings TEXT NOT NULL DEFAULT '[]')",
    "CREATE TABLE IF NOT EXISTS results (identity TEXT NOT NULL, seed INTEGER NOT NULL,"
    " metrics TEXT NOT NULL, correct BLOB, rows INTEGER NOT NULL,"
    " diverged INTEGER NOT NULL, seconds REAL NOT NULL, checksum TEXT NOT NULL,"
    " PRIMARY KEY (identity, seed))",
    "CREATE TABLE IF NOT EXISTS leases (identity TEXT PRIMARY KEY, holder TEXT NOT NULL,"
    " expires REAL NOT NULL)",
)
QUESTIONS = (  # that every store can answer
    "SELECT identity, ingredients, created FROM trials LIMIT 0",
    f"SELECT identity, {RESULT} FROM results LIMIT 0",
    "SELECT identity, holder, expires FROM leases LIMIT 0",
)


class UnusableError(Exception):
    """The file is not a store that this version can read."""


def damaged(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault."""
    return any(words in str(error) for words in DAMAGED)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write everything or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def open_database(path: Path) -> sqlite3.Connection:
    """A connection to the store's file, which is made where it is absent or empty.

    Raises UnusableError where the file is something else, and leaves that as it is;
    OSError or sqlite3.Error where it cannot be opened or written.
    """
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) not in (MAGIC, b""):
                raise UnusableError("is damaged (not a database)")
    connection = sqlite3.connect(
        path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = read_text
    try:
        recognise(connection)
        write_ahead(connection)
        make_tables(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error) and damaged(error):
            raise UnusableError(f"is damaged ({error})") from error
        raise
    return connection


def read_text(text: bytes) -> str:
    """Any bytes as text, so that a damaged row can be read, and found out by its checksum."""
    return text.decode(errors="surrogateescape")


def recognise(connection: sqlite3.Connection) -> None:
    """Raise UnusableError unless the file is empty or a store of this version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version > SCHEMA:
        raise UnusableError(f"was written by a newer version (schema {version}, not {SCHEMA})")
    try:
        for question in QUESTIONS if tables else ():
            connection.execute(question)
    except sqlite3.OperationalError as error:
        raise UnusableError(f"is not a store of trials ({error})") from error


def make_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing in a new file, or migrate an older one; it must be writable."""
    connection.execute("PRAGMA synchronous = NORMAL")  # WAL: a killed process loses nothing
    with transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for table in TABLES:
            connection.execute(table)
        for step in MIGRATIONS[max(version, 1) - 1 :] if tables else ():
            step(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("DELETE FROM leases WHERE expires < ?", (time.time(),))


def add_machine(connection: sqlite3.Connection) -> None:
    """From schema 1: what an older version trained counts as trained on this kind of machine."""
    connection.execute("ALTER TABLE trials ADD COLUMN machine TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE trials SET machine = ?", (platform.machine(),))


def add_warnings(connection: sqlite3.Connection) -> None:
    """From schema 2: what an older version trained has no warnings."""
    connection.execute("ALTER TABLE trials ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'")


MIGRATIONS = (add_machine, add_warnings)  # from schema 1 on, each to the next


def write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on WAL; SQLite does not wait here for another process that is doing the same."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def file_number(path: Path) -> int | None:
    """What distinguishes this file from one that takes its name later; None without a file."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def set_aside(path: Path) -> Path:
    """Rename the file and its companions; returns the first name that was free."""
    number = 1
    while (aside := path.with_name(f"{path.name}.set-aside-{number}")).exists():
        number += 1
    for ending in COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside

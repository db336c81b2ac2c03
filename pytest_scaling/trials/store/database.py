"""The SQLite file of the store: created, recognised, and set aside where it cannot be used.

A store may come from a stranger: only a regular file that is empty or an SQLite file of plain
tables is opened, and nothing else is ever renamed or written.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ..identity import family_of

SCHEMA = 4  # increased with a step in MIGRATIONS
PATIENCE = 10.0  # seconds to wait for another process to finish writing
COMPANIONS = ("", "-wal", "-shm")  # endings of the files of one database in WAL mode
DAMAGED = ("malformed", "not a database")  # in SQLite's own words
MAGIC = b"SQLite format 3\0"  # the first bytes of every SQLite file
RESULT = "seed, metrics, correct, rows, diverged, seconds, checksum"  # columns of a result

TABLES = (
    "CREATE TABLE IF NOT EXISTS trials (identity TEXT PRIMARY KEY, ingredients TEXT NOT NULL,"
    " created TEXT NOT NULL, machine TEXT NOT NULL, family TEXT NOT NULL DEFAULT '',"
    " processor TEXT NOT NULL DEFAULT '', trained_as TEXT NOT NULL DEFAULT '',"
    " warnings TEXT NOT NULL DEFAULT '[]')",
    "CREATE TABLE IF NOT EXISTS results (identity TEXT NOT NULL, seed INTEGER NOT NULL,"
    " metrics TEXT NOT NULL, correct BLOB, rows INTEGER NOT NULL,"
    " diverged INTEGER NOT NULL, seconds REAL NOT NULL, checksum TEXT NOT NULL,"
    " PRIMARY KEY (identity, seed))",
    "CREATE TABLE IF NOT EXISTS leases (identity TEXT PRIMARY KEY, holder TEXT NOT NULL,"
    " expires REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS origins (identity TEXT PRIMARY KEY, origin TEXT NOT NULL)",
)
INDEX = "CREATE INDEX families ON trials (family)"
OUR_TABLES = {"trials", "results", "leases", "origins"}
COMPUTES = re.compile(r"\b(AS|CHECK|COLLATE|GENERATED|REFERENCES)\b", re.IGNORECASE)
LARGEST_CELL = 64 * 2**20  # bytes
QUESTIONS = (  # that every store can answer
    "SELECT identity, ingredients, created FROM trials LIMIT 0",
    f"SELECT identity, {RESULT} FROM results LIMIT 0",
    "SELECT identity, holder, expires FROM leases LIMIT 0",
)


class UnusableError(Exception):
    """The file is a store, but damaged or of a newer version; it may be set aside."""


class NotAStoreError(Exception):
    """There is something else at this path, which is left as it is."""


def damaged(error: BaseException) -> bool:
    """Whether the file itself is at fault: so SQLite says, or what it says cannot be decoded."""
    if isinstance(error, UnicodeDecodeError):
        return True
    return isinstance(error, sqlite3.Error) and any(words in str(error) for words in DAMAGED)


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

    Raises UnusableError where the store is damaged or newer, NotAStoreError where the file is
    something else; OSError or sqlite3.Error where it cannot be opened or written.
    """
    require_sqlite(path)
    with connected(str(path)) as connection:
        write_ahead(connection)
        make_tables(connection)
        return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the store, on a medium that cannot be written too.

    Raises what `open_database` raises, and FileNotFoundError where there is no file.
    """
    path.stat()
    require_sqlite(path)
    address = path.resolve().as_uri()
    log = path.with_name(f"{path.name}-wal")
    logged = log.is_file() and log.stat().st_size > 0
    writable = os.access(path.parent, os.W_OK)  # the log can only be read where it can be locked
    frozen = "" if logged or writable else "&immutable=1"
    with connected(f"{address}?mode=ro{frozen}") as connection:
        return connection


@contextlib.contextmanager
def connected(address: str) -> Iterator[sqlite3.Connection]:
    """A connection to a store that is recognised; it is closed where anything fails."""
    connection = sqlite3.connect(
        address,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        uri=address.startswith("file:"),
    )
    connection.text_factory = read_text
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
        connection.execute("PRAGMA trusted_schema = OFF")
        recognise(connection)
        yield connection
    except BaseException as error:
        connection.close()
        if damaged(error):
            raise UnusableError(f"is damaged ({error})") from error
        raise


def require_sqlite(path: Path) -> None:
    """Raise NotAStoreError unless the path is free, or a regular file that is empty or SQLite's."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise NotAStoreError("is a folder")
    if not stat.S_ISREG(mode):
        raise NotAStoreError("is not a regular file")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) not in (MAGIC, b""):
            raise NotAStoreError("is not a store of trials (it does not begin as SQLite's files)")


def read_text(text: bytes) -> str:
    """Any bytes as text, so that a damaged row can be read, and found out by its checksum."""
    return text.decode(errors="surrogateescape")


def recognise(connection: sqlite3.Connection) -> None:
    """Raise an error unless the file is empty or a store of this version.

    UnusableError where it is one of a newer version; NotAStoreError where it is somebody else's,
    or would compute something when it is read.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    parts = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    names = {str(name) for kind, name, _ in parts if kind == "table"}
    if parts and not {"trials", "results", "leases"} <= names:
        raise NotAStoreError("is not a store of trials (its tables are others)")
    if version > SCHEMA:
        raise UnusableError(f"was written by a newer version (schema {version}, not {SCHEMA})")
    for kind, name, definition in parts:
        plain = kind == "table" and name in OUR_TABLES and not COMPUTES.search(str(definition))
        if not plain and not (kind == "index" and definition in (None, INDEX)):
            raise NotAStoreError("is not a store of trials (it has more than plain tables)")
    try:
        for question in QUESTIONS if parts else ():
            connection.execute(question)
    except sqlite3.OperationalError as error:
        raise NotAStoreError(f"is not a store of trials ({error})") from error


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
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'families'").fetchone():
            connection.execute(INDEX)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("DELETE FROM leases WHERE expires < ?", (time.time(),))


def add_machine(connection: sqlite3.Connection) -> None:
    """From schema 1: what an older version trained counts as trained on this kind of machine."""
    connection.execute("ALTER TABLE trials ADD COLUMN machine TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE trials SET machine = ?", (platform.machine(),))


def add_family(connection: sqlite3.Connection) -> None:
    """From schema 2: the family of every trial; on which processor it was trained is not known."""
    for column in ("family", "processor", "trained_as"):
        connection.execute(f"ALTER TABLE trials ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    for identity, text in connection.execute("SELECT identity, ingredients FROM trials").fetchall():
        with contextlib.suppress(ValueError, TypeError, AttributeError):  # a damaged row
            family = family_of(json.loads(text))
            question = "UPDATE trials SET family = ? WHERE identity = ?"
            connection.execute(question, (family, identity))


def add_warnings(connection: sqlite3.Connection) -> None:
    """From schema 3: what an older version trained has no warnings."""
    connection.execute("ALTER TABLE trials ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]'")


MIGRATIONS = (add_machine, add_family, add_warnings)  # from schema 1 on, each to the next


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

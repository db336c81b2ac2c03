"""The store of trials: one SQLite file that any number of processes read and write at once."""

from __future__ import annotations

import os
import platform
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..identity import canonical
from ..result import SeedResult, Trained, Warned
from .database import (
    RESULT,
    NotAStoreError,
    UnusableError,
    damaged,
    file_number,
    open_database,
    open_to_read,
    set_aside,
    transaction,
)
from .row import Row, read_row, read_warnings, write_row, write_warnings

if TYPE_CHECKING:
    from types import TracebackType

    from ..trial import Trial


NAME = "trials.sqlite3"
ADVICE = "name another file with `--scaling-store`"

T = TypeVar("T")


class StoreError(RuntimeError):
    """The store cannot be opened, read or written."""


def answer(question: Callable[[], T], otherwise: T, notice: Callable[[str], None]) -> T:
    """A store's answer; where it has none the run goes on alone, with a notice."""
    try:
        return question()
    except StoreError as error:
        notice(str(error))
        return otherwise


def default_path() -> Path:
    """Where the store is unless `--scaling-store` names another file."""
    from platformdirs import user_cache_path

    return user_cache_path("pytest-scaling", appauthor=False) / NAME


def now() -> str:
    """The present moment, for comparison with what was put."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@cache
def this_processor() -> str:
    """What bits depend on between machines of one kind: the processor and its instructions."""
    from ...devices.hardware import instructions, processor

    return f"{processor()} {instructions()}"


def is_protected(path: Path) -> bool:
    """Whether there is a file that cannot be written, or that nothing can be written beside."""
    return path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


class Store:
    """Results by trial identity and seed; leases on trials are those of `leases`.

    Safe for threads and for several processes. A store that is damaged or newer is set aside under
    a new name; any other file is left alone. `notices` holds a message about every file that was
    set aside, and about every damaged row. Raises StoreError where the file cannot be opened for
    writing.

    read_only: a file that cannot be written is enough.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = Path(path)
        self._read_only = read_only and is_protected(self.path)
        self.notices: list[str] = []
        self.ignored_before: dict[str, str] = {}  # moments, as `now` gives them, by identity
        self._lock = threading.RLock()
        self._connection = self._open()
        columns = self.read(lambda c: c.execute("PRAGMA table_info(trials)").fetchall())
        self.columns = {name for _, name, *_ in columns}  # fewer in an older one to read only

    def get(self, identity: str, seeds: Sequence[int]) -> tuple[SeedResult, ...] | None:
        """The results of all these seeds, in their order, or None where one is missing."""
        found = self.recall(identity, seeds)
        return found.results if found else None

    def recall(self, identity: str, seeds: Sequence[int]) -> Trained | None:
        """The results of all these seeds, in their order, with the warnings of their training.

        None where one is missing.

        What another kind of machine trained is missing: its bits may differ. So is a row that
        does not match its checksum, and `notices` reports it once; and so is what was put before
        the moment that `ignored_before` has of the identity.
        """
        warnings = "warnings" if "warnings" in self.columns else "'[]'"
        question = (
            f"SELECT {RESULT}, {warnings} FROM results JOIN trials USING (identity)"
            " WHERE identity = ? AND machine = ? AND created >= ?"
        )
        key = (identity, platform.machine(), self.ignored_before.get(identity, ""))
        rows: list[Row] = self.read(lambda c: c.execute(question, key).fetchall())
        found = {}
        for *row, _ in rows:
            result = read_row(identity, tuple(row))
            if result is not None:
                found[result.seed] = result
            else:
                self._notice(
                    f"The result of seed {row[0]} of trial {identity[:12]} in the store "
                    f"{self.path} is damaged and not used."
                )
        if not seeds or not all(seed in found for seed in seeds):
            return None
        origin = self.origin(identity)
        results = tuple(replace(found[s], origin=origin) if origin else found[s] for s in seeds)
        return Trained(results, read_warnings(rows[0][-1]))

    def origin(self, identity: str) -> str:
        """The name of the file that a trial was merged from; empty where it was trained here."""
        question = "SELECT origin FROM origins WHERE identity = ?"
        try:
            row = self.read(lambda c: c.execute(question, (identity,)).fetchone())
        except StoreError:  # one of an older version, on a medium that cannot be written
            return ""
        return str(row[0]) if row else ""

    def put(
        self,
        trial: Trial,
        results: Sequence[SeedResult],
        warnings: Sequence[Warned] = (),
        trained_as: str = "",
    ) -> None:
        """Write all results of a trial and the warnings of its training, or nothing.

        trained_as: the identity under which they were computed, where that is another one.
        """
        identity = trial.identity
        processor = self.processor(trained_as) if trained_as else this_processor()
        said = write_warnings(warnings)
        made = (now(), platform.machine(), trial.family, processor, trained_as, said)
        about = (identity, canonical(trial.ingredients), *made)
        rows = [(identity, *write_row(identity, result)) for result in results]

        def insert(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(
                    "INSERT OR REPLACE INTO trials (identity, ingredients, created, machine,"
                    " family, processor, trained_as, warnings) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    about,
                )
                connection.executemany(
                    f"INSERT OR REPLACE INTO results (identity, {RESULT})"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
                connection.execute("DELETE FROM origins WHERE identity = ?", (identity,))
                connection.execute(
                    "INSERT INTO origins SELECT ?, origin FROM origins WHERE identity = ?",
                    (identity, trained_as),
                )

        self.write(insert)

    def processor(self, identity: str) -> str:
        """The processor that trained a trial; empty where it is not known."""
        question = "SELECT processor FROM trials WHERE identity = ?"
        row = self.read(lambda c: c.execute(question, (identity,)).fetchone())
        return str(row[0]) if row else ""

    def count(self) -> int:
        """Number of trials in the store."""
        question = "SELECT count(*) FROM trials"
        return int(self.read(lambda c: c.execute(question).fetchone()[0]))

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What work on the connection returns; StoreError where the file cannot be read."""
        return self._do(work, "read")

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What work on the connection returns; StoreError where the file cannot be written."""
        return self._do(work, "written")

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _do(self, work: Callable[[sqlite3.Connection], T], done: str) -> T:
        """Do work on the connection, and again on a new file where this one proves damaged."""
        with self._lock:
            for _ in range(3):
                try:
                    return work(self._connection)
                except (sqlite3.Error, UnicodeDecodeError) as error:
                    if not damaged(error):
                        raise self._error(done, error) from error
                    if self._read_only:
                        raise self._error(done, error) from error
                    self._connection.close()
                    self._replace(f"is damaged ({error})", self._file)
                    self._connection = self._open()
        raise StoreError(f"The store {self.path} keeps getting damaged; {ADVICE}.")

    def _open(self) -> sqlite3.Connection:
        """A connection to a usable file; an unusable one is set aside first."""
        try:
            if self._read_only:
                return open_to_read(self.path)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for _ in range(3):
                file = file_number(self.path)
                try:
                    connection = open_database(self.path)
                except UnusableError as reason:
                    self._replace(str(reason), file)
                else:
                    self._file = file_number(self.path)
                    return connection
        except NotAStoreError as reason:
            raise StoreError(f"The store {self.path} {reason}; {ADVICE}.") from None
        except (OSError, ValueError, sqlite3.Error, UnusableError) as error:
            done = "read" if self._read_only else "opened for writing"
            raise self._error(done, error) from error
        raise StoreError(f"The store {self.path} could not be started again; {ADVICE}.")

    def _replace(self, reason: str, file: int | None) -> None:
        """Set the file aside, unless another process has done so and put a new one there."""
        if file is not None and file_number(self.path) == file:
            aside = set_aside(self.path)
            self._notice(
                f"The store {self.path} {reason}; it was set aside as {aside.name} "
                f"and a new one was started."
            )

    def _notice(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)

    def _error(self, done: str, error: Exception) -> StoreError:
        reason = str(error).rstrip(".")
        return StoreError(f"The store {self.path} cannot be {done} ({reason}); {ADVICE}.")

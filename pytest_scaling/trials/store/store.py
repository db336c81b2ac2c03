"""The store of trials: one SQLite file that any number of processes read and write at once."""

from __future__ import annotations

import platform
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..identity import canonical
from ..result import SeedResult, Trained, Warned
from .database import (
    RESULT,
    UnusableError,
    damaged,
    file_number,
    open_database,
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


def default_path() -> Path:
    """Where the store is unless `--scaling-store` names another file."""
    from platformdirs import user_cache_path

    return user_cache_path("pytest-scaling", appauthor=False) / NAME


class Store:
    """Results by trial identity and seed; leases on trials are those of `leases`.

    Safe for threads and for several processes. A file that is damaged or newer is set aside under
    a new name. `notices` holds a message about every file that was set aside, and about every
    damaged row. Raises StoreError where the file cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.notices: list[str] = []
        self._lock = threading.RLock()
        self._connection = self._open()

    def get(self, identity: str, seeds: Sequence[int]) -> tuple[SeedResult, ...] | None:
        """The results of all these seeds, in their order, or None where one is missing."""
        found = self.recall(identity, seeds)
        return found.results if found else None

    def recall(self, identity: str, seeds: Sequence[int]) -> Trained | None:
        """The results of all these seeds, in their order, with the warnings of their training.

        None where one is missing.

        What another kind of machine trained is missing: its bits may differ. So is a row that
        does not match its checksum, and `notices` reports it once.
        """
        question = (
            f"SELECT {RESULT}, warnings FROM results JOIN trials USING (identity)"
            " WHERE identity = ? AND machine = ?"
        )
        key = (identity, platform.machine())
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
        return Trained(tuple(found[seed] for seed in seeds), read_warnings(rows[0][-1]))

    def put(
        self, trial: Trial, results: Sequence[SeedResult], warnings: Sequence[Warned] = ()
    ) -> None:
        """Write all results of a trial and the warnings of its training, or nothing."""
        identity = trial.identity
        created = datetime.now(UTC).isoformat(timespec="seconds")
        about = (identity, canonical(trial.ingredients), created, platform.machine())
        said = write_warnings(warnings)
        rows = [(identity, *write_row(identity, result)) for result in results]

        def insert(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                connection.execute(
                    "INSERT INTO trials (identity, ingredients, created, machine, warnings)"
                    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (identity) DO UPDATE"
                    " SET created = excluded.created, machine = excluded.machine,"
                    " warnings = excluded.warnings WHERE machine != excluded.machine",
                    (*about, said),
                )
                connection.executemany(
                    f"INSERT OR REPLACE INTO results (identity, {RESULT})"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )

        self.write(insert)

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
                except sqlite3.Error as error:
                    if not damaged(error):
                        raise self._error(done, error) from error
                    self._connection.close()
                    self._replace(f"is damaged ({error})", self._file)
                    self._connection = self._open()
        raise StoreError(f"The store {self.path} keeps getting damaged; {ADVICE}.")

    def _open(self) -> sqlite3.Connection:
        """A connection to a usable file; an unusable one is set aside first."""
        try:
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
        except (OSError, sqlite3.Error) as error:
            raise self._error("opened for writing", error) from error
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

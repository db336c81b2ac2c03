"""Leases: which run computes a trial, so that no two processes compute the same one.

A lease has one owner, a run of one process. It lapses when it is not renewed, or when the process
of its owner has ended.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from .store import Store

LEASE = 30.0  # seconds until a lease that is not renewed lapses


def new_owner() -> str:
    """A name for a run in this process: host, process and a random number."""
    return f"{platform.node()}/{os.getpid()}/{uuid.uuid4().hex}"


def has_ended(owner: str) -> bool:
    """Whether the process of an owner has ended, as far as this host can find out."""
    host, _, rest = owner.partition("/")
    process = rest.partition("/")[0]
    if os.name != "posix" or host != platform.node() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return is_zombie(int(process))


def is_zombie(process: int) -> bool:
    """Whether a process has ended and only its parent has not taken note; no where unknown."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def in_words(owner: str) -> str:
    """An owner in words, as in "process 1234 on host lab-3"."""
    host, _, rest = owner.partition("/")
    process = rest.partition("/")[0]
    return f"process {process} on host {host}" if process else owner


class Leases:
    """The leases that one owner has on the trials of a store. Raises StoreError as the store does.

    In the table of leases the owner stands in the column `holder`.
    """

    def __init__(self, store: Store, owner: str) -> None:
        self.owner = owner
        self._store = store

    def acquire(self, identity: str, seconds: float = LEASE) -> bool:
        """Take the lease on a trial, unless another owner has one that is in force.

        One that ends later than any lease can was written before the clock was set back.
        """
        now = time.time()

        def take(connection: sqlite3.Connection) -> bool:
            question = "SELECT holder, expires FROM leases WHERE identity = ?"
            before, expires = connection.execute(question, (identity,)).fetchone() or ("", 0.0)
            in_force = now < expires <= now + LEASE and not has_ended(before)
            if in_force and before != self.owner:
                return False  # without waiting for the right to write
            changed = connection.execute(
                "INSERT INTO leases VALUES (:identity, :owner, :until)"
                " ON CONFLICT (identity) DO UPDATE SET holder = :owner, expires = :until"
                " WHERE holder = :owner OR (holder = :before AND expires = :expires)",
                {
                    "identity": identity,
                    "owner": self.owner,
                    "until": now + seconds,
                    "before": before,
                    "expires": expires,
                },
            )
            return changed.rowcount == 1

        return self._store.write(take)

    def owner_of(self, identity: str) -> str:
        """Who has the lease on a trial; empty where nobody has."""
        question = "SELECT holder FROM leases WHERE identity = ?"
        row = self._store.read(lambda c: c.execute(question, (identity,)).fetchone())
        return str(row[0]) if row else ""

    def renew(self, identities: Sequence[str], seconds: float = LEASE) -> None:
        """Renew this owner's leases on some trials for the same time again."""
        change = "UPDATE leases SET expires = ? WHERE holder = ? AND identity = ?"
        rows = [(time.time() + seconds, self.owner, identity) for identity in identities]
        if rows:
            self._store.write(lambda c: c.executemany(change, rows))

    def release(self, identity: str) -> None:
        """Give up the lease on a trial, if this owner has it."""
        change = "DELETE FROM leases WHERE identity = ? AND holder = ?"
        self._store.write(lambda c: c.execute(change, (identity, self.owner)))

"""`python -m benchmarks.store`: the time of a look-up in a large store.

A separate store is filled with made-up trials of five seeds with 10,000 test rows each, as the
suite's are, and opened again. Then random trials are looked up, half of which are missing. A
look-up compares every checksum. CPU time of this process; the file may be in the system's memory.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_scaling.trials.result import SeedResult
from pytest_scaling.trials.store.database import RESULT, open_database, transaction
from pytest_scaling.trials.store.row import write_row
from pytest_scaling.trials.store.store import Store

from .machine import description, table

SEEDS = range(5)
TEST_ROWS = 10_000
LOOKS = 2_000


def identity(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def rows(trials: int) -> Iterator[tuple[object, ...]]:
    """The rows of so many trials, with their checksums."""
    chance = random.Random(0)
    correct = chance.randbytes(TEST_ROWS // 8)
    error = 1 - int.from_bytes(correct, "big").bit_count() / TEST_ROWS
    for number in range(trials):
        name = identity(number)
        for seed in SEEDS:
            metrics = {"error": error, "majority_error": chance.random()}
            yield name, *write_row(name, SeedResult(seed, metrics, correct, TEST_ROWS, False, 1.0))


def fill(path: Path, trials: int) -> None:
    connection = open_database(path)
    with transaction(connection):
        about = ((identity(number), "{}", "", platform.machine()) for number in range(trials))
        columns = "(identity, ingredients, created, machine)"
        connection.executemany(f"INSERT INTO trials {columns} VALUES (?, ?, ?, ?)", about)
        connection.executemany(
            f"INSERT INTO results (identity, {RESULT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows(trials),
        )
    connection.close()


def look_ups(path: Path, trials: int) -> list[float]:
    """Milliseconds of each look-up, in ascending order."""
    chance = random.Random(1)
    spent = []
    with Store(path) as store:
        for number in (chance.randrange(2 * trials) for _ in range(LOOKS)):
            name = identity(number)
            start = time.process_time()
            found = store.get(name, SEEDS)
            spent.append(1e3 * (time.process_time() - start))
            assert (found is not None) == (number < trials)
    return sorted(spent)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store")
    parser.add_argument("--trials", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args(arguments)
    print(description())
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for trials in options.trials:
            path = Path(folder, f"{trials}.sqlite3")
            fill(path, trials)
            spent = look_ups(path, trials)
            figures = (statistics.median(spent), spent[int(0.99 * LOOKS)], spent[-1])
            size = path.stat().st_size / 2**20
            lines.append((f"{trials:,}", f"{size:,.0f}", *(f"{figure:.3f}" for figure in figures)))
            path.unlink()
    head = ("trials", "size, MiB", "median, ms", "99 in 100 within, ms", "longest, ms")
    print(table(head, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

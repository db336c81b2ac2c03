"""`python -m benchmarks.generation`: rows that each task's generator makes in a second.

The best of several draws on one thread: other load on the machine can only add to the time.
The package `mnist1d`, where it is installed, makes the same signals one at a time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from fixtures.tasks import TASKS
from fixtures.tasks.generated import Generated
from pytest_scaling.devices.numerics import single_threaded
from pytest_scaling.spec.protocols import Task

from .machine import as_a_worker, description, seconds, table

ROWS = (256, 16_384, 65_536)  # of one draw
PACKAGE_ROWS = 1_000


def generators() -> list[Task]:
    """The tasks whose rows are made on demand, from what is on this machine."""
    return [
        task
        for task in TASKS
        if isinstance(task, Generated) and not getattr(task, "unavailable", str)()
    ]


def rows_per_second(task: Task, rows: int, draws: int) -> float:
    """The best of several draws, each of another seed."""
    return rows / min(seconds(partial(task.draw, seed, rows)) for seed in range(draws))


def rows_per_second_of_the_package() -> float | None:
    """The package's own generator, or None where it is not installed."""
    try:
        from mnist1d.data import get_dataset_args, get_templates
        from mnist1d.transform import transform
    except ImportError:
        return None
    settings, templates = get_dataset_args(), get_templates()

    def make() -> None:
        for row in range(PACKAGE_ROWS):
            transform(templates["x"][row % 10], templates["t"], settings)

    return PACKAGE_ROWS / min(seconds(make) for _ in range(3))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation")
    parser.add_argument("--draws", type=int, default=7, help="of which the best counts")
    options = parser.parse_args(arguments)
    status = as_a_worker("benchmarks.generation", arguments)
    if status is not None:
        return status
    print(description())
    with single_threaded():
        rows = []
        for task in generators():
            task.draw(0, ROWS[0])  # builds what is built once
            speeds = [rows_per_second(task, m, options.draws) for m in ROWS]
            rows.append((task.name, *(f"{speed:,.0f}" for speed in speeds)))
        package = rows_per_second_of_the_package()
    if package is not None:
        rows.append(("package mnist1d", *[f"{package:,.0f}"] * len(ROWS)))
    print(table(("rows per second of", *(f"{m:,} at once" for m in ROWS)), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

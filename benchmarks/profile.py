"""`python -m benchmarks.profile`: where the time of training goes, learner by learner.

The figures are those of a store of trials: the wall seconds that each trial took in its worker,
from the rows to the labels of the test rows. They depend on the machine, and on its other load,
when the trials were computed. Drawing the rows, statistics and the report are not included.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from pytest_scaling.commands.store import opened
from pytest_scaling.trials.store.inventory import Held, trials
from pytest_scaling.trials.store.store import default_path

from .machine import table

ROWS = 12  # learners of the table, before the rest


def rows_of(held: Iterable[Held], most: int) -> Iterator[tuple[object, ...]]:
    """The most expensive learners, the rest together, and all."""
    groups: dict[str, list[Held]] = defaultdict(list)
    for each in held:
        groups[each.learner].append(each)
    ordered = sorted(groups.items(), key=lambda item: -seconds(item[1]))
    rest = [each for _, group in ordered[most:] for each in group]
    everything = [each for _, group in ordered for each in group]
    if not everything:
        return
    for name, group in ordered[:most]:
        yield row(name, group, everything)
    if rest:
        yield row(f"{len(ordered) - most} others", rest, everything)
    yield row("all", everything, everything)


def row(name: str, group: Sequence[Held], everything: Sequence[Held]) -> tuple[object, ...]:
    """Seeds, seconds, their share, and the arm on which a seed takes longest."""
    slowest = max(group, key=lambda each: each.seconds / max(1, each.seeds))
    m = slowest.ingredients.get("m", 0)
    return (
        name,
        f"{sum(each.seeds for each in group):,}",
        f"{seconds(group):,.1f}",
        f"{seconds(group) / seconds(everything):.1%}",
        f"{slowest.task}, m = {m:,}: {slowest.seconds / max(1, slowest.seeds):.2f}",
    )


def seconds(held: Iterable[Held]) -> float:
    return sum(each.seconds for each in held)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile")
    parser.add_argument("--store", type=Path, default=default_path(), help="of trials")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"learners (default: {ROWS})")
    options = parser.parse_args(arguments)
    try:
        with opened(options.store) as connection:
            held = list(trials(connection))
    except pytest.UsageError as mistake:
        parser.error(str(mistake))
    header = ("learner", "seeds", "seconds", "share", "slowest arm: seconds per seed")
    print(table(header, rows_of(held, options.rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

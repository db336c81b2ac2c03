"""Whether the rows of different seeds, and those of training and test, are as fresh as they seem.

A row that turns up again is no fault where values are few, as with dealt cards: then it turns up
again among the rows of one draw as often as between two. What is refused is more than that.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ...spec import traits
from ..result import TrialError

if TYPE_CHECKING:
    from ...spec.protocols import Features, Task

MOST = 4_000  # rows of each part that are looked at
TIMES, BEYOND = 3, 10  # as many pairs of equal rows as chance gives, and so many more, are too many


def check_fresh(task: Task, seeds: tuple[int, ...], x: Features, x_test: Features) -> None:
    """Raise TrialError where the first two of several seeds do not have rows of their own.

    x: (seeds, m, d) training rows; x_test: (seeds, N, d) test rows. Test rows that are the same
    for every seed are no fault: their noise stays in the interval (`trials.rows.shared`).
    """
    if len(seeds) < 2:
        return
    one, other = seeds[:2]
    if x.shape[1] > 1 and np.array_equal(x[0], x[1]):
        raise TrialError(
            f"Task {task.name}: draw({one}, m) and draw({other}, m) are the same rows, so seeds "
            f"are no repetitions; draw from numpy.random.default_rng([seed, 0])."
        )
    training, test = (
        [Counter(row.tobytes() for row in rows[:MOST]) for rows in part] for part in (x, x_test)
    )
    if shared := too_many(training[0], test[0]):
        raise TrialError(
            f"Task {task.name}: {shared:,} of the test rows of seed {one} are training rows of "
            f"the same seed; draw test rows from a generator, or a part of the data, of their own."
        )
    if traits.resplit(task):
        return
    fixed = np.array_equal(x_test[0], x_test[1])
    pairs = [(training[0], training[1])] + ([] if fixed else [(test[0], test[1])])
    if shared := max(too_many(*pair) for pair in pairs):
        raise TrialError(
            f"Task {task.name}: {shared:,} rows of seed {one} are rows of seed {other} too, as "
            f"where seeds are parts of one data set; set `resplit = True` and `most_rows` on the "
            f"task, so that its intervals allow for rows that seeds share."
        )


def too_many(one: Counter[bytes], other: Counter[bytes]) -> int:
    """How many rows of `other` are among those of `one`, where chance does not explain it; or 0.

    Chance is what the pairs of equal rows within each of the two parts show.
    """
    between = sum(count * other[row] for row, count in one.items())
    parts = (one, other)
    within = sum(count * (count - 1) for part in parts for count in part.values())
    pairs = sum(part.total() * (part.total() - 1) for part in parts)
    by_chance = within / max(pairs, 1) * one.total() * other.total()
    if between <= TIMES * by_chance + BEYOND:
        return 0
    return sum(count for row, count in other.items() if row in one)

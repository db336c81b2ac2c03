"""The rows that tasks draw: checked once, and kept for the next trial of the process."""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...spec import traits
from ..fingerprint.fingerprint import fingerprint
from ..result import NothingToLearn, TrialError
from .freshness import check_fresh
from .labels import names_of, numbered

if TYPE_CHECKING:
    from ...spec.protocols import Features, Labels, Task

    Rows = tuple[Features, Labels]

TaskKey = tuple[str, ...]
"""What tells a task from others: name, version and fingerprint."""

MEMORY = 256 * 2**20  # bytes of rows that a process keeps


class Draws:
    """Training and test rows by task and seed; the least recently used go first.

    Tasks are told apart by their fingerprints.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self.memory = memory
        self._rows: OrderedDict[tuple[object, ...], Rows] = OrderedDict()
        self._nested: set[TaskKey] = set()  # tasks whose draws were found nested
        self._names: dict[TaskKey, tuple[Any, ...]] = {}  # of the classes of tasks
        self._fresh: set[tuple[TaskKey, int]] = set()  # and, with m, whose seeds have own rows
        self._last: tuple[Task, TaskKey] | None = None

    def names(self, task: Task) -> tuple[Any, ...]:
        """What the classes 0..classes-1 of a task are called; empty where by these numbers.

        Known once rows of the task were drawn.
        """
        return self._names.get(self._key(task), ())

    def training(self, task: Task, seed: int, m: int) -> Rows:
        """The first m rows of training draw `seed`: (m, d) and (m,)."""
        check_enough(task, m)
        self._check_nested(task, seed, m)
        key = (*self._key(task), seed, "train")
        rows = self._rows.get(key)
        if rows is None or len(rows[1]) < m:
            rows = self._checked(task, task.draw(seed, m), f"draw({seed}, {m})", m)
        self._keep(key, rows)
        x, y = rows[0][:m], rows[1][:m]
        check_classes(task, seed, y)
        return x, y

    def test(self, task: Task, seed: int, most: int | None = None) -> Rows:
        """The test rows of `seed`, at most the first `most` of them: (N, d) and (N,)."""
        key = (*self._key(task), seed, "test")
        rows = self._rows.get(key)
        if rows is None:
            rows = self._checked(task, task.test_set(seed), f"test_set({seed})", None)
        self._keep(key, rows)
        return rows[0][:most], rows[1][:most]

    def _checked(self, task: Task, drawn: object, call: str, m: int | None) -> Rows:
        """The drawn features and labels, checked, the labels as 0..classes-1."""
        x, y = checked_rows(task, drawn, call, m)
        key = self._key(task)
        if key not in self._names:
            seen = [y]
            if y.dtype.kind not in "iu" or y.min() > 0:  # a class may be absent here
                seen.append(checked_rows(task, task.test_set(0), "test_set(0)", None)[1])
            self._names[key] = names_of(task, np.concatenate(seen))
        return x, numbered(task, y, self._names[key], call)

    def _check_nested(self, task: Task, seed: int, m: int) -> None:
        """A smaller draw must be the start of a larger one; otherwise results depend on order."""
        if self._key(task) in self._nested or m < 2:
            return
        large = self._checked(task, task.draw(seed, m), f"draw({seed}, {m})", m)
        few = m // 2
        small = self._checked(task, task.draw(seed, few), f"draw({seed}, {few})", few)
        if not all(np.array_equal(a[:few], b) for a, b in zip(large, small, strict=True)):
            raise TrialError(
                f"Task {task.name}: draw({seed}, {few}) must return the first {few} rows of "
                f"draw({seed}, {m}), bit for bit, but does not; draw row by row, as "
                f"rng.random((m, columns)) does, or always the same many rows, of which the first "
                f"m are returned."
            )
        self._nested.add(self._key(task))
        self._keep((*self._key(task), seed, "train"), large)

    def _key(self, task: Task) -> TaskKey:
        """What tells a task from others."""
        if self._last is None or self._last[0] is not task:
            found = fingerprint(task)
            self._last = task, (task.name, str(traits.version(task)), found.code, found.data)
        return self._last[1]

    def check_fresh(
        self, task: Task, seeds: tuple[int, ...], x: Features, x_test: Features
    ) -> None:
        """Refuse seeds that do not have rows of their own, once for each number of rows."""
        key = (self._key(task), x.shape[1])
        if key not in self._fresh:
            check_fresh(task, seeds, x, x_test)
            self._fresh.add(key)

    def _keep(self, key: tuple[object, ...], rows: Rows) -> None:
        self._rows[key] = rows
        self._rows.move_to_end(key)
        while self.size > self.memory:
            self._rows.popitem(last=False)

    @property
    def size(self) -> int:
        """Bytes that the kept rows take."""
        return sum(x.nbytes + y.nbytes for x, y in self._rows.values())


@cache
def draws_of_process() -> Draws:
    """The one set of draws that the trials of this process share."""
    return Draws()


def check_enough(task: Task, m: int) -> None:
    """TrialError where a task of finite data has fewer than m training rows."""
    most = traits.most_rows(task)
    if most is not None and m > most:
        raise TrialError(f"Task {task.name} has {most:,} training rows, not {m:,}; use fewer.")


def check_classes(task: Task, seed: int, y: Labels) -> None:
    """NothingToLearn where the training labels (m,) of a seed are all the same."""
    if y.min() == y.max():
        raise NothingToLearn(
            f"Task {task.name}: the {len(y):,} training rows of seed {seed} are all of class "
            f"{y[0]}, so there is nothing to learn; use more rows, or a task with evener classes."
        )


def checked_rows(task: Task, drawn: object, call: str, m: int | None) -> Rows:
    """The drawn features (rows, d) and labels (rows,), or TrialError saying what is wrong."""

    def wrong(what: str) -> TrialError:
        return TrialError(f"Task {task.name}: {call} must return {what}.")

    if not isinstance(drawn, tuple) or len(drawn) != 2:
        raise wrong("a pair of features and labels")
    x, y = np.asarray(drawn[0]), np.asarray(drawn[1])
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y) or x.size == 0:
        raise wrong(f"features (rows, d) and labels (rows,), not shapes {x.shape} and {y.shape}")
    if m is not None and len(y) != m:
        raise wrong(f"{m} rows, not {len(y)}; if there are no more, set its `most_rows`")
    if x.dtype.kind not in "fiub" or not np.isfinite(x).all():
        raise wrong("finite numbers as features, without NaN or infinity")
    if y.dtype.kind not in "iubUS":
        raise wrong(f"labels that are integers, words or truths, not {y.dtype}")
    return x, y.astype(np.int64) if y.dtype.kind == "b" else y

"""What a task, a learner and a block of seeds are to each other: the protocols of a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Features = NDArray[np.floating[Any]]
    Labels = NDArray[np.integer[Any]]

Settings = Mapping[str, Any]
"""Everything about a learner that changes its result, as plain JSON values."""


class SettingsError(LookupError):
    """A learner has no settings for a task at an m; the message says how to make them."""


@runtime_checkable
class Task(Protocol):
    """A distribution of labelled examples.

    Optional attributes: `bayes_error` (the least possible error, where it is known), `tiers` (the
    names of the tiers that run the task; all when absent), `most_rows` (the most training rows,
    where data are finite), `resplit` (true where seeds are splits of one data set, which overlap),
    `version` (1 when absent; another one is another task, whatever its code) and `unavailable()`
    (why the data are not available, or an empty text).
    """

    @property
    def name(self) -> str: ...
    @property
    def classes(self) -> int: ...

    def draw(self, seed: int, m: int) -> tuple[Features, Labels]:
        """Features (m, d) and labels (m,): the first m rows of draw `seed`.

        Labels are 0..classes-1. So many other integers, words or truths stand for these numbers,
        in ascending order.
        """

    def test_set(self, seed: int) -> tuple[Features, Labels]:
        """Features (N, d) and labels (N,), independent of the training rows.

        Best new for each seed: the luck of rows that all seeds share stays in every interval.
        A tier may use only the first of them, so they must be in no particular order.
        """


@runtime_checkable
class Learner(Protocol):
    """A training procedure.

    Optional attributes: `label` (words for tables and figures), `largest_m(tier)` and
    `smallest_m(tier)` (the most rows it can handle in a tier, and the fewest it is meant for; all
    when absent), `in_tier(tier)` (the learner that it stands for in a tier, as a network of another
    width; itself when absent), `cost(task, m)` (rough seconds per seed), `version` (1 when absent;
    another one is another learner, whatever its code), `expected(task, m)` (the metrics `error` and
    `majority_error` that it is known to have, from seeds that never judge: they say which tasks
    count), `may_collapse` (true where single runs may fail, so that the first look is at ten
    seeds), `shares` (names of its metrics that are shares from 0 to 1: others whose values are all
    0 or 1 are judged as failure and success), `judged_rows(metric, m)` (of how many rows of its own
    a metric is a share; 0 for others) and `batch_seeds` (false where `fit_predict` trains one seed
    after another: each is then a trial of its own, in a block of one seed, which is stored when it
    is done and runs beside the others).
    """

    @property
    def name(self) -> str: ...
    def settings(self, task: str, m: int) -> Settings:
        """The settings to use on `task` with m rows; part of the trial's identity.

        Raises SettingsError where there are none.
        """

    def fit_predict(self, block: Block, settings: Settings, device: str) -> Fit:
        """Train once per seed of the block and label the test rows."""


class SeedRunner(Protocol):
    """An arm that takes one seed after another and judges itself."""

    def run_seed(
        self, seed: int, task: Any, m: int, metric: Any, device: str, test_rows: int | None
    ) -> Outcome:
        """What one seed gave; task is None for a function of a seed."""


@dataclass(frozen=True)
class Block:
    """Training sets and test rows of the seeds that are trained together.

    x: (seeds, m, d), y: (seeds, m), x_test: (seeds, N, d). Test labels stay with the plugin. names:
    of the classes 0..classes-1 where the task's labels are others, such as words; else empty.
    """

    task: str
    classes: int
    seeds: tuple[int, ...]
    x: Features
    y: Labels
    x_test: Features
    names: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Fit:
    """The result of training one block.

    labels: (seeds, N) predicted classes, as numbers or by the names that the task has for them, or
    None where the learner is judged by `metrics` alone. diverged: (seeds,) true where training gave
    numbers that are not finite; such a seed is scored as if it predicted the majority class.
    metrics: further numbers, (seeds,) each; where a seed diverged one may be NaN or infinite, and a
    claim about this metric then says so. scores: for metrics that judge more than labels:
    probabilities of the classes (seeds, N, classes), or decision values (seeds, N) of two classes.
    """

    labels: Labels | None
    diverged: NDArray[np.bool_]
    metrics: Mapping[str, NDArray[np.floating[Any]]] = field(default_factory=dict)
    scores: NDArray[np.floating[Any]] | None = None


@dataclass(frozen=True)
class Outcome:
    """What one seed of an arm gave that judges itself, such as a function or an estimator on data.

    metrics: finite numbers by name. right: (rows,) which test rows were labelled correctly, or
    None. rows: test rows that it was judged on. diverged: a number was not finite. nothing: why
    there was nothing to learn; empty where there was.
    """

    metrics: Mapping[str, float]
    right: NDArray[np.bool_] | None = None
    rows: int = 0
    diverged: bool = False
    nothing: str = ""

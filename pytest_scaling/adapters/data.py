"""Data that exist: a table and a target as a task, split anew for every seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..spec.errors import ClaimError
from . import content
from .splits import STREAM, Splits, is_listed


@dataclass(frozen=True)
class Part:
    """The rows of one seed: training rows x with targets y, and test rows. Tables as given."""

    x: Any
    y: Any
    x_test: Any
    y_test: Any


class Data:
    """A data set as a task: every seed splits it into training and test rows.

    Its rows reach estimators as they are: strings, categories and gaps of a data frame included.
    The splits share rows, which the interval allows for (Nadeau and Bengio, Machine Learning 52,
    2003); a verdict holds for this data set.

    Args:
        name: as it stands in tables and records.
        x: array, sparse matrix, data frame or list (n rows).
        y: the target (n,): classes of any kind, or quantities.
        split: a share of test rows (default: a quarter), a number of folds, a splitter of
            scikit-learn, or pairs of training and test rows.
        groups: (n,), of rows that belong together and stay on one side of a split.
        stratify: keep the shares of classes in a random split.
        times: (n,), of the rows: no split may train on what is later than its test rows.
        holdout: a pair of test rows and their targets. Every seed trains on rows of x and is judged
            on a resample of these, whose luck is in the interval.

    Raises ClaimError, with one sentence, where the parts do not fit each other.
    """

    resplit = True
    one_seed_at_a_time = True  # splits may differ in size
    version = 1

    def __init__(
        self,
        name: str,
        x: Any,
        y: Any,
        *,
        split: Any = None,
        groups: Any = None,
        stratify: bool = False,
        times: Any = None,
        holdout: tuple[Any, Any] | None = None,
    ) -> None:
        y = content.labels(name, y)
        content.same_length(name, y, {"X": x, "groups": groups, "times": times})
        split = list(split) if is_listed(split) else split
        if times is None and type(split).__name__ == "TimeSeriesSplit":
            times = time_index(x)
        self.name, self.x, self.y = name, x, y
        self.holdout = checked_holdout(name, holdout, split)
        self._given = {"split": split, "groups": groups, "stratify": stratify, "times": times}
        self.splits = Splits(name, y, split, groups, times, stratify)
        self.kind = content.kind_of(y)
        if self.splits.rows < 4:
            raise ClaimError(f"{name} has {self.splits.rows} rows; a split needs at least 4")

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuilt, (self.name, self.x, self.y, {**self._given, "holdout": self.holdout})

    def __getstate__(self) -> dict[str, str]:
        return self._content

    def __repr__(self) -> str:
        return f"Data({self.name!r}, {self.splits.rows:,} rows)"

    @cached_property
    def _content(self) -> dict[str, str]:
        """What decides its rows, for the fingerprint: digests, so that it is read once."""
        held = {"x": self.x, "y": self.y, **{n: self._given[n] for n in ("groups", "times")}}
        if self.holdout is not None:
            held |= {"x_test": self.holdout[0], "y_test": self.holdout[1]}
        digests = {n: content.digest(each) for n, each in held.items() if each is not None}
        return digests | {"split": splitter_in_words(self._given["split"], self.splits.stratify)}

    @cached_property
    def classes(self) -> int:
        """The number of classes; 0 where the target is a quantity."""
        import numpy as np

        return 0 if self.kind == "quantity" else len(np.unique(np.asarray(self.y).astype(str)))

    @cached_property
    def most_rows(self) -> int:
        """The training rows of the first split: what m is where all rows are trained on."""
        return len(self.places(0)[0])

    @property
    def most_seeds(self) -> int | None:
        """How many splits there are; None where every seed has its own."""
        return self.splits.most

    def rows(self, m: int | float | None) -> int:
        """A number of training rows, or a share of all, or None for all, as a number."""
        if m is None:
            return self.most_rows
        if isinstance(m, float) and 0 < m <= 1:
            return max(1, round(m * self.most_rows))
        if m > self.most_rows:
            raise ClaimError(
                f"{self.name} has {self.most_rows:,} training rows, not {m:,}; use fewer, or leave "
                f"m out for all"
            )
        return m  # type: ignore[return-value]  # checked with the arm

    def places(self, seed: int) -> tuple[Any, Any]:
        """Places of the training and of the test rows of a seed; the latter in the holdout's."""
        import numpy as np

        if self.holdout is None:
            return self.splits.of(seed)
        rng = np.random.default_rng([seed, STREAM])
        tested = content.count(self.holdout[1])
        return rng.permutation(self.splits.rows), rng.integers(tested, size=tested)

    def part_of_seed(self, seed: int, m: int, test_rows: int | None = None) -> Part:
        """The rows of a seed: m training rows, or all where m is as many, and its test rows.

        ClaimError where a split has fewer than m training rows.
        """
        import numpy as np

        train, test = self.places(seed)
        if m < self.most_rows and len(train) < m:
            raise ClaimError(
                f"{self.name} has {len(train):,} training rows in the split of seed {seed}, not "
                f"{m:,}; use fewer, or all"
            )
        chosen = np.sort(train if m >= self.most_rows else train[:m])
        x, y = (self.x, self.y) if self.holdout is None else self.holdout
        return Part(
            content.rows(self.x, chosen),
            content.rows(self.y, chosen),
            content.rows(x, test[:test_rows]),
            content.rows(y, test[:test_rows]),
        )

    def overlap(self, seeds: tuple[int, ...]) -> float:
        """What shared rows add to 1/n in the variance of a mean over these seeds."""
        return 1.0 if self.holdout is not None else self.splits.overlap(seeds)

    def draw(self, seed: int, m: int) -> tuple[Any, Any]:
        """M training rows as numbers (m, d) and classes (m,), for learners that take arrays."""
        return self._arrays(self.x, self.y, self.places(seed)[0][:m])

    def test_set(self, seed: int) -> tuple[Any, Any]:
        """The test rows as numbers (N, d) and classes (N,), for learners that take arrays."""
        x, y = (self.x, self.y) if self.holdout is None else self.holdout
        return self._arrays(x, y, self.places(seed)[1])

    def _arrays(self, x: Any, y: Any, places: Any) -> tuple[Any, Any]:
        if self.kind == "quantity":
            raise ClaimError(
                f"the target of {self.name} is a quantity, and learners of arrays label classes; "
                f"give an estimator, or a function of a seed"
            )
        return content.numbers(self.name, content.rows(x, places)), as_labels(y, places)


def as_labels(y: Any, places: Any) -> Any:
    """Some classes as integers, words or truths (rows,)."""
    import numpy as np

    values = np.asarray(content.rows(y, places))
    if values.dtype.kind == "f":
        return values.astype(np.int64)
    return values if values.dtype.kind in "iubUS" else values.astype(str)


def rebuilt(name: str, x: Any, y: Any, given: dict[str, Any]) -> Data:
    """The data as another process has them."""
    return Data(name, x, y, **given)


def time_index(x: Any) -> Any:
    """The index of a data frame where it holds times; None otherwise."""
    index = getattr(x, "index", None)
    kind = getattr(getattr(index, "dtype", None), "kind", "")
    return index if kind == "M" else None


def checked_holdout(name: str, holdout: Any, split: Any) -> tuple[Any, Any] | None:
    """The holdout as a pair; ClaimError where it is none."""
    if holdout is None:
        return None
    if not isinstance(holdout, tuple) or len(holdout) != 2:
        raise ClaimError(
            f"{name}: holdout must be a pair of test rows and their targets; for a share of the "
            f"rows write split=0.2"
        )
    if split is not None:
        raise ClaimError(f"{name} has a holdout and a split; give one of them")
    x, y = holdout[0], content.labels(f"{name}'s holdout", holdout[1])
    content.same_length(f"{name}'s holdout", y, {"X": x})
    return x, y


def splitter_in_words(split: Any, stratify: bool) -> str:
    """What decides the splits, the same in every process."""
    if hasattr(split, "get_n_splits"):
        held = sorted((name, repr(value)) for name, value in vars(split).items())
        words = f"{type(split).__module__}.{type(split).__qualname__} {held}"
    elif split is None or isinstance(split, int | float):
        words = repr(split)
    else:
        words = " ".join(content.digest(part) for pair in split for part in pair)
    return f"{words} {stratify}"

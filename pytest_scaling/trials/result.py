"""The results of a trial, one per seed, and what its training had to say."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


class TrialError(RuntimeError):
    """A trial has no result: its task or learner broke its contract or raised, or it was lost.

    frames: where it was raised, in the user's own code. traceback: all of it. printed: what the
    training printed. Each is empty where there is none.
    """

    frames = ""
    traceback = ""
    printed = ""


class MemoryShortage(TrialError):
    """A trial ran out of memory; with fewer seeds at once it may have a result."""


class NothingToLearn(TrialError):
    """The training rows of a seed are all of one class: a claim about them is not applicable."""


def in_one_line(error: BaseException) -> str:
    """The kind and the message of an error, as in "ValueError: no rows"."""
    message = " ".join(str(error).split())
    kind = type(error).__name__
    return f"{kind}: {message}" if message else kind


@dataclass(frozen=True)
class SeedResult:
    """The metrics of one seed, and which test rows were labelled correctly.

    metrics: "error" (share of the test rows that are wrong) and "majority_error" (the error of
    always predicting the most frequent training class) where the learner labels test rows, and
    whatever else the learner measured; a diverged seed may lack it. correct: one bit per test row,
    first row in the highest bit, or None without labels. rows: number of test rows, 0 without
    labels. seconds: this seed's share of the wall time of its block; never compared. origin: the
    name of the store that it was merged from, empty where it was trained here; never compared.
    """

    seed: int
    metrics: dict[str, float]
    correct: bytes | None
    rows: int
    diverged: bool
    seconds: float = field(compare=False)
    origin: str = field(default="", compare=False)

    @property
    def is_possible(self) -> bool:
        """Whether all values have their types and ranges, and the right rows are those of error."""
        rows, error = self.rows, self.metrics.get("error")
        numbers = [self.seconds, *self.metrics.values()]
        if not all(type(value) in (int, float) and math.isfinite(value) for value in numbers):
            return False
        if not (type(self.seed) is type(rows) is int and min(self.seed, rows, self.seconds) >= 0):
            return False
        if error is not None and not 0 <= error <= 1:
            return False
        if self.correct is None:
            return True
        right = int.from_bytes(self.correct, "big").bit_count()
        fits = len(self.correct) == -(-rows // 8) and right <= rows
        return fits and (error is None or abs(rows - right - error * rows) < 1e-6)

    def discordant(self, other: SeedResult) -> int:
        """Number of test rows that exactly one of the two labels correctly.

        Raises ValueError unless both hold the rows of the same test set.
        """
        if self.correct is None or other.correct is None:
            raise ValueError(f"Seed {self.seed} has no labelled test rows to compare.")
        if not self.shares_rows(other):
            raise ValueError(
                f"Results must share their test rows, but are {self.rows} rows of seed "
                f"{self.seed} and {other.rows} of seed {other.seed}."
            )
        mine, theirs = (int.from_bytes(each.correct or b"", "big") for each in (self, other))
        return (mine ^ theirs).bit_count()

    def shares_rows(self, other: SeedResult) -> bool:
        """Whether both were judged on the same test rows."""
        return self.rows > 0 and (self.seed, self.rows) == (other.seed, other.rows)


Results = tuple[SeedResult, ...]
"""The results of a trial: one of each of its seeds."""


@dataclass(frozen=True)
class Warned:
    """A warning of a training, and how often it was raised there.

    category: with its module, as in "sklearn.exceptions.ConvergenceWarning". base: the nearest of
    Python's own categories. message: of the first. file, line: where.
    """

    category: str
    base: str
    message: str
    file: str
    line: int
    count: int = 1


@dataclass(frozen=True)
class Trained:
    """The results of a trial with what its training had to say.

    printed: what it printed, cut off where it is long; empty where it is recalled. left: the
    pieces of the process's state that it left changed, in words.
    """

    results: Results
    warnings: tuple[Warned, ...] = ()
    printed: str = ""
    left: tuple[str, ...] = ()

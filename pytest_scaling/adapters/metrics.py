"""Metrics: what a number is called, its unit, its range, and which direction is better."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..spec.errors import ClaimError

UNIT = re.compile(r"(?!rat|rel)[A-Za-z%°][A-Za-z0-9%° /.-]{0,19}")  # as records have them
Better = Literal["lower", "higher"]
Needs = Literal["labels", "probabilities", "decisions"]
EVERYTHING = (-math.inf, math.inf)
SHARE, POSITIVE, UP_TO_ONE, SIGNED = (0.0, 1.0), (0.0, math.inf), (-math.inf, 1.0), (-1.0, 1.0)
LOWER = ("loss", "error", "mse", "rmse", "mae", "perplexity", "regret", "seconds", "steps", "cost")
HIGHER = ("accuracy", "auc", "f1", "r2", "score", "reward", "return", "precision", "recall")


@dataclass(frozen=True)
class Metric:
    """A number by which arms are judged, declared once.

    Attributes:
        name: as it stands in tables and records.
        function: makes the number of labels and predictions of the test rows, as in
            `function(y, predicted)`; None where the arm reports the number itself.
        better: "lower" or "higher".
        unit: in which its differences are written, such as "points"; empty for a plain number.
        range: the least and the largest value that it can have.
        needs: what `function` takes beside the labels: predicted "labels", "probabilities" (of the
            second class where there are two, else one column for each class) or "decisions".
    """

    name: str
    function: Callable[..., Any] | None = None
    better: Better | None = None
    unit: str = ""
    range: tuple[float, float] = EVERYTHING
    needs: Needs = "labels"

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher"):
            raise ClaimError(
                f"the metric {self.name!r} must say which direction is better, as in "
                f"Metric({self.name!r}, better='higher')"
            )
        if self.unit and not UNIT.fullmatch(self.unit):
            raise ClaimError(
                f"the unit of the metric {self.name!r} is {self.unit!r}; give a word of at most 20 "
                f"letters that is no ratio, such as 'points' or 'km/h'"
            )
        if not self.range[0] < self.range[1]:
            raise ClaimError(f"the range of the metric {self.name!r} is empty: {self.range!r}")
        if self.needs not in ("labels", "probabilities", "decisions"):
            raise ClaimError(
                f"the metric {self.name!r} needs {self.needs!r}; it must be labels, "
                f"probabilities or decisions"
            )

    @property
    def words(self) -> str:
        """The name in words, as in "roc auc"."""
        return self.name.replace("_", " ")

    @property
    def higher(self) -> bool:
        """Whether a higher value is better."""
        return self.better == "higher"

    @property
    def span(self) -> tuple[float, float]:
        """The least and the largest difference of two values."""
        width = self.range[1] - self.range[0]
        return -width, width


ACCURACY = Metric("accuracy", better="higher", range=SHARE)  # follows from the error
ERROR = Metric("error", better="lower", range=SHARE)
VALUE = Metric("value", better="lower")  # of a function that returns one number: a loss
SUCCESS = Metric("success", better="higher", range=SHARE)  # of one that returns a truth


def by_its_words(name: str) -> Metric:
    """A metric that an arm reports itself, by words of its name; ClaimError where none tells."""
    words = set(name.lower().replace("-", "_").split("_"))
    if words & {*LOWER}:
        return Metric(name, better="lower")
    if words & {*HIGHER}:
        return Metric(name, better="higher")
    raise ClaimError(
        f"whether a lower or a higher {name!r} is better does not follow from its name; "
        f"say metric=Metric({name!r}, better='higher') or better='lower'"
    )

"""`python -m benchmarks.adapters`: how often equal arms are told apart, for each form of a claim.

Every run is a claim of the standard tier from its body to its verdict, on a world of its own where
the two arms are equally good, or an arm is exactly as good as the bound says. Whatever is decided
is then wrong on one side: the table has the shares of "supported" and of "refuted", each of which
may be as large as the level of a claim, 0.01.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import GroupShuffleSplit, TimeSeriesSplit

from pytest_scaling import Data, arm, claim, module
from pytest_scaling.experiments.evaluation import Body, Evaluation
from pytest_scaling.spec.scope import scope
from pytest_scaling.spec.tier import DEFAULT_TIERS
from pytest_scaling.trials.rows.draws import draws_of_process
from pytest_scaling.trials.workers.worker import compute

from .machine import description, table

LEVEL = 0.01
NOTHING = 1e-9  # the smallest effect where the truth is none
STANDARD = DEFAULT_TIERS[1]
ROWS, COLUMNS = 160, 3  # of a data set, and of the half of its columns that an arm sees


class Here:
    """A source that computes every trial in this process and stores nothing."""

    def results(self, trials: Sequence[Any]) -> list[Any]:
        return [compute(trial) for trial in trials]


class Directions(ClassifierMixin, BaseEstimator):
    """Classes by the direction between their means, from one half of the columns."""

    def __init__(self, half: int = 0) -> None:
        self.half = half

    def fit(self, x: Any, y: Any) -> Directions:
        own = self._own(x)
        means = [own[y == label].mean(axis=0) for label in (0, 1)]
        self.classes_ = np.array([0, 1])
        self.direction_ = means[1] - means[0]
        self.middle_ = (means[0] + means[1]) @ self.direction_ / 2
        return self

    def decision_function(self, x: Any) -> Any:
        return self._own(x) @ self.direction_ - self.middle_

    def predict(self, x: Any) -> Any:
        return (self.decision_function(x) > 0).astype(int)

    def _own(self, x: Any) -> Any:
        return np.asarray(x)[:, COLUMNS * self.half : COLUMNS * (self.half + 1)]


class Line(RegressorMixin, BaseEstimator):
    """Least squares on one half of the columns."""

    def __init__(self, half: int = 0) -> None:
        self.half = half

    def fit(self, x: Any, y: Any) -> Line:
        self.weights_ = np.linalg.lstsq(self._own(x), np.asarray(y), rcond=None)[0]
        return self

    def predict(self, x: Any) -> Any:
        return self._own(x) @ self.weights_

    def _own(self, x: Any) -> Any:
        return np.asarray(x)[:, COLUMNS * self.half : COLUMNS * (self.half + 1)]


def noise(seed: int, *, side: int, world: int, effect: float = 0.0) -> float:
    """A loss with noise of its own for every arm."""
    return float(np.random.default_rng([seed, side, world]).normal() - effect)


def half(seed: int, *, world: int) -> bool:
    """Success in one of two."""
    return bool(np.random.default_rng([seed, world]).random() < 0.5)


@dataclass(frozen=True)
class Drawn:
    """Rows that are drawn, for networks."""

    world: int
    name: str = "drawn"
    classes: int = 2

    def draw(self, seed: int, m: int) -> Any:
        return self._rows(np.random.default_rng([self.world, seed, 0]), m)

    def test_set(self, seed: int) -> Any:
        return self._rows(np.random.default_rng([self.world, seed, 1]), 100)

    def _rows(self, rng: Any, rows: int) -> Any:
        drawn = rng.normal(size=(rows, 3))
        return drawn[:, :2], (drawn.sum(axis=1) > 0).astype(int)


def classes_of(world: int, **given: Any) -> Data:
    """A data set of two classes that both halves of the columns tell apart equally well."""
    rng = np.random.default_rng([world, 1])
    y = np.arange(ROWS) % 2
    return Data("rows", rng.normal(size=(ROWS, 2 * COLUMNS)) + 0.4 * y[:, None], y, **given)


def grouped(world: int) -> Data:
    """The same in groups of eight rows, whose columns have a part in common."""
    rng = np.random.default_rng([world, 2])
    groups = np.arange(ROWS) // 8
    y = np.arange(ROWS) % 2
    shared = rng.normal(size=(ROWS // 8, 2 * COLUMNS))[groups]
    x = 0.7 * shared + rng.normal(size=(ROWS, 2 * COLUMNS)) + 0.4 * y[:, None]
    return Data("groups", x, y, split=GroupShuffleSplit(test_size=0.3), groups=groups)


def quantities(world: int, **given: Any) -> Data:
    """A quantity to which both halves of the columns add as much."""
    rng = np.random.default_rng([world, 3])
    x = rng.normal(size=(ROWS, 2 * COLUMNS))
    return Data("houses", x, x.sum(axis=1) + rng.normal(size=ROWS), **given)


def held_out(world: int) -> Data:
    """Classes, with test rows of their own."""
    whole = classes_of(world)
    return Data("held", whole.x[:100], whole.y[:100], holdout=(whole.x[100:], whole.y[100:]))


def network(features: int, classes: int) -> Any:
    from torch import nn

    return nn.Linear(features, classes)


Form = tuple[str, dict[str, Any], Callable[..., Any]]


def functions(world: int) -> Form:
    def body(compare: Any, smallest_effect: float) -> None:
        own = arm(noise).using(world=world)
        better = own.using(side=1, effect=0.5)
        assert compare(own.using(side=0), better) > smallest_effect

    return "function, compared", {"smallest_effect": 0.5}, body


def numbers(world: int) -> Form:
    def body(estimate: Any, bounds: Any) -> None:
        assert estimate(arm(noise).using(world=world, side=0)) > bounds.least

    return "function against a number", {"bounds": {"least": 0.0}}, body


def rates(world: int) -> Form:
    def body(estimate: Any, bounds: Any) -> None:
        assert estimate(arm(half).using(world=world)) > bounds.rate

    return "rate of success", {"bounds": {"rate": 0.5}}, body


def networks(world: int) -> Form:
    def body(compare: Any, smallest_effect: float) -> None:
        one = module(network, epochs=4, rate=0.1)
        assert compare(one, one, task=Drawn(world), m=32, disjoint=True) > smallest_effect

    return "torch, itself on other seeds", {"smallest_effect": NOTHING}, body


def halves(name: str, kind: type, make: Callable[[int], Data], metric: Any) -> Callable[..., Form]:
    """The comparison of an estimator on one half of the columns with that on the other."""

    def form(world: int) -> Form:
        data = make(world)

        def body(compare: Any, smallest_effect: float) -> None:
            assert compare(kind(0), kind(1), metric=metric, task=data) > smallest_effect

        return name, {"smallest_effect": NOTHING}, body

    return form


FORMS: tuple[Callable[[int], Form], ...] = (
    functions,
    numbers,
    rates,
    networks,
    halves("estimator, error", Directions, classes_of, "error"),
    halves("estimator, ROC AUC", Directions, classes_of, "roc_auc"),
    halves("folds, ROC AUC", Directions, lambda w: classes_of(w, split=5), "roc_auc"),
    halves("groups, ROC AUC", Directions, grouped, "roc_auc"),
    halves("holdout, ROC AUC", Directions, held_out, "roc_auc"),
    halves("estimator, RMSE", Line, quantities, "rmse"),
    halves(
        "time series, RMSE",
        Line,
        lambda world: quantities(world, split=TimeSeriesSplit(10)),
        "rmse",
    ),
)


def verdict(form: Form) -> str:
    """What a claim comes to, from its body to its verdict."""
    _, header, body = form
    (stated,) = claim("it", "It is so", **header)(body).scaling_claims  # type: ignore[attr-defined]
    names = body.__code__.co_varnames[: body.__code__.co_argcount]
    laid_out = scope(stated, (), STANDARD, None, names)
    draws_of_process.cache_clear()
    found = Evaluation(Body(body, names), laid_out, Here(), STANDARD, "cpu", 0).verdict()
    return str(found.verdict)


def row(make: Callable[[int], Form], runs: int) -> tuple[Any, ...]:
    """One line of the table."""
    started = time.perf_counter()
    counts = Counter(verdict(make(world)) for world in range(runs))
    each = (time.perf_counter() - started) / runs
    shares = [f"{counts[word] / runs:.2%}" for word in ("supported", "refuted")]
    return make(0)[0], f"{runs:,}", *shares, f"{each:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adapters")
    parser.add_argument("--runs", type=int, default=600)
    parser.add_argument("--form", default="", help="only forms with this in their name")
    options = parser.parse_args(arguments)
    print(description(), flush=True)
    rows = [row(make, options.runs) for make in FORMS if options.form in make(0)[0]]
    print(table(("form", "runs", "supported", "refuted", "seconds a run"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

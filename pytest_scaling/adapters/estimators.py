"""Estimators of scikit-learn, and what is made like them, as arms: cloned and seeded per seed."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from typing import Any

from ..spec.errors import ClaimError
from ..spec.protocols import Block, Fit, Outcome, Settings
from . import scorers
from .data import Data, Part
from .metrics import ERROR, Metric
from .naming import SEED, changed, of_estimator, plain

Kind = str  # "classes", "quantity", or "" where an estimator does not say


class Estimator:
    """An unfitted estimator as an arm. Every seed has a clone, whose `random_state`s are set.

    ClaimError where the estimator is fitted already.
    """

    batch_seeds = False

    def __init__(self, estimator: Any, name: str = "") -> None:
        if fitted := next(fitted_in(estimator), ""):
            raise ClaimError(
                f"{fitted} is fitted already; give it unfitted, as in sklearn.base.clone(model)"
            )
        self.estimator = estimator
        self.name = name or of_estimator(estimator)

    @property
    def label(self) -> str:
        return self.name

    @property
    def kind(self) -> Kind:
        """Whether it predicts "classes" or a "quantity"; empty where it does not say."""
        return kind_of(self.estimator)

    def __repr__(self) -> str:
        return f"<the arm {self.name}>"

    def settings(self, task: str, m: int) -> Settings:
        """The parameters that are not their defaults, in words where JSON has no such value."""
        return {name: plain(value) for name, value in changed(self.estimator).items()}

    def seeded(self, seed: int) -> Any:
        """An unfitted clone with every `random_state` set."""
        clone = getattr(sys.modules.get("sklearn.base"), "clone", copy.deepcopy)
        fresh = clone(self.estimator)
        names = sorted(fresh.get_params(deep=True))
        states = {name: seed for name in names if name.rpartition("__")[2] == SEED}
        if states:
            fresh.set_params(**states)
        return fresh

    def run_seed(
        self,
        seed: int,
        task: Data,
        m: int,
        metric: Metric | None,
        device: str,
        test_rows: int | None,
    ) -> Outcome:
        """Fit a clone to the training rows of a seed and judge it on its test rows."""
        import numpy as np

        part = task.part_of_seed(seed, m, test_rows)
        classifies = (self.kind or task.kind) == "classes"
        if classifies and len(np.unique(np.asarray(part.y).astype(str))) < 2:
            nothing = f"the training rows of seed {seed} of {task.name} are all of one class"
            return Outcome({}, nothing=nothing)
        model = self.seeded(seed).fit(part.x, part.y)
        right = None
        metrics: dict[str, float] = {}
        if classifies and metric is None:
            truth = np.asarray(part.y_test)
            right = np.asarray(model.predict(part.x_test)).reshape(truth.shape) == truth
            metrics = {ERROR.name: float(np.mean(~right)), "majority_error": majority_error(part)}
        if metric is not None:
            metrics[metric.name] = scorers.value(metric, model, part.x_test, part.y_test)
        finite = {name: each for name, each in metrics.items() if np.isfinite(each)}
        rows = len(np.asarray(part.y_test))
        return Outcome(finite, right, rows, diverged=len(finite) < len(metrics))

    def fit_predict(self, block: Block, settings: Settings, device: str) -> Fit:
        """Fit a clone for every seed of a block of arrays."""
        import numpy as np

        labels, scores = [], []
        for seed, x, y, x_test in zip(block.seeds, block.x, block.y, block.x_test, strict=True):
            model = self.seeded(seed).fit(x, y)
            labels.append(model.predict(x_test))
            scores.append(scores_of(model, x_test, block.classes))
        known = all(each is not None for each in scores)
        return Fit(
            np.stack(labels),
            np.zeros(len(labels), dtype=bool),
            scores=np.stack(scores) if known else None,
        )


def scores_of(model: Any, x: Any, classes: int) -> Any:
    """Probabilities (rows, classes) or decision values of two classes (rows,); None for neither."""
    import numpy as np

    if hasattr(model, "predict_proba"):
        found = np.asarray(model.predict_proba(x))
        whole = np.zeros((len(found), classes))
        whole[:, np.asarray(model.classes_, dtype=int)] = found
        return whole
    if hasattr(model, "decision_function"):
        found = np.asarray(model.decision_function(x))
        return found if found.ndim == 1 else None
    return None


def majority_error(part: Part) -> float:
    """The error of always naming the most frequent class of the training rows."""
    import numpy as np

    values, counts = np.unique(np.asarray(part.y).astype(str), return_counts=True)
    return float(np.mean(np.asarray(part.y_test).astype(str) != values[counts.argmax()]))


def kind_of(estimator: Any) -> Kind:
    """What an estimator predicts, by its tags or by the older attribute."""
    kind = getattr(estimator, "_estimator_type", None)
    tags = getattr(estimator, "__sklearn_tags__", None)
    if kind is None and tags is not None:
        try:
            kind = tags().estimator_type
        except (AttributeError, TypeError, ValueError):
            kind = None
    return {"classifier": "classes", "regressor": "quantity"}.get(str(kind), "")


def fitted_in(estimator: Any, depth: int = 3) -> Iterator[str]:
    """The names of the estimator, or of estimators within it, that are fitted."""
    held = vars(estimator) if hasattr(estimator, "__dict__") else {}
    if any(name.endswith("_") and not name.startswith("_") for name in held):
        yield type(estimator).__name__
    if depth and hasattr(estimator, "get_params"):
        for value in estimator.get_params(deep=False).values():
            parts = value if isinstance(value, list | tuple) else [value]
            for part in parts:
                inner = part[1] if isinstance(part, tuple) and len(part) > 1 else part
                if hasattr(inner, "fit") and hasattr(inner, "get_params"):
                    yield from fitted_in(inner, depth - 1)


def check(learner: Any, task: Any, metric: Metric | None) -> None:
    """ClaimError where an estimator, the target of its task and a metric do not fit."""
    kind = getattr(task, "kind", "classes")
    own = getattr(learner, "kind", "")
    if own == "classes" and kind == "quantity":
        raise ClaimError(
            f"{learner.name} tells classes apart, and the target of {task.name} is a quantity; "
            f"give a regressor"
        )
    predicted = own or kind
    if metric is None:
        if predicted == "quantity":
            raise ClaimError(
                f"{learner.name} on {task.name} predicts a quantity, which has no share of errors; "
                f"name a metric, as in metric='rmse'"
            )
        return
    if metric.name in scorers.OF_CLASSES and predicted == "quantity":
        raise ClaimError(
            f"{metric.name} judges classes, and {learner.name} on {task.name} predicts a quantity; "
            f"use another metric, such as rmse"
        )
    if metric.name in scorers.OF_QUANTITIES and predicted == "classes":
        raise ClaimError(
            f"{metric.name} judges quantities, and {learner.name} on {task.name} predicts classes; "
            f"use another metric, such as roc_auc or log_loss"
        )
    if isinstance(learner, Estimator):
        check_answers(learner, metric)


def check_answers(learner: Estimator, metric: Metric) -> None:
    """ClaimError where an estimator does not give what a metric needs, such as probabilities."""
    needed = scorers.methods_needed(metric)
    if any(hasattr(learner.estimator, name) for name in needed):
        return
    words = {"predict_proba": "probabilities", "decision_function": "decision values"}
    raise ClaimError(
        f"{metric.name} needs {' or '.join(words.get(n, n) for n in needed)}, and {learner.name} "
        f"gives none; use a metric of labels, or wrap it in CalibratedClassifierCV"
    )

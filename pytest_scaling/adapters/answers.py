"""What a learner of arrays answered, as a model that scorers of scikit-learn can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..spec.errors import ClaimError
from . import scorers

if TYPE_CHECKING:
    from ..spec.protocols import Block, Fit, Labels
    from .metrics import Metric


class Answers:
    """Labels (N,) of test rows, or None, of classes 0..classes-1."""

    def __init__(self, labels: Any, scores: Any, classes: int) -> None:
        import numpy as np

        self.labels, self.scores, self.classes_ = labels, scores, np.arange(classes)

    def fit(self, x: Any, y: Any) -> Answers:
        return self

    def predict(self, x: Any) -> Any:
        return self.labels

    def __sklearn_tags__(self) -> Any:
        from importlib import import_module

        utils = import_module("sklearn.utils")
        return utils.Tags(
            estimator_type="classifier",
            target_tags=utils.TargetTags(required=True),
            classifier_tags=utils.ClassifierTags(),
        )

    _estimator_type = "classifier"  # of scikit-learn before 1.6


class Probable(Answers):
    """With probabilities (N, classes)."""

    def predict_proba(self, x: Any) -> Any:
        return self.scores


class Decided(Answers):
    """With decision values of two classes (N,)."""

    def decision_function(self, x: Any) -> Any:
        return self.scores


KINDS = {2: Probable, 1: Decided}  # by the axes of the scores of one seed


def judged(metric: Metric, block: Block, y_test: Labels, fit: Fit) -> list[float]:
    """The metric of every seed of a block, from a learner's labels and scores.

    y_test: (seeds, N). ClaimError where the metric needs scores, and the learner gives none.
    """
    import numpy as np

    labels = None if fit.labels is None else np.asarray(fit.labels)
    scores = None if fit.scores is None else np.asarray(fit.scores)
    found = []
    for place in range(len(block.seeds)):
        own = None if scores is None else scores[place]
        kind = KINDS.get(getattr(own, "ndim", 0), Answers)
        one = kind(None if labels is None else labels[place], own, block.classes)
        check_given(metric, one)
        found.append(scorers.value(metric, one, np.zeros((len(y_test[place]), 1)), y_test[place]))
    return found


def check_given(metric: Metric, answers: Answers) -> None:
    """ClaimError where a learner did not answer what the metric needs."""
    needed = scorers.methods_needed(metric)
    if not any(hasattr(answers, name) for name in needed) or answers.labels is None:
        raise ClaimError(
            f"{metric.name} needs {' or '.join(needed)}, and the learner returned none; return "
            f"Fit(labels, diverged, scores=...) with probabilities (seeds, rows, classes) or "
            f"decision values (seeds, rows)"
        )

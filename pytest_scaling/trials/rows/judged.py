"""Results of arms that judge themselves, and metrics that the plugin makes of predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...adapters.answers import judged
from ..result import NothingToLearn, SeedResult

if TYPE_CHECKING:
    from ...adapters.metrics import Metric
    from ...spec.protocols import Block, Fit, Labels, Outcome
    from ..result import Results


def result_of(seed: int, outcome: Outcome, seconds: float) -> SeedResult:
    """The result of one seed; NothingToLearn where its training rows were all of one class."""
    if outcome.nothing:
        raise NothingToLearn(f"{outcome.nothing}, so there is nothing to learn; use more rows.")
    correct = None if outcome.right is None else np.packbits(outcome.right).tobytes()
    metrics = dict(outcome.metrics)
    return SeedResult(seed, metrics, correct, outcome.rows, outcome.diverged, seconds)


def judged_too(metric: Metric, results: Results, block: Block, y_test: Labels, fit: Fit) -> Results:
    """The results with a metric of labels and scores; a learner may have measured it itself."""
    if metric.name in fit.metrics:
        return results
    values = judged(metric, block, y_test, fit)
    return tuple(
        replace(each, metrics={**each.metrics, metric.name: value})
        for each, value in zip(results, values, strict=True)
    )

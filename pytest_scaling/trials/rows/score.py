"""From a learner's labels to the metrics of each seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...spec.protocols import Block, Fit
from ..result import SeedResult, TrialError
from .labels import by_name, listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...spec.protocols import Labels


RESERVED = ("error", "majority_error")


def score(block: Block, y_test: Labels, fit: Fit, seconds: float) -> Iterator[SeedResult]:
    """Judge what the learner returned against the test labels (seeds, N), seed by seed.

    Raises TrialError where the learner broke its contract. seconds: wall time of the whole block.
    """
    diverged, metrics = checked_fit(block, y_test, fit)
    predicted = None if fit.labels is None else as_numbers(block, np.asarray(fit.labels), diverged)
    for place, seed in enumerate(block.seeds):
        measured = {
            name: float(values[place])
            for name, values in metrics.items()
            if np.isfinite(values[place])  # else the seed diverged, and has no such number
        }
        correct, rows = None, 0
        if predicted is not None:
            majority = np.bincount(block.y[place]).argmax()  # the lowest class of equals
            labels = majority if diverged[place] else predicted[place]
            right = labels == y_test[place]  # (N,)
            correct, rows = np.packbits(right).tobytes(), len(right)
            measured["error"] = float(np.mean(~right))
            measured["majority_error"] = float(np.mean(y_test[place] != majority))
        share = seconds / len(block.seeds)
        yield SeedResult(seed, measured, correct, rows, bool(diverged[place]), share)


def checked_fit(
    block: Block, y_test: Labels, fit: Fit
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.float64]]]:
    """Which seeds diverged, (seeds,), and the learner's own metrics, (seeds,) each."""
    if not isinstance(fit, Fit):
        raise TrialError(f"fit_predict must return a Fit, not {type(fit).__name__}")
    seeds = (len(block.seeds),)
    diverged = np.asarray(fit.diverged)
    if diverged.shape != seeds or diverged.dtype != bool:
        raise TrialError(f"Fit.diverged must be {seeds[0]} booleans, one per seed")
    if fit.labels is not None:
        check_labels(np.asarray(fit.labels), diverged, y_test.shape, block)
    metrics = {name: np.asarray(values) for name, values in fit.metrics.items()}
    for name, values in metrics.items():
        if fit.labels is not None and name in RESERVED:
            raise TrialError(f"Fit.metrics must not hold {name!r}, which follows from the labels")
        if values.shape != seeds or values.dtype.kind not in "fiub":
            raise TrialError(f"Fit.metrics[{name!r}] must be {seeds[0]} numbers, one per seed")
        odd = ~np.isfinite(values) & ~diverged
        if odd.any():
            raise TrialError(
                f"Fit.metrics[{name!r}] is {values[odd][0]} for seed {block.seeds[odd.argmax()]}, "
                f"which has not diverged; say so in Fit.diverged, or give it the worst value"
            )
    return diverged, metrics


def check_labels(
    labels: Labels, diverged: NDArray[np.bool_], shape: tuple[int, ...], block: Block
) -> None:
    """Raise TrialError unless the labels are classes of every test row: (seeds, N)."""
    if labels.shape != shape:
        raise TrialError(f"Fit.labels must have shape {shape}, not {labels.shape}")
    judged = as_numbers(block, labels, diverged)[~diverged]
    if judged.dtype.kind not in "iu" or np.any(judged < 0) or np.any(judged >= block.classes):
        named = f", or {listed(block.names)}" if block.names else ""
        raise TrialError(f"Fit.labels must be integers in 0..{block.classes - 1}{named}")


def as_numbers(block: Block, labels: Labels, diverged: NDArray[np.bool_]) -> Labels:
    """Labels (seeds, N) as numbers: truths, and the names of classes where they have some."""
    if labels.dtype.kind == "b":
        return labels.astype(np.int64)
    if labels.dtype.kind in "US" and block.names:
        judged = by_name(labels[~diverged], block.names)
        if judged is not None:
            labels = np.zeros(labels.shape, dtype=np.int64)
            labels[~diverged] = judged
    return labels

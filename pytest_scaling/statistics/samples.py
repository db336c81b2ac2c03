"""Samples as they arrive from the trials: arrays that are checked once, on arrival."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Samples = NDArray[np.float64]


def finite_samples(values: ArrayLike, name: str, axes: int = 1) -> Samples:
    """Return `values` as a float array with `axes` axes and only finite entries.

    Raises ValueError, naming the samples by `name`, for another shape, NaN or infinity.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != axes:
        raise ValueError(f"{name} must have {axes} axes, not shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} contain NaN or infinity; score a failed run before judging, do not drop it."
        )
    return array


def same_length(first: Samples, second: Samples, names: str) -> None:
    """Raise ValueError unless both arms hold one value for each of the same seeds."""
    if first.shape != second.shape:
        raise ValueError(
            f"{names} must be paired by seed, but have shapes {first.shape} and {second.shape}."
        )

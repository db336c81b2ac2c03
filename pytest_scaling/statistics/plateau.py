"""Plateau: what one doubling of the training set gains, as a log ratio of errors per seed.

A learner has reached its plateau when the gain lies below `FLAT`, and still improves when it lies
above; both are judgements of `verdict` on the gains. The training sets are nested: the m rows
are part of the 2m rows, so that a gain is a paired difference.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from . import interval
from .samples import Samples, finite_samples, same_length

FLAT = -math.log(0.97)  # log ratio: a doubling that removes 3 % of the errors


def relative_gain(errors_m: ArrayLike, errors_2m: ArrayLike, rows: int) -> Samples:
    """Return log e(m) - log e(2m) per seed, (n,), positive where more data helped.

    errors_m, errors_2m: (n,), error rates in 0..1 on the same test set of `rows` rows. Both are
    smoothed to (k + 1/2) / (rows + 1) for k wrong rows, so that an error of zero stays finite.

    Raises ValueError for arms of different length, NaN, rates outside 0..1, or rows < 1.
    """
    before = smoothed(errors_m, rows)
    after = smoothed(errors_2m, rows)
    same_length(before, after, "Errors at m and at 2m")
    return np.log(before) - np.log(after)


def noise_floor(
    discordant: ArrayLike, errors_m: ArrayLike, errors_2m: ArrayLike, rows: int
) -> float:
    """Return the standard deviation that the test set alone puts into a relative gain.

    discordant: (n,), per seed the number of test rows that exactly one of the two models gets
    right. By the delta method the noise of a log error is that of the error divided by the error;
    the smaller of the two mean errors is taken, which gives the larger floor.

    Raises ValueError as `relative_gain` and `interval.noise_floor` do.
    """
    error = min(smoothed(errors_m, rows).mean(), smoothed(errors_2m, rows).mean())
    return interval.noise_floor(discordant, rows) / float(error)


def smoothed(errors: ArrayLike, rows: int, axes: int = 1) -> Samples:
    """Return error rates on `rows` test rows, with `axes` axes, moved off zero and one.

    k wrong rows become (k + 1/2) / (rows + 1). Raises ValueError as `relative_gain` does.
    """
    rates = finite_samples(errors, "Error rates", axes)
    if rows < 1:
        raise ValueError(f"A test set must have at least 1 row, not {rows}.")
    if rates.size == 0 or rates.min() < 0 or rates.max() > 1:
        raise ValueError("Error rates must lie between 0 and 1, one for each seed.")
    return (rates * rows + 0.5) / (rows + 1)

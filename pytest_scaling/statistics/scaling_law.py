"""Scaling law: error against training rows as a floor plus a power law, and a forecast from it.

The law is e(m) = floor + scale * m^-exponent with floor, scale >= 0 and exponent > 0, fitted by
least squares of the relative residuals (curves of this form: Rosenfeld et al., arXiv:1909.12673).
A power law without the floor is confidently wrong wherever a curve has one.

A forecast is a function of the mean errors over seeds. Its uncertainty comes from leaving out one
whole seed at a time, with all its sizes: the training sets of a seed are nested, so its errors
belong together. The jackknife (Efron and Stein, Annals of Statistics 9, 1981) makes one value per
seed of it, with the forecast as mean and the uncertainty as spread, so that a forecast is sampled
and judged by `interval` and `verdict` like any difference between arms.

A fit that rests on a limit, such as a floor of zero, hardly moves when a seed is left out, and
would look more certain than it is. So the leave-one-out fits have no limits. Holding the forecast
itself to them only brings it nearer to a law that respects them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .plateau import smoothed
from .samples import Samples, finite_samples, same_length

LEAST_SIZES = 6
LEAST_SEEDS = 5
REACH = 2.0  # times the largest size: how far a forecast goes
TOLERANCE = math.log(1.15)  # log ratio: a forecast that misses by less is met
WIDENING = 1.25  # of the spread, so that the levels hold for all the curves of the calibration

_EXPONENTS = np.geomspace(0.02, 4.0, 40)  # from nearly logarithmic to a sudden drop
_HALVINGS = 16  # of the distance between two exponents of the grid, to five digits


@dataclass(frozen=True)
class Law:
    """floor + scale * m^-exponent, an error rate. The exponent means nothing where scale is 0."""

    floor: float
    scale: float
    exponent: float

    def error(self, m: float) -> float:
        """Return the error rate at m training rows."""
        return self.floor + self.scale * math.pow(m, -self.exponent)


@dataclass(frozen=True, eq=False)
class Forecast:
    """The error at a larger size, as predicted by the law through the smaller ones.

    predicted: (...), error rate; one number unless many curves are forecast at once. deviations:
    (..., n), what each seed contributes to its uncertainty, with mean zero. last: (..., n), the
    errors at the largest size of the fit, smoothed.
    """

    predicted: Samples
    deviations: Samples
    last: Samples

    @property
    def relative_gain(self) -> Samples:
        """Forecast fall of the error from the largest size of the fit on, as a log ratio."""
        return self.log_ratio(self.last)

    def log_ratio(self, errors: Samples) -> Samples:
        """Return samples of the log of mean `errors`, (..., n), over the predicted error.

        Made for `interval.paired_interval`: their mean is the estimate, their standard deviation
        over sqrt(n) its standard error (delta method). A single one is no measurement of its seed.
        """
        mean, predicted = errors.mean(-1)[..., None], self.predicted[..., None]
        spread = (errors - mean) / mean - self.deviations / predicted
        samples: Samples = np.log(mean / predicted) + WIDENING * spread
        return samples


def fit(sizes: Sequence[int], errors: ArrayLike) -> Law:
    """Return the law through mean `errors`, (sizes,), at `sizes` training rows, ascending.

    Raises ValueError for fewer than three sizes, sizes that do not ascend, or errors that are not
    positive.
    """
    means = finite_samples(errors, "Mean errors")
    _check_sizes(sizes, len(means), least=3)
    if means.min() <= 0:
        raise ValueError("Mean errors must be positive to fit a scaling law.")
    floor, scale, exponent = _fit(_log_sizes(sizes), means, limits=True)
    return Law(float(floor), float(scale * sizes[-1] ** exponent), float(exponent))


def forecast(sizes: Sequence[int], errors: ArrayLike, target: float, rows: int) -> Forecast:
    """Return the forecast of the error at `target` training rows, at most twice the largest size.

    sizes: training rows, ascending, at least 6. errors: (sizes, n), error rates in 0..1 on a test
    set of `rows` rows; column s of all sizes belongs to seed s, at least 5 seeds. They are smoothed
    as in `plateau`, so that an error of zero stays finite.

    Raises ValueError for too few sizes or seeds, sizes that do not ascend, a target that is not
    within reach, NaN, or rates outside 0..1.
    """
    rates = smoothed(errors, rows, axes=2)
    _check_sizes(sizes, len(rates), LEAST_SIZES)
    if rates.shape[1] < LEAST_SEEDS:
        raise ValueError(f"A forecast needs at least {LEAST_SEEDS} seeds, not {rates.shape[1]}.")
    if not sizes[-1] < target <= REACH * sizes[-1]:
        raise ValueError(
            f"A forecast from up to {sizes[-1]:,} rows reaches at most {REACH:g} times as far, "
            f"not to {target:,}."
        )
    return forecast_all(sizes, rates, target)


def miss(
    sizes: Sequence[int], errors: ArrayLike, target: float, measured: ArrayLike, rows: int
) -> Samples:
    """Return samples (n,) of the log of measured over predicted error.

    Positive where the forecast was too optimistic. measured: (n,), error rates at `target`, for the
    same seeds on test sets of the same size; the rest as for `forecast`.

    Raises ValueError as `forecast` does, and for another number of seeds.
    """
    ahead = forecast(sizes, errors, target, rows)
    rates = smoothed(measured, rows)
    same_length(rates, ahead.last, "Measured errors and those of the forecast")
    return ahead.log_ratio(rates)


def forecast_all(sizes: Sequence[int], errors: Samples, target: float) -> Forecast:
    """Return the forecasts of many curves at once, unchecked; errors: (..., sizes, n), positive.

    Simulations of the level call this function, so that they calibrate what runs.
    """
    n = errors.shape[-1]
    means = errors.mean(-1)
    others = np.swapaxes((means[..., None] * n - errors) / (n - 1), -1, -2)  # (..., n, sizes)
    logs, log_target = _log_sizes(sizes), math.log(target / sizes[-1])
    predicted = _extrapolated(_fit(logs, means, limits=True), log_target)
    left_out = _extrapolated(_fit(logs, others, limits=False), log_target)
    deviations = (n - 1) * (left_out.mean(-1, keepdims=True) - left_out)
    return Forecast(predicted, deviations, errors[..., -1, :])


def _log_sizes(sizes: Sequence[int]) -> Samples:
    """Return logarithms of sizes, zero at the largest, where the scale is the part that falls."""
    logs = np.log(np.asarray(sizes, dtype=np.float64))
    relative: Samples = logs - logs[-1]
    return relative


Coefficients = tuple[Samples, Samples, Samples]


def _extrapolated(law: Coefficients, log_target: float) -> Samples:
    """Return the errors of many laws at a size, given by its logarithm over the largest."""
    floor, scale, exponent = law
    errors: Samples = floor + scale * np.exp(-exponent * log_target)
    return errors


def _fit(log_sizes: Samples, errors: Samples, *, limits: bool) -> Coefficients:
    """Return floor, scale and exponent of each of the curves `errors`, (..., sizes), positive.

    The exponent is sought on a grid, then where the slope of the loss changes sign; floor and scale
    follow from it in closed form. limits: keep floor and scale from being negative.
    """
    inverse = 1 / errors
    powers = np.exp(-np.multiply.outer(_EXPONENTS, log_sizes))  # (grid, sizes)
    *_, loss = _solve(
        inverse.sum(-1)[..., None],
        inverse @ powers.T,
        (inverse**2).sum(-1)[..., None],
        inverse**2 @ powers.T,
        inverse**2 @ (powers**2).T,
        limits=limits,
    )
    best = loss.argmin(-1)
    low, high = (_EXPONENTS[np.clip(best + k, 0, len(_EXPONENTS) - 1)] for k in (-1, 1))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        falls = _slope(middle, log_sizes, inverse, limits=limits) < 0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    exponent = (low + high) / 2
    floor, scale, _ = _at(exponent, log_sizes, inverse, limits=limits)
    return floor, scale, exponent


def _solve(
    y1: Samples, yx: Samples, s11: Samples, s1x: Samples, sxx: Samples, *, limits: bool
) -> Coefficients:
    """Return the coefficients of 1 and x from the sums of products, and the loss up to a constant.

    With limits, a coefficient that would be negative is zero and the other is fitted alone: with
    two coefficients that is the exact nonnegative solution.
    """
    determinant = s11 * sxx - s1x**2
    floor = (sxx * y1 - s1x * yx) / determinant
    scale = (s11 * yx - s1x * y1) / determinant
    if limits:
        no_floor, no_scale = floor < 0, scale < 0
        floor = np.where(no_floor, 0.0, np.where(no_scale, y1 / s11, floor))
        scale = np.where(no_scale, 0.0, np.where(no_floor, yx / sxx, scale))
    return floor, scale, -floor * y1 - scale * yx


def _at(exponent: Samples, log_sizes: Samples, inverse: Samples, *, limits: bool) -> Coefficients:
    """Return floor and scale for given exponents (...), and power over error, (..., sizes)."""
    x = np.exp(-exponent[..., None] * log_sizes) * inverse
    floor, scale, _ = _solve(
        inverse.sum(-1),
        x.sum(-1),
        _dot(inverse, inverse),
        _dot(inverse, x),
        _dot(x, x),
        limits=limits,
    )
    return floor, scale, x


def _slope(exponent: Samples, log_sizes: Samples, inverse: Samples, *, limits: bool) -> Samples:
    """Return half the derivative of the loss with respect to the exponent, (...)."""
    floor, scale, x = _at(exponent, log_sizes, inverse, limits=limits)
    weighted = x * log_sizes
    slope: Samples = scale * (
        weighted.sum(-1) - floor * _dot(inverse, weighted) - scale * _dot(x, weighted)
    )
    return slope


def _dot(first: Samples, second: Samples) -> Samples:
    """Return the sums of products over the last axis; faster than a sum where it is short."""
    products: Samples = np.einsum("...k,...k->...", first, second)
    return products


def _check_sizes(sizes: Sequence[int], curves: int, least: int) -> None:
    """Raise ValueError unless there are `least` sizes, ascending, one for each row of errors."""
    if len(sizes) != curves:
        raise ValueError(f"There are errors at {curves} sizes, but {len(sizes)} sizes.")
    if len(sizes) < least:
        raise ValueError(f"A scaling law needs at least {least} sizes, not {len(sizes)}.")
    if sizes[0] <= 0 or not all(a < b for a, b in itertools.pairwise(sizes)):
        raise ValueError(f"Sizes must be positive and ascend: {', '.join(map(str, sizes))}.")

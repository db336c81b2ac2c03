"""Simulated claims: many repetitions at once, judged by the functions that judge real ones.

Only the loop over repetitions is vectorised here; limits, looks and the stopping test are those of
`pytest_scaling.statistics.interval`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from pytest_scaling.statistics.interval import LOOKS, interval_ends, median_ends, straddles

REPETITIONS = 20_000


@dataclass(frozen=True, eq=False)
class Stopped:
    """Limits (repetitions,) where each repetition stopped, and its number of seeds.

    The refuting limits are those at the level of refutation, the same where it is not given.
    """

    low: np.ndarray
    high: np.ndarray
    refuting_low: np.ndarray
    refuting_high: np.ndarray
    seeds: np.ndarray


def sample_until_decided(
    differences: np.ndarray,
    *,
    bounds: Sequence[float] = (0.0,),
    level: float = 0.01,
    refute_level: float | None = None,
    cap: int = 30,
    first_look: int = 5,
    overlap: float = 0.0,
    median: bool = False,
) -> Stopped:
    """Stop each repetition of `differences`, (repetitions, seeds), at its first decided look.

    median: whether the limits enclose those of the median too, as those of a claim do.
    """
    repetitions = len(differences)
    ends = np.empty((4, repetitions))
    seeds = np.zeros(repetitions, dtype=int)
    sampling = np.ones(repetitions, dtype=bool)
    for n in (look for look in LOOKS if first_look <= look <= cap):
        seen = differences[sampling, :n]
        means, sds = seen.mean(axis=1), seen.std(axis=1, ddof=1)
        for rows, each in ((slice(0, 2), level), (slice(2, 4), refute_level or level)):
            ends[rows, sampling] = interval_ends(
                means, sds, n, lower_level=each, upper_level=each, overlap=overlap
            )
            if median:
                lows, highs = median_ends(seen, lower_level=each, upper_level=each, overlap=overlap)
                ends[rows, sampling] = (
                    np.minimum(ends[rows.start, sampling], lows),
                    np.maximum(ends[rows.start + 1, sampling], highs),
                )
        seeds[sampling] = n
        low, high, refuting_low, refuting_high = ends
        sampling &= np.any(
            [
                straddles(*limits, bound)
                for limits in ((low, high), (refuting_low, refuting_high))
                for bound in bounds
            ],
            axis=0,
        )
    return Stopped(low, high, refuting_low, refuting_high, seeds)


@pytest.fixture
def until_decided() -> Callable[..., Stopped]:
    return sample_until_decided


@pytest.fixture
def normal() -> Callable[..., np.ndarray]:
    """Differences of unit variance: (repetitions, 30), reproducible from `seed`."""

    def draw(mean: float, seed: int, repetitions: int = REPETITIONS) -> np.ndarray:
        return np.random.default_rng(seed).normal(mean, 1.0, (repetitions, LOOKS[-1]))

    return draw


@pytest.fixture
def at_most() -> Callable[[float], float]:
    """The largest frequency of error that is compatible with a level, for `repetitions` trials."""

    def limit(level: float, repetitions: int = REPETITIONS) -> float:
        return float(level + 3 * np.sqrt(level * (1 - level) / repetitions))

    return limit

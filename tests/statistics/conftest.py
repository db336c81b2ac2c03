"""Simulated claims: many repetitions at once, judged by the functions that judge real ones.

Only the loop over repetitions is vectorised here; limits, looks and the stopping test are those of
`pytest_scaling.statistics.sequential`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from pytest_scaling.statistics.sequential import LOOKS, interval_ends, straddles

REPETITIONS = 20_000


@dataclass(frozen=True, eq=False)
class Stopped:
    """Limits (repetitions,) where each repetition stopped, and its number of seeds."""

    low: np.ndarray
    high: np.ndarray
    seeds: np.ndarray


def sample_until_decided(
    differences: np.ndarray,
    *,
    bounds: Sequence[float] = (0.0,),
    level: float = 0.01,
    cap: int = 30,
    first_look: int = 5,
) -> Stopped:
    """Stop each repetition of `differences`, (repetitions, seeds), at its first decided look."""
    repetitions = len(differences)
    low, high = np.empty(repetitions), np.empty(repetitions)
    seeds = np.zeros(repetitions, dtype=int)
    sampling = np.ones(repetitions, dtype=bool)
    for n in (look for look in LOOKS if first_look <= look <= cap):
        seen = differences[sampling, :n]
        low[sampling], high[sampling] = interval_ends(
            seen.mean(axis=1), seen.std(axis=1, ddof=1), n, lower_level=level, upper_level=level
        )
        seeds[sampling] = n
        sampling &= np.any([straddles(low, high, bound) for bound in bounds], axis=0)
    return Stopped(low, high, seeds)


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

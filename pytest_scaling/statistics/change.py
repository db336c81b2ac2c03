"""Change: whether an effect that was measured twice has become smaller.

The same seeds on both occasions make pairs; their differences are judged by Student's t. Other
seeds make two independent samples, judged by Welch's t (Biometrika 34, 1947), whose degrees of
freedom are those of Satterthwaite. Each measurement stopped at a look of its own, which makes an
effect that was found early a little too large; the rates of false alarms in
docs/explanation/regression.md are measured with that in place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .samples import Samples, finite_samples
from .student import upper_quantile

LEAST_PAIRS = 5  # seeds that both measurements have, to be judged as pairs


@dataclass(frozen=True)
class Measured:
    """One measurement of an effect: one sample per seed, and the smallest deviation to accept.

    overlap: as for `interval.paired_interval`.
    """

    seeds: Sequence[int]
    samples: Sequence[float]
    floor: float = 0.0
    overlap: float = 0.0

    def on(self, seeds: Collection[int]) -> Measured:
        """The measurement on some of its seeds."""
        kept = [each for each in zip(self.seeds, self.samples, strict=True) if each[0] in seeds]
        return replace(self, seeds=[seed for seed, _ in kept], samples=[each for _, each in kept])


def shared(old: Measured, new: Measured) -> tuple[Measured, Measured]:
    """Both measurements on the seeds that they share, or as they are where these are too few."""
    common = {*old.seeds} & {*new.seeds}
    if len(common) < LEAST_PAIRS:
        return old, new
    return old.on(common), new.on(common)


@dataclass(frozen=True)
class Change:
    """New minus old, with one-sided limits."""

    value: float
    low: float
    high: float


def change(old: Measured, new: Measured, level: float) -> Change:
    """Return the change of the mean, each limit at a one-sided level.

    Raises ValueError for fewer than two samples, or samples that are not finite.
    """
    before = dict(zip(old.seeds, finite_samples(old.samples, "Old samples"), strict=True))
    after = dict(zip(new.seeds, finite_samples(new.samples, "New samples"), strict=True))
    common = [seed for seed in before if seed in after]
    if len(common) >= LEAST_PAIRS:
        gaps = np.array([after[seed] - before[seed] for seed in common])
        overlap, floor = max(old.overlap, new.overlap), max(old.floor, new.floor)
        error = math.sqrt(1 / len(gaps) + overlap) * deviation(gaps, floor)
        return limits(float(gaps.mean()), error, len(gaps) - 1, level)
    first, second = np.array([*before.values()]), np.array([*after.values()])
    variances = [
        (1 / len(samples) + each.overlap) * deviation(samples, each.floor) ** 2
        for samples, each in ((first, old), (second, new))
    ]
    degrees = welch(variances, [len(first) - 1, len(second) - 1])
    gap = float(second.mean() - first.mean())
    return limits(gap, math.sqrt(sum(variances)), degrees, level)


def change_of_alike(old: Measured, new: Measured, level: float) -> Change:
    """The same by Student's t of two samples with one spread, as if no seed were in both.

    That two measurements have the same spread is part of nothing having changed. Seeds that are in
    both, and share their luck, only make it more cautious. Raises ValueError as `change` does.
    """
    first, second = (
        finite_samples(each.samples, name)
        for each, name in ((old, "Old samples"), (new, "New samples"))
    )
    degrees = len(first) + len(second) - 2
    squares = sum(
        (len(samples) - 1) * deviation(samples, each.floor) ** 2
        for samples, each in ((first, old), (second, new))
    )
    share = sum(1 / len(each) for each in (first, second)) + old.overlap + new.overlap
    gap = float(second.mean() - first.mean())
    return limits(gap, math.sqrt(squares / degrees * share), degrees, level)


def unrest(old: Measured, new: Measured) -> float:
    """By how much a seed's sample differs between two measurements, in spreads over the seeds.

    Nearly zero where figures were only rounded differently; about sqrt(2) for other seeds.
    """
    before, after = np.array(old.samples), np.array(new.samples)
    spread = deviation(before, old.floor)
    gaps = deviation(after - before, 0.0)
    return gaps / spread if spread else (math.inf if gaps else 0.0)


def limits(value: float, error: float, degrees: float, level: float) -> Change:
    """Return a change with the limits that follow from its standard error."""
    reach = upper_quantile(level, degrees) * error
    return Change(value, value - reach, value + reach)


def deviation(samples: Samples, floor: float) -> float:
    """Return the standard deviation of the samples (n,), never less than the floor."""
    if len(samples) < 2:
        raise ValueError(f"A change needs at least 2 samples a side, not {len(samples)}.")
    return max(float(samples.std(ddof=1)), floor)


def welch(variances: Sequence[float], degrees: Sequence[int]) -> float:
    """Return the degrees of freedom of the sum of two variances of means."""
    total = sum(variances)
    if total == 0:
        return float(sum(degrees))
    shares = (share**2 / free for share, free in zip(variances, degrees, strict=True))
    return total**2 / sum(shares)

"""Races to a target: log ratios of steps, with runs that never arrive.

The statement is "the slow arm needs more steps than the fast arm", by a factor. A run that has not
arrived at the cap is censored: its true time is somewhere beyond. Each verdict is therefore reached
with a scoring that leans against it.

- Support asks for a large ratio. A censored slow arm at the cap understates the ratio, which is
  safe. A censored fast arm at the cap would overstate it, so it is scored at `CENSORED_SCORE` times
  the cap. That is a convention, not a measurement: runs beyond it would still flatter the claim.
- Refutation asks for a small ratio. A censored fast arm at the cap overstates the ratio, which is
  safe. A censored slow arm at the cap understates it by an unknown amount, so while there is one,
  no refutation is possible.

Dropping censored seeds is never right: it drops the seeds in which the arms differ most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from .interval import Interval, paired_interval
from .samples import Samples, same_length

CENSORED_SCORE = 4.0  # caps: the steps that a fast arm is charged for never arriving


@dataclass(frozen=True, eq=False)
class RaceSamples:
    """Log ratios slow / fast per seed, scored against support and against refutation.

    support, refute: (n,), natural logarithms of step ratios; support never exceeds refute.
    censored_slow, censored_fast: how many runs of each arm did not arrive.
    refutation_blocked: some slow run did not arrive, so the ratio has no upper limit.
    """

    support: Samples
    refute: Samples
    censored_slow: int
    censored_fast: int
    refutation_blocked: bool


def log_ratio(slow_steps: ArrayLike, fast_steps: ArrayLike, cap: float) -> RaceSamples:
    """Return the log ratios of a race between two arms on the same seeds.

    slow_steps, fast_steps: (n,), steps to the target; more than `cap`, or infinity, means that the
    run did not arrive. cap: the budget in steps, the same for both arms.

    Raises ValueError for arms of different length, NaN, steps or cap that are not positive, or an
    infinite cap.
    """
    if not 0 < cap < math.inf:
        raise ValueError(f"The cap of a race must be a positive number of steps, not {cap}.")
    slow, fast = _steps(slow_steps, "slow"), _steps(fast_steps, "fast")
    same_length(slow, fast, "Steps of the slow and the fast arm")
    slow_late, fast_late = slow > cap, fast > cap
    numerator = np.log(np.minimum(slow, cap))
    return RaceSamples(
        support=numerator - np.log(np.where(fast_late, CENSORED_SCORE * cap, fast)),
        refute=numerator - np.log(np.minimum(fast, cap)),
        censored_slow=int(slow_late.sum()),
        censored_fast=int(fast_late.sum()),
        refutation_blocked=bool(slow_late.any()),
    )


def race_interval(
    samples: RaceSamples,
    *,
    lower_level: float,
    upper_level: float,
    noise_floor: float = 0.0,
    overlap: float = 0.0,
    median: bool = True,
) -> Interval:
    """Return the interval of the log ratio, with each limit from the scoring that is safe.

    Mean, sd and the lower limit come from the support scoring, so that the printed ratio never
    flatters the claim; the upper limit comes from the other scoring, and is infinite where
    refutation is blocked. Both limits hold whichever comparison follows, above or below. Levels,
    overlap, median and noise_floor (a log ratio, such as evaluation interval / steps) as for
    `paired_interval`.

    Raises ValueError as `paired_interval` does.
    """
    lower = paired_interval(
        samples.support,
        lower_level=lower_level,
        upper_level=upper_level,
        noise_floor=noise_floor,
        overlap=overlap,
        median=median,
    )
    if samples.refutation_blocked:
        high = math.inf
    else:
        high = paired_interval(
            samples.refute,
            lower_level=lower_level,
            upper_level=upper_level,
            noise_floor=noise_floor,
            overlap=overlap,
            median=median,
        ).high
    return replace(lower, high=high)


def _steps(values: ArrayLike, arm: str) -> Samples:
    """Return steps (n,) of one arm, positive, infinite where the run did not arrive."""
    steps = np.asarray(values, dtype=np.float64)
    if steps.ndim != 1:
        raise ValueError(f"Steps of the {arm} arm must have 1 axis, not shape {steps.shape}.")
    if not (steps > 0).all():  # NaN compares false
        raise ValueError(
            f"Steps of the {arm} arm must be positive; infinity, not NaN, means never arrived."
        )
    return steps

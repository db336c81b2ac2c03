"""Quantities: from the results of arms to one sample per seed, and how the samples are judged."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Any

from ..spec.errors import ClaimError

if TYPE_CHECKING:
    from ..statistics.interval import Interval
    from ..statistics.race import RaceSamples
    from ..trials.result import Results, SeedResult


ROUNDING = 1e-9  # of values that differ by less than this share of them, the rest is rounding
OF_LABELS = ("error", "majority_error")  # metrics that follow from labels of test rows


class Rule(enum.StrEnum):
    """What has to lie beyond a bound for a verdict; the value is the word that records carry.

    Rows of the ledger that carry none were judged by the mean alone, from 5 seeds on, and with one
    test row as the floor of what is not paired; they are verified as they were judged.
    """

    MEAN = "mean"
    MEAN_AND_MEDIAN = "mean and median"


JUDGED_BY = Rule.MEAN_AND_MEDIAN  # what is measured now


@dataclass(frozen=True)
class Samples:
    """Values of one quantity, one per seed.

    Attributes:
        values: (n,) floats.
        floor: the smallest standard deviation to accept: the noise of the test rows.
        row_noise: what the test rows alone put into a value, where that is more than the floor.
        unpaired: the binomial noise of the test rows in what is not a difference of two errors on
            the same rows.
        own: whether learners measured it themselves, so that nothing is known about its noise.
        binary: whether all that was measured is 0 or 1, failure or success.
        per_seed: whether a value is a measurement of its seed, so that a median of them means
            something; no where it is what a seed contributes to one estimate.
        rule: by what it is judged.
    """

    values: Any
    floor: float = 0.0
    notes: tuple[str, ...] = ()
    row_noise: float = 0.0
    unpaired: float = 0.0
    own: bool = False
    binary: bool = False
    per_seed: bool = True
    rule: Rule = JUDGED_BY

    @property
    def luck(self) -> float:
        """Standard deviation of the luck that all seeds have in common if their test rows are."""
        return max(self.floor, self.row_noise)

    @property
    def without_spread(self) -> bool:
        """Whether all values are the same, and nothing says how much they might have differed."""
        spread = float(self.values.max() - self.values.min())
        same = spread <= ROUNDING * float(abs(self.values).max())
        return self.own and not self.binary and same

    @property
    def typical(self) -> bool:
        """Whether the median is judged beside the mean."""
        return self.per_seed and self.rule is Rule.MEAN_AND_MEDIAN

    def judged_by(self, rule: Rule) -> Samples:
        """The same samples under a rule, with the floor that it asks for."""
        floor = self.floor if rule is Rule.MEAN else max(self.floor, self.unpaired)
        return replace(self, rule=rule, floor=floor)

    def interval(self, level: float, overlap: float = 0.0) -> Interval:
        """The interval at a one-sided level of the claim.

        overlap: test rows over training rows where seeds are resplits of one data set.
        """
        from ..statistics.interval import binary_interval, paired_interval

        if self.binary:
            return binary_interval(self.values, level)
        return paired_interval(
            self.values,
            lower_level=level,
            upper_level=level,
            noise_floor=self.floor,
            overlap=overlap,
            median=self.typical,
        )


@dataclass(frozen=True)
class Raced(Samples):
    """Log ratios of steps, some of them censored."""

    race: RaceSamples | None = None

    def interval(self, level: float, overlap: float = 0.0) -> Interval:
        from ..statistics.race import race_interval

        assert self.race is not None
        return race_interval(
            self.race,
            lower_level=level,
            upper_level=level,
            overlap=overlap,
            median=self.typical,
        )


def differences(
    first: Results, second: Results, metrics: tuple[str, str], judging: tuple[int, int] = (0, 0)
) -> Samples:
    """A metric of the first arm minus one of the second, floored by the noise of the test rows.

    judging: of how many rows of their own the metrics are shares, where learners say so.
    """
    import numpy as np

    one = np.array([metric_of(each, metrics[0]) for each in first])
    other = np.array([metric_of(each, metrics[1]) for each in second])
    rows, own = first[0].rows, not set(metrics) <= set(OF_LABELS)
    notes = diverged_notes(first, second)
    values = np.array([a - b for a, b in zip(one.tolist(), other.tolist(), strict=True)])
    if metrics == ("error", "error"):
        return Samples(values, row_noise(first, second), notes)
    floor = 1 / rows if rows else 0.0
    if own:
        binary = bool(np.isin(np.concatenate([one, other]), (0, 1)).all())
        unpaired = float(
            np.hypot(binomial_noise(one, judging[0]), binomial_noise(other, judging[1]))
        )
        return Samples(values, floor, notes, unpaired=unpaired, own=True, binary=binary)
    either = float(np.sqrt(np.minimum(one + other, 1).mean() / rows)) if rows else 0.0
    unpaired = float(np.hypot(binomial_noise(one, rows), binomial_noise(other, rows)))
    return Samples(values, floor, notes, row_noise=either, unpaired=unpaired)


def binomial_noise(shares: Any, rows: int) -> float:
    """Standard deviation that so many rows put into a share of them, from its values (n,) by seed.

    Zero where there are no rows, and for values that are no shares.
    """
    import numpy as np

    if not rows or np.min(shares) < 0 or np.max(shares) > 1:
        return 0.0
    return float(np.sqrt(np.mean(shares * (1 - shares)) / rows))


def over(results: Results, least: float) -> Samples:
    """The error of an arm minus a known number."""
    import numpy as np

    errors = np.array([metric_of(each, "error") for each in results])
    rows = results[0].rows
    noise = binomial_noise(errors, rows)
    return Samples(
        errors - least, 1 / rows, diverged_notes(results), row_noise=noise, unpaired=noise
    )


def interaction(
    weak_small: Results, strong_small: Results, weak_large: Results, strong_large: Results
) -> Samples:
    """How much more the strong arm gains on the weak one with much data than with little."""
    import numpy as np

    both = ("error", "error")
    with_little = differences(weak_small, strong_small, both)
    with_much = differences(weak_large, strong_large, both)
    return Samples(
        with_much.values - with_little.values,
        float(np.hypot(with_much.floor, with_little.floor)),
        diverged_notes(weak_small, strong_small, weak_large, strong_large),
        row_noise=with_much.luck + with_little.luck,
    )


def relative(first: Results, second: Results) -> Samples:
    """Logarithms of the ratio of two errors, floored by the noise of the test rows."""
    import numpy as np

    from ..statistics.plateau import noise_floor, relative_gain

    before, after = (
        np.array([metric_of(result, "error") for result in each]) for each in (first, second)
    )
    rows = first[0].rows
    return Samples(
        relative_gain(before, after, rows),
        noise_floor(discordances(first, second), before, after, rows),
        diverged_notes(first, second),
    )


def raced(slow: Results, fast: Results) -> Raced:
    """Log ratios of steps, with runs that never arrive kept as censored."""
    import numpy as np

    from ..statistics.race import log_ratio

    cap = metric_of(slow[0], "cap")
    samples = log_ratio(
        np.array([metric_of(result, "steps") for result in slow]),
        np.array([metric_of(result, "steps") for result in fast]),
        cap,
    )
    censored = sum(metric_of(result, "steps") > cap for result in (*slow, *fast))
    notes = (f"{censored} of {len(slow) + len(fast)} runs never arrived",) if censored else ()
    return Raced(samples.support, notes=notes, own=not censored, race=samples)


def average(parts: Sequence[Samples]) -> Samples:
    """The mean of quantities that were measured on other training and test rows."""
    import numpy as np

    return Samples(
        np.mean([each.values for each in parts], axis=0),
        float(np.hypot.reduce([each.floor for each in parts])) / len(parts),
        tuple(dict.fromkeys(note for each in parts for note in each.notes)),
        row_noise=sum(each.luck for each in parts) / len(parts),
    )


def row_noise(first: Results, second: Results) -> float:
    """Standard deviation that the test rows alone put into a difference of errors."""
    from ..statistics.interval import noise_floor

    if not first[0].rows:
        return 0.0
    counts, rows = discordances(first, second), [each.rows for each in first]
    if len(set(rows)) == 1:
        return noise_floor(counts, rows[0])
    return fmean(noise_floor([count], many) for count, many in zip(counts, rows, strict=True))


def discordances(first: Results, second: Results) -> Any:
    """Per seed, the number of test rows that exactly one of the two gets right: (n,).

    Arms on other seeds share no test rows: there it is the number that either gets wrong.
    """
    import numpy as np

    if first[0].seed != second[0].seed:
        wrong = [
            metric_of(a, "error") + metric_of(b, "error")
            for a, b in zip(first, second, strict=True)
        ]
        rows = np.array([each.rows for each in first])
        return np.minimum(np.array(wrong) * rows, rows)
    return np.array([a.discordant(b) for a, b in zip(first, second, strict=True)])


def metric_of(result: SeedResult, metric: str) -> float:
    """A metric of one seed; ClaimError where there is none."""
    if metric in result.metrics:
        return result.metrics[metric]
    if result.diverged:
        raise ClaimError(
            f"training diverged on seed {result.seed}, whose {metric!r} is no finite number; let "
            f"the learner return the worst value for it, or compare errors, where a diverged seed "
            f"counts as the majority class"
        )
    known = ", ".join(sorted(result.metrics))
    raise ClaimError(f"there is no metric {metric!r}; these trials have {known}")


def diverged_notes(*arms: Results) -> tuple[str, ...]:
    count = sum(result.diverged for results in arms for result in results)
    runs = sum(map(len, arms))
    return (f"{count} of {runs} runs diverged and count as the majority class",) if count else ()

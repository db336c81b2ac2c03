"""`python -m benchmarks.skewed`: errors of verdicts on skewed differences, and the cost of fewer.

The shapes are those of tests/statistics/test_skewed.py, and the differences that the ledger keeps,
bootstrapped. The first table has the larger of the two one-sided errors at level 0.01, by the mean
alone from 5 seeds on and by mean and median from 7 on, with at most 10, 20 and 30 seeds; the second
the mean number of seeds and the power for normal differences.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pytest_scaling.statistics.interval import LOOKS
from tests.statistics.conftest import sample_until_decided
from tests.statistics.test_skewed import CAPS, FIRST_LOOK, SHAPES, errors, samples_of_the_ledger

from .machine import description, table

RULES = {"before": {}, "now": {"median": True, "first_look": FIRST_LOOK}}
EFFECTS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)  # in standard deviations


def at(bound: Callable[[np.ndarray], float], shape: str, repetitions: int) -> np.ndarray:
    """Differences (repetitions, 30) of a shape whose mean or median is zero."""
    random, draw = np.random.default_rng(41), SHAPES[shape]
    return draw(random, (repetitions, LOOKS[-1])) - bound(draw(random, 1_000_000))


def stored(repetitions: int) -> Iterator[np.ndarray]:
    """Bootstrap samples of every comparison in the ledger, whose median is zero."""
    random = np.random.default_rng(43)
    for samples, floor in samples_of_the_ledger().items():
        drawn = random.choice(np.array(samples), (repetitions, LOOKS[-1])) - np.median(samples)
        yield drawn + floor / 10 * random.standard_normal(drawn.shape)


def wrong(differences: np.ndarray) -> list[str]:
    """The larger error at each cap, before and now."""
    return [
        f"{max(errors(differences, cap, **rule)):.4f}" for rule in RULES.values() for cap in CAPS
    ]


def error_rates(repetitions: int) -> str:
    rows = [
        (shape, name, *wrong(at(bound, shape, repetitions)))
        for shape in SHAPES
        for name, bound in (("median", np.median), ("mean", np.mean))
    ]
    each = np.array([[float(rate) for rate in wrong(it)] for it in stored(repetitions // 4)])
    for name, rates in (("largest", each.max(axis=0)), ("mean", each.mean(axis=0))):
        label = f"{name} of {len(each)} stored comparisons"
        rows.append((label, "median", *(f"{rate:.4f}" for rate in rates)))
    columns = [f"{rule}, {cap}" for rule in RULES for cap in CAPS]
    return table(("differences", "bound at the", *columns), rows)


def cost(repetitions: int) -> str:
    noise = np.random.default_rng(45).standard_normal((repetitions, LOOKS[-1]))
    rows = []
    for effect in EFFECTS:
        cells = []
        for rule in RULES.values():
            for cap in CAPS:
                stopped = sample_until_decided(noise + effect, cap=cap, **rule)
                cells.append(f"{np.mean(stopped.low > 0):.2f} / {stopped.seeds.mean():.1f}")
        rows.append((f"{effect:g} sd", *cells))
    columns = [f"{rule}, {cap}" for rule in RULES for cap in CAPS]
    return table(("effect", *columns), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.skewed")
    parser.add_argument("--repetitions", type=int, default=20_000)
    options = parser.parse_args(arguments)
    print(description(), flush=True)
    print(error_rates(options.repetitions), end="\n\n", flush=True)
    print(cost(options.repetitions))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.arms`: what training costs here and by hand, arm by arm, and in all claims.

Every arm (task, learner, number of rows) of the tier's claims that a scikit-learn estimator can
train is trained by the suite on its first block of five seeds, and as in `benchmarks.by_hand` on
the first of these seeds, in turns in one process with one numeric thread. The CPU time of a seed
is counted, with the labelling of the test rows and without the drawing of the rows.

The sum over all claims is then an extrapolation, with the numbers of seeds in the ledger. By hand:
every claim trains all of its arms with the tier's most seeds. The suite: every arm is trained once
for all claims, with as many seeds as the one that asked for most. Claims with an arm that
scikit-learn has no estimator for are left out on both sides, and so is whatever is not training.

`--results FILE` keeps what was measured and goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixtures import learners
from fixtures.tiers import TIERS
from pytest_scaling.devices.numerics import single_threaded
from pytest_scaling.spec.protocols import Learner
from pytest_scaling.trials.trial import Arm, Trial
from pytest_scaling.trials.workers.worker import compute, draw

from .by_hand import NAMED_TASKS, Curve, curves, names, one_seed, rows
from .machine import as_a_worker, cpu_seconds, description, table

LEARNERS: dict[str, Learner] = {
    each.name: each for each in vars(learners).values() if isinstance(each, Learner)
}


@dataclass(frozen=True)
class Cost:
    """CPU seconds of one seed."""

    suite: float
    by_hand: float


def claims_of(tier: str, tasks: Sequence[str]) -> dict[str, list[Curve]]:
    """The arms, on some tasks or all, of every claim that needs only scikit-learn."""
    names = [path.stem for path in sorted(rows(tier).glob("*.json"))]
    found = {name: curves(name, tier, tasks) for name in names}
    return {
        claim: arms
        for claim, arms in found.items()
        if arms and all(arm.possible and arm.learner in LEARNERS for arm in arms)
    }


def measure(curve: Curve, intelex: bool) -> Cost:
    """Train one arm on both sides."""
    arm = Arm(LEARNERS[curve.learner], NAMED_TASKS[curve.task], curve.m)
    trial = Trial(arm, 0, test_rows=curve.test_rows)
    for seeds in trial.batches:
        draw(trial, seeds)  # which `compute` remembers
    curve.estimator(1, 0, intelex=True)  # so that no arm pays for an import
    suite = cpu_seconds(lambda: compute(trial)) / len(trial.seeds)
    ((_, by_hand, _),) = one_seed([curve], trial.seeds[0], intelex)
    return Cost(suite, by_hand)


def by_learner(
    claims: Mapping[str, Sequence[Curve]], costs: Mapping[str, Cost], most: int
) -> list[tuple[str, list[float]]]:
    """For each learner, the most expensive first, and for all: what `learner_row` writes."""
    asked: dict[str, list[Curve]] = defaultdict(list)
    for arms in claims.values():
        for arm in arms:
            asked[arm.key].append(arm)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    for key, arms in asked.items():
        cost, seeds = costs[key], max(arm.seeds for arm in arms)
        hand = most * len(arms)
        line = (seeds, hand, seeds * cost.suite, hand * cost.by_hand, seeds * cost.by_hand)
        for name in (arms[0].learner, "all"):
            sums[name] = [total + part for total, part in zip(sums[name], line, strict=True)]
    total = sums.pop("all")
    return [*sorted(sums.items(), key=lambda item: -item[1][3]), ("all", total)]


def learner_row(name: str, sums: Sequence[float]) -> tuple[object, ...]:
    """One line of the table; the ratio of the times and the two factors that make it up."""
    seeds, hand_seeds, suite, hand, hand_of_the_same = sums
    return (
        name,
        f"{seeds:,.0f}",
        f"{hand_seeds:,.0f}",
        f"{suite:,.1f}",
        f"{hand:,.1f}",
        f"{hand / suite:.1f}",
        f"{hand / hand_of_the_same:.1f}",
        f"{hand_of_the_same / suite:.1f}",
    )


def alone(arms: Sequence[Curve], costs: Mapping[str, Cost], most: int) -> float:
    """How many times as long a claim takes by hand, evaluated alone with an empty store."""
    suite = sum(arm.seeds * costs[arm.key].suite for arm in arms)
    return most * sum(costs[arm.key].by_hand for arm in arms) / suite


def recall(results: Path | None) -> dict[str, Cost]:
    if results is None or not results.exists():
        return {}
    return {key: Cost(*pair) for key, pair in json.loads(results.read_text()).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.arms")
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument("--tasks", type=names, default=[], help="only these, separated by commas")
    parser.add_argument("--intelex", action="store_true", help="by hand with scikit-learn-intelex")
    parser.add_argument("--results", type=Path, metavar="FILE", help="JSON to go on with")
    options = parser.parse_args(arguments)
    status = as_a_worker("benchmarks.arms", arguments)
    if status is not None:
        return status
    print(description(), flush=True)
    claims, most = claims_of(options.tier, options.tasks), TIERS[options.tier].most_seeds
    arms = {arm.key: arm for each in claims.values() for arm in each}
    costs = recall(options.results)
    with single_threaded():
        for key in sorted(arms.keys() - costs.keys()):
            costs[key] = measure(arms[key], options.intelex)
            if options.results is not None:
                pairs = {key: (cost.suite, cost.by_hand) for key, cost in costs.items()}
                options.results.write_text(json.dumps(pairs, indent=1, sort_keys=True))
    print(f"{len(claims)} claims, {len(arms)} arms.")
    header = (
        "learner",
        "seeds trained here",
        "by hand",
        "CPU here, s",
        "by hand, s",
        "ratio",
        "of which fewer seeds",
        "and faster training",
    )
    print(table(header, [learner_row(*each) for each in by_learner(claims, costs, most)]))
    ratios = sorted((alone(each, costs, most), claim) for claim, each in claims.items())
    print(table(("claim alone", "ratio"), [(claim, f"{ratio:.1f}") for ratio, claim in ratios]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

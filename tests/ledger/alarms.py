"""`python -m tests.ledger.alarms RUNS`: how often the gate is wrong about made-up learners.

A suite of twenty claims is evaluated, written into a ledger, and evaluated again: unchanged, on
other seeds or with other noise on the same seeds (as from another library), or with a planted
loss. All of it goes through evaluation, record, ledger and gate as a real run does; only the
learners are made up.
"""

import itertools
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.gate import against
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.ledger.record import record
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from pytest_scaling.trials.result import SeedResult
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, Bench

QUICK = TIERS["quick"]
PROFILE = Profile("cpu", "x86_64", "quick")
SPREADS = (0.1, 0.2, 0.5, 1.0)  # standard deviation over seeds, in smallest effects
BEYOND = (0.5, 1.0, 2.0, 4.0, 8.0)  # true effect beyond the bound, in standard deviations
TEST_ROWS = 10_000
ROWS = 47  # of the ledger of this repository, which share the level of the gate
LIBRARY = 0.1  # of the spread over seeds: what another library changes


class Large(Bench):
    """A bench whose test sets have as many rows as those of this repository's tasks."""

    def result(self, arm, seed):
        wrong = round(self.error(arm, seed) * TEST_ROWS)
        correct = np.packbits(np.arange(TEST_ROWS) >= wrong).tobytes()
        metrics = {"error": wrong / TEST_ROWS, "majority_error": 0.5}
        return SeedResult(seed, metrics, correct, TEST_ROWS, False, 0.0)


@dataclass(frozen=True)
class World:
    """One claim's learners: the poor one errs by `effect` more, give or take `spread` a seed.

    All lengths are in smallest effects. salt: which noise. nudge: noise that is added to the same
    seeds by another library, and its salt.
    """

    effect: float
    spread: float
    salt: int
    nudge: float = 0.0
    nudge_salt: int = 0

    def error(self, arm, seed):
        good = 0.1
        if arm.learner is GOOD:
            return good
        noise = np.random.default_rng([self.salt, seed]).normal() * self.spread
        noise += np.random.default_rng([self.nudge_salt, seed, 1]).normal() * self.nudge
        return float(np.clip(good + (self.effect + noise) * EFFECT, 0, 1))


def body(compare, task, smallest_effect):
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect


def heard(world, name, offset=0):
    """The record of a claim in a world."""
    claim = Claim(name, "It is so", smallest_effect=EFFECT, tasks=(TASK,))
    laid = scope(claim, (), QUICK, None, ("task",))
    arguments = ("compare", "task", "smallest_effect")
    bench = Large(world.error)
    result = Evaluation(Body(body, arguments), laid, bench, QUICK, "cpu", offset).verdict()
    return record(result, PROFILE, "test_it.py", QUICK)


class Books:
    """A ledger of as many rows as that of this repository, most of them other claims'."""

    def __init__(self, folder):
        self.ledger = Ledger(Path(folder), "cpu-x86_64-float32-deterministic-quick")
        rows = self.ledger.directory / self.ledger.profile
        rows.mkdir(parents=True)
        for number in range(ROWS - 1):
            (rows / f"another-{number}.json").touch()

    def kinds(self, old, new):
        """What the gate finds in a record, with the other as its row: the kinds that fail."""
        self.ledger.write(old, "measured")
        new["environment"]["libraries"]["numpy"] = "as it may be"  # so that means are compared
        held = against(self.ledger.row(old["claim"]["id"]), new, ROWS)
        return {each["kind"] for each in held["findings"]} - {"note"}


def suite(run):
    """The worlds of twenty claims, from barely supported to clear, each with its own noise."""
    places = itertools.product(SPREADS, BEYOND)
    return [
        World(1 + beyond * spread, spread, salt=1_000 * run + number)
        for number, (spread, beyond) in enumerate(places)
    ]


def false_alarms(runs, folder, *, same_seeds):
    """In how many of these runs of an unchanged suite the gate finds anything wrong."""
    books = Books(folder)
    wrong = 0
    for run in range(runs):
        kinds = set()
        for world in suite(run):
            again = World(world.effect, world.spread, world.salt, LIBRARY * world.spread, run)
            new = heard(again, "it") if same_seeds else heard(world, "it", offset=1_000)
            kinds |= books.kinds(heard(world, "it"), new)
        wrong += bool(kinds)
    return wrong


def found(pairs, folder, *, loss, spread, same_seeds):
    """How many of these planted losses, in smallest effects, the gate finds."""
    books = Books(folder)
    caught = 0
    for pair in range(pairs):
        before = World(4.0, spread, salt=pair)
        after = World(4.0 - loss, spread, pair, LIBRARY * spread, pair)
        new = heard(after, "it") if same_seeds else heard(after, "it", offset=1_000)
        caught += bool(books.kinds(heard(before, "it"), new))
    return caught


def main(runs):
    for same_seeds in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            wrong = false_alarms(runs, folder, same_seeds=same_seeds)
        seeds = "same seeds, another library" if same_seeds else "other seeds"
        print(f"| {seeds} | {wrong} of {runs} runs of {len(suite(0))} claims |", flush=True)
    pairs = max(runs // 5, 1)
    for same_seeds in (True, False):
        for loss in (1.0, 1.5, 2.0, 3.0):
            caught = []
            for spread in SPREADS:
                with tempfile.TemporaryDirectory() as folder:
                    caught.append(
                        found(pairs, folder, loss=loss, spread=spread, same_seeds=same_seeds)
                    )
            rates = " | ".join(f"{number / pairs:.2f}" for number in caught)
            print(f"| {'same' if same_seeds else 'other'} | {loss} | {rates} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""`python -m tests.ledger.alarms RUNS`: how often the gate is wrong about made-up learners.

A suite of 24 claims, four of them equivalences, is evaluated, written into a ledger, and evaluated
again: unchanged, on other seeds or with other noise on the same seeds (as from another library), or
with a planted loss. All of it goes through evaluation, record, ledger and gate as a real run does;
only the learners are made up.
"""

import inspect
import itertools
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pytest_scaling import equivalent
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
LUCK = 1.0  # smallest effects: the spread over seeds that both learners share
ALIKE = (-EFFECT, EFFECT)


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
    seeds by another library, and its salt. rise: what both learners err more than they should.
    """

    effect: float
    spread: float
    salt: int
    nudge: float = 0.0
    nudge_salt: int = 0
    rise: float = 0.0

    def error(self, arm, seed):
        luck = np.random.default_rng([self.salt, seed, 2]).normal() * LUCK
        good = 0.2 + (luck + self.rise) * EFFECT
        if arm.learner is GOOD:
            return float(np.clip(good, 0, 1))
        noise = np.random.default_rng([self.salt, seed]).normal() * self.spread
        noise += np.random.default_rng([self.nudge_salt, seed, 1]).normal() * self.nudge
        return float(np.clip(good + (self.effect + noise) * EFFECT, 0, 1))


def body(compare, task, smallest_effect):
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect


def alike(compare, task, bounds):
    assert equivalent(compare(POOR, GOOD, task=task, m=64, bound="alike"), bounds.alike)


def heard(world, name, offset=0):
    """The record of a claim in a world: an equivalence where the effect is nothing."""
    function = body if world.effect else alike
    bounds = {"smallest_effect": EFFECT} if world.effect else {"bounds": {"alike": ALIKE}}
    claim = Claim(name, "It is so", tasks=(TASK,), **bounds)
    laid = scope(claim, (), QUICK, None, ("task",))
    arguments = tuple(inspect.signature(function).parameters)
    bench = Large(world.error)
    result = Evaluation(Body(function, arguments), laid, bench, QUICK, "cpu", offset).verdict()
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
    """The worlds of 24 claims, from barely supported to clear, each with its own noise."""
    places = [
        (1 + beyond * spread, spread) for spread, beyond in itertools.product(SPREADS, BEYOND)
    ]
    places += [(0.0, spread) for spread in SPREADS]
    return [
        World(effect, spread, salt=1_000 * run + number)
        for number, (effect, spread) in enumerate(places)
    ]


def false_alarms(runs, folder, *, same_seeds, noise=LIBRARY):
    """What the gate finds wrong in these runs of an unchanged suite: the runs, by kind.

    noise: what another library adds to the same seeds, in spreads over seeds.
    """
    books = Books(folder)
    wrong = Counter()
    for run in range(runs):
        kinds = set()
        for world in suite(run):
            again = replace(world, nudge=noise * world.spread, nudge_salt=run)
            new = heard(again, "it") if same_seeds else heard(world, "it", offset=1_000)
            kinds |= books.kinds(heard(world, "it"), new)
        wrong.update({*kinds, *(["any"] if kinds else [])})
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


def unreached(pairs, folder, *, spread, noise):
    """Of these planted losses of all that an effect has beyond its bound, how many the gate finds.

    And how many verdicts are no longer reached. The seeds are the same; noise: as above.
    """
    books = Books(folder)
    caught = lost = 0
    for pair in range(pairs):
        old = heard(World(1 + 2 * spread, spread, pair), "it")
        new = heard(World(1.0, spread, pair, nudge=noise * spread, nudge_salt=pair), "it")
        if old["verdict"] == "supported" and new["verdict"] == "inconclusive":
            lost += 1
            caught += "verdict" in books.kinds(old, new)
    return caught, lost


def risen(pairs, folder, *, rise):
    """How often the gate finds that both learners err more, in smallest effects, by as much."""
    books = Books(folder)
    caught = 0
    for pair in range(pairs):
        before = World(4.0, 0.2, salt=pair)
        after = replace(before, rise=rise, nudge=LIBRARY * 0.2, nudge_salt=pair)
        caught += "error" in books.kinds(heard(before, "it"), heard(after, "it"))
    return caught


def main(runs):
    for same_seeds, noise in ((True, LIBRARY), (True, 0.3), (True, 1.0), (False, 0.0)):
        with tempfile.TemporaryDirectory() as folder:
            wrong = false_alarms(runs, folder, same_seeds=same_seeds, noise=noise)
        seeds = f"same seeds, noise {noise}" if same_seeds else "other seeds"
        print(f"| {seeds} | {wrong['any']} of {runs} runs | {dict(wrong)} |", flush=True)
    pairs = max(runs // 5, 1)
    for spread, noise in itertools.product(SPREADS, (LIBRARY, 1.0)):
        with tempfile.TemporaryDirectory() as folder:
            caught, lost = unreached(pairs, folder, spread=spread, noise=noise)
        print(f"| unreached, spread {spread}, noise {noise} | {caught} of {lost} |", flush=True)
    for rise in (0.5, 1.0, 1.5, 2.0):
        with tempfile.TemporaryDirectory() as folder:
            print(
                f"| risen by {rise} | {risen(pairs, folder, rise=rise) / pairs:.2f} |", flush=True
            )
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

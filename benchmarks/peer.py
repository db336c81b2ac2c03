"""`python -m benchmarks.peer`: some claims from start to end, by this suite and by hand.

By hand is `benchmarks.by_hand`: scikit-learn and joblib. The unit is a claim on one task. For each,
`python -m pytest` with an empty store and the script take turns, and which of them begins changes
from one to the next; each is a process of its own, imports and worker processes included, with as
many workers as there are cores. A ratio above 1 says how many times as long it takes by hand.

The interval of level 0.05 is that of the median ratio over these units, by order statistics; it
takes six of them for both its limits to be finite. At the end the suite evaluates all the claims in
one run, in which they share what they train, against the sum of the script's times.

CPU time is that of the process and of all its children. `--seeds N` trains N seeds by hand instead
of all, and adds the others at the mean CPU time of these; the wall time grows in proportion. The
table says so. `--results FILE` keeps what was measured, and goes on from there.

`--whole` takes no turns: the suite evaluates all the claims named, or else all that need only
scikit-learn, in one run, and then the script does the same from start to end, with all seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fixtures.tiers import TIERS
from pytest_scaling.commands.collect import collect
from pytest_scaling.run.collection import claim_of
from pytest_scaling.statistics.ratios import median_interval

from .arms import claims_of
from .by_hand import curves, names
from .machine import ROOT, cpu_of_children, description, table
from .tier import USAGE_ERROR

CLAIMS = ("large-dominates", "size-orders-performance", "plateau")
LEVEL = 0.025  # of each limit
HEADER = (
    "claim",
    "task",
    "CPU here, s",
    "by hand",
    "ratio",
    "wall here, s",
    "by hand",
    "ratio",
)


class PeerError(RuntimeError):
    """One of the two programs failed, so nothing can be compared."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one program from start to end."""

    wall: float
    cpu: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def times(self, factor: float) -> Cost:
        return Cost(self.wall * factor, self.cpu * factor)


@dataclass(frozen=True)
class Pair:
    """What a claim on one task took."""

    claim: str
    task: str
    suite: Cost
    by_hand: Cost

    @property
    def ratio(self) -> float:
        """Of the CPU times."""
        return self.by_hand.cpu / self.suite.cpu


def timed(command: Sequence[str], most_status: int) -> tuple[Cost, str]:
    """Run a command; its cost and what it printed."""
    started, used = time.perf_counter(), cpu_of_children()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    cost = Cost(time.perf_counter() - started, cpu_of_children() - used)
    if done.returncode > most_status:
        raise PeerError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-400:]}")
    return cost, done.stdout


def by_suite(nodes: Sequence[str], tier: str, tasks: Sequence[str]) -> Cost:
    """Evaluate claims with an empty store; a claim that fails has been evaluated too."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "pytest", *nodes, "-q", "--tier", tier]
        command += ["--scaling-tasks", ",".join(tasks)] if tasks else []
        command += ["--scaling-store", f"{name}/trials.sqlite3", "--scaling-report", f"{name}/out"]
        return timed(command, USAGE_ERROR - 1)[0]


def by_hand(claim: str, tier: str, task: str, seeds: int) -> Cost:
    """Run the script with some seeds, and add the rest of the tier's."""
    command = [sys.executable, "-m", "benchmarks.by_hand", claim, "--tier", tier]
    cost, output = timed([*command, "--tasks", task, "--seeds", str(seeds)], 0)
    a_seed = sum(used for used, _ in json.loads(output.splitlines()[-1]).values())
    missing = TIERS[tier].most_seeds - seeds
    return cost.times(1 + missing * a_seed / cost.cpu)


def whole(nodes: dict[str, str], tier: str, tasks: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """All claims at once, on some tasks or all, by the suite and then by hand."""
    suite = by_suite(list(nodes.values()), tier, tasks)
    command = [sys.executable, "-m", "benchmarks.by_hand", *nodes, "--tier", tier]
    hand, _ = timed([*command, "--tasks", ",".join(tasks)], 0)
    yield line(f"{len(nodes)} claims", ", ".join(tasks) or "all", suite, hand)


def nodes_of(claims: Sequence[str]) -> dict[str, str]:
    """The test of each claim, as pytest names it."""

    def describe(_: object, item: object) -> tuple[str, str]:
        claim = claim_of(item)
        return (claim.id if claim else ""), item.nodeid

    found = dict(collect(["claims"], ("--scaling-device=cpu",), describe))
    return {claim: found[claim] for claim in claims}


def pairs(
    nodes: dict[str, str], tier: str, only: Sequence[str], seeds: int, done: list[Pair]
) -> Iterator[Pair]:
    """Measure every claim on every task of its own that is not among those done."""
    known = {(pair.claim, pair.task): pair for pair in done}
    number = len(done)
    for claim, node in nodes.items():
        for task in dict.fromkeys(arm.task for arm in curves(claim, tier, only)):
            if (claim, task) in known:
                yield known[claim, task]
                continue
            sides: list[Callable[[], Cost]] = [
                lambda node=node, task=task: by_suite([node], tier, [task]),
                lambda claim=claim, task=task: by_hand(claim, tier, task, seeds),
            ]
            costs = {side: sides[side]() for side in ((0, 1), (1, 0))[number % 2]}
            number += 1
            yield Pair(claim, task, costs[0], costs[1])


def line(name: str, task: str, suite: Cost, hand: Cost) -> tuple[object, ...]:
    return (
        name,
        task,
        f"{suite.cpu:.1f}",
        f"{hand.cpu:.1f}",
        f"{hand.cpu / suite.cpu:.2f}",
        f"{suite.wall:.1f}",
        f"{hand.wall:.1f}",
        f"{hand.wall / suite.wall:.2f}",
    )


def lines(measured: Sequence[Pair], together: Cost) -> Iterator[tuple[object, ...]]:
    """Every pair, the sum of each claim, and all of them together."""
    nothing = Cost(0.0, 0.0)
    for claim in dict.fromkeys(pair.claim for pair in measured):
        own = [pair for pair in measured if pair.claim == claim]
        for pair in own:
            yield line(claim, pair.task, pair.suite, pair.by_hand)
        if len(own) > 1:
            sums = [sum(costs, nothing) for costs in zip(*map(costs_of, own), strict=True)]
            yield line(f"**{claim}**", "all", *sums)
    yield line("**in one run**", "all", together, sum((p.by_hand for p in measured), nothing))


def costs_of(pair: Pair) -> tuple[Cost, Cost]:
    return pair.suite, pair.by_hand


def interval(measured: Sequence[Pair]) -> str:
    """The median ratio of the CPU times over all pairs, in words."""
    logs = [math.log(pair.ratio) for pair in measured]
    found = median_interval(logs, lower_level=LEVEL, upper_level=LEVEL)
    middle, low, high = (math.exp(each) for each in (found.mean, found.low, found.high))
    return (
        f"Median ratio of the CPU times over {found.n} claims on one task: {middle:.2f}, "
        f"95 % interval {low:.2f} to {high:.2f}; the least is {math.exp(min(logs)):.2f}."
    )


def recall(results: Path | None) -> list[Pair]:
    if results is None or not results.exists():
        return []
    return [
        Pair(each["claim"], each["task"], Cost(**each["suite"]), Cost(**each["by_hand"]))
        for each in json.loads(results.read_text())
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer")
    parser.add_argument("claims", nargs="*", help="ids (default: three of them)")
    parser.add_argument("--tier", choices=list(TIERS), default="quick")
    parser.add_argument("--tasks", type=names, default=[], help="only these, separated by commas")
    parser.add_argument("--seeds", type=int, help="by hand (default: all that the tier has)")
    parser.add_argument("--results", type=Path, metavar="FILE", help="JSON to go on with")
    parser.add_argument("--whole", action="store_true", help="all claims at once, all seeds")
    options = parser.parse_args(arguments)
    if options.whole and (options.seeds or options.results):
        parser.error("--whole trains all seeds in one piece: leave out --seeds and --results")
    most = TIERS[options.tier].most_seeds
    seeds = min(options.seeds or most, most)
    print(description(), flush=True)
    done = recall(options.results)
    if options.whole:
        nodes = nodes_of(options.claims or list(claims_of(options.tier, options.tasks)))
        print(table(HEADER, whole(nodes, options.tier, options.tasks)))
        return 0
    nodes = nodes_of(options.claims or CLAIMS)
    measured = []
    for pair in pairs(nodes, options.tier, options.tasks, seeds, done):
        measured.append(pair)
        if pair not in done and options.results is not None:
            done.append(pair)
            options.results.write_text(json.dumps([asdict(each) for each in done], indent=1))
    tasks = list(dict.fromkeys(pair.task for pair in measured))
    together = by_suite(list(nodes.values()), options.tier, tasks)
    print(table(HEADER, lines(measured, together)))
    print(interval(measured))
    if seeds < most:
        print(f"By hand {seeds} seeds were trained; the other {most - seeds} are extrapolated.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

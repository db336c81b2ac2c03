"""`python -m benchmarks.scores`: how often two runs from files are judged wrongly.

Two runs are drawn whose true difference is exactly the declared bound, so that a decided verdict is
a wrong one; each goes through its file, the pairing, the claim's body and the record, as in a run
of pytest. In at most 1 of 100 the claim may be supported, and in as many refuted. With `--naive`
units that belong together are taken for independent, as error bars usually do.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from pytest_scaling.adapters.scores import scores
from pytest_scaling.experiments.evaluation import Body, Evaluation
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.record import record
from pytest_scaling.ledger.replay import Replay
from pytest_scaling.spec.declaration import Claim
from pytest_scaling.spec.scope import scope
from pytest_scaling.spec.tier import DEFAULT_TIERS

from .machine import description, table

BOUND = 0.05
TIER = DEFAULT_TIERS[0]
RUNS = 600
SOURCES = ("first", "second")


@dataclass(frozen=True)
class Design:
    """Runs of one kind. sizes: units of each cluster; alike: the share of variance within one."""

    name: str
    sizes: Sequence[int]
    alike: float
    binary: bool
    rate: float = 0.7

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """The scores of two runs whose true difference is BOUND, (2, units), and the clusters."""
        of = np.repeat(np.arange(len(self.sizes)), self.sizes)
        common = math.sqrt(self.alike) * rng.normal(size=(2, len(self.sizes)))[:, of]
        hidden = common + math.sqrt(1 - self.alike) * rng.normal(size=(2, of.size))
        if not self.binary:
            return 0.1 * hidden + [[0.0], [BOUND]], of
        return (hidden < norm.ppf([[self.rate], [self.rate + BOUND]])).astype(float), of


DESIGNS = (
    Design("200 items", [1] * 200, 0.0, binary=True),
    Design("200 items, 9 of 10 right", [1] * 200, 0.0, binary=True, rate=0.9),
    Design("40 documents of 10 items", [10] * 40, 0.3, binary=True),
    Design("40 documents of 10 items, alike", [10] * 40, 0.9, binary=True),
    Design("30 documents of 1 to 30 items", range(1, 31), 0.3, binary=True),
    Design("50 items, 4 epochs", [4] * 50, 0.8, binary=True),
    Design("10 seeds", [1] * 10, 0.0, binary=False),
    Design("20 documents of 5 items, graded", [5] * 20, 0.5, binary=False),
    Design("15 documents of 1 to 15 items, graded", range(1, 16), 0.9, binary=False),
)


class Files:
    """A source that reads what there is, as a run of pytest does."""

    def results(self, trials: Any) -> Any:
        raise NotImplementedError

    def existing(self, asked: Any) -> Any:
        return asked.read()


def write(folder: Path, drawn: NDArray[Any], of: NDArray[Any]) -> None:
    """Two logs of lm-evaluation-harness."""
    for name, run in zip(SOURCES, drawn.tolist(), strict=True):
        lines = [
            json.dumps({"doc_id": item, "doc": {"document": int(of[item])}, "acc": score})
            for item, score in enumerate(run)
        ]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def evaluation(folder: Path, cluster: str, source: Any) -> Evaluation:
    """The claim that the second run is better than the first by more than BOUND."""
    claim = Claim("better", "The second is better", smallest_effect=BOUND)

    def body(compare: Any, smallest_effect: float) -> None:
        runs = [scores(folder / f"{name}.jsonl") for name in SOURCES]
        assert compare(*runs, cluster=cluster) > smallest_effect

    arguments = ("compare", "smallest_effect")
    cells = scope(claim, (), TIER, None, arguments)
    return Evaluation(Body(body, arguments), cells, source, TIER, "cpu", 0)


def verdicts(design: Design, cluster: str, runs: int) -> Iterator[str]:
    """The verdict of each run; its record gives the same one without the files."""
    profile = Profile("cpu", "any", TIER.name)
    for seed in range(runs):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, *design.draw(np.random.default_rng([seed, len(design.name)])))
            made = record(evaluation(folder, cluster, Files()).verdict(), profile, "", TIER)
        again = evaluation(folder, cluster, Replay(made)).verdict()
        assert record(again, profile, "", TIER)["digest"] == made["digest"]
        yield made["verdict"]


def row(design: Design, cluster: str, runs: int) -> tuple[object, ...]:
    """One line of the table."""
    found = list(verdicts(design, cluster, runs))
    return design.name, found.count("supported"), found.count("refuted"), runs


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--naive", action="store_true", help="ignore which units belong together")
    options = parser.parse_args(arguments)
    cluster = "" if options.naive else "document"
    found = [row(design, cluster, options.runs) for design in DESIGNS]
    print(description())
    print(table(("two runs", "wrongly supported", "wrongly refuted", "runs"), found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

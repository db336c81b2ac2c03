"""`python -m benchmarks.planted`: verdicts of the suite's claims where the truth is known.

The worlds and what is true in them are those of tests/planted/. The first table has, for every
claim and world, the planted truth and the shares of evaluations that came out supported and
refuted, in per cent; the rest was inconclusive, or not applicable. The second sums them up by
truth.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from fixtures.tiers import TIERS
from tests.planted.rates import RIGHT, WRONG, Rates, Stage, band, together
from tests.planted.truth import TRUTHS, Truth
from tests.planted.worlds import WORLDS

from .machine import description, table


@cache
def stage(world: str, tier: str) -> Stage:
    return Stage(WORLDS[world], TIERS[tier])


def shares(truth: Truth, rates: Rates) -> str:
    """A cell, as in "S 100/0"."""
    supported, refuted = (100 * rates.share(verdict) for verdict in ("supported", "refuted"))
    return f"{truth.letter} {supported:.3g}/{refuted:.3g}"


def by_claim(measured: Mapping[Truth, Rates]) -> str:
    """One row for each claim and one column for each world."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for truth, rates in measured.items():
        tier = "" if truth.tier == "quick" else f" ({truth.tier})"
        rows[truth.claim + tier][truth.world] = shares(truth, rates)
    worlds = list(WORLDS)
    return table(
        ("claim", *worlds),
        [(claim, *(cells.get(world, "") for world in worlds)) for claim, cells in rows.items()],
    )


def by_truth(measured: Mapping[Truth, Rates]) -> str:
    """One row for each letter: the rates over all its claims and worlds, and the worst of them."""
    rows = []
    for letter in dict.fromkeys(truth.letter for truth in measured):
        own = {truth: rates for truth, rates in measured.items() if truth.letter == letter}
        everything = together(own.values())
        right = f"{everything.share(RIGHT[letter]):.2%}" if letter in RIGHT else ""
        for verdict in WRONG.get(letter, ("",)):
            worst = max(own, key=lambda truth: own[truth].share(verdict))
            rows.append(
                (
                    letter,
                    len(own),
                    f"{everything.replicates:,}",
                    right,
                    verdict,
                    f"{everything.share(verdict):.2%}" if verdict else "",
                    f"{own[worst].share(verdict):.1%}, {worst.claim} in {worst.world}"
                    if own[worst].counts[verdict]
                    else "",
                    f"{band(everything.level, own[worst].replicates):.1%}" if verdict else "",
                )
            )
    header = (
        "truth",
        "rows",
        "evaluations",
        "right",
        "wrong",
        "share",
        "most of one row",
        "allowed",
    )
    return table(header, rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted")
    parser.add_argument("--replicates", type=int, default=10, help="where the effect is large")
    parser.add_argument("--at-the-bound", type=int, default=100, help="where it is the smallest")
    parser.add_argument("--claim", default="", help="only claims with this in their id")
    options = parser.parse_args(arguments)
    print(description(), flush=True)
    measured = {
        truth: stage(truth.world, truth.tier).rates(
            truth.claim, options.at_the_bound if truth.letter == "B" else options.replicates
        )
        for truth in TRUTHS
        if options.claim in truth.claim
    }
    if not measured:
        print(f"No claim has {options.claim!r} in its id.")
        return 2
    print(by_claim(measured), end="\n\n")
    print(by_truth(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())

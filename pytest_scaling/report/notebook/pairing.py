"""Two arms of a ledger compared by seed, as a claim compares them, or with the seeds mixed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...experiments.estimate import Estimate, Evidence
from ...experiments.quantities import JUDGED_BY, Rule, differences
from ...experiments.units import ERROR
from ...ledger.format import Record
from ...ledger.replay import recorded

LEVEL = 0.01  # one-sided, that of a claim


def paired(
    a: Record,
    b: Record,
    discordant: Mapping[int, int] | None,
    smallest_effect: float,
    overlap: float,
    rule: Rule = JUDGED_BY,
) -> Estimate:
    """Error of arm a minus that of arm b over the seeds that both have, as a claim measures it.

    discordant: by seed, the test rows that exactly one of them gets right; None where that was not
    kept; then as many as both get wrong are assumed, which widens the interval.
    overlap: of seeds that are resplits of one data set, as `paired_interval` takes it.
    """
    shared = set(a["seeds"]) & set(b["seeds"])
    counts = discordant or most_discordant(a, b)
    first, second = (
        tuple(each for each in recorded(arm, place, {(0, 1): counts}) if each.seed in shared)
        for place, arm in enumerate((a, b))
    )
    by_seed = {each.seed: each for each in second}
    same_rows = tuple(by_seed[each.seed] for each in first)
    quantity = differences(first, same_rows, ("error", "error")).judged_by(rule)
    interval = quantity.interval(LEVEL, overlap)
    return Estimate(
        about=f"error of {a['label']} minus {b['label']} on {a['task']}, m = {a['m']:,}",
        measured=f"{a['label']} - {b['label']}, {a['m']:,}",
        unit=ERROR,
        interval=interval,
        refuting=interval,
        seeds=tuple(each.seed for each in first),
        samples=tuple(quantity.values.tolist()),
        bounds={"smallest_effect": smallest_effect},
        level=LEVEL,
        most_seeds=len(first),
        evidence=Evidence(),
        notes=quantity.notes,
        floor=quantity.floor,
        typical=quantity.typical,
    )


def most_discordant(a: Record, b: Record) -> dict[int, int]:
    """By seed, the test rows that two arms get wrong in total: they differ in no more."""
    errors = dict(zip(b["seeds"], b["metrics"]["error"], strict=True))
    return {
        seed: min(rows, round(rows * (error + errors[seed])))
        for seed, error, rows in zip(a["seeds"], a["metrics"]["error"], a["test_rows"], strict=True)
        if seed in errors
    }


def mixed_up(seeds: Sequence[int]) -> list[int]:
    """For each seed another one, the next in line, so that nobody keeps its own."""
    return [*seeds[1:], *seeds[:1]]


def with_runs_of(arm: Record, seeds: Sequence[int], runs: Sequence[int]) -> Record:
    """The arm on `seeds`, with the runs that it made on the seeds `runs`, in their order."""
    places = [arm["seeds"].index(run) for run in runs]
    failed = [seed for seed, run in zip(seeds, runs, strict=True) if run in arm["diverged_seeds"]]
    return {
        **arm,
        "seeds": list(seeds),
        "metrics": {
            name: [values[place] for place in places] for name, values in arm["metrics"].items()
        },
        "test_rows": [arm["test_rows"][place] for place in places],
        "diverged_seeds": failed,
        "diverged": len(failed),
    }

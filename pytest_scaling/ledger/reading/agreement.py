"""Whether the parts of a record agree with each other: places, lengths, counts and shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..format import Record, arm_key, estimated

SHARES = ("error", "majority_error")  # metrics that are shares of the test rows
CLOSE = 1e-9  # of a number of test rows to a whole one


def disagreements(record: Record) -> Iterator[str]:
    """What does not fit together, one clause each. The record is as the schema says."""
    yield from of_cells(record)
    keys = [arm_key(arm) for arm in record["arms"]]
    if len(set(keys)) < len(keys):
        yield "an arm is there twice"
    for number, arm in enumerate(record["arms"]):
        yield from of_arm(arm, f"arms[{number}]")
    for number, pair in enumerate(record["discordant"]):
        yield from of_pair(pair, record["arms"], f"discordant[{number}]")


def of_cells(record: Record) -> Iterator[str]:
    """Cells that are there twice, and comparisons of what is not there."""
    keys = [(cell["task"], cell["learner"]) for cell in record["cells"]]
    if len(set(keys)) < len(keys):
        yield "a cell is there twice"
    for evidence in estimated(record):
        if any(place >= len(record["arms"]) for place in evidence["arms"]):
            yield "a comparison names an arm that is not there"
        if "scores" in evidence:
            yield from of_scores(evidence, evidence["scores"])
        elif not len(evidence["samples"]) == len(evidence["seeds"]) == evidence["n"]:
            yield "a comparison has more or fewer samples than seeds"


def of_scores(evidence: Record, scores: Record) -> Iterator[str]:
    """What is wrong with a comparison of scores that exist."""
    n, samples, moments = evidence["n"], evidence["samples"], scores.get("moments")
    sizes = scores.get("sizes", [1] * n)
    if moments:
        _, error, degrees, clusters, units = moments
        if samples or error < 0 or degrees <= 0 or [clusters, units] != [n, scores["units"]]:
            yield "a comparison of scores has moments that do not fit it"
    elif not len(samples) == len(evidence["seeds"]) == len(sizes) == n:
        yield "a comparison of scores has more or fewer samples than clusters"
    elif sum(sizes) != scores["units"]:
        yield "a comparison of scores has another number of units than its clusters"
    if sum(scores.get("differ", ())) > scores["units"]:
        yield "a comparison of scores has more units that differ than units"


def of_arm(arm: Record, place: str) -> Iterator[str]:
    """What is wrong with one arm."""
    seeds, rows = arm["seeds"], arm["test_rows"]
    if len(set(seeds)) < len(seeds):
        yield f"{place} has a seed twice"
    uneven = [name for name, values in arm["metrics"].items() if len(values) != len(seeds)]
    if uneven or len(rows) != len(seeds):
        yield f"{place} has more or fewer values than seeds"
        return
    if len(arm["diverged_seeds"]) != arm["diverged"] or not {*arm["diverged_seeds"]} <= {*seeds}:
        yield f"{place} has another number of diverged seeds than it names"
    for name in SHARES:
        values = arm["metrics"].get(name, ())
        if not all(is_share(value, many) for value, many in zip(values, rows, strict=False)):
            yield f"{place}.metrics.{name} has a value that is no share of the test rows"


def is_share(value: float | None, rows: int) -> bool:
    """Whether a number is a share of so many test rows; where none were kept, any share is."""
    if value is None or not 0 <= value <= 1:
        return False
    return not rows or abs(value * rows - round(value * rows)) < CLOSE * rows


def of_pair(pair: Record, arms: list[Any], place: str) -> Iterator[str]:
    """Whether two arms can differ in as many test rows as a record says."""
    if max(pair["arms"]) >= len(arms):
        yield f"{place} names an arm that is not there"
        return
    first, second = (arms[number] for number in pair["arms"])
    if len(pair["rows"]) > len(first["seeds"]):
        yield f"{place} has more values than seeds"
    if first is second and any(pair["rows"]):
        yield f"{place} has an arm differ from itself"
    a, b = errors_of(first), errors_of(second)
    for seed, differ in zip(first["seeds"], pair["rows"], strict=False):
        known = seed in a and seed in b and a[seed][1] == b[seed][1]
        if known and not possible(differ, *a[seed], b[seed][0]):
            yield f"{place} has a number of test rows that the errors of its arms exclude"
            return


def errors_of(arm: Record) -> dict[int, tuple[int, int]]:
    """By seed, how many test rows an arm gets wrong, and how many there are; those without none."""
    values = zip(arm["seeds"], arm["metrics"].get("error", ()), arm["test_rows"], strict=False)
    return {
        seed: (round(error * rows), rows)
        for seed, error, rows in values
        if rows and error is not None
    }


def possible(differ: int, wrong: int, rows: int, others_wrong: int) -> bool:
    """Whether exactly one of two is right in `differ` rows, where each has so many wrong."""
    both = wrong + others_wrong
    least, most = abs(wrong - others_wrong), min(both, 2 * rows - both)
    return least <= differ <= most and (differ - both) % 2 == 0

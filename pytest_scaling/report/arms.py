"""What the rows of a ledger have measured, arm by arm: the metrics, and on which test rows."""

from __future__ import annotations

from collections.abc import Iterable

from ..ledger.format import Record, arm_key, estimated


def measured_arms(rows: Iterable[Record]) -> dict[tuple[str, str, int], Record]:
    """By task, learner and m, the arm with an error that has the most seeds.

    Replicates, and arms on a device of their own, are left out.
    """
    found: dict[tuple[str, str, int], Record] = {}
    for row in rows:
        for arm in row["arms"]:
            key = (arm["task"], arm["learner"], arm["m"])
            plain = (
                bool(arm["task"])
                and arm["replicate"] == 0
                and not arm["device"]
                and "error" in arm["metrics"]
            )
            if plain and len(arm["seeds"]) > len(found.get(key, {"seeds": ()})["seeds"]):
                found[key] = arm
    return found


def overlaps(rows: Iterable[Record]) -> dict[str, float]:
    """By task, by how much seeds overlap where they are resplits of one data set, else zero."""
    found: dict[str, float] = {}
    for row in rows:
        for evidence in estimated(row):
            for place in evidence["arms"]:
                task = row["arms"][place]["task"]
                found[task] = max(found.get(task, 0.0), evidence["overlap"] or 0.0)
    return found


def discordant(rows: Iterable[Record], a: Record, b: Record) -> dict[int, int] | None:
    """Test rows that exactly one of two arms gets right, by seed, where a row counts them."""
    shared = set(a["seeds"]) & set(b["seeds"])
    for row in rows:
        for pair in row["discordant"]:
            arms = [row["arms"][place] for place in pair["arms"]]
            if {arm_key(arm) for arm in arms} == {arm_key(a), arm_key(b)}:
                counts = dict(zip(arms[0]["seeds"], pair["rows"], strict=False))
                if shared <= set(counts):
                    return counts
    return None

"""Verdicts: cells that came out the other way, or are no longer decided.

A verdict that is no longer reached fails, unless rounding or luck explains that:

- Where libraries and machine are the same, nothing does.
- Where others have moved figures by little, seed by seed, rounding does if the verdict is missed by
  little: it is reached at KEEPS times its level, on the seeds of the row at least. Where sampling
  was given up sooner than the row was decided, luck may explain it.
- Where figures differ as those of other seeds do, and on other seeds, luck does unless the effect
  has weakened. Luck alone loses every other verdict that was barely reached.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..format import Record, estimated
from ..words import place_of, would_decide
from .finding import Finding, measured, same_comparison

DECIDED = {"supported", "refuted"}
KEEPS = 2.5  # times its level, at which a verdict is still reached that is missed by little
LITTLE = 0.2  # of the spread over seeds: differences that another library or machine rounds into


def turned(old: Record, new: Record, level: float, *, alike: bool) -> Iterator[Finding]:
    """Cells whose verdict went from supported to refuted or back, or is no longer reached.

    level: one-sided, of one comparison. alike: whether libraries and machine are the same.
    """
    before = {(each["task"], each["learner"]): each for each in old["cells"]}
    for cell in new["cells"]:
        key = (cell["task"], cell["learner"])
        was = before.get(key, {"verdict": ""})
        if was["verdict"] not in DECIDED or was["verdict"] == cell["verdict"]:
            continue
        open_now = cell["verdict"] == "inconclusive"
        fails = cell["verdict"] in DECIDED or (open_now and lost(was, cell, level, alike=alike))
        sentence = f"{place_of(*key)} was {was['verdict']} and is {cell['verdict']}"
        luck = ", which luck or rounding explains" if open_now and not fails else ""
        yield Finding(
            "verdict" if fails and cell["counted"] else "note", f"{sentence}{luck}{seeds_of(cell)}"
        )


def seeds_of(cell: Record) -> str:
    """How many seeds would decide a cell, as the end of a sentence."""
    still = [each for each in cell["evidence"] if each.get("seeds_needed") and "scores" not in each]
    return f"; {would_decide(still)}" if still else ""


def lost(was: Record, now: Record, level: float, *, alike: bool) -> bool:
    """Whether a cell that is open has lost its verdict by more than luck or rounding.

    Of its comparisons those count that were decided and are open; a cell without any is lost.
    """
    both = zip(*(estimated({"cells": [cell]}) for cell in (was, now)), strict=False)
    pairs = [
        (before, after)
        for before, after in both
        if before["verdict"] in DECIDED and after["verdict"] == "inconclusive"
    ]
    return not pairs or any(is_lost(*pair, level, alike=alike) for pair in pairs)


def is_lost(was: Record, now: Record, level: float, *, alike: bool) -> bool:
    from ...statistics.change import shared, unrest

    if not same_comparison(was, now) or was["operator"] not in ("<", ">", "within"):
        return True
    before, after = shared(measured(was, 1), measured(now, 1))
    if [*before.seeds] != [*after.seeds]:
        return weakened(was, now, level)
    if alike:
        return True
    if unrest(before, after) > LITTLE:
        return weakened(was, now, level)
    here = {**now, "samples": [*after.samples]}
    if any(is_near(each, was["verdict"]) for each in (here, now)):
        return False
    sooner = not is_near({**was, "samples": [*before.samples]}, was["verdict"])
    return weakened(was, now, level) if sooner else True


def is_near(now: Record, verdict: str) -> bool:
    """Whether an open comparison is decided as it was at KEEPS times its level."""
    level = now["level"] if verdict == "supported" else now["refute_level"] or now["level"]
    return judged(now, KEEPS * level) == verdict


def judged(evidence: Record, level: float) -> str:
    """The verdict on the mean of the samples at another one-sided level."""
    from ...statistics.interval import paired_interval
    from ...statistics.verdict import judge_above, judge_below, judge_equivalent

    judge = {">": judge_above, "<": judge_below, "within": judge_equivalent}[evidence["operator"]]
    interval = paired_interval(
        evidence["samples"],
        lower_level=level,
        upper_level=level,
        noise_floor=evidence["noise_floor"] or 0.0,
        overlap=evidence["overlap"] or 0.0,
        median=evidence.get("median") is not None,
    )
    return str(judge(interval, evidence["bound"]))


def weakened(was: Record, now: Record, level: float) -> bool:
    """Whether the effect on other seeds has moved away from the verdict that it had."""
    from ...statistics.change import change, change_of_alike

    up = (was["operator"] == ">") == (was["verdict"] == "supported")
    if was["operator"] == "within":
        up = (now["value"] < 0) == (was["verdict"] == "supported")
    sign = 1 if up else -1
    before, after = measured(was, sign), measured(now, sign)
    return any(way(before, after, level / 2).high < 0 for way in (change, change_of_alike))

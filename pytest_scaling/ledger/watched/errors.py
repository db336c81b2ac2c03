"""Errors: whether an arm errs more than it did, which contrasts between arms may hide.

Where nothing has changed, both measurements have the same spread. So beside the differences by
seed, which tell most where seeds share their luck, the two samples are compared with a pooled
spread: five seeds are then enough to see a network go from an error of .003 to one of .076. The
median must have moved by as much as matters too, so that one seed that collapses raises no alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from ..format import Record, arm_key, estimated, of_task
from .finding import SHRINK, Finding

ERROR = "error"
LEAST_RISE = 0.01  # of error, where the claim names no smallest effect in its unit


def errors(old: Record, new: Record, level: float) -> Iterator[Finding]:
    """Arms whose error rose, which fails, or fell. level: one-sided, of one arm."""
    before = {arm_key(arm): arm for arm in old["arms"]}
    for arm in new["arms"]:
        was = before.get(arm_key(arm))
        if was is not None and is_watched(was) and is_watched(arm):
            yield from error(was, arm, least_rise(old), level)


def is_watched(arm: Record) -> bool:
    """Whether an arm has an error for every seed, and seeds enough to compare."""
    values = arm["metrics"].get(ERROR, [])
    return len(values) > 1 and None not in values


def least_rise(record: Record) -> float:
    """The smallest effect of a claim that compares errors; else LEAST_RISE."""
    for each in estimated(record):
        if each["unit"] == ERROR and each["bound_name"] == "smallest_effect":
            return float(record["claim"]["smallest_effect"])
    return LEAST_RISE


def error(was: Record, now: Record, least: float, level: float) -> Iterator[Finding]:
    """Whether the error of one arm has changed by as much as matters."""
    from ...statistics.change import Measured, change, change_of_alike, shared

    before, after = (Measured(arm["seeds"], arm["metrics"][ERROR]) for arm in (was, now))
    steps = [way(before, after, level / 2) for way in (change, change_of_alike)]
    middles = [median(each.samples) for each in shared(before, after)]
    rise = middles[1] - middles[0]
    if abs(rise) < max(SHRINK * min(middles), least) * (1 - 1e-9):
        return
    words = (
        f"median error of {now['label']}{of_task(now)}, was {middles[0]:.4f} and is "
        f"{middles[1]:.4f}"
    )
    if rise > 0 and any(step.low > 0 for step in steps):
        yield Finding("error", f"the error rose: {words}")
    elif rise < 0 and any(step.high < 0 for step in steps):
        yield Finding("note", f"the error fell: {words}")

"""Words for what records hold: values in their unit, cells, seeds that would decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..experiments.units import unit_named
from .format import Record

SHOWN = 3  # names in a sentence
NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
TAKE_AGAIN = "take the time again while nothing else runs"
TOO_CLOSE = "the mean is too close to the bound for any affordable number of seeds"


def listed(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def more(items: Sequence[object], noun: str = "") -> str:
    """How many items there are besides the first, in brackets; nothing where there is one."""
    return f" (and {len(items) - 1} more{noun and f' {noun}'})" if len(items) > 1 else ""


def place_of(task: str, learner: str) -> str:
    """A cell in words."""
    return " with ".join(part for part in (task, learner) if part) or "the claim"


def would_decide(seeds: int | None) -> str:
    """How many seeds would decide a comparison; None for more than anybody could run."""
    return f"about {seeds:,} seeds would decide" if seeds else TOO_CLOSE


def to_decide(evidence: Record) -> str:
    """What would decide a comparison; empty where it is decided."""
    if evidence["verdict"] != "inconclusive":
        return ""
    return TAKE_AGAIN if "replication" in evidence else would_decide(evidence["seeds_needed"])


def needs(record: Record) -> str:
    """What would decide all comparisons of a claim, as the end of a sentence."""
    needed = [
        evidence["seeds_needed"]
        for cell in record["cells"]
        for evidence in cell["evidence"]
        if evidence["verdict"] == "inconclusive" and "replication" not in evidence
    ]
    if needed:
        return f"; {would_decide(None if None in needed else max(needed))}"
    return f"; {TAKE_AGAIN}" if record.get("timing") else ""


def value_in_words(value: Any) -> str:
    """A JSON value in words."""
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(value_in_words, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_in_words(each)}" for key, each in value.items()) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def sorted_in_words(value: Any) -> str:
    """A JSON value in words, its keys in order."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {sorted_in_words(each)}" for key, each in sorted(value.items()))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def effect_in_words(evidence: Record) -> str:
    """Effect, interval and seeds, in the words of the unit."""
    write = unit_named(evidence["unit"]).write
    ends = [
        infinite if evidence[end] is None else write(evidence[end])
        for end, infinite in (("low", "-∞"), ("high", "∞"))
    ]
    return f"{write(evidence['value'])} [{', '.join(ends)}] (n = {evidence['n']})"


def minus(figures: str) -> str:
    """Figures with a true minus."""
    return figures.replace("-", MINUS)


def quantity(value: float | None, unit: str, missing: str = NOTHING) -> str:
    """A value in its unit, or what stands for one that the data do not give."""
    if value is None:
        return missing
    written = unit_named(unit).write(value) if unit else f"{value:.4g}"
    return minus(written)


def interval(evidence: Record) -> str:
    """The limits in their unit; a missing limit is one that the data do not determine."""
    low = quantity(evidence["low"], evidence["unit"], f"{MINUS}∞")
    high = quantity(evidence["high"], evidence["unit"], "∞")
    return f"[{low}, {high}]"

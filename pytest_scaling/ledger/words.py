"""Words for what records hold: values in their unit, cells, seeds that are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..experiments.units import UNITS

if TYPE_CHECKING:
    from .format import Record


SHOWN = 3  # names in a sentence


def listed(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def needs(record: Record) -> str:
    """How many seeds the undecided comparisons would take."""
    needed = [
        evidence["seeds_needed"]
        for cell in record["cells"]
        for evidence in cell["evidence"]
        if evidence["verdict"] == "inconclusive" and "replication" not in evidence
    ]
    if record.get("timing") and not needed:
        return "; take the time again while nothing else runs"
    if not needed:
        return ""
    if None in needed:
        return "; the mean is too close to the bound for any affordable number of seeds"
    return f"; about {max(needed):,} seeds would decide"


def place_of(task: str, learner: str) -> str:
    """A cell in words."""
    return " with ".join(part for part in (task, learner) if part) or "the claim"


def said(value: Any) -> str:
    """A JSON value in words."""
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {said(each)}" for key, each in value.items()) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def in_words(evidence: Record) -> str:
    """Effect, interval and seeds, in the words of the unit."""
    write = UNITS[evidence["unit"]].write
    ends = [
        infinite if evidence[end] is None else write(evidence[end])
        for end, infinite in (("low", "-∞"), ("high", "∞"))
    ]
    return f"{write(evidence['value'])} [{', '.join(ends)}] (n = {evidence['n']})"


def sorted_in_words(value: Any) -> str:
    """A JSON value in words, its keys in order."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {sorted_in_words(each)}" for key, each in sorted(value.items()))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


def minus(figures: str) -> str:
    """Figures with a true minus."""
    return figures.replace("-", MINUS)


def quantity(value: float | None, unit: str, missing: str = NOTHING) -> str:
    """A value in its unit, or what stands for one that the data do not give."""
    if value is None:
        return missing
    written = UNITS[unit].write(value) if unit in UNITS else f"{value:.4g}"
    return minus(written)


def interval(row: Mapping[str, Any]) -> str:
    """The limits in their unit; a missing limit is one that the data do not set."""
    low = quantity(row["low"], row["unit"], f"{MINUS}∞")
    high = quantity(row["high"], row["unit"], "∞")
    return f"[{low}, {high}]"


def needed(row: Mapping[str, Any]) -> str:
    """How many seeds an undecided comparison would take."""
    if row["verdict"] != "inconclusive":
        return ""
    if "replication" in row:
        return "take the time again while nothing else runs"
    seeds = row["seeds_needed"]
    return f"about {seeds:,} seeds needed" if seeds else "more seeds needed than can be run"

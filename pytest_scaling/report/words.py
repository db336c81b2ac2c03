"""Figures and verdicts as a reader would say them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from ..estimate import UNITS
from .curves import Panel

NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"

NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def join(words: Sequence[str]) -> str:
    """As in "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def count(number: int, noun: str) -> str:
    """As in "two claims"; figures above twelve."""
    return f"{number_word(number)} {noun}{'' if number == 1 else 's'}"


def number_word(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def size(m: float) -> str:
    """A number of rows on an axis: 1k is 1,024."""
    for unit, rows in (("M", 1024**2), ("k", 1024)):
        if m >= rows and m % rows == 0:
            return f"{m / rows:.0f}{unit}"
    return f"{m:,.0f}"


def accuracy(level: float, levels: Sequence[float]) -> str:
    """A tick of the accuracy axis, with a decimal where neighbours need one."""
    apart = min((b - a for a, b in itertools.pairwise(levels)), default=1.0)
    return f"{level * 100:.{0 if apart > 0.0099 else 1}f}%"


def seeds(panels: Sequence[Panel]) -> str:
    """As in "5 to 10 seeds"."""
    fewest = min(panel.seeds[0] for panel in panels if panel.curves)
    most = max(panel.seeds[1] for panel in panels if panel.curves)
    amount = f"{most}" if fewest == most else f"{fewest} to {most}"
    return f"{amount} seed{'' if most == 1 else 's'}"


def figure_title(panels: Sequence[Panel]) -> str:
    """Whose curve ends highest, in one sentence; only ends clear of all other bands count."""
    leads: dict[str, list[str]] = {}
    for panel in panels:
        if panel.leader:
            leads.setdefault(panel.leader.label, []).append(panel.task)
    label, tasks = max(leads.items(), key=lambda item: len(item[1]), default=("", []))
    if len(tasks) * 2 <= len(panels):
        return "Which learner ends highest differs from task to task"
    if len(tasks) == 1:
        where = tasks[0] if len(panels) == 1 else f"one of {number_word(len(panels))} tasks"
    elif len(tasks) == len(panels):
        where = f"{'both' if len(tasks) == 2 else 'all ' + number_word(len(tasks))} tasks"
    else:
        where = f"{number_word(len(tasks))} of {number_word(len(panels))} tasks"
    return f"On {where} the curve of the {label} ends highest"


def relation(row: Mapping[str, Any]) -> str:
    """What the comparison asked, as in "is it above the smallest effect?"."""
    asked = {">": "above", "<": "below", "within": "within plus or minus"}
    if row["operator"] == "reverses beyond":
        return "does the order reverse between tasks, beyond the smallest effect?"
    named = str(row["bound_name"] or "").replace("_", " ")
    named = named if named == "smallest effect" else f"bound {named}".rstrip()
    return f"{asked.get(row['operator'], row['operator'])} the {named}?"


def quantity(value: float | None, unit: str, missing: str = NOTHING) -> str:
    """A value in its unit, or what stands for one that the data do not give."""
    if value is None:
        return missing
    written = UNITS[unit].write(value) if unit in UNITS else f"{value:.4g}"
    return written.replace("-", MINUS)


def interval(row: Mapping[str, Any]) -> str:
    """The limits in their unit; a missing limit is one that the data do not set."""
    low = quantity(row["low"], row["unit"], f"{MINUS}∞")
    high = quantity(row["high"], row["unit"], "∞")
    return f"[{low}, {high}]"


def share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0%}"


def needed(row: Mapping[str, Any]) -> str:
    """How many seeds an undecided comparison would take."""
    if row["verdict"] != "inconclusive":
        return ""
    if "replication" in row:
        return "take the time again while nothing else runs"
    seeds = row["seeds_needed"]
    return f"about {seeds:,} seeds needed" if seeds else "more seeds needed than can be run"

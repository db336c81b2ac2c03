"""Figures and verdicts as a reader would say them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from ..estimate import UNITS
from .curves import Curve, Panel

NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
NEVER = "never"  # a run that did not reach its target

VERDICTS = ("supported", "refuted", "inconclusive", "not applicable")

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


def count_figures(number: int, noun: str) -> str:
    """As in "5 seeds"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def minus(figures: str) -> str:
    """Figures with a true minus."""
    return figures.replace("-", MINUS)


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


def best_first(panels: Sequence[Panel]) -> dict[str, str]:
    """Labels of the learners by name, from the highest end to the lowest on average."""
    curves: dict[str, list[Curve]] = {}
    for panel in panels:
        for curve in panel.curves:
            curves.setdefault(curve.learner, []).append(curve)
    ends = {name: fmean(curve.end.mean for curve in each) for name, each in curves.items()}
    return {name: curves[name][0].label for name in sorted(ends, key=lambda name: ends[name])}


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
    """What the comparison asked, as in "above 0.0100, the smallest effect?"."""
    bound = quantity(row["bound"], row["unit"], "")
    named = str(row["bound_name"] or "").replace("_", " ")
    named = "the smallest effect" if named == "smallest effect" else f"the bound {named}".rstrip()
    asked = ", ".join(filter(None, (bound, named)))
    if row["operator"] == "reverses beyond":
        return f"does the order reverse between tasks, by more than {asked}?"
    operators = {">": "above ", "<": "below ", "within": "within ± "}
    return f"{operators.get(row['operator'], row['operator'])}{asked}?"


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


def verdict_sentence(record: Mapping[str, Any]) -> str:
    """Where a claim came out how, counted cells alone, as in "supported on a; refuted on b"."""
    counted = [cell for cell in record["cells"] if cell["counted"]]
    heard = [cell for cell in counted if cell["verdict"] != "not applicable"]
    if not heard:
        reasons = dict.fromkeys(cell["reason"] for cell in counted)
        return f"Not applicable: {'; '.join(reasons) or record['reason']}."
    if not any(cell["task"] for cell in heard):
        return f"{capital(record['verdict'])}{as_a_whole(record['verdict'], heard)}."
    parts = []
    for verdict in dict.fromkeys(cell["verdict"] for cell in in_order(heard)):
        places = whereabouts([cell for cell in heard if cell["verdict"] == verdict], heard)
        parts.append(f"{verdict} on {join(places)}")
    return f"{capital('; '.join(parts))}."


def capital(sentence: str) -> str:
    """The sentence with a capital, its other letters as they are."""
    return sentence[:1].upper() + sentence[1:]


def in_order(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Supported ones first."""
    return sorted(cells, key=lambda cell: VERDICTS.index(cell["verdict"]))


def whereabouts(
    cells: Sequence[Mapping[str, Any]], heard: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Tasks, with the learners where they differ in their verdict."""
    places = []
    for task in dict.fromkeys(cell["task"] for cell in cells):
        own = [cell["learner"] for cell in cells if cell["task"] == task]
        everybody = [cell["learner"] for cell in heard if cell["task"] == task]
        places.append(task if own == everybody else f"{task} with {join(own)}")
    return places


def as_a_whole(verdict: str, cells: Sequence[Mapping[str, Any]]) -> str:
    """How many comparisons made the verdict of a claim that speaks of no single task."""
    rows = [row for cell in cells for row in cell["evidence"]]
    agreeing = sum(row["verdict"] == verdict for row in rows)
    if agreeing == len(rows):
        return f" in {count(len(rows), 'comparison')}" if len(rows) > 1 else ""
    return f" by {number_word(agreeing)} of {count(len(rows), 'comparison')}"

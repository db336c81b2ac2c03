"""Counts, sizes, questions and verdicts in words, for the page, the slides and citations. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ..ledger.format import WARNINGS, Record
from ..ledger.words import NOTHING, quantity

ICONS = {"supported": "✓", "refuted": "✗", "inconclusive": "?", "not applicable": NOTHING}
VERDICTS = tuple(ICONS)
VERBS = {  # of one claim, and of several
    "supported": ("holds", "hold"),
    "refuted": ("fails", "fail"),
    "inconclusive": ("is open", "are open"),
    "not applicable": ("is not applicable", "are not applicable"),
}

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def join(words: Sequence[str]) -> str:
    """As in "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def count(number: int, noun: str) -> str:
    """As in "two claims"; figures above twelve."""
    return f"{number_word(number)} {noun}{'' if number == 1 else 's'}"


def count_figures(number: int, noun: str) -> str:
    """As in "5 seeds"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number_word(number: int) -> str:
    """A number up to twelve as a word."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def accuracy(level: float, levels: Sequence[float]) -> str:
    """A tick of the accuracy axis, with a decimal where neighbours need one."""
    step = min((b - a for a, b in itertools.pairwise(levels)), default=1.0)
    return f"{level * 100:.{0 if step > 0.0099 else 1}f}%"


def question(evidence: Record) -> str:
    """What the comparison asked, as in "above 0.0100, the smallest effect?"."""
    bound = quantity(evidence["bound"], evidence["unit"], "")
    named = str(evidence["bound_name"] or "").replace("_", " ")
    named = "the smallest effect" if named == "smallest effect" else f"the bound {named}".rstrip()
    asked = ", ".join(filter(None, (bound, named)))
    operator = evidence["operator"]
    if operator == "reverses beyond":
        return f"does the order reverse between tasks, by more than {asked}?"
    operators = {">": "above ", "<": "below ", "within": "within ± "}
    return f"{operators.get(operator, operator)}{asked}?"


def verdict_sentence(record: Record) -> str:
    """A claim's verdicts by place, counted cells alone, as in "supported on a; refuted on b"."""
    counted = [cell for cell in record["cells"] if cell["counted"]]
    judged = [cell for cell in counted if cell["verdict"] != "not applicable"]
    if not judged:
        reasons = dict.fromkeys(cell["reason"] for cell in counted)
        return f"Not applicable: {'; '.join(reasons) or record['reason']}."
    if not any(cell["task"] for cell in judged):
        return f"{capital(record['verdict'])}{as_a_whole(record['verdict'], judged)}."
    parts = []
    for verdict in dict.fromkeys(cell["verdict"] for cell in in_order(judged)):
        places = whereabouts([cell for cell in judged if cell["verdict"] == verdict], judged)
        parts.append(f"{verdict} on {join(places)}")
    return f"{capital('; '.join(parts))}."


def warned(record: Record) -> str:
    """How often a record's trainings have warned, by category; empty where none has."""
    said = sorted(record.get(WARNINGS, {}).items())
    kinds = [f"{category} ({count_figures(times, 'time')})" for category, times in said]
    return f"Training warned of {join(kinds)}." if kinds else ""


def capital(sentence: str) -> str:
    """The sentence with a capital letter, the rest unchanged."""
    return sentence[:1].upper() + sentence[1:]


def in_order(cells: Sequence[Record]) -> list[Record]:
    """Supported ones first."""
    return sorted(cells, key=lambda cell: VERDICTS.index(cell["verdict"]))


def whereabouts(cells: Sequence[Record], judged: Sequence[Record]) -> list[str]:
    """Tasks, with the learners where they differ in their verdict."""
    places = []
    for task in dict.fromkeys(cell["task"] for cell in cells):
        own = [cell["learner"] for cell in cells if cell["task"] == task]
        everybody = [cell["learner"] for cell in judged if cell["task"] == task]
        places.append(task if own == everybody else f"{task} with {join(own)}")
    return places


def as_a_whole(verdict: str, cells: Sequence[Record]) -> str:
    """How many comparisons made the verdict of a claim that is about no single task."""
    verdicts = [evidence["verdict"] for cell in cells for evidence in cell["evidence"]]
    agreeing, every = verdicts.count(verdict), len(verdicts)
    if agreeing == every:
        return f" in {count(every, 'comparison')}" if every > 1 else ""
    return f" by {number_word(agreeing)} of {count(every, 'comparison')}"

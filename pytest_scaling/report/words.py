"""Counts, sizes and questions in words, for the page, the slides and citations. Pure."""

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
    named = (
        "the smallest effect"
        if named == "smallest effect"
        else f"the bound “{named}”"
        if named
        else "the bound"
    )
    asked = ", ".join(filter(None, (bound, named)))
    operator = evidence["operator"]
    if operator == "reverses beyond":
        return f"does the order reverse between tasks, by more than {asked}?"
    operators = {">": "above ", "<": "below ", "within": "within ± "}
    return f"{operators.get(operator, operator)}{asked}?"


def warned(record: Record) -> str:
    """How often a record's trainings have warned, by category; empty where none has."""
    said = sorted(record.get(WARNINGS, {}).items())
    kinds = [f"{category} ({count_figures(times, 'time')})" for category, times in said]
    return f"Training warned of {join(kinds)}." if kinds else ""


def capital(sentence: str) -> str:
    """The sentence with a capital letter, the rest unchanged."""
    return sentence[:1].upper() + sentence[1:]


def of_tasks(some: Sequence[str], every: Sequence[str], noun: str = " tasks") -> str:
    """How many of the tasks these are, or which where there is one, as in "all three tasks"."""
    if len(some) == 1:
        return some[0]
    if len(some) < len(every):
        return number_word(len(some)) + (f" of {number_word(len(every))}{noun}" if noun else "")
    return f"{'both' if len(some) == 2 else 'all ' + number_word(len(some))}{noun}"

"""The tasks of a run in a line each: what the suite says of them, and what records know. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ....ledger.format import Record
from ...figures.curves import errors
from ..cards import Card, everyone


@dataclass(frozen=True)
class TaskLine:
    """One task."""

    name: str
    line: str  # what the suite says; may be empty
    facts: str


def task_lines(heads: Sequence[Card], lines: Mapping[str, str]) -> list[TaskLine]:
    """The tasks in the order in which claims are about them. lines: of the suite, by task."""
    arms: dict[str, list[Record]] = {}
    for each in everyone(heads):
        for arm in each.record["arms"]:
            if arm["task"]:
                arms.setdefault(arm["task"], []).append(arm)
    return [TaskLine(name, lines.get(name, ""), facts(own)) for name, own in arms.items()]


def facts(arms: Sequence[Record]) -> str:
    """Sizes, and the accuracies of a perfect learner and of the most frequent class."""
    return "; ".join(filter(None, (sizes(arms), best(arms), majority(arms))))


def sizes(arms: Sequence[Record]) -> str:
    """From how few to how many labelled examples learners were trained on."""
    known = [arm["m"] for arm in arms]
    few, many = min(known), max(known)
    return f"{few:,} to {many:,} labelled examples" if few < many else f"{few:,} labelled examples"


def best(arms: Sequence[Record]) -> str:
    """The accuracy that cannot be exceeded, where it is known."""
    known = [arm["bayes_error"] for arm in arms if arm["bayes_error"] is not None]
    return f"best possible accuracy {percent(1 - min(known))}" if known else ""


def majority(arms: Sequence[Record]) -> str:
    """The accuracy of always naming the most frequent class."""
    known = [value for arm in arms for value in errors(arm, "majority_error")]
    return f"most frequent class {percent(1 - fmean(known))}" if known else ""


def percent(share: float) -> str:
    """As in "93.9%", or "100%"."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"

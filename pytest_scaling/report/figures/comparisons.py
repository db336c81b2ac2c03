"""The comparisons of one claim, line by line as its slide shows them, and the slide in words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...experiments.units import unit_named
from ...ledger.format import Record
from ...ledger.words import MINUS, minus, quantity, would_decide
from ..words import count, join

MOST_LINES = 24  # that can be read from the last row of a classroom
MOST_NAMED = 3  # comparisons in a sentence
POINTS = "percentage points"
SHARES = ("error",)  # units whose values are shares of test rows
RATIOS = ("ratio", "ratio of steps", "ratio of times")  # kept as logarithms
LEARNERS = re.compile(
    r"(?:error of )?(?P<a>[^()]+?) (?P<sign>[-/]) (?:error of )?(?P<b>[^()]+), "
    r"(?P<m>[\d,]+(?: - [\d,]+)?)"
)
OF_A_RATIO = re.compile(r"(?P<what>[^,/]+), (?P<pair>.+ / .+)")


@dataclass(frozen=True)
class Sides:
    """Which way is which on an axis: what lies left and right of zero, and the unit."""

    left: str
    right: str
    unit: str


@dataclass(frozen=True)
class SlideLine:
    """One comparison of one cell."""

    task: str
    learner: str  # where the measurement does not name it
    measured: str
    counted: bool
    evidence: Record
    first: str = ""  # of two learners, the one from whose error that of the second is taken
    second: str = ""
    m: str = ""

    @property
    def name(self) -> str:
        """Where, and what was measured there."""
        where = ", ".join(filter(None, (self.task, self.learner)))
        return ": ".join(filter(None, (where, self.measured + self.at)))

    @property
    def what(self) -> str:
        """What was measured, without the task."""
        return ": ".join(filter(None, (self.learner, self.measured + self.at)))

    @property
    def at(self) -> str:
        """As in ", m = 256"; empty where m is part of what was measured."""
        return f", m = {self.m}" if self.m else ""

    @property
    def written(self) -> str:
        """Effect, interval and seeds in figures."""
        evidence = self.evidence
        ends = (
            self.figure(evidence[end]) if evidence[end] is not None else infinite
            for end, infinite in (("low", "-∞"), ("high", "∞"))
        )
        value = self.figure(evidence["value"]) if evidence["value"] is not None else "unknown"
        units = f"{evidence.get('replication', 'seed')}{'' if evidence['n'] == 1 else 's'}"
        return minus(f"{value} [{', '.join(ends)}], {evidence['n']:,} {units}")

    def figure(self, value: float) -> str:
        """A value as it is read on the axis: shares in percentage points."""
        if self.evidence["unit"] in SHARES and math.isfinite(value):
            return f"{100 * value + 0.0:.1f}"
        return str(unit_named(self.evidence["unit"]).write(value))

    @property
    def bound(self) -> str:
        """The bound, or both where the effect was to lie between them."""
        both = "" if self.evidence["operator"] in "><" else "± "
        if self.evidence["unit"] in SHARES:
            return f"{both}{minus(self.figure(self.evidence['bound']))} points"
        return both + quantity(self.evidence["bound"], self.evidence["unit"])


def lines(record: Record) -> list[SlideLine]:
    """The comparisons that have figures; those beside the claim last, left out if too many."""
    tasks = {arm["task"] for arm in record["arms"]}
    found = [
        line_of(cell, evidence, tasks)
        for cell in record["cells"]
        for evidence in cell["evidence"]
        if "n" in evidence
    ]
    judged = [line for line in found if line.counted]
    beside = [line for line in found if not line.counted]
    return judged + beside if len(found) <= MOST_LINES else judged[:MOST_LINES]


def line_of(cell: Record, evidence: Record, tasks: set[str]) -> SlideLine:
    """One comparison; two learners that are compared are named the better one first."""
    measured, of = evidence["measured"], ""
    ratio = OF_A_RATIO.fullmatch(measured)
    if ratio and evidence["unit"] in RATIOS:
        of, measured = f"{ratio['what']}, ", ratio["pair"]
    pair = LEARNERS.fullmatch(measured)
    if not pair:
        learner = "" if cell["learner"] in measured else cell["learner"]
        what = measured.replace(" - ", f" {MINUS} ")
        return SlideLine(cell["task"], learner, what, cell["counted"], evidence)
    first, (second, place) = pair["a"], parted(pair["b"], tasks)
    what = f"{second} vs {first}"
    if pair["sign"] == "/":
        what = f"{of}{first} / {second}"
    elif first == second:
        what = first
    learner = "" if str(cell["learner"]) in what else cell["learner"]
    m = pair["m"].replace(" - ", " to ")
    task = cell["task"] or place
    return SlideLine(task, learner, what, cell["counted"], evidence, first, second, m)


def parted(second: str, tasks: set[str]) -> tuple[str, str]:
    """The second of two learners, and the task that stands behind it in a reversal."""
    name, _, place = second.rpartition(", ")
    return (name, place) if name and place in tasks else (second, "")


def groups(shown: Sequence[SlideLine]) -> list[tuple[Sides, list[SlideLine]]]:
    """The lines by what their axis means, in order of appearance."""
    by_kind: dict[tuple[str, str], list[SlideLine]] = {}
    for line in shown:
        by_kind.setdefault((line.evidence["unit"], kind(line)), []).append(line)
    return [(sides(own), own) for own in by_kind.values()]


def kind(line: SlideLine) -> str:
    """What a line measures, for lines that can share an axis."""
    if line.second:
        return "the same learner" if line.first == line.second else "two learners"
    return str(line.evidence["measured"]).partition(",")[0]


def sides(own: Sequence[SlideLine]) -> Sides:
    """What lies left and right of zero on the axis of some lines."""
    named = [line for line in own if line.counted] or own
    unit, seconds = own[0].evidence["unit"], {line.second for line in named}
    firsts = {line.first for line in named}
    first = firsts.pop() if len(firsts) == 1 else ""
    second = seconds.pop() if len(seconds) == 1 else ""
    measured = kind(own[0])
    if unit in RATIOS:
        return of_ratio(unit, measured, first)
    words = POINTS if unit in SHARES else "per cent of itself" if unit.startswith("rel") else unit
    if "fall" in measured or measured == "the same learner":
        return Sides("error rises", "error falls", words)
    if measured != "two learners":
        return Sides("less", "more", words)
    if unit not in SHARES:
        return Sides(f"{second or 'the first'} is more", f"{first or 'the second'} is more", words)
    if second:
        return Sides(f"{first or 'rival'} better", f"{second} better", words)
    return Sides("second-named better", "first-named better", words)


def of_ratio(unit: str, measured: str, first: str) -> Sides:
    """What lies left and right of a ratio of one."""
    subject, words = first or "the first", f"{unit}, logarithmic"
    if " over " in measured:
        above = measured.partition(" over ")[2]
        return Sides(f"less than {above}", f"more than {above}", words)
    if unit == "ratio of times":
        return Sides(f"{subject} faster", f"{subject} slower", words)
    if unit == "ratio of steps":
        return Sides(f"fewer steps with {subject}", f"more steps with {subject}", words)
    return Sides(f"{first or 'first-named'} smaller", f"{first or 'first-named'} larger", words)


def status(record: Record) -> list[str]:
    """What fails and what is open among the comparisons that count, in a sentence each."""
    counted = [line for line in lines(record) if line.counted]
    said = []
    for verdict, word in (("refuted", "Fails"), ("inconclusive", "Open")):
        found = [line for line in counted if line.evidence["verdict"] == verdict]
        if found:
            seeds = to_decide(found) if verdict == "inconclusive" else ""
            said.append(f"{word}: {listed(found)}{seeds}.")
    absent = [c["task"] for c in record["cells"] if c["counted"] and not c["evidence"]]
    if any(absent):
        said.append(f"Not applicable: {join([*dict.fromkeys(filter(None, absent))])}.")
    return said


def listed(found: Sequence[SlideLine]) -> str:
    """What was measured, each with its tasks, as in "RBF-SVM: fall (friedman and xor)"."""
    tasks: dict[str, dict[str, None]] = {}
    for line in found:
        tasks.setdefault(line.what, {}).update({line.task: None} if line.task else {})
    names = [f"{what} ({join([*own])})" if own else what for what, own in tasks.items()]
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"]
    return "; ".join(names)


def to_decide(found: Sequence[SlideLine]) -> str:
    """How many seeds would decide open comparisons; empty where they are not of seeds."""
    if any("replication" in line.evidence for line in found):
        return ""
    return f"; {would_decide([line.evidence for line in found])}"


def forest_description(record: Record) -> str:
    """The slide in words, for those who cannot see it."""
    sentences = [
        f"{line.name}: {line.written}, {line.evidence['verdict']}, bound {line.bound}"
        f"{'' if line.counted else ' (beside, not counted)'}"
        for line in lines(record)
    ]
    return (
        f"Intervals of {count(len(sentences), 'comparison')}, each with its bound. "
        f"“{record['claim']['text'].rstrip('.')}” is {record['verdict']}. {'; '.join(sentences)}."
    )

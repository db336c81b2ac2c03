"""What the figure shows: one task large, the others small, and the claims as letters. Pure.

Which task is large is a rule (`curves.hero`). Verdicts, times and the zone of little data come from
the records; which claims have letters, and where, from the suite's plan.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...ledger.format import Record
from ..citation.moment import beginning
from ..places import in_short
from ..words import ICONS, VERBS, join, number_word
from .curves import Panel, beside, figure_title, for_a_slide, hero, without
from .plan import Annotation, FigurePlan

UP_TO = "up to"


@dataclass(frozen=True)
class Letter:
    """A claim as it is written on the figure.

    Attributes:
        time: when its source says it, as in "02:13"; empty where that is not stated.
        where: on which tasks, or with which learners, it has its verdict.
        on: label of the learner on whose curve it stands; empty for none.
        sizes: the numbers of rows that it compares on the large task.
    """

    id: str
    letter: str
    words: str
    verdict: str
    time: str
    where: str
    on: str
    sizes: tuple[int, ...]

    @property
    def icon(self) -> str:
        return ICONS[self.verdict]

    @property
    def at(self) -> float:
        """Where on the axis of m it stands: in the middle of the largest sizes, as logarithms."""
        largest = self.sizes[-2:]
        return math.exp(sum(map(math.log, largest)) / len(largest))


@dataclass(frozen=True)
class Zone:
    """The sizes, up to m, over which a claim holds that says something about little data."""

    m: int
    words: str
    letter: str


@dataclass(frozen=True)
class Composition:
    """Everything that the figure shows.

    Attributes:
        hero: the task that is shown large.
        others: the tasks that are shown small, in their order.
        title: a sentence, from the verdicts where there are letters.
        tasks: tasks in words, by name; not all of them.
        ends: why a curve ends before the others, by the label of its learner; not all of them.
    """

    hero: Panel
    others: tuple[Panel, ...]
    title: str
    letters: tuple[Letter, ...] = ()
    zone: Zone | None = None
    tasks: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)

    @property
    def panels(self) -> tuple[Panel, ...]:
        return self.hero, *self.others

    @property
    def rule(self) -> str:
        """Which task is large, and why that one."""
        known = self.tasks.get(self.hero.task)
        named = f"{self.hero.task} ({known})" if known else self.hero.task
        if not self.others:
            return f"The task: {named}"
        below = "The others are" if len(self.others) > 1 else "The other is"
        every = number_word(len(self.panels))
        return (
            f"One of {every} tasks: {named}, the one with the most curves and points. "
            f"{below} below, on one scale."
        )

    def end_of(self, label: str, m: int) -> str:
        """Why a curve of the large panel ends at m; empty where others end there as well."""
        last = max(curve.end.m for curve in self.hero.curves)
        return f"{self.ends.get(label, UP_TO)} {m:,}" if m < last else ""


def figure_panels(
    panels: Iterable[Panel], records: Iterable[Record], plan: FigurePlan
) -> list[Panel]:
    """The panels of the figure: the plan's learners, or those that claims count; long curves."""
    if plan.learners:
        return for_a_slide(with_labels(panels, plan.learners))
    return for_a_slide(without(panels, beside(records)))


def with_labels(panels: Iterable[Panel], labels: Sequence[str]) -> list[Panel]:
    """The panels with the curves of these labels, of each label the one with the most points."""
    found = []
    for panel in panels:
        longest = sorted(panel.curves, key=lambda curve: -len(curve.points))
        first = {curve.label: curve for curve in reversed(longest)}
        kept = tuple(c for c in panel.curves if c.label in labels and first[c.label] is c)
        found.append(replace(panel, curves=kept))
    return found


def compose(
    panels: Sequence[Panel],
    records: Iterable[Record] = (),
    plan: FigurePlan | None = None,
    title: str | None = None,
) -> Composition:
    """The figure of panels, with the letters of a plan whose claims are among the records.

    title: a sentence instead of the computed one. Raises ValueError without a curve.
    """
    if not any(panel.curves for panel in panels):
        raise ValueError("A figure needs at least one panel with a curve.")
    plan, large = plan or FigurePlan(), hero(panels)
    claims = {record["claim"]["id"]: record for record in reversed([*records])}
    written = [each for each in plan.claims if each.id in claims]
    letters = tuple(letter(each, claims[each.id], large) for each in written)
    zones = (zone(each, claims[each.id]) for each in written)
    return Composition(
        hero=large,
        others=tuple(panel for panel in panels if panel is not large),
        title=title or verdicts_in_words(plan.title, letters) or figure_title(panels),
        letters=letters,
        zone=next(filter(None, zones), None),
        tasks=plan.tasks,
        ends=plan.ends,
    )


def verdicts_in_words(name: str, letters: Sequence[Letter]) -> str:
    """How many of the claims hold, as the title of the figure; empty where there are none."""
    if not letters:
        return ""
    counts = Counter(each.verdict for each in letters)
    words = [
        f"{number_word(counts[verdict])} {verbs[counts[verdict] > 1]}"
        for verdict, verbs in VERBS.items()
        if counts[verdict]
    ]
    every = number_word(len(letters))
    if len(words) == 1:
        verb = words[0].partition(" ")[2]
        told = f"all {every} claims {verb}" if len(letters) > 1 else f"its claim {verb}"
    else:
        first, *rest = words
        count, _, verb = first.partition(" ")
        told = join([f"{count} of {every} claims {verb}", *rest])
    return f"{name}: {told}" if name else told[:1].upper() + told[1:]


def letter(plan: Annotation, record: Record, large: Panel) -> Letter:
    """One claim of the plan, with its verdict."""
    return Letter(
        plan.id,
        plan.letter,
        plan.words,
        record["verdict"],
        beginning((record["claim"]["source"] or {}).get("times", ())),
        in_short(record) or at_one_size(record),
        plan.on,
        compared(record, large.task, plan.on),
    )


def compared(record: Record, task: str, label: str) -> tuple[int, ...]:
    """The numbers of rows at which a claim looks at a learner on a task."""
    arms = counted_arms(record)
    found = {arm["m"] for arm in arms if arm["task"] == task and arm["label"] == label}
    return tuple(sorted(found))


def counted_arms(record: Record) -> list[Record]:
    """The arms of the comparisons that count."""
    return [
        record["arms"][place]
        for cell in record["cells"]
        for evidence in cell["evidence"]
        for place in evidence.get("arms", ())
        if cell["counted"]
    ]


def at_one_size(record: Record) -> str:
    """The number of rows of a claim's comparisons, where all have the same; else empty."""
    sizes = {arm["m"] for arm in counted_arms(record)}
    return f"at m = {sizes.pop():,}" if len(sizes) == 1 else ""


def zone(plan: Annotation, record: Record) -> Zone | None:
    """Where a claim about little data holds; None where it does not, or is about no zone."""
    if not plan.zone or record["verdict"] != "supported":
        return None
    sizes = [arm["m"] for arm in counted_arms(record)]
    return Zone(max(sizes), plan.zone, plan.letter) if sizes else None

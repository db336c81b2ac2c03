"""Regression: whether a record still says what its row of the ledger says, and if not, why.

What fails: a changed protocol, a reversed verdict, an effect that shrank, and samples that differ
although nothing that determines them does. Everything else is noted, and fails nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .format import Record, arm_key, of_task
from .ledger import Row
from .protocol import changes
from .words import effect_in_words, more, place_of, sorted_in_words, would_decide

FALSE_ALARMS = 0.01  # chance that a whole run of unchanged code finds any effect that shrank
SHRINK = 0.25  # of an effect: a loss that matters, unless the smallest effect is more
DECIDED = {"supported", "refuted"}
NOT_APPLICABLE = "not applicable"

Kind = Literal["protocol", "verdict", "effect", "samples", "note"]


@dataclass(frozen=True)
class Finding:
    """One difference between a record and its row, in a sentence; a note fails nothing."""

    kind: Kind
    sentence: str

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self.kind != "note"

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def level_for(row: Row, rows: int) -> float:
    """The level of each comparison, so that all rows of a profile together keep FALSE_ALARMS."""
    comparisons = sum(len(cell["evidence"]) for cell in row.record["cells"])
    return FALSE_ALARMS / max(rows, 1) / max(comparisons, 1)


def compare(row: Row, record: Record, level: float) -> list[Finding]:
    """All differences that matter, those that fail first. level: one-sided, of one comparison."""
    old = row.record
    if old["verdict"] == NOT_APPLICABLE:
        if record["verdict"] == NOT_APPLICABLE:
            return []
        return [Finding("note", "it was not applicable and is evaluated for the first time")]
    changed = list(changes(old["protocol"], record["protocol"], partial=record["partial"]))
    found: list[Finding] = []
    if changed:
        found.append(Finding("protocol", f"its protocol changed: {changed[0]}{more(changed)}"))
    found += turned(old, record)
    if not changed:
        found += effects(old, record, level)
        if not moved(old, record):
            found += unequal(old, record)
    found += [Finding("note", words) for words in moved(old, record)]
    return sorted(found, key=lambda each: not each.fails)


def turned(old: Record, new: Record) -> Iterator[Finding]:
    """Cells whose verdict went from supported to refuted or back, or is no longer reached."""
    before = {(each["task"], each["learner"]): each["verdict"] for each in old["cells"]}
    for cell in new["cells"]:
        key = (cell["task"], cell["learner"])
        was, now = before.get(key), cell["verdict"]
        if was not in DECIDED or was == now:
            continue
        fails = now in DECIDED and cell["counted"]
        sentence = f"{place_of(*key)} was {was} and is {now}{seeds_of(cell)}"
        yield Finding("verdict" if fails else "note", sentence)


def seeds_of(cell: Record) -> str:
    """How many seeds would decide a cell, as the end of a sentence."""
    needed = [each.get("seeds_needed") for each in cell["evidence"]]
    found = [number for number in needed if number]
    return f"; {would_decide(max(found))}" if found else ""


def effects(old: Record, new: Record, level: float) -> Iterator[Finding]:
    """Effects of supported comparisons that shrank, or grew beyond the interval that they had."""
    if old["claim"]["control_of"]:
        return  # the smaller, the better
    before = {(each["task"], each["learner"]): each["evidence"] for each in old["cells"]}
    for cell in new["cells"]:
        key = (cell["task"], cell["learner"])
        for was, now in zip(before.get(key, ()), cell["evidence"], strict=False):
            if comparable(was, now):
                yield from effect(was, now, old["claim"], level, counted=cell["counted"])


def comparable(was: Record, now: Record) -> bool:
    """Whether two pieces of evidence measure the same effect, and there was one."""
    same = all(was.get(key) == now.get(key) for key in ("about", "operator", "bound_name"))
    return same and was["operator"] in ("<", ">") and was["verdict"] == "supported"


def effect(
    was: Record, now: Record, claim: Record, level: float, *, counted: bool
) -> Iterator[Finding]:
    """Whether one effect shrank by as much as matters, or grew."""
    from ..statistics.change import change

    sign = 1 if was["operator"] == ">" else -1
    step = change(measured(was, sign), measured(now, sign), level)
    matters = max(SHRINK * abs(was["value"]), least(was, claim))
    words = f"{was['about']} was {effect_in_words(was)} and is {effect_in_words(now)}"
    if step.high < 0 and -step.value >= matters * (1 - 1e-9):
        beside = "" if counted else ", beside the claim"
        yield Finding("effect" if counted else "note", f"the effect shrank{beside}: {words}")
    elif step.low > 0 and outgrew(was, now, sign):
        yield Finding("note", f"the effect grew: {words}")


def measured(evidence: Record, sign: int) -> Any:
    """The samples of a piece of evidence, with the sign that makes more of the effect larger."""
    from ..statistics.change import Measured

    return Measured(
        evidence["seeds"],
        [sign * value for value in evidence["samples"]],
        evidence["noise_floor"] or 0.0,
        evidence["overlap"] or 0.0,
    )


def least(evidence: Record, claim: Record) -> float:
    """The smallest effect that matters, in the unit of the evidence."""
    if evidence["bound_name"] == "smallest_effect":
        return float(claim["smallest_effect"])
    return abs(float(evidence["bound"]))


def outgrew(was: Record, now: Record, sign: int) -> bool:
    """Whether an effect lies beyond the interval that it had."""
    limit = was["high"] if sign > 0 else was["low"]
    return limit is not None and sign * now["value"] > sign * limit


def unequal(old: Record, new: Record) -> Iterator[Finding]:
    """Metrics that differ for the same seed of the same arm: the first, and their number."""
    before = {arm_key(arm): arm for arm in old["arms"]}
    found = [
        (arm, name, seed, was, now)
        for arm in new["arms"]
        if arm_key(arm) in before
        for name, seed, was, now in unequal_metrics(before[arm_key(arm)], arm)
    ]
    if found:
        arm, name, seed, was, now = found[0]
        yield Finding(
            "samples",
            f"{name} of {arm['label']}{of_task(arm)}, seed {seed}, was {was} "
            f"and is {now}{more(found, 'numbers')}, with the same protocol, libraries and machine: "
            f"the code changed, or does not give the same numbers twice",
        )


def unequal_metrics(old: Record, new: Record) -> Iterator[tuple[str, int, Any, Any]]:
    """Metrics of one arm that differ for the same seed: name, seed, both values."""
    places = {seed: place for place, seed in enumerate(old["seeds"])}
    for name, values in new["metrics"].items():
        for seed, now in zip(new["seeds"], values, strict=True):
            if seed in places and name in old["metrics"]:
                was = old["metrics"][name][places[seed]]
                if was != now:
                    yield name, seed, was, now


def moved(old: Record, new: Record) -> list[str]:
    """What numbers depend on besides the code, and how it changed: libraries and machine."""
    before, after = flat(old["environment"]), flat(new["environment"])
    return [
        f"{key} was {before.get(key, 'absent')} and is {after.get(key, 'absent')}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


def flat(environment: Mapping[str, Any]) -> dict[str, str]:
    """An environment as words by name; the plugin's own version does not affect numbers."""
    words = {
        key: sorted_in_words(value) for key, value in environment.items() if key != "libraries"
    }
    libraries = {key: sorted_in_words(value) for key, value in environment["libraries"].items()}
    return {key: value for key, value in (words | libraries).items() if key != "pytest-scaling"}


def suspects(old: Record, new: Record) -> str:
    """Which of code, library, machine and luck may have made the difference, in a sentence."""
    if list(changes(old["protocol"], new["protocol"], partial=new["partial"])):
        return "The code differs: the protocol has changed."
    if old["arms"] == new["arms"]:
        return "All samples are the same, so the way they are judged differs."
    differs = moved(old, new)
    if differs:
        return f"The code measures the same, but the library or the machine differs: {differs[0]}."
    if {tuple(arm["seeds"]) for arm in old["arms"]} != {tuple(arm["seeds"]) for arm in new["arms"]}:
        return "Code, libraries and machine are the same, but the seeds differ."
    return "Libraries, machine and seeds are the same, so the code differs."

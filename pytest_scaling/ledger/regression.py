"""Regression: whether a record still says what its row of the ledger says, and if not, why.

What fails: a changed protocol, a verdict that reversed or is no longer reached, an effect that
shrank, an equivalence that moved apart, an error that rose, and samples that differ although
nothing that determines them does. Everything else is noted, and fails nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .format import Record, arm_key, estimated, of_task
from .ledger import Row
from .protocol import changes
from .watched.effects import effects
from .watched.errors import errors, is_watched
from .watched.finding import Finding
from .watched.verdicts import turned
from .words import more, sorted_in_words

FALSE_ALARMS = 0.01  # chance that a whole run of unchanged code finds any loss
NOT_APPLICABLE = "not applicable"


def level_for(row: Row, rows: int) -> float:
    """The level of each comparison and of each arm.

    All rows of a profile together keep FALSE_ALARMS.
    """
    comparisons = sum(len(cell["evidence"]) for cell in row.record["cells"])
    arms = sum(map(is_watched, row.record["arms"]))
    return FALSE_ALARMS / max(rows, 1) / max(comparisons + arms, 1)


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
    found += turned(old, record, level, alike=not moved(old, record))
    if not changed:
        found += effects(old, record, level)
        found += unlike_its_files(old, record)
        found += errors(old, record, level)
        if not moved(old, record):
            found += unequal(old, record)
    found += [Finding("note", words) for words in (*moved(old, record), *rewritten(old, record))]
    return sorted(found, key=lambda each: not each.fails)


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


def unlike_its_files(old: Record, new: Record) -> Iterator[Finding]:
    """Differences of scores that are others than the same files give now."""
    before = {each["about"]: each for each in estimated(old) if "scores" in each}
    for now in estimated(new):
        was = before.get(now["about"])
        if was is None or "scores" not in now or was["scores"]["files"] != now["scores"]["files"]:
            continue
        if was["samples"] != now["samples"] or was["scores"] != now["scores"]:
            yield Finding(
                "samples",
                f"{now['about']}: the same files give other differences than the row has: it was "
                f"edited, or units are paired in another way",
            )


def rewritten(old: Record, new: Record) -> list[str]:
    """The files of scores that are not what they were."""
    before, after = (
        {
            file["name"]: file["sha256"]
            for each in estimated(row)
            if "scores" in each
            for file in each["scores"]["files"]
        }
        for row in (old, new)
    )
    return [
        f"the scores of {name} are not those that the row was made from"
        for name in sorted(before.keys() & after.keys())
        if before[name] != after[name]
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
    files = rewritten(old, new)
    if files:
        return f"The code measures the same, but {files[0]}{more(files)}."
    if old["arms"] == new["arms"]:
        return "All samples are the same, so the way they are judged differs."
    differs = moved(old, new)
    if differs:
        return f"The code measures the same, but the library or the machine differs: {differs[0]}."
    if {tuple(arm["seeds"]) for arm in old["arms"]} != {tuple(arm["seeds"]) for arm in new["arms"]}:
        return "Code, libraries and machine are the same, but the seeds differ."
    return "Libraries, machine and seeds are the same, so the code differs."

"""What several rows of a profile say about the same trials, which must be the same numbers.

A comparison binds the figures of its arms: they follow from the samples. An arm that is only drawn
is bound by the other rows that measured it; what neither binds is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...trials.identity import canonical
from ..format import Record, estimated, of_task

OF_THE_DATA = "majority_error"  # the same for every learner of a task at a size
SINGLE = ("learner", "learner_version", "task", "task_version", "m", "replicate", "device")

Key = tuple[Any, ...]
Said = dict[Key, tuple[Any, str]]
"""By what a figure is about: the figure, and the first file that has it."""


def contradictions(rows: Mapping[str, Record]) -> Iterator[str]:
    """Where two rows disagree about one trial. rows: by the name of their file, as it is shown."""
    said: Said = {}
    for file, row in rows.items():
        for key, value, about in figures(row):
            before, first = said.setdefault(key, (value, file))
            if before != value:
                where = "it" if first == file else first
                yield f"{file} has {about} as {short(value)}, and {where} as {short(before)}"
                break


def short(value: Any) -> str:
    return "none" if value is None else f"{value:.12g}"


def figures(row: Record) -> Iterator[tuple[Key, Any, str]]:
    """Every figure of a trial in a row: its key, its value, and what it is in words."""
    machine = origin(row)
    keys = [arm_identity(arm) for arm in row["arms"]]
    for arm, trial in zip(row["arms"], keys, strict=True):
        where = f"{arm['learner']}{of_task(arm)}, seed"
        for number, seed in enumerate(arm["seeds"]):
            rows = arm["test_rows"][number]
            yield (machine, trial, seed, "test rows"), rows, f"the test rows of {where} {seed}"
            diverged = int(seed in arm["diverged_seeds"])
            yield (machine, trial, seed, "diverged"), diverged, f"divergence of {where} {seed}"
            for name, values in arm["metrics"].items():
                key = data_of(arm, rows) if name == OF_THE_DATA else trial
                about = f"{name.replace('_', ' ')} of {where} {seed}"
                yield (machine, key, seed, name), values[number], about
    for pair in row["discordant"]:
        first, second = pair["arms"]
        both = tuple(sorted((keys[first], keys[second]), key=repr))
        for seed, rows in zip(row["arms"][first]["seeds"], pair["rows"], strict=False):
            about = f"the test rows in which {both[0][0]} and {both[1][0]} differ, seed {seed}"
            yield (machine, both, seed, "discordant"), rows, about


def origin(row: Record) -> str:
    """What numbers depend on besides the trial: libraries and machine, and rows of a test set."""
    environment = {key: value for key, value in row["environment"].items() if key != "libraries"}
    libraries = dict(row["environment"]["libraries"])
    libraries.pop("pytest-scaling", None)
    return canonical([environment, libraries, row["profile"]])


def arm_identity(arm: Record) -> Key:
    """What a trial of an arm is determined by, beside its seed."""
    return (*(arm[name] for name in SINGLE), canonical(arm["settings"]))


def data_of(arm: Record, rows: int) -> Key:
    """What the data of an arm are determined by, beside the seed."""
    return (arm["task"], arm["task_version"], arm["m"], arm["replicate"], rows)


def unbound(rows: Iterable[Record]) -> list[str]:
    """Arms with a metric that enters no comparison and is in one row only, in words, once each."""
    counted: dict[Key, int] = {}
    named: dict[Key, str] = {}
    for row in rows:
        used = compared(row)
        machine = origin(row)
        for place, arm in enumerate(row["arms"]):
            for name in arm["metrics"]:
                trial = data_of(arm, 0) if name == OF_THE_DATA else arm_identity(arm)
                key = (machine, trial, name)
                counted[key] = counted.get(key, 0) + 1 + ((place, name) in used)
                named[key] = f"{arm['learner']}{of_task(arm)}"
    return sorted({named[key] for key, times in counted.items() if times < 2})


def compared(row: Record) -> set[tuple[int, str]]:
    """The arms of a row, by place, and the metrics of them that enter a comparison."""
    return {
        (place, name)
        for each in estimated(row)
        for place in each["arms"]
        for name in each["metric"].split(" - ")
    }

"""The lower part of a card: bounds, limits, moments, data, how to reproduce. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from ...ledger.format import Record, estimated
from ...ledger.words import NOTHING, minus, quantity
from .. import words
from ..citation.moment import address


@dataclass(frozen=True)
class Moment:
    """A span of the recording; no address where it cannot be linked."""

    text: str
    address: str


@dataclass(frozen=True)
class ArmMetric:
    """One metric of one learner on one task at one m, as a line of the data table."""

    task: str
    learner: str
    m: str
    metric: str
    mean: str
    spread: str
    values: str


def command(record: Record) -> str:
    """What reproduces the record in a checkout; a row of the ledger does not know its file."""
    profile, claim = record["profile"], record["claim"]
    device = profile.get("device", "cpu")
    parts = ["python", "-m", "pytest", *([record["file"]] if record.get("file") else [])]
    parts += ["-k", claim["control_of"] or claim["id"]]  # an id selects its controls as well
    parts += ["--scaling-tier", profile["tier"]] if profile.get("tier") else []
    parts += ["--scaling-device", device] if device != "cpu" else []
    return shlex.join(parts)


def source_of(source: Record) -> str:
    """Author and title, as far as a claim names them."""
    title = f"“{source['title']}”" if source.get("title") else ""
    return ", ".join(filter(None, (source.get("author"), title)))


def bounds(record: Record) -> Iterator[str]:
    """What the claim fixed beforehand, in the unit of what it was compared with."""
    claim = record["claim"]
    units = {each["bound_name"]: each["unit"] for each in estimated(record)}
    for name, value in {"smallest_effect": claim["smallest_effect"], **claim["bounds"]}.items():
        if value is not None:
            signs, bound = ("± ", value[1]) if isinstance(value, list) else ("", value)
            written = quantity(bound, units.get(name, ""))
            yield f"{name.replace('_', ' ')} {signs}{written}"


def limits(record: Record) -> Iterator[str]:
    """What the verdict does not say, in sentences."""
    evidence = list(estimated(record))
    if record.get("partial", False):
        yield "Partial: only some of the claim's tasks were run."
    yield from covered([arm for arm in record["arms"] if arm["task"]])
    if files := files_of(evidence):
        named = words.join(files)
        yield f"Judges scores that existed, of {named}; no other items, and no other runs."
    if any(each.get("replication") == "block" for each in evidence):
        yield "Depends on this machine, and on its other load while the times were taken."
    seeded = [each for each in evidence if "replication" not in each]
    shares = {each["n"]: each["unseen_failure_share"] for each in seeded}
    if shares:
        fewest = min(shares)
        seeds = words.count_figures(fewest, "seed")
        yield (
            f"Covers the typical seed: with {seeds}, none of which failed, up to "
            f"{shares[fewest]:.0%} of seeds could still fail."
        )
    diverged = sum(arm["diverged"] for arm in record["arms"])
    if diverged:
        yield f"{words.count_figures(diverged, 'training run')} diverged: counted, not dropped."
    yield from filter(None, [words.warned(record)])
    notes = dict.fromkeys(note for each in evidence for note in each["notes"])
    yield from (f"{note}." for note in notes)


def files_of(evidence: Iterable[Record]) -> list[str]:
    """The files, or frames, whose scores were compared."""
    scores = [each["scores"] for each in evidence if "scores" in each]
    return list(dict.fromkeys(file["name"] for each in scores for file in each["files"]))


def covered(arms: Sequence[Record]) -> Iterator[str]:
    """Which tasks and sizes arms were trained on; nothing where they are functions of a seed."""
    if arms:
        sizes = sorted({arm["m"] for arm in arms})
        names = list(dict.fromkeys(arm["task"] for arm in arms))
        span = f"{sizes[0]:,}" + (f" to {sizes[-1]:,}" if len(sizes) > 1 else "")
        yield f"Covers {words.join(names)} with {span} labelled examples, and no other task."


def arm_metrics(record: Record) -> Iterator[ArmMetric]:
    """Every measured value, seed by seed; the majority's error is no measurement of a learner."""
    for arm in record["arms"]:
        for metric, values in arm["metrics"].items():
            known = [value for value in values if value is not None]
            if metric == "majority_error" or not known:
                continue
            yield ArmMetric(
                arm["task"],
                arm["label"] + (f" (replicate {arm['replicate']})" if arm["replicate"] else ""),
                f"{arm['m']:,}" if arm["task"] else NOTHING,
                metric.replace("_", " "),
                minus(f"{fmean(known):.4g}"),
                f"{stdev(known):.2g}" if len(known) > 1 else NOTHING,
                ", ".join("diverged" if v is None else minus(f"{v:.4g}") for v in values),
            )


def moment(url: str, time: str) -> Moment:
    """A link into the recording."""
    return Moment(time.replace("-", "\N{EN DASH}"), address(url, time))

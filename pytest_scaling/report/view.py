"""What the page shows of each claim, worked out from its record: no HTML here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, stdev
from typing import Any

from ..citation import KeyFault, Place, bibtex, cite
from ..citation.moment import address, start
from ..control import ControlStatus, control_status
from . import words
from .badge import Badge
from .evidence import Evidence, Scale, comparisons, evidence, scales

Record = Mapping[str, Any]
STRENGTHS = {
    "always": "always: no counterexample on any task",
    "usually": "usually: on at least two tasks in three",
    "sometimes": "sometimes: on at least one task",
}


@dataclass(frozen=True)
class Moment:
    """A span of the recording; no address where it cannot be linked."""

    text: str
    address: str


@dataclass(frozen=True)
class Cell:
    """A claim on one task, or on none, with one learner, or with none in particular."""

    task: str
    learner: str
    badge: Badge
    counted: bool
    reason: str
    evidence: tuple[Evidence, ...]

    @property
    def name(self) -> str:
        return " · ".join(filter(None, (self.task, self.learner))) or "as a whole"


@dataclass(frozen=True)
class Arm:
    """One learner on one task at one m, as a row of the data table."""

    task: str
    learner: str
    m: str
    metric: str
    mean: str
    spread: str
    values: str


@dataclass(frozen=True)
class Block:
    """Comparisons of one unit, each with its cell, and the scale that they are drawn on."""

    scale: Scale | None
    rows: tuple[tuple[Cell, Evidence], ...]

    @property
    def is_drawn(self) -> bool:
        return self.scale is not None and any(row.strip for _, row in self.rows)


@dataclass(frozen=True)
class Cited:
    """How a verdict is cited."""

    key: str
    sentence: str
    bibtex: str
    reproduce: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One claim. `control` is None where the claim is a control itself."""

    anchor: str
    text: str
    badge: Badge
    sentence: str
    partial: bool
    strength: str
    bounds: tuple[str, ...]
    control_of: str | None
    control: ControlStatus | None
    source: str
    moments: tuple[Moment, ...]
    reproduce: tuple[str, ...]
    cited: Cited | None
    level: float
    cells: tuple[Cell, ...]
    limits: tuple[str, ...]
    arms: tuple[Arm, ...]
    record: Record
    scales: Mapping[str, Scale]
    controls: tuple[Card, ...] = field(default=())

    @property
    def tasks(self) -> list[str]:
        """What it was heard on."""
        return [*dict.fromkeys(cell.task for cell in self.cells if cell.task and cell.evidence)]

    @property
    def counted(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.counted and cell.evidence]

    @property
    def beside(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.counted and cell.evidence]

    @property
    def absent(self) -> list[tuple[str, str]]:
        """Names of the cells without evidence, by their reason."""
        named: dict[str, dict[str, None]] = {}
        for cell in self.cells:
            if not cell.evidence:
                named.setdefault(cell.reason, {})[cell.task or cell.learner] = None
        return [(words.join([*filter(None, names)]), why) for why, names in named.items()]

    def blocks(self, cells: Sequence[Cell]) -> list[Block]:
        """The evidence of cells unit by unit, exact statements first."""
        rows = [(cell, row) for cell in cells for row in cell.evidence]
        units = sorted({row.unit: None for _, row in rows}, key=bool)
        return [
            Block(self.scales.get(unit), tuple(pair for pair in rows if pair[1].unit == unit))
            for unit in units
        ]

    @property
    def family(self) -> list[Card]:
        """The claim and its controls."""
        return [self, *self.controls]


def cards(records: Sequence[Record], place: Callable[[Record], Place] | None = None) -> list[Card]:
    """One card per claim in the order of its source, its controls within it.

    A control without its claim has a card of its own. place: the project of a record, for citing.
    """
    taken: dict[str, int] = {}
    heads: list[Card] = []
    for head, controls in ordered(records):
        made = [
            card(each, anchor(each, taken), same_profile(each, records), place)
            for each in (head, *controls)
        ]
        heads.append(replace(made[0], controls=tuple(made[1:])))
    return heads


def anchor(record: Record, taken: dict[str, int]) -> str:
    """The id of the claim; another profile's record of it gets a number."""
    name = record["claim"]["id"]
    taken[name] = taken.get(name, 0) + 1
    # A claim's id has no double hyphen, so this one is free.
    return str(name) if taken[name] == 1 else f"{name}--{taken[name]}"


def same_profile(record: Record, records: Sequence[Record]) -> list[Record]:
    """The records of the same profile: a control speaks of a claim that was heard as it was."""
    return [each for each in records if each["profile"] == record["profile"]]


def ordered(records: Sequence[Record]) -> list[tuple[Record, list[Record]]]:
    """Claims by source and time, each with its controls; without a source at the end."""
    titles = list(dict.fromkeys((each["claim"]["source"] or {}).get("title") for each in records))

    def moment(record: Record) -> tuple[bool, int, int]:
        source = record["claim"]["source"] or {}
        times = source.get("times") or ["0:0"]
        return not source, titles.index(source.get("title")), start(times[0])

    def controls(record: Record) -> list[Record]:
        own = [e for e in records if e["claim"]["control_of"] == record["claim"]["id"]]
        return [each for each in own if each["profile"] == record["profile"]]

    claims = [each for each in records if each["claim"]["control_of"] is None]
    lined_up = [(claim, controls(claim)) for claim in sorted(claims, key=moment)]
    held = [id(each) for _, group in lined_up for each in group]
    return lined_up + [
        (each, [])
        for each in records
        if each["claim"]["control_of"] is not None and id(each) not in held
    ]


def card(
    record: Record,
    name: str,
    records: Sequence[Record],
    place: Callable[[Record], Place] | None,
) -> Card:
    claim = record["claim"]
    source = claim["source"] or {}
    is_control = claim["control_of"] is not None
    drawn = scales(comparisons(record))
    citation = cited(record, records, place(record)) if place else None
    return Card(
        anchor=name,
        text=claim["text"],
        badge=Badge(record["verdict"], is_control),
        sentence=words.verdict_sentence(record),
        partial=record.get("partial", False),
        strength=STRENGTHS[claim["strength"]],
        bounds=tuple(bounds(record)),
        control_of=claim["control_of"],
        control=None if is_control else control_status(claim["id"], records),
        source=source_of(source),
        moments=tuple(moment(source["url"], time) for time in source.get("times", ())),
        reproduce=citation.reproduce if citation else (command(record),),
        cited=citation,
        level=claim["level"],
        cells=tuple(cell(each, drawn, is_control=is_control) for each in record["cells"]),
        limits=tuple(limits(record)),
        arms=tuple(arms(record)),
        record=record,
        scales=drawn,
    )


def cited(record: Record, records: Sequence[Record], place: Place) -> Cited | None:
    """The citation of a record; None where there is no verdict to cite."""
    controls = [r for r in records if r["claim"]["control_of"] == record["claim"]["id"]]
    try:
        said = cite(record, controls, place)
    except KeyFault:
        return None
    return Cited(str(said.key), said.sentence, bibtex(said).rstrip(), said.reproduce)


def command(record: Record) -> str:
    """What reproduces the record in a checkout; the file is not known to a row of the ledger."""
    profile, claim = record["profile"], record["claim"]
    device = profile.get("device", "cpu")
    parts = [
        "python -m pytest",
        record.get("file", ""),
        f"-k {claim['control_of'] or claim['id']}",  # an id selects its controls as well
        f"--tier {profile['tier']}" if profile.get("tier") else "",
        f"--scaling-device {device}" if device != "cpu" else "",
    ]
    return " ".join(filter(None, parts))


def source_of(source: Record) -> str:
    """Author and title, as far as a claim names them."""
    title = f"“{source['title']}”" if source.get("title") else ""
    return ", ".join(filter(None, (source.get("author"), title)))


def bounds(record: Record) -> Iterator[str]:
    """What the claim fixed beforehand, in the unit of what it was compared with."""
    claim = record["claim"]
    units = {row["bound_name"]: row["unit"] for row in comparisons(record)}
    for name, value in {"smallest_effect": claim["smallest_effect"], **claim["bounds"]}.items():
        if value is not None:
            signs, bound = ("± ", value[1]) if isinstance(value, list) else ("", value)
            written = words.quantity(bound, units.get(name, ""))
            yield f"{name.replace('_', ' ')} {signs}{written}"


def cell(content: Record, drawn: Mapping[str, Scale], *, is_control: bool) -> Cell:
    return Cell(
        task=content["task"],
        learner=content["learner"],
        badge=Badge(content["verdict"], is_control),
        counted=content["counted"],
        reason=content["reason"],
        evidence=tuple(evidence(row, drawn, is_control=is_control) for row in content["evidence"]),
    )


def limits(record: Record) -> Iterator[str]:
    """What the verdict does not say, in sentences."""
    rows = list(comparisons(record))
    if record.get("partial", False):
        yield "Partial: only some of the claim's tasks were run."
    if record["arms"]:
        sizes = sorted({arm["m"] for arm in record["arms"]})
        names = list(dict.fromkeys(arm["task"] for arm in record["arms"]))
        span = f"{sizes[0]:,}" + (f" to {sizes[-1]:,}" if len(sizes) > 1 else "")
        yield f"Speaks of {words.join(names)} with {span} labelled examples, and of no other task."
    if any("replication" in row for row in rows):
        yield "Speaks of this machine, and of what else it did while the times were taken."
    shares = {row["n"]: row["unseen_failure_share"] for row in rows if "replication" not in row}
    if shares:
        fewest = min(shares)
        seeds = words.count_figures(fewest, "seed")
        yield (
            f"Speaks of the typical seed: with {seeds}, and none failing, up to "
            f"{shares[fewest]:.0%} of seeds could still fail."
        )
    diverged = sum(arm["diverged"] for arm in record["arms"])
    if diverged:
        yield f"{words.count_figures(diverged, 'training run')} diverged; they count as they came."
    yield from (f"{note}." for note in dict.fromkeys(note for row in rows for note in row["notes"]))


def arms(record: Record) -> Iterator[Arm]:
    """Every measured value, seed by seed; the majority's error is no measurement of a learner."""
    for arm in record["arms"]:
        for metric, values in arm["metrics"].items():
            known = [value for value in values if value is not None]
            if metric == "majority_error" or not known:
                continue
            yield Arm(
                arm["task"],
                arm["label"] + (f" (replicate {arm['replicate']})" if arm["replicate"] else ""),
                f"{arm['m']:,}",
                metric.replace("_", " "),
                words.minus(f"{fmean(known):.4g}"),
                f"{stdev(known):.2g}" if len(known) > 1 else words.NOTHING,
                ", ".join(words.NEVER if v is None else words.minus(f"{v:.4g}") for v in values),
            )


def moment(url: str, time: str) -> Moment:
    """A link into the recording."""
    return Moment(time.replace("-", "\N{EN DASH}"), address(url, time))


def everyone(heads: Sequence[Card]) -> list[Card]:
    """Claims and controls, each control behind its claim."""
    return [each for head in heads for each in head.family]

"""What the page shows, worked out from records: no HTML here, and nothing to work out there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..control import ControlStatus, control_status
from . import words
from .curves import Panel

Record = Mapping[str, Any]
ICONS = {"supported": "✓", "refuted": "✗", "inconclusive": "?", "not applicable": words.NOTHING}
STRENGTHS = {
    "always": "always: no counterexample on any task",
    "usually": "usually: on at least two tasks in three",
    "sometimes": "sometimes: on at least one task",
}
STRIP = 120.0  # pixels: the width of an interval's drawing


@dataclass(frozen=True)
class Badge:
    """A verdict as icon, word and colour (by its CSS class)."""

    word: str
    as_control: bool = False

    @property
    def icon(self) -> str:
        return ICONS[self.word]

    @property
    def kind(self) -> str:
        return self.word.replace(" ", "-")


@dataclass(frozen=True)
class Moment:
    """A span of the recording; no address where it cannot be linked."""

    text: str
    address: str


@dataclass(frozen=True)
class Strip:
    """An interval to look at, in pixels: limits, value and bound on the scale of its claim."""

    low: float
    high: float
    value: float
    bound: float
    open_above: bool


@dataclass(frozen=True)
class Evidence:
    """One comparison in words and figures."""

    about: str
    relation: str
    badge: Badge
    effect: str = ""
    interval: str = ""
    bound: str = ""
    seeds: str = ""
    detectable: str = ""
    unseen: str = ""
    needed: str = ""
    notes: tuple[str, ...] = ()
    strip: Strip | None = None


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
        return ", ".join(filter(None, (self.task, self.learner))) or "as a whole"


@dataclass(frozen=True)
class Card:
    """One claim. `control` is None where the claim is a control itself."""

    anchor: str
    text: str
    badge: Badge
    partial: bool
    strength: str
    bounds: tuple[str, ...]
    control_of: str | None
    control: ControlStatus | None
    source: str
    moments: tuple[Moment, ...]
    file: str
    level: float
    cells: tuple[Cell, ...]
    record: Record

    def on(self, task: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.task == task]


@dataclass(frozen=True)
class Setting:
    """One environment and profile, with the claims that were measured in it."""

    facts: tuple[tuple[str, str], ...]
    claims: tuple[str, ...]


def cards(records: Sequence[Record]) -> list[Card]:
    """One card per record, in the order given but each control behind its claim."""
    taken: dict[str, int] = {}
    made = []
    for record in ordered(records):
        name = record["claim"]["id"]
        taken[name] = taken.get(name, 0) + 1
        # A claim's id has no double hyphen, so this one is free.
        made.append(card(record, name if taken[name] == 1 else f"{name}--{taken[name]}", records))
    return made


def ordered(records: Sequence[Record]) -> list[Record]:
    ids = {record["claim"]["id"] for record in records}
    following: dict[str, list[Record]] = {}
    for record in records:
        following.setdefault(record["claim"]["control_of"] or "", []).append(record)
    first = [each for each in records if (each["claim"]["control_of"] or "") not in ids]
    lined_up: list[Record] = []
    for record in first:
        lined_up.append(record)
        lined_up += following.pop(record["claim"]["id"], [])
    # A control of a control stands at the end rather than nowhere.
    return lined_up + [each for each in records if all(each is not other for other in lined_up)]


def card(record: Record, anchor: str, records: Sequence[Record]) -> Card:
    claim = record["claim"]
    source = claim["source"] or {}
    is_control = claim["control_of"] is not None
    return Card(
        anchor=anchor,
        text=claim["text"],
        badge=Badge(record["verdict"], is_control),
        partial=record["partial"],
        strength=STRENGTHS[claim["strength"]],
        bounds=tuple(bounds(record)),
        control_of=claim["control_of"],
        control=None if is_control else control_status(claim["id"], records),
        source=cited(source),
        moments=tuple(moment(source["url"], time) for time in source.get("times", ())),
        file=record["file"],
        level=claim["level"],
        cells=tuple(cell(each, scales(record), is_control) for each in record["cells"]),
        record=record,
    )


def cited(source: Record) -> str:
    """Author and title, as far as a claim names them."""
    title = f"“{source['title']}”" if source.get("title") else ""
    return ", ".join(filter(None, (source.get("author"), title)))


def bounds(record: Record) -> Iterator[str]:
    """What the claim fixed beforehand, in the unit of what it was compared with."""
    claim = record["claim"]
    units = {
        row["bound_name"]: row["unit"]
        for content in record["cells"]
        for row in content["evidence"]
        if "n" in row
    }
    for name, value in {"smallest_effect": claim["smallest_effect"], **claim["bounds"]}.items():
        if value is not None:
            signs, bound = ("± ", value[1]) if isinstance(value, list) else ("", value)
            written = words.quantity(bound, units.get(name, ""))
            yield f"{name.replace('_', ' ')} {signs}{written}"


def cell(content: Record, scale: Mapping[str, tuple[float, float]], is_control: bool) -> Cell:
    return Cell(
        task=content["task"],
        learner=content["learner"],
        badge=Badge(content["verdict"], is_control),
        counted=content["counted"],
        reason=content["reason"],
        evidence=tuple(evidence(row, scale, is_control) for row in content["evidence"]),
    )


def evidence(row: Record, scale: Mapping[str, tuple[float, float]], is_control: bool) -> Evidence:
    """A comparison; one without an estimate is exact and has no figures."""
    badge = Badge(row["verdict"], is_control)
    if "n" not in row:
        return Evidence(row["about"], "exactly, without noise", badge)
    unit = row["unit"]
    return Evidence(
        about=row["about"],
        relation=words.relation(row),
        badge=badge,
        effect=words.quantity(row["value"], unit),
        interval=words.interval(row),
        bound=words.quantity(row["bound"], unit),
        seeds=f"{row['n']} blocks"
        if "replication" in row
        else f"{row['n']} of {row['most_seeds']}",
        detectable=words.quantity(row["smallest_detectable"], unit),
        unseen=words.share(row["unseen_failure_share"]),
        needed=words.needed(row),
        notes=tuple(row["notes"]),
        strip=strip(row, scale[unit]),
    )


def scales(record: Record) -> dict[str, tuple[float, float]]:
    """Per unit, the span of all finite limits, bounds and zero of a claim."""
    spans: dict[str, tuple[float, float]] = {}
    for content in record["cells"]:
        for row in content["evidence"]:
            if "n" in row:
                low, high = spans.get(row["unit"], (0.0, 0.0))
                known = [row[key] for key in ("low", "value", "high", "bound")]
                finite = [value for value in known if value is not None]
                if row["high"] is None and finite:  # room for what has no end
                    finite.append(max(finite) + 0.25 * (max(finite) - min(finite)))
                spans[row["unit"]] = (min(low, high, *finite), max(low, high, *finite))
    return spans


def strip(row: Record, span: tuple[float, float]) -> Strip | None:
    """None where there is no value or no bound to show."""
    if row["value"] is None or row["bound"] is None:
        return None
    start, width = span[0], (span[1] - span[0]) or 1.0

    def place(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else round((value - start) / width * STRIP, 1)

    return Strip(
        low=place(row["low"], 0.0),
        high=place(row["high"], STRIP),
        value=place(row["value"], 0.0),
        bound=place(row["bound"], 0.0),
        open_above=row["high"] is None,
    )


def moment(url: str, time: str) -> Moment:
    """A link into the recording; only to web addresses, whatever a claim names."""
    parts, spoken = urlsplit(url), time.replace("-", "\N{EN DASH}")
    if parts.scheme not in ("http", "https"):
        return Moment(spoken, "")
    minutes, seconds = time.split("-", maxsplit=1)[0].split(":")
    start = int(minutes) * 60 + int(seconds)
    if (parts.hostname or "").removeprefix("www.") in ("youtube.com", "youtu.be"):
        query = "&".join(filter(None, (parts.query, f"t={start}s")))
        return Moment(spoken, parts._replace(query=query).geturl())
    return Moment(spoken, parts._replace(fragment=f"t={start}").geturl())


def tasks(shown: Sequence[Card]) -> list[str]:
    """The columns of the matrix, in order of appearance; "" for claims about no task last."""
    names = dict.fromkeys(cell.task for card in shown for cell in card.cells)
    return sorted(names, key=lambda name: name == "")


def settings(shown: Sequence[Card]) -> list[Setting]:
    """The different environments of a run; mostly there is one."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for each in shown:
        environment, profile = each.record["environment"], each.record["profile"]
        libraries = environment["libraries"]
        facts = {
            **{name: str(value) for name, value in sorted(profile.items())},
            "system": f"{environment['system']}, {environment['machine']}",
            "Python": environment["python"],
            "libraries": ", ".join(f"{name} {libraries[name]}" for name in sorted(libraries)),
        }
        found.setdefault(tuple(facts.items()), []).append(each.anchor)
    return [Setting(facts, tuple(claims)) for facts, claims in found.items()]


def title(shown: Sequence[Card]) -> str:
    """Named after the source that all claims share, where they do."""
    sources = {(each.record["claim"]["source"] or {}).get("title", "") for each in shown}
    only = sources.pop() if len(sources) == 1 else ""
    return f"“{only}”, put to the test" if only else "Claims and their verdicts"


def lead(shown: Sequence[Card]) -> str:
    """The run in a sentence or two."""
    claims = [each for each in shown if each.control]
    if not shown:
        return "No claim was run."
    said = ", ".join(
        f"{words.number_word(number)} {word}"
        for word in ICONS
        if (number := sum(each.badge.word == word for each in claims))
    )
    controls = len(shown) - len(claims)
    sentence = f"{words.count(len(claims), 'claim').capitalize()}: {said}. " if claims else ""
    fooled = sum(not each.control.trustworthy for each in claims if each.control)
    sentence += f"{words.count(controls, 'control').capitalize()}."
    if fooled:
        subject = f"{words.count(fooled, 'claim').capitalize()} {'is' if fooled == 1 else 'are'}"
        sentence += f" {subject} not trustworthy: the control is supported too."
    return sentence


def source_line(shown: Sequence[Card]) -> str:
    """Where claims and figures come from, for the foot of the slide."""
    sources = dict.fromkeys(each.source for each in shown if each.source)
    profiles = [each.record["profile"] for each in shown]
    devices = dict.fromkeys(str(each["device"]) for each in profiles if each.get("device"))
    tiers = dict.fromkeys(f"{each['tier']} tier" for each in profiles if each.get("tier"))
    measured = "Measured with " + ", ".join(["pytest-scaling", *devices, *tiers])
    return " · ".join([f"Claims: {'; '.join(sources)}", measured] if sources else [measured])


def left_out(panels: Sequence[Panel], drawn: Sequence[Panel]) -> list[str]:
    """Tasks with curves that the figure does not show."""
    shown = {panel.task for panel in drawn}
    return [panel.task for panel in panels if panel.task not in shown]

"""The last screen of a run: an answer to each claim in a line, and the totals. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...ledger.controls import NOT_RUN, SUPPORTED_TOO
from ...ledger.format import Record
from ...ledger.reading.strict_json import printable
from ...ledger.registration.standing import EXPLORED
from ...ledger.registration.standing import status_of as standing_of
from ...ledger.words import listed, open_in_short
from ..answers import Answer, totals
from ..places import places
from ..table import SIGNS
from .layout import Paint, columns, joined, plain, shorten, wrapped

CONFLICT = "≠"
FEWEST = 24  # columns that a sentence takes at least, or the id goes to the next line
FINDINGS = {  # by the kind of a finding that fails: what differs from the ledger
    "protocol": "another protocol",
    "verdict": "another verdict",
    "effect": "a smaller effect",
    "error": "a larger error",
    "samples": "other samples",
}


@dataclass(frozen=True)
class Note:
    """What to add to a claim's line. wrong: something to look at even where only that is shown."""

    text: str
    colour: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class Screen:
    """The answers of a run, on a terminal of a width.

    controlled: ids of the claims for which a control was collected. missing: how many tests of
    claims have no verdict, as they failed before it or never ran.
    """

    found: Sequence[Answer]
    width: int = 80
    paint: Paint = plain
    controlled: Collection[str] = ()
    missing: int = 0

    @cached_property
    def tiers(self) -> list[str]:
        """The other tiers that have a verdict on any of the claims."""
        return list(dict.fromkeys(tier for each in self.found for tier in each.others))

    @cached_property
    def _titles(self) -> list[str]:
        return [title for title in dict.fromkeys(map(title_of, self.found)) if title]

    @cached_property
    def _timed(self) -> bool:
        return any(each.time for each in self.found)

    @cached_property
    def _devices(self) -> list[str]:
        return list(dict.fromkeys(each.record["profile"]["device"] for each in self.found))

    def title(self) -> str:
        """What the run was about, for the line above the answers."""
        named = self._titles if len(self._titles) == 1 else []
        profiles = [each.record["profile"] for each in self.found]
        tiers = dict.fromkeys(f"{profile['tier']} tier" for profile in profiles)
        parts = ["claims", *named, *tiers, ", ".join(self._devices)]
        return shorten(" · ".join(parts), self.width - 8)

    def lines(self, *, only_wrong: bool = False) -> Iterator[str]:
        """A line for each claim, with its notes below it, and the reasons of those left out.

        only_wrong: of the claims, those alone that something is wrong with.
        """
        if self.tiers and self.found:
            yield self._legend()
        last = ""
        for answer in self.found:
            noted = list(notes(answer, self.controlled))
            if only_wrong and not any(note.wrong for note in noted):
                continue
            if (title := title_of(answer)) != last and len(self._titles) > 1:
                yield from (self.paint(line, "light") for line in wrapped(title, self.width))
            last = title
            yield from self._answer(answer, noted)
        if not only_wrong:
            for reason, number in not_applicable(self.found).items():
                words = f"- not applicable ({number}): {printable(reason)}"
                yield from wrapped(words, self.width)

    def totals(self) -> Iterator[str]:
        """How many claims have which verdict, and how many controls came out as they must."""
        counted = totals(self.found)
        claims = counted.claims
        number, supported = claims.total(), claims["supported"]
        noun = "claim" if number == 1 else "claims"
        parts = [(f"{supported} of {number} {noun} supported", "green" if supported else "")]
        parts += [
            (f"{claims[verdict]} {word}", SIGNS[verdict][1])
            for verdict, word in (
                ("refuted", "refuted"),
                ("inconclusive", "open"),
                ("not applicable", "not applicable"),
            )
            if claims[verdict]
        ]
        if self.missing:
            parts.append((f"{self.missing} without a verdict", "red"))
        for tier in self.tiers:
            if apart := sum(tier in each.conflicts for each in self.found):
                words = f"{apart} {'contradicts' if apart == 1 else 'contradict'} the {tier} tier"
                parts.append((words, "red"))
        if counted.controls:
            parts.append(of_controls(counted.controls))
        if free := [each for each in self.found if self._has_no_control(each)]:
            parts.append((f"{len(free)} without a control", ""))
        return joined(parts, self.width, self.paint)

    def _has_no_control(self, answer: Answer) -> bool:
        return not answer.is_control and not answer.controls and answer.id not in self.controlled

    def _legend(self) -> str:
        here = {each.record["profile"]["tier"] for each in self.found}
        order = ", ".join([*sorted(here), *self.tiers])
        return self.paint(shorten(f"marks: {order} ({CONFLICT} contradict)", self.width), "light")

    def _answer(self, answer: Answer, noted: Sequence[Note]) -> Iterator[str]:
        colour = colour_of(answer, noted)
        marks = [self.paint(SIGNS[answer.verdict][0], colour)]
        for tier in self.tiers:
            other = answer.others.get(tier, "")
            apart = CONFLICT if tier in answer.conflicts else " "
            marks.append(self.paint(apart, "red") + (SIGNS[other][0] if other else " "))
        time = f"{answer.time:5}  " if self._timed else ""
        indent = 2 + 2 * len(self.tiers) + len(time)
        sentence, name = printable(answer.sentence), printable(self._name(answer))
        room = self.width - indent - 2 - columns(name)
        beside = room >= min(FEWEST, columns(sentence))
        said = shorten(sentence, room if beside else self.width - indent)
        line = f"{''.join(marks)} {time}{said}"
        if beside:
            line += " " * (room - columns(said) + 2) + self.paint(name, "light")
        yield line
        if not beside:
            yield " " * indent + self.paint(name, "light")
        parts = [(printable(note.text), note.colour) for note in noted]
        yield from joined(parts, self.width, self.paint, indent)

    def _name(self, answer: Answer) -> str:
        device = answer.record["profile"]["device"]
        return f"{answer.id} ({device})" if len(self._devices) > 1 else answer.id


def of_controls(came: Counter[str]) -> tuple[str, str]:
    """How many controls were refuted, with what became of the others, and the colour."""
    number, words = came.total(), {"inconclusive": "undecided", "refuted": ""}
    others = [
        f"{came[each]} {word}" for each in SIGNS if came[each] and (word := words.get(each, each))
    ]
    noun = "control" if number == 1 else "controls"
    text = f"{came['refuted']} of {number} {noun} refuted, as expected"
    return f"{text} ({', '.join(others)})" if others else text, "yellow" if others else "green"


def title_of(answer: Answer) -> str:
    """The title of a claim's source, in quotation marks; empty without a source."""
    source = answer.record["claim"]["source"]
    return f"“{printable(source['title'])}”" if source else ""


def colour_of(answer: Answer, noted: Sequence[Note]) -> str:
    """The colour of a claim's mark: green for what holds without a doubt."""
    if answer.is_control:  # what was hoped of it is not green: it says nothing by itself
        return {"refuted": "", "not applicable": ""}.get(answer.verdict, "yellow")
    if answer.verdict == "refuted" and accepted(answer.record):
        return "yellow"
    if answer.verdict == "supported" and any(note.wrong for note in noted):
        return "yellow"
    return SIGNS[answer.verdict][1]


def accepted(record: Record) -> bool:
    """Whether the ledger has a claim with the verdict that it has now."""
    held = record.get("ledger") or {}
    return bool(held) and held["verdict"] == record["verdict"]


def notes(answer: Answer, controlled: Collection[str]) -> Iterator[Note]:
    """What to add to a claim's line: where it fails, what would decide it, what casts doubt."""
    record, verdict = answer.record, answer.verdict
    if answer.is_control:
        yield Note(f"control of {record['claim']['control_of']}, which is not in this run")
    elif verdict == "refuted":
        as_before = accepted(record)
        yield Note(places(record), "" if as_before else "red", wrong=not as_before)
    if verdict == "inconclusive":
        yield Note(": ".join(filter(None, ("open", open_in_short(record)))), "yellow")
    if verdict != "not applicable":
        yield from doubts(answer, controlled)
    kinds = dict.fromkeys(each["kind"] for each in (record.get("ledger") or {}).get("findings", ()))
    if differs := [FINDINGS[kind] for kind in kinds if kind in FINDINGS]:
        yield Note(f"unlike its row in the ledger: {', '.join(differs)}", "red", wrong=True)
    for tier in answer.conflicts:
        words = f"{CONFLICT} {answer.others[tier]} in the {tier} tier, {verdict} here"
        yield Note(words, "red", wrong=True)
    if record["partial"]:
        yield Note("judged on some of its tasks only")
    if (status := standing_of(record)) != EXPLORED and status:
        yield Note(status)


def doubts(answer: Answer, controlled: Collection[str]) -> Iterator[Note]:
    """What the controls leave open about a claim."""
    status = answer.control
    if answer.is_control or status.trustworthy:
        return
    if status is NOT_RUN:
        if answer.id in controlled and answer.verdict == "supported":
            yield Note(status.sentence, "yellow", wrong=True)
        return
    names = [str(each["claim"]["id"]) for each in answer.controls if each["verdict"] != "refuted"]
    fooled = status is SUPPORTED_TOO
    words, colour = status.sentence, "red" if fooled else "yellow"
    if fooled or answer.verdict == "supported":
        yield Note(f"{words}: {listed(names)}", colour, wrong=True)


def not_applicable(found: Sequence[Answer]) -> dict[str, int]:
    """How many claims are not applicable, by reason."""
    reasons = [each.record["reason"] for each in found if each.verdict == "not applicable"]
    return {reason: reasons.count(reason) for reason in reasons}

"""The table of `list`: one claim after the other, in as many columns as there are."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..ledger.environment import tier_in
from ..ledger.reading.strict_json import printable
from ..ledger.registration.standing import EXPLORED
from ..ledger.words import conflicts
from ..report.citation.moment import beginning
from ..report.table import SIGNS
from .entries import BROKEN, NONE, Entry
from .output import can_write
from .parser import PROGRAM

WIDE_ENOUGH = 50  # columns for a sentence: verdicts are written out where so many are left
NO_ROW, UNUSABLE = "·", "!!"
CONFLICT, DOUBT = "!", "*"  # behind a verdict
PLAIN = {"✓": "+", "✗": "x", NO_ROW: "."}  # where the terminal lacks a sign
GAP = "  "
TIED = "\N{NO-BREAK SPACE}"  # written as a blank, but no line ends there


@dataclass(frozen=True)
class Layout:
    """What the table looks like.

    columns: how wide it may be. words: whether verdicts are written out beside their signs.
    controls, long: what is shown besides the claims.
    """

    profiles: tuple[str, ...]
    widths: tuple[int, ...]  # of the columns before the sentence
    columns: int
    words: bool
    controls: bool
    long: bool

    @property
    def indent(self) -> int:
        """Where sentences begin."""
        return sum(self.widths) + len(GAP) * len(self.widths)

    @property
    def room(self) -> int:
        """The columns for a sentence and the claim's id."""
        return max(self.columns - self.indent, 20)


def lines(
    entries: Sequence[Entry],
    profiles: Sequence[str],
    *,
    columns: int,
    controls: bool = False,
    long: bool = False,
) -> Iterator[str]:
    """The list for a reader: claims, then what the verdicts add up to.

    profiles: a column each. columns: the width of the terminal. controls, long: show more.
    """
    listed = shown(entries, controls=controls)
    by_claim = controls_of(entries)
    headings = ("time", *titles(profiles))
    for words in (True, False):
        cells = [row(each, profiles, by_claim, words=words) for each in listed]
        widths = tuple(max(map(len, column)) for column in zip(headings, *cells, strict=True))
        layout = Layout(tuple(profiles), widths, columns, words, controls, long)
        if layout.room >= WIDE_ENOUGH:
            break
    yield aligned(headings, widths) + ends("claim", "id", layout.room)[0]
    for each, cell in zip(listed, cells, strict=True):
        yield from block(each, cell, layout, {other.claim.id for other in listed})
    yield ""
    for sentence in summary(entries, layout):
        for line in textwrap.wrap(sentence, columns, break_on_hyphens=False):
            yield line.replace(TIED, " ")


def shown(entries: Sequence[Entry], *, controls: bool) -> list[Entry]:
    """The entries that get a line: claims, and controls where asked for, or whose claim is away."""
    claims = {each.claim.id for each in entries}
    return [each for each in entries if controls or each.claim.control_of not in claims]


def controls_of(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The controls of each claim."""
    found: dict[str, list[Entry]] = {}
    for each in entries:
        if each.claim.control_of is not None:
            found.setdefault(each.claim.control_of, []).append(each)
    return found


def row(
    entry: Entry, profiles: Sequence[str], controls: dict[str, list[Entry]], *, words: bool
) -> tuple[str, ...]:
    """The cells before the sentence: the first moment, and the verdict in each profile."""
    own = controls.get(entry.claim.id, ())
    time = beginning(entry.times) or NONE
    return (time, *(cell(entry, profile, own, words=words) for profile in profiles))


def cell(entry: Entry, profile: str, controls: Sequence[Entry], *, words: bool) -> str:
    """A verdict as a sign, with its word where there is room, its status and its marks."""
    verdict = entry.kept.verdicts.get(profile, NONE)
    text = sign(verdict)
    if words:
        text = f"{text} {spoken(entry, verdict)}"
        status = entry.kept.statuses.get(profile, EXPLORED)
        text += "" if status == EXPLORED else f", {status}"
    marks = CONFLICT if disputed(entry, profile) else ""
    marks += DOUBT if doubted(entry, profile, controls) else ""
    return f"{text} {marks}" if marks else text


def sign(verdict: str) -> str:
    """The sign of a verdict, one that the terminal has."""
    known = {NONE: NO_ROW, BROKEN: UNUSABLE}
    found = known.get(verdict) or SIGNS[verdict][0]
    return found if can_write(found) else PLAIN.get(found, found)


def spoken(entry: Entry, verdict: str) -> str:
    """A verdict as a word."""
    if verdict != NONE:
        return verdict
    return "timed anew" if entry.timed else "no row"


def disputed(entry: Entry, profile: str) -> bool:
    """Whether another tier in the same environment contradicts the verdict of a profile."""
    environment, verdict = profile.rpartition("-")[0], entry.kept.verdicts.get(profile, NONE)
    others = entry.kept.verdicts.items()
    return any(conflicts(verdict, v) for p, v in others if p.rpartition("-")[0] == environment)


def doubted(entry: Entry, profile: str, controls: Sequence[Entry]) -> bool:
    """Whether a claim is supported without a control that is refuted."""
    if entry.claim.is_control or entry.kept.verdicts.get(profile) != "supported":
        return False
    found = [each.kept.verdicts.get(profile) for each in controls]
    return any(verdict != "refuted" for verdict in found)


def block(entry: Entry, cells: Sequence[str], layout: Layout, ids: set[str]) -> Iterator[str]:
    """The lines of one claim: its sentence and its id, and below them what else was asked for."""
    margin = " " * layout.indent
    sentence = printable(entry.claim.text)
    if entry.claim.control_of in ids:
        sentence = f"control: {sentence}"
    elif entry.claim.control_of:
        sentence = f"control of {entry.claim.control_of}: {sentence}"
    first, *others = ends(sentence, entry.claim.id, layout.room)
    yield aligned(cells, layout.widths) + first
    yield from (margin + line for line in others)
    for detail in details(entry) if layout.long else ():
        inner = margin + GAP
        yield from textwrap.wrap(
            detail,
            layout.columns,
            initial_indent=inner,
            subsequent_indent=inner + GAP,
            break_on_hyphens=False,
        )


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The cells before the sentence, each as wide as its column."""
    return "".join(each.ljust(width) + GAP for each, width in zip(cells, widths, strict=True))


def ends(text: str, name: str, room: int) -> list[str]:
    """A text in lines of this width, with a name at the right end of the last one."""
    found = textwrap.wrap(text, room, break_on_hyphens=False) or [""]
    if len(found[-1]) + len(GAP) + len(name) > room:
        found.append("")
    found[-1] += name.rjust(room - len(found[-1]))
    return found


def details(entry: Entry) -> Iterator[str]:
    """Strength, tasks, moments and file of a claim, and what is known of each verdict."""
    claim = entry.claim
    yield f"{claim.strength}{f', on {listed(entry.tasks)}' if entry.tasks else ''}"
    if entry.beside:
        yield f"reported, not counted: {listed(entry.beside)}"
    yield f"{listed(entry.times)}{'; ' if entry.times else ''}{printable(entry.file)}"
    for profile, verdict in entry.kept.verdicts.items():
        status = entry.kept.statuses.get(profile, EXPLORED)
        words = [
            entry.kept.scopes.get(profile, ""),
            "" if status == EXPLORED else status,
            entry.kept.open.get(profile, ""),
        ]
        if any(words):
            parts = [verdict, *words[1:]] if not words[0] else words
            yield f"{tier_in(profile)}: {'; '.join(filter(None, parts))}"


def listed(names: Sequence[str]) -> str:
    """All of the names."""
    return printable(", ".join(names))


def summary(entries: Sequence[Entry], layout: Layout) -> Iterator[str]:
    """What the verdicts add up to, what the marks mean, and what else can be shown."""
    claims = [each for each in entries if not each.claim.is_control]
    controls = [each for each in entries if each.claim.is_control]
    by_claim = controls_of(entries)
    for profile, title in zip(layout.profiles, titles(layout.profiles), strict=True):
        standing = standings(claims, profile)
        yield f"{title}: {counted(claims, profile)}{standing}{judged(controls, profile)}"
    if disputes := [each for each in claims if any(disputed(each, p) for p in layout.profiles)]:
        yield f"{CONFLICT} tiers contradict each other: {names(disputes)}"
    doubts = [
        each
        for each in claims
        if any(doubted(each, p, by_claim.get(each.claim.id, ())) for p in layout.profiles)
    ]
    if doubts:
        yield f"{DOUBT} supported, but its control is not refuted: {names(doubts)}"
    more = [
        "" if layout.controls or not controls else "--controls shows the controls",
        "" if layout.long else "--long shows strength, tasks and files",
        f"{PROGRAM} cite ID quotes a verdict",
    ]
    yield "; ".join(filter(None, more))


def names(entries: Sequence[Entry]) -> str:
    """The ids of some claims."""
    return ", ".join(each.claim.id for each in entries)


def counted(claims: Sequence[Entry], profile: str) -> str:
    """How many claims have which verdict in a profile; these words explain the signs too."""
    found = Counter(each.kept.verdicts.get(profile, NONE) for each in claims)
    without = Counter(
        spoken(each, NONE) for each in claims if each.kept.verdicts.get(profile, NONE) == NONE
    )
    parts = [
        f"{sign(verdict)}{TIED}{found[verdict]}{TIED}{verdict}"
        for verdict in (*SIGNS, BROKEN)
        if found[verdict]
    ]
    if without["timed anew"]:
        parts.append(f"{sign(NONE)}{TIED}{without['timed anew']}{TIED}timed anew in every run")
    if without["no row"]:
        parts.append(f"{sign(NONE)}{TIED}{without['no row']}{TIED}without a row")
    return ", ".join(parts) or "no claims"


def standings(claims: Sequence[Entry], profile: str) -> str:
    """How many claims are confirmed, or registered or stale, as the middle of a sentence."""
    found = Counter(each.kept.statuses.get(profile, EXPLORED) for each in claims)
    return "".join(f"; {count} {status}" for status, count in found.items() if status != EXPLORED)


def judged(controls: Sequence[Entry], profile: str) -> str:
    """How many controls came out as they must, as the end of a sentence."""
    verdicts = [each.kept.verdicts.get(profile, NONE) for each in controls]
    measured = [each for each in verdicts if each not in (NONE, BROKEN)]
    if not measured:
        return ""
    refuted = measured.count("refuted")
    return f"; controls refuted, as they must be: {refuted} of {len(measured)}"


def titles(profiles: Sequence[str]) -> list[str]:
    """A heading for each profile: its tier, and what else it differs in from the others."""
    parts = [profile.split("-") for profile in profiles]
    *differ, _ = [len(set(part)) > 1 for part in zip(*parts, strict=True)]
    return [
        " ".join(part for part, told in zip(each, (*differ, True), strict=True) if told)
        for each in parts
    ]

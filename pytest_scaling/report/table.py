"""The table of cells that a run shows by `-v`, and the sentences below it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..experiments.units import unit_named
from ..ledger.controls import NOT_RUN, controls_by_claim, doubt, status_of
from ..ledger.format import ALTERNATIVES, Record
from ..ledger.reading.strict_json import printable
from ..ledger.registration.standing import EXPLORED
from ..ledger.registration.standing import status_of as status_of_claim
from ..ledger.words import in_scopes, typical_in_words
from .terminal.layout import Paint, columns, plain, wrapped

SIGNS = {
    "supported": ("✓", "green"),
    "refuted": ("✗", "red"),
    "inconclusive": ("?", "yellow"),
    "not applicable": ("-", "light"),
}
OF_CONTROL = {"supported": "yellow", "refuted": "", "inconclusive": "yellow"}
LEGEND = "each comparison: effect, interval, bound, number n of seeds"
INDENT = 2


@dataclass(frozen=True)
class Comparison:
    """One comparison of a cell: its name and its figures."""

    name: str
    verdict: str
    figures: tuple[str, ...] = ()  # effect, interval, bound, seeds
    more: str = ""  # median, share of seeds above, smallest effect that so many seeds detect


@dataclass(frozen=True)
class Table:
    """The table of a run's claims, each with its sentence and its cells.

    controlled: ids of the claims for which a control was collected. in_full: with what else the
    samples of each comparison say.
    """

    records: Sequence[Record]
    width: int = 80
    paint: Paint = plain
    controlled: Collection[str] = ()
    in_full: bool = False

    def lines(self) -> Iterator[str]:
        """A headline per claim, its sentence, then a line or two for each comparison."""
        controls = controls_by_claim(self.records)
        yield self.paint(LEGEND, "light")
        for record in ordered(self.records):
            yield from self._headline(record, controls.get(record["claim"]["id"], ()))
            for line in wrapped(printable(record["claim"].get("text", "")), self.width, INDENT):
                yield self.paint(line, "light")
            yield from self._cells(record)

    def _headline(self, record: Record, controls: Sequence[Record]) -> Iterator[str]:
        claim, status = record["claim"], status_of(controls)
        free = status is NOT_RUN and claim["id"] not in self.controlled
        doubted = "" if free else doubt(record, status)
        notes = [claim["strength"] + (", of some of its tasks" if record["partial"] else "")]
        if claim["control_of"]:
            notes.append(f"control of {claim['control_of']}")
        elif not doubted:
            notes.append("no control" if free else f"control {status.word}")
        standing = status_of_claim(record)
        notes += filter(None, [in_scopes(record), "" if standing == EXPLORED else standing])
        verdict = ", ".join(filter(None, (record["verdict"], doubted)))
        sign, colour = self._sign(record, record["verdict"])
        head = f"{sign} {printable(claim['id'])}: {verdict}"
        first, *rest = wrapped(f"{head} ({printable('; '.join(notes))})", self.width)
        length = min(len(head), len(first))
        yield self.paint(first[:length], "yellow" if doubted else colour) + first[length:]
        yield from (f"    {line}" for line in rest)

    def _sign(self, record: Record, verdict: str) -> tuple[str, str]:
        """The sign of a verdict, and its colour: what was expected of a control is not red."""
        sign, colour = SIGNS[verdict]
        return sign, OF_CONTROL.get(verdict, colour) if record["claim"]["control_of"] else colour

    def _cells(self, record: Record) -> Iterator[str]:
        cells = [(cell, *split(cell)) for cell in record["cells"]]
        figures = [one.figures for *_, found in cells for one in found if one.figures]
        widths = [max(map(columns, column)) for column in zip(*figures, strict=True)]
        names = [
            columns(one.name) + (2 * INDENT if heading else INDENT) + 2
            for _, heading, found in cells
            for one in found
            if one.figures
        ]
        taken = sum(widths) + 2 * len(widths)
        start = min(max(names, default=0), self.width - taken)
        if names and min(names) > start:  # none has its figures beside it
            start = 2 * INDENT + 2
        for cell, heading, found in cells:
            if heading:
                sign, colour = self._sign(record, cell["verdict"])
                yield " " * INDENT + self.paint(sign, colour) + f" {heading}"
            for one in found:
                indent = 2 * INDENT if heading else INDENT
                yield from self._comparison(record, one, indent, start, widths)
        for other in record.get(ALTERNATIVES, ()):
            sign, colour = self._sign(record, other["verdict"])
            words = f"{printable(other['name'])}: the claim in another scope, without a vote"
            yield " " * INDENT + self.paint(sign, colour) + f" {words}"

    def _comparison(
        self, record: Record, one: Comparison, indent: int, start: int, widths: Sequence[int]
    ) -> Iterator[str]:
        sign, colour = self._sign(record, one.verdict)
        named = wrapped(f"{sign} {one.name}", self.width, indent)
        named[0] = named[0].replace(sign, self.paint(sign, colour), 1)
        named[1:] = [f"  {line}" for line in named[1:]]
        if one.figures:
            effect, *others = one.figures
            cells = [effect.rjust(widths[0]), *map(str.ljust, others, widths[1:])]
            figures = "  ".join(cells).rstrip()
            length = indent + 2 + columns(one.name)
            if length <= start:
                named[-1] += " " * (start - length + 2) + figures
            else:
                named.append(" " * (start + 2) + figures)
        yield from named
        if self.in_full and one.more:
            yield from (
                self.paint(line, "light") for line in wrapped(one.more, self.width, indent + 2)
            )


def split(cell: Record) -> tuple[str, list[Comparison]]:
    """A cell as its heading and its comparisons; without the heading where one line holds both."""
    place = printable(" · ".join(part for part in (cell["task"], cell["learner"]) if part))
    if not cell["counted"]:
        place = f"{place} (beside)".lstrip()
    evidence = cell["evidence"]
    if len(evidence) > 1:
        return place, [comparison(each) for each in evidence]
    of = f"{place}: " if place else ""
    if not evidence:
        return "", [Comparison(f"{of}{printable(cell['reason'])}", cell["verdict"])]
    return "", [comparison(evidence[0], of)]


def comparison(evidence: dict[str, Any], of: str = "") -> Comparison:
    """A comparison in the words of its unit. of: what its name begins with."""
    verdict = evidence["verdict"]
    if "unit" not in evidence:
        return Comparison(f"{of}{printable(evidence['about'])}", verdict)
    unit = unit_named(evidence["unit"])

    def write(value: float | None, infinite: str) -> str:
        return infinite if value is None else unit.write(value)

    low, high = write(evidence["low"], "-∞"), write(evidence["high"], "∞")
    figures = (
        write(evidence["value"], "∞"),
        f"[{low}, {high}]",
        f"{evidence['operator']} {unit.write(evidence['bound'])}",
        f"n = {evidence['n']:,}",
    )
    detects = f"detects {write(evidence['smallest_detectable'], '∞')} beyond the bound"
    more = ", ".join(filter(None, (typical_in_words(evidence), detects)))
    return Comparison(f"{of}{printable(evidence['measured'])}", verdict, figures, more)


def ordered(records: Sequence[Record]) -> list[Record]:
    """Claims in the order of the run, each followed by its controls."""
    claims = [record for record in records if not record["claim"]["control_of"]]
    names = {record["claim"]["id"] for record in claims}
    controls = controls_by_claim(records)
    rows = []
    for claim in claims:
        rows += [claim, *controls.get(claim["claim"]["id"], ())]
    return rows + [
        each
        for each in records
        if each["claim"]["control_of"] and each["claim"]["control_of"] not in names
    ]

"""What the terminal says at the end: the verdict table, and what is still undecided."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .control import control_status
from .estimate import UNITS

if TYPE_CHECKING:
    from .record import Record
    from .session import Session

SIGNS = {
    "supported": ("✓", "green"),
    "refuted": ("✗", "red"),
    "inconclusive": ("?", "yellow"),
    "not applicable": ("–", "dim"),
}


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    claim: str
    cell: str
    verdict: str
    effect: str = ""
    interval: str = ""
    bound: str = ""
    n: str = ""
    headline: bool = False


def table_lines(records: Sequence[Record]) -> Iterator[Line]:
    """A headline per claim, then a row per comparison of each cell."""
    for record in ordered(records):
        claim = record["claim"]
        if claim["control_of"]:
            note = f"control of {claim['control_of']}"
        else:
            note = control_status(claim["id"], list(records)).word
        partial = ", partial" if record["partial"] else ""
        title = f"{claim['id']}  ({claim['strength']}{partial}; {note})"
        yield Line(title, "", record["verdict"], headline=True)
        for cell in record["cells"]:
            yield from cell_lines(cell)


def ordered(records: Sequence[Record]) -> list[Record]:
    """Claims in the order of the run, each followed by its controls."""
    claims = [record for record in records if not record["claim"]["control_of"]]
    names = {record["claim"]["id"] for record in claims}
    rows = []
    for claim in claims:
        rows.append(claim)
        rows += [each for each in records if each["claim"]["control_of"] == claim["claim"]["id"]]
    return rows + [
        each
        for each in records
        if each["claim"]["control_of"] and each["claim"]["control_of"] not in names
    ]


def cell_lines(cell: dict[str, Any]) -> Iterator[Line]:
    name = " · ".join(part for part in (cell["task"], cell["learner"]) if part)
    if not cell["counted"]:
        name += " (beside)"
    if not cell["evidence"]:
        yield Line("", name, cell["verdict"], effect=cell["reason"])
    for evidence in cell["evidence"]:
        yield Line("", name, evidence["verdict"], **figures(evidence))


def figures(evidence: dict[str, Any]) -> dict[str, str]:
    """Effect, interval, bound and number of seeds, in the words of their unit."""
    if "unit" not in evidence:
        return {"effect": evidence["about"]}
    unit = UNITS[evidence["unit"]]

    def write(value: float | None, infinite: str) -> str:
        return infinite if value is None else unit.write(value)

    low, high = write(evidence["low"], "-∞"), write(evidence["high"], "∞")
    return {
        "effect": write(evidence["value"], "∞"),
        "interval": f"[{low}, {high}]",
        "bound": f"{evidence['operator']} {unit.write(evidence['bound'])}",
        "n": str(evidence["n"]),
    }


def summarise(reporter: Any, session: Session) -> None:
    """Write the sections at the end of a run."""
    records = list(session.records.values())
    reporter.section("claims", sep="=")
    reporter.write_line(
        verdict_table(records, width=reporter._tw.fullwidth, colour=reporter._tw.hasmarkup)
    )
    sentences = list(undecided(records))
    if sentences:
        reporter.section("inconclusive: neither supported nor refuted", sep="-", yellow=True)
        for sentence in sentences:
            reporter.write_line(sentence)
    for line in (*session.counts(), *session.written):
        reporter.write_line(line)


def verdict_table(records: Sequence[Record], *, width: int, colour: bool) -> str:
    """The table as text of at most `width` columns."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("claim, task and learner", "verdict", "effect", "interval", "bound", "n"):
        right = heading in ("n",)
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for line in table_lines(records):
        sign, style = SIGNS[line.verdict]
        name = Text(line.claim, style="bold") if line.headline else Text(f"  {line.cell}")
        verdict = Text(f"{sign} {line.verdict}", style=style)
        table.add_row(name, verdict, line.effect, line.interval, line.bound, line.n)
    text = io.StringIO()
    Console(
        file=text, width=width, force_terminal=colour, no_color=not colour, highlight=False
    ).print(table)
    return "\n".join(row.rstrip() for row in text.getvalue().rstrip().splitlines())


def undecided(records: Sequence[Record]) -> Iterator[str]:
    """One sentence per inconclusive comparison, with the seeds that it would take."""
    for record in ordered(records):
        for cell in record["cells"]:
            for evidence in cell["evidence"]:
                if evidence["verdict"] == "inconclusive":
                    needed = evidence["seeds_needed"]
                    words = f"about {needed:,} seeds" if needed else "more seeds than is sensible"
                    yield f"{record['claim']['id']}: {evidence['sentence']}; it would take {words}"

"""The table of verdicts at the end of a run, and the sentences below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..experiments.units import unit_named
from ..ledger.controls import controls_by_claim, doubt, status_of
from ..ledger.format import ALTERNATIVES, Record
from ..ledger.gate import Judgement
from ..ledger.reading.strict_json import printable
from ..ledger.registration.standing import EXPLORED
from ..ledger.registration.standing import status_of as status_of_claim
from ..ledger.words import NOTHING, in_scopes, overstated, to_decide

SIGNS = {
    "supported": ("✓", "green"),
    "refuted": ("✗", "red"),
    "inconclusive": ("?", "yellow"),
    "not applicable": ("-", "light"),
}


HEADINGS = (
    "    task, learner",
    "verdict",
    "measured",
    "effect",
    "median",
    "A > B",
    "interval",
    "bound",
    "detects",
    "seeds",
)


@dataclass(frozen=True)
class TableLine:
    """One row of the table: a claim's headline, or one comparison of a cell."""

    name: str
    verdict: str
    words: str = ""
    effect: str = ""
    median: str = ""
    share_above: str = ""  # of the seeds, those in which the first arm's value is larger
    interval: str = ""
    bound: str = ""
    detectable: str = ""  # the smallest effect beyond the bound that this many seeds would find
    n: str = ""
    doubt: str = ""  # about the verdict of a claim, as its control is not refuted
    headline: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Its cells; without figures the words close the line, however long they are."""
        sign, _ = SIGNS[self.verdict]
        verdict = f"{sign} {self.verdict}"
        typical = (self.median or NOTHING, self.share_above or NOTHING)
        figures = (self.effect, *typical, self.interval, self.bound, self.detectable, self.n)
        words = (f"    {printable(self.name)}", verdict, printable(self.words))
        return (*words, *(figures if self.effect else ()))


def table_lines(records: Sequence[Record]) -> Iterator[TableLine]:
    """A headline per claim, then a row per comparison of each cell."""
    controls = controls_by_claim(records)
    for record in ordered(records):
        claim = record["claim"]
        status = status_of(controls.get(claim["id"], ()))
        doubted = doubt(record, status)
        notes = [claim["strength"] + (", of some of its tasks" if record["partial"] else "")]
        if claim["control_of"]:
            notes.append(f"control of {claim['control_of']}")
        elif not doubted:
            notes.append(f"control {status.word}")
        standing = status_of_claim(record)
        notes += filter(None, [in_scopes(record), "" if standing == EXPLORED else standing])
        yield TableLine(
            claim["id"], record["verdict"], f" ({'; '.join(notes)})", doubt=doubted, headline=True
        )
        for cell in record["cells"]:
            yield from cell_lines(cell)
        for other in record.get(ALTERNATIVES, ()):
            words = "the claim in another scope, without a vote"
            yield TableLine(other["name"], other["verdict"], words)


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


def cell_lines(cell: dict[str, Any]) -> Iterator[TableLine]:
    """The lines of one cell: a comparison each, or its reason where it has none."""
    name = " · ".join(part for part in (cell["task"], cell["learner"]) if part)
    if not cell["counted"]:
        name += " (beside)"
    if not cell["evidence"]:
        yield TableLine(name, cell["verdict"], cell["reason"])
    for evidence in cell["evidence"]:
        yield TableLine(name, evidence["verdict"], **figures(evidence))


def figures(evidence: dict[str, Any]) -> dict[str, Any]:
    """What was measured, effect, interval, bound and seeds, in the words of their unit."""
    if "unit" not in evidence:
        return {"words": evidence["about"]}
    unit = unit_named(evidence["unit"])

    def write(value: float | None, infinite: str) -> str:
        return infinite if value is None else unit.write(value)

    low, high = write(evidence["low"], "-∞"), write(evidence["high"], "∞")
    return {
        "words": evidence["measured"],
        "effect": write(evidence["value"], "∞"),
        **of_the_typical_seed(evidence),
        "interval": f"[{low}, {high}]",
        "bound": f"{evidence['operator']} {unit.write(evidence['bound'])}",
        "detectable": write(evidence["smallest_detectable"], "∞"),
        "n": str(evidence["n"]),
    }


def of_the_typical_seed(evidence: dict[str, Any]) -> dict[str, str]:
    """Median and P(A > B) in words; empty where a record does not have them."""
    if evidence.get("median") is None:
        return {}
    median = unit_named(evidence["unit"]).write(evidence["median"])
    return {"median": median, "share_above": f"{evidence['share_above']:.0%}"}


def ledger_lines(records: Sequence[Record], judgement: Judgement | None) -> Iterator[str]:
    """What the ledger says about a run: what is wrong, and what is only worth knowing.

    What several claims have in common, such as another version of a library, is written once.
    """
    if judgement is not None:
        yield from (f"wrong: {words}" for words in judgement.wrong)
        yield from judgement.notes
    of: dict[str, list[str]] = {}
    for record in records:
        for finding in (record.get("ledger") or {}).get("findings", ()):
            of.setdefault(finding["sentence"], []).append(record["claim"]["id"])
    for sentence, names in of.items():
        yield f"{names[0] if len(names) == 1 else f'{len(names)} claims'}: {sentence}"


def unseen(records: Sequence[Record]) -> Iterator[str]:
    """What clean seeds leave open: verdicts are about the typical seed."""
    shares = {
        evidence["n"]: evidence["unseen_failure_share"]
        for record in records
        for cell in record["cells"]
        for evidence in cell["evidence"]
        if evidence.get("unseen_failure_share") is not None
    }
    if shares:
        left = ", ".join(f"{n} up to {share:.0%}" for n, share in sorted(shares.items()))
        yield f"verdicts are about the typical seed; seeds may fail unseen: with {left}"


def sharing(records: Sequence[Record]) -> Iterator[str]:
    """How many learners serve all claims together, and how many each claim alone would take."""
    together = set()
    alone = 0
    for record in records:
        device = record["profile"]["device"]
        for arm in record["arms"]:
            where = (arm["learner"], arm["task"], arm["m"], arm["device"] or device)
            together |= {(*where, seed) for seed in arm["seeds"]}
            alone += len(arm["seeds"])
    if alone > len(together):
        yield (
            f"shared: {len(together):,} trained learners serve all claims; "
            f"each claim by itself would take {alone:,}"
        )


def verdict_table(
    records: Sequence[Record], paint: Callable[[str, str], str] = lambda text, _: text
) -> str:
    """The table as text. paint(text, colour) marks a verdict up."""
    lines = list(table_lines(records))
    rows = [line.columns for line in lines if line.effect]
    names = [line.columns[:2] for line in lines if not line.headline]
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    widths[:2] = [max(map(len, column)) for column in zip(HEADINGS[:2], *names, strict=True)]
    text = ["  ".join(head.ljust(width) for head, width in zip(HEADINGS, widths, strict=True))]
    for line in lines:
        sign, colour = SIGNS[line.verdict]
        if line.headline:
            words = printable(line.words)
            verdict = ", ".join(filter(None, (line.verdict, line.doubt)))
            colour = "yellow" if line.doubt else colour
            text.append(paint(f"{sign} {printable(line.name)}: {verdict}", colour) + words)
            continue
        cells = [cell.ljust(width) for cell, width in zip(line.columns, widths, strict=False)]
        cells[1] = paint(cells[1], colour)
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def undecided(records: Sequence[Record]) -> Iterator[str]:
    """One sentence per inconclusive comparison, with what would decide it."""
    for record in ordered(records):
        for cell in record["cells"]:
            for evidence in cell["evidence"]:
                if evidence["verdict"] == "inconclusive":
                    yield f"{record['claim']['id']}: {evidence['sentence']}; {to_decide(evidence)}"


def near_their_bounds(records: Sequence[Record]) -> Iterator[str]:
    """One sentence per supported comparison whose effect is overstated by its having been found."""
    for record in ordered(records):
        for cell in record["cells"]:
            for evidence in cell["evidence"]:
                if words := overstated(evidence):
                    yield f"{record['claim']['id']}, {evidence['measured']}: {words}"

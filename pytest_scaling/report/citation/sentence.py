"""A verdict in a sentence that can stand by itself: what holds, how much, from how many seeds."""

from __future__ import annotations

from ...experiments.units import UNITS
from ...ledger.format import Record
from ..controls import ControlStatus

MINUS = "\N{MINUS SIGN}"
REVERSES = "reverses beyond"
ASKED = {
    ">": "asked to be above",
    "<": "asked to be below",
    "within": "asked to lie within plus or minus",
    REVERSES: "asked whether the order reverses beyond",
}


def sentence(record: Record, control: ControlStatus | None, date: str) -> str:
    """The verdict on a claim with its figures, and what it was measured with."""
    return f"{caption(record, control)} {capital(circumstances(record, date))}."


def caption(record: Record, control: ControlStatus | None) -> str:
    """The verdict on a claim, with the comparison that is the nearest call."""
    claim = record["claim"]
    said = f"“{claim['text'].rstrip('.')}” is {record['verdict']} ({extent(record, control)})."
    rows = decisive(record)
    if not rows:
        return said
    return f"{said} {capital(call(record))}: {'; '.join(map(figures, rows))}."


def extent(record: Record, control: ControlStatus | None) -> str:
    """How many cells say so, and what the control says."""
    heard = [cell for cell in counted(record) if cell["verdict"] != "not applicable"]
    alike = [cell for cell in heard if cell["verdict"] == record["verdict"]]
    said = [record["claim"]["strength"]]
    if len(heard) > 1:
        said.append(f"in {len(alike)} of {len(heard)} cases")
    if record["claim"]["control_of"]:
        said.append(f"a control of {record['claim']['control_of']}, which must be refuted")
    elif control:
        said.append(control.sentence)
    return "; ".join(said)


def counted(record: Record) -> list[Record]:
    """The cells that enter the verdict."""
    return [cell for cell in record["cells"] if cell["counted"]]


def comparisons(record: Record) -> list[Record]:
    """The comparisons behind the verdict: those that came out as the claim did."""
    rows = [
        row
        for cell in counted(record)
        for row in cell["evidence"]
        if "n" in row and cell["verdict"] == record["verdict"]
    ]
    return [row for row in rows if row["verdict"] == record["verdict"]] or rows


def decisive(record: Record) -> list[Record]:
    """The comparison closest to its bound: no other speaks as weakly for the verdict.

    Of an order that reverses it takes two, the one with the least effect and that with the largest.
    """
    known = [row for row in comparisons(record) if row["value"] is not None]
    if any(row["operator"] == REVERSES for row in known):
        ends = (min(known, key=effect), max(known, key=effect))
        return list(ends) if ends[0] is not ends[1] else [ends[0]]
    return [min(known, key=distance)] if known else []


def effect(row: Record) -> float:
    return float(row["value"])


def distance(row: Record) -> float:
    """From the effect to the bound, in bounds, so that different units can be compared.

    Of an equivalence the nearer of both bounds counts.
    """
    value = abs(row["value"]) if row["operator"] == "within" else row["value"]
    return float(abs(value - row["bound"]) / (abs(row["bound"]) or 1.0))


def call(record: Record) -> str:
    """What is said before the figures."""
    rows = comparisons(record)
    if len(rows) == 1:
        return "measured"
    if any(row["operator"] == REVERSES for row in rows):
        return f"the least and the largest of {len(rows)}"
    return f"of {len(rows)} comparisons the nearest to its bound"


def figures(row: Record) -> str:
    """One comparison: effect, interval, seeds, bound."""
    unit = row["unit"]
    return (
        f"{row['about']} is {quantity(row['value'], unit)}, interval {interval(row)} "
        f"(one-sided level {row['level']:.2g}), n = {row['n']} seeds, {asked(row)} "
        f"{quantity(row['bound'], unit)}"
    )


def asked(row: Record) -> str:
    """What the comparison asked of the effect, before the bound."""
    if row["operator"] == "within" and row["unit"].startswith("ratio"):
        return "asked to lie within a factor of"
    return ASKED[row["operator"]]


def interval(row: Record) -> str:
    """The limits in their unit; a missing one is infinite."""
    low, high = quantity(row["low"], row["unit"], f"{MINUS}∞"), quantity(row["high"], row["unit"])
    return f"[{low}, {high}]"


def quantity(value: float | None, unit: str, missing: str = "∞") -> str:
    """A value in its unit, with a minus sign that is one."""
    return missing if value is None else UNITS[unit].write(value).replace("-", MINUS)


def circumstances(record: Record, date: str) -> str:
    """Profile, versions and date, and the digest of the record."""
    profile = record["profile"]
    determinism = "deterministic" if profile["deterministic"] else "not deterministic"
    since = f"in the ledger since {date}; " if date else ""
    return (
        f"{profile['tier']} tier on {profile['device']}, {profile['architecture']}, "
        f"{profile['dtype']}, {determinism}; {versions(record)}; {since}"
        f"record sha256:{record['digest']}"
    )


def versions(record: Record) -> str:
    """As in "Python 3.11.7, numpy 2.4.6"."""
    libraries = record["environment"]["libraries"]
    named = [f"{name} {libraries[name]}" for name in sorted(libraries)]
    return ", ".join([f"Python {record['environment']['python']}", *named])


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]

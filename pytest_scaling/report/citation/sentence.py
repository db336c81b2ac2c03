"""A verdict in a sentence to quote, and in one that says by how much, from how many seeds."""

from __future__ import annotations

import re

from ...ledger.controls import ControlStatus
from ...ledger.format import Record, estimated
from ...ledger.registration.standing import EXPLORED, status_of
from ...ledger.words import interval, quantity
from ..words import capital

REVERSES = "reverses beyond"
ASKED = {
    ">": "required to be above",
    "<": "required to be below",
    "within": "required to lie within plus or minus",
    REVERSES: "required to reverse beyond",
}
MOST_WORDS = 25  # in a sentence that is to be quoted
LEFT_OUT = "[…]"
PARTS_END = re.compile(r"[,;:]$")


def quotable(record: Record, control: ControlStatus | None) -> str:
    """The verdict in at most MOST_WORDS words, with its tier, and what the control says.

    A claim that is too long for that ends early, where a part of it does, which is marked.
    """
    said = outcome(record, control)
    room = MOST_WORDS - len(said.split())
    return f"“{shortened(record['claim']['text'].rstrip('.'), room)}”{said}"


def outcome(record: Record, control: ControlStatus | None) -> str:
    """What a sentence to quote says after the claim, in no more than 14 words."""
    verdict, profile = record["verdict"], record["profile"]
    device = "" if profile["device"] == "cpu" else f" on {profile['device']}"
    where, standing = f"{profile['tier']} tier{device}", status_of(record)
    known = "" if standing in ("", EXPLORED) else f"; {standing}"
    if record["claim"]["control_of"]:
        words = {
            "supported": "is supported although it must be refuted",
            "refuted": "is refuted, as it must be",
        }
        return f", a control, {words.get(verdict, f'is {verdict} so far')} ({where}{known})."
    if verdict == "supported" and control and control.doubt == control.word:
        return f" is supported, but so is its control: not trustworthy ({where}{known})."
    so_far = " so far" if verdict == "inconclusive" else ""
    about = f"; {control.sentence.partition(',')[0]}" if control else ""
    return f" is {verdict}{so_far} ({where}{about}{known})."


def shortened(text: str, most: int) -> str:
    """A text of at most so many words; one that is longer ends after a part of it, and says so."""
    words = text.split()
    if len(words) <= most:
        return text
    kept = words[: most - 1]
    ends = [place for place, word in enumerate(kept, start=1) if PARTS_END.search(word)]
    cut = kept[: ends[-1]] if ends else kept
    return f"{PARTS_END.sub('', ' '.join(cut))} {LEFT_OUT}"


def sentence(record: Record, control: ControlStatus | None, date: str) -> str:
    """The verdict on a claim with its figures, and what it was measured with."""
    return f"{caption(record, control)} {capital(circumstances(record, date))}."


def caption(record: Record, control: ControlStatus | None) -> str:
    """The verdict on a claim, with the comparison that is the nearest call."""
    claim = record["claim"]
    verdict = f"“{claim['text'].rstrip('.')}” is {record['verdict']} ({extent(record, control)})."
    if stands := record.get("confirmation"):
        verdict += f" {capital(stands['sentence'])}."
    nearest = decisive(record)
    if not nearest:
        return verdict
    return f"{verdict} {capital(call(record))}: {'; '.join(map(figures, nearest))}."


def extent(record: Record, control: ControlStatus | None) -> str:
    """How many cells say so, and what the control says."""
    judged = [cell for cell in counted(record) if cell["verdict"] != "not applicable"]
    alike = [cell for cell in judged if cell["verdict"] == record["verdict"]]
    words = [record["claim"]["strength"]]
    if len(judged) > 1:
        words.append(f"in {len(alike)} of {len(judged)} cases")
    if record["claim"]["control_of"]:
        words.append(f"a control of {record['claim']['control_of']}, which must be refuted")
    elif control:
        words.append(control.sentence)
    return "; ".join(words)


def counted(record: Record) -> list[Record]:
    """The cells that enter the verdict."""
    return [cell for cell in record["cells"] if cell["counted"]]


def agreeing(record: Record) -> list[Record]:
    """The comparisons behind the verdict: those with the same verdict as the claim."""
    verdict = record["verdict"]
    cells = [cell for cell in counted(record) if cell["verdict"] == verdict]
    found = list(estimated({"cells": cells}))
    return [evidence for evidence in found if evidence["verdict"] == verdict] or found


def decisive(record: Record) -> list[Record]:
    """The comparison closest to its bound, which supports the verdict least.

    Of an order that reverses it takes two, the one with the least effect and that with the largest.
    """
    known = [evidence for evidence in agreeing(record) if evidence["value"] is not None]
    if any(evidence["operator"] == REVERSES for evidence in known):
        ends = (min(known, key=effect), max(known, key=effect))
        return list(ends) if ends[0] is not ends[1] else [ends[0]]
    return [min(known, key=distance)] if known else []


def effect(evidence: Record) -> float:
    """The effect by which comparisons are put in order."""
    return float(evidence["value"])


def distance(evidence: Record) -> float:
    """From the effect to the bound, in bounds, so that different units can be compared.

    Of an equivalence the nearer of both bounds counts.
    """
    value, bound = evidence["value"], evidence["bound"]
    value = abs(value) if evidence["operator"] == "within" else value
    return float(abs(value - bound) / (abs(bound) or 1.0))


def call(record: Record) -> str:
    """The words before the figures."""
    found = agreeing(record)
    if len(found) == 1:
        return "measured"
    if any(evidence["operator"] == REVERSES for evidence in found):
        return f"the smallest and the largest of {len(found)} comparisons"
    return f"of {len(found)} comparisons, the one nearest to its bound"


def figures(evidence: Record) -> str:
    """One comparison: effect, interval, seeds, bound."""
    unit, noun = evidence["unit"], evidence.get("replication", "seed")
    return (
        f"{evidence['about']} is {quantity(evidence['value'], unit)}, "
        f"interval {interval(evidence)} (one-sided level {evidence['level']:.2g}), "
        f"n = {evidence['n']} {noun}s, {asked(evidence)} {quantity(evidence['bound'], unit)}"
    )


def asked(evidence: Record) -> str:
    """What the comparison asked of the effect, before the bound."""
    if evidence["operator"] == "within" and evidence["unit"].startswith("ratio"):
        return "required to lie within a factor of"
    return ASKED[evidence["operator"]]


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

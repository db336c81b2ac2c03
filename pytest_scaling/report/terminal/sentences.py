"""Sentences about a run that stand beside its answers: whole by `-v`, and else folded. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...ledger.format import Record
from ...ledger.gate import Judgement
from ...ledger.words import listed, overstated, to_decide
from ..table import ordered
from ..words import count_figures

KINDS = {  # of findings of the ledger comparison, in words for several claims together
    "protocol": "the protocol changed",
    "verdict": "the verdict changed or is no longer reached",
    "effect": "the effect shrank",
    "error": "the error rose",
    "samples": "samples differ, although nothing that determines them does",
    "note": "noted, without failing anything",
}


def ledger_lines(records: Sequence[Record], judgement: Judgement | None) -> Iterator[str]:
    """What the ledger says about a run: what is wrong, and what is only worth knowing.

    What several claims have in common, such as another version of a library, is written once.
    """
    yield from judged(judgement)
    of: dict[str, list[str]] = {}
    for record in records:
        for finding in (record.get("ledger") or {}).get("findings", ()):
            of.setdefault(finding["sentence"], []).append(record["claim"]["id"])
    for sentence, names in of.items():
        yield f"{names[0] if len(names) == 1 else f'{len(names)} claims'}: {sentence}"


def judged(judgement: Judgement | None) -> Iterator[str]:
    """What the ledger says about the run as a whole."""
    if judgement is not None:
        yield from (f"wrong: {words}" for words in judgement.wrong)
        yield from judgement.notes


def comparisons(records: Sequence[Record]) -> Iterator[tuple[str, Record]]:
    """All comparisons of a run, each with the id of its claim, which its controls follow."""
    for record in ordered(records):
        for cell in record["cells"]:
            for evidence in cell["evidence"]:
                yield str(record["claim"]["id"]), evidence


def unseen(records: Sequence[Record]) -> Iterator[str]:
    """What clean seeds leave open: verdicts are about the typical seed."""
    shares = {
        evidence["n"]: evidence["unseen_failure_share"]
        for _, evidence in comparisons(records)
        if evidence.get("unseen_failure_share") is not None
    }
    if shares:
        left = ", ".join(f"{share:.0%} with {n}" for n, share in sorted(shares.items()))
        yield f"verdicts are about the typical seed; seeds that fail may go unseen: up to {left}"


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


def ledger_in_short(records: Sequence[Record], judgement: Judgement | None) -> Iterator[str]:
    """The same, but what the ledger says about single claims folded into a line for each kind."""
    yield from judged(judgement)
    for kind, words in KINDS.items():
        found = [
            (finding["sentence"], str(record["claim"]["id"]))
            for record in records
            for finding in (record.get("ledger") or {}).get("findings", ())
            if finding["kind"] == kind
        ]
        if found:
            sentences, names = (list(dict.fromkeys(each)) for each in zip(*found, strict=True))
            said = words if len(sentences) > 1 else sentences[0]
            yield f"ledger: {count_figures(len(names), 'claim')}, {said} ({listed(names)})"


def overstated_in_short(records: Sequence[Record]) -> Iterator[str]:
    """How many effects are overstated, and of which claims."""
    names = [claim for claim, evidence in comparisons(records) if overstated(evidence)]
    if names:
        effects = count_figures(len(names), "effect")
        of = listed([*dict.fromkeys(names)])
        yield f"{effects} probably overstated, being close to the bound: {of}"


def undecided(records: Sequence[Record]) -> Iterator[str]:
    """One sentence per inconclusive comparison, with what would decide it."""
    for claim, evidence in comparisons(records):
        if evidence["verdict"] == "inconclusive":
            yield f"{claim}: {evidence['sentence']}; {to_decide(evidence)}"


def near_their_bounds(records: Sequence[Record]) -> Iterator[str]:
    """One sentence per supported comparison whose effect is overstated by its having been found."""
    for claim, evidence in comparisons(records):
        if words := overstated(evidence):
            yield f"{claim}, {evidence['measured']}: {words}"

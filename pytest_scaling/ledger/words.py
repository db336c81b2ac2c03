"""Words for what records hold: values in their unit, cells, seeds that would decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..experiments.units import unit_named
from .format import ALTERNATIVES, Record

SHOWN = 3  # names in a sentence
OVERSTATED = 1.25  # as many times as large beyond its bound as allowing for luck: then it is said
NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
TAKE_AGAIN = "take the time again while nothing else runs"
TOO_CLOSE = "the mean is too close to the bound for any affordable number of seeds"


def listed(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def more(items: Sequence[object], noun: str = "") -> str:
    """How many items there are besides the first, in brackets; nothing where there is one."""
    return f" (and {len(items) - 1} more{noun and f' {noun}'})" if len(items) > 1 else ""


def place_of(task: str, learner: str) -> str:
    """A cell in words."""
    return " with ".join(part for part in (task, learner) if part) or "the claim"


def conflicts(verdict: str, other: str) -> bool:
    """Whether two verdicts on one claim contradict each other: supported here, refuted there."""
    return {verdict, other} == {"supported", "refuted"}


def would_decide(comparisons: Sequence[Record]) -> str:
    """How many seeds would decide all of these open comparisons, with the chance of that."""
    seeds = seeds_to_decide(comparisons)
    if not seeds:
        return TOO_CLOSE
    if "seeds_range" not in comparisons[0]:  # a row that was judged by the mean alone
        return f"{seeds} would decide"
    return f"{seeds} would decide it, {9 if seeds.endswith('more') else 8} times in 10"


def seeds_to_decide(comparisons: Sequence[Record]) -> str:
    """How many seeds would decide all of these open comparisons; empty where no number would."""
    if "seeds_range" not in comparisons[0]:
        needed = [each["seeds_needed"] for each in comparisons]
        return "" if None in needed else f"about {max(needed):,} seeds"
    ranges = [each["seeds_range"] for each in comparisons]
    if None in ranges:
        return ""
    fewest, ends = max(low for low, _ in ranges), [high for _, high in ranges]
    if None in ends:
        return f"{fewest:,} seeds or more"
    return f"{fewest:,} to {max(ends):,} seeds" if max(ends) > fewest else f"about {fewest:,} seeds"


def open_in_short(record: Record) -> str:
    """What would decide an open claim and what it has, as in "20 to 45 seeds would decide, have 7".

    Comparisons beside the claim do not count.
    """
    still = open_comparisons(record)
    scored = [each for each in still if "scores" in each]
    if scored:
        noun, needed = scored[0]["replication"], [each["seeds_needed"] for each in scored]
        have = f"have {max(each['n'] for each in scored):,}"
        if None in needed:
            return f"no number of {noun}s would decide, {have}"
        return f"about {max(needed):,} {noun}s would decide, {have}"
    still = [each for each in still if "replication" not in each]
    if not still:
        return TAKE_AGAIN if record.get("timing") else ""
    seeds = seeds_to_decide(still)
    return f"{seeds} would decide, have {max(each['n'] for each in still)}" if seeds else TOO_CLOSE


def open_comparisons(record: Record) -> list[Record]:
    """The undecided comparisons of a claim, without those beside it."""
    return [
        evidence
        for cell in record["cells"]
        if cell.get("counted", True)
        for evidence in cell["evidence"]
        if evidence["verdict"] == "inconclusive"
    ]


def to_decide(evidence: Record) -> str:
    """What would decide a comparison; empty where it is decided."""
    if evidence["verdict"] != "inconclusive":
        return ""
    if "scores" in evidence:
        return scores_to_decide(evidence)
    return TAKE_AGAIN if "replication" in evidence else would_decide([evidence])


def scores_to_decide(evidence: Record) -> str:
    """What would decide a comparison of scores, and what so many of them can show."""
    detects = quantity(evidence["smallest_detectable"], evidence["unit"])
    noun, needed = evidence["replication"], evidence["seeds_needed"]
    decides = f"about {needed:,} {noun}s would decide" if needed else f"no number of {noun}s would"
    return f"{evidence['n']:,} {noun}s detect an effect {detects} beyond the bound; {decides}"


def needs(record: Record) -> str:
    """What would decide all comparisons of a claim, as the end of a sentence."""
    undecided = open_comparisons(record)
    still = [each for each in undecided if "replication" not in each]
    of_scores = [scores_to_decide(each) for each in undecided if "scores" in each]
    if of_scores:
        return f"; {'; '.join(of_scores)}"
    if still:
        return f"; {would_decide(still)}"
    return f"; {TAKE_AGAIN}" if record.get("timing") else ""


def value_in_words(value: Any) -> str:
    """A JSON value in words."""
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(value_in_words, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_in_words(each)}" for key, each in value.items()) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def sorted_in_words(value: Any) -> str:
    """A JSON value in words, its keys in order."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {sorted_in_words(each)}" for key, each in sorted(value.items()))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def effect_in_words(evidence: Record) -> str:
    """Effect, interval and seeds, in the words of the unit."""
    write = unit_named(evidence["unit"]).write
    ends = [
        infinite if evidence[end] is None else write(evidence[end])
        for end, infinite in (("low", "-∞"), ("high", "∞"))
    ]
    return f"{write(evidence['value'])} [{', '.join(ends)}] (n = {evidence['n']})"


def typical_in_words(evidence: Record) -> str:
    """Median and P(A > B) of a comparison; empty where its record does not have them."""
    if evidence.get("median") is None:
        return ""
    median = unit_named(evidence["unit"]).write(evidence["median"])
    return f"median {median}, P(A > B) = {evidence['share_above']:.0%}"


def overstated(evidence: Record) -> str:
    """What a supported effect is without the luck that got it found; empty where that is little."""
    adjusted, bound = evidence.get("given_support"), evidence.get("bound")
    if adjusted is None or bound is None:
        return ""
    excess, honest = abs(evidence["value"] - bound), abs(adjusted - bound)
    if honest * OVERSTATED > excess:
        return ""
    write = unit_named(evidence["unit"]).write
    return (
        f"supported close to its bound, so the effect is probably overstated: "
        f"{write(evidence['value'])} measured, {write(adjusted)} allowing for luck"
    )


def in_scopes(record: Record) -> str:
    """In how many of its scopes a claim has the verdict; empty where it declares one only."""
    others = [each["verdict"] for each in record.get(ALTERNATIVES, ())]
    if not others:
        return ""
    alike = 1 + others.count(record["verdict"])
    return f"{record['verdict']} in {alike} of {1 + len(others)} scopes"


def minus(figures: str) -> str:
    """Figures with a true minus."""
    return figures.replace("-", MINUS)


def quantity(value: float | None, unit: str, missing: str = NOTHING) -> str:
    """A value in its unit, or what stands for one that the data do not give."""
    if value is None:
        return missing
    written = unit_named(unit).write(value) if unit else f"{value:.4g}"
    return minus(written)


def interval(evidence: Record) -> str:
    """The limits in their unit; a missing limit is one that the data do not determine."""
    low = quantity(evidence["low"], evidence["unit"], f"{MINUS}∞")
    high = quantity(evidence["high"], evidence["unit"], "∞")
    return f"[{low}, {high}]"

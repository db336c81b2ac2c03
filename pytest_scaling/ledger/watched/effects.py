"""Effects: whether one that was found has shrunk, and whether what was alike has moved apart."""

from __future__ import annotations

from collections.abc import Iterator

from ..format import Record
from ..words import effect_in_words
from .finding import SHRINK, Finding, Kind, measured, same_comparison

APART = 0.5  # of the bound of an equivalence: a move away from zero that matters
WITHIN = "within"


def effects(old: Record, new: Record, level: float) -> Iterator[Finding]:
    """How supported comparisons have changed. level: one-sided, of one comparison."""
    if old["claim"]["control_of"]:
        return  # the smaller, the better
    before = {(each["task"], each["learner"]): each["evidence"] for each in old["cells"]}
    for cell in new["cells"]:
        key = (cell["task"], cell["learner"])
        for was, now in zip(before.get(key, ()), cell["evidence"], strict=False):
            if not same_comparison(was, now) or was["verdict"] != "supported":
                continue
            if was["operator"] in ("<", ">"):
                yield from effect(was, now, old["claim"], level, counted=cell["counted"])
            elif was["operator"] == WITHIN:
                yield from moved_apart(was, now, level, counted=cell["counted"])


def effect(
    was: Record, now: Record, claim: Record, level: float, *, counted: bool
) -> Iterator[Finding]:
    """Whether one effect shrank by as much as matters, or grew."""
    from ...statistics.change import change

    sign = 1 if was["operator"] == ">" else -1
    step = change(measured(was, sign), measured(now, sign), level)
    matters = max(SHRINK * abs(was["value"]), least(was, claim))
    if step.high < 0 and -step.value >= matters * (1 - 1e-9):
        yield found("the effect shrank", was, now, counted=counted)
    elif step.low > 0 and outgrew(was, now, sign):
        yield Finding("note", f"the effect grew: {was_and_is(was, now)}")


def moved_apart(was: Record, now: Record, level: float, *, counted: bool) -> Iterator[Finding]:
    """Whether a difference that was shown to be small lies further from zero, on either side."""
    from ...statistics.change import change

    sign = 1 if now["value"] > 0 else -1
    step = change(measured(was, sign), measured(now, sign), level / 2)
    further = abs(now["value"]) - abs(was["value"])
    if step.low > 0 and further >= APART * was["bound"] * (1 - 1e-9):
        yield found("what was alike moved apart", was, now, counted=counted)


def found(what: str, was: Record, now: Record, *, counted: bool) -> Finding:
    """A loss, which fails the run unless it is beside the claim."""
    kind: Kind = "effect" if counted else "note"
    beside = "" if counted else ", beside the claim"
    return Finding(kind, f"{what}{beside}: {was_and_is(was, now)}")


def was_and_is(was: Record, now: Record) -> str:
    return f"{was['about']} was {effect_in_words(was)} and is {effect_in_words(now)}"


def least(evidence: Record, claim: Record) -> float:
    """The smallest effect that matters, in the unit of the evidence."""
    if evidence["bound_name"] == "smallest_effect":
        return float(claim["smallest_effect"])
    return abs(float(evidence["bound"]))


def outgrew(was: Record, now: Record, sign: int) -> bool:
    """Whether an effect lies beyond the interval that it had."""
    limit = was["high"] if sign > 0 else was["low"]
    return limit is not None and sign * now["value"] > sign * limit

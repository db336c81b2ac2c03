"""Where a claim holds and where it fails, in a few words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...ledger.format import Record
from ..words import join

TIE = "tie"
WORDS = {"supported": "holds", TIE: TIE, "refuted": "fails", "inconclusive": "open"}


def places(record: Record) -> str:
    """As in "holds on xor; tie on digits; fails for SVM on rings"; the reason of a single cell."""
    cells = [
        cell for cell in record["cells"] if cell["counted"] and cell["verdict"] != "not applicable"
    ]
    if not any(cell["task"] or cell["learner"] for cell in cells):
        return f"fails: {record['reason']}"
    by_outcome: dict[str, list[Record]] = {word: [] for word in WORDS}
    for cell in cells:
        by_outcome[outcome(cell)].append(cell)
    return "; ".join(
        f"{WORDS[word]} {', '.join(where(own, cells))}" for word, own in by_outcome.items() if own
    )


def outcome(cell: Record) -> str:
    """The verdict of a cell, or a tie where nothing in it was refuted but by ties."""
    refuted = [each for each in cell["evidence"] if each["verdict"] == "refuted"]
    return TIE if refuted and all(map(is_tie, refuted)) else str(cell["verdict"])


def is_tie(evidence: Record) -> bool:
    """Whether a difference of errors that should exceed its bound is smaller on both sides."""
    if evidence["operator"] != ">" or evidence["unit"] != "error":
        return False
    low, high, bound = evidence["low"], evidence["high"], evidence["bound"]
    return None not in (low, high) and bool(-bound < low and high < bound)


def where(cells: Sequence[Record], everywhere: Sequence[Record]) -> Iterator[str]:
    """The tasks of cells, by learner where the claim is about several."""
    of_learners: dict[tuple[str, ...], list[str]] = {}
    for learner in dict.fromkeys(cell["learner"] for cell in cells):
        own, every = (
            tuple(cell["task"] for cell in group if cell["learner"] == learner)
            for group in (cells, everywhere)
        )
        whole = own == every and len({cell["learner"] for cell in everywhere}) > 1
        of_learners.setdefault(() if whole else own, []).append(learner)
    for tasks, learners in of_learners.items():
        who = f"for {join(learners)}" if any(learners) else ""
        on = f"on {join([task for task in tasks if task])}" if any(tasks) else ""
        yield " ".join(filter(None, (who, on)))

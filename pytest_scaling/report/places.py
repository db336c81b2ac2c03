"""Where a claim holds and where it fails, in words: for terminal, page and figure. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ledger.format import Record
from .words import VERBS, capital, count, join, number_word, of_tasks

TIE = "tie"
WORDS = {"supported": "holds", TIE: TIE, "refuted": "fails", "inconclusive": "open"}


def places(record: Record) -> str:
    """As in "holds on xor; tie on digits; fails for SVM on rings"; the reason of a single cell."""
    cells = judged(record)
    if not any(cell["task"] or cell["learner"] for cell in cells):
        return f"fails: {record['reason']}"
    return by_outcome(cells)


def sentence(record: Record) -> str:
    """The same as a sentence; of a claim that is about no task, how many comparisons agree."""
    cells = judged(record)
    if not cells:
        reasons = dict.fromkeys(cell["reason"] for cell in record["cells"] if cell["counted"])
        return f"Not applicable: {'; '.join(reasons) or record['reason']}."
    if not any(cell["task"] or cell["learner"] for cell in cells):
        verdict = str(record["verdict"])
        return f"{capital(WORDS.get(verdict, verdict))}{as_a_whole(verdict, cells)}."
    return f"{capital(by_outcome(cells))}."


def in_short(record: Record) -> str:
    """On how many tasks a claim has its verdict, or with whom if learners differ.

    As in "holds on two of three tasks"; empty for a claim that is about no task.
    """
    cells = [cell for cell in judged(record) if cell["task"]]
    own = [cell for cell in cells if cell["verdict"] == record["verdict"]]
    if not own:
        return ""
    tasks, every = (dict.fromkeys(cell["task"] for cell in each) for each in (own, cells))
    learners, everybody = (dict.fromkeys(cell["learner"] for cell in each) for each in (own, cells))
    with_whom = f"with {join([*learners])} " if len(learners) < len(everybody) else ""
    if record["verdict"] == "supported":  # by the votes of tasks, of which a task has one
        lost = {cell["task"] for cell in cells if cell not in own}
        tasks = dict.fromkeys(task for task in tasks if task not in lost)
        with_whom = ""
    verb = VERBS[record["verdict"]][0].removeprefix("is ")
    return f"{verb} {with_whom}on {of_tasks(list(tasks), list(every))}"


def judged(record: Record) -> list[Record]:
    """The cells that enter the verdict."""
    counted = [cell for cell in record["cells"] if cell["counted"]]
    return [cell for cell in counted if cell["verdict"] != "not applicable"]


def by_outcome(cells: Sequence[Record]) -> str:
    """Each outcome with the places that have it."""
    found: dict[str, list[Record]] = {word: [] for word in WORDS}
    for cell in cells:
        found[outcome(cell)].append(cell)
    return "; ".join(
        f"{WORDS[word]} {', '.join(where(own, cells))}" for word, own in found.items() if own
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


def as_a_whole(verdict: str, cells: Sequence[Record]) -> str:
    """In how many comparisons a claim that is about no single task has its verdict."""
    verdicts = [evidence["verdict"] for cell in cells for evidence in cell["evidence"]]
    agreeing, every = verdicts.count(verdict), len(verdicts)
    if agreeing == every:
        return f" in {count(every, 'comparison')}" if every > 1 else ""
    return f" in {number_word(agreeing)} of {count(every, 'comparison')}"

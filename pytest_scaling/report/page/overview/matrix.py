"""The matrix of verdicts: claims by tasks and devices. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...words import ICONS
from ..badge import Badge
from ..cards import Card, Cell

OFTEN = 0.2  # of the claims: a task that fewer are about gets no column of its own


@dataclass(frozen=True)
class Mark:
    """The verdicts of one kind in one place."""

    badge: Badge
    number: int
    counted: bool
    names: tuple[str, ...]  # of the learners or, in the column of the rest, of the tasks


@dataclass(frozen=True)
class MatrixRow:
    """One claim on one device: its verdict as a whole, and its marks column by column."""

    card: Card
    device: str
    columns: tuple[tuple[Mark, ...], ...]


@dataclass(frozen=True)
class Matrix:
    """Rows under the names of tasks; the last column holds what has no column of its own."""

    tasks: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    devices: tuple[str, ...]

    @property
    def has_rest(self) -> bool:
        return any(row.columns[-1] for row in self.rows)


def matrix(heads: Sequence[Card]) -> Matrix:
    """The matrix of all claims; controls have no row of their own."""
    claims = [head for head in heads if head.control]
    tasks = frequent(claims)
    rows = tuple(row(card, tasks) for card in claims)
    return Matrix(tasks, rows, tuple(dict.fromkeys(each.device for each in rows)))


def frequent(claims: Sequence[Card]) -> tuple[str, ...]:
    """The tasks that many of the claims were evaluated on, the most frequent first."""
    often = Counter(
        task
        for card in claims
        for task in dict.fromkeys(cell.task for cell in card.cells if cell.task and cell.evidence)
    )
    return tuple(task for task, n in often.most_common() if n >= OFTEN * len(claims))


def row(card: Card, tasks: Sequence[str]) -> MatrixRow:
    """One claim on one device."""
    judged = [cell for cell in card.cells if cell.evidence]
    columns = [tuple(marks([c for c in judged if c.task == task])) for task in tasks]
    rest = [cell for cell in judged if cell.task not in tasks]
    device = str(card.record["profile"].get("device", ""))
    return MatrixRow(card, device, (*columns, tuple(marks(rest, by_task=True))))


def marks(cells: Sequence[Cell], *, by_task: bool = False) -> Iterator[Mark]:
    """Those that count first, then those beside them; supported before refuted."""
    for counted in (True, False):
        for word in ICONS:
            own = [c for c in cells if c.counted == counted and c.badge.word == word]
            if own:
                names = dict.fromkeys(cell.task if by_task else cell.learner for cell in own)
                yield Mark(own[0].badge, len(own), counted, tuple(filter(None, names)))

"""Tables of a notebook: the verdicts in the lecture's order, and two learners seed by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ...ledger.format import Record
from ..answers import Answer, answers

LEFT = "style='text-align: left'"


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading each; the first cell names its row."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return "\n".join((self.caption, *("  ".join(each) for each in (self.heads, *self.rows))))

    def _repr_html_(self) -> str:
        heads = "".join(f"<th scope='col' {LEFT}>{escape(head)}</th>" for head in self.heads)
        body = "".join(
            f"<tr><th scope='row' {LEFT}>{escape(row[0])}</th>"
            + "".join(f"<td {LEFT}>{escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.rows
        )
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )


def verdicts(profile: str, rows: Sequence[Record], broken: Sequence[str] = ()) -> str:
    """Claims and verdicts as a table of HTML, and below it what is wrong with other rows."""
    shown = Table(
        profile,
        ("claim", "time", "in words", "verdict", "its control"),
        tuple(map(line, answers(rows))),
    )
    return shown._repr_html_() + "".join(f"<p>{escape(sentence)}</p>" for sentence in broken)


def line(answer: Answer) -> tuple[str, ...]:
    """One claim; a control that stands alone is marked as one."""
    control = "is itself a control" if answer.is_control else answer.control.word
    return answer.id, answer.time, answer.sentence, answer.verdict, control


def by_seed(
    labels: tuple[str, str], errors: tuple[Mapping[int, float], Mapping[int, float]]
) -> Table:
    """The errors of two learners on the seeds that both have, their differences, and the ranges.

    labels: as they are called. errors: by seed.
    """
    first, second = errors
    seeds = sorted(set(first) & set(second))
    found = {seed: (first[seed], second[seed], first[seed] - second[seed]) for seed in seeds}
    rows = [(str(seed), *map(four_places, values)) for seed, values in found.items()]
    ranges = [max(values) - min(values) for values in zip(*found.values(), strict=True)]
    rows.append(("largest minus smallest", *map(four_places, ranges)))
    return Table(
        f"Error on test rows, {len(seeds)} seeds",
        ("seed", *labels, f"{labels[0]} minus {labels[1]}"),
        tuple(rows),
    )


def four_places(value: float) -> str:
    """As errors are written."""
    return f"{value:.4f}"

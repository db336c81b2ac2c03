"""Scope: from the verdicts of the cells, one per task, to the verdict of the claim.

A strength is a number r of T tasks on which the statement must hold: all of them, two thirds
rounded up, or one. "At least r of T" is a partial conjunction (Benjamini and Heller, Biometrics 64,
2008), and its denial, "at least T - r + 1 of T fail", is another one. Where the statement is false,
at least T - r + 1 tasks can each contribute a wrong support, so support runs at
level / (T - r + 1); where it is true, at least r tasks can each contribute a wrong refutation, so
refutation runs at level / r. A larger number of tasks on the boundary does no harm, as several
wrong verdicts are needed then. All this holds whatever the dependence between the tasks.

Statements that must all hold on one task, such as the neighbouring pairs of an order of sizes, are
the conjunction "all of them" (intersection-union test; Berger, Technometrics 24, 1982). A trend
over all sizes would be another statement: it can rise although a neighbouring pair falls.

Levels are set for all tasks of the scope before sampling. A task that turns out not applicable is
left out of the verdict, and the levels, then stricter than needed, stay valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .verdict import Verdict

Strength = Literal["always", "usually", "sometimes"]


@dataclass(frozen=True)
class CellLevels:
    """One-sided levels of a single cell: for calling it supported, and for calling it refuted."""

    support: float
    refute: float


def cell_levels(strength: Strength, cells: int, level: float) -> CellLevels:
    """Return the levels of each of `cells` tasks so that the claim as a whole keeps `level`.

    Raises ValueError for no cells or an unknown strength.
    """
    required = _required(strength, cells)
    return CellLevels(support=level / (cells - required + 1), refute=level / required)


def combine(strength: Strength, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a claim from those of its applicable cells.

    Supported when enough cells are supported, refuted when so many are refuted that enough can no
    longer be. Raises ValueError for no cells or an unknown strength.
    """
    cells = len(verdicts)
    required = _required(strength, cells)
    if verdicts.count(Verdict.SUPPORTED) >= required:
        return Verdict.SUPPORTED
    if verdicts.count(Verdict.REFUTED) > cells - required:
        return Verdict.REFUTED
    return Verdict.INCONCLUSIVE


def conjunction(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of several statements that must all hold, such as those of one cell.

    Supported when all are, each at the full level; refuted when any is. Raises ValueError for
    none.
    """
    return combine("always", verdicts)


def _required(strength: Strength, cells: int) -> int:
    """Return on how many of `cells` tasks the statement must hold."""
    if cells < 1:
        raise ValueError("A claim needs at least one applicable cell to have a verdict.")
    if strength == "always":
        return cells
    if strength == "usually":
        return -(-2 * cells // 3)
    if strength == "sometimes":
        return 1
    raise ValueError(f"The strength must be always, usually or sometimes, not {strength!r}.")

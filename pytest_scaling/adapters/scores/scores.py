"""`scores(...)`: one run's scores, named by where they are; they are read where they are judged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...spec.errors import ClaimError
from . import inspect_ai, lm_eval
from .table import (
    Row,
    Table,
    absent,
    cell,
    content_of,
    digest_of,
    listed,
    of_csv,
    of_frame,
    of_lines,
    plain,
)

ARM = "arm"  # the column that says which run a row is of, where none is named
TRUTHS = {"True": 1.0, "False": 0.0, "true": 1.0, "false": 0.0}  # as files write them
READ = (".csv", ".tsv", ".jsonl", ".json", ".eval")


@dataclass(frozen=True)
class Score:
    """One unit of a run: its score, and the row that it is from."""

    value: float
    row: Row


@dataclass(frozen=True, eq=False)
class Scores:
    """One run, as `scores` describes it."""

    source: Any
    arm: Mapping[str, str]
    unit: tuple[str, ...]
    value: str
    cluster: str
    label: str
    higher_is_better: bool

    @property
    def is_file(self) -> bool:
        return isinstance(self.source, Path)

    def table(self) -> Table:
        """The rows of the run alone; ClaimError where they are not there, or of several runs."""
        whole = self._whole()
        if not whole.rows:
            raise ClaimError(f"{whole.name} has no rows; write one for each item or seed")
        rows = [row for row in whole.rows if self._has(whole, row)]
        mixed = self._mixed(rows)
        if mixed:
            column, found = mixed
            raise ClaimError(
                f"{whole.name} has several runs, {listed(found)} in the column {column!r}; say "
                f"which, as in arm={{{column!r}: {found[0]!r}}}"
            )
        if not rows:
            column, wanted = next(iter(self.arm.items()))
            known = dict.fromkeys(str(cell(row, column)) for row in whole.rows)
            raise ClaimError(
                f"{whole.name} has no row with {wanted!r} in the column {column!r}; it has "
                f"{listed(known)}"
            )
        return replace(whole, rows=rows)

    def _whole(self) -> Table:
        if not self.is_file:
            return of_frame(self.source, self.label)
        name, suffix = self.source.name, self.source.suffix
        if suffix not in READ:
            raise ClaimError(f"{name} is none of the files that scores() reads: {', '.join(READ)}")
        content = content_of(self.source)
        if suffix in (".csv", ".tsv"):
            return of_csv(name, content, "," if suffix == ".csv" else "\t")
        if suffix == ".eval":
            return inspect_ai.of_zip(name, content)
        if suffix == ".json":
            return inspect_ai.of_json(name, content)
        rows = of_lines(name, content)
        make = lm_eval.table if lm_eval.is_log(rows) else plain
        return make(name, digest_of(content), rows)

    def _has(self, table: Table, row: Row) -> bool:
        """Whether a row is of this run; ClaimError where it does not say."""
        for column, wanted in self.arm.items():
            if cell(row, column) is None:
                raise missing(table, column, "that says which run a row is of")
            if str(cell(row, column)) != wanted:
                return False
        return True

    def _mixed(self, rows: Sequence[Row]) -> tuple[str, list[str]] | None:
        """A column that says which run a row is of, and its values, where there are several."""
        for column in (ARM, "filter"):
            found = sorted({str(row[column]) for row in rows if column in row})
            if len(found) > 1:
                return column, found
        return None

    def by_unit(self, table: Table) -> dict[tuple[str, ...], Score]:
        """The scores of a table by unit; ClaimError where one is missing, or is there twice."""
        unit, column = self.unit or table.unit, self.value or table.value
        if not column:
            raise ClaimError(
                f"{table.name} has {listed(table.choices)}; say which of them is the score, as in "
                f"value={(*table.choices, 'score')[0]!r}"
            )
        found: dict[tuple[str, ...], Score] = {}
        for row in table.rows:
            key = tuple(str(self._part(table, row, name)) for name in unit)
            if key in found:
                raise ClaimError(
                    f"{in_words(unit, key)} is there twice in {self.label}, {table.name}; name all "
                    f"columns that make a unit, as in unit=('item', 'seed') with cluster='item', "
                    f"or the run, as in arm={{'model': '...'}}"
                )
            found[key] = Score(self._number(table, row, column, in_words(unit, key)), row)
        return found

    def _part(self, table: Table, row: Row, name: str) -> object:
        value = cell(row, name)
        if absent(value):
            raise missing(table, name, "that names a unit")
        return value

    def _number(self, table: Table, row: Row, column: str, unit: str) -> float:
        value = cell(row, column)
        if value is None:
            raise missing(table, column, "of scores")
        try:
            number = float(TRUTHS.get(str(value), value))
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise ClaimError(
                f"{column} of {unit} in {table.name} is {str(value)[:40]!r}, which is no number; "
                f"score what failed as the worst, do not leave it out"
            )
        return number


def scores(
    source: Any,
    *,
    arm: str | Mapping[str, object] | None = None,
    unit: str | Sequence[str] | None = None,
    value: str | None = None,
    cluster: str | None = None,
    label: str | None = None,
    higher_is_better: bool = True,
) -> Scores:
    """One run's scores, to be compared with another's: `compare(scores(a), scores(b))`.

    source: a CSV or TSV file, a log of lm-evaluation-harness (`samples_*.jsonl`) or of inspect_ai
    (`.eval`, `.json`), JSON lines, a data frame, or a list of dictionaries. arm: which rows are of
    this run: the value in the column `arm`, or values by column, as in {"model": "b"}. unit: the
    column, or columns, that name what was scored in both runs: by default `item` or `seed`, or what
    the log has. value: the column of scores, by default `score` or `value`, or the only metric of
    the log. cluster: the column by which units belong together. label: the run in words, by
    default its arm or file. Nothing is read before the scores are judged.

    Raises ClaimError where an argument has another type.
    """
    where = {ARM: arm} if isinstance(arm, str) else arm or {}
    if not isinstance(where, Mapping):
        raise ClaimError(f"arm=... is a value or a dictionary of values by column, not {arm!r}")
    is_path = isinstance(source, (str, Path))
    chosen = {str(key): str(wanted) for key, wanted in where.items()}
    named = label or ", ".join(chosen.values()) or (Path(source).stem if is_path else "")
    if not named:
        raise ClaimError("scores of a data frame need a name for tables: give label='...'")
    columns = (unit,) if isinstance(unit, str) else tuple(unit or ())
    path = Path(source) if is_path else source
    return Scores(path, chosen, columns, value or "", cluster or "", named, higher_is_better)


def missing(table: Table, column: str, what: str) -> ClaimError:
    """The error about a column that is not there, or is empty in a row."""
    has = listed(table.rows[0], 12)
    return ClaimError(
        f"{table.name} has no value in the column {column!r} {what}, in at least one row; its "
        f"columns are {has}"
    )


def in_words(unit: Sequence[str], key: Sequence[str]) -> str:
    """A unit in words, as in "item q7"."""
    return ", ".join(f"{name} {part}" for name, part in zip(unit, key, strict=True))

"""Tables of scores: rows as a file, a data frame or a list of dictionaries has them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...spec.errors import ClaimError
from ..content import is_gap

Row = Mapping[str, Any]
NESTED = ("doc", "metadata")  # where logs keep what a data set says about an item
UNITS = ("item", "seed")  # the columns that name a unit, where none is given
VALUES = ("score", "value")  # the columns of scores, where none is given


@dataclass(frozen=True)
class Table:
    """Rows, and what their format says about them.

    unit: the columns that name a unit. value: the column of scores; empty where there are several
    or none. content: the column that says what a unit is, to be the same in both runs. cluster:
    the column by which units belong together, whatever is asked for.
    """

    name: str
    digest: str
    rows: Sequence[Row]
    unit: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    content: str = ""
    cluster: str = ""


def plain(name: str, digest: str, rows: Sequence[Row]) -> Table:
    """A table without a format of its own: its columns are named by their contents."""
    columns = tuple(rows[0]) if rows else ()
    unit = next((each for each in UNITS if each in columns), UNITS[0])
    value = next((each for each in VALUES if each in columns), "")
    return Table(name, digest, rows, (unit,), value, columns)


def cell(row: Row, column: str) -> Any:
    """A value of a row, also from the parts in which logs nest it; None where it has none."""
    if column in row:
        return row[column]
    for outer in (row, *(row[name] for name in NESTED if isinstance(row.get(name), Mapping))):
        found: Any = outer
        for part in column.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None:
            return found
    return None


def absent(value: object) -> bool:
    """Whether a cell is empty, as files and data frames have it."""
    text = "" if value is None else str(value).strip()
    return not text or is_gap(text)


def of_frame(source: Any, name: str) -> Table:
    """A data frame, or a list of dictionaries."""
    rows = source.to_dict("records") if hasattr(source, "to_dict") else source
    if isinstance(rows, str) or not isinstance(rows, Sequence) or not all(map(is_row, rows)):
        raise ClaimError(
            f"scores() takes a file, a data frame or a list of dictionaries, not "
            f"{type(source).__name__}"
        )
    rows = [{str(key): value for key, value in row.items()} for row in rows]
    text = json.dumps([{k: str(v) for k, v in row.items()} for row in rows], sort_keys=True)
    return plain(name, digest_of(text.encode()), rows)


def is_row(row: object) -> bool:
    return isinstance(row, Mapping)


def content_of(path: Path) -> bytes:
    """The bytes of a file; ClaimError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ClaimError(
            f"{path} is not there; a relative path begins where pytest was started"
        ) from None
    except OSError as error:
        raise ClaimError(f"{path} cannot be read: {error.strerror}; name a file") from None


def text_of(name: str, content: bytes) -> str:
    """The text of a file; ClaimError where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClaimError(
            f"{name} is not UTF-8 (byte {error.start:,}); save it in that encoding"
        ) from None


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def of_csv(name: str, content: bytes, delimiter: str = ",") -> Table:
    """A file of separated values with a line of names."""
    reader = csv.DictReader(io.StringIO(text_of(name, content), newline=""), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise ClaimError(f"{name}, line {reader.line_num}, is no CSV: {error}") from None
    if not reader.fieldnames:
        raise ClaimError(f"{name} is empty; its first line names the columns, such as item,score")
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise ClaimError(
                f"{name}, line {number}, has another number of values than the line of names; "
                f"write one value for each column"
            )
    return plain(name, digest_of(content), rows)


def of_lines(name: str, content: bytes) -> list[Row]:
    """The rows of a file with one JSON object a line."""
    lines = text_of(name, content).splitlines()
    return [parsed(name, line, number) for number, line in enumerate(lines, 1) if line.strip()]


def parsed(name: str, text: str, line: int = 0) -> Row:
    """A JSON object; ClaimError where the text is none."""
    where = f"{name}, line {line}," if line else name
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ClaimError(
            f"{where} is no JSON ({error}); it may be cut off: write the log again"
        ) from None
    if not isinstance(found, dict):
        raise ClaimError(f"{where} holds no JSON object; write an object with one value a column")
    return found


def listed(names: Iterable[object], most: int = 6) -> str:
    """Names in words, the first of many."""
    every = list(map(str, names))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more

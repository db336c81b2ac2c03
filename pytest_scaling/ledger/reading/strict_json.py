"""JSON from strangers: bounded, in UTF-8, with one meaning, and with text of one line."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

MOST_BYTES = 64 * 2**20
MOST_DEPTH = 24  # records have nine
LARGEST_INTEGER = 2**63 - 1
LONGEST_LITERAL = 40  # digits, signs and letters of a number

# Control characters, halves of surrogate pairs, ends of lines, and what turns the order of letters.
UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile("[\ud800-\udfff]")


def read_bytes(path: Path) -> bytes:
    """The content of a regular file; ValueError for anything else, and for more than MOST_BYTES.

    Never waits for a pipe or a device. Raises OSError where the file cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a regular file")
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not a regular file")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES // 2**20} MiB")
    return content


def loads(content: bytes) -> Any:
    """The value of JSON text; ValueError, in words, where it is not plain enough."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=unique,
            parse_constant=no_number,
            parse_float=finite,
            parse_int=bounded,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    check(value)
    return value


def unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are there once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def no_number(literal: str) -> Any:
    raise ValueError(f"{literal} is no number")


def finite(literal: str) -> float:
    """A number that a double can hold."""
    value = float(literal) if len(literal) <= LONGEST_LITERAL else math.inf
    if not math.isfinite(value):
        raise ValueError("a number is too large or too long")
    return value


def bounded(literal: str) -> int:
    """An integer of 64 bits."""
    value = int(literal) if len(literal) <= LONGEST_LITERAL else LARGEST_INTEGER + 1
    if abs(value) > LARGEST_INTEGER:
        raise ValueError("a number is too large or too long")
    return value


def check(value: Any) -> None:
    """Raise ValueError where a value is nested too deeply, or a text has an unprintable letter."""
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [inner for each in level for inner in parts(each)]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def parts(value: Any) -> Iterator[Any]:
    """What is in an object or a list, after a look at the texts."""
    if type(value) is str:
        if not is_plain(value):
            raise ValueError(f"a text has an unprintable letter: {printable(value)[:60]}")
    elif type(value) is list:
        yield from (each for each in value if isinstance(each, (str, list, dict)))
    elif type(value) is dict:
        yield from value
        yield from (each for each in value.values() if isinstance(each, (str, list, dict)))


def is_plain(text: str) -> bool:
    """Whether a text is one line of printable letters."""
    return not (UNPRINTABLE.search(text) or SURROGATE.search(text))


def one_line(text: str) -> str:
    """The text with each run of blanks, ends of lines and unprintable letters as one blank."""
    return " ".join(SURROGATE.sub(" ", UNPRINTABLE.sub(" ", text)).split())


def in_one_line(value: Any) -> Any:
    """A JSON value with each text in one line."""
    if isinstance(value, str):
        return value if is_plain(value) else one_line(value)
    if isinstance(value, dict):
        return {in_one_line(key): in_one_line(each) for key, each in value.items()}
    return [in_one_line(each) for each in value] if isinstance(value, list) else value


def printable(text: str) -> str:
    """The text with unprintable letters written as escapes of Python."""

    def escape(found: re.Match[str]) -> str:
        return found[0].encode("unicode_escape").decode("ascii")

    return SURROGATE.sub(escape, UNPRINTABLE.sub(escape, text))

"""What the commands print: text without control characters, in any encoding of the terminal."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterable
from typing import TextIO

from ..ledger.reading.strict_json import printable


def say(text: str, file: TextIO | None = None, end: str = "\n") -> None:
    """Print lines of text; whatever would command a terminal is written as an escape."""
    lines = text.split("\n")
    print("\n".join(map(printable, lines)), file=file or sys.stdout, end=end)


def complain(sentences: Iterable[str]) -> None:
    """Print sentences about what is wrong, where errors go."""
    for sentence in sentences:
        say(f"ERROR: {sentence}", sys.stderr)


def any_encoding() -> None:
    """Let output have letters that the terminal's encoding lacks: they are written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                stream.reconfigure(errors="backslashreplace")

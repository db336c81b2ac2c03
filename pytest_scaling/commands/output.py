"""What the commands print: text without control characters, in any encoding of the terminal."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

from ..ledger.reading.strict_json import printable

LEAST_WIDTH = 40  # columns; nothing is laid out for less
BROKEN_PIPE = 141  # the exit code of a program whose reader has gone, as shells give it


def say(text: str, file: TextIO | None = None, end: str = "\n") -> None:
    """Print lines of text; whatever would command a terminal is written as an escape."""
    lines = text.split("\n")
    print("\n".join(map(printable, lines)), file=file or sys.stdout, end=end)


def complain(sentences: Iterable[str]) -> None:
    """Print sentences about what is wrong, where errors go."""
    for sentence in sentences:
        say(f"ERROR: {sentence}", sys.stderr)


def width() -> int:
    """The columns there are: those of COLUMNS or of the terminal, else 80."""
    return max(LEAST_WIDTH, shutil.get_terminal_size().columns)


def on_a_terminal() -> bool:
    """Whether somebody reads along."""
    return sys.stdout is not None and sys.stdout.isatty()


def paragraph(text: str, indent: str = "") -> str:
    """Text for a reader: in lines that fit a terminal, in one line for anything else."""
    if not on_a_terminal():
        return f"{indent}{text}"
    return textwrap.fill(
        text,
        width(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def any_encoding() -> None:
    """Let output have letters that the terminal's encoding lacks: they are written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(io.UnsupportedOperation):
                stream.reconfigure(errors="backslashreplace")


def can_write(text: str) -> bool:
    """Whether the terminal's encoding has all letters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def flushed() -> None:
    """Write what is still held back; OSError where it cannot be written."""
    if sys.stdout is not None:
        sys.stdout.flush()


def discard() -> None:
    """Let whatever is still held back go nowhere, so that the interpreter ends without a word."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())

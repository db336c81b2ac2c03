"""Text that fits the width of a terminal. Pure."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator

Paint = Callable[[str, str], str]
"""paint(text, colour): the text marked up in a colour of pytest's terminal, plain for ""."""

BETWEEN = " · "
WIDE = "WF"  # classes of characters that take two columns


def plain(text: str, colour: str) -> str:
    """Paints nothing."""
    del colour
    return text


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in WIDE)
        for each in text
    )


def shorten(text: str, width: int) -> str:
    """The text, or as many of its first words as fit, with an ellipsis."""
    if columns(text) <= width:
        return text
    kept = ""
    for word in text.split(" "):
        longer = f"{kept} {word}" if kept else word
        if columns(longer) > width - 2:
            break
        kept = longer
    if kept:
        return f"{kept.rstrip(',;:')} …"
    while text and columns(text) >= width:  # a first word that alone is too long
        text = text[:-1]
    return f"{text}…"


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines of the width, all indented, breaking no word."""
    blank = " " * indent
    return textwrap.wrap(
        text,
        max(width, indent + 20),
        initial_indent=blank,
        subsequent_indent=blank,
        break_long_words=False,
        break_on_hyphens=False,
    )


def joined(
    parts: Iterable[tuple[str, str]], width: int, paint: Paint = plain, indent: int = 0
) -> Iterator[str]:
    """Parts, each with its colour, in as few indented lines of the width as hold them whole.

    A part that is longer than a line is wrapped.
    """
    blank, room = " " * indent, max(width - indent, 20)
    line, taken = "", 0
    for text, colour in parts:
        length = columns(text)
        if line and taken + len(BETWEEN) + length > room:
            yield blank + line
            line, taken = "", 0
        if length > room:
            yield from (blank + paint(words, colour) for words in wrapped(text, room))
            continue
        line = f"{line}{BETWEEN if line else ''}{paint(text, colour)}"
        taken += length + (len(BETWEEN) if taken else 0)
    if line:
        yield blank + line

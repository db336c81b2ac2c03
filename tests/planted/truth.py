"""What is true of every claim in every world: the tables of truth.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).with_name("truth.md")
UNASKED = "."


@dataclass(frozen=True)
class Truth:
    """What is true of one claim in one world: a letter of the tables."""

    claim: str
    world: str
    letter: str
    tier: str

    def __str__(self) -> str:
        return f"{self.claim} in {self.world}: {self.letter}"


def read(text: str) -> Iterator[Truth]:
    """The truths that are tested, row by row."""
    for section in re.split("^## In the ", text, flags=re.MULTILINE)[1:]:
        tier = section.split()[0]
        lines = [line for line in section.splitlines() if line.startswith("| ")]
        (_, *worlds), *rows = [line.strip("| ").split(" | ") for line in lines]
        for claim, *letters in rows:
            for world, letter in zip(worlds, letters, strict=True):
                if letter.strip() != UNASKED:
                    yield Truth(claim.strip(), world.strip(), letter.strip(), tier)


TRUTHS = tuple(read(TABLES.read_text(encoding="utf-8")))

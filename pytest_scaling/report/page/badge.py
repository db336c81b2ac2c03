"""A verdict as icon, word and colour."""

from __future__ import annotations

from dataclasses import dataclass

from ..words import ICONS


@dataclass(frozen=True)
class Badge:
    """A verdict to look at; the colour follows from its CSS class."""

    word: str
    as_control: bool = False

    @property
    def icon(self) -> str:
        return ICONS[self.word]

    @property
    def kind(self) -> str:
        return self.word.replace(" ", "-")

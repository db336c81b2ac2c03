"""How often the rules were wrong where the truth was known, as docs/planted-truth.md has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """Rates over hearings of claims whose truth was planted; a test compares them with the docs."""

    at_the_bound: str
    supported: str
    refuted: str
    level: str
    true: str
    false: str
    clean: str


PLANTED = Planted("21,600", ".10 %", ".11 %", "1 %", "1,030", "1,470", "59 %")

"""Tiers: how far a run goes in sizes and seeds, all in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import ClaimError


@dataclass(frozen=True)
class Tier:
    """One level of effort. A project defines its own by the hook `pytest_scaling_tiers`.

    Attributes:
        name: lower-case letters, digits and underscores; it ends the name of a profile.
        sizes: numbers of training rows m, in ascending order; the first is `m_small`.
        most_seeds: seeds of an arm at most.
        test_rows: the most rows of a test set that a learner is judged on; None for all of them.
        draws: how many training sets a seed stands for where `spread` averages over several.
    """

    name: str
    sizes: tuple[int, ...]
    most_seeds: int
    test_rows: int | None = None
    draws: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ClaimError(
                f"a tier is named by lower-case letters, digits and underscores, not {self.name!r}"
            )
        if not self.sizes or list(self.sizes) != sorted(set(self.sizes)) or self.sizes[0] < 1:
            raise ClaimError(
                f"the tier {self.name} needs numbers of rows in ascending order, not {self.sizes!r}"
            )

    def reach(self, largest: int | None = None) -> tuple[int, ...]:
        """The sizes up to `largest`, or all."""
        return tuple(m for m in self.sizes if largest is None or m <= largest)


DEFAULT_TIERS = (
    Tier("quick", sizes=(256, 1_024, 4_096, 16_384), most_seeds=10),
    Tier("standard", sizes=(256, 1_024, 4_096, 16_384, 65_536), most_seeds=20),
    Tier("full", sizes=(256, 1_024, 4_096, 16_384, 65_536, 262_144), most_seeds=30),
)
"""The tiers of a project that defines none."""

"""Tiers: how far a run goes in sizes and seeds, all in one place."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from .options import TIER


@dataclass(frozen=True)
class Tier:
    """One level of effort. `sizes` are the numbers of training rows m, in ascending order."""

    name: str
    sizes: tuple[int, ...]
    most_seeds: int

    def reach(self, largest: int | None = None) -> tuple[int, ...]:
        """The sizes up to `largest`, or all."""
        return tuple(m for m in self.sizes if largest is None or m <= largest)


M_SMALL = 256  # rows at which the lecture's "small training set" is measured

TIERS = {
    tier.name: tier
    for tier in (
        Tier("quick", (256, 1_024, 4_096, 8_192, 16_384), most_seeds=10),
        Tier("standard", (256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536), most_seeds=20),
        Tier("full", (256, 1_024, 4_096, 16_384, 65_536, 131_072, 262_144), most_seeds=30),
    )
}


def tier_of(config: pytest.Config) -> Tier:
    """The tier that a run asks for; pytest.UsageError where there is none of that name."""
    name = TIER.read(config)
    if name not in TIERS:
        raise pytest.UsageError(f"there is no tier {name!r}; use {', '.join(TIERS)}")
    return TIERS[name]

"""Tiers: how far a run goes in sizes and seeds, all in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tier:
    """One level of effort.

    Attributes:
        sizes: numbers of training rows m, in ascending order.
        test_rows: the most rows of a test set that a learner is judged on; None for all of them.
        draws: how many training sets a seed stands for where `spread` averages over several.
    """

    name: str
    sizes: tuple[int, ...]
    most_seeds: int
    test_rows: int | None = None
    draws: int = 1

    def reach(self, largest: int | None = None) -> tuple[int, ...]:
        """The sizes up to `largest`, or all."""
        return tuple(m for m in self.sizes if largest is None or m <= largest)


M_SMALL = 256  # rows at which the lecture's "small training set" is measured
TEST_ROWS = 40_000  # where errors of a few per cent are told apart by a few per cent of themselves
DRAWS = 10  # training sets of M_SMALL rows that one seed stands for where settings are compared

TIERS = {
    tier.name: tier
    for tier in (
        Tier(
            "quick",
            sizes=(256, 1_024, 4_096, 8_192, 16_384),
            most_seeds=10,
            test_rows=10_000,
        ),
        Tier(
            "standard",
            sizes=(256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536),
            most_seeds=20,
            test_rows=TEST_ROWS,
            draws=DRAWS,
        ),
        Tier(
            "full",
            sizes=(256, 1_024, 4_096, 16_384, 65_536, 131_072, 262_144),
            most_seeds=30,
            test_rows=TEST_ROWS,
            draws=DRAWS,
        ),
    )
}

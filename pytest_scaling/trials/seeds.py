"""Which seeds give verdicts, and in which blocks: no two runs, replicates or tunings share one."""

from __future__ import annotations

MOST_SEEDS = 30  # the most that an arm has in any tier
REPLICATE_STRIDE = 100_000  # seeds between one replicate of an arm and the next
VERDICT_SEEDS = 1_000_000  # verdicts use the seeds below; those from here on may tune
CONFIRMING_SEEDS = 10_000_000  # those from here on are for confirmations alone
APART = VERDICT_SEEDS // REPLICATE_STRIDE - 1
"""The last replicate: its seeds say whether a task counts, and are not judged."""
LARGEST_OFFSET = (
    REPLICATE_STRIDE - MOST_SEEDS
)  # of a run, so that it does not overlap with replicates

CONFIRMING_BLOCKS = REPLICATE_STRIDE // MOST_SEEDS  # of fresh seeds, one for each registration
LAST_CONFIRMING_SEED = CONFIRMING_SEEDS + VERDICT_SEEDS - 1

BLOCKS: tuple[tuple[int, int], ...] = ((0, 5), (5, 7), (7, 10), (10, 14), (14, 20), (20, 30))
"""The fixed parts of the seeds: what is computed together never depends on what else runs."""


def blocks_for(n: int) -> range:
    """Indices of the blocks that make up a look at n seeds; ValueError where none do."""
    looks = [stop for _, stop in BLOCKS]
    if n not in looks:
        raise ValueError(f"A look has {', '.join(map(str, looks))} seeds, not {n}.")
    return range(looks.index(n) + 1)


def confirming_offset(block: int) -> int:
    """What is added to every seed in a block for a confirmation; ValueError where there is none.

    Blocks share no seed with each other, nor with any verdict that is explored or any tuning.
    """
    if not 0 <= block < CONFIRMING_BLOCKS:
        raise ValueError(f"the blocks for confirmations are 0 to {CONFIRMING_BLOCKS - 1:,}")
    return CONFIRMING_SEEDS + MOST_SEEDS * block


def may_judge(first: int, last: int) -> bool:
    """Whether verdicts may rest on the seeds from first to last."""
    explored = 0 <= first and last < VERDICT_SEEDS
    return explored or (first >= CONFIRMING_SEEDS and last <= LAST_CONFIRMING_SEED)

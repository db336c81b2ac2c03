"""Which seeds are whose: explored verdicts, tuning and confirmations share none."""

import pytest

from pytest_scaling.trials.seeds import (
    CONFIRMING_BLOCKS,
    CONFIRMING_SEEDS,
    LARGEST_OFFSET,
    MOST_SEEDS,
    REPLICATE_STRIDE,
    VERDICT_SEEDS,
    confirming_offset,
    may_judge,
)

REPLICATES = VERDICT_SEEDS // REPLICATE_STRIDE


def seeds_of(offset):
    """All seeds that a run with this offset can reach, whatever its replicates."""
    return {
        offset + REPLICATE_STRIDE * replicate + seed
        for replicate in range(REPLICATES)
        for seed in range(MOST_SEEDS)
    }


def test_blocks_for_confirmations_share_no_seed():
    some = [0, 1, 2, 1_000, CONFIRMING_BLOCKS - 2, CONFIRMING_BLOCKS - 1]
    found = [seed for block in some for seed in seeds_of(confirming_offset(block))]
    assert len(found) == len(set(found)) == len(some) * REPLICATES * MOST_SEEDS


def test_no_offset_of_an_explored_run_reaches_a_block_for_confirmations():
    assert max(seeds_of(LARGEST_OFFSET)) < CONFIRMING_SEEDS
    assert min(seeds_of(confirming_offset(0))) == CONFIRMING_SEEDS


@pytest.mark.parametrize("block", [-1, CONFIRMING_BLOCKS])
def test_there_is_no_block_beyond_the_last(block):
    with pytest.raises(ValueError, match="the blocks for confirmations are 0 to 3,332"):
        confirming_offset(block)


def test_every_seed_of_every_block_may_judge_and_none_that_tunes():
    last = max(seeds_of(confirming_offset(CONFIRMING_BLOCKS - 1)))
    assert may_judge(CONFIRMING_SEEDS, last)
    assert not may_judge(VERDICT_SEEDS, VERDICT_SEEDS)
    assert not may_judge(VERDICT_SEEDS - 1, CONFIRMING_SEEDS)
    assert not may_judge(CONFIRMING_SEEDS - 1, CONFIRMING_SEEDS)
    assert not may_judge(-1, 5)

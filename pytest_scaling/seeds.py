"""Which seeds give verdicts: runs, their replicates and tuning never share one."""

from __future__ import annotations

MOST_SEEDS = 30  # that an arm has in any tier
REPLICATE_STRIDE = 100_000  # seeds between one replicate of an arm and the next
VERDICT_SEEDS = 1_000_000  # verdicts use the seeds below; those from here on may tune
LARGEST_OFFSET = REPLICATE_STRIDE - MOST_SEEDS  # of a run, so that it meets no replicate

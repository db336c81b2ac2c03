"""TODO docstring."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .protocols import Learner, Task
    from .tier import Tier


def label(learner: Learner) -> str:
    return str(getattr(learner, "label", learner.name))


def largest_m(learner: Learner | None, tier: Tier) -> int | None:
    """The most rows a learner can afford in a tier; None where it sets no limit."""
    limit = getattr(learner, "largest_m", None)
    return None if limit is None else int(limit(tier.name))


def sizes(tier: Tier, task: Task | None, learner: Learner | None) -> tuple[int, ...]:
    """The tier's numbers of rows that task and learner can afford; all rows of finite data last."""
    most_rows = getattr(task, "most_rows", None)
    limits = [limit for limit in (most_rows, largest_m(learner, tier)) if limit is not None]
    smallest_m = getattr(learner, "smallest_m", None)
    least = 0 if smallest_m is None else int(smallest_m(tier.name))
    reach = tuple(m for m in tier.reach(min(limits, default=None)) if m >= least)
    if most_rows is not None and most_rows == min(limits) and 0 < most_rows < tier.sizes[-1]:
        return tuple(dict.fromkeys((*reach, most_rows)))
    return reach

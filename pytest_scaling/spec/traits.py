"""Traits: the optional attributes of tasks and learners, read here and nowhere else.

One function for each, with the default where the attribute is absent. `None` instead of a task or
learner has no attributes. Best read as `traits.label(learner)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from .protocols import Learner, Task
    from .tier import Tier

Thing = TypeVar("Thing")

SECONDS_A_ROW = 1e-4  # of a learner that does not state its cost, next to those that do


def version(thing: Learner | Task | None) -> int:
    """The version that a learner or a task states; 1 where it states none, and of no task."""
    return int(getattr(thing, "version", 1))


def label(learner: Learner) -> str:
    """The learner in words, for tables and figures; its name where it has no label."""
    name = getattr(learner, "name", type(learner).__name__)  # an estimator has none yet
    return str(getattr(learner, "label", name))


def cost(learner: Learner, task: str, m: int) -> float:
    """Rough seconds that one seed takes on a task with m rows; SECONDS_A_ROW where unstated."""
    estimate = getattr(learner, "cost", None)
    return float(SECONDS_A_ROW * m if estimate is None else estimate(task, m))


def has_cost(learner: Learner) -> bool:
    """Whether the learner states what it costs."""
    return hasattr(learner, "cost")


def may_collapse(learner: Learner) -> bool:
    """Whether single runs may fail, so that the first look is at ten seeds; no where unstated."""
    return bool(getattr(learner, "may_collapse", False))


def batch_seeds(learner: Learner) -> bool:
    """Whether the seeds of a block are trained together; yes where unstated."""
    return bool(getattr(learner, "batch_seeds", True))


def shares(learner: Learner) -> tuple[str, ...]:
    """Names of its metrics that are shares, from 0 to 1, not failure and success; else none."""
    return tuple(getattr(learner, "shares", ()))


def in_tier(learner: Thing, tier: Tier) -> Thing:
    """The learner that a tier means: another one where it says so, by default itself.

    So a tier can have its own width of a network, or number of trees.
    """
    meant = getattr(learner, "in_tier", None)
    return learner if meant is None else cast("Thing", meant(tier.name))


def judged_rows(learner: Learner, metric: str, m: int) -> int:
    """Of how many rows of its own a metric of a learner is a share, with m rows; 0 where unstated.

    Their binomial variance is the least that a spread over seeds is taken to be.
    """
    rows = getattr(learner, "judged_rows", None)
    return 0 if rows is None else int(rows(metric, m))


def expected(learner: Learner, task: Task, m: int) -> Mapping[str, float]:
    """Metrics that a learner is known to have with m rows, from seeds that never judge.

    `error`, and `majority_error` for whether it learns anything. Empty where it states none.
    """
    known = getattr(learner, "expected", None)
    return {} if known is None else dict(known(task.name, m) or {})


def largest_m(learner: Learner | None, tier: Tier) -> int | None:
    """The most rows a learner can handle in a tier; None where it sets no limit."""
    limit = getattr(learner, "largest_m", None)
    return None if limit is None else int(limit(tier.name))


def smallest_m(learner: Learner | None, tier: Tier) -> int:
    """The fewest rows a learner is meant for in a tier; 0 where it sets no limit."""
    limit = getattr(learner, "smallest_m", None)
    return 0 if limit is None else int(limit(tier.name))


def bayes_error(task: Task | None) -> float | None:
    """The least possible error on a task; None where it is unknown."""
    least: float | None = getattr(task, "bayes_error", None)
    return least


def most_rows(task: Task | None) -> int | None:
    """The most training rows of a task with finite data; None where there are always more."""
    most: int | None = getattr(task, "most_rows", None)
    return most


def most_seeds(task: Task | None) -> int | None:
    """How many seeds a task has rows for; None where it has for all."""
    most: int | None = getattr(task, "most_seeds", None)
    return most


def one_seed_at_a_time(task: Task | None) -> bool:
    """Whether the rows of seeds differ in number, so that none are trained together; else no."""
    return bool(getattr(task, "one_seed_at_a_time", False))


def has_no_task(learner: object) -> bool:
    """Whether an arm is a function of a seed, which is trained on no task; no where unstated."""
    return bool(getattr(learner, "task_free", False))


def judges_itself(learner: object, task: object) -> bool:
    """Whether an arm takes one seed after another and judges it: a function, or on data."""
    return hasattr(learner, "run_seed") and (task is None or hasattr(task, "part_of_seed"))


def resplit(task: Task | None) -> bool:
    """Whether seeds are splits of one data set, which share rows; no where unstated."""
    return bool(getattr(task, "resplit", False))


def tiers(task: Task | None) -> tuple[str, ...] | None:
    """The names of the tiers that run a task; None where all do."""
    names: tuple[str, ...] | None = getattr(task, "tiers", None)
    return names


def unavailable(task: Task | None) -> str:
    """Why the data of a task are not available; empty if they are."""
    reason = getattr(task, "unavailable", None)
    return "" if reason is None else str(reason() or "")


def sizes(tier: Tier, task: Task | None, learner: Learner | None) -> tuple[int, ...]:
    """The tier's numbers of rows that task and learner can handle; all rows of finite data last."""
    learner = in_tier(learner, tier)
    most = most_rows(task)
    limits = [limit for limit in (most, largest_m(learner, tier)) if limit is not None]
    least = smallest_m(learner, tier)
    reach = tuple(m for m in tier.reach(min(limits, default=None)) if m >= least)
    if most is not None and most == min(limits) and 0 < most < tier.sizes[-1]:
        return tuple(dict.fromkeys((*reach, most)))
    return reach

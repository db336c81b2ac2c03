"""Whether what a claim is written on and about has the form that it needs: one sentence if not."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from . import traits
from .errors import ClaimError

TASK = ("name", "classes", "draw", "test_set")
LEARNER = ("name", "settings", "fit_predict")
FUNCTION = ("name", "settings", "run_seed")  # of an arm that has no task
ESTIMATOR = ("fit", "get_params")


def check_function(id: str, function: object) -> None:
    """Raise ClaimError unless a claim stands on a plain function, which runs when it is called."""
    kinds = {
        "a class": inspect.isclass(function),
        "a coroutine": inspect.iscoroutinefunction(function),
        "a generator": inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function),
        f"a {type(function).__name__}": not inspect.isfunction(function),
    }
    kind = next((kind for kind, applies in kinds.items() if applies), "")
    if kind:
        raise ClaimError(
            f"claim {id!r} stands on {kind}, whose body pytest would not run as a test; put "
            f"@claim on a plain test function, above all other decorators"
        )


def check_tasks(id: str, tasks: Iterable[object]) -> None:
    """Raise ClaimError where one of a claim's tasks is no task."""
    for each in tasks:
        if missing := lacking(each, TASK):
            raise ClaimError(f"claim {id!r} names {described(each)}, which is no task: {missing}")


def check_learners(id: str, learners: Iterable[object]) -> None:
    """Raise ClaimError where one of a claim's learners is no learner."""
    for each in learners:
        if (missing := lacking(each, LEARNER)) and not will_be_learner(each):
            raise ClaimError(
                f"claim {id!r} names {described(each)}, which is no learner: {missing}"
            )


def check_beside(id: str, beside: Iterable[object]) -> None:
    """Raise ClaimError where something that is reported beside is neither task nor learner."""
    for each in beside:
        if lacking(each, TASK) and lacking(each, LEARNER) and not will_be_learner(each):
            raise ClaimError(
                f"claim {id!r} names {described(each)} beside, which is neither a task nor a "
                f"learner: {lacking(each, TASK if hasattr(each, 'draw') else LEARNER)}"
            )


def will_be_learner(each: object) -> bool:
    """Whether something is an estimator or a function of a seed, which become learners."""
    return not (lacking(each, ESTIMATOR) and lacking(each, FUNCTION))


def check_arm(learner: object, task: object, m: object) -> None:
    """Raise ClaimError unless a learner can be trained on m rows of a task.

    A function of a seed has neither task nor rows.
    """
    if traits.has_no_task(learner):
        if task is not None or m:
            raise ClaimError(
                f"{described(learner)} is a function of a seed, which takes no task and no m"
            )
        return
    for part, each, names in (("learner", learner, LEARNER), ("task", task, TASK)):
        if missing := lacking(each, names):
            raise ClaimError(f"{described(each)} is no {part}: {missing}")
    if isinstance(m, bool) or not hasattr(m, "__index__") or m.__index__() < 1:
        raise ClaimError(f"m must be a whole number of training rows, not {m!r}")


def lacking(each: object, names: tuple[str, ...]) -> str:
    """What something lacks to be a task or a learner, in words; empty where it has it all."""
    if inspect.isclass(each):
        return f"give an instance of it, as in {each.__name__}()"
    missing = [name for name in names if not hasattr(each, name)]
    return f"it has no {', '.join(missing)}" if missing else ""


def described(each: object) -> str:
    """Something in a few words, without its address."""
    if inspect.isclass(each):
        return f"the class {each.__name__}"
    words = repr(each)
    return words if len(words) <= 60 and " at 0x" not in words else f"a {type(each).__name__}"

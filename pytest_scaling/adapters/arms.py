"""From what people have to what is compared: estimators, functions, data and metrics as given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from ..spec.errors import ClaimError
from ..spec.forms import LEARNER, TASK, described
from . import scorers
from .data import Data
from .estimators import Estimator
from .functions import Function, of_function
from .metrics import ACCURACY, ERROR, Metric
from .naming import is_estimator

OWN = (ERROR.name, "majority_error")  # metrics that follow from the labels of test rows


@overload
def arm(
    thing: Callable[..., Any], *, name: str = "", metric: Metric | str | None = None
) -> Any: ...
@overload
def arm(
    thing: None = None, *, name: str = "", metric: Metric | str | None = None
) -> Callable[[Callable[..., Any]], Function]: ...
def arm(thing: Any = None, *, name: str = "", metric: Metric | str | None = None) -> Any:
    """Something that can be compared: a function of a seed, or an estimator under another name.

    As a decorator, `@arm` or `@arm(metric="accuracy")`, it stands on a function that takes a seed,
    and a device if it wants one, and returns a number, or several by name.
    `train.using(dropout=0.5)` is the same function with another value of an argument.

    Args:
        thing: the function or the estimator.
        name: in tables and records, instead of one made of the class or the function.
        metric: of a function that returns one number: a name that tells which direction is better,
            or a Metric. A number is a loss where nothing is said; a function with `-> bool`
            returns success.

    Raises ClaimError for anything else.
    """
    if thing is None:
        return lambda function: arm(function, name=name, metric=metric)
    if isinstance(thing, Function):
        return Function(thing.function, thing.given, thing.metric, name or thing.title)
    if is_estimator(thing):
        return Estimator(thing, name)
    if callable(thing) and not isinstance(thing, type):
        return of_function(thing, name, metric)
    raise ClaimError(
        f"{described(thing)} is no arm; give a function of a seed, or an unfitted estimator"
    )


def adapted(value: Any) -> Any:
    """An argument of a measurement as the measurement takes it; what it already takes stays.

    Learners, tasks, numbers and texts stay, estimators and functions become arms.
    """
    if isinstance(value, tuple):
        check_pair(value)
        return tuple(adapted(each) for each in value)
    if is_learner(value) or is_task(value) or isinstance(value, Function | Metric):
        return value
    if is_estimator(value):
        return Estimator(value)
    if hasattr(value, "state_dict") and hasattr(value, "parameters"):
        raise ClaimError(
            f"a {type(value).__name__} is one network, and every seed needs its own; give "
            f"module(lambda: ...), which makes it"
        )
    return value


def adapted_learner(value: Any) -> Any:
    """A learner as given, where a function may stand for itself too."""
    plain = callable(value) and not isinstance(value, type | Function | Metric)
    if plain and not is_learner(value) and not is_estimator(value):
        return of_function(value)
    return adapted(value)


def is_learner(value: Any) -> bool:
    return all(hasattr(value, name) for name in LEARNER)


def is_task(value: Any) -> bool:
    return all(hasattr(value, name) for name in TASK)


def check_pair(pair: tuple[Any, ...]) -> None:
    """ClaimError where a table and a target were given as they are."""
    if any(hasattr(each, "shape") and hasattr(each, "dtype") for each in pair) or any(
        hasattr(each, "iloc") for each in pair
    ):
        raise ClaimError(
            "a table and a target have no name yet; give Data('name', X, y), which splits them"
        )


def metric_of(given: Any, learners: Sequence[Any]) -> Metric | str:
    """The metric that arms are judged by, or the name of one that learners report themselves.

    ClaimError where functions are mixed with learners, or no direction is known.
    """
    functions = [each for each in learners if isinstance(each, Function)]
    if functions and len(functions) < len(learners):
        other = next(each for each in learners if not isinstance(each, Function))
        raise ClaimError(
            f"{functions[0].name} is a function of a seed and {other.name} is trained on a task, "
            f"so nothing pairs them; compare two of one kind"
        )
    if isinstance(given, Metric):
        return given
    if functions:
        return of_functions(given, functions)
    if given is None or given in OWN:
        return ERROR.name if given is None else str(given)
    if isinstance(given, str):
        estimators = any(isinstance(each, Estimator) for each in learners)
        return scorers.by_name(given) if estimators or scorers.known(given) else given
    if callable(given):
        return scorers.by_callable(given)
    raise ClaimError(f"{described(given)} is no metric; give a name, a function or a Metric")


def of_functions(given: Any, functions: Sequence[Function]) -> Metric:
    """The metric of functions: what they say, or one of the names that they return."""
    if given is None:
        declared = {each.metric for each in functions}
        if len(declared) > 1:
            names = " and ".join(sorted(each.name for each in declared))
            raise ClaimError(f"the functions return {names}, which cannot be compared")
        return functions[0].metric
    if not isinstance(given, str):
        raise ClaimError(
            f"{functions[0].name} returns its own numbers; name one of them as the metric"
        )
    return functions[0].metric_named(given)


def is_applied(metric: Metric | str) -> bool:
    """Whether the plugin makes the number of predictions, instead of the arm."""
    return isinstance(metric, Metric) and metric.function is not None


def is_accuracy(metric: Metric | str) -> bool:
    """Whether a metric is one minus the error."""
    return metric == ACCURACY


def rows_of(task: Any, m: Any) -> Any:
    """The training rows that are meant: of data, a share or all; ClaimError where none are said."""
    if isinstance(task, Data):
        return task.rows(m)
    if task is not None and m is None:
        raise ClaimError(
            f"{getattr(task, 'name', described(task))} draws as many rows as are asked for; say "
            f"how many, as in m=m_small"
        )
    return m

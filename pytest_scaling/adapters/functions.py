"""Functions of a seed as arms: any code that takes a seed and returns a number."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from ..spec.errors import ClaimError
from ..spec.protocols import Outcome
from .metrics import ERROR, SUCCESS, VALUE, Metric, by_its_words
from .naming import in_words, plain, titled

PROVIDED = ("seed", "device")


class Function:
    """A function of a seed with the values of its further arguments; it has no task.

    Called, it is the function that it was made of.

    ClaimError where the function takes no seed, or lacks a value of an argument when it is run.
    """

    task_free = True
    batch_seeds = False

    def __init__(
        self,
        function: Callable[..., Any],
        given: Mapping[str, Any],
        metric: Metric,
        title: str = "",
    ) -> None:
        self.function, self.given, self.metric, self.title = function, dict(given), metric, title
        functools.update_wrapper(self, function, updated=())
        vars(self).pop("__wrapped__")  # which is `function`
        check_signature(self.base, function, self.given)

    @property
    def base(self) -> str:
        """The name without the values of arguments."""
        return self.title or word_of(self.function)

    @property
    def name(self) -> str:
        """As in "train(dropout=0.5)"."""
        return titled(self.base, self.given)

    label = name

    def __getstate__(self) -> dict[str, Any]:
        return {"function": self.function, "given": self.given, "metric": self.metric.name}

    def __reduce__(self) -> tuple[Any, ...]:
        return Function, (self.function, self.given, self.metric, self.title)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **{**self.given, **kwargs})

    def __repr__(self) -> str:
        return f"<the arm {self.name}>"

    def using(self, **given: Any) -> Function:
        """The same function with other values of some arguments."""
        return Function(self.function, {**self.given, **given}, self.metric, self.title)

    def settings(self, task: str, m: int) -> dict[str, Any]:
        """The values of arguments, as plain JSON values or in words."""
        return {name: plain(value) for name, value in self.given.items()}

    def run_seed(
        self, seed: int, task: None, m: int, metric: None, device: str, test_rows: int | None
    ) -> Outcome:
        """Call the function with one seed; ClaimError where it returns no number."""
        taken = parameters_of(self.function)
        given = dict(self.given)
        if "device" in taken or accepts_any(taken):
            given["device"] = device
        first = () if "seed" in taken else (seed,)
        named = {} if first else {"seed": seed}
        values = self._numbers(self.function(*first, **named, **given))
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        return Outcome(finite, diverged=len(finite) < len(values))

    def _numbers(self, returned: Any) -> dict[str, float]:
        """The numbers that the function returned, by name."""
        if not isinstance(returned, Mapping):
            returned = {self.metric.name: returned}
            if self.metric is VALUE and is_truth(returned[VALUE.name]):
                raise ClaimError(
                    f"{self.base} returns a truth; write `-> bool` in its signature, so that it "
                    f"counts as success or failure, or return a number"
                )
        if not returned:
            raise ClaimError(f"{self.base} returned no numbers; return one, or several by name")
        values = {str(name): self._number(each) for name, each in returned.items()}
        if ERROR.name in values and not 0 <= values[ERROR.name] <= 1:
            raise ClaimError(
                f"{self.base} returned {values[ERROR.name]:g} as 'error', which is a share from 0 "
                f"to 1; give it another name"
            )
        return values

    def _number(self, value: Any) -> float:
        try:
            if isinstance(value, str):
                raise TypeError
            return float(value)
        except (TypeError, ValueError):
            kind = "nothing" if value is None else f"a {type(value).__name__}"
            raise ClaimError(
                f"{self.base} returned {kind}; return a number, or a mapping of numbers"
            ) from None

    def metric_named(self, name: str) -> Metric:
        """The metric of a name that this function reports."""
        return self.metric if name == self.metric.name else by_its_words(name)


def check_signature(base: str, function: Callable[..., Any], given: Mapping[str, Any]) -> None:
    """ClaimError where a function takes no seed, or not the arguments that it is given."""
    taken = parameters_of(function)
    if not taken:
        raise ClaimError(f"{base} takes no seed; write def {base}(seed)")
    unknown = [name for name in given if name not in taken]
    if unknown and not accepts_any(taken):
        raise ClaimError(
            f"{base} takes no argument {unknown[0]!r}; it takes {', '.join(taken) or 'none'}"
        )
    if provided := [name for name in PROVIDED if name in given]:
        raise ClaimError(f"{base} is given {provided[0]!r} by the plugin; leave it out")


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """The parameters of a function by name; a seed alone where nobody knows them."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        kind = inspect.Parameter.POSITIONAL_ONLY
        return {"x": inspect.Parameter("x", kind)}


def accepts_any(taken: Mapping[str, inspect.Parameter]) -> bool:
    """Whether any argument can be given by name."""
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken.values())


def is_truth(value: Any) -> bool:
    """Whether a value is true or false, of Python or of NumPy."""
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def word_of(function: Callable[..., Any]) -> str:
    """The name of a function; ClaimError for one without."""
    while isinstance(function, functools.partial):
        function = function.func
    word = str(getattr(function, "__name__", type(function).__name__))
    if word == "<lambda>":
        raise ClaimError(
            "a lambda has no name for the table; write arm(lambda seed: ..., name=...)"
        )
    return word


def default_metric(function: Callable[..., Any]) -> Metric:
    """The metric of a function that says nothing about it: a loss, or success."""
    returned = getattr(function, "__annotations__", {}).get("return")
    return SUCCESS if returned in (bool, "bool") else VALUE


def of_function(
    function: Callable[..., Any], name: str = "", metric: Metric | str | None = None
) -> Function:
    """A function as an arm."""
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise ClaimError(f"{in_words(function)} does not run when it is called; give a function")
    if metric is None:
        metric = default_metric(function)
    elif isinstance(metric, str):
        metric = SUCCESS if metric == SUCCESS.name else by_its_words(metric)
    return Function(function, {}, metric, name)

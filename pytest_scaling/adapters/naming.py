"""Names and settings of what has none of its own: estimators, functions, values of arguments."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONGEST_VALUE, LONGEST_NAME = 40, 120  # characters
UNFIT = re.compile(r"[/\\\x00-\x1f]+")  # in a name of a record
SEED = "random_state"


def in_words(value: Any) -> str:
    """A value in a few words that are the same in every process."""
    if is_estimator(value):
        return of_estimator(value)
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    if isinstance(value, list | tuple):
        inner = ", ".join(map(in_words, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{in_words(k)}: {in_words(v)}" for k, v in value.items()) + "}"
    named = getattr(value, "name", None) or getattr(value, "__name__", None)
    if isinstance(named, str):
        return named
    text = repr(value)
    return type(value).__name__ if " at 0x" in text else text


def shortened(text: str, longest: int) -> str:
    """A text that fits, with six digits of the whole where it is cut off."""
    text = " ".join(UNFIT.sub(" ", text).split())
    if len(text) <= longest:
        return text
    return f"{text[: longest - 8]}~{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def titled(base: str, given: Mapping[str, Any], inner: Sequence[str] = ()) -> str:
    """A name with the values of arguments, as in "train(dropout=0.5)". inner: what stands first."""
    values = [*inner, *(f"{n}={shortened(in_words(v), LONGEST_VALUE)}" for n, v in given.items())]
    return shortened(f"{base}({', '.join(values)})" if values else base, LONGEST_NAME)


def plain(value: Any) -> Any:
    """A value as JSON has it, or in words."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, float) and value - value == 0:
        return value
    if type(value).__module__ == "numpy" and getattr(value, "size", 2) == 1:
        return plain(value.item())
    return shortened(in_words(value), LONGEST_NAME)


def is_estimator(value: Any) -> bool:
    """Whether something is an estimator as scikit-learn has them: an instance, not a class."""
    return not inspect.isclass(value) and all(
        callable(getattr(value, name, None)) for name in ("fit", "get_params")
    )


def of_estimator(estimator: Any) -> str:
    """The class and what differs from its defaults; the steps of a pipeline joined by "+"."""
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list) and steps and all(isinstance(s, tuple) for s in steps):
        return " + ".join(in_words(step[1]) for step in steps)
    given = changed(estimator)
    inner = [in_words(each) for value in given.values() for each in estimators_in(value)]
    plain = {name: value for name, value in given.items() if not list(estimators_in(value))}
    return titled(type(estimator).__name__, plain, inner)


def estimators_in(value: Any) -> Iterator[Any]:
    """The estimators in the value of a parameter: itself, or those of a list of named steps."""
    if is_estimator(value):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from estimators_in(each)


def changed(estimator: Any) -> dict[str, Any]:
    """The parameters of an estimator that are not its defaults, but for seeds."""
    defaults = {
        name: each.default
        for name, each in inspect.signature(type(estimator).__init__).parameters.items()
    }
    return {
        name: value
        for name, value in estimator.get_params(deep=False).items()
        if name != SEED and not same(value, defaults.get(name, inspect.Parameter.empty))
    }


def same(value: Any, default: Any) -> bool:
    """Whether a parameter has its default; NaN is itself, and arrays are compared as text."""
    if value is default:
        return True
    return type(value) is type(default) and repr(value) == repr(default)

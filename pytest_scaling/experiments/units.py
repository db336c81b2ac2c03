"""Units: how the quantities that claims measure are written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """How a quantity is written. Logarithms are shown as the numbers they are taken of."""

    name: str
    write: Callable[[float], str]


def _finite(write: Callable[[float], str]) -> Callable[[float], str]:
    return lambda value: write(value) if math.isfinite(value) else ("∞" if value > 0 else "-∞")


ERROR = Unit("error", _finite(lambda value: f"{value:.4f}"))
LOG_ERROR = Unit("relative fall of the error", _finite(lambda value: f"{-math.expm1(-value):.1%}"))
LOG_STEPS = Unit("ratio of steps", _finite(lambda value: f"{math.exp(value):.2f}x"))
LOG_RATIO = Unit("ratio", _finite(lambda value: f"{math.exp(value):.3g}x"))
LOG_SECONDS = Unit("ratio of times", _finite(lambda value: f"{math.exp(value):.3g}x"))
NUMBER = Unit("number", _finite(lambda value: f"{value:.4g}"))
STATEMENT = Unit("exact statement", str)
UNITS = {
    unit.name: unit
    for unit in (ERROR, LOG_ERROR, LOG_STEPS, LOG_RATIO, LOG_SECONDS, NUMBER, STATEMENT)
}


def unit_named(name: str) -> Unit:
    """The unit of a name: one of UNITS, or a number that is followed by the name."""
    return UNITS.get(name) or Unit(name, _finite(lambda value: f"{value:.4g} {name}"))

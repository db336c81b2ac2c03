"""Comparisons as a reader sees them: words, figures, and a drawing of the interval. Pure.

Places in a drawing are per cent of its width, so that it fits any screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low

from ...ledger.format import Record, drawn_samples
from ...ledger.words import interval, minus, overstated, quantity, to_decide, typical_in_words
from .. import words
from .badge import Badge

MARGIN = 2.0  # per cent at both ends of a drawing
MOST_TICKS = 7
APART = 12.0  # per cent of the width between numbers on an axis, at least
FARTHEST = 4.0  # usual widths of an interval: what is farther from its mean is cut, with an arrow
RATIOS = [k * 10.0**power for power in range(-4, 7) for k in (1, 2, 5)]
FALLS = (-9.0, -4.0, -1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 0.9, 0.99)


@dataclass(frozen=True)
class Tick:
    """A number on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Scale:
    """From the values of one unit to places in a drawing; ratios come as logarithms."""

    unit: str
    low: float
    high: float

    def place(self, value: float) -> float:
        """Per cent of the width, within the drawing."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return round(min(max(MARGIN + share * (100 - 2 * MARGIN), 0.0), 100.0), 2)

    @property
    def ticks(self) -> list[Tick]:
        """Round numbers in the unit that a reader sees, as many as fit, those near zero first."""
        kept: list[Tick] = []
        for tick in sorted(self.round_numbers(), key=lambda tick: abs(tick.at - self.place(0.0))):
            if all(abs(tick.at - other.at) >= APART for other in kept):
                kept.append(tick)
        return sorted(kept, key=lambda tick: tick.at)

    def round_numbers(self) -> list[Tick]:
        """Numbers on the axis, however close to each other."""
        if self.unit.startswith("ratio"):
            chosen = thinned([math.log(ratio) for ratio in RATIOS if self.has(math.log(ratio))])
            return [Tick(self.place(at), f"{math.exp(at):.4g}x") for at in chosen]
        if self.unit.startswith("relative"):
            falls = {-math.log1p(-fall): minus(f"{fall:.0%}") for fall in FALLS}
            return [Tick(self.place(at), text) for at, text in falls.items() if self.has(at)]
        return [Tick(self.place(at), minus(f"{at:g}")) for at in self.even_steps()]

    def has(self, value: float) -> bool:
        return self.low <= value <= self.high

    def even_steps(self) -> list[float]:
        """Multiples of 1, 2 or 5 times a power of ten."""
        span = self.high - self.low
        if span <= 0:
            return [self.low]
        power = 10.0 ** math.floor(math.log10(span))
        steps = [power * factor for factor in (0.1, 0.2, 0.5, 1.0)]
        step = next(each for each in steps if span / each <= MOST_TICKS - 1 or each == steps[-1])
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(number * step, 12) for number in range(first, last + 1)]


def thinned(values: Sequence[float]) -> Sequence[float]:
    """Every second, third ... value where there are too many."""
    return values[:: max(1, math.ceil(len(values) / MOST_TICKS))]


@dataclass(frozen=True)
class Strip:
    """An interval to look at: limits, value, bounds, zero and seeds, in per cent of the width."""

    low: float
    high: float
    value: float
    bounds: tuple[float, ...]
    zero: float
    claimed: tuple[float, float] | None  # where an interval would have to lie
    seeds: tuple[float, ...]
    open_below: bool  # it goes on beyond the drawing, or without end
    open_above: bool


@dataclass(frozen=True)
class Comparison:
    """One comparison in words and figures."""

    about: str
    relation: str
    badge: Badge
    effect: str = ""
    interval: str = ""
    typical: str = ""
    overstated: str = ""
    n: int = 0
    units_of: str = "seeds"
    most: str = ""
    detectable: str = ""
    needed: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    strip: Strip | None = None


def comparison(evidence: Record, scales: Mapping[str, Scale], *, is_control: bool) -> Comparison:
    """A comparison; one without an estimate is exact and has no figures."""
    badge = Badge(evidence["verdict"], is_control)
    if "n" not in evidence:
        return Comparison(evidence["about"], "exactly, without noise", badge)
    unit = evidence["unit"]
    return Comparison(
        about=evidence["about"],
        relation=words.question(evidence),
        badge=badge,
        effect=quantity(evidence["value"], unit),
        interval=interval(evidence),
        typical=minus(typical_in_words(evidence)),
        overstated=minus(overstated(evidence)),
        n=evidence["n"],
        units_of=f"{evidence.get('replication', 'seed')}s",
        most="" if "replication" in evidence else f"of {evidence['most_seeds']:,}",
        detectable=quantity(evidence["smallest_detectable"], unit),
        needed=to_decide(evidence),
        unit=unit,
        notes=tuple(evidence["notes"]),
        strip=strip(evidence, scales[unit]),
    )


def scales(evidence: Iterable[Record], *, with_seeds: bool = True) -> dict[str, Scale]:
    """Per unit, the span of zero and of all means, bounds, limits and seeds.

    Where an interval is much wider than others it does not stretch the scale: it is cut.
    """
    by_unit: dict[str, list[Record]] = {}
    for each in evidence:
        by_unit.setdefault(each["unit"], []).append(each)
    return {unit: scale(unit, rows, with_seeds=with_seeds) for unit, rows in by_unit.items()}


def scale(unit: str, rows: Sequence[Record], *, with_seeds: bool) -> Scale:
    """The scale of comparisons of one unit."""
    widths = [row["high"] - row["low"] for row in rows if None not in (row["low"], row["high"])]
    farthest = FARTHEST * median_low(widths) if any(widths) else math.inf
    shown = [0.0]
    for row in rows:
        core = finite([row["value"], *signed_bounds(row)])
        ends = finite([row["low"], row["high"], *(drawn_samples(row) if with_seeds else [])])
        middle = 0.0 if row["value"] is None else row["value"]
        known = [*core, *(min(max(e, middle - farthest), middle + farthest) for e in ends)]
        if row["high"] is None and known:  # room for what has no end
            known.append(max(known) + 0.25 * (max(known) - min(known)))
        shown += known
    return Scale(unit, min(shown), max(shown))


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that are known and finite."""
    return [value for value in values if value is not None and math.isfinite(value)]


def signed_bounds(evidence: Record) -> list[float]:
    """The bound, or both of an equivalence or a reversal; none where there is none."""
    bound = evidence["bound"]
    if bound is None:
        return []
    return [bound] if evidence["operator"] in ("<", ">") else [-abs(bound), abs(bound)]


def strip(evidence: Record, scale: Scale) -> Strip | None:
    """None where there is no value or no bound to show."""
    bounds = signed_bounds(evidence)
    if evidence["value"] is None or not bounds:
        return None
    samples = [value for value in finite(drawn_samples(evidence)) if scale.has(value)]
    low = -math.inf if evidence["low"] is None else evidence["low"]
    high = math.inf if evidence["high"] is None else evidence["high"]
    return Strip(
        low=scale.place(max(low, scale.low)),
        high=scale.place(min(high, scale.high)),
        value=scale.place(evidence["value"]),
        bounds=tuple(scale.place(bound) for bound in bounds),
        zero=scale.place(0.0),
        claimed=claimed(evidence["operator"], [scale.place(bound) for bound in bounds]),
        seeds=tuple(scale.place(value) for value in samples),
        open_below=low < scale.low,
        open_above=high > scale.high,
    )


def claimed(operator: str, bounds: Sequence[float]) -> tuple[float, float] | None:
    """Where the claim puts the effect; no particular place for a reversal."""
    if operator == ">":
        return bounds[0], 100.0
    if operator == "<":
        return 0.0, bounds[0]
    return (bounds[0], bounds[1]) if operator == "within" else None

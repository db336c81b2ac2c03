"""Where a letter stands: beside its curve, and on no other. Pure geometry, in points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

XY = tuple[float, float]
STEP = 6.0  # points between the places that are tried
GAP = 7.0  # points between a letter and its curve
CLEAR = 5.0  # points between a letter and any other curve


@dataclass(frozen=True)
class Box:
    """A rectangle by its centre and its size."""

    x: float
    y: float
    width: float
    height: float

    def distance(self, point: XY) -> float:
        """From its edge to a point; 0 inside."""
        across = max(abs(point[0] - self.x) - self.width / 2, 0.0)
        up = max(abs(point[1] - self.y) - self.height / 2, 0.0)
        return math.hypot(across, up)

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two rectangles are closer than a gap."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + gap
            and abs(self.y - other.y) < (self.height + other.height) / 2 + gap
        )

    def within(self, width: float, height: float) -> bool:
        """Whether it lies inside a sheet from (0, 0)."""
        return (
            self.width / 2 <= self.x <= width - self.width / 2
            and self.height / 2 <= self.y <= height - self.height / 2
        )


def beside_curve(
    x: float,
    curve: Sequence[XY],
    every: Sequence[Sequence[XY]],
    taken: Sequence[Box],
    size: XY,
    sheet: XY,
) -> Box:
    """Where a letter of a size stands: as near to x as no curve and no other letter is in its way.

    curve: its own. every: all curves, its own among them. taken: where something stands already.
    Where there is no free place, the one that is furthest from the curves.
    """
    points = [point for each in every for point in dense(each)]
    best, clearest = None, -1.0
    for at in places(x, curve[0][0], curve[-1][0]):
        for box in both_sides(at, curve, size):
            if not box.within(*sheet) or any(box.overlaps(other, CLEAR) for other in taken):
                continue
            clear = min(box.distance(point) for point in points)
            if clear > clearest:
                best, clearest = box, clear
        if best and clearest >= CLEAR:
            return best
    return best or next(both_sides(x, curve, size))


def both_sides(x: float, curve: Sequence[XY], size: XY) -> Iterator[Box]:
    """The places above and below a curve at x."""
    width, height = size
    near = [y for at, y in dense(curve) if abs(at - x) <= width / 2 + CLEAR] or [
        height_at(x, curve)
    ]
    yield Box(x, max(near) + GAP + height / 2, width, height)
    yield Box(x, min(near) - GAP - height / 2, width, height)


def places(x: float, first: float, last: float) -> Iterator[float]:
    """Places along a curve, from the nearest to x outwards."""
    yield min(max(x, first), last)
    for number in itertools.count(1):
        around = (x - number * STEP, x + number * STEP)
        if around[0] < first and around[1] > last:
            return
        yield from (at for at in around if first <= at <= last)


def dense(curve: Sequence[XY]) -> Iterator[XY]:
    """Points of a line that lie at most a few points apart."""
    yield curve[0]
    for (x0, y0), (x1, y1) in itertools.pairwise(curve):
        pieces = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / 3))
        for piece in range(1, pieces + 1):
            share = piece / pieces
            yield x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def height_at(x: float, curve: Sequence[XY]) -> float:
    """The height of a line at x."""
    for (x0, y0), (x1, y1) in itertools.pairwise(curve):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * ((x - x0) / ((x1 - x0) or 1.0))
    return curve[0][1] if x < curve[0][0] else curve[-1][1]

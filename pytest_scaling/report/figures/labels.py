"""Labels at the ends of curves: near where they belong, and never on top of each other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

LINE = 15  # characters


def wrapped(label: str) -> str:
    """The label in short lines, of even length where it takes two."""
    if len(label) <= LINE:
        return label
    for width in range(max(LINE // 2, longest_word(label)), LINE + 1):
        lines = textwrap.wrap(label, width, break_long_words=False)
        if len(lines) <= 2:
            return "\n".join(lines)
    return "\n".join(textwrap.wrap(label, LINE, break_long_words=False))


def longest_word(label: str) -> int:
    """Letters of the longest word."""
    return max(map(len, label.split()), default=1)


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Centres for labels of these heights, as close to the wanted ones as possible without overlap.

    Labels that would overlap form a pile around the mean of what they wanted; piles that meet
    become one. All lie within low and high, unless they are higher together than that. The order
    of the wanted centres is kept.
    """
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    piles: list[list[int]] = []
    for label in order:
        piles.append([label])
        while len(piles) > 1 and top(piles[-2], wanted, heights, low, high) > bottom(
            piles[-1], wanted, heights, low, high
        ):
            above = piles.pop()
            piles[-1].extend(above)
    centres = [0.0] * len(wanted)
    for pile in piles:
        edge = bottom(pile, wanted, heights, low, high)
        for label in pile:
            centres[label] = edge + heights[label] / 2
            edge += heights[label]
    return centres


def bottom(
    pile: Sequence[int],
    wanted: Sequence[float],
    heights: Sequence[float],
    low: float,
    high: float,
) -> float:
    """Where a pile starts: its labels as near to what they want, on average, as the limits let."""
    below = 0.0
    starts = []
    for label in pile:
        starts.append(wanted[label] - heights[label] / 2 - below)
        below += heights[label]
    return max(low, min(high - below, sum(starts) / len(starts)))


def top(
    pile: Sequence[int],
    wanted: Sequence[float],
    heights: Sequence[float],
    low: float,
    high: float,
) -> float:
    """Where a pile ends."""
    return bottom(pile, wanted, heights, low, high) + sum(heights[label] for label in pile)

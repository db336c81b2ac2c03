"""Results as a notebook shows them: a small table, and a plot on matplotlib's axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


SEEDS, MEAN = 0.0, 0.25  # heights on the axes


def html_table(caption: str, facts: Mapping[str, str]) -> str:
    """Names and values as a table with a caption; all of it escaped."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in facts.items()
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>"


def draw_interval(
    about: str,
    value: float,
    span: tuple[float, float],
    samples: Sequence[float],
    bounds: Mapping[str, float],
    write: Callable[[float], str],
    ax: Axes | None = None,
) -> Axes:
    """One estimate: seeds below, mean and interval above, bounds as dashed lines.

    span: the limits; an infinite one ends at the outermost seed. write: how the unit is written.
    """
    ax = ax or new_axes(height=2.4)
    ends = [
        limit if math.isfinite(limit) else outermost
        for limit, outermost in zip(
            span, (min(samples, default=value), max(samples, default=value)), strict=True
        )
    ]
    ax.plot(ends, [MEAN] * 2, lw=4, solid_capstyle="butt", label="interval")
    ax.plot([value], [MEAN], "o", ms=9, color="black", label="mean")
    ax.plot(samples, [SEEDS] * len(samples), "|", ms=14, color="grey", label="seeds")
    for name, bound in bounds.items():
        ax.axvline(bound, ls="--", color="black", lw=1, label=name.replace("_", " "))
    ax.axvline(0, color="lightgrey", lw=1, zorder=0)
    ax.set_ylim(-0.25, 0.5)
    ax.set_yticks([])
    ax.xaxis.set_major_formatter(lambda tick, _: write(tick))
    ax.set_title(about)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return ax


def draw_curve(name: str, errors: Mapping[int, Sequence[float]], ax: Axes | None = None) -> Axes:
    """Error against m on logarithmic axes of base 2: dots for seeds, a line for their mean."""
    ax = ax or new_axes(height=4)
    sizes = sorted(errors)
    means = [sum(errors[m]) / len(errors[m]) for m in sizes]
    (line,) = ax.plot(sizes, means, marker="o", label=name)
    for m in sizes:
        ax.plot([m] * len(errors[m]), errors[m], ".", color=line.get_color(), alpha=0.5)
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [f"{m:,}" for m in sizes])
    ax.set_xlabel("labelled examples m")
    ax.set_ylabel("error on test rows")
    ax.legend(frameon=False)
    return ax


def new_axes(height: float) -> Axes:
    """The axes of a new figure, as pyplot makes it; height in inches."""
    from matplotlib import pyplot

    _, ax = pyplot.subplots(figsize=(7, height), layout="constrained")
    return ax

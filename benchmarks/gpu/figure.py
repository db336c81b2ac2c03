"""Throughput against the peak, time ratios with the crossover, and the levers: one figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .report import Report, Row


def draw(report: Report, file: Path) -> None:
    """Write the figure of what has been measured so far."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (speed, ratio, lever) = plt.subplots(1, 3, figsize=(16, 4.8), layout="constrained")
    draw_speed(speed, report)
    draw_ratio(ratio, report)
    draw_levers(lever, report)
    for axes in (speed, ratio, lever):
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8)
    figure.savefig(file)
    plt.close(figure)


def draw_speed(axes: Any, report: Report) -> None:
    training = report.rows("training", "tflops")
    for seeds in sorted({row["seeds"] for row in training}):
        rows = [row for row in training if row["seeds"] == seeds]
        widths, values = [row["width"] for row in rows], [row["tflops"] for row in rows]
        axes.plot(widths, values, marker="o", label=f"{seeds} seeds at once")
    for row in best_by_precision(report.rows("peak", "tflops")):
        axes.axhline(row["tflops"], ls=":", color="0.4")
        axes.annotate(
            f"peak, {row['precision']}",
            (0.02, row["tflops"]),
            xycoords=("axes fraction", "data"),
            fontsize=8,
            va="bottom",
        )
    axes.set(xscale="log", yscale="log", xlabel="width", ylabel="TFLOP/s of training")


def draw_ratio(axes: Any, report: Report) -> None:
    measured = report.rows("ratio", "ratio")
    for threads, seeds in sorted({(row["threads"], row["seeds"]) for row in measured}):
        rows = [row for row in measured if (row["threads"], row["seeds"]) == (threads, seeds)]
        axes.plot(
            [row["width"] for row in rows],
            [row["ratio"] for row in rows],
            marker="o",
            label=f"CPU with {threads} thread{'s' * (threads > 1)}, {seeds} at once",
        )
    axes.axhline(1, ls=":", color="0.4")
    axes.set(xscale="log", yscale="log", xlabel="width", ylabel=f"time on CPU / {report.device}")


def draw_levers(axes: Any, report: Report) -> None:
    levers = report.rows("levers", "ms_a_step")
    shapes = list(dict.fromkeys((row["width"], row["seeds"], row["batch"]) for row in levers))
    for name in dict.fromkeys(row["lever"] for row in levers):
        rows = [row for row in levers if row["lever"] == name]
        axes.plot(
            [shapes.index((row["width"], row["seeds"], row["batch"])) for row in rows],
            [row["ms_a_step"] for row in rows],
            marker="o",
            ls="",
            label=name,
        )
    words = [f"width {width}\n{seeds} seeds\nbatch {batch}" for width, seeds, batch in shapes]
    axes.set_xticks(range(len(shapes)), words, fontsize=7)
    axes.set(yscale="log", ylabel="ms a step")


def best_by_precision(rows: Sequence[Row]) -> list[Row]:
    """The fastest product of every precision."""
    names = dict.fromkeys(row["precision"] for row in rows)
    of = {name: [row for row in rows if row["precision"] == name] for name in names}
    return [max(each, key=lambda row: row["tflops"]) for each in of.values()]

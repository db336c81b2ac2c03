"""`python -m benchmarks.gpu`: all measurements on one GPU, in at most eight minutes.

Peak of matrix products and throughput of the suite's training, time ratios of CPU and GPU
by width with the width where the GPU overtakes, equality of results between devices, what CUDA
graphs, torch.compile, seeds at once and lower precision would gain, and claims on the device. Each
part is a process with its own time limit: one that fails, hangs or crashes the device loses only
its own remaining rows, and the report says so. `gpu.json` is written again after every row,
`gpu.svg` at the end. `--small --device cpu` runs all of it in small where there is no GPU; then no
part has its own limit. `--after gpu.json` continues an earlier run: complete parts are not
measured again. `benchmarks/gpu.sh` installs carried wheels first, on a machine that can fetch
nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_scaling.ledger.format import write

from .gpu_parts import PARTS, Row
from .machine import ROOT, description, table

Results = dict[str, dict[str, Any]]


@dataclass
class Report:
    """What has been measured so far; the file has the same."""

    file: Path
    device: str
    small: bool
    parts: Results = field(default_factory=dict)

    def add(self, part: str, row: Row) -> None:
        self.parts.setdefault(part, {"rows": []})["rows"].append(row)
        self.write()

    def end(self, part: str, seconds: float, failure: str) -> None:
        self.parts.setdefault(part, {"rows": []}).update(seconds=round(seconds, 1), failed=failure)
        self.write()

    def rows(self, part: str, *keys: str) -> list[Row]:
        """The rows of a part that have all these keys."""
        found = self.parts.get(part, {}).get("rows", [])
        return [row for row in found if all(key in row for key in keys)]

    def write(self) -> None:
        content = {"device": self.device, "small": self.small, "parts": self.parts}
        content["crossover"] = {
            f"{threads} threads": crossover(self.rows("ratio", "ratio"), threads)
            for threads in sorted({row["threads"] for row in self.rows("ratio", "ratio")})
        }
        write(self.file, json.dumps(content, indent=1) + "\n")


def crossover(rows: Sequence[Row], threads: int) -> float | None:
    """The width from which on the device is faster, between two that were measured; else None.

    Ratio and width are joined by straight lines on logarithmic scales.
    """
    points = sorted((row["width"], row["ratio"]) for row in rows if row["threads"] == threads)
    if points and points[0][1] > 1:
        return float(points[0][0])
    for (narrow, below), (wide, above) in itertools.pairwise(points):
        if below <= 1 < above:
            share = -math.log(below) / (math.log(above) - math.log(below))
            return round(narrow * (wide / narrow) ** share, 1)
    return None


def run_part(report: Report, part: str, limit: float) -> None:
    """Run one part in a process of its own, for at most `limit` seconds, and keep its rows."""
    command = [sys.executable, "-m", "benchmarks.gpu_parts", part, f"--device={report.device}"]
    command += [f"--out={report.file.parent}", *(["--small"] if report.small else [])]
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(limit, stop)
    timer.start()
    failure = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            row = json.loads(line)
            if list(row) == ["failed"]:
                failure = row["failed"]
            else:
                report.add(part, row)
        status = process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        failure = f"stopped after {limit:.0f} s; the rows so far are kept"
    elif status and not failure:
        failure = f"its process ended with status {status}; the rows so far are kept"
    report.end(part, time.monotonic() - start, failure)


def summary(report: Report) -> str:
    """The results as Markdown."""
    lines = []
    for part, content in report.parts.items():
        lines.append(f"\n### {part} ({content.get('seconds', 0):.0f} s)\n")
        if content.get("failed"):
            lines.append(f"Not whole: {content['failed']}.\n")
        rows = [row for row in content["rows"] if part != "environment"]
        keys = list(dict.fromkeys(key for row in rows for key in row))
        if rows:
            lines.append(table(keys, [[shown(row.get(key, "")) for key in keys] for row in rows]))
    return "\n".join(lines)


def shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def draw(report: Report, file: Path) -> None:
    """Throughput against the peak, time ratios with the crossover, and the levers: one figure."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (speed, ratio, lever) = plt.subplots(1, 3, figsize=(16, 4.8), layout="constrained")
    training = report.rows("training", "tflops")
    for seeds in sorted({row["seeds"] for row in training}):
        rows = [row for row in training if row["seeds"] == seeds]
        widths, values = [row["width"] for row in rows], [row["tflops"] for row in rows]
        speed.plot(widths, values, marker="o", label=f"{seeds} seeds at once")
    for row in best_by_precision(report.rows("peak", "tflops")):
        speed.axhline(row["tflops"], ls=":", color="0.4")
        speed.annotate(
            f"peak, {row['precision']}",
            (0.02, row["tflops"]),
            xycoords=("axes fraction", "data"),
            fontsize=8,
            va="bottom",
        )
    speed.set(xscale="log", yscale="log", xlabel="width", ylabel="TFLOP/s of training")
    measured = report.rows("ratio", "ratio")
    for threads in sorted({row["threads"] for row in measured}):
        rows = [row for row in measured if row["threads"] == threads]
        ratio.plot(
            [row["width"] for row in rows],
            [row["ratio"] for row in rows],
            marker="o",
            label=f"CPU with {threads} thread{'s' * (threads > 1)}",
        )
    ratio.axhline(1, ls=":", color="0.4")
    ratio.set(xscale="log", yscale="log", xlabel="width", ylabel=f"time on CPU / {report.device}")
    levers = report.rows("levers", "ms_a_step")
    shapes = list(dict.fromkeys((row["width"], row["seeds"], row["batch"]) for row in levers))
    for name in dict.fromkeys(row["lever"] for row in levers):
        rows = [row for row in levers if row["lever"] == name]
        lever.plot(
            [shapes.index((row["width"], row["seeds"], row["batch"])) for row in rows],
            [row["ms_a_step"] for row in rows],
            marker="o",
            ls="",
            label=name,
        )
    words = [f"width {width}\n{seeds} seeds\nbatch {batch}" for width, seeds, batch in shapes]
    lever.set_xticks(range(len(shapes)), words, fontsize=7)
    lever.set(yscale="log", ylabel="ms a step")
    for axes in (speed, ratio, lever):
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8)
    figure.savefig(file)
    plt.close(figure)


def best_by_precision(rows: Sequence[Row]) -> list[Row]:
    names = dict.fromkeys(row["precision"] for row in rows)
    of = {name: [row for row in rows if row["precision"] == name] for name in names}
    return [max(each, key=lambda row: row["tflops"]) for each in of.values()]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", default="cuda:0", help="default: cuda:0")
    parser.add_argument("--small", action="store_true", help="small sizes, to check that it runs")
    parser.add_argument("--out", type=Path, default=Path("gpu"), help="folder (default: gpu)")
    parser.add_argument("--minutes", type=float, default=8, help="for everything (default: 8)")
    parser.add_argument("--after", type=Path, help="gpu.json of a run to continue")
    parser.add_argument("--parts", default=",".join(PARTS), help="separated by commas")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.parts.split(",") if name not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report(options.out / "gpu.json", options.device, options.small)
    if options.after is not None:
        report.parts = json.loads(options.after.read_text(encoding="utf-8"))["parts"]
    print(description(), flush=True)
    end = time.monotonic() + 60 * options.minutes
    for part in options.parts.split(","):
        left = end - time.monotonic()
        if report.parts.get(part, {}).get("failed") == "":
            continue  # it is whole since the run before
        report.parts.pop(part, None)
        if left < 1:
            report.end(part, 0, "no time was left for it")
            continue
        run_part(report, part, left if options.small else min(PARTS[part][1], left))
        print(
            f"{part}: {report.parts[part]['seconds']:.0f} s {report.parts[part]['failed']}",
            flush=True,
        )
    print(summary(report))
    try:
        draw(report, options.out / "gpu.svg")
    except Exception as error:  # the numbers are there without their figure
        print(f"no figure: {type(error).__name__}: {error}")
    return int(any(each["failed"] for each in report.parts.values()))


if __name__ == "__main__":
    sys.exit(main())

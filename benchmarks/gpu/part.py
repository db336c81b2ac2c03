"""One part of the benchmark as a process of its own: `python -m benchmarks.gpu.part NAME`.

It writes one JSON object per line as soon as it is measured, so that nothing is lost where the next
measurement fails, hangs or crashes the device; and last, where it fails, `{"failed": why}`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from . import bench as scales
from . import plan
from .bench import Bench, Row
from .equality import equality
from .levers import levers, program
from .rates import environment, peak, ratio, training
from .report import message
from .suite import claims, claims_in_small, devices, full, tests

Part = Callable[[Bench], Iterator[Row]]


def small(bench: Bench) -> Iterator[Row]:
    """Every part that measures, in small on the device: that it runs, in how many seconds."""
    tiny = replace(bench, scale=scales.SMALL)
    failed = []
    for name in plan.MEASURES:
        start = time.perf_counter()
        try:
            rows = list(RUN[name](tiny))
            reason = next((row["failed"] for row in rows if "failed" in row), "")
        except Exception as error:
            traceback.print_exc()
            rows, reason = [], message(error)
        if reason:
            failed.append(f"{name} ({reason})")
        seconds = time.perf_counter() - start
        yield {"tried": name, "rows": len(rows), "seconds": seconds, "reason": reason}
    if failed:
        raise RuntimeError(", ".join(failed))


RUN: dict[str, Part] = {
    "small": small,
    "tests": tests,
    "claims-in-small": claims_in_small,
    "environment": environment,
    "peak": peak,
    "training": training,
    "ratio": ratio,
    "levers": levers,
    "program": program,
    "equality": equality,
    "devices": devices,
    "claims": claims,
    "full": full,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu.part")
    parser.add_argument("part", choices=plan.PARTS)
    parser.add_argument("--device", required=True)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="until it must have ended")
    options = parser.parse_args(arguments)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.set_flush_denormal(True)  # as where trials are computed, which have one thread too
    if options.device == "cpu":
        torch.set_num_threads(1)
    scale = scales.SMALL if options.small else scales.FULL
    until = time.monotonic() + options.seconds
    bench = Bench(options.device, scale, options.out, options.work, until)
    try:
        for row in RUN[options.part](bench):
            print(json.dumps(row), flush=True)
    except Exception as error:
        traceback.print_exc()
        print(json.dumps({"failed": message(error)}), flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

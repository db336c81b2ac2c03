"""`python -m benchmarks.gpu`: the parts one after the other, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..machine import ROOT, description
from . import plan
from .figure import draw
from .report import Report, summary
from .suite import unpack_store

STOPPED = 3  # exit code where something failed in small


@dataclass
class Run:
    """One run of the benchmark: its report, its working folder and its time."""

    report: Report
    work: Path
    start: float
    whole: float  # seconds for everything
    hurried: bool = True  # parts have limits of their own

    def left(self, part: str) -> float:
        """Seconds until a part must have ended."""
        limit = plan.until(part, self.whole) if self.hurried else self.whole
        return self.start + limit - time.monotonic()

    def several(self, parts: Sequence[str]) -> None:
        """Run parts at once."""
        with ThreadPoolExecutor(max(1, len(parts))) as threads:
            list(threads.map(self.part, parts))

    def part(self, part: str) -> None:
        """Run one part and keep its rows, unless it is whole since an earlier run."""
        if self.report.whole(part):
            print(f"{part}: kept from the earlier run", flush=True)
            return
        self.report.parts.pop(part, None)
        left, start = self.left(part), time.monotonic()
        failure = "no time was left for it" if left < 1 else self._rows(part, left)
        self.report.end(part, time.monotonic() - start, failure)
        print(f"{part}: {time.monotonic() - start:.0f} s {failure}".rstrip(), flush=True)

    def _rows(self, part: str, limit: float) -> str:
        """Take the rows of a part's process; what kept it from being whole, or nothing."""
        command = [sys.executable, "-m", "benchmarks.gpu.part", part, f"--seconds={limit}"]
        command += [f"--device={self.report.device}", f"--out={self.report.file.parent}"]
        command += [f"--work={self.work}", *(["--small"] if self.report.small else [])]
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
                if not line.startswith("{"):  # a library's, not a row
                    print(line, end="", flush=True)
                    continue
                row = json.loads(line)
                if list(row) == ["failed"]:
                    failure = row["failed"]
                else:
                    self.report.add(part, row)
            status = process.wait()
        finally:
            timer.cancel()
        if late.is_set():
            return f"stopped after {limit:.0f} s; the rows so far are kept"
        if status and not failure:
            return f"its process ended with status {status}; the rows so far are kept"
        return failure


def failures_in_small(report: Report, parts: Sequence[str]) -> list[str]:
    """What failed in small of these parts; one that only took too long is none of it."""
    failed = {part: report.parts[part]["failed"] for part in parts}
    return [f"{part}: {why}" for part, why in failed.items() if why and "stopped after" not in why]


def chosen_device(named: str | None) -> tuple[str, str]:
    """The device to be measured, and its name: by default CUDA where there is some."""
    from pytest_scaling.devices.hardware import facts
    from pytest_scaling.devices.resolve import resolve

    device = resolve(named or "auto")[-1]
    return device, str(facts(device)["name"])


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", help="default: an accelerator where there is one, or the CPU")
    parser.add_argument("--small", action="store_true", help="small sizes; always on the CPU")
    parser.add_argument("--out", type=Path, default=Path("gpu"), help="folder (default: gpu)")
    parser.add_argument(
        "--seconds", type=float, default=plan.SECONDS, help="for everything (default: 570)"
    )
    parser.add_argument("--after", type=Path, help="folder of results of a run to continue")
    parser.add_argument("--keep-going", action="store_true", help="though something fails in small")
    parser.add_argument("--parts", default=",".join(plan.PARTS), help="separated by commas")
    options = parser.parse_args(arguments)
    options.parts = options.parts.split(",")
    unknown = [name for name in options.parts if name not in plan.PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(plan.PARTS)}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    start = time.monotonic()
    options = options_of(arguments)
    device, card = chosen_device(options.device)
    small = options.small or device == "cpu"
    if device == "cpu":
        print("No accelerator is used: everything runs on the CPU, in small.")
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report(options.out / "gpu.json", device, card, small)
    print(f"{card}; {description()}", flush=True)
    work = Path(tempfile.mkdtemp(prefix="gpu-"))
    try:
        if options.after is not None:
            reason = report.take_over(options.after)
            print(f"Nothing is continued: {reason}." if reason else "An earlier run goes on.")
            unpack_store(options.after, work)
        run = Run(report, work, start, options.seconds, hurried=not small)
        return finish(run, options.parts, keep_going=options.keep_going)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def finish(run: Run, parts: Sequence[str], *, keep_going: bool) -> int:
    """Run the parts, print and draw what there is, and return the exit code."""
    first = [part for part in plan.SMALL if part in parts]
    run.several(first)
    failed = failures_in_small(run.report, first)
    for sentence in failed:
        print(f"Failed in small: {sentence}", flush=True)
    if not failed or keep_going:
        for part in parts:
            if part not in plan.SMALL:
                run.part(part)
    print(summary(run.report), flush=True)
    try:
        draw(run.report, run.report.file.with_name("gpu.svg"))
    except Exception as error:  # the numbers are there without their figure
        print(f"no figure: {type(error).__name__}: {error}")
    if failed and not keep_going:
        print(f"Ended early, as parts failed in small; exit code {STOPPED}.")
        return STOPPED
    return int(any(each["failed"] for each in run.report.parts.values()))


if __name__ == "__main__":
    sys.exit(main())

"""The machine that a benchmark ran on, and the Markdown that it reports in."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pytest_scaling.devices.numerics import ENVIRONMENT

ROOT = Path(__file__).parents[1]  # of the checkout
LIBRARIES = ("pytest", "numpy", "scipy", "scikit-learn", "scikit-learn-intelex", "torch")


def cores() -> int:
    """Processor cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # there is no such question outside Linux
        return os.cpu_count() or 1


def processor() -> str:
    """Name and instruction family of the processor, as the system gives them."""
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    known = {key.strip(): value.strip() for key, value in facts.items()}
    family, model = known.get("cpu family", "?"), known.get("model", "?")
    return f"{known.get('model name', platform.machine())} (family {family}, model {model})"


def versions() -> str:
    """Python and the numeric libraries, as in "CPython 3.11.7, numpy 2.4.6"."""
    found = [f"{platform.python_implementation()} {platform.python_version()}"]
    for library in LIBRARIES:
        try:
            found.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def load() -> str:
    """What else the machine was doing: the number of processes that wanted to run."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except OSError:
        return "unknown"


def description() -> str:
    """One line about the machine; the load tells whether it was idle."""
    return (
        f"{platform.system()}, {cores()} cores of {processor()}; {versions()}; "
        f"load average {load()} at the start."
    )


def kernels() -> str:
    """The processor for which each library of matrix products that is loaded takes its kernels."""
    from threadpoolctl import threadpool_info

    found = {
        f"{library['internal_api']} {library['version']} for {library['architecture']}"
        for library in threadpool_info()
        if library.get("architecture")
    }
    return ", ".join(sorted(found)) or "unknown"


def as_a_worker(module: str, arguments: Sequence[str] | None) -> int | None:
    """Run a benchmark in a process with the environment of the processes that compute trials.

    It decides which kernels a library takes, and must be there before the library is loaded.
    None where this process has it already.
    """
    if ENVIRONMENT.items() <= os.environ.items():
        return None
    command = [sys.executable, "-m", module, *(sys.argv[1:] if arguments is None else arguments)]
    return subprocess.run(command, env=os.environ | ENVIRONMENT, check=False).returncode


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all its threads, that one call takes.

    Other programs disturb it less than the wall time.
    """
    start = time.process_time()
    work()
    return time.process_time() - start


def cpu_of_children() -> float:
    """CPU seconds of the children of this process that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Median and range, as in "5.1 (4.9-5.6)"."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"

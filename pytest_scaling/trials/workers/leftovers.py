"""The processes that a learner has started: none outlives the worker that trained it.

A worker leads a process group, and has a mark in its environment, which everything that it starts
inherits: on Linux this finds also what has left the group.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "PYTEST_SCALING_WORKER"  # a variable of the environment
CARETAKERS = (b"resource_tracker", b"torch_shm_manager")  # they clear up, and then end themselves
PATIENCE = 2.0  # seconds that these have
PROC = Path("/proc")
CLOCK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def end_group(leader: int, mark: str = "") -> None:
    """End all processes of the group of a worker at once, or that have its mark, except this one.

    Those that clear up shared memory and semaphores have a moment to do so.
    """
    if os.name != "posix":
        command = ["taskkill", "/F", "/T", "/PID", str(leader)]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return
    mark = mark or os.environ.get(MARK, "")
    end = time.monotonic() + PATIENCE
    while sys.platform == "linux":
        caretakers = []
        for pid in members(leader, mark):
            if any(each in command_of(pid) for each in CARETAKERS):
                caretakers.append(pid)
            else:
                kill(pid)
        if not caretakers or time.monotonic() > end:
            for pid in caretakers:
                kill(pid)
            return
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def members(leader: int, mark: str) -> Iterator[int]:
    """The living processes, other than this one, of a group or with a mark; Linux."""
    entry = f"{MARK}={mark}".encode()
    for folder in PROC.glob("[0-9]*"):
        pid = int(folder.name)
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = fields_of(pid)
            if fields[0] == b"Z" or pid == os.getpid():
                continue
            if int(fields[2]) == leader or (
                mark and entry in (folder / "environ").read_bytes().split(b"\0")
            ):
                yield pid


def fields_of(pid: int) -> list[bytes]:
    """What /proc/PID/stat says, from the state on: state, parent, group, session and so on."""
    return (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()


def command_of(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""


def processor_seconds(leader: int, mark: str) -> float | None:
    """The processor time that a worker and what it has started have used; None off Linux."""
    if sys.platform != "linux":
        return None
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for pid in members(leader, mark):
            fields = fields_of(pid)
            total += int(fields[11]) + int(fields[12])
    return total / CLOCK

"""Locks that reserve a device for one run at a time, across all runs on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

POLL = 0.2  # seconds between checks whether a GPU has become free


@contextmanager
def reserved(devices: Iterable[str], say: Callable[[str], None]) -> Iterator[None]:
    """Reserve these devices for this process; `say` gets a message where it has to wait for one."""
    from filelock import FileLock, Timeout

    with ExitStack() as held:
        for device in sorted(set(devices)):  # in one order everywhere, so that no two runs block
            lock = FileLock(lock_file(device))
            try:
                held.enter_context(lock.acquire(timeout=0))
            except Timeout:
                say(f"waiting for {device}, which another run is using")
                held.enter_context(lock.acquire(poll_interval=POLL))
        yield


def lock_file(device: str) -> Path:
    """Where the lock of a device is, for all runs of one user."""
    from platformdirs import user_cache_path

    folder = user_cache_path("pytest-scaling", appauthor=False) / "devices"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(
            f"the folder {folder} for the locks of devices cannot be made ({error}); "
            f"name another cache directory, on Linux with XDG_CACHE_HOME"
        ) from None
    return folder / f"{physical(device)}.lock"


def physical(device: str) -> str:
    """A name that stands for the same GPU whatever CUDA_VISIBLE_DEVICES hides, as in "cuda-3"."""
    kind, _, number = device.partition(":")
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    place = int(number or 0)
    if kind == "cuda" and place < len(visible) and visible[place].strip():
        number = visible[place].strip()
    return f"{kind}-{number or 0}"

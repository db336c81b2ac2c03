"""Devices to be timed: a made-up one, and a real one where there is one."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.devices.fake import FakeCuda

SECONDS = 0.004  # of a kernel
GPU_HERTZ = 1.7e9  # cycles a second of a real device, roughly


@dataclass
class Machine:
    """A CUDA device, its host's clock, and a kernel that keeps it busy for about SECONDS."""

    kernel: Any
    clock: Any
    fake: FakeCuda | None = None


@pytest.fixture
def cuda(monkeypatch):
    """The made-up device instead of torch.cuda."""
    device = FakeCuda()
    device.install(monkeypatch)
    return device


@pytest.fixture(params=["fake", "real"])
def machine(request, monkeypatch):
    """The same tests run on the made-up device and on a real one."""
    if request.param == "fake":
        device = FakeCuda()
        device.install(monkeypatch)
        return Machine(lambda: device.kernel(SECONDS), device.clock, device)
    import time

    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("this machine has no CUDA device")
    cycles = int(SECONDS * GPU_HERTZ)
    return Machine(lambda: torch.cuda._sleep(cycles), time.perf_counter)

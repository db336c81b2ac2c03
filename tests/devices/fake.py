"""A made-up CUDA device: kernels are queued, and the clocks are numbers.

It takes the place of `torch.cuda`, so that the plugin's own code runs. The host's clock moves by
LAUNCH for every kernel that is queued and jumps to the end of the queue when the host waits. An
event is a place in the queue; its time can be read only when the host has waited for it, as on a
real device. Everything that happens is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

LAUNCH = 5e-6  # seconds of the host for queueing one kernel
COLD = 0.5  # seconds of the host for the very first kernel of a kind
CALL = 1e-7  # seconds that a look at the clock takes
MEMORY = 8 * 2**30


@dataclass
class FakeCuda:
    """One device with its queue; the host's time is in `now`."""

    now: float = 0.0
    idle_at: float = 0.0  # when the queue will be empty
    log: list[str] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)
    allocated: int = 0
    peak: int = 0

    # What programs under test do.

    def kernel(self, seconds: float, name: str = "kernel", memory: int = 0) -> None:
        """Queue work that keeps the device busy for so long, and return at once."""
        self.now += LAUNCH if name in self.loaded else COLD
        self.loaded.add(name)
        self.idle_at = max(self.idle_at, self.now) + seconds
        self.peak = max(self.peak, self.allocated + memory)
        self.log.append(name)

    def clock(self) -> float:
        """Seconds of the host."""
        self.now += CALL
        self.log.append("clock")
        return self.now

    # What torch.cuda has.

    def synchronize(self, device=None) -> None:
        self.now = max(self.now, self.idle_at)
        self.log.append("synchronise")

    def event(self, enable_timing=False):
        return FakeEvent(self, enable_timing)

    def current_stream(self, device=None):
        return self

    def is_initialized(self) -> bool:
        return True

    def device_count(self) -> int:
        return 1

    def reset_peak_memory_stats(self, device=None) -> None:
        self.peak = self.allocated

    def max_memory_allocated(self, device=None) -> int:
        return self.peak

    def install(self, monkeypatch) -> None:
        """Replace the functions of torch.cuda by this device."""
        import torch

        for name in (
            "synchronize",
            "current_stream",
            "reset_peak_memory_stats",
            "max_memory_allocated",
        ):
            monkeypatch.setattr(torch.cuda, name, getattr(self, name))
        monkeypatch.setattr(torch.cuda, "Event", self.event)

    @property
    def counts(self) -> SimpleNamespace:
        """How often each thing happened."""
        return SimpleNamespace(**{name: self.log.count(name) for name in set(self.log)})


@dataclass
class FakeEvent:
    """A moment in the queue."""

    cuda: FakeCuda
    timing: bool
    at: float | None = None

    def record(self, stream=None) -> None:
        self.at = max(self.cuda.now, self.cuda.idle_at)
        self.cuda.log.append("event")

    def elapsed_time(self, end: FakeEvent) -> float:
        """Milliseconds; RuntimeError, as in torch, where an event is not recorded or not past."""
        if not (self.timing and end.timing) or self.at is None or end.at is None:
            raise RuntimeError("Both events must be recorded with timing before calculating")
        if end.at > self.cuda.now:
            raise RuntimeError("device not ready")
        return (end.at - self.at) * 1e3

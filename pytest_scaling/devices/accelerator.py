"""What timing needs to know about a device: when it has finished, and how long it took.

Work on an accelerator is queued: a call returns before its result is available. So a reading of
the host's clock means something only after waiting for the device, and the device's own time is
taken by events in the queue before and after the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .hardware import slowed
from .kinds import kind_of, module_of

RETAKES = 3  # of a timing that came out below zero
MIB = 2**20


class ClockError(RuntimeError):
    """The clock went backwards again and again; the message says where."""


class Accelerator(Protocol):
    """A device that timings wait for. The CPU is one too, and never keeps them waiting."""

    @property
    def device(self) -> str: ...

    def synchronise(self) -> None:
        """Return when everything that was queued is done."""

    def event(self) -> Any:
        """A moment in the queue: after all that was queued before, and before the rest."""

    def between(self, start: Any, end: Any) -> float:
        """Seconds from one event to another, both past, by the device's own clock."""

    def forget_peak(self) -> None:
        """Start measuring the peak of the memory again."""

    def slowed(self) -> tuple[str, ...]:
        """Why the device runs below its clock now, as far as it tells."""

    def peak_memory(self) -> int | None:
        """The most bytes of memory that were in use, where the device counts them."""


@dataclass(frozen=True)
class Cpu:
    """The host itself: a call returns when its work is done."""

    device: str = "cpu"

    def synchronise(self) -> None:
        pass

    def event(self) -> float:
        return time.perf_counter()

    def between(self, start: float, end: float) -> float:
        return end - start

    def forget_peak(self) -> None:
        pass

    def slowed(self) -> tuple[str, ...]:
        return ()

    def peak_memory(self) -> int | None:
        return None


@dataclass(frozen=True)
class Queued:
    """An accelerator, used through its module of torch; what the module lacks is left out."""

    device: str

    @property
    def _module(self) -> Any:
        return module_of(kind_of(self.device).name)

    @property
    def _self(self) -> tuple[str, ...]:
        """The argument of functions of the module: which device, where there may be several."""
        return (self.device,) if kind_of(self.device).numbered else ()

    def synchronise(self) -> None:
        self._module.synchronize(*self._self)

    def event(self) -> Any:
        event = self._module.Event(enable_timing=True)
        streams = kind_of(self.device).on_streams
        event.record(*([self._module.current_stream(self.device)] if streams else []))
        return event

    def between(self, start: Any, end: Any) -> float:
        return float(start.elapsed_time(end)) / 1e3  # torch gives milliseconds

    def forget_peak(self) -> None:
        if forget := getattr(self._module, "reset_peak_memory_stats", None):
            forget(*self._self)

    def slowed(self) -> tuple[str, ...]:
        return slowed(self.device)

    def peak_memory(self) -> int | None:
        peak = getattr(self._module, "max_memory_allocated", None)
        return int(peak(*self._self)) if peak else None


def accelerator(device: str) -> Accelerator:
    """The device of a name, as in "cpu", "cuda:0" or "mps"."""
    return Cpu() if device == "cpu" else Queued(device)


@dataclass(frozen=True)
class Timing:
    """One piece of work, timed from an idle device to an idle device.

    seconds: by the host's clock. on_device: by the device's own, from event to event.
    """

    seconds: float
    on_device: float


def timed(
    work: Callable[[], object],
    on: Accelerator,
    clock: Callable[[], float] = time.perf_counter,
    get_ready: Callable[[], object] = lambda: None,
) -> Timing:
    """Run work once and time it; what was queued before is waited for first and does not count.

    get_ready: called before each timing. A timing below zero is discarded and taken again. Raises
    ClockError after RETAKES of them.
    """
    for _ in range(1 + RETAKES):
        get_ready()
        on.synchronise()
        start, before = on.event(), clock()
        work()
        end = on.event()
        on.synchronise()
        seconds = clock() - before
        if seconds >= 0:
            return Timing(seconds, on.between(start, end))
    raise ClockError(
        f"the clock went backwards {1 + RETAKES} times in a row while work was timed on "
        f"{on.device}, by {-seconds:.3g} s the last time; check whether something sets it"
    )

"""The fixture `benchmark` on an accelerator: warmed up first, and timed by the device too."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from ...devices.accelerator import Accelerator, Timing, timed
from ...devices.hardware import state

WARM_UPS = 3  # runs after the cold start, before anything is calibrated
EVENTS = 10  # runs, at most, that are timed by events of the device after the rounds


class DeviceBenchmark(BenchmarkFixture):  # type: ignore[misc]
    """A benchmark whose first run, which loads kernels and fills caches, is not counted.

    pytest-benchmark calibrates on the first call it makes; here that call is a warm one. Its
    rounds and their statistics are its own. `extra_info` gets the device, the seconds of the cold
    start, the peak of the memory during the rounds in bytes, seconds by the device's own clock of
    some further runs, and power and clocks where they can be read.
    """

    on: Accelerator
    _mode: str | None

    @classmethod
    def take_over(cls, fixture: Any, on: Accelerator) -> None:
        """Turn a benchmark into one of this kind, in place: pytest-benchmark keeps the object."""
        fixture.__class__ = cls
        fixture.on = on
        if on.device not in fixture.fullname:  # records of different devices must stay separate
            fixture.name = f"{fixture.name}[{on.device}]"
            fixture.fullname = f"{fixture.fullname}[{on.device}]"
        fixture.extra_info["device"] = on.device

    def __call__(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._around(
            "benchmark(...)",
            lambda: self._timed(function_to_benchmark, args, kwargs),
            lambda: super(DeviceBenchmark, self).__call__(function_to_benchmark, *args, **kwargs),
        )

    def pedantic(
        self,
        target: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., object] | None = None,
        **counts: Any,
    ) -> Any:
        def once() -> Timing | None:
            made = setup() if setup else None
            if made and (args or kwargs):
                return None  # a mistake, which the rounds will report
            given, named = made or (args, kwargs or {})
            timing = self._timed(target, given, named)
            if teardown is not None:
                teardown(*given, **named)
            return timing

        return self._around(
            "benchmark.pedantic(...)",
            once,
            lambda: super(DeviceBenchmark, self).pedantic(
                target, args, kwargs, setup, teardown, **counts
            ),
        )

    def _timed(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Timing:
        return timed(lambda: function(*args, **kwargs), self.on, self._timer)

    def _around(
        self, mode: str, once: Callable[[], Timing | None], rounds: Callable[[], Any]
    ) -> Any:
        """The rounds between the warm-up and the runs that the device times."""
        if self.disabled or self._mode:
            return rounds()
        try:
            cold = once()
            for _ in range(WARM_UPS):
                once()
        except Exception:
            self.has_error, self._mode = True, mode  # as after a failure in the rounds
            raise
        self.on.forget_peak()
        result = rounds()
        peak = self.on.peak_memory()
        events = [once() for _ in range(min(EVENTS, len(self.stats.stats.data)))]
        seconds = [timing.on_device for timing in events if timing is not None]
        self.extra_info |= {
            "cold_start": cold and cold.seconds,
            "peak_memory": peak,
            "device_seconds": {
                "rounds": len(seconds),
                "min": min(seconds),
                "median": statistics.median(seconds),
                "max": max(seconds),
            },
            **state(self.on.device),
        }
        return result

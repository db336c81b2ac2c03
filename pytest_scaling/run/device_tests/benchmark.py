"""pytest-benchmark on devices: how benchmarks are timed, and what its tables and files say.

A benchmark on the CPU is left unchanged. On an accelerator a marker that is put
before the user's own gives it a timer that waits for the device, and a group by device.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

import pytest

from ...devices.accelerator import accelerator
from ...devices.kinds import ACCELERATOR
from ..devices import device_of, devices_of
from .marks import need_of


def device_of_benchmark(item: pytest.Item) -> str:
    """The device that a benchmark keeps busy: that of its parameter, or of its mark, or the CPU."""
    named = device_of(item) or ""
    if named == "cpu" or re.fullmatch(ACCELERATOR, named):
        return named
    need = need_of(item)
    devices = [each for each in devices_of(item.config) if need is not None and need.names(each)]
    return devices[-1] if devices else "cpu"


def mark_for_device(item: pytest.Item) -> None:
    """Give a benchmark of an accelerator its timer, and one in a run on devices its group.

    What the user's own mark says stays; a timer of the user's is read when the device is idle.
    """
    config = item.config
    if not config.pluginmanager.has_plugin("pytest-benchmark") or devices_of(config) == ("cpu",):
        return
    from pytest_benchmark.utils import load_timer

    device, own = device_of_benchmark(item), item.get_closest_marker("benchmark")
    options = dict(own.kwargs) if own else {}
    options["group"] = f"{options['group']} on {device}" if options.get("group") else device
    if device != "cpu":
        base = options.get("timer") or load_timer(config.getoption("benchmark_timer")).target
        options["timer"] = timer(device, base)
    item.add_marker(pytest.mark.benchmark(**options), append=False)


@cache
def timer(device: str, base: Callable[[], float]) -> Callable[[], float]:
    """A clock that is read when a device is idle; one function for each device.

    pytest-benchmark keeps the precision of a timer by the function, so no two may share one.
    """
    on = accelerator(device)

    def read() -> float:
        on.synchronise()
        return base()

    read.__name__ = f"{device.replace(':', '_')}_timer"
    return read


def prepare(fixture: object, item: pytest.Item) -> None:
    """Let a benchmark of an accelerator be warmed up, and watched by the device itself."""
    from pytest_benchmark.fixture import BenchmarkFixture

    device = device_of_benchmark(item)
    if device == "cpu" or type(fixture) is not BenchmarkFixture:
        return
    from .device_benchmark import DeviceBenchmark

    DeviceBenchmark.take_over(fixture, accelerator(device))


def describe_machine(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    """Add the accelerators of a run to the processor's information."""
    devices = [device for device in devices_of(config) if device != "cpu"]
    if devices:
        from ...devices.hardware import facts

        machine_info["devices"] = [facts(device) for device in devices]
        machine_info["libraries"] = {name: version(name) for name in ("torch", "pytest-scaling")}


def complete_params(benchmarks: list[dict[str, Any]], group_by: str) -> None:
    """Let benchmarks without a parameter `device` be grouped by it: they run on the CPU."""
    if "param:device" in group_by.split(","):
        for benchmark in benchmarks:
            device = benchmark["extra_info"].get("device", "cpu")
            benchmark["params"] = {"device": device, **(benchmark["params"] or {})}

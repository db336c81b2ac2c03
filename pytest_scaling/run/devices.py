"""The devices of a run: resolved at its start, shown in its header, reserved for one run."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext

import pytest

from ..devices.locks import reserved
from ..devices.resolve import broken, resolve
from .options import is_worker, options_of

MARKS = (
    "devices(name, ..., memory=GiB, count=N): run on these devices, with so much memory, so many",
    "numerics(seed, deterministic, tf32, dtype, threads): of a test that uses the fixture device",
)
DEVICES: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()


def configure(config: pytest.Config) -> None:
    """Resolve the devices of the run at its start, where a usage error ends it with exit 4."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    name = options_of(config).device
    if name != "cpu":  # must be set before CUDA starts
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    config.stash[DEVICES] = resolve(name)


def devices_of(config: pytest.Config) -> tuple[str, ...]:
    """The devices of the run."""
    return config.stash[DEVICES]


def device_of(item: pytest.Item) -> str | None:
    """The device that a test was given by its parameter `device`; None for a test without one."""
    callspec = getattr(item, "callspec", None)
    given = callspec.params.get("device") if callspec else None
    return None if given is None else str(given)


def accelerator_of(item: pytest.Item, devices: Collection[str]) -> str | None:
    """The device of the run that a test uses through the fixture `device`; None for the CPU."""
    device = device_of(item)
    return device if device in devices and device != "cpu" else None


def header(config: pytest.Config) -> list[str]:
    """What a run on accelerators says about them before it begins; empty on the CPU."""
    lines = []
    if options_of(config).device == "auto":
        lines = [f"{device} does not work: {words}" for device, words in broken().items()]
    used = [device for device in devices_of(config) if device != "cpu"]
    if used:
        from ..devices.hardware import described

        lines += map(described, used)
    lines = [f"scaling device: {line}" for line in lines]
    return [*lines, *described_run(config)] if is_foretold(config) else lines


def is_foretold(config: pytest.Config) -> bool:
    """Whether a project has said before collection that it has claims, by a hook of ours."""
    hooks = (config.hook.pytest_scaling_tiers, config.hook.pytest_scaling_tasks)
    return any(hook.get_hookimpls() for hook in hooks)


def described_run(config: pytest.Config) -> list[str]:
    """Tier, devices, what trains and the store of a run with claims, for its header."""
    from .resources import store_path, workers_of
    from .session import tier_of

    options = options_of(config)
    if options.offline:
        trains = "offline: nothing is trained"
    elif options.on_cluster:
        trains = f"cluster at {options.scheduler}"
    elif config.getoption("dist", "no") != "no":
        trains = f"{len(config.getoption('tx') or ())} workers of pytest-xdist"
    else:
        number = workers_of(options)
        processes = "process" if number == 1 else "processes"
        trains = f"{number} training {processes}" if number else "training in this process"
    devices = ", ".join(devices_of(config))
    return [
        f"scaling: {tier_of(config).name} tier · {devices} · {trains} · store {store_path(config)}"
    ]


def reservation(session: pytest.Session) -> AbstractContextManager[None]:
    """Reserve the GPUs of the tests for this run; a worker of pytest-xdist does so test by test."""
    devices = devices_of(session.config)
    if devices == ("cpu",) or is_worker(session.config):
        return nullcontext()
    used = [accelerator_of(item, devices) for item in session.items]
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    say = reporter.write_line if reporter else print
    return reserved([device for device in used if device], say)

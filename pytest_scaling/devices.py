"""Devices by name: which there are, and one clear sentence where one is not."""

from __future__ import annotations

import re

import pytest

from .options import DEVICE

DEVICES: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()


def configure(config: pytest.Config) -> None:
    """Resolve the devices of the run at its start, where a usage error ends it with exit 4."""
    config.stash[DEVICES] = resolve(DEVICE.read(config))


def devices_of(config: pytest.Config) -> tuple[str, ...]:
    """The devices of the run."""
    return config.stash[DEVICES]


def parametrize(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Run a test once per device where it uses our fixture, and not one of the user's own."""
    definitions = metafunc._arg2fixturedefs.get("device", ())
    if definitions and definitions[-1].func is getattr(fixture, "__wrapped__", fixture):
        metafunc.parametrize("device", devices_of(metafunc.config), indirect=True, ids=str)


def resolve(name: str) -> tuple[str, ...]:
    """The devices that a name stands for, for example ("cpu",) or ("cpu", "cuda:0").

    torch is imported only when a device other than cpu is named.
    Raises pytest.UsageError when the name is unknown or the device is absent.
    """
    if name == "cpu":
        return ("cpu",)
    if not re.fullmatch(r"cuda(:\d+)?|mps|all|auto", name):
        raise pytest.UsageError(
            f"there is no device {name!r}; use cpu, cuda, cuda:N, mps, all or auto"
        )
    accelerators = _accelerators()
    if name == "all":
        return ("cpu", *accelerators)
    if name == "auto":
        return accelerators[:1] or ("cpu",)
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in accelerators:
        there = ", ".join(("cpu", *accelerators))
        raise pytest.UsageError(
            f"device {name!r} was asked for and is not there (devices here: {there}); "
            f"name one of these, or `auto`"
        )
    return (wanted,)


def _accelerators() -> tuple[str, ...]:
    try:
        import torch
    except ImportError:
        return ()
    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    return (*cuda, *(("mps",) if torch.backends.mps.is_available() else ()))

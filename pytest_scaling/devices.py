"""Devices by name: which there are, and one clear sentence where one is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .options import DEVICE

if TYPE_CHECKING:
    from .claim import Claim

DEVICES: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()


def configure(config: pytest.Config) -> None:
    """Resolve the devices of the run at its start, where a usage error ends it with exit 4."""
    config.stash[DEVICES] = resolve(DEVICE.read(config))


def devices_of(config: pytest.Config) -> tuple[str, ...]:
    """The devices of the run."""
    return config.stash[DEVICES]


def parametrize(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Run a test once per device where it uses our fixture, and not one of the user's own.

    A claim that compares devices runs once, under the name of the last of them.
    """
    definitions = metafunc._arg2fixturedefs.get("device", ())
    if definitions and definitions[-1].func is getattr(fixture, "__wrapped__", fixture):
        devices = devices_of(metafunc.config)
        claims = [mark.args[0] for mark in metafunc.definition.iter_markers("claim") if mark.args]
        if any(claim.devices for claim in claims):
            devices = devices[-1:]
        metafunc.parametrize("device", devices, indirect=True, ids=str)


def lacking_devices(claim: Claim, devices: tuple[str, ...]) -> str:
    """Why a claim that compares devices cannot be heard in this run, or nothing.

    The CPU is always there; a device that was asked for permits the claim's arm on the CPU.
    """
    there = {"cpu", *(device.partition(":")[0] for device in devices)}
    lacking = [kind for kind in claim.devices if kind not in there]
    if not lacking:
        return ""
    return (
        f"it compares {' and '.join(claim.devices)}, and this run has no {' and no '.join(lacking)}"
    )


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

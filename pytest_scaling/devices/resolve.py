"""The devices that a name stands for, and why one that was named cannot be used."""

from __future__ import annotations

import re

import pytest

SINGLE = r"cpu|cuda(:\d+)?|mps"  # names of one device


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
    if name == "auto":
        return tuple(device for device in accelerators if not fault(device))[:1] or ("cpu",)
    wanted = "cuda:0" if name == "cuda" else name
    if wanted != "all" and wanted not in accelerators:
        there = ", ".join(("cpu", *accelerators))
        raise pytest.UsageError(
            f"device {name!r} was requested and is not available (devices here: {there}); "
            f"name one of these, or `auto`{absence(wanted)}"
        )
    named = accelerators if wanted == "all" else (wanted,)
    for device in named:
        if message := fault(device):
            raise pytest.UsageError(
                f"device {device!r} is present and does not work ({message}); "
                f"check its driver, or name another device"
            )
    return ("cpu", *named) if wanted == "all" else named


def _accelerators() -> tuple[str, ...]:
    """Names of the accelerators of this machine that torch finds."""
    try:
        import torch
    except ImportError:
        return ()
    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    return (*cuda, *(("mps",) if torch.backends.mps.is_available() else ()))


def broken() -> dict[str, str]:
    """The accelerators that are present and do not work, with their messages."""
    messages = {device: fault(device) for device in _accelerators()}
    return {device: message for device, message in messages.items() if message}


def fault(device: str) -> str:
    """The message of an accelerator that cannot do a sum, or nothing."""
    try:
        import torch

        total = torch.ones(4, device=device).sum().item()
    except Exception as error:
        return f"{type(error).__name__}: {first_line(error)}"
    return "" if total == 4 else f"it computes 1 + 1 + 1 + 1 as {total:g}"


def first_line(error: Exception) -> str:
    """The first line of an error's message."""
    return str(error).strip().partition("\n")[0]


def absence(device: str) -> str:
    """Why a device is not available, as far as can be found out, as the end of a sentence."""
    try:
        import torch
    except ImportError:
        return " (torch is not installed)"
    if device == "mps" or torch.cuda.device_count():
        return ""
    if torch.version.cuda is None and getattr(torch.version, "hip", None) is None:
        return f" (torch {torch.__version__} is built without CUDA)"
    try:
        torch.cuda.init()
    except Exception as error:
        return f" (torch reports: {first_line(error)})"
    return ""

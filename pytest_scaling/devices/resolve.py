"""The devices that a name stands for, and why one that was named cannot be used."""

from __future__ import annotations

import pytest

from .kinds import WORDS, accelerators, is_device, kind_of, module_of

BUILT_WITH = {"cuda": ("cuda", "hip"), "xpu": ("xpu",)}  # in torch.version, by kind


def resolve(name: str) -> tuple[str, ...]:
    """The devices that a name stands for, for example ("cpu",) or ("cpu", "cuda:0").

    torch is imported only when a device other than cpu is named.
    Raises pytest.UsageError when the name is unknown or the device is absent.
    """
    if name == "cpu":
        return ("cpu",)
    if name not in ("all", "auto") and not is_device(name):
        raise pytest.UsageError(f"there is no device {name!r}; use {WORDS}, all or auto")
    there = accelerators()
    if name == "auto":
        return tuple(device for device in there if not fault(device))[:1] or ("cpu",)
    wanted = name if name == "all" or ":" in name else first_of(name)
    if wanted != "all" and wanted not in there:
        named_here = ", ".join(("cpu", *there))
        raise pytest.UsageError(
            f"device {name!r} was requested and is not available (devices here: {named_here}); "
            f"name one of these, or `auto`{absence(wanted)}"
        )
    named = there if wanted == "all" else (wanted,)
    for device in named:
        if message := fault(device):
            raise pytest.UsageError(
                f"device {device!r} is present and does not work ({message}); "
                f"check its driver, or name another device"
            )
    return ("cpu", *named) if wanted == "all" else named


def first_of(kind: str) -> str:
    """The name of the first device of a kind."""
    return f"{kind}:0" if kind_of(kind).numbered else kind


def broken() -> dict[str, str]:
    """The accelerators that are present and do not work, with their messages."""
    messages = {device: fault(device) for device in accelerators()}
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
    kind = kind_of(device).name
    if kind not in ("cuda", "xpu") or (module := module_of(kind)) is None or module.device_count():
        return ""
    built = (getattr(torch.version, name, None) for name in BUILT_WITH[kind])
    if not any(built):
        return f" (torch {torch.__version__} is built without {kind.upper()})"
    try:
        module.init()
    except Exception as error:
        return f" (torch reports: {first_line(error)})"
    return ""

"""The kinds of accelerator, and all that differs between them: one table.

A kind has its own module in torch, as in `torch.cuda`. A kind that is not in the table is known
where `torch.accelerator` reports it, and is taken to be like those of torch's newer modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What distinguishes one kind of accelerator.

    numbered: there may be several, and functions of its module take one of them. on_streams: events
    are recorded on a stream. title: its name where its module gives none.
    """

    name: str
    numbered: bool = True
    on_streams: bool = True
    title: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("cuda"),
        Kind("mps", numbered=False, on_streams=False, title="Apple GPU"),
        Kind("xpu"),
    )
}
ACCELERATOR = "|".join(rf"{k.name}(:\d+)?" if k.numbered else k.name for k in KINDS.values())
"""A pattern of the names of one accelerator, as in "cuda:1"."""
SINGLE = f"cpu|{ACCELERATOR}"
"""A pattern of the names of one device."""
WORDS = "cpu, cuda, cuda:N, mps, xpu"
"""The names of devices, for messages."""


def kind_of(device: str) -> Kind:
    """The kind of a device, as in "cuda:1"."""
    name = device.partition(":")[0]
    return KINDS.get(name) or Kind(name)


def module_of(kind: str) -> Any:
    """The module of a kind in torch; None where torch has none."""
    import torch

    return getattr(torch, kind, None)


def in_use(torch: Any) -> Iterator[tuple[Kind, Any]]:
    """The kinds that this process uses, with their modules; the look starts no device.

    torch: the library, which need not be whole.
    """
    for kind in KINDS.values():
        module = getattr(torch, kind.name, None)
        if module is None:
            continue
        # A module without numbered devices cannot tell whether it is in use.
        if module.is_initialized() if kind.numbered else is_there(torch, kind.name):
            yield kind, module


def is_there(torch: Any, kind: str) -> bool:
    """Whether the one device is there of a kind that has no more."""
    return bool(getattr(torch.backends, kind).is_available())


def count_of(kind: str) -> int:
    """How many devices of a kind there are, as torch finds them; the CPU is one."""
    if kind == "cpu":
        return 1
    import torch

    if not kind_of(kind).numbered:
        return int(is_there(torch, kind))
    module = module_of(kind)
    return int(module.device_count()) if module is not None else 0


def unlisted() -> str:
    """The kind of this machine's accelerator where the table does not have it, or nothing."""
    try:
        import torch
    except ImportError:
        return ""
    known = getattr(torch, "accelerator", None)  # since torch 2.6
    if known is None or not known.is_available():
        return ""
    kind = str(known.current_accelerator().type)
    return "" if kind in KINDS else kind


def accelerators() -> tuple[str, ...]:
    """Names of the accelerators of this machine that torch finds."""
    try:
        import torch  # noqa: F401 - whether there is one
    except ImportError:
        return ()
    found: list[str] = []
    for kind in (*KINDS, *filter(None, [unlisted()])):
        count = count_of(kind)
        found += numbered(kind, count) if kind_of(kind).numbered else [kind] * count
    return tuple(found)


def numbered(kind: str, count: int) -> list[str]:
    """The names of several devices of a kind."""
    return [f"{kind}:{index}" for index in range(count)]


def is_device(name: str) -> bool:
    """Whether a name is that of one device, be it there or not. May import torch."""
    if re.fullmatch(SINGLE, name):
        return True
    kind, colon, number = name.partition(":")
    return bool(kind) and kind == unlisted() and (number.isdecimal() or not colon)

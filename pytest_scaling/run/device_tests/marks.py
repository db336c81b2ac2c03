"""The marks `devices` and `numerics` of ordinary tests: their requests, and how they are met."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ...devices.kinds import SINGLE, WORDS
from ...devices.numerics import DTYPES, Generators, Numerics, numerics
from ..devices import device_of, devices_of


@dataclass(frozen=True)
class Need:
    """What a test's mark asks of its device.

    kinds: names of devices, as in "cuda" or "cuda:1"; empty for any. memory: GiB that a device
    must have. count: how many devices of its kind there must be.
    """

    kinds: tuple[str, ...] = ()
    memory: float = 0
    count: int = 1

    def names(self, device: str) -> bool:
        """Whether a device is among those that the mark names."""
        return not self.kinds or bool({device, device.partition(":")[0]} & set(self.kinds))

    def missing(self, devices: tuple[str, ...]) -> str:
        """Why a test cannot run on any of these devices; empty where it can."""
        named = [device for device in devices if self.names(device)]
        if not named:
            return (
                f"it runs on {' or '.join(self.kinds)}, and this run is on {' and '.join(devices)}"
            )
        reasons = [self._missing(device) for device in named]
        return "" if "" in reasons else reasons[0]

    def _missing(self, device: str) -> str:
        from ...devices.hardware import memory_of
        from ...devices.kinds import count_of

        kind = device.partition(":")[0]
        if self.count > 1 and (there := count_of(kind)) < self.count:
            return f"it needs {self.count} devices of the kind {kind}, and there is {there}"
        if self.memory and (gib := memory_of(device) / 2**30) < self.memory:
            return f"it needs {self.memory:g} GiB of memory, and {device} has {gib:.1f}"
        return ""


def need_of(node: pytest.Item) -> Need | None:
    """What the mark of a test, or of its class or module, asks of devices; None without one.

    Raises ClaimError where the mark cannot be understood.
    """
    mark = node.get_closest_marker("devices")
    if mark is None:
        return None
    from ...spec.errors import ClaimError

    unknown = [name for name in mark.args if not re.fullmatch(SINGLE, str(name))]
    odd = sorted(mark.kwargs.keys() - {"memory", "count"})
    amounts = [mark.kwargs.get("memory", 0), mark.kwargs.get("count", 1)]
    if any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in amounts):
        odd.append("an amount that is no number")
    if unknown or odd or not (mark.args or mark.kwargs):
        wrong = ", ".join(map(str, (*unknown, *odd))) or "nothing"
        raise ClaimError(
            f"{node.name} is marked devices with {wrong}; it takes {WORDS} and "
            f"memory=GiB or count=N, as in @pytest.mark.devices('cuda', memory=8)"
        )
    return Need(tuple(map(str, mark.args)), amounts[0], int(amounts[1]))


def skip_where_missing(item: pytest.Item) -> None:
    """Skip a test whose mark asks for what the run's devices do not have, with the reason."""
    need = need_of(item)
    if need is None:
        return
    own, devices = device_of(item), devices_of(item.config)
    if reason := need.missing((own,) if own in devices else devices):
        item.add_marker(pytest.mark.skip(reason=reason))


@contextlib.contextmanager
def prepared(node: pytest.Item, device: str) -> Iterator[Generators]:
    """Seed a test and set the flags of its libraries, by its mark, and put them back after it.

    The seed depends on the test, not on its device. Gives the generators, so that whatever another
    plugin does to them between the setup of the test and its call can be undone.
    """
    state = numerics_of(node, device) or Numerics(seed_of(node, device))
    with numerics(state, needs_torch=device != "cpu"):
        yield Generators(state.seed)


def numerics_of(node: pytest.Item, device: str) -> Numerics | None:
    """The state that a test's mark asks for; None without one."""
    mark = node.get_closest_marker("numerics")
    if mark is None:
        return None
    return wanted(node.name, {"seed": seed_of(node, device), **mark.kwargs})


def seed_of(node: pytest.Item, device: str) -> int:
    """A seed that is the test's own, and the same on every device."""
    name = node.nodeid.replace(f"[{device}", "[device") if device else node.nodeid
    return zlib.crc32(name.encode())


def wanted(test: str, asked: Mapping[str, Any]) -> Numerics:
    """The state for a test of this name, with what its mark asks for.

    Raises ClaimError, in one sentence, where the mark cannot be understood.
    """
    known = {field.name for field in dataclasses.fields(Numerics)}
    wrong = [name for name in asked if name not in known]
    wrong += [
        f"{name}={value!r}"
        for name, value in asked.items()
        if name in known and not fits(name, value)
    ]
    if wrong:
        from ...spec.errors import ClaimError

        raise ClaimError(
            f"{test} is marked numerics with {', '.join(wrong)}; it takes seed=N, threads=N, "
            f"deterministic=True or False, tf32=True or False, and dtype={' or '.join(DTYPES)}"
        )
    return Numerics(**asked)


def fits(name: str, value: object) -> bool:
    """Whether a value is one that a field can have."""
    if name == "dtype":
        return value in DTYPES
    if name in ("deterministic", "tf32"):
        return isinstance(value, bool)
    least = 1 if name == "threads" else 0
    return isinstance(value, int) and not isinstance(value, bool) and value >= least

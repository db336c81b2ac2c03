"""Devices by name: which there are, and one clear sentence where one is not."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from .options import DEVICE

if TYPE_CHECKING:
    from .declaration import Claim
    from .numerics import Numerics

STOPWATCH = "stopwatch"  # a body that asks for it makes a timing claim
MEASUREMENTS = (
    "compare",
    "interaction",
    "reversal",
    "spread",
    "curve",
    "forecast",
    "ranking",
    "race",
    STOPWATCH,
    "measure",
    "exact",
)
SINGLE = r"cpu|cuda(:\d+)?|mps"  # names of one device
MARKS = (
    "devices(name, ..., memory=GiB, count=N): run on these devices, with so much memory, so many",
    "numerics(seed, deterministic, tf32, dtype, threads): of a test that uses the fixture device",
)
DEVICES: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()


def configure(config: pytest.Config) -> None:
    """Resolve the devices of the run at its start, where a usage error ends it with exit 4."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    name = DEVICE.read(config)
    if name != "cpu":  # must stand there before CUDA starts
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    config.stash[DEVICES] = resolve(name)


def devices_of(config: pytest.Config) -> tuple[str, ...]:
    """The devices of the run."""
    return config.stash[DEVICES]


def header(config: pytest.Config) -> list[str]:
    """What a run on accelerators says of them before it begins; nothing of one on the CPU."""
    lines = []
    if DEVICE.read(config) == "auto":
        faults = {device: fault(device) for device in _accelerators()}
        lines = [f"{device} does not work: {said}" for device, said in faults.items() if said]
    used = [device for device in devices_of(config) if device != "cpu"]
    if used:
        from .provenance import described

        lines += map(described, used)
    return [f"scaling device: {line}" for line in lines]


def give_way(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Let a test have the fixture `device` of another plugin, unless it is a test of ours.

    pytest-playwright has a fixture of that name, which its own fixtures need. A test is ours with
    a fixture that measures, or with a mark of ours.
    """
    found, config = metafunc._arg2fixturedefs.get("device", ()), metafunc.config
    own = [each for each in found if each.func is getattr(fixture, "__wrapped__", fixture)]
    if len(found) < 2 or not (own[-1:] == [*found[-1:]] or is_of_a_plugin(found[-1].func, config)):
        return  # the only one, or the user's own
    others = [each for each in found if each not in own]
    marks = map(metafunc.definition.get_closest_marker, ("claim", "devices", "numerics"))
    is_ours = any(marks) or not set(MEASUREMENTS).isdisjoint(metafunc.fixturenames)
    chosen = (*others, *own) if is_ours else (*own, *others)
    metafunc._arg2fixturedefs["device"] = chosen


def is_of_a_plugin(function: object, config: pytest.Config) -> bool:
    """Whether a fixture is that of a plugin, and not of a conftest.py or of a file of tests."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = os.path.basename(getattr(module, "__file__", None) or "")
    return config.pluginmanager.is_registered(module) and file != "conftest.py"


def parametrize(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Run a test once per device where it uses our fixture, and not one of the user's own.

    A claim that compares devices runs once, under the name of the last of them. A mark leaves out
    the devices that it does not name, but for one to be skipped where it would leave none.
    Raises ClaimError where a mark cannot be understood: here pytest can tell of it.
    """
    need, _ = need_of(metafunc.definition), numerics_of(metafunc.definition, "")
    definitions = metafunc._arg2fixturedefs.get("device", ())
    if definitions and definitions[-1].func is getattr(fixture, "__wrapped__", fixture):
        devices = devices_of(metafunc.config)
        claims = [mark.args[0] for mark in metafunc.definition.iter_markers("claim") if mark.args]
        if any(claim.devices for claim in claims):
            devices = devices[-1:]
        if need is not None:
            devices = tuple(filter(need.names, devices)) or devices[:1]
        metafunc.parametrize("device", devices, indirect=True, ids=str)


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

    def lack(self, devices: tuple[str, ...]) -> str:
        """Why a test cannot run on any of these devices, or nothing."""
        named = [device for device in devices if self.names(device)]
        if not named:
            return (
                f"it runs on {' or '.join(self.kinds)}, and this run is on {' and '.join(devices)}"
            )
        lacks = [self._lack(device) for device in named]
        return "" if "" in lacks else lacks[0]

    def _lack(self, device: str) -> str:
        from .provenance import count_of, memory_of

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
    from .declaration import ClaimError

    unknown = [name for name in mark.args if not re.fullmatch(SINGLE, str(name))]
    odd = sorted(mark.kwargs.keys() - {"memory", "count"})
    amounts = [mark.kwargs.get("memory", 0), mark.kwargs.get("count", 1)]
    if any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in amounts):
        odd.append("an amount that is no number")
    if unknown or odd or not (mark.args or mark.kwargs):
        wrong = ", ".join(map(str, (*unknown, *odd))) or "nothing"
        raise ClaimError(
            f"{node.name} is marked devices with {wrong}; it takes cpu, cuda, cuda:N or mps, and "
            f"memory=GiB or count=N, as in @pytest.mark.devices('cuda', memory=8)"
        )
    return Need(tuple(map(str, mark.args)), amounts[0], int(amounts[1]))


def skip_where_lacking(item: pytest.Item) -> None:
    """Skip a test whose mark asks for what the run's devices have not, with the reason."""
    need = need_of(item)
    if need is None:
        return
    callspec = getattr(item, "callspec", None)
    own = callspec.params.get("device") if callspec else None
    devices = devices_of(item.config)
    if reason := need.lack((own,) if own in devices else devices):
        item.add_marker(pytest.mark.skip(reason=reason))


@contextlib.contextmanager
def prepared(node: pytest.Item, device: str) -> Iterator[None]:
    """Seed a test and set the flags of its libraries, by its mark, and put them back after it.

    A claim computes elsewhere and is left alone. The seed is of the test, not of its device.
    """
    if node.get_closest_marker("claim") is not None:
        yield
        return
    from .numerics import Numerics, numerics

    state = numerics_of(node, device) or Numerics(seed_of(node, device))
    with numerics(state, needs_torch=device != "cpu"):
        yield


def numerics_of(node: pytest.Item, device: str) -> Numerics | None:
    """The state that a test's mark asks for; None without one."""
    mark = node.get_closest_marker("numerics")
    if mark is None:
        return None
    from .numerics import wanted

    return wanted(node.name, {"seed": seed_of(node, device), **mark.kwargs})


def seed_of(node: pytest.Item, device: str) -> int:
    """A seed that is the test's own, and the same on every device."""
    name = node.nodeid.replace(f"[{device}", "[device") if device else node.nodeid
    return zlib.crc32(name.encode())


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
    if name == "auto":
        return tuple(device for device in accelerators if not fault(device))[:1] or ("cpu",)
    wanted = "cuda:0" if name == "cuda" else name
    if wanted != "all" and wanted not in accelerators:
        there = ", ".join(("cpu", *accelerators))
        raise pytest.UsageError(
            f"device {name!r} was asked for and is not there (devices here: {there}); "
            f"name one of these, or `auto`{absence(wanted)}"
        )
    named = accelerators if wanted == "all" else (wanted,)
    for device in named:
        if said := fault(device):
            raise pytest.UsageError(
                f"device {device!r} is there and does not work ({said}); "
                f"see to its driver, or name another device"
            )
    return ("cpu", *named) if wanted == "all" else named


def _accelerators() -> tuple[str, ...]:
    try:
        import torch
    except ImportError:
        return ()
    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    return (*cuda, *(("mps",) if torch.backends.mps.is_available() else ()))


def fault(device: str) -> str:
    """What an accelerator says when it is given a sum to do, if it cannot; else nothing."""
    try:
        import torch

        total = torch.ones(4, device=device).sum().item()
    except Exception as error:
        return f"{type(error).__name__}: {first_line(error)}"
    return "" if total == 4 else f"it says that 1 + 1 + 1 + 1 is {total:g}"


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def absence(device: str) -> str:
    """Why a device is not there, as far as can be told, in words that end a sentence."""
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
        return f" (torch says: {first_line(error)})"
    return ""

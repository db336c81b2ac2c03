"""The hardware of this machine: its accelerators and their state, its processor and its BLAS.

Records, the head of a run and benchmarks show it. Whatever cannot be read is left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from .kinds import kind_of, module_of

Facts = dict[str, Any]
DRIVER = Path("/proc/driver/nvidia/version")
GRAPHICS, MEMORY = 1, 2  # NVML's numbers of the clocks of the multiprocessors and of the memory
SLOWED = {  # NVML's reasons of a clock that something holds down
    0x08: "a slowdown by the hardware",
    0x20: "heat, by the driver",
    0x40: "heat, by the hardware",
    0x80: "a power brake from outside",
}
INSTRUCTIONS = ("asimd", "avx", "avx2", "avx512f", "avx512_bf16", "amx_tile", "fma", "sve")


@cache
def facts(device: str) -> Facts:
    """What a device is, as plain JSON values; always the same on one machine.

    The accelerator's name, compute capability, bytes of memory, driver and libraries.
    """
    host = platform.processor() or platform.machine()
    if device == "cpu":
        return {"device": device, "name": host}
    import torch

    kind = kind_of(device)
    ask = getattr(module_of(kind.name), "get_device_properties", None)
    if ask is None or not kind.numbered:
        return {"device": device, "name": platform.processor() or kind.title or host}
    properties = ask(device)
    found: Facts = {
        "device": device,
        "name": properties.name,
        "memory": getattr(properties, "total_memory", None),
    }
    if kind.name == "cuda":
        found["capability"] = f"{properties.major}.{properties.minor}"
        found |= {"cuda": torch.version.cuda, "hip": getattr(torch.version, "hip", None)}
        found["driver"] = driver()
        with contextlib.suppress(Exception):
            found["cudnn"] = torch.backends.cudnn.version()
    else:
        found["driver"] = getattr(properties, "driver_version", None)
    return {name: value for name, value in found.items() if value is not None}


def driver() -> str | None:
    """Version of the NVIDIA driver, according to the kernel's module or NVML."""
    with contextlib.suppress(OSError, StopIteration):
        words = DRIVER.read_text(encoding="utf-8").partition("\n")[0].split()
        return next(word for word in words if word.replace(".", "").isdigit() and "." in word)
    with nvml() as library:
        if library is not None:
            text = ctypes.create_string_buffer(80)
            if library.nvmlSystemGetDriverVersion(text, 80) == 0:
                return text.value.decode()
    return None


def state(device: str) -> Facts:
    """What a CUDA device is doing now: watts, megahertz and degrees Celsius, where readable."""
    with nvml_handle(device) as (library, handle):
        if library is None:
            return {}
        readings = {
            "watts": (reading(library.nvmlDeviceGetPowerUsage, handle), 1e-3),
            "clock_mhz": (reading(library.nvmlDeviceGetClockInfo, handle, GRAPHICS), 1),
            "memory_clock_mhz": (reading(library.nvmlDeviceGetClockInfo, handle, MEMORY), 1),
            "celsius": (reading(library.nvmlDeviceGetTemperature, handle, 0), 1),
        }
    return {name: value * unit for name, (value, unit) in readings.items() if value is not None}


def slowed(device: str) -> tuple[str, ...]:
    """Why a CUDA device runs below its clock now, in words; none where it does not, or unknown.

    What the driver does to keep within a limit of power that is set is left out: under load that is
    how such a device runs.
    """
    with nvml_handle(device) as (library, handle):
        ask = getattr(library, "nvmlDeviceGetCurrentClocksThrottleReasons", None)
        reasons = ctypes.c_ulonglong()
        if ask is None or ask(handle, ctypes.byref(reasons)) != 0:
            return ()
    return tuple(words for bit, words in SLOWED.items() if reasons.value & bit)


@contextlib.contextmanager
def nvml_handle(device: str) -> Iterator[tuple[Any, Any]]:
    """NVML and its handle of a CUDA device; None twice where there is none."""
    if not device.startswith("cuda"):
        yield None, None
        return
    with nvml() as library:
        handle = ctypes.c_void_p()
        name = nvml_name(device) if library else b""
        known = name and library.nvmlDeviceGetHandleByUUID(name, ctypes.byref(handle)) == 0
        yield (library, handle) if known else (None, None)


def nvml_name(device: str) -> bytes:
    """The name by which NVML knows a CUDA device; empty where torch does not tell it."""
    import torch

    uuid = getattr(torch.cuda.get_device_properties(device), "uuid", None)
    return f"GPU-{str(uuid).removeprefix('GPU-')}".encode() if uuid else b""


@contextlib.contextmanager
def nvml() -> Iterator[Any]:
    """NVIDIA's management library, initialised and shut down; None where there is none."""
    name = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
    try:
        library = ctypes.CDLL(name)
        begun = library.nvmlInit_v2() == 0
    except (OSError, AttributeError):
        yield None
        return
    try:
        yield library if begun else None
    finally:
        if begun:
            library.nvmlShutdown()


def reading(function: Callable[..., int], handle: Any, *which: int) -> int | None:
    """One unsigned number of a device, or None where NVML does not give it."""
    number = ctypes.c_uint()
    asked = [ctypes.c_int(each) for each in which]
    return number.value if function(handle, *asked, ctypes.byref(number)) == 0 else None


def memory_of(device: str) -> int:
    """Bytes of memory of a device; 0 where it is unknown."""
    if device != "cpu":
        most = getattr(module_of(kind_of(device).name), "recommended_max_memory", None)  # of MPS
        return int(most()) if most else int(facts(device).get("memory", 0))
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0


def described(device: str) -> str:
    """A device in one line, as in "cuda:0, NVIDIA H100, capability 9.0, 79 GiB, driver 550.54"."""
    known = facts(device)
    words = [device, known["name"]]
    if "capability" in known:
        words.append(f"capability {known['capability']}")
    if "memory" in known:
        words.append(f"{known['memory'] / 2**30:.0f} GiB")
    return ", ".join(
        words + [f"{name} {known[name]}" for name in ("driver", "cuda", "hip") if name in known]
    )


@cache
def cpu_facts() -> dict[str, str]:
    """What Linux knows about the first processor; empty elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def processor() -> str:
    """The model of the processor, as far as it can be found without running a program."""
    return cpu_facts().get("model name") or platform.processor()


def instructions() -> list[str]:
    """The sets of vector instructions that numeric libraries choose their kernels by."""
    facts = cpu_facts()
    flags = (facts.get("flags") or facts.get("features") or "").split()
    return [name for name in INSTRUCTIONS if name in flags]


@cache
def blas() -> str:
    """The BLAS that numpy was built with, and its version."""
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    built = config.get("Build Dependencies", {}).get("blas", {})
    return " ".join(str(built[key]) for key in ("name", "version") if key in built)

"""What is known about a device, read from a made-up torch and a made-up NVML."""

import contextlib
import ctypes
from types import SimpleNamespace

import pytest

from pytest_scaling.devices import hardware, kinds

torch = pytest.importorskip("torch")


@pytest.fixture
def card(monkeypatch):
    """A card of which torch knows the properties."""
    properties = SimpleNamespace(
        name="Made Up 100", major=9, minor=0, total_memory=80 * 2**30, uuid="1234-5678"
    )
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)
    monkeypatch.setattr(torch.version, "cuda", "12.9")
    monkeypatch.setattr(hardware, "driver", lambda: "570.1")
    hardware.facts.cache_clear()
    yield properties
    hardware.facts.cache_clear()


class Library:
    """NVML with one card; it does not know the clock of its memory."""

    asked = b""

    def nvmlDeviceGetHandleByUUID(self, uuid, handle):  # noqa: N802 - NVML's own names
        type(self).asked = uuid
        return 0

    def _give(self, number, where):
        ctypes.cast(where, ctypes.POINTER(ctypes.c_uint))[0] = number
        return 0

    def nvmlDeviceGetPowerUsage(self, handle, number):  # noqa: N802
        return self._give(345_600, number)

    def nvmlDeviceGetClockInfo(self, handle, which, number):  # noqa: N802
        return self._give(1_755, number) if which.value == hardware.GRAPHICS else 3

    def nvmlDeviceGetTemperature(self, handle, sensor, number):  # noqa: N802
        return self._give(41, number)

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle, reasons):  # noqa: N802
        ctypes.cast(reasons, ctypes.POINTER(ctypes.c_ulonglong))[0] = self.reasons
        return 0

    reasons = 0


def test_a_card_is_described(card):
    known = hardware.facts("cuda:0")
    assert known["capability"] == "9.0"
    assert known["memory"] == 80 * 2**30
    assert known["driver"] == "570.1"
    assert hardware.described("cuda:0") == (
        "cuda:0, Made Up 100, capability 9.0, 80 GiB, driver 570.1, cuda 12.9"
    )


def test_power_clock_and_temperature_are_read_where_they_can_be(card, monkeypatch):
    monkeypatch.setattr(hardware, "nvml", lambda: contextlib.nullcontext(Library()))
    assert hardware.state("cuda:0") == pytest.approx(
        {"watts": 345.6, "clock_mhz": 1_755, "celsius": 41}
    )
    assert Library.asked == b"GPU-1234-5678"


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        (0x0, ()),
        (0x1 | 0x4, ()),  # idle, and a limit of power that is set
        (0x20, ("heat, by the driver",)),
        (0x08 | 0x40, ("a slowdown by the hardware", "heat, by the hardware")),
    ],
)
def test_a_card_that_is_slowed_down_says_why(card, monkeypatch, reasons, words):
    library = Library()
    library.reasons = reasons
    monkeypatch.setattr(hardware, "nvml", lambda: contextlib.nullcontext(library))
    assert hardware.slowed("cuda:0") == words
    assert hardware.slowed("cpu") == ()


def test_without_nvml_nothing_is_said(card, monkeypatch):
    monkeypatch.setattr(hardware, "nvml", lambda: contextlib.nullcontext(None))
    assert hardware.state("cuda:0") == {}
    assert hardware.slowed("cuda:0") == ()
    assert hardware.state("cpu") == {}


def test_a_machine_without_the_library_has_no_nvml(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with hardware.nvml() as library:
        assert library is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar\nGCC\n", "550.54.15"),
        ("NVRM version: Open Kernel Module for x86_64  570.86.10  Release\n", "570.86.10"),
        ("nothing\n", None),
    ],
)
def test_the_driver_is_what_the_kernel_says(tmp_path, monkeypatch, text, version):
    (tmp_path / "version").write_text(text)
    monkeypatch.setattr(hardware, "DRIVER", tmp_path / "version")
    monkeypatch.setattr(hardware, "nvml", lambda: contextlib.nullcontext(None))
    assert hardware.driver() == version


def test_the_memory_of_the_host_is_known():
    assert hardware.memory_of("cpu") > 2**20
    assert kinds.count_of("cpu") == 1

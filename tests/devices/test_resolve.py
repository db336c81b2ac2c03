"""Devices by name: which there are, and one clear message where one is not available."""

import sys
from types import MappingProxyType

import pytest

from pytest_scaling.devices import resolve as devices
from pytest_scaling.devices.resolve import resolve


@pytest.fixture
def machine(monkeypatch):
    """Let the machine have certain accelerators."""

    def have(*accelerators, faults=MappingProxyType({})):
        monkeypatch.setattr(devices, "accelerators", lambda: accelerators)
        monkeypatch.setattr(devices, "fault", lambda device: faults.get(device, ""))

    return have


@pytest.mark.parametrize(
    ("name", "accelerators", "resolved"),
    [
        ("cpu", (), ("cpu",)),
        ("auto", (), ("cpu",)),
        ("auto", ("cuda:0", "cuda:1"), ("cuda:0",)),
        ("auto", ("mps",), ("mps",)),
        ("all", (), ("cpu",)),
        ("all", ("cuda:0", "mps"), ("cpu", "cuda:0", "mps")),
        ("cuda", ("cuda:0", "cuda:1"), ("cuda:0",)),
        ("cuda:1", ("cuda:0", "cuda:1"), ("cuda:1",)),
        ("mps", ("mps",), ("mps",)),
        ("xpu", ("xpu:0", "xpu:1"), ("xpu:0",)),
        ("xpu:1", ("xpu:0", "xpu:1"), ("xpu:1",)),
        ("auto", ("xpu:0",), ("xpu:0",)),
    ],
)
def test_a_name_stands_for_devices(machine, name, accelerators, resolved):
    machine(*accelerators)
    assert resolve(name) == resolved


@pytest.mark.parametrize(
    "name", ["", "gpu", "cuda:", "cuda:x", "CPU", "cpu ", "cuda:0,cuda:1", "mps:0", "xpu:"]
)
def test_an_unknown_name_is_told_with_those_that_there_are(machine, name):
    machine("cuda:0")
    with pytest.raises(
        pytest.UsageError, match=f"no device {name!r}; use cpu, cuda, cuda:N, mps, xpu, all or auto"
    ):
        resolve(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:2", "mps", "xpu", "xpu:1"])
def test_a_device_that_is_absent_is_told_with_those_that_are_there(machine, name):
    machine()
    with pytest.raises(
        pytest.UsageError, match=rf"{name}' .* is not available \(devices here: cpu\)"
    ):
        resolve(name)


def test_where_torch_is_missing_there_is_the_cpu_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert resolve("all") == ("cpu",)


def test_the_cpu_is_resolved_without_torch(machine, monkeypatch):
    monkeypatch.setattr(devices, "accelerators", lambda: pytest.fail("looked for accelerators"))
    assert resolve("cpu") == ("cpu",)


BROKEN = MappingProxyType({"cuda:0": "RuntimeError: no kernel image is available"})


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "all"])
def test_a_device_that_is_there_and_does_not_work_is_told(machine, name):
    machine("cuda:0", "cuda:1", faults=BROKEN)
    with pytest.raises(
        pytest.UsageError,
        match=r"^device 'cuda:0' is present and does not work \(RuntimeError: no kernel image",
    ):
        resolve(name)


def test_auto_takes_the_first_device_that_works(machine):
    machine("cuda:0", "cuda:1", faults=BROKEN)
    assert resolve("auto") == ("cuda:1",)
    machine("cuda:0", faults=BROKEN)
    assert resolve("auto") == ("cpu",)


def test_a_device_is_tried_with_a_sum(monkeypatch):
    torch = pytest.importorskip("torch")
    assert devices.fault("cpu") == ""
    assert "RuntimeError" in devices.fault("meta:9") or devices.fault("meta:9")

    def broken(*arguments, **options):
        raise RuntimeError("CUDA error: out of order\nand much more")

    monkeypatch.setattr(torch, "ones", broken)
    assert devices.fault("cuda:0") == "RuntimeError: CUDA error: out of order"


def test_why_there_is_no_cuda_is_said_where_torch_knows(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert "is built without CUDA" in devices.absence("cuda:0")
    monkeypatch.setattr(torch.version, "cuda", "12.9")

    def no_driver():
        raise RuntimeError("Found no NVIDIA driver on your system.\nPlease check")

    monkeypatch.setattr(torch.cuda, "init", no_driver)
    assert devices.absence("cuda:0") == " (torch reports: Found no NVIDIA driver on your system.)"
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert devices.absence("cuda:4") == ""
    assert devices.absence("mps") == ""
    assert devices.absence("hpu") == ""
    monkeypatch.setattr(torch.xpu, "device_count", lambda: 0)
    assert "is built without XPU" in devices.absence("xpu:0")


def test_a_run_on_auto_says_which_device_does_not_work(machine, pytester):
    machine("cuda:0", faults=BROKEN)
    result = pytester.runpytest_inprocess("--scaling-device=auto", "-p", "no:xdist")
    result.stdout.fnmatch_lines(
        ["scaling device: cuda:0 does not work: RuntimeError: no kernel image is available"]
    )

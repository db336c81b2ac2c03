"""Devices by name."""

import sys

import pytest

from pytest_scaling import devices
from pytest_scaling.devices import resolve


@pytest.fixture
def machine(monkeypatch):
    """Let the machine have certain accelerators."""

    def have(*accelerators):
        monkeypatch.setattr(devices, "_accelerators", lambda: accelerators)

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
    ],
)
def test_a_name_stands_for_devices(machine, name, accelerators, resolved):
    machine(*accelerators)
    assert resolve(name) == resolved


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:x", "CPU", "cpu ", "cuda:0,cuda:1"])
def test_an_unknown_name_is_told_with_those_that_there_are(machine, name):
    machine("cuda:0")
    with pytest.raises(
        pytest.UsageError, match=f"no device {name!r}; use cpu, cuda, cuda:N, mps, all or auto"
    ):
        resolve(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:2", "mps"])
def test_a_device_that_is_absent_is_told_with_those_that_are_there(machine, name):
    machine()
    with pytest.raises(pytest.UsageError, match=rf"{name}' .* is not there \(devices here: cpu\)"):
        resolve(name)


def test_where_torch_is_missing_there_is_the_cpu_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert resolve("all") == ("cpu",)


def test_the_cpu_is_resolved_without_torch(machine, monkeypatch):
    monkeypatch.setattr(devices, "_accelerators", lambda: pytest.fail("looked for accelerators"))
    assert resolve("cpu") == ("cpu",)

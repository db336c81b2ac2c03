"""Accelerators of every kind, by made-up modules of torch that have what the real ones have."""

from types import SimpleNamespace

import pytest

from pytest_scaling.devices import hardware, kinds
from pytest_scaling.devices.accelerator import Queued, timed
from pytest_scaling.devices.numerics import Numerics, numerics
from pytest_scaling.trials.workers.worker import out_of_memory

torch = pytest.importorskip("torch")
GIB = 2**30


class Event:
    """An event of a made-up queue; it notes what it is recorded on."""

    def __init__(self, log, enable_timing):
        assert enable_timing
        self.log = log

    def record(self, *stream):
        self.log.append(("event", *stream))

    def elapsed_time(self, end):
        return 2_000.0


class Module:
    """What all modules of accelerators in torch have."""

    def __init__(self):
        self.log, self.state = [], 7

    def Event(self, enable_timing=False):  # noqa: N802 - torch's name
        return Event(self.log, enable_timing)


class Mps(Module):
    """The module of the one GPU of an Apple processor: no function takes a device."""

    def synchronize(self):
        self.log.append(("synchronise",))

    def recommended_max_memory(self):
        return 10 * GIB

    def get_rng_state(self):
        return self.state

    def set_rng_state(self, state):
        self.state = state


class Numbered(Module):
    """A module of several devices, like those of CUDA, XPU and kinds to come."""

    def synchronize(self, device):
        self.log.append(("synchronise", device))

    def current_stream(self, device):
        return f"stream of {device}"

    def device_count(self):
        return 2

    def is_initialized(self):
        return True

    def reset_peak_memory_stats(self, device):
        self.log.append(("forget", device))

    def max_memory_allocated(self, device):
        return 3 * GIB

    def get_device_properties(self, device):
        return SimpleNamespace(name="Made Up 7", total_memory=16 * GIB, driver_version="1.6")

    def get_rng_state_all(self):
        return self.state

    def set_rng_state_all(self, states):
        self.state = states


@pytest.fixture
def module(request, monkeypatch):
    """A made-up module in torch's place for a kind; the machine has no other accelerator."""

    def install(kind):
        made = Mps() if kind == "mps" else Numbered()
        monkeypatch.setattr(torch, kind, made, raising=False)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: kind == "mps")
        if kind not in kinds.KINDS:
            known = SimpleNamespace(
                is_available=lambda: True, current_accelerator=lambda: SimpleNamespace(type=kind)
            )
            monkeypatch.setattr(torch, "accelerator", known, raising=False)
        hardware.facts.cache_clear()
        request.addfinalizer(hardware.facts.cache_clear)
        return made

    return install


@pytest.mark.parametrize(
    ("kind", "device", "expected"),
    [
        ("mps", "mps", [("synchronise",), ("event",), ("event",), ("synchronise",)]),
        *(
            (
                kind,
                f"{kind}:1",
                [
                    ("synchronise", f"{kind}:1"),
                    ("event", f"stream of {kind}:1"),
                    ("event", f"stream of {kind}:1"),
                    ("synchronise", f"{kind}:1"),
                ],
            )
            for kind in ("xpu", "newkind")
        ),
    ],
)
def test_work_is_timed_between_events_of_its_own_module(module, kind, device, expected):
    made = module(kind)
    assert timed(lambda: None, Queued(device)).on_device == 2.0
    assert made.log == expected


def test_the_peak_is_none_where_the_module_counts_none(module):
    module("mps")
    on = Queued("mps")
    on.forget_peak()
    assert on.peak_memory() is None
    made = module("xpu")
    on = Queued("xpu:1")
    on.forget_peak()
    assert on.peak_memory() == 3 * GIB
    assert made.log == [("forget", "xpu:1")]


@pytest.mark.parametrize(
    ("kind", "names"),
    [("mps", ("mps",)), ("xpu", ("xpu:0", "xpu:1")), ("newkind", ("newkind:0", "newkind:1"))],
)
def test_a_machine_has_the_accelerators_that_torch_finds(module, kind, names):
    module(kind)
    assert tuple(name for name in kinds.accelerators() if not name.startswith("cuda")) == names
    assert all(map(kinds.is_device, names))
    assert not kinds.is_device("otherkind:0")
    assert not kinds.is_device(f"{kind}:")


def test_what_is_known_about_a_device_is_what_its_module_tells(module):
    module("xpu")
    assert hardware.described("xpu:0") == "xpu:0, Made Up 7, 16 GiB, driver 1.6"
    assert hardware.memory_of("xpu:0") == 16 * GIB
    module("mps")
    assert hardware.memory_of("mps") == 10 * GIB
    assert "memory" not in hardware.facts("mps")


@pytest.mark.parametrize("kind", ["mps", "xpu"])
def test_a_test_leaves_the_generators_of_every_kind_as_they_were(module, monkeypatch, kind):
    made = module(kind)
    monkeypatch.setattr(torch, "manual_seed", lambda seed: setattr(made, "state", seed))
    with numerics(Numerics(8)):
        assert made.state == 8
    assert made.state == 7


@pytest.mark.parametrize("kind", ["mps", "xpu"])
def test_a_trial_that_is_short_of_memory_gives_some_back(module, kind):
    made = module(kind)
    made.empty_cache = lambda: made.log.append("emptied")
    assert out_of_memory(RuntimeError(f"{kind.upper()} out of memory. Tried to allocate 20 GiB"))
    assert made.log == ["emptied"]
    assert not out_of_memory(RuntimeError("no such kernel"))
    assert made.log == ["emptied"]

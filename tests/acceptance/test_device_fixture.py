"""The fixture `device` beside others: fixtures of every scope use it, and seeds are alike on all.

There are two devices, of which one is made up.
"""

import json
from pathlib import Path

import pytest

from tests import interpreter

MADE_UP = Path(__file__).parents[1] / "devices" / "made_up"
KEEP = """
import json, random
import pytest

drawn = {}

def draw(name, device):
    drawn.setdefault(name, {})[device] = [random.random() for _ in range(3)]

@pytest.fixture(scope="session", autouse=True)
def written():
    yield
    with open("drawn.json", "w") as file:
        json.dump(drawn, file)
"""
RESEEDS = """
import random, zlib

def reseed(item):
    random.seed(zlib.crc32(item.nodeid.encode()))

pytest_runtest_setup = pytest_runtest_call = pytest_runtest_teardown = reseed
"""


@pytest.fixture
def drawn(project, monkeypatch):
    """Runs tests on both devices; what they drew, by name and device."""
    monkeypatch.setenv("PYTHONPATH", str(MADE_UP), prepend=":")

    def run(source, device="all", **counts):
        (project.path / "test_drawing.py").write_text(KEEP + source, encoding="utf-8")
        result = project.run(f"--scaling-device={device}", "-p", "no:randomly")
        assert result.parseoutcomes() == counts
        return json.loads((project.path / "drawn.json").read_text())

    return run


def same_on_both(draws):
    return len(draws) == 2 and len({tuple(numbers) for numbers in draws.values()}) == 1


WIDE = """
built = []

@pytest.fixture(scope="session")
def model(device):
    built.append(("model", device))
    draw("model", device)
    return device

@pytest.fixture(scope="module")
def trained(model, request):
    built.append(("trained", model))
    draw("trained", model)
    return model

@pytest.fixture(scope="class")
def part(device):
    return device

class TestOfOne:
    def test_a_part(self, part, device):
        assert part == device

def test_before(device):
    draw("before", device)

def test_of_the_model(model, device):
    assert model == device
    draw("of the model", device)

def test_between(device):
    draw("between", device)

def test_of_the_trained(trained, device):
    assert trained == device
    draw("of the trained", device)

def test_of_none():
    draw("none", "none")

def test_each_is_built_once_for_each_device(model):
    assert sorted(built) == sorted({*built})
    assert len(built) in (2, 4)
"""


def test_fixtures_of_every_scope_use_the_device_and_are_seeded_alike_on_all(drawn):
    found = drawn(WIDE, passed=13)
    assert len({tuple(each) for draws in found.values() for each in draws.values()}) == len(found)
    assert found.pop("none").keys() == {"none"}
    assert all(map(same_on_both, found.values()))


DRAWS = """
@pytest.fixture
def rows(device):
    return [random.random() for _ in range(3)]

def test_draws(rows, device):
    drawn.setdefault("rows", {})[device] = rows
    draw("test", device)
"""


@pytest.mark.parametrize("reseeded", [True, False])
def test_seeds_are_the_same_on_every_device_whatever_other_plugins_do(project, drawn, reseeded):
    project.conftest(RESEEDS if reseeded else "")
    found = drawn(DRAWS, passed=2)
    assert all(map(same_on_both, found.values()))
    assert found["rows"] != found["test"]


LATE = """
import sys

def test_early_or_late(device):
    if {late}:
        assert not {{"numpy", "torch"}} & set(sys.modules)
    import numpy, torch
    assert torch.get_deterministic_debug_mode() == 2
    drawn["late"] = {{"numpy": numpy.random.random(), "torch": random.random()}}
"""


def test_libraries_that_a_test_imports_itself_are_seeded_as_if_they_had_been_there(
    drawn, monkeypatch
):
    monkeypatch.setattr(interpreter, "CAN_FORK", False)  # numpy would be there already
    late = drawn(LATE.format(late=True), "cpu", passed=1)
    early = drawn("import numpy, torch" + LATE.format(late=False), "cpu", passed=1)
    assert late == early

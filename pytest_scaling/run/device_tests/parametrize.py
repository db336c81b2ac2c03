"""The fixture `device`: a test runs once on each device of the run."""

from __future__ import annotations

import os
import sys

import pytest

from ...spec.arguments import MEASUREMENTS
from ...spec.declaration import claims_of
from ..collection import fixtures_behind, put_behind
from ..devices import devices_of
from .marks import need_of, numerics_of


def give_way(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Let a test have the fixture `device` of another plugin, unless it is a test of ours.

    pytest-playwright has a fixture of that name, which its own fixtures need. A test is ours with
    a fixture that measures, or with a mark of ours.
    """
    found, config = fixtures_behind(metafunc, "device"), metafunc.config
    own = [each for each in found if each.func is getattr(fixture, "__wrapped__", fixture)]
    if len(found) < 2 or not (own[-1:] == [*found[-1:]] or is_of_a_plugin(found[-1].func, config)):
        return  # the only one, or the user's own
    others = [each for each in found if each not in own]
    marks = map(metafunc.definition.get_closest_marker, ("claim", "devices", "numerics"))
    is_ours = any(marks) or not set(MEASUREMENTS).isdisjoint(metafunc.fixturenames)
    chosen = (*others, *own) if is_ours else (*own, *others)
    put_behind(metafunc, "device", chosen)


def is_of_a_plugin(function: object, config: pytest.Config) -> bool:
    """Whether a fixture is that of a plugin, and not of a conftest.py or of a file of tests."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = os.path.basename(getattr(module, "__file__", None) or "")
    return config.pluginmanager.is_registered(module) and file != "conftest.py"


def parametrize(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Run a test once per device where it uses our fixture, and not one of the user's own.

    A claim that compares devices runs once, under the name of the last of them. A mark leaves out
    the devices that it does not name, except one, to be skipped, where it would leave none.
    Raises ClaimError where a mark cannot be understood: here pytest can report it.
    """
    need, _ = need_of(metafunc.definition), numerics_of(metafunc.definition, "")
    definitions = fixtures_behind(metafunc, "device")
    if definitions and definitions[-1].func is getattr(fixture, "__wrapped__", fixture):
        devices = devices_of(metafunc.config)
        if any(claim.devices for claim in claims_of(metafunc.function)):
            devices = devices[-1:]
        if need is not None:
            devices = tuple(filter(need.names, devices)) or devices[:1]
        metafunc.parametrize("device", devices, indirect=True, ids=str)

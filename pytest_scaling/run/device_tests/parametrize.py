"""The fixture `device`: a test runs once on each device of the run."""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pytest

from ...devices.numerics import Numerics, numerics
from ...spec.arguments import MEASUREMENTS
from ...spec.declaration import claims_of
from ..collection import fixtures_behind, fixtures_of, item_of, put_behind, users_of
from ..devices import device_of, devices_of
from .marks import need_of, numerics_of

WIDEST_FIRST: Final = ("session", "package", "module", "class", "function")
NUMERICS = "scaling_numerics"  # the fixture that seeds a test


def give_way(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Let a test have the fixture `device` of another plugin, unless it is a test of ours.

    pytest-playwright has a fixture of that name, which its own fixtures need. A test is ours with
    a fixture that measures, or with a mark of ours.
    """
    found, config = fixtures_behind(metafunc, "device"), metafunc.config
    own = [each for each in found if is_ours(each, fixture)]
    if len(found) < 2 or not (own[-1:] == [*found[-1:]] or is_of_a_plugin(found[-1].func, config)):
        return  # the only one, or the user's own
    others = [each for each in found if each not in own]
    marks = map(metafunc.definition.get_closest_marker, ("claim", "devices", "numerics"))
    of_ours = any(marks) or not set(MEASUREMENTS).isdisjoint(metafunc.fixturenames)
    chosen = (*others, *own) if of_ours else (*own, *others)
    put_behind(metafunc, "device", chosen)


def is_ours(definition: pytest.FixtureDef[Any], fixture: object) -> bool:
    """Whether a definition is that of our fixture `device`, and not one of the user's own."""
    return definition.func is getattr(fixture, "__wrapped__", fixture)


def is_of_a_plugin(function: object, config: pytest.Config) -> bool:
    """Whether a fixture is that of a plugin, and not of a conftest.py or of a file of tests."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    file = os.path.basename(getattr(module, "__file__", None) or "")
    return config.pluginmanager.is_registered(module) and file != "conftest.py"


def parametrize(metafunc: pytest.Metafunc, fixture: object) -> None:
    """Run a test once per device where it uses our fixture, and not one of the user's own.

    A claim that compares devices runs once, under the name of the last of them. A mark leaves out
    the devices that it does not name, except one, to be skipped, where it would leave none.
    Tests share a device as widely as the widest of their fixtures that use it, so that only such
    tests are put in the order of devices. Raises ClaimError where a mark cannot be understood: here
    pytest can report it.
    """
    need, _ = need_of(metafunc.definition), numerics_of(metafunc.definition, "")
    definitions = fixtures_behind(metafunc, "device")
    if definitions and is_ours(definitions[-1], fixture):
        devices = devices_of(metafunc.config)
        if any(claim.devices for claim in claims_of(metafunc.function)):
            devices = devices[-1:]
        if need is not None:
            devices = tuple(filter(need.names, devices)) or devices[:1]
        known = fixtures_of(metafunc)
        scopes = {known[name][-1].scope for name in users_of("device", known)} | {"function"}
        widest = next(scope for scope in WIDEST_FIRST if scope in scopes)
        metafunc.parametrize("device", devices, indirect=True, ids=str, scope=widest)


def put_numerics(item: pytest.Item, fixture: object) -> None:
    """Let an ordinary test on a device have its seed before the first fixture of its own."""
    known = fixtures_of(item)
    found = known.get("device", ())
    if device_of(item) is None or not found or not is_ours(found[-1], fixture):
        return
    names: list[str] = getattr(item, "fixturenames", [])
    if item.get_closest_marker("claim") is None and NUMERICS not in names:
        own = (at for at, name in enumerate(names) if name in known and is_own(known[name][-1]))
        names.insert(next(own, len(names)), NUMERICS)


def is_own(definition: pytest.FixtureDef[Any]) -> bool:
    """Whether each test has a value of its own of a fixture."""
    return definition.scope == "function"


@contextlib.contextmanager
def prepared_for_device(
    definition: pytest.FixtureDef[Any], request: pytest.FixtureRequest, fixture: object
) -> Iterator[None]:
    """Seed the setup of a fixture that several tests share, if it uses our fixture `device`.

    The seed depends on the fixture and on the module or session that it belongs to, not on the
    device, nor on the test that is the first to use it.
    """
    item = item_of(request)
    known = fixtures_of(item)
    found = known.get("device", ())
    if not found or not is_ours(found[-1], fixture):
        yield
        return
    if definition.argname not in users_of("device", known):
        yield
        return
    seed = zlib.crc32(f"{request.node.nodeid}::{definition.argname}".encode())
    with numerics(Numerics(seed), needs_torch=device_of(item) not in (None, "cpu")):
        yield

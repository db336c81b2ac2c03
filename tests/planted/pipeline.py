"""A plugin for pytest that plants a world: the suite then runs as usual, but on that world.

`python -m pytest claims/ -p tests.planted.pipeline --planted-world lecture`
"""

import contextlib

import pytest

from pytest_scaling.run.collection import takes_time

from .suite import planted
from .worlds import TIERS, WORLDS


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--planted-world", choices=sorted(WORLDS), default="lecture")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    planting = contextlib.ExitStack()
    planting.enter_context(planted(WORLDS[config.getoption("planted_world")]))
    config.add_cleanup(planting.close)


@pytest.hookimpl(tryfirst=True)
def pytest_scaling_tiers(config: pytest.Config):
    """The tiers that the worlds were laid out for."""
    return tuple(TIERS.values())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out timing claims: nobody can plant how long something takes."""
    timing = [item for item in items if takes_time(item)]
    config.hook.pytest_deselected(items=timing)
    items[:] = [item for item in items if item not in timing]

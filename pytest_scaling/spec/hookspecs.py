"""Hooks that a suite of claims may implement in its conftest.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .protocols import Task
    from .tier import Tier


@pytest.hookspec
def pytest_scaling_tasks(config: pytest.Config, tier: Tier) -> Sequence[Task]:
    """Return the tasks of the suite: the scope of every claim that takes `task` and names none.

    tier: that of the run.
    """
    return ()


@pytest.hookspec(firstresult=True)
def pytest_scaling_tiers(config: pytest.Config) -> Sequence[Tier] | None:
    """Return the project's tiers, from the least effort to the most; the first is the default.

    Without this hook there are `quick`, `standard` and `full`, with up to 16,384, 65,536 and
    262,144 training rows and up to 10, 20 and 30 seeds.
    """

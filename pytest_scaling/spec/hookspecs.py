"""Hooks that a suite of claims may implement in its conftest.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .protocols import Task


@pytest.hookspec
def pytest_scaling_tasks(config: pytest.Config) -> Sequence[Task]:
    """Return the tasks of the suite: the scope of every claim that takes `task` and names none."""
    return ()

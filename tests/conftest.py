"""Fixtures for all tests: pytest in a project of its own, and rows that no test has drawn."""

import pytest
import scipy.special  # noqa: F401 - pytester forgets what a run inside it imports; scipy loads once

from pytest_scaling import Inconclusive

pytest_plugins = ["pytester"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail where a comparison is unexpectedly inconclusive, which pytest would count as a skip."""
    try:
        return (yield)
    except Inconclusive as undecided:
        pytest.fail(f"inconclusive: {undecided.msg}")


@pytest.fixture
def draws(monkeypatch):
    """Rows that no other test has drawn: tasks of tests share names in one process."""
    from pytest_scaling.trials.rows.draws import Draws
    from pytest_scaling.trials.workers import worker

    draws = Draws()
    monkeypatch.setattr(worker, "draws_of_process", lambda: draws)
    return draws

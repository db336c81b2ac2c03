"""What all tests may use: pytest run in a project of its own, and rows that no test has drawn."""

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def draws(monkeypatch):
    """Rows that no other test has drawn: tasks of tests share names in one process."""
    from pytest_scaling.trials.workers import worker
    from pytest_scaling.trials.workers.draws import Draws

    draws = Draws()
    monkeypatch.setattr(worker, "draws_of_process", lambda: draws)
    return draws

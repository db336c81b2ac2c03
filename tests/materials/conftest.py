import pytest

from pytest_scaling.devices.numerics import ENVIRONMENT, single_threaded


@pytest.fixture(autouse=True)
def _as_in_a_worker(monkeypatch):
    """Learners train here as they do in a trial: on one thread, denormal numbers flushed."""
    for (
        name,
        value,
    ) in ENVIRONMENT.items():  # the command that tunes sets it, and this takes it back
        monkeypatch.setenv(name, value)
    with single_threaded():
        yield

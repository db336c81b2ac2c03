import pytest

from pytest_scaling.trials.worker import single_threaded


@pytest.fixture(autouse=True)
def _as_in_a_worker():
    """Learners train here as they do in a trial: on one thread, denormal numbers flushed."""
    with single_threaded():
        yield

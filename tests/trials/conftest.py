import os
from pathlib import Path

import pytest

from pytest_scaling.trials.execution import Trials
from pytest_scaling.trials.fingerprint.fingerprint import forget
from pytest_scaling.trials.store.store import Store

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _without_torch(monkeypatch):
    """Worker processes of these tests do not spend seconds on importing torch."""
    monkeypatch.syspath_prepend(str(HERE / "without_torch"))
    places = (str(HERE / "without_torch"), str(HERE.parents[1]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(places))


@pytest.fixture(autouse=True)
def _with_fresh_fingerprints():
    yield
    forget()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "trials.sqlite3"


@pytest.fixture
def store(path):
    with Store(path) as store:
        yield store


@pytest.fixture
def run(store):
    """Trials on one store, closed at the end."""
    started = []

    def start(workers=1, **options):
        started.append(Trials(store, workers=workers, **options))
        return started[-1]

    yield start
    for trials in started:
        trials.close()

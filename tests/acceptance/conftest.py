import os
import shutil
from pathlib import Path

import pytest

from tests.acceptance.project import Project

HERE = Path(__file__).parent
WITHOUT_TORCH = HERE.parent / "trials" / "without_torch"  # starts sooner, and knows no GPU
OURS = ("PYTEST_SCALING_", "PYTEST_XDIST_", "PYTEST_ADDOPTS")
OF_CI = ("CI", "BUILD_NUMBER")  # where recalled trials are checked by default


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """A store that the tests in this folder share: none trains what another has trained."""
    return tmp_path_factory.mktemp("store") / "trials.sqlite3"


@pytest.fixture
def project(pytester, monkeypatch, store):
    """An empty project beside the planted machines."""
    for name in list(os.environ):
        if name.startswith(OURS) or name in OF_CI:
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(WITHOUT_TORCH), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # files change within a second here
    monkeypatch.setenv("COLUMNS", "200")
    shutil.copy(HERE / "machines.py", pytester.path)
    return Project(pytester, store)

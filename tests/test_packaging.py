"""The wheel holds the whole plugin, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_scaling"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel as `pip wheel` builds it, with the build backend of the test dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    run = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


def read(wheel: zipfile.ZipFile, ending: str) -> str:
    (name,) = [name for name in wheel.namelist() if name.endswith(f".dist-info/{ending}")]
    return wheel.read(name).decode()


@pytest.fixture
def metadata(wheel: zipfile.ZipFile) -> Message:
    return Parser().parsestr(read(wheel, "METADATA"))


def test_nothing_but_the_plugin_is_shipped(wheel):
    roots = {name.partition("/")[0] for name in wheel.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"pytest_scaling"}


def test_every_file_of_the_plugin_is_shipped(wheel):
    shipped = {name for name in wheel.namelist() if name.startswith("pytest_scaling/")}
    on_disk = {
        file.relative_to(ROOT).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert shipped == on_disk
    assert "pytest_scaling/py.typed" in shipped


def test_pytest_finds_the_plugin_by_its_entry_point(wheel):
    points = ConfigParser()
    points.read_string(read(wheel, "entry_points.txt"))
    assert dict(points["pytest11"]) == {"scaling": "pytest_scaling.plugin"}
    assert "pytest_scaling/plugin.py" in wheel.namelist()


def test_the_commands_have_a_console_script(wheel):
    points = ConfigParser()
    points.read_string(read(wheel, "entry_points.txt"))
    assert dict(points["console_scripts"]) == {"pytest-scaling": "pytest_scaling.__main__:script"}


def test_the_licence_travels_with_the_wheel(wheel, metadata):
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert read(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_plugin_alone_does_not_ask_for_the_heavy_libraries(metadata):
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    heavy = ("jinja2", "matplotlib", "pytest-benchmark", "pytest-xdist", "scikit-learn", "torch")
    assert [line for line in required if line.lower().startswith(heavy)] == []


def test_every_requirement_is_covered_by_the_pinned_set(metadata):
    pinned = {
        line.partition("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    }
    required = {
        Requirement(line).name.lower()
        for line in metadata.get_all("Requires-Dist", [])
        if not line.startswith("pytest-scaling")
    }
    assert required - pinned == set()
